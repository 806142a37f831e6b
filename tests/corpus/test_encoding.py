"""Encodings: Arabic pages are read back from every encoding they come in; what is no text is refused with a remedy."""

from __future__ import annotations

import gzip
import io
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.encoding import DecodeError, decode

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/encoding/texts.toml").read_text("utf-8"))

WORDS = (Path(__file__).parents[1] / "cases/encoding/words.txt").read_text("utf-8").split()
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=8, max_size=200).map(" ".join)
EXTRAS = st.sampled_from(("", " 2026", " Google", "، 3.5", "؟", " (ONU)", ": ", " ؛ "))


@pytest.mark.parametrize(
    ("case", "encoding"),
    [
        pytest.param(case, encoding, id=f"{case['label']}: {encoding}")
        for case in CASES["text"]
        for encoding in case["encodings"]
    ],
)
def test_texts_are_read_back(case: dict[str, str], encoding: str) -> None:
    decoded = decode(case["text"].encode(encoding))
    assert decoded.text == case["text"]
    assert decoded.encoding == encoding


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["page"]])
def test_pages_are_read_whatever_they_declare(case: dict[str, str]) -> None:
    decoded = decode(case["text"].encode(case["encoding"]), html=True)
    assert decoded.text == case["text"]
    assert decoded.encoding == case["encoding"]


@given(SENTENCES, EXTRAS, st.sampled_from(("cp1256", "iso8859_6", "utf-8", "utf-16-le", "utf-16-be", "utf-16")))
def test_sentences_are_read_back(sentence: str, extra: str, encoding: str) -> None:
    text = sentence + extra
    assert decode(text.encode(encoding)).text == text


@given(st.lists(st.sampled_from(WORDS), min_size=4, max_size=6, unique=True), st.randoms())
def test_headlines_in_the_two_one_byte_encodings_are_told_apart(words: list[str], random: object) -> None:
    text = " ".join(words)
    assume(sum(word.startswith(("ال", "وال", "بال")) for word in words) >= 1)
    assert decode(text.encode("cp1256")).encoding == "cp1256"
    assert decode(text.encode("iso8859_6")).encoding == "iso8859_6"


@given(st.text().filter(lambda text: text.strip(" \t\r\n\0\ufeff\xa0")))
def test_any_utf8_text_is_read_back_or_refused_as_binary(text: str) -> None:
    text = text.encode("utf-8", "replace").decode().removeprefix("\ufeff")
    assume(text.strip(" \t\r\n\0\ufeff\xa0"))
    try:
        assert decode(text.encode()).text == text
    except DecodeError as error:
        assert error.reason in ("binary-file", "empty-page")
        assert any(ord(char) < 32 for char in text)


@given(st.binary())
def test_any_bytes_give_text_or_a_reason(body: bytes) -> None:
    for html in (False, True):
        try:
            assert decode(body, html=html).text
        except DecodeError as error:
            assert error.reason in (
                "empty-page", "binary-file", "invalid-utf-8", "damaged-encoding", "unknown-encoding"
            )  # fmt: skip
            assert str(error)


def _zip() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.txt", "نص")
    return sink.getvalue()


ARABIC = "أعلنت وزارة الصحة اليوم عن لقاح جديد"

REFUSED = {
    "empty": (b"", "empty-page", "the file holds no text"),
    "white space": (b" \r\n\t \n", "empty-page", "the file holds no text"),
    "only a mark": (b"\xef\xbb\xbf", "empty-page", "the file holds no text"),
    "only a UTF-16 mark": (b"\xff\xfe", "empty-page", "the file holds no text"),
    "UTF-16 white space": (b"\xff\xfe \0\n\0", "empty-page", "the file holds no text"),
    "only NULs": (b"\0" * 100, "empty-page", "the file holds no text"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "binary-file", "not text but a PDF; extract its text first"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary-file", "not text but an image"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "binary-file", "not text but an image"),
    "zip": (
        _zip(),
        "binary-file",
        "not text but a zip archive or an Office document; give an archive the suffix .zip, save a document as text",
    ),
    "gzip": (
        gzip.compress(b"x", mtime=0),
        "binary-file",
        "not text but compressed with gzip; give the file the suffix .gz",
    ),
    "Word": (b"\xd0\xcf\x11\xe0\xa1\xb1", "binary-file", "not text but an Office document; save it as text"),
    "program": (b"\x7fELF\x02\x01\x01" + b"\0" * 9, "binary-file", "not text but a program"),
    "bytes with many controls": (
        bytes(range(256)) * 4,
        "binary-file",
        "these bytes are not text (an image, archive or program?)",
    ),
    "one bad byte": (
        ARABIC.encode()[:21] + b"\xff" + ARABIC.encode()[21:],
        "invalid-utf-8",
        "UTF-8 but for byte 21 (0xff); re-save the file as UTF-8, or repair that byte",
    ),
    "one bad byte after a mark": (
        b"\xef\xbb\xbf" + ARABIC.encode()[:21] + b"\xff",
        "invalid-utf-8",
        "UTF-8 but for byte 24 (0xff); re-save the file as UTF-8, or repair that byte",
    ),
    "cut off in a letter": (
        ARABIC.encode()[:-1],
        "invalid-utf-8",
        f"UTF-8 but for byte {len(ARABIC.encode()) - 2} (0xd8); re-save the file as UTF-8, or repair that byte",
    ),
    "a surrogate in UTF-8": (
        ARABIC.encode() + b"\xed\xa0\x80",
        "invalid-utf-8",
        f"UTF-8 but for byte {len(ARABIC.encode())} (0xed); re-save the file as UTF-8, or repair that byte",
    ),
    "half a character of UTF-16": (
        b"\xff\xfe" + ARABIC.encode("utf-16-le")[:-1],
        "damaged-encoding",
        f"starts with the mark of utf-16, but byte {len(ARABIC) * 2} is not utf-16; fetch the file again, or save it "
        "as UTF-8",
    ),
    "French in windows-1252": (
        "Le président a déclaré à la presse que l’été était très chaud à Fès, où il a été élevé".encode("cp1252"),
        "unknown-encoding",
        "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6 gives Arabic here; save the file as UTF-8",
    ),
    "Russian in windows-1251": (
        "Президент России заявил в понедельник, что переговоры продолжатся".encode("cp1251"),
        "unknown-encoding",
        "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6 gives Arabic here; save the file as UTF-8",
    ),
    "Chinese in GB 18030": (
        "总统周一表示,会谈将于下周在北京继续举行".encode("gb18030"),
        "unknown-encoding",
        "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6 gives Arabic here; save the file as UTF-8",
    ),
    "ISO-8859-6 with a byte it does not have": (
        ARABIC.encode("iso8859_6") + b"\xff",
        "unknown-encoding",
        f"iso8859_6 but for byte {len(ARABIC)}; save the file as UTF-8, or repair that byte",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_is_refused(name: str) -> None:
    body, reason, message = REFUSED[name]
    with pytest.raises(DecodeError) as caught:
        decode(body)
    assert (caught.value.reason, str(caught.value)) == (reason, message)


def test_a_few_nuls_in_a_text_do_not_make_it_binary() -> None:
    text = f"{ARABIC}\0{ARABIC}"
    assert decode(text.encode()).text == text
