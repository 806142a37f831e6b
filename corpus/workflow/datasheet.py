"""`mudawwana datasheet`: what only a person can answer, asked and written into `corpus.toml`."""

from __future__ import annotations

import codecs
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from corpus.config import FILE_NAME, ConfigError, parse_config, read_config
from corpus.release.datasheet import Question, questions, statements, unanswered_questions
from corpus.store import atomic_write


def open_questions(root: Path) -> list[Question]:
    """The questions of the corpus in `root` that wait for a person's answer, in their order.

    Raises:
        ConfigError: if `corpus.toml` cannot be read.
    """
    config = read_config(root)
    return unanswered_questions(config.corpus, config.datasheet)


def find_question(id_: str) -> Question:
    """The question of this id.

    Raises:
        ConfigError: if there is none, with the list of those that are.
    """
    known = {question.id: question for question in (*questions(), *statements())}
    if id_ not in known:
        raise ConfigError(f"the datasheet has no question '{id_}'; it has: {', '.join(known)}")
    return known[id_]


def write_answer(root: Path, id_: str, answer: str) -> None:
    """Write an answer into `[datasheet]` of `corpus.toml`; every other character of the file stays as it is.

    Raises:
        ConfigError: if the file cannot be read, or there is no such question.
    """
    find_question(id_)
    path = root / FILE_NAME
    before = read_config(root)
    body = path.read_bytes()
    bom = codecs.BOM_UTF8 if body.startswith(codecs.BOM_UTF8) else b""
    text = set_answer(body.removeprefix(bom).decode(), id_, answer)
    after = parse_config(text, str(path))
    if after.datasheet != {**before.datasheet, id_: answer}:
        raise ConfigError(f"{path}: the answer to '{id_}' cannot be written here; write it under [datasheet] by hand")
    atomic_write(path, bom + text.encode())


def set_answer(text: str, id_: str, answer: str) -> str:
    """The text of a `corpus.toml` with one answer more, or another one.

    Raises:
        ConfigError: if `text` is not TOML.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"corpus.toml is not valid TOML ({error}); correct it first") from error
    if "datasheet" not in document:
        if text and not text.endswith("\n"):
            document.add(tomlkit.nl())
        document.add("datasheet", tomlkit.table())
    document["datasheet"][id_] = tomlkit.string(answer, multiline="\n" in answer)
    return tomlkit.dumps(document)
