"""The annotation page in Chromium: Arabic, right to left, and what a hand does there is what a pull brings."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from annotation.labelstudio.client import Address, Client
from corpus.config import CorpusConfig
from corpus.release.source import read_corpus
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from schemas.ontology import load_ontology
from tests.annotation.labelstudio.browser import Page, chromium
from tests.annotation.labelstudio.conftest import Live, pull_now, push_now

ARTICLE = {
    "url": "https://example.org/seed",
    "title": "المغرب وقطر يوقعان اتفاقا في الدوحة",
    "text": (
        "قالت الوزيرة 😀 سلمى الراشدي إن الاتفاق مع وزارة الصحة القطرية مهم. وأضافت أن مدينة الدوحة ستستضيف اللقاء.\n"
        "واعتبر محمد ستري، أستاذ العلوم السياسية، أن نصيحة‌اليوم مفيدة لسكان الرباط."
    ),
    "source": "جريدة الاختبار",
    "date": "2026-01-12",
}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A corpus of one article."""
    page = tmp_path / "page.jsonl"
    page.write_text(json.dumps(ARTICLE, ensure_ascii=False) + "\n", "utf-8")
    root = tmp_path / "corpus"
    init_corpus(root, "seed")
    build(root, CorpusConfig(), [str(page)], jobs=1, progress=lambda *_: None)
    return root


def test_what_is_done_in_the_browser_is_what_arrives(live: Live, seed: Path) -> None:
    pushed = push_now(seed)
    client = Client(Address(live.server.url, live.server.token))
    (task,) = client.tasks(pushed.project)
    text = str(task.data["text"])
    with chromium() as driver:
        page = Page(driver, live.server.url)
        page.sign_in(live.server.username, live.server.password)
        page.open_task(pushed.project, task.id)
        check_layout(driver)
        expected = [key(one) for one in page.regions() if one["type"] == "labels"]

        emoji_word = at(text, "سلمى الراشدي")
        old = overlapping(expected, emoji_word, "label")
        for one in old:
            remove(page, one)
            expected.remove(one)
        page.key("1")
        page.drag(*emoji_word)
        expected.append(("label", *emoji_word, "PERS"))
        assert spans(page) == sorted(expected), "a selection after an emoji"

        name = at(text, "محمد ستري")
        if ("label", *name, "PERS") not in expected:
            for one in overlapping(expected, name, "label"):
                remove(page, one)
                expected.remove(one)
            page.key("1")
            page.drag(*name)
            expected.append(("label", *name, "PERS"))
        page.click(name[0], name[0] + 4)
        page.resize(name, (name[0], name[1] - 5))
        expected.remove(("label", *name, "PERS"))
        expected.append(("label", name[0], name[1] - 5, "PERS"))
        assert spans(page) == sorted(expected), "a resized span"

        outer, inner = at(text, "وزارة الصحة القطرية"), at(text, "القطرية")
        for one in overlapping(expected, outer, "label"):
            remove(page, one)
            expected.remove(one)
        page.key("2")
        page.drag(*outer)
        page.key("6")
        page.drag(*inner)
        expected += [("label", *outer, "ORG"), ("label", *inner, "NORP")]
        assert spans(page) == sorted(expected), "an entity inside another"

        sentence = next(one for one in expected if one[0] == "sentence" and text[one[1] :].startswith("وأضافت"))
        for one in overlapping(expected, sentence[1:3], "label"):
            remove(page, one)
            expected.remove(one)
        remove(page, sentence)
        expected.remove(sentence)
        assert spans(page) == sorted(expected), "a sentence taken away"
        page.key("r")
        page.drag(sentence[1], sentence[2])
        expected.append(sentence)
        assert spans(page) == sorted(expected), "and drawn again"

        topics = load_ontology().topic_codes
        chosen = [one["value"]["choices"] for one in page.regions() if one["from_name"] == "topic"]
        if chosen != [["politics-government"]]:
            page.key("x")
        page.choose("topics", "صحة")
        shown = [one["value"]["choices"] for one in page.regions() if one["from_name"] == "topic"]
        assert shown == [["politics-government"]] and "politics-government" in topics
        page.submit()
    pulled = pull_now(seed)
    assert pulled.rejects == () and pulled.submitted == 1
    tables = read_corpus(seed)
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist() if row["kind"] == "annotation"}
    found = sorted(
        (("sentence" if row["kind"] else "label"), row["start"], row["end"], row["kind"] or row["label"])
        for row in tables.spans.to_pylist()
        if row["layer_id"] in layers
    )
    assert found == sorted(expected)
    assert all(row["surface"] == text[row["start"] : row["end"]] for row in tables.spans.to_pylist())
    named = [(row["rank"], row["label"]) for row in tables.topics.to_pylist() if row["layer_id"] in layers]
    assert named[0] == (0, "politics-government") and "health" in [label for _, label in named]
    redrawn = next(row for row in tables.spans.to_pylist() if row["layer_id"] in layers and row["start"] == name[0])
    assert redrawn["producer"] == "annotator-01"


def check_layout(driver: Any) -> None:
    """Labels are in Arabic, the text runs from right to left in a readable size."""
    bar = driver.find_element("css selector", ".mw-bar").text
    assert "شخص" in bar and "PERS" not in bar
    style = driver.execute_script(
        "const s = getComputedStyle(document.querySelector('.mw-text [class*=richtext]'));"
        "return [s.direction, parseFloat(s.fontSize), s.textAlign];"
    )
    assert style[0] == "rtl" and style[1] >= 18 and style[2] in ("right", "start")


def at(text: str, words: str) -> tuple[int, int]:
    """Where words stand, in code points."""
    start = text.index(words)
    return start, start + len(words)


def key(region: dict[str, Any]) -> tuple[Any, ...]:
    """A region as (control, start, end, label)."""
    value = region["value"]
    return (region["from_name"], value.get("start"), value.get("end"), *value.get("labels", value.get("choices", ())))


def spans(page: Page) -> list[tuple[Any, ...]]:
    """The labelled regions of the page."""
    return sorted(key(one) for one in page.regions() if one["type"] == "labels")


def overlapping(regions: list[tuple[Any, ...]], where: tuple[int, int], control: str) -> list[tuple[Any, ...]]:
    """The regions of a control that share text with a range."""
    return [one for one in regions if one[0] == control and one[1] < where[1] and where[0] < one[2]]


def remove(page: Page, region: tuple[Any, ...]) -> None:
    """Click on a region and delete it by the key."""
    page.select(region[1], region[2], region[3])
    page.key("Backspace")
    time.sleep(0.3)


def test_chromium_is_there() -> None:
    assert shutil.which("chromium"), "install Debian's chromium and chromium-driver, or run 'make setup' as root"
