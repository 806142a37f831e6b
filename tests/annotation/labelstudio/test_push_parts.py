"""The pure parts of push and pull: what is checked before sending, lots, order, revisions, exports as they are kept."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from annotation.labelstudio.config import label_config
from annotation.labelstudio.results import Result
from annotation.labelstudio.revisions import Content, Recorded, new_revisions
from annotation.labelstudio.submissions import Submission
from annotation.labelstudio.tasks import (
    Known,
    Sharing,
    Suggested,
    TaskDocument,
    Work,
    check_document,
    in_order,
    task,
)
from corpus.ids import doc_id
from corpus.span import Topic
from corpus.workflow.exports import received_export
from schemas.ontology import load_ontology

ONTOLOGY = load_ontology()
KNOWN = Known(ONTOLOGY.inventory().codes, ONTOLOGY.topic_codes)
TEXT = "زارت سلمى طنجة."


def document(**changes: object) -> TaskDocument:
    """A sound document."""
    work = Work(
        (Suggested("s", 0, 15, "paragraph", TEXT),), (Suggested("e", 5, 9, "PERS", "سلمى", 0.9),), (Topic("sport"),)
    )
    return replace(TaskDocument(doc_id(TEXT), "source", TEXT, "—", "—", work), **changes)  # type: ignore[arg-type]


def entity(**changes: object) -> TaskDocument:
    """A document with something wrong about its entity."""
    work = document().predicted
    changed = replace(work.entities[0], **changes)  # type: ignore[arg-type]
    return document(predicted=replace(work, entities=(changed,)))


def test_a_sound_document_is_sent() -> None:
    assert check_document(document(), KNOWN) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (document(text="\ud800"), "lone surrogate"),
        (document(text="نص آخر"), "not the one of its id"),
        (entity(label="PERSON"), "the label is none of PERS"),
        (entity(start=-1), "outside of the text"),
        (entity(end=99), "outside of the text"),
        (entity(start=6), "the text has 'لمى' there"),
        (entity(score=2.0), "no probability"),
        (entity(annotation_id="s"), "one id"),
        (document(predicted=Work(topics=(Topic("sports"),))), "no topic 'sports'"),
    ],
)
def test_what_the_server_would_take_without_a_look_is_refused(wrong: TaskDocument, said: str) -> None:
    (reject,) = check_document(wrong, KNOWN)
    assert said in reject.message


def test_a_blind_task_shows_sentences_only_and_keeps_its_lot() -> None:
    made = task(document(), "v", Sharing(blind=1.0))
    assert made["data"]["blind"] is True  # type: ignore[index]
    assert {one["from_name"] for one in made["predictions"][0]["result"]} == {"sentence"}  # type: ignore[index]
    lots = [Sharing(blind=0.3).is_blind(document(source_id=str(nth))) for nth in range(2000)]
    assert 0.25 < sum(lots) / 2000 < 0.35
    other_text = document(source_id="7", text=TEXT + " ")
    assert Sharing(blind=0.3).is_blind(document(source_id="7")) == Sharing(blind=0.3).is_blind(other_text)


def test_order_by_uncertainty_and_by_date() -> None:
    sure, unsure = entity(score=1.0), entity(score=0.2)
    listed = [(sure, "2026-02-01"), (unsure, "2025-01-01")]
    assert in_order(listed, "uncertainty") == [unsure, sure]
    assert in_order(listed, "date") == in_order(listed, "corpus") == [sure, unsure]


def test_the_interface_has_every_label_in_arabic_and_no_key_twice() -> None:
    tree = ElementTree.fromstring(label_config(ONTOLOGY, "news"))
    labels = {one.get("value"): one.get("html") for one in tree.iter("Label")}
    assert {one.code: one.name_ar for one in ONTOLOGY.inventory().labels}.items() <= labels.items()
    keys = [one.get("hotkey") for kind in ("Label", "Choice") for one in tree.iter(kind) if one.get("hotkey")]
    assert len(keys) == len(set(keys)) and all(len(key) == 1 and key.isascii() for key in keys)


def submission(at: str, topics: tuple[str, ...], status: str = "submitted") -> Submission:
    """What somebody did."""
    result = Result((), (), topics, None, None, False)
    return Submission("doc", 1, status, at, 1.0, True, True, result, False, (), ())


def recorded(number: int, at: str, topics: tuple[str, ...], **more: object) -> Recorded:
    """What the tables have of it."""
    content = Content(frozenset(), frozenset(), topics)
    return replace(Recorded(number, "submitted", at, 1.0, None, None, content, frozenset([at])), **more)  # type: ignore[arg-type]


def test_revisions() -> None:
    first = submission("1", ("sport",))
    assert [one.number for one in new_revisions([first], None)] == [1]
    assert new_revisions([first], recorded(1, "1", ("sport",))) == []
    assert [one.number for one in new_revisions([submission("2", ("health",))], recorded(1, "1", ("sport",)))] == [2]
    (deleted,) = new_revisions([], recorded(1, "1", ("sport",)))
    assert (deleted.number, deleted.status("entities")) == (2, "deleted")
    assert new_revisions([], recorded(2, "1", (), status="deleted")) == []
    assert new_revisions([], recorded(1, "1", ("sport",), carried=True)) == [], "moved here, never on the server"
    two = new_revisions([submission("2", ("health",)), first], None)
    assert [(one.number, one.result.topics) for one in two] == [(1, ("sport",)), (2, ("health",))]
    back = new_revisions([first], recorded(2, "2", ("health",), times=frozenset(["1", "2"])))
    assert [(one.number, one.result.topics) for one in back] == [(3, ("sport",))], "the later one was deleted"


def test_an_export_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    def write(path: Path) -> str:
        path.write_bytes(b"[]")
        return hashlib.sha256(b"[]").hexdigest()

    def fail(path: Path) -> str:
        path.write_bytes(b"[")
        raise OSError("the line is dead")

    with pytest.raises(OSError), received_export(tmp_path, fail):
        pass
    assert list((tmp_path / "exports").iterdir()) == []
    with pytest.raises(ValueError), received_export(tmp_path, write):
        raise ValueError("unreadable")
    (kept,) = (tmp_path / "exports").iterdir()
    assert kept.name == f"{hashlib.sha256(b'[]').hexdigest()}.json" and kept.stat().st_mode & 0o222 == 0
