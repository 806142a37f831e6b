"""What a complement must show for a head and its complement to be a name and not a description.

An evidence takes the known names of a line and the token range of the complement (half-open, behind the head).
"""

from __future__ import annotations

from collections.abc import Callable

from annotation.preannotate import lists
from annotation.preannotate.chains import Names
from annotation.preannotate.words import plain_words

Evidence = Callable[[Names, int, int], bool]

UNCOMMON = 9  # bits of a word's count in raw text up to which it may be an unlisted name

BODY_KINDS = plain_words(
    "الوطني الوطنية الأعلى العليا العام العامة السامية"
    " السامي المركزي المركزية الاقتصادي الدولي الدولية الملكي الملكية"
    " العالي المهني المهنية المغربي المغربية الجهوي الجهوية"
    " العالمي العالمية الإقليمي الإقليمية الاستشاري العلمي الشعبي"
    " الدستوري الدستورية القومي القومية الاتحادي الاتحادية المحلي المحلية الموسع الموسعة"
)
BUILDING_RANKS = plain_words(
    "الدولي الدولية البلدي البلدية الجامعي الجامعية الجهوي الجهوية التعليمي المركزي المركزية العسكري العسكرية الأثري"
    " الأثرية الكبير الكبرى الفضائية الجوية البحرية الأولمبي"
    " الأولمبية الوطني الملكي العام الأعظم العتيق القديم الشرفي"
)
_SCOPES = plain_words(
    "العالم العالمي العالمية الدولي الدولية الوطني الوطنية"
    " العربي العربية الإفريقي الأفريقي الإفريقية الأفريقية الأوروبي"
    " الأوروبية السنوي أمم الأمم أبطال الأبطال العشرين السبع"
    " آسيا إفريقيا أفريقيا أوروبا المغاربي الإسلامي الإسلامية الخليجي"
    " الخليجية الأولمبية الأولمبي البارالمبية السينمائي المناخ الاتحاد العرش الكتاب الجهوية الجهوي الاحترافية"
)
_WARS = plain_words("العالمية الباردة الأهلية أكتوبر الخليج تشرين حزيران الصليبية الريف الرمال الاستنزاف التحرير")
_ELECTIONS = plain_words(
    "الرئاسية التشريعية البرلمانية الجماعية المحلية البلدية النصفية الجهوية النيابية العامة التمهيدية المهنية"
)
_FEASTS = plain_words(
    "الأضحى الفطر العرش الاستقلال الشباب الميلاد المولد العمال الشغل الأم الحب الجلاء الثورة الفصح النصر الوحدة المسيرة"
)
_NO_TREATY = plain_words(
    "التعاون الشراكة الإطار التفاهم التوأمة المذكورة الجديدة الموقعة الثنائية الإيجار القرض العمل الطرفين البلدين"
)
_NO_LAW = plain_words("الغاب العرض الجاذبية اللعبة البلاد البلد الدولة الطبيعة الطرفين القوة الطوارئ")
_CHARITIES = plain_words("الخيرية الخيري التعاونية التعاوني")
_PUBLISHING = plain_words("النشر الطباعة الثقافة الكتاب")
_SCHOOLS = plain_words(
    "الابتدائية الإعدادية الثانوية المتوسطة الأساسية الدولية الخاصة الإسلامية النموذجية الأهلية للبنات للبنين"
)
_CAMPUSES = plain_words("الطبية الرياضية الجامعية")
_MARKETS = plain_words("المالي المالية للأوراق العالمي للأسهم السعودية المال الأسهم")
_WORLD = plain_words("العالمي الدولي الوطني العالمية")
_MINISTERS = plain_words("وزير وزيرة وزراء وزارة")


def anything(names: Names, start: int, end: int) -> bool:
    """Whatever the complement says."""
    return end > start


def no_purpose(names: Names, start: int, end: int) -> bool:
    """Whatever the complement says but a bare purpose: منظمة للنهوض بكذا is any."""
    return end > start and names.line.words[start].proclitic != "ل"


def any_of(*tests: Evidence) -> Evidence:
    """At least one of the tests holds."""

    def holds(names: Names, start: int, end: int) -> bool:
        return any(test(names, start, end) for test in tests)

    return holds


def first_in(listed: frozenset[str]) -> Evidence:
    """The complement begins with one of the words."""

    def holds(names: Names, start: int, end: int) -> bool:
        return end > start and names.line.stems[start] in listed

    return holds


