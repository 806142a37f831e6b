"""Small repairs of candidate mentions by the conventions: what stays outside, what belongs inside, what is no name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from annotation.preannotate.gazetteer import norp_words, phrases, words
from annotation.preannotate.line import Found, Line
from annotation.preannotate.triggers import QUOTES
from annotation.preannotate.words import plain, plain_words

_SAUDI = plain("السعودية")
_CLAN = plain("آل")
_TEAMS = plain_words("المنتخب منتخب منتخبنا")
_PROVINCES = plain_words("محافظة ولاية إقليم جهة مدينة عمالة")
_ENTHUSIASM = plain("حماس")
_AUTHORITIES = plain_words("السلطات المدرسة")  # السلطات التركية, المدرسة العمومية
_LONE_PROCLITICS = frozenset("وفبلك")  # بـ before a quotation mark
_PLURAL = plain("يون")
_ALI = "علي"  # على, the preposition, has the same plain spelling
_GOD, _HELP = plain("الله"), plain("توفيق")
_PAPERS = plain_words("جريدة صحيفة مجلة")
_BLESSINGS = plain_words("رضي صلى رحمه رحمها حفظه حفظها أيده رعاه أعزه تغمده غفر عليه")
_TERRITORIES = plain_words(
    "الأراضي أراضي الحدود البلاد الدولة القارة التيار المدن المدينة الجوار السياج البورصات المنطقة البلدة الأسواق"
)
_SEA, _UPPER_EGYPT, _NAJD = plain("المتوسط"), plain("الصعيد"), plain("نجد")
_UNSAFE_REGIONS = frozenset((_SEA, _UPPER_EGYPT, _NAJD, plain("الجليل")))  # common words and a verb too
_AT = plain("في")
_ON = "علي"  # على in plain spelling
_SERIES = plain_words("ويندوز أندرويد آيفون أيفون غالاكسي")  # products whose versions have numbers
_KUNYAS = plain_words("أبو أبا أبي أم ابن بنت")  # no names by themselves
_SON = plain("بن")
_MONTHS = plain_words("رمضان شعبان رجب شوال محرم صفر")
_FIRSTS = ("first_names", "name_firsts")
_GIVEN = (*_FIRSTS, "surnames", "name_lasts")
_PREPOSITIONS = plain_words("في من إلى على عن مع بين نحو ضد لدى عبر تجاه")


def mended(line: Line, found: Found) -> Iterator[Found]:
    """A mention of the model without what does not belong to it; nothing where nothing is left."""
    start, end = found.start, _before_blessing(line, found)
    stops = words("stopwords")
    while end > start and (line.folded[end - 1] in stops or not line.words[end - 1].is_word):
        if found.label == "PERS" and line.forms[end - 1] == _ALI:
            break
        end -= 1
    while end > start and line.folded[end - 1] in _LONE_PROCLITICS:
        end -= 1
    while end > start + 1 and found.label in ("PERS", "GPE") and _is_verb(line, end - 1):
        end -= 1
    while start < end and (
        line.stems[start] in stops or line.folded[start] in words("verbs") or not line.words[start].is_word
    ):
        if found.label == "PERS" and end > start + 1 and line.forms[start] == _ALI:
            break
        start += 1
    if start < end and found.label in _OUTSIDE:
        outside = _OUTSIDE[found.label]
        while start < end - 1 and any(line.stems[start] in words(name) for name in outside):
            start += 1
    if found.label == "PERS":
        while start < end - 1 and _descriptive(line, start):
            start += 1
        while end > start and len(line.folded[end - 1]) == 1:
            end -= 1  # م. and د. belong to the next name
        if start < end:
            start, end = _with_descent(line, start, end)
    if start >= end:
        return
    kept = found if (start, end) == (found.start, found.end) else found._replace(start=start, end=end)
    if found.label in ("GPE", "LOC"):
        if not _described_place(line, kept) and without_adjectives(line, [kept]):
            yield from _cut_at_proclitics(line, kept)
    elif not _common_noun(line, kept):
        yield kept


_OUTSIDE = {
    "GPE": ("place_heads",),
    "ORG": ("dropped_heads",),
    "PERS": ("honorifics", "sovereigns"),
}


def _with_descent(line: Line, start: int, end: int) -> tuple[int, int]:
    """A person's name with what its links of descent join: العربي before بن مهيدي, سريع behind جمال أبو."""
    given = start > 0 and any(line.folded[start - 1] in words(name) for name in _FIRSTS)
    if given and line.folded[start] == _SON and not line.forms[start - 1].endswith("ى"):  # على
        start -= 1
    if end < len(line) and (line.folded[end - 1] == _SON or _is_kunya(line, end - 1)) and _may_be_name(line, end):
        end += 1
    return start, end


