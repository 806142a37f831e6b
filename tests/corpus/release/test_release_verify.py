"""Every fault of a release is found, named, and told from the others."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import corpus.release.verify
import corpus.release.verify_rows
from corpus.config import AboutConfig, CorpusConfig
from corpus.release.build import release
from corpus.release.digest import config_digest, content_digest
from corpus.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    Manifest,
    file_entries,
    list_files,
    read_manifest,
    render_checksums,
    render_manifest,
    sha256_file,
)
from corpus.release.parquet import read_files, write_split
from corpus.release.verify import SHOWN, Finding, compare_digests, verify_release
from schemas.tables import RELEASE_CONFIGS
from tests.corpus.release.conftest import sample

Row = dict[str, Any]


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without faults; not to be changed."""
    root = tmp_path_factory.mktemp("sound")
    sample().write(root)
    return release(root, CorpusConfig(corpus=AboutConfig(licence="CC0-1.0")), report=lambda message: None).path


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / sound.name))


@dataclass(frozen=True)
class Fault:
    """A fault that a person or program could make while keeping all digests right."""

    check: str
    make: Callable[[Path], object]


def checks(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings}


def seal(path: Path, edit: Callable[[Manifest], Manifest] = lambda manifest: manifest) -> None:
    """Make manifest and checksums agree with the files again, then change the manifest."""
    manifest = read_manifest(path)
    configs = {}
    rows: dict[str, int] = {}
    for name, config in manifest.configs.items():
        splits = {}
        for split, entry in config.splits.items():
            for file in entry.files:
                rows[file] = read_files(path, [file]).num_rows
            table = read_files(path, entry.files)
            splits[split] = replace(entry, rows=table.num_rows, content_sha256=content_digest(table))
        digest = config_digest({split: entry.content_sha256 for split, entry in splits.items()})
        configs[name] = replace(config, content_sha256=digest, splits=splits)
        readme = (path / "README.md").read_text(encoding="utf-8").replace(config.content_sha256, digest)
        (path / "README.md").write_text(readme, encoding="utf-8")
    files = {name: entry for name, entry in file_entries(path, rows).items() if name not in (MANIFEST, CHECKSUMS)}
    (path / MANIFEST).write_bytes(render_manifest(edit(replace(manifest, configs=configs, files=files))))
    names = [name for name in list_files(path) if name != CHECKSUMS]
    (path / CHECKSUMS).write_bytes(render_checksums({name: sha256_file(path / name) for name in names}))


def edit_rows(config: str, edit: Callable[[list[Row]], object]) -> Callable[[Path], None]:
    """Change the rows of a config's train split in place."""

    def edited(path: Path) -> None:
        table = read_files(path, read_manifest(path).configs[config].splits["train"].files)
        rows = table.to_pylist()
        edit(rows)
        write_split(path, config, "train", pa.Table.from_pylist(rows, schema=RELEASE_CONFIGS[config]))
        seal(path)

    return edited


def edit_card(old: str, new: str) -> Callable[[Path], None]:
    def edited(path: Path) -> None:
        text = (path / "README.md").read_text(encoding="utf-8")
        assert old in text
        (path / "README.md").write_text(text.replace(old, new), encoding="utf-8")
        seal(path)

    return edited


def edit_manifest(edit: Callable[[Manifest], Manifest]) -> Callable[[Path], None]:
    return lambda path: seal(path, edit)


def with_entities(rows: list[Row]) -> Row:
    return next(row for row in rows if row["entities"])


def first_entity(rows: list[Row]) -> Row:
    return dict.__getitem__(with_entities(rows), "entities")[0]  # type: ignore[no-any-return]


def swap(rows: list[Row]) -> None:
    rows[0], rows[1] = rows[1], rows[0]


def replaced(manifest: Manifest, config: str, **values: object) -> Manifest:
    entry = manifest.configs[config]
    split = replace(entry.splits["train"], **values)  # type: ignore[arg-type]
    return replace(
        manifest, configs={**manifest.configs, config: replace(entry, splits={**entry.splits, "train": split})}
    )


def add_column(path: Path) -> None:
    table = read_files(path, ["data/documents/train-00000-of-00001.parquet"])
    write_split(path, "documents", "train", table.append_column("more", pa.nulls(table.num_rows, pa.int32())))
    seal(path)


