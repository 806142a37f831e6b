"""A Label Studio server of the corpus's own, for those who have none.

The program lives in a virtual environment of its own in the user's cache folder, because it pins many libraries; its
database, log and keys live in `private/labelstudio` of the corpus, readable by the owner alone.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from annotation.private import FOLDER, private_folder, private_write

VERSION: Final = "1.23.2"
"""The release of Label Studio that is installed and that the tests run against."""

PROGRAM_VARIABLE: Final = "MUDAWWANA_LABEL_STUDIO"
"""Names a `label-studio` program to use instead of installing one."""

DEFAULT_PORT: Final = 8080
READY_SECONDS: Final = 240.0
STOP_SECONDS: Final = 15.0
USERNAME: Final = "owner@mudawwana.local"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

Report = Callable[[str], None]
"""Called with what is going on."""


class ServerError(Exception):
    """The local server cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """What is known of a corpus's server. `pid` is 0 where it has been stopped."""

    host: str
    port: int
    username: str
    password: str
    token: str
    pid: int = 0

    @property
    def url(self) -> str:
        """Its address, as seen from this machine."""
        return f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach it."""
        return self.host not in _LOOPBACK


def _folder(root: Path) -> Path:
    return root / FOLDER / "labelstudio"


def read_server(root: Path) -> LocalServer | None:
    """The server of the corpus in `root`, running or not; None if it never had one.

    Raises:
        ServerError: if what was noted of it cannot be read.
    """
    path = _folder(root) / "server.json"
    try:
        return LocalServer(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ServerError(
            f"{path} is damaged ({type(error).__name__}); stop the server by hand, delete this file and run "
            "'mudawwana labelstudio up' again: the annotations are in label_studio.sqlite3 beside it and stay"
        ) from error


def _write_server(root: Path, server: LocalServer) -> None:
    private_write(_folder(root) / "server.json", json.dumps(asdict(server), indent=1).encode())


def is_running(server: LocalServer) -> bool:
    """Whether its process lives."""
    return server.pid > 0 and "label-studio" in _command_line(server.pid)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def answers(server: LocalServer, timeout: float = 5.0) -> bool:
    """Whether it is ready to work."""
    try:
        with urllib.request.urlopen(f"{server.url}/health", timeout=timeout) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def start(root: Path, *, host: str = "", port: int = 0, report: Report = lambda _: None) -> LocalServer:
    """Start the server of the corpus in `root`, installing it first where need be, and wait until it is ready.

    A running one is left as it is. Host and port are those of the last time where they are not given, the loopback
    address and a free port the first time.

    Raises:
        ServerError: if it cannot be installed or does not come up, or if it already runs elsewhere than asked.
    """
    private_folder(root, "labelstudio")
    known = read_server(root)
    if known and is_running(known):
        if (host and host != known.host) or (port and port != known.port):
            raise ServerError(f"the server runs at {known.url}; stop it first: mudawwana labelstudio down")
        _wait(root, known)
        return known
    program = installed_program(report)
    server = known or LocalServer("127.0.0.1", 0, USERNAME, secrets.token_urlsafe(18), secrets.token_hex(20))
    server = replace(server, host=host or server.host, pid=0)
    server = replace(server, port=_port(server, port))
    _write_server(root, server)  # the keys first: a server without known keys would be lost
    report(f"starting Label Studio at {server.url}")
    command = [str(program), "start", "--no-browser", "--internal-host", server.host, "--port", str(server.port)]
    with (_folder(root) / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=_folder(root),
            env=_environment(root, server),
        )  # fmt: skip
    server = replace(server, pid=process.pid)
    _write_server(root, server)
    _wait(root, server)
    return server


def _environment(root: Path, server: LocalServer) -> Mapping[str, str]:
    """Keys go by the environment, not the command line, which every user of the machine can read."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LABEL_STUDIO_", "PYTHON"))},
        "LABEL_STUDIO_BASE_DATA_DIR": str(_folder(root).resolve()),
        "LABEL_STUDIO_USERNAME": server.username,
        "LABEL_STUDIO_PASSWORD": server.password,
        "LABEL_STUDIO_USER_TOKEN": server.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "SSRF_PROTECTION_ENABLED": "true",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
    }


def _port(server: LocalServer, asked: int) -> int:
    if asked:
        if not _is_free(server.host, asked):
            raise ServerError(f"port {asked} of {server.host} is in use; name another with --port")
        return asked
    for port in (server.port, DEFAULT_PORT):
        if port and _is_free(server.host, port):
            return port
    with socket.socket() as free:
        free.bind((server.host, 0))
        return int(free.getsockname()[1])


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _wait(root: Path, server: LocalServer) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if answers(server):
            return
        with suppress(ChildProcessError):
            os.waitpid(server.pid, os.WNOHANG)
        if not is_running(server):
            break
        time.sleep(0.25)
    log = _folder(root) / "server.log"
    lines = log.read_text("utf-8", "replace").splitlines()[-8:] if log.exists() else []
    state = "does not answer" if is_running(server) else "ended"
    stop(root)
    raise ServerError("\n".join([f"Label Studio {state}; the end of {log}:", *lines]))


def stop(root: Path) -> bool:
    """Stop the server of the corpus in `root`; False if it did not run.

    Raises:
        ServerError: if it does not end.
    """
    server = read_server(root)
    if server is None or not is_running(server):
        return False
    for sent, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(server.pid, sent)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(ChildProcessError):
                os.waitpid(server.pid, os.WNOHANG)
            if not is_running(server):
                _write_server(root, replace(server, pid=0))
                return True
            time.sleep(0.1)
    raise ServerError(f"process {server.pid} does not end; stop it by hand")


def program_path() -> Path:
    """Where the program is, or would be installed."""
    if given := os.environ.get(PROGRAM_VARIABLE):
        return Path(given)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    scripts = "Scripts" if os.name == "nt" else "bin"
    return cache / "mudawwana" / f"label-studio-{VERSION}" / scripts / "label-studio"


def installed_program(report: Report) -> Path:
    """The `label-studio` program, installed now (about 1 GB) if it is not there.

    Raises:
        ServerError: if it cannot be installed.
    """
    program = program_path()
    ready = program.parent.parent / ".ready"
    if os.environ.get(PROGRAM_VARIABLE):
        if not program.is_file():
            raise ServerError(f"{PROGRAM_VARIABLE} names {program}, which is not there; unset it, or run 'make setup'")
        return program
    if not ready.exists():
        install(program.parent.parent, report)
        ready.touch()
    return program


def install(folder: Path, report: Report) -> None:
    """Install Label Studio into a virtual environment at `folder`, with the versions in `server-constraints.txt`.

    Raises:
        ServerError: if pip fails.
    """
    report(f"installing Label Studio {VERSION} into {folder} (about 1 GB, once)")
    pins = Path(__file__).with_name("server-constraints.txt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", str(pins),
         f"label-studio=={VERSION}"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            message = done.stderr.strip().splitlines()[-3:]
            raise ServerError("\n".join([f"Label Studio cannot be installed ({' '.join(command[:4])} …):", *message]))


if __name__ == "__main__":
    install(Path(sys.argv[1]), print)
