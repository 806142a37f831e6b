"""What kind of line each line of an article is, from the structure of the lines around it."""

from __future__ import annotations

import re
from typing import Final

from corpus.clean.articles import Article
from corpus.clean.captions import is_credited
from corpus.clean.lines import Line, ends_with_colon
from corpus.clean.titles import HEADER_RULES, is_clock
from corpus.text.chars import TATWEEL

_ITEM = re.compile(
    r"^\s*(?:[-–—•*·▪◾●■◆✓✔►‣]|ـ(?=\s)|\(?\s*(?:\d{1,2}|[اأبجدهوزحطي])\s*(?:[-.)/–]|ـ+))\s*\S"
)
_HEMISTICHS = re.compile(r"\S\s*(?:\*{2,}|\s\*\s|\.{3,}|…|\s{3,}|=|#|/)\s*\S")
_CAPTION = re.compile(r"\W*(?:(?:في )?(?:ال)?صورة|جانب من|لقطة|يمين|يسار|من اليمين|تظهر (?:في )?الصورة)\b")
LONGEST_SUBHEAD: Final = 110
_SHORT_SUBHEAD: Final = 4
LONGEST_DECK: Final = 320
LONGEST_CAPTION: Final = 200


def assign_kinds(article: Article) -> None:
    """Sets `kind` on every line that is kept."""
    kept = [line for line in article.lines if line.kept]
    for line in kept:
        line.kind = "paragraph"
    if article.title is not None and article.lines[article.title].kept:
        article.lines[article.title].kind = "title"
    _decks(article)
    body = [line for line in kept if line.kind == "paragraph"]
    _runs(body)
    for position, line in enumerate(body):
        if line.kind == "paragraph":
            line.kind = _alone(body, position)
    _captions(article)
    for line in kept:
        if line.tagged is not None and line.kind != "title" and (line.tagged, line.kind) != ("subhead", "deck"):
            line.kind = line.tagged


def _decks(article: Article) -> None:
    """Short lines between the title and the body, or anything there that a byline or a date separates from the body."""
    if article.title is None:
        return
    lines = article.lines
    before = article.title - 1
    if before >= 0 and lines[before].kept:
        lines[before].kind = "deck"
    if article.last_prose is None:
        return
    header = [i for i in range(article.title + 1, min(len(lines), article.title + 8)) if _is_header(lines[i])]
    separated = max(header, default=-1)
    signed = max([i for i in header if lines[i].rule != "share-line"], default=-1)  # buttons stand in a body too
    for i in range(article.title + 1, len(lines)):
        line = lines[i]
        if not line.kept:
            continue
        if is_credited(line):
            line.kind = "caption"
            continue
        over_furniture = i < (signed if line.prose else separated) and article.body_end > separated + 1
        over_furniture = over_furniture and len(line.text) <= LONGEST_DECK
        if not over_furniture and (line.prose or line.stopped or ends_with_colon(line.text) or is_item(line.text)):
            break
        if len(line.words) < 4 and not over_furniture:
            break
        line.kind = "deck"


def _is_header(line: Line) -> bool:
    return line.rule is not None and line.rule in HEADER_RULES and not is_clock(line)


def _captions(article: Article) -> None:
    """A short line over the body right above who took the picture describes the picture."""
    lines = article.lines
    start = article.title + 1 if article.title is not None else 0
    for i in range(start, min(start + 4, len(lines) - 1)):
        line, credit = lines[i], lines[i + 1]
        if line.kept and len(line.text) <= LONGEST_CAPTION and credit.rule == "photo-credit" and not credit.gap:
            line.kind = "caption"


def is_item(text: str) -> bool:
    """Whether the line starts like an item of a list; a word of two letters is no number of one."""
    in_word = text[:2].isalpha() and text[1:2] != TATWEEL
    return not in_word and _ITEM.match(text) is not None


def _runs(body: list[Line]) -> None:
    """Lists and verse: runs of lines of one shape."""
    start = 0
    while start < len(body):
        end = start
        if is_item(body[start].text):
            while end < len(body) and is_item(body[end].text):
                end += 1
            introduced = start > 0 and ends_with_colon(body[start - 1].text)
            if _is_dialogue(body[start:end]):
                pass
            elif end - start >= 2 or introduced:
                _mark(body[start:end], "item")
        elif _unstopped(body[start]):
            while end < len(body) and _unstopped(body[end]) and not is_item(body[end].text):
                end += 1
            if end - start >= 2:
                _mark(body[start:end], _kind_of_run(body, start, end))
        start = max(end, start + 1)


def _is_dialogue(lines: list[Line]) -> bool:
    """Questions and answers with a dash or a star before each are paragraphs."""
    marks = {line.text[0] for line in lines}
    questions = sum(line.text.endswith("؟") for line in lines)
    return (
        questions * 3 >= len(lines)
        and (len(marks) > 1 or questions < len(lines))
        and not any(m.isdigit() for m in marks)
    )


def _unstopped(line: Line) -> bool:
    return len(line.text) <= 90 and not line.text.endswith((".", ":")) and not line.prose


def _kind_of_run(body: list[Line], start: int, end: int) -> str:
    run = body[start:end]
    before = body[start - 1] if start else None
    introduced = before is not None and ends_with_colon(before.text)
    poem = before is not None and re.search(
        r"(?:الشاعر|قصيد|يقول|قول|انشد|ابيات|البيت)", before.key[-120:] if before.key else before.text[-120:]
    )
    with_colon = sum(":" in line.text or any(c.isdigit() for c in line.text) for line in run)
    hemistichs = sum(bool(_HEMISTICHS.search(line.text)) for line in run)
    if hemistichs * 2 > len(run) and len(run) >= 2:
        return "verse"
    if introduced and not poem:
        return "item"
    if with_colon * 2 > len(run):
        return "item"
    lengths = [len(line.text) for line in run]
    if (len(run) >= 4 and max(lengths) <= 65) or (poem and max(lengths) <= 80):
        return "verse"
    return "subhead" if len(run) == 2 and end < len(body) and body[end].prose else "paragraph"


def _alone(body: list[Line], position: int) -> str:
    line = body[position]
    if len(line.text) > LONGEST_CAPTION:
        return "paragraph"
    if _CAPTION.match(line.text) or is_credited(line):
        return "caption"
    if len(line.text) < 110 and not line.stopped and len(line.words) >= 6 and _HEMISTICHS.search(line.text):
        return "verse"
    if line.prose and not line.text.endswith("؟"):
        return "paragraph"
    following = body[position + 1] if position + 1 < len(body) else None
    if following is None or following.kind in ("subhead", "verse"):
        return "paragraph"
    if len(line.text) > LONGEST_SUBHEAD or line.text.endswith((".", "،", "؛", "...", "…")):
        return "paragraph"
    if line.text.endswith("؟"):
        return "subhead" if len(line.words) <= 9 and following.prose else "paragraph"
    if ends_with_colon(line.text):
        return "subhead" if len(line.words) <= 4 and following.prose and len(following.text) > 120 else "paragraph"
    short = len(line.words) <= _SHORT_SUBHEAD and following.stopped and len(following.words) > len(line.words)
    heads = following.prose or following.kind == "item" or short
    return "subhead" if len(line.words) <= 14 and heads else "paragraph"


def _mark(lines: list[Line], kind: str) -> None:
    for line in lines:
        line.kind = kind
