"""`mudawwana datasheet`: asking, and writing into corpus.toml without disturbing it."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.config import TEMPLATE, ConfigError, parse_config
from corpus.release.datasheet import questions, statements
from corpus.workflow.datasheet import open_questions, set_answer, write_answer
from tests.conftest import Run

FILES = {
    "template": TEMPLATE.format(name="test"),
    "no table": '# mine\n[corpus]\nname = "a"   # note\n',
    "not the last": '[datasheet]\nfunding = "x"  # who\n\n[corpus]\nname = "a"\n',
    "inline": 'datasheet = { funding = "x" }\n[corpus]\nname = "a"\n',
    "dotted": 'datasheet.funding = "x"\n\n[corpus]\nname = "a"\n',
    "windows": '[corpus]\r\nname = "a"\r\n\r\n[datasheet]\r\nfunding = "x"\r\n',
    "no line feed at the end": '[corpus]\nname = "a"',
    "empty": "",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
@pytest.mark.parametrize("answer", ["لدراسة أسماء الأماكن", 'say "why" \\ and\nhow', "'''\"\"\"", "a\tb"])
def test_only_the_answer_is_added(text: str, answer: str) -> None:
    after = set_answer(text, "purpose", answer)
    assert parse_config(after).datasheet == {**parse_config(text).datasheet, "purpose": answer}
    removed = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line.startswith("- ")]
    assert removed == [] or "inline" in text or "datasheet = {" in text
    assert set_answer(after, "purpose", answer) == after


def test_an_empty_answer_is_replaced_where_it_stands() -> None:
    text = '[datasheet]\nfunding = ""      # who?\npurpose = "p"\n'
    assert set_answer(text, "funding", "None.") == '[datasheet]\nfunding = "None."      # who?\npurpose = "p"\n'


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t")))
def test_any_answer_comes_back(answer: str) -> None:
    written = set_answer(FILES["template"], "purpose", answer)
    assert tomllib.loads(written)["datasheet"]["purpose"] == answer


def test_what_a_person_must_answer(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text(FILES["template"], encoding="utf-8")
    waiting = {question.id for question in open_questions(tmp_path)}
    assert {"purpose", "consent", "misuse", "biases", "contact", "creators"} <= waiting
    assert not {"instance-counts", "labels", "software", "motivation-comments"} & waiting
    write_answer(tmp_path, "purpose", "To study.")
    (tmp_path / "corpus.toml").write_text(
        (tmp_path / "corpus.toml").read_text().replace('contact = ""', 'contact = "a@b.org"')
    )
    assert {question.id for question in open_questions(tmp_path)} == waiting - {"purpose", "contact"}
    with pytest.raises(ConfigError, match="the datasheet has no question 'why'; it has: purpose, creators"):
        write_answer(tmp_path, "why", "x")


def test_required_questions_are_some_of_all() -> None:
    every = (*questions(), *statements())
    assert len({question.id for question in every}) == len(every) == 64
    assert 10 <= sum(question.required for question in every) <= 20


def test_asking_on_the_terminal(run_command: Run, tmp_path: Path) -> None:
    assert run_command("init", "c").returncode == 0
    listed = run_command("datasheet", "--corpus", "c")
    assert "required  purpose" in listed.stdout
    total = int(listed.stdout.splitlines()[-1].split()[0])
    asked = run_command("datasheet", "--ask", "-C", "c", input="لدراسة الأسماء\nفي الأخبار\n\n\nNobody.\n")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[1].startswith("[1/") and "(purpose)" in asked.stdout
    told = tomllib.loads((tmp_path / "c/corpus.toml").read_text(encoding="utf-8"))["datasheet"]
    assert told["purpose"] == "لدراسة الأسماء\nفي الأخبار"
    assert len(told) == 2 and "Nobody." in told.values()
    assert run_command("datasheet", "-C", "c").stdout.splitlines()[-1].startswith(f"{total - 2} unanswered")
    again = run_command("datasheet", "--ask", "purpose", "-C", "c", input="Another.\n\n")
    assert "[1/1]" in again.stdout
    assert tomllib.loads((tmp_path / "c/corpus.toml").read_text(encoding="utf-8"))["datasheet"]["purpose"] == "Another."
    assert run_command("datasheet", "--ask", "why", "-C", "c").returncode == 2
