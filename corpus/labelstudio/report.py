"""What a sync did, or in a dry run would do: counts, files, findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from corpus.labelstudio.ledger.store import Conflict
from corpus.model.finding import Finding, Severity

__all__ = ["SyncReport"]


@dataclass(slots=True)
class SyncReport:
    """The counts of one push, pull or sync."""

    url: str = ""
    project: int = 0
    is_new: bool = False
    dry_run: bool = False
    tasks: int = 0
    """Tasks of ours on the server, retired ones left out."""
    tasks_new: int = 0
    tasks_there: int = 0
    tasks_retired: int = 0
    """Tasks whose text is out of date, and that are offered to nobody any more."""
    tasks_restored: int = 0
    """Tasks that were deleted on the server and are put back (they count as new as well)."""
    twins_removed: int = 0
    annotations: int = 0
    """Annotations that are known to be on the server."""
    new: int = 0
    changed: int = 0
    deleted: int = 0
    """Versions that were written here."""
    moved: int = 0
    """Submissions on retired tasks that were moved to the document's present text."""
    annotations_new: int = 0
    annotations_updated: int = 0
    annotations_deleted: int = 0
    """What was changed on the server."""
    predictions_new: int = 0
    predictions_deleted: int = 0
    """Predictions of models whose files were removed here."""
    files: list[Path] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _found: set[Finding] = field(default_factory=set)

    def as_record(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")}
        plain["files"] = sorted({path.name for path in self.files})
        names = ("doc_id", "annotator", "kind", "place", "message")
        plain["conflicts"] = [{name: getattr(c, name) for name in names} for c in self.conflicts]
        plain["findings"] = [finding.as_record() for finding in self.findings]
        return plain

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing was (or would be) changed on either side."""
        names = ("tasks_new", "tasks_retired", "tasks_restored", "twins_removed", "new", "changed", "deleted")
        sent = ("moved", "annotations_new", "annotations_updated", "annotations_deleted")
        proposed = ("predictions_new", "predictions_deleted")
        return not self.is_new and not any(getattr(self, name) for name in (*names, *sent, *proposed))

    def note(self, code: str, place: str, message: str, severity: Severity = Severity.WARNING) -> None:
        """Add a finding about a place of the project ("task 7/annotation 9"), once."""
        self.add([Finding(code, f"project {self.project}/{place}", message, severity)])

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings, each once."""
        for finding in findings:
            if finding not in self._found:
                self._found.add(finding)
                self.findings.append(finding)
