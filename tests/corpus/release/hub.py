"""A double of the Hub's endpoints that publishing needs, as huggingface_hub 2.4 speaks to them with Xet switched off.

Repositories are bare git repositories under `<folder>/datasets/<org>/<name>`, which is where olah, a real read server,
looks for them. What a hub promises is kept here too: a commit is atomic and bound to its parent, an LFS file must have
been uploaded and verified before it can be committed, a tag is made once, and every call needs the token.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_doubleDoubleToilAndTrouble"
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "hub"), ("EMAIL", "hub@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
}
Route = Callable[["_Handler", "re.Match[str]", bytes], None]


@dataclass
class Hub:
    """The state of the double; `log` has a line `METHOD path` for each call.

    `before` is called with that line before the call is answered: raising `Broken` there drops the connection.
    """

    folder: Path
    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda line: None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def git(self, repository: str, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
        """Run git in a repository and return what it prints."""
        environment = {**os.environ, **_IDENTITY, **({"GIT_INDEX_FILE": str(index)} if index else {})}
        done = subprocess.run(
            ["git", "-C", str(self.path(repository)), *arguments], input=stdin, capture_output=True, env=environment,
            check=True,
        )
        return done.stdout.decode(errors="surrogateescape").strip()

    def body(self, repository: str, revision: str, name: str) -> bytes:
        """The bytes of a file."""
        return subprocess.run(
            ["git", "-C", str(self.path(repository)), "cat-file", "blob", f"{revision}:{name}"],
            capture_output=True, check=True,
        ).stdout

    def path(self, repository: str) -> Path:
        """Where a repository lies."""
        return self.folder / "datasets" / repository

    def resolve(self, repository: str, revision: str) -> str:
        """The commit of a branch, tag or commit; "" where there is none."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return self.git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return ""

    def files(self, repository: str, revision: str) -> dict[str, tuple[str, int]]:
        """The git oid and size of each file."""
        listed = self.git(repository, "ls-tree", "-r", "-l", "-z", revision).split("\0")
        found = (line.split("\t", 1) for line in listed if line)
        return {name: (facts.split()[2], int(facts.split()[3])) for facts, name in found}

    def create(self, repository: str, private: bool) -> bool:
        """Make a repository with the hub's own first commit; False if it is there."""
        path = self.path(repository)
        if path.exists():
            return False
        path.mkdir(parents=True)
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(path)], check=True)
        self.settings[repository] = {"private": private, "gated": False}
        self.commit(repository, None, "initial commit", {".gitattributes": b"*.parquet filter=lfs\n"}, ())
        return True

    def commit(
        self, repository: str, parent: str | None, message: str, added: Mapping[str, bytes], deleted: tuple[str, ...]
    ) -> str:
        """One atomic commit on the branch main."""
        index = self.path(repository) / f"index-{threading.get_ident()}"
        try:
            if parent:
                self.git(repository, "read-tree", parent, index=index)
            for name, body in added.items():
                oid = self.git(repository, "hash-object", "-w", "--stdin", stdin=body)
                self.git(repository, "update-index", "--add", "--cacheinfo", f"100644,{oid},{name}", index=index)
            for name in deleted:
                self.git(repository, "update-index", "--force-remove", name, index=index)
            tree = self.git(repository, "write-tree", index=index)
        finally:
            index.unlink(missing_ok=True)
        parents = ("-p", parent) if parent else ()
        commit = self.git(repository, "commit-tree", tree, *parents, stdin=message.encode())
        self.git(repository, "update-ref", "refs/heads/main", commit, parent or "0" * 40)
        return commit


