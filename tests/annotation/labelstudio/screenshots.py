"""Pictures of the annotation page for the docs: `python -m tests.annotation.labelstudio.screenshots docs`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from annotation.labelstudio import server as local
from annotation.labelstudio.client import Address, Client
from corpus.config import CorpusConfig
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from tests.annotation.labelstudio.browser import Page, chromium
from tests.annotation.labelstudio.conftest import VENV, push_now, serve
from tests.conftest import SAMPLES

SIZES = ((1600, 1000), (1280, 800))
ARTICLE = "lb-01-trail.html"


def main() -> None:
    """Push an article of the samples to a server of its own and take the pictures of it."""
    target = Path(sys.argv[1])
    os.environ[local.PROGRAM_VARIABLE] = str(VENV / "bin" / "label-studio")
    with tempfile.TemporaryDirectory() as name:
        live = serve(Path(name) / "server")
        try:
            os.environ["LABEL_STUDIO_URL"], os.environ["LABEL_STUDIO_API_KEY"] = live.server.url, live.server.token
            root = Path(name) / "corpus"
            init_corpus(root, "sample")
            build(root, CorpusConfig(), [str(SAMPLES / "pages" / ARTICLE)], jobs=1, progress=lambda *_: None)
            pushed = push_now(root)
            (task,) = Client(Address(live.server.url, live.server.token)).tasks(pushed.project)
            for width, height in SIZES:
                with chromium(width, height) as driver:
                    page = Page(driver, live.server.url)
                    page.sign_in(live.server.username, live.server.password)
                    page.open_stream(pushed.project)
                    time.sleep(2)
                    driver.save_screenshot(str(target / f"labelstudio-{width}x{height}.png"))
        finally:
            local.stop(live.root)
    print(f"task {task.id}: {len(SIZES)} pictures in {target}")


if __name__ == "__main__":
    main()
