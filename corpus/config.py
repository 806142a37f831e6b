"""The settings of a corpus, as a person writes them in `corpus.toml`."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.personal import KINDS
from schemas.located import Located, TomlSyntaxError, parse_located

FILE_NAME = "corpus.toml"
ANNOTATOR_KINDS = ("expert-generated", "crowdsourced", "machine-generated", "found")
RECORD_FIELDS = ("text", "title", "url", "outlet", "byline", "published", "fetched_at", "licence")

# Field names found in real scrapes, tried in this order where corpus.toml does not say.
DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "body", "article", "article_text", "content_text"),
    "title": ("title", "headline"),
    "url": ("url", "link", "source_url"),
    "outlet": ("outlet", "source", "site", "sitename", "publisher"),
    "byline": ("byline", "author", "authors"),
    "published": ("published", "date", "published_at", "date_published", "pub_date"),
    "fetched_at": ("fetched_at", "date_extracted", "crawled_at", "scraped_at", "date_download"),
    "licence": ("licence", "license"),
}


_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")  # what the Hugging Face Hub allows


class ConfigError(ValueError):
    """`corpus.toml` says something it cannot mean; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class AboutConfig:
    """`[corpus]`: what the card, the datasheet and the citation say.

    `annotators` says who the annotators are, in the Hub's words: one of `ANNOTATOR_KINDS`.
    """

    name: str = "corpus"
    title: str = ""
    description: str = ""
    maintainers: tuple[str, ...] = ()
    contact: str = ""
    homepage: str = ""
    licence: str = ""
    country: str = ""
    annotators: str = "expert-generated"


@dataclass(frozen=True, slots=True)
class SourcesConfig:
    """`[sources]`: what pages that do not say it themselves come from, and which record fields mean what."""

    outlet: str = ""
    licence: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_COLUMNS)


@dataclass(frozen=True, slots=True)
class AnnotationConfig:
    """`[annotation]`: the label inventory, who makes suggestions (most trusted first), and what of them to keep."""

    ontology: str = ""
    inventory: str = "news"
    min_score: float = 0.0
    entities: tuple[str, ...] = ("mudawwana",)
    topics: str = "mudawwana"


@dataclass(frozen=True, slots=True)
class ReleaseConfig:
    """`[release]`: shares of the splits (they add up to 1) by name."""

    splits: Mapping[str, float] = field(
        default_factory=lambda: {"train": 0.8, "validation": 0.1, "test": 0.1}
    )


@dataclass(frozen=True, slots=True)
class PrivacyConfig:
    """`[privacy]`: kinds of personal data that a build masks in texts, of `corpus.personal.KINDS`."""

    redact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """All of `corpus.toml`; every part has a default."""

    corpus: AboutConfig = AboutConfig()
    sources: SourcesConfig = field(default_factory=SourcesConfig)
    annotation: AnnotationConfig = AnnotationConfig()
    release: ReleaseConfig = field(default_factory=ReleaseConfig)
    datasheet: Mapping[str, str] = field(default_factory=dict)
    privacy: PrivacyConfig = PrivacyConfig()


@dataclass(slots=True)
class _Reader:
    """Reads the values of a located TOML file, gathering every problem."""

    file: Located
    problems: list[str] = field(default_factory=list)

    def table(self, name: str, known: tuple[str, ...] | None) -> Mapping[str, object]:
        """The table `name`; keys outside `known` are problems."""
        value = self.file.content.get(name, {})
        if not isinstance(value, dict):
            self.say((name,), f"'{name}' is not a table", f"write [{name}]")
            return {}
        for key in value:
            if known is not None and key not in known:
                self.say((name, key), f"unknown key '{key}' in [{name}]", f"known keys: {', '.join(known)}")
        return value

    def say(self, path: tuple[str | int, ...], reason: str, remedy: str) -> None:
        self.problems.append(self.file.problem(path, reason, remedy))

    def text(self, table: str, values: Mapping[str, object], key: str, default: str) -> str:
        value = values.get(key, default)
        if not isinstance(value, str):
            self.say((table, key), f"'{key}' is not a text", 'write it in quotes: "…"')
            return default
        return value

    def texts(self, path: tuple[str, ...], value: object, default: tuple[str, ...]) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            self.say(path, f"'{path[-1]}' is not a list of texts", 'write ["…", "…"]')
            return default
        return tuple(values)


