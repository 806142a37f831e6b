"""What changed between two releases: rows by their digests, and in words of the corpus what those rows mean.

Documents are paired by their text, a text that changed by the source that shows it; spans by document and range, the
ranges of a changed text carried over where its lines stayed the same. The version follows from the rows, so nothing
that differs can be overlooked; the changes say what it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.digest import row_digests
from corpus.release.figures import SplitTables
from corpus.release.rows import KEYS
from corpus.release.stretches import Stretch, backwards, carry, kept_stretches
from corpus.release.versions import Difference, Step, compare
from schemas.tables import RELEASE_DOCUMENTS, TASKS

PARTS: Final = ("documents", "sentences", "entities", "topics")
KINDS: Final = ("added", "removed", "relabelled", "changed", "moved")
_STATUS: Final = {f"{task}_status": task for task in TASKS}
_FIELDS: Final = tuple(
    name for name in RELEASE_DOCUMENTS.names if name not in {"doc_id", *PARTS, *_STATUS}
)

_Row = Mapping[str, Any]
_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed in a document.

    `part` and `change` are of `PARTS` and `KINDS`; `document` says what became of the whole document: added, removed
    or kept. `doc_id`, `start` and `end` (code points) are the newer ones, of what was removed the older ones. `field`
    names what changed, `before` and `after` are its values: labels, splits, statuses, scores, metadata.
    """

    part: str
    change: str
    document: str
    source_id: str
    doc_id: str
    start: int | None = None
    end: int | None = None
    surface: str | None = None
    field: str | None = None
    before: str | None = None
    after: str | None = None


CHANGES: Final = pa.schema(
    [
        (name, pa.int32() if name in ("start", "end") else pa.string())
        for name in ("part", "change", "document", "source_id", "doc_id", "start", "end", "surface", "field",
                     "before", "after")
    ]
)


