"""Checks of a release's rows: one plain function a check, each with a stable id, in a table."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus.ids import doc_id
from corpus.release.choose import STATUSES
from corpus.release.features import Labels
from corpus.release.rows import KEYS, SORTED_BY
from corpus.release.tagging import tag_names
from schemas.tables import SENTENCE_KINDS, TASKS

Tables = Mapping[str, Mapping[str, pa.Table]]

_SPACE: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a release: the id of the check, what is wrong, and the file, config or split."""

    check: str
    message: str
    where: str


def check_ids(tables: Tables, _: Labels) -> Iterator[Finding]:
    """`doc-id`: the id of a document is the hash of its text. `duplicate-id`: an id stands once in a config."""
    for split, rows in tables["documents"].items():
        for name, text in _columns(rows, "doc_id", "text"):
            if doc_id(text) != name:
                yield Finding("doc-id", f"{name} is not the hash of its text", f"documents/{split}")
    for config, splits in tables.items():
        ids = pa.concat_tables(splits.values())[KEYS[config]]
        counts = ids.value_counts()
        repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        for name in repeated.to_pylist():
            yield Finding("duplicate-id", f"{name} stands more than once", config)


def check_order(tables: Tables, _: Labels) -> Iterator[Finding]:
    """`row-order`: rows are sorted, as the digests need it."""
    for config, splits in tables.items():
        for split, rows in splits.items():
            keys = rows.select(list(dict.fromkeys((*SORTED_BY[config], KEYS[config]))))
            if not keys.sort_by([(name, "ascending") for name in SORTED_BY[config]]).equals(keys):
                message = f"rows are not sorted by {', '.join(SORTED_BY[config])}"
                yield Finding("row-order", message, f"{config}/{split}")


def check_splits(tables: Tables, _: Labels) -> Iterator[Finding]:
    """`split-leak`: a cluster or story lies in one split. `split-of-document`: as do the rows of a document."""
    for column in ("cluster_id", "story_id"):
        seen: dict[str, str] = {}
        for split, rows in tables["documents"].items():
            for name in rows[column].unique().drop_null().to_pylist():
                if seen.setdefault(name, split) != split:
                    yield Finding("split-leak", f"{column} {name} is in {seen[name]} and {split}", f"documents/{split}")
    for config in ("sentences", "annotations"):
        for split, rows in tables[config].items():
            known = pc.is_in(rows["doc_id"], value_set=tables["documents"][split]["doc_id"].combine_chunks())
            for name in rows.filter(pc.invert(known))["doc_id"].unique().to_pylist():
                yield Finding("split-of-document", f"document {name} is not in this split", f"{config}/{split}")


def check_spans(tables: Tables, _: Labels) -> Iterator[Finding]:
    """`span-range`, `span-surface`, `span-whitespace`: spans lie in their text, say what it says there, and neither
    begin nor end on whitespace."""
    for config in ("documents", "sentences"):
        for split, rows in tables[config].items():
            for name, text, entities in _columns(rows, KEYS[config], "text", "entities"):
                for entity in entities:
                    yield from _check_span(
                        name, text, entity["start"], entity["end"], entity["surface"], f"{config}/{split}"
                    )
    for split, rows in tables["annotations"].items():
        texts = dict(_columns(tables["documents"][split], "doc_id", "text"))
        spans = rows.filter(pc.is_valid(rows["start"]))
        for name, doc, start, end, surface in _columns(spans, "annotation_id", "doc_id", "start", "end", "surface"):
            yield from _check_span(name, texts.get(doc, ""), start, end, surface, f"annotations/{split}")


def check_sentences(tables: Tables, _: Labels) -> Iterator[Finding]:
    """`sentence-order`, `sentence-cover`: sentences are sorted, disjoint, and leave out whitespace only.
    `sentence-row`: the rows of `sentences` are those ranges of the text."""
    for split, documents in tables["documents"].items():
        expected: list[tuple[str, int, str, int, str]] = []
        for doc, text, sentences in _columns(documents, "doc_id", "text", "sentences"):
            before = 0
            for position, sentence in enumerate(sentences):
                start, end = sentence["start"], sentence["end"]
                if not before <= start < end <= len(text):
                    yield Finding("sentence-order", f"{doc}: {start}-{end} after {before}", f"documents/{split}")
                if text[before:start].strip():
                    yield Finding("sentence-cover", f"{doc}: {before}-{start} is in none", f"documents/{split}")
                before = end
                expected.append((doc, position, sentence["kind"], start, text[start:end]))
            if text[before:].strip():
                yield Finding("sentence-cover", f"{doc}: what follows {before} is in none", f"documents/{split}")
        rows = list(_columns(tables["sentences"][split], "doc_id", "position", "kind", "start", "text"))
        if len(rows) != len(expected):
            yield Finding("sentence-row", f"{len(rows)} rows for {len(expected)} sentences", f"sentences/{split}")
        for found, wanted in zip(rows, expected, strict=False):
            if found != wanted:
                yield Finding("sentence-row", f"{found[0]} {found[1]} is not that sentence", f"sentences/{split}")


