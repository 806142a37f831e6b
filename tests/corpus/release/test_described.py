"""What describes a release beside its card: citation, Croissant, pictures, data statement, personal data, licences."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import mlcroissant
import pytest
import yaml

from corpus.config import AboutConfig, CorpusConfig
from corpus.release.build import release
from corpus.release.citation import people
from corpus.release.licences import covers
from corpus.release.manifest import read_manifest
from corpus.release.parquet import read_files
from corpus.release.plots import draw_pictures
from schemas.tables import AGREEMENT, RELEASE_CONFIGS
from tests.conftest import tree
from tests.corpus.release.conftest import ANSWERED, MATCH, MINISTER, RAIN, Maker, sample

CFF = Path(__file__).parents[2] / "cases/release/citation-file-format-1.2.0.schema.json"
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, config: CorpusConfig, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Release a maker's corpus."""
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))

    def made(maker: Maker, settings: CorpusConfig = config, place: str = "corpus") -> Path:
        root = tmp_path / place
        root.mkdir()
        maker.write(root)
        return release(root, settings, report=lambda message: None).path

    return made


def card(path: Path) -> str:
    return (path / "README.md").read_text(encoding="utf-8")


def test_the_citation_is_valid(make: Make, config: CorpusConfig) -> None:
    about = replace(
        config.corpus,
        maintainers=("Benali, Salma <salma@example.org>", "فريق المدونة"),
        homepage="https://example.org/akhbar",
        description="مدونة أخبار",
    )
    path = make(sample(), replace(config, corpus=about))
    citation = yaml.safe_load((path / "CITATION.cff").read_text(encoding="utf-8"))
    jsonschema.validate(citation, json.loads(CFF.read_text(encoding="utf-8")))
    assert (citation["type"], citation["version"], citation["license"]) == ("dataset", "1.0.0", "CC0-1.0")
    assert citation["authors"] == [
        {"family-names": "Benali", "given-names": "Salma", "email": "salma@example.org"}, {"name": "فريق المدونة"},
    ]


def test_a_citation_without_maintainers_or_open_licence_is_valid(make: Make) -> None:
    maker = sample()
    maker.document("نص بلا ترخيص", "x.txt", licence=None)
    citation = yaml.safe_load((make(maker, CorpusConfig()) / "CITATION.cff").read_text(encoding="utf-8"))
    jsonschema.validate(citation, json.loads(CFF.read_text(encoding="utf-8")))
    assert "license" not in citation


def test_names_and_addresses() -> None:
    assert people(["Salma <a@b.org>", "x@y.org", "<c@d.org>", " فريق "]) == [
        ("Salma", "a@b.org"), ("x@y.org", ""), ("c@d.org", "c@d.org"), ("فريق", ""),
    ]


def test_croissant_validates_and_gives_every_record(
    make: Make, config: CorpusConfig, caplog: pytest.LogCaptureFixture
) -> None:
    path = make(sample(), replace(config, datasheet=ANSWERED))
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=str(path / "croissant.json"))  # raises if it is not valid
        manifest = read_manifest(path)
        for name in RELEASE_CONFIGS:
            records = list(dataset.records(name))
            key = {"documents": "doc_id", "sentences": "sentence_id", "annotations": "annotation_id"}[name]
            found = {
                (record[f"{name}/split"].decode(), record[f"{name}/{key}"].decode()): record for record in records
            }
            rows = {
                (split, row[key]): row
                for split, entry in manifest.configs[name].splits.items()
                for row in read_files(path, entry.files).to_pylist()
            }
            assert found.keys() == rows.keys()
            for place, row in rows.items():
                for column, value in row.items():
                    assert plain(found[place][f"{name}/{column}"], f"{name}/{column}/") == value, (place, column)
    assert {record.getMessage().splitlines()[0] for record in caplog.records} <= {
        "Found the following 1 warning(s) during the validation:"  # datePublished: a release does not know its day
    }


