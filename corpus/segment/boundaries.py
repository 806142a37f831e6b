"""Where a sentence ends: an ordered list of small named predicates over one stop and what stands around it.

Each predicate answers JOIN (the sentence goes on), SPLIT (it ends here) or None (not for me to say); the first answer
wins, so the order is the specification. docs/segmentation.md says the same for people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from corpus.segment import lexicon
from corpus.text.chars import ARABIC, MARKS, URL, URL_LIMIT

JOIN: Final = False
SPLIT: Final = True

STOPS: Final = ".!?؟۔…"
"""The marks that can end a sentence: full stop (also the Urdu one), exclamation and question marks, ellipsis."""

QUOTES: Final = "\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}«»"
BRACKETS: Final = ")]}"
OPENING: Final = tuple('([{«“"')

FAR: Final = 40
"""Code points looked at on either side of a stop for a word: longer words end there (bounds the time)."""

_SHORTEST_NAME_WITH_PROCLITIC: Final = 3
_PARTICLES: Final = frozenset({"إن", "أن", "ان"})  # far more often than the letter N, with no stop behind
_WORD_AFTER = re.compile(rf"[\s\"'«»“”‘’(\[\-–—•*]*([^\W_](?:[^\W_]|[{MARKS}])*)")
_MARK = re.compile(f"[{MARKS}]")
_UNWRITTEN = re.compile(rf"[{MARKS}\N{{ARABIC TATWEEL}}]+")
_ARABIC_LETTER = re.compile(rf"[{ARABIC}]")
_EXTENDING = frozenset(
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{THAI CHARACTER SARA AM}\N{LAO VOWEL SIGN AM}"
    "\N{HALFWIDTH KATAKANA VOICED SOUND MARK}\N{HALFWIDTH KATAKANA SEMI-VOICED SOUND MARK}"
)
_URL = re.compile(URL)
_FUTURE = re.compile(r"و?س[أنيت][ء-ي]{3,}\Z")  # سنخوض، وسيعود
JOINED_TITLES = frozenset({"ود", "وم", "وأ"})  # وم. عادل
_PROCLITICS = frozenset("وفبلك")
_INITIAL = re.compile(rf"[^\W\d_][{MARKS}]*\.")
_SPEECH = re.compile(r":\s*[\"«“”]\s*[^\"«»“”:]*\Z")
_QUOTED_INITIALS = re.compile(r"[\"«“'(]\s?\w(?:\.\s?\w)*\Z")
_RELATIVES = ("الذي", "التي", "اللذ", "اللت", "الى", "اللوات", "اللائ", "الآن")
_NEGATION = re.compile(r"\s(?:لكن\w*\s+\S+\s+)?(?:لم|لن)\s")
_CLAUSE_END = re.compile(rf"[{re.escape(STOPS)}]")


@dataclass(slots=True)
class Stop:
    """One run of stop marks with the closing quotes and brackets after it, on one line of `text`.

    The marks are `text[start:marks_end]`, the run with what closes after it ends at `end`, what comes next begins at
    `next`, the line ends at `line_end`; the sentence so far begins at `sentence_start`.
    """

    text: str
    sentence_start: int
    start: int
    marks_end: int
    end: int
    next: int
    line_end: int
    _word_before: str | None = None
    _word_after: str | None = None

    @property
    def marks(self) -> str:
        return self.text[self.start : self.marks_end]

    @property
    def closers(self) -> str:
        return self.text[self.marks_end : self.end]

    @property
    def glued(self) -> bool:
        """Whether the next word follows without a space."""
        return self.next == self.end

    @property
    def before(self) -> str:
        """The code point before the marks; empty at the start of the sentence."""
        return self.text[self.start - 1] if self.start > self.sentence_start else ""

    @property
    def after(self) -> str:
        """The code point that comes next; empty at the end of the line."""
        return self.text[self.next] if self.next < self.line_end else ""

    @property
    def word_before(self) -> str:
        """The word that touches the marks, without marks and tatweel; empty if none does."""
        if self._word_before is None:
            self._word_before = _word_before(self.text, self.start, self.sentence_start)
        return self._word_before

    @property
    def word_after(self) -> str:
        """The next word, without marks and tatweel, past opening quotes and dashes; empty if none follows."""
        if self._word_after is None:
            match = _WORD_AFTER.match(self.text, self.next, min(self.line_end, self.next + FAR))
            self._word_after = _UNWRITTEN.sub("", match[1]) if match else ""
        return self._word_after

    @property
    def opens_sentence(self) -> bool:
        """Whether the next word is one that sentences clearly start with."""
        return self.word_after in lexicon.OPENERS


def _word_before(text: str, end: int, floor: int) -> str:
    at = word_start = end
    floor = max(floor, end - FAR)
    while at > floor:
        at -= 1
        if text[at].isalpha():
            word_start = at
        elif not _MARK.match(text[at]):
            break
    return _UNWRITTEN.sub("", text[word_start:end])


def extends_grapheme(char: str) -> bool:
    """Whether `char` belongs to the grapheme of the code point before it (marks, joiners, emoji modifiers)."""
    return (
        unicodedata.category(char)[0] == "M"
        or char in _EXTENDING
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= char <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
        or "\N{TAG SPACE}" <= char <= "\N{CANCEL TAG}"
    )


def nothing_follows(stop: Stop) -> bool | None:
    return JOIN if stop.next >= stop.line_end else None


def nothing_before(stop: Stop) -> bool | None:
    """Marks that open a line or a sentence ("...وقال") end nothing."""
    if stop.start - stop.sentence_start > FAR:
        return None
    return None if any(c.isalnum() for c in stop.text[stop.sentence_start : stop.start]) else JOIN


def mark_alone_in_brackets(stop: Stop) -> bool | None:
    """(؟), «...», (!)"""
    floor = max(stop.sentence_start, stop.start - 3)
    return JOIN if stop.closers and stop.text[floor : stop.start].rstrip()[-1:] in OPENING else None


def splits_grapheme(stop: Stop) -> bool | None:
    return JOIN if extends_grapheme(stop.after) else None


def more_marks_follow(stop: Stop) -> bool | None:
    """The later marks decide: «…».. and ". ."."""
    return JOIN if stop.after in STOPS else None


def mid_mark_follows(stop: Stop) -> bool | None:
    """A comma, colon or closing bracket goes on with the sentence."""
    return JOIN if stop.after in "،,؛;:)]}%/" else None


def decimal(stop: Stop) -> bool | None:
    """3.5 and 1.071.5, and turned round by a bidirectional editor: "840 .41"."""
    if stop.marks != "." or stop.closers or not stop.glued or not stop.after.isdecimal():
        return None
    left = stop.text[max(stop.sentence_start, stop.start - 3) : stop.start].rstrip()
    return JOIN if left[-1:].isdecimal() else None


def inside_url(stop: Stop) -> bool | None:
    """A mark inside a url, an e-mail or a site's name."""
    if not stop.glued:
        return None
    if stop.marks == "." and stop.word_after in lexicon.WEB_ENDINGS:
        return JOIN
    floor = max(0, stop.start - URL_LIMIT)
    chunk_start = max(stop.text.rfind(" ", floor, stop.start), stop.text.rfind("\n", floor, stop.start)) + 1
    chunk_start = max(chunk_start, floor)
    left = stop.text[chunk_start : stop.end]
    if "://" not in left and "www." not in left and "@" not in left and "@" not in stop.text[stop.end : stop.end + 64]:
        return None
    window = stop.text[chunk_start : stop.end + URL_LIMIT].split("\n", 1)[0]
    inside = stop.start - chunk_start
    return JOIN if any(m.start() <= inside < m.end() - 1 for m in _URL.finditer(window)) else None


