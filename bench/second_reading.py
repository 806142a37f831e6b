"""How far two readers agree on ten sample articles: `python -m bench.second_reading`.

The second reader saw only the conventions and the raw pages, not the gold and not what the pipeline makes of them
(`tests/quality/second_reading`, as it was handed in). The gold is the first reading. F1 is symmetrical: neither reading
counts as the right one.
"""

from __future__ import annotations

from pathlib import Path

from annotation.notation import NotedArticle, parse_articles
from bench.samples import Score, compare, in_order, read_gold

READING = Path(__file__).parents[1] / "tests" / "quality" / "second_reading"


def readings() -> list[tuple[NotedArticle, NotedArticle]]:
    """Each article of the second reading with the same article of the gold."""
    gold = read_gold()
    return [
        (article, gold[article.source])
        for path in sorted(READING.glob("*.gold"))
        for article in parse_articles(path.read_text("utf-8").split("\n"))
    ]


def agreement() -> dict[str, Score]:
    """The scores of the second reading against the first, by what is compared; per entity label too."""
    scores: dict[str, Score] = {}

    def add(name: str, score: Score) -> None:
        scores[name] = scores.get(name, Score()) + score

    for one, other in readings():
        add("cleaning", in_order(one.text, other.text))
        add("sentences", compare(_sentences(one), _sentences(other)))
        add("entities", compare(_entities(one), _entities(other)))
        add("topics", compare(one.topics, other.topics))
        add("main topic", compare(one.topics[:1], other.topics[:1]))
        for label in sorted({entity.label for entity in (*one.entities, *other.entities)}):
            mine, theirs = ([each for each in _entities(article) if each[0] == label] for article in (one, other))
            add(f"entities {label}", compare(mine, theirs))
    return scores


def _sentences(article: NotedArticle) -> list[str]:
    return [article.text[one.start : one.end] for one in article.sentences]


def _entities(article: NotedArticle) -> list[tuple[str, str]]:
    return [(one.label, article.text[one.start : one.end]) for one in article.entities]


def table() -> str:
    """The agreement as Markdown."""
    found = readings()
    rows = [
        f"{len(found)} articles, {sum(len(one.sentences) for one, _ in found)} sentences.",
        "",
        "| | F1 | both | one only |",
        "|---|---|---|---|",
    ]
    for name, score in agreement().items():
        rows.append(f"| {name} | {score.f1:.3f} | {score.right:,} | {score.spurious + score.missing:,} |")
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    print(table())


if __name__ == "__main__":
    main()
