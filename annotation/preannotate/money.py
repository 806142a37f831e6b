"""MONEY mentions by rule: an amount and a currency, in digits, words or both, with `amount currency` as value.

The grammar runs over symbols (`annotation.preannotate.symbols`); words come from `lexicons/currencies.toml` and
`annotation.preannotate.numerals`. A span holds the number, the scale, the currency and its nisba (300 مليون ريال
سعودي), a coin after it (5 دراهم و50 سنتيما) and, for a range, both ends (50 إلى 95 ريالا: the من or بين before it
is outside). What the money is for or per (للبرميل) is outside. A currency without a number (الدولار) is no MONEY.

The value: `3500000 MAD`; a range `50-95 SAR`; subunits are converted (50 سنتيما in Morocco: `0.5 MAD`). Amounts
without a number (ملايين الدولارات، بضعة دولارات) have no value. The currency of a bare درهم، دينار، ريال، جنيه،
ليرة is that of the nisba which the same noun has elsewhere in the article, else of the country that the article
names most often (twice as often as any other with such a currency), else `XXX`, the ISO 4217 code for no currency.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files

from annotation.preannotate.forms import Forms, Reading
from annotation.preannotate.numerals import (
    DUAL_SCALES,
    FRACTIONS,
    HUNDREDS,
    PLURAL_SCALES,
    SCALES,
    TENS,
    UNITS,
    is_scale,
    parse_number,
)
from annotation.preannotate.protocol import Article
from annotation.preannotate.symbols import SymbolReader, Symbols, matches
from annotation.preannotate.words import fold
from corpus.span import Entity

VERSION = "1"
UNKNOWN_CURRENCY = "XXX"

_THREE_DECIMALS = frozenset({"KWD", "BHD", "OMR", "JOD", "TND", "LYD", "IQD"})
_WORDS = {
    "و": "+",
    "ب": "b",
    "ل": "b",
    "ك": "b",
    "ال": "l",
    "من": "g",
    "الي": ">",
    "حتي": ">",
    "او": ">",
    "-": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "ـ": "-",
    "ر": "r",
    "(": "(",
    ")": ")",
    ".": ".",
    "المئه": " ",  # في المئه: a percentage
    "المائه": " ",
    "بين": "B",
    "عشرات": "v",
    "مئات": "v",
    "العشرات": "v",
    "المئات": "v",
    "بضعه": "q",
    "بضع": "q",
    "عده": "q",
}


@dataclass(frozen=True, slots=True)
class _Currency:
    """A currency noun: its code where the noun alone tells it, codes by country, and how much of them it is."""

    code: str | None
    countries: Mapping[str, str]
    multiple: Decimal
    qualified: bool


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Folded forms: nouns, their duals (number included), nisbas and other words by country, signs."""

    nouns: Mapping[str, _Currency]
    duals: Mapping[str, _Currency]
    nisbas: Mapping[str, str]
    hints: Mapping[str, str]
    signs: Mapping[str, str]
    codes: Mapping[str, str]


@cache
def _lexicon() -> _Lexicon:
    source = tomllib.loads(
        files("annotation.preannotate").joinpath("lexicons/currencies.toml").read_text(encoding="utf-8")
    )
    nouns: dict[str, _Currency] = {}
    duals: dict[str, _Currency] = {}
    for entry in source["currency"]:
        currency = _Currency(
            entry.get("code"),
            entry.get("countries", {}),
            Decimal(entry.get("multiple", "1")),
            bool(entry.get("qualified", False)),
        )
        for noun in map(fold, entry["nouns"]):
            feminine = noun.endswith("ه") and noun != "جنيه"
            plural = noun[:-1] + "ات" if feminine else noun + "ات"
            nouns |= {article + form: currency for article in ("", "ال") for form in (noun, noun + "ا", plural)}
            if entry.get("dual", True):
                stem = noun[:-1] + "ت" if feminine else noun
                duals |= {stem + ending: currency for ending in ("ان", "ين")}
    duals = {form: currency for form, currency in duals.items() if form not in nouns}
    nisbas: dict[str, str] = {}
    hints: dict[str, str] = {}
    for country, words in source["countries"].items():
        for nisba in map(fold, words["nisba"]):
            nisbas |= {article + nisba + ending: country for article in ("", "ال") for ending in ("", "ا", "ه", "ين")}
        hints |= dict.fromkeys(map(fold, words["words"]), country)
    codes = {code for currency in nouns.values() for code in (*currency.countries.values(), currency.code or "USD")}
    codes.remove("PHP")  # a programming language
    return _Lexicon(nouns, duals, nisbas, nisbas | hints, source["signs"], {code.lower(): code for code in codes})


