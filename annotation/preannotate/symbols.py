"""A text as a string of one-letter symbols, so that a grammar over words is a regular expression over letters.

A rule such as "a day, then a month, then perhaps a year" is hard to read, and slow, as a pattern over raw Arabic
letters: every name has spellings, every word may carry proclitics. Here each word (or proclitic, or punctuation
mark) of a text becomes one letter that says what it is to the grammar (`d` a day number, `m` a month name, `+` the
conjunction و, a space for everything else), and the pattern `dmy?` runs over those letters. Each letter remembers
the code points it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotation.preannotate.words import fold, kept_letters
from corpus.span import Span

OTHER = " "
LINE_BREAK = "\n"
CONJUNCTION = "+"
PREPOSITION = "b"
_CONJUNCTIONS = frozenset("وف")
_PREPOSITIONS = frozenset("بلك")

# What a folded word is to a grammar: its symbol, or None for a word the grammar does not know.
Classify = Callable[[str], str | None]
# A piece of a token: symbol, offset of its first character in the token, folded form.
_Piece = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Symbols:
    """The symbol string of a text; `starts`, `ends` and `forms` tell what each symbol stands for."""

    letters: str
    starts: Sequence[int]
    ends: Sequence[int]
    forms: Sequence[str]

    def span(self, first: int, last: int) -> Span:
        """The code points of the symbols `first` to `last`, the latter excluded."""
        return Span(self.starts[first], self.ends[last - 1])


class SymbolReader:
    """Reads texts for one grammar. What a word form means is worked out once and remembered.

    A form that the grammar does not know as a whole is tried without its proclitics: و and ف become `+`, the
    prepositions ب ل ك become `b`. In للعام the article has lost its alef: the piece is لعام, read as العام.
    """

    _CACHE_LIMIT = 500_000

    def __init__(self, classify: Classify) -> None:
        self._classify = classify
        self._cache: dict[str, tuple[_Piece, ...]] = {}

    def read(self, text: str, tokens: Sequence[tuple[int, int]]) -> Symbols:
        """The symbols of `text`, whose tokens are given; line breaks are symbols too."""
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        forms: list[str] = []
        cache = self._cache
        if len(cache) > self._CACHE_LIMIT:
            cache.clear()
        line_end = text.find("\n")
        for start, end in tokens:
            if 0 <= line_end < start:
                letters.append(LINE_BREAK)
                starts.append(line_end)
                ends.append(line_end + 1)
                forms.append(LINE_BREAK)
                line_end = text.find("\n", start)
            token = text[start:end]
            pieces = cache.get(token)
            if pieces is None:
                pieces = cache[token] = self._pieces(token)
            if len(pieces) == 1:
                symbol, _, form = pieces[0]
                letters.append(symbol)
                starts.append(start)
                ends.append(end)
                forms.append(form)
                continue
            for symbol, offset, form in pieces:
                letters.append(symbol)
                starts.append(start + offset)
                ends.append(end)
                forms.append(form)
            # A proclitic ends where the next piece starts.
            for back in range(len(pieces) - 1):
                ends[-2 - back] = starts[-1 - back]
        return Symbols("".join(letters), starts, ends, forms)

    def _pieces(self, token: str) -> tuple[_Piece, ...]:
        form = fold(token)
        symbol = self._classify(form)
        if symbol is not None:
            return ((symbol, 0, form),)
        for conjunction, preposition in ((1, 0), (0, 1), (1, 1)):
            length = conjunction + preposition
            if len(form) < length + 2 or (conjunction and form[0] not in _CONJUNCTIONS):
                continue
            stem = form[length:]
            if preposition:
                if form[conjunction] not in _PREPOSITIONS:
                    continue
                if form[conjunction] == "ل" and stem.startswith("ل"):
                    stem = "ا" + stem
                elif form[conjunction] == "ل" and stem.startswith("ال"):
                    continue  # ل and the article are written لل
            symbol = self._classify(stem)
            if symbol is None or symbol in (CONJUNCTION, PREPOSITION):
                continue
            kept = kept_letters(token)
            pieces: list[_Piece] = []
            if conjunction:
                pieces.append((CONJUNCTION, kept[0], form[0]))
            if preposition:
                pieces.append((PREPOSITION, kept[conjunction], form[conjunction]))
            # Tatweel and marks after a proclitic belong to the proclitic: لـيوم.
            pieces.append((symbol, kept[length], stem))
            return tuple(pieces)
        return ((OTHER, 0, form),)
