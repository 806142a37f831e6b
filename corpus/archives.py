"""Compressed files: what can be unpacked of them, within a limit."""

from __future__ import annotations

import bz2
import contextlib
import lzma
import zipfile
import zlib

_CHUNK = 1 << 24


def decompress(suffix: str, body: bytes, limit: int) -> tuple[bytes | None, str | None]:
    """Unpack a .gz, .bz2 or .xz file, of one stream or several.

    Args:
        suffix: which of the three.
        body: the file.
        limit: bytes; never much more than that are held.

    Returns:
        What could be unpacked (None if that is more than `limit`), and what was wrong with the rest, if anything.
    """
    content = bytearray()
    if not body:
        return b"", "the file is empty"
    while body:
        unpacker = _unpacker(suffix)
        while not unpacker.eof:
            try:
                content += unpacker.decompress(body, _CHUNK)
            except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
                return bytes(content), f"not readable as {suffix} ({error})"
            if len(content) > limit:
                return None, None
            body = b""
            if not unpacker.eof and unpacker.needs_input:
                return bytes(content), f"cut off: the {suffix} stream has no end"
        body = unpacker.unused_data.lstrip(b"\0")  # some tools pad with NULs
    return bytes(content), None


class _Gzip:
    """zlib's decompressor with the interface of the other two."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    def decompress(self, body: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail or body, max_length)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data


def _unpacker(suffix: str) -> _Gzip | bz2.BZ2Decompressor | lzma.LZMADecompressor:
    return _Gzip() if suffix == ".gz" else bz2.BZ2Decompressor() if suffix == ".bz2" else lzma.LZMADecompressor()


def member_name(member: zipfile.ZipInfo) -> str:
    """The path of a zip member. Many tools write UTF-8 without marking it as such."""
    if not member.flag_bits & 0x800:
        with contextlib.suppress(ValueError):
            return member.filename.encode("cp437").decode("utf-8")
    return member.filename.encode("utf-8", "backslashreplace").decode()
