"""The table of checks, and the review of a corpus with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from annotation.judged import Judged, Work, read_predictions, read_work
from annotation.migration import UNDECIDED
from annotation.review import articles, spans
from annotation.review.article import Found, Reviewed, plain_words
from corpus.release.source import CorpusTables
from corpus.span import Entity, Sentence


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. `question` is what an annotator is asked, in Arabic."""

    check_id: str
    task: str
    find: Callable[[Reviewed], Iterator[Found]]
    question: str

    @property
    def meaning(self) -> str:
        """The first line of the docstring of `find`."""
        return (self.find.__doc__ or "").split("\n")[0].rstrip(".")


CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "starts-inside-word",
        "entities",
        spans.starts_inside_word,
        "هل يبدأ الاسم حقا في وسط الكلمة؟",
    ),
    Check(
        "ends-inside-word",
        "entities",
        spans.ends_inside_word,
        "هل ينتهي الاسم حقا قبل نهاية الكلمة؟",
    ),
    Check(
        "article-outside",
        "entities",
        spans.article_outside,
        "أل التعريف داخل الاسم: هل تضاف؟",
    ),
    Check(
        "leading-proclitic",
        "entities",
        spans.leading_proclitic,
        "حروف و ف ب ل ك س خارج الاسم: هل يحذف الحرف الأول؟",
    ),
    Check(
        "edge-punctuation",
        "entities",
        spans.edge_punctuation,
        "علامة الترقيم خارج الاسم: هل تحذف؟",
    ),
    Check(
        "edge-quote-or-bracket",
        "entities",
        spans.edge_quote_or_bracket,
        "علامة التنصيص أو القوس خارج الاسم: هل تحذف؟",
    ),
    Check(
        "crosses-sentence",
        "entities",
        spans.crosses_sentence,
        "الاسم يمتد إلى جملة أخرى: أيهما الصحيح؟",
    ),
    Check(
        "two-labels",
        "entities",
        articles.two_labels,
        "وسمان على المقطع نفسه: أيهما يبقى؟",
    ),
    Check(
        "crossing-spans",
        "entities",
        articles.crossing_spans,
        "مقطعان يتقاطعان: هل يدخل أحدهما في الآخر أم يفترقان؟",
    ),
    Check(
        "label-differs",
        "entities",
        articles.label_differs,
        "الاسم نفسه موسوم بوسم آخر في هذا المقال: أيهما الصحيح؟",
    ),
    Check(
        "unlabelled-repeat",
        "entities",
        articles.unlabelled_repeat,
        "هذا الاسم موسوم في موضع آخر من المقال: هل يوسم هنا أيضا؟",
    ),
    Check(
        "hasty-submission",
        "entities",
        articles.hasty_submission,
        "أرسل المقال بسرعة كبيرة: هل قرئ كله؟",
    ),
    Check(
        "uncovered-text",
        "sentences",
        articles.uncovered_text,
        "لا جملة تغطي هذا النص: إلى أي جملة ينتمي؟",
    ),
    Check(
        "sentences-overlap",
        "sentences",
        articles.overlapping_sentences,
        "جملتان تشتركان في هذا النص: أين الحد بينهما؟",
    ),
    Check(
        "undecided-label",
        "entities",
        spans.undecided_label,
        "قُسم الوسم القديم إلى عدة أوسام: أيها الصحيح هنا؟",
    ),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A suspicious annotation: `start` and `end` in code points (0-0: the whole article), `message` says what is odd.

    `question` is the check's, for annotators.
    """

    check: str
    task: str
    doc_id: str
    annotator: str
    start: int
    end: int
    label: str
    words: str
    message: str
    question: str


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """One annotator's article with all its doubts: what a review project shows, the doubts as its comment."""

    doc_id: str
    annotator: str
    doubts: tuple[Doubt, ...]

    @property
    def comment(self) -> str:
        """A line for each doubt, in Arabic: the words and the question."""
        return "\n".join(f"«{one.words}» ({one.label}): {one.question}" if one.words else one.question
                         for one in self.doubts)  # fmt: skip


def review_tasks(doubts: Iterable[Doubt]) -> tuple[ReviewTask, ...]:
    """The doubts by document and annotator, in their order."""
    found: dict[tuple[str, str], list[Doubt]] = {}
    for one in doubts:
        found.setdefault((one.doc_id, one.annotator), []).append(one)
    return tuple(ReviewTask(doc, annotator, tuple(its)) for (doc, annotator), its in found.items())


def check_article(article: Reviewed, checks: Iterable[Check] = CHECKS) -> Iterator[Doubt]:
    """What the checks find in one annotator's article, in the order of the checks."""
    for check in checks:
        for one in check.find(article):
            words = article.text[one.start : one.end]
            yield Doubt(
                check.check_id, check.task, article.doc_id, article.annotator, one.start, one.end, one.label, words,
                one.message, check.question,
            )  # fmt: skip


