"""The title of an article among the lines over its body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from corpus.clean import names
from corpus.clean.captions import is_credited
from corpus.clean.folding import bare, key
from corpus.clean.lines import Line, may_print
from corpus.clean.phrases import load_words

if TYPE_CHECKING:
    from corpus.clean.articles import Article

HEADER_RULES: Final = frozenset(
    {"byline", "date-line", "relative-time", "agency-mark", "share-line", "comment-count", "reading-time", "view-count"}
)
"""Furniture that stands between a headline and its body."""

_DASHED = re.compile(r"\s*[|–—-]\s+")
_SITE = re.compile(r"\s+[|–—-]\s+|\s*[|»]\s*")
GOES_ON = re.compile(
    r"(?:و(?!فاه|فيات|زير|زار|صول|قف|ثيق|كال|دي|الي|طني|حد|فد|اشنطن|سط|رش|جد|فق|ضع|عد|لي|رده|باء|لاي|اد|ازن|اقع|جه|ظيف|ساط)|"
    r"كما |من جهه|من جانب|هذا |يذكر |يشار )"
)

_SOME_WORDS: Final = 0.3
_MOST_WORDS: Final = 0.6
"""Shares of the words of a headline that the body has too."""
_LONGEST_QUESTION: Final = 200
_LINES_OF_HEAD: Final = 3
_LONGEST_LIST: Final = 12
_SHORT_TITLE: Final = 5
_CONTENTS: Final = frozenset(map(key, ("محتويات", "المحتويات", "محتويات الصفحة", "محتويات المقال", "جدول المحتويات")))
_LINES_OF_VERSE: Final = 4
_BULLET = re.compile(r"[*•●▪◾■◆✓✔►‣-]\s")


def find_title(article: Article) -> int | None:
    """Index of the line that is the title; None if the article has none."""
    given = _find_given_title(article)
    if given is not None:
        return given
    lines = article.lines[: article.body_start]
    candidates = [i for i, line in enumerate(lines) if line.headline]
    candidates = [i for i in candidates if _may_be_title(lines[i])] or [
        i for i in candidates if _is_title_after_all(article, i)
    ]
    for found in (_from_breadcrumb(article), _first_line(article, candidates), _repeated(article, candidates)):
        if found is not None:
            return found
    if candidates:
        return _best(article, candidates)
    for find in (_long_title, _short_title):
        found = find(article)
        if found is not None:
            return found
    return None


def _is_title_after_all(article: Article, i: int) -> bool:
    """Whether a line that could be a name or a caption is one that the body speaks of, as a portrait's title is."""
    line = article.lines[i]
    if _is_masthead(line.text) or names.is_place(line.text) or _BULLET.match(line.text):
        return False
    is_name = names.may_be_name(line.text) and names.has_first_name(line.words[:2])
    return article.overlap(line.text) >= _MOST_WORDS or not (is_name or is_credited(line))


def _first_line(article: Article, candidates: Sequence[int]) -> int | None:
    """The first line of a page that has no furniture over its body: titles of one word, or that are a question."""
    lines = article.lines
    if len(lines) < 2 or not lines[0].kept or len(lines[0].text) > _LONGEST_QUESTION:
        return None
    first = lines[0]
    over_body = lines[1 : article.body_start] if article.body_start else []
    if not all(line.kept for line in over_body) or first.text.endswith((":", "،")) or _BULLET.match(first.text):
        return None
    if article.body_start == 0:
        following = lines[1]
        if not (first.text.endswith(("؟", "!", "..", "…")) or "؟" in first.text[-3:]):
            return None
        if not (following.prose and following.kept and len(following.text) > len(first.text)):
            return None
        article.find_body_after(0)
        return 0
    if names.is_place(first.text) or set(first.words) <= load_words("navigation"):
        return None
    if not _may_be_title(first) and candidates[:1] != [0]:
        return None
    short = len(first.words) < 3
    if short and 0 < len(candidates) < _LINES_OF_VERSE and _speaks_more_of(article, candidates[0]):
        return None
    return 0 if short or candidates[:1] == [0] else None


