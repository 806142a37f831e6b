"""Cleaning, normalisation, segmentation and tokens beside their peers: the same bytes, one run, one core.

Boundary F1 counts inner sentence ends only, by the letters before them, so that tools may trim as they like. Speed is
megabytes of UTF-8 per second of processor time, the best of three passes after a warming one; the peak is what Python
allocates in one pass more. A peer that is not installed is named and left out. `make bench-text` installs the peers
into a folder of their own and writes the tables into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import json
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotation.notation import parse_articles
from bench.pages import write_block
from corpus.clean import PAGES_AT_ONCE, KnownPage, clean_pages
from corpus.segment.sentences import segment, split_line
from corpus.segment.tokens import token_offsets, tokens_of
from corpus.text.edits import Edit, compose
from corpus.text.normalise import normalise, tidy

ROOT = Path(__file__).parents[1]
PASSES = 3
SLOW_MEGABYTES = 0.4
"""How much of the text the tools get that would take minutes on all of it."""

Split = Callable[[str], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A way to split a text into ranges of code points; `slow` ones are timed on less text."""

    name: str
    split: Split
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """Texts with their sentences, in order."""

    name: str
    texts: tuple[tuple[str, tuple[str, ...]], ...]


# ---- sentence splitters


def regex_tool() -> Tool:
    """The bare regular expression: stop marks, what closes, white space."""
    stop = re.compile(r"[.!?؟…]+[»”’\"')\]]*(?:\s+|$)")

    def split(text: str) -> list[tuple[int, int]]:
        ranges, start = [], 0
        for match in stop.finditer(text):
            ranges.append((start, match.end()))
            start = match.end()
        if start < len(text):
            ranges.append((start, len(text)))
        return ranges

    return Tool("bare regex", split)


def icu_tool() -> Tool:
    icu = importlib.import_module("icu")
    iterator = icu.BreakIterator.createSentenceInstance(icu.Locale("ar"))

    def split(text: str) -> list[tuple[int, int]]:
        iterator.setText(text)
        ends = list(iterator)
        return list(zip([0, *ends], ends, strict=False))

    return Tool("ICU BreakIterator", split)


def blingfire_tool() -> Tool:
    blingfire = importlib.import_module("blingfire")

    def split(text: str) -> list[tuple[int, int]]:
        return list(blingfire.text_to_sentences_and_offsets(text)[1])

    return Tool("blingfire", split)


def spacy_tool() -> Tool:
    spacy = importlib.import_module("spacy")
    nlp = spacy.blank("ar")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 100_000_000

    def split(text: str) -> list[tuple[int, int]]:
        return [(one.start_char, one.end_char) for one in nlp(text).sents]

    return Tool("spaCy sentencizer", split, slow=True)


def pysbd_tool() -> Tool:
    pysbd = importlib.import_module("pysbd")
    segmenter = pysbd.Segmenter(language="ar", clean=False)

    def split(text: str) -> list[tuple[int, int]]:
        ranges, at = [], 0
        for line in text.split("\n"):
            for piece in segmenter.segment(line) if line.strip() else ():
                words = piece.strip()
                start = text.find(words, at) if words else -1
                if start >= 0:
                    at = start + len(words)
                    ranges.append((start, at))
        return ranges

    return Tool("pysbd", split, slow=True)


def punkt_tool(train: Sequence[str]) -> Tool:
    punkt = importlib.import_module("nltk.tokenize.punkt")

    class Arabic(punkt.PunktLanguageVars):  # type: ignore[misc, name-defined]
        sent_end_chars = (".", "?", "!", "؟", "…")

    trainer = punkt.PunktTrainer(lang_vars=Arabic())
    trainer.train("\n".join(train), finalize=True)
    tokenizer = punkt.PunktSentenceTokenizer(trainer.get_params(), lang_vars=Arabic())
    return Tool("punkt, trained", lambda text: list(tokenizer.span_tokenize(text)), slow=True)


def our_tool() -> Tool:
    return Tool("mudawwana", split_line)


def sentence_tools(train: Sequence[str]) -> Iterator[Tool]:
    """Ours and every peer that is installed."""
    yield our_tool()
    for make in (regex_tool, icu_tool, blingfire_tool, spacy_tool, pysbd_tool, lambda: punkt_tool(train)):
        try:
            yield make()
        except ImportError as error:
            print(f"left out: {error.name} is not installed", flush=True)


# ---- gold


def _squeezed(text: str) -> int:
    return sum(map(len, text.split()))


def inner_ends(text: str, ranges: Iterable[tuple[int, int]]) -> set[int]:
    """The sentence ends inside a text, as numbers of characters that are not white space before them."""
    ends, at, count = set(), 0, 0
    for start, end in ranges:
        if not text[start:end].strip():
            continue
        count += _squeezed(text[at:end])
        at = end
        ends.add(count)
    return ends - {_squeezed(text)}