@cache
def _symbols() -> Mapping[str, str]:
    """The symbol of each folded word that the grammar knows; of a word with several uses, that of the first one.

    `w` a cardinal word, `s` a scale, `h` a fraction, `c` a currency noun, `k` a coin (a part of a currency), `d` the
    dual of either (which holds the number), `C` a sign, `I` a code of ISO 4217, `N` a nisba, `H` a place name, `v` and
    `q` vague amounts.
    """
    lexicon = _lexicon()
    uses: tuple[tuple[str, Iterable[str]], ...] = (
        ("c", (noun for noun, currency in lexicon.nouns.items() if currency.multiple >= 1)),
        ("k", lexicon.nouns),
        ("h", FRACTIONS),
        ("s", (*SCALES, *DUAL_SCALES, *PLURAL_SCALES)),
        ("w", (*UNITS, *TENS, *HUNDREDS)),
        ("d", lexicon.duals),
        ("N", lexicon.nisbas),
        ("H", lexicon.hints),
        ("C", lexicon.signs),
        ("I", lexicon.codes),
    )
    symbols = dict(_WORDS)
    for symbol, words in uses:
        for word in words:
            symbols.setdefault(word, symbol)
    return symbols


def classify(form: str) -> str | None:
    """`n` for digits."""
    return "n" if form[:1].isdecimal() and len(form) < 40 and _FIGURE.fullmatch(form) else None


_FIGURE = re.compile(r"\d+(?:[.,٫٬]\d+)*")

# A run of number words; و inside it either adds (ألف وخمسمئة) or, after بين, separates a range: `_read_amount` tells.
_NUMBER = r"(?:nrn|\(n\)|[nwsh])(?:\+?[nwsh]){0,11}"
_UNIT = r"g?[ck]N?"
_UNTIL = r"(?:\+?>b?|-)"
_GRAMMAR = re.compile(
    "|".join(
        (
            r"(?P<sign>Cn(?:-n)?s?(?![ck])|n(?:-n)?s?[CI])",
            rf"(?P<amount>(?:n\.(?=n))?l?{_NUMBER}{_UNTIL}l?{_NUMBER}{_UNIT}|{_NUMBER}{_UNIT}-{_NUMBER}{_UNIT}"
            rf"|(?<=B){_NUMBER}{_UNIT}\+{_NUMBER}{_UNIT}|(?:n\.(?=n))?l?{_NUMBER}{_UNIT}(?:\+{_NUMBER}k)?)",
            r"(?P<vague>(?:q|[vs])(?:g?[vs]){0,4}g?[ck]N?)",
            r"(?P<dual>dN?)",
            r"(?P<one>cN?w)",
        )
    )
)
_STARTS = re.compile(r"[(Ccdhlnqsvw](?:(?<=d)|(?! ))")  # what an amount may begin with: a dual may be all of it
# The share of each kind that was right in 110 mentions read in news of two countries; few of them are not `amount`.
_SCORES: Mapping[str, float] = {"sign": 0.95, "amount": 0.98, "vague": 0.9, "dual": 0.9, "one": 0.85}


class MoneyAnnotator:
    """Finds MONEY mentions; an `EntityAnnotator`. Needs no model."""

    def __init__(self, forms: Forms | None = None) -> None:
        self._forms = forms or Forms()
        self._reader = SymbolReader(_symbols(), classify, self._forms, needed="CIckd")

    @property
    def name(self) -> str:
        """Who found a span."""
        return "rules-money"

    @property
    def version(self) -> str:
        """Changes whenever the same text could get other spans or values."""
        return VERSION

    @property
    def labels(self) -> frozenset[str]:
        """MONEY only."""
        return frozenset({"MONEY"})

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The amounts of money of each article, sorted and disjoint, with their values."""
        return [self.mentions(self._forms.read(article)) for article in articles]

    def mentions(self, reading: Reading) -> list[Entity]:
        """The amounts of an article that has been read with the annotator's own forms."""
        if not self._reader.may_match(reading):
            return []
        symbols = self._reader.read(reading)
        countries = _Countries(symbols)
        found: list[Entity] = []
        for match in matches(_GRAMMAR, _STARTS, symbols.letters):
            kind = match.lastgroup or ""
            first, last = match.span()
            if match[0].startswith("n.") and not _turned_round(symbols, first):
                first += 2
            mention = _read(kind, symbols, first, last, countries)
            if mention is not None:
                start, end, value = mention
                found.append(Entity(start, end, "MONEY", _SCORES[kind], self.name, value))
        return found


