"""PERS by given names and what follows them: بن and a father's name, a surname, an age in brackets."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.preannotate import lists
from annotation.preannotate.chains import Names
from annotation.preannotate.line import Found, Line, Word
from annotation.preannotate.mending import numbered
from annotation.preannotate.triggers import DESCRIBING, GIFTS, GIVEN, TITLES, given_names
from annotation.preannotate.words import plain, plain_words

_DESCENT = plain_words("بن ابن بنت ولد منت")
_PARENTS = plain_words("أبو أبي أبا أم آل أيت آيت أهل")
_SURE_LINKS = plain_words("بن أبو")
_LINKS = _DESCENT | _PARENTS | {"عبد"}  # a child of, a clan of, a servant of
_AGES = plain_words("عاما عام سنة سنوات أعوام")
_SAID = plain_words("قال قالت يقول تقول أكد أكدت أوضح أوضحت أضاف أضافت صرح صرحت كشف يرى ترى أشار يروي تروي المدعو اسمه")
_GIVEN_NAMES = given_names()
_ANNOUNCING = _SAID | lists.HONORIFICS | lists.SOVEREIGNS
_PREPOSITION = "علي"  # على in plain spelling
_LONGEST = 12  # words of a name
_ENOUGH = 3  # pieces of evidence
_UNCOMMON, _SCARCE, _RARE, _STRANGE, _UNSEEN = 11, 8, 6, 4, 3  # bits of a word's count in raw text
_BY_NAME = plain("باسم")  # in the name of, behind a speaker
_SPEAKERS = plain_words("المتحدث المتحدثة متحدث متحدثة الناطق الناطقة ناطق ناطقة الرسمي الرسمية تحدث يتحدث تتحدث")
_ROYAL = plain_words("الملك الملكة الأمير الأميرة السلطان الشيخ الشيخة الخليفة الملا")
_JOINED_PRONOUNS = tuple(plain_words("هم ها هما هن ته تها كم نا"))
_NOT_STRANGE = (*_JOINED_PRONOUNS, "ات", "ية", "ة")
_BU = plain("بو")  # begins many Maghrebi family names
_RELATIVES = frozenset(
    relative + pronoun
    for relative in plain_words(
        "ابن ابنت شقيق شقيقت حفيد حفيدت زوج زوجت والد والدت عم عمت خال خالت أخو أخي أخا أخت جد جدت نجل صهر"
    )
    for pronoun in ("ه", "ها", "هم", "هما", "نا", "ي")
)
_FATHER, _SAYYID = "أبو", "السيد"  # عماد السيد إبراهيم
_CLAN, _SERVANT, _GOD = plain("آل"), "عبد", plain("الله")
_FOREIGN_LINKS, _FOREIGN_ARTICLES = frozenset(("فان", "فون")), frozenset(("دير", "دن", "دي"))  # فإن has another form
_VERB_SIGNS = tuple(plain_words("ي ت ن أ و ف ل م"))  # first letters of inflected verbs and participles


def persons(names: Names) -> Iterator[Found]:
    """Full names that begin with a listed given name, where there is evidence enough that they are names."""
    line = names.line
    taken = 0
    for at in line.at(GIVEN):
        if at < taken:
            continue
        end, source = _name_end(names, at)
        if end <= at + 1:
            if not _known_alone(names, at):
                continue
            end, source = at + 1, "phrases"
        start = at
        if at > taken and _strange_given_name(names, at - 1):
            start = at - 1
        elif at > taken + 1 and _strange_child(names, at - 2):
            start = at - 2
        end += int(numbered(line, start, end))
        yield Found(start, end, "PERS", 0.85, source)
        taken = end


def _name_end(names: Names, start: int) -> tuple[int, str]:
    """The end of a full name that begins at a token, and how far it is to be trusted; `start` where none does."""
    line = names.line
    stem = line.stems[start]
    if start in names.blocked or _is_preposition(line, start):
        return start, ""
    if line.folded[start] in lists.STOPWORDS and _is_function_word(line, start):
        return start, ""
    if stem == _BY_NAME and line.stem(start - 1) in _SPEAKERS:
        return start, ""
    titled = stem in TITLES
    at = start + int(titled)
    if at >= len(line.words):
        return start, ""
    first = line.folded[at] if titled else stem
    compound = (first == _SERVANT or first in GIFTS) and _compound(line, at, first)
    given = first in _GIVEN_NAMES
    if not (given or compound or (titled and first in _DESCENT) or _plausible(line, at, first)):
        return start, ""
    at += 2 if compound else 0 if first in _DESCENT else 1
    end, evidence, linked = _further_names(names, at, start + _LONGEST)
    if end <= start + 1:
        return start, ""
    sure = compound or (given and first not in lists.AMBIGUOUS_NAMES)
    announced = _announced(names, start)
    evidence += 1 + int(sure) + announced + int(titled)
    if line.forms[end : end + 1] == ("(",) and line.stem(end + 2) in _AGES:
        evidence += 2
    missing = _ENOUGH + int(not (sure or announced or titled)) - evidence
    if missing <= 0:
        return end, "phrases"
    return (end, "linked") if missing == 1 and linked and names.persons.isdisjoint(range(start, end)) else (start, "")


def _plausible(line: Line, at: int, first: str) -> bool:
    """Whether a word of foreign lists may be a given name here."""
    if first not in lists.NAME_FIRSTS or line.words[at].commonness > _UNCOMMON or _final_alef(line, at):
        return False
    return first not in lists.SOVEREIGNS and not _ranked(first)


def _further_names(names: Names, at: int, limit: int) -> tuple[int, int, bool]:
    """Where the names behind a given name end, how much they show that all is a name, and whether بن or أبو does."""
    line = names.line
    evidence, linked = 0, False
    limit = min(limit, len(line.words))
    while at < limit:
        word, form = line.words[at], line.forms[at]
        folded = word.folded
        if folded in _DESCENT and at + 2 < len(line.words) and line.folded[at + 1] == _SERVANT:
            evidence += 1
            at += 1  # بن عبد الله: عبد is a link itself
        elif (folded in _LINKS or form in _FOREIGN_LINKS) and _may_follow(names, at + 1):
            evidence += 2
            linked = linked or folded in _SURE_LINKS
            at += 3 if form in _FOREIGN_LINKS and line.forms[at + 1] in _FOREIGN_ARTICLES else 2
            at = min(at, len(line.words))
            if folded == _CLAN:
                break  # a clan ends a name
        elif (word.cut and not _unseen(word)) or _ends_name(names, at):
            break
        elif folded in _GIVEN_NAMES or (folded == _SAYYID and _is_given(line, at + 1)):
            evidence += 1
            at += 1
        elif folded in lists.SURNAMES and not names.ends_phrase(at):
            evidence += max(1, _surname_evidence(names, at))
            at += 1
        elif _is_surname(names, at):
            evidence += _surname_evidence(names, at)
            at += 1
            if word.definite or not _goes_on(names, at):
                break
        elif word.definite and folded[2:] in lists.OCCUPATIONS and _ends_family_name(names, at + 1):
            at += 1  # الفلاح السغروشني: a family name of two words
        else:
            break
    return at, evidence, linked


def _is_given(line: Line, at: int) -> bool:
    return at < len(line.folded) and line.folded[at] in _GIVEN_NAMES


def _ends_name(names: Names, at: int) -> bool:
    return at in names.blocked or _is_preposition(names.line, at) or _begins_office(names, at)


def _unseen(word: Word) -> bool:
    """Whether raw text hardly knows what would be left of a word without its first letter: سايرس, بوجناح."""
    known = word.definite or word.folded.startswith("و") or word.folded.endswith(_JOINED_PRONOUNS)
    return word.commonness <= (_RARE if word.folded.startswith(_BU) else _UNSEEN) and not known


def _goes_on(names: Names, at: int) -> bool:
    """Whether a name goes on behind an unlisted one: محمد كامل عبدالصمد, لمياء بوجناح الزريبي."""
    if at >= len(names.line.words):
        return False
    word = names.line.words[at]
    if word.folded in lists.FIRST_NAMES:
        return word.folded not in lists.AMBIGUOUS_NAMES and not word.cut
    family = word.definite and word.folded.endswith("ي") and not word.cut and not names.is_nisba(at)
    return family and word.commonness <= _SCARCE


def _is_function_word(line: Line, at: int) -> bool:
    """Whether a stop word is no name: not على, nor ضيف الله."""
    folded = line.folded
    gift = folded[at] in GIFTS and folded[at + 1 : at + 2] == (_GOD,)
    return folded[at] != _PREPOSITION and not gift


def _ends_family_name(names: Names, at: int) -> bool:
    return at < len(names.line.words) and names.line.words[at].definite and _is_surname(names, at)


def _ranked(word: str) -> bool:
    """السفير, العميد: an office and no given name, though lists of foreign names have it."""
    return word.startswith("ال") and (word[2:] in lists.OFFICES or word[2:] in lists.OCCUPATIONS)


def _compound(line: Line, at: int, first: str) -> bool:
    """عبد الرحمن, ضيف الله: a given name of two words."""
    if at + 1 >= len(line.words):
        return False
    if first == _SERVANT:
        return _divine(line, at + 1)
    return line.folded[at + 1] == _GOD


def _divine(line: Line, at: int) -> bool:
    """الله, الرحمن behind عبد."""
    return line.words[at].definite or line.folded[at] == _GOD


def _may_follow(names: Names, at: int) -> bool:
    """Whether the word behind بن, أبو, آل or عبد may be a name."""
    if at >= len(names.line.words):
        return False
    word = names.line.words[at]
    before = names.line.folded[at - 1]
    if before == _SERVANT:
        return _divine(names.line, at)
    if before == _CLAN or names.line.forms[at - 1] == _FATHER:
        return word.is_word and not names.ends_phrase(at)
    if word.folded == _PREPOSITION:
        return not _is_preposition(names.line, at)
    if names.ends_phrase(at):
        return False
    return word.folded in lists.FIRST_NAMES or word.definite or word.commonness <= _UNCOMMON


def _is_preposition(line: Line, at: int) -> bool:
    return line.stems[at] == _PREPOSITION and line.forms[at].endswith("ى")


def _is_surname(names: Names, at: int) -> bool:
    """Whether an unlisted word may end a person's name: uncommon, with the article or in ي, and no plural."""
    word = names.line.words[at]
    folded, definite, commonness = word.folded, word.definite, word.commonness
    if commonness > _UNCOMMON or names.ends_phrase(at):
        return False
    if folded in lists.HONORIFICS or folded.endswith(("ات", "ية")) or _final_alef(names.line, at):
        return False
    if folded.endswith(_JOINED_PRONOUNS) and not definite:
        return False
    if folded.endswith(("ين", "ون")) and names.is_nisba(at):
        return False
    if definite and folded[2:] in lists.OCCUPATIONS:
        return False
    if folded in lists.NAME_LASTS:
        return True
    if folded.endswith("ا"):
        return False  # صباحا, مبتسما
    if definite and folded.endswith("ي"):
        return True
    if definite and folded.endswith("ة"):
        return commonness <= _RARE  # باسم الرابطة
    return commonness <= (_SCARCE if definite or folded.endswith("ي") else _RARE)