def named(names: Names, start: int, end: int) -> bool:
    """The complement holds a known name or ends in a number."""
    if end == start:
        return False
    return names.line.forms[end - 1][0].isdigit() or names.any_starts(start, end)


def national_first(names: Names, start: int, end: int) -> bool:
    """The complement begins with a nationality."""
    return end > start and names.is_nisba(start)


def named_or_national(names: Names, start: int, end: int) -> bool:
    """The complement holds a known name, a number or a definite nationality: معهد أمريكي is any."""
    if named(names, start, end):
        return True
    return any(names.line.words[at].definite and names.is_nisba(at) for at in range(start, end))


def charity(names: Names, start: int, end: int) -> bool:
    """جمعية نفع الخيرية, جمعية النحالين التعاونية."""
    return end > start + 1 and names.line.stems[end - 1] in _CHARITIES


def dedicated(names: Names, start: int, end: int) -> bool:
    """An uncommon noun and a purpose: مؤسسة سلال للتراث, مختبر أفق للابتكار."""
    line = names.line
    if end < start + 2 or line.words[start + 1].proclitic != "ل" or not line.words[start + 1].definite:
        return False
    word = line.words[start]
    return not word.cut and word.commonness <= UNCOMMON and not word.folded.endswith(("ي", "ية", "ات"))


def publisher(names: Names, start: int, end: int) -> bool:
    """دار سنبلة للنشر, دار الأمل للطباعة والنشر."""
    return end >= start + 2 and any(
        names.line.stems[at] in _PUBLISHING and names.line.words[at].proclitic == "ل" for at in range(start + 1, end)
    )


def gate(names: Names, start: int, end: int) -> bool:
    """باب المغاربة, and no door of a building: باب مدرسة كذا."""
    return building(names, start, end) and names.line.stems[start] not in lists.ORG_HEADS


def school(names: Names, start: int, end: int) -> bool:
    """مدرسة رابعة العدوية, ثانوية ابن رشد, مدرسة الخان للتعليم الأساسي, مدرسة أسماء الأساسية: not مدرسة جديدة."""
    line = names.line
    if end == start or line.words[start].cut:
        return False
    if line.stems[start] in lists.FIRST_NAMES or names.label_at(start) in ("PERS", "GPE", "LOC"):
        return True
    return end - start >= 2 and any(line.folded[at] in _SCHOOLS for at in range(start + 1, end))


def exchange(names: Names, start: int, end: int) -> bool:
    """سوق دبي المالي, سوق أبوظبي للأوراق المالية, سوق الأسهم السعودية: a stock exchange; سوق دمشق is a bazaar."""
    line = names.line
    return any(line.stems[at] in _MARKETS or line.folded[at] in _MARKETS for at in range(start, end))


def place_named(names: Names, start: int, end: int) -> bool:
    """The complement begins with a known name: قطب موسم أصيلة; a number alone is no name (موسم 2015, سباق 100)."""
    return names.any_starts(start, end)


def number_first(names: Names, start: int, end: int) -> bool:
    """The complement begins with a number."""
    return end > start and names.line.forms[start][0].isdigit()


def long_scope(names: Names, start: int, end: int) -> bool:
    """المعرض الدولي للكتاب; المهرجان العالمي alone is only described."""
    return end - start >= 2 and scope(names, start, end)


def law_matter(names: Names, start: int, end: int) -> bool:
    """قانون المالية, but not قانون الجاذبية."""
    return end > start and names.line.stems[start] not in _NO_LAW


def state_body(names: Names, start: int, end: int) -> bool:
    """الخارجية الفرنسية: an adjective that agrees with the head; وزير الخارجية الفرنسي is no body."""
    line = names.line
    if end == start or not names.is_nisba(start) or line.stem(start - 2) in _MINISTERS:
        return False
    return line.stems[start - 1].endswith(("ة", "ات")) == line.stems[start].endswith("ية")


def official_body(names: Names, start: int, end: int) -> bool:
    """الهيئة الوطنية للنزاهة: an adjective of rank or nationality, and an object with ل."""
    line = names.line
    if end - start < 2 or not (line.stems[start] in BODY_KINDS or names.is_nisba(start)):
        return False
    return any(line.words[at].proclitic == "ل" for at in range(start + 1, end))


def national_plan(names: Names, start: int, end: int) -> bool:
    """الخطة الوطنية للنهوض بالمطالعة."""
    return names.line.stems[start] in BODY_KINDS and official_body(names, start, end)