class Broken(Exception):
    """Raised by `Hub.before` to break the connection."""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = self._read_body()
        line = f"{self.command} {path}"
        try:
            with self.hub.lock:
                self.hub.log.append(line)
                self.hub.before(line)
                if path.startswith(("/api/", "/datasets/")) and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    self.answer(401, {"error": "Invalid credentials in Authorization header"})
                    return
                for method, pattern, route in _ROUTES:
                    if self.command in method and (found := re.fullmatch(pattern, path)):
                        route(self, found, body)
                        return
            self.answer(404, {"error": "Not Found"})
        except Broken:
            self.close_connection = True
            self.connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = _serve

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, content: object = None, headers: Mapping[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if status >= 400 and isinstance(content, dict):
            self.send_header("X-Error-Message", str(content.get("error", "")))
            if "code" in content:
                self.send_header("X-Error-Code", content["code"])
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def missing(self, repository: str) -> bool:
        if self.hub.path(repository).exists():
            return False
        self.answer(404, {"error": "Repository not found", "code": "RepoNotFound"})
        return True


def _create(call: _Handler, found: re.Match[str], body: bytes) -> None:
    asked = json.loads(body)
    repository = f"{asked['organization']}/{asked['name']}"
    assert asked["type"] == "dataset"
    if not call.hub.create(repository, _is_private(asked)):
        call.answer(409, {"error": "You already created this dataset repo", "url": f"{call.hub.url}/{repository}"})
        return
    call.answer(200, {"url": f"{call.hub.url}/datasets/{repository}", "id": repository})


def _is_private(asked: Mapping[str, Any]) -> bool:
    return bool(asked.get("private")) or asked.get("visibility") == "private"


def _settings(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if not call.missing(found[1]):
        asked = json.loads(body)
        changed = {"gated": asked["gated"]} if "gated" in asked else {}
        if "private" in asked or "visibility" in asked:
            changed["private"] = _is_private(asked)
        call.hub.settings[found[1]] |= changed
        call.answer(200, call.hub.settings[found[1]])


def _validate_yaml(call: _Handler, found: re.Match[str], body: bytes) -> None:
    content = json.loads(body)["content"]
    errors = [] if content.startswith("---\n") else [{"message": "no metadata"}]
    call.answer(400 if errors else 200, {"errors": errors, "warnings": []})


def _info(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    commit = call.hub.resolve(found[1], found[2] or "main")
    if not commit:
        call.answer(404, {"error": "Revision not found", "code": "RevisionNotFound"})
        return
    siblings = [{"rfilename": name} for name in call.hub.files(found[1], commit)]
    call.answer(
        200, {"id": found[1], "sha": commit, "siblings": siblings, "tags": [], **call.hub.settings[found[1]]}
    )


def _refs(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    refs: dict[str, list[dict[str, str]]] = {"branches": [], "converts": [], "tags": []}
    listed = call.hub.git(found[1], "for-each-ref", "--format=%(refname) %(*objectname) %(objectname)")
    for line in listed.splitlines():
        ref, *commits = line.split()
        kind = "tags" if ref.startswith("refs/tags/") else "branches"
        refs[kind].append({"name": ref.split("/", 2)[2], "ref": ref, "targetCommit": commits[0]})
    call.answer(200, refs)


def _commits(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    commits = call.hub.git(found[1], "log", "--format=%H%x00%s%x00%b%x1e", found[2]).split("\x1e")
    rows = [line.strip().split("\0") for line in commits if line.strip()]
    call.answer(200, [
        {"id": id_, "title": title, "message": message, "date": "2026-01-01T00:00:00.000Z", "authors": []}
        for id_, title, message in rows
    ])  # fmt: skip


def _preupload(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    present = call.hub.files(found[1], found[2])
    answers = []
    for one in json.loads(body)["files"]:
        name = one["path"]
        lfs = name.endswith((".parquet", ".png")) or one["size"] > 1 << 20
        oid = present.get(name, (None,))[0]
        if oid and lfs:
            oid = hashlib.sha256(call.hub.body(found[1], found[2], name)).hexdigest()
        answers.append({"path": name, "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": False, "oid": oid})
    call.answer(200, {"files": answers})


def _batch(call: _Handler, found: re.Match[str], body: bytes) -> None:
    asked = json.loads(body)
    assert asked["operation"] == "upload" and asked["hash_algo"] == "sha256"
    objects = []
    for one in asked["objects"]:
        entry: dict[str, Any] = {"oid": one["oid"], "size": one["size"], "authenticated": True}
        if one["oid"] not in call.hub.verified:
            entry["actions"] = {
                "upload": {"href": f"{call.hub.url}/storage/{one['oid']}?X-Signature=s3cret", "header": {}},
                "verify": {"href": f"{call.hub.url}/api/lfs-verify", "header": {}},
            }
        objects.append(entry)
    call.answer(200, {"transfer": "basic", "objects": objects})


def _store(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if hashlib.sha256(body).hexdigest() != found[1]:
        call.answer(400, {"error": "sha256 does not match"})
        return
    call.hub.objects[found[1]] = body
    call.answer(200, {})


def _verify(call: _Handler, found: re.Match[str], body: bytes) -> None:
    asked = json.loads(body)
    stored = call.hub.objects.get(asked["oid"])
    if stored is None or len(stored) != asked["size"]:
        call.answer(404, {"error": "no such object"})
        return
    call.hub.verified.add(asked["oid"])
    call.answer(200, {})


def _commit(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    added: dict[str, bytes] = {}
    deleted: list[str] = []
    header: dict[str, Any] = {}
    for line in body.decode().splitlines():
        entry = json.loads(line)
        value = entry["value"]
        match entry["key"]:
            case "header":
                header = value
            case "file":
                added[value["path"]] = base64.b64decode(value["content"])
            case "lfsFile":
                if value["oid"] not in call.hub.verified:
                    call.answer(400, {"error": f"LFS pointer of {value['path']} points to no uploaded file"})
                    return
                added[value["path"]] = call.hub.objects[value["oid"]]
            case "deletedFile":
                deleted.append(value["path"])
            case other:
                call.answer(400, {"error": f"unknown operation {other}"})
                return
    head = call.hub.resolve(found[1], found[2])
    if header.get("parentCommit", head) != head:
        call.answer(412, {"error": "A commit has happened since. Please refresh and try again."})
        return
    message = f"{header['summary']}\n\n{header.get('description', '')}".strip()
    commit = call.hub.commit(found[1], head, message, added, tuple(deleted))
    call.answer(200, {
        "success": True, "commitOid": commit, "commitUrl": f"{call.hub.url}/datasets/{found[1]}/commit/{commit}",
        "hookOutput": "",
    })  # fmt: skip


def _tag(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    name = json.loads(body)["tag"]
    if call.hub.resolve(found[1], f"refs/tags/{name}"):
        call.answer(409, {"error": f"Tag {name} already exists"})
        return
    call.hub.git(found[1], "update-ref", f"refs/tags/{name}", call.hub.resolve(found[1], found[2]))
    call.answer(200, {})


def _tree(call: _Handler, found: re.Match[str], body: bytes) -> None:
    if call.missing(found[1]):
        return
    if not call.hub.resolve(found[1], found[2]):
        call.answer(404, {"error": "Revision not found", "code": "RevisionNotFound"})
        return
    listed = call.hub.files(found[1], found[2])
    call.answer(200, [{"type": "file", "path": name, "oid": oid, "size": size} for name, (oid, size) in listed.items()])


def _resolve(call: _Handler, found: re.Match[str], body: bytes) -> None:
    repository, revision, name = found[1], found[2], found[3]
    if call.missing(repository):
        return
    commit = call.hub.resolve(repository, revision)
    files = call.hub.files(repository, commit) if commit else {}
    if name not in files:
        call.answer(404, {"error": "Entry not found", "code": "EntryNotFound"})
        return
    call.answer(
        200, call.hub.body(repository, commit, name), {"ETag": f'"{files[name][0]}"', "X-Repo-Commit": commit}
    )


_ROUTES: tuple[tuple[tuple[str, ...], str, Route], ...] = (
    (("POST",), r"/api/repos/create", _create),
    (("PUT",), r"/api/datasets/([^/]+/[^/]+)/settings", _settings),
    (("POST",), r"/api/validate-yaml", _validate_yaml),
    (("GET",), r"/api/datasets/([^/]+/[^/]+)(?:/revision/([^/]+))?", _info),
    (("GET",), r"/api/datasets/([^/]+/[^/]+)/refs", _refs),
    (("GET",), r"/api/datasets/([^/]+/[^/]+)/commits/([^/]+)", _commits),
    (("POST",), r"/api/datasets/([^/]+/[^/]+)/preupload/([^/]+)", _preupload),
    (("POST",), r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", _batch),
    (("PUT",), r"/storage/([0-9a-f]{64})", _store),
    (("POST",), r"/api/lfs-verify", _verify),
    (("POST",), r"/api/datasets/([^/]+/[^/]+)/commit/([^/]+)", _commit),
    (("POST",), r"/api/datasets/([^/]+/[^/]+)/tag/([^/]+)", _tag),
    (("GET",), r"/api/datasets/([^/]+/[^/]+)/tree/([^/]+)/?", _tree),
    (("GET", "HEAD"), r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", _resolve),
)


@contextlib.contextmanager
def running_hub(folder: Path) -> Iterator[Hub]:
    """The double on a free port of this machine, as long as the block runs."""
    hub = Hub(folder)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