def _turned_round(symbols: Symbols, first: int) -> bool:
    """Whether a match `n.n` begins with the fraction of a number, as some sites turn it round: 80 .4 is 4.80."""
    (start, end, _), stop, whole = symbols.pieces(first, first + 3)
    return end < stop[0] and stop[1] == whole[0] and end - start <= 3


class _Countries:
    """What an article says about whose money a bare noun is."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    @cached_property
    def beside(self) -> Mapping[int, Counter[str]]:
        """How often the nisbas of countries stand beside a noun itself."""
        lexicon = _lexicon()
        beside: dict[int, Counter[str]] = {}
        for match in re.finditer("[ckd]N", self._symbols.letters):
            noun, nisba = self._symbols.forms(*match.span())
            currency = lexicon.nouns.get(noun) or lexicon.duals[noun]
            if lexicon.nisbas[nisba] in currency.countries:
                beside.setdefault(id(currency), Counter())[lexicon.nisbas[nisba]] += 1
        return beside

    @cached_property
    def named(self) -> Counter[str]:
        """How often countries are named."""
        symbols, hints = self._symbols, _lexicon().hints
        return Counter(hints[symbols.form(match.start())] for match in re.finditer("[NH]", symbols.letters))

    def code(self, currency: _Currency, nisba: str | None) -> str:
        """The ISO 4217 code of a currency noun with the country of its own nisba, if it has one."""
        if nisba is not None:
            return currency.countries[nisba]
        if currency.code is not None:
            return currency.code
        for counts in (self.beside.get(id(currency), Counter()), self.named):
            ranked = sorted(((counts[country], code) for country, code in currency.countries.items()), reverse=True)
            if ranked and ranked[0][0] >= max(1, 2 * (ranked[1][0] if len(ranked) > 1 else 0)):
                return ranked[0][1]
        return UNKNOWN_CURRENCY


@dataclass(frozen=True, slots=True)
class _Unit:
    """A currency as it stands in a mention: what its code is, and how much of it the noun is."""

    code: str
    multiple: Decimal

    def value(self, amount: Decimal) -> Decimal:
        return amount * self.multiple


def _read(
    kind: str, symbols: Symbols, first: int, last: int, countries: _Countries
) -> tuple[int, int, str | None] | None:
    """The true extent (code points) and value of a match; None if it turns out to hold no amount."""
    lexicon = _lexicon()
    letters, pieces = symbols.letters[first:last], symbols.pieces(first, last)
    start, end = pieces[0][0], pieces[-1][1]
    forms = [form for _, _, form in pieces]
    if kind == "sign":
        at = next(index for index, symbol in enumerate(letters) if symbol in "CI")
        code = lexicon.signs.get(forms[at]) or lexicon.codes[forms[at]]
        number = slice(1, None) if at == 0 else slice(at)
        amount = _amount(letters[number], forms[number], code, between=False)
        if amount is None:
            return None
        return start if at == 0 else pieces[amount.skipped][0], end, f"{amount.format(Decimal(1))} {code}"
    nouns = [index for index, symbol in enumerate(letters) if symbol in "ckd"]
    at = nouns[0]
    currency = lexicon.nouns.get(forms[at]) or lexicon.duals[forms[at]]
    nisba = lexicon.nisbas[forms[at + 1]] if letters[at + 1 : at + 2] == "N" else None
    if nisba is not None and nisba not in currency.countries:
        nisba = None
        if letters.endswith("N"):  # مليون دولار سعودي: the adjective belongs to something else
            letters, forms, end = letters[:-1], forms[:-1], pieces[-2][1]
    if currency.qualified and nisba is None and not any(countries.named[country] for country in currency.countries):
        return None
    unit = _Unit(countries.code(currency, nisba), currency.multiple)
    if kind == "dual":
        return start, end, f"{_plain(unit.value(Decimal(2)))} {unit.code}"
    if kind == "one":
        return (start, end, f"{_plain(unit.multiple)} {unit.code}") if forms[-1].startswith("واحد") else None
    if kind == "vague":
        return start, end, None
    between = symbols.letters[first - 1 : first] == "B"
    coins = Decimal(0)
    body = letters[: nouns[-1]].rstrip("g")
    if len(nouns) == 2 and letters[-1] == "k" and letters[at] == "c" and "+" in letters[at:]:
        coin = lexicon.nouns[forms[-1]]
        part = _amount(letters[at + 2 : -1], forms[at + 2 : -1], unit.code, between=False)
        coins = part.high * coin.multiple if part is not None else coins
        body = letters[:at]
    amount = _amount(body, forms[: len(body)], unit.code, between=between)
    if amount is None:
        return (start, end, None) if re.fullmatch("[sg]+[ck]N?", letters) else None
    return pieces[amount.skipped][0], end, f"{amount.format(unit.multiple, coins)} {unit.code}"


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number or range, and how many symbols before it are not part of it."""

    low: Decimal
    high: Decimal
    skipped: int

    def format(self, multiple: Decimal, coins: Decimal = Decimal(0)) -> str:
        low = _plain(self.low * multiple + coins)
        if self.low == self.high:
            return low
        high = _plain(self.high * multiple + coins)
        return low if low == high else f"{low}-{high}"


