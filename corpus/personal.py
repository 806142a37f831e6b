"""Personal data in text: e-mail addresses, and telephone numbers of the Arab countries as people write them.

A number counts as a telephone number if it has an international prefix with the right number of digits behind it, if
it is one that a country's numbering plan gives out with the national trunk 0 before it, or if a word such as هاتف says
that it is one. Digits may be ASCII, Arabic-Indic or Extended Arabic-Indic. Dates, amounts, scores and account numbers
are none of these (readable cases: `tests/cases/personal`). Numbering plans: ITU-T E.164, national plans as of 2025.

Redacting replaces every letter and digit by X, so that a text keeps its length and all offsets into it:

>>> text = "راسلونا على news@example.org أو +212 522 20 30 40"
>>> [(found.kind, text[found.start : found.end]) for found in find_personal(text)]
[('email', 'news@example.org'), ('phone', '+212 522 20 30 40')]
>>> apply_edits(text, redact(text, KINDS))
'راسلونا على XXXX@XXXXXXX.XXX أو +XXX XXX XX XX XX'
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from corpus.span import Span
from corpus.text.edits import Edit, apply_edits

__all__ = ["KINDS", "REDACTION_RULES", "Personal", "apply_edits", "find_personal", "redact"]

VERSION: Final = "1"
EMAIL: Final = "email"
PHONE: Final = "phone"
KINDS: Final = (EMAIL, PHONE)
REDACTION_RULES: Final[Mapping[str, str]] = {kind: f"redact-{kind}" for kind in KINDS}

_MASK: Final = "X"
_JOINTS: Final = frozenset("._%+-")
_EMAIL: Final = re.compile(
    r"(?<![\w.%+-])(?P<local>[\w%+-]+(?:\.[\w%+-]+)*)@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"
)
_DIGIT: Final = "[0-9\N{ARABIC-INDIC DIGIT ZERO}-\N{ARABIC-INDIC DIGIT NINE}" \
    "\N{EXTENDED ARABIC-INDIC DIGIT ZERO}-\N{EXTENDED ARABIC-INDIC DIGIT NINE}]"
_GAP: Final = r"(?:\)?[ .\-/\u00A0\u2010-\u2013]\(?|[()])"
_NUMBER: Final = rf"\(?\+?\(?{_DIGIT}+(?:{_GAP}{_DIGIT}+)*\+?"
# A proclitic may stand right before a number. What it may begin with stands first, which makes the search fast.
_RUN: Final = re.compile(rf"(?=[(+]|{_DIGIT})(?<![\dA-Za-z_.,:+\u066B\u066C/-]){_NUMBER}(?![\w@%\u066A])")
_PART: Final = re.compile(_NUMBER)
_CALENDAR_DAY: Final = re.compile(
    rf"(?<![\d./-])(?:{_DIGIT}{{1,2}}([./-]){_DIGIT}{{1,2}}\1{_DIGIT}{{4}}"
    rf"|{_DIGIT}{{4}}([./-]){_DIGIT}{{1,2}}\2{_DIGIT}{{1,2}})(?![./-]?\d)"
)
_CUE: Final = re.compile(
    r"(?:هاتف|الهاتف|تلفون|التلفون|تليفون|جوال|الجوال|موبايل|محمول|المحمول|نقال|النقال|واتساب|واتس|فاكس|الفاكس"
    r"|على الرقم|بالرقم|على الأرقام|tel|phone|mobile|whatsapp|gsm|fax)"
    r"(?: رقم| الرقم| التالي| التالية| النقال| المحمول| الجوال)?[.:؛\s]{0,3}\Z",
    re.IGNORECASE,
)
_CUE_REACH: Final = 40  # code points before a number in which such a word may stand


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's numbers: how many digits follow its code, and what they look like behind the trunk 0, if it has one
    (digits without gaps)."""

    code: str
    lengths: range
    national: str = ""


