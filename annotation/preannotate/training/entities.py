"""Train the embedded entity model: `python -m annotation.preannotate.training.entities --shared DIR`.

Word statistics and classes come from raw text, the tagger (PERS, ORG, GPE, LOC, FAC) from ANERcorp's training text
with NewsFANE's finer labels, AQMAR and the Wojood sample. The other labels are the work of rules (`phrases.py`): no
open corpus marks them as the project's conventions want them. Needs the `train` extra (scikit-learn, scipy).
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from annotation.preannotate import elsewhere
from annotation.preannotate.decoding import Scores
from annotation.preannotate.embedded import MODEL_PATH, EmbeddedModel, known_names, save
from annotation.preannotate.features import OFFSETS, FeatureExtractor, Tendencies, WordClasses
from annotation.preannotate.forms import Forms
from annotation.preannotate.sequence import SequenceTagger, Weights, log_odds, mentions
from annotation.preannotate.training import classes, corpora, crf
from annotation.preannotate.training.conventions import shipped_mentions
from annotation.preannotate.training.corpora import TaggedSentence
from annotation.preannotate.training.tendencies import label_counts, tendencies
from annotation.preannotate.words import Vocabulary

_BLOCK = 40  # neighbouring sentences (of one article, mostly) that stay in one half of the cross-fitting
RAW_SHARE = 3  # every third article of the raw text is read for tendencies
_LEAST_COUNT = 4  # rarer words of the raw text are not kept
_RUN = 20  # neighbouring sentences; every third run is learnt from as if its sentences stood alone, as some texts do
_MUTED = 3
_LEAST_MENTIONS = 100  # that a kind of name needs for a calibration of its own


@dataclass(frozen=True, slots=True)
class Settings:
    """How hard the training regularises and how long it runs."""

    penalties: crf.Penalties = field(default_factory=crf.Penalties)
    iterations: int = 80


def word_statistics(folder: Path) -> tuple[Vocabulary, WordClasses]:
    """Counts and classes of the words of the raw text."""
    lines = list(classes.folded_words(corpora.raw_lines(folder)))
    counts = classes.count_words(lines)
    ordered = sorted((word for word in counts if counts[word] >= _LEAST_COUNT), key=lambda word: (-counts[word], word))
    frequent = ordered[: classes.VOCABULARY]
    numbers = classes.word_classes(classes.word_vectors(lines, frequent))
    found = {word: tuple(int(number) for number in row) for word, row in zip(frequent, numbers, strict=True)}
    vocabulary = Vocabulary({word: 1 << (counts[word].bit_length() - 1) for word in ordered}, known_names())
    return vocabulary, WordClasses(found)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to learn from: its words, their BIO tags, and the number of its article (or of several in a row)."""

    words: Sequence[str]
    tags: Sequence[str]
    article: int


Evidence = Sequence[Scores | None]
"""For each sentence, what was made of its words elsewhere (a row a token, columns as `elsewhere.columns`)."""


def examples(sentences: Sequence[TaggedSentence], articles: Sequence[int] | None = None) -> list[Example]:
    """Tagged sentences as examples; without `articles`, all of one text."""
    numbers = [0] * len(sentences) if articles is None else articles
    return [
        Example(each.words, corpora.bio(len(each.words), each.mentions), number)
        for each, number in zip(sentences, numbers, strict=True)
    ]