def review(
    tables: CorpusTables,
    *,
    only: Collection[str] = (),
    annotators: Collection[str] = (),
    round_: int | None = None,
) -> list[Doubt]:
    """What is suspicious in the finished work of a corpus, by document, annotator and check.

    Args:
        tables: of the corpus.
        only: ids of the checks to make; all where empty.
        annotators: whose work; everybody's where empty.
        round_: of which campaign; all where None.

    Raises:
        LookupError: for an unknown check, naming the known ones.
    """
    known = {check.check_id: check for check in CHECKS}
    for name in only:
        if name not in known:
            raise LookupError(f"there is no check '{name}'; the checks are: {', '.join(known)}")
    checks = [check for check in CHECKS if not only or check.check_id in only]
    doubts: list[Doubt] = []
    for article in reviewed_articles(tables, round_=round_):
        if not annotators or article.annotator in annotators:
            doubts += check_article(article, checks)
    return doubts


def reviewed_work(tables: CorpusTables, task: str, *, round_: int | None = None) -> Judged:
    """The work of a task that is reviewed: what is finished, and what is not though its author submitted the article.

    That is sentences that do not divide the text, and entities with labels to be decided after a migration.
    """
    finished = read_work(tables, task, round_=round_)
    if task == "topics":
        return finished
    whole = read_work(tables, task, round_=round_, drafts=True)
    if len(whole.works) == len(finished.works):
        return finished
    if task == "sentences":
        wanted = {(one.doc_id, one.annotator) for one in reviewed_work(tables, "entities", round_=round_).works}
    else:
        undecided = pc.equal(whole.rows["score"], UNDECIDED).to_numpy()
        wanted = {
            (whole.works[place].doc_id, whole.works[place].annotator)
            for place in set(whole.work_of_row[undecided].tolist())
        }
    wanted |= {(one.doc_id, one.annotator) for one in finished.works}
    return whole.only([place for place, one in enumerate(whole.works) if (one.doc_id, one.annotator) in wanted])


def reviewed_articles(tables: CorpusTables, *, round_: int | None = None) -> Iterator[Reviewed]:
    """Every annotator's finished articles, in the order of documents, then of annotators."""
    columns = (tables.documents[name].to_pylist() for name in ("doc_id", "text"))
    texts: Mapping[str, str] = dict(zip(*columns, strict=True))
    marked = reviewed_work(tables, "entities", round_=round_)
    segmented = reviewed_work(tables, "sentences", round_=round_)
    predicted, beside = read_predictions(tables, "sentences", marked)
    names = _names(marked.rows)
    own = {(work.doc_id, work.annotator): its for work, its in _sentences(segmented)}
    machine = [its for _, its in _sentences(predicted)]
    entities = {(work.doc_id, work.annotator): (work, its) for work, its in _entities(marked)}
    prediction_of = {
        (work.doc_id, work.annotator): machine[number]
        for work, number in zip(marked.works, beside.tolist(), strict=True)
        if number >= 0
    }
    place = {doc: number for number, doc in enumerate(texts)}
    for key in sorted(entities.keys() | own.keys(), key=lambda key: (place[key[0]], key[1])):
        work, mentions = entities.get(key, (None, ()))
        sentences = own.get(key)
        yield Reviewed(
            key[0], texts[key[0]], key[1], mentions,
            sentences if sentences is not None else prediction_of.get(key, ()), sentences is not None,
            work.seconds if work else None, names,
        )  # fmt: skip


def _sentences(judged: Judged) -> Iterator[tuple[Work, tuple[Sentence, ...]]]:
    starts, ends, kinds = (judged.rows[name].to_pylist() for name in ("start", "end", "kind"))
    for work, its in judged.bounds():
        yield work, tuple(map(Sentence, starts[its], ends[its], kinds[its]))


def _entities(judged: Judged) -> Iterator[tuple[Work, tuple[Entity, ...]]]:
    starts, ends, labels, scores = (judged.rows[name].to_pylist() for name in ("start", "end", "label", "score"))
    for work, its in judged.bounds():
        yield work, tuple(map(Entity, starts[its], ends[its], labels[its], scores[its]))


def _names(rows: pa.Table) -> dict[tuple[str, str], int]:
    """In how many documents each words were marked with each label."""
    counted = rows.group_by(["surface", "label"]).aggregate([("doc_id", "count_distinct")])
    columns = (counted[name].to_pylist() for name in ("surface", "label", "doc_id_count_distinct"))
    found: dict[tuple[str, str], int] = {}
    for surface, label, documents in zip(*columns, strict=True):
        key = (plain_words(surface), label)
        found[key] = found.get(key, 0) + documents
    return found