def f1(tool: Tool, gold: Gold) -> float:
    """F1 of the inner sentence ends, in per cent."""
    right = found = wanted = 0
    for text, sentences in gold.texts:
        expected, total = set(), 0
        for sentence in sentences:
            total += _squeezed(sentence)
            expected.add(total)
        expected.discard(_squeezed(text))
        given = inner_ends(text, tool.split(text))
        right, found, wanted = right + len(expected & given), found + len(given), wanted + len(expected)
    return 100 * 2 * right / (found + wanted) if found + wanted else 100.0


def _pud(folder: Path) -> Iterator[Gold]:
    documents: dict[str, list[str]] = {}
    with gzip.open(folder / "ud_pud" / "ar_pud-ud-test.conllu.gz", "rt", encoding="utf-8") as lines:
        name = ""
        for line in lines:
            if line.startswith("# sent_id = "):
                name = line.split("= ")[1].strip()[:-3]
            elif line.startswith("# text = "):
                documents.setdefault(name, []).append(line.partition("= ")[2].strip())
    yield Gold("PUD, per document", tuple((" ".join(one), tuple(one)) for one in documents.values()))
    everything = [sentence for one in documents.values() for sentence in one]
    yield Gold("PUD, joined", ((" ".join(everything), tuple(everything)),))


def _padt(folder: Path) -> Iterator[Gold]:
    units = [line.strip() for line in (folder / "padt_ud_test" / "ar_padt-ud-test.txt").read_text("utf-8").split("\n")]
    units = [unit for unit in units if unit]
    yield Gold("PADT, joined by spaces", ((" ".join(units), tuple(units)),))
    yield Gold("PADT, line breaks", (("\n".join(units), tuple(units)),))


def _golden_rules(folder: Path) -> Iterator[Gold]:
    cases = [
        (case["text"], tuple(case["sentences"]))
        for case in json.loads((folder / "golden_rules" / "pysbd_ar.json").read_text("utf-8"))
    ]
    for block in (folder / "golden_rules" / "sentencex_ar.txt").read_text("utf-8").split("\n===\n"):
        text, rule, sentences = "\n".join(x for x in block.split("\n") if not x.startswith("#")).partition("\n---\n")
        if rule:
            cases.append((text.strip(), tuple(filter(None, map(str.strip, sentences.split("\n"))))))
    yield Gold("golden rules", tuple(cases))


def _samples() -> Iterator[Gold]:
    texts = []
    for path in sorted((ROOT / "corpus" / "samples" / "gold").glob("*.gold")):
        for article in parse_articles(path.read_text("utf-8").split("\n")):
            body = [one for one in article.sentences if one.kind != "title"]
            if len(body) > 1:
                text = article.text[body[0].start : body[-1].end]
                texts.append((text, tuple(article.text[one.start : one.end] for one in body)))
    yield Gold("our samples, without titles", tuple(texts))


# ---- speed


