"""Every command is documented, has help with an example, and says its version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.cli.app import app
from tests.conftest import SAMPLES, Run

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


def test_a_release_says_whether_it_may_be_passed_on_and_a_wrong_version_is_a_mistake_of_usage(
    tmp_path: Path, run_command: Run
) -> None:
    page = SAMPLES / "pages" / "tn-02-mobile-libraries.txt"
    run_command("init", "corpus")
    run_command("build", page, "--corpus", "corpus")
    for command in (("release", "1.x"), ("publish", "1.x", "org/name")):
        wrong = run_command(*command, "--corpus", "corpus")
        assert wrong.returncode == 2
        assert wrong.stderr == "mudawwana: '1.x' is not a version; write three numbers, such as 1.2.0\n"
    for _ in ("new", "standing"):
        assert "it is for local use: the licence of some texts is unknown" in run_command(
            "release", "--corpus", "corpus"
        ).stdout
    settings = tmp_path / "corpus" / "corpus.toml"
    stated = 'licence = ""                # licence of texts', 'licence = "CC0-1.0"  #'
    settings.write_text(settings.read_text("utf-8").replace(*stated), "utf-8")
    run_command("build", "--corpus", "corpus")
    done = run_command("release", "--corpus", "corpus")
    assert done.returncode == 0 and "Release" in done.stdout and "for local use" not in done.stdout
