"""Word lists derived from the open gazetteers: `python -m annotation.preannotate.training.lists --shared DIR`.

Writes `cities.txt` (GeoNames, CC BY 4.0), `countries.txt` (CLDR, Unicode licence), `name_firsts.txt` and
`name_lasts.txt` (Hkiri's named entity lexicon, CC BY 4.0, filtered: it is machine-made) into `lexicons/`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from annotation.preannotate.gazetteer import FOLDER, words
from annotation.preannotate.words import plain, plain_words

_ARAB = re.compile("MA|DZ|TN|LY|MR|EG|SD|SO|DJ|KM|SA|AE|QA|BH|KW|OM|YE|IQ|SY|LB|JO|PS")
_ARABIC = re.compile(r"[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}\N{ARABIC FATHATAN}-\N{ARABIC SUKUN} -]+")
_LARGE, _LARGE_ARAB = 250_000, 15_000  # inhabitants
_TITLES = plain_words("الدكتور السيد السيدة الشيخ العقيد الرئيس الملك الأمير المستشار الجنرال وزير سفير اللواء")


def cities(folder: Path) -> list[str]:
    """Names of larger cities written with Arabic letters, without a head such as مدينة."""
    found = set()
    with gzip.open(folder / "gazetteers/geonames_cities_arabic_script.tsv.gz", "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            if int(row["population"]) < (_LARGE_ARAB if _ARAB.fullmatch(row["country"]) else _LARGE):
                continue
            for name in row["arabic_script_names"].split("|"):
                name = re.sub(r"^(?:مدينة|مدينه|إمارة|امارة|ولاية|محافظة) ", "", name.strip())
                if _ARABIC.fullmatch(name) and len(name) > 3:
                    found.add(name)
    return sorted(found)


def countries(folder: Path) -> list[str]:
    """Territory names (two-letter codes) of CLDR's Arabic locale."""
    names = json.loads((folder / "gazetteers/cldr_ar.json").read_text(encoding="utf-8"))["territories_ar"]
    kept = {
        name
        for code, name in names.items()
        if len(code) == 2 and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO")
    }
    return sorted(name for name in kept if _ARABIC.fullmatch(name))


def name_words(folder: Path) -> tuple[list[str], list[str]]:
    """Words that begin, and words that end, several person names of Hkiri's lexicon, without titles."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    with gzip.open(folder / "gazetteers/ne_lexicon_hkiri/Pers.Ar.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = re.sub(r"^\d+\s*", "", line).split()
            while parts and plain(parts[0]) in _TITLES:
                parts = parts[1:]
            if len(parts) >= 2 and all(_ARABIC.fullmatch(part) for part in parts):
                first[parts[0]] += 1
                last[parts[-1]] += 1
    offices = words("offices") | words("honorifics")

    def frequent(counts: Counter[str], least: int) -> list[str]:
        return sorted(
            word for word, count in counts.items() if count >= least and len(word) > 2 and plain(word) not in offices
        )

    return frequent(first, 3), frequent(last, 2)


def write(name: str, source: str, found: Iterable[str]) -> None:
    """Write a list file, several entries a line."""
    listed = list(found)
    rows = [" | ".join(listed[start : start + 24]) for start in range(0, len(listed), 24)]
    (FOLDER / f"{name}.txt").write_text(f"# {source}\n" + "\n".join(rows) + "\n", encoding="utf-8")


def main() -> None:
    """Write the derived lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    folder = parser.parse_args().shared / "data"
    first, last = name_words(folder)
    write(
        "cities",
        "Cities by inhabitants. Source: GeoNames (geonames.org), CC BY 4.0, made by training/lists.py.",
        cities(folder),
    )
    write(
        "countries",
        "Territories. Source: Unicode CLDR (ar), Unicode licence, made by training/lists.py.",
        countries(folder),
    )
    hkiri = "Source: E. Hkiri's Arabic named entity lexicon, CC BY 4.0, filtered by training/lists.py."
    write("name_firsts", f"First words of person names. {hkiri}", first)
    write("name_lasts", f"Last words of person names. {hkiri}", last)


if __name__ == "__main__":
    main()
