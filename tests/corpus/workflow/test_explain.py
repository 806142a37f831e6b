"""`annotate --explain`: every line of the page, with what became of it and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.encoding import decode
from corpus.ingest import Reject
from corpus.text.normalise import normalise
from corpus.workflow.explain import explain_files
from tests.conftest import SAMPLES, Run

PAGE = """الرئيسية
بلدية العرائش تفتح مكتبة جديدة للأطفال
افتتحت بلدية العرائش، أمس السبت، مكتبة تضم 3.5 آلاف كتاب. وقال د. سالم إن الدخول مجاني طيلة الأسبوع. (و م ع)
"""


def test_lines_parts_and_boundaries_with_their_rules(tmp_path: Path, run_command: Run) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, "utf-8")
    done = run_command("annotate", path, "--explain")
    assert done.returncode == 0
    shown = [line.split("\u2068")[0].split() for line in done.stdout.splitlines()]
    assert shown == [
        ["==", "page.txt"],
        ["-", "navigation"],
        ["+", "title"],
        ["+", "paragraph"],
        ["cut", "agency-mark"],
        [".", "decimal"],
        ["|", "full-stop"],
        [".", "abbreviation"],
    ]


def test_a_page_that_cannot_be_read_is_a_reject(tmp_path: Path, run_command: Run) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"")
    done = run_command("annotate", path, "--explain")
    assert done.returncode == 3
    assert "empty" in done.stderr


@pytest.mark.parametrize("path", sorted((SAMPLES / "pages").glob("*.txt")), ids=lambda path: path.stem)
def test_every_line_of_a_sample_has_a_verdict(path: Path) -> None:
    (explained,) = explain_files([str(path)])
    assert not isinstance(explained, Reject)
    verdicts = [line for line in explained.splitlines() if line.startswith(("-  ", "+  "))]
    page, _ = normalise(decode(path.read_bytes()).text)
    assert len(verdicts) == sum(bool(line.strip()) for line in page.split("\n"))
