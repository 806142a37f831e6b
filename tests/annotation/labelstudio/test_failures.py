"""What goes wrong between two machines: each with a message that says what to do, and a later run that completes."""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from annotation.annotators import AnnotatorsError
from annotation.labelstudio.client import Address, Client, ClientError, Refused, Unreachable
from annotation.labelstudio.config import label_config
from corpus.release.source import read_corpus
from corpus.workflow.labelstudio import connect
from schemas.ontology import load_ontology
from tests.annotation.labelstudio.conftest import Live, pull_now, push_now, serve
from tests.conftest import tree

KILLS = int(os.environ.get("MUDAWWANA_SOAK_KILLS", "100"))
"""How many instants `make soak` kills at."""


def doc_ids(live: Live, project: int) -> Counter[str]:
    """How many tasks each document has."""
    client = Client(Address(live.server.url, live.server.token))
    return Counter(str(one.data["doc_id"]) for one in client.tasks(project))


def test_without_a_server_the_command_says_how_to_get_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ClientError, match="mudawwana labelstudio up"):
        push_now(root)
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    with pytest.raises(ClientError, match="LABEL_STUDIO_API_KEY"):
        push_now(root)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "secret-key")
    with pytest.raises(Unreachable, match="cannot be reached") as failed:
        push_now(root)
    assert "secret-key" not in str(failed.value)


def test_a_wrong_key_is_named_as_such_and_not_shown(live: Live, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
    with pytest.raises(Refused, match="key is not valid") as failed:
        push_now(root)
    assert "0" * 40 not in str(failed.value)
    expired = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MTAwMDAwMDAwMH0.c2ln"
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", expired)
    with pytest.raises(Refused, match="copy a new one"):
        push_now(root)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"<html>oops</html>", "500, an HTML page; see the server's log, then run the same command again"),
        (502, b"", "502"),
        (200, b"<html>login</html>", "is it a Label Studio server"),
        (0, b"", "did not answer in time"),
    ],
)
def test_a_server_that_fails_is_told_apart(status: int, body: bytes, said: str) -> None:
    class Failing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not status:
                time.sleep(1.5)
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(ClientError, match=said):
            Client(Address(f"http://127.0.0.1:{server.server_port}", "key"), seconds=0.5).whoami()
    finally:
        server.shutdown()


def test_a_deleted_project_and_a_changed_one(live: Live, root: Path) -> None:
    pushed = push_now(root, limit=5, order="corpus")
    client = Client(Address(live.server.url, live.server.token))
    user = live.annotators[0]
    task = next(iter(client.tasks(pushed.project)))
    text = str(task.data["text"])
    value = {"start": 0, "end": 5, "text": text[:5], "labels": ["NEW"]}
    config = label_config(load_ontology(), "news")
    other = '<Labels name="other" toName="text"><Label value="NEW"/></Labels>'
    changed = config.replace('<View className="mw-side">', f'{other}<View className="mw-side">', 1)
    client.update_project(pushed.project, {"label_config": changed})
    user.annotate(task.id, [{"type": "labels", "from_name": "other", "to_name": "text", "value": value}])
    pulled = pull_now(root)
    assert [one.reason for one in pulled.rejects if one.reason == "unknown-label"] == ["unknown-label"]
    assert f"/projects/{pushed.project}/data?task={task.id}" in pulled.rejects[0].origin
    with pytest.raises(ClientError, match="in use cannot be dropped"):
        push_now(root, limit=5)
    client.delete_project(pushed.project)
    before = tree(root)
    with pytest.raises(ClientError, match="somebody deleted it"):
        pull_now(root)
    assert tree(root) == before
    again = push_now(root, limit=5, order="corpus")
    assert again.created and again.new_tasks == 5
    assert not pull_now(root).new, "what was pulled from the deleted project stays"
    assert {row["status"] for row in read_corpus(root).judgments.to_pylist()} <= {"submitted", "draft"}


