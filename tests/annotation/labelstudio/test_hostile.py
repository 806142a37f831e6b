"""Export files that no server should write, read all the same: never a crash, never a span that is not in its text."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.imports.match import CorpusDocument, DocumentIndex
from annotation.labelstudio.results import import_export
from annotation.labelstudio.revisions import new_revisions
from annotation.labelstudio.submissions import ReadTask, TaskReader, iterate_tasks
from corpus.ids import doc_id
from schemas.ontology import load_ontology
from schemas.tables import SENTENCE_KINDS

TEXT = "عنوان الخبر 😀\nقالت سَلمى إنّ القطار وصل 👍🏽 إلى طنجة.\nوأضافت أن نصيحة‌اليوم مفيدة."
OTHER = "نص وثيقة أخرى لا علاقة له بالأولى."
ONTOLOGY = load_ontology()
LABELS = ONTOLOGY.inventory().codes
INDEX = DocumentIndex([CorpusDocument(doc_id(text), text, ()) for text in (TEXT, OTHER)])
READER = TaskReader(
    INDEX, LABELS, ONTOLOGY.topic_codes, tuple(one.code for one in ONTOLOGY.problems), {"a@example.org": 7}, "task "
)

anything = st.sampled_from(
    [None, True, 0, -1, 1.5, float("nan"), 10**300, "", "x", "\ud800", "طنجة", [], [None], ["x"], [[1]], {}, {"id": 3},
     {"id": []}, {"value": {"choices": {}}}, {"value": 7, "type": ["labels"]}, {"result": {}}]
)  # fmt: skip
offset = st.one_of(
    st.integers(-3, len(TEXT) + 3), st.sampled_from([2**40, 1.5, 3.0, 10**300, float("nan"), float("inf"), "3", None])
)
choice = st.sampled_from([*ONTOLOGY.topic_codes, "no-such", "personal-data"])
names = st.one_of(
    st.sampled_from([*LABELS, *SENTENCE_KINDS, "UNKNOWN", "", "\ud800"]).map(lambda one: [one]),
    st.just([LABELS[0], LABELS[1]]), anything,
)  # fmt: skip


@st.composite
def regions(draw: st.DrawFn) -> Any:
    """A region that is nearly right."""
    start, end = draw(offset), draw(offset)
    exact = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(TEXT)
    surface = TEXT[start:end] if exact and draw(st.booleans()) else draw(anything)
    value = {
        "start": start, "end": end, "text": surface, "labels": draw(names),
        "choices": draw(st.lists(choice, max_size=3) | anything),
    }  # fmt: skip
    region = {
        "id": draw(anything),
        "type": draw(st.sampled_from(["labels", "choices", "textarea", "rectangle", None])),
        "from_name": draw(st.sampled_from(["label", "sentence", "topic", "topics", "problem", "comment"]) | anything),
        "origin": draw(st.sampled_from(["manual", "prediction", "prediction-changed"]) | anything),
        "value": draw(st.just(value) | anything),
    }
    return draw(st.just(region) | anything)


@st.composite
def tasks(draw: st.DrawFn) -> Any:
    """A task that is nearly right."""
    annotation = st.fixed_dictionaries(
        {"result": st.lists(regions(), max_size=6) | anything},
        optional={
            "id": anything, "completed_by": st.integers(0, 4) | anything, "user": st.just("A@example.org") | anything,
            "was_cancelled": anything, "lead_time": st.floats() | anything, "updated_at": anything,
        },
    )  # fmt: skip
    return draw(
        st.fixed_dictionaries(
            {
                "id": anything,
                "data": st.fixed_dictionaries({"text": st.sampled_from([TEXT, TEXT, OTHER, TEXT + " "])}) | anything,
                "annotations": st.lists(annotation | anything, max_size=3) | anything,
                "drafts": st.lists(annotation | anything, max_size=2) | anything,
                "total_predictions": anything,
            }
        )
        | anything
    )


def check(export: list[Any]) -> None:
    """Read an export as a pull does, and look at everything that would be written."""
    body = json.dumps(export).encode("utf-8", "surrogatepass")
    for task in iterate_tasks(io.BytesIO(body)):
        _check_task(READER.read(task))
    words = body.decode("utf-8", "replace")
    imported = import_export("file", words, INDEX, dict.fromkeys(LABELS), ONTOLOGY.topic_codes)
    for matched in imported.matched:
        for one in (*(matched.entities or ()), *(matched.sentences or ())):
            assert 0 <= one.start < one.end <= len(matched.text)


def _check_task(read: ReadTask) -> None:
    for one in read.submissions:
        document = INDEX.by_id(one.doc_id)
        assert document is not None
        for span in (*one.result.entities, *one.result.sentences):
            words = document.text[span.start : span.end]
            assert 0 <= span.start < span.end <= len(document.text) and words == words.strip()
        assert {span.label for span in one.result.entities} <= set(LABELS)
        assert {span.label for span in one.result.sentences} <= set(SENTENCE_KINDS)
        assert set(one.result.topics) <= set(ONTOLOGY.topic_codes)
        assert one.seconds is None or one.seconds >= 0
        for words in (one.submitted_at, one.result.comment or "", one.result.problem or ""):
            words.encode()
        assert new_revisions([one], None)[0].number == 1


@settings(max_examples=150)
@given(st.lists(tasks(), max_size=3))
def test_hostile_exports_are_read(export: list[Any]) -> None:
    check(export)


@pytest.mark.soak
@settings(max_examples=int(os.environ.get("MUDAWWANA_SOAK_EXPORTS", "10000")))
@given(st.lists(tasks(), max_size=3))
def test_ten_thousand_hostile_exports_are_read(export: list[Any]) -> None:
    check(export)


def test_megabytes_of_regions_are_read_in_seconds() -> None:
    start = TEXT.index("طنجة")
    value = {"start": start, "end": start + 4, "text": "طنجة", "labels": ["GPE"]}
    region = {"type": "labels", "from_name": "label", "value": value}
    wrong = {"type": "labels", "from_name": "label", "value": {**value, "text": "فاس"}}
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [{"completed_by": 1, "result": [region, wrong] * 20_000}]}
    (read,) = (READER.read(one) for one in iterate_tasks(io.BytesIO(json.dumps([task]).encode())))
    (one,) = read.submissions
    assert [(span.start, span.end, span.label) for span in one.result.entities] == [(start, start + 4, "GPE")]
    assert {reject.reason for reject in one.rejects} == {"offset-mismatch"} and len(one.rejects) == 20_000


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b'[{"id": 1}', b"[1, 2", b"\xff\xfe", b"[[" * 100_000])
def test_what_is_no_export_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        list(iterate_tasks(io.BytesIO(body)))


def test_numbers_of_thousands_of_digits_are_offsets_that_do_not_fit() -> None:
    digits = "9" * 10_000
    body = f'[{{"id": {digits}, "data": {{"text": "x"}}, "annotations": [{{"result": [{digits}]}}]}}]'
    (task,) = iterate_tasks(io.BytesIO(body.encode()))
    assert READER.read(task).submissions == ()
