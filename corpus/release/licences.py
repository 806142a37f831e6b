"""What a licence allows: whether texts under it may be passed on in the form of a cleaned, annotated corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Ids of the Hub's list of licences that allow passing on changed copies (non-commercial ones among them: whoever passes
# a release on must keep to its licence anyway). No-derivatives licences do not.
_HUB_IDS: Final = frozenset(
    (
        *("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "unlicense", "pddl", "odc-by", "odbl", "gfdl"),
        *("cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0"),
        *("cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"),
    )
)
_SYNONYMS: Final = {
    "cc0": "cc0-1.0",
    "public-domain": "cc0-1.0",
    "odc-by-1.0": "odc-by",
    "odbl-1.0": "odbl",
    "pddl-1.0": "pddl",
}


def hub_licence(name: str) -> str | None:
    """The Hub's id of a licence that allows passing on cleaned and annotated copies; None for any other.

    Takes SPDX ids and their usual spellings: 'CC BY-SA 4.0', 'CC-BY-SA-4.0' and 'cc-by-sa-4.0' are one licence.
    """
    folded = re.sub(r"[\s_-]+", "-", name.strip().lower())
    folded = _SYNONYMS.get(folded, folded)
    return folded if folded in _HUB_IDS else None


def may_distribute(licences: Iterable[str | None]) -> bool:
    """Whether texts under all of these licences may be passed on; None, an unknown licence, means no."""
    return all(licence is not None and hub_licence(licence) is not None for licence in licences)