def test_a_full_last_page_of_tasks_is_the_end(live: Live, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotation.labelstudio import client as module

    pushed = push_now(root, limit=6, order="corpus")
    client = Client(Address(live.server.url, live.server.token))
    for size in (1, 2, 3, 5, 6, 7):
        monkeypatch.setattr(module, "_PAGE", size)
        assert len({one.id for one in client.tasks(pushed.project)}) == 6


def test_a_lost_list_of_annotators_is_not_made_up_again(live: Live, root: Path) -> None:
    pushed = push_now(root, limit=1, order="corpus")
    client = Client(Address(live.server.url, live.server.token))
    live.annotators[0].annotate(next(iter(client.tasks(pushed.project))).id, [])
    pull_now(root)
    file = root / "private" / "annotators.json"
    assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700
    file.unlink()
    with pytest.raises(AnnotatorsError, match="annotator-01"):
        pull_now(root)


def test_a_new_model_version_leaves_annotated_and_blind_tasks_what_they_were(
    live: Live, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotation.labelstudio.tasks import Sharing
    from corpus.workflow import push as module

    sharing = Sharing(blind=0.5)
    pushed = push_now(root, limit=10, sharing=sharing, order="corpus")
    assert 0 < pushed.blind < 10
    client = Client(Address(live.server.url, live.server.token))
    tasks = list(client.tasks(pushed.project))
    annotated = next(one for one in tasks if not one.data["blind"])
    live.annotators[0].annotate(annotated.id, [])
    usual = module.candidates_of

    def newer(tables: object) -> object:
        version, candidates = usual(tables)  # type: ignore[arg-type]
        return f"{version} new", candidates

    monkeypatch.setattr(module, "candidates_of", newer)
    again = push_now(root, limit=10, sharing=sharing, only=(("doc_id", "none"),))
    assert again.new_predictions == 10 - pushed.blind - 1
    for one in tasks:
        shown = client.latest_prediction(one.id)
        assert shown is not None
        controls = {region["from_name"] for region in shown["result"]}  # type: ignore[attr-defined]
        assert controls == {"sentence"} if one.data["blind"] else "sentence" in controls
    assert push_now(root, limit=10, sharing=sharing, only=(("doc_id", "none"),)).new_predictions == 0


def command(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start mudawwana in a process of its own."""
    code = (
        "import sys, corpus.workflow.sending as sending; sending.SETTLE_SECONDS, sending.BATCH = 4.0, 10\n"
        "from corpus.cli.app import main; sys.argv = ['mudawwana', *sys.argv[1:]]; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments, "--corpus", str(root)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def killed_at_random(live: Live, root: Path, rounds: int, seed: int) -> None:
    """Kill the client, or the server, at random instants of push and pull; then everything is there once."""
    draw = random.Random(seed)
    client = Client(Address(live.server.url, live.server.token))
    user = live.annotators[0]
    annotations: dict[str, int] = {}
    for nth in range(rounds):
        what = "push" if nth % 2 == 0 else "pull"
        process = command(root, what)
        try:
            process.wait(draw.uniform(0.5, 6.0))
        except subprocess.TimeoutExpired:
            if nth % 4 < 2:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                live.kill()
        process.wait(60)
        if nth % 4 >= 2:
            live.start()
        found = (
            client.find_projects(json.loads((root / "labelstudio.json").read_text())["key"])
            if (root / "labelstudio.json").exists()
            else []
        )
        for project in found:
            for one in client.tasks(project.id):
                doc = str(one.data["doc_id"])
                if doc not in annotations and len(annotations) <= nth:
                    annotations[doc] = user.annotate(one.id, [])
    done = command(root, "push")
    assert done.wait(120) == 0
    (project,) = client.find_projects(json.loads((root / "labelstudio.json").read_text())["key"])
    counts = doc_ids(live, project.id)
    documents = read_corpus(root).documents
    expected = {row["doc_id"] for row in documents.to_pylist() if row["drop_reason"] is None and row["text"]}
    assert set(counts) == expected and set(counts.values()) == {1}, "each document is one task"
    assert command(root, "pull").wait(120) in (0, 3)
    tables = read_corpus(root)
    entities = {row["layer_id"] for row in tables.layers.to_pylist() if row["task"] == "entities"}
    judged = Counter(row["doc_id"] for row in tables.judgments.to_pylist() if row["layer_id"] in entities)
    assert judged == Counter(annotations.keys()), "each annotation arrives once"


def test_killing_client_and_server_loses_and_doubles_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kill_test(root, tmp_path, monkeypatch, 4, 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(math.ceil(KILLS / 10)))
def test_killing_client_and_server_at_a_hundred_instants(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    _kill_test(root, tmp_path, monkeypatch, min(10, KILLS - 10 * seed), 100 + seed)


def _kill_test(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int, seed: int) -> None:
    from annotation.labelstudio import server as local
    from tests.annotation.labelstudio.conftest import VENV

    monkeypatch.setenv(local.PROGRAM_VARIABLE, str(VENV / "bin" / "label-studio"))
    live = serve(tmp_path / "own-server")
    try:
        monkeypatch.setenv("LABEL_STUDIO_URL", live.server.url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", live.server.token)
        killed_at_random(live, root, rounds, seed)
    finally:
        local.stop(live.root)


def test_its_own_server_starts_stops_and_keeps_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotation.labelstudio import server as local

    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    live = serve(tmp_path)
    try:
        file = tmp_path / "private" / "labelstudio" / "server.json"
        assert file.stat().st_mode & 0o777 == 0o600
        shown = Path(f"/proc/{live.server.pid}/cmdline").read_bytes().decode()
        assert live.server.password not in shown and live.server.token not in shown
        client = connect(tmp_path)
        assert client.whoami().email == live.server.username
        assert client.invitation().startswith(f"{live.server.url}/user/signup/?token=")
        assert live.server.token not in repr(Address("http://x", live.server.token))
    finally:
        assert local.stop(tmp_path)
    assert not local.stop(tmp_path)
    with pytest.raises(ClientError, match="labelstudio up"):
        connect(tmp_path)
