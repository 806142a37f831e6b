"""How far phrases reach: `[...]` marks the mention of the label that the section names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotation.preannotate.combine import default_entity_annotator
from annotation.preannotate.protocol import Article
from corpus.segment.tokens import token_offsets
from corpus.span import Sentence

CASES = Path(__file__).parents[2] / "cases" / "entities" / "phrases.txt"


def cases() -> list[tuple[str, str]]:
    label, found = "", []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            label = line[3:].strip()
        elif line and not line.startswith("#"):
            found.append((label, line))
    return found


@pytest.mark.parametrize(("label", "marked"), cases())
def test_mentions_reach_as_far_as_marked(label: str, marked: str) -> None:
    text = re.sub(r"[\[\]]", "", marked)
    article = Article(text, (Sentence(0, len(text)),), tuple(token_offsets(text)))
    [entities] = default_entity_annotator().entities([article])
    shown = text
    for entity in sorted((each for each in entities if each.label == label), reverse=True):
        shown = f"{shown[: entity.start]}[{shown[entity.start : entity.end]}]{shown[entity.end :]}"
    assert shown == marked