@dataclass(frozen=True, slots=True)
class Rerun:
    """The machine's annotations of a task that are others than before, in `documents` documents whose text is the same.

    `before` and `after` name the authors with their versions.
    """

    task: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of people that one of the releases lacks."""

    change: str
    task: str
    kind: str
    author: str
    round: int
    annotations: int
    documents: int


@dataclass(frozen=True, slots=True)
class Diff:
    """How `new` differs from `old`; `rows` are differences by config, from which the version follows."""

    old: str
    new: str
    rows: Mapping[str, Difference]
    changes: tuple[Change, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def step(self) -> Step:
        """What the difference demands of the version."""
        return max(difference.step for difference in self.rows.values())

    @property
    def reason(self) -> str:
        """The difference in a few words."""
        found = [f"{name}: {part}" for name, part in self.rows.items() if part != Difference()]
        found += [
            f"the machine's {one.task} made anew in {one.documents:,} documents ({_arrow(one)})" for one in self.reruns
        ]
        return "; ".join(found) or "the same rows in other packaging"

    def count(self, part: str, change: str, document: str | None = None) -> int:
        """How many changes there are of this kind, in documents of that fate or in all."""
        return sum(
            one.part == part and one.change == change and document in (None, one.document) for one in self.changes
        )


def compare_releases(old: str, before: SplitTables, new: str, after: SplitTables) -> Diff:
    """The difference between two releases, given their names and tables by config and split."""
    differing_configs = {name for name in after if before[name] is not after[name]}
    digests = [
        {
            name: {split: row_digests(rows, KEYS[name]) for split, rows in splits.items()}
            for name, splits in side.items()
            if name in differing_configs
        }
        for side in (before, after)
    ]
    rows = {
        name: compare(digests[0][name], digests[1][name]) if name in differing_configs else Difference()
        for name in after
    }
    if all(difference == Difference() for difference in rows.values()):
        return Diff(old, new, rows)
    places = [
        {doc: (split, digest) for split, found in side.get("documents", {}).items() for doc, digest in found.items()}
        for side in digests
    ]
    differing = {doc for doc in places[0].keys() | places[1].keys() if places[0].get(doc) != places[1].get(doc)}
    sides = [_documents(side["documents"], differing) for side in (before, after)]
    return Diff(
        old, new, rows, tuple(_changes(*sides)), tuple(_reruns(before, after)), tuple(_layers(before, after))
    )


def changes_table(diff: Diff) -> pa.Table:
    """The changes as a table, a row each."""
    return pa.table(
        {name: pa.array([getattr(one, name) for one in diff.changes], kind) for name, kind in
         zip(CHANGES.names, CHANGES.types, strict=True)},
        schema=CHANGES,
    )


def _arrow(one: Rerun) -> str:
    return f"{', '.join(one.before) or 'none'} → {', '.join(one.after) or 'none'}"


def _documents(splits: Mapping[str, pa.Table], wanted: Iterable[str]) -> dict[str, _Row]:
    chosen = pa.array(sorted(wanted), pa.string())
    return {
        row["doc_id"]: {**row, "split": split}
        for split, rows in splits.items()
        for row in rows.filter(pc.is_in(rows["doc_id"], value_set=chosen)).to_pylist()
    }


def _changes(old: Mapping[str, _Row], new: Mapping[str, _Row]) -> Iterator[Change]:
    pairs = {doc: doc for doc in old.keys() & new.keys()}
    by_source = {new[doc]["source_id"]: doc for doc in sorted(new.keys() - old.keys(), reverse=True)}
    for doc in sorted(old.keys() - new.keys()):
        if old[doc]["source_id"] in by_source:
            pairs[doc] = by_source.pop(old[doc]["source_id"])
    for doc in sorted(old.keys() - pairs.keys()):
        yield from _whole(old[doc], "removed")
    for doc in sorted(new.keys() - set(pairs.values())):
        yield from _whole(new[doc], "added")
    for doc in sorted(pairs):
        yield from _pair(old[doc], new[pairs[doc]])


def _whole(row: _Row, change: str) -> Iterator[Change]:
    """A document that is in one release only, with all that belongs to it."""
    field = "before" if change == "removed" else "after"

    def one(part: str, value: str, **place: Any) -> Change:
        return Change(part, change, change, row["source_id"], row["doc_id"], **place, **{field: value})  # type: ignore[arg-type]

    yield one("documents", row["split"], field="split")
    for part, spans in _spans(row).items():
        for (start, end), found in spans.items():
            for span in found:
                yield one(part, span["label"], start=start, end=end, surface=row["text"][start:end])
    for topic in row["topics"]:
        yield one("topics", topic)


def _pair(old: _Row, new: _Row) -> Iterator[Change]:
    """A document that both releases have, its text changed or not."""
    moved = (old["split"], new["split"]) if old["split"] != new["split"] else None

    def one(part: str, change: str, **values: Any) -> Change:
        return Change(part, change, "kept", new["source_id"], new["doc_id"], **values)

    if moved:
        yield one("documents", "moved", field="split", before=moved[0], after=moved[1])
    for name in _FIELDS:
        if old[name] != new[name] and not (name == "title" and old["text"] != new["text"]):
            values = (None, None) if name == "text" else (_shown(old[name]), _shown(new[name]))
            yield one("documents", "changed", field=name, before=values[0], after=values[1])
    for column, task in _STATUS.items():
        if old[column] != new[column]:
            yield one(task, "changed", field="status", before=old[column], after=new[column])
    kept = kept_stretches(old["text"], new["text"])
    before, after = _spans(old), _spans(new)
    for part in ("sentences", "entities"):
        yield from _paired_spans(part, before[part], after[part], kept, old, new, moved)
    yield from _paired_topics(old, new, moved)


def _paired_spans(
    part: str,
    before: Mapping[_Range, Sequence[_Row]],
    after: Mapping[_Range, Sequence[_Row]],
    kept: Sequence[Stretch],
    old: _Row,
    new: _Row,
    moved: tuple[str, str] | None,
) -> Iterator[Change]:
    def one(change: str, side: _Row, place: _Range, **values: Any) -> Change:
        words = side["text"][slice(*place)]
        return Change(part, change, "kept", side["source_id"], side["doc_id"], *place, words, **values)

    arrived: dict[_Range, list[_Row]] = defaultdict(list)
    for place, spans in before.items():
        there = carry(place, kept)
        if there is None:
            for span in spans:
                yield one("removed", old, place, before=span["label"])
        else:
            arrived[there] += spans
    for place in sorted(arrived.keys() | after.keys()):
        for left, right in _matched(arrived.get(place, ()), after.get(place, ())):
            if left is None and right is not None:
                yield one("added", new, place, after=right["label"])
            elif right is None and left is not None:
                yield one("removed", old, carry(place, backwards(kept)) or place, before=left["label"])
            elif left is not None and right is not None:
                if left["label"] != right["label"]:
                    yield one("relabelled", new, place, field="label", before=left["label"], after=right["label"])
                for name in ("score", "value"):
                    if left.get(name) != right.get(name):
                        yield one("changed", new, place, field=name, before=_shown(left[name]),
                                  after=_shown(right[name]))
                if moved:
                    yield one("moved", new, place, field="split", before=moved[0], after=moved[1])


def _paired_topics(old: _Row, new: _Row, moved: tuple[str, str] | None) -> Iterator[Change]:
    before = [{"label": label, "rank": rank} for rank, label in enumerate(old["topics"])]
    after = [{"label": label, "rank": rank} for rank, label in enumerate(new["topics"])]

    def one(change: str, **values: Any) -> Change:
        return Change("topics", change, "kept", new["source_id"], new["doc_id"], **values)

    for left, right in _matched(before, after):
        if left is None and right is not None:
            yield one("added", after=right["label"])
        elif right is None and left is not None:
            yield one("removed", before=left["label"])
        elif left is not None and right is not None:
            if left["label"] != right["label"]:
                yield one("relabelled", field="label", before=left["label"], after=right["label"])
            elif left["rank"] != right["rank"]:
                yield one("changed", surface=right["label"], field="rank", before=str(left["rank"]),
                          after=str(right["rank"]))
            if moved:
                yield one("moved", field="split", before=moved[0], after=moved[1])


def _matched(before: Sequence[_Row], after: Sequence[_Row]) -> Iterator[tuple[_Row | None, _Row | None]]:
    """Things at one place, paired by label first, then in their order; None where a side has no more."""
    waiting = list(after)
    rest = []
    for one in before:
        found = next((nth for nth, other in enumerate(waiting) if other["label"] == one["label"]), None)
        if found is None:
            rest.append(one)
        else:
            yield one, waiting.pop(found)
    for nth in range(max(len(rest), len(waiting))):
        yield (rest[nth] if nth < len(rest) else None, waiting[nth] if nth < len(waiting) else None)


def _spans(row: _Row) -> dict[str, dict[_Range, list[_Row]]]:
    found: dict[str, dict[_Range, list[_Row]]] = {"sentences": defaultdict(list), "entities": defaultdict(list)}
    for sentence in row["sentences"]:
        found["sentences"][sentence["start"], sentence["end"]].append({"label": sentence["kind"]})
    for entity in row["entities"]:
        found["entities"][entity["start"], entity["end"]].append(entity)
    return found


def _shown(value: object) -> str | None:
    return None if value is None else str(value)


def _reruns(before: SplitTables, after: SplitTables) -> Iterator[Rerun]:
    """For each task what the machine says otherwise of texts that both releases have."""
    docs = [set(_column(side["documents"], "doc_id")) for side in (before, after)]
    common = pa.array(sorted(docs[0] & docs[1]), pa.string())
    sides = []
    for side in (before, after):
        rows = pa.concat_tables(side["annotations"].values())
        rows = rows.filter(pc.equal(rows["layer_kind"], "prediction"))
        rows = rows.filter(pc.is_in(rows["doc_id"], value_set=common))
        names = ("annotation_id", "score", "task", "author", "author_version", "doc_id")
        columns = (rows[name].to_pylist() for name in names)
        sides.append({(name, score): rest for name, score, *rest in zip(*columns, strict=True)})
    gone = [sides[0][key] for key in sides[0].keys() - sides[1].keys()]
    come = [sides[1][key] for key in sides[1].keys() - sides[0].keys()]
    for task in TASKS:
        authors = [
            tuple(sorted({f"{author} {version}" for one, author, version, _ in side if one == task}))
            for side in (gone, come)
        ]
        if any(authors):
            documents = {doc for one, _, _, doc in (*gone, *come) if one == task}
            yield Rerun(task, authors[0], authors[1], len(documents))


def _layers(before: SplitTables, after: SplitTables) -> Iterator[Layer]:
    """Layers of people that are new or gone, or have more or fewer annotations."""
    counts = [_people(side) for side in (before, after)]
    for key in sorted(counts[0].keys() | counts[1].keys()):
        here, there = (counts[side].get(key, Counter()) for side in (0, 1))
        for change, found in (("added", there - here), ("removed", here - there)):
            if found:
                yield Layer(change, *key, found.total(), len(found))


def _people(side: SplitTables) -> dict[tuple[str, str, str, int], Counter[str]]:
    """How many annotations each layer of people has in each document."""
    names = ["task", "layer_kind", "author", "round", "doc_id"]
    rows = pa.concat_tables(side["annotations"].values()).select(names)
    rows = rows.filter(pc.not_equal(rows["layer_kind"], "prediction"))
    found: dict[tuple[str, str, str, int], Counter[str]] = defaultdict(Counter)
    for task, kind, author, round_, doc in zip(*(rows[name].to_pylist() for name in names), strict=True):
        found[task, kind, author, round_][doc] += 1
    return found


def _column(splits: Mapping[str, pa.Table], name: str) -> list[str]:
    return [value for rows in splits.values() for value in rows[name].to_pylist()]
