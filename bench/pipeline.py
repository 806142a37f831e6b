"""The whole way on real articles: `build` and `release` of four scraped collections in one corpus.

Prints documents, sentences, entities, rejects, seconds and peak memory, and puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.pages import write_block

_COMMAND = (sys.executable, "-c", "from corpus.cli.start import main; main()")  # what `mudawwana` runs
COLLECTIONS = ("hespress_2022", "ahdath_info", "saudinewsnet", "marsum_goud")


def peak_megabytes() -> float:
    """Largest resident set of any child process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def run(*arguments: str) -> tuple[float, dict[str, object]]:
    """Run the command with `--json`; its seconds and its summary."""
    started = time.perf_counter()
    done = subprocess.run(
        [*_COMMAND, *arguments, "--json"], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return seconds, json.loads(done.stdout)


def reasons(counts: object) -> str:
    """Counts by reason in words."""
    return ", ".join(f"{count} {reason}" for reason, count in counts.items()) if isinstance(counts, dict) else "0"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/articles")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--keep", type=Path, help="leave the corpus here")
    options = parser.parse_args()
    folders = [options.shared / "data" / "articles" / name for name in COLLECTIONS]
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        sys.exit(f"no articles to measure on: {', '.join(missing)} missing")
    corpus = options.keep or Path(tempfile.mkdtemp(prefix="mudawwana-bench-"))
    run_init = subprocess.run([*_COMMAND, "init", str(corpus)], check=False)
    if run_init.returncode:
        sys.exit(run_init.returncode)
    try:
        sources = [str(folder) for folder in folders]
        seconds, built = run("build", *sources, "--corpus", str(corpus), "--jobs", options.jobs)
        again, _ = run("build", *sources, "--corpus", str(corpus), "--jobs", options.jobs)
        releasing, released = run("release", "--corpus", str(corpus))
        rows = [("pages", f"{built['found']:,}")]
        for name in ("documents", "sentences", "entities", "topics", "near_duplicates"):
            rows.append((name.replace("_", " "), f"{built[name]:,}"))
        rows += [
            ("kept out", reasons(built["dropped"])),
            ("rejects", reasons(built["rejects"])),
            (f"build, {options.jobs} processes", f"{seconds:.1f} s"),
            ("build again, nothing new", f"{again:.1f} s"),
            ("release with validation and reload", f"{releasing:.1f} s"),
            ("peak memory of a process", f"{peak_megabytes():,.0f} MB"),
        ]
        table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in rows)])
        print(table)
        print(f"release {released['counts']}")
        write_block("whole way", table)
    finally:
        if not options.keep:
            shutil.rmtree(corpus)


if __name__ == "__main__":
    main()
