"""The tagger: decoding against brute force, caching, and the model file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.preannotate.decoding import Numbers, Scores, forward_backward, viterbi
from annotation.preannotate.elsewhere import NOWHERE, REACH, columns, evidence
from annotation.preannotate.embedded import MODEL_PATH, EmbeddedModel, load, save
from annotation.preannotate.features import OFFSETS, FeatureExtractor, WordClasses
from annotation.preannotate.sequence import Judged, SequenceTagger, Weights, mentions
from annotation.preannotate.words import Vocabulary, kept_letters, plain

LABELS = 3


def scores(seed: int, lengths: list[int]) -> tuple[Scores, Numbers, Scores]:
    random = np.random.default_rng(seed)
    emissions = random.normal(size=(sum(lengths), LABELS)).astype(np.float32)
    return emissions, np.array(lengths), random.normal(size=(LABELS, LABELS)).astype(np.float32)


def apart(rows: Scores | Numbers, lengths: Numbers) -> list[Scores | Numbers]:
    return np.split(rows, lengths.cumsum()[:-1])


def path_score(emission: Scores, transitions: Scores, path: tuple[int, ...]) -> float:
    total = float(sum(emission[at, tag] for at, tag in enumerate(path)))
    return total + float(sum(transitions[a, b] for a, b in pairwise(path)))


LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=5)


@given(st.integers(0, 10_000), LENGTHS)
def test_viterbi_finds_the_best_path_of_each_sentence(seed: int, lengths: list[int]) -> None:
    emissions, counts, transitions = scores(seed, lengths)
    found = viterbi(emissions, counts, transitions)
    for emission, path in zip(apart(emissions, counts), apart(found, counts), strict=True):
        best = max(
            product(range(LABELS), repeat=len(emission)), key=lambda each: path_score(emission, transitions, each)
        )
        assert path_score(emission, transitions, tuple(path)) == pytest.approx(
            path_score(emission, transitions, best), abs=1e-4
        )


@given(st.integers(0, 10_000), LENGTHS)
def test_forward_backward_gives_the_probabilities_of_all_paths(seed: int, lengths: list[int]) -> None:
    emissions, counts, transitions = scores(seed, lengths)
    found = forward_backward(emissions, counts, transitions)
    for emission, rows in zip(apart(emissions, counts), apart(found, counts), strict=True):
        expected = np.zeros((len(emission), LABELS))
        for path in product(range(LABELS), repeat=len(emission)):
            weight = np.exp(path_score(emission, transitions, path))
            for at, tag in enumerate(path):
                expected[at, tag] += weight
        if len(emission):
            assert rows == pytest.approx(expected / expected.sum(axis=1, keepdims=True), abs=1e-4)


def small_model() -> EmbeddedModel:
    vocabulary = Vocabulary({"المغرب": 64, "قال": 128}, {"المغرب": 9.0})
    classes = WordClasses({"المغرب": (0, 1, 2), "قال": (1, 2, 3)})
    rows = np.zeros((2, len(OFFSETS), 3), dtype=np.float32)
    rows[0, 2, 1] = 2.0  # the word itself is GPE
    rows[1, 1, 2] = 1.0  # after قال comes a person
    transitions = np.zeros((3, 3), dtype=np.float32)
    weights = Weights(("O", "B-GPE", "B-PERS"), {"s=المغرب": 0, "w=قال": 1}, rows, transitions)
    return EmbeddedModel(vocabulary, classes, {"المغرب": "GPE5"}, weights)


def best(tagger: SequenceTagger, sentences: list[list[str]]) -> list[str]:
    """The best label of each word, sentence after sentence."""
    forms, lengths = tagger.numbered(sentences)
    return [tagger.labels[tag] for tag in tagger.decode(tagger.emissions(forms, lengths), lengths)]


def test_a_feature_speaks_at_its_offset_only() -> None:
    tagger = small_model().tagger()
    emission = tagger.emissions(*tagger.numbered([["قال", "زيد", "وللمغرب"]]))
    assert emission.tolist() == [[0, 0, 0], [0, 0, 0], [0, 2, 0]] or emission[1, 2] == 1.0
    assert best(tagger, [["للمغرب"]]) == ["B-GPE"]


def test_sentences_do_not_see_each_other() -> None:
    tagger = small_model().tagger()
    together, *alone = (tagger.emissions(*tagger.numbered(each)) for each in ([["قال"], ["زيد"]], [["قال"]], [["زيد"]]))
    assert (together == np.concatenate(alone)).all()


def test_the_cache_grows_beyond_its_first_size() -> None:
    model = small_model()
    tagger = SequenceTagger(model.weights, model.extractor())
    many = [[f"كلمة{number}" for number in range(3000)], ["المغرب"]]
    assert best(tagger, many)[-1] == "B-GPE"


def test_the_model_file_comes_back_and_its_bytes_are_fixed(tmp_path: Path) -> None:
    model = small_model()
    save(tmp_path / "one.npz", model)
    save(tmp_path / "two.npz", model)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = load(tmp_path / "one.npz")
    assert again.weights.labels == model.weights.labels
    assert again.weights.rows == pytest.approx(model.weights.rows, abs=0.02)
    assert again.classes.classes == {word: tuple(each) for word, each in model.classes.classes.items()}
    assert again.tendencies == model.tendencies and again.vocabulary.counts == model.vocabulary.counts


def test_the_packaged_model_is_small_and_whole() -> None:
    model = load()
    assert {label.partition("-")[2] for label in model.weights.labels} - {""} == {"PERS", "ORG", "GPE", "LOC", "FAC"}


SPLITS = "للمغرب|ل|المغرب وفرنسا|و|فرنسا بالدوحة|ب|الدوحة وليد||وليد لبنان||لبنان بلدية||بلدية وزارة||وزارة كندا||كندا"
SPLITS += " فاس||فاس وبالرباط|وب|الرباط وللمغرب|ول|المغرب لبنى||لبني فلسطين||فلسطين بغداد||بغداد"


@pytest.mark.parametrize("case", SPLITS.split())
def test_where_words_begin_behind_their_proclitics(case: str) -> None:
    form, proclitic, stem = case.split("|")
    split = load().vocabulary.split(plain(form))
    assert (plain(form)[: split.length], split.stem) == (proclitic, stem.replace("أ", "ا"))


@given(st.text(alphabet="أإآابتةهىيوَُِّْـ ", max_size=12))
def test_plain_spelling_keeps_the_letters_it_says(form: str) -> None:
    assert len(plain(form)) == len(kept_letters(form))


def test_features_of_a_form_are_the_same_each_time() -> None:
    extractor: FeatureExtractor = load().extractor()
    assert extractor.features("وللمغرب") == extractor.features("وللمغرب")
    assert "c=ول" in extractor.features("وللمغرب")


def test_a_name_shown_plainly_is_known_where_nothing_shows_it() -> None:
    model = small_model()
    rows = np.zeros((len(columns(("O", "B-GPE", "B-PERS"))), 3), dtype=np.float32)
    rows[2, 2] = 3.0  # the mean of PERS elsewhere speaks for a person here
    weights = replace(model.weights, elsewhere=rows)
    tagger = SequenceTagger(weights, model.extractor())
    batch = tagger.numbered([["قال", "زيدان"], ["عاد", "زيدان"], ["ذهب", "أمس"]])
    assert [tagger.labels[tag] for tag in tagger.judge(*batch, [0, 0, 0]).labels] == [
        "O",
        "B-PERS",
        "O",
        "B-PERS",
        "O",
        "O",
    ]
    assert [tagger.labels[tag] for tag in tagger.judge(*batch, [0, 1, 1]).labels] == ["O", "B-PERS", "O", "O", "O", "O"]


LOOKED_AT = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=8), min_size=1, max_size=4
)


@given(LOOKED_AT, st.integers(0, 10_000))
def test_a_further_look_between_words_outside_is_a_look_at_the_whole(
    drawn: list[list[tuple[int, bool]]], seed: int
) -> None:
    """Words that no look takes for names part a sentence; what changes between them is judged as in the whole."""
    weights = small_model().weights
    transitions = np.random.default_rng(seed).normal(size=(LABELS, LABELS)).astype(np.float32)
    tagger = SequenceTagger(replace(weights, transitions=transitions), small_model().extractor())
    lengths = np.array([len(sentence) for sentence in drawn])
    kinds = np.array([kind for sentence in drawn for kind, _ in sentence])
    news = np.array([new and kind > 0 for sentence in drawn for kind, new in sentence])
    emissions = np.random.default_rng(seed).normal(size=(len(kinds), LABELS)).astype(np.float32)
    emissions[:, 0] += np.where(kinds == 0, 40, -8)  # certainly outside, and by no means
    changed = emissions.copy()
    changed[news] += np.random.default_rng(seed + 1).normal(size=(int(news.sum()), LABELS)).astype(np.float32)
    judged = Judged(lengths, tagger.decode(emissions, lengths), tagger.marginals(emissions, lengths))
    tagger._look_again(judged, changed, news)
    assert judged.labels.tolist() == tagger.decode(changed, lengths).tolist()
    assert judged.marginals == pytest.approx(tagger.marginals(changed, lengths), abs=1e-3)


def test_mentions_are_cut_where_a_name_begins_and_at_the_end_of_a_sentence() -> None:
    names = ("O", "B-GPE", "B-PERS", "I-GPE", "I-PERS")
    labels = np.array([2, 4, 4, 0, 1, 1, 3, 4, 0, 2])
    marginals = np.zeros((len(labels), len(names)), np.float32)
    marginals[np.arange(len(labels)), labels] = np.arange(len(labels)) / 10
    judged = Judged(np.array([2, 5, 0, 2, 1]), labels, marginals)
    found = [
        [(start, end, kind, round(score, 1)) for start, end, kind, score in each] for each in mentions(names, judged)
    ]
    assert found == [
        [(0, 2, "PERS", 0.0)],
        [(0, 1, "PERS", 0.2), (2, 3, "GPE", 0.4), (3, 5, "GPE", 0.5)],
        [],
        [(0, 1, "PERS", 0.7)],
        [(0, 1, "PERS", 0.9)],
    ]


WORDS = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2)), min_size=1, max_size=14)


@given(WORDS, st.integers(0, 10_000))
def test_evidence_is_of_the_other_places_near_by(drawn: list[tuple[int, int]], seed: int) -> None:
    words = np.array([word for word, _ in drawn])
    sentences = np.cumsum([8 * step for _, step in drawn])
    found = np.random.default_rng(seed).random((len(drawn), 2)).astype(np.float32)
    tokens, rows = evidence(words, sentences, found)
    expected = {}
    for token, (word, sentence) in enumerate(zip(words, sentences, strict=True)):
        near = (words == word) & (abs(sentences - sentence) <= REACH) & (np.arange(len(words)) != token)
        if word != NOWHERE and near.any() and (found[words == word] > 0.05).any():
            mean, most = found[near].mean(axis=0), found[near].max(axis=0)
            expected[token] = [1, *mean, *most, *(most > 0.8)]
    assert sorted(tokens.tolist()) == sorted(expected)
    for token, row in zip(tokens.tolist(), rows, strict=True):
        assert row == pytest.approx(np.array(expected[token]), abs=1e-5)


def test_scores_are_calibrated_by_kind_and_kept_in_the_file(tmp_path: Path) -> None:
    model = replace(small_model(), calibration={"": (1.0, 0.0), "PERS": (0.5, -1.0)})
    save(tmp_path / "one.npz", model)
    again = load(tmp_path / "one.npz")
    assert again.calibration == model.calibration
    assert again.calibrated("GPE", 0.8) == pytest.approx(0.8)
    assert again.calibrated("PERS", 0.5) == pytest.approx(1 / (1 + np.e))


CARDS = MODEL_PATH.parent


@pytest.mark.parametrize("name", ["entities", "topics"])
def test_the_card_names_the_digest_of_the_file(name: str) -> None:
    digest = hashlib.sha256((CARDS / f"{name}.npz").read_bytes()).hexdigest()
    assert digest in (CARDS / f"{name.upper()}_CARD.md").read_text("utf-8")
