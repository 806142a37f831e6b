"""The packaged ontology says what the conventions say, and a wrong one is refused with the line and the reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.keys import HOTKEY
from schemas.ontology import (
    LEAST_CONTRAST,
    EntityLabel,
    Inventory,
    Ontology,
    OntologyError,
    Problem,
    SentenceKind,
    TopicLabel,
    contrast_with_black,
    load_ontology,
    parse_ontology,
)
from schemas.tables import SENTENCE_KINDS

CASES = Path(__file__).parent.parent / "cases" / "ontology"
PAGE = Path(__file__).parent.parent.parent / "docs" / "ontology.md"
SOURCE = Path(__file__).parent.parent.parent / "schemas" / "ontology.toml"

NEWS = ("PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY")
WOJOOD = {
    "PERS", "NORP", "OCC", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT", "DATE", "TIME", "LANGUAGE", "WEBSITE",
    "LAW", "CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "UNIT", "MONEY", "CURR",
}  # fmt: skip
TOPICS = (
    "arts-culture", "crime-law-justice", "disaster-accident", "economy-business-finance", "education", "environment",
    "health", "human-interest", "labour", "lifestyle-leisure", "politics-government", "religion", "science-technology",
    "society", "sport", "conflict-war-peace", "weather",
)  # fmt: skip
PROBLEMS = ["not-article", "furniture-left", "text-missing", "several-articles", "personal-data"]


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


def small(text: str = "", **changes: str) -> str:
    """The smallest ontology that is right, with some of its values (TOML) changed and `text` at its end."""
    values = {
        "definition_ar": '"اسم لاعب."',
        "examples": '["سجل [البوعزاوي] الهدف", "البوعزاوي"]',
        "colour": '"#ff9aa2"',
        **changes,
    }
    label = "\n".join(f"{key} = {value}" for key, value in values.items())
    return f"""