def _surname_evidence(names: Names, at: int) -> int:
    word = names.line.words[at]
    if names.is_nisba(at):
        return 0
    if word.definite and word.folded.endswith("ي"):
        return 3
    return 2 if word.commonness <= _RARE else 1


def _final_alef(line: Line, at: int) -> bool:
    """Whether a word ends in ى where a foreign name is spelt with ي: رأى, سعى."""
    return line.forms[at].endswith("ى") and line.folded[at] not in lists.FIRST_NAMES


def _begins_office(names: Names, at: int) -> bool:
    """ولي العهد, رئيس الوزراء behind a name: an office in construct and no surname."""
    word = names.line.words[at]
    if word.folded not in lists.OFFICES and word.folded not in lists.OCCUPATIONS:
        return False
    if word.definite or word.folded in lists.FIRST_NAMES or names.ends_phrase(at + 1):
        return False
    return names.line.words[at + 1].definite


def _known_alone(names: Names, at: int) -> bool:
    """Whether a given name alone stands for somebody: الملك فهد, الشيخ زايد; حفيدتها تالا، شقيقه وليد."""
    line = names.line
    before, stem = line.stem(at - 1), line.stems[at]
    royal = before in _ROYAL
    if not (royal or before in _RELATIVES) or stem not in lists.FIRST_NAMES:
        return False
    if line.words[at].cut or at in names.blocked:
        return False
    if royal:
        return stem not in lists.NAME_PARTICLES and stem != _SERVANT and not _is_preposition(line, at)
    return stem not in lists.AMBIGUOUS_NAMES and not _final_alef(line, at)


