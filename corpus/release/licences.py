"""What licences allow: whether texts may be passed on as a cleaned, annotated corpus, and under which licence.

Cleaning and annotating changes a text, so a licence has to allow changed copies. A corpus's own licence can stand for
the whole release only if it asks for no less than the licence of every text does (`covers`); otherwise every text stays
under its own and the release is called mixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_SPDX: Final = (
    *("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "Unlicense", "PDDL-1.0", "ODC-By-1.0", "ODbL-1.0"),
    *("CC0-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"),
    *("CC-BY-NC-2.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-2.0", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0"),
)
# Ids of the Hub's list of licences that allow passing on changed copies (non-commercial ones among them: whoever passes
# a release on must keep to its licence anyway), with their SPDX ids. No-derivatives licences do not allow it.
_SHORT: Final = {"pddl-1.0": "pddl", "odc-by-1.0": "odc-by", "odbl-1.0": "odbl"}
_HUB_IDS: Final[Mapping[str, str]] = {
    **{_SHORT.get(name.lower(), name.lower()): name for name in _SPDX},
    "gfdl": "GFDL-1.3-or-later",
}
_SYNONYMS: Final = {"cc0": "cc0-1.0", "public-domain": "cc0-1.0", **_SHORT}
_FREE: Final = frozenset(("cc0-1.0", "unlicense", "pddl"))  # ask for nothing


def hub_licence(name: str) -> str | None:
    """The Hub's id of a licence that allows passing on cleaned and annotated copies; None for any other.

    Takes SPDX ids and their usual spellings: 'CC BY-SA 4.0', 'CC-BY-SA-4.0' and 'cc-by-sa-4.0' are one licence.
    """
    folded = re.sub(r"[\s_-]+", "-", name.strip().lower())
    folded = _SYNONYMS.get(folded, folded)
    return folded if folded in _HUB_IDS else None


def spdx_licence(name: str) -> str | None:
    """The SPDX id of a licence that `hub_licence` knows; None for any other."""
    found = hub_licence(name)
    return _HUB_IDS[found] if found else None


def may_distribute(licences: Iterable[str | None]) -> bool:
    """Whether texts under all of these licences may be passed on; None, an unknown licence, means no."""
    return all(licence is not None and hub_licence(licence) is not None for licence in licences)


def covers(own: str, text: str) -> bool:
    """Whether a corpus under the licence `own` keeps to the licence `text` of a text in it.

    Texts that ask for nothing fit under any licence. Attribution (BY) fits under licences that ask for it, whatever
    more they ask. Share-alike texts fit under the same licence only, and so does any licence that is not one of
    Creative Commons. Non-commercial texts need a non-commercial licence.
    """
    mine, theirs = hub_licence(own), hub_licence(text)
    if mine is None or theirs is None:
        return False
    if theirs in _FREE or mine == theirs:
        return True
    if not (mine.startswith("cc-by") and theirs.startswith("cc-by")) or "-sa" in theirs:
        return False
    return "-nc" in mine or "-nc" not in theirs


def incompatible(own: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The licences of texts that the corpus's own licence does not cover, in their order."""
    return tuple(text for text in texts if not covers(own, text))
