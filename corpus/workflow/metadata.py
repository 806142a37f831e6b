"""Who published an article, where and when: what its source says before what the page prints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from corpus import personal
from corpus.clean import ArticleMetadata
from corpus.clean.dates import parse_published
from corpus.extract import PageFields


@dataclass(frozen=True, slots=True)
class Metadata:
    """As the columns of the table `sightings`; None where nobody says."""

    url: str | None
    outlet: str | None
    byline: str | None
    agency: str | None
    place: str | None
    published: str | None
    fetched_at: str | None
    licence: str | None


def article_metadata(stated: PageFields, printed: ArticleMetadata, redacted: Collection[str] = ()) -> Metadata:
    """The metadata of an article, of what its source has `stated` and what is `printed` on the page.

    `redacted` names the kinds of personal data to mask in the byline. A stated date becomes ISO 8601, or stays as it
    stands where it cannot be read.
    """
    published = (parse_published(stated.published) or stated.published) if stated.published else None
    return Metadata(
        url=stated.url,
        outlet=stated.outlet or printed.outlet,
        byline=_masked(stated.byline or printed.byline, redacted),
        agency=printed.agency,
        place=printed.place,
        published=published or printed.published,
        fetched_at=stated.fetched_at,
        licence=stated.licence,
    )


def _masked(words: str | None, kinds: Collection[str]) -> str | None:
    return personal.apply_edits(words, personal.redact(words, kinds)) if words and kinds else words
