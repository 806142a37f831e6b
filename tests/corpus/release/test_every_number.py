"""No number of a card, datasheet, changelog or manifest stands there that DuckDB does not find in the rows.

Each text is crossed out, fact by fact as computed from the Parquet files; what is left over may have no digit but in
the fixed wordings of `FIXED`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corpus.config import AboutConfig, CorpusConfig
from corpus.release.build import release
from corpus.release.manifest import read_manifest
from tests.corpus.release.conftest import FAIR, MATCH, PORT, RAIN, sample

CONFIGS = ("documents", "sentences", "annotations")
TASKS = ("sentences", "entities", "topics")
STATUSES = ("gold", "single", "silver")
AGAIN = PORT + " وستبدأ الأشغال في الربيع المقبل."
CALL = "إعلان للقراء\nراسلوا الجريدة على info@example.org أو news@example.org أو اتصلوا على 0522203040 نهارا."
SNOW = "طقس ماطر في الجبال\nهطلت أمطار غزيرة على بيروت وجبالها أمس."
FIXED = (
    r"int32|float32|sha256|SHA256|content-sha256:\w+|ISO 8601|ISO 4217|IOB2|UTF-8|First 16 hex digits|\bfrom 0\b",
    r"from 1; 0 for machine|rank of a topic, 0 the main|Rank of a topic, 0|; 1 where a person said so|95 % interval",
    r"57 questions|2021|Apache License 2\.0|of 57\)|CC0-1\.0|CC-BY-4\.0|n<1K|4-grams|path/to/1\.0\.0|v1\.0\.0",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that has something to say everywhere."""
    root = tmp_path_factory.mktemp("numbers")
    maker = sample()
    maker.document(AGAIN, "again.txt")
    maker.document(CALL, "call.txt", cluster="c" * 16, story="d" * 16, licence="CC-BY-4.0")
    maker.document(SNOW, "snow.txt", cluster="c" * 16, story="d" * 16)
    maker.document("نص قصير", "short.txt", drop_reason="too-short")
    gold = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(gold, MATCH, "الوداد\nفاز", "ORG")
    maker.entity(gold, MATCH, "الهلال السوداني", "ORG")
    maker.entity(gold, MATCH, "السوداني", "NORP")
    machine = maker.layer("entities", "prediction", "rules")
    for words, label in (("الواحة", "ORG"), ("ميناء صور", "FAC")):
        maker.entity(machine, AGAIN, words, label)
    maker.entity(machine, SNOW, "أمس", "DATE")
    for name, label in (("hind", "weather"), ("omar", "environment")):
        layer = maker.layer("topics", "annotation", name, round=1)
        maker.topic(layer, RAIN, label)
        maker.judgment(layer, RAIN, name)
    maker.judgment(maker.layer("topics", "annotation", "hind", round=1), FAIR, "hind")
    sightings = maker.rows["sightings"]
    sightings[0]["url"] = "https://example.org/1"
    sightings[1]["published"] = "2025-03-01T10:00:00"
    sightings[2]["outlet"] = "الساحل"
    sightings[3]["outlet"] = None
    sightings[4]["published"] = None
    for place, source in ((0, "copy.txt"), (2, "copied.txt")):
        found = sightings[place] | {"source_id": hashlib.sha256(source.encode()).hexdigest()[:16], "path": source}
        sightings.append(found)
        maker.rows["sources"].append(maker.rows["sources"][place] | {"source_id": found["source_id"], "path": source})
    maker.rows["agreement"].append(
        {"task": "topics", "label": "*", "measure": "alpha", "value": 0.25, "low": 0.125, "high": 0.5, "n": 1}
    )
    maker.write(root)
    about = AboutConfig(title="مدونة", licence="CC0-1.0", country="MA")
    return release(root, CorpusConfig(corpus=about), report=lambda message: None).path


