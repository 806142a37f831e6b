"""Names announced by the words before them: by a head (`heads.py`), by مدينة or a preposition; nationality words."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.preannotate import lists
from annotation.preannotate.chains import Names, chain_end
from annotation.preannotate.evidence import UNCOMMON
from annotation.preannotate.heads import Rule, rules
from annotation.preannotate.line import Found
from annotation.preannotate.triggers import CITY, HEAD, NATIONAL, PLACE, REGIONAL
from annotation.preannotate.words import plain, plain_words

_BEFORE_PLACES = plain_words("في إلى من بين نحو عبر حتى قرب شمال جنوب شرق غرب ضواحي نواحي سكان أهالي صوب مطار ميناء")
_OF_PLACES = plain_words("محافظ والي عمدة شاطئ خليج ميناء مطار بلدية")  # sure enough before doubtful names too
_DASHES = ("–", "-", "—")
_LANGUAGE = plain_words("اللغة لغة اللغتين اللغات للغة باللغة باللغتين اللسان لسان اللغتان")
_BEFORE_LANGUAGES = plain_words("إلى من عن في إتقان يتحدث تتحدث يتكلم تعلم")
_OF_OFFICIALS = plain_words(
    "المساعد المساعدة السابق الأسبق الحالي المنتدب المكلف المقبل الراحل الأستاذ الدكتور الأخيرة الرسمي الرسمية"
)
_KOREAN = (plain("كوري"), plain("الكوري"))
_HALVES = plain_words("الجنوبي الجنوبية الشمالي الشمالية الجنوبيين الشماليين جنوبي شمالي")
_NO_NATIONS = ("اليمنى", "المجرى")  # their plain spelling is that of nationalities
_FIGURATIVE = {plain("رأس"): plain_words("على"), plain("باب"): plain_words("في من")}  # على رأس مقاولة, في باب الزهد
_LED = "وأدى"  # its plain spelling is that of وادي
_NUMBER = plain("رقم")
_OF_YEAR = plain_words("سنة عام")


def headed(names: Names) -> Iterator[Found]:
    """A head of `heads.py` with its complement."""
    line = names.line
    table = rules()
    for start in line.at(HEAD):
        stem, first = line.stems[start], start + 1
        if start in names.blocked or start in names.persons or first >= len(line.words):
            continue
        if (stem in _FIGURATIVE and line.stem(start - 1) in _FIGURATIVE[stem]) or line.forms[start] == _LED:
            continue
        rule = table[stem]
        end = _complement_end(names, first, rule)
        if rule.label in ("ORG", "EVENT"):
            end = _before_description(names, first, end)
        if end > first and rule.evidence(names, first, end):
            yield Found(start, end, rule.label, rule.score, "phrases")


def _before_description(names: Names, first: int, end: int) -> int:
    """The end of a body's name before the adjective of its official: وكيل وزارة الصحة المساعد, الوزارة السابق."""
    if end <= first + 1 or _OF_OFFICIALS.isdisjoint(names.line.folded[first + 1 : end]):
        return end
    return next(at for at in range(first + 1, end) if names.line.folded[at] in _OF_OFFICIALS)


def _complement_end(names: Names, first: int, rule: Rule) -> int:
    line = names.line
    end = chain_end(names, first, rule.allows)
    word = line.words[first]
    if rule.label in ("LOC", "FAC") and end == first and not word.cut and word.commonness <= UNCOMMON:
        end = first if names.ends_phrase(first) else first + 1
    return _number_end(names, end) if rule.number else end


def _number_end(names: Names, end: int) -> int:
    """The end of a name that goes on with a year or number: كأس العالم 2026, قانون العمل رقم 14 لسنة 2025."""
    line = names.line
    seat = names.starting(end)
    if seat is not None and seat.label == "GPE" and not line.words[end].cut:
        end = seat.end if line.forms[seat.end : seat.end + 1] and line.forms[seat.end].isdigit() else end
    at = end + int(line.stem(end) == _NUMBER)
    if at >= len(line.words) or not line.forms[at][0].isdigit() or (at == end and not line.forms[at].isdigit()):
        return end
    if at > end and line.stem(at + 1) in _OF_YEAR and at + 2 < len(line.words) and line.forms[at + 2].isdigit():
        return at + 3
    if at > end or len(line.forms[at]) <= 4:
        ranged = line.forms[at + 1 : at + 2] in (("-",), ("–",)) and line.forms[at + 2 : at + 3]
        return at + 3 if ranged and ranged[0].isdigit() else at + 1
    return end


