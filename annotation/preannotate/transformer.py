"""Pre-annotators made of Hugging Face models, by name or local folder: `pip install 'mudawwana[transformers]'`.

`TransformerEntities` runs a token-classification model, `TransformerTopics` a text-classification model whose labels
are topic codes or, for a natural language inference model, zero-shot classification with the Arabic topic names. Texts
longer than a model's window are read in overlapping windows; where two windows see a token, the one that sees more of
its surroundings decides. Their scores are the models' own probabilities: nobody has calibrated them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.protocol import AnnotatorError, Article
from corpus.span import Entity, Topic
from schemas.labels import Ontology

INVENTORY = "news"  # what pre-annotators answer in
_BATCH = 8
_OVERLAP = 0.25  # of the window
_USUAL_WINDOW = 512
_PARTS = ("B", "I", "E", "S", "L", "U")
Probabilities = NDArray[np.float32]


class MissingTransformersError(AnnotatorError):
    """The extra is not installed; the message says how to."""


def _libraries() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingTransformersError(
            f"{error.name or error} is missing: models of Hugging Face need pip install 'mudawwana[transformers]'"
        ) from error
    return torch, transformers


class _Model:
    """A tokenizer and a classifier, with a version that changes with its weights."""

    def __init__(self, place: str, kind: str) -> None:
        self.torch, transformers = _libraries()
        try:
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(place, use_fast=True)
            self.model = getattr(transformers, kind).from_pretrained(place).eval()
        except OSError as error:
            raise AnnotatorError(f"model '{place}' cannot be loaded: {error}") from error
        self.version = _version(place, self.model)
        names: Mapping[int, str] = self.model.config.id2label
        self.labels = tuple(names[number] for number in range(len(names)))
        positions = getattr(self.model.config, "max_position_embeddings", _USUAL_WINDOW)
        self.window = min(self.tokenizer.model_max_length, positions, _USUAL_WINDOW)

    def windows(self, text: str, **options: Any) -> Any:
        """The text in overlapping windows, as tensors, with offsets."""
        return self.tokenizer(
            text,
            truncation=True,
            max_length=self.window,
            stride=int(self.window * _OVERLAP),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
            **options,
        )

    def logits(self, inputs: Any) -> Probabilities:
        """The raw scores of windows, a few at a time."""
        accepted = {name: inputs[name] for name in self.tokenizer.model_input_names if name in inputs}
        parts = []
        with self.torch.inference_mode():
            for first in range(0, len(inputs["input_ids"]), _BATCH):
                batch = {name: rows[first : first + _BATCH] for name, rows in accepted.items()}
                parts.append(self.model(**batch).logits.float().numpy())
        return np.concatenate(parts)


class TransformerEntities:
    """Entities by a token-classification model. Spans are whole tokens: proclitics stay inside.

    Raises:
        AnnotatorError: if there is no such model, or no inventory or scheme of the ontology has its labels and
            a mapping to the project's.
        MissingTransformersError: without the extra.
    """

    def __init__(self, place: str, ontology: Ontology) -> None:
        self._model = _Model(place, "AutoModelForTokenClassification")
        self.name = f"transformers:{place}"
        self.version = self._model.version
        kinds = {_kind(label) for label in self._model.labels} - {""}
        self._mapped = mapped_labels(ontology, kinds, place)
        self.labels = frozenset(label for label in self._mapped.values() if label)

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The entities of each article, sorted by range, none overlapping."""
        return [self._entities(article) if article.tokens else [] for article in articles]

    def _entities(self, article: Article) -> list[Entity]:
        names, rows = self._model.labels, self._of_tokens(article)
        best = rows.argmax(axis=1)
        ends = {sentence.end for sentence in article.sentences}
        found: list[Entity] = []
        open_kind, open_range, scores = "", (0, 0), [0.0]

        def close() -> None:
            label = self._mapped.get(open_kind)
            if label:
                found.append(Entity(*open_range, label, round(float(np.mean(scores)), 4), self.name))

        broken = True  # a sentence ends an entity
        for (start, end), number, row in zip(article.tokens, best.tolist(), rows, strict=True):
            part, kind = _split(names[number])
            if kind != open_kind or part in ("B", "S", "U") or broken:
                close()
                open_kind, open_range, scores = kind, (start, end), []
            open_range = (open_range[0], end)
            scores.append(float(row[number]))
            broken = any(start < boundary <= end for boundary in ends)
        close()
        return found

    def _of_tokens(self, article: Article) -> Probabilities:
        """The label probabilities of each token: those of its first piece, in the window that sees most around it."""
        inputs = self._model.windows(article.text)
        logits = self._model.logits(inputs)
        offsets = inputs["offset_mapping"].numpy()
        rows = np.full((len(article.tokens), logits.shape[2]), -1e9, np.float32)
        if "O" in self._model.labels:
            rows[:, self._model.labels.index("O")] = 0  # a token that no piece begins is no entity
        starts, ends = np.array(article.tokens).T
        seen = np.full(len(starts), -1)
        for window, scores in zip(offsets, logits, strict=True):
            pieces = np.flatnonzero(window[:, 1] > window[:, 0])
            tokens = np.searchsorted(starts, window[pieces, 0], side="right") - 1
            inside = (tokens >= 0) & (window[pieces, 0] < ends[tokens])
            tokens, first = np.unique(tokens[inside], return_index=True)
            pieces = pieces[inside][first]
            # How far the token is from where this window cuts the text; the ends of the text cut nothing.
            before = np.where(window[pieces[:1], 0] == starts[0], len(article.text), np.arange(len(pieces)))
            after = np.where(tokens[-1:] == len(starts) - 1, len(article.text), np.arange(len(pieces))[::-1])
            around = np.minimum(before, after)
            better = around > seen[tokens]
            rows[tokens[better]], seen[tokens[better]] = scores[pieces[better]], around[better]
        return _softmax(rows)


