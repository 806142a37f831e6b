"""Stories over the whole corpus: which articles tell of one event, whoever printed them.

Two papers that report one meeting share its names, numbers and rare words, most of them in title and opening. The
similarity of two articles is the mean of three numbers from 0 to 1: the cosine of the words of the whole texts, the
cosine of their first words, and the share of each title that the other text contains, a word counting as much as it
is rare (TF-IDF). How rare a word is comes from the corpus together with a table of 41,745 newspaper articles, so that
a corpus of thirty articles does not take every second word for a rare one, and a growing one changes its mind little.

Articles are compared only if they share words that few others have, found through an index; stories then grow from
the most similar pair down while the articles of the two parts are similar on average, so that a chain of neighbours
does not become one story. Weighing the words of entities more, as predicted, made the result worse on judged pairs;
without them stories do not change when a model does. `python -m bench.stories` measures precision and recall.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

VERSION: Final = "1"
THRESHOLD: Final = 0.46  # of the similarity of a pair that a story may start from or grow by
MEAN: Final = 0.36  # of the mean similarity between the articles of two parts that become one story
DAYS: Final = 3  # that may lie between two articles' publication, where both days are known

_OPENING: Final = 60  # words
_COMMON: Final = 2.0  # idf below which a word says nothing of the event: 13% of all articles have it
_RARE: Final = 200  # articles that a word may be in to be looked up in the index
_CANDIDATE: Final = 0.05  # of the cosine that rare words alone must give a pair for it to be compared
_WORD: Final = re.compile(r"\w+")
_MARKS: Final = re.compile("[\u064b-\u065f\u0640\u0670]+")
_ARTICLE: Final = re.compile("^[وفبك]?(?:ال|لل)(?=...)")
_FOLDED: Final = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ى", "ي"), ("ة", "ه"))
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Article:
    """What is looked at; `title` is None where a page has none, `published` where the day is not known."""

    text: str
    title: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text that count: their numbers, ascending, and weights, the vector's length being 1."""

    numbers: NDArray[np.int32]
    weights: NDArray[np.float32]

    def cosine(self, other: _Words) -> float:
        """Cosine of the two vectors."""
        shared, mine, others = np.intersect1d(self.numbers, other.numbers, assume_unique=True, return_indices=True)
        return float(self.weights[mine] @ other.weights[others]) if len(shared) else 0.0

    def share_in(self, other: _Words) -> float:
        """How much of this one's weight lies on words of the other."""
        total = float(self.weights.sum())
        return float(self.weights[np.isin(self.numbers, other.numbers)].sum()) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Vectors:
    """An article's words in the three ways that it is compared."""

    text: _Words
    opening: _Words
    title: _Words


def stories(articles: Sequence[Article]) -> list[int]:
    """For each article the index of the first one of its story (its own, where nobody else tells it)."""
    similar = similarities(articles)
    members = [[nth] for nth in range(len(articles))]
    story = list(range(len(articles)))
    for one, other in sorted(similar, key=lambda pair: (-similar[pair], pair)):
        if similar[one, other] < THRESHOLD:
            break
        first, second = sorted((story[one], story[other]))
        if first != second and _mean(members[first], members[second], similar) >= MEAN:
            for nth in members[second]:
                story[nth] = first
            members[first] += members[second]
    return story


def similarities(articles: Sequence[Article]) -> dict[_Pair, float]:
    """The similarity of every pair (i, j), i < j, that shares rare words and whose days are not too far apart."""
    words = [words_of(article.text) for article in articles]
    titles = [words_of(article.title or article.text.split("\n", 1)[0]) for article in articles]
    counts = Counter[str]()
    for one in words:
        counts.update(set(one))
    rarity = _rarity(counts, len(articles))
    numbers = {word: number for number, word in enumerate(sorted(rarity))}
    vectors = [
        _Vectors(*(_vector(part, rarity, numbers) for part in (text, text[:_OPENING], title)))
        for text, title in zip(words, titles, strict=True)
    ]
    rare = np.array([2 <= counts[word] <= _RARE for word in numbers], dtype=bool)
    return {
        (one, other): _similarity(vectors[one], vectors[other])
        for one, other in _candidates([vector.text for vector in vectors], rare)
        if _near(articles[one].published, articles[other].published)
    }


def _similarity(one: _Vectors, other: _Vectors) -> float:
    titles = (one.title.share_in(other.text) + other.title.share_in(one.text)) / 2
    return (one.text.cosine(other.text) + one.opening.cosine(other.opening) + titles) / 3


def _near(one: date | None, other: date | None) -> bool:
    return one is None or other is None or abs((one - other).days) <= DAYS


def _mean(some: Iterable[int], others: Sequence[int], similar: Mapping[_Pair, float]) -> float:
    pairs = [(min(one, other), max(one, other)) for one in some for other in others]
    return sum(similar.get(pair, 0.0) for pair in pairs) / len(pairs)


def _candidates(texts: Sequence[_Words], rare: NDArray[np.bool_]) -> Iterable[_Pair]:
    """Pairs that share rare words enough: each article looks up those before it."""
    index: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for nth, words in enumerate(texts):
        chosen = rare[words.numbers]
        found: dict[int, float] = defaultdict(float)
        for number, weight in zip(words.numbers[chosen].tolist(), words.weights[chosen].tolist(), strict=True):
            known = index[number]
            for other, its_weight in known:
                found[other] += weight * its_weight
            known.append((nth, weight))
        for other in sorted(found):
            if found[other] >= _CANDIDATE:
                yield other, nth


def _vector(words: Sequence[str], rarity: Mapping[str, float], numbers: Mapping[str, int]) -> _Words:
    counted = {numbers[word]: (1 + math.log(count)) * rarity[word]
               for word, count in Counter(words).items() if word in rarity}
    order = sorted(counted)
    weights = np.array([counted[number] for number in order], dtype=np.float32)
    length = math.sqrt(float(weights @ weights))
    return _Words(np.array(order, dtype=np.int32), weights / length if length else weights)


def _rarity(counts: Mapping[str, int], articles: int) -> dict[str, float]:
    """The idf of each word that is not too common."""
    total, at_least, known = _usual_words()
    found = {word: math.log((articles + total) / (count + known.get(word, at_least)))
             for word, count in counts.items()}
    return {word: idf for word, idf in found.items() if idf >= _COMMON}


def words_of(text: str) -> list[str]:
    """The words of a text without marks, spelling variants and the article."""
    for letter, plain in _FOLDED:
        text = text.replace(letter, plain)
    return [_bare(word) for word in _WORD.findall(_MARKS.sub("", text).translate(_DIGITS))]


@lru_cache(maxsize=1 << 18)
def _bare(word: str) -> str:
    return _ARTICLE.sub("", word)


@cache
def _usual_words() -> tuple[int, int, dict[str, int]]:
    """How many articles were counted, in how many a word that is not listed may be, and in how many each is."""
    lines = resources.files("corpus").joinpath("story_words.txt").read_text(encoding="utf-8").splitlines()
    total, at_least = (int(number) for number in lines[1].split())
    rows = (line.split() for line in lines[2:])
    return total, at_least, {word: int(count) for count, *words in rows for word in words}
