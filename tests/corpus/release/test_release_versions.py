"""Versions follow from differences; wrong ones are refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.release.versions import Difference, ReleaseError, Step, Version, compare, list_versions


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"train": {"a": b"1"}}, {"train": {"a": b"1"}}, Difference()),
        ({"train": {"a": b"1"}}, {"train": {"a": b"1", "b": b"1"}}, Difference(added=1)),
        ({"train": {"a": b"1", "b": b"1"}}, {"train": {"a": b"1"}}, Difference(removed=1)),
        ({"train": {"a": b"1"}}, {"train": {"a": b"2"}}, Difference(changed=1)),
        ({"train": {"a": b"1"}}, {"test": {"a": b"1"}}, Difference(moved=1)),
        ({}, {"test": {"a": b"1"}}, Difference(added=1)),
    ],
)
def test_compare(
    before: dict[str, dict[str, bytes]], after: dict[str, dict[str, bytes]], expected: Difference
) -> None:
    assert compare(before, after) == expected


@pytest.mark.parametrize(
    ("difference", "step", "version"),
    [
        (Difference(), Step.PATCH, "1.2.4"),
        (Difference(added=3), Step.MINOR, "1.3.0"),
        (Difference(added=3, removed=1), Step.MAJOR, "2.0.0"),
        (Difference(changed=1), Step.MAJOR, "2.0.0"),
        (Difference(moved=1), Step.MAJOR, "2.0.0"),
    ],
)
def test_the_difference_decides(difference: Difference, step: Step, version: str) -> None:
    assert difference.step is step
    assert str(Version(1, 2, 3).after(step)) == version


@pytest.mark.parametrize("text", ["1.2", "1.2.3-rc.1", "v1.2.3", "01.2.3", "1.2.3\n", "١.٢.٣", "", "1.2.3.4"])
def test_a_version_is_three_plain_numbers(text: str) -> None:
    with pytest.raises(ReleaseError, match=r"write three numbers, such as 1\.2\.0"):
        Version.parse(text)


def test_versions_are_listed_by_number(tmp_path: Path) -> None:
    for name in ("1.10.0", "1.9.0", "2.0.0", "notes", ".partial-x"):
        (tmp_path / name).mkdir()
    (tmp_path / "3.0.0").touch()
    assert [str(version) for version in list_versions(tmp_path)] == ["1.9.0", "1.10.0", "2.0.0"]
    assert list_versions(tmp_path / "absent") == []
