"""The leakage report: the nearest pair across splits is the nearest, and seen names are counted."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from corpus.config import CorpusConfig
from corpus.dedup import shingles
from corpus.release.build import release
from corpus.release.leakage import NearestPair, SeenNames, measure_leakage
from corpus.release.manifest import read_manifest
from schemas.tables import RELEASE_DOCUMENTS
from tests.corpus.release.conftest import sample
from tests.corpus.test_dedup import WORDS, edited


def documents(**splits: list[tuple[str, list[tuple[str, str]]]]) -> dict[str, pa.Table]:
    """Splits of documents, each a text and its entities (label, words)."""
    kind = RELEASE_DOCUMENTS.field("entities").type
    return {
        split: pa.table({
            "doc_id": [f"{split}{nth}" for nth in range(len(rows))],
            "text": [text for text, _ in rows],
            "entities": pa.array(
                [[{"start": 0, "end": 1, "label": label, "surface": words, "score": 1.0, "value": None}
                  for label, words in entities] for _, entities in rows], kind),
        })
        for split, rows in splits.items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_pair_is_found(seed: int) -> None:
    chance = random.Random(seed)
    texts = [" ".join(chance.choices(WORDS, k=80)) for _ in range(30)]
    texts += [edited(chance.choice(texts), chance.randrange(5, 30), chance) for _ in range(10)]
    split_of = [chance.choice(("train", "test")) for _ in texts]
    tables = documents(**{split: [(text, []) for text, its in zip(texts, split_of, strict=True) if its == split]
                          for split in ("train", "test")})
    expected = max(
        (len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
         for (one, its), (other, their) in combinations(zip(texts, split_of, strict=True), 2) if its != their),
    )
    nearest = measure_leakage(tables).nearest
    if expected == 0:
        assert nearest is None
        return
    assert nearest is not None
    assert nearest.similarity == pytest.approx(expected)
    by_id = {doc: text for rows in tables.values() for doc, text in zip(rows["doc_id"].to_pylist(),
                                                                       rows["text"].to_pylist(), strict=True)}
    left, right = (shingles(by_id[doc]) for doc in nearest.doc_ids)
    assert len(left & right) / len(left | right) == pytest.approx(expected)
    assert all(doc.startswith(split) for doc, split in zip(nearest.doc_ids, nearest.splits, strict=True))


def test_splits_that_share_nothing_have_no_nearest_pair() -> None:
    assert measure_leakage(documents(train=[("a b c d e", [])], test=[("f g h i j", [])])).nearest is None
    assert measure_leakage(documents(train=[("a b c d e", [])])).nearest is None


def test_texts_that_differ_in_spelling_alone_are_the_same() -> None:
    tables = documents(train=[("قال الوزيرُ إنّ المشروع", [])], test=[("قال الوزير إن المشروع", [])])
    assert measure_leakage(tables).nearest == NearestPair(1.0, ("test0", "train0"), ("test", "train"))


def test_names_seen_in_train_are_counted_by_label_and_words() -> None:
    train = [("x", [("GPE", "بيروت"), ("PERS", "سلمى الراشدي"), ("GPE", "صور")])]
    test = [("y", [("GPE", "بيروت"), ("GPE", "بيروت"), ("ORG", "بيروت"), ("PERS", "سلمى\nالراشدي"), ("DATE", "أمس")])]
    assert measure_leakage(documents(train=train, test=test)).seen == (SeenNames("test", 5, 3, 4, 2),)


def test_the_card_says_what_the_rows_say(
    tmp_path: Path, config: CorpusConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))
    sample().write(tmp_path)
    path = release(tmp_path, config, report=lambda message: None).path
    splits = read_manifest(path).configs["documents"].splits
    files = {split: str(path / entry.files[0]) for split, entry in splits.items()}
    query = "SELECT e.label || e.surface FROM (SELECT unnest(entities) AS e FROM read_parquet(?))"
    names = {split: [row[0] for row in duckdb.execute(query, [file]).fetchall()] for split, file in files.items()}
    card = (path / "README.md").read_text(encoding="utf-8")
    told = 0
    for split in ("validation", "test"):
        if names[split]:
            seen = sum(name in set(names["train"]) for name in names[split])
            assert f"Of the entities of {split} (label and words), {seen} of {len(names[split])} mentions" in card
            told += 1
    assert told
    assert "No two documents of different splits share four words in a row" in card
