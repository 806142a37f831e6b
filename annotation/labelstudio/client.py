"""Talking to a Label Studio server: the only module that knows its API and its SDK.

Nothing is sent twice on its own account: a request that may have been carried out although its answer was lost is for
the caller to ask after. Every failure is a `ClientError` that says what to do.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annotation.labelstudio.tasks import Json

if TYPE_CHECKING:
    import httpx

URL_VARIABLE: Final = "LABEL_STUDIO_URL"
KEY_VARIABLE: Final = "LABEL_STUDIO_API_KEY"
SECONDS: Final = 60.0
LONG_SECONDS: Final = 900.0
"""Time given to an import or export."""

_PAGE: Final = 1000
_CHUNK: Final = 1 << 20


class ClientError(Exception):
    """The server did not do what it was asked; the message says what to do. Running the command again is safe."""


class Unreachable(ClientError):
    """The server cannot be reached, or did not answer: what was asked may or may not have been done."""


class Refused(ClientError):
    """The server answered, and said no. `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and the key to it, which is not to be shown."""

    url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the server."""

    id: int
    created_at: str
    description: str
    tasks: int
    label_config: str
    model_version: str
    instruction: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task as a list of them shows it; skipped annotations count too."""

    id: int
    data: Mapping[str, object]
    overlap: int
    is_labeled: bool
    annotations: int
    drafts: int


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account."""

    id: int
    email: str


def address_from_environment() -> Address | None:
    """The server named by `LABEL_STUDIO_URL` and `LABEL_STUDIO_API_KEY`; None if there is none.

    Raises:
        ClientError: if only one of them is set.
    """
    url, key = os.environ.get(URL_VARIABLE, "").strip(), os.environ.get(KEY_VARIABLE, "").strip()
    if not url and not key:
        return None
    if not url or not key:
        raise ClientError(f"set both {URL_VARIABLE} and {KEY_VARIABLE}, or neither to use the corpus's own server")
    if not url.startswith(("http://", "https://")):
        raise ClientError(f"{URL_VARIABLE} is '{url}'; write it with http:// or https://")
    return Address(url.rstrip("/"), key)


class Client:
    """A signed-in client of one server."""

    def __init__(self, address: Address, *, seconds: float = SECONDS) -> None:
        """Args: `seconds` is how long to wait for an answer to a short question.

        Raises:
            ClientError: if the SDK is not installed or the key cannot be used.
        """
        try:
            import httpx
            from label_studio_sdk.core.api_error import ApiError
            from label_studio_sdk.core.client_wrapper import SyncClientWrapper
        except ImportError as error:
            raise ClientError(
                "this needs Label Studio's SDK; install it: pip install 'mudawwana[labelstudio]'"
            ) from error
        self.url = address.url
        self._seconds = seconds
        self._lost: tuple[type[Exception], ...] = (httpx.TransportError,)
        self._api_error = ApiError
        try:
            # What is below the SDK's typed methods: those take a second to import, and are slow for thousands of tasks.
            wrapper = SyncClientWrapper(
                base_url=address.url, api_key=address.key, timeout=seconds, max_retries=0,
                httpx_client=httpx.Client(timeout=seconds, follow_redirects=True),
            )  # fmt: skip
        except ApiError as error:
            raise Refused(_EXPIRED, 401) from error
        self._http: Any = wrapper.httpx_client

    def whoami(self) -> User:
        """Who the key belongs to; a first call that shows whether the server can be used."""
        found = self._json("GET", "api/current-user/whoami")
        return User(int(found["id"]), str(found.get("email", "")))

    def users(self) -> list[User]:
        """Everybody with an account."""
        found = self._json("GET", "api/users/")
        return [User(int(one["id"]), str(one.get("email", ""))) for one in found]

    def invitation(self) -> str:
        """The address by which annotators join."""
        return self.url + str(self._json("GET", "api/invite")["invite_url"])

    def find_projects(self, marker: str) -> list[Project]:
        """The projects whose description contains `marker`, oldest first."""
        found: list[Project] = []
        page = 1
        while True:
            answer = self._json("GET", "api/projects/", params={"page": page, "page_size": 100, "include": _PROJECT})
            found += [_project(one) for one in answer["results"] if marker in str(one.get("description") or "")]
            if not answer.get("next"):
                return sorted(found, key=lambda one: one.id)
            page += 1

    def project(self, project: int) -> Project:
        """A project of the server. Raises `Refused` with status 404 where it is no longer there."""
        return _project(self._json("GET", f"api/projects/{project}/"))

    def create_project(self, settings: Json) -> Project:
        """Make a project."""
        return _project(self._json("POST", "api/projects/", body=settings))

    def update_project(self, project: int, settings: Json) -> None:
        """Change settings of a project."""
        self._json("PATCH", f"api/projects/{project}/", body=settings)

    def delete_project(self, project: int) -> None:
        """Delete a project with all that is in it."""
        self._request("DELETE", f"api/projects/{project}/", seconds=LONG_SECONDS)

    def import_tasks(self, project: int, body: bytes, number: int) -> list[int]:
        """Add the `number` tasks of an `encoded` list, all or none, and give their ids. Sent twice, they are there
        twice."""
        answer = self._json(
            "POST", f"api/projects/{project}/import", params={"return_task_ids": "true"}, body=body,
            seconds=LONG_SECONDS,
        )  # fmt: skip
        ids = [int(one) for one in answer.get("task_ids") or ()]
        if len(ids) != number:
            raise ClientError(f"sent {number} tasks, but the server added {len(ids)}; push again to settle it")
        return ids

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions; each names its `task`."""
        self._json("POST", f"api/projects/{project}/import/predictions", body=list(predictions), seconds=LONG_SECONDS)

    def latest_prediction(self, task: int) -> Json | None:
        """The score and result of a task's newest prediction; None if it has none."""
        found = self._json("GET", "api/predictions/", params={"task": task})
        newest = max(found, key=lambda one: int(one["id"]), default=None)
        return None if newest is None else {"score": newest.get("score"), "result": newest["result"]}

    def tasks(self, project: int) -> Iterator[Task]:
        """The tasks of a project."""
        yield from map(_task, self._listed({"project": project, "fields": "task_only", "include": _TASK}))

    def tasks_with_version(self, project: int, version: str) -> set[int]:
        """The ids of the tasks that have predictions of a model version."""
        item = {"filter": "filter:tasks:predictions_model_versions", "operator": "contains", "type": "List",
                "value": [version]}  # fmt: skip
        query = json.dumps({"filters": {"conjunction": "and", "items": [item]}})
        listed = self._listed({"project": project, "query": query, "include": "id,predictions_model_versions"})
        found = ((int(one["id"]), one.get("predictions_model_versions") or "") for one in listed)
        return {one for one, names in found if version in (names.split(",") if isinstance(names, str) else names)}

    def _listed(self, params: Mapping[str, object]) -> Iterator[Mapping[str, Any]]:
        page = given = 0
        total = 1
        while given < total:  # a page after the last one is refused
            page += 1
            whole = {**params, "page": page, "page_size": _PAGE}
            answer = self._json("GET", "api/tasks/", params=whole, seconds=LONG_SECONDS)
            total = int(answer["total"])
            given += len(answer["tasks"])
            yield from answer["tasks"]
            if not answer["tasks"]:
                return

    def update_task(self, task: int, changes: Json) -> None:
        """Change a task."""
        self._json("PATCH", f"api/tasks/{task}/", body=changes)

    def delete_task(self, task: int) -> None:
        """Delete a task with what was done on it."""
        self._request("DELETE", f"api/tasks/{task}/")

    def export(self, project: int, target: Path) -> str:
        """Write all tasks of a project, with annotations and drafts, to the file `target`; its sha256 in hex.

        It is made by the server as one snapshot, and taken away there afterwards.
        """
        settings: Json = {
            "title": "mudawwana pull",
            "serialization_options": {
                "drafts": {"only_id": False},
                "predictions": {"only_id": True},
                "annotations__completed_by": {"only_id": True},
                "include_annotation_history": False,
                "interpolate_key_frames": False,
            },
        }
        answer = self._json("POST", f"api/projects/{project}/exports/", body=settings, seconds=LONG_SECONDS)
        if answer.get("status") != "completed":
            raise ClientError(f"the server's export ended as '{answer.get('status')}'; see its log, then pull again")
        place = f"api/projects/{project}/exports/{answer['id']}"
        state = hashlib.sha256()
        with target.open("wb") as file:
            for chunk in self._stream(f"{place}/download"):
                state.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        self._request("DELETE", place)
        return state.hexdigest()

    def _stream(self, path: str) -> Iterator[bytes]:
        options: Any = {"timeout_in_seconds": LONG_SECONDS, "max_retries": 0}
        try:
            with self._http.stream(path, method="GET", request_options=options) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise self._refusal(answer)
                yield from answer.iter_bytes(_CHUNK)
        except self._lost as error:
            raise self._unreachable(error) from error
        except self._api_error as error:
            raise self._token_refusal(error) from error

    def _json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        body: object = None,
        seconds: float | None = None,
    ) -> Any:
        answer = self._request(method, path, params=params, body=body, seconds=seconds)
        try:
            return answer.json()
        except ValueError as error:
            raise ClientError(
                f"{self.url} answered {method} {path} with something else than JSON; is it a Label Studio server?"
            ) from error

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        body: object = None,
        seconds: float | None = None,
    ) -> httpx.Response:
        content = body if body is None or isinstance(body, bytes) else encoded(body)
        options: Any = {"timeout_in_seconds": seconds or self._seconds, "max_retries": 0}
        headers = {"Content-Type": "application/json"} if content is not None else None
        try:
            answer: httpx.Response = self._http.request(
                path, method=method, params=dict(params or {}), content=content, headers=headers,
                request_options=options,
            )  # fmt: skip
        except self._lost as error:
            raise self._unreachable(error) from error
        except self._api_error as error:
            raise self._token_refusal(error) from error
        if answer.status_code >= 400:
            raise self._refusal(answer)
        return answer

    def _unreachable(self, error: Exception) -> Unreachable:
        what = "did not answer in time" if "Timeout" in type(error).__name__ else "cannot be reached"
        return Unreachable(
            f"{self.url} {what} ({type(error).__name__}); see that the server runs ('mudawwana labelstudio status' for "
            "the corpus's own), then run the same command again"
        )

    def _token_refusal(self, error: Exception) -> Refused:
        return Refused(_EXPIRED, getattr(error, "status_code", None) or 401)

    def _refusal(self, answer: httpx.Response) -> Refused:
        status = answer.status_code
        try:
            found = answer.json()
            problem = found.get("validation_errors") or found.get("detail") or found
            said = json.dumps(problem, ensure_ascii=False) if not isinstance(problem, str) else problem
        except (ValueError, AttributeError):
            said = "an HTML page"
        advice = {
            401: _EXPIRED,
            403: "the key's user may not do this; use the key of the project's owner",
            404: "it is not there, or this key's user cannot see it",
        }.get(status, "see the server's log, then run the same command again" if status >= 500 else "")
        message = f"{answer.request.method} {answer.request.url.path}: {status}, {said[:500]}"
        return Refused(f"{self.url} refused {message}" + (f"; {advice}" if advice else ""), status)


def encoded(body: object) -> bytes:
    """A body as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


_EXPIRED: Final = (
    "the key is not valid, or no longer; copy a new one from the server's page 'Account & Settings' into "
    f"{KEY_VARIABLE} (the corpus's own server: 'mudawwana labelstudio up')"
)
_PROJECT: Final = "id,created_at,description,task_number,label_config,model_version,expert_instruction"
_TASK: Final = "id,data,overlap,is_labeled,total_annotations,cancelled_annotations,drafts"


def _project(found: Mapping[str, Any]) -> Project:
    return Project(
        int(found["id"]),
        str(found.get("created_at") or ""),
        str(found.get("description") or ""),
        int(found.get("task_number") or 0),
        str(found.get("label_config") or ""),
        str(found.get("model_version") or ""),
        str(found.get("expert_instruction") or ""),
    )


def _task(found: Mapping[str, Any]) -> Task:
    drafts = found.get("drafts")
    return Task(
        int(found["id"]),
        found["data"],
        int(found.get("overlap") or 1),
        bool(found.get("is_labeled")),
        int(found.get("total_annotations") or 0) + int(found.get("cancelled_annotations") or 0),
        len(drafts) if isinstance(drafts, list) else int(bool(drafts)),
    )
