"""Tokens as offsets: the versioned tokeniser that releases, the sequence model and agreement share.

Whole: words of one script with their marks, tatweel and joiners; 3.5, 10:30, 12/7/2026 and 5G; urls, e-mails and bare
domains; hashtags and handles; dotted abbreviations (و.م.ع); Latin words with their hyphens (COVID-19). A run of one
punctuation mark is one token, every other mark stands alone. Proclitics stay attached (where they end is another
view). A change of script inside a word ends the token ("لـGoogle" is two), so does a change to digits ("ال24").
"""

from __future__ import annotations

import re
from typing import Final

from corpus.text.chars import ARABIC, MARKS, URL

VERSION: Final = "3"

_LATIN = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F"
_LETTER = r"[^\W\d_]"

_INITIAL = rf"(?!\N{{ARABIC TATWEEL}}){_LETTER}[{MARKS}]*+"

_TOKEN = re.compile(
    r"(?=\S)(?:"
    + "|".join(
        (
            rf"[{ARABIC}][{ARABIC}{MARKS}]++(?!\.{_LETTER}\.)",  # by far the commonest: two letters, or one and a mark
            rf"[وفبلك]?(?:{_INITIAL}\.){{2,}}(?:{_INITIAL})?[{MARKS}]*+(?!{_LETTER})",  # و.م.ع, ق.م., U.S.
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
