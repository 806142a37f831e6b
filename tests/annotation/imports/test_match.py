"""Matching: where words stand in a corpus, and which spans tags mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.imports.match import CorpusDocument, DocumentIndex, Squeezed, entities_from_tags, reject_unknown
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Entity

# Few letters, so that pieces repeat within and between texts.
TEXTS = st.lists(st.text(st.sampled_from("اب ج\n"), min_size=1, max_size=120), max_size=8, unique=True)


def index_of(*texts: str) -> DocumentIndex:
    return DocumentIndex(CorpusDocument(doc_id(text), text, (f"{nth}.txt",)) for nth, text in enumerate(texts))


@given(TEXTS, st.booleans(), st.data())
def test_all_documents_that_hold_words_are_found(texts: list[str], cut_out: bool, data: st.DataObject) -> None:
    index = index_of(*texts)
    if texts and cut_out:
        text = "".join(data.draw(st.sampled_from(texts)).split())
        start = data.draw(st.integers(0, len(text)))
        words = text[start : data.draw(st.integers(start, len(text)))]
    else:
        words = data.draw(st.text(st.sampled_from("ابج"), max_size=40))
    expected = [text for text in texts if words in "".join(text.split())]
    assert [document.text for document in index.containing(words)] == expected


@given(st.text(), st.data())
def test_a_squeezed_range_is_the_range_of_its_words(text: str, data: st.DataObject) -> None:
    squeezed = Squeezed.of(text)
    assert squeezed.text == "".join(text.split())
    if squeezed.text:
        start = data.draw(st.integers(0, len(squeezed.text) - 1))
        end = data.draw(st.integers(start + 1, len(squeezed.text)))
        first, last = squeezed.span(start, end)
        assert "".join(text[first:last].split()) == squeezed.text[start:end]
        assert text[first:last] == text[first:last].strip()


def test_a_document_is_known_by_its_id_and_by_a_source_of_its_own() -> None:
    one = CorpusDocument("a", "نص", ("a.txt", "https://example.org/a"))
    other = CorpusDocument("b", "نص آخر", ("b.txt", "https://example.org/a"))
    index = DocumentIndex([one, other])
    assert index.by_id("a") == one
    assert index.by_id("c") is None
    assert index.by_source("b.txt") == other
    assert index.by_source("https://example.org/a") is None
    assert index.by_source("c.txt") is None


@pytest.mark.parametrize(
    ("tagged", "spans"),
    [
        ("زار/O سلمى/B-PERS الراشدي/I-PERS مصر/B-GPE", ["سلمى الراشدي PERS", "مصر GPE"]),
        ("سلمى/I-PERS الراشدي/I-PERS مصر/I-GPE", ["سلمى الراشدي PERS", "مصر GPE"]),
        ("مصر/I-GPE تونس/B-GPE ليبيا/I-GPE", ["مصر GPE", "تونس ليبيا GPE"]),
        ("مصر/B-GPE ،/O تونس/I-GPE", ["مصر GPE", "تونس GPE"]),
        ("في/O مصر/B-GPE", ["مصر GPE"]),
        ("لل/O مغرب/B-GPE", ["مغرب GPE"]),
        ("مصر/O", []),
    ],
)
def test_spans_of_tags(tagged: str, spans: list[str]) -> None:
    pairs = [pair.rsplit("/", 1) for pair in tagged.split()]
    tokens, tags = [token for token, _ in pairs], [tag for _, tag in pairs]
    text = "مقدمة. " + " ".join(tokens).replace("لل مغرب", "للمغرب") + " خاتمة"
    found = entities_from_tags(tokens, tags, len("مقدمة."), Squeezed.of(text))
    assert [f"{text[start:end]} {label}" for start, end, label in found] == spans


def test_labels_that_the_ontology_does_not_have_are_rejects() -> None:
    rejects: list[Reject] = []
    entities = [Entity(0, 3, "GPE"), Entity(4, 8, "CITY")]
    assert reject_unknown("a:1", entities, "مصر طنجة", {"GPE": 1, "PERS": 2}, rejects) == (Entity(0, 3, "GPE"),)
    message = "the ontology has no entity label 'CITY'; known: GPE, PERS"
    assert rejects == [Reject("a:1", "unknown-label", message, "طنجة")]
