"""`mudawwana export`: a release in the formats of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from annotation.labelstudio.config import label_config
from annotation.labelstudio.tasks import Json, Suggested, Work, regions
from corpus.release.choose import SILVER
from corpus.release.conll import Mapped, conll_lines
from corpus.release.docbin import docbin
from corpus.release.manifest import STANDOFF, read_manifest
from corpus.release.parquet import read_files
from corpus.release.verify import check_files
from corpus.release.versions import ReleaseError
from corpus.span import Topic
from corpus.store import atomic_write
from schemas.labels import Ontology
from schemas.ontology import load_ontology
from schemas.tables import TASKS

CONLL: Final = "conll2003"
SPACY: Final = "spacy"
LABEL_STUDIO: Final = "label-studio"
FORMATS: Final = (CONLL, SPACY, LABEL_STUDIO)


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that were written, and how many documents each has."""

    files: Mapping[Path, int]


@dataclass(frozen=True, slots=True)
class _Split:
    documents: pa.Table
    sentences: pa.Table
    ontology: Ontology
    inventory: str
    mapped: Mapped


def export_release(release: Path, format_: str, target: Path, labels: str = "") -> Exported:
    """Write each split of the release in the folder `release` to a file in `target`.

    Args:
        release: the folder.
        format_: one of `FORMATS`.
        target: the folder for the files; it is made. Files that are there already are replaced.
        labels: another inventory or scheme that the release's ontology maps its own labels to.

    Raises:
        ReleaseError: if the release is damaged or has no texts, or the ontology has no such mapping.
    """
    for finding in check_files(release):
        raise ReleaseError(f"{release / finding.where} {finding.message}")
    manifest = read_manifest(release)
    if manifest.edition == STANDOFF:
        raise ReleaseError(f"{release} has no texts; 'mudawwana attach' puts them back")
    ontology = load_ontology(release / "ontology.toml")
    inventory = manifest.ontology.inventory
    try:
        names = {one: ontology.map_label(one, inventory, labels or inventory)
                 for one in ontology.inventory(inventory).codes}
        if format_ == LABEL_STUDIO:
            atomic_write(target / "label-config.xml", label_config(ontology, labels or inventory).encode())
    except LookupError as error:
        raise ReleaseError(str(error.args[0])) from error
    suffix, write = _WRITERS[format_]
    written = {}
    for split, entry in manifest.configs["documents"].splits.items():
        documents = read_files(release, entry.files)
        sentences = read_files(release, manifest.configs["sentences"].splits[split].files)
        path = target / f"{split}.{suffix}"
        atomic_write(path, write(_Split(documents, sentences, ontology, labels or inventory, names.__getitem__)))
        written[path] = documents.num_rows
    return Exported(written)


def tasks(documents: pa.Table, mapped: Mapped) -> Iterator[Json]:
    """Documents as tasks: what people made as an annotation, what the machine made as a prediction."""
    for row in documents.to_pylist():
        known = (row["outlet"], row["published"], row["url"])
        task: Json = {
            "data": {
                "doc_id": row["doc_id"],
                "text": row["text"],
                "title": row["title"] or "",
                "about": " · ".join(one for one in known if one),
            }
        }
        by_people = {name for name in TASKS if row[f"{name}_status"] != SILVER}
        if by_people:
            task["annotations"] = [{"was_cancelled": False, "result": regions(_work(row, by_people, mapped))}]
        if rest := regions(_work(row, {*TASKS} - by_people, mapped)):
            task["predictions"] = [{"model_version": SILVER, "result": rest}]
        yield task


def _work(row: Mapping[str, Any], wanted: set[str], mapped: Mapped) -> Work:
    text: str = row["text"]
    sentences = [
        Suggested(f"sentence-{nth}", one["start"], one["end"], one["kind"], text[one["start"] : one["end"]])
        for nth, one in enumerate(row["sentences"])
    ]
    entities = [
        Suggested(f"entity-{nth}", one["start"], one["end"], label, one["surface"], one["score"])
        for nth, one in enumerate(row["entities"])
        if (label := mapped(one["label"]))
    ]
    return Work(
        tuple(sentences) if "sentences" in wanted else (),
        tuple(entities) if "entities" in wanted else (),
        tuple(Topic(label, rank) for rank, label in enumerate(row["topics"])) if "topics" in wanted else (),
    )


def _conll(split: _Split) -> bytes:
    return "".join(conll_lines(split.sentences, split.mapped)).encode()


def _docbin(split: _Split) -> bytes:
    return docbin(split.documents, split.sentences, split.ontology.topic_codes, split.mapped)


def _label_studio(split: _Split) -> bytes:
    found = list(tasks(split.documents, split.mapped))
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


_WRITERS: Final[Mapping[str, tuple[str, Callable[[_Split], bytes]]]] = {
    CONLL: ("conll", _conll),
    SPACY: ("spacy", _docbin),
    LABEL_STUDIO: ("json", _label_studio),
}