def glued_to_no_word(stop: Stop) -> bool | None:
    """A stop glued to the next word ends a sentence if that is an Arabic word, opened by a quotation mark or not."""
    if not stop.glued:
        return None
    following = stop.after
    if following == stop.text[stop.end - 1]:
        return JOIN
    if following in OPENING:
        following = stop.text[stop.next + 1 : stop.next + 2]
    return None if following and _ARABIC_LETTER.match(following) else JOIN


def abbreviation(stop: Stop) -> bool | None:
    """د. أ.د. ق.م. و.م.ع. ج. ب. and Dr."""
    if stop.marks != ".":
        return None
    word = stop.word_before
    if not word:
        return None
    if stop.glued and _INITIAL.match(stop.text, stop.next):
        return JOIN
    if stop.closers:  # "ع. م." between quotation marks is a name
        quoted = stop.text[max(stop.sentence_start, stop.start - 8) : stop.start]
        return JOIN if _QUOTED_INITIALS.search(quoted) and not stop.opens_sentence else None
    if len(word) == 1 or word in JOINED_TITLES:
        return _single_letter(stop)
    if word in lexicon.ABBREVIATIONS:
        return JOIN
    if word in lexicon.UNITS:
        return None if stop.word_after.startswith("و") or stop.opens_sentence else JOIN
    if word.isascii() and word.lower() in lexicon.LATIN_ABBREVIATIONS:
        return None if stop.word_after.startswith("و") or stop.opens_sentence else JOIN
    return None


def _single_letter(stop: Stop) -> bool | None:
    at = stop.start - 1
    while at > stop.sentence_start and (extends_grapheme(stop.text[at]) or stop.text[at] == "\N{ARABIC TATWEEL}"):
        at -= 1
    previous = stop.text[at - 1] if at > stop.sentence_start else ""
    if previous.isdecimal():  # 2022م.
        return None
    if previous == ".":  # the last letter of a dotted abbreviation
        return None if stop.opens_sentence else JOIN
    if previous == " ":
        word = _word_before(stop.text, at - 1, stop.sentence_start)
        if len(word) == 1 and word != "و" and stop.text[at - 2] != ".":  # أ ف ب.
            return None
        if word in lexicon.LETTERED or (word[:1] in _PROCLITICS and word[1:] in lexicon.LETTERED):
            return None
    return JOIN


