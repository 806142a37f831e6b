"""Annotations in the notation (`docs/notation.md`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from annotation.imports.match import CorpusDocument, DocumentIndex, Imported, Matched, reject_unknown, topics_of
from annotation.notation import NotationError, NotedArticle, occurrences, parse_articles
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Entity, Sentence


def import_noted(
    name: str, text: str, index: DocumentIndex, labels: Mapping[str, object], topics: Collection[str]
) -> Imported:
    """Match the articles of a notation file to documents.

    An article whose text is a document's arrives whole. Where the text differs, the sentences that stand in the
    document of the same source exactly once arrive with their entities; the others are rejects, and the document
    counts as not completely looked at.
    """
    imported = Imported()
    try:
        articles = list(parse_articles(text.split("\n")))
    except NotationError as error:
        imported.rejects.append(Reject(name, "invalid-notation", str(error)))
        return imported
    for article in articles:
        _import_article(f"{name}:{article.line}", article, index, labels, topics, imported)
    return imported


def _import_article(
    origin: str,
    article: NotedArticle,
    index: DocumentIndex,
    labels: Mapping[str, object],
    topics: Collection[str],
    imported: Imported,
) -> None:
    if article.drop_reason:
        found = index.by_source(article.source)
        if found and found.text:
            message = f"noted as '{article.drop_reason}', but the corpus has a text of it; report or drop the page"
            imported.rejects.append(Reject(origin, "article-disputed", message, found.text[:200]))
        return
    document = index.by_id(doc_id(article.text)) or index.by_source(article.source)
    if document is None:
        message = f"no document has this text, and none comes from '{article.source}'; build that page first"
        imported.rejects.append(Reject(origin, "no-such-document", message, article.text[:200]))
        return
    for topic in article.topics:
        if topic not in topics:
            imported.rejects.append(Reject(origin, "unknown-label", f"the ontology has no topic '{topic}'", topic))
    named = topics_of([topic for topic in article.topics if topic in topics])
    if document.text == article.text:
        entities = reject_unknown(origin, article.entities, article.text, labels, imported.rejects)
        imported.matched.append(Matched(document.doc_id, document.text, article.sentences, entities, named))
        return
    moved, complete = _move(origin, article, document, imported)
    entities = reject_unknown(origin, moved, document.text, labels, imported.rejects)
    imported.matched.append(Matched(document.doc_id, document.text, None, entities, named, complete))


def _move(
    origin: str, article: NotedArticle, document: CorpusDocument, imported: Imported
) -> tuple[list[Entity], bool]:
    moved: list[Entity] = []
    complete = True
    for sentence in article.sentences:
        words = article.text[sentence.start : sentence.end]
        places = occurrences(document.text, words)
        if len(places) != 1:
            complete = False
            reason = "is not in" if not places else f"stands {len(places)} times in"
            message = f"this sentence {reason} the document of '{article.source}', whose text differs from the file's"
            imported.rejects.append(Reject(origin, "text-differs", message, words[:200]))
            continue
        moved.extend(_shifted(article, sentence, places[0] - sentence.start))
    return moved, complete


def _shifted(article: NotedArticle, sentence: Sentence, shift: int) -> list[Entity]:
    return [
        Entity(entity.start + shift, entity.end + shift, entity.label)
        for entity in article.entities
        if sentence.covers(entity)
    ]
