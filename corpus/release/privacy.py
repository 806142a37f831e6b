"""How much personal data the texts of a release hold, and how much of it was masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from corpus.personal import KINDS, REDACTION_RULES, find_personal


@dataclass(frozen=True, slots=True)
class PersonalFigures:
    """For each kind of personal data (`corpus.personal.KINDS`): `mentions` in texts and bylines, `documents` that have
    any, and `masked`, how many a build masked before."""

    mentions: Mapping[str, int]
    documents: Mapping[str, int]
    masked: Mapping[str, int]

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return any(self.mentions.values()) or any(self.masked.values())


def count_personal(documents: Mapping[str, pa.Table], masked: Mapping[str, int]) -> PersonalFigures:
    """The figures of a release's documents, by split; `masked` as `count_masked` gives it."""
    mentions: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for rows in documents.values():
        for text, byline in zip(rows["text"].to_pylist(), rows["byline"].to_pylist(), strict=True):
            kinds = [one.kind for one in find_personal(text)]
            kinds += [one.kind for one in find_personal(byline)] if byline else []
            mentions.update(kinds)
            having.update(set(kinds))
    return PersonalFigures(
        {kind: mentions[kind] for kind in KINDS}, {kind: having[kind] for kind in KINDS}, dict(masked)
    )


def count_masked(sightings: pa.Table) -> dict[str, int]:
    """How many edits of these sightings masked something, by kind; a text seen twice counts once."""
    rules: Counter[str] = Counter()
    seen: set[str] = set()
    for doc, edits in zip(sightings["doc_id"].to_pylist(), sightings["edits"].to_pylist(), strict=True):
        if doc not in seen:
            seen.add(doc)
            rules.update(part for edit in edits for part in edit["rule"].split("+"))
    return {kind: rules[rule] for kind, rule in REDACTION_RULES.items()}
