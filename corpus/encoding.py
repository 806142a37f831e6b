"""Bytes to text: which of the encodings of Arabic pages these bytes are in."""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MAGIC = {
    b"%PDF": "a PDF; extract its text first",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "a zip archive or an Office document; give an archive the suffix .zip, save a document as text",
    b"\xd0\xcf\x11\xe0": "an Office document; save it as text",
    b"{\\rtf": "an RTF document; save it as text",
    b"\x1f\x8b": "compressed with gzip; give the file the suffix .gz",
    b"BZh9": "compressed with bzip2; give the file the suffix .bz2",
    b"\xfd7zXZ": "compressed with xz; give the file the suffix .xz",
    b"PAR1": "a Parquet file; give it the suffix .parquet",
    b"\x7fELF": "a program",
}
_CONTROLS = bytes((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
_DECLARATION = re.compile(rb"<(?:meta|\?xml)[^>]+?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LATIN_WORD = re.compile("[A-Za-zÀ-ÖØ-öø-ÿŒœ]*[A-Za-z][A-Za-zÀ-ÖØ-öø-ÿŒœ]*")
_WITH_ARTICLE = re.compile(r"\b[وفبك]?ال\w")
_SAMPLE = 1 << 20

# How often each letter comes in a thousand of running Arabic text, counted in the project's own sample articles.
_PER_MILLE = {
    "ا": 141, "ل": 111, "ي": 71, "م": 64, "ر": 51, "ن": 51, "و": 50, "ت": 45, "ب": 38, "ة": 34, "ع": 31, "د": 30,
    "ف": 26, "س": 26, "ق": 23, "أ": 21, "ح": 18, "ه": 17, "ج": 15, "ك": 14, "ط": 11, "ص": 10, "ى": 10, "ش": 9,
    "إ": 8, "خ": 7, "ض": 7, "ز": 6, "ث": 5, "غ": 5, "ئ": 4, "ذ": 4, "ء": 3, "ظ": 2, "آ": 1, "ؤ": 1,
}  # fmt: skip
_LIKELIHOOD = {letter: math.log(count / 1000) for letter, count in _PER_MILLE.items()}
# Marks and punctuation that Arabic text has beside its letters: they speak for no encoding, but not against one.
_BESIDE = frozenset("،؛؟«»“”‘’–—…•\N{NO-BREAK SPACE}\N{ARABIC TATWEEL}" + "".join(map(chr, range(0x64B, 0x653))))
_NEUTRAL = math.log(0.01)
_STRANGE = math.log(0.0002)
# Arabic text has a mean of about -3.2 by these figures, vocalised text -3.8; Greek and Chinese misread have less.
_LEAST_MEAN = -4.4
_DOUBT = 10.0


class DecodeError(ValueError):
    """Bytes that are no text in an encoding known here; `reason` is the reject's id."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text without byte order mark, and the encoding it was in (a Python codec name)."""

    text: str
    encoding: str


def decode(body: bytes, *, html: bool = False) -> Decoded:
    """Decode a page: byte order mark, else UTF-8, else what an HTML page declares, else windows-1256 or ISO-8859-6.

    UTF-16 without a mark is known by its Arabic letters. What an HTML page declares is believed only where the
    result is Arabic, or where nothing else makes Arabic of the bytes.

    Raises:
        DecodeError: `empty-page`, `binary-file`, `invalid-utf-8` (almost UTF-8, with the first bad byte's offset from
            the start of the file), `damaged-encoding` (a byte order mark that the rest contradicts) or
            `unknown-encoding`.
    """
    if not body.strip(b" \t\r\n\0"):
        raise DecodeError("empty-page", "the file holds no text")
    decoded = _marked(body) or _unmarked(body, html)
    if not decoded.text.strip(" \t\r\n\0\N{ZERO WIDTH NO-BREAK SPACE}\N{NO-BREAK SPACE}"):
        raise DecodeError("empty-page", "the file holds no text")
    return decoded


def _marked(body: bytes) -> Decoded | None:
    if body.startswith(codecs.BOM_UTF8):
        return _utf8(body, len(codecs.BOM_UTF8), "utf-8-sig")
    if body.startswith(_UTF32_MARKS):
        encoding = "utf-32"
    elif body.startswith(_UTF16_MARKS):
        encoding = "utf-16"
    else:
        return None
    try:
        return Decoded(body.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise DecodeError(
            "damaged-encoding",
            f"starts with the mark of {encoding}, but byte {error.start} is not {encoding}; fetch the file again, or "
            "save it as UTF-8",
        ) from error


def _utf8(body: bytes, skip: int, encoding: str) -> Decoded:
    try:
        return Decoded(body[skip:].decode("utf-8"), encoding)
    except UnicodeDecodeError as error:
        at = error.start + skip
        raise DecodeError(
            "invalid-utf-8",
            f"UTF-8 but for byte {at} (0x{body[at]:02x}); re-save the file as UTF-8, or repair that byte",
        ) from error


def _unmarked(body: bytes, html: bool) -> Decoded:
    sample = body[:_SAMPLE]
    for magic, what in _MAGIC.items():
        if body.startswith(magic):
            raise DecodeError("binary-file", f"not text but {what}")
    if wide := _utf16_without_mark(body, sample):
        return wide
    if len(sample) - len(sample.translate(None, _CONTROLS)) > 1 + len(sample) // 100:
        raise DecodeError("binary-file", "these bytes are not text (an image, archive or program?)")
    try:
        return _utf8(body, 0, "utf-8")
    except DecodeError:
        high = sum(byte >= 0x80 for byte in sample)
        if sum(map(len, _UTF8_SEQUENCE.findall(sample))) > high * 0.7:
            raise
    arabic = {name: _likelihood(sample.decode(name, "replace")) for name in ("cp1256", "iso8859_6")}
    declared = _declared(body) if html else None
    best = max(arabic, key=lambda name: arabic[name])
    # A page that is Arabic by its declaration and clearly better Arabic without it declares the wrong encoding.
    if declared and (arabic[best] == -math.inf or _likelihood(declared.text[:_SAMPLE]) > arabic[best] - _DOUBT):
        return declared
    if arabic[best] == -math.inf:
        raise DecodeError(
            "unknown-encoding",
            "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6 gives Arabic here; save the file as UTF-8",
        )
    try:
        return Decoded(body.decode(best), best)
    except UnicodeDecodeError as error:
        raise DecodeError(
            "unknown-encoding", f"{best} but for byte {error.start}; save the file as UTF-8, or repair that byte"
        ) from error


def _utf16_without_mark(body: bytes, sample: bytes) -> Decoded | None:
    """UTF-16 is known by every second byte: 06 in Arabic letters, 00 in spaces and digits."""
    if len(body) % 2:
        return None
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        arabic = high.count(6)
        if arabic * 4 > len(high) and (arabic + high.count(0) + high.count(0x20)) * 10 > len(high) * 9:
            try:
                return Decoded(body.decode(encoding), encoding)
            except UnicodeDecodeError:
                return None
    return None


def _declared(body: bytes) -> Decoded | None:
    match = _DECLARATION.search(body[:4096])
    if not match:
        return None
    try:
        encoding = codecs.lookup(match[1].decode("ascii")).name
        # Of the codecs that Python knows, only character maps can be right here (utf-7 or punycode never is).
        if encoding.startswith(("utf", "punycode", "unicode", "raw")) or b"a".decode(encoding) != "a":
            return None
        return Decoded(body.decode("cp1252" if encoding == "iso8859-1" else encoding), encoding)
    except (LookupError, ValueError):
        return None


def _likelihood(text: str) -> float:
    """How well `text` reads as Arabic, only to be compared between readings of the same bytes; -inf if it is none.

    The sum over the non-ASCII characters of the logarithms of their frequencies in Arabic; Latin words with their
    accents do not count, words that begin with the article count more.
    """
    rest = _LATIN_WORD.sub("", text)
    high = [char for char in rest if char >= "\x80"]
    letters = sum(char in _LIKELIHOOD for char in high)
    if letters < 2 or high.count("\N{REPLACEMENT CHARACTER}") > 1 + len(high) // 100:
        return -math.inf
    if letters + sum(char in _BESIDE for char in high) < 0.6 * len(high):
        return -math.inf
    known = sum(_LIKELIHOOD.get(char, _NEUTRAL if char in _BESIDE else _STRANGE) for char in high)
    if known < _LEAST_MEAN * len(high):
        return -math.inf
    return known - _NEUTRAL * len(_WITH_ARTICLE.findall(rest))
