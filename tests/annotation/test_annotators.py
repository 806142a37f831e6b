"""Pseudonyms: stable, numbered in the order of meeting, and never given to somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotation.annotators import AnnotatorsError, Person, named, pseudonym, read_annotators, write_annotators


def test_people_keep_their_pseudonyms_across_pulls_and_servers(tmp_path: Path) -> None:
    first = named((), [Person("http://a", 1, "amina@x.org"), Person("http://a", 2, "bilal@x.org")])
    write_annotators(tmp_path, first)
    known = read_annotators(tmp_path, {"annotator-01"})
    assert known == first
    later = named(known, [Person("http://b", 9, "Bilal@x.org"), Person("http://b", 1, "chadia@x.org")])
    assert [one.pseudonym for one in later] == ["annotator-01", "annotator-02", "annotator-03"]
    assert pseudonym(later, Person("http://b", 9)) == "annotator-02"
    assert pseudonym(later, Person("http://b", 1)) == "annotator-03", "the same number on another server"


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_annotators(tmp_path, named((), [Person("http://a", 1)]))
    folder = tmp_path / "private"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "annotators.json").stat().st_mode & 0o777 == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_lost_or_damaged_file_stops_the_work(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorsError, match="annotator-02"):
        read_annotators(tmp_path, {"annotator-02"})
    write_annotators(tmp_path, ())
    (tmp_path / "private" / "annotators.json").write_text("[]")
    with pytest.raises(AnnotatorsError, match="restore it from a copy"):
        read_annotators(tmp_path)
