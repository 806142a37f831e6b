"""What one part of an article knows of another: a person named in full once is the same person by surname later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from annotation.preannotate import lists
from annotation.preannotate.line import Found, Line
from annotation.preannotate.words import Vocabulary, plain_words

_COMMON, _SCARCE = 13, 9  # bits of a word's count in raw text above which it is no surname by itself
_NO_SURNAMES = plain_words("الدين الله الإسلام الزمان والدي زوجي")
_SURE = 0.6


def repeated_names(
    lines: Sequence[Line], found: Sequence[Sequence[Found]], vocabulary: Vocabulary
) -> list[list[Found]]:
    """Further mentions: surnames of full names, and names of several words that were found elsewhere in the article."""
    surnames: set[str] = set()
    full: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for line, mentions in zip(lines, found, strict=True):
        for mention in mentions:
            stems = (line.stems[mention.start], *line.folded[mention.start + 1 : mention.end])
            if mention.score < _SURE:
                continue
            if mention.label == "PERS" and len(stems) > 1 and _may_stand_alone(stems, vocabulary):
                surnames.add(stems[-1])
                if stems[0] in lists.FIRST_NAMES and stems[0] not in lists.AMBIGUOUS_NAMES:
                    surnames.add(stems[0])  # a grandchild or a witness goes by the given name
            if len(stems) > 1 and mention.label in ("PERS", "ORG", "FAC", "GPE"):
                full[mention.label, stems] += 1
    added: list[list[Found]] = []
    by_first: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for label, stems in full:
        by_first.setdefault(stems[0], []).append((label, stems))
    for line, mentions in zip(lines, found, strict=True):
        wanted = [(at, stem) for at, stem in enumerate(line.stems) if stem in surnames or stem in by_first]
        taken = {at for mention in mentions for at in range(mention.start, mention.end)} if wanted else set()
        new: list[Found] = []
        for at, stem in wanted:
            if at in taken:
                continue
            for label, stems in sorted(by_first.get(stem, ()), key=lambda each: (-len(each[1]), each)):
                end = at + len(stems)
                if line.folded[at + 1 : end] == stems[1:] and not taken & set(range(at, end)):
                    new.append(Found(at, end, label, 0.8, "repeated"))
                    taken.update(range(at, end))
                    break
            else:
                adjective = stem in lists.NATIONS and at > 0 and line.words[at - 1].definite
                if stem in surnames and not adjective:
                    new.append(Found(at, at + 1, "PERS", 0.8, "repeated"))
                    taken.add(at)
        added.append(new)
    return added


def _may_stand_alone(stems: Sequence[str], vocabulary: Vocabulary) -> bool:
    surname = stems[-1]
    if stems[-2] == "عبد" or surname in _NO_SURNAMES:
        return False
    if len(surname) < 4 or surname in lists.GPE or surname in lists.STOPWORDS or surname in lists.VERBS:
        return False
    if surname in lists.OFFICES or surname in lists.FIRST_NAMES:
        return False
    familiar = surname.endswith("ي") or surname in lists.SURNAMES or surname in lists.NAME_LASTS
    return vocabulary.counts.get(surname, 0).bit_length() <= (_COMMON if familiar else _SCARCE)
