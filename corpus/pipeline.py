"""From a page to its documents: extract, normalise, clean, segment, measure. One pure function."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from corpus import clean, filter, ids
from corpus.clean import ArticleMetadata
from corpus.extract import PageFields, PageText, extract
from corpus.personal import redact
from corpus.segment import sentences as segmenter
from corpus.segment import tokens as tokeniser
from corpus.segment.tokens import token_offsets
from corpus.span import Sentence
from corpus.text import normalise as normaliser
from corpus.text.edits import Edit, apply_edits, compose
from corpus.text.normalise import normalise, tidy

NO_ARTICLE = "no-article"

POLICY_VERSION = (
    f"text-{normaliser.VERSION}+clean-{clean.VERSION}+segment-{segmenter.VERSION}"
    f"+tokens-{tokeniser.VERSION}+filter-{filter.VERSION}"
)


@dataclass(frozen=True, slots=True)
class Document:
    """An article of a page. Offsets of `edits` are code points of the page text, all others of `text`."""

    text: str
    title: str | None
    edits: tuple[Edit, ...]
    sentences: tuple[Sentence, ...]
    tokens: tuple[tuple[int, int], ...]
    metadata: ArticleMetadata
    quality: filter.Quality
    kept_share: float
    drop_reason: str | None

    @property
    def doc_id(self) -> str:
        """The identity of the text."""
        return ids.doc_id(self.text)


@dataclass(frozen=True, slots=True)
class PageDocuments:
    """A page with its documents: at least one, with empty text and `drop_reason` where the page holds no article."""

    page: PageText
    documents: tuple[Document, ...]


def read_page(
    body: bytes,
    media_type: str,
    columns: Mapping[str, Sequence[str]],
    known: PageFields | None = None,
    redacted: Collection[str] = (),
    recurring: Collection[str] = (),
) -> PageDocuments:
    """The documents of a page.

    Args:
        body: the page's bytes.
        media_type: one of `corpus.ingest`'s.
        columns: which fields of a record hold what.
        known: what is known of the page from elsewhere; its title and outlet help the cleaning rules.
        redacted: kinds of personal data (`corpus.personal.KINDS`) to mask.
        recurring: keys of lines that are known to recur on the pages of its outlet (`corpus.clean.recurring`).

    Raises:
        ExtractError: if the page has no text to give.
    """
    page = extract(body, media_type, columns)
    fields = known or page.fields
    documents = read_text(
        page.text,
        title=page.fields.title,
        outlet=fields.outlet,
        line_kinds=page.line_kinds,
        recurring=recurring,
        redacted=redacted,
    )
    return PageDocuments(page, documents)


def read_text(
    page: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    line_kinds: Sequence[str | None] = (),
    recurring: Collection[str] = (),
    redacted: Collection[str] = (),
) -> tuple[Document, ...]:
    """The documents of a page text; offsets as in `Document`, arguments as of `read_page` and `PageText`."""
    text, normalising = normalise(page)
    known_title = normalise(title)[0] if title else None
    articles = clean.clean_page(text, title=known_title, outlet=outlet, line_kinds=line_kinds, recurring=recurring)
    solid = _solid(page)
    if not articles:
        edits = (Edit(0, len(page), "", NO_ARTICLE),) if page else ()
        return (
            Document("", None, edits, (), (), ArticleMetadata(), filter.measure(""), 0.0, NO_ARTICLE),
        )
    documents = []
    for article in articles:
        removals = [Edit(removal.start, removal.end, "", removal.rule) for removal in article.removals]
        cleaned, cleaning = tidy(text, removals)
        masking = redact(cleaned, redacted) if redacted else []
        tidied = apply_edits(cleaned, masking)
        sentences = tuple(segmenter.segment(tidied, article.line_kinds))
        quality = filter.measure(tidied)
        documents.append(
            Document(
                text=tidied,
                title=tidied.split("\n", 1)[0] if article.line_kinds[:1] == ("title",) else None,
                edits=compose(compose(normalising, cleaning, text), masking, cleaned),
                sentences=sentences,
                tokens=tuple(token_offsets(tidied)),
                metadata=article.metadata,
                quality=quality,
                kept_share=_solid(tidied) / solid if solid else 0.0,
                drop_reason=filter.drop_reason(quality),
            )
        )
    return tuple(documents)


def _solid(text: str) -> int:
    """Code points that are not whitespace."""
    return sum(map(len, text.split()))