def share_cluster(path: Path) -> None:
    other = read_files(path, ["data/documents/test-00000-of-00001.parquet"])["cluster_id"][0].as_py()
    edit_rows("documents", lambda rows: rows[0].update(cluster_id=other))(path)


def break_ontology(path: Path) -> None:
    (path / "ontology.toml").write_text("name = 1", encoding="utf-8")
    seal(path)


def reword_ontology(path: Path) -> None:
    text = (path / "ontology.toml").read_text(encoding="utf-8")
    (path / "ontology.toml").write_text(text.replace('name_en = "', 'name_en = "Our '), encoding="utf-8")
    seal(path)


def break_parquet(path: Path) -> None:
    seal(path)
    name = "data/documents/train-00000-of-00001.parquet"
    (path / name).write_bytes(b"PAR1 is not enough")
    manifest = read_manifest(path)
    entry = replace(manifest.files[name], sha256=sha256_file(path / name), bytes=(path / name).stat().st_size)
    (path / MANIFEST).write_bytes(render_manifest(replace(manifest, files={**manifest.files, name: entry})))
    names = [name for name in list_files(path) if name != CHECKSUMS]
    (path / CHECKSUMS).write_bytes(render_checksums({name: sha256_file(path / name) for name in names}))


def break_manifest(path: Path) -> None:
    (path / MANIFEST).write_text("{}", encoding="utf-8")
    names = [name for name in list_files(path) if name != CHECKSUMS]
    (path / CHECKSUMS).write_bytes(render_checksums({name: sha256_file(path / name) for name in names}))


FAULTS = (
    Fault("release-missing", shutil.rmtree),
    Fault("checksums", lambda path: (path / CHECKSUMS).unlink()),
    Fault("file-missing", lambda path: (path / "LICENSE").unlink()),
    Fault("file-unlisted", lambda path: (path / "notes.txt").touch()),
    Fault("file-changed", lambda path: (path / "LICENSE").write_text("free", encoding="utf-8")),
    Fault("manifest", break_manifest),
    Fault("ontology", break_ontology),
    Fault("ontology", reword_ontology),
    Fault("manifest-files", edit_manifest(lambda manifest: replace(manifest, files={}))),
    Fault("manifest-configs", edit_manifest(lambda manifest: replace(manifest, configs={}))),
    Fault("file-unreadable", break_parquet),
    Fault("schema", add_column),
    Fault("row-count", edit_manifest(lambda manifest: replaced(manifest, "sentences", rows=1))),
    Fault("content-digest", edit_manifest(lambda manifest: replaced(manifest, "sentences", content_sha256="0" * 64))),
    Fault("card-digest", edit_card("content-sha256:", "content-sha512:")),
    Fault("doc-id", edit_rows("documents", lambda rows: rows[0].update(text=rows[0]["text"] + " وبعد"))),
    Fault(
        "duplicate-id",
        edit_rows("annotations", lambda rows: rows[0].update(annotation_id=rows[1]["annotation_id"])),
    ),
    Fault("row-order", edit_rows("sentences", swap)),
    Fault("split-leak", share_cluster),
    Fault("split-of-document", edit_rows("annotations", lambda rows: rows[0].update(doc_id="0" * 16))),
    Fault("span-range", edit_rows("documents", lambda rows: first_entity(rows).update(end=99_999))),
    Fault("span-surface", edit_rows("sentences", lambda rows: first_entity(rows).update(surface="سلا"))),
    Fault(
        "span-whitespace",
        edit_rows("sentences", lambda rows: first_entity(rows).update(
            start=first_entity(rows)["start"] - 1, surface=" " + first_entity(rows)["surface"]
        )),
    ),
    Fault("sentence-order", edit_rows("documents", lambda rows: rows[0]["sentences"].reverse())),
    Fault("sentence-cover", edit_rows("documents", lambda rows: rows[0]["sentences"].pop())),
    Fault("sentence-row", edit_rows("sentences", lambda rows: rows[0].update(kind="verse"))),
    Fault("token-range", edit_rows("sentences", lambda rows: rows[0]["tokens"].reverse())),
    Fault("token-tags", edit_rows("sentences", lambda rows: rows[0]["ner_tags"].__setitem__(0, "I-ORG"))),
    Fault("unknown-label", edit_rows("sentences", lambda rows: first_entity(rows).update(label="TOWN"))),
    Fault("unknown-topic", edit_rows("documents", lambda rows: rows[0].update(topics=["football"]))),
    Fault("unknown-kind", edit_rows("sentences", lambda rows: rows[0].update(kind="headline"))),
    Fault("unknown-status", edit_rows("documents", lambda rows: rows[0].update(topics_status="bronze"))),
    Fault("reload", edit_card("- name: token_starts", "- name: token_beginnings")),
    Fault("reload-splits", edit_card("  - split: test\n    path: data/documents/test-*.parquet\n", "")),
    Fault("reload-version", edit_card("  version: 1.0.0", "  version: 1.0.1")),
    Fault("reload-classes", edit_card("'1': ORG\n            '2': GPE", "'1': GPE\n            '2': ORG")),
    Fault("reload-rows", edit_card("  - name: agency\n", "  - name: agent\n    dtype: string\n  - name: agency\n")),
)


