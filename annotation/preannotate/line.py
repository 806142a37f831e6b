"""A sentence as the entity grammars read it: its tokens with their offsets, folded forms and stems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter
from typing import NamedTuple, TypeVar

from annotation.preannotate import lists
from annotation.preannotate.features import WordClasses
from annotation.preannotate.forms import Forms, Reading
from annotation.preannotate.words import Vocabulary, kept_letters, plain_words

T = TypeVar("T")
_CLOSING = lists.STOPWORDS | lists.VERBS
# Words of four letters whose ال is the article; of most others (الله، الذي، الآن) it is a part.
_SHORT_NOUNS = plain_words(
    "الدم الحق النص الفن الطب الخط الحج الأم اليد السن الحي الحل الحر الحب البر الأب الظن الصف الشك الشر السر"
    " الحظ الجو الظل الجد الأخ الود المد الغي العم العز السد الزي الري الرب الحس البث السم الكف الدر التل البن"
    " الجص السل الرق اللص الفخ الغش الجن المخ الفم"
)


@dataclass(slots=True)  # never changed; a frozen one takes six times as long to make, and there is one a form
class Word:
    """What is true of a word form wherever it stands.

    `folded` is its plain spelling, `proclitic` the letters before its `stem`, `cut` where the stem begins in the form
    (code points), `commonness` the bits of its stem's count in raw text (0: never seen); `verbal` says that words like
    it are mostly verbs. No noun phrase goes on with a word that is `closing`, nor with a `predicate` unless a name
    begins there.
    """

    folded: str
    proclitic: str
    stem: str
    cut: int
    is_word: bool
    definite: bool
    commonness: int
    verbal: bool
    closing: bool
    predicate: bool


class Found(NamedTuple):
    """A candidate mention: tokens `start` to `end` (half-open) of a line; it begins behind `start`'s proclitics."""

    start: int
    end: int
    label: str
    score: float
    source: str
    whole: bool = False  # begins at the first letter of its first token, proclitics or not


@dataclass(slots=True)  # as `Word`, one a sentence
class Line:
    """The tokens of one sentence, as sequences that are parallel.

    `tokens` are the code point ranges of its tokens, `numbers` those of their forms, `forms` the tokens as written,
    `words` what is known of each form; `stems` and `folded` are theirs. `triggers` are the tokens that set off rules,
    by what sets them off.
    """

    tokens: Sequence[tuple[int, int]]
    numbers: Sequence[int]
    forms: Sequence[str]
    words: Sequence[Word]
    stems: Sequence[str]
    folded: Sequence[str]
    triggers: Mapping[int, Sequence[int]]

    def range_of(self, found: Found) -> tuple[int, int]:
        """The code point range of a mention."""
        cut = 0 if found.whole else self.words[found.start].cut
        return self.tokens[found.start][0] + cut, self.tokens[found.end - 1][1]

    def at(self, trigger: int) -> Sequence[int]:
        """The tokens that have a trigger."""
        return self.triggers.get(trigger, ())

    def stem(self, index: int) -> str:
        """The stem at `index`, empty outside the line."""
        return self.stems[index] if 0 <= index < len(self.stems) else ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of each form, by its number."""

    words: list[Word] = field(default_factory=list)
    triggers: list[tuple[int, ...]] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)

    def add(self, words: Sequence[Word], triggers: Sequence[tuple[int, ...]]) -> None:
        """The next forms, and what they set off."""
        self.words.extend(words)
        self.triggers.extend(triggers)
        self.stems.extend([word.stem for word in words])
        self.folded.extend([word.folded for word in words])


@dataclass(frozen=True, slots=True)
class LineReader:
    """Cuts articles into lines; what it learns of a word form is kept. `triggers` are those of stems and of marks."""

    vocabulary: Vocabulary
    classes: WordClasses
    verbal_classes: frozenset[int]
    triggers: Mapping[str, tuple[int, ...]]
    forms: Forms
    _known: _Known = field(default_factory=_Known, repr=False)

    def lines(self, reading: Reading) -> list[Line]:
        """A line for each sentence that has tokens; the article has been read with the same forms."""
        known, forms = self._known, self.forms.known
        first = len(known.words)
        new = [*map(self._word, forms[first:], self.forms.plain[first:])]
        set_off = self.triggers.get
        its_own = [word.stem if word.is_word else form for form, word in zip(forms[first:], new, strict=True)]
        known.add(new, [set_off(each, ()) for each in its_own])
        tokens = reading.article.tokens
        lines = []
        for _, first, last in reading.sentences():
            numbers = reading.numbers[first:last]
            pick = _picker(numbers)
            its = pick(known.triggers)
            at: dict[int, list[int]] = {}
            for index in compress(range(last - first), its):
                for trigger in its[index]:
                    if trigger in at:
                        at[trigger].append(index)
                    else:
                        at[trigger] = [index]
            columns = (pick(forms), pick(known.words), pick(known.stems), pick(known.folded))
            lines.append(Line(tokens[first:last], numbers, *columns, at))
        return lines

    def _word(self, form: str, folded: str) -> Word:
        length, stem = self.vocabulary.split(folded)
        is_word = form.isalnum() or any(letter.isalnum() for letter in form)
        cut = length if is_word else 0
        if cut and len(folded) != len(form):
            cut = kept_letters(form)[cut]
        definite = stem.startswith("ال") and (len(stem) > 4 or stem in _SHORT_NOUNS)
        numbers = self.classes.classes.get(stem)
        verbal = not definite and numbers is not None and numbers[-1] in self.verbal_classes
        closing = not is_word or folded in _CLOSING or form[0].isdigit()
        return Word(
            folded,
            folded[:length] if cut else "",
            stem,
            cut,
            is_word,
            definite,
            self.vocabulary.counts.get(stem, 0).bit_length(),
            verbal,
            closing or (cut > 0 and stem in lists.STOPWORDS),
            verbal or (not definite and stem in lists.VERBS),
        )


def _picker(numbers: Sequence[int]) -> Callable[[Sequence[T]], tuple[T, ...]]:
    """What takes the elements with these numbers from a sequence."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    [only] = numbers
    return lambda column: (column[only],)
