"""The demo, as a newcomer runs it: silver and gold rows, loaded; the pages that show it are fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.pages import with_block
from bench.readme import annotate_output, demo_output
from tests.conftest import tree

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo_output(folder)


def test_the_readme_shows_what_the_demo_prints(demo: tuple[Path, str]) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert with_block(readme, "demo", demo[1]) == readme, "run 'make docs'"


def test_the_readme_shows_what_annotate_prints() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert with_block(readme, "annotate", annotate_output()) == readme, "run 'make docs'"


def test_the_datasheet_of_the_repository_is_the_sample_corpuss(demo: tuple[Path, str]) -> None:
    made = demo[0] / "demo" / "releases" / "1.0.0" / "DATASHEET.md"
    assert made.read_text("utf-8") == (ROOT / "DATASHEET.md").read_text("utf-8"), "run 'make docs'"


def test_the_release_has_gold_and_silver_rows_of_all_topics(demo: tuple[Path, str]) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(demo[0] / "demo" / "releases" / "1.0.0" / "data" / "documents").to_pylist()
    assert {row["entities_status"] for row in rows} == {"gold", "silver"}
    assert {row["sentences_status"] for row in rows} == {"gold", "silver"}
    assert len(rows) >= 30
    assert len({topic for row in rows for topic in row["topics"]}) == 17


def test_a_second_demo_changes_nothing(demo: tuple[Path, str]) -> None:
    before = tree(demo[0])
    assert demo_output(demo[0]) == demo[1]
    assert tree(demo[0]) == before


def test_a_block_without_its_marks_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="no marks <!-- peers -->"):
        with_block("a page\n", "peers", "| a table |")
