"""The packaged model file: word statistics, word classes and weights in one compact `.npz`, read without pickling."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.decoding import Scores
from annotation.preannotate.features import LISTS, FeatureExtractor, Tendencies, WordClasses
from annotation.preannotate.forms import Forms
from annotation.preannotate.gazetteer import entries, lists_digest, norp_words, words
from annotation.preannotate.sequence import SequenceTagger, Sums, Weights, log_odds
from annotation.preannotate.words import Vocabulary, plain

MODEL_PATH = Path(__file__).parent / "models" / "entities.npz"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that equal contents are equal bytes
_SURE, _LIKELY = 9.0, 5.0  # how much being on a written and on a derived list counts against cutting a word
_WRITTEN = ("first_names", "surnames", "gpe", "loc", "org", "countries", "org_heads", "uncut", "occupations", "offices")
_DERIVED = ("name_firsts",)
_HEADS = ("event_heads", "fac_heads", "law_heads", "place_heads")
_OF_NATIONS = ("norp_nouns", "nisba", "not_norp")
_LONG_HEAD = 3  # letters: وحي is not و and حي


@dataclass(frozen=True, slots=True)
class EmbeddedModel:
    """Everything the entity annotator loads: what is known of words, their classes and tendencies, the weights.

    `calibration` holds, for kinds of name and for all others (``""``), slope and intercept of Platt scaling over the
    logarithmic odds of a mention's score.
    """

    vocabulary: Vocabulary
    classes: WordClasses
    tendencies: Tendencies
    weights: Weights
    calibration: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def calibrated(self, kind: str, score: float) -> float:
        """How likely a mention of this kind with this score of the tagger is right."""
        slope, intercept = self.calibration.get(kind) or self.calibration.get("", (1.0, 0.0))
        return 1 / (1 + math.exp(-slope * log_odds(score) - intercept))

    def extractor(self) -> FeatureExtractor:
        """A feature extractor over this model's words."""
        return FeatureExtractor(self.vocabulary, self.classes, self.tendencies)

    def tagger(self, forms: Forms | None = None) -> SequenceTagger:
        """A fresh tagger, over a numbering of forms that it may share."""
        return SequenceTagger(self.weights, self.extractor(), forms)


def _lists() -> str:
    """The digest of the lists that say where words begin and what features they have."""
    return lists_digest({*LISTS, *_WRITTEN, *_DERIVED, *_HEADS, *_OF_NATIONS})


def known_names() -> dict[str, float]:
    """Plain words of the lists, which a leading و ف ب ل ك س is not cut from without better evidence."""
    found: dict[str, float] = dict.fromkeys(norp_words(), _LIKELY)
    for lists, weight in ((_DERIVED, _LIKELY), (_WRITTEN, _SURE)):
        for name in lists:
            for entry in entries(name):
                found[plain(entry.split()[0])] = weight
    for name in _HEADS:
        found |= {word: _SURE for word in words(name) if len(word) >= _LONG_HEAD}
    return found


