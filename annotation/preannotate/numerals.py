"""Arabic numbers in words, digits and both: `خمسة وعشرون ألفا`, `3,5 مليار`, `٢٠٠ ألف و500`, `مليون ونصف المليون`.

All functions take *folded* forms (`annotation.preannotate.words.fold`): hamza, ta marbuta and Arabic-Indic digits are
already merged, so one entry serves masculine, feminine and every case ending.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

_UNITS = {
    1: "واحد واحده واحدا احد احدي",
    2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي",
    3: "ثلاثه ثلاث",
    4: "اربعه اربع",
    5: "خمسه خمس",
    6: "سته ست",
    7: "سبعه سبع",
    8: "ثمانيه ثماني ثمان",
    9: "تسعه تسع",
    10: "عشره عشر",
}
_TENS = {
    20: "عشرون عشرين",
    30: "ثلاثون ثلاثين",
    40: "اربعون اربعين",
    50: "خمسون خمسين",
    60: "ستون ستين",
    70: "سبعون سبعين",
    80: "ثمانون ثمانين",
    90: "تسعون تسعين",
}
_HUNDREDS = {
    100: "مئه مائه ميه",
    200: "مئتان مئتين مائتان مائتين مئتا مئتي مائتا مائتي",
    300: "ثلاثمئه ثلاثمائه",
    400: "اربعمئه اربعمائه",
    500: "خمسمئه خمسمائه",
    600: "ستمئه ستمائه",
    700: "سبعمئه سبعمائه",
    800: "ثمانمئه ثمانمائه ثمانيمئه ثمانيمائه",
    900: "تسعمئه تسعمائه",
}
# A scale by how it is used: alone or after a number, as a dual, as a plural after 3 to 10 (alone: an unknown number).
_SCALES = {
    1_000: ("الف الفا", "الفان الفين الفا الفي", "الاف"),
    1_000_000: ("مليون مليونا", "مليونان مليونين مليونا مليوني", "ملايين"),
    1_000_000_000: (
        "مليار مليارا بليون بليونا",
        "ملياران مليارين ملياري بليونان بليونين بليوني",
        "مليارات ملايير بلايين",
    ),
    1_000_000_000_000: (
        "تريليون تريليونا ترليون ترليونا",
        "تريليونان تريليونين تريليوني ترليونين ترليوني",
        "تريليونات ترليونات",
    ),
}
_FRACTIONS = {
    "نصف": Decimal("0.5"),
    "النصف": Decimal("0.5"),
    "ربع": Decimal("0.25"),
    "الربع": Decimal("0.25"),
    "ثلث": Decimal(1) / Decimal(3),
    "ثلثي": Decimal(2) / Decimal(3),
}
_ORDINAL_UNITS = {
    1: "الاول الاولي",
    2: "الثاني الثانيه",
    3: "الثالث الثالثه",
    4: "الرابع الرابعه",
    5: "الخامس الخامسه",
    6: "السادس السادسه",
    7: "السابع السابعه",
    8: "الثامن الثامنه",
    9: "التاسع التاسعه",
    10: "العاشر العاشره",
    11: "الحادي الحاديه",
}


def _by_form(table: Mapping[int, str], *, article: bool = False) -> dict[str, int]:
    forms = {form: value for value, words in table.items() for form in words.split()}
    if article:
        forms |= {"ال" + form: value for form, value in forms.items()}
    return forms


UNITS: Mapping[str, int] = _by_form(_UNITS, article=True)
TENS: Mapping[str, int] = _by_form(_TENS, article=True)
HUNDREDS: Mapping[str, int] = _by_form(_HUNDREDS, article=True)
SCALES: Mapping[str, int] = _by_form({value: forms[0] for value, forms in _SCALES.items()}, article=True)
DUAL_SCALES: Mapping[str, int] = _by_form({value: forms[1] for value, forms in _SCALES.items()})
PLURAL_SCALES: Mapping[str, int] = _by_form({value: forms[2] for value, forms in _SCALES.items()}, article=True)
FRACTIONS: Mapping[str, Decimal] = _FRACTIONS
ORDINALS: Mapping[str, int] = _by_form(_ORDINAL_UNITS)
TEEN = frozenset({"عشر", "عشره"})

_DIGITS = re.compile(r"\d+(?:[.,٫٬]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,٬]\d{3})+(?:[.,٫]\d+)?")


def is_scale(form: str) -> bool:
    """Whether a folded form is a thousand, a million and so on, in any number."""
    return form in SCALES or form in DUAL_SCALES or form in PLURAL_SCALES


def parse_digits(form: str, *, scale: int = 1, decimals: int = 2) -> Decimal | None:
    """The number that a folded run of digits stands for; None where it has no reading.

    A separator followed by other than three digits is a decimal mark (`3,5` in the Maghreb, `3.5` elsewhere). Followed
    by three digits it groups thousands (`12,500`), except before a scale word (`1.125 مليار` is 1.125 × 10⁹; but `1,596
    مليون`, as balance sheets write, is 1596 × 10⁶) and, for the point, where amounts are written with three `decimals`
    (Kuwait, Tunisia).
    """
    if form.startswith("00"):
        return None
    if form.isdecimal():
        return Decimal(form)
    if not _DIGITS.fullmatch(form):
        return None
    marks = [mark for mark in form if not mark.isdigit()]
    if "٫" in marks or (len(marks) == 1 and _is_decimal(form, marks[0], scale, decimals)):
        head, _, tail = form.replace("٬", "").rpartition("٫" if "٫" in marks else marks[0])
        return Decimal(_only_digits(head) + "." + tail)
    if not _GROUPED.fullmatch(form):
        return None
    if len(set(marks)) > 1:  # 1.635.092,22: the last mark is the decimal one
        head, _, tail = form.rpartition(marks[-1])
        return Decimal(_only_digits(head) + "." + tail) if marks.count(marks[-1]) == 1 else None
    return Decimal(_only_digits(form))


def _only_digits(form: str) -> str:
    return re.sub(r"\D", "", form)


def _is_decimal(form: str, mark: str, scale: int, decimals: int) -> bool:
    head, _, tail = form.rpartition(mark)
    if len(tail) != 3 or len(head) > 3 or head == "0":
        return True
    if mark == "." and (scale > 1 or decimals == 3):
        return True
    return mark == "," and scale not in (1, 1_000_000)


def parse_number(forms: Sequence[str], *, decimals: int = 2) -> Decimal | None:
    """The value of a number as folded forms without its conjunctions (`خمسه عشرون الف`); None if they make none.

    Scales must fall from left to right: `مليون مليوني` are two numbers, not one. A plural scale alone (`ملايين`) is
    no number.
    """
    total = Decimal(0)
    group: Decimal | None = None  # the number below a thousand that a scale may multiply
    group_floor = 0  # the next word of the group must be smaller than this; 0: the group takes no more
    last_scale: int | None = None
    position = 0
    while position < len(forms):
        form = forms[position]
        following = forms[position + 1] if position + 1 < len(forms) else ""
        # مليونا دولار is a dual, مليونا وثلاثمئه الف an accusative.
        ambiguous = form in SCALES and following
        dual = DUAL_SCALES.get(form) if group is None and not ambiguous else None
        scale = SCALES.get(form) or (PLURAL_SCALES.get(form) if group is not None else None)
        if dual is not None or scale is not None:
            size = dual or scale or 1
            if last_scale is not None and size >= last_scale:
                return None
            total += size * (Decimal(2) if dual is not None else group if group is not None else Decimal(1))
            last_scale, group, group_floor = size, None, 0
        elif form in FRACTIONS:
            # نصف مليار; مليون ونصف (of the scale before it); مليون ونصف المليون; ثلاثه ونصف مليون
            fraction = FRACTIONS[form]
            if group is not None:
                group, group_floor = group + fraction, 0
            elif following in SCALES and (last_scale is None or SCALES[following] <= last_scale):
                total += fraction * SCALES[following]
                last_scale = SCALES[following]
                position += 1
            elif last_scale is not None:
                total += fraction * last_scale
            elif len(forms) == 1:
                return fraction
            else:
                return None
        else:
            value, floor = _below_thousand(form, following, group, group_floor, decimals)
            if value is None:
                return None
            if last_scale is not None and value >= last_scale:
                return None
            group, group_floor = (group or Decimal(0)) + value, floor
            teen = following in TEEN and UNITS.get(form, 10) < 10
            if teen or (form in UNITS and HUNDREDS.get(following) == 100):
                position += 1  # خمسه عشر، ثلاث مئه
        position += 1
    return total + (group or Decimal(0)) if forms else None


def _below_thousand(
    form: str, following: str, group: Decimal | None, floor: int, decimals: int
) -> tuple[Decimal | None, int]:
    """The value that one word adds to a group, and below what the next word must stay."""
    if group is not None and not floor:
        return None, 0
    if form in UNITS:
        unit = UNITS[form]
        if following in TEEN and unit < 10:
            value, rest = 10 + unit, 0
        elif following in HUNDREDS and HUNDREDS[following] == 100 and 3 <= unit <= 9 and group is None:
            value, rest = unit * 100, 100
        else:
            # خمسه وعشرون: the unit stands before the ten.
            value, rest = unit, -1 if unit < 10 else 0
    elif form in TENS:
        value, rest = TENS[form], 0
    elif form in HUNDREDS:
        value, rest = HUNDREDS[form], 100
    else:
        scale = SCALES.get(following) or PLURAL_SCALES.get(following) or 1
        number = parse_digits(form, scale=scale, decimals=decimals)
        # ٢٠٠ الف و500: digits make a group of their own.
        return (number, 0) if group is None else (None, 0)
    if group is None:
        return Decimal(value), rest
    if floor == -1:
        return (Decimal(value), 0) if form in TENS else (None, 0)
    return (Decimal(value), rest) if value < floor else (None, 0)


def parse_ordinal(forms: Sequence[str]) -> int | None:
    """The value of a definite ordinal as folded forms without و (`الثالث العشرين`, `الخامس عشر`); None if none."""
    if len(forms) == 1:
        return ORDINALS.get(forms[0]) or (TENS.get(forms[0]) if forms[0].startswith("ال") else None)
    if len(forms) == 2 and forms[0] in ORDINALS:
        unit = 1 if ORDINALS[forms[0]] == 11 else ORDINALS[forms[0]]
        if forms[1] in TEEN:
            return 10 + unit
        if forms[1] in TENS:
            return TENS[forms[1]] + unit
    return None
