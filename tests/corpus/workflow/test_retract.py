"""Taking pages down: what goes, what stays, what replaces a release, and that nothing comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.config import CorpusConfig, parse_config
from corpus.ids import source_id
from corpus.release.build import ReleaseSummary, release
from corpus.release.history import read_earlier
from corpus.release.manifest import read_manifest
from corpus.release.published import Published, record_published
from corpus.release.registry import read_registry
from corpus.release.source import read_corpus
from corpus.release.versions import list_versions
from corpus.retractions import Retractions, read_retractions
from corpus.store import StoreError, read_head, read_table
from corpus.validate import validate_corpus
from corpus.workflow.build import build
from corpus.workflow.check import check
from corpus.workflow.exports import received_export
from corpus.workflow.init import init_corpus
from corpus.workflow.retract import Retracted, lookup, retract
from corpus.workflow.take_in import import_files
from schemas.ontology import load_ontology
from tests.conftest import Run, tree

DAY = "2026-03-01"
SECRET = "سلوى الزناتي"
ARTICLES = {
    "port.txt": "وزيرة النقل تزور ميناء طنجة\nقالت الوزيرة إن الميناء سيفتح أبوابه في مارس المقبل أمام السفن الكبرى.\n",
    "match.txt": "فوز الفريق الأزرق\nفاز الفريق الأزرق على ضيفه بهدفين نظيفين في مباراة مؤجلة جرت أمس بالعاصمة.\n",
    "rain.txt": "طقس ماطر في الشمال\nهطلت أمطار غزيرة على المدن الشمالية منذ صباح أمس وتعطلت الدراسة فيها.\n",
    "court.txt": f"حكم في قضية أثارت الجدل\nقضت المحكمة أمس ببراءة {SECRET} من كل ما نسب إليها في هذه القضية.\n",
    "fair.txt": "معرض الكتاب يفتح أبوابه\nافتتح معرض الكتاب أبوابه أمام الزوار وسط حضور كبير من الناشرين العرب.\n",
}
URL = "https://www.example.org/news/42?utm_source=x"
RECORD = "عنوان المقال المنشور على الموقع\nوصل الوفد إلى المطار مساء أمس بعد رحلة طويلة استغرقت يومين كاملين."


def quiet(*arguments: object) -> None:
    """No progress."""


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))
    monkeypatch.setattr("corpus.release.write.draw_pictures", lambda *tables: ())


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "more.jsonl").write_text(
        json.dumps({"text": RECORD, "url": URL}, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def root(tmp_path: Path, pages: Path) -> Path:
    folder = tmp_path / "corpus"
    init_corpus(folder, "test")
    build(folder, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    return folder


def document(root: Path, words: str) -> str:
    rows = read_corpus(root).documents.to_pylist()
    (found,) = (row["doc_id"] for row in rows if words in row["text"])
    return str(found)


def take_down(root: Path, target: str) -> Retracted:
    return retract(root, CorpusConfig(), target, reason="asked by the court", date=DAY)


def make_release(root: Path) -> ReleaseSummary:
    return release(root, CorpusConfig(), report=quiet)


def strings(folder: Path) -> Iterator[str]:
    """All that the Parquet files and JSON files below a folder say."""
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            for row in pq.read_table(path, partitioning=None).to_pylist():
                yield "".join(
                    value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    for value in row.values()
                )
        elif path.is_file():
            yield path.read_bytes().decode(errors="replace")


def test_every_trace_of_the_text_is_erased(root: Path, pages: Path) -> None:
    doc = document(root, SECRET)
    gold = root.parent / "court.gold"
    title, sentence = ARTICLES["court.txt"].splitlines()
    noted = f"# source: court.txt\n\ntitle: {title}\nparagraph: {sentence}\n  PERS: {SECRET}\n"
    gold.write_text(noted, encoding="utf-8")
    assert import_files(root, CorpusConfig(), [str(gold)], annotator="hind", gold=False, round_=1).rejects == ()
    assert any(SECRET in text for text in strings(root))
    done = take_down(root, doc)
    assert (done.documents, done.sources, done.new) == ((doc,), (source_id("court.txt"),), True)
    assert not any(SECRET in text for text in strings(root))
    assert not any(doc in text or source_id("court.txt") in text for text in strings(root))
    tombstone = json.loads((root / "retractions.json").read_text())["retractions"][0]
    assert (tombstone["reason"], tombstone["date"]) == ("asked by the court", DAY)
    assert validate_corpus(root, CorpusConfig(), load_ontology(None)) == []
    assert len(read_corpus(root).documents) == len(ARTICLES)


SENTENCES = (
    f"قضت المحكمة أمس ببراءة {SECRET} من كل ما نسب إليها في هذه القضية.",
    "وأكد محاميها أن الملف كان خاليا من أي دليل مادي.",
)
"""The first is in both texts that the page had, the second in its first text only."""


@pytest.fixture
def worked(root: Path, pages: Path) -> Path:
    """A corpus whose page was annotated, pushed, pulled, corrected, and quoted by rejects; another page quotes it."""
    body = ARTICLES["court.txt"]
    (pages / "court.txt").write_text(f"{body}{SENTENCES[1]}\n", encoding="utf-8")
    record = {"text": ARTICLES["fair.txt"] + SENTENCES[0][:20], "url": "https://example.org/held"}
    (pages / "held.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    old, other = (document(root, words) for words in (SENTENCES[1], "هطلت أمطار"))
    text = {row["doc_id"]: row["text"] for row in read_corpus(root).documents.to_pylist()}
    gold = root.parent / "court.gold"
    title, *sentences = text[old].split("\n")
    noted = [f"paragraph: {one}\n" + (f"  PERS: {SECRET}\n" if SECRET in one else "") for one in sentences]
    gold.write_text(f"# source: court.txt\n\ntitle: {title}\n{''.join(noted)}", encoding="utf-8")
    assert import_files(root, CorpusConfig(), [str(gold)], annotator="hind", gold=False, round_=1).rejects == ()
    rest = root.parent / "rest.gold"  # of a text that the corpus does not have: a reject quotes it
    rest.write_text(f"# source: x.txt\n\nparagraph: {SENTENCES[0]}\nnext: وهذا نص آخر تماما.\n", encoding="utf-8")
    conll = root.parent / "rest.conll"
    conll.write_text("".join(f"{word} O\n" for word in ["قيل:", *SENTENCES[1].split()]) + "\n", encoding="utf-8")
    mixed = list(map(str, (gold, rest, conll)))  # rejects are kept where something fits
    assert len(import_files(root, CorpusConfig(), mixed, annotator="hind", gold=False, round_=2).rejects) == 2
    (root / "exports").mkdir()
    tasks = [{"id": nth, "data": {"doc_id": doc, "text": text[doc]}} for nth, doc in enumerate((old, other))]
    stored = json.dumps(tasks, ensure_ascii=False).encode()
    (root / "exports" / f"{hashlib.sha256(stored).hexdigest()}.json").write_bytes(stored)
    (root / "labelstudio.json").write_text('{"key": "0123456789abcdef", "pending": null}')
    (pages / "court.txt").write_text(body, encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    (root / "private" / "labelstudio").mkdir(parents=True)
    (root / "private" / "labelstudio" / "label_studio.sqlite3").touch()
    left = root / "releases" / ".partial-1"
    left.mkdir(parents=True)
    (left / "rows.json").write_text(SENTENCES[0], encoding="utf-8")
    (root / "store" / "spans" / ".tmp-1.parquet").write_text(SENTENCES[0], encoding="utf-8")
    (root / "exports" / ".tmp-2.json").write_text(SENTENCES[1], encoding="utf-8")
    return root


def places(root: Path, words: str) -> set[str]:
    """Where in a corpus these words are: the tables, and the other folders."""
    found = {
        str(path.relative_to(root).parent)
        for path in root.rglob("*")
        if path.is_file() and path.suffix == ".parquet" and not path.name.startswith(".tmp-")
        and words in "".join(map(_said, pq.read_table(path, partitioning=None).to_pylist()))
    }
    for path in root.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            if words.encode() in body or json.dumps(words)[1:-1].encode() in body:
                found.add(str(path.relative_to(root).parent))
    return found


def _said(row: dict[str, object]) -> str:
    return "\n".join(value.decode() if isinstance(value, bytes) else str(value) for value in row.values())


def test_no_byte_of_the_corpus_has_it_any_more(worked: Path) -> None:
    before = places(worked, SENTENCES[0]) | places(worked, SENTENCES[1]) | places(worked, SENTENCES[1][:-1])
    tables = {f"store/{name}" for name in ("pages", "documents", "retired", "spans", "rejects")}
    assert before == {*tables, "exports", "releases/.partial-1"}
    kept = read_table(worked, "rejects").num_rows
    done = take_down(worked, "court.txt")
    assert len(done.documents) == 2
    assert any(done.documents[0] in line and "the annotation server" in line for line in done.remains)
    assert any("label_studio.sqlite3 keeps the bytes of deleted tasks" in line for line in done.remains)
    words = (SECRET, *SENTENCES, SENTENCES[1][:-1], "court.txt", source_id("court.txt"), *done.documents)
    assert {one: places(worked, one) for one in words} == {one: set() for one in words}
    (export,) = (worked / "exports").iterdir()
    assert [task["id"] for task in json.loads(export.read_bytes())] == [1]
    assert hashlib.sha256(export.read_bytes()).hexdigest() == export.stem
    assert export.stat().st_mode & 0o222 == 0
    assert read_table(worked, "rejects").num_rows < kept
    assert document(worked, SENTENCES[0][:20])  # what only quotes it stays
    assert validate_corpus(worked, CorpusConfig(), load_ontology(None)) == []


@pytest.mark.parametrize("at", ["write_head", "finish"])
def test_wherever_interrupted_the_next_build_erases_the_rest(
    worked: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"corpus.workflow.retract.{at}", stop)
        with pytest.raises(KeyboardInterrupt):
            take_down(worked, "court.txt")
    assert places(worked, SENTENCES[0])
    build(worked, CorpusConfig(), [], jobs=1, progress=quiet)
    assert {one: places(worked, one) for one in SENTENCES} == {one: set() for one in SENTENCES}
    before = tree(worked)
    build(worked, CorpusConfig(), [], jobs=1, progress=quiet)
    assert tree(worked) == before


def test_a_later_export_is_kept_without_it(worked: Path) -> None:
    (stored,) = (worked / "exports").glob("[0-9a-f]*.json")
    body = stored.read_bytes()
    take_down(worked, "court.txt")

    def write(path: Path) -> str:
        path.write_bytes(body)
        return hashlib.sha256(body).hexdigest()

    with received_export(worked, write) as export:
        tasks = json.loads(export.path.read_bytes())
    assert [task["id"] for task in tasks] == [1]
    assert places(worked, SENTENCES[0]) == set()
    assert all(hashlib.sha256(one.read_bytes()).hexdigest() == one.stem for one in (worked / "exports").iterdir())


def test_an_export_that_cannot_be_read_is_named(worked: Path) -> None:
    (worked / "exports" / "0a.json").write_text(f'[{{"data": "{SENTENCES[0]}"')
    assert any("0a.json is no whole export" in line for line in take_down(worked, "court.txt").remains)


def test_pages_that_a_source_had_before_stay(root: Path, pages: Path) -> None:
    (pages / "rain.txt").write_text(ARTICLES["rain.txt"] + "وانقطعت الطرق.\n", encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    take_down(root, "court.txt")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    assert document(root, "وانقطعت الطرق")


def test_near_duplicates_that_stay_are_named(root: Path, pages: Path) -> None:
    text = ARTICLES["fair.txt"] + "وقال المنظمون إن الدورة تستمر عشرة أيام وتضم ثلاثمئة دار نشر من ثلاثين بلدا.\n"
    (pages / "one.txt").write_text(text, encoding="utf-8")
    (pages / "two.txt").write_text(text.replace("ثلاثمئة", "أربعمئة"), encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    alike = document(root, "أربعمئة")
    assert any(f"near duplicates of it stay: {alike};" in line for line in take_down(root, "one.txt").remains)


@pytest.mark.parametrize("built", [True, False])
def test_a_cluster_is_not_called_after_a_member_that_was_retracted(root: Path, pages: Path, built: bool) -> None:
    text = ARTICLES["fair.txt"] + "وقال المنظمون إن الدورة تستمر عشرة أيام وتضم ثلاثمئة دار نشر من ثلاثين بلدا.\n"
    for nth, name in enumerate(("one.txt", "two.txt", "zoo.txt")):
        (pages / name).write_text(text.replace("ثلاثمئة", "ثلاثمئة " * nth + "وأكثر"), encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    make_release(root)
    before = read_earlier(root / "releases")
    assert before.sources[source_id("two.txt")].cluster_id == source_id("one.txt")
    take_down(root, "one.txt")
    if built:
        (pages / "one.txt").unlink()
        build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    make_release(root)
    after = read_earlier(root / "releases")
    for name in ("two.txt", "zoo.txt"):
        place = after.sources[source_id(name)]
        assert place.cluster_id == source_id("two.txt")
        assert place.split == before.sources[source_id(name)].split
    assert places(root, source_id("one.txt")) == set()
    assert not make_release(root).created


@pytest.mark.parametrize("target", ["court.txt", "source", "file", "document"])
def test_by_whatever_name(root: Path, pages: Path, target: str) -> None:
    doc = document(root, SECRET)
    named = {"source": source_id("court.txt"), "file": str(pages / "court.txt"), "document": doc}.get(target, target)
    assert take_down(root, named).documents == (doc,)
    assert not any(SECRET in text for text in strings(root / "store"))


def test_it_is_not_taken_in_again(root: Path, pages: Path) -> None:
    take_down(root, "court.txt")
    (pages / "copy.txt").write_text(ARTICLES["court.txt"], encoding="utf-8")  # the same text from elsewhere
    summary = build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    assert summary.rejects == {"retracted": 2}
    assert {reject.origin for reject in summary.first_rejects} == {"court.txt", "copy.txt"}
    assert "it was retracted on 2026-03-01" in summary.first_rejects[0].message
    assert all(SECRET not in row["text"] for row in read_corpus(root).documents.to_pylist())
    before = tree(root)
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    assert tree(root) == before


def test_what_is_found_again_is_counted_but_no_failure_of_a_build(root: Path, pages: Path, run_command: Run) -> None:
    take_down(root, "court.txt")
    done = run_command("build", pages, "--corpus", root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rejects: retracted" in done.stdout
    (pages / "zz-empty.txt").touch()
    done = run_command("build", pages, "--corpus", root)
    assert done.returncode == 3
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [" zz-empty.txt", " court.txt"]


def test_the_same_text_of_another_source_stays_when_a_page_goes(root: Path, pages: Path) -> None:
    (pages / "copy.txt").write_text(ARTICLES["rain.txt"], encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    done = take_down(root, "rain.txt")
    assert done.documents == ()
    assert document(root, "هطلت أمطار") is not None
    assert "rain.txt" not in read_table(root, "sources")["path"].to_pylist()


def test_a_url_that_is_not_held_is_kept_out(root: Path, pages: Path) -> None:
    url = "https://example.org/news/43"
    assert take_down(root, url).new
    (pages / "new.jsonl").write_text(
        json.dumps({"text": RECORD + " ثم غادر.", "url": url + "?utm_source=mail#top"}) + "\n", encoding="utf-8"
    )
    assert build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet).rejects == {"retracted": 1}


def test_what_nobody_knows_is_an_error(root: Path) -> None:
    for target in ("0123456789abcdef", "nowhere.txt"):
        with pytest.raises(StoreError, match=f"nothing is known of '{target}'"):
            take_down(root, target)
    assert not (root / "retractions.json").exists()


def test_again_it_adds_nothing(root: Path) -> None:
    take_down(root, "court.txt")
    before = tree(root)
    again = take_down(root, source_id("court.txt"))
    assert not again.new
    assert tree(root) == before


def test_interrupted_it_is_finished_by_the_next_build(
    root: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("corpus.workflow.retract.write_head", stop)
        with pytest.raises(KeyboardInterrupt):
            take_down(root, "court.txt")
    assert any(SECRET in row["text"] for row in read_corpus(root).documents.to_pylist())
    with pytest.raises(Exception, match=r"was retracted and is still in the corpus; run 'mudawwana build'"):
        make_release(root)
    build(root, CorpusConfig(), [], jobs=1, progress=quiet)
    assert not any(SECRET in text for text in strings(root / "store"))
    assert not take_down(root, "court.txt").new
    assert not any(SECRET in text for text in strings(root / "store"))


def test_a_release_that_holds_it_is_replaced(root: Path) -> None:
    doc, source = document(root, SECRET), source_id("court.txt")
    first = make_release(root)
    splits = {name: place.split for name, place in read_earlier(root / "releases").documents.items()}
    record_published(root, Published("1.0.0", "salma/akhbar", "v1.0.0", "c" * 40, "0" * 64))
    done = take_down(root, doc)
    assert done.held_by == ("1.0.0",)
    assert any("'mudawwana release' makes a new major version" in line for line in done.remains)
    assert any("salma/akhbar serves it at the tag v1.0.0" in line and "super_squash" in line for line in done.remains)
    second = make_release(root)
    assert (second.version, second.withdrawn) == ("2.0.0", ("1.0.0",))
    assert not first.path.exists()
    assert [str(version) for version in list_versions(root / "releases")] == ["2.0.0"]
    states = {one.version: (one.state, one.replaced_by) for one in read_registry(root / "releases")}
    assert states == {"1.0.0": ("withdrawn", "2.0.0"), "2.0.0": ("released", None)}
    assert read_manifest(second.path).replaces == ("1.0.0",)
    assert "**Issued in place of 1.0.0**, withdrawn" in (second.path / "README.md").read_text(encoding="utf-8")
    kept = read_earlier(root / "releases").documents
    assert {name: place.split for name, place in kept.items()} == {n: s for n, s in splits.items() if n != doc}
    assert not any(SECRET in text or doc in text or source in text for text in strings(root))
    assert not make_release(root).created
    assert check(root, None, quiet).findings == ()


def test_a_withdrawn_release_s_splits_are_remembered(root: Path, pages: Path) -> None:
    make_release(root)
    splits = {name: place.split for name, place in read_earlier(root / "releases").documents.items()}
    take_down(root, "court.txt")
    away = document(root, "معرض الكتاب")
    (pages / "fair.txt").write_text(ARTICLES["fair.txt"].replace("الكتاب", "الخيل"), encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    make_release(root)
    (pages / "fair.txt").write_text(ARTICLES["fair.txt"], encoding="utf-8")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    make_release(root)
    assert read_earlier(root / "releases").documents[away].split == splits[away]


def test_lookup_says_where_a_page_is_held(root: Path, pages: Path, tmp_path: Path) -> None:
    make_release(root)
    record_published(root, Published("1.0.0", "salma/akhbar", "v1.0.0", "c" * 40, "0" * 64))
    doc = document(root, "الوفد")
    by_url = lookup(root, CorpusConfig(), "https://example.org/news/42")
    assert (by_url.in_corpus, by_url.releases, by_url.published) == (True, ("1.0.0",), ("salma/akhbar@v1.0.0",))
    assert (by_url.documents, by_url.retracted) == ((doc,), ())
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(RECORD, encoding="utf-8")  # another file with the same article
    assert lookup(root, CorpusConfig(), str(elsewhere)).documents == (doc,)
    elsewhere.write_text("نص لم يره أحد من قبل\nلا يعرف أحد من أين جاء هذا النص ولا إلى أين يذهب.", encoding="utf-8")
    unknown = lookup(root, CorpusConfig(), str(elsewhere))
    assert (unknown.in_corpus, unknown.releases) == (False, ())
    assert not lookup(root, CorpusConfig(), "https://example.org/other").in_corpus
    take_down(root, doc)
    gone = lookup(root, CorpusConfig(), URL)
    assert (gone.in_corpus, gone.releases) == (False, ("1.0.0",))
    assert gone.retracted == (f"{DAY}: asked by the court",)


def test_tombstones_name_nothing() -> None:
    one, other = (Retractions().adding(["a"], ["b"], "why", DAY) for _ in range(2))
    assert one.source("a#2") and one.document("b")
    assert not one.source("b") and not one.document("a")
    assert {stone.hash for stone in one.tombstones}.isdisjoint(stone.hash for stone in other.tombstones)
    assert one.adding(["a#3"], ["b"], "again", DAY) is one


def test_a_damaged_file_stops_everything(root: Path) -> None:
    take_down(root, "court.txt")
    (root / "retractions.json").write_text("{}")
    with pytest.raises(StoreError, match="what was taken down would come back"):
        build(root, CorpusConfig(), [], jobs=1, progress=quiet)
    with pytest.raises(StoreError):
        read_retractions(root)


def test_a_build_masks_what_the_settings_say(tmp_path: Path, pages: Path) -> None:
    (pages / "mail.txt").write_text(
        "إعلان الوزارة للصحافة\nدعت الوزارة المواطنين إلى مراسلتها على info@example.org أو على 0522203040 أمس.\n",
        encoding="utf-8",
    )
    root = tmp_path / "masked"
    init_corpus(root, "test")
    config = parse_config('[privacy]\nredact = ["email"]\n')
    build(root, config, [str(pages)], jobs=1, progress=quiet)
    (text,) = (row["text"] for row in read_corpus(root).documents.to_pylist() if "الوزارة المواطنين" in row["text"])
    assert "XXXX@XXXXXXX.XXX" in text and "0522203040" in text
    assert validate_corpus(root, config, load_ontology(None)) == []
    manifest = read_manifest(release(root, config, report=quiet).path)
    assert (manifest.masked, manifest.personal) == ({"email": 1, "phone": 0}, {"email": 0, "phone": 1})
    plain = tmp_path / "plain"
    init_corpus(plain, "test")
    build(plain, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)
    others = [{row["text"] for row in read_corpus(one).documents.to_pylist()} for one in (root, plain)]
    assert len(others[0] - others[1]) == 1
    assert pa.table(read_corpus(root).documents).num_rows == len(ARTICLES) + 2
    assert read_head(root) != read_head(plain)