def save(path: Path, model: EmbeddedModel) -> None:
    """Write the model file; equal models give equal bytes. Weights are kept to 1/127 of each row's largest."""
    forms = list(model.vocabulary.counts)
    levels = len(next(iter(model.classes.classes.values())))
    none = (-1,) * levels
    rows = model.weights.rows.reshape(len(model.weights.rows), -1)
    steps, scales = _in_steps(rows)
    features = sorted(model.weights.feature_rows, key=model.weights.feature_rows.__getitem__)
    tendencies = {word: model.tendencies[word] for word in forms if word in model.tendencies}
    kinds = sorted(set(tendencies.values()))
    number = {kind: index for index, kind in enumerate(kinds)}
    arrays: dict[str, NDArray[Any]] = {
        "words": _packed(forms),
        "counts": np.array([min(count.bit_length(), 30) for count in model.vocabulary.counts.values()], dtype=np.int8),
        "classes": np.array([model.classes.classes.get(word, none) for word in forms], dtype=np.int16),
        "tendency_kinds": _packed(kinds),
        "tendencies": np.array([number.get(tendencies.get(word, ""), -1) for word in forms], dtype=np.int16),
        "labels": _packed(model.weights.labels),
        "features": _packed(features),
        "scales": scales,
        "rows": steps,
        "transitions": model.weights.transitions.astype(np.float32),
    }
    kept = replace(model.weights, rows=(arrays["rows"] * arrays["scales"][:, None]).reshape(model.weights.rows.shape))
    sums, sum_scales = _sums(replace(model, tendencies=tendencies, weights=kept))
    lengths = np.array([model.vocabulary.split(word).length for word in forms], dtype=np.int8)
    arrays |= {"proclitics": lengths, "sums": sums, "sum_scales": sum_scales, "lists": _packed([_lists()])}
    if model.weights.elsewhere is not None:
        arrays["elsewhere"] = model.weights.elsewhere.astype(np.float32)
    if model.calibration:
        arrays["calibrated"] = _packed(model.calibration)
        arrays["calibration"] = np.array(list(model.calibration.values()), dtype=np.float64)
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            stream = io.BytesIO()
            np.save(stream, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            # Deflated, the sums would be a tenth smaller and loading half as fast again.
            entry.compress_type = zipfile.ZIP_STORED if name == "sums" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, stream.getvalue(), compresslevel=9)


def _sums(model: EmbeddedModel) -> tuple[NDArray[np.int8], Scores]:
    """What each word of the vocabulary adds to the scores, as `Sums` has it."""
    words = list(model.vocabulary.counts)
    tagger = replace(model, weights=replace(model.weights, sums=None)).tagger()
    found = tagger.sums(words, words, [*map(model.vocabulary.split, words)])
    return _in_steps(found.reshape(len(words), -1))


def load(path: Path = MODEL_PATH) -> EmbeddedModel:
    """Read a model file. Raises `FileNotFoundError` where it is missing."""
    with np.load(path, allow_pickle=False) as arrays:
        forms = _unpacked(arrays["words"])
        # Only magnitudes are stored: 2 ** (bits - 1) is the smallest count with that many bits.
        smallest = [0, *(1 << bits for bits in range(64))]
        counts = dict(zip(forms, map(smallest.__getitem__, arrays["counts"].tolist()), strict=True))
        numbers = arrays["classes"]
        have = numbers[:, 0] >= 0
        classes = dict(zip(compress(forms, have.tolist()), zip(*numbers[have].T.tolist(), strict=True), strict=True))
        kinds = _unpacked(arrays["tendency_kinds"])
        have = arrays["tendencies"] >= 0
        chosen = map(kinds.__getitem__, arrays["tendencies"][have].tolist())
        tendencies = dict(zip(compress(forms, have.tolist()), chosen, strict=True))
        labels = tuple(_unpacked(arrays["labels"]))
        names = _unpacked(arrays["features"])
        features = dict(zip(names, range(len(names)), strict=True))
        rows = arrays["rows"].astype(np.float32) * arrays["scales"][:, None]
        weights = Weights(
            labels,
            features,
            rows.reshape(len(features), -1, len(labels)),
            arrays["transitions"],
            arrays.get("elsewhere"),
        )
        vocabulary = Vocabulary(counts, known_names())
        # The lists are features too: by others, words are split and their sums made where they are asked for.
        if _unpacked(arrays["lists"]) == [_lists()]:
            places = dict(zip(forms, range(len(forms)), strict=True))
            vocabulary = replace(vocabulary, numbers=places, lengths=arrays["proclitics"].tobytes())
            weights = replace(weights, sums=Sums(places, arrays["sums"], arrays["sum_scales"]))
        calibration = {}
        if "calibration" in arrays:
            pairs = zip(_unpacked(arrays["calibrated"]), arrays["calibration"].tolist(), strict=True)
            calibration = {name: (slope, shift) for name, (slope, shift) in pairs}
    return EmbeddedModel(vocabulary, WordClasses(classes), tendencies, weights, calibration)


def _in_steps(rows: Scores) -> tuple[NDArray[np.int8], Scores]:
    """Rows in whole steps of 1/127 of each row's largest value, and the steps."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-6) / 127
    return np.round(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _packed(strings: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(strings).encode(), dtype=np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode().split("\n")
