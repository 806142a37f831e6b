"""Lines that recur on the pages of an outlet are furniture; the title and sentences of the article are not."""

from __future__ import annotations

from collections import Counter

from corpus.clean import clean_page, explain
from corpus.clean.recurring import MIN_LINE, MIN_PAGES, MIN_SENTENCE, RULE, page_lines, recurring_lines

CITIES = ["فاس", "وجدة", "طنجة", "تطوان", "آسفي", "سطات", "الجديدة", "الحسيمة"]
MOTTO = "منبر من لا منبر له في جهة الشمال"
NOTICE = "تصدر هذه الصفحة كل صباح عدا أيام العطل والأعياد الوطنية في البلاد."


def page(nth: int, *furniture: str) -> str:
    """The `nth` page of an outlet, its article its own."""
    city = CITIES[nth % len(CITIES)]
    title = f"بلدية {city} تفتح المكتبة رقم {nth} للأطفال"
    body = (
        f"افتتحت بلدية {city}، أمس السبت، المكتبة رقم {nth} التي تضم ثلاثة آلاف كتاب وقاعة للمطالعة.\n"
        f"وقالت مديرة المكتبة رقم {nth} إن الدخول مجاني طيلة أيام الأسبوع، وإن الورشات ستبدأ قريبا في {city}."
    )
    return "\n".join((title, body, *furniture))


def learn(pages: list[str]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for one in pages:
        counts.update(page_lines(one))
    return recurring_lines(counts, len(pages))


def rules(text: str, recurring: frozenset[str]) -> dict[str, str | None]:
    return {decision.text: decision.rule for decision in explain(text, recurring=recurring)}


def test_a_line_on_many_pages_is_furniture_and_nothing_else_is() -> None:
    pages = [page(nth, MOTTO, NOTICE) for nth in range(MIN_PAGES)]
    found = rules(pages[0], learn(pages))
    assert found[MOTTO] == found[NOTICE] == RULE
    assert [rule for text, rule in found.items() if text not in (MOTTO, NOTICE)] == [None] * 3


def test_one_page_alone_says_nothing() -> None:
    assert learn([page(1, MOTTO)]) == frozenset()
    assert learn([page(nth, MOTTO) for nth in range(MIN_PAGES - 1)]) == frozenset()


def test_a_sentence_must_recur_more_often_than_a_line() -> None:
    def found(times: int) -> dict[str, str | None]:
        pages = [page(nth, *((MOTTO, NOTICE) if nth < times else ())) for nth in range(MIN_PAGES)]
        return rules(pages[0], learn(pages))

    assert (found(MIN_LINE - 1)[MOTTO], found(MIN_LINE)[MOTTO]) == (None, RULE)
    assert (found(MIN_SENTENCE - 1)[NOTICE], found(MIN_SENTENCE)[NOTICE]) == (None, RULE)


def test_the_title_stays_even_if_it_recurs() -> None:
    title = "نبض الشارع في مدينة العرائش"
    pages = [title + "\n" + page(nth).partition("\n")[2] for nth in range(MIN_PAGES)]
    recurring = learn(pages)
    assert recurring
    (known,) = clean_page(pages[0], title=title, recurring=recurring)
    (guessed,) = clean_page(pages[0], recurring=recurring)
    assert known.title == guessed.title == title
