"""Small repairs of candidate mentions by the conventions: what stays outside, what belongs inside, what is no name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from annotation.preannotate import lists
from annotation.preannotate.line import Found, Line, Word
from annotation.preannotate.triggers import QUOTE, QUOTES
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
_NIGHT, _DAYS = plain("ليل"), plain_words("السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة أمس اليوم نهار")
_AT = plain("في")
_ON = "علي"  # على in plain spelling
_SERIES = plain_words("ويندوز أندرويد آيفون أيفون غالاكسي")  # products whose versions have numbers
_KUNYAS = plain_words("أبو أبا أبي أم ابن بنت")  # no names by themselves
_SON = plain("بن")
_NO_PERSONS = lists.SOVEREIGNS | plain_words("رمضان شعبان رجب شوال محرم صفر")  # titles, and months
_FIRSTS = lists.FIRST_NAMES | lists.NAME_FIRSTS
_GIVEN = _FIRSTS | lists.SURNAMES | lists.NAME_LASTS
_PLACES = lists.GPE | lists.CITIES | lists.LOC
_OUTSIDE = {
    "GPE": lists.PLACE_HEADS,
    "ORG": lists.DROPPED_HEADS,
    "PERS": lists.HONORIFICS | lists.SOVEREIGNS,
}
_POSTS = lists.OFFICES | lists.OCCUPATIONS
_NUMBERS = plain_words("الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر")
_NUMBERED = {
    **dict.fromkeys(plain_words("الملك السلطان الأمير البابا القيصر الإمبراطور الخليفة"), _NUMBERS),
    plain("الملكة"): plain_words("الأولى الثانية الثالثة"),
}
_TANWIN = ("ًا", "اً")
_UNVERBAL = ("PERS", "GPE")  # kinds of names that no verb ends
_COMPLETED = ("ORG", "PERS", "PRODUCT")
_PREPOSITIONS = plain_words("في من إلى على عن مع بين نحو ضد لدى عبر تجاه")


def mended(line: Line, found: Found) -> Iterator[Found]:
    """A mention of the model without what does not belong to it; nothing where nothing is left."""
    start, end, label = found.start, found.end, found.label
    stems, folded, its = line.stems, line.folded, line.words
    if label == "PERS":
        end = _before_blessing(line, start, end)
    while end > start and its[end - 1].closing and (folded[end - 1] in lists.STOPWORDS or not its[end - 1].is_word):
        if label == "PERS" and line.forms[end - 1] == _ALI:
            break
        end -= 1
    while end > start and folded[end - 1] in _LONE_PROCLITICS:
        end -= 1
    if label in _UNVERBAL:
        while end > start + 1 and _is_verb(its[end - 1]):
            end -= 1
    while (start < end and its[start].closing) and (
        stems[start] in lists.STOPWORDS or folded[start] in lists.VERBS or not its[start].is_word
    ):
        if label == "PERS" and end > start + 1 and line.forms[start] == _ALI:
            break
        start += 1
    if end > start + 1 and label in _OUTSIDE:
        outside = _OUTSIDE[label]
        while start < end - 1 and stems[start] in outside:
            start += 1
    if label == "PERS":
        while start < end - 1 and _descriptive(its[start]):
            start += 1
        while end > start and len(folded[end - 1]) == 1:
            end -= 1  # م. and د. belong to the next name
        if end > start + 2 and folded[end - 1] in _POSTS and its[end - 2].definite:
            end -= 1  # محمد العتيبي مشرف: what he is
        if start < end:
            start, end = _with_descent(line, start, end)
    if start >= end:
        return
    kept = found if start == found.start and end == found.end else found._replace(start=start, end=end)
    if label in ("GPE", "LOC"):
        if end > start + 1:
            if not _described_place(line, start, end):
                yield from _cut_at_proclitics(line, kept)
        elif its[start].stem not in lists.COMMON_NOUNS and not _no_name(line, kept):
            yield kept
    elif not _common_noun(line, kept):
        yield kept


def _with_descent(line: Line, start: int, end: int) -> tuple[int, int]:
    """A person's name with what its links of descent join: العربي before بن مهيدي, سريع behind جمال أبو."""
    if start > 0 and line.folded[start] == _SON and line.folded[start - 1] in _FIRSTS:
        start -= int(not line.forms[start - 1].endswith("ى"))  # على
    if end < len(line.forms) and (line.folded[end - 1] == _SON or _is_kunya(line, end - 1)) and _may_be_name(line, end):
        end += 1
    return start, end


def _is_kunya(line: Line, at: int) -> bool:
    """Whether a word is no name by itself: أبو, بنت; آبي is one."""
    return line.folded[at] in _KUNYAS and not line.forms[at].startswith("آ")