def _strange_given_name(names: Names, at: int) -> bool:
    """An unlisted given name between an announcement and listed names: المعلمة حسيبة أحمد جومر."""
    if at < 1 or at in names.blocked or names.ends_phrase(at) or names.is_nisba(at):
        return False
    word = names.line.words[at]
    if word.cut or word.definite or word.commonness > _SCARCE or not _announced(names, at):
        return False
    if not word.folded.isalpha() or word.folded.endswith(_JOINED_PRONOUNS):
        return False
    return word.folded not in lists.HONORIFICS and word.folded not in lists.OCCUPATIONS


def _strange_child(names: Names, at: int) -> bool:
    """An unlisted given name before بن and a listed one: مفرج بن سعد."""
    line = names.line
    if at < 0 or line.folded[at + 1] not in _DESCENT or at in names.blocked or names.ends_phrase(at):
        return False
    word = line.words[at]
    if word.cut or word.definite or word.commonness > _SCARCE or not word.folded.isalpha():
        return False
    return word.folded not in lists.HONORIFICS and not word.folded.endswith(_JOINED_PRONOUNS)


def strangers(names: Names) -> Iterator[Found]:
    """Persons that no list knows: two strange words behind an occupation or nationality."""
    line = names.line
    for at in line.at(DESCRIBING):
        word = line.words[at]
        if not word.definite or at in names.blocked or at in names.persons:
            continue
        if at + 2 >= len(line.words) or line.words[at + 1].commonness > _STRANGE:
            continue  # so it is with most
        end = _strange_end(names, at + 1)
        if end > at + 2 and _may_describe(names, at):
            yield Found(at + 1, end, "PERS", 0.8, "phrases", whole=True)


