"""`croissant.json`: the release in the vocabulary of Croissant 1.1, with what it says of responsible AI (RAI 1.0).

Every Parquet file is a FileObject with its sha256, the files of a config are a FileSet, its columns the fields of a
RecordSet; the splits are an enumeration that each record refers to. Addresses of files are relative to the file itself,
so that it holds in a folder and on a hub alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from corpus.release.card import OPEN, Described
from corpus.release.choose import GOLD, SILVER, SINGLE
from corpus.release.citation import people
from corpus.release.datasheet import answer_questions
from corpus.release.features import Yaml
from corpus.release.licences import spdx_licence
from corpus.release.manifest import FileEntry
from schemas.tables import RELEASE_CONFIGS, TASKS, description

CROISSANT: Final = "croissant.json"
_CONTEXT: Final[dict[str, Yaml]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_PARQUET: Final = "application/x-parquet"  # the name that mlcroissant reads


def render_croissant(release: Described, files: Mapping[str, FileEntry]) -> str:
    """The text of `croissant.json`; of the release's `files` only the Parquet files are named."""
    maintainers = people(release.about.maintainers)
    content: dict[str, Yaml] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": release.about.name,
        "alternateName": release.title,
        "description": release.about.description or f"{release.title}: Arabic documents with sentences, nested "
        "entities and topics.",
        "version": release.version,
        "inLanguage": ["ar"],
        "keywords": ["Arabic", "news", "named entities", "topics"],
        "license": _licence(release),
        "citeAs": f"{', '.join(name for name, _ in maintainers) or 'The authors'}: {release.title}, version "
        f"{release.version}.",
        "isLiveDataset": False,
    }
    if maintainers:
        content["creator"] = [{"@type": "sc:Person", "name": name} for name, _ in maintainers]
    if release.about.homepage:
        content["url"] = release.about.homepage
    content |= rai_properties(release)
    content["distribution"] = _distribution({name: entry for name, entry in files.items() if entry.rows is not None})
    content["recordSet"] = [_splits(release), *(_record_set(config) for config in RELEASE_CONFIGS)]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def rai_properties(release: Described) -> dict[str, Yaml]:
    """The properties of Croissant's RAI vocabulary: from the rows where they say it, else from a person's answers;
    what nobody answered is left out."""
    answers = {answer.question.id: answer for answer in answer_questions(release, release.told)}
    said = {id_: " ".join(part for part in (one.computed, one.told) if part) for id_, one in answers.items()}
    said |= {id_: words.strip() for id_, words in release.told.items() if id_ not in said}
    figures = release.figures
    machines: list[Yaml] = [
        f"{one.author} {one.version} ({one.task})" for one in figures.authors if one.kind == "prediction"
    ]
    work = "; ".join(
        f"{task}: {figures.with_status(task, GOLD):,} documents gold, {figures.with_status(task, SINGLE):,} by one "
        f"annotator, {figures.with_status(task, SILVER):,} by machine only"
        for task in TASKS
    )
    agreement = "; ".join(f"{one.task} {one.measure} {one.value:.3f} (n={one.n})" for one in release.agreement
                          if one.label == "*")
    personal = release.personal
    held = ", ".join(f"{kind}: {count:,}" for kind, count in personal.mentions.items())
    values: dict[str, Yaml] = {
        "dataCollection": _joined(said, "acquisition", "mechanisms", "sampling"),
        "dataCollectionType": "Web scraping, secondary data analysis" if figures.located else "Secondary data analysis",
        "dataCollectionMissingData": said["missing"],
        "dataCollectionRawData": said["raw-data"],
        "dataCollectionTimeframe": said["timeframe"],
        "dataPreprocessingProtocol": said["preprocessing"],
        "dataManipulationProtocol": "Lines that are not the article are removed by named rules; letters keep their "
        "forms (NFC, presentation forms folded)." + (" Personal data was masked." if any(personal.masked.values())
                                                     else ""),
        "dataImputationProtocol": "None: what is not known is null.",
        "dataAnnotationProtocol": f"Machine suggestions are corrected in layers of their own; the best layer speaks. "
        f"{work}.",
        "dataAnnotationPlatform": "Label Studio, or files in mudawwana's notation",
        "dataAnnotationAnalysis": agreement or "No agreement was measured.",
        "annotationsPerItem": "Every annotator's work is kept in the config 'annotations'.",
        "annotatorDemographics": said.get("annotator-demographics", ""),
        "machineAnnotationTools": machines,
        "dataBiases": _joined(said, "future-impact", "biases"),
        "dataLimitations": _joined(said, "noise", "limitations"),
        "dataUseCases": _joined(said, "other-tasks", "used-for", "misuse"),
        "dataSocialImpact": said.get("social-impact", ""),
        "personalSensitiveInformation": f"Found by pattern: {held}. " + _joined(said, "identifiable", "sensitive"),
        "dataReleaseMaintenancePlan": _joined(said, "updates", "maintainers", "older-versions"),
    }
    return {f"rai:{name}": value for name, value in values.items() if value}


