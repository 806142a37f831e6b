"""Puts the real output of commands into README.md, between its `<!-- name -->` marks, and the sample corpus's datasheet
into DATASHEET.md. `make docs` runs it; tests prove the pages fresh.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.pages import with_block

ROOT = Path(__file__).parents[1]
SAMPLE_PAGE = "corpus/samples/pages/ma-01-olive-oil.txt"
SHOWN_LINES = 16


def run(*arguments: str, folder: Path) -> str:
    """The standard output of `mudawwana` with `arguments`, run in `folder`."""
    command = [sys.executable, "-m", "corpus.cli.app", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def demo_output(folder: Path) -> str:
    """What `make demo` prints, run in an empty `folder`."""
    return _block("make demo", run("demo", "demo", folder=folder))


def annotate_output() -> str:
    """The beginning of what `mudawwana annotate` prints for a sample page."""
    lines = run("annotate", SAMPLE_PAGE, folder=ROOT).rstrip("\n").split("\n")
    return _block(f"mudawwana annotate {SAMPLE_PAGE}", "\n".join([*lines[:SHOWN_LINES], "…"]))


def _block(command: str, output: str) -> str:
    trimmed = "\n".join(line.rstrip() for line in output.rstrip().split("\n"))
    return f"```console\n$ {command}\n{trimmed}\n```"


def main() -> None:
    """Write README.md and DATASHEET.md."""
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        text = with_block(text, "demo", demo_output(Path(folder)))
        datasheet = Path(folder) / "demo" / "releases" / "1.0.0" / "DATASHEET.md"
        (ROOT / "DATASHEET.md").write_bytes(datasheet.read_bytes())
    text = with_block(text, "annotate", annotate_output())
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