def parse_config(text: str, name: str = FILE_NAME) -> CorpusConfig:
    """The settings that a `corpus.toml` gives; what it leaves out has its default.

    Raises:
        ConfigError: with a line `FILE:LINE: reason; what to do` for each problem.
    """
    try:
        read = _Reader(parse_located(text, name))
    except TomlSyntaxError as error:
        raise ConfigError(str(error)) from error
    parts = ("corpus", "sources", "annotation", "release", "datasheet", "privacy")
    for key in read.file.content:
        if key not in parts:
            read.say((key,), f"unknown part '{key}'", f"known parts: {', '.join(parts)}")
    config = CorpusConfig(
        _about(read), _sources(read), _annotation(read), _release(read), _datasheet(read), _privacy(read)
    )
    if read.problems:
        raise ConfigError("\n".join(read.problems))
    return config


def _about(read: _Reader) -> AboutConfig:
    plain = ("title", "description", "contact", "homepage", "licence", "country")
    keys = ("name", "maintainers", "annotators", *plain)
    values = read.table("corpus", keys)
    texts = {key: read.text("corpus", values, key, "") for key in plain}
    name = read.text("corpus", values, "name", "corpus")
    if not _NAME.fullmatch(name):
        remedy = "use Latin letters, digits, '-', '_' and '.', a letter or digit first"
        read.say(("corpus", "name"), f"'{name}' cannot name a dataset", remedy)
    annotators = read.text("corpus", values, "annotators", "expert-generated")
    if annotators not in ANNOTATOR_KINDS:
        read.say(("corpus", "annotators"), f"unknown kind '{annotators}'", f"known: {', '.join(ANNOTATOR_KINDS)}")
    maintainers = read.texts(("corpus", "maintainers"), values.get("maintainers", []), ())
    return AboutConfig(name=name, maintainers=maintainers, annotators=annotators, **texts)


def _sources(read: _Reader) -> SourcesConfig:
    values = read.table("sources", ("outlet", "licence", "columns"))
    columns = dict(DEFAULT_COLUMNS)
    given = values.get("columns", {})
    if not isinstance(given, dict):
        read.say(("sources", "columns"), "'columns' is not a table", "write [sources.columns]")
        given = {}
    for key, value in given.items():
        if key not in RECORD_FIELDS:
            known = ", ".join(RECORD_FIELDS)
            read.say(("sources", "columns", key), f"unknown field '{key}'", f"known fields: {known}")
            continue
        columns[key] = read.texts(("sources", "columns", key), value, columns[key])
    if not columns["text"]:
        read.say(("sources", "columns", "text"), "no field holds the text", 'name one: text = ["content"]')
    outlet, licence = (read.text("sources", values, key, "") for key in ("outlet", "licence"))
    return SourcesConfig(outlet, licence, columns)


def _annotation(read: _Reader) -> AnnotationConfig:
    values = read.table("annotation", ("ontology", "inventory", "min_score", "entities", "topics"))
    score = values.get("min_score", 0.0)
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 1:
        read.say(("annotation", "min_score"), f"{score!r} is no probability", "give a number from 0 to 1")
        score = 0.0
    ontology = read.text("annotation", values, "ontology", "")
    usual = AnnotationConfig()
    entities = read.texts(("annotation", "entities"), values.get("entities", list(usual.entities)), usual.entities)
    if not entities:
        read.say(("annotation", "entities"), "nobody suggests entities", 'name one: entities = ["mudawwana"]')
    topics = read.text("annotation", values, "topics", usual.topics)
    inventory = read.text("annotation", values, "inventory", usual.inventory)
    return AnnotationConfig(ontology, inventory, float(score), entities, topics)


