"""Training of the topic model: `python -m annotation.preannotate.training.topics --shared DIR`.

Reads SANAD Khaleej, ANT, ASND and SIB-200 (train splits) from the data folder, maps their classes to the 17 topics,
and writes `models/topics.npz`, the same bytes for the same data and library versions. How:

1. Every class of a source that means one of our topics is gold for it; the other classes' texts are unlabelled.
2. Unlabelled texts in which the keywords of one topic outweigh those of every other by far, and that topic is one
   that no source of articles labels (`WEAK_TOPICS`), become examples of it.
3. One linear support vector machine per topic (liblinear, squared hinge), on TF-IDF features. Posts and single
   sentences count a tenth where whole articles are labelled with the topic too.
4. The calibration (Platt: one slope, one intercept for all topics) is fitted to the scores that models trained
   without one source give to the articles of that source. `annotation.preannotate.topics` adds the keywords to
   both.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import re
import tarfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from annotation.preannotate.topics import (
    WEAK_TOPICS,
    Calibration,
    Features,
    FloatArray,
    IntArray,
    Keyword,
    TopicModel,
    base_and_stem,
    combine_for_further,
    combine_for_main,
    split_words,
)
from schemas.ontology import load_ontology

SEED = 20260101

# What the classes of a source mean; classes that are no topic of ours, or several, are left out (their texts serve as
# unlabelled ones). `CONFLICT_OR_CRIME` is settled by the keywords.
CONFLICT_OR_CRIME = "conflict-or-crime"
MAPPINGS: Mapping[str, Mapping[str, str]] = {
    "sanad": {
        "Culture": "arts-culture",
        "Finance": "economy-business-finance",
        "Medical": "health",
        "Politics": "politics-government",
        "Religion": "religion",
        "Sports": "sport",
        "Tech": "science-technology",
    },
    "ant": {
        "culture": "arts-culture",
        "economy": "economy-business-finance",
        "politic": "politics-government",
        "sport": "sport",
        "technology": "science-technology",
    },
    "asnd": {
        "politics": "politics-government",
        "art-and-entertainment": "arts-culture",
        "sports": "sport",
        "science-and-technology": "science-technology",
        "business-and-economy": "economy-business-finance",
        "health": "health",
        "environment": "environment",
        "spiritual": "religion",
        "education": "education",
        "crime-war-conflict": CONFLICT_OR_CRIME,
    },
    "sib": {
        "entertainment": "arts-culture",
        "health": "health",
        "politics": "politics-government",
        "science/technology": "science-technology",
        "sports": "sport",
        "travel": "lifestyle-leisure",
    },
}


_ASND_SPLITS = {"train": "trn", "dev": "dev", "test": "tst"}


@dataclass(frozen=True, slots=True)
class LabelledText:
    """An article of a source; `topic` is None where its class is none of ours."""

    source: str
    text: str
    topic: str | None


def read_source(data: Path, source: str, split: str) -> list[LabelledText]:
    """The articles of a source (a key of `MAPPINGS`), `split` being train, dev or test.

    Raises FileNotFoundError where the data folder lacks the source.
    """
    folder = data / "topics"
    readers = {
        "sanad": lambda: _read_tar(folder / "sanad_khaleej" / f"{split}.tar.gz"),
        "ant": lambda: _read_ant(folder / "ant_corpus" / f"{split}.tar.gz"),
        "asnd": lambda: _read_asnd(folder / "asnd" / f"sm_news_ar_{_ASND_SPLITS[split]}.csv.gz"),
        "sib": lambda: _read_sib(folder / "sib200", split),
    }
    mapping = MAPPINGS[source]
    return [LabelledText(source, text, mapping.get(name)) for name, text in readers[source]()]


def _read_tar(path: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(path) as archive:
        for member in archive:
            body = archive.extractfile(member) if member.isfile() else None
            if body is not None:
                yield member.name.split("/")[-2], body.read().decode("utf-8", "replace")


def _read_ant(path: Path) -> Iterator[tuple[str, str]]:
    for name, body in _read_tar(path):
        found = (re.search(f"<{tag}>(.*?)</{tag}>", body, re.DOTALL) for tag in ("TITLE", "TEXT"))
        title, text = (match[1].strip() if match else "" for match in found)
        if text:
            yield name, f"{title}\n{text}"


def _read_asnd(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["Class"], row["Content"]


def _read_sib(folder: Path, split: str) -> Iterator[tuple[str, str]]:
    for variety in ("arb_Arab", "ary_Arab"):
        with (folder / variety / f"{split}.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["category"], row["text"]


LONG_SOURCES = ("sanad", "ant")
CALIBRATION_SOURCES = ("sanad", "ant", "asnd")
Combine = Callable[[FloatArray, FloatArray], FloatArray]
_SHORT_WEIGHT = 0.1
_LEAST_DOCUMENTS = 3  # a feature must occur in that many texts
_LEAST_EXAMPLES = 50  # a topic with fewer examples is left to its keywords
_CLEAR_EVIDENCE, _CLEAR_LEAD = 0.7, 1.3
_STRONG, _PLAIN = 2.0, 1.0
_LEAST_SHARE, _LEAST_SEEN = 0.2, 20
_COMMON = 3.5  # a keyword in more than about 3 % of the texts (e^-3.5) counts less than its weight
_CONSTANT_MARGIN = -1.0  # of a topic that has keywords only


def read_keywords() -> list[Keyword]:
    """The keyword lexicon with regular inflections; a word listed twice counts once, with the higher weight.

    Raises ValueError for an entry of more than two words.
    """
    source = tomllib.loads(files("annotation.preannotate").joinpath("lexicons/topic_keywords.toml").read_text("utf-8"))
    found: dict[tuple[str, tuple[str, ...]], float] = {}
    for label, lists in source.items():
        for weight, entries in ((_PLAIN, lists["plain"]), (_STRONG, lists["strong"])):
            for entry in entries:
                bases = tuple(base_and_stem(word)[0] for word in split_words(entry))
                if not 1 <= len(bases) <= 2:
                    raise ValueError(f"topic_keywords.toml: {label} {entry!r} has {len(bases)} words, not 1 or 2")
                forms = [bases] if len(bases) == 2 else [(form,) for form in inflections(bases[0])]
                found |= {(label, form): weight for form in forms}
    return [Keyword(label, bases, weight) for (label, bases), weight in found.items()]


def inflections(base: str) -> list[str]:
    """A folded word with its regular endings: feminine, sound plurals, accusative, some possessives."""
    if base.endswith("ه"):
        return [base, *(base[:-1] + ending for ending in ("ات", "تها", "تهم", "تين"))]
    if base.endswith("ي"):
        return [base, *(base + ending for ending in ("ه", "ين", "ون", "ات", "ا"))]
    return [base, *(base + ending for ending in ("ا", "ها", "هم", "ات", "ين"))]


def weigh_keywords(keywords: Sequence[Keyword], documents: Sequence[LabelledText]) -> list[Keyword]:
    """Keywords with training weights: common ones count less; those that are no sign of their topic are dropped.

    A sign of a topic: of its occurrences, counted per labelled article and with equally many articles of each topic, at
    least `_LEAST_SHARE` are in articles of that topic. Topics that no whole articles are labelled with keep all.
    """
    wanted = {keyword.bases[0] for keyword in keywords if len(keyword.bases) == 1}
    frequency: Counter[str] = Counter()
    by_topic: dict[str, Counter[str]] = {}
    sizes = Counter(document.topic for document in documents if document.topic and document.source in LONG_SOURCES)
    for document in documents:
        present = {base_and_stem(word)[0] for word in set(split_words(document.text))} & wanted
        frequency.update(present)
        if document.topic and document.source in LONG_SOURCES:
            by_topic.setdefault(document.topic, Counter()).update(present)
    weighed: list[Keyword] = []
    for keyword in keywords:
        base = keyword.bases[0]
        rates = {topic: by_topic[topic][base] / sizes[topic] for topic in by_topic}
        total = sum(rates.values())
        seen = sum(by_topic[topic][base] for topic in by_topic)
        known_sign = keyword.label not in rates or seen < _LEAST_SEEN or rates[keyword.label] >= _LEAST_SHARE * total
        if len(keyword.bases) == 2:
            weighed.append(keyword)
        elif known_sign:
            rarity = float(np.log((1 + len(documents)) / (1 + frequency[base])))
            weighed.append(replace(keyword, weight=round(keyword.weight * min(1.0, rarity / _COMMON), 3)))
    return weighed


def make_features(documents: Sequence[LabelledText], labels: tuple[str, ...]) -> Features:
    """The vocabulary of training texts and of the keywords, with inverse document frequencies."""
    keywords = weigh_keywords(read_keywords(), documents)
    frequency: Counter[str] = Counter()
    for document in documents:
        frequency.update({form for word in set(split_words(document.text)) for form in base_and_stem(word)})
    kept = {form for form, count in frequency.items() if count >= _LEAST_DOCUMENTS}
    vocabulary = sorted(kept | {base for keyword in keywords for base in keyword.bases})
    idf = np.array([np.log((1 + len(documents)) / (1 + frequency[form])) + 1 for form in vocabulary], np.float32)
    # What the file keeps is what training sees.
    idf = idf.astype(np.float16).astype(np.float32)
    return Features(labels, {form: number for number, form in enumerate(vocabulary)}, idf, keywords)


@dataclass(frozen=True, slots=True)
class Design:
    """Texts as training sees them, row by row: TF-IDF, keyword evidence, gold topic and topic with weak labels (place,
-1: none)."""

    features: Features
    matrix: csr_matrix
    evidence: FloatArray
    gold: IntArray
    topics: IntArray
    sources: NDArray[np.str_]


def make_design(features: Features, documents: Sequence[LabelledText]) -> Design:
    """The texts as numbers."""
    parts = [features.of(document.text) for document in documents]
    values = np.concatenate([part[1] for part in parts])
    columns = np.concatenate([part[0] for part in parts])
    starts = np.cumsum([0, *(len(part[0]) for part in parts)])
    evidence = np.array([part[2] for part in parts], np.float32)
    pairs = list(zip(documents, evidence, strict=True))
    return Design(
        features,
        csr_matrix((values, columns, starts), shape=(len(parts), len(features.vocabulary))),
        evidence,
        np.array([_topic(features.labels, document, row, weak=False) for document, row in pairs], np.int64),
        np.array([_topic(features.labels, document, row, weak=True) for document, row in pairs], np.int64),
        np.array([document.source for document in documents]),
    )


def _topic(labels: tuple[str, ...], document: LabelledText, evidence: FloatArray, *, weak: bool) -> int:
    if document.topic == CONFLICT_OR_CRIME:
        conflict, crime = labels.index("conflict-war-peace"), labels.index("crime-law-justice")
        if evidence[conflict] == evidence[crime]:
            return -1
        return conflict if evidence[conflict] > evidence[crime] else crime
    if document.topic is not None:
        return labels.index(document.topic)
    best = int(evidence.argmax())
    lead = _CLEAR_LEAD * float(np.delete(evidence, best).max())
    clear = weak and labels[best] in WEAK_TOPICS and evidence[best] >= max(_CLEAR_EVIDENCE, lead)
    return best if clear else -1


def fit(design: Design, rows: NDArray[np.bool_]) -> TopicModel:
    """A model of some of the texts that is not calibrated yet."""
    chosen = np.flatnonzero(rows & (design.topics >= 0))
    matrix, topics = design.matrix[chosen], design.topics[chosen]
    # Weak labels count as little as those of short texts, where whole articles are labelled by hand.
    long = np.isin(design.sources[chosen], LONG_SOURCES) & (design.gold[chosen] >= 0)
    labels = design.features.labels
    weights = np.zeros((matrix.shape[1], len(labels)), np.float32)
    bias = np.full(len(labels), _CONSTANT_MARGIN, np.float32)
    for place in range(len(labels)):
        if (topics == place).sum() < _LEAST_EXAMPLES:
            continue
        short_weight = _SHORT_WEIGHT if (long & (topics == place)).sum() >= _LEAST_EXAMPLES else 1.0
        machine = LinearSVC(C=0.5, random_state=SEED, max_iter=5000)
        machine.fit(matrix, topics == place, sample_weight=np.where(long, 1.0, short_weight))
        weights[:, place] = machine.coef_[0]
        bias[place] = machine.intercept_[0]
    return TopicModel(design.features, weights, bias)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a model says of articles it had not seen: margins and evidence for the topics (columns) that their source
knows."""

    margins: FloatArray
    evidence: FloatArray
    gold: IntArray
    labels: tuple[str, ...]