_PLANS: Final = (
    _Plan("212", range(9, 10), r"0[5-8]\d{8}"),  # Morocco
    _Plan("213", range(8, 10), r"0[5-7]\d{8}|0[2-4]\d{7}"),  # Algeria
    _Plan("216", range(8, 9)),  # Tunisia
    _Plan("218", range(8, 10), r"09[1-6]\d{7}|021\d{7}"),  # Libya
    _Plan("222", range(8, 9)),  # Mauritania
    _Plan("20", range(8, 11), r"01[0125]\d{8}|0[23]\d{7,8}|0[4-9]\d{8}"),  # Egypt
    _Plan("249", range(9, 10), r"0[19]\d{8}"),  # Sudan
    _Plan("252", range(7, 10)),  # Somalia
    _Plan("253", range(8, 9)),  # Djibouti
    _Plan("269", range(7, 8)),  # Comoros
    _Plan("961", range(7, 9)),  # Lebanon; its national form is `_LEBANON`
    _Plan("962", range(8, 10), r"07[789]\d{7}|0[2356]\d{7}"),  # Jordan
    _Plan("963", range(8, 10), r"09\d{8}|0[1-5]\d{7,8}"),  # Syria
    _Plan("964", range(8, 11), r"07[3-9]\d{8}"),  # Iraq
    _Plan("965", range(8, 9)),  # Kuwait
    _Plan("966", range(8, 10), r"05\d{8}|01[1-7]\d{7}"),  # Saudi Arabia
    _Plan("967", range(7, 10), r"07[01378]\d{7}"),  # Yemen
    _Plan("968", range(8, 9)),  # Oman
    _Plan("970", range(8, 10), r"05[69]\d{7}|0[2489]\d{7}"),  # Palestine
    _Plan("972", range(8, 10)),  # numbers of Palestinians on networks of Israel
    _Plan("971", range(8, 10), r"05[024-68]\d{7}|0[2-79]\d{7}"),  # United Arab Emirates
    _Plan("973", range(8, 9)),  # Bahrain
    _Plan("974", range(8, 9)),  # Qatar
)
_NATIONAL: Final = re.compile("|".join(plan.national for plan in _PLANS if plan.national), re.ASCII)
_LEBANON: Final = re.compile(rf"{_DIGIT}{{2}}[ /-]{_DIGIT}{{3}}[ -]?{_DIGIT}{{3}}")
_LEBANON_AREAS: Final = ("01", "03", "04", "05", "06", "07", "08", "09")
_CUED_LENGTHS: Final = range(7, 12)


@dataclass(frozen=True, slots=True)
class Personal(Span):
    """A range of a text (code points) that is personal data of a kind, one of `KINDS`."""

    kind: str


def find_personal(text: str) -> list[Personal]:
    """The personal data in a text, in order; what is masked already is none."""
    found = [
        Personal(match.start(), match.end(), EMAIL)
        for match in (_EMAIL.finditer(text) if "@" in text else ())
        if set(match["local"]) - _JOINTS != {_MASK}
    ]
    found += [Personal(start, end, PHONE) for start, end in _phones(text)]
    return sorted(found, key=lambda one: one.start)


def redact(text: str, kinds: Collection[str]) -> list[Edit]:
    """The edits that mask the personal data of these kinds; each keeps the length of what it replaces."""
    return [
        Edit(one.start, one.end, re.sub(r"[^\W_]", _MASK, text[one.start : one.end]), REDACTION_RULES[one.kind])
        for one in find_personal(text)
        if one.kind in kinds
    ]


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        if _is_phone(text, run.start(), run.end()):
            opened = run.group().startswith("(") and ")" not in run.group()  # the bracket around the number
            yield run.start() + opened, run.end()
            continue
        # Several numbers joined by a slash or hyphen.
        start = run.start()
        for piece in re.split(r"(?<=[/-])", run.group()):
            part = _PART.match(piece)
            if part and len(piece) < len(run.group()) and _is_phone(text, start, start + part.end()):
                yield start, start + part.end()
            start += len(piece)


def _is_phone(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    groups = re.findall(rf"{_DIGIT}+", written)
    digits = "".join(str(int(digit)) for digit in "".join(groups))
    if written.endswith("+") and "(" in written:
        return False  # "252185 (5836+)": a count and what it grew by
    if "+" in written or digits.startswith("00"):
        return _is_international(digits.removeprefix("00"))
    if _CALENDAR_DAY.search(written):
        return False
    if digits.startswith("0") and len(groups[0]) > 1 and _NATIONAL.fullmatch(digits):
        return True
    if _LEBANON.fullmatch(written) and digits[:2] in _LEBANON_AREAS:
        return True
    return len(digits) in _CUED_LENGTHS and _CUE.search(text[max(0, start - _CUE_REACH) : start]) is not None


def _is_international(digits: str) -> bool:
    """Whether the digits behind a `+` are a country's code and a number of its length, a trunk 0 in between or not."""
    for plan in _PLANS:
        if digits.startswith(plan.code):
            rest = digits.removeprefix(plan.code).removeprefix("0")
            return len(rest) in plan.lengths
    return False