def _speaks_more_of(article: Article, i: int) -> bool:
    """Whether the body speaks of the headline `i`, and more than of the first line of the page."""
    found = article.overlap(article.lines[i].text)
    return found >= _SOME_WORDS or found > article.overlap(article.lines[0].text)


def _find_given_title(article: Article) -> int | None:
    if article.given_title is None:
        return None
    wanted = {bare(article.given_title)}
    signs = any([sign in article.given_title for sign in "|»–—-"])
    parts = _SITE.split(article.given_title) if signs else [article.given_title]
    wanted.update(bare(" ".join(parts[:count])) for count in range(1, len(parts)) if len(" ".join(parts[:count])) >= 15)
    shortest, longest = min(map(len, wanted)), len(article.given_title) + 60
    opening = bare(article.given_title)
    for i, line in enumerate(article.lines):
        if shortest <= len(line.text) <= longest and may_print(line.text, opening):
            printed = line.bare
            if printed and (
                printed in wanted or any(len(w) > 20 and bare(_SITE.split(line.text)[0]) == w for w in wanted)
            ):
                return i
    return None


def _repeated(article: Article, candidates: Sequence[int]) -> int | None:
    """A headline printed twice over the body is the title, if the body speaks of it."""
    seen: dict[str, int] = {}
    for i in candidates:
        printed = article.lines[i].key
        if printed in seen and article.overlap(article.lines[i].text) >= 0.3:
            return seen[printed]
        seen.setdefault(printed, i)
    return None


def _from_breadcrumb(article: Article) -> int | None:
    """The line that the breadcrumb over it ends with."""
    for i, line in enumerate(article.lines[: article.body_start]):
        if line.rule == "breadcrumb":
            for j in range(i + 1, min(i + 12, len(article.lines))):
                if (
                    article.lines[j].headline
                    and len(article.lines[j].words) >= 4
                    and line.key.endswith(article.lines[j].key)
                ):
                    return j
    return None


def _best(article: Article, candidates: Sequence[int]) -> int:
    """Among the headlines over the body, one that the body speaks of: best with its byline or date below it."""
    if len(candidates) == 1:
        return candidates[0]
    near = [
        i for i in candidates if article.overlap(article.lines[i].text) >= 0.3 and " | " not in article.lines[i].text
    ]
    if not near:
        named = [i for i in candidates if i + 1 < len(article.lines) and _names_author(article.lines[i + 1])]
        if named:
            return named[-1]
        over_header = [i for i in candidates if _heads_page(article, i)]
        if len(over_header) == 1:
            return over_header[0]
        return candidates[0] if len(candidates) <= 3 else candidates[-1]
    near = [i for k, i in enumerate(near) if k == 0 or not _is_listed(article, i)]
    most = max(article.overlap(article.lines[i].text) * len(article.lines[i].words) for i in near)
    near = [i for i in near if 2 * article.overlap(article.lines[i].text) * len(article.lines[i].words) >= most]
    after = {i: article.lines[i + 1] for i in near if i + 1 < len(article.lines)}
    signed = [i for i, line in after.items() if line.rule in HEADER_RULES or _names_author(line)]
    if not signed:
        named = [i for i in candidates if i + 1 < len(article.lines) and _names_author(article.lines[i + 1])]
        if named and named[-1] < near[0]:
            return named[-1]
        over_header = [i for i in candidates if _heads_page(article, i)]
        if len(over_header) == 1 and over_header[0] < near[0]:
            return over_header[0]
    last = candidates.index(signed[0] if signed else near[-1])
    first = last
    while first > 0 and last - first < _LINES_OF_HEAD and _is_of_head(article, candidates, near, first):
        between = article.lines[candidates[first - 1] + 1 : candidates[first]]
        if any(line.rule != "photo-credit" for line in between):
            break
        first -= 1
    return candidates[first]