def placed(names: Names) -> Iterator[Found]:
    """GPE: the name behind مدينة or إقليم, be it a listed name that is also a common word, or an uncommon word."""
    line = names.line
    for before in line.at(PLACE):
        at = before + 1
        if line.words[before].definite or names.ends_phrase(at):
            continue
        word = line.words[at]
        if word.proclitic or names.starting(at) is not None or names.is_nisba(at):
            continue
        if word.stem in lists.NOT_PLACES or word.stem in lists.PLACE_HEADS:
            continue
        if word.stem in lists.GPE_AMBIGUOUS or word.stem in lists.CITIES or word.commonness <= UNCOMMON:
            yield Found(at, at + 1, "GPE", 0.8, "phrases")


def listed_cities(names: Names) -> Iterator[Found]:
    """GPE: uncommon GeoNames cities that a preposition announces, and doubtful names beside another place."""
    line = names.line
    last = -9  # the last token taken for a place here
    for at in line.at(CITY):
        word = line.words[at]
        if names.starting(at) is not None or at in names.blocked or at in names.persons or at in names.inner:
            continue
        if word.stem in lists.NOT_PLACES or line.forms[at].endswith(("ًا", "اً", "ٍ")):
            continue
        beside = word.proclitic == "و" and (names.label_at(at - 1) == "GPE" or last == at - 1)
        beside = beside or (names.label_at(at + 1) == "GPE" and line.words[at + 1].proclitic == "و")
        doubtful = word.stem in lists.GPE_AMBIGUOUS or word.commonness > UNCOMMON
        before = line.stem(at - 1)
        announced = word.proclitic == "ب" or before in _BEFORE_PLACES or before in lists.PLACE_HEADS
        dateline = at == 0 and line.forms[1:2] and line.forms[1] in _DASHES  # العقبة – أكملت
        if beside or (announced and not doubtful) or before in _OF_PLACES or dateline:
            last = at
            yield Found(at, at + 1, "GPE", 0.75, "phrases")


def national_words(names: Names) -> Iterator[Found]:
    """NORP: nationality and group words, except where they name a language."""
    line = names.line
    language_at = -9
    for at in line.at(NATIONAL):
        word = line.words[at]
        stem = word.stem
        if at in names.blocked or line.forms[at].endswith("ى"):
            continue
        before = line.stem(at - 1)
        feminine = word.definite and stem.endswith("ية")
        language = before in _LANGUAGE or (feminine and (before in _BEFORE_LANGUAGES or word.proclitic == "ب"))
        if language or (word.proclitic == "و" and language_at == at - 1):
            language_at = at
        elif not _given_name(names, at):
            split = stem.startswith(_KOREAN) and line.stem(at + 1) in _HALVES
            yield Found(at, at + 1 + int(split), "NORP", 0.9, "norp")


def _given_name(names: Names, at: int) -> bool:
    """تركي (14 عاما), تركي بن فلان, العربي فلان: nationality words that are given names too."""
    line = names.line
    if line.stems[at] not in lists.FIRST_NAMES and line.stems[at] != "تركي":
        return False
    return line.forms[at + 1 : at + 2] == ("(",) or line.stem(at + 1) in ("بن", "ال")


def regional_words(names: Names) -> Iterator[Found]:
    """NORP: adjectives of a known town or region behind a definite noun (الفريق الزاكوري), surnames left aside."""
    line = names.line
    for at in line.at(REGIONAL):
        word, before = line.words[at], line.words[at - 1]
        if at == 0 or not word.definite or word.cut or not before.definite or at in names.blocked or names.starting(at):
            continue
        if at in names.persons or at - 1 in names.persons or before.folded in lists.HONORIFICS:
            continue
        if line.forms[at] in _NO_NATIONS:
            continue
        if before.stem in lists.SURNAMES or before.stem in lists.FIRST_NAMES:
            continue
        yield Found(at, at + 1, "NORP", 0.75, "norp")
