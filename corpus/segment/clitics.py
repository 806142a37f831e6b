"""Where the proclitics of a token end: a view of tokens, which themselves keep them attached (وبالمغرب).

As the conventions have it for spans: و ف (and, so), then ب ك ل (by, like, for), are outside a name, the article ال is
inside, and of للمغرب the span is لمغرب. A letter is split off only where something tells it from a letter of the word:
the article after it, or و and ف before words that are known. So وزير, بنك and كتاب stay whole, and so does ولندن, which
only a dictionary would know: a view for features and search, not a morphological analysis.

>>> clitic_boundaries("وبالمغرب")
(1, 2)
>>> clitic_boundaries("للمغرب")
(1,)
>>> clitic_boundaries("وزير")
()
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from corpus.segment import lexicon
from corpus.text.chars import MARKS

VERSION: Final = "1"

_M: Final = rf"[{MARKS}\N{{ARABIC TATWEEL}}]*+"
# Before the article: (و|ف)?(ب|ك)?ال, (و|ف)?لل with what is left long enough to be a word.
_BEFORE_ARTICLE = re.compile(rf"(?P<and>[وف]{_M})?(?P<by>[بك]{_M})?(?=ا{_M}ل{_M}(?:\w{_M}){{2}})")
_BEFORE_LAM = re.compile(rf"(?P<and>[وف]{_M})?(?P<by>ل{_M})(?=ل{_M}(?:\w{_M}){{2}})")
_AND = re.compile(rf"[وف]{_M}")
_UNWRITTEN = re.compile(rf"[{MARKS}\N{{ARABIC TATWEEL}}]+")
_FUNCTION_WORDS: Final = frozenset(
    ["من", "في", "عن", "على", "إلى", "مع", "أن", "إن", "لم", "لن", "لا", "ما", "قد", "هو", "هي", "هم", "كان", "كانت",
     "ليس", "هذا", "هذه", "ذلك", "تلك", "التي", "الذي", "هناك", "بعد", "قبل", "بين", "منذ", "خلال", "كما", "لكن", "حتى",
     "إذا", "لقد", "عند", "عندما", "أي", "كل", "بعض", "غير", "أو"]
)  # fmt: skip
_STARTS_WITH_ARTICLE: Final = frozenset(
    ["والد", "والدة", "والده", "والدته", "والدي", "والي", "فالس", "بالغ", "بالغة", "بالون"]
)


def clitic_boundaries(token: str) -> tuple[int, ...]:
    """The positions in `token`, in code points, at which a proclitic ends, in order; none where nothing is sure."""
    plain = _UNWRITTEN.sub("", token)
    if plain in _STARTS_WITH_ARTICLE:
        return ()
    for pattern in (_BEFORE_ARTICLE, _BEFORE_LAM):
        match = pattern.match(token)
        if match is not None and match.end():
            return tuple(match.end(name) for name in ("and", "by") if match[name])
    opening = _AND.match(token)
    if opening is not None and (plain[1:] in _FUNCTION_WORDS or (plain[0] == "و" and plain in lexicon.OPENERS)):
        return (opening.end(),)
    return ()


def parts(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The token `text[start:end]` as ranges of the text, cut at its clitic boundaries."""
    cuts = (0, *clitic_boundaries(text[start:end]), end - start)
    return tuple((start + one, start + two) for one, two in pairwise(cuts))
