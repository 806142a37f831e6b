"""`DATASHEET.md`: the 57 questions of Datasheets for Datasets, each answered or plainly not.

What the rows can answer is computed here, question by question, and what a person says under `[datasheet]` in
corpus.toml is added to it. What holds of any corpus is said unless a person says something else. The rest says that
nobody has answered it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from corpus.config import AboutConfig
from corpus.release.card import LOCAL, Described, environment
from corpus.release.choose import GOLD, SILVER, SINGLE
from corpus.release.figures import UNKNOWN


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `id` is its key under `[datasheet]` in corpus.toml. Nothing is published while a `required` one has
    no answer."""

    id: str
    section: str
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what the data say and what a person says, "" where they say nothing."""

    question: Question
    computed: str
    told: str


@cache
def questions() -> tuple[Question, ...]:
    """All 57 questions in their order."""
    return tuple(
        Question(question["id"], section["title"], question["text"], question.get("required", False))
        for section in _declared()["sections"]
        for question in section["questions"]
    )


@cache
def statements() -> tuple[Question, ...]:
    """What is asked beside the 57 questions, for the card's Data Statement and for Croissant."""
    return tuple(
        Question(one["id"], one["title"], one["text"], one.get("required", False)) for one in _declared()["statements"]
    )


@cache
def _declared() -> Mapping[str, Any]:
    text = resources.files("corpus.release").joinpath("datasheet_questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def unanswered_questions(about: AboutConfig, told: Mapping[str, str]) -> list[Question]:
    """The questions, statements too, that neither the data, nor what is generally so, nor a person answers."""
    settled = _FIGURES.keys() | _GENERAL.keys()
    if not about.maintainers:
        settled -= {"creators", "maintainers"}
    if not about.contact:
        settled -= {"contact"}
    settled = {*settled, "speech-situation", "language-variety"}
    return [
        question
        for question in (*questions(), *statements())
        if not told.get(question.id, "").strip() and question.id not in settled and not question.id.endswith("comments")
    ]


def answer_questions(release: Described, told: Mapping[str, str]) -> list[Answered]:
    """Every question with its answers; `told` are a person's, by question id."""
    answers = []
    for question in questions():
        words = told.get(question.id, "").strip()
        compute = _FIGURES.get(question.id) or (None if words else _GENERAL.get(question.id))
        answers.append(Answered(question, compute(release).strip() if compute else "", words))
    return answers


def unknown_questions(told: Mapping[str, str]) -> list[str]:
    """The ids that a person answered and that are no question's."""
    return sorted(told.keys() - {question.id for question in (*questions(), *statements())})


def render_datasheet(release: Described, told: Mapping[str, str]) -> str:
    """The text of `DATASHEET.md`."""
    answers = answer_questions(release, told)
    return environment().get_template("DATASHEET.md.j2").render(
        release=release, answers=answers, unanswered=sum(not answer.computed and not answer.told for answer in answers)
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,})" for name, count in counts.items())


def _creators(release: Described) -> str:
    return ", ".join(release.about.maintainers)


def _instances(release: Described) -> str:
    figures = release.figures
    return (
        "Arabic articles, in three tables: `documents` (a row per article), `sentences` (a row per sentence: "
        f"{_listed(figures.kinds)}), and `annotations` (a row per annotation and layer, with its author). The articles "
        f"come from these outlets: {_listed(figures.outlets)}."
    )


def _instance_counts(release: Described) -> str:
    figures = release.figures
    tokens = sum(figures.tokens.values())
    entities = sum(sum(counts.values()) for counts in figures.entities.values())
    return (
        f"{_count(figures.documents, 'document')} ({_count(figures.characters, 'code point')}), found on "
        f"{_count(figures.sightings, 'page')}; {_count(figures.sentences, 'sentence')} with {_count(tokens, 'token')} "
        f"and {_count(entities, 'entity mention')}; {_count(figures.annotations, 'annotation')} of all layers."
    )


def _instance_content(_: Described) -> str:
    return (
        "The cleaned text (NFC) with its sentences, tokens, entities and topics as half-open ranges of code points, "
        "and what is known of its source: address, outlet, date, author, agency, place, licence. The columns are "
        "described in README.md."
    )


def _labels(release: Described) -> str:
    figures = release.figures
    totals = {label: sum(counts.values()) for label, counts in figures.entities.items()}
    kinds = []
    for task in ("sentences", "entities", "topics"):
        statuses = figures.statuses[task]
        kinds.append(f"{task}: {statuses[GOLD]:,} gold, {statuses[SINGLE]:,} single, {statuses[SILVER]:,} silver")
    return (
        f"Yes. Entities (inventory `{release.inventory}`): {_listed(totals) or 'none'}. Topics of documents: "
        f"{_listed(figures.topics) or 'none'}. Kinds of sentences: {_listed(figures.kinds) or 'none'}. Documents by "
        f"who stands behind them (gold: adjudicated or agreed, single: one annotator, silver: machine): "
        f"{'; '.join(kinds)}."
    )


def _missing(release: Described) -> str:
    figures = release.figures
    total = figures.documents
    return (
        f"Of {_count(total, 'document')}, {total - figures.titled:,} have no title, {total - figures.located:,} no "
        f"address, {figures.outlets.get(UNKNOWN, 0):,} no outlet, {total - figures.dated:,} no date of publication, "
        f"{figures.licences.get(UNKNOWN, 0):,} no known licence, {figures.without_topic:,} no topic. Text that does "
        "not belong to the article was removed from its page."
    )


def _relationships(release: Described) -> str:
    figures = release.figures
    stories = f" Articles on one event share a `story_id` ({figures.stories:,} stories)." if figures.stories else ""
    return (
        f"Near duplicates share a `cluster_id`: {_count(figures.clusters, 'cluster')}; {figures.clustered:,} documents "
        f"share theirs with another.{stories} Sentences name their document; annotations name the ones that they were "
        "made from (`parents`)."
    )


