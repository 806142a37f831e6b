"""Train the embedded entity model: `python -m annotation.preannotate.training.entities --shared DIR`.

Word statistics and classes come from raw text, the tagger (PERS, ORG, GPE, LOC, FAC) from ANERcorp's training text
with NewsFANE's finer labels, AQMAR and the Wojood sample. The other labels are the work of rules (`phrases.py`): no
open corpus marks them as the project's conventions want them. Needs the `train` extra (python-crfsuite, scikit-learn).
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotation.preannotate.embedded import MODEL_PATH, EmbeddedModel, known_names, save
from annotation.preannotate.features import OFFSETS, FeatureExtractor, Tendencies, WordClasses
from annotation.preannotate.sequence import SequenceTagger, Weights
from annotation.preannotate.training import classes, corpora
from annotation.preannotate.training.conventions import shipped_mentions
from annotation.preannotate.training.corpora import TaggedSentence
from annotation.preannotate.training.tendencies import label_counts, tendencies
from annotation.preannotate.words import Vocabulary

_BLOCK = 40  # neighbouring sentences (of one article, mostly) that stay in one half of the cross-fitting
RAW_SHARE = 3  # every third article of the raw text is read for tendencies
_LEAST_COUNT = 4  # rarer words of the raw text are not kept
_FAR_FEATURES = ("w=", "s=", "k", "g=", "t=", "punct", "digit")  # what is looked at two tokens away


@dataclass(frozen=True, slots=True)
class Settings:
    """How hard the training regularises (`c1`, `c2` of the CRF) and how long it runs."""

    c1: float = 0.1
    c2: float = 0.02
    iterations: int = 120
    least_frequency: int = 1


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


Tagged = tuple[Sequence[str], Sequence[str]]
"""Words and their BIO tags."""


def train_model(
    sentences: Sequence[Tagged],
    raw: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    word_classes: WordClasses,
    settings: Settings,
) -> EmbeddedModel:
    """Train in two rounds: what the taggers of two halves found of each word in the raw text is a feature at last."""
    halves = [[each for index, each in enumerate(sentences) if index // _BLOCK % 2 == half] for half in (0, 1)]
    first = FeatureExtractor(vocabulary, word_classes, {})
    weights = [train_weights([(half, first)], settings) for half in halves]
    tables = [label_counts(SequenceTagger(each, first), raw) for each in weights]
    found = [tendencies(each.labels, table) for each, table in zip(weights, tables, strict=True)]
    extractors = [FeatureExtractor(vocabulary, word_classes, each) for each in found]
    final = train_weights([(halves[0], extractors[1]), (halves[1], extractors[0])], settings)
    both: Tendencies = tendencies(weights[0].labels, *tables)
    return EmbeddedModel(vocabulary, word_classes, both, final)


def train_weights(parts: Iterable[tuple[Sequence[Tagged], FeatureExtractor]], settings: Settings) -> Weights:
    """Train a linear-chain CRF on tagged sentences, each part seen through its extractor."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params(
        {
            "c1": settings.c1,
            "c2": settings.c2,
            "max_iterations": settings.iterations,
            "feature.minfreq": settings.least_frequency,
            "feature.possible_transitions": True,
        }
    )
    for sentences, extractor in parts:
        cache: dict[str, list[list[str]]] = {}
        for words, tags in sentences:
            trainer.append(crf_items(words, extractor, cache), list(tags))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.crfsuite")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        dump = tagger.info()
    labels = tuple(sorted(dump.labels, key=lambda label: (label != "O", label)))
    column = {label: number for number, label in enumerate(labels)}
    transitions = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (before, after), weight in dump.transitions.items():
        transitions[column[before], column[after]] = weight
    for before in labels:
        for after in labels:
            if after.startswith("I-") and before not in (after, "B-" + after[2:]):
                transitions[column[before], column[after]] = -30.0
    names = sorted({attribute.partition("|")[2] for attribute, _ in dump.state_features})
    row = {name: number for number, name in enumerate(names)}
    weights = np.zeros((len(names), len(OFFSETS), len(labels)), dtype=np.float32)
    for (attribute, label), weight in dump.state_features.items():
        offset, _, name = attribute.partition("|")
        weights[row[name], OFFSETS.index(int(offset)), column[label]] = weight
    return Weights(labels, row, weights, transitions)


def crf_items(words: Sequence[str], extractor: FeatureExtractor, cache: dict[str, list[list[str]]]) -> list[list[str]]:
    """Each token's attributes: the features of the words around it, with their offset."""
    rows = []
    for word in words:
        found = cache.get(word)
        if found is None:
            features = extractor.features(word)
            near = [feature for feature in features if feature != "b"]
            far = [feature for feature in near if feature.startswith(_FAR_FEATURES)]
            by_offset = {offset: near if abs(offset) == 1 else far if offset else features for offset in OFFSETS}
            found = cache[word] = [[f"{-offset}|{feature}" for feature in by_offset[offset]] for offset in OFFSETS]
        rows.append(found)
    items = []
    for index in range(len(words)):
        attributes: list[str] = []
        for column, offset in enumerate(OFFSETS):
            neighbour = index - offset
            if 0 <= neighbour < len(words):
                attributes.extend(rows[neighbour][column])
        items.append(attributes)
    return items


def shipped_sentences(folder: Path) -> list[TaggedSentence]:
    """The training sentences of the shipped model, their mentions brought to the project's conventions."""
    found = corpora.read_anercorp_fine(folder)
    found += [corpora.retokenised(each) for each in corpora.read_aqmar(folder / "ner/aqmar/topcoder_split/train.txt")]
    for part in ("train", "val"):
        wojood = [corpora.retokenised(each) for each in corpora.read_wojood(folder / f"ner/wojood_sample/{part}.txt")]
        found += wojood
    return [TaggedSentence(each.words, shipped_mentions(each)) for each in found]


def main() -> None:
    """Train and write the model file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--output", type=Path, default=MODEL_PATH)
    arguments = parser.parse_args()
    folder = arguments.shared / "data"
    if not folder.is_dir():
        parser.error(f"{folder} is missing: the training data does not come with the project")
    vocabulary, word_classes = word_statistics(folder)
    sentences = shipped_sentences(folder)
    tagged = [(each.words, corpora.bio(len(each.words), each.mentions)) for each in sentences]
    model = train_model(
        tagged, list(corpora.raw_sentences(folder, every=RAW_SHARE)), vocabulary, word_classes, Settings()
    )
    save(arguments.output, model)
    digest = hashlib.sha256(arguments.output.read_bytes()).hexdigest()
    print(f"{arguments.output.name}: {arguments.output.stat().st_size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
