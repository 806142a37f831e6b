"""Rules that know a line by its words: the tables of `phrases/`, and invitations to follow an outlet elsewhere."""

from __future__ import annotations

import re
from typing import Final

from corpus.clean.folding import fold
from corpus.clean.phrases import load_table, load_words

PHRASE_RULES: Final = (
    "comment-form",
    "comment-heading",
    "comment-count",
    "comment-rules",
    "copyright",
    "cookie-line",
    "newsletter",
    "share-line",
    "follow-line",
    "read-also",
    "most-read",
    "widget-heading",
    "tag-list",
    "contact",
    "embedded-post",
    "error-page",
    "photo-credit",
    "agency-mark",
    "navigation",
)
"""Rules with a phrase table (`phrases/<rule>.txt`); the first that has a phrase keeps it."""

_TABLE = load_table(PHRASE_RULES)
_SENTENCES_TOO = frozenset(
    {"comment-form", "comment-rules", "copyright", "cookie-line", "newsletter", "follow-line", "embedded-post"}
)
_NEVER_REPORT = frozenset(
    {"copyright", "cookie-line", "newsletter", "follow-line", "contact", "most-read", "widget-heading", "share-line"}
)
_REPORTING = re.compile(
    r"\b[وف]?(?:" + "|".join(sorted(map(re.escape, load_words("reporting")), key=len, reverse=True)) + r")\b"
)
_ALL_RIGHTS = re.compile(r"\b(?:جميع|كافه|كل) الحقوق\b")
_INVITATION = re.compile(
    r"\b(?:\w*نا|الان|مجانا|هنا|لتصلك\w*|ليصلك\w*|لتتوصل\w*|بريدك\w*|البريديه?|النشره|الاخبار|اخبار|جديد|حصري\w*|ستور|بلاي|app|"
    + "|".join(sorted(load_words("aggregators")))
    + r")\b"
)
_SENTENCE: Final = 45
"""Code points from which on a line that ends with a full stop is a sentence rather than a label."""
_LONGEST_OPENING: Final = 120
_FOLLOW_WORDS: Final = 16


def phrase(text: str, line_key: str, outlet: str | None) -> str | None:
    """The tables of `phrases/`."""
    rule = _TABLE.rule_of(line_key, text)
    if rule is not None and line_key in _TABLE.whole:
        return rule
    if rule is None:
        rule = _TABLE.inner_rule_of(line_key) if len(line_key) > 12 else None
    elif rule not in _SENTENCES_TOO and len(text) > _LONGEST_OPENING:
        return None
    return None if rule is None or _is_sentence_of_article(rule, text, line_key) else rule


def _is_sentence_of_article(rule: str, text: str, line_key: str) -> bool:
    """Whether a line with a phrase of furniture tells what somebody says or does: furniture speaks to the reader."""
    if rule not in _NEVER_REPORT:
        return False
    if rule == "copyright":
        return "©" not in text and not _ALL_RIGHTS.search(line_key) and _REPORTING.search(line_key) is not None
    if _REPORTING.search(line_key):
        return True
    if not text.endswith((".", ".»", ".”", "».", "”.", '".')) or "@" in text:
        return False
    if rule in ("newsletter", "follow-line"):
        return len(text) >= _SENTENCE and _INVITATION.search(line_key) is None
    if rule == "contact":
        return "#" not in line_key and (len(text) >= _SENTENCE or "«" in text or "“" in text)
    return rule != "cookie-line" and len(text) >= _SENTENCE


_FOLLOW_VERBS = load_words("follow")
_FOLLOW_END = re.compile(
    r".*\s(?:علي|عبر|في|ب)\s*(?:(?:منصه|تطبيق|خدمه|موقع|شبكه|اخبار)\s+)?"
    r"(?:\(?\W*(?:" + "|".join(sorted(load_words("aggregators"), key=len, reverse=True)) + r")\b.{0,60})?"
)


def follow(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "تابع قناة عكاظ على الواتساب", "تابع «الأخبار» على": an invitation that ends with where to follow."""
    if len(text) > _LONGEST_OPENING or line_key.partition(" ")[0] not in _FOLLOW_VERBS:
        return None
    if text.endswith((".", "»", "؟")) or line_key.endswith(" في") or len(line_key.split()) > _FOLLOW_WORDS:
        return None
    if (line_key.startswith("هل") and "تابع" not in line_key) or _REPORTING.search(line_key):
        return None
    return "follow-line" if _FOLLOW_END.fullmatch(fold(text)) else None