class Rows:
    """The release's tables in DuckDB, splits put together."""

    def __init__(self, path: Path) -> None:
        self.connection = duckdb.connect()
        for config in CONFIGS:
            self.connection.execute(
                f"create view {config} as select *, regexp_extract(filename, '([a-z]+)-[0-9]+-of', 1) as split "
                f"from read_parquet('{path}/data/{config}/*.parquet', filename=true)"
            )
        self.connection.execute(
            "create view mentions as select doc_id, split, entities_status as status, unnest(entities, recursive := "
            "true) from documents"
        )

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.all(query)[0][0]

    def counts(self, table: str, value: str) -> dict[str, int]:
        """How often each value stands, the most frequent first, equal ones by name."""
        found = self.all(f"select {value} as value, count(*) as n from {table} group by 1 having value is not null")
        return dict(sorted(found, key=lambda row: (-row[1], row[0])))

    @property
    def topics(self) -> dict[str, int]:
        return self.counts("(select unnest(topics) as topic from documents)", "topic")

    @property
    def outlets(self) -> dict[str, int]:
        return self.counts("documents", "coalesce(outlet, 'unknown')")

    @property
    def licences(self) -> dict[str, int]:
        return self.counts("documents", "coalesce(licence, 'unknown')")

    def statuses(self, task: str) -> list[int]:
        return [self.one(f"select count(*) from documents where {task}_status = '{one}'") for one in STATUSES]

    def label_statuses(self) -> list[list[object]]:
        return [
            [label, *(self.one(f"select count(*) from mentions where label = '{label}' and status = '{one}'")
                      for one in STATUSES)]
            for label in self.counts("mentions", "label")
        ]

    def layers(self) -> list[tuple[Any, ...]]:
        return self.all(
            "select task, layer_kind, author, author_version, round, count(*), count(distinct doc_id) from "
            "annotations group by layer_id, task, layer_kind, author, author_version, round order by 1, 2, 3, 4, 5"
        )

    def seen(self, split: str) -> tuple[int, int, int, int]:
        """Mentions of a split's entities and different ones, each with those that are in train."""
        return self.all(  # type: ignore[return-value]
            "select count(*), count(*) filter (known), count(distinct name), count(distinct name) filter (known) from "
            "(select (label, surface) as name, (label, surface) in (select (label, surface) from mentions where split "
            f"= 'train') as known from mentions where split = '{split}')"
        )[0]

    def nearest(self) -> tuple[float, str, str]:
        """The largest Jaccard similarity of word 4-grams between splits, and whose it is."""
        self.connection.execute(
            r"""
            create or replace temp table grams as
            with words as (
                select doc_id, split, regexp_extract_all(translate(text, 'أإآٱىة', 'اااايه'), '[\p{L}\p{N}]+') as w
                from documents
            )
            select distinct doc_id, split,
                unnest(list_transform(range(1, len(w) - 2), lambda i: list_slice(w, i, i + 3))) as gram
            from words
            """
        )
        return self.all(  # type: ignore[return-value]
            """
            with sizes as (select doc_id, count(*) as n from grams group by 1),
            shared as (select a.doc_id as one, b.doc_id as other, count(*) as n from grams a join grams b using (gram)
                       where a.doc_id < b.doc_id and a.split <> b.split group by 1, 2)
            select shared.n / (x.n + y.n - shared.n), one, other from shared
            join sizes x on x.doc_id = one join sizes y on y.doc_id = other order by 1 desc limit 1
            """
        )[0]


@pytest.fixture(scope="module")
def rows(made: Path) -> Iterator[Rows]:
    found = Rows(made)
    yield found
    found.connection.close()


def left_over(text: str, facts: list[str]) -> list[str]:
    """The lines that still have a digit when each fact is crossed out once, and the fixed wordings."""
    for fact in sorted(facts, key=len, reverse=True):
        assert fact in text, fact
        text = text.replace(fact, "", 1)
    for pattern in FIXED:
        text = re.sub(pattern, "", text)
    return [line for line in text.splitlines() if re.search(r"\d", line)]


def listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def table(found: list[list[object]]) -> list[str]:
    return ["| " + " | ".join(map(str, row)) + " |" for row in found]