def _is_kunya(line: Line, at: int) -> bool:
    """Whether a word is no name by itself: أبو, بنت; آبي is one."""
    return line.folded[at] in _KUNYAS and not line.forms[at].startswith("آ")


def _may_be_name(line: Line, at: int) -> bool:
    word = line.words[at]
    if not word.is_word or word.cut or word.folded in words("stopwords") or word.stem in words("offices"):
        return False
    return word.folded not in words("verbs") and not line.forms[at][0].isdigit()


def _before_blessing(line: Line, found: Found) -> int:
    """The end of a person's name before رضي الله عنه and the like."""
    if found.label == "PERS":
        for at in range(found.start, found.end - 1):
            if line.folded[at] in _BLESSINGS and line.folded[at + 1] == _GOD:
                return at
    return found.end


def _described_place(line: Line, found: Found) -> bool:
    """المنطقة alone, and الأراضي اليمنية: a common noun with a nationality."""
    if found.end - found.start == 1:
        return line.words[found.start].stem in words("common_nouns")
    return line.stems[found.start] in _TERRITORIES and line.stems[found.end - 1] in norp_words()


def _is_verb(line: Line, at: int) -> bool:
    word = line.words[at]
    return word.verbal and word.stem not in words("first_names") and word.stem not in words("surnames")


def _descriptive(line: Line, at: int) -> bool:
    """Whether the first word of a person's name only describes him: الأمازيغي أحمد, الرئيس محمد."""
    stem = line.stems[at]
    if stem in words("first_names") or not line.words[at].definite:
        return False
    return stem in norp_words() or (stem,) in phrases("offices_alone") or stem[2:] in words("occupations")


def _cut_at_proclitics(line: Line, found: Found) -> Iterator[Found]:
    """A place name ends where the next place begins: البحر بالمحلة الكبرى."""
    start = found.start
    for at in range(found.start + 1, found.end):
        word = line.words[at]
        if word.proclitic in ("و", "ب", "ل") and any(word.stem in words(name) for name in ("gpe", "cities", "loc")):
            yield found._replace(start=start, end=at)
            start = at
    yield found if start == found.start else found._replace(start=start)


def _common_noun(line: Line, found: Found) -> bool:
    """Whether an ORG or PERS mention is a common noun: الهيئة, البلدة, ضاحكا, a national team."""
    if found.label == "ORG" and any(line.stems[at] in _TEAMS for at in range(found.start, found.end)):
        return True
    if found.label == "ORG" and line.stems[found.start] in _AUTHORITIES:
        return True
    if found.label == "PERS":
        if line.folded[found.end - 2 : found.end] == (_HELP, _GOD):
            return True  # لولا توفيق الله
        first = line.words[found.start]
        if first.proclitic.endswith("ك") and first.stem not in words("first_names"):
            return True  # وكالين
    if found.end - found.start > 1:
        first, last = line.words[found.start], line.words[found.end - 1]
        if found.label != "ORG" or found.end - found.start > 2 or first.stem not in words("org_heads") or last.definite:
            return False
        described = first.folded.endswith("ة") and last.folded.endswith("ية") and last.stem not in words("gpe")
        return described or (last.folded.endswith("ة") and last.commonness > 8)  # مدرسة ابتدائية, مدرسة جديدة
    word = line.words[found.start]
    if found.label == "ORG":
        if word.definite and (word.stem in words("org_heads") or word.stem[2:] in words("org_heads")):
            return True
        return word.definite and word.stem in words("common_nouns")
    if found.label == "PERS":
        if word.stem in _MONTHS:
            return True  # هلال شعبان
        if _is_kunya(line, found.start) or (word.definite and word.stem[2:] in words("occupations")):
            return True
        if line.stem(found.start - 1) in words("org_heads") and not any(word.stem in words(name) for name in _GIVEN):
            return True  # مؤسسة سلال
        if not word.definite and word.folded.endswith(_PLURAL):
            return True  # عقاريون, سياسيون
        group = word.stem in norp_words() and word.stem.endswith(("ين", "ون", "ات", "ية"))
        return group or line.forms[found.start].endswith(("ًا", "اً")) or word.stem in words("common_nouns")
    return False


