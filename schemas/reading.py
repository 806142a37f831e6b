"""Reading declared keys out of located TOML, with every fault gathered instead of the first one raised."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from schemas.keys import KEBAB_CODE, Key
from schemas.located import Located, TomlPath

Table = Mapping[str, object]
Row = tuple[TomlPath, Table]


class TableReader:
    """Reads tables of a located file. A faulty value is refused, and read as empty so that reading can go on."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self._problems: list[tuple[int, str]] = []

    @property
    def problems(self) -> list[str]:
        """The faults found, `FILE:LINE: reason; what to do`, in the order of their lines."""
        return [message for _, message in sorted(self._problems, key=lambda problem: problem[0])]

    def refuse(self, path: TomlPath, reason: str, remedy: str) -> None:
        """Note a fault of what stands at `path`."""
        self._problems.append((self.located.line(path), self.located.problem(path, reason, remedy)))

    def table(self, path: TomlPath, value: object) -> Table | None:
        """A table, or None where the value is refused as something else."""
        if isinstance(value, dict):
            return value
        what = f"{path[-1]!r}" if isinstance(path[-1], str) else f"number {path[-1] + 1} of {path[-2]!r}"
        self.refuse(path, f"{what} is not a table", "write it as a table, under a [header] of its own")
        return None

    def named(self, path: TomlPath, value: object) -> list[tuple[str, TomlPath, Table]]:
        """The tables in a table, with the names that they have there."""
        found = []
        for name, inner in (self.table(path, value) or {}).items():
            if re.fullmatch(KEBAB_CODE.pattern, name) is None:
                self.refuse((*path, name), f'"{_visible(name)}" is not a name', KEBAB_CODE.remedy)
            if (table := self.table((*path, name), inner)) is not None:
                found.append((name, (*path, name), table))
        return found

    def rows(self, path: TomlPath, value: object) -> list[Row]:
        """The tables of an array of tables, of which there must be at least one."""
        if not isinstance(value, list) or not value:
            header = ".".join(str(part) for part in path)
            self.refuse(path, f"{path[-1]!r} is missing or no list of tables", f"add a table [[{header}]]")
            return []
        tables = [((*path, index), self.table((*path, index), row)) for index, row in enumerate(value)]
        return [(row_path, table) for row_path, table in tables if table is not None]

    def texts(self, path: TomlPath, table: Table, keys: Iterable[Key], besides: Iterable[str] = ()) -> dict[str, str]:
        """The texts of a table by key, "" where one is left out or faulty.

        Keys that are neither declared nor `besides` are refused; lists are only asked for here, see `listed`.
        """
        keys = tuple(keys)
        self.only(path, table, (*(key.name for key in keys), *besides))
        found = {}
        for key in keys:
            if key.name not in table and key.required:
                self.refuse(path, f"the key {key.name!r} is missing", f"add it; {key.form.remedy}")
            if not key.least:
                found[key.name] = self.text((*path, key.name), table[key.name], key) if key.name in table else ""
        return found

    def listed(self, path: TomlPath, table: Table, keys: Iterable[Key], name: str) -> tuple[str, ...]:
        """The texts of the list under the key `name`, without faulty ones."""
        (key,) = (key for key in keys if key.name == name)
        path = (*path, name)
        value = table.get(name)
        if value is None:  # `texts` has refused it
            return ()
        if not isinstance(value, list) or len(value) < key.least:
            reason = f"{name} is no list of at least {key.least} text{'s' * (key.least > 1)}"
            self.refuse(path, reason, f"write {name} = [\"...\", \"...\"]; {key.form.remedy}")
            return ()
        texts = [self.text((*path, index), text, key) for index, text in enumerate(value)]
        return tuple(text for text in texts if text)

    def text(self, path: TomlPath, value: object, key: Key) -> str:
        """A text that has its key's form."""
        if not isinstance(value, str):
            self.refuse(path, f"{key.name} is not a text", f"write it in quotes; {key.form.remedy}")
        elif re.fullmatch(key.form.pattern, value) is None:
            self.refuse(path, f'{key.name} "{_visible(value)}" {key.form.fault}', key.form.remedy)
        elif not unicodedata.is_normalized("NFC", value):
            self.refuse(path, f'{key.name} "{value}" is not in Unicode normal form C', "save the file in NFC")
        else:
            return value
        return ""

    def only(self, path: TomlPath, table: Table, known: Iterable[str]) -> None:
        """Refuse keys that mean nothing here."""
        known = tuple(known)
        for name in table:
            if name not in known:
                self.refuse((*path, name), f'unknown key "{_visible(name)}"', closest(name, known))

    def distinct(self, rows: Iterable[Row], *names: str) -> None:
        """Refuse what a row of a list shares with an earlier one and must not; case does not make a difference."""
        rows = tuple(rows)
        for name in names:
            self.once(name, (((*path, name), row.get(name)) for path, row in rows))

    def once(self, name: str, values: Iterable[tuple[TomlPath, object]]) -> None:
        """Refuse the second use of a text."""
        first: dict[str, int] = {}
        for path, value in values:
            if not isinstance(value, str) or not value:
                continue
            if value.casefold() in first:
                reason = f'{name} "{_visible(value)}" is already used on line {first[value.casefold()]}'
                self.refuse(path, reason, "give each its own")
            first.setdefault(value.casefold(), self.located.line(path))


def closest(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = tuple(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f'did you mean "{near[0]}"?' if near else f"use one of: {', '.join(known)}"


def _visible(text: str) -> str:
    """A text for a message of one line: what cannot be seen is written as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