def check_tokens(tables: Tables, labels: Labels) -> Iterator[Finding]:
    """`token-range`: tokens lie in their sentence, in order, and cover all of it but whitespace. `token-tags`: there is
    a tag for each, and an I- follows a tag of its label."""
    known = frozenset(tag_names(labels.entities))
    columns = ("sentence_id", "text", "tokens", "token_starts", "token_ends", "ner_tags")
    for split, rows in tables["sentences"].items():
        for name, text, tokens, starts, ends, tags in _columns(rows, *columns):
            if not _tokens_fit(text, tokens, starts, ends):
                yield Finding("token-range", f"the tokens of {name} are not its text", f"sentences/{split}")
            if len(tags) != len(tokens):
                yield Finding("token-tags", f"{name}: {len(tags)} tags, {len(tokens)} tokens", f"sentences/{split}")
            if not _is_iob2(tags, known):
                yield Finding("token-tags", f"the tags of {name} are not IOB2 of the labels", f"sentences/{split}")


def check_labels(tables: Tables, labels: Labels) -> Iterator[Finding]:
    """`unknown-label`, `unknown-topic`, `unknown-kind`, `unknown-status`: what the ontology and schemas do not name."""
    for config in ("documents", "sentences"):
        for split, rows in tables[config].items():
            entities = pc.list_flatten(rows["entities"])
            kinds = rows["kind"] if config == "sentences" else pc.struct_field(
                pc.list_flatten(rows["sentences"]), "kind"
            )
            parts: Sequence[tuple[str, pa.ChunkedArray, Sequence[str]]] = (
                ("unknown-label", pc.struct_field(entities, "label"), labels.entities),
                ("unknown-topic", pc.list_flatten(rows["topics"]), labels.topics),
                ("unknown-kind", kinds, SENTENCE_KINDS),
                *(("unknown-status", rows[f"{task}_status"], STATUSES) for task in TASKS),
            )
            for check, values, known in parts:
                for value in sorted(set(values.unique().to_pylist()) - set(known)):
                    yield Finding(check, f"{value!r} is not one of: {', '.join(known)}", f"{config}/{split}")


def _columns(rows: pa.Table, *names: str) -> Iterator[tuple]:  # type: ignore[type-arg]
    """The rows as tuples of some columns; of any types."""
    return zip(*(rows[name].to_pylist() for name in names), strict=True)


def _check_span(name: str, text: str, start: int, end: int, surface: str, where: str) -> Iterator[Finding]:
    if not 0 <= start < end <= len(text):
        yield Finding("span-range", f"{name}: {start}-{end} is no range of a text of {len(text)}", where)
    elif text[start:end] != surface:
        yield Finding("span-surface", f"{name}: {start}-{end} is {text[start:end]!r}, not {surface!r}", where)
    elif text[start].isspace() or text[end - 1].isspace():
        yield Finding("span-whitespace", f"{name}: {start}-{end} begins or ends on whitespace", where)


def _tokens_fit(text: str, tokens: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> bool:
    if not len(tokens) == len(starts) == len(ends):
        return False
    if not all(map(operator.le, ends, starts[1:])):
        return False
    if [text[start:end] for start, end in zip(starts, ends, strict=True)] != list(tokens):
        return False
    return all(tokens) and "".join(tokens) == _SPACE.sub("", text)


def _is_iob2(tags: Sequence[str], known: frozenset[str]) -> bool:
    before = "O"
    for tag in tags:
        if tag not in known or (tag[0] == "I" and before[2:] != tag[2:]):
            return False
        before = tag
    return True


ROW_CHECKS: Final[Mapping[str, Callable[[Tables, Labels], Iterator[Finding]]]] = {
    "ids": check_ids,
    "row-order": check_order,
    "splits": check_splits,
    "spans": check_spans,
    "sentences": check_sentences,
    "tokens": check_tokens,
    "labels": check_labels,
}
