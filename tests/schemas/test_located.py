"""Everything in a TOML text is found on its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.located import TomlPath, TomlSyntaxError, parse_located

MARKED = (Path(__file__).parent.parent / "cases" / "ontology" / "located" / "marked.toml").read_text(encoding="utf-8")

# A table of a generated file: its own pairs, and the tables and arrays of tables in it.
Tree = tuple[dict[str, object], dict[str, "Tree | list[Tree]"]]


def marks() -> list[tuple[TomlPath, int]]:
    found: list[tuple[TomlPath, int]] = []
    for number, line in enumerate(MARKED.splitlines(), start=1):
        if number > 1 and "#@ " in line:
            parts = line.split("#@ ")[1].split(".")
            found.append((tuple(int(part) if part.isdigit() else part for part in parts), number))
    return found


@pytest.mark.parametrize(("path", "line"), marks(), ids=str)
def test_marked_lines(path: TomlPath, line: int) -> None:
    assert parse_located(MARKED).lines[path] == line


def test_content_is_what_tomllib_says() -> None:
    assert parse_located(MARKED).content == tomllib.loads(MARKED)


def test_windows_line_ends_count_the_same() -> None:
    assert parse_located(MARKED.replace("\n", "\r\n")).lines == parse_located(MARKED).lines


def test_what_stands_nowhere_is_on_the_line_of_what_encloses_it() -> None:
    located = parse_located("a = 1\n[table]\nb = [\n  1,\n]\n", "own.toml")
    assert located.line(("table", "missing")) == 2
    assert located.line(("table", "b", 0)) == 4
    assert located.line(("table", "b", 7)) == 3
    assert located.line(("elsewhere", "deep")) == 1
    assert located.line(()) == 1
    assert located.problem(("table", "b", 0), "it is one", "write two") == "own.toml:4: it is one; write two"


def test_several_things_on_one_line() -> None:
    located = parse_located("\na = { b = 1, c = [ 1, { d = 2 } ] }\ne = 1")
    assert located.line(("a", "c", 1, "d")) == 2
    assert located.line(("e",)) == 3


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\nb 2\n", 2, "own.toml:2: not valid TOML: "),
        ("a = 1\na = 2\n", 2, "own.toml:2: not valid TOML: Cannot overwrite a value at column "),
        ("a = [\n1,\n\n", 2, "own.toml:2: not valid TOML: "),
        ("a = 2024-13-01", 1, "own.toml:1: not valid TOML: "),
        ("a = " + "9" * 5000, 1, "own.toml:1: not valid TOML: "),
        ("a = " + "[" * 4000 + "]" * 4000, 1, "own.toml:1: arrays or tables are nested too deeply; write them flatter"),
        ("a = '\x00'", 1, "own.toml:1: not valid TOML: "),
    ],
    ids=["no equals", "twice", "unclosed", "date", "digits", "deep", "NUL"],
)
def test_syntax_errors_name_file_and_line(text: str, line: int, message: str) -> None:
    with pytest.raises(TomlSyntaxError) as caught:
        parse_located(text, "own.toml")
    assert caught.value.line == line
    assert str(caught.value).startswith(message)
    assert "; " in str(caught.value)


# Any nesting of tables, arrays of tables, arrays and inline tables, written out with its lines

KEYS = st.text(st.sampled_from("ab#=[].\"' \N{ARABIC LETTER BEH}"), max_size=4)
TEXTS = st.text(st.sampled_from("ab#=[]{},.\"'\\\n \N{ARABIC LETTER BEH}"), max_size=8)
INLINE: st.SearchStrategy[object] = st.recursive(
    st.integers() | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
PAIRS = st.dictionaries(KEYS, INLINE, max_size=3)
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.tuples(PAIRS, st.just({})),
    lambda inner: st.tuples(
        PAIRS, st.dictionaries(KEYS, inner | st.lists(inner, min_size=1, max_size=3), max_size=3)
    ),
    max_leaves=8,
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


class Writer:
    """Writes TOML and remembers where it wrote what."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[TomlPath, int] = {}

    def note(self, path: TomlPath) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def value(self, path: TomlPath, value: object) -> None:
        if isinstance(value, bool | int):
            self.text += str(value).lower()
        elif isinstance(value, str) and "\n" in value and "\\" not in value and '"' not in value:
            self.text += f'"""\n{value}"""'
        elif isinstance(value, str):
            self.text += quoted(value)
        elif isinstance(value, list):
            self.text += "[ # ] }\n"
            for index, element in enumerate(value):
                self.note((*path, index))
                self.value((*path, index), element)
                self.text += ",\n\n"
            self.text += "]"
        elif isinstance(value, dict):
            self.text += "{"
            for number, (key, element) in enumerate(value.items()):
                self.text += ", " if number else " "
                self.pair((*path, key), key, element)
            self.text += " }"

    def pair(self, path: TomlPath, key: str, value: object) -> None:
        self.note(path)
        self.text += f"{quoted(key)} = "
        self.value(path, value)

    def table(self, path: TomlPath, tree: Tree) -> None:
        pairs, tables = tree
        for key, value in pairs.items():
            self.pair((*path, key), key, value)
            self.text += " # = [\n"
        for key, inner in tables.items():
            if key in pairs:
                continue
            header = ".".join(quoted(part) for part in (*path, key) if isinstance(part, str))
            if isinstance(inner, list):
                for index, row in enumerate(inner):
                    self.section((*path, key, index), f"[[{header}]]", row)
            else:
                self.section((*path, key), f"[{header}]", inner)

    def section(self, path: TomlPath, header: str, tree: Tree) -> None:
        self.note(path)
        self.text += f"{header}\n"
        self.table(path, tree)


@given(TREES)
def test_any_nesting_is_located(tree: Tree) -> None:
    writer = Writer()
    writer.table((), tree)
    located = parse_located(writer.text)
    assert {path: located.lines.get(path) for path in writer.lines} == writer.lines