name = "small"
version = "1.0.0"
default_inventory = "people"
[inventories.people]
name_ar = "ناس"
name_en = "People"
overlap = "flat"
[[inventories.people.labels]]
code = "PLAYER"
name_ar = "لاعب"
name_en = "Player"
definition_en = "The name of a player."
{label}
{text}"""


def documented() -> str:
    """The ontology that docs/ontology.md shows."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if "[[inventories" in block)
    return str(block)


# The packaged ontology


def test_inventories(ontology: Ontology) -> None:
    assert {name: inventory.name for name, inventory in ontology.inventories.items()} == {
        "news": "news",
        "conll": "conll",
    }
    assert ontology.inventory().codes == NEWS
    assert ontology.inventory().overlap == "nested"
    assert ontology.inventory("conll").codes == ("PER", "LOC", "ORG", "MISC")
    assert ontology.inventory("conll").overlap == "flat"
    assert set(ontology.label_codes("wojood")) == WOJOOD


def test_topics_are_the_top_of_media_topics(ontology: Ontology) -> None:
    assert ontology.topic_codes == TOPICS
    assert [topic.medtop for topic in ontology.topics] == [f"medtop:{number:02}000000" for number in range(1, 18)]
    assert ontology.max_topics == 3


def test_kinds_and_problems(ontology: Ontology) -> None:
    assert tuple(kind.code for kind in ontology.sentence_kinds) == SENTENCE_KINDS
    assert [problem.code for problem in ontology.problems] == PROBLEMS


def test_every_label_has_two_examples_and_entities_a_key(ontology: Ontology) -> None:
    for label in (label for inventory in ontology.inventories.values() for label in inventory.labels):
        assert len(label.examples) == 2 and label.hotkey, label.code
    assert all(len(topic.examples) == 2 for topic in ontology.topics)
    assert len({example for topic in ontology.topics for example in topic.examples}) == 34


def test_definitions_are_one_sentence(ontology: Ontology) -> None:
    labels = [label for inventory in ontology.inventories.values() for label in inventory.labels]
    entries: list[EntityLabel | TopicLabel | SentenceKind | Problem] = [
        *labels, *ontology.topics, *ontology.sentence_kinds, *ontology.problems
    ]  # fmt: skip
    texts = [text for entry in entries for text in (entry.definition_ar, entry.definition_en)]
    assert [text for text in texts if not re.fullmatch(r"[^.]+\.", text)] == []


def test_examples_keep_proclitics_outside(ontology: Ontology) -> None:
    example = ontology.inventory().label("GPE").examples[1]
    assert example.text.startswith("هدف ثان للمغرب ")
    assert (example.start, example.end, example.mention) == (9, 14, "لمغرب")


@pytest.mark.parametrize(
    ("label", "source", "target", "becomes"),
    [
        ("GPE", "news", "conll", "LOC"),
        ("FAC", "news", "conll", "LOC"),
        ("NORP", "wojood", "conll", "MISC"),
        ("OCC", "news", "conll", None),
        ("CURR", "wojood", "news", None),
        ("OCC", "wojood", "news", "OCC"),
        ("LOC", "conll", "news", "GPE"),
        ("MISC", "conll", "wojood", None),
        ("PERS", "news", "news", "PERS"),
    ],
)
def test_map_label(ontology: Ontology, label: str, source: str, target: str, becomes: str | None) -> None:
    assert ontology.map_label(label, source, target) == becomes


def test_every_pair_of_label_sets_has_a_mapping(ontology: Ontology) -> None:
    names = ["news", "conll", "wojood"]
    pairs = {(mapping.source, mapping.target) for mapping in ontology.mappings}
    assert pairs == {(source, target) for source in names for target in names if source != target}


def test_news_survives_wojood(ontology: Ontology) -> None:
    for code in NEWS:
        there = ontology.map_label(code, "news", "wojood")
        assert there is not None
        assert ontology.map_label(there, "wojood", "news") == code


@pytest.mark.parametrize(
    ("label", "source", "target", "message"),
    [
        ("PER", "news", "conll", "no label of 'news' 'PER'; known: PERS, ORG, GPE"),
        ("PER", "conll", "ace", "no inventory or scheme 'ace'; known: news, conll, wojood"),
        ("PER", "ace", "conll", "no inventory or scheme 'ace'; known: news, conll, wojood"),
    ],
)
def test_map_label_of_unknown_names(ontology: Ontology, label: str, source: str, target: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        ontology.map_label(label, source, target)


def test_map_label_without_a_mapping(ontology: Ontology) -> None:
    bare = replace(ontology, mappings=())
    with pytest.raises(LookupError, match="no mapping 'news to conll'; known: none"):
        bare.map_label("PERS", "news", "conll")


def test_unknown_names_list_the_known(ontology: Ontology) -> None:
    with pytest.raises(LookupError, match="no inventory 'nwes'; known: news, conll"):
        ontology.inventory("nwes")
    with pytest.raises(LookupError, match="no topic 'sports'; known: arts-culture, "):
        ontology.topic("sports")
    with pytest.raises(LookupError, match="no label of inventory 'news' 'PER'; known: PERS, "):
        ontology.inventory().label("PER")
    assert ontology.topic("sport").name_ar == "رياضة"


def test_hotkeys_are_on_both_keyboards(ontology: Ontology) -> None:
    news: Inventory = ontology.inventory()
    assert {label.hotkey for label in news.labels} == set("1234567890-=")
    assert re.fullmatch(HOTKEY.pattern, "\N{ARABIC-INDIC DIGIT ONE}") is None


# Reading


def test_contrast_of_known_colours() -> None:
    assert contrast_with_black("#ffffff") == pytest.approx(21)
    assert contrast_with_black("#000000") == pytest.approx(1)
    assert contrast_with_black("#767676") == pytest.approx(4.6, abs=0.05)
    assert contrast_with_black("#00ff00") > contrast_with_black("#ff0000") > LEAST_CONTRAST


def test_packaged_is_read_once_and_is_a_file_like_any_other(ontology: Ontology) -> None:
    assert load_ontology() is ontology
    assert load_ontology(SOURCE) == ontology
    text = SOURCE.read_text(encoding="utf-8")
    assert parse_ontology(text, "a.toml") is parse_ontology(text, "a.toml")


def test_a_file_may_leave_out_what_it_does_not_change(ontology: Ontology) -> None:
    own = parse_ontology(small(), "own.toml")
    assert own.inventory().codes == ("PLAYER",)
    assert (own.topics, own.max_topics) == (ontology.topics, 3)
    assert (own.sentence_kinds, own.problems) == (ontology.sentence_kinds, ontology.problems)
    assert not own.schemes and not own.mappings


def test_an_example_without_brackets_is_a_mention() -> None:
    marked, bare = parse_ontology(small(), "own.toml").inventory().labels[0].examples
    assert (marked.text, marked.mention) == ("سجل البوعزاوي الهدف", "البوعزاوي")
    assert (bare.text, bare.mention) == ("البوعزاوي", "البوعزاوي")


def test_digest_is_of_the_content(ontology: Ontology) -> None:
    digest = parse_ontology(small(), "a.toml").digest
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert parse_ontology("# a comment\n" + small().replace(" = ", "="), "b.toml").digest == digest
    assert parse_ontology(small(colour='"#FF9AA2"'), "c.toml").digest == digest
    assert parse_ontology(small(colour='"#ff9aa3"'), "d.toml").digest != digest
    assert digest != ontology.digest


def test_the_documented_ontology_is_right() -> None:
    own = parse_ontology(documented(), "football.toml")
    assert own.map_label("ORG", "news", "football") == "TEAM"
    assert own.map_label("DATE", "news", "football") is None
    assert own.label_codes("news") == NEWS


def test_the_documented_refusal_is_real() -> None:
    page = PAGE.read_text(encoding="utf-8")
    wrong = documented().replace('overlap = "flat"', 'overlaps = "flat"').replace('hotkey = "2"', 'hotkey = "1"')
    with pytest.raises(OntologyError) as caught:
        parse_ontology(wrong, "football.toml")
    assert f"```\n{caught.value}\n```" in page


# Wrong files


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_wrong_files_are_refused_where_they_say(path: Path) -> None:
    """A case file carries each expected message behind `#! ` on the line that the message must name."""
    expected = [
        f"{path.name}:{number}: {message.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for message in line.split("#! ")[1:]
    ]
    with pytest.raises(OntologyError) as caught:
        parse_ontology(path.read_text(encoding="utf-8"), path.name)
    assert list(caught.value.problems) == expected
    assert str(caught.value) == "\n".join(expected)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ('"""سطر\nثان."""', 'definition_ar "سطر\\nثان." is not Arabic text; '),
        ('"سطر\\u202eثان."', 'definition_ar "سطر\\u202eثان." is not Arabic text; '),
        ('"\\u0627\\u0653خر."', "is not in Unicode normal form C; save the file in NFC"),
    ],
    ids=["line break", "bidi control", "not NFC"],
)
def test_text_that_hides_something_is_refused(value: str, fault: str) -> None:
    with pytest.raises(OntologyError) as caught:
        parse_ontology(small(definition_ar=value), "own.toml")
    (problem,) = caught.value.problems
    assert problem.startswith("own.toml:14: definition_ar ")
    assert fault in problem


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'name = "x"\nversion = "\xcf\xcf"\n', "2: not UTF-8; save the file as UTF-8"),
        (b"\x00\x01", "1: not valid TOML: "),
        (b"", "1: the key 'name' is missing; "),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "1: arrays or tables are nested too deeply; "),
        ("a = '\U0001f600'".encode("utf-16"), "1: not UTF-8; "),
    ],
    ids=["other encoding", "binary", "empty", "deep", "utf-16"],
)
def test_files_that_are_no_toml(tmp_path: Path, body: bytes, message: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(body)
    with pytest.raises(OntologyError) as caught:
        load_ontology(path)
    assert str(caught.value).startswith(f"{path}:{message}")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + small().replace("\n", "\r\n").encode())
    assert load_ontology(path) == parse_ontology(small(), "own.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"none\.toml:1: cannot be read \(No such file or directory\); give the"):
        load_ontology(tmp_path / "none.toml")


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(small(), encoding="utf-8")
    before = load_ontology(path)
    path.write_text(small(colour='"#8ecbff"'), encoding="utf-8")
    assert load_ontology(path).digest != before.digest
