"""The columns of every table, declared once.

A table is an append-only set of Parquet shards with these Arrow schemas; each field carries its meaning as metadata,
from which the JSON Schemas and the documentation are derived. No column holds the wall-clock time of a machine run:
the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

SENTENCE_KINDS: Final = ("title", "deck", "subhead", "paragraph", "item", "caption", "verse")
TASKS: Final = ("sentences", "entities", "topics")
LAYER_KINDS: Final = ("prediction", "annotation", "gold")
JUDGMENT_STATUSES: Final = ("submitted", "skipped", "draft", "deleted")

EDITS: Final = pa.list_(
    pa.struct(
        [
            pa.field("start", pa.int32(), nullable=False),
            pa.field("end", pa.int32(), nullable=False),
            pa.field("replacement", pa.string(), nullable=False),
            pa.field("rule", pa.string(), nullable=False),
        ]
    )
)


def column(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    """A described column."""
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


def description(field: pa.Field) -> str:
    """What `column` was told about a field."""
    written: bytes = (field.metadata or {}).get(b"description", b"")
    return written.decode()


_DOC_ID = column("doc_id", pa.string(), "First 16 hex digits of the sha256 of the document's text in UTF-8.")
_SOURCE_ID = column(
    "source_id",
    pa.string(),
    "First 16 hex digits of the sha256 of the canonical url, else of the path below the source root (with ':n' for "
    "the nth record of a file); '#n' follows for the nth article of a page. Stable across re-cleaning.",
)
_PAGE_ID = column("page_id", pa.string(), "sha256 of the page's bytes, in hex.")
_LAYER_ID = column("layer_id", pa.string(), "The layer that this row belongs to.")
_START = column("start", pa.int32(), "First code point of the range in the document's text.")
_END = column("end", pa.int32(), "Code point after the range's last one.")

PAGES: Final = pa.schema(
    [
        _PAGE_ID,
        column("body", pa.large_binary(), "The page's bytes as they were found."),
        column("media_type", pa.string(), "text/plain, text/html, or application/json for a record of a file."),
    ]
)

SOURCES: Final = pa.schema(
    [
        _SOURCE_ID,
        _PAGE_ID,
        column("path", pa.string(), "Where the page was found: its path below the source root, ':n' for a record."),
        column("url", pa.string(), "The page's address, where known.", nullable=True),
        column("title", pa.string(), "The title from the source's own fields, where it has one.", nullable=True),
        column("outlet", pa.string(), "The newspaper, agency or site, where known.", nullable=True),
        column("byline", pa.string(), "The author as the source names them, where known.", nullable=True),
        column("published", pa.string(), "Date of publication as the source's fields give it.", nullable=True),
        column("fetched_at", pa.string(), "When the page was fetched, if the source says so.", nullable=True),
        column("licence", pa.string(), "Licence of the page's text (SPDX id where there is one).", nullable=True),
    ]
)

OUTLET_LINES: Final = pa.schema(
    [
        column("outlet", pa.string(), "The outlet of the pages."),
        column("pages", pa.int32(), "How many pages of it the shard has."),
        column("lines", pa.list_(pa.string()), "Digests of the lines of these pages that can be furniture, each once "
               "for each page that has it; '.' stands before that of a line that ends like a sentence."),
    ]
)

DOCUMENTS: Final = pa.schema(
    [
        _DOC_ID,
        column("text", pa.large_string(), "The cleaned, normalised (NFC) text; all offsets are into it."),
        column("title", pa.string(), "The title, which is also the text's first line; null where the page has none.",
               nullable=True),
        column("language", pa.string(), "ISO 639 code of the text's main language, 'und' where undecided."),
        column("languages", pa.list_(pa.string()), "The language of each line of the text: ISO 639 codes ('ary' is "
               "Moroccan Arabic in Arabic letters), 'und-Latn' for Latin letters, 'und' where undecided.",
               nullable=True),
        column("characters", pa.int32(), "Length of the text in code points."),
        column("words", pa.int32(), "Words of the text, between white space.", nullable=True),
        column("arabic_share", pa.float32(), "Share of the letters that are of the Arabic script."),
        column("repetition", pa.float32(), "Share of the runs of four words that the text had before.",
               nullable=True),
        column("kept_share", pa.float32(), "Share of the page's non-whitespace characters that the text keeps; the "
               "rest is furniture."),
        column("drop_reason", pa.string(), "Why the document is kept out of releases; null where it is not.",
               nullable=True),
    ]
)

CLUSTERS: Final = pa.schema(
    [
        _DOC_ID,
        column("cluster_id", pa.string(), "source_id of the first member of the document's near-duplicate cluster."),
        column("story_id", pa.string(), "source_id of the first member of the documents about the same event; "
               "null where stories were not computed.", nullable=True),
    ]
)

SIGHTINGS: Final = pa.schema(
    [
        _DOC_ID,
        _SOURCE_ID,
        _PAGE_ID,
        column("path", pa.string(), "Where the page was found, below the source root."),
        column("encoding", pa.string(), "The encoding that the page's bytes were decoded with."),
        column("url", pa.string(), "The page's address, where known.", nullable=True),
        column("outlet", pa.string(), "The newspaper, agency or site.", nullable=True),
        column("byline", pa.string(), "The author as printed.", nullable=True),
        column("agency", pa.string(), "The news agency credited.", nullable=True),
        column("place", pa.string(), "The place of the place line.", nullable=True),
        column("published", pa.string(), "Date of publication, ISO 8601 where it could be read.", nullable=True),
        column("fetched_at", pa.string(), "When the page was fetched, if the source says so.", nullable=True),
        column("licence", pa.string(), "Licence of the page's text; null where unknown.", nullable=True),
        column("edits", EDITS, "What was changed between the page text and the document's text: sorted, disjoint "
               "code point ranges of the page text, what replaces them, and the rule that did it."),
        column("policy_version", pa.string(), "Version of the cleaning and segmentation rules."),
        column("ucd_version", pa.string(), "Version of the Unicode character database."),
    ]
)

RETIRED: Final = pa.schema(
    [
        _DOC_ID,
        column("text", pa.large_string(), "The document's text, which its page no longer gives."),
        _SOURCE_ID,
        _PAGE_ID,
        column("edits", EDITS, "What was changed between the page text and this text, as in `sightings`."),
    ]
)

LAYERS: Final = pa.schema(
    [
        _LAYER_ID,
        column("task", pa.string(), "sentences, entities or topics."),
        column("kind", pa.string(), "prediction, annotation or gold."),
        column("producer", pa.string(), "Who made it: a pre-annotator, an annotator's pseudonym, or an adjudicator."),
        column("producer_version", pa.string(), "Version of a machine producer; of a file, its sha256."),
        column("ontology_version", pa.string(), "Version of the label inventory."),
        column("parent_layer", pa.string(), "The layer this one was made from, if any.", nullable=True),
        column("round", pa.int32(), "Annotation campaign, from 1; 0 for machine layers."),
    ]
)

SPANS: Final = pa.schema(
    [
        column("annotation_id", pa.string(), "Hash of layer, doc_id, revision, start, end and label."),
        _DOC_ID,
        _LAYER_ID,
        _START,
        _END,
        column("label", pa.string(), "Label of an entity; 'sentence' for a sentence."),
        column("kind", pa.string(), "Kind of a sentence; null for an entity.", nullable=True),
        column("surface", pa.string(), "The words themselves, as a check on the offsets."),
        column("score", pa.float32(), "Calibrated probability of a prediction; 1 where a person said so."),
        column("producer", pa.string(), "Who found this span within the layer: a rule, gazetteer, model or person."),
        column("value", pa.string(), "Normalised date (ISO 8601) or amount (number and ISO 4217 code).",
               nullable=True),
        column("parents", pa.list_(pa.string()), "annotation_ids this span was made from."),
    ]
)

TOPICS: Final = pa.schema(
    [
        column("annotation_id", pa.string(), "Hash of layer, doc_id, revision and label."),
        _DOC_ID,
        _LAYER_ID,
        column("label", pa.string(), "Topic of the document."),
        column("rank", pa.int32(), "0 for the main topic."),
        column("score", pa.float32(), "Calibrated probability of a prediction; 1 where a person said so."),
    ]
)

JUDGMENTS: Final = pa.schema(
    [
        _DOC_ID,
        _LAYER_ID,
        column("annotator", pa.string(), "Pseudonym of the annotator."),
        column("revision", pa.int32(), "From 1; the latest of a (document, annotator) counts."),
        column("status", pa.string(), "submitted, skipped, draft or deleted."),
        column("seconds", pa.float32(), "Working time as the annotation server measured it.", nullable=True),
        column("submitted_at", pa.string(), "The annotation server's time stamp.", nullable=True),
        column("saw_predictions", pa.bool_(), "Whether predictions for the layer's task were shown.", nullable=True),
        column("problem", pa.string(), "A problem with the article that the annotator reported.", nullable=True),
        column("comment", pa.string(), "The annotator's comment.", nullable=True),
    ]
)

AGREEMENT: Final = pa.schema(
    [
        column("task", pa.string(), "sentences, entities or topics."),
        column("label", pa.string(), "An entity label or topic; '*' for all of them together."),
        column("measure", pa.string(), "Which figure; docs/agreement.md defines them."),
        column("value", pa.float64(), "The figure, rounded to six decimals."),
        column("low", pa.float64(), "Lower end of the 95 % interval; null where there is none.", nullable=True),
        column("high", pa.float64(), "Upper end of the 95 % interval; null where there is none.", nullable=True),
        column("n", pa.int32(), "How many documents, marks, values or predictions the figure rests on."),
    ]
)

REJECTS: Final = pa.schema(
    [
        column("origin", pa.string(), "The file, record or annotation concerned."),
        column("reason", pa.string(), "Stable kebab-case id of the reason."),
        column("message", pa.string(), "What was expected, what was found, what to do."),
        column("payload", pa.string(), "What could not be used, as far as it can be shown."),
    ]
)

TABLES: Final[Mapping[str, pa.Schema]] = {
    "pages": PAGES,
    "sources": SOURCES,
    "outlet_lines": OUTLET_LINES,
    "documents": DOCUMENTS,
    "clusters": CLUSTERS,
    "sightings": SIGHTINGS,
    "retired": RETIRED,
    "layers": LAYERS,
    "spans": SPANS,
    "topics": TOPICS,
    "judgments": JUDGMENTS,
    "agreement": AGREEMENT,
    "rejects": REJECTS,
}

_SPAN_STRUCT: Final = pa.struct(
    [
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("surface", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("value", pa.string()),
    ]
)
_SENTENCE_STRUCT: Final = pa.struct(
    [
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)
_STATUS = "gold (adjudicated or agreed), single (one annotator) or silver (machine)."
_RELEASE_META = [
    column("source_id", pa.string(), description(_SOURCE_ID)),
    column("url", pa.string(), "The page's address, where known.", nullable=True),
    column("outlet", pa.string(), "The newspaper, agency or site.", nullable=True),
    column("published", pa.string(), "Date of publication, ISO 8601 where it could be read.", nullable=True),
    column("licence", pa.string(), "Licence of the text; null where unknown.", nullable=True),
]
_TOPIC_NAMES = column("topics", pa.list_(pa.string()), "Topics of the document, the main one first; empty: none.")
_STATUSES = [
    column(f"{task}_status", pa.string(), f"Who stands behind the {task}: {_STATUS}") for task in TASKS
]

RELEASE_DOCUMENTS: Final = pa.schema(
    [
        _DOC_ID,
        column("cluster_id", pa.string(), "Near-duplicate cluster; a cluster lies in one split."),
        column("story_id", pa.string(), "Story, where computed; a story lies in one split.", nullable=True),
        column("title", pa.string(), "The title, also the text's first line.", nullable=True),
        column("text", pa.string(), "The cleaned, normalised (NFC) text."),
        *_RELEASE_META,
        column("byline", pa.string(), "The author as printed.", nullable=True),
        column("agency", pa.string(), "The news agency credited.", nullable=True),
        column("place", pa.string(), "The place of the place line.", nullable=True),
        column("sightings", pa.int32(), "On how many pages this text was found."),
        column("sentences", pa.list_(_SENTENCE_STRUCT), "Sentences, as ranges of the text in code points."),
        column("entities", pa.list_(_SPAN_STRUCT), "Entities, nested ones too, as ranges of the text."),
        _TOPIC_NAMES,
        *_STATUSES,
    ]
)

RELEASE_SENTENCES: Final = pa.schema(
    [
        column("sentence_id", pa.string(), "doc_id, a hyphen, and the sentence's number in the document from 0."),
        _DOC_ID,
        column("position", pa.int32(), "The sentence's number in the document, from 0."),
        column("kind", pa.string(), "title, deck, subhead, paragraph, item, caption or verse."),
        column("text", pa.string(), "The sentence; the row's offsets are into it."),
        column("start", pa.int32(), "Where the sentence starts in the document's text, in code points."),
        column("tokens", pa.list_(pa.string()), "Tokens of the versioned tokeniser."),
        column("token_starts", pa.list_(pa.int32()), "Start of each token in the row's text."),
        column("token_ends", pa.list_(pa.int32()), "End of each token in the row's text."),
        column("ner_tags", pa.list_(pa.string()), "IOB2 tags of the outermost entities, snapped to whole tokens."),
        column("entities", pa.list_(_SPAN_STRUCT), "Entities exactly, nested ones too, as ranges of the row's text."),
        column("topics", pa.list_(pa.string()), "Topics of the document, the main one first."),
        *_RELEASE_META,
        *_STATUSES,
    ]
)

RELEASE_ANNOTATIONS: Final = pa.schema(
    [
        column("annotation_id", pa.string(), "Hash of layer, doc_id, revision, range and label."),
        _DOC_ID,
        _LAYER_ID,
        column("task", pa.string(), "sentences, entities or topics."),
        column("layer_kind", pa.string(), "prediction, annotation or gold."),
        column("author", pa.string(), "Who made the layer."),
        column("author_version", pa.string(), "Version of a machine author; sha256 of an imported file."),
        column("producer", pa.string(), "Who found this span within the layer.", nullable=True),
        column("round", pa.int32(), "Annotation campaign, from 1; 0 for machine layers."),
        column("start", pa.int32(), "First code point in the document's text; null for a topic.", nullable=True),
        column("end", pa.int32(), "Code point after the last one; null for a topic.", nullable=True),
        column("label", pa.string(), "Entity label, topic, or kind of sentence."),
        column("rank", pa.int32(), "Rank of a topic, 0 the main one; null else.", nullable=True),
        column("surface", pa.string(), "The words; null for a topic.", nullable=True),
        column("score", pa.float32(), "Calibrated probability of a prediction; 1 where a person said so."),
        column("value", pa.string(), "Normalised date or amount.", nullable=True),
        column("parents", pa.list_(pa.string()), "annotation_ids this row was made from."),
    ]
)

RELEASE_CONFIGS: Final[Mapping[str, pa.Schema]] = {
    "documents": RELEASE_DOCUMENTS,
    "sentences": RELEASE_SENTENCES,
    "annotations": RELEASE_ANNOTATIONS,
}


def _without_texts(schema: pa.Schema, *more: pa.Field) -> pa.Schema:
    """A release's columns without what quotes the texts."""
    span = pa.struct([field for field in _SPAN_STRUCT if field.name != "surface"])
    fields = [field for field in schema if field.name not in ("text", "title", "tokens", "surface")]
    return pa.schema([field.with_type(pa.list_(span)) if field.name == "entities" else field for field in fields]
                     + list(more))


STANDOFF_CONFIGS: Final[Mapping[str, pa.Schema]] = {
    "documents": _without_texts(
        RELEASE_DOCUMENTS,
        column("text_sha256", pa.string(), "sha256 of the text in UTF-8, in hex."),
        column("characters", pa.int32(), "Length of the text in code points."),
        column("titled", pa.bool_(), "Whether the text's first line is its title."),
    ),
    "sentences": _without_texts(
        RELEASE_SENTENCES, column("end", pa.int32(), "Where the sentence ends in the document's text.")
    ),
    "annotations": _without_texts(RELEASE_ANNOTATIONS),
}
