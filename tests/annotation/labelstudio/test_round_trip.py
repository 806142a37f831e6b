"""The whole way on the real server: push, three people annotate, pull, compare; again; then a rule changes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from annotation.labelstudio.client import Address, Client
from annotation.labelstudio.tasks import Sharing
from corpus import clean
from corpus.clean.pages import CleanedArticle, KnownPage, Removal
from corpus.config import CorpusConfig
from corpus.ids import annotation_id
from corpus.release.source import CorpusTables, read_corpus
from corpus.validate import validate_corpus
from corpus.workflow import derive
from corpus.workflow.build import build
from corpus.workflow.status import corpus_status
from schemas.ontology import load_ontology
from tests.annotation.labelstudio.conftest import Live, User, pull_now, push_now
from tests.conftest import tree

LABELS = load_ontology().inventory().codes
TOPICS = load_ontology().topic_codes


def span(control: str, start: int, end: int, label: str, text: str, **more: object) -> dict[str, Any]:
    """A region as the annotation page writes it."""
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return {"from_name": control, "to_name": "text", "type": "labels", "value": value, "origin": "manual", **more}


def choices(control: str, *labels: str) -> dict[str, Any]:
    """A choice as the annotation page writes it."""
    value = {"choices": list(labels)}
    return {"from_name": control, "to_name": "text", "type": "choices", "value": value, "origin": "manual"}


def comment(words: str) -> dict[str, Any]:
    """A comment as the annotation page writes it."""
    value = {"text": [words]}
    return {"from_name": "comment", "to_name": "text", "type": "textarea", "value": value, "origin": "manual"}


@dataclass
class Said:
    """What somebody said, to be found in the tables again."""

    status: str = "submitted"
    sentences: set[tuple[int, int, str]] = field(default_factory=set)
    entities: set[tuple[int, int, str]] = field(default_factory=set)
    topics: list[str] = field(default_factory=list)
    problem: str | None = None
    comment: str | None = None


@dataclass
class Person:
    """An annotator who remembers."""

    user: User
    draw: random.Random
    open: dict[str, tuple[int, Said]] = field(default_factory=dict)
    history: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    crossing: int = 0

    def make(self, text: str, sentences: list[Any]) -> tuple[list[Any], Said]:
        """Random work on a text: its sentences, entities (nested, with emoji, with harakat), topics, a comment."""
        said = Said(sentences={(one["start"], one["end"], one["kind"]) for one in sentences})
        regions = [span("sentence", start, end, kind, text) for start, end, kind in sorted(said.sentences)]
        words = [(at, at + len(word)) for at, word in _words(text)]
        for _ in range(self.draw.randint(0, 7)):
            first = self.draw.randrange(len(words))
            start, end = words[first][0], words[min(first + self.draw.randint(0, 2), len(words) - 1)][1]
            if not any(one[0] < end and start < one[1] for one in said.entities):
                said.entities.add((start, end, self.draw.choice(LABELS)))
                if end - start > 6 and words[first][1] - start > 3:
                    said.entities.add((start, start + 3, self.draw.choice(LABELS)))
        if self.draw.random() < 0.1:  # two that overlap, and neither lies in the other: they arrive, with a question
            for first in range(len(words) - 2):
                start, middle, end = words[first][0], words[first + 1], words[first + 2][1]
                if not any(one[0] < end and start < one[1] for one in said.entities):
                    said.entities |= {(start, middle[1], "ORG"), (middle[0], end, "LOC")}
                    self.crossing += 1
                    break
        regions += [span("label", *one, text) for one in sorted(said.entities)]
        said.topics = self.draw.sample(TOPICS, self.draw.randint(1, 3))
        regions.append(choices("topic", said.topics[0]))
        if said.topics[1:]:
            regions.append(choices("topics", *said.topics[1:]))
        if self.draw.random() < 0.2:
            said.problem = "furniture-left"
            regions.append(choices("problem", said.problem))
        if self.draw.random() < 0.2:
            said.comment = f"سؤال 🤔 {self.draw.random()}"
            regions.append(comment(said.comment))
        self.draw.shuffle(regions)
        return regions, said


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found


def in_tables(tables: CorpusTables, doc: str, annotator: str) -> list[Said]:
    """The revisions of somebody's work on a document, as the tables have it."""
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist() if row["producer"] == annotator}
    task_of = {key: row["task"] for key, row in layers.items()}
    judged = [row for row in tables.judgments.to_pylist() if row["doc_id"] == doc and row["layer_id"] in layers]
    spans = [row for row in tables.spans.to_pylist() if row["doc_id"] == doc and row["layer_id"] in layers]
    topics = [row for row in tables.topics.to_pylist() if row["doc_id"] == doc and row["layer_id"] in layers]
    found = []
    for judgment in sorted(judged, key=lambda row: row["revision"]):
        if task_of[judgment["layer_id"]] != "entities":
            continue
        number = judgment["revision"]
        said = Said(judgment["status"], problem=judgment["problem"], comment=judgment["comment"])
        for row in spans:
            range_ = (row["start"], row["end"])
            if row["annotation_id"] == annotation_id(row["layer_id"], doc, number, *range_, row["label"]):
                task = task_of[row["layer_id"]]
                (said.sentences if task == "sentences" else said.entities).add((*range_, row["kind"] or row["label"]))
        of_rank = {
            row["rank"]: row["label"] for row in topics
            if row["annotation_id"] == annotation_id(row["layer_id"], doc, number, -1, -1, row["label"])
        }  # fmt: skip
        said.topics = [of_rank[rank] for rank in sorted(of_rank)]
        found.append(said)
    return found


