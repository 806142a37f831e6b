"""A sentence as the entity grammars read it: its tokens with their offsets, folded forms and stems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from annotation.preannotate.features import WordClasses
from annotation.preannotate.protocol import Article
from annotation.preannotate.words import Vocabulary, kept_letters, plain
from corpus.span import Sentence


@dataclass(frozen=True, slots=True)
class Word:
    """What is true of a word form wherever it stands.

    `folded` is its plain spelling, `proclitic` the letters before its `stem`, `cut` where the stem begins in the form
    (code points), `commonness` the bits of its stem's count in raw text (0: never seen); `verbal` says that words like
    it are mostly verbs; `triggers` are the rules it can set off.
    """

    folded: str
    proclitic: str
    stem: str
    cut: int
    is_word: bool
    definite: bool
    commonness: int
    verbal: bool
    triggers: int


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate mention: tokens `start` to `end` (half-open) of a line; it begins behind `start`'s proclitics."""

    start: int
    end: int
    label: str
    score: float
    source: str
    whole: bool = False  # begins at the first letter of its first token, proclitics or not

    def covers(self, other: Found) -> bool:
        """Whether the other's tokens are among this one's."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Found) -> bool:
        """Whether the two share a token."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Line:
    """The tokens of one sentence. All sequences are parallel."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    forms: tuple[str, ...]
    words: tuple[Word, ...]
    stems: tuple[str, ...]
    folded: tuple[str, ...]
    active: tuple[tuple[int, int], ...]  # tokens that set off rules, with their triggers

    def __len__(self) -> int:
        return len(self.forms)

    def range_of(self, found: Found) -> tuple[int, int]:
        """The code point range of a mention."""
        cut = 0 if found.whole else self.words[found.start].cut
        return self.starts[found.start] + cut, self.ends[found.end - 1]

    def at(self, trigger: int) -> list[int]:
        """The tokens that have a trigger."""
        return [index for index, triggers in self.active if triggers & trigger]

    def stem(self, index: int) -> str:
        """The stem at `index`, empty outside the line."""
        return self.stems[index] if 0 <= index < len(self.stems) else ""


@dataclass(frozen=True, slots=True)
class LineReader:
    """Cuts articles into lines; what it learns of a word form is kept. `triggers` are those of stems and of marks."""

    vocabulary: Vocabulary
    classes: WordClasses
    verbal_classes: frozenset[int]
    triggers: Mapping[str, int]
    _words: dict[str, Word] = field(default_factory=dict, repr=False)

    def lines(self, article: Article) -> Iterator[Line]:
        """A line for each sentence that has tokens."""
        tokens = article.tokens
        position = 0
        for sentence in article.sentences:
            first = position
            while position < len(tokens) and tokens[position][0] < sentence.end:
                position += 1
            if position > first:
                yield self._line(article.text, sentence, tokens[first:position])

    def word(self, form: str) -> Word:
        """What is known of a form."""
        found = self._words.get(form)
        if found is None:
            folded = plain(form)
            split = self.vocabulary.split(folded)
            letters = kept_letters(form)
            is_word = any(letter.isalnum() for letter in form)
            stem = split.stem
            cut = letters[split.length] if split.length and is_word else 0
            definite = stem.startswith("ال") and len(stem) > 4
            commonness = self.vocabulary.counts.get(stem, 0).bit_length()
            proclitic = folded[: split.length] if cut else ""
            numbers = self.classes.classes.get(stem)
            verbal = numbers is not None and numbers[-1] in self.verbal_classes and not definite
            triggers = self.triggers.get(stem if is_word else form, 0)
            found = self._words[form] = Word(
                folded, proclitic, stem, cut, is_word, definite, commonness, verbal, triggers
            )
        return found

    def _line(self, text: str, sentence: Sentence, tokens: tuple[tuple[int, int], ...]) -> Line:
        forms = tuple(text[start:end] for start, end in tokens)
        words = tuple(map(self.word, forms))
        return Line(
            tuple(start for start, _ in tokens),
            tuple(end for _, end in tokens),
            forms,
            words,
            tuple(word.stem for word in words),
            tuple(word.folded for word in words),
            tuple((index, word.triggers) for index, word in enumerate(words) if word.triggers),
        )
