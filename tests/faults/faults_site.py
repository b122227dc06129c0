"""The server as a browser's requests reach it, without the toolkit; and what an annotation there says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

Mark = tuple[str, str]
"""A label of the scheme, and the words it is on."""


@dataclass
class Person:
    """An annotator on the server."""

    name: str
    token: str


class Site:
    """The server, as a browser's requests reach it."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._web = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Token {token or self.token}"}
        answer = self._web.request(method, path, headers=headers, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._web.close()

    def project(self, name: str) -> int | None:
        """Return the id of the project of that title."""
        found = self.ask("GET", "/api/projects/", params={"page_size": 10_000, "include": "id,title"})["results"]
        return next((int(project["id"]) for project in found if project["title"] == name), None)

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Return every task with its annotations, as the server's own list has them."""
        params = {"project": project, "fields": "all", "page_size": 1000}
        return list(self.ask("GET", "/api/tasks/", params=params)["tasks"])

    def screen(self, project: int) -> str:
        """Return the labelling configuration."""
        return str(self.ask("GET", f"/api/projects/{project}/")["label_config"])


def is_retired(task: dict[str, Any]) -> bool:
    """Tell whether a task was put aside for one with a newer text."""
    return bool(task["data"].get("retired"))


def marks_of(rows: list[dict[str, Any]], text: str) -> tuple[frozenset[Mark], int]:
    """Return what the rows of an annotation mark in a text, and how many say other words than lie there."""
    marks, wrong = set(), 0
    for row in rows:
        if row.get("type") == "labels":
            value = row["value"]
            words = text[value["start"] : value["end"]]
            wrong += words != value["text"]
            marks.add((value["labels"][0], words))
    return frozenset(marks), wrong


def rows_of(marks: tuple[Mark, ...], text: str) -> list[dict[str, Any]]:
    """Return the rows that a screen would send for these marks."""
    rows = []
    for number, (label, words) in enumerate(marks):
        start = text.index(words)
        value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
        bar = "span" if label == "CLAIM" else "entity"
        rows.append({"id": f"r{number}", "from_name": bar, "to_name": "text", "type": "labels", "value": value})
    return rows
