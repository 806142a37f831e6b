"""What one part of an article knows of another: a person named in full once is the same person by surname later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from annotation.preannotate import lists
from annotation.preannotate.line import Found, Line
from annotation.preannotate.words import Vocabulary, plain_words

_COMMON, _SCARCE = 13, 9  # bits of a word's count in raw text above which it is no surname by itself
_NO_SURNAMES = plain_words("الدين الله الإسلام الزمان والدي زوجي")
_POSTS = lists.OFFICES | lists.OCCUPATIONS
_SURE = 0.6
_REPEATED = ("PERS", "ORG", "FAC", "GPE")


def repeated_names(
    lines: Sequence[Line], found: Sequence[Sequence[Found]], vocabulary: Vocabulary
) -> list[list[Found]]:
    """Further mentions: surnames of full names, and names of several words that were found elsewhere in the article."""
    surnames: set[str] = set()
    full: set[tuple[str, tuple[str, ...]]] = set()
    for line, mentions in zip(lines, found, strict=True):
        for mention in mentions:
            start, end = mention.start, mention.end
            if end - start > 1 and mention.score >= _SURE and mention.label in _REPEATED:
                stems = (line.stems[start], *line.folded[start + 1 : end])
                full.add((mention.label, stems))
                if mention.label == "PERS" and _may_stand_alone(stems, vocabulary):
                    surnames.add(stems[-1])
                    if stems[0] in lists.FIRST_NAMES and stems[0] not in lists.AMBIGUOUS_NAMES:
                        surnames.add(stems[0])  # a grandchild or a witness goes by the given name
    by_first: dict[str, list[tuple[str, tuple[str, ...]]]] = {surname: [] for surname in surnames}
    for label, stems in sorted(full, key=lambda each: (-len(each[1]), each)):
        by_first.setdefault(stems[0], []).append((label, stems))
    if not by_first:
        return [[] for _ in lines]
    return [
        [] if by_first.keys().isdisjoint(line.stems) else _again(line, mentions, by_first, surnames)
        for line, mentions in zip(lines, found, strict=True)
    ]


def _again(
    line: Line,
    mentions: Sequence[Found],
    by_first: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]],
    surnames: AbstractSet[str],
) -> list[Found]:
    """Further mentions in a line: longest names first, then surnames alone."""
    taken = {at for mention in mentions for at in range(mention.start, mention.end)}
    new: list[Found] = []
    for at in [at for at, stem in enumerate(line.stems) if stem in by_first]:
        if at in taken:
            continue
        stem = line.stems[at]
        for label, stems in by_first[stem]:
            end = at + len(stems)
            if line.folded[at + 1 : end] == stems[1:] and taken.isdisjoint(range(at, end)):
                new.append(Found(at, end, label, 0.8, "repeated"))
                taken.update(range(at, end))
                break
        else:
            adjective = stem in lists.NATIONS and at > 0 and line.words[at - 1].definite
            post = stem in _POSTS and at + 1 < len(line.words) and line.words[at + 1].definite  # مشرف التربية
            if stem in surnames and not (adjective or post):
                new.append(Found(at, at + 1, "PERS", 0.8, "repeated"))
                taken.add(at)
    return new


def _may_stand_alone(stems: Sequence[str], vocabulary: Vocabulary) -> bool:
    surname = stems[-1]
    if stems[-2] == "عبد" or surname in _NO_SURNAMES:
        return False
    if len(surname) < 4 or surname in lists.GPE or surname in lists.STOPWORDS or surname in lists.VERBS:
        return False
    if surname in lists.OFFICES or surname in lists.SOVEREIGNS or surname in lists.FIRST_NAMES:
        return False
    familiar = surname.endswith("ي") or surname in lists.SURNAMES or surname in lists.NAME_LASTS
    return vocabulary.counts.get(surname, 0).bit_length() <= (_COMMON if familiar else _SCARCE)
