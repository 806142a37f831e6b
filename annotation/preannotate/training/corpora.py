"""Readers of the annotated corpora, all brought to one form: words as in running text, BIO tags of the shipped labels.

A reader takes the data folder (`shared/data` of the project's machines; any copy with the same layout). Every reader
raises `FileNotFoundError` where its corpus is missing.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from annotation.preannotate.words import fold
from corpus.segment.tokens import token_offsets

AQMAR_TYPES = {"PER": "PERS", "LOC": "LOC", "ORG": "ORG"}
NEWSFANE_TYPES = {
    **dict.fromkeys(
        ("Politician", "Athlete", "Artist", "Scientist", "Businessperson", "Religious_PER", "Lawyer", "Engineer"),
        "PERS",
    ),
    **dict.fromkeys(("Police", "Other_PER"), "PERS"),
    **dict.fromkeys(("Nation", "Population-Center", "State-or-Province", "County-or-District"), "GPE"),
    **dict.fromkeys(("Continent", "GPE-Cluster", "Land-Region-Natural", "Water-Body", "Celestial"), "LOC"),
    **dict.fromkeys(("Building-Grounds", "Airport", "Path", "Subarea-Facility", "Plant"), "FAC"),
    **dict.fromkeys(("Government", "Non-Governmental", "Commercial", "Educational", "Media", "Sports"), "ORG"),
    **dict.fromkeys(("Entertainment", "Medical-Science", "Religious_ORG"), "ORG"),
    **dict.fromkeys(("Book", "Movie", "Software", "Sound"), "PRODUCT"),
    "Group": "NORP",
}

_STOPS = (".", "؟", "!")
_LONGEST_RUN = 80  # words
_CONTEXT = 12  # folded letters on each side by which a NewsFANE mention is found again in ANERcorp


@dataclass(frozen=True, slots=True)
class Mention:
    """A labelled range of words, half-open."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words as they stand in running text, with mentions that may nest."""

    words: tuple[str, ...]
    mentions: tuple[Mention, ...]


def mentions_of(tags: Sequence[str]) -> list[Mention]:
    """The mentions of a BIO sequence; an I without its B begins one."""
    found: list[Mention] = []
    start, label = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        if label and (prefix != "I" or kind != label):
            found.append(Mention(start, index, label))
            label = ""
        if prefix in ("B", "I") and not label:
            start, label = index, kind
    return found


def bio(length: int, mentions: Iterable[Mention]) -> list[str]:
    """BIO tags of the outermost mentions; the longer one wins where two collide."""
    tags = ["O"] * length
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
        if all(tag == "O" for tag in tags[mention.start : mention.end]):
            tags[mention.start : mention.end] = [f"B-{mention.label}"] + [f"I-{mention.label}"] * (
                mention.end - mention.start - 1
            )
    return tags