def _joined(said: Mapping[str, str], *ids: str) -> str:
    return " ".join(words for id_ in ids if (words := said.get(id_, "")))


def _licence(release: Described) -> str:
    spdx = spdx_licence(release.licence_name)
    return f"https://spdx.org/licenses/{spdx}" if spdx and release.distribution == OPEN else release.licence_name


def _distribution(files: Mapping[str, FileEntry]) -> list[Yaml]:
    found: list[Yaml] = [
        {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "contentUrl": name,
            "contentSize": f"{entry.bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": entry.sha256,
        }
        for name, entry in sorted(files.items())
    ]
    for config in RELEASE_CONFIGS:
        found.append(
            {
                "@type": "cr:FileSet",
                "@id": f"files-of-{config}",
                "name": f"files-of-{config}",
                "description": f"The Parquet files of the config {config}.",
                "encodingFormat": _PARQUET,
                "includes": f"data/{config}/*.parquet",
            }
        )
    return found


def _splits(release: Described) -> Yaml:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}],
        "data": [{"splits/name": split} for split in release.splits],
    }


def _record_set(config: str) -> Yaml:
    files: Yaml = {"@id": f"files-of-{config}"}
    split: Yaml = {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": "split",
        "description": "The split of the record.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": files,
            "extract": {"fileProperty": "fullpath"},
            # mlcroissant applies it to what it gave, too.
            "transform": {"regex": f"^(?:.*data/{config}/)?([a-z]+)(?:-.+parquet)?$"},
        },
        "references": {"field": {"@id": "splits/name"}},
    }
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "field": [split, *(_field(config, field) for field in RELEASE_CONFIGS[config])],
    }


def _field(config: str, field: pa.Field) -> Yaml:
    name, kind = f"{config}/{field.name}", field.type
    declared: dict[str, Yaml] = {
        "@type": "cr:Field",
        "@id": name,
        "name": field.name,
        "description": description(field),
    }
    source: dict[str, Yaml] = {"fileSet": {"@id": f"files-of-{config}"}, "extract": {"column": field.name}}
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        members = [kind.value_type.field(place) for place in range(kind.value_type.num_fields)]
        return declared | {
            "repeated": True,
            "subField": [
                {
                    "@type": "cr:Field",
                    "@id": f"{name}/{member.name}",
                    "name": member.name,
                    "dataType": _type(member.type),
                    "source": source | {"transform": {"jsonPath": member.name}},
                }
                for member in members
            ],
        }
    if pa.types.is_list(kind):
        return declared | {"dataType": _type(kind.value_type), "repeated": True, "source": source}
    return declared | {"dataType": _type(kind), "source": source}


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Boolean" if pa.types.is_boolean(kind) else "sc:Text"
