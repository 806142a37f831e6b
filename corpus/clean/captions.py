"""Captions of pictures, as what they end with tells them."""

from __future__ import annotations

import re
from typing import Final

from corpus.clean import names
from corpus.clean.lines import SHORT, Line

_CREDIT = re.compile(r"(?<![.!؟»])\s*(?:\(|/)\s*(?P<who>تصوير|عدسة|أرشيف|[^()/]{2,25})[^()/]{0,40}[)/]?\s*\Z")
_FROM_ARCHIVE = re.compile(r"(?:\s[-–—|]|[.،/]|\()\s*(?:صورة\s+)?(?:من\s+ال)?[أا]رشيف(?:ية)?\)?\s*\Z")
_SAID = re.compile(r"(?:[.،)(|]|\s[-–—])\s*(?:©|(?:المصدر|تصوير|صورة|الصورة|عدسة)\s*:).{2,50}\Z")
_CUES: Final = ("©", "المصدر", "تصوير", "صورة", "عدسة")
_ARCHIVE = re.compile(r"\s*[-–—/|،]\s*[أا]رشيف(?:ية)?\s*\Z")
_CREDITS: Final = frozenset({"photo-credit", "source-credit"})


def is_from_archive(text: str) -> bool:
    """Whether a line ends with a mark that its picture is an old one: "إطلاق صاروخ سابق - أرشيفية"."""
    return _FROM_ARCHIVE.search(text, max(0, len(text) - 30)) is not None


def is_credited(line: Line) -> bool:
    """Whether a line ends with who took the picture: "متظاهرون في وسط العاصمة (رويترز)"."""
    if line.cuts:
        return line.cuts[-1][2] in _CREDITS and len(line.text) <= SHORT and not line.key.startswith("و")
    if "رشيف" in line.text[-12:] and is_from_archive(line.text):
        return not line.key.startswith("و")
    if ("©" in line.text or ":" in line.text) and len(line.text) <= SHORT:
        return any(cue in line.text for cue in _CUES) and _SAID.search(line.text) is not None
    match = _CREDIT.search(line.text) if line.text.endswith((")", "/")) else None
    if match is None or line.key.startswith("و"):
        return False
    if line.text[: match.start()].rstrip().endswith(("وكالة", "لوكالة", "عن")):
        return False
    who = _ARCHIVE.sub("", match["who"])
    return who in ("تصوير", "عدسة", "أرشيف") or names.agency_of(who) is not None
