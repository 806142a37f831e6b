"""The rows of a release, from tables made by hand."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from corpus.ids import doc_id, source_id
from corpus.release.rows import ReleaseRows, build_rows, release_documents
from schemas.tables import RELEASE_CONFIGS
from tests.corpus.release.conftest import FAIR, MATCH, MINISTER, PORT, RAIN, Maker, sample

LABELS = ("PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY")


def rows_of(maker: Maker) -> ReleaseRows:
    tables = maker.tables()
    return build_rows(tables, release_documents(tables, {}), LABELS)


def document(rows: ReleaseRows, text: str) -> dict[str, Any]:
    table = rows.tables["documents"]
    (row,) = table.filter(pc.equal(table["doc_id"], doc_id(text))).to_pylist()
    return dict(row)


def sentences(rows: ReleaseRows, text: str) -> list[dict[str, Any]]:
    table = rows.tables["sentences"]
    return list(table.filter(pc.equal(table["doc_id"], doc_id(text))).to_pylist())


def surfaces(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(entity["label"], row["text"][entity["start"] : entity["end"]]) for entity in row["entities"]]


def test_tables_have_their_declared_columns() -> None:
    for config, table in rows_of(sample()).tables.items():
        assert table.schema.equals(RELEASE_CONFIGS[config])
        table.validate(full=True)


def test_a_document_has_its_best_annotations_and_metadata() -> None:
    row = document(rows_of(sample()), MINISTER)
    assert row["text"] == MINISTER
    assert row["title"] == "وزيرة النقل تزور طنجة"
    assert surfaces(row) == [("PERS", "سلمى الراشدي"), ("FAC", "ميناء طنجة"), ("DATE", "مارس 2027"), ("GPE", "المغرب")]
    assert [row["text"][part["start"] : part["end"]] for part in row["sentences"]] == MINISTER.split("\n")
    assert [part["kind"] for part in row["sentences"]] == ["title", "paragraph"]
    assert row["topics"] == ["society"]
    assert (row["sentences_status"], row["entities_status"], row["topics_status"]) == ("silver",) * 3
    assert (row["source_id"], row["outlet"], row["published"]) == (source_id("page-0.txt"), "الواحة", "2026-01-12")


def test_a_sentence_has_offsets_of_its_own() -> None:
    title, body = sentences(rows_of(sample()), MINISTER)
    assert (title["sentence_id"], title["position"], title["kind"]) == (f"{doc_id(MINISTER)}-0", 0, "title")
    assert (body["position"], body["start"], body["text"]) == (1, 22, MINISTER.split("\n")[1])
    assert surfaces(body) == [("PERS", "سلمى الراشدي"), ("FAC", "ميناء طنجة"), ("DATE", "مارس 2027"), ("GPE", "المغرب")]
    pairs = zip(body["token_starts"], body["token_ends"], strict=True)
    assert [body["text"][start:end] for start, end in pairs] == body["tokens"]
    tagged = [word for word, tag in zip(body["tokens"], body["ner_tags"], strict=True) if tag != "O"]
    assert tagged == ["سلمى", "الراشدي", "ميناء", "طنجة", "مارس", "2027", "المغرب"]
    assert body["topics"] == ["society"]


def test_nested_entities_stay_and_the_outer_one_gives_the_tags(maker: Maker) -> None:
    maker.document(MINISTER, "a.txt")
    layer = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(layer, MINISTER, "طنجة", "GPE")
    maker.entity(layer, MINISTER, "وزيرة النقل", "OCC")
    start = MINISTER.index("ميناء طنجة")
    maker.span(layer, MINISTER, start + 6, start + 10, "GPE")
    maker.span(layer, MINISTER, start, start + 10, "FAC")
    row = sentences(rows_of(maker), MINISTER)[1]
    assert surfaces(row) == [("FAC", "ميناء طنجة"), ("GPE", "طنجة")]
    assert [tag for tag in row["ner_tags"] if tag != "O"] == ["B-FAC", "I-FAC"]
    assert row["entities_status"] == "gold"


def test_an_entity_that_crosses_sentences_stays_in_the_document_and_is_counted(maker: Maker) -> None:
    maker.document(MATCH, "a.txt")
    layer = maker.layer("entities", "annotation", "hind", round=1)
    maker.entity(layer, MATCH, "الوداد\nفاز", "ORG")
    maker.entity(layer, MATCH, "أمين بلقاسم", "PERS")
    rows = rows_of(maker)
    assert rows.crossing == 1
    assert len(document(rows, MATCH)["entities"]) == 2
    assert [surfaces(row) for row in sentences(rows, MATCH)] == [[], [("PERS", "أمين بلقاسم")]]


def test_looked_and_found_nothing_empties_the_row_and_says_who(maker: Maker) -> None:
    maker = sample()
    layer = maker.layer("entities", "annotation", "hind", round=1)
    maker.judgment(layer, RAIN, "hind")
    rows = rows_of(maker)
    assert (document(rows, RAIN)["entities"], document(rows, RAIN)["entities_status"]) == ([], "single")
    assert document(rows, FAIR)["entities_status"] == "silver"
    assert set(sentences(rows, RAIN)[1]["ner_tags"]) == {"O"}


def test_annotations_have_every_layer_with_its_author() -> None:
    maker = sample()
    gold = maker.layer("entities", "gold", "adjudicator", version="sha", round=1)
    maker.entity(gold, RAIN, "بيروت", "GPE")
    rows = rows_of(maker)
    found = [row for row in rows.tables["annotations"].to_pylist() if row["doc_id"] == doc_id(RAIN)]
    by_author = {(row["task"], row["layer_kind"], row["author"], row["label"]) for row in found}
    assert by_author == {
        ("sentences", "prediction", "segmenter", "title"),
        ("sentences", "prediction", "segmenter", "paragraph"),
        ("entities", "prediction", "rules", "GPE"),
        ("entities", "prediction", "rules", "DATE"),
        ("entities", "gold", "adjudicator", "GPE"),
        ("topics", "prediction", "linear", "society"),
    }
    for row in found:
        if row["task"] == "topics":
            assert (row["start"], row["surface"], row["rank"]) == (None, None, 0)
        else:
            assert (RAIN[row["start"] : row["end"]], row["rank"]) == (row["surface"], None)


def test_dropped_documents_are_left_out_everywhere(maker: Maker) -> None:
    maker = sample((MINISTER, RAIN))
    maker.document(PORT, "dropped.txt", drop_reason="not-arabic")
    rows = rows_of(maker)
    for table in rows.tables.values():
        assert set(table["doc_id"].to_pylist()) == {doc_id(MINISTER), doc_id(RAIN)}


def test_a_text_of_two_pages_is_one_document_with_the_first_ones_metadata(maker: Maker) -> None:
    maker.document(RAIN, "first.txt", licence="CC-BY-4.0")
    maker.document(RAIN, "second.txt", licence=None)
    for name in ("documents", "clusters"):
        maker.rows[name].pop()
    maker.rows["spans"] = maker.rows["spans"][:2]
    row = document(rows_of(maker), RAIN)
    assert (row["sightings"], row["source_id"], row["licence"]) == (2, source_id("first.txt"), "CC-BY-4.0")


def test_a_source_seen_again_shows_what_it_says_now_and_counts_once(maker: Maker) -> None:
    maker.document(RAIN, "a.txt", licence=None)
    maker.rows["sightings"].append(maker.rows["sightings"][0] | {"licence": "CC0-1.0"})
    row = document(rows_of(maker), RAIN)
    assert (row["sightings"], row["licence"]) == (1, "CC0-1.0")


def test_a_sentence_end_cuts_a_token(maker: Maker) -> None:
    text = "اقرأ على www.example.com.وقال الوزير"
    cut = text.index("وقال")
    maker.document(text, "a.txt", sentences=[(0, cut, "paragraph"), (cut, len(text), "paragraph")])
    first, second = sentences(rows_of(maker), text)
    assert first["tokens"][-1] == "www.example.com."
    assert second["tokens"] == ["وقال", "الوزير"]


def test_documents_without_annotations_have_empty_lists(maker: Maker) -> None:
    maker.document(FAIR, "a.txt")
    row = document(rows_of(maker), FAIR)
    assert (row["entities"], row["topics"], row["entities_status"]) == ([], [], "silver")
