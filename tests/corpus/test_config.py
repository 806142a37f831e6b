"""corpus.toml: what it may say, and what is said when it is wrong."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.config import (
    DEFAULT_COLUMNS,
    TEMPLATE,
    AboutConfig,
    AnnotationConfig,
    ConfigError,
    CorpusConfig,
    PrivacyConfig,
    ReleaseConfig,
    SourcesConfig,
    find_root,
    parse_config,
    read_config,
)

CASES = Path(__file__).parents[1] / "cases/config"
WRONG = tomllib.loads((CASES / "wrong.toml").read_text("utf-8"))["wrong"]


def test_all_that_can_be_said() -> None:
    config = parse_config((CASES / "good.toml").read_text("utf-8"))
    assert config == CorpusConfig(
        AboutConfig(
            "akhbar-1", "أخبار", "وصف", ("سلمى <salma@example.org>",), "salma@example.org", "https://example.org",
            "CC-BY-4.0", "MA",
        ),
        SourcesConfig(
            "صحيفة الواحة",
            "CC0-1.0",
            {**DEFAULT_COLUMNS, "text": ("متن",), "title": ("عنوان", "title"), "byline": ()},
        ),
        AnnotationConfig("labels.toml", "conll", 0.5, ("transformers:models/ner", "mudawwana"), "own"),
        ReleaseConfig({"train": 0.9, "test": 0.1}),
        {"why": "للتجربة"},
        PrivacyConfig(("phone",)),
    )  # fmt: skip


def test_nothing_needs_to_be_said() -> None:
    assert parse_config("") == CorpusConfig()


def test_the_template_says_the_defaults() -> None:
    default = CorpusConfig()
    expected = replace(default, corpus=replace(default.corpus, name="akhbar"))
    assert parse_config(TEMPLATE.format(name="akhbar")) == expected


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in WRONG])
def test_what_is_wrong_is_said_with_its_line(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(case["text"], "FILE")
    assert str(caught.value) == case["message"].strip("\n")


def test_a_file_from_a_windows_editor(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes(b"\xef\xbb\xbf[corpus]\r\nname = \"akhbar\"\r\n")
    assert read_config(tmp_path).corpus.name == "akhbar"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds no corpus.toml; make a corpus here with 'mudawwana init {tmp_path}'"
    )
    path = tmp_path / "corpus.toml"
    path.write_bytes("[corpus]\ntitle = 'أخبار'".encode("cp1256"))
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert str(caught.value) == f"{path}: byte 18 is not UTF-8; save the file as UTF-8"
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert str(caught.value) == f"{path}: cannot be read (Is a directory); give yourself permission"


def test_a_corpus_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text("")
    below = tmp_path / "pages/2026"
    below.mkdir(parents=True)
    assert find_root(below) == tmp_path.resolve()
    assert find_root(tmp_path) == tmp_path.resolve()


def test_no_corpus_above(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find_root(tmp_path)
    assert str(caught.value) == (
        f"no corpus.toml in {tmp_path.resolve()} or above it; make a corpus with 'mudawwana init DIR', or name one "
        "with --corpus DIR"
    )
