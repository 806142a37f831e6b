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

from annotation.preannotate import embedded
from annotation.preannotate.decoding import Numbers, Scores, forward_backward
from annotation.preannotate.elsewhere import NOWHERE, REACH, columns, evidence, repeated
from annotation.preannotate.embedded import MODEL_PATH, EmbeddedModel, load, save
from annotation.preannotate.features import OFFSETS, FeatureExtractor, FeatureRows, WordClasses
from annotation.preannotate.sequence import Judged, SequenceTagger, Weights, mentions
from annotation.preannotate.words import Vocabulary, kept_letters, plain

LABELS = 3


def scores(seed: int, lengths: list[int]) -> tuple[Scores, Numbers, Scores]:
    random = np.random.default_rng(seed)
    emissions = random.normal(size=(LABELS, sum(lengths))).astype(np.float32)
    return emissions, np.array(lengths), random.normal(size=(LABELS, LABELS)).astype(np.float32)


def apart(columns: Scores, lengths: Numbers) -> list[Scores]:
    return np.split(columns, lengths.cumsum()[:-1], axis=1)


def path_score(emission: Scores, transitions: Scores, path: tuple[int, ...]) -> float:
    total = float(sum(emission[tag, at] for at, tag in enumerate(path)))
    return total + float(sum(transitions[a, b] for a, b in pairwise(path)))


@given(st.integers(0, 10_000), st.lists(st.integers(0, 5), min_size=1, max_size=5))
def test_forward_backward_gives_the_probabilities_of_all_paths(seed: int, lengths: list[int]) -> None:
    emissions, counts, transitions = scores(seed, lengths)
    found = forward_backward(emissions, counts, transitions)
    for emission, chances in zip(apart(emissions, counts), apart(found, counts), strict=True):
        expected = np.zeros(emission.shape)
        for path in product(range(LABELS), repeat=emission.shape[1]):
            weight = np.exp(path_score(emission, transitions, path))
            for at, tag in enumerate(path):
                expected[tag, at] += weight
        if expected.size:
            assert chances == pytest.approx(expected / expected.sum(axis=0), abs=1e-4)


def test_what_is_forbidden_is_improbable_in_long_sentences_too() -> None:
    """No sum runs out of range: neither of large scores nor of labels that may not follow each other."""
    emissions = np.full((2, 400), 80, np.float32)
    emissions[1] = -80
    transitions = np.array([[0, -30], [-30, 0]], np.float32)
    found = forward_backward(emissions, np.array([399, 1]), transitions)
    assert found[0] == pytest.approx(1) and found[1] == pytest.approx(0)


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
    judged = Judged(lengths, tagger.marginals(tagger.emissions(forms, lengths), lengths))
    return [tagger.labels[tag] for tag in judged.labels()]


def test_a_feature_speaks_at_its_offset_only() -> None:
    tagger = small_model().tagger()
    emission = tagger.emissions(*tagger.numbered([["قال", "زيد", "وللمغرب"]]))
    assert emission.T.tolist() == [[0, 0, 0], [0, 0, 1], [0, 2, 0]]
    assert best(tagger, [["للمغرب"]]) == ["B-GPE"]


def test_sentences_do_not_see_each_other() -> None:
    tagger = small_model().tagger()
    together, *alone = (tagger.emissions(*tagger.numbered(each)) for each in ([["قال"], ["زيد"]], [["قال"]], [["زيد"]]))
    assert (together == np.concatenate(alone, axis=1)).all()


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
    save(tmp_path / "three.npz", again)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "three.npz").read_bytes()
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


@given(st.text("والمغربكتةىيsT12.ـَ", min_size=1, max_size=8))
def test_the_rows_of_a_form_are_those_of_its_features(form: str) -> None:
    extractor = small_model().extractor()
    numbers = {feature: number for number, feature in enumerate(extractor.features(form))}
    folded = plain(form)
    found = FeatureRows(extractor, numbers, len(numbers)).rows(form, folded, extractor.vocabulary.split(folded))
    assert [row for row in found if row < len(numbers)] == list(range(len(numbers)))


def test_a_name_shown_plainly_is_known_where_nothing_shows_it() -> None:
    model = small_model()
    rows = np.zeros((len(columns(("O", "B-GPE", "B-PERS"))), 3), dtype=np.float32)
    rows[2, 2] = 3.0  # the mean of PERS elsewhere speaks for a person here
    weights = replace(model.weights, elsewhere=rows)
    tagger = SequenceTagger(weights, model.extractor())
    batch = tagger.numbered([["قال", "زيدان"], ["عاد", "زيدان"], ["ذهب", "أمس"]])
    assert [tagger.labels[tag] for tag in tagger.judge(*batch, [0, 0, 0]).labels()] == [
        "O",
        "B-PERS",
        "O",
        "B-PERS",
        "O",
        "O",
    ]
    assert [tagger.labels[tag] for tag in tagger.judge(*batch, [0, 1, 1]).labels()] == [
        "O",
        "B-PERS",
        "O",
        "O",
        "O",
        "O",
    ]


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
    emissions = np.random.default_rng(seed).normal(size=(LABELS, len(kinds))).astype(np.float32)
    emissions[0] += np.where(kinds == 0, 40, -8)  # certainly outside, and by no means
    changed = emissions.copy()
    changed[:, news] += np.random.default_rng(seed + 1).normal(size=(LABELS, int(news.sum()))).astype(np.float32)
    judged = Judged(lengths, tagger.marginals(emissions, lengths))
    tagger._look_again(judged, changed, news)
    assert judged.marginals == pytest.approx(tagger.marginals(changed, lengths), abs=1e-3)