def train_model(
    sentences: Sequence[Example],
    raw: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    word_classes: WordClasses,
    settings: Settings,
) -> EmbeddedModel:
    """Train in two rounds, the first on two halves, each of which judges what it has not seen.

    What its taggers found of each word in the raw text, and elsewhere in the article, are features of the second.
    """
    labels = ("O", *sorted({tag for each in sentences for tag in each.tags} - {"O"}))
    halves = [[each for index, each in enumerate(sentences) if index // _BLOCK % 2 == half] for half in (0, 1)]
    first = FeatureExtractor(vocabulary, word_classes, {})
    weights = [train_weights([(half, first, [])], labels, settings) for half in halves]
    judged = [heard(SequenceTagger(weights[1 - half], first), halves[half]) for half in (0, 1)]
    tables = [label_counts(SequenceTagger(each, first), raw) for each in weights]
    found = [tendencies(each.labels, table) for each, table in zip(weights, tables, strict=True)]
    extractors = [FeatureExtractor(vocabulary, word_classes, each) for each in found]
    parts = [(halves[half], extractors[1 - half], judged[half]) for half in (0, 1)]
    second = [train_weights([part], labels, settings) for part in parts]
    unseen = [(halves[1 - half], SequenceTagger(second[half], extractors[half])) for half in (0, 1)]
    both: Tendencies = tendencies(weights[0].labels, *tables)
    return EmbeddedModel(vocabulary, word_classes, both, train_weights(parts, labels, settings), calibrate(unseen))


def calibrate(unseen: Sequence[tuple[Sequence[Example], SequenceTagger]]) -> dict[str, tuple[float, float]]:
    """For each kind of name, slope and intercept of Platt scaling over the logarithmic odds of a mention's score.

    Fitted to what taggers find in examples that they have not seen; kinds with few mentions take those of all.
    """
    from sklearn.linear_model import LogisticRegression

    odds: dict[str, list[float]] = {}
    right: dict[str, list[bool]] = {}
    for sentences, tagger in unseen:
        tagger = tagger.renumbered(Forms())
        batch = tagger.numbered([each.words for each in sentences])
        judged = tagger.judge(*batch, [each.article for each in sentences])
        for example, found in zip(sentences, mentions(tagger.labels, judged), strict=True):
            gold = {(m.start, m.end, m.label) for m in corpora.mentions_of(example.tags)}
            for start, end, kind, score in found:
                for name in (kind, ""):
                    odds.setdefault(name, []).append(log_odds(score))
                    right.setdefault(name, []).append((start, end, kind) in gold)
    fitted = {}
    for name in sorted(odds):
        if len(odds[name]) >= _LEAST_MENTIONS and len(set(right[name])) == 2:
            machine = LogisticRegression(C=1e6).fit(np.array(odds[name])[:, None], right[name])
            # The last digits depend on the machine's linear algebra; the file shall not.
            fitted[name] = round(float(machine.coef_[0, 0]), 3), round(float(machine.intercept_[0]), 3)
    return fitted


def heard(tagger: SequenceTagger, sentences: Sequence[Example]) -> list[Scores | None]:
    """The evidence that a tagger's first pass gives for each sentence; None where an article is to be muted."""
    tagger = tagger.renumbered(Forms())
    forms, lengths = tagger.numbered([each.words for each in sentences])
    articles = [each.article for each in sentences]
    judged = tagger.judge(forms, lengths, articles)
    tokens, found = tagger.evidence(tagger.repeated(forms, lengths, articles), judged)
    every = np.zeros((len(forms), len(found)), np.float32)
    every[tokens] = found.T
    parts = np.split(every, lengths.cumsum()[:-1])
    return [None if number // _RUN % _MUTED == 0 else part for number, part in enumerate(parts)]


def train_weights(
    parts: Sequence[tuple[Sequence[Example], FeatureExtractor, Evidence]], labels: Sequence[str], settings: Settings
) -> Weights:
    """Train a linear-chain CRF on tagged sentences, each part seen through its extractor, with its evidence or none."""
    from scipy.sparse import csr_matrix

    column = {label: number for number, label in enumerate(labels)}
    forms: dict[tuple[int, str], int] = {}
    rows: dict[str, int] = {}
    ends, cells = [0], []
    spoken = []
    width = len(elsewhere.columns(labels))
    for part, (sentences, extractor, evidence) in enumerate(parts):
        new = list(dict.fromkeys(word for each in sentences for word in each.words))
        for form in new:
            forms[part, form] = len(forms)
            cells += [rows.setdefault(feature, len(rows)) for feature in dict.fromkeys(extractor.features(form))]
            ends.append(len(cells))
        for number, each in enumerate(sentences):
            row = evidence[number] if evidence else None
            spoken.append(np.zeros((len(each.words), width)) if row is None else row)
    problem = crf.Problem(
        tuple(labels),
        [[forms[part, word] for word in each.words] for part, given in enumerate(parts) for each in given[0]],
        [[column[tag] for tag in each.tags] for given in parts for each in given[0]],
        csr_matrix((np.ones(len(cells)), cells, ends), (len(forms), len(rows))),
        np.concatenate(spoken).astype(np.float64),
    )
    fitted = crf.fit(problem, settings.penalties, settings.iterations)
    return Weights(
        tuple(labels),
        rows,
        fitted.features.reshape(len(rows), len(OFFSETS), len(labels)).astype(np.float32),
        fitted.transitions.astype(np.float32),
        fitted.evidence.astype(np.float32) if any(evidence for _, _, evidence in parts) else None,
    )


def shipped_examples(folder: Path) -> list[Example]:
    """The training sentences of the shipped model, their mentions brought to the project's conventions.

    Those of the Wojood sample are shuffled: each is an article of its own.
    """
    found = corpora.read_anercorp_fine(folder)
    found += [corpora.retokenised(each) for each in corpora.read_aqmar(folder / "ner/aqmar/topcoder_split/train.txt")]
    articles = [0] * len(found)
    for part in ("train", "val"):
        wojood = [corpora.retokenised(each) for each in corpora.read_wojood(folder / f"ner/wojood_sample/{part}.txt")]
        found += wojood
    articles += range(1, 1 + len(found) - len(articles))
    return examples([TaggedSentence(each.words, shipped_mentions(each)) for each in found], articles)


def main() -> None:
    """Train and write the model file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--output", type=Path, default=MODEL_PATH)
    arguments = parser.parse_args()
    import scipy.cluster.hierarchy
    import scipy.optimize  # noqa: F401
    import sklearn.cluster  # noqa: F401 (the limit below holds for libraries already loaded)
    from threadpoolctl import threadpool_limits

    folder = arguments.shared / "data"
    if not folder.is_dir():
        parser.error(f"{folder} is missing: the training data does not come with the project")
    with threadpool_limits(1):  # sums in another order differ in their last digits
        vocabulary, word_classes = word_statistics(folder)
        raw = list(corpora.raw_sentences(folder, every=RAW_SHARE))
        model = train_model(shipped_examples(folder), raw, vocabulary, word_classes, Settings())
    save(arguments.output, model)
    digest = hashlib.sha256(arguments.output.read_bytes()).hexdigest()
    print(f"{arguments.output.name}: {arguments.output.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
