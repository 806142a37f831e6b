"""CoNLL files become entities of the documents that hold their words."""

from __future__ import annotations

import random
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.imports.conll import import_conll, looks_like_conll, parse_conll
from annotation.imports.match import CorpusDocument, DocumentIndex
from corpus.ids import doc_id
from corpus.ingest import Reject

CASES = tomllib.loads((Path(__file__).parents[2] / "cases/imports/conll.toml").read_text("utf-8"))["file"]
LABELS = {"GPE": 1, "ORG": 2, "DATE": 3}


def index_of(texts: list[str]) -> DocumentIndex:
    return DocumentIndex(CorpusDocument(doc_id(text), text, (f"{nth}.txt",)) for nth, text in enumerate(texts))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_files(case: dict[str, Any]) -> None:
    texts: list[str] = case["texts"]
    imported = import_conll("f", case["conll"], index_of(texts), LABELS)
    found = [
        f"{texts.index(one.text)} {'whole' if one.complete else 'part'}: "
        + ", ".join(f"{one.text[entity.start : entity.end]} {entity.label}" for entity in one.entities or ())
        for one in imported.matched
    ]
    rejects = [
        f"{one.origin.removeprefix('f:')} {one.reason}: {one.message} | {one.payload}" for one in imported.rejects
    ]
    assert (found, rejects) == (case["found"], case.get("rejects", []))
    assert all(doc_id(one.text) == one.doc_id for one in imported.matched)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("زار O\nمصر B-GPE\n", True),
        ("زار O", True),
        ("# source = a.txt\n-DOCSTART- -X- O O\n\nزار\tx\tO\n", True),
        ("زار O\n" * 2000, True),
        ("", False),
        ("# فقط تعليق\n", False),
        ("قال الوزير نعم\n", False),
        ("زار O\nمصر S-GPE\n", False),
        ("O\n", False),
    ],
)
def test_files_that_look_like_conll(text: str, looks: bool) -> None:
    assert looks_like_conll(text) == looks


WORDS = st.sampled_from(["مصر", "في", "للمغرب", "3.5", "\N{GRINNING FACE}", "كَتَبَ", "#وسم", "«نعم»", "د."])
TAGS = st.sampled_from(["O", "O", "B-GPE", "I-GPE", "B-DATE", "I-DATE"])


@given(st.lists(st.lists(st.tuples(WORDS, TAGS), min_size=1, max_size=8), min_size=1, max_size=6), st.booleans())
def test_a_tagged_document_comes_back(sentences: list[list[tuple[str, str]]], tabs: bool) -> None:
    text = "\n".join(" ".join(word for word, _ in sentence) for sentence in sentences)
    gap = "\t" if tabs else " "
    conll = "\n\n".join("\n".join(gap.join(pair) for pair in sentence) for sentence in sentences)
    imported = import_conll("f", f"# doc_id: {doc_id(text)}\n{conll}\n", index_of([text]), LABELS)
    assert imported.rejects == []
    (matched,) = imported.matched
    assert matched.complete
    for entity in matched.entities or ():
        words = text[entity.start : entity.end]
        assert words == words.strip()
        assert "\n" not in words
    spans = sum(
        tag[0] == "B" or (tag[0] == "I" and (nth == 0 or sentence[nth - 1][1][1:] != tag[1:]))
        for sentence in sentences
        for nth, (_, tag) in enumerate(sentence)
    )
    assert len(matched.entities or ()) == spans


@given(st.text(st.sampled_from("# OB-GPE\t\n\r مصر\N{RIGHT-TO-LEFT MARK}\x0b"), max_size=80))
def test_any_text_is_read_or_rejected(text: str) -> None:
    rejects: list[Reject] = []
    for sentence in parse_conll("f", text, rejects):
        assert len(sentence.tokens) == len(sentence.tags) > 0
    import_conll("f", text, index_of(["مصر", "رمص مصر"]), LABELS)


def test_25_000_sentences_against_1_000_documents_take_seconds() -> None:
    chance = random.Random(0)
    letters = "ابتثجحخدرزسشصضطعغفقكلمنهوي"
    words = ["".join(chance.choices(letters, k=chance.randrange(2, 8))) for _ in range(5000)]
    documents = [[" ".join(chance.choices(words, k=15)) for _ in range(20)] for _ in range(1000)]
    texts = ["\n".join(document) for document in documents]
    lines = [sentence for document in documents for sentence in document]
    strange = [" ".join(chance.choices(words, k=15)) for _ in range(5000)]
    mixed = [*lines, *strange]
    chance.shuffle(mixed)
    for sentences in (lines, mixed):
        conll = "\n\n".join("\n".join(f"{word} O" for word in sentence.split()) for sentence in sentences)
        started = time.perf_counter()
        imported = import_conll("f", conll, index_of(texts), LABELS)
        assert time.perf_counter() - started < 60
        assert len(imported.matched) == 1000
        assert all(one.complete for one in imported.matched)
        assert len(imported.rejects) == len(sentences) - len(lines)