def test_mentions_are_cut_where_a_name_begins_and_at_the_end_of_a_sentence() -> None:
    names = ("O", "B-GPE", "B-PERS", "I-GPE", "I-PERS")
    labels = np.array([2, 4, 4, 0, 1, 1, 3, 4, 0, 2])
    marginals = np.zeros((len(names), len(labels)), np.float32)
    marginals[labels, np.arange(len(labels))] = np.arange(1, 1 + len(labels)) / 10
    judged = Judged(np.array([2, 5, 0, 2, 1]), marginals)
    found = [
        [(start, end, kind, round(score, 1)) for start, end, kind, score in each] for each in mentions(names, judged)
    ]
    assert found == [
        [(0, 2, "PERS", 0.1)],
        [(0, 1, "PERS", 0.3), (2, 3, "GPE", 0.5), (3, 5, "GPE", 0.6)],
        [],
        [(0, 1, "PERS", 0.8)],
        [(0, 1, "PERS", 1.0)],
    ]


WORDS = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2)), min_size=1, max_size=14)


@given(WORDS, st.integers(0, 10_000))
def test_evidence_is_of_the_other_places_near_by(drawn: list[tuple[int, int]], seed: int) -> None:
    stems = np.array([stem for stem, _ in drawn])
    sentences = np.cumsum([8 * step for _, step in drawn])
    documents = np.arange(sentences[-1] + 1) // 40
    found = np.random.default_rng(seed).random((2, len(drawn))).astype(np.float32)
    places = repeated(stems, sentences, documents)
    tokens, columns = evidence(places, found[:, places.tokens])
    expected = {}
    for token, (stem, sentence) in enumerate(zip(stems, sentences, strict=True)):
        same = (stems == stem) & (documents[sentences] == documents[sentence]) & (np.arange(len(stems)) != token)
        near = same & (abs(sentences - sentence) <= REACH)
        if stem != NOWHERE and near.any():
            mean, most = found[:, near].mean(axis=1), found[:, near].max(axis=1)
            expected[token] = [1, *mean, *most, *(most > 0.8)]
    assert sorted(tokens.tolist()) == sorted(expected)
    for token, column in zip(tokens.tolist(), columns.T, strict=True):
        assert column == pytest.approx(np.array(expected[token]), abs=1e-5)


@given(WORDS, st.data())
def test_all_places_of_a_marked_word_are_kept(drawn: list[tuple[int, int]], data: st.DataObject) -> None:
    stems = np.array([stem for stem, _ in drawn])
    sentences = np.cumsum([step for _, step in drawn])
    places = repeated(stems, sentences, np.zeros(sentences[-1] + 1, np.int64))
    marked = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(places.tokens), max_size=len(places.tokens))), bool
    )
    kept = places.of_words(marked)
    wanted = set(stems[places.tokens[marked]].tolist())
    assert kept.tokens.tolist() == [token for token in places.tokens.tolist() if stems[token] in wanted]


def test_scores_are_calibrated_by_kind_and_kept_in_the_file(tmp_path: Path) -> None:
    model = replace(small_model(), calibration={"": (1.0, 0.0), "PERS": (0.5, -1.0)})
    save(tmp_path / "one.npz", model)
    again = load(tmp_path / "one.npz")
    assert again.calibration == model.calibration
    assert again.calibrated("GPE", 0.8) == pytest.approx(0.8)
    assert again.calibrated("PERS", 0.5) == pytest.approx(1 / (1 + np.e))


def test_what_common_words_add_is_summed_ahead() -> None:
    """In the file, with the lists as they are; whoever changes a list makes the model anew or saves it again."""
    model = load()
    assert model.weights.sums is not None, "the word lists are not those of the model file: save(MODEL_PATH, load())"
    words = [*list(model.vocabulary.counts)[::1000], "على", "مصطفى", "لُبنى", "كلمةغيرمعروفة"]
    plainly = [plain(word) for word in words]
    splits = [model.vocabulary.split(word) for word in plainly]
    ahead, anew = (
        SequenceTagger(replace(model.weights, sums=sums), model.extractor()).sums(words, plainly, splits)
        for sums in (model.weights.sums, None)
    )
    assert ahead == pytest.approx(anew, abs=0.05)
    assert (ahead != anew).any()


def test_sums_by_other_lists_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "one.npz", small_model())
    assert load(tmp_path / "one.npz").weights.sums is not None
    monkeypatch.setattr(embedded, "lists_digest", lambda names: "another")
    assert load(tmp_path / "one.npz").weights.sums is None


CARDS = MODEL_PATH.parent


@pytest.mark.parametrize("name", ["entities", "topics"])
def test_the_card_names_the_digest_of_the_file(name: str) -> None:
    digest = hashlib.sha256((CARDS / f"{name}.npz").read_bytes()).hexdigest()
    assert digest in (CARDS / f"{name.upper()}_CARD.md").read_text("utf-8")
