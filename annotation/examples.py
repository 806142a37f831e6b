"""The worked examples of the guidelines: read from `guidelines/examples.toml`, for annotators and for `examples.md`.

>>> found = marked("ب[ORG جامعة [GPE سوسة]]")
>>> found[0], [(one.start, one.end, one.label) for one in found[1]]
('بجامعة سوسة', [(1, 11, 'ORG'), (7, 11, 'GPE')])
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path

from corpus.span import Entity

_OPENING = re.compile(r"\[([A-Z][A-Za-z0-9_-]*) ")


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A sentence as it should be annotated, and why, in Arabic and English; `written` has the marks in it."""

    written: str
    text: str
    entities: tuple[Entity, ...]
    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class ExampleGroup:
    """Examples of one kind."""

    name_ar: str
    name_en: str
    examples: tuple[WorkedExample, ...]


@dataclass(frozen=True, slots=True)
class WorkedExamples:
    """All examples, and the version of the ontology that they go with."""

    ontology: str
    groups: tuple[ExampleGroup, ...]


@cache
def worked_examples() -> WorkedExamples:
    """The examples that come with the project."""
    text = resources.files("annotation").joinpath("guidelines", "examples.toml").read_text("utf-8")
    found = tomllib.loads(text)
    groups = tuple(
        ExampleGroup(
            group["name_ar"],
            group["name_en"],
            tuple(
                WorkedExample(one["text"], *marked(one["text"]), one["ar"], one["en"]) for one in group["examples"]
            ),
        )
        for group in found["groups"]
    )
    return WorkedExamples(found["ontology"], groups)


def marked(written: str) -> tuple[str, tuple[Entity, ...]]:
    """The text without its marks `[LABEL words]`, and the mentions, longer ones before those inside them.

    Raises:
        ValueError: for a bracket that is not closed, or not opened so.
    """
    text, still_open, found, at = "", [], [], 0
    while at < len(written):
        if written[at] == "[":
            opening = _OPENING.match(written, at)
            if opening is None:
                raise ValueError(f"write [LABEL words] at {at} of: {written}")
            still_open.append((len(text), opening[1]))
            at = opening.end()
            continue
        if written[at] == "]":
            if not still_open:
                raise ValueError(f"nothing is open at {at} of: {written}")
            start, label = still_open.pop()
            found.append(Entity(start, len(text), label))
        else:
            text += written[at]
        at += 1
    if still_open:
        raise ValueError(f"a mention is not closed in: {written}")
    return text, tuple(sorted(found, key=lambda one: (one.start, -one.end)))


def examples_html(names: Mapping[str, str]) -> str:
    """The examples as annotators read them, in Arabic. `names` has the Arabic names of the labels in use.

    An example with a label that is not in use is left out.
    """
    parts = []
    for group in worked_examples().groups:
        shown = [one for one in group.examples if all(mention.label in names for mention in one.entities)]
        if shown:
            lines = "\n".join(f"<li>{_html(one, names)}<br>{escape(one.ar)}</li>" for one in shown)
            parts.append(f"<h5>{escape(group.name_ar)}</h5>\n<ul>\n{lines}\n</ul>")
    return "\n".join(parts)


def _html(example: WorkedExample, names: Mapping[str, str]) -> str:
    shown = ""
    labels: list[str] = []
    for piece in re.split(r"(\[[A-Z][A-Za-z0-9_-]* |\])", example.written):
        if piece == "]":
            shown += f"]<sub>{escape(names[labels.pop()])}</sub>"
        elif opening := _OPENING.fullmatch(piece):
            labels.append(opening[1])
            shown += "["
        else:
            shown += escape(piece)
    return shown


def examples_page() -> str:
    """The page `examples.md`."""
    found = worked_examples()
    number = sum(len(group.examples) for group in found.groups)
    lines = [
        "# Worked examples",
        "",
        f"{number} sentences of our own, as the [guidelines](guidelines.md) want them, for ontology {found.ontology}.",
        "Each mention stands as [LABEL words]. Annotators read them in the instructions of every project. Made from",
        "`examples.toml` by `python -m annotation.examples`.",
    ]
    for group in found.groups:
        lines += ["", f"## {group.name_en} · {group.name_ar}", "", "| | |", "|---|---|"]
        lines += [f"| {one.written} | {one.en}<br>{one.ar} |" for one in group.examples]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    Path(__file__).with_name("guidelines").joinpath("examples.md").write_text(examples_page(), "utf-8")


if __name__ == "__main__":
    main()