def judge(model: TopicModel, design: Design, rows: NDArray[np.bool_]) -> HeldOut:
    """The margins that a model gives to the articles with a gold topic among `rows`."""
    chosen = np.flatnonzero(rows & (design.gold >= 0))
    places, gold = np.unique(design.gold[chosen], return_inverse=True)
    margins = np.asarray(design.matrix[chosen] @ model.weights + model.bias, np.float32)
    labels = tuple(model.features.labels[place] for place in places)
    return HeldOut(margins[:, places], design.evidence[chosen][:, places], gold, labels)


def calibrate(held_out: Sequence[HeldOut], combine: Combine) -> Calibration:
    """Platt scaling of combined scores; every source has the same say."""
    scores = [combine(part.margins, part.evidence).ravel() for part in held_out]
    truth = np.concatenate([np.eye(len(part.labels))[part.gold].ravel() for part in held_out])
    weights = np.concatenate([np.full(part.size, 1 / part.size) for part in scores])
    machine = LogisticRegression(C=1e6).fit(np.concatenate(scores)[:, None], truth, weights * len(truth) / len(scores))
    # The last digits depend on the machine's linear algebra; the file shall not.
    return Calibration(round(float(machine.coef_[0, 0]), 4), round(float(machine.intercept_[0]), 4))


def train(documents: Sequence[LabelledText], calibration_sources: Sequence[str] = CALIBRATION_SOURCES) -> TopicModel:
    """A calibrated model from all the texts; each source of `calibration_sources` is left out once to calibrate."""
    design = make_design(make_features(documents, tuple(load_ontology().topic_codes)), documents)
    held_out = [
        judge(fit(design, design.sources != source), design, design.sources == source) for source in calibration_sources
    ]
    model = fit(design, np.ones(len(documents), bool))
    return replace(
        model, main=calibrate(held_out, combine_for_main), further=calibrate(held_out, combine_for_further)
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains and writes the model; prints its digest."""
    parser = argparse.ArgumentParser(description="Train the topic model.")
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds data/topics")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "models" / "topics.npz")
    options = parser.parse_args(arguments)
    data = options.shared / "data"
    if not (data / "topics").is_dir():
        parser.exit(1, f"{data / 'topics'} is missing: training needs the data that models/TOPICS_CARD.md names\n")
    model = train([document for source in MAPPINGS for document in read_source(data, source, "train")])
    model.save(options.output)
    print(hashlib.sha256(options.output.read_bytes()).hexdigest(), options.output.name)


if __name__ == "__main__":
    main()
