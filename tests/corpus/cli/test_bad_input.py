"""Bad input of every kind: a clear reject or error each, the good pages beside it done, nothing lost."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run

GOOD = (SAMPLES / "pages" / "tn-02-mobile-libraries.txt").read_bytes()
RECORD = json.dumps({"title": "عنوان", "text": GOOD.decode()}).encode()

BAD: dict[str, tuple[str, bytes, str]] = {
    "empty file": ("empty.txt", b"", "empty-page"),
    "white space only": ("blank.txt", b" \n\t\n", "empty-page"),
    "binary": ("image.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary-file"),
    "truncated gzip": ("page.txt.gz", gzip.compress(GOOD)[:-40], "damaged-archive"),
    "invalid UTF-8": ("bad.txt", GOOD[:300] + b"\xff" + GOOD[300:], "invalid-utf-8"),
    "a 50 MB single line": ("long.txt", "كلمة ".encode() * 5_600_000, "page-too-large"),
    "not JSON": ("records.jsonl", RECORD + b"\n{broken\n", "invalid-json"),
    "a record that is no object": ("list.json", b'[1, {"text": "x"}]', "not-a-record"),
    "no text field": ("fields.jsonl", b'{"foo": "bar"}\n', "no-text-field"),
    "truncated zip": ("pages.zip", b"PK\x03\x04" + b"\x00" * 40, "damaged-archive"),
    "damaged Parquet": ("pages.parquet", b"PAR1" + b"\x00" * 40, "damaged-parquet"),
    "unknown type": ("page.docx", b"whatever", "unknown-file-type"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_rejects_and_the_good_page_is_built(tmp_path: Path, run_command: Run, case: str) -> None:
    name, body, reason = BAD[case]
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "good.txt").write_bytes(GOOD)
    (pages / name).write_bytes(body)
    run_command("init", "corpus")
    done = run_command("build", pages, "--corpus", "corpus", "--json")
    assert done.returncode == 3, done.stderr
    summary = json.loads(done.stdout)
    assert summary["rejects"][reason] == 1
    assert summary["documents"] >= 1
    listed = run_command("status", "--rejects", "--corpus", "corpus").stdout
    assert reason in listed and name.removesuffix(".gz") in listed
    shown = run_command("annotate", pages / name, "--json")
    assert shown.returncode == 3
    assert f"{reason}: " in shown.stderr
    assert "Traceback" not in done.stderr + shown.stderr


@pytest.mark.parametrize(
    ("name", "body", "drop_reason"),
    [
        ("english.txt", "The minister arrived on Monday.\n\nHe left again on Tuesday, officials said.\n", "not-arabic"),
        ("persian.txt", "این یک متن فارسی است که برای آزمایش نوشته شده و هیچ ربطی به زبان عربی ندارد.\n", "not-arabic"),
    ],
)
def test_text_that_is_not_arabic_is_kept_but_not_released(
    tmp_path: Path, run_command: Run, name: str, body: str, drop_reason: str
) -> None:
    (tmp_path / name).write_text(body * 4, "utf-8")
    done = run_command("annotate", name, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["drop_reason"] in (drop_reason, "no-article")


def test_nul_and_lone_surrogates_are_removed_with_a_rule(tmp_path: Path, run_command: Run) -> None:
    text = GOOD.decode()
    (tmp_path / "nul.txt").write_text(text[:80] + "\x00" + text[80:], "utf-8")
    (tmp_path / "surrogate.jsonl").write_text(json.dumps({"text": text[:80] + "\ud800" + text[80:]}) + "\n", "utf-8")
    done = run_command("annotate", "nul.txt", "surrogate.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    nul, surrogate = (json.loads(line) for line in done.stdout.splitlines())
    assert "control-character" in {edit["rule"] for edit in nul["edits"]}
    assert "lone-surrogate" in {edit["rule"] for edit in surrogate["edits"]}
    assert nul["text"] == surrogate["text"]


ONTOLOGY_ERRORS: dict[str, Callable[[str], str]] = {
    "no TOML": lambda text: f"[[[\n{text}",
    "a label without a name": lambda text: text.replace("name_en", "nama_en", 1),
}


@pytest.mark.parametrize("case", ONTOLOGY_ERRORS)
def test_a_malformed_ontology_is_refused_with_its_line(tmp_path: Path, run_command: Run, case: str) -> None:
    import schemas

    text = (Path(schemas.__file__).parent / "ontology.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(ONTOLOGY_ERRORS[case](text), "utf-8")
    done = run_command("annotate", SAMPLES / "pages" / "dz-02-neighbours.txt", "--ontology", "mine.toml")
    assert done.returncode == 1
    assert "mine.toml:" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["build", "nowhere"], 2, "no corpus.toml"),
        (["annotate", "nowhere.txt"], 2, "does not exist"),
        (["frobnicate"], 2, "No such command"),
        (["release", "one"], 2, "no corpus.toml"),
        (["validate", "--corpus", "nowhere"], 2, "mudawwana init"),
    ],
)
def test_usage_errors_say_what_to_do(run_command: Run, arguments: list[str], status: int, words: str) -> None:
    done = run_command(*arguments)
    assert done.returncode == status
    assert words in done.stderr and "Traceback" not in done.stderr
