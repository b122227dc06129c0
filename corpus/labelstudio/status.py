"""How a project stands: what a sync would do, who did how much, what was skipped, and what has no place.

Everything but the plan and the addresses is read off the annotation files (with what a pull would add to
them), so it is the same after the ledger was lost. Times are what Label Studio measured: the seconds somebody
had the task open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from corpus.annotation.adjudication import adjudicate
from corpus.annotation.lacking import in_scheme
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.project import no_project
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.sync import rehearse
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.work import Material, Work
from corpus.model.annotation import GOLD, AnnotationSet
from corpus.progress import SILENT, Progress

__all__ = ["AnnotatorProgress", "OrphanItem", "SkippedTask", "Standings", "Status", "status"]


@dataclass(frozen=True, slots=True)
class AnnotatorProgress:
    """What one annotator did of the project's present tasks."""

    annotator: str
    person: str | None
    """The e-mail address, or "user N" where the server tells none; None where the ledger does not know them."""
    submitted: int
    skipped: int
    left: int
    """Tasks that they have neither submitted nor skipped."""
    timed: int
    """Submitted tasks with a time; what was annotated elsewhere has none."""
    seconds: float | None
    """All the time that was measured."""
    seconds_per_task: float | None
    """The median of the submitted tasks with a time."""
    days: int
    """Days (UTC) on which they finished something."""
    per_day: float | None
    """Submitted tasks a day, over those days."""
    last: str | None
    """When they last finished something."""


@dataclass(frozen=True, slots=True)
class SkippedTask:
    """A task that somebody skipped, and what they noted on it."""

    doc_id: str
    annotator: str
    comment: str


@dataclass(frozen=True, slots=True)
class OrphanItem:
    """Something drawn that has no place in the present text, or could not be read."""

    doc_id: str
    annotator: str
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standings:
    """How far what annotators dispute is settled, in documents that two of them or more submitted."""

    documents: int
    open_documents: int
    open_disputes: int
    settled: int
    """Documents that a person decided, and in which nothing is open."""


@dataclass(slots=True)
class Status:
    """All of it; ``plan`` is the report of a dry run."""

    plan: SyncReport
    tasks: int = 0
    tasks_retired: int = 0
    tasks_left_out: int = 0
    labels_in_drafts: int = 0
    """Labels in drafts that nobody has submitted yet."""
    annotators: list[AnnotatorProgress] = field(default_factory=list)
    skipped: list[SkippedTask] = field(default_factory=list)
    orphans: list[OrphanItem] = field(default_factory=list)
    adjudication: Standings | None = None
    """None where no document was submitted by two annotators."""

    def as_record(self) -> dict[str, Any]:
        """Return the status as JSON-ready values."""
        numbers = ("tasks", "tasks_retired", "tasks_left_out", "labels_in_drafts")
        record: dict[str, Any] = {name: getattr(self, name) for name in numbers}
        for name in ("annotators", "skipped", "orphans"):
            record[name] = [asdict(item) for item in getattr(self, name)]
        adjudication = asdict(self.adjudication) if self.adjudication is not None else None
        return record | {"adjudication": adjudication, "plan": self.plan.as_record()}


def status(client: Client, material: Material, ledger: Ledger, progress: Progress = SILENT) -> Status:
    """Say how a project stands; nothing is changed on either side.

    Raises:
        ServerError: the server cannot be reached or refuses.
        UsageError: the server has no project of that name, or two.
        SchemeError: the scheme lacks something that annotations use.
    """
    with rehearse(client, material, ledger, progress) as work:
        if work.project.is_new:
            raise no_project(client, material.name)
        return _status(work)


def _status(work: Work) -> Status:
    states = {
        state: work.ledger.count(work.mark, state) for state in ("current", "retiring", "retired", "left-out")
    }
    found = Status(
        work.report,
        tasks=states["current"],
        tasks_retired=states["retiring"] + states["retired"],
        tasks_left_out=states["left-out"],
        labels_in_drafts=_labels_in_drafts(work),
    )
    by_annotator: dict[str, list[AnnotationSet]] = defaultdict(list)
    for key in work.history.all_keys():
        own = work.history.counting(key)
        if own is not None and own.state != "deleted" and work.ledger.current_task(work.mark, key[0]) is not None:
            by_annotator[key[1]].append(own)
            found.orphans += _orphans(own)
            if own.state == "skipped":
                found.skipped.append(SkippedTask(own.doc_id, own.annotator, _comment(own)))
    found.annotators = [
        _progress(name, work.ledger.person_of(name), by_annotator[name], found.tasks)
        for name in sorted(by_annotator)
    ]
    found.adjudication = _standings(by_annotator, work)
    return found


def _standings(by_annotator: Mapping[str, Sequence[AnnotationSet]], work: Work) -> Standings | None:
    voters = Counter(
        item.doc_id
        for name, sets in by_annotator.items()
        for item in sets
        if name != GOLD and item.state == "submitted"
    )
    history = work.history
    keys = [key for key in history.all_keys() if voters[key[0]] > 1 and history.counting(key) is not None]
    if not keys:
        return None
    versions = (item for key in keys for item in history.newest_first(key))
    found = adjudicate(in_scheme(versions, work.scheme).sets)
    opened = [standing for standing in found.standings if standing.open]
    return Standings(len(found.standings), len(opened), len(found.open), len(found.decided))


def _progress(annotator: str, person: str | None, sets: list[AnnotationSet], tasks: int) -> AnnotatorProgress:
    submitted = [item for item in sets if item.state == "submitted"]
    skipped = [item for item in sets if item.state == "skipped"]
    times = [item.lead_time for item in submitted if item.lead_time is not None]
    ends = sorted(item.updated_at for item in (*submitted, *skipped) if item.updated_at is not None)
    days = len({moment[:10] for moment in ends})
    return AnnotatorProgress(
        annotator,
        person,
        len(submitted),
        len(skipped),
        max(0, tasks - len(submitted) - len(skipped)),
        len(times),
        round(sum(times), 1) if times else None,
        round(median(times), 1) if times else None,
        days,
        round(sum(item.updated_at is not None for item in submitted) / days, 1) if days else None,
        ends[-1] if ends else None,
    )


def _orphans(own: AnnotationSet) -> Iterable[OrphanItem]:
    for orphan in own.orphans:
        row = orphan.item.get("labelstudio", orphan.item)
        name = row.get("id", "relation") if isinstance(row, dict) else "?"
        yield OrphanItem(own.doc_id, own.annotator, str(name), orphan.reason)


def _comment(own: AnnotationSet) -> str:
    items = (*own.entities, *own.sources, *own.claims, *own.cues)
    return " / ".join(item.note for item in items if item.note)


def _labels_in_drafts(work: Work) -> int:
    summary = work.client.get(f"/api/projects/{work.project.id}/summary/")
    drafts = summary.get("created_labels_drafts") if isinstance(summary, dict) else None
    counts = [c for c in (drafts if isinstance(drafts, dict) else {}).values() if isinstance(c, dict)]
    return sum(count for labels in counts for count in labels.values() if type(count) is int)
