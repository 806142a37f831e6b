"""What `push` and `pull` have in common: which server, which project."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from annotation.labelstudio.client import Address, Client, ClientError, Project, address_from_environment
from annotation.labelstudio.server import LocalServer, answers, is_running, read_server
from corpus.ids import digest
from corpus.store import StoreError, atomic_write
from corpus.workflow.derive import DeriveSettings
from schemas.labels import Ontology
from schemas.ontology import OntologyError, load_ontology

FILE_NAME = "labelstudio.json"
MARK = "mudawwana"


@dataclass(frozen=True, slots=True)
class Pending:
    """Tasks that were being sent when last heard of: `sent_at` is in seconds since the epoch."""

    project: int
    doc_ids: tuple[str, ...]
    sent_at: float


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a corpus remembers of its projects: the key by which they are found again, and what was under way."""

    key: str
    pending: Pending | None = None


def read_state(root: Path) -> LinkState | None:
    """The state of the corpus in `root`; None if it was never pushed.

    Raises:
        StoreError: if it cannot be read.
    """
    path = root / FILE_NAME
    try:
        found = json.loads(path.read_bytes())
        pending = found.get("pending")
        return LinkState(
            str(found["key"]),
            Pending(pending["project"], tuple(pending["doc_ids"]), pending["sent_at"]) if pending else None,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path} is damaged ({type(error).__name__}); write the key back that stands in the description of the "
            f'corpus\'s project on the server, after "{MARK}": {{"key": "…"}}'
        ) from error


def write_state(root: Path, state: LinkState) -> None:
    """Remember `state`."""
    atomic_write(root / FILE_NAME, (json.dumps(asdict(state), indent=1) + "\n").encode())


def new_state(root: Path) -> LinkState:
    """The state of the corpus in `root`, made now if there is none."""
    state = read_state(root)
    if state is None:
        state = LinkState(secrets.token_hex(8))
        write_state(root, state)
    return state


def marker(state: LinkState, round_: int) -> str:
    """What marks the project of a round of this corpus, in its description."""
    return f"{MARK} {state.key} round {round_}."


def purpose_marker(state: LinkState, purpose: str, ontology_version: str = "") -> str:
    """What marks the project by which annotators of this corpus are asked again, in the labels of an ontology.

    Without a version: how the marks of all of them begin.
    """
    return f"{MARK} {state.key} {purpose} " + (f"{ontology_version}." if ontology_version else "")


def connect(root: Path, *, seconds: float = 60.0) -> Client:
    """A client of the server named by the environment, else of the corpus's own.

    Raises:
        ClientError, ServerError: if there is none, or it does not let us in.
    """
    address = address_from_environment() or _own(root)
    client = Client(address, seconds=seconds)
    client.whoami()
    return client


def _own(root: Path) -> Address:
    server: LocalServer | None = read_server(root)
    if server is None or not (is_running(server) or answers(server)):
        raise ClientError(
            "no Label Studio server: start the corpus's own with 'mudawwana labelstudio up', or name another one by "
            "LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY"
        )
    return Address(server.url, server.token)


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Which server a corpus uses and how it is: `url` is "" where there is none."""

    url: str
    state: str
    projects: tuple[Project, ...] = ()


def link_status(root: Path) -> LinkStatus:
    """The server of the corpus in `root` and its projects there.

    Raises:
        ClientError, ServerError: if it runs, but does not let us in.
    """
    named = address_from_environment()
    own = read_server(root)
    if named is None and own is None:
        return LinkStatus("", "not installed for this corpus")
    if named is None and own is not None and not answers(own):
        return LinkStatus(own.url, "starting, or hangs" if is_running(own) else "stopped")
    client = connect(root)
    state = read_state(root)
    projects = client.find_projects(f"{MARK} {state.key} ") if state else []
    is_open = named is None and own is not None and own.is_open
    return LinkStatus(client.url, "running, open to other machines" if is_open else "running", tuple(projects))


def find_project(client: Client, state: LinkState, round_: int) -> Project | None:
    """The project of a round."""
    return find_marked(client, marker(state, round_))


def find_marked(client: Client, mark: str) -> Project | None:
    """The project that `mark` marks; of several, which a broken connection can leave behind, that with most tasks."""
    return max(client.find_projects(mark), key=lambda one: (one.tasks, -one.id), default=None)


def producer_version(project: Project) -> str:
    """What the layers of annotators say of where they come from: this project, and no other of the same number."""
    return f"labelstudio-{digest(str(project.id), project.created_at)[:12]}"


def task_link(client: Client, project: int, task: object) -> str:
    """Where a task can be looked at."""
    return f"{client.url}/projects/{project}/data?task={task}"


def note_pending(root: Path, state: LinkState, pending: Pending | None) -> LinkState:
    """Remember what is under way."""
    state = replace(state, pending=pending)
    write_state(root, state)
    return state


def ontology_of(settings: DeriveSettings) -> tuple[Ontology, str]:
    """The ontology of a corpus, and what layers call its version.

    Raises:
        OntologyError: if it is wrong or does not have the inventory.
    """
    ontology = load_ontology(Path(settings.ontology) if settings.ontology else None)
    try:
        ontology.inventory(settings.inventory)
    except LookupError as error:
        raise OntologyError([str(error.args[0])]) from error
    return ontology, f"{settings.inventory}-{ontology.version}"
