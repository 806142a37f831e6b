"""A text as a string of one-letter symbols, so that a grammar over words is a regular expression over letters.

A rule such as "a day, then a month, then perhaps a year" is hard to read, and slow, as a pattern over raw Arabic
letters: every name has spellings, every word may carry proclitics. Here each word (or proclitic, or punctuation
mark) of a text becomes one letter that says what it is to the grammar (`d` a day number, `m` a month name, `+` the
conjunction و, a space for everything else), and the pattern `dmy?` runs over those letters. Each letter remembers
the code points it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter

from annotation.preannotate.forms import Forms, Reading
from annotation.preannotate.words import fold, kept_letters

OTHER = " "
LINE_BREAK = "\n"
CONJUNCTION = "+"
PREPOSITION = "b"
_CONJUNCTIONS = "وف"
_PREPOSITIONS = "بلك"
_MAY_BE_PROCLITIC = _CONJUNCTIONS + _PREPOSITIONS
_AND, _TO = _PROCLITICS = "\x01\x02"  # conjunctions and prepositions that are no words of their own

# What a folded form that is in no lexicon is to a grammar (a number, say): its symbol, or None if it is nothing.
Classify = Callable[[str], str | None]
# A piece of a text or token: its first character, the one behind its last, its folded form.
Piece = tuple[int, int, str]


class Symbols:
    """The symbol string of an article, `letters`; what each symbol stands for is worked out where it is asked for."""

    __slots__ = ("_asked", "_known", "_marked", "_reading", "letters")

    def __init__(self, reading: Reading, marked: str, known: Mapping[int, tuple[Piece, ...]]) -> None:
        self._reading = reading
        self._marked = marked
        self._known = known
        self._asked = (0, 0)  # the symbol asked for last, and its token
        self.letters = marked.replace(_AND, CONJUNCTION).replace(_TO, PREPOSITION)

    def pieces(self, first: int, last: int) -> list[Piece]:
        """What the symbols `first` to `last`, the latter excluded, stand for in the article."""
        article, numbers, marked = self._reading.article, self._reading.numbers, self._marked
        token = self._token(first)
        found: list[Piece] = []
        for symbol in marked[first:last]:
            start, end = article.tokens[token]
            pieces = self._known.get(numbers[token])
            if symbol == LINE_BREAK:
                found.append((start - 1, start, LINE_BREAK))
            elif pieces is None:
                found.append((start, end, fold(article.text[start:end])))
                token += 1
            else:
                begin, stop, form = pieces[0 if symbol == _AND else -2 if symbol == _TO else -1]
                found.append((start + begin, start + stop, form))
                token += symbol not in _PROCLITICS
        return found

    def _token(self, index: int) -> int:
        """The token of a symbol, counted from the one asked for last: each has one symbol that is not before a word."""
        marked, (asked, token) = self._marked, self._asked
        first, last = (asked, index) if asked < index else (index, asked)
        added = marked.count(LINE_BREAK, first, last) + marked.count(_AND, first, last) + marked.count(_TO, first, last)
        token += index - asked + (added if index < asked else -added)
        self._asked = index, token
        return token

    def forms(self, first: int, last: int) -> list[str]:
        """The folded forms of the symbols `first` to `last`, the latter excluded."""
        return [form for _, _, form in self.pieces(first, last)]

    def form(self, index: int) -> str:
        """The folded form of one symbol."""
        return self.pieces(index, index + 1)[0][2]


def matches(grammar: re.Pattern[str], starts: re.Pattern[str], letters: str) -> Iterator[re.Match[str]]:
    """What `grammar.finditer(letters)` gives, faster: the grammar is tried only where `starts` finds a symbol."""
    start = starts.search(letters)
    while start:
        at = start.start()
        match = grammar.match(letters, at)
        if match:
            yield match
        start = starts.search(letters, match.end() if match else at + 1)


class SymbolReader:
    """Reads texts for one grammar, no rule of which matches without one of the symbols `needed`.

    What a word form means is worked out once and remembered.

    A form that the grammar does not know as a whole is tried without its proclitics: و and ف become `+`, the
    prepositions ب ل ك become `b`. In للعام the article has lost its alef: the piece is لعام, read as العام.
    """

    def __init__(self, symbols: Mapping[str, str], classify: Classify, forms: Forms, needed: str) -> None:
        self._symbols = symbols
        self._classify = classify
        self._forms = forms
        self._needed = frozenset(needed)
        self._with_needed: set[int] = set()
        self._known: dict[int, tuple[Piece, ...]] = {}  # the pieces of the forms that the grammar knows
        self._letters: list[str] = []  # the symbols of each form

    def may_match(self, reading: Reading) -> bool:
        """Whether an article has any of the symbols that are needed."""
        self._learn()
        return not self._with_needed.isdisjoint(reading.numbers)

    def read(self, reading: Reading) -> Symbols:
        """The symbols of an article; line breaks are symbols too."""
        self._learn()
        # One too many, because of a single one `itemgetter` would give no tuple.
        letters = [*itemgetter(*reading.numbers, 0)(self._letters)]
        letters[-1] = ""
        for token in reading.line_starts():
            letters[token] = LINE_BREAK + letters[token]
        return Symbols(reading, "".join(letters), self._known)

    def _learn(self) -> None:
        first = len(self._letters)
        if first == len(self._forms.known):
            return
        for number, plain in enumerate(self._forms.plain[first:], first):
            form = plain.replace("ة", "ه")
            symbols = self._symbols.get(form)
            if symbols is None and form[:1] in _MAY_BE_PROCLITIC:
                symbols = self._cut(number, form)
            elif symbols is not None or (symbols := self._classify(form)) is not None:
                self._known[number] = ((0, len(self._forms.known[number]), form),)
            self._letters.append(symbols or OTHER)
            if symbols is not None and symbols[-1] in self._needed:
                self._with_needed.add(number)

    def _cut(self, number: int, form: str) -> str | None:
        """The symbols of a folded form with proclitics; None where the grammar does not know what they leave."""
        for proclitics, stem in _cuts(form):
            symbol = self._symbols.get(stem) or self._classify(stem)
            if symbol is not None:
                token = self._forms.known[number]
                # Tatweel and marks after a proclitic belong to the proclitic: لـيوم.
                starts = kept_letters(token)[: len(proclitics) + 1]
                forms = [*form[: len(proclitics)], stem]
                self._known[number] = tuple(zip(starts, [*starts[1:], len(token)], forms, strict=True))
                return proclitics + symbol
        return None


def _cuts(form: str) -> Iterator[tuple[str, str]]:
    """The proclitics that a folded form may begin with, and what they leave."""
    proclitics = ""
    if form[:1] in _CONJUNCTIONS and len(form) > 2:
        proclitics, form = _AND, form[1:]
        yield proclitics, form
    if form[:1] in _PREPOSITIONS and len(form) > 2:
        if form.startswith("لل"):
            yield proclitics + _TO, "ا" + form[1:]
        elif not form.startswith("لال"):  # ل and the article are written لل
            yield proclitics + _TO, form[1:]
