"""Corpora made by hand: a few Arabic documents with layers and judgments, in memory or as a corpus folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.config import AboutConfig, CorpusConfig
from corpus.ids import annotation_id, doc_id, layer_id, page_id, source_id
from corpus.release.datasheet import questions, statements
from corpus.release.source import CorpusTables
from corpus.store import Head, write_head, write_shard
from schemas.tables import TABLES

MINISTER = "وزيرة النقل تزور طنجة\nقالت سلمى الراشدي إن ميناء طنجة سيفتح في مارس 2027. وأضافت أن المغرب ماض فيه."
MATCH = "فوز الوداد\nفاز الوداد للأمة أمام الهلال السوداني. وسجل أمين بلقاسم هدفين."
RAIN = "طقس ماطر\nهطلت أمطار غزيرة على بيروت أمس."
PORT = "أعلنت شركة الواحة توسيع ميناء صور. وقالت الشركة إن المشروع يكلف 3.5 مليون دولار."
FAIR = "معرض الكتاب في الشارقة\nافتتح معرض الشارقة الدولي للكتاب أبوابه."
TEXTS = (MINISTER, MATCH, RAIN, PORT, FAIR)
ANSWERED = {
    question.id: f"An answer about {question.id}."
    for question in (*questions(), *statements())
    if question.required
}


@dataclass
class Maker:
    """Collects rows of the corpus's tables."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def document(
        self,
        text: str,
        path: str,
        *,
        cluster: str | None = None,
        story: str | None = None,
        licence: str | None = "CC0-1.0",
        drop_reason: str | None = None,
        sentences: Sequence[tuple[int, int, str]] | None = None,
    ) -> str:
        """A document seen at `path`, with sentences (one a line unless they are given) by the machine."""
        doc, source, page = doc_id(text), source_id(path), page_id(path.encode() + text.encode())
        self.rows["sources"].append(
            blank("sources") | {"source_id": source, "page_id": page, "path": path}
        )
        self.rows["sightings"].append(
            blank("sightings")
            | {"doc_id": doc, "source_id": source, "page_id": page, "path": path, "outlet": "الواحة",
               "licence": licence, "published": "2026-01-12", "policy_version": "1", "ucd_version": "16.0.0"}
        )
        title = text.split("\n")[0] if "\n" in text else None
        self.rows["documents"].append(
            {"doc_id": doc, "text": text, "title": title, "language": "ar", "characters": len(text),
             "arabic_share": 1.0, "kept_share": 1.0, "drop_reason": drop_reason}
        )
        self.rows["clusters"].append({"doc_id": doc, "cluster_id": cluster or source, "story_id": story})
        layer = self.layer("sentences", "prediction", "segmenter")
        for start, end, kind in sentences if sentences is not None else line_sentences(text):
            self.span(layer, text, start, end, "sentence", kind=kind)
        return doc

    def layer(self, task: str, kind: str, producer: str, *, version: str = "1", round: int = 0) -> str:
        """A layer; the same arguments name the same one."""
        name = layer_id(task, kind, producer, version, "1.0.0", "", round)
        if all(row["layer_id"] != name for row in self.rows["layers"]):
            self.rows["layers"].append(
                {"layer_id": name, "task": task, "kind": kind, "producer": producer, "producer_version": version,
                 "ontology_version": "1.0.0", "parent_layer": None, "round": round}
            )
        return name

    def span(
        self, layer: str, text: str, start: int, end: int, label: str, *, kind: str | None = None, revision: int = 1
    ) -> None:
        """A span of a document's text."""
        doc = doc_id(text)
        self.rows["spans"].append(
            {"annotation_id": annotation_id(layer, doc, revision, start, end, label), "doc_id": doc, "layer_id": layer,
             "start": start, "end": end, "label": label, "kind": kind, "surface": text[start:end], "score": 0.9,
             "producer": "test", "value": None, "parents": []}
        )

    def entity(self, layer: str, text: str, words: str, label: str, *, revision: int = 1) -> None:
        """An entity: the first occurrence of `words`."""
        start = text.index(words)
        self.span(layer, text, start, start + len(words), label, revision=revision)

    def topic(self, layer: str, text: str, label: str, rank: int = 0) -> None:
        """A topic of a document."""
        doc = doc_id(text)
        self.rows["topics"].append(
            {"annotation_id": annotation_id(layer, doc, 1, -1, -1, label), "doc_id": doc, "layer_id": layer,
             "label": label, "rank": rank, "score": 0.8}
        )

    def judgment(self, layer: str, text: str, annotator: str, status: str = "submitted", revision: int = 1) -> None:
        """What an annotator did with a document."""
        self.rows["judgments"].append(
            blank("judgments")
            | {"doc_id": doc_id(text), "layer_id": layer, "annotator": annotator, "revision": revision,
               "status": status}
        )

    def table(self, name: str) -> pa.Table:
        """One table."""
        return pa.Table.from_pylist(self.rows[name], schema=TABLES[name])

    def tables(self) -> CorpusTables:
        """All tables, as `read_corpus` gives them."""
        names = ("documents", "sightings", "clusters", "layers", "spans", "topics", "judgments", "rejects")
        return CorpusTables(**{name: self.table(name) for name in names})

    def write(self, root: Path, shard: str = "a") -> Path:
        """A corpus folder with these rows; `shard` names the shards, so that a later state can stand beside."""
        for name in TABLES:
            write_shard(root, name, shard, self.table(name))
        write_head(root, Head({name: (shard,) for name in TABLES}))
        return root