def test_everything_three_people_do_arrives_once_and_survives_a_change_of_cleaning(
    live: Live, root: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = push_now(root, sharing=Sharing(blind=0.2, shared=0.3, annotators=3), order="corpus")
    assert pushed.created and pushed.new_tasks >= 100 and pushed.rejects == ()
    assert pushed.blind > 5 and pushed.shared > 5
    again = push_now(root, sharing=Sharing(blind=0.2, shared=0.3, annotators=3))
    assert (again.new_tasks, again.new_predictions, again.tasks) == (0, 0, pushed.new_tasks)

    client = Client(Address(live.server.url, live.server.token))
    tasks = {str(one.data["doc_id"]): one for one in client.tasks(pushed.project)}
    tables = read_corpus(root)
    texts = dict(zip(tables.documents["doc_id"].to_pylist(), tables.documents["text"].to_pylist(), strict=True))
    sentence_layer = next(
        row["layer_id"]
        for row in tables.layers.to_pylist()
        if (row["task"], row["kind"]) == ("sentences", "prediction")
    )
    sentences: dict[str, list[Any]] = defaultdict(list)
    for row in tables.spans.to_pylist():
        if row["layer_id"] == sentence_layer:
            sentences[row["doc_id"]].append(row)
    people = [Person(user, random.Random(nth)) for nth, user in enumerate(live.annotators)]
    docs = sorted(tasks)
    draw = random.Random(3)
    for nth, doc in enumerate(docs):
        for person in people if nth % 7 == 0 else [people[nth % 3]]:
            regions, said = person.make(texts[doc], sentences[doc])
            if nth % 10 == 4:
                said.status = "draft"
                number = person.user.draft(tasks[doc].id, regions)
            elif nth % 10 == 5:
                said.status = "skipped"
                number = person.user.annotate(tasks[doc].id, regions, was_cancelled=True)
            else:
                number = person.user.annotate(tasks[doc].id, regions)
            person.open[doc] = (number, said)
            person.history[doc].append(said)

    first = pull_now(root)
    assert first.new and first.annotators == 3 and first.to_review == len(first.rejects) > 0
    assert {one.reason for one in first.rejects} == {"crossing-spans"}
    assert len(first.rejects) <= sum(person.crossing for person in people), "of submitted work; all are kept"
    compare(root, people, live)
    before = tree(root)
    second = pull_now(root)
    assert not second.new and tree(root) == before, "a second pull changes nothing"

    for person in people:
        for doc, (number, said) in sorted(person.open.items()):
            if said.status != "submitted":
                continue
            what = draw.random()
            if what < 0.2:
                regions, said = person.make(texts[doc], sentences[doc])
                person.user.change(number, regions, lead_time=20.0)
                person.history[doc].append(said)
            elif what < 0.3:
                person.user.delete(number)
                person.history[doc].append(Said("deleted"))
    pull_now(root)
    compare(root, people, live)
    before = tree(root)
    assert not pull_now(root).new and tree(root) == before
    assert push_now(root).new_tasks == 0
    assert validate_corpus(root, CorpusConfig(), load_ontology()) == []

    _change_cleaning(monkeypatch)
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=lambda *_: None)
    _check_moved(root, texts, people, live)
    assert corpus_status(root).stale_annotations == 0, "what moved is not left behind"
    moved = push_now(root)
    assert moved.new_tasks == 72
    settled = tree(root)
    after = pull_now(root)
    assert after.rejects == () or all(one.reason != "text-changed" for one in after.rejects)
    _check_moved(root, texts, people, live)
    judgments = read_corpus(root).judgments.num_rows
    assert not pull_now(root).new and read_corpus(root).judgments.num_rows == judgments
    assert settled.keys() <= tree(root).keys(), "nothing is ever taken away"


