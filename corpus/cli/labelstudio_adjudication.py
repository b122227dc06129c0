"""What ``corpus labelstudio adjudicate`` did, in words."""

from __future__ import annotations

from corpus.cli.rim import err, escape, out, visible
from corpus.labelstudio.adjudication.adjudicating import Adjudicating
from corpus.model.counted import count

__all__ = ["show_adjudicating"]

_MOST = 20


def show_adjudicating(found: Adjudicating) -> None:
    """Print what was pulled, what is gold by it, what is open, and where it is decided."""
    report = found.sync
    if not report.project and not report.is_new and not found.asked:
        out.print("Nothing is disputed that this dataset can show, so there is nothing to ask.")
        return
    if report.dry_run:
        err.print("A dry run: nothing was changed on either side. It would be:", style="dim")
    out.print(
        f"Pulled: {count(report.new, 'new decision')}, {report.changed:,} changed, {report.deleted:,} taken back. "
        f"Gold written of {count(len(found.settled.gold), 'document')}{_listed(found.settled.gold)}."
    )
    out.print(
        f"Open: {count(found.disputes, 'dispute')} in {count(found.asked, 'document')}; "
        f"settled: {count(found.decided, 'document')}."
    )
    out.print(
        f"Tasks: {report.tasks_new:,} new, {report.tasks_there:,} were there, {report.tasks_retired:,} put aside."
    )
    if report.url and found.asked:
        out.print(f"Decide at: {escape(visible(report.url))}", soft_wrap=True)
    if found.settled.gold and not report.dry_run:
        err.print("Bring the gold to the annotators' project: corpus labelstudio sync", style="dim")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST])
    return "" if not names else f" ({escape(visible(shown))}{', …' if len(names) > _MOST else ''})"