def plain(value: object, prefix: str) -> object:
    """A value as mlcroissant gives it, as the row has it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(one, prefix) for one in value]
    if isinstance(value, dict):
        return {name.removeprefix(prefix): plain(one, prefix) for name, one in value.items()}
    return value


def test_croissant_names_every_file_and_the_rai_vocabulary(make: Make, config: CorpusConfig) -> None:
    path = make(sample(), replace(config, datasheet=ANSWERED))
    content = json.loads((path / "croissant.json").read_text(encoding="utf-8"))
    files = {one["@id"]: one for one in content["distribution"] if one["@type"] == "cr:FileObject"}
    manifest = read_manifest(path)
    assert {name: one["sha256"] for name, one in files.items()} == {
        name: entry.sha256 for name, entry in manifest.files.items() if entry.rows is not None
    }
    assert content["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    said = {name for name in content if name.startswith("rai:")}
    assert len(said) == 19 and "rai:dataSocialImpact" not in said  # which nobody answered
    assert "An answer about biases." in content["rai:dataBiases"]


@pytest.mark.usefixtures("drawn")
def test_pictures_are_the_same_bytes_each_time_and_in_the_card(make: Make) -> None:
    paths = [make(sample(), place=place) for place in ("one", "two")]
    pictures = [{name: body for name, body in tree(path).items() if name.endswith(".png")} for path in paths]
    assert pictures[0] == pictures[1]
    assert set(pictures[0]) == {
        f"figures/{name}.png" for name in ("topics", "outlets", "labels", "sentence-lengths", "time")
    }
    for name, body in pictures[0].items():
        assert f"]({name})" in card(paths[0])
        assert body.startswith(b"\x89PNG") and b"tEXt" not in body and b"tIME" not in body
    assert "matplotlib" in read_manifest(paths[0]).written_with


@pytest.mark.usefixtures("drawn")
def test_arabic_is_shaped_and_runs_from_right_to_left() -> None:
    """Drawn with raqm, a word is narrower than its letters set apart, and no picture is its mirrored order's."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    renderer = FigureCanvasAgg(figure).get_renderer()

    def width(text: str) -> float:
        return float(figure.text(0, 0, text, family="DejaVu Sans").get_window_extent(renderer).width)

    apart = "\N{ZERO WIDTH NON-JOINER}".join("سبيس")
    assert width("سبيس") < 0.8 * width(apart)


@pytest.mark.usefixtures("drawn")
def test_long_tails_and_long_spans_of_time_are_drawn() -> None:
    maker = Maker()
    for number in range(30):
        maker.document(f"عنوان\nنص رقم {number} في الجريدة.", f"{number}.txt")
        maker.rows["sightings"][-1] |= {"outlet": f"جريدة {number}", "published": f"{1900 + 4 * number}-01-02"}
    from corpus.release.figures import count_rows
    from corpus.release.rows import build_rows, release_documents

    tables = maker.tables()
    rows = build_rows(tables, release_documents(tables, {}), ("PERS",))
    split = {name: {"train": table} for name, table in rows.tables.items()}
    pictures = {picture.name: picture.body for picture in draw_pictures(count_rows(split), split)}
    assert {"figures/outlets.png", "figures/time.png"} <= pictures.keys()
    width, height = (int.from_bytes(pictures["figures/outlets.png"][place : place + 4]) for place in (16, 20))
    assert 800 < width < 1000 and 700 < height < 1000
    assert zlib.crc32(pictures["figures/outlets.png"][12:29]) == int.from_bytes(pictures["figures/outlets.png"][29:33])


