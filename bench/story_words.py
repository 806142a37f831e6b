"""Counts in how many newspaper articles each word is: `corpus/story_words.txt`, what `corpus.stories` takes as usual.

Made from the Al-Khaleej part of SANAD (Einea, Elnagar and Al Debsi 2019, CC BY 4.0): `--shared DIR` is the folder with
`data/raw/sanad_khaleej_text.txt.xz`, an article a line. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import lzma
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from corpus import stories

AT_LEAST = 100  # articles that a word must be in to be listed
UNLISTED = 30  # articles that any other word is taken to be in
STEPS = 8  # lines for each doubling of the count


def render(articles: Iterable[str]) -> str:
    """The file: a comment, the totals, then a line of words for each step of the count."""
    counts = Counter[str]()
    total = 0
    for article in articles:
        counts.update(set(stories.folded_words(article)))
        total += 1
    steps: dict[int, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if count >= AT_LEAST:
            steps[round(STEPS * math.log2(count))].append(word)
    lines = [f"{round(2 ** (step / STEPS))} {' '.join(sorted(steps[step]))}" for step in sorted(steps, reverse=True)]
    source = "# Words by the number of articles they are in: SANAD, Al-Khaleej part, CC BY 4.0; bench/story_words.py"
    return "\n".join([source, f"{total} {UNLISTED}", *lines, ""])


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    source = parser.parse_args().shared / "data" / "raw" / "sanad_khaleej_text.txt.xz"
    path = Path(stories.__file__).with_name("story_words.txt")
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        path.write_text(render(lines), encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
