"""The Label Studio project of a dataset: made once, found again by a mark in its description."""

from __future__ import annotations

import re
import secrets
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.client import Client
from corpus.labelstudio.config import instructions, label_config
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme

__all__ = ["Project", "find_project", "open_project"]

_MARK = re.compile(r"newscorpus:([^\s:]+):([0-9a-f]{32})")
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

    def url(self, server: str) -> str:
        """Return the address of its list of tasks."""
        return f"{server}/projects/{self.id}/data"


def find_project(client: Client, name: str) -> Project | None:
    """Return the project that was made for ``name``, or None.

    Raises:
        UsageError: there are two.
    """
    found = [project for record in client.projects() if (project := _marked(record, name)) is not None]
    if len(found) > 1:
        listed = ", ".join(str(project.id) for project in found)
        raise UsageError(
            f"{client.url} has several projects of the name {name!r} (ids {listed}): delete all but one."
        )
    return found[0] if found else None


def open_project(
    client: Client, name: str, scheme: Scheme, guidelines: str | None
) -> tuple[Project, list[Finding]]:
    """Return the project of ``name``, made where there is none, with the scheme's screen.

    An existing project gets a changed screen only where nothing drawn could lose its label.

    Raises:
        ServerError: the server refuses.
        UsageError: there are two such projects.
    """
    config, guide = label_config(scheme), instructions(scheme, guidelines)
    project = find_project(client, name)
    if project is None:
        return _make(client, name, config, guide), []
    if project.instruction != guide:
        client.send("PATCH", f"/api/projects/{project.id}/", {"expert_instruction": guide})
    if _same(project.config, config):
        return project, []
    lost = sorted(_choosable(project.config) - _choosable(config))
    if lost:
        message = (
            f"The project's screen differs from the scheme and was left alone, since the scheme lacks "
            f"{', '.join(lost)[:200]}; rename or remove what is drawn with it first, or push to another --project."
        )
        return project, [Finding("config-differs", f"project {project.id}", message)]
    client.send("PATCH", f"/api/projects/{project.id}/", {"label_config": config})
    message = "The project's screen was brought up to the scheme, which has more than it had."
    return project, [Finding("config-updated", f"project {project.id}", message, Severity.NOTE)]


def _make(client: Client, name: str, config: str, guide: str) -> Project:
    mark = secrets.token_hex(16)
    body = {
        "title": (name if len(name) >= 3 else f"{name} dataset")[:50],
        "description": f"{_BESIDE_MARK} newscorpus:{quote(name, safe='')}:{mark}",
        "label_config": config,
        "expert_instruction": guide,
        "show_instruction": True,
        "show_skip_button": True,
        "enable_empty_annotation": True,
        "show_annotation_history": True,
        "evaluate_predictions_automatically": False,
    }
    made = client.send("POST", "/api/projects/", body)
    if not isinstance(made, dict) or type(made.get("id")) is not int:
        raise ServerError(f"{client.url} made no project: it answered without an id.")
    return Project(made["id"], str(body["title"]), mark, config, guide, is_new=True)


def _marked(record: dict[str, Any], name: str) -> Project | None:
    found = _MARK.search(str(record.get("description") or ""))
    if found is None or found[1] != quote(name, safe="") or type(record.get("id")) is not int:
        return None
    title, config, guide = (str(record.get(key) or "") for key in ("title", "label_config", "expert_instruction"))
    return Project(record["id"], title, found[2], config, guide)


def _same(first: str, second: str) -> bool:
    """Tell whether two configurations are one, whatever their white space and order of attributes."""
    try:
        texts = [ElementTree.canonicalize(config, strip_text=True) for config in (first, second)]
    except ElementTree.ParseError:
        return False
    return texts[0] == texts[1]


def _choosable(config: str) -> set[str]:
    """Return everything an annotator could have used: labels, choices and relations with their control."""
    try:
        root = ElementTree.fromstring(config)  # noqa: S314 - Label Studio has parsed it; entities are not expanded
    except ElementTree.ParseError:
        return {"a readable configuration"}
    found = set()
    for parent in root.iter():
        for child in parent:
            if child.tag in ("Label", "Choice", "Relation"):
                found.add(f"{parent.get('name') or parent.tag}/{child.get('value') or child.get('alias')}")
    return found
