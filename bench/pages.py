"""What programs write into pages, between the marks `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

import re
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def with_block(text: str, name: str, block: str) -> str:
    """`text` with what stands between the marks of `name` replaced by `block`.

    Raises:
        ValueError: if the marks are not there.
    """
    pattern = re.compile(f"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
    found, count = pattern.subn(lambda match: match[1] + block + match[2], text)
    if not count:
        raise ValueError(f"no marks <!-- {name} --> and <!-- /{name} --> to write between")
    return found


def write_block(name: str, block: str, page: Path = BENCHMARKS) -> None:
    """Put `block` between its marks in a page, by default docs/benchmarks.md."""
    page.write_text(with_block(page.read_text("utf-8"), name, block), "utf-8")
