"""`mudawwana pull`: everything annotators did, as revisions of layers, each once.

A round's project comes first, then the projects that ask again (`corpus.workflow.ask`): what was answered to a review
becomes annotation layers made from those reviewed, what an adjudicator submitted becomes gold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from annotation.annotators import Annotator, Person, named, pseudonym, read_annotators, write_annotators
from annotation.imports.match import CorpusDocument, DocumentIndex
from annotation.labelstudio.client import Client, ClientError, Project, User
from annotation.labelstudio.questions import ADJUDICATION, REVIEW
from annotation.labelstudio.revisions import Recorded, new_revisions
from annotation.labelstudio.submissions import ReadTask, Submission, TaskReader, iterate_tasks
from corpus.config import CorpusConfig
from corpus.ids import digest
from corpus.ingest import Reject
from corpus.release.source import CorpusTables, read_corpus
from corpus.store import Head, StoreError, locked, read_head, read_table, write_head, write_shard
from corpus.workflow.asked import Part, terms_of
from corpus.workflow.build import derive_settings
from corpus.workflow.carried import PULLED
from corpus.workflow.carry import carry
from corpus.workflow.derive import DeriveSettings, rejects_table
from corpus.workflow.exports import ReceivedExport, any_export, received_export
from corpus.workflow.garbage import uncollected
from corpus.workflow.labelstudio import (
    connect,
    find_project,
    ontology_of,
    producer_version,
    purpose_marker,
    read_state,
    task_link,
)
from corpus.workflow.pulled import TABLES, Addition, pulled_rows
from corpus.workflow.recorded import recorded_work


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What a project that asks again has come to. `open` are the links of tasks that nobody has submitted yet."""

    purpose: str
    project: int
    export: str
    tasks: int
    answered: int
    open: tuple[str, ...]
    entities: int
    topics: int
    new: bool


@dataclass(frozen=True, slots=True)
class PullSummary:
    """What arrived: judgments are counted once a document and annotator. `new` is false where nothing had changed.

    `answers` are those of the projects that ask again, where there are any.
    """

    project: int
    export: str
    tasks: int
    annotators: int
    submitted: int
    skipped: int
    drafts: int
    deleted: int
    entities: int
    topics: int
    to_review: int
    new: bool
    rejects: tuple[Reject, ...]
    answers: tuple[AnswerSummary, ...] = ()


