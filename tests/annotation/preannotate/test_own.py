"""Pre-annotators by name, and several of them as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotation.preannotate.own import Combined, UnknownAnnotatorError, combined, entity_annotator, topic_annotator
from annotation.preannotate.protocol import Article
from annotation.preannotate.registry import load_preannotation
from corpus.span import Entity
from schemas.ontology import load_ontology

METADATA = "Metadata-Version: 2.1\nName: stadiums\nVersion: 1\n"
POINTS = "[mudawwana.preannotators]\nstadiums = own_stadiums:Stadiums\n"
CODE = """
class Stadiums:
    name, version, labels = "stadiums", "1", frozenset(["FAC"])
    def entities(self, articles):
        from corpus.span import Entity
        return [[Entity(a.text.index("ملعب"), len(a.text), "FAC", 0.9)] if "ملعب" in a.text else [] for a in articles]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that offers a pre-annotator."""
    installed = tmp_path / "stadiums-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(METADATA, "utf-8")
    (installed / "entry_points.txt").write_text(POINTS, "utf-8")
    (tmp_path / "own_stadiums.py").write_text(CODE, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("package")
def test_a_package_offers_a_pre_annotator_by_an_entry_point() -> None:
    preannotation = load_preannotation(entities=("stadiums", "mudawwana"))
    text = "عاد إلى ملعب فاس"
    (found,) = preannotation.annotate([Article(text, (), ())])
    assert [(each.label, text[each.start : each.end], each.producer) for each in found.entities] == [
        ("FAC", "ملعب فاس", "stadiums")
    ]
    assert preannotation.entity_producer[0] == "stadiums+mudawwana-entities"


@pytest.mark.usefixtures("package")
def test_the_known_names_are_named() -> None:
    with pytest.raises(UnknownAnnotatorError) as caught:
        entity_annotator("stadia", load_ontology())
    assert str(caught.value) == "no pre-annotator 'stadia'; known: mudawwana, transformers:MODEL, stadiums"


@pytest.mark.usefixtures("package")
def test_one_that_finds_entities_finds_no_topics() -> None:
    with pytest.raises(UnknownAnnotatorError, match="'stadiums' finds no topics"):
        topic_annotator("stadiums", load_ontology())


@dataclass(frozen=True)
class Says:
    """Always finds the same."""

    name: str
    found: tuple[Entity, ...]
    version: str = "1"

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(each.label for each in self.found)

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        return [list(self.found) for _ in articles]


def test_the_first_named_prevails_where_spans_collide_and_the_rest_nests() -> None:
    first = Says("one", (Entity(0, 8, "ORG"), Entity(20, 24, "GPE", producer="list")))
    second = Says("two", (Entity(0, 8, "PERS"), Entity(2, 5, "GPE"), Entity(6, 12, "GPE"), Entity(30, 33, "LOC")))
    both = combined([first, second])
    (found,) = both.entities([Article("", (), ())])
    assert [(each.start, each.end, each.label, each.producer) for each in found] == [
        (0, 8, "ORG", "one"), (2, 5, "GPE", "two"), (20, 24, "GPE", "list"), (30, 33, "LOC", "two"),
    ]  # fmt: skip
    assert (both.name, both.version, both.labels) == ("one+two", "1+1", {"ORG", "PERS", "GPE", "LOC"})
    assert combined([first]) is first and isinstance(both, Combined)
