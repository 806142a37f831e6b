"""What is known of a page before it is read."""

from __future__ import annotations

import pytest

from corpus.ingest import HTML, FoundPage
from corpus.workflow.sources import source_page


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link rel="canonical" href="https://example.org/a?x=1&amp;y=2">', "https://example.org/a?x=1&y=2"),
        (
            "<link href='https://example.org/a?id=7&amp;token=S3CRET' rel='canonical'>",
            "https://example.org/a?id=7&token=",
        ),
        ('<meta property="og:url" content="https://example.org/a">', "https://example.org/a"),
        ('<link rel="canonical" href="/a">', None),
    ],
)
def test_a_page_says_its_address_as_a_browser_reads_it(link: str, url: str | None) -> None:
    page = FoundPage("a.html", f"<html><head>{link}</head></html>".encode(), HTML)
    assert source_page(page, {}).row["url"] == url
