"""Asking again on the real server: open conflicts to an adjudicator, doubts to reviewers, and their answers back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from annotation.adjudicate.rules import RULES
from annotation.agreement.figures import measure_agreement
from annotation.judged import read_work
from annotation.labelstudio.client import Address, Client
from annotation.labelstudio.tasks import Sharing
from annotation.review.checks import review
from corpus.config import CorpusConfig, read_config
from corpus.release.choose import GOLD, choose_layers, current_annotations
from corpus.release.source import read_corpus
from corpus.validate import validate_corpus
from corpus.workflow.adjudicate import AdjudicationSummary, adjudicate_corpus
from corpus.workflow.ask import AskSummary, ask_adjudication, ask_review
from corpus.workflow.migrate import migrate_corpus
from schemas.ontology import load_ontology
from tests.annotation.labelstudio.conftest import Live, pull_now, push_now
from tests.annotation.labelstudio.test_round_trip import choices, comment, span
from tests.annotation.test_migration import PLAN, change_ontology
from tests.conftest import tree

Entity = tuple[int, int, str]


def adjudicate_now(root: Path) -> AdjudicationSummary:
    """Adjudicate by majority."""
    return adjudicate_corpus(root, read_config(root), RULES["majority"])


def send_conflicts(root: Path) -> AskSummary:
    """Send what is open to the adjudication project."""
    return ask_adjudication(root, read_config(root), RULES["majority"], progress=lambda *_: None, sleep=lambda _: None)


def send_doubts(root: Path) -> AskSummary:
    """Send what is doubtful to the review project."""
    return ask_review(root, read_config(root), progress=lambda *_: None, sleep=lambda _: None)


def pushed_tasks(live: Live, root: Path, **options: Any) -> dict[str, tuple[int, str]]:
    """Push, and give the tasks and texts of the project by document."""
    pushed = push_now(root, order="corpus", only=(("doc_id", "*"),), **options)
    return tasks_of(live, pushed.project)


def tasks_of(live: Live, project: int) -> dict[str, tuple[int, str]]:
    """The tasks of a project and their texts, by document."""
    client = Client(Address(live.server.url, live.server.token))
    return {str(one.data["doc_id"]): (one.id, str(one.data["text"])) for one in client.tasks(project)}


def shown(live: Live, task: int) -> dict[str, list[dict[str, Any]]]:
    """What the annotation page gets: the regions of each prediction, by its name."""
    found = live.owner.call("GET", f"tasks/{task}/")
    return {one["model_version"]: one["result"] for one in found["predictions"]}


def marks(regions: Iterable[Mapping[str, Any]], control: str) -> set[Entity]:
    """The spans of a control."""
    return {
        (one["value"]["start"], one["value"]["end"], one["value"]["labels"][0])
        for one in regions
        if one["from_name"] == control
    }


def without(regions: Iterable[dict[str, Any]], *controls: str) -> list[dict[str, Any]]:
    """The regions but for those of some controls."""
    return [one for one in regions if one["from_name"] not in controls]


def test_open_conflicts_go_to_an_adjudicator_and_come_back_as_gold(live: Live, root: Path) -> None:
    tasks = pushed_tasks(live, root, limit=5, sharing=Sharing(shared=1.0, annotators=2))
    agreed, differs, topics, left, alone = sorted(tasks)
    first, second, adjudicator = live.annotators
    suggested: dict[str, list[Any]] = {}
    for doc, (task, text) in tasks.items():
        client = Client(Address(live.server.url, live.server.token))
        prediction = client.latest_prediction(task)
        assert prediction is not None
        sentences = [one for one in prediction["result"] if one["from_name"] == "sentence"]  # type: ignore[attr-defined]
        suggested[doc] = sentences
        words = [(at, at + len(word)) for at, word in _words(text)][3:7]
        said = [span("label", *words[0], "PERS", text), span("label", *words[1], "ORG", text)]
        other = [said[0], span("label", *words[1], "GPE", text), span("label", *words[2], "LOC", text)]
        mine = [*sentences, *said, choices("topic", "sport")]
        first.annotate(task, mine)
        if doc == alone:
            continue
        its = mine
        if doc in (differs, left):
            its = [*sentences, *other, choices("topic", "sport")]
        if doc == topics:
            its = [*sentences, *said, choices("topic", "health")]
        second.annotate(task, its)
    pull_now(root)
    found = adjudicate_now(root)
    assert {one.doc_id for one in found.conflicts} == {differs, left, topics}
    assert spans_of(root, "entities", agreed, "majority") != [], "where they agree it is gold without anybody"
    before = tree(root)
    sent = send_conflicts(root)
    assert (sent.new_tasks, sent.closed, sent.tasks, sent.rejects) == (3, 0, 3, ())
    assert send_conflicts(root).new_tasks == 0, "a question is asked once"
    changed = {name for name, body in tree(root).items() if before.get(name) != body}
    assert changed == {"labelstudio.json"} or not changed, "asking writes no table"

    asked = tasks_of(live, sent.project)
    text = asked[differs][1]
    words = [(at, at + len(word)) for at, word in _words(text)][3:7]
    versions = shown(live, asked[differs][0])
    assert versions.keys() == {"agreed", "annotator-01", "annotator-02"}
    assert marks(versions["annotator-01"], "label") == {(*words[0], "PERS"), (*words[1], "ORG")}
    assert marks(versions["annotator-02"], "label") == {(*words[0], "PERS"), (*words[1], "GPE"), (*words[2], "LOC")}
    assert marks(versions["agreed"], "label") == {(*words[0], "PERS")}
    expected = marks(suggested[differs], "sentence")
    assert all(marks(regions, "sentence") == expected for regions in versions.values())
    (note,) = (one["value"]["text"] for one in versions["agreed"] if one["from_name"] == "comment")
    assert any("اختلف الموسّمون" in line and "annotator-02: GPE" in line for line in note)

    # The adjudicator starts from the second version: takes GPE, lengthens LOC, draws one anew, leaves the question.
    taken = [{**one, "origin": "prediction"} for one in versions["annotator-02"]]
    for one in taken:
        if one["value"].get("labels") == ["LOC"]:
            one["value"] = {**one["value"], "end": words[3][1], "text": text[words[2][0] : words[3][1]]}
            one["origin"] = "prediction-changed"
    fresh = span("label", *_word_at(text, 8), "DATE", text)
    note_region = next(one for one in taken if one["from_name"] == "comment")
    note_region["value"] = {"text": [*note_region["value"]["text"], "اخترت قراءة بلال"]}
    answer = adjudicator.annotate(asked[differs][0], [*taken, fresh])
    choice = without(shown(live, asked[topics][0])["annotator-01"], "topic", "comment")
    adjudicator.annotate(asked[topics][0], [*choice, choices("topic", "health"), choices("topics", "sport")])

    pulled = pull_now(root)
    assert pulled.rejects == () and pulled.new
    (answers,) = pulled.answers
    assert (answers.purpose, answers.answered, answers.tasks) == ("adjudication", 2, 3)
    assert answers.open == (f"{live.server.url}/projects/{sent.project}/data?task={asked[left][0]}",)
    name = "annotator-03"
    gold = spans_of(root, "entities", differs, name)
    assert {(row["start"], row["end"], row["label"]) for row in gold} == {
        (*words[0], "PERS"), (*words[1], "GPE"), (words[2][0], words[3][1], "LOC"), (*_word_at(text, 8), "DATE"),
    }  # fmt: skip
    of_annotators = {
        (row["start"], row["end"], row["label"], row["producer"]): row["annotation_id"]
        for producer in ("annotator-01", "annotator-02")
        for row in spans_of(root, "entities", differs, producer)
    }
    made_from = {(row["label"]): set(row["parents"]) for row in gold}
    assert all(row["producer"] == name for row in gold)
    both = {of_annotators[(*words[0], "PERS", who)] for who in ("annotator-01", "annotator-02")}
    assert made_from == {
        "PERS": both,
        "GPE": {of_annotators[(*words[1], "GPE", "annotator-02")]},
        "LOC": {of_annotators[(*words[2], "LOC", "annotator-02")]},
        "DATE": set(),
    }
    tables = read_corpus(root)
    judged = {(row["doc_id"], _task(tables, row)): row for row in tables.judgments.to_pylist()
              if row["annotator"] == name}  # fmt: skip
    assert {key: row["status"] for key, row in judged.items()} == {
        (differs, "entities"): "submitted", (differs, "sentences"): "skipped", (differs, "topics"): "skipped",
        (topics, "entities"): "skipped", (topics, "sentences"): "skipped", (topics, "topics"): "submitted",
    }  # fmt: skip
    assert judged[differs, "entities"]["comment"] == "اخترت قراءة بلال"
    assert judged[topics, "topics"]["comment"] is None
    for task, doc in (("entities", differs), ("topics", topics)):
        assert choose_layers(tables, task, current_annotations(tables, task))[doc].status == GOLD
        (work,) = [one for one in read_work(tables, task, kind="gold").works if one.doc_id == doc]
        assert work.annotator == name
    assert validate_corpus(root, CorpusConfig(), load_ontology()) == []

    after = tree(root)
    assert not pull_now(root).new and tree(root) == after, "a second pull changes nothing"
    found = adjudicate_now(root)
    assert {one.doc_id for one in found.conflicts} == {left}
    assert (found.tasks["entities"].by_person, found.tasks["topics"].by_person) == (1, 1)
    again = send_conflicts(root)
    assert (again.new_tasks, again.closed, again.tasks) == (0, 0, 3)

    # Annotators come to agree on what was left: nobody needs to be asked any more.
    late = next(one for one in live.owner.call("GET", f"tasks/{tasks[left][0]}/annotations/")
                if one["completed_by"] == second.id)  # fmt: skip
    mine = next(one for one in live.owner.call("GET", f"tasks/{tasks[left][0]}/annotations/")
                if one["completed_by"] == first.id)  # fmt: skip
    second.change(late["id"], mine["result"])
    adjudicator.change(answer, [*suggested[differs], fresh], lead_time=30.0)
    pull_now(root)
    assert {(row["start"], row["label"]) for row in spans_of(root, "entities", differs, name)} == {
        (_word_at(text, 8)[0], "DATE")
    }
    adjudicate_now(root)
    assert (again := send_conflicts(root)).closed == 1 and again.tasks == 2

    adjudicator.delete(answer)
    pull_now(root)
    found = adjudicate_now(root)
    assert {one.doc_id for one in found.conflicts} == {differs}, "without the adjudicator's word it is open again"
    assert send_conflicts(root).new_tasks == 0, "and its task is still there"
    assert validate_corpus(root, CorpusConfig(), load_ontology()) == []


def test_doubts_go_to_reviewers_and_their_answers_count(live: Live, root: Path) -> None:
    tasks = pushed_tasks(live, root, limit=3, sharing=Sharing(shared=1.0, annotators=2))
    own, other, sound = sorted(tasks)
    first, second, lead = live.annotators
    for doc, user in ((own, first), (other, first), (other, second), (sound, first)):
        task, text = tasks[doc]
        client = Client(Address(live.server.url, live.server.token))
        prediction = client.latest_prediction(task)
        assert prediction is not None
        sentences = [one for one in prediction["result"] if one["from_name"] == "sentence"]  # type: ignore[attr-defined]
        start, end = _long_word(text)
        cut = end if doc == sound or user == second else end - 2  # leaves out the end of the word
        user.annotate(task, [*sentences, span("label", start, cut, "PERS", text)], lead_time=500)
    pull_now(root)
    doubts = review(read_corpus(root), only=("ends-inside-word",))
    assert {(one.doc_id, one.annotator) for one in doubts} == {(own, "annotator-01"), (other, "annotator-01")}
    sent = send_doubts(root)
    assert (sent.new_tasks, sent.rejects) == (2, ())
    assert send_doubts(root).new_tasks == 0
    asked = tasks_of(live, sent.project)
    assert asked.keys() == {own, other}
    (regions,) = shown(live, asked[own][0]).values()
    (note,) = (one["value"]["text"] for one in regions if one["from_name"] == "comment")
    assert any("هل ينتهي الاسم حقا قبل نهاية الكلمة؟" in line for line in note)
    assert live.owner.call("GET", f"tasks/{asked[own][0]}/")["data"]["reviewed"] == "annotator-01"

    def mended(doc: str) -> list[Any]:
        (regions,) = shown(live, asked[doc][0]).values()
        text = asked[doc][1]
        start, end = _long_word(text)
        return [
            {**one, "value": {**one["value"], "end": end, "text": text[start:end]}, "origin": "prediction-changed"}
            if one["from_name"] == "label" else one
            for one in regions
        ]  # fmt: skip

    first.annotate(asked[own][0], mended(own))
    pulled = pull_now(root)
    (answers,) = pulled.answers
    assert (answers.purpose, answers.answered, len(answers.open)) == ("review", 1, 1)
    tables = read_corpus(root)
    assert {(one.doc_id, one.annotator) for one in review(tables, only=("ends-inside-word",))} == {
        (other, "annotator-01")
    }
    lead.annotate(asked[other][0], [*mended(other), comment("صححته")])
    pull_now(root)
    tables = read_corpus(root)
    assert review(tables, only=("ends-inside-word",)) == []
    works = {(one.doc_id, one.annotator): one for one in read_work(tables, "entities").works}
    assert works.keys() == {(own, "annotator-01"), (other, "annotator-02"), (other, "annotator-03"),
                            (sound, "annotator-01")}  # fmt: skip
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist()}
    for key, reviewed in (((own, "annotator-01"), "annotator-01"), ((other, "annotator-03"), "annotator-01")):
        parent = layers[str(works[key].parent_layer)]
        assert (parent["producer"], parent["kind"], parent["task"]) == (reviewed, "annotation", "entities")
    comments = {row["comment"] for row in tables.judgments.to_pylist() if row["annotator"] == "annotator-03"}
    assert comments == {"صححته"}
    before = measure_agreement(tables)
    assert before.documents["entities"] == 3 and before.shared["entities"] == 1, "a correction is no second opinion"
    assert [one.first + one.second for one in before.pairs if one.task == "entities"] == ["annotator-01annotator-02"]
    after = tree(root)
    assert not pull_now(root).new and tree(root) == after
    assert (again := send_doubts(root)).new_tasks == 0 and again.closed == 0
    assert validate_corpus(root, CorpusConfig(), load_ontology()) == []


def test_a_question_about_nobody_is_a_reject(live: Live, root: Path) -> None:
    tasks = pushed_tasks(live, root, limit=1)
    (doc,) = tasks
    task, text = tasks[doc]
    start, end = _long_word(text)
    live.annotators[0].annotate(task, [span("label", start, end - 2, "PERS", text)])
    pull_now(root)
    sent = send_doubts(root)
    assert sent.new_tasks == 1
    asked, _ = tasks_of(live, sent.project)[doc]
    client = Client(Address(live.server.url, live.server.token))
    found = live.owner.call("GET", f"tasks/{asked}/")["data"]
    client.update_task(asked, {"data": {**found, "reviewed": "annotator-99"}})
    live.annotators[1].annotate(asked, [])
    rejects = [one for one in pull_now(root).rejects if one.reason == "unknown-question"]
    assert len(rejects) == 1 and "annotator-99" in rejects[0].message


def test_after_a_migration_the_server_is_asked_in_the_new_labels(live: Live, root: Path) -> None:
    tasks = pushed_tasks(live, root, limit=2)
    split, mapped = sorted(tasks)
    for doc, label in ((split, "GPE"), (mapped, "PERS")):
        task, text = tasks[doc]
        live.annotators[0].annotate(task, [span("label", *_long_word(text), label, text), choices("topic", "sport")])
    pull_now(root)
    change_ontology(root)
    assert migrate_corpus(root, read_config(root), PLAN).undecided == 1
    migrated = tree(root)
    pulled = pull_now(root)
    assert not pulled.new, "what was not changed on the server stays as it was migrated"
    assert {one.reason for one in pulled.rejects} <= {"unknown-label", "uncovered-text"}
    tables = read_corpus(root)
    assert {one.doc_id for one in read_work(tables, "entities").works} == {mapped}
    assert {one.doc_id for one in read_work(tables, "topics").works} == {split, mapped}

    sent = ask_review(
        root, read_config(root), only=("undecided-label",), progress=lambda *_: None, sleep=lambda _: None
    )
    assert (sent.new_tasks, sent.rejects) == (1, ())
    asked, text = tasks_of(live, sent.project)[split]
    (regions,) = shown(live, asked).values()
    start, end = _long_word(text)
    assert marks(regions, "label") == {(start, end, "COUNTRY")}
    decided = [{**one, "origin": "prediction"} for one in without(regions, "label")]
    live.annotators[0].annotate(asked, [*decided, span("label", start, end, "CITY", text)])
    assert pull_now(root).new
    tables = read_corpus(root)
    found = read_work(tables, "entities")
    labels = dict(zip(found.rows["doc_id"].to_pylist(), found.rows["label"].to_pylist(), strict=True))
    assert labels == {split: "CITY", mapped: "PERSON"}
    assert review(tables, only=("undecided-label",)) == []
    assert migrate_corpus(root, read_config(root), PLAN).layers == 0
    assert migrated.keys() <= tree(root).keys()


@pytest.mark.parametrize("command", [("review", "--push"), ("adjudicate", "--push")])
def test_commands_that_ask_say_how_to_get_a_server(
    root: Path, monkeypatch: pytest.MonkeyPatch, run_command: Any, command: tuple[str, ...]
) -> None:
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    done = run_command(*command, "--corpus", root)
    assert done.returncode == 1 and "mudawwana labelstudio up" in done.stderr


def spans_of(root: Path, task: str, doc: str, producer: str) -> list[dict[str, Any]]:
    """The spans that count of somebody's newest layer."""
    tables = read_corpus(root)
    for kind in ("gold", "annotation"):
        judged = read_work(tables, task, kind=kind)
        for work, its in judged.bounds():
            if (work.doc_id, work.annotator) == (doc, producer):
                found: list[dict[str, Any]] = judged.rows.slice(its.start, its.stop - its.start).to_pylist()
                return found
    return []


def _task(tables: Any, judgment: Mapping[str, Any]) -> str:
    return next(str(row["task"]) for row in tables.layers.to_pylist() if row["layer_id"] == judgment["layer_id"])


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found


def _word_at(text: str, nth: int) -> tuple[int, int]:
    at, word = _words(text)[nth]
    return at, at + len(word)


def _long_word(text: str) -> tuple[int, int]:
    """The first word of eight letters or more."""
    at, word = next((at, word) for at, word in _words(text) if len(word) >= 8 and word.isalpha())
    return at, at + len(word)
