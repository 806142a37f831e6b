"""Stories over the whole corpus: which articles tell of one event, whoever printed them.

Two papers that report one meeting share words of title and opening, the phrases of the agency that both took it from,
its people, its places and its numbers. The similarity of two articles is a weighted mean of numbers from 0 to 1:

- titles: how much of each title the other text has;
- openings: the cosine of the first words;
- phrases: how much of the shorter one's pairs of neighbouring words the other has;
- persons: how much of the names of one's persons the other text has, the worse of both ways: bulletins of one form, a
  verdict or a congratulation a day, differ in them;
- names: the same of names of any kind, the better of both ways;
- numbers: how many of the rare numbers they share;
- unusual words: how many they share.

Names are those that the machine suggests. A word counts as much as it is rare (IDF). How rare it is comes from the
corpus together with a table of 41,745 newspaper articles, so that a corpus of thirty articles does not take every
second word for a rare one, and a growing one changes its mind little. The weights are those of a logistic regression
on judged pairs, rounded; `python -m bench.stories` measures precision and recall on them.

Only articles of different outlets that share rare words are compared, found through an index. Stories grow from the
most similar pair down, as long as nearly all articles of the one part are like those of the other: a chain of
neighbours, or a running theme, does not become one story.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

VERSION: Final = "2"
THRESHOLD: Final = 0.39  # of the similarity from which two articles are alike
ALIKE: Final = 0.85  # of the pairs across two parts that must be alike to make one story of them
DAYS: Final = 3  # that may lie between the publication of two articles, where both days are known

_WEIGHTS: Final = (5, 3, 7, 2, 2, 5, 2)  # of titles, openings, phrases, persons, names, numbers, unusual words
_UNKNOWN: Final = 0.5  # where an article has no names, or no rare numbers
_COMMON: Final = 2.0  # idf below which a word says nothing of the event: 13% of all articles have it
_OPENING: Final = 60  # words
_UNUSUAL: Final = 6.8  # idf from which a word is unusual: one article in 900 has it
_MANY: Final = 19  # unusual words that are as good as any number of them
_RARE_NUMBER: Final = 3.0  # idf from which a number is rare
_RARE_NAME: Final = 4.5  # idf from which a word of a name is rare
_RARE: Final = 200  # articles that a word may be in to be looked up in the index
_CANDIDATE: Final = 0.06  # cosine that the rare words alone must give two articles for them to be compared
_WORD: Final = re.compile(r"\w+")
_MARKS: Final = re.compile("[\u064b-\u065f\u0640\u0670]+")
_ARTICLE: Final = re.compile("^[وفبك]?(?:ال|لل)(?=...)")
_FOLDED: Final = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ى", "ي"), ("ة", "ه"))
_OTHER_DIGIT: Final = re.compile("[٠-٩]")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")

_NONE: Final = np.empty(0, dtype=np.int64)
_NO_WEIGHT: Final = np.empty(0, dtype=np.float32)

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Article:
    """What is looked at. `title`, `published` and `outlet` are None where they are not known.

    `persons` are the names of persons as they stand in the text, `names` those of anything, persons too.
    """

    text: str
    title: str | None = None
    published: date | None = None
    outlet: str | None = None
    persons: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Terms:
    """Words or phrases by number, ascending, with their weights."""

    numbers: NDArray[np.int64]
    weights: NDArray[np.float32]
    total: float

    def shared(self, other: _Terms) -> NDArray[np.bool_]:
        """Which of these the other has too."""
        if not len(other.numbers):
            return np.zeros(len(self.numbers), dtype=np.bool_)
        places = np.minimum(other.numbers.searchsorted(self.numbers), len(other.numbers) - 1)
        found: NDArray[np.bool_] = np.equal(other.numbers[places], self.numbers)
        return found

    def share_in(self, other: _Terms, nothing: float) -> float:
        """How much of the weight lies on what the other has too, from 0 to 1; `nothing` where there is no weight."""
        return float(self.weights[self.shared(other)].sum()) / self.total if self.total else nothing

    def cosine(self, other: _Terms) -> float:
        """The cosine of the angle between the two, for weights that make vectors of length 1."""
        return float(self.weights[self.shared(other)] @ other.weights[other.shared(self)])


@dataclass(frozen=True, slots=True)
class _Features:
    """What two articles are compared by."""

    text: _Terms
    title: _Terms
    opening: _Terms
    phrases: _Terms
    persons: _Terms
    names: _Terms
    numbers: _Terms
    unusual: _Terms


def stories(articles: Sequence[Article]) -> list[int]:
    """For each article the index of the first one of its story (its own, where nobody else tells it)."""
    similar = similarities(articles)
    outlets = [article.outlet for article in articles]
    members = [[nth] for nth in range(len(articles))]
    story = list(range(len(articles)))
    for one, other in sorted(similar, key=lambda pair: (-similar[pair], pair)):
        if similar[one, other] < THRESHOLD:
            break
        first, second = sorted((story[one], story[other]))
        if first != second and _alike(members[first], members[second], similar, outlets) >= ALIKE:
            for nth in members[second]:
                story[nth] = first
            members[first] += members[second]
    return story


def similarities(articles: Sequence[Article]) -> dict[_Pair, float]:
    """The similarity of every pair (i, j), i < j, of different outlets and near days that shares rare words."""
    words = [folded_words(article.text) for article in articles]
    counts = Counter[str]()
    for one in words:
        counts.update(set(one))
    rarity = _rarity(counts, len(articles))
    numbers = {word: number for number, word in enumerate(sorted(rarity), 1)}
    texts = [_vector(text, rarity, numbers) for text in words]
    rare = np.array([False, *(2 <= counts[word] <= _RARE for word in numbers)], dtype=bool)

    @cache  # most articles are in no pair, and need no more than their words
    def features(nth: int) -> _Features:
        return _features(articles[nth], words[nth], texts[nth], rarity, numbers)

    return {
        (one, other): _similarity(features(one), features(other))
        for one, other in _candidates(texts, rare)
        if _comparable(articles[one], articles[other])
    }


def folded_words(text: str) -> list[str]:
    """The words of a text without marks, variants of spelling, and the article."""
    for letter, plain in _FOLDED:
        text = text.replace(letter, plain)
    text = _MARKS.sub("", text)
    if _OTHER_DIGIT.search(text):
        text = text.translate(_DIGITS)
    return [_bare(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=1 << 18)
def _bare(word: str) -> str:
    return _ARTICLE.sub("", word)


def _similarity(one: _Features, other: _Features) -> float:
    unusual = int(one.unusual.shared(other.unusual).sum())
    parts = (
        (one.title.share_in(other.text, 0) + other.title.share_in(one.text, 0)) / 2,
        one.opening.cosine(other.opening),
        max(one.phrases.share_in(other.phrases, 0), other.phrases.share_in(one.phrases, 0)),
        min(one.persons.share_in(other.text, _UNKNOWN), other.persons.share_in(one.text, _UNKNOWN)),
        max(one.names.share_in(other.text, _UNKNOWN), other.names.share_in(one.text, _UNKNOWN)),
        one.numbers.cosine(other.numbers) if one.numbers.total and other.numbers.total else _UNKNOWN,
        min(1.0, math.log1p(unusual) / math.log1p(_MANY)),
    )
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) / sum(_WEIGHTS)


def _comparable(one: Article, other: Article) -> bool:
    if one.outlet is not None and one.outlet == other.outlet:
        return False
    return one.published is None or other.published is None or abs((one.published - other.published).days) <= DAYS


def _alike(
    some: Sequence[int], others: Sequence[int], similar: Mapping[_Pair, float], outlets: Sequence[str | None]
) -> float:
    """Of the pairs of different outlets across two parts, the share that are alike."""
    pairs = [
        (min(one, other), max(one, other))
        for one in some
        for other in others
        if outlets[one] is None or outlets[one] != outlets[other]
    ]
    return sum(similar.get(pair, 0.0) >= THRESHOLD for pair in pairs) / len(pairs)


def _candidates(texts: Sequence[_Terms], rare: NDArray[np.bool_]) -> Iterator[_Pair]:
    """Pairs that share rare words enough: each article looks up those before it."""
    chosen = [rare[words.numbers] for words in texts]
    numbers = np.concatenate([words.numbers[kept] for words, kept in zip(texts, chosen, strict=True)] or [_NONE])
    weights = np.concatenate([words.weights[kept] for words, kept in zip(texts, chosen, strict=True)] or [_NO_WEIGHT])
    articles = np.repeat(np.arange(len(texts)), [kept.sum() for kept in chosen])
    order = np.argsort(numbers, kind="stable")  # by word, of each word the articles in their order
    articles_of, weights_of = articles[order], weights[order]
    starts = numbers[order].searchsorted(numbers)  # of the word's articles, for each word of each article
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    ends = np.cumsum([kept.sum() for kept in chosen])
    for nth, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
        before = [slice(starts[at], places[at]) for at in range(first, last)]
        if not before:
            continue
        others = np.concatenate([articles_of[part] for part in before])
        products = np.concatenate([weights_of[part] * weights[at] for part, at in zip(before, range(first, last),
                                                                                     strict=True)])
        cosines = np.bincount(others, products, minlength=1)
        for other in np.flatnonzero(cosines >= _CANDIDATE).tolist():
            yield other, nth


def _features(
    article: Article, words: Sequence[str], text: _Terms, rarity: Mapping[str, float], numbers: Mapping[str, int]
) -> _Features:
    known = [numbers.get(word, 0) for word in words]
    idf = [rarity.get(word, 0.0) for word in words]
    base = len(numbers) + 1
    phrases = {
        first * base + second: one + other
        for first, second, one, other in zip(known, known[1:], idf, idf[1:], strict=False)
        if one + other
    }
    title = folded_words(article.title or article.text.split("\n", 1)[0])

    def rare_words(names: Sequence[str]) -> _Terms:
        found = {word for name in names for word in folded_words(name) if rarity.get(word, 0.0) >= _RARE_NAME}
        return _terms({numbers[word]: rarity[word] for word in found})

    rare_numbers = {word for word in words if word.isdecimal() and rarity.get(word, 0.0) >= _RARE_NUMBER}
    return _Features(
        text=text,
        title=_vector(title, rarity, numbers),
        opening=_vector(words[:_OPENING], rarity, numbers),
        phrases=_terms(phrases),
        persons=rare_words(article.persons),
        names=rare_words(article.names),
        numbers=_unit(_terms({numbers[word]: 1.0 for word in rare_numbers})),
        unusual=_terms({numbers[word]: 1.0 for word in words if rarity.get(word, 0.0) >= _UNUSUAL}),
    )


def _vector(words: Sequence[str], rarity: Mapping[str, float], numbers: Mapping[str, int]) -> _Terms:
    """TF-IDF of length 1."""
    counts = Counter(word for word in words if word in rarity)
    return _unit(_terms({numbers[word]: (1 + math.log(count)) * rarity[word] for word, count in counts.items()}))


def _unit(terms: _Terms) -> _Terms:
    length = math.sqrt(float(terms.weights @ terms.weights))
    return _Terms(terms.numbers, terms.weights / length, terms.total / length) if length else terms


def _terms(weights: Mapping[int, float]) -> _Terms:
    order = sorted(weights)
    values = np.array([weights[number] for number in order], dtype=np.float32)
    return _Terms(np.array(order, dtype=np.int64), values, float(values.sum()))


def _rarity(counts: Mapping[str, int], articles: int) -> dict[str, float]:
    """The idf of each word that is not too common."""
    total, unlisted, listed = _usual_words()
    found = {
        word: math.log((articles + total) / (count + listed.get(word, unlisted))) for word, count in counts.items()
    }
    return {word: idf for word, idf in found.items() if idf >= _COMMON}


@cache
def _usual_words() -> tuple[int, int, dict[str, int]]:
    """How many articles were counted, in how many a word that is not listed is taken to be, and in how many each is."""
    lines = resources.files("corpus").joinpath("story_words.txt").read_text(encoding="utf-8").splitlines()
    total, unlisted = (int(number) for number in lines[1].split())
    rows = (line.split() for line in lines[2:])
    return total, unlisted, {word: int(count) for count, *words in rows for word in words}
