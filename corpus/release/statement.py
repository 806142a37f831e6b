"""The sections of a Data Statement (Bender & Friedman, TACL 6, 2018; version 1) for the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.release.card import Described
from corpus.release.choose import GOLD, SINGLE
from corpus.release.datasheet import answer_questions
from schemas.tables import TASKS

NOT_ANSWERED = "*Not answered.*"


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its text in Markdown."""

    title: str
    text: str


def data_statement(release: Described) -> tuple[Section, ...]:
    """The sections in their order; what nobody answered says so."""
    said = {
        answer.question.id: " ".join(part for part in (answer.computed, answer.told) if part)
        for answer in answer_questions(release, release.told)
    }
    said |= {id_: words.strip() for id_, words in release.told.items() if id_ not in said}
    parts = (
        ("Curation rationale", _rationale(said)),
        ("Language variety", " ".join((_variety(release), said.get("language-variety", ""))).strip()),
        ("Speaker demographic", _join(said, "speakers")),
        ("Annotator demographic", " ".join((_annotators(release), said.get("annotator-demographics", ""))).strip()),
        ("Speech situation", said.get("speech-situation", "") or _situation(release)),
        ("Text characteristics", _characteristics(release)),
        ("Recording quality", "Not applicable: the texts were written."),
        ("Other: biases and limitations", _join(said, "biases", "limitations", "social-impact")),
        ("Provenance appendix", _join(said, "acquisition", "mechanisms")),
    )
    return tuple(Section(title, text or NOT_ANSWERED) for title, text in parts)


def _rationale(said: Mapping[str, str]) -> str:
    sampling = said.get("sampling", "")
    return "\n\n".join(one for one in (said.get("purpose", ""), f"Sampling: {sampling}" if sampling else "") if one)


def _join(said: Mapping[str, str], *ids: str) -> str:
    return "\n\n".join(words for id_ in ids if (words := said.get(id_, "")))


def _variety(release: Described) -> str:
    return f"Arabic (`ar{'-' + release.about.country if release.about.country else ''}`)."


def _situation(release: Described) -> str:
    dated = release.figures.published
    span = f", from {dated[0]} to {dated[1]} where dated" if dated else ""
    return f"Written and published by the outlets named under Sources{span}."


def _annotators(release: Described) -> str:
    people = sorted({one.author for one in release.figures.authors if one.kind != "prediction"})
    work = ", ".join(f"{task} of {release.figures.with_status(task, GOLD, SINGLE):,} documents" for task in TASKS)
    if not people:
        return "No person has annotated; all annotations are the machine's."
    return f"{len(people):,} named by pseudonym in `annotations` ({release.about.annotators}): {work}."


def _characteristics(release: Described) -> str:
    figures = release.figures
    tokens = sum(figures.tokens.values())
    length = tokens / figures.sentences if figures.sentences else 0.0
    topics = ", ".join(f"{topic} ({count:,})" for topic, count in list(figures.topics.items())[:5])
    kinds = ", ".join(f"{kind} ({count:,})" for kind, count in figures.kinds.items())
    return (
        f"{figures.documents:,} documents of {tokens:,} tokens, {length:.1f} tokens a sentence. Kinds of sentences: "
        f"{kinds or 'none'}. Most frequent topics: {topics or 'none'}."
    )
