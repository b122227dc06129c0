"""Save a whole project of a server in one file: settings, tabs, tasks, annotations, predictions, drafts.

The file is JSON Lines, gzipped: a head, one line a task, an end with the counts, so that a truncated file is
known as one. It holds e-mail addresses, so only its owner may read it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import DataError, UsageError
from corpus.files import atomic_write
from corpus.labelstudio.project import Project
from corpus.labelstudio.wire.addresses import Addresses
from corpus.labelstudio.wire.client import Client, RefusedError, is_id, records
from corpus.labelstudio.wire.listing import drafted_tasks
from corpus.labelstudio.wire.versions import require_told
from corpus.model.finding import Finding, Severity
from corpus.progress import SILENT, Progress

__all__ = ["Backup", "Counts", "open_backup", "save_backup", "tabs_of"]

_KIND, _FORMAT = "newscorpus-labelstudio-backup", 1
_SETTINGS = (
    "title",
    "description",
    "label_config",
    "expert_instruction",
    "show_instruction",
    "show_skip_button",
    "enable_empty_annotation",
    "show_annotation_history",
    "color",
    "maximum_annotations",
    "overlap_cohort_percentage",
    "sampling",
    "skip_queue",
    "show_collab_predictions",
    "evaluate_predictions_automatically",
    "reveal_preannotations_interactively",
)
_ANNOTATION = (
    "id",
    "result",
    "was_cancelled",
    "ground_truth",
    "created_at",
    "updated_at",
    "lead_time",
    "import_id",
)
_PREDICTION = ("result", "score", "model_version")
_DRAFT = ("result", "lead_time", "created_at", "updated_at", "annotation")
_FIELDS = "id,data,is_labeled,overlap,annotations,predictions"
_NESTED = ",".join(sorted({*_ANNOTATION, *_PREDICTION, "completed_by"}))
_LINE_LIMIT = 512 * 2**20


@dataclass(slots=True)
class Counts:
    """What a file holds, or what was made of it."""

    tasks: int = 0
    annotations: int = 0
    predictions: int = 0
    drafts: int = 0

    def add(self, task: dict[str, Any]) -> None:
        """Count one task and what belongs to it."""
        self.tasks += 1
        self.annotations += len(task["annotations"])
        self.predictions += len(task["predictions"])
        self.drafts += len(task["drafts"])


@dataclass(frozen=True, slots=True)
class Backup:
    """A saved project; :meth:`tasks` reads the file anew each time, task by task."""

    path: Path
    project: dict[str, Any]
    """The settings, as the server takes them."""
    tabs: list[dict[str, Any]]
    counts: Counts

    def tasks(self) -> Iterator[dict[str, Any]]:
        """Yield every task with its annotations (the author by e-mail), predictions and drafts."""
        with gzip.open(self.path, "rt", encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                if "task" in record:
                    yield record["task"]


def save_backup(
    client: Client,
    project: Project,
    path: Path,
    pseudonym: Callable[[str, int], str],
    findings: list[Finding],
    progress: Progress = SILENT,
) -> Counts:
    """Write everything that the server tells of a project to ``path``, whole or not at all.

    ``pseudonym`` gives the name under which the annotation files know a person (who may be new) by
    address and number. The same state
    of the server gives the same bytes. A task or annotation that the server fails to write is left out, since no
    server would take it back, and added to ``findings``.

    Raises:
        UsageError: the file is there already.
        ServerError: the server cannot be read to the end, or leaves out what was drawn.
        OSError: the file cannot be written.
    """
    if path.exists():
        raise UsageError(f"{path} is there already; name another file.")
    addresses = Addresses(client, client.users())
    settings = client.get(f"/api/projects/{project.id}/")
    head = {
        "kind": _KIND,
        "format": _FORMAT,
        "project": {name: settings[name] for name in _SETTINGS if name in settings},
        "tabs": tabs_of(client, project.id),
    }
    counts, drafted = Counts(), drafted_tasks(client, project.id)
    with _private_gzip(path) as stream:
        _write(stream, head)
        for record in client.tasks(project.id, f"{_FIELDS},{_NESTED}"):
            findings += _unreadable(record, project.id)
            if record.get("unreadable"):
                continue
            require_told(client, record, "result")
            drafts = _drafts(client, record["id"]) if record["id"] in drafted else []
            task = _task({**record, "drafts": drafts}, addresses, pseudonym)
            counts.add(task)
            _write(stream, {"task": task})
            progress.advance(counts.tasks, None)
        _write(stream, {"end": asdict(counts)})
    return counts


def tabs_of(client: Client, project: int) -> list[dict[str, Any]]:
    """Return what a project's tabs show."""
    views = records(client.get("/api/dm/views/", project=project))
    return [view["data"] for view in views if isinstance(view.get("data"), dict)]


