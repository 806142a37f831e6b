"""`init`: the dataset's name follows from the folder's, and the next command can be pasted."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from corpus.config import read_config
from corpus.workflow.init import default_name, loses_letters
from tests.conftest import Run

NAMES = [
    ("my-corpus", "my-corpus", False),
    ("My corpus (2)", "My-corpus-2", False),
    ("2026", "2026", False),
    ("مدوّنة أخبار 2", "corpus-2", True),
    ("مدوّنة ٢٠٢٦", "corpus-2026", True),
    ("أخبار", "corpus", True),
    ("أخبار news", "news", True),
    ("...", "corpus", False),
]


@pytest.mark.parametrize(("folder", "name", "loses"), NAMES)
def test_the_name_of_the_dataset(folder: str, name: str, loses: bool) -> None:
    assert (default_name(folder), loses_letters(folder)) == (name, loses)


def test_a_name_that_loses_letters_is_said_and_the_hint_can_be_pasted(tmp_path: Path, run_command: Run) -> None:
    folder = "مدوّنة أخبار 2"
    done = run_command("init", folder)
    assert done.returncode == 0
    said, hint = done.stdout.splitlines()
    assert "the dataset is named 'corpus-2'" in said and f"change it in {folder}/corpus.toml" in said
    assert shlex.split(hint.split("then: ")[1])[-2:] == ["--corpus", folder]
    assert read_config(tmp_path / folder).corpus.name == "corpus-2"
    assert len(run_command("init", folder + "ب", "--name", "news").stdout.splitlines()) == 1