@dataclass(slots=True)
class _Found:
    """What an export holds of one part of a project, gathered by (document, user)."""

    tasks: int = 0
    present: set[str] = field(default_factory=set)
    work: dict[tuple[str, int], list[Submission]] = field(default_factory=lambda: defaultdict(list))
    rejects: list[Reject] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def add(self, task: ReadTask) -> None:
        self.tasks += 1
        self.rejects.extend(task.rejects)
        if task.doc_id is not None:
            self.present.add(task.doc_id)
        for one in task.submissions:
            self.work[one.doc_id, one.user].append(one)
        if not any(one.status == "submitted" for one in task.submissions):
            self.open.append(task.link)

    def all_rejects(self) -> Iterator[Reject]:
        """Those of tasks, then those of what was done on them."""
        yield from self.rejects
        for submissions in self.work.values():
            for one in submissions:
                yield from one.rejects
                yield from one.doubts


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of a project."""

    project: int
    export: str
    tasks: int
    answered: int
    open: tuple[str, ...]
    users: int
    additions: tuple[Addition, ...]
    new: bool
    rejects: tuple[Reject, ...]


def pull(
    root: Path, config: CorpusConfig, *, round_: int = 1, report: Callable[[str], None] = lambda _: None
) -> PullSummary:
    """Store the round's project as the server exports it, and add what is new in it to the tables.

    The same with the projects that ask again, of all rounds.

    Raises:
        ClientError, ServerError, StoreError, AnnotatorsError, OntologyError
    """
    settings = derive_settings(root, config)
    with locked(root):
        state = read_state(root)
        if state is None:
            raise ClientError("nothing was pushed from this corpus yet; next: mudawwana push")
        client = connect(root)
        project = find_project(client, state, round_)
        if project is None:
            raise ClientError(
                f"{client.url} has no project of round {round_} of this corpus: it was never pushed there, or somebody "
                "deleted it. What was pulled stays; 'mudawwana push' makes a new one"
            )
        pulling = _Pulling(root, client, settings, client.users(), report)
        came = pulling.project(project, "", round_)
        answers = []
        for purpose in (REVIEW, ADJUDICATION):
            for asking in client.find_projects(purpose_marker(state, purpose)):
                answers.append((purpose, pulling.project(asking, purpose, 0)))
    return _summary(came, answers)


@dataclass(frozen=True, slots=True)
class _Pulling:
    """A pull under way."""

    root: Path
    client: Client
    settings: DeriveSettings
    users: Sequence[User]
    report: Callable[[str], None]

    def project(self, project: Project, purpose: str, round_: int) -> _Came:
        """Pull one project."""
        self.report("exporting")
        with uncollected(), ThreadPoolExecutor(1) as beside:
            held = beside.submit(_read, self.root)  # while the server makes its export
            with received_export(self.root, lambda target: self.client.export(project.id, target)) as export:
                self.report("reading")
                came, head = self._taken_in(project, purpose, round_, export, held.result())
        if head is not None:
            write_head(self.root, head)
        return came

    def _taken_in(
        self, project: Project, purpose: str, round_: int, export: ReceivedExport, held: _Held
    ) -> tuple[_Came, Head | None]:
        """What came, and the head with it; None where it is the same as before."""
        root, url, tables = self.root, self.client.url, held.tables
        ontology, ontology_version = ontology_of(self.settings)
        version = producer_version(project)
        reader = TaskReader(
            held.index,
            ontology.inventory(self.settings.inventory).codes,
            ontology.topic_codes,
            tuple(one.code for one in ontology.problems),
            {user.email.lower(): user.id for user in self.users},
            task_link(self.client, project.id, ""),
            purpose,
        )
        found = read_export(export.path, reader)
        if not purpose:
            found = {Part("", round_): one for one in found.values()}
        annotators = _annotators(root, url, self.users, tables, found.values())
        additions: list[Addition] = []
        rows: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
        rejects: list[Reject] = []
        for part, its in found.items():
            rejects += its.all_rejects()
            terms = terms_of(tables, purpose, part, version, ontology_version, its.present)
            if terms is None:
                rejects.append(part.reject(f"{url}/projects/{project.id}"))
                continue
            new = list(_revisions(its, url, annotators, recorded_work(tables, terms.version, its.present)))
            for name, table in pulled_rows(new, held.index, tables.spans, terms).items():
                rows[name].append(table)
            additions += new
        changed = _changed(root, held.head, rows, rejects, version)
        if changed == held.head and not (root / "exports" / export.name).exists() and any_export(root):
            export.drop()  # only the clock differs: "5 minutes ago"
        if changed != held.head:
            self.report("writing")
            write_annotators(root, annotators)  # before any table says their names
        came = _Came(
            project.id,
            export.name,
            sum(one.tasks for one in found.values()),
            sum(one.tasks - len(one.open) for one in found.values()),
            tuple(link for one in found.values() for link in one.open),
            len({user for one in found.values() for _, user in one.work}),
            tuple(additions),
            bool(additions),
            tuple(rejects),
        )
        return came, changed if changed != held.head else None


@dataclass(frozen=True, slots=True)
class _Held:
    """What the corpus has."""

    head: Head
    tables: CorpusTables
    index: DocumentIndex


def _read(root: Path) -> _Held:
    head = read_head(root)
    tables = read_corpus(root, head)
    return _Held(head, tables, document_index(tables, read_table(root, "retired", head, ["doc_id", "text"])))


def read_export(export: Path, reader: TaskReader) -> dict[Part, _Found]:
    """What a raw export holds, by whose work is asked about; a round's own project has one part.

    Raises:
        StoreError: if it is not an export.
    """
    found: dict[Part, _Found] = {}
    try:
        with export.open("rb") as file:
            for raw in iterate_tasks(file):
                task = reader.read(raw)
                found.setdefault(Part(task.reviewed, task.round), _Found()).add(task)
    except ValueError as error:
        raise StoreError(f"{export} cannot be read ({error}); see the server's log, then pull again") from error
    return found or {Part("", 0): _Found()}


def document_index(tables: CorpusTables, retired: pa.Table) -> DocumentIndex:
    """The documents that a task can be of: those of the corpus, and those whose pages give other texts by now."""
    return DocumentIndex(
        CorpusDocument(doc, text, ())
        for rows in (retired, tables.documents)
        for doc, text in zip(rows["doc_id"].to_pylist(), rows["text"].to_pylist(), strict=True)
    )


def _annotators(
    root: Path, server: str, accounts: Iterable[User], tables: CorpusTables, found: Collection[_Found]
) -> tuple[Annotator, ...]:
    """Everybody with a pseudonym; who has none gets one."""
    layers = tables.layers.filter(pc.starts_with(tables.layers["producer_version"], PULLED))
    known = read_annotators(root, set(layers["producer"].to_pylist()))
    emails = {user.id: user.email for user in accounts}
    users = {user for one in found for _, user in one.work}
    return named(known, [Person(server, user, emails.get(user, "")) for user in sorted(users)])


def _revisions(
    found: _Found, server: str, annotators: Sequence[Annotator], recorded: Mapping[tuple[str, str], Recorded]
) -> Iterator[Addition]:
    work: dict[tuple[str, str], list[Submission]] = {key: [] for key in recorded}
    names = {user: pseudonym(annotators, Person(server, user)) for user in {user for _, user in found.work}}
    for (doc, user), submissions in found.work.items():
        work.setdefault((doc, names[user]), []).extend(submissions)
    for (doc, name), submissions in sorted(work.items()):
        for revision in new_revisions(submissions, recorded.get((doc, name))):
            yield Addition(doc, name, revision)


def _bytes(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return bytes(sink.getvalue())


def _changed(
    root: Path, head: Head, parts: Mapping[str, Sequence[pa.Table]], rejects: Sequence[Reject], version: str
) -> Head:
    """The head with the rows as a shard. The rejects of a project are those of its present export, not earlier ones."""
    shards = dict(head.shards)
    rows = {name: pa.concat_tables(its).combine_chunks() for name, its in parts.items() if its}
    if rows and rows["judgments"].num_rows:
        key = "import-" + digest(*(_bytes(rows[name]) for name in TABLES))[:24]
        for name in TABLES:
            write_shard(root, name, key, rows[name])
            shards[name] = (*(one for one in head.keys(name) if one != key), key)
    prefix = f"import-{version}-"
    kept = tuple(key for key in head.keys("rejects") if not key.startswith(prefix))
    if rejects:
        table = rejects_table(sorted(rejects, key=lambda one: (one.origin, one.reason, one.message)))
        key = prefix + digest(*map(str, table.to_pylist()))[:24]
        write_shard(root, "rejects", key, table)
        kept = (*kept, key)
    if kept or head.keys("rejects"):
        shards["rejects"] = kept
    return carry(root, Head(shards))


_REVIEW = ("two-labels", "crossing-spans", "uncovered-text", "sentences-overlap")


def _summary(came: _Came, answers: Sequence[tuple[str, _Came]]) -> PullSummary:
    statuses = [one.revision.status("entities") for one in came.additions]
    rejects = tuple(reject for one in (came, *(answer for _, answer in answers)) for reject in one.rejects)
    return PullSummary(
        came.project,
        came.export,
        came.tasks,
        came.users,
        statuses.count("submitted"),
        statuses.count("skipped"),
        statuses.count("draft"),
        statuses.count("deleted"),
        *_marks(came),
        sum(one.reason in _REVIEW for one in rejects),
        any(one.new for one in (came, *(answer for _, answer in answers))),
        rejects,
        tuple(
            AnswerSummary(
                purpose, one.project, one.export, one.tasks, one.answered, one.open, *_marks(one), one.new
            )
            for purpose, one in answers
        ),
    )


def _marks(came: _Came) -> tuple[int, int]:
    results = [one.revision.result for one in came.additions]
    return sum(len(one.entities) for one in results), sum(len(one.topics) for one in results)