def place_first(names: Names, start: int, end: int) -> bool:
    """The complement is a place or person's name and nothing else: اتفاق باريس."""
    found = names.starting(start)
    return found is not None and found.label in ("GPE", "LOC", "PERS") and found.end == end


def place_or_nation_first(names: Names, start: int, end: int) -> bool:
    """بلدية باجة, إذاعة موريتانيا, شرطة منطقة الرياض."""
    if end == start:
        return False
    if names.line.stems[start] in lists.PLACE_HEADS and not names.line.words[start].definite:
        return names.label_at(start + 1) == "GPE"
    return names.label_at(start) in ("GPE", "LOC") or names.is_nisba(start)


def treaty_matter(names: Names, start: int, end: int) -> bool:
    """اتفاقية التنوع البيولوجي: what it is about, in two words at least; اتفاقية التعاون is only described."""
    if end == start or names.line.stems[start] in _NO_TREATY or names.is_nisba(start):
        return False
    word = names.line.words[start]
    return word.definite if end - start >= 2 else word.commonness <= UNCOMMON


def place_then_scope(names: Names, start: int, end: int) -> bool:
    """دورة الدوحة الدولية, دورة الألعاب الآسيوية."""
    return end - start >= 2 and (names.label_at(start) == "GPE" or names.line.stems[start] == "الالعاب")


def council_number(names: Names, start: int, end: int) -> bool:
    """قرار مجلس الأمن 2797: a body and a number."""
    return end > start and names.label_at(start) == "ORG" and names.line.forms[end - 1][0].isdigit()


def building(names: Names, start: int, end: int) -> bool:
    """A building's complement names somebody or some place, is an uncommon word, or ends in a rank."""
    if end > start and names.line.stems[start] in lists.NOT_BUILDINGS:
        return False
    if named_building(names, start, end):
        return True
    word = names.line.words[start]
    return end > start and not word.cut and word.commonness <= UNCOMMON and not word.folded.endswith(("ات", "ية"))


def named_building(names: Names, start: int, end: int) -> bool:
    """A building's complement names somebody or some place, or ends in a rank (مستشفى كسلا التعليمي)."""
    if end == start:
        return False
    line = names.line
    word = line.words[start]
    if word.stem in lists.NOT_BUILDINGS:
        return False
    if any(names.label_at(at) in ("PERS", "GPE", "LOC", "ORG", "FAC") for at in range(start, end)):
        return True
    if line.stems[end - 1] in lists.GPE_AMBIGUOUS and not line.words[end - 1].cut:
        return True
    if word.stem in lists.FIRST_NAMES or word.stem in lists.BUILDING_NAMES:
        return True
    return end - start >= 2 and line.stems[end - 1] in BUILDING_RANKS


def city_of(names: Names, start: int, end: int) -> bool:
    """مدينة الشيخ خليفة الطبية, مدينة زايد الرياضية: a campus, no town."""
    return end - start >= 2 and names.line.stems[end - 1] in _CAMPUSES


def street(names: Names, start: int, end: int) -> bool:
    """Whatever names a street: a definite word, a name, an uncommon word; not جسر جوي."""
    if end == start or names.line.stems[start] in lists.NOT_BUILDINGS:
        return False
    return building(names, start, end) or names.line.words[start].definite


def ranked_building(names: Names, start: int, end: int) -> bool:
    """الملعب البلدي, المستشفى الجامعي: an adjective of rank."""
    return end > start and names.line.stems[start] in BUILDING_RANKS


def geographic(names: Names, start: int, end: int) -> bool:
    """A place, person or uncommon word behind جبل, نهر, سهل."""
    if end == start or end - start > 3 or names.line.stems[start] in lists.NOT_BUILDINGS:
        return False
    word = names.line.words[start]
    return names.label_at(start) in ("GPE", "LOC", "PERS") or (not word.cut and word.commonness <= UNCOMMON)


def world_day(names: Names, start: int, end: int) -> bool:
    """أسبوع التحصين العالمي, يوم البن اليمني."""
    line = names.line
    if end - start != 2 or not line.words[start].definite:
        return False
    return line.stems[start + 1] in _WORLD or names.is_nisba(start + 1)


def observance(names: Names, start: int, end: int) -> bool:
    """اليوم العالمي للمرأة."""
    line = names.line
    return end - start >= 2 and line.stems[start] in BODY_KINDS and line.words[start + 1].proclitic == "ل"


scope: Evidence = first_in(_SCOPES)
wars: Evidence = first_in(_WARS)
elections: Evidence = first_in(_ELECTIONS)
feasts: Evidence = first_in(_FEASTS)
