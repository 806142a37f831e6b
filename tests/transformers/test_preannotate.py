"""Models of Hugging Face as pre-annotators, with models of a few thousand weights made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotation.preannotate.own import Combined, entity_annotator, topic_annotator
from annotation.preannotate.protocol import AnnotatorError, Article
from annotation.preannotate.registry import load_preannotation
from annotation.preannotate.transformer import TransformerEntities, TransformerTopics
from corpus.segment.tokens import token_offsets
from corpus.span import Entity, Sentence
from schemas.ontology import load_ontology

pytestmark = pytest.mark.transformers

WORDS = ["قال", "زيد", "في", "فاس", "إن", "كرة", "القدم", "مهمة", ".", "##ون"]
TAGS = {"زيد": "B-PER", "فاس": "B-LOC", "القدم": "I-LOC"}


def save_model(folder: Path, kind: str, labels: list[str], weight_of: dict[str, str]) -> str:
    """A BERT whose layers do nothing, so that a word's embedding decides: each word of `weight_of` says its label."""
    import torch
    import transformers

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=False, model_max_length=16)
    tokenizer.save_pretrained(folder)
    shape = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=0, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=16, id2label=dict(enumerate(labels)), label2id={one: n for n, one in enumerate(labels)},
    )  # fmt: skip
    torch.manual_seed(0)
    model = getattr(transformers, kind)(shape)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm" not in name:
                weight.zero_()
        words = model.base_model.embeddings.word_embeddings.weight
        for number, word in enumerate(vocabulary):
            words[number, labels.index(weight_of.get(word, labels[0]))] = 1.0
        for label in range(len(labels)):
            model.classifier.weight[label, label] = 3.0
        if kind == "BertForSequenceClassification":
            model.base_model.pooler.dense.weight.copy_(torch.eye(16))
    model.save_pretrained(folder)
    return str(folder)


def article(text: str) -> Article:
    return Article(text, (Sentence(0, len(text)),), tuple(token_offsets(text)))


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> str:
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    return save_model(tmp_path_factory.mktemp("models") / "tagger", "BertForTokenClassification", labels, TAGS)


def found(annotator: TransformerEntities, text: str) -> list[tuple[str, str]]:
    return [(each.label, text[each.start : each.end]) for each in annotator.entities([article(text)])[0]]


def test_labels_are_those_of_the_project(tagger: str) -> None:
    annotator = TransformerEntities(tagger, load_ontology())
    assert annotator.labels == {"PERS", "GPE"}
    assert found(annotator, "قال زيد في فاس القدم إن كرة") == [("PERS", "زيد"), ("GPE", "فاس القدم")]


def test_a_sentence_ends_an_entity(tagger: str) -> None:
    text = "قال زيد\nالقدم"
    one = Article(text, (Sentence(0, 7), Sentence(8, len(text))), tuple(token_offsets(text)))
    found = TransformerEntities(tagger, load_ontology()).entities([one])[0]
    assert [(each.start, each.end) for each in found] == [(4, 7), (8, 13)]


@pytest.mark.parametrize("length", [1, 13, 14, 15, 40, 200])
def test_long_texts_are_read_in_windows_that_miss_nothing(tagger: str, length: int) -> None:
    random = np.random.default_rng(length)
    words = [WORDS[number] for number in random.integers(0, len(WORDS) - 2, length)]
    expected = [("PERS" if word == "زيد" else "GPE", word) for word in words if word in ("زيد", "فاس")]
    text = " ".join(words)
    annotator = TransformerEntities(tagger, load_ontology())
    assert [each for each in found(annotator, text.replace("القدم", "إن"))] == expected


def test_scores_and_producer(tagger: str) -> None:
    annotator = TransformerEntities(tagger, load_ontology())
    (entity,) = annotator.entities([article("قال زيد")])[0]
    assert 0.5 < entity.score <= 1 and entity.producer == annotator.name == f"transformers:{tagger}"
    assert len(annotator.version) == 12


def test_the_version_changes_with_the_weights(tagger: str, tmp_path: Path) -> None:
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    other = save_model(tmp_path / "other", "BertForTokenClassification", labels, {"زيد": "B-LOC"})
    versions = {TransformerEntities(place, load_ontology()).version for place in (tagger, other)}
    assert len(versions) == 2


def test_labels_that_no_inventory_has_are_refused(tmp_path: Path) -> None:
    place = save_model(tmp_path / "genes", "BertForTokenClassification", ["O", "B-GENE"], {})
    with pytest.raises(AnnotatorError, match=r"finds GENE; of the inventories .* none has these labels"):
        TransformerEntities(place, load_ontology())


def test_a_model_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="cannot be loaded"):
        entity_annotator(f"transformers:{tmp_path / 'none'}", load_ontology())


def test_topics_by_their_codes(tmp_path: Path) -> None:
    place = save_model(tmp_path / "topics", "BertForSequenceClassification", ["politics-government", "sport"], {})
    annotator = topic_annotator(f"transformers:{place}", load_ontology())
    ((topic,),) = annotator.topics([article("كرة القدم " * 40)])
    assert (topic.label, topic.rank) == ("politics-government", 0) and annotator.topics([article("")]) == [[]]


def test_zero_shot_topics_of_an_inference_model(tmp_path: Path) -> None:
    labels = ["entailment", "contradiction"]
    place = save_model(tmp_path / "inference", "BertForSequenceClassification", labels, {})
    topics = TransformerTopics(place, load_ontology()).topics([article("كرة القدم " * 40)])[0]
    assert len(topics) == load_ontology().max_topics and all(topic.score > 0.5 for topic in topics)


def test_labels_that_are_no_topics_are_refused(tmp_path: Path) -> None:
    place = save_model(tmp_path / "moods", "BertForSequenceClassification", ["happy", "sad"], {})
    with pytest.raises(AnnotatorError, match="answers happy, sad, which are no topics"):
        TransformerTopics(place, load_ontology())


def test_combined_with_the_packaged_one_the_first_prevails(tagger: str) -> None:
    preannotation = load_preannotation(entities=(f"transformers:{tagger}", "mudawwana"))
    text = "قال زيد في فاس القدم إن كرة القدم في الرباط مهمة"
    (annotated,) = preannotation.annotate([article(text)])
    spans = {text[each.start : each.end]: each for each in annotated.entities}
    assert isinstance(preannotation.entity_annotator, Combined)
    assert spans["فاس القدم"].producer.startswith("transformers:") and "الرباط" in spans
    assert not any(one.crosses(other) for one in annotated.entities for other in annotated.entities)
    assert isinstance(spans["الرباط"], Entity) and spans["الرباط"].producer == "list"
