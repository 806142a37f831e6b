"""TOML with the lines on which things stand, so that a wrong file can be refused at the right place.

`tomllib` reads the content; a scanner of this module's own notes the line of every table, key and array element of the
same text. The scanner runs only on text that `tomllib` has accepted, so it need not judge syntax.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

TomlPath = tuple[str | int, ...]

_SYNTAX = re.compile(
    r"(?P<reason>.*) \(at (?:line (?P<line>[0-9]+), column (?P<column>[0-9]+)|end of document)\)", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_FILLER = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BASIC_MULTILINE = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL)
_LITERAL_MULTILINE = re.compile(r"'''.*?'{3,5}", re.DOTALL)
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_SCALAR = re.compile(r"[^,\]}#\n]+")


class TomlSyntaxError(ValueError):
    """The text is not TOML; the message is `FILE:LINE: reason; what to do`. `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Located:
    """What a TOML text says, and where. A path is the keys and array indices that lead to a value."""

    name: str
    content: Mapping[str, object]
    lines: Mapping[TomlPath, int]

    def line(self, path: TomlPath) -> int:
        """Line, from 1, of a table, key or element; of the nearest enclosing one if it stands nowhere itself."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: TomlPath, reason: str, remedy: str) -> str:
        """The project's one form of complaint about a file: `FILE:LINE: reason; what to do`."""
        return f"{self.name}:{self.line(path)}: {reason}; {remedy}"


def parse_located(text: str, name: str = "<toml>") -> Located:
    """Parse TOML, remembering lines. `name` is the file's name in messages.

    Raises TomlSyntaxError where the text is not TOML.
    """
    text = text.replace("\r\n", "\n")
    try:
        return Located(name, tomllib.loads(text), _Scanner(text).scan())
    except RecursionError:
        raise TomlSyntaxError(f"{name}:1: arrays or tables are nested too deeply; write them flatter", 1) from None
    except ValueError as error:  # tomllib lets plain ValueErrors of int() through, such as its limit on digits
        raise _syntax_error(str(error), text, name) from None


def _syntax_error(message: str, text: str, name: str) -> TomlSyntaxError:
    """The same error form for what tomllib says."""
    found = _SYNTAX.fullmatch(message)
    if found is None:
        return TomlSyntaxError(f"{name}:1: not valid TOML: {message}; correct the value", 1)
    if found["line"] is None:
        line = text.rstrip().count("\n") + 1
        place = "at the end of the file; look for a quote or bracket that is not closed"
    else:
        line = int(found["line"])
        place = f"at column {found['column']}; correct this line or the one before"
    return TomlSyntaxError(f"{name}:{line}: not valid TOML: {found['reason']} {place}", line)


class _Scanner:
    """Walks over valid TOML and notes where each path begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self.counts: dict[TomlPath, int] = {}  # tables seen so far of each array of tables
        self.counted_to = 0
        self.line = 1

    def scan(self) -> dict[TomlPath, int]:
        """The line, from 1, of each path."""
        table: TomlPath = ()
        while self.fill():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.lines

    def fill(self) -> bool:
        """Skip white space, line breaks and comments; whether anything is left."""
        found = _FILLER.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def take(self, pattern: re.Pattern[str]) -> str:
        """Step over what the pattern matches here."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise AssertionError(f"tomllib accepted what this scanner cannot read, at character {self.at}")
        self.at = found.end()
        return found.group()

    def note(self, path: TomlPath) -> None:
        """Remember the line of a path and of the tables that it makes on its way; the first mention counts."""
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self.line)

    def keys(self) -> tuple[str, ...]:
        """A dotted key."""
        found = [self.key()]
        while self.fill() and self.text[self.at] == ".":
            self.at += 1
            self.fill()
            found.append(self.key())
        return tuple(found)

    def key(self) -> str:
        """One part of a key, bare or quoted."""
        quote = self.text[self.at]
        if quote == "'":
            return self.take(_LITERAL)[1:-1]
        if quote == '"':
            (key,) = tomllib.loads(f"{self.take(_BASIC)} = 0")
            return key
        return self.take(_BARE_KEY)

    def header(self) -> TomlPath:
        """`[table]` or `[[array of tables]]`."""
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        self.fill()
        start = self.at
        keys = self.keys()
        end, self.at = self.at, start
        path: TomlPath = ()
        for key in keys[:-1]:
            path = self.latest((*path, key))
        path = (*path, keys[-1])
        if array:
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.latest(path)
        self.note(path)
        # A table may be made on the way to another one first; its own header is where it stands.
        self.lines[path] = self.line
        self.at = end + (2 if array else 1)
        return path

    def latest(self, path: TomlPath) -> TomlPath:
        """The last table of an array of tables; any other path as it is."""
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def pair(self, table: TomlPath) -> None:
        """`key = value`, in a table or an inline table."""
        start = self.at
        keys = self.keys()
        end, self.at = self.at, start
        path: TomlPath = (*table, *keys)
        self.note(path)
        self.at = end + 1
        self.fill()
        self.value(path)

    def value(self, path: TomlPath) -> None:
        """Step over a value, noting what stands inside."""
        here = self.text[self.at]
        if here in "[{":
            self.members(path, "]" if here == "[" else "}")
        elif self.text.startswith('"""', self.at):
            self.take(_BASIC_MULTILINE)
        elif self.text.startswith("'''", self.at):
            self.take(_LITERAL_MULTILINE)
        elif here == '"':
            self.take(_BASIC)
        elif here == "'":
            self.take(_LITERAL)
        else:
            self.take(_SCALAR)

    def members(self, path: TomlPath, close: str) -> None:
        """The elements of an array or the pairs of an inline table."""
        self.at += 1
        index = 0
        while self.fill() and self.text[self.at] != close:
            if close == "]":
                self.note((*path, index))
                self.value((*path, index))
                index += 1
            else:
                self.pair(path)
            self.fill()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
