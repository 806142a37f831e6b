"""What is settled as rows: a gold layer for each task, rule and campaign, of which the latest revision counts.

Gold follows the annotations: where a document's answer changed it gets a new revision, where it has none any more the
old one is withdrawn by a judgment. Only one rule's gold of a document stands; that of persons is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from annotation.adjudicate.answers import GoldMark, Settled
from annotation.adjudicate.rules import RULES, Rule
from annotation.judged import read_work
from annotation.layers import Judgment, Layer, LayerBuilder, LayerRows
from corpus.release.source import CorpusTables
from corpus.span import Entity, Sentence, Topic
from schemas.tables import SPANS

_Content = frozenset[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class GoldChange:
    """Rows to append, and for how many documents and tasks there is new gold, other gold, or none any more."""

    rows: LayerRows
    added: int
    changed: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """Gold of a rule that counts now."""

    content: _Content
    revision: int


def change_gold(
    tables: CorpusTables, settled: Sequence[Settled], rule: Rule, tasks: Collection[str], ontology_version: str
) -> GoldChange:
    """The rows that make the gold of rules what `settled` says; none where it is so already.

    Args:
        tables: of the corpus.
        settled: every document that is settled in `tasks`.
        rule: what settled them.
        tasks: the tasks that were adjudicated; gold of others stays.
        ontology_version: version of the label inventory.
    """
    columns = (tables.documents[name].to_pylist() for name in ("doc_id", "text"))
    texts = dict(zip(*columns, strict=True))
    layers = _rule_layers(tables, tasks)
    standing = _standing(tables, layers, tasks)
    revisions = _revisions(tables)
    builder = LayerBuilder()
    marks: list[GoldMark] = []
    added = changed = 0
    wanted: set[tuple[str, str]] = set()
    for one in settled:
        layer = Layer(one.task, "gold", rule.name, rule.version, ontology_version, None, one.round)
        key = (one.doc_id, layer.layer_id)
        wanted.add(key)
        known = standing.get(key)
        if known is not None and known.content == _content(one):
            continue
        added, changed = added + (known is None), changed + (known is not None)
        revision = revisions.get(key, 0) + 1
        comment = f"{rule.name} of {', '.join(one.annotators)}"
        builder.add_judgment(Judgment(one.doc_id, layer, rule.name, revision, comment=comment))
        _add(builder, layer, one, texts[one.doc_id], revision)
        marks += one.marks if one.task != "topics" else ()
    withdrawn = sorted(standing.keys() - wanted)
    for doc, layer_id in withdrawn:
        layer = layers[layer_id]
        comment = f"{rule.name} does not settle it, or settles it elsewhere"
        revision = revisions.get((doc, layer_id), 0) + 1
        builder.add_judgment(Judgment(doc, layer, layer.producer, revision, "deleted", comment=comment))
    without = {(doc, layers[layer_id].task) for doc, layer_id in withdrawn}
    without -= {(one.doc_id, one.task) for one in settled}
    return GoldChange(_with_provenance(builder.build(), marks), added, changed, len(without))


def _add(builder: LayerBuilder, layer: Layer, one: Settled, text: str, revision: int) -> None:
    """Add the marks, in their order."""
    if one.task == "topics":
        topics = [Topic(mark.label, mark.rank, mark.score) for mark in one.marks]
        builder.add_topics(layer, one.doc_id, topics, revision)
    elif one.task == "sentences":
        sentences = [Sentence(mark.start, mark.end, str(mark.kind)) for mark in one.marks]
        builder.add_sentences(layer, one.doc_id, text, sentences, revision)
    else:
        entities = [Entity(mark.start, mark.end, mark.label, mark.score) for mark in one.marks]
        builder.add_entities(layer, one.doc_id, text, entities, revision)


def _with_provenance(rows: LayerRows, marks: Sequence[GoldMark]) -> LayerRows:
    """The rows with what settled each span and what it came from."""
    spans = rows.spans
    columns = {"producer": [mark.producer for mark in marks], "parents": [list(mark.parents) for mark in marks]}
    for name, values in columns.items():
        field = SPANS.field(name)
        spans = spans.set_column(SPANS.get_field_index(name), field, pa.array(values, field.type))
    return LayerRows(rows.layers, spans, rows.topics, rows.judgments)


def _content(one: Settled) -> _Content:
    """What makes two settlements the same; a probability that moved a little does not make another one."""
    if one.task == "topics":
        return frozenset((mark.label, mark.rank) for mark in one.marks)
    return frozenset(_mark_content(mark) for mark in one.marks)


def _mark_content(mark: GoldMark) -> tuple[object, ...]:
    return mark.start, mark.end, mark.label, mark.kind, mark.parents


def _rule_layers(tables: CorpusTables, tasks: Collection[str]) -> dict[str, Layer]:
    """The gold layers that rules made, by id."""
    names = ("task", "kind", "producer", "producer_version", "ontology_version", "parent_layer", "round")
    found = (Layer(*(row[name] for name in names)) for row in tables.layers.to_pylist())
    return {
        layer.layer_id: layer
        for layer in found
        if layer.kind == "gold" and layer.producer in RULES and layer.task in tasks
    }


def _standing(
    tables: CorpusTables, layers: Mapping[str, Layer], tasks: Collection[str]
) -> dict[tuple[str, str], _Standing]:
    """The gold of rules that counts now, by document and layer."""
    revisions = _revisions(tables)
    found: dict[tuple[str, str], _Standing] = {}
    for task in tasks:
        names = ("label", "rank") if task == "topics" else ("start", "end", "label", "kind", "parents")
        for layer_id in (layer_id for layer_id, layer in layers.items() if layer.task == task):
            judged = read_work(tables, task, kind="gold", layers=frozenset((layer_id,)))
            columns = [judged.rows[name].to_pylist() for name in names]
            for work, its in judged.bounds():
                rows = zip(*(column[its] for column in columns), strict=True)
                content = frozenset(tuple(map(_plain, row)) for row in rows)
                found[work.doc_id, layer_id] = _Standing(content, revisions[work.doc_id, layer_id])
    return found


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _revisions(tables: CorpusTables) -> dict[tuple[str, str], int]:
    """The latest revision of each document in each layer."""
    found: dict[tuple[str, str], int] = {}
    columns = (tables.judgments[name].to_pylist() for name in ("doc_id", "layer_id", "revision"))
    for doc, layer, revision in zip(*columns, strict=True):
        found[doc, layer] = max(revision, found.get((doc, layer), 0))
    return found