def test_the_card(made: Path, rows: Rows) -> None:
    body = (made / "README.md").read_text(encoding="utf-8").split("\n---\n", 1)[1]
    n = {config: rows.one(f"select count(*) from {config}") for config in CONFIGS}
    tokens = rows.one("select sum(len(tokens)) from sentences")
    splits = [name for name in ("train", "validation", "test") if rows.all(f"from documents where split = '{name}'")]
    digests = {name: entry.content_sha256[:16] for name, entry in read_manifest(made).configs.items()}
    inside = rows.one("select sum(len(entities)) from sentences")
    mentions = rows.one("select count(*) from mentions")
    nested = rows.one(
        "select count(*) from mentions a where exists (from mentions b where a.doc_id = b.doc_id and b.start <= "
        'a.start and b."end" >= a."end" and (b.start < a.start or b."end" > a."end"))'
    )
    first, last, dated = rows.all("select min(published[:10]), max(published[:10]), count(published) from documents")[0]
    similarity, one, other = rows.nearest()
    split_of = dict(rows.all("select doc_id, split from documents"))
    mails = rows.one(r"select sum(len(regexp_extract_all(text, '\w+@\w+\.\w+'))) from documents")
    numbers = rows.one(r"select sum(len(regexp_extract_all(text, '\b0\d{9}\b'))) from documents")
    people = rows.one("select count(distinct author) from annotations where layer_kind <> 'prediction'")
    done = [f"{task} of {sum(rows.statuses(task)[:2])} documents" for task in TASKS]
    kinds = listed(rows.counts("sentences", "kind"))
    facts = [
        f"Version **1.0.0**: {n['documents']} Arabic documents, {n['sentences']} sentences, {tokens} tokens, "
        f"{n['annotations']} annotations of all layers",
        *table([
            [f"`{config}`", *(rows.one(f"select count(*) from {config} where split = '{split}'") for split in splits),
             f"`{digests[config]}…`"]
            for config in CONFIGS
        ]),
        "| tokens | " + " | ".join(
            str(rows.one(f"select sum(len(tokens)) from sentences where split = '{split}'")) for split in splits
        ),
        f"share {100 * similarity:.1f}% of their word 4-grams (Jaccard): `{one}` in {split_of[one]} and `{other}` in "
        f"{split_of[other]}",
        *table([[task, *rows.statuses(task)] for task in TASKS]),
        *table([[*row] for row in rows.layers()]),
        f"({nested} lie in another)",
        f"Of those in `documents`, {mentions - inside} cross the end of a sentence",
        *table(rows.label_statuses()),
        *table([[name, count] for name, count in rows.topics.items()]),
        *table([[name, count] for name, count in rows.outlets.items()]),
        *table([[name, count] for name, count in rows.licences.items()]),
        f"Published from {first} to {last} ({dated} of {n['documents']} documents are dated)",
        f"to {last} where dated", f"from {first}",
        f"e-mail addresses {mails} in 1 documents, telephone numbers {numbers} in 1 documents",
        "| too-short | 1 |",  # of the corpus: no row of the release says it, the table `documents` does
        "| topics | all | alpha | 0.250 | 0.125 – 0.500 | 1 |",  # of the corpus's table `agreement`
        "The annotators of topics differ, without adjudication, in 1 documents",  # hind and omar on the rain
        f"{people} named by pseudonym in `annotations` (expert-generated): {', '.join(done)}",
        f"{n['documents']} documents of {tokens} tokens, {tokens / n['sentences']:.1f} tokens a sentence. Kinds of "
        f"sentences: {kinds}. Most frequent topics: {listed(dict(list(rows.topics.items())[:5]))}",
        "(ontology 1.0.0, ",
    ]
    for split in splits[1:]:
        total, known, names, known_names = rows.seen(split)
        if total:
            facts.append(
                f"Of the entities of {split} (label and words), {known} of {total} mentions "
                f"({100 * known / total:.1f}%) and {known_names} of {names} different ones "
                f"({100 * known_names / names:.1f}%)"
            )
    assert left_over(body, facts) == []
    assert similarity > 0.1 and mails == 2 and numbers == 1 and mentions - inside == 1
    assert any(rows.seen(split)[1] for split in splits[1:])


def test_the_datasheet_and_the_changelog(made: Path, rows: Rows) -> None:
    n = {config: rows.one(f"select count(*) from {config}") for config in CONFIGS}
    tokens = rows.one("select sum(len(tokens)) from sentences")
    characters, pages = rows.all("select sum(length(text)), sum(sightings) from documents")[0]
    mentions = rows.one("select count(*) from mentions")
    crossing = mentions - rows.one("select sum(len(entities)) from sentences")
    missing = [
        rows.one(f"select count(*) from documents where {lacking}")
        for lacking in ("title is null", "url is null", "outlet is null", "published is null", "licence is null",
                        "len(topics) = 0")
    ]
    kinds, labels = listed(rows.counts("sentences", "kind")), listed(rows.counts("mentions", "label"))
    clusters, stories = (rows.counts("documents", name) for name in ("cluster_id", "story_id"))
    clustered = sum(count for count in clusters.values() if count > 1)
    first, last, dated = rows.all("select min(published[:10]), max(published[:10]), count(published) from documents")[0]
    statuses = {task: rows.statuses(task) for task in TASKS}
    stood = [f"{task}: {one[0]} gold, {one[1]} single, {one[2]} silver" for task, one in statuses.items()]
    splits = rows.counts("documents", "split")
    known = {name: count for name, count in rows.outlets.items() if name != "unknown"}
    largest = max(known, key=lambda name: known[name])
    sheet = (made / "DATASHEET.md").read_text(encoding="utf-8")
    unanswered = sum("*Not answered.*" in section for section in sheet.split("\n### ")[1:])
    persons = rows.one("select count(*) from mentions where label = 'PERS'")
    policy, ucd, tokeniser = "1", "16.0.0", read_manifest(made).tokeniser_version
    facts = [
        "مدونة 1.0.0", f"not answered ({unanswered} of 57)",
        f"sentence: {kinds})", f"come from these outlets: {listed(rows.outlets)}",
        f"{n['documents']} documents ({characters} code points), found on {pages} pages; {n['sentences']} sentences "
        f"with {tokens} tokens and {mentions} entity mentions; {n['annotations']} annotations of all layers",
        f"Entities (inventory `news`): {labels}. Topics of documents: {listed(rows.topics)}. Kinds of sentences: "
        f"{kinds}.", "; ".join(stood),
        "Of {} documents, {} have no title, {} no address, {} no outlet, {} no date of publication, {} no known "
        "licence, {} no topic".format(n["documents"], *missing),
        f"`cluster_id`: {len(clusters)} clusters; {clustered} documents share theirs",
        f"`story_id` ({sum(count > 1 for count in stories.values())} stories)",
        "by document: " + ", ".join(f"{one} {splits[one]}" for one in ("train", "validation", "test") if one in splits),
        "documents: " + ", ".join(f"{task} {one[2]}" for task, one in statuses.items()),
        f"{clustered} documents are near duplicates", f"{crossing} entity mention cross the end",
        "without adjudication in 1 cases", f"{n['documents'] - missing[1]} documents also carry the address",
        f"{persons} mention", f"articles ({dated} of {n['documents']}) were published from {first} to {last}",
        f"outlets published ({listed(rows.outlets)})",
        f"cleaning rules {policy}", f"Unicode {ucd}", f"tokeniser {tokeniser}",
        f"outlet ({largest}) gives {100 * known[largest] / n['documents']:.1f}%",
        f"Licences of the texts: {listed(rows.licences)}", "This is version 1.0.0",
    ]
    assert left_over(sheet, facts) == []
    assert clustered == 2 and pages == n["documents"] + 2 and missing[5] > 0
    changelog = (made / "CHANGELOG.md").read_text(encoding="utf-8")
    said = f"The first release: {n['documents']} documents, {n['sentences']} sentences"
    assert left_over(changelog, ["## 1.0.0", said]) == []


