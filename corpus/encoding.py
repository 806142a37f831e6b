"""Bytes to text: which of the encodings of Arabic pages these bytes are in."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\x7fELF", b"MZ")
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SAMPLE = 1 << 20
# Letters of running Arabic text by frequency (measured on the project's own sample articles, as are the shares below).
_COMMON = frozenset("اليمنورتبةعدسفهكقحأجشطصىخذضزثإغئءظآؤ")


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

    Raises:
        DecodeError: `empty-page`, `binary-file`, `invalid-utf-8` (almost UTF-8, with the first bad byte's offset),
            `damaged-encoding` (a byte order mark that the rest contradicts) or `unknown-encoding`.
    """
    if not body.strip(b" \t\r\n\0"):
        raise DecodeError("empty-page", "the file holds no text")
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            try:
                return Decoded(body.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise DecodeError(
                    "damaged-encoding", f"starts with the mark of {encoding}, but byte {error.start} is not {encoding}"
                ) from error
    if body.startswith(_MAGIC) or body.count(b"\0", 0, _SAMPLE) > len(body[:_SAMPLE]) // 100:
        raise DecodeError("binary-file", "these bytes are not text (an image, archive or program?)")
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        first_bad = error.start
    declared = _declared(body) if html else None
    if declared:
        return declared
    sample = body[:_SAMPLE]
    high = sum(byte >= 0x80 for byte in sample)
    in_sequences = sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(sample))
    if in_sequences > high * 0.7:
        raise DecodeError(
            "invalid-utf-8",
            f"UTF-8 but for byte {first_bad} (0x{body[first_bad]:02x}); re-save the file as UTF-8, or repair that byte",
        )
    best = max(("cp1256", "iso8859_6"), key=lambda name: _plausibility(sample, name))
    if _plausibility(sample, best) < 0.6:
        raise DecodeError("unknown-encoding", "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6 gives Arabic here")
    try:
        return Decoded(body.decode(best), best)
    except UnicodeDecodeError as error:
        raise DecodeError("unknown-encoding", f"{best} but for byte {error.start}") from error


def _declared(body: bytes) -> Decoded | None:
    match = _META_CHARSET.search(body[:4096])
    if not match:
        return None
    try:
        encoding = codecs.lookup(match[1].decode("ascii")).name
        return Decoded(body.decode(encoding), encoding)
    except (LookupError, UnicodeDecodeError):
        return None


def _plausibility(sample: bytes, encoding: str) -> float:
    """Share of the non-ASCII characters that are common Arabic letters or marks when read as `encoding`."""
    high = [char for char in sample.decode(encoding, "replace") if char >= "\x80"]
    if not high:
        return 0.0
    good = sum(char in _COMMON or "\u064b" <= char <= "\u0652" or char in "،؛؟«»“”–\xa0ـ" for char in high)
    return good / len(high)
