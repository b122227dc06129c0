"""The Label Studio project of a dataset: made once, found again by a mark in its description."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from corpus.errors import UsageError
from corpus.labelstudio.wire.client import Client, RefusedError

__all__ = [
    "Project",
    "all_projects",
    "described",
    "find_project",
    "new_project",
    "no_project",
    "project_of",
    "unmarked_tasks",
]

_MARK = re.compile(r"newscorpus:([^\s:]+):([0-9a-f]{32})")
_LEDGER = re.compile(r"newscorpus-ledger:([0-9a-f]{16})")
_SOME = 100
"""How many tasks are looked at to tell whose a project is."""
_BESIDE_MARK = "Made by corpus, which finds it again by this line:"


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a server; ``mark`` stays when the project is renamed or the server moves."""

    id: int
    title: str
    mark: str
    config: str
    instruction: str = ""
    is_new: bool = False
    record: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the server says of it: settings and counts."""

    @property
    def ledger(self) -> str | None:
        """The ledger of the checkout that pushed last, by its own id."""
        found = _LEDGER.search(str(self.record.get("description") or ""))
        return found[1] if found else None

    def url(self, server: str) -> str:
        """Return the address of its list of tasks."""
        return f"{server}/projects/{self.id}/data"


def no_project(client: Client, name: str) -> UsageError:
    """Return what says that a server has no project that was made for ``name``."""
    return UsageError(
        f"{client.url} has no project that was pushed as {name!r}: push it first (`corpus labelstudio push`), or "
        "name another with `project=`."
    )


def find_project(client: Client, name: str, known: int | None = None) -> Project | None:
    """Return the project that was made for ``name``, or None; ``known`` is the id it had last.

    Two projects with one and the same mark were made by a request that was sent twice; the first one counts.

    Raises:
        UsageError: there are two.
    """
    project = _at(client, known, name) if known is not None else None
    if project is not None:
        return project
    found = all_projects(client, name)
    if len({project.mark for project in found}) > 1:
        listed = ", ".join(str(project.id) for project in found)
        raise UsageError(
            f"{client.url} has several projects of the name {name!r} (ids {listed}): delete all but one."
        )
    return _at(client, min(project.id for project in found), name) if found else None


def all_projects(client: Client, name: str) -> list[Project]:
    """Return every project that was made for ``name``, as the server lists them."""
    return [project for record in client.projects() if (project := _marked(record, name)) is not None]


def unmarked_tasks(client: Client, known: int) -> list[tuple[int, str]]:
    """Return the first tasks (id, doc_id) of the project of that id, where its description bears no mark at all."""
    try:
        record = client.get(f"/api/projects/{known}/")
        if not isinstance(record, dict) or _MARK.search(str(record.get("description") or "")):
            return []
        tasks = [(task["id"], task.get("data")) for task in islice(client.tasks(known, "id,data"), _SOME)]
    except RefusedError as refusal:
        if refusal.status in (403, 404):
            return []
        raise
    named = [(number, data.get("doc_id")) for number, data in tasks if isinstance(data, dict)]
    return [(number, doc_id) for number, doc_id in named if isinstance(doc_id, str)]


def new_project(name: str, mark: str, ledger: str, config: str, guide: str) -> dict[str, Any]:
    """Return what a new project is made of; its description holds the marks by which it is found again."""
    return {
        "title": (name if len(name) >= 3 else f"{name} dataset")[:50],
        "description": described(name, mark, ledger),
        "label_config": config,
        "expert_instruction": guide,
        "show_instruction": True,
        "show_skip_button": True,
        "enable_empty_annotation": True,
        "show_annotation_history": True,
        "evaluate_predictions_automatically": False,
    }


def described(name: str, mark: str, ledger: str) -> str:
    """Return a project's description: its name and mark, and the ledger of the checkout that pushed last."""
    return f"{_BESIDE_MARK} newscorpus:{quote(name, safe='')}:{mark} newscorpus-ledger:{ledger}"


def project_of(record: object, name: str) -> Project | None:
    """Return the project that the server's record describes, where it is the one of that name."""
    return _marked(record, name) if isinstance(record, dict) else None


def _at(client: Client, number: int, name: str) -> Project | None:
    try:
        return project_of(client.get(f"/api/projects/{number}/"), name)
    except RefusedError as refusal:
        if refusal.status in (403, 404):
            return None
        raise


def _marked(record: dict[str, Any], name: str) -> Project | None:
    found = _MARK.search(str(record.get("description") or ""))
    if found is None or found[1] != quote(name, safe="") or type(record.get("id")) is not int:
        return None
    title, config, guide = (str(record.get(key) or "") for key in ("title", "label_config", "expert_instruction"))
    return Project(record["id"], title, found[2], config, guide, record=record)
