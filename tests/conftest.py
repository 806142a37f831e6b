"""What all tests share: the sample pages, and the command run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import corpus

SAMPLES = Path(corpus.__file__).parent / "samples"

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_command(tmp_path: Path) -> Run:
    """Run `mudawwana` with arguments in a process of its own, in `tmp_path`."""

    def run(*arguments: str | Path, **kwargs: object) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("mudawwana")), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, **kwargs)  # type: ignore[call-overload, no-any-return]

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
