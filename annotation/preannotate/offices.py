"""OCC: offices and occupations with their complements, joined to a person's name or standing for their holder."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.preannotate import lists
from annotation.preannotate.chains import Allows, Names, chain_end
from annotation.preannotate.gazetteer import Phrase
from annotation.preannotate.line import Found
from annotation.preannotate.triggers import OFFICE, office_heads
from annotation.preannotate.words import plain_words

_MINISTRY = Allows(conjunction=True, to=True, places=True)
_PLAIN = Allows(to=True, places=True)
_CONJOINING = plain_words("وزير وزيرة وزراء كاتب كاتبة")
_NEEDS_PLACE = plain_words("عامل ملك ملكة أمير أميرة سلطان حاكم والي والية محافظ عمدة")
_SEATS = lists.PLACE_HEADS | plain_words("أمن بنك البنك المصرف مصرف عمالات مدينة")
_CHARGED = plain_words("المكلف المكلفة مكلف مكلفة")
_FORMER = plain_words("السابق السابقة الأسبق المخلوع الراحل المنتهية")
_NEW = plain_words("الجديد الجديدة الحالي الحالية")  # of the holder, not of the office
_DRIVEN = plain_words("السيارة الطائرة المركبة الدراجة الشاحنة الحافلة القطار السفينة العصابة عصابة")
_IN = plain_words("في لدى")
_BETWEEN, _BEFORE = frozenset("،,.:-–"), frozenset("،,(-–")  # marks between an office and its holder's name
_BODIES = ("ORG", "GPE", "FAC", "LOC")
_FAR = 4  # definite words that may stand between a definite head and the person's name


def offices(names: Names) -> Iterator[Found]:
    """OCC: the offices of a line, left to right, none overlapping another."""
    line = names.line
    starts = line.at(OFFICE)
    if not starts:
        return
    taken = 0
    for start, head_end, _ in office_heads().matches(line.stems, line.folded, starts):
        if line.forms[start].endswith("أمام"):
            continue  # إمام has the same plain spelling
        if start < taken or start in names.blocked or start in names.persons or start in names.inner:
            continue
        inside = names.starting(start)
        if inside is not None and inside.end > head_end and inside.source == "list":
            continue
        single = head_end == start + 1
        if single and line.words[start].definite:
            end = _definite_office(names, start, head_end)
        else:
            end = _construct_office(names, start, head_end)
        if end:
            taken = end
            yield Found(start, end, "OCC", 0.85, "offices")


def _definite_office(names: Names, start: int, head_end: int) -> int:
    """The end of الوزيرة, الرئيس الفرنسي, المديرة الجهوية للشغل; 0 where nobody holds it."""
    line = names.line
    alone = (line.stems[start],) in lists.OFFICES_ALONE
    if not (alone or names.persons):
        return 0
    if line.stems[start] in lists.HONORIFICS and names.label_at(head_end) == "PERS":
        return 0  # المهندس فلان: a form of address
    end = _adjectives_end(names, head_end)
    ranked = end > head_end and line.stems[end - 1] in lists.OFFICE_ADJECTIVES
    if ranked and end < len(line.words) and line.words[end].proclitic == "ل" and not names.ends_phrase(end):
        end = chain_end(names, end, _MINISTRY)
    end = _charged_end(names, end)
    if _joined(names, start, end):
        return end
    far = _far_end(names, end)
    if far and _joined(names, start, far):
        return far
    return end if alone else 0


def _construct_office(names: Names, start: int, head_end: int) -> int:
    """The end of وزير العدل, رئيس بلدية نابلس, المتحدث باسم الوزارة; 0 where it is no office."""
    line = names.line
    head: Phrase = (line.stems[start], *line.folded[start + 1 : head_end])
    if names.label_at(head_end) == "PERS":
        return head_end
    if head[0] in _NEEDS_PLACE and len(head) == 1:
        stem = line.stem(head_end)
        placed = names.label_at(head_end) in ("GPE", "ORG", "LOC")
        if not placed and stem not in _SEATS and stem not in lists.GPE_AMBIGUOUS and stem not in lists.CITIES:
            return 0
        if not placed and stem not in _SEATS:
            return head_end + 1
    known = head in lists.OFFICES_CONSTRUCT or head in lists.OFFICES_ALONE
    if not (known or names.persons):
        return 0
    allows = _MINISTRY if head[0] in _CONJOINING else _PLAIN
    closed = len(head) > 1 and line.words[head_end - 1].definite  # ولي العهد; رئيس مجلس goes on
    if closed and not line.words[start].definite:
        allows = Allows(to=True)  # ولي العهد في القاهرة
    end = chain_end(names, head_end, allows, closed=closed) if head_end < len(line.words) else head_end
    if end == head_end and closed:
        end = _adjectives_end(names, head_end)
    end = _charged_end(names, end)
    if head_end < len(line.words) and line.stems[head_end] in _DRIVEN and not _joined(names, start, end):
        return 0
    if end > head_end and line.folded[end - 1] in _NEW:
        end -= 1
    if end > head_end and known:
        return _second_end(names, start, _former_end(names, end))
    if head in lists.OFFICES_ALONE:
        return end
    if _joined(names, start, end) and (end > head_end or line.words[start].proclitic == ""):
        return end
    if end == head_end and _named_before(names, start):
        return _indefinite_adjective_end(names, head_end)
    return 0


def _adjectives_end(names: Names, at: int) -> int:
    """The end of the adjectives of rank and nationality that follow a definite noun."""
    line = names.line
    while at < len(line.words) and line.words[at].definite and not line.words[at].cut and names.label_at(at) != "PERS":
        if not (names.is_nisba(at) or line.stems[at] in lists.OFFICE_ADJECTIVES):
            break
        at += 1
    return at


def _far_end(names: Names, at: int) -> int:
    """The end of a longer description that a person's name follows: الباحث البحري البريطاني, المحلل في شركة كذا."""
    line = names.line
    last = at + _FAR
    while at < min(last, len(line.words)) and names.label_at(at) != "PERS":
        word = line.words[at]
        if word.folded in _IN and names.label_at(at + 1) in _BODIES:
            found = names.starting(at + 1)
            return found.end if found else at
        if word.proclitic in ("ب", "ل") and names.label_at(at) in _BODIES:
            found = names.starting(at)
            return found.end if found else at
        if not word.definite or word.cut or names.ends_phrase(at) or word.folded in lists.HONORIFICS:
            break
        at += 1
    return at