def test_the_data_statement_has_its_sections(make: Make, config: CorpusConfig) -> None:
    told = {**ANSWERED, "language-variety": "الفصحى"}
    about = replace(config.corpus, country="MA")
    text = card(make(sample(), replace(config, corpus=about, datasheet=told)))
    titles = [line.removeprefix("### ") for line in text.split("## Data Statement")[1].split("\n## ")[0].splitlines()
              if line.startswith("### ")]
    assert titles == [
        "Curation rationale", "Language variety", "Speaker demographic", "Annotator demographic", "Speech situation",
        "Text characteristics", "Recording quality", "Other: biases and limitations", "Provenance appendix",
    ]
    assert "Arabic (`ar-MA`). الفصحى" in text
    assert "### Speaker demographic\n\n*Not answered.*" in text


def test_personal_data_is_counted(make: Make) -> None:
    maker = sample()
    text = "نص\nراسلوا info@example.org أو اتصلوا على 0522203040 أو 0522203041."
    maker.document(text, "x.txt")
    maker.rows["sightings"][-1]["byline"] = "سلمى a@example.org"
    maker.document("بريد محجوب XXXX@XXXXXXX.XXX", "y.txt")
    maker.rows["sightings"][-1]["edits"] = [
        {"start": 0, "end": 1, "replacement": "", "rule": "nbsp"},
        {"start": 11, "end": 27, "replacement": "XXXX@XXXXXXX.XXX", "rule": "redact-email"},
    ]
    path = make(maker)
    manifest = read_manifest(path)
    assert (manifest.personal, manifest.masked) == ({"email": 2, "phone": 2}, {"email": 1, "phone": 0})
    assert "e-mail addresses 2 in 1 documents, telephone numbers 2 in 1 documents." in card(path)
    assert "Masked by the build (every letter and digit is an X): e-mail addresses 1." in card(path)


def test_agreement_is_shown_where_it_was_measured(make: Make) -> None:
    assert "## Agreement" not in card(make(sample(), place="before"))
    maker = sample()
    maker.rows["agreement"] = [
        {"task": "entities", "label": "*", "measure": "f1-strict", "value": 0.9125, "low": 0.88, "high": 0.94,
         "n": 120},
        {"task": "entities", "label": "ORG", "measure": "accepted", "value": 0.7, "low": None, "high": None, "n": 1200},
    ]
    assert maker.table("agreement").schema == AGREEMENT
    path = make(maker)
    assert "| entities | all | f1-strict | 0.912 | 0.880 – 0.940 | 120 |" in card(path)
    assert "| entities | ORG | accepted | 0.700 |  | 1,200 |" in card(path)
    assert [one.n for one in read_manifest(path).agreement] == [120, 1200]


@pytest.mark.parametrize(
    ("own", "text", "fits"),
    [
        ("CC-BY-4.0", "CC0-1.0", True),
        ("CC-BY-SA-4.0", "CC-BY-4.0", True),
        ("CC-BY-NC-4.0", "CC-BY-3.0", True),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0", True),
        ("CC-BY-4.0", "CC-BY-SA-4.0", False),
        ("CC-BY-4.0", "CC-BY-NC-4.0", False),
        ("CC0-1.0", "CC-BY-4.0", False),
        ("MIT", "CC-BY-4.0", False),
        ("CC-BY-4.0", "CC-BY-ND-4.0", False),
        ("CC-BY-4.0", "unknown", False),
    ],
)
def test_whether_a_licence_covers_another(own: str, text: str, fits: bool) -> None:
    assert covers(own, text) == fits


def test_a_licence_that_does_not_cover_the_texts_is_not_the_release_s(make: Make, config: CorpusConfig) -> None:
    maker = sample((MINISTER, MATCH))
    maker.document(RAIN, "rain.txt", licence="CC-BY-SA-4.0")
    settings = replace(config, corpus=AboutConfig(name="samples", licence="CC-BY-4.0"))
    path = make(maker, settings)
    manifest = read_manifest(path)
    assert (manifest.distribution, manifest.licence) == ("open", "mixed")
    header = yaml.safe_load(card(path).split("---\n")[1])
    assert (header["license"], header["license_name"]) == ("other", "mixed")
    assert "(CC-BY-4.0) does not cover texts under CC-BY-SA-4.0" in card(path)
