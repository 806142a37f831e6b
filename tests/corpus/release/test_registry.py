"""The registry of versions: written with every release, rebuilt when lost, checked byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.config import CorpusConfig
from corpus.release.build import release
from corpus.release.registry import (
    REGISTRY,
    RELEASED,
    WITHDRAWN,
    check_registry,
    read_registry,
    record_versions,
    withdraw_version,
)
from corpus.release.versions import ReleaseError
from tests.corpus.release.conftest import RAIN, TEXTS, sample

MORE = "نص آخر"


@pytest.fixture
def releases(tmp_path: Path, config: CorpusConfig, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of two releases."""
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))
    for number, texts in enumerate((TEXTS, (*TEXTS, MORE))):
        sample(texts).write(tmp_path, f"{number}")
        release(tmp_path, config, report=lambda message: None)
    return tmp_path / "releases"


def test_every_release_is_recorded(releases: Path) -> None:
    first, second = read_registry(releases)
    assert (first.version, first.parent, first.state) == ("1.0.0", None, RELEASED)
    assert (second.version, second.parent, second.state) == ("1.1.0", "1.0.0", RELEASED)
    assert sum(second.counts["documents"].values()) == len(TEXTS) + 1
    assert first.content.keys() == {"documents", "sentences", "annotations"}
    assert check_registry(releases) == []


def test_a_lost_registry_is_written_anew(releases: Path) -> None:
    body = (releases / REGISTRY).read_bytes()
    (releases / REGISTRY).unlink()
    assert len(record_versions(releases)) == 2
    assert (releases / REGISTRY).read_bytes() == body


def test_a_release_interrupted_before_it_was_recorded_is_added(releases: Path, config: CorpusConfig) -> None:
    body = (releases / REGISTRY).read_bytes()
    shutil.move(releases / "1.1.0", releases.parent / "kept")
    (releases / REGISTRY).unlink()
    record_versions(releases)
    shutil.move(releases.parent / "kept", releases / "1.1.0")
    assert not release(releases.parent, config, report=lambda message: None).created
    assert (releases / REGISTRY).read_bytes() == body


def test_recording_again_writes_nothing(releases: Path) -> None:
    before = (releases / REGISTRY).stat().st_mtime_ns
    record_versions(releases)
    assert (releases / REGISTRY).stat().st_mtime_ns == before


def test_every_changed_byte_is_found(releases: Path) -> None:
    path = releases / REGISTRY
    body = path.read_bytes()
    for place in range(0, len(body), 7):
        path.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
        assert [(finding.check, finding.where) for finding in check_registry(releases)] == [("registry", REGISTRY)]
    path.write_bytes(body)
    assert check_registry(releases) == []


def test_a_damaged_registry_stops_a_release(releases: Path, config: CorpusConfig) -> None:
    (releases / REGISTRY).write_bytes((releases / REGISTRY).read_bytes()[:-20])
    with pytest.raises(ReleaseError, match=r"versions\.json is damaged .* restore it from a copy, or delete it"):
        release(releases.parent, config, report=lambda message: None)


def test_a_withdrawn_version_stays_known_and_its_number_is_not_used_again(
    releases: Path, config: CorpusConfig
) -> None:
    withdraw_version(releases, "1.1.0", replaced_by="2.0.0")
    shutil.rmtree(releases / "1.1.0")
    withdrawn = read_registry(releases)[1]
    assert (withdrawn.state, withdrawn.replaced_by) == (WITHDRAWN, "2.0.0")
    assert sum(withdrawn.counts["documents"].values()) == len(TEXTS) + 1
    assert check_registry(releases) == []
    with pytest.raises(ReleaseError, match=r"version 1\.1\.0 was withdrawn, and its number is not used again"):
        release(releases.parent, config, "1.1.0", report=lambda message: None)
    again = release(releases.parent, config, report=lambda message: None)
    assert again.version == "1.2.0"
    with pytest.raises(ReleaseError, match=r"no version 3\.0\.0 to withdraw; there are: 1\.0\.0, 1\.1\.0, 1\.2\.0"):
        withdraw_version(releases, "3.0.0", replaced_by=None)


def test_a_version_that_a_later_one_came_after_is_known_though_all_else_is_lost(releases: Path) -> None:
    (releases / REGISTRY).unlink()
    shutil.rmtree(releases / "1.0.0")
    found = [(one.version, one.state) for one in record_versions(releases)]
    assert found == [("1.0.0", WITHDRAWN), ("1.1.0", RELEASED)]


def test_a_release_whose_folder_is_gone_stops_the_next(releases: Path, config: CorpusConfig) -> None:
    shutil.rmtree(releases / "1.0.0")
    assert [finding.message.split(";")[0] for finding in check_registry(releases)] == [
        "names version 1.0.0, whose folder is gone"
    ]
    sample((RAIN,)).write(releases.parent, "c")
    with pytest.raises(ReleaseError, match=r"the folder of release 1\.0\.0 is gone"):
        release(releases.parent, config, report=lambda message: None)


def test_a_registry_that_says_something_else_of_a_release_is_found(
    releases: Path, tmp_path: Path, config: CorpusConfig
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    sample((RAIN,)).write(other)
    release(other, config, report=lambda message: None)
    shutil.copy(other / "releases" / REGISTRY, releases / REGISTRY)
    (finding,) = check_registry(releases)
    assert finding.message.startswith("does not say of 1.0.0 what its manifest says")
