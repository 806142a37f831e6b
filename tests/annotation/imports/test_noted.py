"""Articles in the notation, matched to documents: whole where the text is the same, by sentence where it differs."""

from __future__ import annotations

from annotation.imports.match import CorpusDocument, DocumentIndex, Imported
from annotation.imports.noted import import_noted
from annotation.notation import NotedArticle, format_article
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Entity, Sentence, Topic

LABELS = {"GPE": 1, "PERS": 2}
TOPICS = ("sport", "weather")
TEXT = "خبر من مصر\nقالت سلمى نعم. وعادت إلى مصر."
NOTED = """\
# source: a.txt
# topics: weather, sport

title: خبر من مصر
  GPE: مصر
paragraph: قالت سلمى نعم.
  PERS: سلمى
next: وعادت إلى مصر.
  GPE: مصر
"""


def note(noted: str, *texts: str) -> Imported:
    index = DocumentIndex(
        CorpusDocument(doc_id(text), text, (f"{'abc'[nth]}.txt", "shared")) for nth, text in enumerate(texts)
    )
    return import_noted("f.gold", noted, index, LABELS, TOPICS)


def words(imported: Imported) -> list[str]:
    (matched,) = imported.matched
    return [f"{one.label} {one.start} {matched.text[one.start : one.end]}" for one in matched.entities or ()]


def test_the_same_text_arrives_whole() -> None:
    imported = note(NOTED, TEXT)
    assert imported.rejects == []
    (matched,) = imported.matched
    assert (matched.doc_id, matched.complete) == (doc_id(TEXT), True)
    assert matched.sentences == (Sentence(0, 10, "title"), Sentence(11, 25, "paragraph"), Sentence(26, 40, "paragraph"))
    assert matched.topics == (Topic("weather", 0), Topic("sport", 1))
    assert words(imported) == ["GPE 7 مصر", "PERS 16 سلمى", "GPE 36 مصر"]


def test_the_text_counts_more_than_the_source() -> None:
    imported = note(NOTED, "نص آخر في هذا الملف", TEXT)
    assert [one.doc_id for one in imported.matched] == [doc_id(TEXT)]


def test_where_the_text_differs_sentences_arrive_one_by_one() -> None:
    imported = note(NOTED, "مقدمة جديدة\n" + TEXT.replace("قالت سلمى نعم.", "قالت سلمى لا."))
    (matched,) = imported.matched
    assert (matched.sentences, matched.complete) == (None, False)
    assert matched.topics == (Topic("weather", 0), Topic("sport", 1))
    assert words(imported) == ["GPE 19 مصر", "GPE 47 مصر"]
    message = "this sentence is not in the document of 'a.txt', whose text differs from the file's"
    assert imported.rejects == [Reject("f.gold:1", "text-differs", message, "قالت سلمى نعم.")]


def test_where_the_text_differs_a_sentence_that_stands_twice_is_a_reject() -> None:
    imported = note(NOTED, TEXT + "\nخبر من مصر")
    assert words(imported) == ["PERS 16 سلمى", "GPE 36 مصر"]
    message = "this sentence stands 2 times in the document of 'a.txt', whose text differs from the file's"
    assert imported.rejects == [Reject("f.gold:1", "text-differs", message, "خبر من مصر")]


def test_documents_that_are_not_there() -> None:
    for texts in ((), ("نص آخر", "ونص ثالث")):
        imported = note(NOTED.replace("a.txt", "shared"), *texts)
        assert imported.matched == []
        message = "no document has this text, and none comes from 'shared'; build that page first"
        assert imported.rejects == [Reject("f.gold:1", "no-such-document", message, TEXT)]


def test_labels_that_the_ontology_does_not_have() -> None:
    imported = note(NOTED.replace("PERS", "PERSON").replace("weather", "rain"), TEXT)
    (matched,) = imported.matched
    assert matched.topics == (Topic("sport", 0),)
    assert words(imported) == ["GPE 7 مصر", "GPE 36 مصر"]
    assert imported.rejects == [
        Reject("f.gold:1", "unknown-label", "the ontology has no topic 'rain'", "rain"),
        Reject("f.gold:1", "unknown-label", "the ontology has no entity label 'PERSON'; known: GPE, PERS", "سلمى"),
    ]


def test_an_article_said_to_be_none() -> None:
    noted = "# source: a.txt\n# drop_reason: no-article\n"
    assert note(noted, "") == Imported()
    assert note(noted) == Imported()
    message = "noted as 'no-article', but the corpus has a text of it; report or drop the page"
    assert note(noted, TEXT).rejects == [Reject("f.gold:1", "article-disputed", message, TEXT)]


def test_a_file_with_a_mistake_is_refused_with_its_line() -> None:
    imported = note(NOTED.replace("  PERS", "  PERS 7"), TEXT)
    message = "line 7: there are 1 occurrences of 'سلمى', not 7"
    assert imported == Imported([], [Reject("f.gold", "invalid-notation", message)])


def test_several_articles_of_one_file() -> None:
    other = "نص آخر من مصر"
    noted = NOTED + format_article(
        NotedArticle("b.txt", other, (Sentence(0, len(other), "title"),), (Entity(10, 13, "GPE"),))
    )
    imported = note(noted, TEXT, other)
    assert [one.doc_id for one in imported.matched] == [doc_id(TEXT), doc_id(other)]
    assert imported.rejects == []