def _may_be_name(line: Line, at: int) -> bool:
    word = line.words[at]
    if not word.is_word or word.cut or word.folded in lists.STOPWORDS or word.stem in lists.OFFICES:
        return False
    return word.folded not in lists.VERBS and not line.forms[at][0].isdigit()


def _before_blessing(line: Line, start: int, end: int) -> int:
    """The end of a person's name before رضي الله عنه and the like."""
    if end > start + 1 and _GOD in line.folded[start + 1 : end]:
        for at in range(start, end - 1):
            if line.folded[at] in _BLESSINGS and line.folded[at + 1] == _GOD:
                return at
    return end


def _described_place(line: Line, start: int, end: int) -> bool:
    """الأراضي اليمنية: a common noun with a nationality."""
    return line.stems[start] in _TERRITORIES and line.stems[end - 1] in lists.NATIONS


def _is_verb(word: Word) -> bool:
    return word.verbal and word.stem not in lists.FIRST_NAMES and word.stem not in lists.SURNAMES


def _descriptive(word: Word) -> bool:
    """Whether the first word of a person's name only describes him: الأمازيغي أحمد, الرئيس محمد."""
    stem = word.stem
    if not word.definite or stem in lists.FIRST_NAMES:
        return False
    return stem in lists.NATIONS or (stem,) in lists.OFFICES_ALONE or stem[2:] in lists.OCCUPATIONS


def _cut_at_proclitics(line: Line, found: Found) -> Iterator[Found]:
    """A place name ends where the next place begins: البحر بالمحلة الكبرى."""
    start = found.start
    for at in range(found.start + 1, found.end):
        word = line.words[at]
        if word.proclitic in ("و", "ب", "ل") and word.stem in _PLACES:
            yield found._replace(start=start, end=at)
            start = at
    yield found if start == found.start else found._replace(start=start)


def _common_noun(line: Line, found: Found) -> bool:
    """Whether an ORG or PERS mention is a common noun: الهيئة, البلدة, ضاحكا, a national team."""
    if found.label == "ORG":
        return _common_body(line, found.start, found.end)
    return found.label == "PERS" and _common_person(line, found.start, found.end)


def _common_body(line: Line, start: int, end: int) -> bool:
    """الهيئة, البلدة, مدرسة ابتدائية, السلطات التركية, a national team."""
    first, last = line.words[start], line.words[end - 1]
    if first.stem in _AUTHORITIES or not _TEAMS.isdisjoint(line.stems[start:end]):
        return True
    if end - start == 1:
        return first.definite and (
            first.stem in lists.ORG_HEADS or first.stem[2:] in lists.ORG_HEADS or first.stem in lists.COMMON_NOUNS
        )
    if (first.stem, *line.folded[start + 1 : end]) in lists.NOT_BODIES:
        return True
    if end - start > 2 or first.stem not in lists.ORG_HEADS or last.definite:
        return False
    described = first.folded.endswith("ة") and last.folded.endswith("ية") and last.stem not in lists.GPE
    return described or (last.folded.endswith("ة") and last.commonness > 8)  # مدرسة ابتدائية, مدرسة جديدة


def _common_person(line: Line, start: int, end: int) -> bool:
    """ضاحكا, وكالين, سياسيون, هلال شعبان, مؤسسة سلال, لولا توفيق الله."""
    word = line.words[start]
    if word.proclitic.endswith("ك") and word.stem not in lists.FIRST_NAMES:
        return True
    if end - start > 1:
        return line.folded[end - 1] == _GOD and line.folded[end - 2] == _HELP
    if word.stem in _NO_PERSONS or _is_kunya(line, start) or (word.definite and word.stem[2:] in lists.OCCUPATIONS):
        return True
    if line.stem(start - 1) in lists.ORG_HEADS and word.stem not in _GIVEN:
        return True
    if not word.definite and word.folded.endswith(_PLURAL):
        return True
    group = word.stem in lists.NATIONS and word.stem.endswith(("ين", "ون", "ات", "ية"))
    return group or line.forms[start].endswith(_TANWIN) or word.stem in lists.COMMON_NOUNS


def completed(line: Line, found: Sequence[Found]) -> list[Found]:
    """List and model mentions with the words that belong to them: a nationality, a clan, the number of a king."""
    return [_complete(line, mention) if mention.label in _COMPLETED else mention for mention in found]


