"""`CITATION.cff` (Citation File Format 1.2.0): how to cite a release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import yaml

from corpus.release.card import OPEN, Described
from corpus.release.features import Yaml
from corpus.release.licences import spdx_licence

CITATION: Final = "CITATION.cff"
_PERSON: Final = re.compile(r"(?P<name>[^<>]*?)\s*(?:<(?P<mail>[^<>@\s]+@[^<>@\s]+)>)?")


def render_citation(release: Described) -> str:
    """The text of `CITATION.cff`. It has no date: a release doesn't know when it is given out."""
    content: dict[str, Yaml] = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "If you use this dataset, please cite it as below.",
        "title": release.title,
        "version": release.version,
        "authors": _authors(release),
        "identifiers": [
            {
                "type": "other",
                "value": f"content-sha256:{release.digests['documents']}",
                "description": "Digest of the rows of the config 'documents' (manifest.json).",
            }
        ],
        "keywords": ["Arabic", "news", "named entities", "topics", "corpus"],
    }
    if release.about.description:
        content["abstract"] = release.about.description
    if release.about.homepage.startswith(("https://", "http://")):
        content["url"] = release.about.homepage
    licence = spdx_licence(release.licence_name) if release.distribution == OPEN else None
    if licence:
        content["license"] = licence
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))


def people(maintainers: Sequence[str]) -> list[tuple[str, str]]:
    """Name and mail address ("" where none is given) of each maintainer, written `Name <mail>`."""
    found = []
    for written in maintainers:
        match = _PERSON.fullmatch(written.strip())
        found.append((match["name"], match["mail"] or "") if match else (written.strip(), ""))
    return [(name or mail, mail) for name, mail in found if name or mail]


def _authors(release: Described) -> list[Yaml]:
    """`Family, Given` is a person; any other name stays whole, since nobody can tell how an Arabic one divides."""
    authors: list[Yaml] = []
    for name, mail in people(release.about.maintainers) or [(f"The authors of {release.title}", "")]:
        family, comma, given = name.partition(",")
        author: dict[str, Yaml] = (
            {"family-names": family.strip(), "given-names": given.strip()}
            if comma and family.strip() and given.strip()
            else {"name": name}
        )
        authors.append(author | ({"email": mail} if mail else {}))
    return authors
