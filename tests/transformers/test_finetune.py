"""The recipe for fine-tuning, run on a release of the samples with a model of a few thousand weights."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.config import CorpusConfig
from corpus.release.build import release
from corpus.release.load import load_release
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from tests.conftest import SAMPLES

RECIPE = Path(__file__).parents[2] / "docs" / "finetune.py"

pytestmark = pytest.mark.transformers


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("finetune") / "corpus"
    init_corpus(root, "samples")
    pages = [str(path) for path in sorted((SAMPLES / "pages").glob("*.txt"))]
    build(root, CorpusConfig(), pages, jobs=1, progress=lambda *_: None)
    return release(root, CorpusConfig(), report=lambda message: None).path


@pytest.fixture(scope="module")
def tiny(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows nothing, with a tokenizer of the release's words."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    pieces = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    pieces.train_from_iterator(load_release(made)["train"]["text"], vocab_size=600)
    pieces.save_model(str(folder))
    BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=False, model_max_length=128).save_pretrained(folder)
    shape = BertConfig(
        vocab_size=pieces.get_vocab_size(), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=128,
    )
    BertModel(shape).save_pretrained(folder)
    return folder


def test_the_recipe_trains_evaluates_and_saves_a_model(made: Path, tiny: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForTokenClassification

    assert len(RECIPE.read_text(encoding="utf-8").splitlines()) < 30
    command = [sys.executable, str(RECIPE), str(made), str(tiny), str(tmp_path / "model")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=RECIPE.parents[1])
    assert done.returncode == 0, done.stderr[-3000:]
    losses = [float(loss) for loss in re.findall(r"'eval_loss': '?([0-9.]+)", done.stdout)]
    assert len(losses) == 4  # after each epoch, and on test
    assert losses[2] < losses[0]
    model = AutoModelForTokenClassification.from_pretrained(tmp_path / "model")
    assert list(model.config.id2label.values())[:3] == ["O", "B-PERS", "I-PERS"]