def is_clock(line: Line) -> bool:
    """Whether a line is a clock time alone, as the parts of a live page have it."""
    return line.rule == "date-line" and len(line.text) <= 8 and ":" in line.text


def _heads_page(article: Article, i: int) -> bool:
    """Whether a date or what else stands under a title follows line `i`; a time that tells its age is of any list."""
    following = article.lines[i + 1] if i + 1 < len(article.lines) else None
    if following is None or len(article.lines[i].words) < 4:
        return False
    if is_clock(following):
        return False
    updated = following.rule == "relative-time" and following.key.startswith("اخر تحديث")
    return updated or following.rule in ("date-line", "reading-time", "byline")


def _may_be_title(line: Line) -> bool:
    if line.text.count("|") > 1 or _BULLET.match(line.text) or (line.key.startswith("و") and GOES_ON.match(line.key)):
        return False
    return not (names.may_be_name(line.text) or is_credited(line) or _is_masthead(line.text))


def _is_masthead(text: str) -> bool:
    """Whether a line is the name of an outlet and its slogan: "عمون - من هنا نبدأ"."""
    return names.is_outlet(_DASHED.split(text, maxsplit=1)[0].strip())


def _is_listed(article: Article, i: int) -> bool:
    """Whether line `i` stands in a list under its heading."""
    for line in reversed(article.lines[max(0, i - _LONGEST_LIST) : i]):
        if line.rule in ("read-also", "most-read") or line.key in _CONTENTS:
            return len(line.words) <= _SHORT_TITLE
        if not line.kept or line.prose:
            return False
    return False


def _is_of_head(article: Article, candidates: Sequence[int], near: Sequence[int], i: int) -> bool:
    """Whether the headline over candidate `i` is of the same head: the body speaks of it, or it is a question."""
    above = candidates[i - 1]
    return above in near or (above == candidates[i] - 1 and article.lines[above].text.endswith("؟"))


def believe_question(lines: list[Line]) -> None:
    """A first paragraph that is a question over a date or a byline is a headline."""
    first = next((i for i, line in enumerate(lines) if line.kept and line.prose), None)
    if first is None or len(lines[first].text) > _LONGEST_QUESTION:
        return
    if not lines[first].text.rstrip('»”"').endswith(("؟", "!", "..", "…")):
        return
    for line in lines[first + 1 : first + 4]:
        if line.rule in ("date-line", "relative-time", "byline", "reading-time") or _names_author(line):
            lines[first].prose = False
            return
        if line.kept and line.prose:
            return


def _names_author(line: Line) -> bool:
    return line.rule == "byline" or (line.kept and names.may_be_name(line.text))


def _long_title(article: Article) -> int | None:
    """A first line too long for a headline is one if it alone of the first lines ends without a stop."""
    lines = [line for line in article.lines if line.kept]
    if len(lines) < 2 or not lines[0].prose or lines[0].stopped or len(lines[0].text) > 300:
        return None
    if lines[1].prose and article.lines[0] is lines[0] and _may_follow_title(lines[0], lines[1]):
        article._find_prose(1)
        return 0
    return None


def _may_follow_title(first: Line, second: Line) -> bool:
    return second.stopped or (len(second.text) > 2 * len(first.text) and not GOES_ON.match(second.key))


def _short_title(article: Article) -> int | None:
    """Two words right over the body that the body repeats."""
    kept = [i for i in range(article.body_start) if article.lines[i].kept]
    if kept and article.first_prose is not None and len(article.lines[kept[-1]].words) == 2:
        found = article.lines[kept[-1]].text
        least = 1.0 if names.may_be_name(found) else 0.5
        return kept[-1] if article.overlap(found) >= least and not names.is_place(found) else None
    return None
