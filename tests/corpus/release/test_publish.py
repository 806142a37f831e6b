"""Publishing to a double of the Hub, and reading what was published through olah, a real server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.config import AboutConfig, CorpusConfig
from corpus.ids import doc_id
from corpus.release.build import release
from corpus.release.manifest import list_files, read_manifest
from corpus.release.publish import Options, publish
from corpus.release.published import Published, read_published
from corpus.release.standoff import write_standoff
from corpus.release.versions import ReleaseError
from corpus.retractions import Retractions, write_retractions
from tests.conftest import tree
from tests.corpus.release.conftest import ANSWERED, RAIN, TEXTS, sample
from tests.corpus.release.hub import TOKEN, Broken, Hub, running_hub

REPOSITORY = "salma/akhbar"
MORE = "نص آخر\nوصل الوفد إلى المطار مساء."


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with running_hub(tmp_path / "mirrors") as running:
        yield running


@pytest.fixture
def root(tmp_path: Path, config: CorpusConfig, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus with the release 1.0.0, whose datasheet has every required answer."""
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))
    folder = tmp_path / "corpus"
    folder.mkdir()
    sample().write(folder)
    release(folder, replace(config, datasheet=ANSWERED), report=lambda message: None)
    return folder


def grow(root: Path, config: CorpusConfig) -> str:
    sample((*TEXTS, MORE)).write(root, "b")
    return release(root, replace(config, datasheet=ANSWERED), report=lambda message: None).version


def send(root: Path, hub: Hub, version: str = "1.0.0", options: Options | None = None) -> Published:
    return publish(root, version, REPOSITORY, options or Options(), report=lambda message: None, endpoint=hub.url)


def test_a_release_is_published_with_one_commit_and_a_tag(root: Path, hub: Hub) -> None:
    done = send(root, hub)
    folder = root / "releases/1.0.0"
    assert done.commit == hub.resolve(REPOSITORY, "v1.0.0") == hub.resolve(REPOSITORY, "main")
    assert hub.git(REPOSITORY, "rev-list", "--count", "main") == "2"  # the hub's own first one, and ours
    assert {name: hub.body(REPOSITORY, "v1.0.0", name) for name in list_files(folder)} == tree(folder)
    assert hub.files(REPOSITORY, "v1.0.0").keys() - set(list_files(folder)) == {".gitattributes"}
    assert read_published(root) == (done,)


def test_publishing_again_changes_nothing(root: Path, hub: Hub) -> None:
    first = send(root, hub)
    record = (root / "published.json").read_bytes()
    hub.log.clear()
    assert send(root, hub) == first
    assert (root / "published.json").read_bytes() == record
    assert not any("/commit/" in line or "/tag/" in line or line.startswith("PUT") for line in hub.log)


def test_the_next_version_replaces_the_files_and_keeps_the_tag(
    root: Path, hub: Hub, config: CorpusConfig
) -> None:
    first = send(root, hub)
    version = grow(root, config)
    second = send(root, hub, version)
    assert [one.version for one in read_published(root)] == ["1.0.0", version]
    assert hub.resolve(REPOSITORY, "v1.0.0") == first.commit
    assert hub.git(REPOSITORY, "rev-parse", f"{second.commit}^") == first.commit
    assert hub.files(REPOSITORY, f"v{version}").keys() - {".gitattributes"} == set(
        list_files(root / "releases" / version)
    )
    hub.git(REPOSITORY, "update-ref", "-d", "refs/tags/v1.0.0")
    with pytest.raises(ReleaseError, match=f"already has version {version}; publishing 1.0.0 now"):
        send(root, hub, "1.0.0")


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(root: Path, hub: Hub) -> None:
    def intrude(line: str) -> None:
        if "/commit/" in line:
            hub.before = lambda _: None
            hub.commit(REPOSITORY, hub.resolve(REPOSITORY, "main"), "theirs", {"theirs.txt": b"x"}, ())

    hub.before = intrude
    with pytest.raises(ReleaseError, match=r"was changed by somebody else .* nothing was overwritten"):
        send(root, hub)
    assert hub.git(REPOSITORY, "log", "-1", "--format=%s", "main") == "theirs"
    assert hub.resolve(REPOSITORY, "v1.0.0") == ""
    assert read_published(root) == ()


def test_two_at_once_from_one_corpus_are_refused(root: Path, hub: Hub) -> None:
    seen: list[str] = []

    def second(line: str) -> None:
        hub.before = lambda _: None
        with pytest.raises(Exception, match="another mudawwana process"):
            send(root, hub)
        seen.append(line)

    hub.before = second
    send(root, hub)
    assert len(seen) == 1


