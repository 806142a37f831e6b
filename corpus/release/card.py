"""The dataset card: `README.md` with the YAML that tells `datasets` and the Hub how to read the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from corpus.config import AboutConfig
from corpus.release.choose import GOLD, SILVER, SINGLE
from corpus.release.features import Labels, Yaml, declare_features
from corpus.release.figures import Figures
from corpus.release.leakage import Leakage
from corpus.release.licences import hub_licence, incompatible
from corpus.release.manifest import AgreementFigure, LeftOut
from corpus.release.plots import Picture
from corpus.release.privacy import PersonalFigures
from schemas.tables import RELEASE_CONFIGS, TASKS, description

if TYPE_CHECKING:
    from corpus.release.statement import Section

OPEN: Final = "open"
LOCAL: Final = "local"
DEFAULT_CONFIG: Final = "sentences"
_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
                 (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"))


@dataclass(frozen=True, slots=True)
class Described:
    """What card and datasheet describe: a release before it is on disk."""

    about: AboutConfig
    version: str
    parent: str | None
    labels: Labels
    inventory: str
    ontology_version: str
    ontology_digest: str
    figures: Figures
    left_out: LeftOut
    disputed: Mapping[str, int]
    digests: Mapping[str, str]
    distribution: str
    policy_versions: tuple[str, ...]
    ucd_versions: tuple[str, ...]
    tokeniser_version: str
    personal: PersonalFigures
    leakage: Leakage
    agreement: tuple[AgreementFigure, ...] = ()
    pictures: tuple[Picture, ...] = ()
    replaces: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title, or the name where there is none."""
        return self.about.title or self.about.name

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits in order."""
        return tuple(self.figures.rows["documents"])

    @property
    def licence_name(self) -> str:
        """What the release as a whole is under, in words."""
        if self.distribution == LOCAL:
            return "not for distribution"
        texts = tuple(self.figures.licences)
        if self.about.licence and not incompatible(self.about.licence, texts):
            return self.about.licence
        return texts[0] if len(texts) == 1 else "mixed"

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Licences of texts that the corpus's own licence does not cover."""
        return incompatible(self.about.licence, self.figures.licences) if self.about.licence else ()


def render_card(release: Described, statement: Sequence[Section] = ()) -> str:
    """The text of `README.md`, with the sections of its Data Statement."""
    header = yaml.safe_dump(card_header(release), sort_keys=False, allow_unicode=True, width=120)
    columns = {
        config: [(field.name, _kind(str(field.type)), description(field)) for field in schema]
        for config, schema in RELEASE_CONFIGS.items()
    }
    body = environment().get_template("README.md.j2").render(
        release=release,
        figures=release.figures,
        columns=columns,
        tasks=TASKS,
        statement=statement,
    )
    return f"---\n{header}---\n{body}"


def card_header(release: Described) -> dict[str, Yaml]:
    """The card's YAML. Splits carry no row counts: with them `load_dataset(..., filters=...)` fails."""
    figures = release.figures
    creators: list[Yaml] = []
    if any(figures.with_status(task, SILVER) for task in TASKS):
        creators.append("machine-generated")
    if any(figures.with_status(task, GOLD, SINGLE) for task in TASKS) and release.about.annotators not in creators:
        creators.append(release.about.annotators)
    licence = hub_licence(release.licence_name)
    header: dict[str, Yaml] = {
        "pretty_name": release.title,
        "language": ["ar"],
        "license": licence or "other",
    }
    if licence is None:
        header |= {"license_name": release.licence_name.lower().replace(" ", "-"), "license_link": "LICENSE"}
    if release.about.country:
        header["language_details"] = [f"ar-{release.about.country}"]
    header |= {
        "multilinguality": ["monolingual"],
        "annotations_creators": creators,
        "language_creators": ["found"],
        "source_datasets": ["original"],
        "size_categories": [next((name for limit, name in _SIZES if figures.sentences < limit), "n>1B")],
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["named-entity-recognition", "topic-classification"],
        "tags": ["arabic", "news", "nested-entities"],
        "configs": [_config(release, config) for config in _default_first()],
        "dataset_info": [
            {"config_name": config, "features": declare_features(config, release.labels)} for config in _default_first()
        ],
    }
    return header


def content_description(digest: str) -> str:
    """A config's description: with it `datasets` cannot mistake one release's cache for another's."""
    return f"content-sha256:{digest}"


@cache
def environment() -> Environment:
    """The templates of card and datasheet; a name that nobody gave is an error, not an empty string."""
    templates = Environment(
        loader=PackageLoader("corpus.release"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    templates.filters["thousands"] = lambda number: f"{number:,}"
    templates.filters["percent"] = lambda share: f"{100 * share:.1f}%"
    templates.filters["cell"] = _cell
    templates.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return templates


def _cell(text: object) -> str:
    """Text that cannot end a cell of a Markdown table or begin HTML."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _default_first() -> list[str]:
    return sorted(RELEASE_CONFIGS, key=lambda config: config != DEFAULT_CONFIG)


def _config(release: Described, config: str) -> Yaml:
    declared: dict[str, Yaml] = {"config_name": config}
    if config == DEFAULT_CONFIG:
        declared["default"] = True
    return declared | {
        "version": release.version,
        "description": content_description(release.digests[config]),
        "data_files": [{"split": split, "path": f"data/{config}/{split}-*.parquet"} for split in release.splits],
    }


def _kind(arrow: str) -> str:
    """An Arrow type as a table of the card shows it."""
    return arrow.replace(" not null", "").replace("item: ", "").replace("element: ", "")
