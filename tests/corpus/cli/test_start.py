"""What the operating system refuses, and an interrupt, are one line each; a mistake of the program is a traceback."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.cli.start import explain_os_error
from tests.conftest import SAMPLES, Run

PAGE = SAMPLES / "pages" / "tn-02-mobile-libraries.txt"

EXPLAINED = [
    (OSError(errno.ENOSPC, "?", "store/x"), ["no space left on device: store/x; free some"]),
    (OSError(errno.ENOSPC, "a library's words"), ["no space left on device; free some"]),
    (OSError(errno.EROFS, "?", "c/.lock"), ["read-only file system: c/.lock; make it writable"]),
    (PermissionError(errno.EACCES, "?", b"c/.lock"), ["permission denied: c/.lock; give yourself permission"]),
    (FileNotFoundError(errno.ENOENT, "?", "c/x"), ["no such file or directory: c/x"]),
]
NOT_EXPLAINED = [
    OSError("a library's own"),
    OSError(errno.EBADF, "Bad file descriptor"),
    FileNotFoundError(errno.ENOENT, "no file is named"),
]


@pytest.mark.parametrize(("error", "parts"), EXPLAINED, ids=[str(error) for error, _ in EXPLAINED])
def test_an_error_of_the_system_is_explained(error: OSError, parts: list[str]) -> None:
    explained = explain_os_error(error) or ""
    assert all(part in explained for part in parts) and "\n" not in explained


@pytest.mark.parametrize("error", NOT_EXPLAINED, ids=str)
def test_what_may_be_the_programs_mistake_is_not(error: OSError) -> None:
    assert explain_os_error(error) is None


def test_a_file_that_may_not_grow_is_named_in_one_line_and_nothing_is_lost(tmp_path: Path, run_command: Run) -> None:
    run_command("init", "corpus")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    failed = run_command("build", PAGE, "--corpus", "corpus", "--jobs", "1", preexec_fn=limit)
    assert failed.returncode == 1
    assert failed.stderr.startswith("mudawwana: file too large: ") and failed.stderr.count("\n") == 1
    assert ".parquet" in failed.stderr and ".tmp-" not in failed.stderr
    assert run_command("build", PAGE, "--corpus", "corpus").returncode == 0


def _obey_permissions() -> None:
    """Let the program that comes next obey permissions, though the tests run as root."""
    if os.geteuid() == 0:
        drop_from_bounding_set, may_override = 24, 1
        ctypes.CDLL(None).prctl(drop_from_bounding_set, may_override, 0, 0, 0)


def test_a_corpus_that_cannot_be_written_to_can_be_measured_and_says_what_to_do(
    tmp_path: Path, run_command: Run
) -> None:
    run_command("init", "corpus")
    run_command("build", PAGE, "--corpus", "corpus")
    (tmp_path / "corpus" / ".lock").unlink()
    (tmp_path / "corpus").chmod(0o555)
    try:
        probe = subprocess.run(["touch", tmp_path / "corpus" / "x"], check=False, preexec_fn=_obey_permissions)
        if probe.returncode == 0:
            pytest.skip("this account may write everywhere")
        built = run_command("build", "--corpus", "corpus", preexec_fn=_obey_permissions)
        measured = run_command("agreement", "--corpus", "corpus", preexec_fn=_obey_permissions)
    finally:
        (tmp_path / "corpus").chmod(0o755)
    assert built.returncode == 1
    assert built.stderr.startswith("mudawwana: permission denied: ") and built.stderr.count("\n") == 1
    assert measured.returncode == 0 and "no finished annotations yet" in measured.stdout
    assert "permission denied" in measured.stderr and "stays as it was" in measured.stderr


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.4])
def test_an_interrupt_is_one_line(tmp_path: Path, seconds: float) -> None:
    """Also during the imports, whatever they are at."""
    script = (
        "import sys; from corpus.cli.start import main; sys.argv = ['mudawwana', *sys.argv[1:]]; "
        "print('started', flush=True); main()"
    )
    (tmp_path / "page.txt").write_bytes(PAGE.read_bytes() * 200)
    process = subprocess.Popen(
        [sys.executable, "-c", script, "annotate", str(tmp_path / "page.txt")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "started\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == "mudawwana: interrupted; run the same command again to go on\n"