def test_a_sound_release_has_no_findings(copy: Path) -> None:
    assert verify_release(copy) == []
    seal(copy)
    assert verify_release(copy) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.check)
def test_a_fault_is_found(fault: Fault, copy: Path) -> None:
    fault.make(copy)
    assert fault.check in checks(verify_release(copy))


def test_every_check_has_a_fault() -> None:
    sources = (corpus.release.verify, corpus.release.verify_rows)
    text = "".join(Path(str(source.__file__)).read_text(encoding="utf-8") for source in sources)
    written = set(re.findall(r'Finding\(\s*"([a-z-]+)"', text)) | set(re.findall(r'\("(unknown-[a-z]+)"', text))
    assert written == {fault.check for fault in FAULTS}
    documented = (Path(__file__).parents[3] / "docs/release.md").read_text(encoding="utf-8")
    assert all(f"`{check}`" in documented for check in written)


def test_a_changed_byte_anywhere_is_found_and_its_file_named(copy: Path) -> None:
    for name in list_files(copy):
        body = (copy / name).read_bytes()
        own = body.find(MANIFEST.encode()) - 9 if name == CHECKSUMS else 0  # the only digest that stands there alone
        for place in sorted({own, 0, 1, len(body) // 3, len(body) // 2, len(body) - 2, len(body) - 1}):
            (copy / name).write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
            found = verify_release(copy)
            assert any(finding.where == name for finding in found), (name, place, found)
        (copy / name).write_bytes(body)
    assert verify_release(copy) == []


@pytest.mark.soak
def test_every_changed_byte_is_found_and_its_file_named(copy: Path) -> None:
    """By the files' checksums, which come before all other checks. Only what changed is read anew."""
    sound = {name: sha256_file(copy / name) for name in list_files(copy) if name != CHECKSUMS}
    missed = []
    for name in list_files(copy):
        body = (copy / name).read_bytes()
        for place in range(len(body)):
            changed = body[:place] + bytes([body[place] ^ (1 << place % 8)]) + body[place + 1 :]
            actual = sound
            if name != CHECKSUMS:
                actual = sound | {name: hashlib.sha256(changed).hexdigest()}
            if name in (CHECKSUMS, MANIFEST):  # which the check reads itself
                (copy / name).write_bytes(changed)
            if name not in {finding.where for finding in compare_digests(copy, actual)}:
                missed.append((name, place))
        (copy / name).write_bytes(body)
    assert missed == []


def test_a_truncated_file_is_found(copy: Path) -> None:
    name = "data/sentences/train-00000-of-00001.parquet"
    (copy / name).write_bytes((copy / name).read_bytes()[:-9])
    assert verify_release(copy) == [
        Finding("file-changed", f"differs from its sha256 in {CHECKSUMS}; restore it from a copy", name)
    ]


def test_many_findings_of_one_kind_are_counted(copy: Path) -> None:
    edit_rows("annotations", lambda rows: [row.update(surface="سلا") for row in rows if row["surface"]])(copy)
    found = [finding for finding in verify_release(copy) if finding.check == "span-surface"]
    rows = read_files(copy, ["data/annotations/train-00000-of-00001.parquet"])
    wrong = pc.sum(pc.equal(rows["surface"], "سلا")).as_py()
    assert len(found) == SHOWN + 1
    assert found[-1].message == f"and {wrong - SHOWN} more"
