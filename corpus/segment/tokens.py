"""Tokens as offsets: the versioned tokeniser that releases, the sequence model and agreement share.

Whole: words of one script with their marks, tatweel and joiners; 3.5, 10:30, 12/7/2026 and 5G; urls, e-mails and bare
domains; hashtags and handles; dotted abbreviations (و.م.ع); Latin words with their hyphens (COVID-19). A run of one
punctuation mark is one token, every other mark stands alone. Proclitics stay attached (where they end is another
view). A change of script inside a word ends the token ("لـGoogle" is two), so does a change to digits ("ال24").
"""

from __future__ import annotations

import re
from typing import Final

VERSION: Final = "2"

URL_LIMIT: Final = 2000
"""Code points after which a url is taken to have ended: it bounds the time spent on text without spaces."""

MARKS: Final = (
    r"\u0300-\u036F\u1AB0-\u1AFF\u20D0-\u20F0"  # combining diacritical marks, also for symbols
    r"\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u08CA-\u08E1\u08E3-\u08FF"
    r"\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}"
    r"\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}-\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
)
"""Inside a character class: the marks that stay with the letter or sign before them, and the two joiners."""

ARABIC: Final = (
    r"\u0620-\u064A\u066E\u066F\u0671-\u06D3\u06D5\u06E5\u06E6\u06EE\u06EF\u06FA-\u06FC\u06FF\u0750-\u077F\u08A0-\u08C9"
)
"""Inside a character class: the letters of the Arabic script, tatweel among them."""

_LATIN = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F"
_LETTER = r"[^\W\d_]"

_INITIAL = rf"(?!\N{{ARABIC TATWEEL}}){_LETTER}[{MARKS}]*+"

URL: Final = (
    rf"(?:https?://|www\.)[^\s<>«»“”\"()،؛]{{0,{URL_LIMIT - 1}}}[^\s<>«»“”\"()،؛.,:;!?؟…'\]]"
    r"|[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
"""A url (without the stop after it) or an e-mail address."""

_TOKEN = re.compile(
    r"(?=\S)(?:"
    + "|".join(
        (
            rf"[{ARABIC}][{ARABIC}{MARKS}]++(?!\.{_LETTER}\.)",  # by far the commonest: two letters, or one and a mark
            rf"[وفبلك]?(?:{_INITIAL}\.){{2,}}(?:{_INITIAL})?(?!{_LETTER})",  # و.م.ع, ق.م., U.S.
            rf"[{ARABIC}][{ARABIC}{MARKS}]*+",
            rf"\d++(?:[.,:/٫٬]\d++)*+(?:[A-Za-z]++(?!@))?[{MARKS}]*+",  # 3.5, 10:30, 12/7/2026, 5G
            URL,
            rf"[{_LATIN}][{_LATIN}{MARKS}\d]*+(?:[-'’&._][{_LATIN}\d][{_LATIN}{MARKS}\d]*+)*+",
            rf"[@#](?:{_LETTER}[{MARKS}]*+|[\d_])++",
            rf"(?:{_LETTER}[{MARKS}]*+)++",
            rf"([^\w\s])\1*+[{MARKS}]*+",
            r"\S",
        )
    )
    + ")"
)


def token_offsets(text: str) -> list[tuple[int, int]]:
    """The tokens of `text` as half-open code point ranges, in order, disjoint, covering all that is not whitespace."""
    return [match.span() for match in _TOKEN.finditer(text)]
