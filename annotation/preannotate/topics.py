"""Topics of an article: the 17 top-level IPTC Media Topics, by a linear model over words and a keyword lexicon.

Each word of a text gives two features: its folded spelling without conjunction and article, and its *stem*, which
lacks one common ending too. Two kinds of evidence add up to a score per topic:

- weights learnt from labelled news of several countries, on the TF-IDF of the features;
- the keywords and two-word phrases of `lexicons/topic_keywords.toml`, which hold across countries. They count the
  more, the less the learnt weights recognise the article: news unlike the training data is judged by its keywords.

Scores are calibrated on news of sources that the scoring model had not been trained on. An article gets its best
topic if that is likely enough, and up to two more that are likelier than not; else none. `models/TOPICS_CARD.md`
says what the model was trained on and how good it is. Running it needs numpy only.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.protocol import Article
from annotation.preannotate.words import fold
from corpus.span import Topic

VERSION = "2"
# Below the first, an article gets no topic; a second or third topic must be likelier than not.
MIN_MAIN_SCORE = 0.25
MIN_FURTHER_SCORE = 0.5
MOST_TOPICS = 3

_MARKS = r"[\N{ARABIC FATHATAN}-\N{ARABIC WAVY HAMZA BELOW}\N{ARABIC LETTER SUPERSCRIPT ALEF}]"
_WORD = re.compile(rf"[^\W\d_a-zA-Z](?:\w|{_MARKS})*")
_PREFIX = re.compile(r"[وف]?(?:بال|كال|لل|ال)|[وف]")
_ENDINGS = ("هما", "يات", "ها", "هم", "نا", "ات", "ون", "ين", "ان", "يه", "ه", "ي", "ا")
_SHORTEST_STEM = 3
_CACHED_WORDS = 500_000  # distinct words as written, about 100 MB

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


def split_words(text: str) -> list[str]:
    """The Arabic words of a text, as written."""
    return _WORD.findall(text)


@lru_cache(maxsize=_CACHED_WORDS)
def base_and_stem(word: str) -> tuple[str, str]:
    """A word as written, folded and without conjunction and article; and that without one ending.

    وبالمدارس gives مدارس twice, والمدرسية gives مدرسيه and مدرس. Crude on purpose: to conflate too much costs a
    classifier little, to miss a form costs more.
    """
    base = fold(word)
    match = _PREFIX.match(base)
    if match and len(base) - match.end() >= _SHORTEST_STEM:
        base = base[match.end() :]
    for ending in _ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= _SHORTEST_STEM:
            return base, base[: -len(ending)]
    return base, base


@dataclass(frozen=True, slots=True)
class Keyword:
    """A base (`base_and_stem`), or two in a row, that speaks for a topic with a weight."""

    label: str
    bases: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Keywords by vocabulary numbers, and the topic (its place among the labels) and weight of each."""

    single: Mapping[int, Sequence[tuple[int, float]]]
    pairs: Mapping[tuple[int, int], Sequence[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Features:
    """What the model sees of a text: TF-IDF weights (unit length) of known features, and keyword evidence per topic.

    The evidence for a topic is the sum of the weights of its keywords in the text, repeated ones counting by the
    logarithm, divided by the square root of the number of distinct features: long texts have more of everything.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: FloatArray
    keywords: Sequence[Keyword]
    _numbers: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _evidence: list[_Evidence] = field(default_factory=list, repr=False)

    def numbers(self, word: str) -> tuple[int, ...]:
        """The vocabulary numbers of a word as written: its base, then its stem; the latter -1 where unknown."""
        found = self._numbers.get(word)
        if found is None:
            if len(self._numbers) >= _CACHED_WORDS:
                self._numbers.clear()
            base, stem = base_and_stem(word)
            number = self.vocabulary.get(stem, -1)
            found = (number,) if base == stem else (self.vocabulary.get(base, -1), number)
            self._numbers[word] = found
        return found

    def evidence_by_number(self) -> _Evidence:
        """The keywords, by vocabulary numbers; made once."""
        if not self._evidence:
            single: dict[int, list[tuple[int, float]]] = {}
            pairs: dict[tuple[int, int], list[tuple[int, float]]] = {}
            for keyword in self.keywords:
                entry = (self.labels.index(keyword.label), keyword.weight)
                numbers = [self.vocabulary[base] for base in keyword.bases]
                if len(numbers) == 1:
                    single.setdefault(numbers[0], []).append(entry)
                else:
                    pairs.setdefault((numbers[0], numbers[1]), []).append(entry)
            self._evidence.append(_Evidence(single, pairs))
        return self._evidence[0]

    def of(self, text: str) -> tuple[IntArray, FloatArray, FloatArray]:
        """Feature numbers, their weights, and the keyword evidence (one figure per topic) of a text."""
        known = self._numbers
        found = [known.get(word) or self.numbers(word) for word in split_words(text)]
        counts = Counter([number for numbers in found for number in numbers])
        counts.pop(-1, None)
        evidence = np.zeros(len(self.labels), np.float32)
        if not counts:
            return np.empty(0, np.int64), np.empty(0, np.float32), evidence
        features = np.fromiter(counts.keys(), np.int64, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[features]
        weights /= np.sqrt(np.dot(weights, weights))
        for places in self.keyword_hits([numbers[0] for numbers in found], counts).values():
            for place, weight in places:
                evidence[place] += weight
        return features, weights, evidence / np.sqrt(np.float32(len(counts)))

    def keyword_hits(
        self, bases: Sequence[int], counts: Mapping[int, int]
    ) -> dict[tuple[int, ...], list[tuple[int, float]]]:
        """The keywords among the bases of a text by their numbers: which topics they speak for, and how much.

        In a fixed order, so that sums are the same in every run.
        """
        keywords = self.evidence_by_number()
        hits: dict[tuple[int, ...], list[tuple[int, float]]] = {}
        for number in sorted(set(bases) & keywords.single.keys()):
            scale = 1 + float(np.log(counts[number]))
            hits[(number,)] = [(place, weight * scale) for place, weight in keywords.single[number]]
        for pair in sorted(set(pairwise(bases)) & keywords.pairs.keys()):
            hits[pair] = list(keywords.pairs[pair])
        return hits


# How much the keyword evidence counts: for the main topic nothing where a learnt margin is above the threshold, the
# most where all are below it, with a steep passage; for further topics always the same. Chosen on a fifth of SANAD's
# train split and on sources left out.
_MOST_EMPHASIS, _THRESHOLD, _STEEPNESS = 1.5, -0.25, 16.0
_FURTHER_EMPHASIS = 0.9


def combine_for_main(margins: FloatArray, evidence: FloatArray) -> FloatArray:
    """Learnt margins and keyword evidence (rows: texts, columns: topics) as one score each, to find the main topic."""
    doubt = 1 / (1 + np.exp(_STEEPNESS * (margins.max(axis=1, keepdims=True) - _THRESHOLD)))
    return np.asarray(margins + _MOST_EMPHASIS * doubt * evidence, np.float32)


def combine_for_further(margins: FloatArray, evidence: FloatArray) -> FloatArray:
    """The same for further topics, which sources with one topic an article teach to deny: keywords always count."""
    return np.asarray(margins + _FURTHER_EMPHASIS * evidence, np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns a combined score into a probability: Platt scaling."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, combined: FloatArray) -> FloatArray:
        """The probabilities of scores."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * combined + self.intercept))), np.float32)


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A trained model. `weights` are (features, topics)."""

    features: Features
    weights: FloatArray
    bias: FloatArray
    main: Calibration = Calibration()
    further: Calibration = Calibration()

    def evidence(self, texts: Iterable[str]) -> tuple[FloatArray, FloatArray]:
        """The learnt margins and the keyword evidence of texts: one row each, one column per label."""
        margins: list[FloatArray] = []
        evidence: list[FloatArray] = []
        for text in texts:
            numbers, values, found = self.features.of(text)
            margins.append(values @ self.weights[numbers] + self.bias)
            evidence.append(found)
        shape = (-1, len(self.features.labels))
        return np.array(margins, np.float32).reshape(shape), np.array(evidence, np.float32).reshape(shape)

    def scores(self, texts: Iterable[str]) -> tuple[FloatArray, FloatArray]:
        """The probability of each topic for each text as its main topic, and as a further one."""
        margins, evidence = self.evidence(texts)
        return self.main(combine_for_main(margins, evidence)), self.further(combine_for_further(margins, evidence))

    def save(self, path: Path) -> None:
        """Writes the model: weights in 8 bits with one scale per topic. The same model gives the same bytes."""
        scale = np.abs(self.weights).max(axis=0) / 127
        scale[scale == 0] = 1
        keywords = [[keyword.label, *keyword.bases, keyword.weight] for keyword in self.features.keywords]
        calibrations = {"main": astuple(self.main), "further": astuple(self.further)}
        header = {"labels": self.features.labels, "keywords": keywords, **calibrations}
        words = "\n".join(sorted(self.features.vocabulary, key=self.features.vocabulary.__getitem__))
        np.savez_compressed(
            path,
            header=np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8),
            vocabulary=np.frombuffer(words.encode(), np.uint8),
            idf=self.features.idf.astype(np.float16),
            weights=np.round(self.weights / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )

    @classmethod
    def load(cls, path: Path) -> TopicModel:
        """Reads what `save` wrote. Raises FileNotFoundError or, for another kind of file, ValueError or KeyError."""
        with np.load(path, allow_pickle=False) as arrays:
            header = json.loads(arrays["header"].tobytes())
            words = arrays["vocabulary"].tobytes().decode().split("\n")
            features = Features(
                tuple(header["labels"]),
                {word: number for number, word in enumerate(words)},
                arrays["idf"].astype(np.float32),
                [Keyword(label, tuple(bases), weight) for label, *bases, weight in header["keywords"]],
            )
            weights = arrays["weights"].astype(np.float32) * arrays["scale"]
            calibrations = (Calibration(*header[name]) for name in ("main", "further"))
            return cls(features, weights, arrays["bias"], *calibrations)


@cache
def _packaged() -> TopicModel:
    with as_file(files("annotation.preannotate").joinpath("models/topics.npz")) as path:
        return TopicModel.load(path)


WEAK_TOPICS = frozenset(
    (
        "conflict-war-peace",
        "crime-law-justice",
        "disaster-accident",
        "education",
        "environment",
        "human-interest",
        "labour",
        "lifestyle-leisure",
        "society",
        "weather",
    )
)
"""Topics of which no source of whole articles has a class, so that their scores as the main topic are too low.

Politics would take their place: where one is surer as a further topic than the main one in either way, it is the main
topic.
"""


class LinearTopics:
    """Says what articles are about; a `TopicAnnotator`. The packaged model is read at the first use.

    `min_score` is the least score of a main topic: higher values abstain more.
    """

    def __init__(self, model: TopicModel | None = None, *, min_score: float = MIN_MAIN_SCORE) -> None:
        self._model = model
        self._min_score = min_score

    @property
    def model(self) -> TopicModel:
        """The model in use."""
        if self._model is None:
            self._model = _packaged()
        return self._model

    @property
    def name(self) -> str:
        """Who said a topic."""
        return "linear-topics"

    @property
    def version(self) -> str:
        """Changes whenever the same text could get other topics."""
        return VERSION

    @property
    def labels(self) -> frozenset[str]:
        """All topics."""
        return frozenset(self.model.features.labels)

    def topics(self, articles: Sequence[Article]) -> list[list[Topic]]:
        """The topics of each article, the likeliest first; none where none is likely enough."""
        main, further = self.model.scores(article.text for article in articles)
        return [self._choose(*rows) for rows in zip(main, further, strict=True)]

    def _choose(self, main: FloatArray, further: FloatArray) -> list[Topic]:
        labels = self.model.features.labels
        first = int(main.argmax()) if len(main) else 0
        score = main[first]
        places = (place for place, label in enumerate(labels) if label in WEAK_TOPICS)
        surest = max(places, key=further.__getitem__, default=first)
        if further[surest] > max(score, further[first], MIN_FURTHER_SCORE):
            first, score = surest, further[surest]
        if score < self._min_score:
            return []
        chosen = [Topic(labels[first], 0, round(float(score), 4))]
        least = max(self._min_score, MIN_FURTHER_SCORE)
        for place in np.argsort(-further, kind="stable"):
            if place != first and further[place] >= least and len(chosen) < MOST_TOPICS:
                chosen.append(Topic(labels[place], len(chosen), round(float(further[place]), 4)))
        return chosen

    def explain(self, article: Article, most: int = 10) -> dict[str, list[tuple[str, float]]]:
        """For each topic of the article, the words that spoke for it most, as they stand in it, and how strongly.

        Keywords are shown at the emphasis that they have for further topics.
        """
        model = self.model
        chosen = self.topics([article])[0]
        numbers, values, _ = model.features.of(article.text)
        found = [(word, model.features.numbers(word)) for word in split_words(article.text)]
        written = {number: word for word, word_numbers in reversed(found) for number in word_numbers}
        counts = Counter(number for _, word_numbers in found for number in word_numbers)
        hits = model.features.keyword_hits([word_numbers[0] for _, word_numbers in found], counts)
        length = float(np.sqrt(max(1, len(numbers))))
        explanation: dict[str, list[tuple[str, float]]] = {}
        for topic in chosen:
            column = model.features.labels.index(topic.label)
            shares: dict[str, float] = defaultdict(float)
            for number, value in zip(numbers, values, strict=True):
                shares[written[int(number)]] += float(value * model.weights[number, column])
            for bases, places in hits.items():
                weight = sum(weight for place, weight in places if place == column)
                shares[" ".join(written[number] for number in bases)] += _FURTHER_EMPHASIS * weight / length
            ranked = sorted(shares.items(), key=lambda each: -each[1])[:most]
            explanation[topic.label] = [(word, round(share, 4)) for word, share in ranked if share > 0]
        return explanation