def strange_surnames(names: Names) -> Iterator[Found]:
    """Persons with the surname behind them that no list knows."""
    line = names.line
    for found in names.of_persons:
        end = found.end
        if not line.words[end - 1].definite and end < len(line.words) and _strange_surname(names, end):
            yield found._replace(end=end + 1, source="phrases")


def _strange_surname(names: Names, at: int) -> bool:
    """Whether a strange word behind a person is no verb: إلياس منديش ترينداد, but not تبخرت, تعانق, وأمتعت."""
    word = names.line.words[at]
    if word.cut or not _strange(names, at):
        return False
    folded = word.folded
    inflected = folded.startswith(_VERB_SIGNS) or folded.endswith(("ت", "ان", "ه", "ا"))
    return not inflected


def _may_describe(names: Names, at: int) -> bool:
    """المغنية, الأمريكية behind المغنية, and الأرجنتيني alone; not the adjective of a club or firm."""
    line = names.line
    if line.stems[at][2:] in lists.OCCUPATIONS or line.stems[at][2:].removesuffix("ة") in lists.OCCUPATIONS:
        return True
    if not names.is_nisba(at) or not line.stems[at].endswith(("ي", "ية")):
        return False
    before = line.words[at - 1] if at else None
    if before is None or not before.is_word or not before.definite:
        return line.stems[at].endswith("ي") and (before is None or before.folded in lists.VERBS or before.verbal)
    return before.stem[2:] in lists.OCCUPATIONS or before.stem[2:].removesuffix("ة") in lists.OCCUPATIONS


def _strange_end(names: Names, at: int) -> int:
    """The end of a run of words that raw text hardly knows, of three at most."""
    line = names.line
    end = at
    limit = min(at + 3, len(line.words))
    while end < limit and end not in names.persons and _strange(names, end):
        end += 1
    return end


def _strange(names: Names, at: int) -> bool:
    word = names.line.words[at]
    if word.definite or word.commonness > _STRANGE or (word.cut and not _unseen(word)):
        return False  # بمناسبة; in سايرس س is no particle
    if names.ends_phrase(at) or names.starting(at):
        return False
    if word.folded.startswith("و") or word.folded.endswith(_NOT_STRANGE):
        return False
    if names.line.forms[at].endswith(("ًا", "اً", "ى")):
        return False
    return len(word.folded) > 2 and not word.folded.isascii()


def _announced(names: Names, at: int) -> int:
    """Whether the word before a name announces one: a verb of saying, an honorific, an occupation."""
    line = names.line
    before = at - 1
    while before >= 0 and line.forms[before] in (".", "،", ":"):
        before -= 1
    if before > 0 and names.is_nisba(before) and line.words[before].definite:
        before -= 1
    if before < 0:
        return 0
    word = line.words[before]
    if word.stem in _ANNOUNCING:
        return 1
    base = word.stem[2:] if word.definite else word.stem
    return int(base.removesuffix("ة") in lists.OCCUPATIONS or base in lists.OCCUPATIONS)