def read_columns(path: Path) -> list[list[list[str]]]:
    """Sentences of a `token TAG [TAG ...]` file, a blank line (or a line without a tag) ending each."""
    sentences: list[list[list[str]]] = []
    current: list[list[str]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = line.split()
            if len(row) < 2:
                if current:
                    sentences.append(current)
                    current = []
            else:
                current.append(row)
    if current:
        sentences.append(current)
    return sentences


def read_anercorp(path: Path) -> list[TaggedSentence]:
    """An ANERcorp file with its own four types and its own tokens."""
    return [
        TaggedSentence(tuple(row[0] for row in rows), tuple(mentions_of([row[1] for row in rows])))
        for rows in read_columns(path)
    ]


def read_aqmar(path: Path) -> list[TaggedSentence]:
    """An AQMAR split: PERS, LOC and ORG; its article-specific MIS types are left out. The split-off و is rejoined."""
    sentences = []
    for rows in read_columns(path):
        words: list[str] = []
        tags: list[str] = []
        pending = ""
        for token, tag in (row[:2] for row in rows):
            if token in ("و", "ف") and tag == "O" and not pending:
                pending = token
                continue
            prefix, _, kind = tag.partition("-")
            label = AQMAR_TYPES.get(kind)
            words.append(pending + token)
            tags.append(f"{prefix}-{label}" if label and prefix in ("B", "I") else "O")
            pending = ""
        sentences.append(TaggedSentence(tuple(words), tuple(mentions_of(tags))))
    return sentences


def read_wojood(path: Path) -> list[TaggedSentence]:
    """A Wojood file with its nested mentions of all types, outermost column first."""
    sentences = []
    for rows in read_columns(path):
        rows = [row for row in rows if row[0] != "$#$"]
        open_mentions: dict[str, int] = {}
        found: list[Mention] = []
        for index, row in enumerate([*rows, ["", "O"]]):
            tags = row[1:]
            for label in list(open_mentions):
                if f"I-{label}" not in tags:
                    found.append(Mention(open_mentions.pop(label), index, label))
            for tag in tags:
                prefix, _, label = tag.partition("-")
                if prefix == "B" or (prefix == "I" and label not in open_mentions):
                    if label in open_mentions:
                        found.append(Mention(open_mentions[label], index, label))
                    open_mentions[label] = index
        sentences.append(TaggedSentence(tuple(row[0] for row in rows), tuple(sorted(set(found), key=_outermost_first))))
    return sentences


def read_anercorp_fine(folder: Path) -> list[TaggedSentence]:
    """ANERcorp's training text with NewsFANE's finer labels on it, so that GPE, LOC and FAC are told apart.

    NewsFANE annotates the same text with split clitics, folded spelling and in another order: each of its mentions is
    found again by its letters and their context, and brings its label. ANERcorp's own PERS and ORG mentions that no
    NewsFANE mention touches stay; its LOC mentions get the label that NewsFANE mostly gives those words, or GPE.
    """
    coarse = read_anercorp(folder / "ner/anercorp/rebuilt/anercorp_train.txt")
    letters: list[str] = []
    owner: list[tuple[int, int]] = []
    for number, sentence in enumerate(coarse):
        for position, word in enumerate(sentence.words):
            folded = _letters(word)
            letters.append(folded)
            owner.extend([(number, position)] * len(folded))
    stream = "".join(letters)
    fine: dict[int, list[Mention]] = {}
    typed: dict[str, Counter[str]] = {}
    for context, start, end, label in _newsfane_mentions(folder / "ner/newsfane/newsfane_train.txt"):
        typed.setdefault(context[start:end], Counter())[label] += 1
        key = context[max(0, start - _CONTEXT) : end + _CONTEXT]
        at = stream.find(key)
        while at >= 0:
            first = owner[at + min(start, _CONTEXT)]
            last = owner[at + min(start, _CONTEXT) + end - start - 1]
            if first[0] == last[0]:
                fine.setdefault(first[0], []).append(Mention(first[1], last[1] + 1, label))
            at = stream.find(key, at + 1)
    sentences = []
    for number, sentence in enumerate(coarse):
        found = set(fine.get(number, []))
        for mention in sentence.mentions:
            if mention.label == "MISC" or any(m.start < mention.end and mention.start < m.end for m in found):
                continue
            label = mention.label
            if label == "LOC":
                counts = typed.get("".join(map(_letters, sentence.words[mention.start : mention.end])), Counter())
                label = counts.most_common(1)[0][0] if counts else "GPE"
            found.add(Mention(mention.start, mention.end, label))
        sentences.append(TaggedSentence(sentence.words, tuple(sorted(found, key=_outermost_first))))
    return [retokenised(sentence) for sentence in sentences]


def _newsfane_mentions(path: Path) -> Iterator[tuple[str, int, int, str]]:
    """Per mention: the folded letters of its sentence, its range in them, its label among the shipped ones."""
    for rows in read_columns(path):
        starts: list[int] = []
        letters = ""
        for row in rows:
            folded = _letters(row[0])
            if letters.endswith("ل") and folded.startswith("ال") and starts and len(letters) - starts[-1] == 1:
                folded = folded[1:]  # ل | الاتحاد is written للاتحاد
            starts.append(len(letters))
            letters += folded
        starts.append(len(letters))
        for mention in mentions_of([row[1] for row in rows]):
            label = NEWSFANE_TYPES.get(mention.label)
            if label:
                yield letters, starts[mention.start], starts[mention.end], label


def _letters(word: str) -> str:
    """A word in NewsFANE's spelling, which writes ta marbuta and heh alike."""
    return fold(word).replace("ة", "ه")


def retokenised(sentence: TaggedSentence) -> TaggedSentence:
    """The sentence in the project's own tokens: glued punctuation is split off and leaves the mentions' edges."""
    words: list[str] = []
    first: list[int] = []
    for word in sentence.words:
        first.append(len(words))
        words.extend(word[start:end] for start, end in token_offsets(word))
    first.append(len(words))
    mentions = []
    for mention in sentence.mentions:
        start, end = first[mention.start], first[mention.end]
        while start < end and not any(letter.isalnum() for letter in words[start]):
            start += 1
        while end > start and not any(letter.isalnum() for letter in words[end - 1]):
            end -= 1
        if start < end:
            mentions.append(Mention(start, end, mention.label))
    return TaggedSentence(tuple(words), tuple(mentions))


def _outermost_first(mention: Mention) -> tuple[int, int, str]:
    return mention.start, -mention.end, mention.label


def raw_lines(folder: Path) -> Iterator[str]:
    """Raw news text for word statistics, an article a line: SANAD Khaleej and MArSum (both CC BY 4.0), ANT (Apache)."""
    with lzma.open(folder / "raw/sanad_khaleej_text.txt.xz", "rt", encoding="utf-8") as lines:
        yield from lines
    with gzip.open(folder / "articles/marsum_goud/marsum_test_part.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield re.sub(r"\s+", " ", json.loads(line)["text"])
    yield from _ant_texts(folder / "topics/ant_corpus/train.tar.gz")


def raw_sentences(folder: Path, *, every: int = 1) -> Iterator[list[str]]:
    """The raw text as short runs of word forms, cut behind stops; of every nth article only."""
    for line in islice(raw_lines(folder), 0, None, every):
        current: list[str] = []
        for start, end in token_offsets(line):
            form = sys.intern(line[start:end])
            current.append(form)
            if (form in _STOPS and len(current) > 3) or len(current) >= _LONGEST_RUN:
                yield current
                current = []
        if current:
            yield current


def _ant_texts(path: Path) -> Iterator[str]:
    import tarfile

    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                document = stream.read().decode("utf-8", errors="replace")
                match = re.search(r"<TEXT>(.*?)</TEXT>", document, re.DOTALL)
                if match:
                    yield re.sub(r"\s+", " ", match[1])