def letter_name(stop: Stop) -> bool | None:
    """جيه. كيه. رولينغ، بي. بي. سي، جورج دبليو. بوش"""
    if stop.marks != "." or stop.closers:
        return None
    word = stop.word_before
    name = word if word in lexicon.LETTER_NAMES else word[1:]
    if name not in lexicon.LETTER_NAMES or (name != word and word[0] not in "وفبلك"):
        return None
    after = stop.word_after
    if after in lexicon.LETTER_NAMES and (after not in _PARTICLES or stop.text.startswith(f"{after}.", stop.next)):
        return JOIN
    at = stop.start - len(word) - 1
    dotted = stop.text[max(stop.sentence_start, at - 1) : at + 1].rstrip().endswith(".")
    if name != word and len(name) < _SHORTEST_NAME_WITH_PROCLITIC and not dotted:
        return None  # كاف is a word, seldom ك and the letter F
    if name in lexicon.INITIALS or dotted:
        return None if stop.opens_sentence or stop.word_after.startswith("و") else JOIN
    return None


def list_number(stop: Stop) -> bool | None:
    """The number of a list item ("1. ...") opens the sentence."""
    if stop.marks != "." or stop.closers:
        return None
    opening = stop.text[stop.sentence_start : stop.start]
    return JOIN if len(opening) <= 3 and opening.isdecimal() else None


def latin_goes_on(stop: Stop) -> bool | None:
    """In a Latin passage a sentence does not start with a small letter."""
    if stop.marks != "." or not (stop.after.isascii() and stop.after.islower()):
        return None
    return JOIN if stop.word_before[-1:].isascii() and stop.word_before else None


def quoted_question_goes_on(stop: Stop) -> bool | None:
    """«من المسؤول؟» في إشارة إلى...: the question is part of a sentence unless a new one clearly starts."""
    if stop.closers and stop.marks[-1] in "!?؟" and any(c in stop.closers for c in QUOTES + BRACKETS):
        return SPLIT if stop.opens_sentence or _quotes_speech(stop) else JOIN
    return None


def _quotes_speech(stop: Stop) -> bool:
    """Whether the question was introduced by a colon and a definite noun follows: سأل: «أين هي؟» الجواب عند ..."""
    word = stop.word_after
    if not word.startswith("ال") or word.startswith(_RELATIVES):
        return False
    return _SPEECH.search(stop.text[max(stop.sentence_start, stop.start - 300) : stop.start]) is not None


def ellipsis(stop: Stop) -> bool | None:
    """ ".." and "…" are pauses unless what follows stands on its own."""
    marks = stop.marks
    if marks[0] not in ".…":
        return None
    if marks == "." and not stop.text[max(stop.sentence_start, stop.start - 3) : stop.start].rstrip().endswith("."):
        return None
    if any(c in "!؟?" for c in marks):
        return None
    limit = min(stop.line_end, stop.next + 200)
    end = _CLAUSE_END.search(stop.text, stop.next, limit)
    clause = stop.text[stop.next : end.start() if end else limit]
    word = stop.word_after
    if word not in lexicon.INDEPENDENT and not _FUTURE.match(word) and not _is_nominal_sentence(word, clause):
        return JOIN
    so_far = stop.text[max(stop.sentence_start, stop.start - 60) : stop.start]
    return SPLIT if clause.count(" ") >= 3 and so_far.count(" ") >= 2 else JOIN


def _is_nominal_sentence(word: str, clause: str) -> bool:
    """النخل مات، لكن الأرض لم تمت: a definite noun, and a negated verb later."""
    return (
        word.startswith("ال")
        and not word.startswith(_RELATIVES)
        and clause.count(" ") >= 4
        and _NEGATION.search(clause) is not None
    )


def full_stop(stop: Stop) -> bool | None:
    """What no rule above kept together ends the sentence."""
    return SPLIT


Rule = Callable[[Stop], bool | None]

RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("nothing-follows", nothing_follows),
    ("nothing-before", nothing_before),
    ("splits-grapheme", splits_grapheme),
    ("mark-alone-in-brackets", mark_alone_in_brackets),
    ("more-marks-follow", more_marks_follow),
    ("mid-mark-follows", mid_mark_follows),
    ("decimal", decimal),
    ("inside-url", inside_url),
    ("glued-to-no-word", glued_to_no_word),
    ("abbreviation", abbreviation),
    ("letter-name", letter_name),
    ("list-number", list_number),
    ("latin-goes-on", latin_goes_on),
    ("quoted-question-goes-on", quoted_question_goes_on),
    ("ellipsis", ellipsis),
    ("full-stop", full_stop),
)
"""The ordered rules; the last always answers."""


def decide(stop: Stop) -> tuple[bool, str]:
    """Whether the sentence ends at `stop`, and the name of the rule that said so."""
    for name, rule in RULES:
        answer = rule(stop)
        if answer is not None:
            return answer, name
    raise AssertionError("the last rule always answers")