def _splits(release: Described) -> str:
    parts = ", ".join(f"{split} {count:,}" for split, count in release.figures.rows["documents"].items())
    torn = release.left_out.torn_documents
    return (
        f"Yes, by document: {parts}. A cluster of near duplicates lies in one split, so that a test set holds no copy "
        "of training text, and a document keeps its split in later versions."
        + (f" {_count(torn, 'document')} became known as related across splits after publication." if torn else "")
    )


def _noise(release: Described) -> str:
    figures = release.figures
    silver = ", ".join(f"{task} {figures.with_status(task, SILVER):,}" for task in figures.statuses)
    crossing = release.left_out.crossing_entities
    disputed = sum(release.disputed.values())
    return (
        f"Machine annotations that no person has checked (documents: {silver}) have errors. {figures.clustered:,} "
        f"documents are near duplicates of another; equal texts are one document. {_count(crossing, 'entity mention')} "
        f"cross the end of a sentence. Annotators differ without adjudication in {disputed:,} cases (document "
        "and task)."
    )


def _self_contained(release: Described) -> str:
    return (
        f"Self-contained: texts and annotations are in the files. {release.figures.located:,} documents also carry the "
        "address of their page, which nothing here depends on."
    )


def _identifiable(release: Described) -> str:
    persons = sum(sum(release.figures.entities.get(label, {}).values()) for label in ("PERS", "PER"))
    return f"The texts name persons: {_count(persons, 'mention')} of them annotated as such." if persons else ""


def _acquisition(release: Described) -> str:
    return (
        "The texts were observable as published; sentences, entities and topics were derived from them by machine and "
        "by annotators: `annotations` names the author of each."
    )


def _timeframe(release: Described) -> str:
    figures = release.figures
    if figures.published is None:
        return ""
    return (
        f"The dated articles ({figures.dated:,} of {figures.documents:,}) were published from {figures.published[0]} "
        f"to {figures.published[1]}."
    )


def _direct(release: Described) -> str:
    outlets = _listed(release.figures.outlets)
    return f"Neither: the texts are what outlets published ({outlets}), not what the persons in them gave."


def _preprocessing(release: Described) -> str:
    layers = "; ".join(f"{layer.task}: {layer.author} ({layer.kind})" for layer in release.figures.authors)
    return (
        "Yes. Articles were taken out of their pages, lines that are not the article removed by named rules (cleaning "
        f"rules {', '.join(release.policy_versions)}), the text normalised to NFC (Unicode "
        f"{', '.join(release.ucd_versions)}), cut into sentences and tokens (tokeniser {release.tokeniser_version}), "
        f"and annotated: {layers}."
    )


def _raw(_: Described) -> str:
    return "The corpus folder keeps the bytes of every page and every edit made; releases hold the cleaned text only."


def _software(_: Described) -> str:
    return "Yes: mudawwana, under the Apache License 2.0."


def _other_tasks(_: Described) -> str:
    return "Named-entity recognition, flat and nested; topic classification; sentence segmentation; language modelling."


def _future_impact(release: Described) -> str:
    known = {name: count for name, count in release.figures.outlets.items() if name != UNKNOWN}
    if not known:
        return ""
    outlet, count = next(iter(known.items()))
    share = count / release.figures.documents
    return f"The largest outlet ({outlet}) gives {100 * share:.1f}% of the documents; models will lean to its style."


def _third_parties(release: Described) -> str:
    if release.distribution == LOCAL:
        return "No: the licence of some texts is unknown or does not allow passing on changed copies."
    return "Every text's licence allows it."


def _means(_: Described) -> str:
    return "As a folder of Parquet files with a dataset card, which `datasets.load_dataset` reads as it is."


def _licence(release: Described) -> str:
    return f"As a whole: {release.licence_name}. Licences of the texts: {_listed(release.figures.licences)}."


def _restrictions(release: Described) -> str:
    unknown = release.figures.licences.get(UNKNOWN, 0)
    return f"The licence of {_count(unknown, 'text')} is not known." if unknown else ""


def _contact(release: Described) -> str:
    return release.about.contact


def _erratum(_: Described) -> str:
    return "Corrections are new versions: what is removed, changed or moved to another split raises the major number."


def _updates(release: Described) -> str:
    before = f"its parent is {release.parent}" if release.parent else "it is the first"
    return f"This is version {release.version}; {before}. Additions raise the minor number, other changes the major."


def _older(_: Described) -> str:
    return "A release is a folder of its own that later ones leave untouched."


_FIGURES: Final[Mapping[str, Callable[[Described], str]]] = {
    "instances": _instances,
    "instance-counts": _instance_counts,
    "labels": _labels,
    "missing": _missing,
    "relationships": _relationships,
    "splits": _splits,
    "noise": _noise,
    "identifiable": _identifiable,
    "timeframe": _timeframe,
    "preprocessing": _preprocessing,
    "future-impact": _future_impact,
    "third-parties": _third_parties,
    "licence": _licence,
    "ip-restrictions": _restrictions,
    "updates": _updates,
}
# What holds of any corpus unless a person says otherwise.
_GENERAL: Final[Mapping[str, Callable[[Described], str]]] = {
    "creators": _creators,
    "instance-content": _instance_content,
    "self-contained": _self_contained,
    "acquisition": _acquisition,
    "direct-or-third-party": _direct,
    "raw-data": _raw,
    "software": _software,
    "other-tasks": _other_tasks,
    "distribution-means": _means,
    "maintainers": _creators,
    "contact": _contact,
    "erratum": _erratum,
    "older-versions": _older,
}