class TransformerTopics:
    """Topics by a text-classification model whose labels are topic codes, or zero-shot by an inference (NLI) model.

    Raises:
        AnnotatorError: if there is no such model, or its labels are neither topic codes nor those of inference.
        MissingTransformersError: without the extra.
    """

    def __init__(self, place: str, ontology: Ontology, *, min_score: float = 0.5) -> None:
        self._model = _Model(place, "AutoModelForSequenceClassification")
        self.name = f"transformers:{place}"
        self.version = self._model.version
        self._min_score, self._most = min_score, ontology.max_topics
        labels = [label.lower() for label in self._model.labels]
        self._entailment = labels.index("entailment") if "entailment" in labels else None
        codes = ontology.topic_codes
        if self._entailment is None and not set(labels) & set(codes):
            raise AnnotatorError(
                f"{place} answers {', '.join(self._model.labels)}, which are no topics ({', '.join(codes)}); "
                "set its id2label to topic codes, or give an inference model with a label 'entailment'"
            )
        self._hypotheses = {topic.code: f"هذا النص عن {topic.name_ar}" for topic in ontology.topics}
        self._columns = {label: number for number, label in enumerate(labels) if label in codes}
        self.labels = frozenset(codes if self._entailment is not None else self._columns)

    def topics(self, articles: Sequence[Article]) -> list[list[Topic]]:
        """The topics of each article that are likely enough, ranked."""
        return [self._topics(article.text) if article.text.strip() else [] for article in articles]

    def _topics(self, text: str) -> list[Topic]:
        scores = self._zero_shot(text) if self._entailment is not None else self._classified(text)
        ranked = sorted(((score, code) for code, score in scores.items() if score >= self._min_score), reverse=True)
        return [Topic(code, rank, round(score, 4)) for rank, (score, code) in enumerate(ranked[: self._most])]

    def _classified(self, text: str) -> dict[str, float]:
        logits = self._model.logits(self._model.windows(text)).mean(axis=0)
        independent = self._model.model.config.problem_type == "multi_label_classification"
        row = 1 / (1 + np.exp(-logits)) if independent else _softmax(logits[None])[0]
        return {code: float(row[column]) for code, column in self._columns.items()}

    def _zero_shot(self, text: str) -> dict[str, float]:
        found = {}
        for code, hypothesis in self._hypotheses.items():
            inputs = self._model.tokenizer(
                text, hypothesis, truncation="only_first", max_length=self._model.window, return_tensors="pt"
            )
            rows = _softmax(self._model.logits(inputs))
            found[code] = float(rows[0, self._entailment])
        return found


def mapped_labels(ontology: Ontology, kinds: set[str], place: str) -> dict[str, str | None]:
    """What a model's kinds are called in the project's inventory, by the first inventory or scheme that has them all.

    PER and PERS are one kind where no inventory has all as they are spelt.

    Raises:
        AnnotatorError: if none has.
    """
    names = [INVENTORY, *(name for name in ontology.inventories if name != INVENTORY)]
    names += [scheme.name for scheme in ontology.schemes]
    other = {"PER": "PERS", "PERS": "PER"}
    for respelt in (False, True):
        for name in names:
            codes = set(ontology.label_codes(name))
            spelt = {kind: other.get(kind, kind) if respelt and kind not in codes else kind for kind in kinds}
            try:
                if set(spelt.values()) <= codes:
                    return {kind: ontology.map_label(code, name, INVENTORY) for kind, code in spelt.items()}
            except LookupError:
                continue
    raise AnnotatorError(
        f"{place} finds {', '.join(sorted(kinds))}; of the inventories and schemes of the ontology "
        f"({', '.join(names)}) none has these labels and a mapping to '{INVENTORY}': add [mappings], or set the "
        "model's id2label"
    )


def _split(label: str) -> tuple[str, str]:
    """The part (B, I ...) and the kind of a tag; a bare kind is an I, O is nothing."""
    part, _, kind = label.partition("-")
    if kind and part in _PARTS:
        return part, kind
    return ("", "") if label in ("O", "") else ("I", label)


def _kind(label: str) -> str:
    return _split(label)[1]


def _softmax(rows: Probabilities) -> Probabilities:
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _version(place: str, model: Any) -> str:
    """The commit of a model of the Hub; of a local one the first 12 hex digits of the sha256 over its weights."""
    commit = getattr(model.config, "_commit_hash", None)
    if commit:
        return str(commit)[:12]
    state = hashlib.sha256()
    for path in _weight_files(Path(place)):
        state.update(path.name.encode() + b"\0")
        with path.open("rb") as stream:
            state.update(hashlib.file_digest(stream, "sha256").digest())
    return state.hexdigest()[:12]


def _weight_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.suffix in (".safetensors", ".bin", ".json", ".txt", ".model"):
            yield path
