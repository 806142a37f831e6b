"""`mudawwana import`: annotations made elsewhere become layers of the corpus."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotation.imports.conll import import_conll, looks_like_conll
from annotation.imports.match import CorpusDocument, DocumentIndex, Imported, Matched
from annotation.imports.noted import import_noted
from annotation.labelstudio.results import import_export
from annotation.layers import Judgment, Layer, LayerBuilder
from corpus.config import CorpusConfig
from corpus.encoding import DecodeError, decode
from corpus.ids import digest
from corpus.ingest import Reject, find_files
from corpus.release.source import read_corpus
from corpus.store import Head, locked, read_head, write_head, write_shard
from corpus.workflow.build import derive_settings
from corpus.workflow.derive import rejects_table

_TABLES = ("layers", "spans", "topics", "judgments", "rejects")


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What arrived. `new` is false where nothing was stored: nothing matched, or it had been imported before."""

    files: int
    documents: int
    sentences: int
    entities: int
    topics: int
    new: bool
    rejects: tuple[Reject, ...]


def import_files(
    root: Path, config: CorpusConfig, files: Sequence[str], *, annotator: str, gold: bool, round_: int
) -> ImportSummary:
    """Take in annotation files (the notation, CoNLL, Label Studio's JSON) as layers of `annotator`.

    Rejects are stored with the layers. Where nothing fits the corpus, nothing is stored: it was not meant for it.

    Args:
        root: the corpus.
        config: its settings.
        files: files, folders or globs.
        annotator: a pseudonym; it appears in releases. Used where the file does not name the annotator itself.
        gold: whether this is adjudicated gold rather than one annotator's work.
        round_: the annotation campaign, from 1.

    Raises:
        SourceError, StoreError, OntologyError
    """
    settings = derive_settings(root, config)
    preannotation = settings.preannotation()
    labels = {label.code: label for label in preannotation.ontology.inventory(settings.inventory).labels}
    topics = {topic.code for topic in preannotation.ontology.topics}
    with locked(root):
        head = read_head(root)
        index = _index(root)
        found = find_files(files)
        imported = Imported()
        bodies = list(_read(found, imported.rejects))
        version = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for _, body in bodies)).hexdigest()[:16]
        for name, body in bodies:
            one = _import_body(name, body, index, labels, topics)
            imported.matched += one.matched
            imported.rejects += one.rejects
        kind = "gold" if gold else "annotation"
        builder = LayerBuilder()
        for matched in imported.matched:
            _add(builder, matched, annotator, kind, version, preannotation.ontology_version, round_)
        rows = builder.build()
        tables = {
            "layers": rows.layers,
            "spans": rows.spans,
            "topics": rows.topics,
            "judgments": rows.judgments,
            "rejects": rejects_table(imported.rejects),
        }
        key = "import-" + digest(*(f"{name}:{row}" for name in _TABLES for row in tables[name].to_pylist()))[:24]
        new = bool(imported.matched) and key not in head.keys("judgments")
        if new:
            for name in _TABLES:
                write_shard(root, name, key, tables[name])
            shards = dict(head.shards)
            for name in _TABLES:
                shards[name] = (*head.keys(name), key)
            write_head(root, Head(shards))
    return ImportSummary(
        len(bodies),
        len({matched.doc_id for matched in imported.matched}),
        sum(len(matched.sentences or ()) for matched in imported.matched),
        sum(len(matched.entities or ()) for matched in imported.matched),
        sum(len(matched.topics or ()) for matched in imported.matched),
        new,
        tuple(imported.rejects),
    )


def _read(files: Sequence[tuple[Path, str]], rejects: list[Reject]) -> Iterator[tuple[str, bytes]]:
    for path, name in files:
        try:
            yield name, path.read_bytes()
        except OSError as error:
            rejects.append(Reject(name, "unreadable-file", f"{error.strerror or error}"))


def _index(root: Path) -> DocumentIndex:
    tables = read_corpus(root)
    sources: dict[str, list[str]] = {}
    columns = [tables.sightings[name].to_pylist() for name in ("doc_id", "source_id", "path", "url")]
    for doc, source, path, url in zip(*columns, strict=True):
        nth = f"#{source.split('#')[1]}" if "#" in source else ""
        sources.setdefault(doc, []).extend(
            [source, path + nth, *([url + nth] if url else [])]
        )
    return DocumentIndex(
        CorpusDocument(doc, text, tuple(dict.fromkeys(sources.get(doc, ()))))
        for doc, text in zip(
            tables.documents["doc_id"].to_pylist(), tables.documents["text"].to_pylist(), strict=True
        )
    )


def _import_body(
    name: str, body: bytes, index: DocumentIndex, labels: Mapping[str, object], topics: set[str]
) -> Imported:
    try:
        text = decode(body).text.replace("\r\n", "\n")
    except DecodeError as error:
        return Imported(rejects=[Reject(name, error.reason, str(error))])
    if text.lstrip().startswith(("[", "{")):
        return import_export(name, text, index, labels, topics)
    if text.lstrip().startswith("# source:"):
        return import_noted(name, text, index, labels, topics)
    if looks_like_conll(text):
        return import_conll(name, text, index, labels)
    message = (
        "neither a Label Studio JSON export, the notation ('# source: …' first) nor CoNLL (a token and its tag a line)"
    )
    return Imported(rejects=[Reject(name, "unknown-annotation-format", message, text[:200])])


def _add(
    builder: LayerBuilder, matched: Matched, annotator: str, kind: str, version: str, ontology: str, round_: int
) -> None:
    author = matched.annotator or annotator
    status = matched.status if matched.complete else "draft"
    work = {"sentences": matched.sentences, "entities": matched.entities, "topics": matched.topics}
    for task, found in work.items():
        if found is None:
            continue
        layer = Layer(task, kind, author, version, ontology, None, round_)
        builder.add_judgment(
            Judgment(
                matched.doc_id,
                layer,
                author,
                1,
                status if task == "entities" else matched.status,
                matched.seconds,
                matched.submitted_at,
                matched.saw_predictions,
                matched.problem,
                matched.comment,
            )
        )
    layer_of = {task: Layer(task, kind, author, version, ontology, None, round_) for task in work}
    if matched.sentences is not None:
        builder.add_sentences(layer_of["sentences"], matched.doc_id, matched.text, matched.sentences)
    if matched.entities is not None:
        builder.add_entities(layer_of["entities"], matched.doc_id, matched.text, matched.entities)
    if matched.topics is not None:
        builder.add_topics(layer_of["topics"], matched.doc_id, matched.topics)
