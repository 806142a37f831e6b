"""Every command is documented, has help with an example, and says its version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.cli.app import app
from tests.conftest import Run

ROOT = Path(__file__).parents[3]
COMMANDS = [info.name or info.callback.__name__ for info in app.registered_commands if info.callback]


def test_the_reference_in_the_docs_is_fresh() -> None:
    command = [sys.executable, "-m", "typer", "corpus.cli.app", "utils", "docs", "--name", "mudawwana"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert made.strip() == (ROOT / "docs" / "commands.md").read_text("utf-8").strip(), "run 'make docs'"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_help_with_an_example_and_a_place_in_the_readme(command: str, run_command: Run) -> None:
    done = run_command(command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert f"mudawwana {command}" in (ROOT / "README.md").read_text("utf-8")


def test_the_version_is_the_packages(run_command: Run) -> None:
    assert run_command("--version").stdout.startswith("mudawwana 0.")


def test_help_needs_none_of_the_heavy_libraries() -> None:
    """Asked for help, the command imports neither datasets nor trafilatura nor numpy."""
    script = (
        "import sys; import corpus.cli.app; "
        "print([name for name in ('datasets', 'trafilatura', 'numpy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