def compare(root: Path, people: list[Person], live: Live) -> None:
    """What is in the tables is what was done, and nothing else."""
    tables = read_corpus(root)
    names = _names(root)
    pairs = 0
    for person in people:
        for doc, history in person.history.items():
            found = in_tables(tables, doc, names[person.user.email])
            assert found == history, f"{person.user.email} on {doc}"
            pairs += len(history)
    pulled = {
        row["layer_id"] for row in tables.layers.to_pylist()
        if row["task"] == "entities" and row["producer_version"].startswith("labelstudio-")
    }  # fmt: skip
    judged = [row for row in tables.judgments.to_pylist() if row["layer_id"] in pulled]
    assert len(judged) == pairs
    for row in judged:
        assert row["saw_predictions"] in (True, False) or row["status"] == "deleted"


def _names(root: Path) -> dict[str, str]:
    import json

    listed = json.loads((root / "private" / "annotators.json").read_text("utf-8"))["annotators"]
    return {person["email"]: one["pseudonym"] for one in listed for person in one["people"]}


def _change_cleaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on lines that begin with 'سطر تجريبي' are furniture."""
    usual = clean.clean_pages

    def of_page(text: str, found: Sequence[CleanedArticle]) -> list[CleanedArticle]:
        articles = []
        for article in found:
            if "سطر تجريبي" not in text:
                articles.append(article)
                continue
            kinds, at, lines, removals = list(article.line_kinds), 0, [], list(article.removals)
            for line in text.split("\n"):
                whole = any(one.start <= at and one.end >= at + len(line) for one in article.removals)
                if line.strip() and not whole:
                    if line.startswith("سطر تجريبي"):
                        removals.append(Removal(at, at + len(line), "test-line"))
                        lines.append(False)
                    else:
                        lines.append(True)
                at += len(line) + 1
            kinds = [kind for kind, keep in zip(kinds, lines, strict=True) if keep]
            articles.append(type(article)(article.title, tuple(sorted(removals, key=lambda one: one.start)),
                                          tuple(kinds), article.metadata))  # fmt: skip
        return articles

    def changed(pages: Sequence[KnownPage]) -> list[list[CleanedArticle]]:
        return [of_page(page.text, found) for page, found in zip(pages, usual(pages), strict=True)]

    monkeypatch.setattr(clean, "clean_pages", changed)
    monkeypatch.setattr(derive, "POLICY_VERSION", derive.POLICY_VERSION + "+test-line")


def _check_moved(root: Path, texts: dict[str, str], people: list[Person], live: Live) -> None:
    """Every span of a latest revision is in the new text with its words, or is a named reject."""
    tables = read_corpus(root)
    now = dict(zip(tables.documents["doc_id"].to_pylist(), tables.documents["text"].to_pylist(), strict=True))
    gone = {doc: text for doc, text in texts.items() if doc not in now}
    assert len(gone) == 72
    new_of = {text: doc for doc, text in now.items()}
    rejects = [row for row in tables.rejects.to_pylist() if row["reason"] == "text-changed"]
    names = _names(root)
    lost = 0
    for person in people:
        for doc, history in person.history.items():
            if doc not in gone or history[-1].status == "deleted":
                continue
            text = texts[doc]
            new = "\n".join(line for line in text.split("\n") if not line.startswith("سطر تجريبي"))
            found = in_tables(tables, new_of[new], names[person.user.email])
            assert len(found) == 1, "one revision, the latest"
            cut = text.index("سطر تجريبي")
            after = text.index("\n", cut) + 1
            last, (there,) = history[-1], found
            for mine, arrived in ((last.entities, there.entities), (last.sentences, there.sentences)):
                expected = set()
                for start, end, label in mine:
                    if end <= cut or start >= after:
                        shift = 0 if end <= cut else after - cut
                        expected.add((start - shift, end - shift, label))
                    else:
                        lost += 1
                assert arrived == expected
            assert (found[0].topics, found[0].status) == (history[-1].topics, history[-1].status)
    assert len(rejects) == lost, "each of the others is a reject"
