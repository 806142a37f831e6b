"""The documents of a corpus as they can go to annotators, with the machine's suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pyarrow as pa
import pyarrow.compute as pc

from annotation.labelstudio.tasks import Suggested, TaskDocument, Work
from corpus.release.source import CorpusTables
from corpus.span import Topic

ONLY_KEYS = ("doc_id", "source", "outlet", "topic", "published", "language")
_DOCUMENT = ["doc_id", "text", "title", "language", "drop_reason"]
_SIGHTING = ["doc_id", "source_id", "path", "url", "outlet", "published"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document with what it can be chosen and ordered by; `values` has those of each of `ONLY_KEYS`."""

    document: TaskDocument
    published: str
    values: Mapping[str, tuple[str, ...]]

    def fits(self, only: Sequence[tuple[str, str]]) -> bool:
        """Whether it fits one glob of each key in `only`, which holds (key, glob)."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for key, glob in only:
            wanted[key].append(glob)
        return all(
            any(fnmatchcase(value, glob) for value in self.values[key] for glob in globs)
            for key, globs in wanted.items()
        )


def candidates_of(tables: CorpusTables) -> tuple[str, list[Candidate]]:
    """The documents to annotate, with the machine's suggestions, and what the suggestions' version is called."""
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist() if row["kind"] == "prediction"}
    named = {row["task"]: f"{row['producer']} {row['producer_version']}" for row in layers.values()}
    version = " + ".join(named[one] for one in ("entities", "topics", "sentences") if one in named)
    spans = _predicted_spans(tables.spans, {key: str(row["task"]) for key, row in layers.items()})
    topics: dict[str, list[Topic]] = defaultdict(list)
    for row in tables.topics.to_pylist():
        if row["layer_id"] in layers:
            topics[row["doc_id"]].append(Topic(row["label"], row["rank"], row["score"]))
    seen: dict[str, dict[str, str | None]] = {}
    sources: dict[str, list[str]] = defaultdict(list)
    for row in tables.sightings.select(_SIGHTING).to_pylist():
        seen.setdefault(row["doc_id"], row)
        sources[row["doc_id"]] += [str(row[name]) for name in ("source_id", "path", "url") if row[name]]
    candidates = []
    for row in tables.documents.select(_DOCUMENT).to_pylist():
        if row["drop_reason"] is not None or not row["text"]:
            continue
        doc = row["doc_id"]
        sighting = seen.get(doc, {})
        about = [str(sighting["outlet"])] if sighting.get("outlet") else []
        if sighting.get("published"):
            about.append(f"\N{FIRST STRONG ISOLATE}{str(sighting['published'])[:10]}\N{POP DIRECTIONAL ISOLATE}")
        work = Work(tuple(spans["sentences", doc]), tuple(spans["entities", doc]), tuple(topics[doc]))
        source = str(sighting.get("source_id") or doc)
        document = TaskDocument(doc, source, row["text"], row["title"] or "—", " · ".join(about) or "—", work)
        values = {
            "doc_id": (doc,),
            "source": tuple(sources[doc]),
            "outlet": (str(sighting.get("outlet") or ""),),
            "topic": tuple(topic.label for topic in work.topics),
            "published": (str(sighting.get("published") or ""),),
            "language": (row["language"],),
        }
        candidates.append(Candidate(document, str(sighting.get("published") or ""), values))
    return version, candidates


def _predicted_spans(spans: pa.Table, tasks: Mapping[str, str]) -> dict[tuple[str, str], list[Suggested]]:
    found: dict[tuple[str, str], list[Suggested]] = defaultdict(list)
    wanted = pa.array(list(tasks), pa.string())
    spans = spans.filter(pc.is_in(spans["layer_id"], value_set=wanted))
    names = ("layer_id", "doc_id", "annotation_id", "start", "end", "label", "kind", "surface", "score")
    for layer, doc, one, start, end, label, kind, surface, score in zip(
        *(spans[name].to_pylist() for name in names), strict=True
    ):
        of = tasks[layer]
        shown = kind if of == "sentences" else label
        found[of, doc].append(Suggested(one, start, end, shown or "", surface, min(max(score, 0.0), 1.0)))
    return found
