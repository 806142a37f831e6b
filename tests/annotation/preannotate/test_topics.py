"""Topics: what the packaged model says of plain articles, when it abstains, what it explains, how it is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotation.preannotate.protocol import Article
from annotation.preannotate.topics import (
    Calibration,
    Features,
    Keyword,
    LinearTopics,
    TopicModel,
    base_and_stem,
    combine_for_further,
    combine_for_main,
)
from schemas.ontology import load_ontology

CASES = Path(__file__).parents[2] / "cases" / "topics" / "plain.txt"
LINES = [line for line in CASES.read_text("utf-8").splitlines() if not line.startswith("#")]
ARTICLES = dict(line.split(": ", 1) for line in LINES)
DIGITAL_TALKS = (
    "عقدت وزيرة الانتقال الرقمي وإصلاح الإدارة مباحثات مع نظيرها وزير الاتصالات، تناولت سبل تعزيز التعاون بين "
    "البلدين في مجالي التحول الرقمي والذكاء الاصطناعي. وحضر المباحثات سفير المملكة. وتركزت على اعتماد تقنيات الذكاء "
    "الاصطناعي في خدمات الحكومة الإلكترونية والحوسبة والبيانات والأمن السيبراني."
)


def article(text: str) -> Article:
    return Article(text, (), ())


@pytest.fixture(scope="module")
def annotator() -> LinearTopics:
    return LinearTopics()


@pytest.mark.parametrize("topic", ARTICLES)
def test_a_plain_article_gets_its_topic(annotator: LinearTopics, topic: str) -> None:
    [topics] = annotator.topics([article(ARTICLES[topic])])
    assert topics and topics[0].label == topic


def test_ministers_who_talk_of_technology_are_both_topics(annotator: LinearTopics) -> None:
    [topics] = annotator.topics([article(DIGITAL_TALKS)])
    assert {"science-technology", "politics-government"} <= {topic.label for topic in topics}


@pytest.mark.parametrize("text", ["", "12 %", "Hello", "كلمة"])
def test_nothing_to_go_by_abstains(annotator: LinearTopics, text: str) -> None:
    assert annotator.topics([article(text)]) == [[]]


def test_topics_are_ranked_and_few(annotator: LinearTopics) -> None:
    everything = article(" ".join(ARTICLES.values()))
    [topics] = annotator.topics([everything])
    assert 1 <= len(topics) <= 3
    assert [topic.rank for topic in topics] == list(range(len(topics)))
    assert len({topic.label for topic in topics}) == len(topics)


def test_a_batch_is_its_articles_one_by_one(annotator: LinearTopics) -> None:
    articles = [article(text) for text in ARTICLES.values()]
    assert annotator.topics(articles) == [annotator.topics([each])[0] for each in articles]
    assert annotator.topics([]) == []


def test_a_higher_least_score_abstains_more(annotator: LinearTopics) -> None:
    assert LinearTopics(annotator.model, min_score=1.1).topics([article(ARTICLES["sport"])]) == [[]]


def test_the_labels_are_those_of_the_ontology(annotator: LinearTopics) -> None:
    assert annotator.model.features.labels == load_ontology().topic_codes


def test_words_that_spoke_for_a_topic(annotator: LinearTopics) -> None:
    explanation = annotator.explain(article(ARTICLES["sport"]))
    words = [word for word, _ in explanation["sport"]]
    assert "المباراة" in words
    assert all(share > 0 for _, share in explanation["sport"])


@pytest.mark.parametrize(
    ("word", "base", "stem"),
    [
        ("والمدرسية", "مدرسيه", "مدرس"),
        ("بالمدارس", "مدارس", "مدارس"),
        ("للأطباء", "اطباء", "اطباء"),
        ("قال", "قال", "قال"),
    ],
)
def test_base_and_stem(word: str, base: str, stem: str) -> None:
    assert base_and_stem(word) == (base, stem)


def test_keywords_decide_only_where_the_weights_do_not_know() -> None:
    evidence = np.array([[0.0, 1.0]], np.float32)
    sure, unsure = np.array([[1.0, -1.0]], np.float32), np.array([[-0.9, -1.0]], np.float32)
    assert combine_for_main(sure, evidence).argmax() == 0
    assert combine_for_main(unsure, evidence).argmax() == 1
    assert combine_for_further(sure, evidence)[0, 1] > sure[0, 1]


def test_a_saved_model_comes_back_and_has_the_same_bytes(tmp_path: Path) -> None:
    keywords = [Keyword("sport", ("مباراه",), 2.0), Keyword("sport", ("كره", "قدم"), 2.0)]
    vocabulary = {"قدم": 0, "كره": 1, "مباراه": 2}
    features = Features(("sport", "weather"), vocabulary, np.array([1, 2, 1.5], np.float32), keywords)
    weights = np.array([[1, -1], [0.5, 0], [0, 0.25]], np.float32)
    model = TopicModel(features, weights, np.zeros(2, np.float32), Calibration(2.0, -1.0), Calibration(1.0, 0.5))
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    model.save(first)
    back = TopicModel.load(first)
    back.save(second)
    assert first.read_bytes() == second.read_bytes()
    assert np.allclose(back.weights, weights, atol=0.01)
    text = "مباراة كرة القدم"
    for mine, theirs in zip(model.scores([text]), back.scores([text]), strict=True):
        assert np.allclose(mine, theirs, atol=0.01)
