"""Checks that look at a whole article: mentions beside each other, sentences, working time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from annotation.notation import occurrences
from annotation.preannotate.words import PROCLITIC_STRINGS
from annotation.review.article import Found, Reviewed, before_in_word, inside_word, plain_words
from corpus.span import Entity

READING_SPEED: Final = 863 / 60
"""Code points a second that people read: the mean of 17 languages, Arabic among them (Trauzettel-Klosinski and Dietz
2012, "Standardized Assessment of Reading Performance", Invest. Ophthalmol. Vis. Sci. 53(9))."""
HASTE: Final = 5
"""How many times faster than that is too fast to have read the article."""
LEAST_SECONDS: Final = 2.0
"""Less working time than this is too little for any article."""
SHORTEST_REPEAT: Final = 3
"""Letters of the shortest name whose repetition is looked for."""

_PROCLITICS = frozenset(("", *PROCLITIC_STRINGS))


def two_labels(article: Reviewed) -> Iterator[Found]:
    """Two labels on one span."""
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in article.entities:
        labels[one.start, one.end].append(one.label)
    for (start, end), given in labels.items():
        if len(given) > 1:
            yield Found(start, end, given[0], f"it is {' and '.join(given)}; one span has one label")


def crossing_spans(article: Reviewed) -> Iterator[Found]:
    """Two mentions overlap and neither lies inside the other."""
    still_open: list[Entity] = []
    for one in sorted(article.entities, key=lambda one: (one.start, -one.end)):
        still_open = [other for other in still_open if other.end > one.start]
        for other in still_open:
            if other.crosses(one):
                words = article.text[one.start : one.end]
                message = f"it crosses {one.label} '{words}'; nest or separate them"
                yield Found(other.start, other.end, other.label, message)
        still_open.append(one)


def label_differs(article: Reviewed) -> Iterator[Found]:
    """The same words have another label elsewhere in the article; the rarer label is doubted, both where even."""
    by_words: dict[str, list[Entity]] = defaultdict(list)
    for one in article.entities:
        by_words[plain_words(article.text[one.start : one.end])].append(one)
    for words, same in by_words.items():
        if len(same) < 2 or len({one.label for one in same}) < 2 or len({one.start for one in same}) < 2:
            continue
        labels = Counter(one.label for one in same)
        (most, times), (_, next_times), *_ = labels.most_common()
        for one in same:
            if times == next_times or one.label != most:
                rest = ", ".join(f"{label} {number}x" for label, number in sorted(labels.items()))
                yield Found(one.start, one.end, one.label, f"'{words}' is labelled {rest} in this article")


def unlabelled_repeat(article: Reviewed) -> Iterator[Found]:
    """Words that are a mention elsewhere in the article stand here, outside any mention, without a label."""
    labels = {article.text[one.start : one.end]: one.label for one in reversed(article.entities)}
    taken: bytearray | None = None
    for words, label in labels.items():
        if len(words) < SHORTEST_REPEAT or article.text.count(words) < 2 or words.isdecimal():
            continue
        if taken is None:
            taken = bytearray(len(article.text))
            for one in article.entities:
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
        for start in occurrences(article.text, words):
            end = start + len(words)
            if any(taken[start:end]) or inside_word(article.text, end):
                continue
            if before_in_word(article.text, start) in _PROCLITICS:
                taken[start:end] = b"\1" * len(words)
                yield Found(start, end, label, f"'{words}' is {label} elsewhere in this article, here it has no label")


def hasty_submission(article: Reviewed) -> Iterator[Found]:
    """The article was submitted faster than anybody can read it."""
    if article.seconds is not None:
        least = max(LEAST_SECONDS, len(article.text) / (READING_SPEED * HASTE))
        if article.seconds < least:
            message = (
                f"submitted after {article.seconds:.1f} s; {len(article.text):,} characters "
                f"take at least {least:.1f} s to read"
            )
            yield Found(0, 0, "", message)


def uncovered_text(article: Reviewed) -> Iterator[Found]:
    """The annotator's sentences leave text uncovered."""
    if not article.own_sentences:
        return
    at = 0
    for one in (*sorted(article.sentences), None):
        until = one.start if one else len(article.text)
        gap = article.text[at:until]
        if gap.strip():
            start = at + len(gap) - len(gap.lstrip())
            yield Found(start, start + len(gap.strip()), "sentence", "no sentence covers this text")
        at = max(at, one.end if one else at)


def overlapping_sentences(article: Reviewed) -> Iterator[Found]:
    """Two of the annotator's sentences share text."""
    if not article.own_sentences:
        return
    ordered = sorted(article.sentences)
    for one, following in pairwise(ordered):
        if following.start < one.end:
            yield Found(following.start, min(one.end, following.end), "sentence", "two sentences share this text")
