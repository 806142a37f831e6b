"""Rules that know furniture by where it stands: over, in and under an article whose title and body are known."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Final

from corpus.clean import names
from corpus.clean.articles import Article, content_words
from corpus.clean.bylines import LONGEST, is_role, read_byline
from corpus.clean.captions import is_credited
from corpus.clean.folding import bare, key
from corpus.clean.lines import Line, ends_with_colon, may_print
from corpus.clean.phrase_rules import PHRASE_RULES
from corpus.clean.phrases import load_lines

_NO_LIST_UNDER: Final = frozenset(map(key, load_lines("words", "advertisements")))
"""Advertisements stand between paragraphs and subheads: what follows them is the article's."""
LIST_HEADINGS: Final = frozenset({"read-also", "most-read", "widget-heading"})
_FURNITURE_AT_END: Final = frozenset(PHRASE_RULES) - {"embedded-post", "agency-mark", "comment-count"}
_CAPTION_CUE = re.compile(
    r"^(?:جانب من|لقطه من|لقطه ل|صوره ل|صوره من|صوره تجمع|من اليمين|من اليسار|صوره جماعيه|صوره تذكاريه|صوره مركبه)"
)
_CAPTION_WORD = re.compile(
    r"\b(?:خلال (?:لقايه|لقائه|لقاءه|استقباله|اللقاء|الاجتماع|المباراه|الموتمر|حفل|تفقده|زيارته|كلمته|جلسه)|"
    r"اثناء|متفقدا|مترئسا|مترييسا|متحدثا|"
    r"مصافحا|متوسطا|مستقبلا|يتوسط|لدي استقباله|لدي وصوله|بجانب|من اليمين|الي جانبه)\b"
)
_ATTRIBUTION = re.compile(r"^\s*(?:[-–—&]|ـ)+\s?.{1,60}\(@\w{2,40}\)", re.S)
_POST_SIGN = re.compile(r"pic\.\S+/|https?://t\.co/|#\w+|[\U0001F300-\U0001FAFF]")
_POST_LINK = re.compile(r"\bpic\.(?:twitter|x|example)\.com/\w+\s*\Z|https://t\.co/\w+\s*\Z")
_MENU = re.compile(r"(?:[|•·/\t].*){2}")
_MARKER = re.compile(r"^\s*(?:[-–—ـ•*·▪◾●■◆✓✔►‣]|\(?\d{1,2}\s*[-.)/ـ–]|[اأبجدهوزحطي]\s*[-.)])\s*")
_SUBHEAD_WORDS: Final = 5
LONGEST_HEADLINE: Final = 130
_BESIDE_NAMES: Final = frozenset(
    {"date-line", "relative-time", "view-count", "reading-time", "byline", "navigation", "photo-credit"}
)
_TAG_LABELS: Final = frozenset(map(key, ("سمات", "وسوم", "الوسوم", "تاغات", "كلمات")))
_LINES_ABOUT_AUTHOR: Final = 3
_LONGEST_ABOUT_AUTHOR: Final = 400
_LINES_OVER_VERSE: Final = 4
_SIZE_LETTERS: Final = frozenset("أاتعAaTt")
_FIGURES = re.compile(r"[\d\s.,|/-]+")


_COMMENT_RULES: Final = frozenset({"comment-form", "comment-rules", "copyright", "comment-heading"})


def size_letters(article: Article) -> None:
    """Single letters, one a line, as the buttons for the size of the letters."""
    lines = article.lines
    for before, line in itertools.pairwise(lines):
        if len(line.text) == 1 and line.text in _SIZE_LETTERS and before.text in _SIZE_LETTERS:
            before.rule = before.rule or "share-line"
            line.rule = line.rule or "share-line"


def comments(article: Article) -> None:
    """Everything under the comment form, or under the heading of the comments, that no rule knows."""
    start = _comments_start(article)
    if start is None:
        return
    for line in article.lines[start:]:
        if line.kept:
            line.rule = "comment"
    article.find_body()


