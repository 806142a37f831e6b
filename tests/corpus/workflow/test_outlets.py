"""Furniture learnt per outlet: a build counts the lines of all its pages before it derives any."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.clean.recurring import MIN_PAGES, RULE
from corpus.store import read_head, read_table
from tests.conftest import Run

MOTTO = "منبر من لا منبر له في جهة الشمال"


def write_records(path: Path, numbers: range, motto: str) -> None:
    records = [
        {
            "url": f"https://example.org/{nth}",
            "outlet": "منبر الشمال",
            "title": f"افتتاح المكتبة رقم {nth} في المدينة",
            "content": f"افتتحت البلدية، أمس السبت، المكتبة رقم {nth} التي تضم ثلاثة آلاف كتاب.\n{motto}",
        }
        for nth in numbers
    ]
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")


def rules(root: Path) -> list[set[str]]:
    edits = read_table(root, "sightings", read_head(root))["edits"].to_pylist()
    return [{edit["rule"] for edit in of_one} for of_one in edits]


def test_what_recurs_is_removed_and_recorded_and_a_second_build_does_nothing(tmp_path: Path, run_command: Run) -> None:
    root, records = tmp_path / "corpus", tmp_path / "pages.jsonl"
    run_command("init", root)
    write_records(records, range(MIN_PAGES - 1), MOTTO)
    run_command("build", records, "--corpus", root, "--jobs", "1")
    assert not any(RULE in one for one in rules(root)), "too few pages to learn from"
    more = tmp_path / "more.jsonl"
    write_records(more, range(MIN_PAGES, MIN_PAGES + 5), MOTTO)
    run_command("build", more, "--corpus", root, "--jobs", "1")
    assert all(RULE in one for one in rules(root)), "also of the pages that were there before"
    head = (root / "head.json").read_bytes()
    done = run_command("build", records, more, "--corpus", root, "--jobs", "1", "--json")
    assert json.loads(done.stdout)["derived_shards"] == 0
    assert (root / "head.json").read_bytes() == head