STEPS = ("POST /api/repos/create", "/refs", "preupload", "objects/batch", "PUT /storage", "lfs-verify", "/commit/",
         "/tag/", "/resolve/")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_interrupted_anywhere_it_resumes(
    root: Path, hub: Hub, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the client waits before it tries again

    def refuse(line: str) -> None:
        raise Broken

    def interrupt(line: str) -> None:
        if step in line:
            hub.before = refuse
            if when == "before":
                raise Broken

    hub.before = interrupt
    with pytest.raises(ReleaseError, match=r"publish again"):
        send(root, hub)
    assert read_published(root) == ()
    hub.before = lambda line: None
    done = send(root, hub)
    assert hub.resolve(REPOSITORY, "v1.0.0") == done.commit
    assert hub.git(REPOSITORY, "rev-list", "--count", "main") == "2"
    assert read_published(root) == (done,)


def test_a_tag_that_says_something_else_is_never_moved(root: Path, hub: Hub) -> None:
    hub.create(REPOSITORY, False)
    theirs = hub.resolve(REPOSITORY, "main")
    hub.git(REPOSITORY, "update-ref", "refs/tags/v1.0.0", theirs)
    with pytest.raises(ReleaseError, match=r"the tag v1\.0\.0 of salma/akhbar exists with other files"):
        send(root, hub)
    assert hub.resolve(REPOSITORY, "v1.0.0") == theirs


def test_a_changed_byte_at_the_tag_is_found(root: Path, hub: Hub) -> None:
    done = send(root, hub)
    changed = hub.commit(REPOSITORY, done.commit, "theirs", {"LICENSE": b"other"}, ())
    hub.git(REPOSITORY, "update-ref", "refs/tags/v1.0.0", changed)
    with pytest.raises(ReleaseError, match=r"LICENSE at the tag .* is not the file of this release"):
        send(root, hub)


def test_a_repository_with_other_work_is_left_alone(root: Path, hub: Hub) -> None:
    hub.create(REPOSITORY, False)
    hub.commit(REPOSITORY, hub.resolve(REPOSITORY, "main"), "theirs", {"model.bin": b"x"}, ())
    with pytest.raises(ReleaseError, match="holds files that no release put there"):
        send(root, hub)


def test_private_and_gated(root: Path, hub: Hub) -> None:
    send(root, hub, options=Options(private=True, gated=True))
    assert hub.settings[REPOSITORY] == {"private": True, "gated": "manual"}
    created = hub.log.index("POST /api/repos/create")
    assert hub.log.index(f"PUT /api/datasets/{REPOSITORY}/settings") > created
    assert next(n for n, line in enumerate(hub.log) if "/commit/" in line) > hub.log.index(
        f"PUT /api/datasets/{REPOSITORY}/settings"
    )


def test_an_open_repository_becomes_private_and_not_the_other_way(root: Path, hub: Hub) -> None:
    hub.create(REPOSITORY, False)
    send(root, hub, options=Options(private=True))
    assert hub.settings[REPOSITORY]["private"] is True
    send(root, hub)
    assert hub.settings[REPOSITORY]["private"] is True


def test_required_answers_are_missing(tmp_path: Path, config: CorpusConfig, hub: Hub, root: Path) -> None:
    some = {key: value for key, value in ANSWERED.items() if key not in ("purpose", "biases")}
    version = release(root, replace(config, datasheet=some), report=lambda message: None).version
    assert read_manifest(root / "releases" / version).unanswered == ("purpose", "biases")
    with pytest.raises(ReleaseError, match=r"lacks answers .*: purpose, biases; give them with 'mudawwana datasheet"):
        send(root, hub, version)
    assert hub.log == []


def test_a_local_release_stays_here(config: CorpusConfig, hub: Hub, root: Path) -> None:
    maker = sample()
    maker.document(MORE, "more.txt", licence="CC-BY-ND-4.0")
    maker.write(root, "b")
    version = release(root, replace(config, datasheet=ANSWERED), report=lambda message: None).version
    with pytest.raises(ReleaseError, match=r"is for local use: .*CC-BY-ND-4\.0 \(1\)"):
        send(root, hub, version)
    assert hub.log == []


@pytest.mark.parametrize("edition", ["", "-standoff"])
def test_a_release_that_holds_what_was_retracted_is_not_published(root: Path, hub: Hub, edition: str) -> None:
    if edition:
        write_standoff(root / "releases/1.0.0", AboutConfig(licence="CC0-1.0"))
    retracted = Retractions().adding([], [doc_id(TEXTS[0])], "asked", "2026-05-01")
    write_retractions(root, retracted)
    with pytest.raises(ReleaseError, match="holds what was retracted since; 'mudawwana release' makes a version"):
        send(root, hub, f"1.0.0{edition}")
    assert hub.log == []


def test_a_damaged_release_is_not_published(hub: Hub, root: Path) -> None:
    (root / "releases/1.0.0/LICENSE").write_text("other")
    with pytest.raises(ReleaseError, match="is damaged: LICENSE"):
        send(root, hub)
    assert hub.log == []


@pytest.mark.parametrize("name", ["akhbar", "salma/akhbar/x", "سلمى/أخبار", "salma/../x"])
def test_a_name_that_is_none(root: Path, hub: Hub, name: str) -> None:
    with pytest.raises(ReleaseError, match="does not name a repository"):
        publish(root, "1.0.0", name, Options(), report=lambda message: None, endpoint=hub.url)


def test_no_token(root: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(ReleaseError, match="the environment has no HF_TOKEN"):
        send(root, hub)
    monkeypatch.setenv("HF_TOKEN", "hf_wrongWrongWrong")
    with pytest.raises(ReleaseError, match="the token in HF_TOKEN is not valid there") as refused:
        send(root, hub)
    assert "wrongWrong" not in str(refused.value)


def test_the_token_is_in_no_file_and_no_output(root: Path, hub: Hub, tmp_path: Path) -> None:
    (root / "corpus.toml").write_text('[corpus]\nname = "samples"\n')
    environment = {
        **os.environ, "HF_TOKEN": TOKEN, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_VERBOSITY": "debug",
        "HF_HOME": str(tmp_path / "hf-home"), "HF_HUB_OFFLINE": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "corpus.cli.app", "publish", "1.0.0", REPOSITORY, "--corpus", str(root)]
    outputs = []
    for broken in (True, False):
        hub.before = _break_commit if broken else lambda line: None
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=root, check=False)
        assert done.returncode == (1 if broken else 0), done.stderr
        assert ("publish again" in done.stderr) == broken
        outputs += [done.stdout, done.stderr]
    assert "v1.0.0" in outputs[2]
    for folder in (root, tmp_path / "hf-home", hub.folder):
        for path in folder.rglob("*"):
            assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path
    assert "Request" in outputs[1]  # the client's own log was on
    assert not any(TOKEN in text for text in outputs)
    assert json.loads((root / "published.json").read_text())["published"][0]["tag"] == "v1.0.0"


def test_a_signed_address_is_in_no_error(root: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    address = hub.url
    monkeypatch.setattr(hub, "url", "http://127.0.0.1:9")  # where uploads are sent to
    with pytest.raises(ReleaseError, match="publish again") as refused:
        publish(root, "1.0.0", REPOSITORY, Options(), report=lambda message: None, endpoint=address)
    assert "s3cret" not in str(refused.value)


def _break_commit(line: str) -> None:
    if "/commit/" in line:
        raise Broken


LOAD = """
import json, sys
from datasets import load_dataset
found = {}
for revision in sys.argv[2:]:
    loaded = load_dataset(sys.argv[1], "documents", revision=revision)
    default = load_dataset(sys.argv[1], revision=revision)
    found[revision] = [
        str(loaded["train"].info.version), sum(part.num_rows for part in loaded.values()),
        sorted({text for part in loaded.values() for text in part["text"]}),
        default["train"].features["ner_tags"].feature.names[:2],
    ]
print("FOUND " + json.dumps(found))
"""


def test_what_was_published_loads_at_its_tag_through_a_real_server(
    root: Path, hub: Hub, config: CorpusConfig, tmp_path: Path
) -> None:
    send(root, hub)
    version = grow(root, config)
    send(root, hub, version)
    with olah(tmp_path, hub.folder) as url:
        done = subprocess.run(
            [sys.executable, "-c", LOAD, REPOSITORY, "v1.0.0", f"v{version}"],
            env={**os.environ, "HF_ENDPOINT": url, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1",
                 "HF_HUB_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0", "NO_PROXY": "127.0.0.1"},
            capture_output=True, text=True, check=False, cwd=tmp_path, timeout=240,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.split("FOUND ")[1])
    assert found["v1.0.0"] == ["1.0.0", len(TEXTS), sorted(TEXTS), ["O", "B-PERS"]]
    assert found[f"v{version}"] == [version, len(TEXTS) + 1, sorted((*TEXTS, MORE)), ["O", "B-PERS"]]
    assert RAIN in found["v1.0.0"][2]


class olah:
    """olah serving the repositories of the double, offline."""

    def __init__(self, folder: Path, mirrors: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        config = folder / "olah.toml"
        config.write_text(
            f'[basic]\nhost = "127.0.0.1"\nport = {self.port}\nrepos-path = "{folder / "olah-repos"}"\n'
            f'mirrors-path = ["{mirrors}"]\n[accessibility]\noffline = true\n'
        )
        self.command = [sys.executable, "-m", "olah.server", "--config", str(config)]

    def __enter__(self) -> str:
        self.log = (self.folder / "olah.log").open("wb")
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"http://127.0.0.1:{self.port}"
            time.sleep(0.1)
        self.__exit__()
        raise AssertionError((self.folder / "olah.log").read_text()[-3000:])

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
