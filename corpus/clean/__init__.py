"""Cleaning: what of a page is article and what is furniture, and by which rule (docs/cleaning.md)."""

from corpus.clean.metadata import ArticleMetadata
from corpus.clean.pages import (
    PAGES_AT_ONCE,
    VERSION,
    CleanedArticle,
    KnownPage,
    LineDecision,
    Removal,
    clean_page,
    clean_pages,
    explain,
)

__all__ = [
    "PAGES_AT_ONCE",
    "VERSION",
    "ArticleMetadata",
    "CleanedArticle",
    "KnownPage",
    "LineDecision",
    "Removal",
    "clean_page",
    "clean_pages",
    "explain",
]
