"""PERS by given names and what follows them: بن and a father's name, a surname, an age in brackets."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.preannotate.chains import Names
from annotation.preannotate.gazetteer import words
from annotation.preannotate.line import Found
from annotation.preannotate.triggers import GIVEN, TITLES, given_names
from annotation.preannotate.words import plain_words

_DESCENT = plain_words("بن ابن بنت ولد منت")
_PARENTS = plain_words("أبو أبي أبا أم آل أيت آيت أهل")
_LINKS = _DESCENT | _PARENTS | {"عبد"}
_AGES = plain_words("عاما عام سنة سنوات أعوام")
_SAID = plain_words("قال قالت يقول تقول أكد أكدت أوضح أوضحت أضاف أضافت صرح صرحت كشف يرى ترى أشار يروي تروي المدعو اسمه")
_PREPOSITION = "علي"  # على in plain spelling
_LONGEST = 7  # words of a name
_ENOUGH = 3  # pieces of evidence
_UNCOMMON, _RARE = 11, 6  # bits of a word's count in raw text


def persons(names: Names) -> Iterator[Found]:
    """Full names that begin with a listed given name, where there is evidence enough that they are names."""
    line = names.line
    taken = 0
    for at in line.at(GIVEN):
        end = _name_end(names, at) if at >= taken else at
        if end > at + 1:
            yield Found(at, end, "PERS", 0.85, "phrases")
            taken = end


def _name_end(names: Names, start: int) -> int:
    """The end of a full name that begins at a token; `start` where none does."""
    line = names.line
    if start in names.blocked or _is_preposition(names, start) or _is_function_word(names, start):
        return start
    at = start + int(line.stems[start] in TITLES)
    titled = at > start
    if at >= len(line):
        return start
    first = line.folded[at] if titled else line.stems[at]
    given = given_names()
    compound = first == "عبد" and at + 1 < len(line) and line.words[at + 1].definite
    plausible = first in words("name_firsts") and line.words[at].commonness <= _UNCOMMON
    if first not in given and not compound and not plausible and not (titled and first in _DESCENT):
        return start
    sure = compound or (first in given and first not in words("ambiguous_names"))
    announced = _announced(names, start)
    evidence = 1 + int(sure) + announced + int(titled)
    at += 2 if compound else 0 if first in _DESCENT else 1
    end, more = _further_names(names, at, start + _LONGEST)
    evidence += more
    if line.forms[end : end + 1] == ("(",) and line.stem(end + 2) in _AGES:
        evidence += 2
    return end if evidence >= (_ENOUGH if sure or announced or titled else _ENOUGH + 1) else start


def _further_names(names: Names, at: int, limit: int) -> tuple[int, int]:
    """Where the names behind a given name end, and how much they show that all is a name."""
    line = names.line
    given = given_names()
    evidence = 0
    while at < min(limit, len(line)):
        word = line.words[at]
        if word.folded in _LINKS and _may_follow(names, at + 1):
            evidence += 2
            at += 2
        elif word.cut or at in names.blocked or _is_preposition(names, at):
            break
        elif word.folded in given or (word.folded in words("surnames") and not names.ends_phrase(at)):
            evidence += 1
            at += 1
        elif _is_surname(names, at):
            return at + 1, evidence + _surname_evidence(names, at)
        elif word.definite and word.folded[2:] in words("occupations") and _ends_family_name(names, at + 1):
            at += 1  # الفلاح السغروشني: a family name of two words
        else:
            break
    return at, evidence


def _is_function_word(names: Names, at: int) -> bool:
    return names.line.folded[at] in words("stopwords") and names.line.folded[at] != _PREPOSITION


def _ends_family_name(names: Names, at: int) -> bool:
    return at < len(names.line) and names.line.words[at].definite and _is_surname(names, at)


def _may_follow(names: Names, at: int) -> bool:
    """Whether the word behind بن, أبو or عبد may be a name."""
    if at >= len(names.line):
        return False
    word = names.line.words[at]
    if word.folded == _PREPOSITION:
        return not _is_preposition(names, at)
    if names.ends_phrase(at):
        return False
    return word.folded in words("first_names") or word.definite or word.commonness <= _UNCOMMON


def _is_preposition(names: Names, at: int) -> bool:
    return names.line.stems[at] == _PREPOSITION and names.line.forms[at].endswith("ى")


def _is_surname(names: Names, at: int) -> bool:
    """Whether an unlisted word may end a person's name: uncommon, with the article or in ي, and no plural."""
    word = names.line.words[at]
    if names.ends_phrase(at) or word.folded in words("honorifics") or word.folded.endswith(("ات", "ية")):
        return False
    if names.is_nisba(at) and word.folded.endswith(("ين", "ون")):
        return False
    if word.definite and word.folded[2:] in words("occupations"):
        return False
    if word.commonness > _UNCOMMON:
        return False
    if word.folded in words("name_lasts"):
        return True
    if word.folded.endswith("ا"):
        return False  # صباحا, مبتسما
    return word.definite or word.folded.endswith("ي") or word.commonness <= _RARE


def _surname_evidence(names: Names, at: int) -> int:
    word = names.line.words[at]
    if names.is_nisba(at):
        return 0
    if word.definite and word.folded.endswith("ي"):
        return 3
    return 2 if word.commonness <= _RARE else 1


def _announced(names: Names, at: int) -> int:
    """Whether the word before a name announces one: a verb of saying, an honorific, an occupation."""
    line = names.line
    before = at - 1
    while before >= 0 and line.forms[before] in (".", "،", ":"):
        before -= 1
    if before < 0:
        return 0
    word = line.words[before]
    if word.stem in _SAID or word.stem in words("honorifics") or word.stem in words("sovereigns"):
        return 1
    base = word.stem[2:] if word.definite else word.stem
    return int(base.removesuffix("ة") in words("occupations") or base in words("occupations"))