def _amount(letters: str, forms: Sequence[str], code: str, *, between: bool) -> _Amount | None:
    """Reads a number or range; words in front that make no number with the rest (a year, a count) are skipped."""
    decimals = 3 if code in _THREE_DECIMALS else 2
    for skipped, symbol in enumerate(letters):
        if symbol in "+->bgckN":
            between = between and symbol != "+"
            continue
        rest, words = letters[skipped:], forms[skipped:]
        cuts = [index for index, mark in enumerate(rest) if mark in ">-" or (between and mark == "+")]
        for cut in cuts:
            low, high = _number(rest[:cut], words[:cut], decimals), _number(rest[cut:], words[cut:], decimals)
            if low is None or high is None:
                continue
            low = _share_scale(low, high, rest[:cut], words[cut:])
            if low < high:
                return _Amount(low, high, skipped)
        number = _number(rest, words, decimals)
        if number is not None:
            return _Amount(number, number, skipped)
        if symbol == "l":
            continue
    return None


def _share_scale(low: Decimal, high: Decimal, low_letters: str, high_words: Sequence[str]) -> Decimal:
    """3 إلى 5 ملايين: the scale of the upper end is that of the lower one too, where that leaves it the lower one."""
    if "s" in low_letters or not high_words or not is_scale(high_words[-1]):
        return low
    scale = parse_number(["1", high_words[-1]]) or Decimal(1)
    return low * scale if low < high / scale else low


_THREE_DIGITS, _GROUPS = re.compile(r"\d{3}"), re.compile(r"\d{1,3}(?:,\d{3})*")


def _number(letters: str, forms: Sequence[str], decimals: int) -> Decimal | None:
    """The number of a run of symbols; None if they hold anything but one number."""
    words: list[str] = []
    for symbol, form in zip(letters, forms, strict=True):
        if symbol in "nwsh":
            if words and _THREE_DIGITS.fullmatch(form) and _GROUPS.fullmatch(words[-1]):
                words[-1] += "," + form  # 1 500 000
            else:
                words.append(form)
        elif symbol in "r.":
            words.append("ر")
        elif symbol in ">-" and words:
            return None
        elif symbol == "+" and words:
            words.append("+")
    joined = [word for word in words if word != "+"]
    if len(joined) >= 3 and joined[1] == "ر":  # 82ر52, 52 .82: the fraction stands first, as agencies and sites type it
        joined = [f"{joined[2]}.{joined[0]}", *joined[3:]]
    return parse_number(joined, decimals=decimals) if joined else None


def _plain(number: Decimal) -> str:
    """Without exponent and trailing zeros, to six decimals."""
    text = format(round(number, 6), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
