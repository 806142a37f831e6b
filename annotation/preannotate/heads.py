"""The first words that announce names, with what may follow them: the rules of the phrase grammar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from annotation.preannotate import evidence
from annotation.preannotate.chains import Allows
from annotation.preannotate.evidence import Evidence, any_of
from annotation.preannotate.words import plain


@dataclass(frozen=True, slots=True)
class Rule:
    """A head word makes a name of a label out of itself and its complement.

    `evidence` judges the complement, `number` lets a number or year end the name; `score` is how often the rule was
    right on development text.
    """

    label: str
    allows: Allows
    evidence: Evidence
    score: float
    number: bool = False


_PLAIN = Allows()
_NAMED = Allows(names=True)
_TO = Allows(to=True, by=True)
_SEATED_TO = Allows(to=True, by=True, places=True)
_PLAN = Allows(to=True, by=True, conjunction=True)
_BODY = Allows(to=True, names=True)
_JOINED = Allows(conjunction=True, to=True, names=True)
_SEATED = Allows(to=True, places=True, names=True)

_ROWS: tuple[tuple[str, Rule], ...] = (
    ("وزارة", Rule("ORG", _JOINED, evidence.no_purpose, 0.9)),
    ("جامعة حزب منظمة أكاديمية", Rule("ORG", _JOINED, evidence.no_purpose, 0.8)),
    ("كلية", Rule("ORG", Allows(conjunction=True, places=True, names=True), evidence.anything, 0.8)),
    ("محكمة المحكمة", Rule("ORG", _SEATED, evidence.anything, 0.85)),
    (
        "جمعية رابطة هيئة مؤسسة مجلس لجنة نقابة معهد مركز وكالة صندوق بنك اتحاد حركة جبهة مديرية مندوبية"
        " جهاز تعاونية",
        Rule(
            "ORG",
            Allows(to=True, names=True, purpose=True),
            any_of(evidence.named_or_national, evidence.charity, evidence.dedicated),
            0.75,
        ),
    ),
    ("مختبر مخبر مرصد", Rule("ORG", Allows(to=True, purpose=True), evidence.dedicated, 0.75)),
    ("دار", Rule("ORG", Allows(to=True, conjunction=True, purpose=True), evidence.publisher, 0.8)),
    ("مدرسة ثانوية إعدادية ابتدائية متوسطة", Rule("ORG", _BODY, evidence.school, 0.75)),
    ("سوق", Rule("ORG", _TO, evidence.exchange, 0.8)),
    (
        "الحكومة البرلمان الجيش الشرطة الخارجية الداخلية"
        " الرئاسة السفارة القنصلية المخابرات الاستخبارات القوات البحرية"
        " الجمارك",
        Rule("ORG", _PLAIN, evidence.state_body, 0.8),
    ),
    (
        "الجامعة الاتحاد المجلس المكتب المعهد المركز الهيئة"
        " المؤسسة الجمعية المنظمة الرابطة النقابة الوكالة اللجنة المديرية"
        " المندوبية المفوضية الصندوق البنك الحزب الحركة الشبكة المرصد الأكاديمية الديوان المدرسة",
        Rule("ORG", Allows(to=True, conjunction=True), evidence.official_body, 0.8),
    ),
    (
        "بلدية سفارة قنصلية جنايات بورصة إذاعة تلفزيون غرفة شرطة أمانة حكومة",
        Rule("ORG", Allows(places=True), evidence.place_or_nation_first, 0.8),
    ),
    ("كأس", Rule("EVENT", _NAMED, any_of(evidence.named_or_national, evidence.scope), 0.85, number=True)),
    ("مونديال أولمبياد", Rule("EVENT", _NAMED, evidence.named, 0.85, number=True)),
    ("مهرجان", Rule("EVENT", _BODY, evidence.anything, 0.75, number=True)),
    ("قمة", Rule("EVENT", _BODY, any_of(evidence.named_or_national, evidence.scope), 0.75, number=True)),
    (
        "القمة المؤتمر المهرجان المعرض المنتدى الملتقى البطولة الألعاب المسابقة",
        Rule("EVENT", _SEATED_TO, any_of(evidence.long_scope, evidence.national_first), 0.7, number=True),
    ),
    ("الدوري", Rule("EVENT", _PLAIN, evidence.national_first, 0.8)),
    (
        "مؤتمر معرض منتدى بطولة دوري ماراثون رالي تصفيات ملتقى مسابقة",
        Rule("EVENT", _BODY, any_of(evidence.named_or_national, evidence.scope), 0.7, number=True),
    ),
    ("سباق موسم", Rule("EVENT", _BODY, evidence.place_named, 0.7, number=True)),
    ("دورة", Rule("EVENT", _BODY, evidence.place_then_scope, 0.75, number=True)),
    (
        "حرب الحرب",
        Rule("EVENT", _NAMED, any_of(evidence.wars, evidence.named, evidence.national_first), 0.75, number=True),
    ),
    ("انتخابات الانتخابات", Rule("EVENT", _PLAIN, any_of(evidence.elections, evidence.named), 0.7, number=True)),
    ("عيد", Rule("EVENT", _PLAIN, evidence.feasts, 0.85)),
    ("اليوم", Rule("EVENT", _TO, evidence.observance, 0.85)),
    ("يوم أسبوع", Rule("EVENT", _PLAIN, evidence.world_day, 0.75)),
    ("معركة ثورة انتفاضة غزوة", Rule("EVENT", _NAMED, evidence.named, 0.7, number=True)),
    ("قانون مدونة", Rule("LAW", Allows(conjunction=True), evidence.law_matter, 0.75, number=True)),
    (
        "الاستراتيجية الإستراتيجية الخطة المخطط المبادرة الميثاق البرنامج القانون",
        Rule("LAW", _PLAN, any_of(evidence.national_plan, evidence.number_first), 0.75, number=True),
    ),
    ("معاهدة", Rule("LAW", _TO, evidence.anything, 0.75)),
    ("اتفاق اتفاقيات اتفاقات بروتوكول إعلان", Rule("LAW", _PLAIN, evidence.place_first, 0.75, number=True)),
    ("اتفاقية ميثاق", Rule("LAW", _PLAIN, any_of(evidence.place_first, evidence.treaty_matter), 0.7)),
    ("مخطط استراتيجية إستراتيجية رؤية", Rule("LAW", _PLAIN, evidence.named, 0.7, number=True)),
    (
        "دستور الدستور",
        Rule("LAW", _PLAIN, any_of(evidence.national_first, evidence.number_first), 0.75, number=True),
    ),
    ("قرار", Rule("LAW", _PLAIN, evidence.council_number, 0.8, number=True)),
    (
        "ملعب مطار ميناء مسجد جامع سجن متحف معبر سد برج قصر مسرح استاد ستاد ضريح كنيسة قلعة مرفأ"
        " ساحة ميدان حصن قصبة",
        Rule("FAC", _NAMED, evidence.building, 0.75),
    ),
    ("باب", Rule("FAC", _NAMED, evidence.gate, 0.75)),
    (
        "مستشفى قاعدة محطة صالة حديقة مكتبة مبنى فندق مشتل منارة نفق",
        Rule("FAC", _NAMED, evidence.named_building, 0.75),
    ),
    ("مدينة", Rule("FAC", _NAMED, evidence.city_of, 0.8)),
    ("شارع جسر", Rule("FAC", _NAMED, evidence.street, 0.8)),
    ("الملعب المستشفى المسرح المطار المسجد الجامع", Rule("FAC", Allows(places=True), evidence.ranked_building, 0.75)),
    (
        "جبل جبال نهر وادي واد بحر بحيرة مضيق جزر جزيرة هضبة صحراء"
        " سهل شلال شلالات رأس خليج ممر شط حوض دلتا واحة محمية تلال"
        " مرتفعات أرخبيل كهف مغارة بادية",
        Rule("LOC", _NAMED, evidence.geographic, 0.75),
    ),
    ("جائزة", Rule("PRODUCT", _BODY, evidence.named, 0.65)),
)


@cache
def rules() -> Mapping[str, Rule]:
    """The rule of each head word, in its plain spelling."""
    table: dict[str, Rule] = {}
    for heads, rule in _ROWS:
        for head in heads.split():
            table[plain(head)] = rule
    return table