def test_the_manifest(made: Path, rows: Rows) -> None:
    """Every value of it that is or has a number."""
    found = json.loads((made / "manifest.json").read_bytes())
    data = "data/{0}/{1}-00000-of-00001.parquet"
    splits = rows.counts("documents", "split")
    first, last = rows.all("select min(published[:10]), max(published[:10]) from documents")[0]
    expected: dict[str, object] = {
        "text_licences": rows.licences,
        "published": [first, last],
        "layers": [
            dict(zip(("task", "kind", "author", "version", "round", "annotations", "documents"), row, strict=True))
            for row in rows.layers()
        ],
        "left_out": {
            "documents": {"too-short": 1},
            "crossing_entities": rows.one("select count(*) from mentions")
            - rows.one("select sum(len(entities)) from sentences"),
            "torn_documents": 0,
        },
        "disputed": {"sentences": 0, "entities": 0, "topics": 1},
        "personal": {"email": 2, "phone": 1},
        "masked": {"email": 0, "phone": 0},
        "splits": {"train": 0.8, "validation": 0.1, "test": 0.1},
        "agreement": [{"task": "topics", "label": "*", "measure": "alpha", "value": 0.25, "low": 0.125, "high": 0.5,
                       "n": 1}],
    }
    assert {name: found[name] for name in expected} == expected
    for config in CONFIGS:
        described = found["configs"][config]
        assert described["splits"].keys() == splits.keys()
        digests = {}
        for split, entry in described["splits"].items():
            file = data.format(config, split)
            assert entry["files"] == [file]
            columns = [row[0] for row in rows.all(f"describe from '{made / file}'")]
            digests[split] = canonical_digest(columns, rows.all(f"from '{made / file}'"))
            assert entry["content_sha256"] == digests[split]
            assert entry["rows"] == found["files"][file]["rows"] == rows.one(f"select count(*) from '{made / file}'")
        lines = "".join(f"{split} {digests[split]}\n" for split in sorted(digests))
        assert described["content_sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    files = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert found["files"].keys() == files - {"manifest.json", "SHA256SUMS"}
    for name, entry in found["files"].items():
        body = (made / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert (entry["rows"] is None) == (not name.endswith(".parquet"))
    numbered = {name for name, value in asdict(read_manifest(made)).items() if re.search(r"\d", str(value))}
    assert numbered - expected.keys() == {
        "version", "ontology", "policy_versions", "ucd_versions", "tokeniser_version", "written_with",
        "configs", "files",
    }


def canonical_digest(columns: list[str], found: list[tuple[Any, ...]]) -> str:
    """As docs/release.md defines it, from DuckDB's rows."""
    state = hashlib.sha256()
    for row in found:
        line = json.dumps(dict(zip(columns, row, strict=True)), sort_keys=True, separators=(",", ":"),
                          ensure_ascii=False)
        state.update(line.encode() + b"\n")
    return state.hexdigest()
