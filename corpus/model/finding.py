"""Something wrong in the data, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity", "any_error"]


class Severity(StrEnum):
    """How bad a finding is: an error makes the exit code 1, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong (or worth knowing) in the data; the rest goes on.

    ``code`` is a stable kebab-case name ("duplicate-id"), ``place`` a path, ``path:line``, or
    ``config/split row N column C``; ``message`` one sentence: what, expected, got, way out.
    """

    code: str
    place: str
    message: str
    severity: Severity = Severity.ERROR

    def as_record(self) -> dict[str, str]:
        """Return the finding as plain JSON-ready strings."""
        return {key: str(value) for key, value in asdict(self).items()}

    @classmethod
    def of_record(cls, record: Mapping[str, str]) -> Finding:
        """Return the finding of :meth:`as_record`."""
        return cls(record["code"], record["place"], record["message"], Severity(record["severity"]))


def any_error(findings: Iterable[Finding]) -> bool:
    """Tell whether one of the findings is an error, so that what was done counts as failed."""
    return any(finding.severity is Severity.ERROR for finding in findings)
