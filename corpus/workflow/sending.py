"""Sending tasks to a project, each once, whatever is interrupted or repeated."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from annotation.labelstudio.client import Client, ClientError, Project, Refused, Task, encoded
from annotation.labelstudio.tasks import Json
from corpus.ingest import Reject
from corpus.workflow.build import Progress
from corpus.workflow.labelstudio import LinkState, Pending, find_marked, note_pending

BATCH = 500
SETTLE_SECONDS = 15.0
"""How long a request that nobody waits for any more may still be carried out by the server."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A task to be sent: what it is known by among the project's tasks, how to make it, for how many annotators."""

    item: str
    make: Callable[[], Json]
    overlap: int = 1


@dataclass(slots=True)
class Sending:
    """Tasks on their way to a project. `item` is the key in a task's data that tells what it is."""

    root: Path
    client: Client
    state: LinkState
    project: Project
    progress: Progress
    sleep: Callable[[float], None]
    item: str = "doc_id"
    removed: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def listed(self) -> dict[str, Task]:
        """The project's tasks by item; what is there twice and untouched is taken away."""
        found: dict[str, list[Task]] = defaultdict(list)
        for one in self.client.tasks(self.project.id):
            found[str(one.data.get(self.item, ""))].append(one)
        found.pop("", None)  # not ours
        kept = {}
        for item, tasks in found.items():
            tasks.sort(key=lambda one: (-(one.annotations + one.drafts), one.id))
            kept[item] = tasks[0]
            for one in tasks[1:]:
                if one.annotations or one.drafts:
                    message = f"tasks {tasks[0].id} and {one.id} are of one document, both annotated; both are pulled"
                    self.rejects.append(Reject(f"document {one.data.get('doc_id')}", "task-twice", message, ""))
                else:
                    self.client.delete_task(one.id)
                    self.removed += 1
        return kept

    def settle(self) -> None:
        """Wait until a request that was cut off is surely over."""
        if self.state.pending is not None:
            waited = time.time() - self.state.pending.sent_at
            self.sleep(min(max(SETTLE_SECONDS - waited, 0.0), SETTLE_SECONDS))

    def send(self, tasks: Sequence[ToSend]) -> None:
        """Add tasks that the project does not have; the next batch is made while the server takes in this one."""
        batches = [tasks[at : at + BATCH] for at in range(0, len(tasks), BATCH)]
        done = 0
        with ThreadPoolExecutor(1) as ahead:
            made = [ahead.submit(_body, batch) for batch in batches[:1]]
            for nth, batch in enumerate(batches):
                body = made.pop().result()
                made = [ahead.submit(_body, one) for one in batches[nth + 1 : nth + 2]]
                self._note(Pending(self.project.id, tuple(one.item for one in batch), time.time()))
                for one, number in zip(batch, self.client.import_tasks(self.project.id, body, len(batch)), strict=True):
                    if one.overlap > 1:
                        self.client.update_task(number, {"overlap": one.overlap})
                self._note(None)
                done += len(batch)
                self.progress("tasks", done, len(tasks))

    def settled(self) -> None:
        """Nothing is under way any more."""
        if self.state.pending is not None:
            self._note(None)

    def _note(self, pending: Pending | None) -> None:
        self.state = note_pending(self.root, self.state, pending)


def _body(batch: Sequence[ToSend]) -> bytes:
    return encoded([one.make() for one in batch])


def settled_project(client: Client, mark: str, title: str, settings: Json) -> tuple[Project, bool]:
    """The project that `mark` marks with the settings of today, and whether it was made now.

    Args:
        client: of the server.
        mark: what stands in its description.
        title: what people see.
        settings: the labelling interface and the instructions, which follow the corpus.

    Raises:
        ClientError
    """
    found = find_marked(client, mark)
    if found is None:
        described = f"{mark} Keep this line: mudawwana finds the project by it."
        fixed: Json = {
            "title": title[:50],
            "description": described,
            "show_instruction": True,
            "show_skip_button": True,
            "enable_empty_annotation": True,
            "show_collab_predictions": True,
            "sampling": "Sequential sampling",
            "maximum_annotations": 1,
        }
        return client.create_project({**fixed, **settings}), True
    if {"label_config": found.label_config, "expert_instruction": found.instruction} != settings:
        try:
            client.update_project(found.id, settings)
        except Refused as error:
            raise ClientError(
                f"project {found.id} has another labelling interface, and the server does not take the corpus's: "
                f"{error}. What is in use cannot be dropped: start a new round (--round), or give it back"
            ) from error
    return found, False
