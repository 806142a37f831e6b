"""Which licences let a release be passed on."""

from __future__ import annotations

import pytest

from corpus.release.licences import hub_licence, may_distribute


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CC0-1.0", "cc0-1.0"),
        ("CC BY-SA 4.0", "cc-by-sa-4.0"),
        ("cc-by-nc-4.0", "cc-by-nc-4.0"),
        ("Public Domain", "cc0-1.0"),
        ("MIT", "mit"),
        ("CC-BY-ND-4.0", None),
        ("CC BY-NC-ND 4.0", None),
        ("all rights reserved", None),
        ("proprietary", None),
        ("", None),
    ],
)
def test_hub_licence(name: str, expected: str | None) -> None:
    assert hub_licence(name) == expected


def test_one_unknown_licence_keeps_all_local() -> None:
    assert may_distribute(["CC0-1.0", "CC-BY-4.0"])
    assert not may_distribute(["CC0-1.0", None])
    assert not may_distribute(["CC0-1.0", "CC-BY-ND-4.0"])
