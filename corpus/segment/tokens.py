"""Tokens as offsets: the versioned tokeniser that releases, the sequence model and agreement share.

Whole: words of one script with their marks, tatweel and joiners; 3.5, 10:30, 12/7/2026 and 5G; urls, e-mails and bare
domains; hashtags and handles; dotted abbreviations (و.م.ع); Latin words with their hyphens (COVID-19). A run of one
punctuation mark is one token, every other mark stands alone. Proclitics stay attached (where they end is another
view). A change of script inside a word ends the token ("لـGoogle" is two), so does a change to digits ("ال24").
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.text.blocks import blocks, code_points
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


Places = NDArray[np.int64]


def token_offsets(text: str) -> list[tuple[int, int]]:
    """The tokens of `text` as half-open code point ranges, in order, disjoint, covering all that is not whitespace."""
    return [match.span() for match in _TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class TokenRanges:
    """The tokens of many texts one after the other, each in code points of its own text; of each text how many."""

    starts: Places
    ends: Places
    counts: Places


def token_ranges(texts: Sequence[str]) -> TokenRanges:
    """What `token_offsets` says of each of `texts`, found for many at once and so several times faster."""
    found = [_ranges(block) for block in blocks(texts)]
    if not found:
        nothing = np.zeros(0, np.int64)
        return TokenRanges(nothing, nothing, nothing)
    return TokenRanges(*(np.concatenate(column) for column in zip(*found, strict=True)))


def tokens_of(texts: Sequence[str]) -> list[tuple[tuple[int, int], ...]]:
    """`token_offsets` of each of `texts`, by way of `token_ranges`."""
    found = token_ranges(texts)
    pairs = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    return [tuple(pairs[start:end]) for start, end in pairwise([0, *np.cumsum(found.counts).tolist()])]


# Classes of characters; the last bit tells marks from the letters that they stand on.
_SPACE, _LETTER_CLASS, _MARK, _DIGIT, _OTHER, _FIRST_SIGN = 0, 2, 3, 4, 6, 8
_SIGNS: Final = ".,:/٫٬،؛؟!?()[]{}«»\"'“”‘’…–—-%*|•+=<>~^`$©®°·‹›"
"""Punctuation that is a token by itself: each sign has a class of its own, because a run of one sign is one token."""
_DOT = _FIRST_SIGN + 2 * _SIGNS.index(".")
_LAST_SEPARATOR = _FIRST_SIGN + 2 * _SIGNS.index("٬")
"""The signs up to here stand in numbers, times and dates too."""
_LAST_CLASSED: Final = 0x1FFFF
"""The code point after which all are `_OTHER`."""


@functools.cache
def _classes() -> NDArray[np.uint8]:
    """The class of each code point; what the pattern has to look at is `_OTHER`."""
    found = np.full(sys.maxunicode + 1, _OTHER, np.uint8)
    every = "".join(map(chr, range(_LAST_CLASSED + 1)))
    for pattern, number in ((r"\s", _SPACE), (rf"[{ARABIC}]", _LETTER_CLASS), (rf"[{MARKS}]", _MARK), (r"\d", _DIGIT)):
        for match in re.finditer(rf"(?:{pattern})+", every):
            found[match.start() : match.end()] = number
    found[[ord(sign) for sign in _SIGNS]] = range(_FIRST_SIGN, _FIRST_SIGN + 2 * len(_SIGNS), 2)
    return found


def _ranges(texts: Sequence[str]) -> tuple[Places, Places, Places]:
    """Starts and ends of the tokens of `texts` and how many each has, as `TokenRanges` says.

    Tokens are runs of characters of one class. What stands between two spaces goes to the pattern if that may not
    hold: with another character in it, a mark on no letter, a full stop before a letter or a separator in a number.
    """
    text = "\n".join([*texts, ""])  # so that a space follows everything
    classes = _classes().take(code_points(text), mode="clip")  # "clip": no check of indices, which are all in range
    letters = classes >> 1
    starts = np.append(0, np.flatnonzero(letters[1:] != letters[:-1]) + 1)
    ends = np.append(starts[1:], len(text))
    kinds = classes[starts]
    doubtful = (kinds == _OTHER) | (kinds == _MARK)
    doubtful[:-1] |= (kinds[:-1] == _DOT) & (kinds[1:] >> 1 == _LETTER_CLASS >> 1)
    separates = (kinds[1:-1] >= _FIRST_SIGN) & (kinds[1:-1] <= _LAST_SEPARATOR)
    doubtful[1:-1] |= separates & (kinds[:-2] == _DIGIT) & (kinds[2:] == _DIGIT)
    words = kinds != _SPACE
    spaces = np.flatnonzero(kinds == _SPACE)
    after = np.unique(np.searchsorted(spaces, np.flatnonzero(doubtful)))  # the first space after each doubtful run
    pairs: list[tuple[int, int]] = []
    for space in after.tolist():
        first, last = spaces[space - 1] + 1 if space else 0, spaces[space]
        pairs += [match.span() for match in _TOKEN.finditer(text, starts[first], starts[last])]
        words[first:last] = False
    chosen = np.flatnonzero(words)
    starts, ends = starts[chosen], ends[chosen]
    if pairs:
        special = np.array(pairs)
        places = np.searchsorted(starts, special[:, 0])
        starts, ends = np.insert(starts, places, special[:, 0]), np.insert(ends, places, special[:, 1])
    bases = np.cumsum([0, *(len(one) + 1 for one in texts)])
    counts = np.diff(np.searchsorted(starts, bases))
    shift = np.repeat(bases[:-1], counts)
    return starts - shift, ends - shift, counts