def _second_end(names: Names, start: int, at: int) -> int:
    """The end of مدير الإدارة العامة للأمن والحماية, where the holder's name is before it or follows at once."""
    line = names.line
    if at >= len(line.words) or line.words[at].proclitic != "و" or not line.words[at].definite or names.label_at(at):
        return at
    stem = line.stems[at]
    if names.is_nisba(at) or stem[2:] in lists.OFFICES or stem[2:] in lists.OCCUPATIONS:
        return at
    end = at + 1
    while end < len(line.words) and line.words[end].definite and not line.words[end].cut and not names.label_at(end):
        end += 1
    closing = end >= len(line.words) or not line.words[end].is_word
    held = start - 1 in names.persons or _named_before(names, start)
    return end if names.label_at(end) == "PERS" or (closing and held) else at


def _former_end(names: Names, at: int) -> int:
    """The end of قائد الشرطة السابق."""
    return at + 1 if at < len(names.line.words) and names.line.folded[at] in _FORMER else at


def _charged_end(names: Names, at: int) -> int:
    """The end of an office that goes on with المكلف بـ and its object."""
    line = names.line
    if line.stem(at) in _CHARGED and at + 1 < len(line.words) and line.words[at + 1].proclitic == "ب":
        end = at + 2
        return chain_end(names, end, _MINISTRY) if end < len(line.words) else end
    return at


def _indefinite_adjective_end(names: Names, at: int) -> int:
    """The end of باحث اقتصادي: one indefinite adjective in ي or ية."""
    line = names.line
    if at < len(line.words) and not names.ends_phrase(at):
        word = line.words[at]
        if not word.definite and not word.cut and word.folded.endswith(("ي", "ية")) and not names.label_at(at):
            return at + 1
    return at


def _joined(names: Names, start: int, end: int) -> bool:
    """Whether a person's name stands right after the office (an honorific may be between), or before it."""
    if not names.persons:
        return False
    line = names.line
    at = end
    limit = min(len(line.words), end + 4)
    while at < limit and (line.folded[at] in lists.HONORIFICS or line.forms[at] in _BETWEEN):
        at += 1
    return names.label_at(at) == "PERS" or _named_before(names, start)


def _named_before(names: Names, start: int) -> bool:
    return start - 2 in names.persons and names.line.forms[start - 1] in _BEFORE
