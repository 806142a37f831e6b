"""A text as a string of one-letter symbols, so that a grammar over words is a regular expression over letters.

A rule such as "a day, then a month, then perhaps a year" is hard to read, and slow, as a pattern over raw Arabic
letters: every name has spellings, every word may carry proclitics. Here each word (or proclitic, or punctuation
mark) of a text becomes one letter that says what it is to the grammar (`d` a day number, `m` a month name, `+` the
conjunction و, a space for everything else), and the pattern `dmy?` runs over those letters. Each letter remembers
the code points it stands for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from annotation.preannotate.forms import Forms, Reading
from annotation.preannotate.words import kept_letters
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


class Symbols:
    """The symbol string of an article, `letters`; what each symbol stands for is worked out where it is asked for."""

    __slots__ = ("_bounds", "_line_starts", "_parts", "_pieces", "_reading", "letters")

    def __init__(self, reading: Reading, pieces: Sequence[tuple[_Piece, ...]], letters: Sequence[str]) -> None:
        self._reading = reading
        self._pieces = pieces
        self._line_starts = reading.line_starts()
        self._parts = [letters[number] for number in reading.numbers]
        for token in self._line_starts:
            self._parts[token] = LINE_BREAK + self._parts[token]
        self._bounds: list[int] = []
        self.letters = "".join(self._parts)

    def forms(self, first: int, last: int) -> list[str]:
        """The folded forms of the symbols `first` to `last`, the latter excluded."""
        return [self._piece(index)[2] for index in range(first, last)]

    def form(self, index: int) -> str:
        """The folded form of one symbol."""
        return self._piece(index)[2]

    def span(self, first: int, last: int) -> Span:
        """The code points of the symbols `first` to `last`, the latter excluded."""
        return Span(self._piece(first)[0], self._piece(last - 1)[1])

    def _piece(self, index: int) -> tuple[int, int, str]:
        """Start, end and folded form of a symbol."""
        if not self._bounds:
            self._bounds = list(accumulate(map(len, self._parts)))
        token = bisect_right(self._bounds, index)
        start, end = self._reading.article.tokens[token]
        pieces = self._pieces[self._reading.numbers[token]]
        nth = index - self._bounds[token] + len(pieces)
        if nth < 0:
            return start - 1, start, LINE_BREAK
        _, offset, form = pieces[nth]
        # A proclitic ends where the next piece starts.
        return start + offset, start + pieces[nth + 1][1] if nth + 1 < len(pieces) else end, form


class SymbolReader:
    """Reads texts for one grammar, no rule of which matches without one of the symbols `needed`.

    What a word form means is worked out once and remembered.

    A form that the grammar does not know as a whole is tried without its proclitics: و and ف become `+`, the
    prepositions ب ل ك become `b`. In للعام the article has lost its alef: the piece is لعام, read as العام.
    """

    def __init__(self, classify: Classify, forms: Forms, needed: str) -> None:
        self._classify = classify
        self._forms = forms
        self._needed = frozenset(needed)
        self._with_needed: set[int] = set()
        self._known: list[tuple[_Piece, ...]] = []
        self._letters: list[str] = []

    def may_match(self, reading: Reading) -> bool:
        """Whether an article has any of the symbols that are needed."""
        self._learn()
        return not self._with_needed.isdisjoint(reading.numbers)

    def read(self, reading: Reading) -> Symbols:
        """The symbols of an article; line breaks are symbols too."""
        self._learn()
        return Symbols(reading, self._known, self._letters)

    def _learn(self) -> None:
        first = len(self._known)
        for token, plain in zip(self._forms.known[first:], self._forms.plain[first:], strict=True):
            pieces = self._pieces(token, plain.replace("ة", "ه"))
            letters = "".join(piece[0] for piece in pieces)
            if not self._needed.isdisjoint(letters):
                self._with_needed.add(len(self._known))
            self._known.append(pieces)
            self._letters.append(letters)

    def _pieces(self, token: str, form: str) -> tuple[_Piece, ...]:
        """The pieces of a token whose folded form is `form`."""
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
