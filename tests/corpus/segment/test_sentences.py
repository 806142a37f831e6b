"""Sentences: readable cases with "|" at each boundary, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.segment.sentences import explain, segment, split_line
from corpus.segment.tokens import token_offsets

CASES = Path(__file__).parents[2] / "cases" / "sentences"


def read_case(path: Path) -> tuple[dict[str, str], list[str]]:
    """The directives ("# kind: title") and the lines of a case file."""
    directives: dict[str, str] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            name, colon, value = line[2:].partition(": ")
            if colon and " " not in name:
                directives[name] = value
        elif line:
            lines.append(line)
    return directives, lines


def cases() -> list[object]:
    found: list[object] = []
    for path in sorted(CASES.glob("*.txt")):
        directives, lines = read_case(path)
        marks = [pytest.mark.xfail(strict=True, reason=directives["xfail"])] if "xfail" in directives else []
        found += [
            pytest.param(line, directives.get("kind", "paragraph"), id=f"{path.stem}-{number}", marks=marks)
            for number, line in enumerate(lines, 1)
        ]
    return found


@pytest.mark.parametrize(("marked", "kind"), cases())
def test_case(marked: str, kind: str) -> None:
    """ " | " stands for a boundary with a space between two sentences, "|" for one without."""
    text = marked.replace(" | ", " ").replace("|", "")
    pieces = [text[s.start : s.end] for s in segment(text, [kind])]
    position = 0
    shown: list[str] = []
    for piece in pieces:
        start = text.index(piece, position)
        shown.append((" | " if start > position else "|") if shown else "")
        shown.append(piece)
        position = start + len(piece)
    assert "".join(shown) == marked


def test_known_failures_are_few() -> None:
    paths = list(CASES.glob("*.txt"))
    failing = [path for path in paths if "xfail" in read_case(path)[0]]
    assert len(paths) >= 150
    assert len(failing) <= len(paths) * 0.05


ALPHABET = (
    "اأبتحدرسعفقلمنهويةى ًَُّـ "
    " .!?؟…،؛:\"'«»“”‘’()[]-–|/@#%*"
    "0123456789٣٤abzA.\n\t"
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{COMBINING ACUTE ACCENT}\N{NO-BREAK SPACE}"
    "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"
    "\N{ARABIC FULL STOP}"
)
WORDS = [
    "و.م.ع",
    "د. ",
    "https://a.b/c.د",
    "a.b@c.de",
    "قال",
    "وأضاف ",
    "3.5",
    "..",
    "؟»",
    '." ',
    " .و",
    "www.",
    "1. ",
    "كلم. عن ",
    "دبليو. بوش ",
    "نص. ",
]
texts = st.one_of(
    st.text(st.sampled_from(ALPHABET), max_size=80),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(st.sampled_from(ALPHABET), max_size=6)), max_size=16).map(
        "".join
    ),
    st.text(max_size=60),
)


def trimmed(text: str) -> str:
    """`text` as the pipeline stores it: lines trimmed, blank ones dropped."""
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


@given(texts)
def test_sentences_are_sorted_disjoint_and_cover_the_text(text: str) -> None:
    sentences = segment(text, ["paragraph"] * (text.count("\n") + 1 if text else 0))
    position = 0
    for sentence in sentences:
        assert sentence.start >= position
        assert not text[position : sentence.start].strip()
        piece = text[sentence.start : sentence.end]
        assert piece == piece.strip() != ""
        assert "\n" not in piece
        position = sentence.end
    assert not text[position:].strip()


@given(texts)
def test_no_sentence_splits_a_grapheme(text: str) -> None:
    regex = pytest.importorskip("regex")
    text = trimmed(text)
    boundaries = {0, len(text)} | {match.end() for match in regex.finditer(r"\X", text)}
    for start, end in split_line(text):
        assert start in boundaries
        assert end in boundaries


@given(texts)
def test_each_token_lies_in_one_sentence(text: str) -> None:
    text = trimmed(text)
    sentences = split_line(text)
    for start, end in token_offsets(text):
        assert any(first <= start and end <= last for first, last in sentences), text[start:end]


@given(texts)
def test_explanation_agrees_with_the_sentences(text: str) -> None:
    text = trimmed(text)
    kinds = ["paragraph"] * len(text.split("\n")) if text else []
    ends = {sentence.end for sentence in segment(text, kinds)}
    assert {decision.position for decision in explain(text, kinds) if decision.splits} == ends


def test_a_title_is_one_sentence_and_the_lines_after_it_are_not() -> None:
    text = "عاجل. فوز كبير! كيف؟\nانتهى اللقاء. وغادر الجمهور."
    sentences = segment(text, ["title", "paragraph"])
    assert [(text[s.start : s.end], s.kind) for s in sentences] == [
        ("عاجل. فوز كبير! كيف؟", "title"),
        ("انتهى اللقاء.", "paragraph"),
        ("وغادر الجمهور.", "paragraph"),
    ]


@pytest.mark.parametrize("kinds", [[], ["paragraph"], ["paragraph"] * 3])
def test_there_must_be_a_kind_for_each_line(kinds: list[str]) -> None:
    with pytest.raises(ValueError, match="line kinds"):
        segment("سطر\nسطر آخر", kinds)


def test_explanation_names_the_rule() -> None:
    decisions = explain("بلغ 3.5 نقطة. وقال د. سالم ذلك.", ["paragraph"])
    assert [(d.rule, d.splits) for d in decisions] == [
        ("decimal", False),
        ("full-stop", True),
        ("abbreviation", False),
        ("nothing-follows", False),
        ("line-end", True),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"' * 300_000,
        '. "' * 100_000,
        "." * 300_000,
        "د. " * 50_000,
        "أ.ب" * 50_000,
        "\n" * 300_000,
        "و" * 300_000,
        "www.ا." * 8_000,
        "؟» " * 50_000,
        ".. وقال " * 20_000,
    ],
    ids=["quotes", "stopped-quotes", "stops", "initials", "letters", "lines", "one-word", "urls", "closers", "pauses"],
)
def test_time_is_linear(text: str) -> None:
    """Would not end in reasonable time if any part were quadratic."""
    assert sum(end - start for start, end in split_line(text)) <= len(text)
