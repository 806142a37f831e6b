"""Brings the mentions of other label schemes to the project's conventions: five labels, droppable heads outside."""

from __future__ import annotations

from annotation.preannotate.gazetteer import phrases, words
from annotation.preannotate.training.corpora import Mention, TaggedSentence
from annotation.preannotate.words import PROCLITIC_STRINGS, plain, restore_article

LABELS = frozenset(("PERS", "ORG", "GPE", "LOC", "FAC"))


def shipped_mentions(sentence: TaggedSentence) -> tuple[Mention, ...]:
    """The sentence's PERS, ORG, GPE, LOC and FAC mentions as the conventions want them."""
    found = set()
    for mention in sentence.mentions:
        if mention.label not in LABELS:
            continue
        start = mention.start
        if mention.label in ("GPE", "ORG", "PERS"):
            heads = {"GPE": words("place_heads"), "ORG": words("dropped_heads"), "PERS": words("honorifics")}[
                mention.label
            ]
            while start < mention.end - 1 and _readings(sentence.words[start]) & heads:
                start += 1
        found.add(Mention(start, mention.end, _label(sentence, start, mention)))
    return tuple(sorted(found, key=lambda each: (each.start, -each.end, each.label)))


def _label(sentence: TaggedSentence, start: int, mention: Mention) -> str:
    """A country that plays or governs is GPE, not ORG; seas and continents are LOC; buildings are FAC."""
    if mention.label not in ("ORG", "LOC", "GPE"):
        return mention.label
    rest = tuple(map(plain, sentence.words[start + 1 : mention.end]))
    for first in _readings(sentence.words[start]):
        phrase = (first, *rest)
        if phrase in phrases("loc"):
            return "LOC"
        if phrase in phrases("gpe") or phrase in phrases("countries"):
            return "GPE"
    if mention.label == "LOC" and _readings(sentence.words[start]) & words("fac_heads"):
        return "FAC"
    return "GPE" if mention.label == "LOC" and mention.end - start == 1 else mention.label


def _readings(word: str) -> set[str]:
    folded = plain(word)
    found = {folded}
    for proclitic in PROCLITIC_STRINGS:
        if folded.startswith(proclitic) and len(folded) > len(proclitic) + 2:
            rest = folded[len(proclitic) :]
            found.add(restore_article(rest) if proclitic.endswith("ل") else rest)
            found.add(rest)
    return found