def _comments_start(article: Article) -> int | None:
    if not any([line.rule in _COMMENT_RULES for line in article.lines]):
        return None
    prose = written = 0
    total = sum([len(line.text) for line in article.lines if line.kept and line.prose])
    for i, line in enumerate(article.lines):
        if line.kept and line.prose:
            prose += 1
            written += len(line.text)
            continue
        form = line.rule in ("comment-form", "comment-rules", "copyright") and prose and 2 * written >= total
        heading = line.rule == "comment-heading" and (prose >= 2 or written > 300) and 3 * written >= total
        if form or heading:
            return i
    return None


def before_title(article: Article) -> None:
    """What stands over the title: menus, tickers, other headlines."""
    end = article.title if article.title is not None else article.body_start
    if article.title is None:
        _names_over_body(article, 0)
    for i, line in enumerate(article.lines[:end]):
        if not line.kept:
            continue
        if article.title is None and (line.prose or len(line.words) > 3 or article.first_prose is None):
            continue
        if i == end - 1 and line.text.endswith(":") and article.title is not None:
            continue
        line.rule = "navigation" if len(line.words) <= 3 or _MENU.search(line.text) else "ticker"


def embedded_posts(article: Article) -> None:
    """A post of a social network: the line that says whose it is, and the text over it."""
    lines = article.lines
    for i, line in enumerate(lines):
        if i == article.title or (line.rule is not None and line.rule not in ("caption-fragment", "author-email")):
            continue
        if "(@" in line.text and _ATTRIBUTION.match(line.text):
            line.rule = "embedded-post"
            at = i - 1
            while at >= 0 and at != article.title and (lines[at].kept or lines[at].rule == "tag-list") and i - at <= 3:
                if not (at == i - 1 and line.gap == 0) and not _POST_SIGN.search(lines[at].text):
                    break
                lines[at].rule = "embedded-post"
                if lines[at].gap:
                    break
                at -= 1
        elif len(line.text) < 320 and ("pic." in line.text or "t.co/" in line.text) and _POST_LINK.search(line.text):
            line.rule = "embedded-post"


def repeated_title(article: Article) -> None:
    """The title printed again."""
    if article.title is None:
        return
    printed = article.lines[article.title].bare
    length = 2 * len(article.lines[article.title].text) + 20
    for i, line in enumerate(article.lines):
        if i == article.title or line.rule not in (None, "ticker", "navigation"):
            continue
        if not len(printed) <= len(line.text) <= length or not may_print(line.text, printed):
            continue
        again = line.bare
        if again != printed and not (len(printed) > 20 and again.startswith(printed) and i < article.body_start):
            continue
        before = article.lines[i - 1] if i else None
        after = article.lines[i + 1] if i + 1 < len(article.lines) else None
        refrain = before and after and before.kept and after.kept and not (before.prose or after.prose)
        if not refrain or (article.first_prose is not None and i < article.first_prose):
            line.rule = "repeated-title"


def header(article: Article) -> None:
    """Between title and body: names and places alone, bylines with names that no list has."""
    if article.title is not None:
        _names_over_body(article, article.title + 1)


def _names_over_body(article: Article, start: int) -> None:
    end = start + _LINES_OVER_VERSE if article.first_prose is None else article.body_start
    for i in range(start, min(end, len(article.lines))):
        line = article.lines[i]
        if not line.kept or line.stopped or len(line.words) > 9 or line.text.endswith("،"):
            continue
        if len(line.text) <= 12 and _FIGURES.fullmatch(line.text) and not ends_with_colon(article.lines[i - 1].text):
            line.rule = "view-count"
        elif names.is_place(line.text):
            line.rule = "place-line"
        elif _is_author(article, i):
            line.rule = "byline"


def _is_author(article: Article, i: int) -> bool:
    line = article.lines[i]
    if read_byline(line.text, article.outlet, loose=True) is not None or names.may_be_name(line.text):
        return True
    if len(line.words) <= 4 and _beside_header(article, i):
        return True
    return i > 0 and article.lines[i - 1].rule == "byline" and is_role(line.text)


def _beside_header(article: Article, i: int) -> bool:
    """Whether a date, a time or a byline stands next to line `i`, and no sign of a subhead is in it."""
    line = article.lines[i]
    if len(line.words) > 2 and not names.may_be_unknown_name(line.text):
        return False
    if re.search(r"[؟?!:«“\"]", line.text):
        return False
    around = [article.lines[j].rule for j in (i - 1, i + 1) if 0 <= j < len(article.lines)]
    return any(rule in _BESIDE_NAMES for rule in around)