def _release(read: _Reader) -> ReleaseConfig:
    values = read.table("release", ("splits",))
    splits = values.get("splits")
    if splits is None:
        return ReleaseConfig()
    allowed = ("train", "validation", "test")
    if (
        not isinstance(splits, dict)
        or not splits
        or not all(name in allowed for name in splits)
        or not all(isinstance(share, int | float) and 0 < share <= 1 for share in splits.values())
        or any(isinstance(share, bool) for share in splits.values())
        or abs(sum(splits.values()) - 1) > 1e-6
    ):
        read.say(
            ("release", "splits"),
            f"{splits!r} are no shares of {', '.join(allowed)}",
            "write splits = { train = 0.8, validation = 0.1, test = 0.1 }, adding up to 1",
        )
        return ReleaseConfig()
    return ReleaseConfig({name: float(splits[name]) for name in allowed if name in splits})


def _datasheet(read: _Reader) -> Mapping[str, str]:
    values = read.table("datasheet", None)
    return {key: read.text("datasheet", values, key, "") for key in values}


def _privacy(read: _Reader) -> PrivacyConfig:
    values = read.table("privacy", ("redact",))
    kinds = read.texts(("privacy", "redact"), values.get("redact", []), ())
    for kind in kinds:
        if kind not in KINDS:
            read.say(("privacy", "redact"), f"unknown kind '{kind}'", f"known kinds: {', '.join(KINDS)}")
    return PrivacyConfig(tuple(kind for kind in KINDS if kind in kinds))


def read_config(root: Path) -> CorpusConfig:
    """The settings of the corpus in `root`.

    Raises:
        ConfigError: if `corpus.toml` is missing, not UTF-8 or says something it cannot mean.
    """
    path = root / FILE_NAME
    try:
        return parse_config(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode("utf-8"), str(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{root} holds no {FILE_NAME}; make a corpus here with 'mudawwana init {root}'") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give yourself permission") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def find_root(start: Path) -> Path:
    """The corpus folder that `start` lies in, as git finds its repository.

    Raises:
        ConfigError: if there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ConfigError(
        f"no {FILE_NAME} in {start.resolve()} or above it; make a corpus with 'mudawwana init DIR', or name one "
        "with --corpus DIR"
    )


TEMPLATE = """\
# Settings of this corpus. Every key may be left out; the values shown are the defaults or examples.

[corpus]
name = "{name}"             # name of the dataset: letters, digits, - _ .
title = ""
description = ""
maintainers = []            # ["Name <mail@example.org>"]
contact = ""
homepage = ""
licence = ""                # licence of the annotations, an SPDX id such as "CC-BY-4.0"
annotators = "expert-generated"  # who corrects: or "crowdsourced", "machine-generated", "found"
country = ""                # ISO 3166 code, such as "MA", for language ar-MA in the card

[sources]
outlet = ""                 # newspaper or site of pages that do not say theirs
licence = ""                # licence of texts that do not say theirs; without one, releases stay local

[sources.columns]           # which fields of a record (jsonl, csv, parquet) hold what; the first found counts
# text = ["content"]
# title = ["title"]
# url = ["url"]
# outlet = ["source"]
# byline = ["author"]
# published = ["date"]
# licence = ["licence"]

[annotation]
ontology = ""               # path of an ontology of your own; empty: the one of mudawwana
inventory = "news"          # which of its entity inventories to annotate with
min_score = 0.0             # leave out suggestions less certain than this
# Who suggests, most trusted first: mudawwana, transformers:MODEL (name or folder), or a package's own pre-annotator.
# entities = ["mudawwana"]
# topics = "mudawwana"

[release]
splits = {{ train = 0.8, validation = 0.1, test = 0.1 }}

[privacy]
redact = []                 # mask in texts: ["email", "phone"]; changes the texts, so do it before annotating

[datasheet]                 # answers only a person can give; "mudawwana datasheet --ask" asks for them
"""