def open_backup(path: Path) -> Backup:
    """Read a file's head and end, and every line between them once.

    Raises:
        DataError: it is no such file, is truncated or damaged, or is of a newer format.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            head = _record(stream.readline(_LINE_LIMIT))
            if head.get("kind") != _KIND:
                raise DataError(f"{path} is no backup of a Label Studio project.")
            if head.get("format") != _FORMAT:
                raise DataError(
                    f"{path} has the format {head.get('format')!r}, expected {_FORMAT}: upgrade newscorpus."
                )
            found = _counted(stream, path)
    except gzip.BadGzipFile:
        way_out = "name a file that `corpus labelstudio backup` wrote"
        raise DataError(f"{path} cannot be read as a backup: it is not gzipped; {way_out}.") from None
    except (OSError, EOFError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise DataError(f"{path} cannot be read as a backup: {error or type(error).__name__}.") from None
    return Backup(path, dict(head["project"]), list(head["tabs"]), found)


def _counted(stream: IO[str], path: Path) -> Counts:
    """Count what the lines hold and compare it with what the end says."""
    found, told = Counts(), None
    for line in stream:
        record = _record(line)
        if "task" in record:
            found.add(record["task"])
        told = record.get("end")
    if told != asdict(found):
        raise DataError(
            f"{path} is not whole: its end says {told}, and {asdict(found)} were read; use another copy."
        )
    return found


def _record(line: str) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("a line is no JSON object")
    return record


def _task(record: dict[str, Any], addresses: Addresses, pseudonym: Callable[[str, int], str]) -> dict[str, Any]:
    readable = [item for item in records(record.get("annotations")) if not item.get("unreadable")]
    annotations = [_annotation(item, addresses, pseudonym) for item in readable]
    predictions = [{name: item.get(name) for name in _PREDICTION} for item in _by_id(record.get("predictions"))]
    drafts = [
        {**{name: item.get(name) for name in _DRAFT}, "user": item.get("user")}
        for item in _by_id(record.get("drafts"))
    ]
    return {
        **{name: record.get(name) for name in ("id", "data", "is_labeled", "overlap")},
        "annotations": sorted(annotations, key=lambda item: item["id"]),
        "predictions": predictions,
        "drafts": drafts,
    }


def _by_id(value: object) -> list[dict[str, Any]]:
    """Return records in the order of their ids, in which PostgreSQL need not give them."""
    return sorted(records(value), key=lambda item: number if is_id(number := item.get("id")) else 0)


def _drafts(client: Client, task: int) -> object:
    """Return everybody's drafts on a task, none where it is gone by now."""
    try:
        return client.get(f"/api/tasks/{task}/drafts")
    except RefusedError as refusal:
        if refusal.status != 404:
            raise
        return []


def _unreadable(record: dict[str, Any], project: int) -> Iterator[Finding]:
    """Yield a finding for each part of a task's record that the server fails to write."""
    place = f"project {project}/task {record.get('id')}"
    parts = [(place, record)]
    parts += [(f"{place}/annotation {item.get('id')}", item) for item in records(record.get("annotations"))]
    for where, part in parts:
        if part.get("unreadable"):
            message = "The server cannot read it (its log says why), so it is not in the backup."
            yield Finding("backup-unreadable", where, message, Severity.ERROR)


def _annotation(item: dict[str, Any], addresses: Addresses, pseudonym: Callable[[str, int], str]) -> dict[str, Any]:
    person = item.get("completed_by")
    number = person.get("id") if isinstance(person, dict) else person
    email = addresses.of(number, item["id"]) if is_id(number) else None
    name = pseudonym(email or f"user {number}", number) if is_id(number) else None
    author = {"completed_by": email, "annotator": name}
    return {**{name: item.get(name) for name in _ANNOTATION}, **author}


def _write(stream: IO[bytes], record: object) -> None:
    line = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    stream.write(line.encode("ascii") + b"\n")


@contextmanager
def _private_gzip(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file of mode 0600 that has its name only when the block ends without an error."""
    with (
        atomic_write(path, private=True) as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream,
    ):
        yield stream  # type: ignore[misc]
