"""A line to the real server that fails at a chosen request: a message says what to do, and a later run completes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from annotation.labelstudio import client as client_module
from annotation.labelstudio.client import Address, Client, ClientError
from corpus.release.source import read_corpus
from corpus.store import StoreError
from tests.annotation.labelstudio.conftest import Live, pull_now, push_now
from tests.conftest import tree

WAIT = 5.0
"""Seconds that an import or export may take here."""


@dataclass
class Line:
    """A proxy before the server. The next request whose path ends with `path` meets the `fault`."""

    url: str
    target: str
    fault: str = ""
    path: str = ""
    met: list[str] = field(default_factory=list)

    def fail(self, fault: str, path: str) -> None:
        """From now on, once."""
        self.fault, self.path = fault, path
        self.met.clear()


@pytest.fixture
def line(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The server behind a line that can fail."""
    found = Line("", live.server.url)

    class Proxy(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = ""
            if found.fault and self.path.split("?")[0].endswith(found.path):
                fault, found.fault = found.fault, ""
                found.met.append(fault)
            if fault == "500":
                self.answer(500, b"<html>Server Error</html>")
                return
            if fault == "502":
                self.answer(502, b"")
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            done = httpx.request(self.command, found.target + self.path, content=body, headers=headers, timeout=120)
            if fault == "lost":  # it was done, but nobody hears of it
                self.connection.close()
            elif fault == "late":
                time.sleep(WAIT + 0.5)
                self.connection.close()
            elif fault == "cut":
                self.send_response(done.status_code)
                self.send_header("Content-Length", str(len(done.content)))
                self.end_headers()
                self.wfile.write(done.content[: len(done.content) // 2])
                self.wfile.flush()
                self.connection.close()
            elif fault == "garbled":
                self.answer(200, done.content[: len(done.content) // 2])
            else:
                self.answer(done.status_code, done.content)

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

        do_GET = do_POST = do_PATCH = do_DELETE = forward

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("LABEL_STUDIO_URL", found.url)
    monkeypatch.setattr(client_module, "LONG_SECONDS", WAIT)
    yield found
    server.shutdown()
    server.server_close()


FAULTS = [
    ("500", "500, an HTML page; see the server's log, then run the same command again"),
    ("502", "see the server's log, then run the same command again"),
    ("lost", "cannot be reached .* run the same command again"),
    ("late", "did not answer in time .* run the same command again"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_push_over_a_line_that_fails_completes_when_run_again(
    line: Line, live: Live, root: Path, fault: str, said: str
) -> None:
    for path in ("/import", *(("/api/projects/",) if fault != "late" else ())):
        line.fail(fault, path)
        with pytest.raises(ClientError, match=said):
            push_now(root, limit=5, order="corpus")
        assert line.met == [fault]
    pushed = push_now(root, limit=5, order="corpus")
    again = push_now(root, limit=5, order="corpus", only=(("doc_id", "none"),))
    assert again.tasks == pushed.tasks >= 5 and again.new_tasks == 0
    client = Client(Address(live.server.url, live.server.token))
    counts = Counter(str(one.data["doc_id"]) for one in client.tasks(pushed.project))
    assert set(counts.values()) == {1}, "each document is one task, whatever was lost on the way"


@pytest.mark.parametrize(
    ("fault", "path", "said"),
    [(fault, "/exports/", said) for fault, said in FAULTS]
    + [
        ("500", "/download", "500, an HTML page"),
        ("cut", "/download", "run the same command again"),
        ("garbled", "/download", "cannot be read .* pull again"),
        ("500", "/whoami", "500"),
    ],
)
def test_a_pull_over_a_line_that_fails_completes_when_run_again(
    line: Line, live: Live, root: Path, fault: str, path: str, said: str
) -> None:
    pushed = push_now(root, limit=3, order="corpus")
    client = Client(Address(live.server.url, live.server.token))
    for one in client.tasks(pushed.project):
        live.annotators[0].annotate(one.id, [])
    before = (root / "head.json").read_bytes()
    line.fail(fault, path)
    with pytest.raises((ClientError, StoreError), match=said):
        pull_now(root)
    assert line.met == [fault] and (root / "head.json").read_bytes() == before
    assert not list((root / "exports").glob(".tmp-*"))
    assert pull_now(root).submitted == 3
    tables = read_corpus(root)
    judged = [row for row in tables.judgments.to_pylist() if row["annotator"] == "annotator-01"]
    assert Counter(row["doc_id"] for row in judged).most_common(1)[0][1] == 3, "one for each of the three tasks"
    settled = tree(root)
    assert not pull_now(root).new and tree(root) == settled


def test_a_key_that_expired_can_be_renewed_between_two_runs(
    live: Live, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_now(root, limit=2, order="corpus")
    key = live.server.token
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "1" * 40)
    for run in (lambda: push_now(root, limit=2), lambda: pull_now(root)):
        with pytest.raises(ClientError, match="copy a new one"):
            run()
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", key)
    assert push_now(root, limit=2, only=(("doc_id", "none"),)).tasks == 2
    assert pull_now(root).tasks == 2