def real_articles(shared: Path) -> list[tuple[str, str]]:
    """Titles and texts of scraped articles of four collections."""
    folder = shared / "data" / "articles"
    found: list[tuple[str, str]] = []
    for path in sorted((folder / "saudinewsnet").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                found += [(one["title"], one["content"]) for one in json.loads(archive.read(name))]
    with (folder / "hespress_2022" / "hespress_articles.csv").open(encoding="utf-8", newline="") as rows:
        found += [(row["title"], row["content"]) for row in csv.DictReader(rows)]
    for path in sorted((folder / "marsum_goud").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [(one["summary"], one["text"]) for one in map(json.loads, lines)]
    flat = ((" ".join(title.split()), content) for title, content in found if content.strip())
    return [(title, f"{title}\n{content}") for title, content in flat]


def megabytes(texts: Iterable[str]) -> float:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6


def speed(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """Megabytes a second of processor time, and the peak of allocated memory in megabytes."""
    for text in texts[: len(texts) // 10 + 1]:
        work(text)
    best = float("inf")
    for _ in range(PASSES):
        started = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - started)
    tracemalloc.start()
    for text in texts[:200]:
        work(text)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return megabytes(texts) / best, peak


def some(texts: Sequence[str], limit: float) -> list[str]:
    """The first texts that have `limit` megabytes together."""
    chosen, size = [], 0.0
    for text in texts:
        if size >= limit:
            break
        chosen.append(text)
        size += megabytes([text])
    return chosen


def all_steps(articles: Sequence[tuple[str, str]]) -> None:
    """What `corpus.pipeline` does with the texts of pages, with the alignment: normalise, clean, segment, tokenise."""
    normal = [normalise(page) for _, page in articles]
    known = [KnownPage(text, title) for (title, _), (text, _) in zip(articles, normal, strict=True)]
    found = [(nth, one) for nth, own in enumerate(clean_pages(known)) for one in own]
    tidied = [
        tidy(normal[nth][0], [Edit(part.start, part.end, "", part.rule) for part in one.removals]) for nth, one in found
    ]
    for (nth, _), (_, cleaning) in zip(found, tidied, strict=True):
        compose(normal[nth][1], cleaning, normal[nth][0])
    for (_, one), (text, _) in zip(found, tidied, strict=True):
        segment(text, one.line_kinds)
    tokens_of([text for text, _ in tidied])


def steps_speed(articles: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """As `speed`, for all steps together; one pass, because lines seen before are remembered.

    As many pages at once as a build takes.
    """
    all_steps(articles[:100])
    timed = articles[100:]
    batches = [timed[start : start + PAGES_AT_ONCE] for start in range(0, len(timed), PAGES_AT_ONCE)]
    started = time.process_time()
    for batch in batches:
        all_steps(batch)
    seconds = time.process_time() - started
    tracemalloc.start()
    for batch in batches[:3]:
        all_steps(batch)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return megabytes(page for _, page in timed) / seconds, peak


def other_peers() -> Iterator[tuple[str, str, Callable[[str], object]]]:
    """Normalisers and tokenisers, ours first: kind, name, work."""
    yield "normaliser", "mudawwana: NFC, line ends, presentation forms, with edits", normalise
    for name, call in (
        ("camel-tools: normalize_unicode", ("camel_tools.utils.normalize", "normalize_unicode")),
        ("pyarabic: strip_tashkeel", ("pyarabic.araby", "strip_tashkeel")),
        ("pyarabic: normalize_ligature", ("pyarabic.araby", "normalize_ligature")),
    ):
        yield from _peer("normaliser", name, *call)
    yield "tokeniser", "mudawwana: tokens with offsets", token_offsets
    for name, call in (
        ("camel-tools: simple_word_tokenize", ("camel_tools.tokenizers.word", "simple_word_tokenize")),
        ("pyarabic: tokenize", ("pyarabic.araby", "tokenize")),
        ("nltk: wordpunct_tokenize", ("nltk.tokenize", "wordpunct_tokenize")),
    ):
        yield from _peer("tokeniser", name, *call)


def _peer(kind: str, name: str, module: str, function: str) -> Iterator[tuple[str, str, Callable[[str], object]]]:
    try:
        yield kind, name, getattr(importlib.import_module(module), function)
    except ImportError as error:
        print(f"left out: {name}: {error}", flush=True)


# ---- report


def report(shared: Path) -> str:
    """The tables, as Markdown."""
    folder = shared / "data" / "sentences"
    golds = [*_pud(folder), *_golden_rules(folder), *_samples(), *_padt(folder)]
    articles = real_articles(shared)[::4]
    texts = ["\n".join(" ".join(line.split()) for line in page.split("\n") if line.strip()) for _, page in articles]
    slow = some(texts, SLOW_MEGABYTES)
    tools = list(sentence_tools(texts[:300]))
    lines = [
        "| sentences | " + " | ".join(gold.name for gold in golds) + " | MB/s | peak MB |",
        "|---|" + "---|" * (len(golds) + 2),
    ]
    for tool in tools:
        print(tool.name, flush=True)
        scores = [f"{f1(tool, gold):.1f}" for gold in golds]
        rate, peak = speed(tool.split, slow if tool.slow else texts)
        lines.append(f"| {tool.name} | {' | '.join(scores)} | {rate:.3g} | {peak:.2g} |")
    lines += ["", "| the rest | MB/s | peak MB |", "|---|---|---|"]
    rate, peak = steps_speed(articles)
    lines.append(f"| mudawwana: normalise, clean, segment, tokenise, with the alignment | {rate:.3g} | {peak:.2g} |")
    for kind, name, work in other_peers():
        print(name, flush=True)
        rate, peak = speed(work, texts if name.startswith("mudawwana") else slow)
        lines.append(f"| {kind}: {name} | {rate:.3g} | {peak:.2g} |")
    size = f"{len(texts):,} real articles, {megabytes(texts):.1f} MB"
    note = (
        f"Boundary F1 (inner sentence ends) and speed on {size}; processor time of one core, all in one run. On a "
        "shared machine compare figures of one table with each other only."
    )
    return "\n".join([note, "", *lines])


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/sentences and data/articles")
    options = parser.parse_args()
    if not (options.shared / "data" / "sentences").is_dir():
        parser.error(f"no data to measure on: {options.shared}/data/sentences is missing")
    tables = report(options.shared)
    print(tables)
    write_block("text", tables)


if __name__ == "__main__":
    main()