def related_headlines(article: Article) -> None:
    """The headlines under a heading such as "اقرأ أيضا" or "الأكثر قراءة"."""
    lines = article.lines
    i = 0
    while i < len(lines):
        head = lines[i]
        i += 1
        if head.rule not in LIST_HEADINGS or len(head.words) > 5 or head.key in _NO_LIST_UNDER:
            continue
        run = i
        while run < len(lines) and _in_list(lines[run], run == article.title):
            run += 1
        listed = [j for j in range(i, run) if lines[j].kept]
        followed_by_prose = run < len(lines) and lines[run].kept and lines[run].prose
        if followed_by_prose and len(listed) > 1 and len(lines[listed[-1]].words) <= _SUBHEAD_WORDS:
            listed.pop()
        if followed_by_prose and len(listed) == 1 and head.key == "عاجل":
            continue
        for j in listed:
            lines[j].rule = "related-headline"
        i = max(i, run)


def _in_list(line: Line, is_title: bool) -> bool:
    if is_title:
        return False
    if not line.kept:
        return line.rule in ("date-line", "relative-time", "view-count", "comment-count", "byline", "read-also")
    return len(line.text) <= 170 and not line.text.endswith((".", ":", "»."))


def listed_tags(article: Article) -> None:
    """The tags under their heading, one a line."""
    for i, line in enumerate(article.lines[1:], 1):
        before = article.lines[i - 1]
        if before.rule != "tag-list" or not line.kept or line.stopped or i == article.title:
            continue
        if len(line.words) <= 4 or (
            len(before.words) <= 3 and re.search(r"[،,|]", line.text) and len(line.words) <= 20
        ):
            line.rule = "tag-list"


def caption_fragments(article: Article) -> None:
    """Captions that are no sentences."""
    for i, line in enumerate(article.lines):
        if not line.kept or i == article.title or line.stopped or line.prose or len(line.words) > 14:
            continue
        over_body = article.title is not None and article.title < i < article.body_start and len(line.words) <= 9
        described = (
            i > 0 and article.lines[i - 1].rule == "photo-credit" and article.lines[i - 1].key.startswith("التعليق")
        )
        described = described or (line.key.startswith("التعليق علي الصوره") and len(line.words) > 3)
        credited = described or (len(line.words) <= 8 and is_credited(line))
        if credited or _CAPTION_CUE.match(line.key) or (over_body and _CAPTION_WORD.search(line.key)):
            line.rule = "caption-fragment"


def after_the_end(article: Article) -> None:
    """What follows the furniture that ends an article."""
    ended = False
    for i in range(article.body_end, len(article.lines)):
        line = article.lines[i]
        if line.rule in _FURNITURE_AT_END or line.key == "انتهي":
            ended = article.body_end > 0
        elif line.kept and ended and i != article.title:
            line.rule = "after-article"


def other_headlines(article: Article) -> None:
    """A long run of headlines right under the body that speak of other things."""
    if not article.body_end or ends_with_colon(article.lines[article.body_end - 1].text):
        return
    tail = [line for line in article.lines[article.body_end :] if line.kept]
    if len(tail) < 3 or max(len(line.text) for line in tail) > LONGEST_HEADLINE:
        return
    shaped = sum(len(line.words) >= 6 and not line.stopped and not _MARKER.match(line.text) for line in tail)
    if shaped * 4 < len(tail) * 3 or any(line.key.startswith("و") for line in tail):
        return
    if sum(len(line.text) for line in tail) >= 45 * len(tail) and _mean_overlap(article, tail) < 0.4:
        for line in tail:
            line.rule = "ticker"


def author_under_body(article: Article) -> None:
    """One or two lines under the body that name the author or say what the author is."""
    if not article.body_end or ends_with_colon(article.lines[article.body_end - 1].text):
        return
    tail = [line for line in article.lines[article.body_end :] if line.kept]
    if len(tail) <= 2:
        for line in tail:
            text = line.text
            said = read_byline(text, article.outlet) or names.may_be_name(text) or is_role(text)
            stopped = line.stopped and not text.endswith(" .")  # as if it were no sentence
            if line.key in names.ambiguous_outlets() or (said and not stopped and text[-1] != "،"):
                line.rule = "byline"


