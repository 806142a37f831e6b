"""Label Studio's exports: every region arrives exactly or is a reject, whatever the export holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotation.imports.match import CorpusDocument, DocumentIndex, Imported
from annotation.labelstudio.results import import_export
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Entity, Sentence, Topic

LABELS = {"GPE": 1, "PERS": 2}
TOPICS = ("sport", "weather")
# The emoji makes JavaScript count one unit more than there are code points.
TEXT = "خبر 😊 من مصر\nقالت سلمى نعم. وعادت إلى مصر."


def region(start: object, end: object, label: object, text: object = None, **more: object) -> dict[str, object]:
    value = {"start": start, "end": end, "labels": [label]} | ({} if text is None else {"text": text})
    return {"id": "r", "type": "labels", "from_name": "label", "to_name": "text", "value": value, **more}


def annotation(*regions: object, **more: object) -> dict[str, object]:
    return {"id": 1, "completed_by": 7, "result": list(regions), **more}


def task(*annotations: object, text: object = TEXT, **more: object) -> dict[str, object]:
    return {"id": 3, "data": {"text": text}, "annotations": list(annotations), **more}


def take(*tasks: object, text: str = TEXT) -> Imported:
    index = DocumentIndex([CorpusDocument(doc_id(text), text, ("a.txt",))])
    return import_export("e.json", json.dumps(tasks), index, LABELS, TOPICS)


def entities(imported: Imported) -> list[tuple[str, str]]:
    (matched,) = imported.matched
    return [(entity.label, TEXT[entity.start : entity.end]) for entity in matched.entities or ()]


def reasons(imported: Imported) -> list[str]:
    return [reject.reason for reject in imported.rejects]


def test_an_annotation_arrives_with_all_that_is_known_of_it() -> None:
    imported = take(
        task(
            annotation(
                region(9, 12, "GPE", "مصر"),
                {"type": "choices", "from_name": "topics", "value": {"choices": ["weather", "sport"]}},
                {"type": "textarea", "from_name": "comment", "value": {"text": ["سطر", "وآخر"]}},
                created_at="2026-01-12T09:00:00Z",
                updated_at="2026-01-12T09:45:00Z",
                lead_time=12.5,
            )
        )
    )
    assert imported.rejects == []
    (matched,) = imported.matched
    assert (matched.doc_id, matched.text, matched.annotator) == (doc_id(TEXT), TEXT, "annotator-7")
    assert matched.entities == (Entity(9, 12, "GPE"),)
    assert matched.sentences is None
    assert matched.topics == (Topic("weather", 0), Topic("sport", 1))
    assert (matched.status, matched.seconds, matched.submitted_at) == ("submitted", 12.5, "2026-01-12T09:45:00Z")
    assert (matched.saw_predictions, matched.comment) == (None, "سطر\nوآخر")


@pytest.mark.parametrize(
    ("start", "end", "text", "expected"),
    [
        (9, 12, "مصر", ["مصر"]),
        (10, 13, "مصر", ["مصر"]),  # UTF-16 units, after the emoji
        (9, 12, None, []),  # without words nobody can tell
        (0, 3, None, ["خبر"]),  # before the emoji both units agree
        (9.0, 12.0, "مصر", ["مصر"]),
        (8, 12, " مصر", ["مصر"]),  # white space at the edges goes
        (9, 17, "مصر قالت", ["مصر\nقالت"]),  # the server writes a line break as a space
        (9, 17, "مصر\\nقالت", ["مصر\nقالت"]),  # or as a backslash and an n
        (9, 12, "تونس", []),
        (9, 12, "", []),
        (9, 12, ["مصر"], []),
        (12, 9, "", []),
        (9, 9, "", []),
        (12, 13, "\n", []),
        (-3, 2, "خب", []),
        (9, 999, "مصر", []),
        (5, 6, "x", []),
        ("9", "12", "مصر", []),
        (None, None, "مصر", []),
        (9.5, 12, "مصر", []),
        (True, 12, "مصر", []),
        (float("nan"), float("inf"), "مصر", []),
        (10**300, 10**301, "مصر", []),
    ],
)
def test_offsets_are_settled_by_the_text(start: object, end: object, text: object, expected: list[str]) -> None:
    imported = take(task(annotation(region(start, end, "GPE", text))))
    assert [words for _, words in entities(imported)] == expected
    assert len(imported.rejects) == 1 - len(expected)


def test_a_mismatch_says_what_stands_there() -> None:
    imported = take(task(annotation(region(9, 12, "GPE", "تونس"))))
    message = "at 9-12 the text has 'مصر', neither in code points nor in UTF-16 the region's words"
    assert imported.rejects == [Reject("e.json: task 3", "offset-mismatch", message, "تونس")]


def test_labels_and_topics_that_the_ontology_does_not_have() -> None:
    choices = {"type": "choices", "from_name": "topics", "value": {"choices": ["sport", "opera", ["weather"], None]}}
    imported = take(task(annotation(region(9, 12, "CITY", "مصر"), region(0, 3, ["GPE"], "خبر"), choices)))
    assert entities(imported) == []
    assert imported.matched[0].topics == (Topic("sport", 0),)
    assert sorted(reasons(imported)) == ["not-one-label", *["unknown-label"] * 4]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (5, "not-a-region"),
        ({"type": "labels"}, "not-a-region"),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "not-a-region"),
        ({"type": "brush", "value": {}}, "unknown-region-type"),
        ({"value": {}}, "unknown-region-type"),
        ({"type": ["labels"], "value": {}}, "unknown-region-type"),
        ({"type": "labels", "value": {"start": 0, "end": 3, "text": "خبر"}}, "not-one-label"),
        ({"type": "labels", "value": {"start": 0, "end": 3, "text": "خبر", "labels": []}}, "not-one-label"),
        ({"type": "labels", "value": {"start": 0, "end": 3, "labels": ["GPE", "PERS"]}}, "not-one-label"),
        ({"type": "choices", "value": {"choices": 5}}, "unknown-label"),
        ({"type": "textarea", "value": {"text": [5]}}, "not-a-comment"),
        ({"type": "textarea", "value": {}}, "not-a-comment"),
    ],
)
def test_regions_that_are_none(wrong: object, reason: str) -> None:
    imported = take(task(annotation(wrong, region(9, 12, "GPE", "مصر"))))
    assert entities(imported) == [("GPE", "مصر")]
    assert reasons(imported) == [reason]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (5, "not-a-task"),
        ({}, "not-a-task"),
        ({"data": "x"}, "not-a-task"),
        ({"data": {"text": TEXT}, "annotations": {"result": []}}, "not-a-task"),
        ({"data": {}}, "no-such-document"),
        ({"data": {"text": "نص آخر"}}, "no-such-document"),
        ({"data": {"text": TEXT + " "}}, "no-such-document"),
        ({"data": {"text": "\ud83d"}}, "no-such-document"),
        ({"data": {"text": [TEXT]}}, "no-such-document"),
        ({"data": {"text": TEXT}, "annotations": [5]}, "not-an-annotation"),
        ({"data": {"text": TEXT}, "annotations": [{"result": None}]}, "not-an-annotation"),
        ({"data": {"text": TEXT}, "annotations": [{}]}, "not-an-annotation"),
    ],
)
def test_tasks_that_are_none(wrong: object, reason: str) -> None:
    imported = take(wrong, task(annotation(region(9, 12, "GPE", "مصر"))))
    assert entities(imported) == [("GPE", "مصر")]
    assert reasons(imported) == [reason]


@pytest.mark.parametrize("text", ["", "x", "[{]", "[" * 100_000, "{}\nx"])
def test_what_is_no_json_is_a_reject(text: str) -> None:
    imported = import_export("e.json", text, DocumentIndex([]), LABELS, TOPICS)
    assert imported.matched == []
    assert reasons(imported) in ([], ["invalid-json"])
    assert (reasons(imported) == []) == (text == "")


def test_one_task_a_line_is_an_export_too() -> None:
    lines = "\n".join(json.dumps(task(annotation(region(9, 12, "GPE", "مصر")), id=nth)) for nth in range(1))
    index = DocumentIndex([CorpusDocument(doc_id(TEXT), TEXT, ())])
    assert entities(import_export("e.json", lines + "\n\n", index, LABELS, TOPICS)) == [("GPE", "مصر")]


def test_nothing_found_is_a_judgment_and_never_looked_is_none() -> None:
    (matched,) = take(task(annotation())).matched
    assert (matched.entities, matched.topics, matched.sentences) == ((), None, None)
    assert take(task()) == Imported()


def test_a_skipped_task_is_a_judgment() -> None:
    (matched,) = take(task(annotation(was_cancelled=True))).matched
    assert matched.status == "skipped"


def test_two_annotators_are_two_judgments() -> None:
    imported = take(
        task(annotation(region(9, 12, "GPE", "مصر")), annotation(region(0, 3, "PERS", "خبر"), completed_by={"id": 8}))
    )
    assert [(one.annotator, len(one.entities or ())) for one in imported.matched] == [
        ("annotator-7", 1), ("annotator-8", 1),
    ]  # fmt: skip


def test_names_of_annotators_do_not_appear() -> None:
    for author in ("salma@example.org", {"email": "salma@example.org"}):
        (matched,) = take(task(annotation(completed_by=author))).matched
        assert matched.annotator is not None
        assert matched.annotator.startswith("annotator-")
        assert "salma" not in matched.annotator


def test_the_latest_annotation_of_an_annotator_counts() -> None:
    imported = take(
        task(
            annotation(region(9, 12, "GPE", "مصر"), updated_at="2026-01-13T00:00:00Z"),
            annotation(region(0, 3, "PERS", "خبر"), updated_at="2026-01-12T00:00:00Z"),
        )
    )
    assert entities(imported) == [("GPE", "مصر")]
    message = "annotator-7 annotated this document again (or had a draft of it); one counts"
    payload = "['submitted', '2026-01-12T00:00:00Z', [(0, 3, 'PERS')], []]"
    assert imported.rejects == [Reject(f"e.json: document {doc_id(TEXT)}", "earlier-revision", message, payload)]


def test_a_draft_counts_only_where_nothing_was_submitted() -> None:
    draft = {"result": [region(0, 3, "PERS", "خبر")], "user": 7, "updated_at": "2026-02-01T00:00:00Z"}
    (alone,) = take(task(drafts=[draft, 12])).matched
    assert (alone.status, alone.annotator, len(alone.entities or ())) == ("draft", "annotator-7", 1)
    imported = take(task(annotation(region(9, 12, "GPE", "مصر")), drafts=[draft]))
    assert entities(imported) == [("GPE", "مصر")]
    assert reasons(imported) == ["earlier-revision"]


def test_sentences_arrive_if_they_cover_the_text() -> None:
    marked = [region(0, 12, "title"), region(13, 27, "paragraph"), region(28, 42, "paragraph")]
    words = [TEXT[0:12], TEXT[13:27], TEXT[28:42]]
    for one, text in zip(marked, words, strict=True):
        one["value"]["text"] = text  # type: ignore[index]
    (matched,) = take(task(annotation(*reversed(marked)))).matched
    assert matched.sentences == (Sentence(0, 12, "title"), Sentence(13, 27, "paragraph"), Sentence(28, 42, "paragraph"))
    gap = take(task(annotation(marked[0], marked[2])))
    assert gap.matched[0].sentences is None
    message = "no sentence has the words 'قالت سلمى نعم.'; none of this annotation's sentences was taken"
    assert gap.rejects == [Reject("e.json: task 3", "bad-sentences", message, text) for text in (words[0], words[2])]
    overlap = take(task(annotation(*marked, region(0, 3, "item", "خبر"))))
    assert overlap.matched[0].sentences is None
    assert overlap.rejects[0].message == "two sentences overlap at 0; none of this annotation's sentences was taken"
    assert len(overlap.rejects) == 4


def test_a_suggestion_in_the_result_shows_that_suggestions_were_seen() -> None:
    for origin in ("prediction", "prediction-changed"):
        (matched,) = take(task(annotation(region(9, 12, "GPE", "مصر", origin=origin)))).matched
        assert matched.saw_predictions is True
    (matched,) = take(task(annotation(region(9, 12, "GPE", "مصر", origin="manual")))).matched
    assert matched.saw_predictions is None


@pytest.mark.parametrize("value", [True, "12", -1, float("nan"), float("inf"), 10**400, None, [1]])
def test_working_times_that_are_none(value: object) -> None:
    (matched,) = take(task(annotation(lead_time=value))).matched
    assert matched.seconds is None


# Exports that nobody should write: any JSON at any place.
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400), st.just("\ud83d"),
        st.sampled_from(["GPE", "PERS", "title", "sport", "labels", "choices", "textarea", TEXT]), st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["value", "type", "labels", "result", "id", "text"]), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip
OFFSETS = st.one_of(st.integers(-2, len(TEXT) + 3), JSON)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, JSON)


@st.composite
def values(draw: st.DrawFn) -> dict[str, object]:
    start, end = sorted(draw(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))))
    return {
        "start": draw(st.one_of(st.just(start), st.just(start), OFFSETS)),
        "end": draw(st.one_of(st.just(end), st.just(end), OFFSETS)),
        "text": draw(_maybe(st.just(TEXT[start:end]))),
        "labels": draw(_maybe(st.lists(st.sampled_from(["GPE", "PERS", "title", "CITY"]), max_size=2))),
        "choices": draw(_maybe(st.lists(st.sampled_from(["sport", "opera"]), max_size=2))),
    }


REGIONS = _maybe(
    st.fixed_dictionaries(
        {"type": _maybe(st.sampled_from(["labels", "choices", "textarea", "relation"])), "value": _maybe(values())},
        optional={"origin": JSON, "from_name": JSON, "id": JSON},
    )
)
ANNOTATIONS = _maybe(
    st.fixed_dictionaries(
        {"result": _maybe(st.lists(REGIONS, max_size=4))},
        optional={"completed_by": JSON, "lead_time": JSON, "was_cancelled": JSON, "created_at": JSON,
                  "updated_at": JSON},
    )
)  # fmt: skip
HOSTILE = st.lists(
    _maybe(
        st.fixed_dictionaries(
            {"data": _maybe(st.fixed_dictionaries({"text": _maybe(st.just(TEXT))})),
             "annotations": _maybe(st.lists(ANNOTATIONS, max_size=3))},
            optional={"id": JSON, "drafts": _maybe(st.lists(ANNOTATIONS, max_size=2))},
        )
    ),
    max_size=3,
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(HOSTILE)
def test_hostile_exports_never_fail(tasks: list[object]) -> None:
    imported = take(*tasks)
    for matched in imported.matched:
        assert matched.text == TEXT
        for entity in matched.entities or ():
            words = TEXT[entity.start : entity.end]
            assert words
            assert words == words.strip()
            assert entity.label in LABELS
        for topic in matched.topics or ():
            assert topic.label in TOPICS
        for said in (matched.annotator, matched.submitted_at, matched.comment, matched.problem):
            assert said is None or said.encode()
    assert len({(one.doc_id, one.annotator) for one in imported.matched}) == len(imported.matched)
    for reject in imported.rejects:
        assert reject.reason
        assert len(reject.payload) <= 200


@settings(deadline=None, max_examples=60)
@given(st.lists(REGIONS, max_size=6))
@example([region(0, 3, "GPE", "خبر"), region(0, 3, "GPE", "خبر")])
def test_every_region_arrives_or_is_a_reject(regions: list[object]) -> None:
    imported = take(task(annotation(*regions)))
    (matched,) = imported.matched
    for one in regions:
        alone = take(task(annotation(one)))
        (its,) = alone.matched
        if not alone.rejects:
            assert set(its.entities or ()) <= set(matched.entities or ())
            assert {topic.label for topic in its.topics or ()} <= {topic.label for topic in matched.topics or ()}
        said = its.entities or its.sentences or its.topics or its.comment or its.problem
        assert said or alone.rejects or _says_nothing(one)


def _says_nothing(one: object) -> bool:
    """A region of choices of which none was made, or an empty comment."""
    assert isinstance(one, Mapping)
    value = one["value"]
    return (one["type"] == "choices" and value.get("choices") in (None, [])) or (
        one["type"] == "textarea" and value.get("text") in ("", [], [""])
    )
