"""Metadata: dates as ISO 8601, and what the sample pages say about their articles."""

from __future__ import annotations

import pytest

from bench.samples import SAMPLES, read_gold
from corpus.clean.dates import parse_published
from corpus.config import DEFAULT_COLUMNS
from corpus.ids import article_source_id
from corpus.ingest import Reject, read_pages
from corpus.pipeline import read_page

FIELDS = ("byline", "agency", "place", "outlet", "published")
FLOOR = 0.98
"""Share of the metadata of the gold that must be right."""


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("السبت 11 يونيو 2022 - 11:00", "2022-06-11T11:00"),
        ("الخميس 05-02-2026 | 04:32 م  آخر تحديث: الخميس 05-02-2026 | 05:10 م", "2026-02-05T16:32"),
        ("5 فبراير 2026 12:10 صباحا", "2026-02-05T00:10"),
        ("5 فبراير 2026 12:10 ظهرا", "2026-02-05T12:10"),
        ("نشر يوم 20/02/2026 على الساعة 09:12", "2026-02-20T09:12"),
        ("٢٢ أيار ٢٠٢٦", "2026-05-22"),
        ("2015-07-21 02:51:32", "2015-07-21T02:51"),
        ("2026-01-14T09:45:00+02:00", "2026-01-14T09:45:00+02:00"),
        ("5 فبراير 2026 99:99", "2026-02-05"),
        ("9 شعبان 1447هـ", None),
        ("منذ ساعتين", None),
        ("", None),
    ],
)
def test_published(text: str, published: str | None) -> None:
    assert parse_published(text) == published


def test_the_metadata_of_the_samples() -> None:
    """What the page or its fields say, against the headers of the gold; what the gold does not say must not be said."""
    gold = read_gold()
    wrong = []
    number = 0
    for found in read_pages([str(SAMPLES / "pages")]):
        assert not isinstance(found, Reject)
        read = read_page(found.body, found.media_type, DEFAULT_COLUMNS)
        for nth, document in enumerate(read.documents, 1):
            source = article_source_id(found.path, nth)
            headers = dict(gold[source].header)
            for name in FIELDS:
                stated = getattr(read.page.fields, name, None)
                said = stated or getattr(document.metadata, name)
                expected = headers.get(name)
                number += said is not None or expected is not None
                if said != expected:
                    wrong.append(f"{source} {name}: {said!r}, not {expected!r}")
    assert number >= 50
    assert len(wrong) <= (1 - FLOOR) * number, wrong
