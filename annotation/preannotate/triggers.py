"""Which rules a word can set off, looked up once per word form, so that rules only visit the tokens that matter."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from annotation.preannotate.gazetteer import PhraseMatcher, norp_words, phrases, words
from annotation.preannotate.heads import rules
from annotation.preannotate.words import plain_words

(
    HEAD, LISTED, OFFICE, CITY, CLUB, NATIONAL, REGIONAL, GIVEN, EDITION, QUOTE, SPORT, LONE_CLUB, PLACE, DESCRIBING
) = range(14)  # fmt: skip

CLUBS = plain_words(
    "شباب وفاء اتحاد نهضة مولودية شبيبة رجاء وداد أمل نجم أولمبيك نسور صقور ترجي هلال حسنية سريع يوسفية أسود سبورتينغ"
    " فرسان ذئاب راسينغ رابيد قوافل نصر"
)
# Clubs that go by a common noun; in an article about sport it is their name.
LONE_CLUBS = plain_words(
    "الهلال النصر العين الأهلي الاتحاد الفيصلي القادسية الوصل الزمالك الإسماعيلي الترجي الرجاء الوداد السد الريان"
    " الغرافة الوكرة الزوراء النجمة الأنصار الوحدات هجر الظفرة بنيياس الرائد الوحدة"
)
FAINT_CLUBS = plain_words("الاتفاق الفتح التعاون الجزيرة الخليج العهد النجم الشباب")  # only behind فريق, نادي
SPORTS = plain_words(
    "مباراة المباراة مباريات المباريات الدوري دوري هدف الهدف أهداف مدرب المدرب مهاجم المهاجم لاعب اللاعب لاعبي اللاعبين"
    " الشوط شوط مرمى الفريق فريق نادي النادي ناديه الكأس ركلة حارس التعادل بطولة الجماهير المدافع ملعب الملعب"
)
EDITIONS = plain_words("الدورة النسخة الطبعة")
QUOTES = {"«": "»", "“": "”", '"': '"', "”": "”", "‘": "’"}
GIFTS = plain_words(
    "ضيف جار عطا عطية فتح نصر سعد فضل شكر جاد خير رزق هبة عوض مال حمد فرج جاب خلف دخيل عبيد"
)  # ... الله
TITLES = plain_words("سيدي لالة مولاي")  # part of a name, where others are honorifics
PLACES = plain_words("مدينة إقليم عمالة محافظة بلدة قرية ولاية إمارة")


@cache
def listed_names() -> PhraseMatcher:
    """The names known by list, by label."""
    cities = frozenset(phrase for phrase in phrases("cities") if len(phrase) > 1)
    return PhraseMatcher(
        {
            "PERS": phrases("persons"),
            "GPE": (phrases("gpe") | phrases("countries") | cities) - phrases("gpe_ambiguous"),
            "LOC": phrases("loc"),
            "ORG": phrases("org"),
            "FAC": phrases("fac"),
            "EVENT": phrases("events"),
            "LAW": phrases("laws"),
            "PRODUCT": phrases("products"),
        }
    )


@cache
def office_heads() -> PhraseMatcher:
    """Offices as listed; occupations also in the feminine and with the article."""
    found = set(phrases("offices_construct") | phrases("offices_alone"))
    for occupation in phrases("occupations") | phrases("offices"):
        found.add(occupation)
        if len(occupation) == 1:
            word = occupation[0]
            for form in (word, word if word.endswith("ة") else word + "ة"):
                found |= {(form,), ("ال" + form,)}
    return PhraseMatcher({"office": found - {(word,) for word in words("not_offices")}})


@cache
def given_names() -> frozenset[str]:
    """Given names by which a person's full name may begin; particles such as بن are none."""
    return words("first_names") - words("name_particles")


@cache
def regional_adjectives() -> frozenset[str]:
    """Adjectives with the article made from names of towns: الزاكوري from زاكورة."""
    found = set()
    for town in words("gpe") - words("gpe_ambiguous"):
        base = town.removeprefix("ال")
        base = base[:-1] if base.endswith(("ة", "ا")) else base
        if len(base) >= 3:
            found |= {"ال" + base + "ي", "ال" + base + "ية"}
    return frozenset(found) - words("not_norp")


@cache
def triggers() -> dict[str, tuple[int, ...]]:
    """The triggers of each stem and quotation mark that has any."""
    found: dict[str, tuple[int, ...]] = {}

    def add(stems: Iterable[str], trigger: int) -> None:
        for stem in stems:
            found[stem] = (*found.get(stem, ()), trigger)

    add(frozenset(rules()), HEAD)
    add(PLACES, PLACE)
    add(listed_names().first_words, LISTED)
    add(office_heads().first_words, OFFICE)
    add(words("cities") - words("fac_heads") - words("org_heads") | words("gpe_ambiguous"), CITY)
    add(CLUBS, CLUB)
    add(norp_words(), NATIONAL)
    add(regional_adjectives(), REGIONAL)
    add(given_names() | words("name_firsts") | TITLES | GIFTS | {"عبد"}, GIVEN)
    add(EDITIONS, EDITION)
    add(SPORTS, SPORT)
    add(LONE_CLUBS | FAINT_CLUBS, LONE_CLUB)
    add(frozenset(QUOTES), QUOTE)
    describing = [stem for stem, its in found.items() if stem.startswith("ال") and (OFFICE in its or NATIONAL in its)]
    add(describing, DESCRIBING)
    return found
