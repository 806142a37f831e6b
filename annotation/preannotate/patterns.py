"""Names by their shape: clubs (شباب زاكورة), and what stands in quotation marks behind a word of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotation.preannotate import lists
from annotation.preannotate.chains import Names
from annotation.preannotate.line import Found, Line
from annotation.preannotate.triggers import CLUB, EDITION, FAINT_CLUBS, LONE_CLUB, QUOTE, QUOTES, SPORT
from annotation.preannotate.words import plain, plain_words


def clubs(names: Names) -> Iterator[Found]:
    """ORG: a club's word and its town."""
    line = names.line
    for at in line.at(CLUB):
        place = names.starting(at + 1)
        if place is None or place.label not in ("GPE", "LOC") or line.words[at + 1].cut:
            continue
        if at in names.persons or at in names.blocked or line.stem(at - 1) in ("من", "كل", "بعض"):
            continue
        yield Found(at, place.end, "ORG", 0.75, "phrases")


_LEAST_SPORT = 5  # words of sport in an article about it
_CLUB_WORDS = plain_words("فريق نادي النادي الفريق لاعب لاعبي مدرب مهاجم حارس مدافع جماهير")
_NOT_BEFORE_CLUBS = plain_words("هذا كأس كاس تم يتم")  # كأس الاتحاد
_NO_CLUBS = plain_words("الأحمر الشعبية العربي الأوروبي الدولي الوطني الإفريقي الأفريقي الآسيوي")  # الهلال الأحمر


def lone_clubs(names: Names) -> Iterator[Found]:
    """ORG: الهلال, النصر in an article about sport, where no adjective or complement makes them something else."""
    line = names.line
    for at in line.at(LONE_CLUB):
        if at in names.blocked or at in names.persons or names.starting(at) is not None:
            continue
        before, after = line.stem(at - 1), line.stem(at + 1)
        construct = at > 0 and not line.words[at - 1].definite and not line.words[at].cut and before in lists.OFFICES
        described = after in _NO_CLUBS or (at + 1 < len(line.words) and line.words[at + 1].proclitic == "ل")
        if before in lists.PLACE_HEADS or before in _NOT_BEFORE_CLUBS or construct or described:
            continue
        if line.stems[at] in FAINT_CLUBS and (before not in _CLUB_WORDS or line.words[at].cut):
            continue
        yield Found(at, at + 1, "ORG", 0.75, "phrases")


def about_sport(lines: Sequence[Line]) -> bool:
    """Whether an article is about a sport with clubs."""
    return sum(len(line.at(SPORT)) for line in lines) >= _LEAST_SPORT


_ORDINALS = plain_words(
    "الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة"
    " الثامنة التاسعة العاشرة الحادية العشرين العشرون الثلاثين الأربعين"
    " الخمسين عشر عشرة والعشرين والعشرون والثلاثين والأربعين والخمسين ال"
)


def editions(names: Names) -> Iterator[Found]:
    """EVENT: الدورة السابعة من مهرجان كذا, around an event that is known already."""
    line = names.line
    for start in line.at(EDITION):
        at = start + 1
        while at < len(line.words) and (line.folded[at] in _ORDINALS or line.forms[at].isdigit()):
            at += 1
        at += int(at > start + 1 and line.stem(at) == "من")
        event = names.starting(at)
        if at > start + 1 and event is not None and event.label == "EVENT":
            yield Found(start, event.end, "EVENT", 0.75, "phrases")


def _with_possessives(listed: str) -> frozenset[str]:
    """The words, with the article and with possessive endings (ديوان, الديوان, ديوانها; رواية, روايته)."""
    found = set()
    for word in map(plain, listed.split()):
        joined = word[:-1] + "ت" if word.endswith("ة") else word
        found |= {word, "ال" + word, *(joined + ending for ending in ("ه", "ها", "هم", "هما", "ي"))}
    return frozenset(found)


_QUOTED = {
    "PRODUCT": _with_possessives(
        "فيلم مسلسل رواية مسرحية أغنية ألبوم كتاب ديوان لعبة شريط قصيدة سلسلة برنامج منصة تطبيق لوحة جائزة مؤشر عرض"
        " وثائقي عمل مجموعة روبوت جهاز قمر سيارة نوع عنوان"
    ),
    "ORG": _with_possessives(
        "شركة منظمة جمعية صحيفة جريدة قناة موقع مؤسسة وكالة حركة فريق نادي مجلة مجموعة تعاونية مطعم مقاولة"
    ),
    "LAW": _with_possessives("مبادرة استراتيجية إستراتيجية خطة مخطط قانون اتفاقية مشروع"),
    "EVENT": _with_possessives("مهرجان معرض مؤتمر ملتقى منتدى مسابقة حملة"),
}
_KINDS = {head: label for label, heads in reversed(_QUOTED.items()) for head in heads}  # of two, the first counts
_SENTENCE_ENDS = frozenset(".؟!")
_LONGEST = 8  # tokens in quotation marks that still are a name
_APART = 2  # words between the head and its quoted name


def quoted_names(names: Names) -> Iterator[Found]:
    """What stands in quotation marks behind a kind word is a name of that kind; «...» behind لـ is a newspaper."""
    line = names.line
    done = 0
    for at in line.at(QUOTE):
        if at < done:
            continue
        inside = line.forms[at + 1 : at + 2 + _LONGEST]
        closer = QUOTES[line.forms[at]]
        end = at + 1 + inside.index(closer) if closer in inside else 0
        if end <= at + 1:
            continue
        done = end + 1
        label = _kind(line, at) or ("ORG" if line.folded[at + 1 : end] in lists.NEWSPAPERS else "")
        if label and _SENTENCE_ENDS.isdisjoint(line.forms[at + 1 : end]):
            yield Found(at + 1, end, label, 0.8, "phrases", whole=True)
        elif at > 0 and line.folded[at - 1] == "ل" and end - at <= 4:
            yield Found(at + 1, end, "ORG", 0.8, "phrases", whole=True)


def _kind(line: Line, opener: int) -> str:
    for word in reversed(line.words[max(0, opener - 1 - _APART) : opener]):
        if not word.is_word:
            return ""
        if word.stem in _KINDS:
            return _KINDS[word.stem]
        if not word.definite and word.stem not in lists.NATIONS:
            return ""
    return ""