def _complete(line: Line, mention: Found) -> Found:
    start, after, label = mention.start, mention.end, mention.label
    if after >= len(line.forms):
        return mention
    word = line.words[after]
    if label == "ORG":
        national = word.definite and not word.cut and word.stem in lists.NATIONS
        if national and (line.stems[start], *line.folded[start + 1 : after]) in lists.NATIONAL_BODIES:
            return mention._replace(end=after + 1)
    elif label == "PERS":
        if word.folded == _CLAN and after + 1 < len(line.forms):
            return mention._replace(end=after + 2)
        if numbered(line, start, after):
            return mention._replace(end=after + 1)
    elif _is_version(line.forms[after]) and (line.folded if after > start + 1 else line.stems)[after - 1] in _SERIES:
        return mention._replace(end=after + 1)
    return mention


def numbered(line: Line, start: int, end: int) -> bool:
    """Whether a ruler's number follows his name: الملك عبد الله الثاني."""
    return end < len(line.folded) and line.folded[end] in _NUMBERED.get(line.stem(start - 1), ())


def _is_version(form: str) -> bool:
    return form.isdecimal() and len(form) <= 2


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
    kept = [mention for mention in found if mention.end > mention.start + 1 or not _no_name(line, mention)]
    if QUOTE in line.triggers:
        return [mention._replace(label="ORG") if _newspaper(line, mention) else mention for mention in kept]
    return kept


def _no_name(line: Line, found: Found) -> bool:
    """Whether a name of one word is none here: دوما with tanwin, نجد, على الصعيد, ليل الثلاثاء, ياسر عرفات."""
    at = found.start
    stem = line.stems[at]
    if (stem == _SAUDI and _saudi(line, at)) or (stem == _ENTHUSIASM and _enthusiasm(line, found.end)):
        return True
    if found.label not in ("GPE", "LOC"):
        return False
    if stem in _UNSAFE_REGIONS and _is_common_word(line, at):
        return True
    if stem == _NIGHT and line.stem(at + 1) in _DAYS:
        return True
    before = line.stems[at - 1] if at else ""
    return (before in lists.FIRST_NAMES and before not in lists.AMBIGUOUS_NAMES) or line.forms[at].endswith(_TANWIN)


def _saudi(line: Line, at: int) -> bool:
    """Whether السعودية is an adjective."""
    if not at:
        return False
    before, joined = line.words[at - 1], line.words[at].proclitic
    adjective = joined in ("", "و") and before.is_word and before.definite and before.folded not in _PREPOSITIONS
    return adjective and (not joined or before.stem in lists.NATIONS)


def _is_common_word(line: Line, at: int) -> bool:
    """المدى المتوسط, في المتوسط, على الصعيد الدولي, الصحابي الجليل, أن نجد."""
    word, before = line.words[at], line.words[at - 1] if at else None
    if word.proclitic == "ب":
        return word.stem == _SEA
    if before is None or not before.is_word:
        return word.stem == _NAJD
    if word.stem == _NAJD:
        return before.definite or (before.stem in lists.STOPWORDS and before.stem not in _PREPOSITIONS)
    if word.stem == _UPPER_EGYPT:
        adjective = at + 1 < len(line.words) and line.words[at + 1].definite
        return before.stem in (_ON, word.stem) or (before.stem == _AT and adjective)
    return before.definite or (word.stem == _SEA and before.stem == _AT) or before.stem == "عبد"


def _newspaper(line: Line, found: Found) -> bool:
    """«الخليج», alone in quotation marks: the newspaper."""
    at, end = found.start, found.end
    if at == 0 or end >= len(line.forms) or QUOTES.get(line.forms[at - 1]) != line.forms[end]:
        return False
    return line.folded[at:end] in lists.NEWSPAPERS


def _enthusiasm(line: Line, after: int) -> bool:
    """Whether حماس is the common noun: حماس الجمهور."""
    if after >= len(line.forms):
        return False
    word = line.words[after]
    return word.definite and not word.cut and word.stem not in lists.NATIONS


def trimmed_to_surnames(lines: Sequence[Line], found: Sequence[list[Found]]) -> list[list[Found]]:
    """A person's mention that begins with the surname of somebody named in full elsewhere ends there."""
    surnames = {
        line.folded[mention.end - 1]
        for line, mentions in zip(lines, found, strict=True)
        for mention in mentions
        if mention.label == "PERS" and mention.end - mention.start > 1 and mention.score > 0.6
    }
    families = {surname for surname in surnames if surname.startswith("ال")} - lists.FIRST_NAMES
    if not families:
        return [*found]
    return [
        [_trimmed(mention) if line.stems[mention.start] in families else mention for mention in mentions]
        for line, mentions in zip(lines, found, strict=True)
    ]


def _trimmed(found: Found) -> Found:
    long = found.label == "PERS" and found.end - found.start > 1
    return found._replace(end=found.start + 1) if long else found
