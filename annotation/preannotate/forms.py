"""Word forms as numbers: each distinct form is looked up once a token, and what is known of it is kept by its number.

The grammars of dates and money, the lines of the entity rules and the sequence model all ask the same thing of every
token: what is this word? They share one numbering, so that the token is cut from its text and hashed only once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotation.preannotate.protocol import Article
from annotation.preannotate.words import plain
from corpus.span import Sentence


class Forms:
    """The numbering: number 0 is the empty form, which stands beyond the ends of a sentence. Numbers only grow."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._plain: list[str] = []

    @property
    def known(self) -> list[str]:
        """The forms by number."""
        return self._numbers.known

    @property
    def plain(self) -> list[str]:
        """Their plain spellings by number (`annotation.preannotate.words.plain`)."""
        self._plain += map(plain, self.known[len(self._plain) :])
        return self._plain

    def numbers(self, words: Sequence[str]) -> list[int]:
        """The numbers of these forms."""
        numbers = self._numbers
        return [numbers[word] for word in words]

    def read(self, article: Article) -> Reading:
        """An article with the number of each token's form."""
        text, numbers = article.text, self._numbers
        return Reading(article, [numbers[text[start:end]] for start, end in article.tokens])


class _Numbers(dict[str, int]):
    def __init__(self) -> None:
        super().__init__({"": 0})
        self.known = [""]

    def __missing__(self, form: str) -> int:
        number = self[form] = len(self.known)
        self.known.append(form)
        return number


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and, parallel to its tokens, the numbers of their forms."""

    article: Article
    numbers: list[int]

    def sentences(self) -> Iterator[tuple[Sentence, int, int]]:
        """Each sentence that has tokens, with the range of its tokens."""
        tokens = self.article.tokens
        first = 0
        for sentence in self.article.sentences:
            last = bisect_left(tokens, (sentence.end,), first)
            if last > first:
                yield sentence, first, last
            first = last

    def line_starts(self) -> list[int]:
        """The tokens that have a line break between them and the token before them."""
        text, tokens = self.article.text, self.article.tokens
        found: list[int] = []
        at = text.find("\n")
        while at >= 0:
            token = bisect_left(tokens, (at,))
            if token == len(tokens):
                break
            found.append(token)
            at = text.find("\n", tokens[token][0])
        return found