def completed(line: Line, found: Sequence[Found]) -> list[Found]:
    """List and model mentions with the words that belong to them: a nationality, a clan name."""
    result = []
    for mention in found:
        stems = (line.stems[mention.start], *line.folded[mention.start + 1 : mention.end])
        after = mention.end
        national = line.stem(after) in norp_words() and line.words[after].definite and not line.words[after].cut
        if mention.label == "ORG" and stems in phrases("national_bodies") and national:
            mention = mention._replace(end=after + 1)
        if mention.label == "PERS" and line.folded[after : after + 1] == (_CLAN,) and after + 1 < len(line):
            mention = mention._replace(end=after + 2)
        if mention.label == "PRODUCT" and stems[-1] in _SERIES and _is_version(line, after):
            mention = mention._replace(end=after + 1)
        result.append(mention)
    return result


def _is_version(line: Line, at: int) -> bool:
    return at < len(line) and line.forms[at].isdecimal() and len(line.forms[at]) <= 2


def label_of(line: Line, start: int, listed: str) -> str:
    """The label of a listed name: a newspaper's (صحيفة الرياض), a province's (محافظة البقاع), else that of its list."""
    if start:
        before, word = line.stems[start - 1], line.words[start]
        if before in _PAPERS and not word.proclitic:
            return "ORG"
        if before in _PROVINCES and listed == "LOC" and not word.cut:
            return "GPE"
    return listed


def without_adjectives(line: Line, found: Iterable[Found]) -> list[Found]:
    """The list matches but السعودية where it is an adjective (behind a definite noun), and حماس where it is no name."""
    kept = []
    for mention in found:
        if mention.end - mention.start == 1 and line.stems[mention.start] == _SAUDI:
            before = line.words[mention.start - 1] if mention.start else None
            joined = line.words[mention.start].proclitic
            if before is not None and joined in ("", "و") and before.is_word:
                adjective = before.definite and before.folded not in _PREPOSITIONS
                if adjective and (not joined or before.stem in norp_words()):
                    continue
        if not (_enthusiasm(line, mention) or _no_place(line, mention)):
            kept.append(mention._replace(label="ORG") if _newspaper(line, mention) else mention)
    return kept


def _is_common_word(line: Line, at: int) -> bool:
    """المدى المتوسط, في المتوسط, على الصعيد الدولي, الصحابي الجليل, أن نجد."""
    word, before = line.words[at], line.words[at - 1] if at else None
    if word.proclitic == "ب":
        return word.stem == _SEA
    if before is None or not before.is_word:
        return word.stem == _NAJD
    if word.stem == _NAJD:
        return before.definite or (before.stem in words("stopwords") and before.stem not in _PREPOSITIONS)
    if word.stem == _UPPER_EGYPT:
        adjective = at + 1 < len(line) and line.words[at + 1].definite
        return before.stem in (_ON, word.stem) or (before.stem == _AT and adjective)
    return before.definite or (word.stem == _SEA and before.stem == _AT) or before.stem == "عبد"


def _newspaper(line: Line, found: Found) -> bool:
    """«الخليج», alone in quotation marks: the newspaper."""
    at, end = found.start, found.end
    if at == 0 or end >= len(line) or line.folded[at:end] not in phrases("newspapers"):
        return False
    return QUOTES.get(line.forms[at - 1]) == line.forms[end]


def _no_place(line: Line, found: Found) -> bool:
    """Whether a place's name of one word is none here: دوما with tanwin, نجد, على الصعيد, ياسر عرفات."""
    at = found.start
    if found.end - at > 1 or found.label not in ("GPE", "LOC"):
        return False
    if line.forms[at].endswith(("ًا", "اً")):
        return True
    if line.stems[at] in _UNSAFE_REGIONS and _is_common_word(line, at):
        return True
    return line.stem(at - 1) in words("first_names") and line.stem(at - 1) not in words("ambiguous_names")


def _enthusiasm(line: Line, found: Found) -> bool:
    """Whether حماس is the common noun: حماس الجمهور."""
    after = found.end
    if line.stems[found.start] != _ENTHUSIASM or after > found.start + 1 or after >= len(line):
        return False
    return line.words[after].definite and not line.words[after].cut and line.stems[after] not in norp_words()


def trimmed_to_surnames(lines: Sequence[Line], found: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """A person's mention that begins with the surname of somebody named in full elsewhere ends there."""
    surnames = {
        line.folded[mention.end - 1]
        for line, mentions in zip(lines, found, strict=True)
        for mention in mentions
        if mention.label == "PERS" and mention.end - mention.start > 1 and mention.score > 0.6
    }
    result = []
    for line, mentions in zip(lines, found, strict=True):
        kept = []
        for mention in mentions:
            first = line.stems[mention.start]
            family = first in surnames and first.startswith("ال") and first not in words("first_names")
            if mention.label == "PERS" and mention.end - mention.start > 1 and family:
                mention = mention._replace(end=mention.start + 1)
            kept.append(mention)
        result.append(kept)
    return result
