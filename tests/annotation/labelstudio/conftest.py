"""A real Label Studio server for each test process, with an owner and three annotators, and a corpus to push."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from annotation.labelstudio import server as local
from corpus.config import CorpusConfig, read_config
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from corpus.workflow.pull import PullSummary, pull
from corpus.workflow.push import PushOptions, PushSummary, push
from tests.conftest import SAMPLES

VENV = Path(__file__).parents[3] / ".venv-labelstudio"
TEMPLATE = VENV / "template"
NAMES = ("أمينة", "بلال", "شادية")


@dataclass(frozen=True)
class User:
    """An account of the server, with the calls that an annotator's page makes."""

    url: str
    email: str
    key: str
    id: int

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = httpx.request(
            method, f"{self.url}/api/{path}", json=body, headers={"Authorization": f"Token {self.key}"}, timeout=60
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def annotate(self, task: int, result: list[Any], **fields: object) -> int:
        """Submit an annotation; its id."""
        body = {"result": result, "lead_time": 9.5, **fields}
        return int(self.call("POST", f"tasks/{task}/annotations/", body)["id"])

    def change(self, annotation: int, result: list[Any], **fields: object) -> None:
        """Submit an annotation again."""
        self.call("PATCH", f"annotations/{annotation}/", {"result": result, **fields})

    def delete(self, annotation: int) -> None:
        """Delete an annotation."""
        self.call("DELETE", f"annotations/{annotation}/")

    def draft(self, task: int, result: list[Any]) -> int:
        """Leave a draft; its id."""
        return int(self.call("POST", f"tasks/{task}/drafts", {"result": result, "lead_time": 3})["id"])


@dataclass
class Live:
    """A running server."""

    root: Path
    server: local.LocalServer
    keys: Mapping[str, str]

    @property
    def owner(self) -> User:
        return User(self.server.url, self.server.username, self.server.token, 1)

    @property
    def annotators(self) -> list[User]:
        users = {one["email"]: one["id"] for one in self.owner.call("GET", "users/")}
        return [User(self.server.url, email, key, users[email]) for email, key in self.keys.items()]

    def kill(self) -> None:
        """kill -9, as a power cut does it."""
        import os
        import signal

        os.killpg(self.server.pid, signal.SIGKILL)
        os.waitpid(self.server.pid, 0)

    def start(self) -> None:
        """Start it again, at the same address."""
        self.server = local.start(self.root, port=self.server.port)


def serve(root: Path) -> Live:
    """Start a server on a copy of the template's database."""
    assert (TEMPLATE / "keys.json").exists(), (
        "Label Studio is not installed for the tests; run 'make setup' (it fetches about 1 GB once)"
    )
    shutil.copytree(TEMPLATE, root / "private" / "labelstudio")
    keys = json.loads((TEMPLATE / "keys.json").read_text("utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(local.PROGRAM_VARIABLE, str(VENV / "bin" / "label-studio"))
        import socket

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return Live(root, local.start(root, port=port), keys)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = serve(tmp_path_factory.mktemp("server"))
    yield live
    local.stop(live.root)


@pytest.fixture
def live(shared_server: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The server, named by the environment as somebody else's would be."""
    monkeypatch.setenv("LABEL_STUDIO_URL", shared_server.server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", shared_server.server.token)
    monkeypatch.setenv(local.PROGRAM_VARIABLE, str(VENV / "bin" / "label-studio"))
    return shared_server


PARTS = (
    "افتتح وزير الثقافة سعيد المرابطي صباح الإثنين معرضًا للكتاب في مدينة طنجة 📚 بحضور مئات الزوار.",
    "وقالت الكاتبة هُدى العَلَمي إنّ «القُرّاء عادوا» 😀👍🏽 إلى القاعات، وأضافت أن الدورة المقبلة ستكون أكبر.",
    "وبلغت مبيعات اليوم الأول 12 ألف درهم، حسب بلاغ المركز السينمائي المغربي.",
    "شارك في الندوة كتّاب من تونس والجزائر وموريتانيا ومن جامعة القاضي عياض.",
    "وأعلن المنظمون أنّ نصيحة‌اليوم 📖 ستُنشر على الموقع كل خميس طوال شهر أكتوبر.",
)


def generated(number: int) -> Iterator[dict[str, str]]:
    """Records of articles with emoji, harakat and joiners, no two alike."""
    draw = random.Random(7)
    for nth in range(number):
        parts = draw.sample(PARTS, 4)
        title = f"معرض الكتاب رقم {nth + 1} يجمع القراء في طنجة"
        ending = f"وسيستقبل الرواق {nth + 20} زوار المعرض رقم {nth + 1} إلى غاية يوم {draw.randint(2, 28)} نونبر."
        yield {
            "url": f"https://example.org/news/{nth}",
            "title": title,
            "text": "\n".join((*parts, f"سطر تجريبي {nth}: أكدت إدارة المعرض في الرباط أن الدخول مجاني.", ending)),
            "date": f"2026-02-{nth % 27 + 1:02}",
            "source": "جريدة الاختبار",
        }


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample pages and generated ones, more than 100 articles."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(SAMPLES / "pages", folder / "samples")
    lines = [json.dumps(one, ensure_ascii=False) for one in generated(72)]
    (folder / "generated.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, pages: Path) -> Path:
    """A corpus of them, built once."""
    root = tmp_path_factory.mktemp("built") / "corpus"
    init_corpus(root, "round-trip")
    build(root, CorpusConfig(), [str(pages)], jobs=1, progress=lambda *_: None)
    return root


@pytest.fixture
def root(tmp_path: Path, built: Path) -> Path:
    """A copy of that corpus."""
    folder = tmp_path / "corpus"
    shutil.copytree(built, folder)
    return folder


def push_now(root: Path, **options: Any) -> PushSummary:
    """Push without waiting for requests that were cut off, because the tests know that there are none."""
    return push(root, read_config(root), PushOptions(**options), progress=lambda *_: None, sleep=lambda _: None)


def pull_now(root: Path) -> PullSummary:
    """Pull."""
    return pull(root, read_config(root))