def blank(table: str) -> dict[str, object]:
    """A row with nothing in it, for the columns that these tests have no use for."""
    return {
        field.name: None if field.nullable else "" if pa.types.is_string(field.type) else []
        for field in TABLES[table]
    }


def line_sentences(text: str) -> list[tuple[int, int, str]]:
    """A sentence a line; the first of several lines is the title."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n")):
        kind = "title" if number == 0 and "\n" in text else "paragraph"
        found.append((start, start + len(line), kind))
        start += len(line) + 1
    return found


def sample(texts: Sequence[str] = TEXTS) -> Maker:
    """Documents with entities and topics by the machine."""
    maker = Maker()
    for number, text in enumerate(texts):
        maker.document(text, f"page-{number}.txt")
    entities, topics = maker.layer("entities", "prediction", "rules"), maker.layer("topics", "prediction", "linear")
    mentions: Mapping[str, Sequence[tuple[str, str]]] = {
        MINISTER: (("سلمى الراشدي", "PERS"), ("ميناء طنجة", "FAC"), ("مارس 2027", "DATE"), ("المغرب", "GPE")),
        MATCH: (("الوداد", "ORG"), ("السوداني", "NORP"), ("أمين بلقاسم", "PERS")),
        RAIN: (("بيروت", "GPE"), ("أمس", "DATE")),
        PORT: (("الواحة", "ORG"), ("ميناء صور", "FAC"), ("3.5 مليون دولار", "MONEY")),
    }
    for text in texts:
        for words, label in mentions.get(text, ()):
            maker.entity(entities, text, words, label)
        maker.topic(topics, text, "sport" if text == MATCH else "society")
    return maker


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take a second a release; only the tests marked for it draw them."""
    if "drawn" not in request.fixturenames:
        monkeypatch.setattr("corpus.release.write.draw_pictures", lambda *tables: ())


@pytest.fixture
def drawn() -> None:
    """Asks for pictures."""


@pytest.fixture
def maker() -> Maker:
    """An empty corpus."""
    return Maker()


@pytest.fixture
def config() -> CorpusConfig:
    """Settings of a corpus with an open licence."""
    return CorpusConfig(corpus=AboutConfig(name="samples", title="مدونة التجربة", licence="CC0-1.0"))


@pytest.fixture
def silent() -> Callable[[str], None]:
    """Reports nothing."""
    return lambda message: None
