"""From pages to their documents: extract, normalise, clean, segment, measure. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus import clean, filter, ids
from corpus.clean import ArticleMetadata, KnownPage
from corpus.extract import PageFields, PageText, extract
from corpus.personal import redact
from corpus.segment import sentences as segmenter
from corpus.segment import tokens as tokeniser
from corpus.segment.tokens import tokens_of
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
    (documents,) = read_texts(
        [KnownPage(page.text, page.fields.title, fields.outlet, page.line_kinds, recurring)], redacted
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
    """As `read_texts`, for one page; arguments as of `KnownPage`."""
    return read_texts([KnownPage(page, title, outlet, line_kinds, recurring)], redacted)[0]


def read_texts(pages: Sequence[KnownPage], redacted: Collection[str] = ()) -> list[tuple[Document, ...]]:
    """The documents of each page text; offsets as in `Document`, `redacted` as of `read_page`.

    Each step is taken for all pages before the next one: many pages at once are read faster than one by one.
    """
    normal = [normalise(page.text) for page in pages]
    found = clean.clean_pages(
        [
            replace(page, text=text, title=normalise(page.title)[0] if page.title else None)
            for page, (text, _) in zip(pages, normal, strict=True)
        ]
    )
    articles = [(nth, article) for nth, own in enumerate(found) for article in own]
    tidied = [
        tidy(normal[nth][0], [Edit(one.start, one.end, "", one.rule) for one in article.removals])
        for nth, article in articles
    ]
    edits = [
        compose(normal[nth][1], tidying, normal[nth][0])
        for (nth, _), (_, tidying) in zip(articles, tidied, strict=True)
    ]
    texts = [text for text, _ in tidied]
    if redacted:
        masks = [redact(text, redacted) for text in texts]
        edits = [compose(own, masking, text) for own, masking, text in zip(edits, masks, texts, strict=True)]
        texts = [apply_edits(text, masking) for text, masking in zip(texts, masks, strict=True)]
    sentences = [segmenter.segment(text, one.line_kinds) for text, (_, one) in zip(texts, articles, strict=True)]
    tokens = tokens_of(texts)
    solid = [_solid(page.text) for page in pages]
    documents: list[list[Document]] = [[] for _ in pages]
    for at, (nth, article) in enumerate(articles):
        text = texts[at]
        quality = filter.measure(text)
        documents[nth].append(
            Document(
                text=text,
                title=text.split("\n", 1)[0] if article.line_kinds[:1] == ("title",) else None,
                edits=edits[at],
                sentences=tuple(sentences[at]),
                tokens=tokens[at],
                metadata=article.metadata,
                quality=quality,
                kept_share=_solid(text) / solid[nth] if solid[nth] else 0.0,
                drop_reason=filter.drop_reason(quality),
            )
        )
    return [tuple(own) or (_nothing(page.text),) for own, page in zip(documents, pages, strict=True)]


def read_each(pages: Sequence[KnownPage], redacted: Collection[str] = ()) -> list[tuple[Document, ...] | Exception]:
    """As `read_texts`, but a page that breaks the program gives the error, so that the others are read all the same."""
    try:
        return list(read_texts(pages, redacted))
    except ImportError:
        raise  # a broken installation is not the page's fault
    except Exception as error:
        return [error] if len(pages) == 1 else [read_each([page], redacted)[0] for page in pages]


def _nothing(page: str) -> Document:
    """The document of a page without an article."""
    edits = (Edit(0, len(page), "", NO_ARTICLE),) if page else ()
    return Document("", None, edits, (), (), ArticleMetadata(), filter.measure(""), 0.0, NO_ARTICLE)


def _solid(text: str) -> int:
    """Code points that are not whitespace."""
    return sum(map(len, text.split()))
