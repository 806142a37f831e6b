"""`validate` of a folder: a release, a corpus, or neither, which is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run

WRONG = {
    "nothing in it": ((), "neither manifest.json nor SHA256SUMS; give the folder of a release"),
    "other files": (("notes.txt", "deep/er/x.parquet"), "neither manifest.json nor SHA256SUMS"),
    "folder of releases": (("1.0.0/x", "1.2.0/x"), "it holds releases; give one of them, such as some/1.2.0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_folder_that_is_no_release_is_a_mistake_of_usage(tmp_path: Path, run_command: Run, case: str) -> None:
    files, said = WRONG[case]
    (tmp_path / "some").mkdir()
    for name in files:
        (tmp_path / "some" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "some" / name).touch()
    done = run_command("validate", "some")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mudawwana: some is no release") and said in done.stderr


def test_the_folder_of_a_corpus_is_checked_and_a_damaged_release_is_still_one(
    tmp_path: Path, run_command: Run
) -> None:
    run_command("init", "corpus")
    run_command("build", SAMPLES / "pages" / "tn-02-mobile-libraries.txt", "--corpus", "corpus")
    done = run_command("validate", "corpus")
    assert (done.returncode, done.stdout) == (0, "corpus: 0 findings\n")
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "manifest.json").write_text("{}")
    done = run_command("validate", "release")
    assert done.returncode == 1
    assert "SHA256SUMS: checksums: cannot be read" in done.stdout
