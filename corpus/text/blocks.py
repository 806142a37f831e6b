"""Many texts worked on at once: in blocks, as arrays of code points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 1 << 17
"""Code points worked on at once: so many that a call costs little, so few that they stay in a processor's cache."""


def blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    """`texts` in order, in groups of about `BLOCK` code points."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text)
        size += len(text)
        if size >= BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text, lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
