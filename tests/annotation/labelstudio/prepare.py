"""What the tests of the round trip need, made once by `make setup`: Label Studio installed, a server with accounts.

`python -m tests.annotation.labelstudio.prepare .venv-labelstudio` installs into that folder and leaves in its
`template` the database of a server that has an owner and three annotators, so that tests start in seconds, offline.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import httpx

from annotation.labelstudio import server as local
from annotation.labelstudio.client import Address, Client

ANNOTATORS = ("amina@example.org", "bilal@example.org", "chadia@example.org")
PASSWORD = "a-word-for-tests-7"


def sign_up(invitation: str, email: str, password: str) -> str:
    """Sign up by an invitation, as a person does, and give the key of the new account."""
    with httpx.Client(follow_redirects=True, timeout=60) as web:
        page = web.get(invitation)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, "the sign-up page has no form"
        form = {"csrfmiddlewaretoken": token[1], "email": email, "password": password, "allow_newsletters": "false"}
        done = web.post(invitation, data=form, headers={"Referer": invitation})
        done.raise_for_status()
        key = web.get(httpx.URL(invitation).join("/api/current-user/token"))
        key.raise_for_status()
        return str(key.json()["token"])


def make_template(target: Path) -> None:
    """Start a server on an empty database, make the accounts, and keep what it leaves."""
    with tempfile.TemporaryDirectory(prefix="mudawwana-template-") as name:
        root = Path(name)
        server = local.start(root, report=print)
        try:
            client = Client(Address(server.url, server.token))
            keys = {email: sign_up(client.invitation(), email, PASSWORD) for email in ANNOTATORS}
        finally:
            local.stop(root)
        folder = root / "private" / "labelstudio"
        (folder / "keys.json").write_text(json.dumps(keys), "utf-8")
        (folder / "server.log").unlink()
        made = target.with_name(f"{target.name}.tmp")
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(folder, made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def main() -> None:
    """Install and make the template, each unless it is there."""
    folder = Path(sys.argv[1]).resolve()
    program = folder / "bin" / "label-studio"
    if not program.exists():
        local.install(folder, print)
    os.environ[local.PROGRAM_VARIABLE] = str(program)
    if not (folder / "template" / "keys.json").exists():
        make_template(folder / "template")


if __name__ == "__main__":
    main()