def _mean_overlap(article: Article, lines: list[Line]) -> float:
    return sum(article.overlap(line.text) for line in lines) / len(lines)


def repeated_paragraphs(article: Article) -> None:
    """A paragraph printed a second time."""
    printed: list[tuple[Line, str]] = []
    for i, line in enumerate(article.lines):
        text = line.text
        if len(text) >= 40 and line.rule is None and i != article.title:
            even = not ("  " in text or "\N{NO-BREAK SPACE}" in text or "\t" in text)
            printed.append((line, text if even else " ".join(text.split())))
    if len({len(text) for _, text in printed}) == len(printed):
        return
    seen: set[str] = set()
    for line, text in printed:
        if text in seen:
            line.rule = "repeated-paragraph"
        seen.add(text)


ContextRule = Callable[[Article], None]


def bare_tags(article: Article) -> None:
    """Tags without a heading: short lines under the body that say again what title and body said."""
    start = article.body_end
    _labelled_tags(article)
    run = start
    while run < len(article.lines) and article.lines[run].kept and len(article.lines[run].words) <= 4:
        if article.lines[run].stopped or _MARKER.match(article.lines[run].text):
            break
        run += 1
    if run - start < 2 or not start or ends_with_colon(article.lines[start - 1].text):
        return
    said = set(content_words(" ".join(line.text for line in article.lines[:start] if line.kept)))
    tags = [content_words(line.text) for line in article.lines[start:run]]
    again = sum(bool(tag) and all(word in said for word in tag) for tag in tags)
    if again * 3 >= (run - start) * 2:
        for line in article.lines[start:run]:
            line.rule = "tag-list"


def _labelled_tags(article: Article) -> None:
    """ "سمات الحوثيون اليمن عدن" as the last line: the label may be a word of text, the words after it were said."""
    line = next((line for line in reversed(article.lines) if line.kept), None)
    if line is None or line.prose or line.stopped or len(line.words) < 2 or line.words[0] not in _TAG_LABELS:
        return
    said = set(content_words(" ".join(other.text for other in article.lines if other.kept and other is not line)))
    tags = content_words(" ".join(line.words[1:]))
    if sum(tag in said for tag in tags) * 2 > len(tags) and line is not article.lines[0]:
        line.rule = "tag-list"


def signature(article: Article) -> None:
    """The author's name printed again under the body."""
    known = {
        bare(found.byline)
        for line in article.lines
        if line.rule == "byline" and (found := read_byline(line.text)) and found.byline
    }
    head = article.lines[: article.body_start]
    known |= {line.bare for line in head if line.rule == "byline" and len(line.words) > 1}
    if not known:
        return
    for line in article.lines[article.body_end :]:
        if line.kept and not line.prose and bare(line.text) in known:
            line.rule = "byline"
    _about_author(article, known)


def _about_author(article: Article, known: set[str]) -> None:
    """The name once more under furniture, and the line or two that say who that is, at the very end."""
    start = article.body_start
    short = [i for i in range(start, len(article.lines)) if article.lines[i].kept and not article.lines[i].prose]
    printed = [i for i in short if len(article.lines[i].text) <= LONGEST and article.lines[i].bare in known]
    if len(printed) != 1 or article.lines[printed[0] - 1].kept or printed[0] - 1 <= start:
        return
    rest = [line for line in article.lines[printed[0] :] if line.kept]
    if len(rest) <= _LINES_ABOUT_AUTHOR and sum(len(line.text) for line in rest) <= _LONGEST_ABOUT_AUTHOR:
        for line in rest:
            line.rule = "byline"
        article.find_body()


RULES: Final[tuple[ContextRule, ...]] = (
    size_letters,
    comments,
    embedded_posts,
    repeated_title,
    before_title,
    header,
    related_headlines,
    listed_tags,
    caption_fragments,
    signature,
    bare_tags,
    after_the_end,
    other_headlines,
    author_under_body,
    repeated_paragraphs,
)
"""The ordered rules; each sees what those before it removed."""
