"""Chromium on the annotation page, used as an annotator uses it: with the mouse and an Arabic keyboard."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=ar",
)  # fmt: skip

# What the keys of an Arabic (101) layout send: the character, the physical key, and the code that pages listen to.
ARABIC_KEYS = {
    **{str(digit): (chr(0x660 + digit), f"Digit{digit}", 48 + digit) for digit in range(10)},
    "-": ("-", "Minus", 189), "=": ("=", "Equal", 187),
    **{
        latin: (arabic, f"Key{latin.upper()}", ord(latin.upper()))
        for latin, arabic in zip(
            "qwertyuiopasdfghjklzxcvbnm",
            ("ض", "ص", "ث", "ق", "ف", "غ", "ع", "ه", "خ", "ح", "ش", "س", "ي", "ب", "ل", "ا", "ت", "ن", "م",
             "ئ", "ء", "ؤ", "ر", "لا", "ى", "ة"),
            strict=True,
        )
    },
    "Backspace": ("Backspace", "Backspace", 8), "Enter": ("Enter", "Enter", 13), "Escape": ("Escape", "Escape", 27),
}  # fmt: skip

# The article's text nodes with the line breaks between its lines, which are no text nodes; offsets in code points.
_RANGE = """
const [start, end] = arguments;
let at = 0, from = null, to = null;
document.querySelectorAll('.mw-text .lsf-richtext__line').forEach((line, nth) => {
  if (nth) at += 1;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let node;
  while ((node = walker.nextNode())) {
    const signs = Array.from(node.data.replace(/\\n/g, ''));
    const utf16 = (n) => signs.slice(0, n).join('').length;
    if (!from && start < at + signs.length) from = [node, utf16(start - at)];
    if (!to && end <= at + signs.length) to = [node, utf16(end - at)];
    at += signs.length;
  }
});
const range = document.createRange();
range.setStart(...from); range.setEnd(...to);
"""


class Page:
    """The page of a project's label stream, or of one task."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver = driver
        self.url = url

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form."""
        self.driver.get(f"{self.url}/user/login/")
        self.driver.find_element("css selector", "input[name=email]").send_keys(email)
        self.driver.find_element("css selector", "input[name=password]").send_keys(password)
        self.driver.find_element("css selector", "form button[type=submit], form [type=submit]").click()
        self.wait(lambda: "/user/login" not in self.driver.current_url)

    def open_task(self, project: int, task: int) -> None:
        """Open one task for labelling, in full width."""
        self.driver.get(f"{self.url}/projects/{project}/data?task={task}")
        self.wait(self.ready, 60)
        time.sleep(0.5)

    def open_stream(self, project: int) -> None:
        """Open a project as an annotator does: the next task, in full width, after the instructions."""
        self.driver.get(f"{self.url}/projects/{project}/data?labeling=1")
        self.wait(self.ready, 60)
        time.sleep(0.5)
        self.key("Escape")

    def ready(self) -> bool:
        """Whether a task is shown."""
        return bool(
            self.driver.execute_script(
                "return !!(window.Htx && Htx.annotationStore && Htx.annotationStore.selected && "
                "document.querySelector('.mw-text'))"
            )
        )

    def wait(self, condition: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait until `condition` holds, and give what it gave."""
        end = time.monotonic() + seconds
        while True:
            try:
                if found := condition():
                    return found
            except Exception:
                if time.monotonic() > end:
                    raise
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain at {self.driver.current_url}")
            time.sleep(0.1)

    def regions(self) -> list[dict[str, Any]]:
        """The regions of the annotation that is being made."""
        return json.loads(
            self.driver.execute_script("return JSON.stringify(Htx.annotationStore.selected.serializeAnnotation())")
        )

    def key(self, name: str) -> None:
        """Press and release a key as an Arabic keyboard sends it."""
        key, code, number = ARABIC_KEYS[name]
        event = {"key": key, "code": code, "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number}
        if len(key) == 1:
            event["text"] = key
        self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        event.pop("text", None)
        self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        time.sleep(0.2)

    def box(self, start: int, end: int) -> dict[str, float]:
        """Where the characters `start`-`end` (code points) of the article stand on the screen."""
        self.driver.execute_script(
            _RANGE + "(from[0].parentElement).scrollIntoView({block: 'center'});", start, start + 1
        )
        time.sleep(0.2)
        return self.driver.execute_script(
            _RANGE + "const b = range.getClientRects()[0];"
            "return {left: b.left, right: b.right, top: b.top, bottom: b.bottom, y: (b.top + b.bottom) / 2};",
            start, end,
        )  # fmt: skip

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Move the mouse, press or release its button."""
        button = "none" if kind == "mouseMoved" and not self._pressed else "left"
        self._pressed = kind == "mousePressed" or (kind == "mouseMoved" and self._pressed)
        self.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x, "y": y, "button": button, "buttons": int(self._pressed), "clickCount": 1},
        )
        time.sleep(0.05)

    _pressed = False

    def drag(self, start: int, end: int) -> None:
        """Select the characters `start`-`end` with the mouse; the text runs from right to left."""
        self.box(start, end)
        first, last = self.box(start, start + 1), self.box(end - 1, end)
        self.mouse("mouseMoved", first["right"] - 1, first["y"])
        self.mouse("mousePressed", first["right"] - 1, first["y"])
        steps = 6
        for nth in range(1, steps + 1):
            x = first["right"] - 1 + (last["left"] + 1 - first["right"] + 1) * nth / steps
            self.mouse("mouseMoved", x, first["y"] + (last["y"] - first["y"]) * nth / steps)
        self.mouse("mouseReleased", last["left"] + 1, last["y"])
        time.sleep(0.3)

    def select(self, start: int, end: int, label: str) -> None:
        """Click on the region of a range and label: on a character of it that no smaller region covers."""
        inner = [
            (one["value"]["start"], one["value"]["end"])
            for one in self.regions()
            if one["type"] == "labels" and (one["value"]["start"], one["value"]["end"]) != (start, end)
            and start <= one["value"]["start"] and one["value"]["end"] <= end
        ]  # fmt: skip
        free = [at for at in range(start, end) if not any(first <= at < last for first, last in inner)]
        middle = free[len(free) // 2]
        self.click(middle, middle + 1)
        self.wait(lambda: self.selected() == [(start, end, label)], 5)

    def selected(self) -> list[tuple[int, int, str]]:
        """The regions that are selected."""
        ids = self.driver.execute_script(
            "return Htx.annotationStore.selected.regionStore.regions.filter(r => r.selected || r.inSelection)"
            ".map(r => r.cleanId);"
        )
        return [
            (one["value"]["start"], one["value"]["end"], one["value"]["labels"][0])
            for one in self.regions()
            if one["id"] in ids and one["type"] == "labels"
        ]

    def resize(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        """Drag the end of the selected region from `old` to `new` by its handle; the end is at the left."""
        last = self.box(new[1] - 1, new[1])
        handle = self.driver.execute_script(
            "return [...document.querySelectorAll('.mw-text .__active area')].map(e => e.getBoundingClientRect())"
            ".map(b => ({x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2})).sort((a, b) => a.x - b.x)[0];"
        )
        self.mouse("mouseMoved", handle["x"], handle["y"])
        self.mouse("mousePressed", handle["x"], handle["y"])
        for nth in range(1, 9):
            self.mouse("mouseMoved", handle["x"] + (last["left"] + 1 - handle["x"]) * nth / 8, last["y"])
        self.mouse("mouseReleased", last["left"] + 1, last["y"])
        time.sleep(0.3)

    def choose(self, control: str, words: str) -> None:
        """Click on a choice of the side column by its words."""
        nth = {"topic": 0, "topics": 1, "problem": 2}[control]
        self.driver.execute_script(
            "const list = document.querySelectorAll('.mw-side .lsf-choices')[arguments[0]];"
            "[...list.querySelectorAll('label')].find(e => e.innerText.startsWith(arguments[1]))"
            ".querySelector('input').click();",
            nth, words,
        )  # fmt: skip
        time.sleep(0.3)

    def submit(self) -> None:
        """Press the button that submits, and wait until the server has it."""
        self.driver.find_elements("xpath", "//button[normalize-space()='Submit']")[-1].click()
        self.wait(lambda: self.driver.execute_script("return !!Htx.annotationStore.selected.pk"), 20)
        time.sleep(1)

    def screenshot(self, path: Path | None) -> None:
        """Write what is seen to a PNG file."""
        if path is not None:
            self.driver.save_screenshot(str(path))

    def click(self, start: int, end: int) -> None:
        """Click in the middle of the characters `start`-`end`."""
        box = self.box(start, end)
        x, y = (box["left"] + box["right"]) / 2, box["y"]
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.mouse(kind, x, y)
        time.sleep(0.3)


@contextmanager
def chromium(width: int = 1600, height: int = 1000) -> Iterator[Any]:
    """A Chromium with a new profile.

    Raises:
        AssertionError: if it is not installed; the message says how to.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    missing = [path for path in (CHROMIUM, DRIVER) if not Path(path).exists()]
    assert not missing, f"{', '.join(missing)} missing; install Debian's chromium and chromium-driver ('make setup')"
    profile = tempfile.mkdtemp(prefix="mudawwana-chromium-")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        yield driver
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)
