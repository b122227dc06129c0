"""``corpus diff``: what differs between two builds or releases, and the version step it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from corpus.api.releasing import diff
from corpus.cli.rim import err, escape, out, print_json, visible, visible_path
from corpus.cli.tables import show_table
from corpus.comparison.annotations import AnnotationCount, annotation_counts
from corpus.comparison.changes import RowChange, ValueChange, changed_rows, in_short, split_moves
from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.page import difference_page
from corpus.comparison.record import as_record
from corpus.comparison.renames import renamed_documents
from corpus.comparison.statistics import statistics
from corpus.comparison.steps import Step
from corpus.comparison.words import Run, RunKind, shortened
from corpus.files import atomic_write
from corpus.model.counted import count
from corpus.model.shortened import some_of

__all__ = ["command"]

_SHOWN = 20
"""Rows of a kind that the terminal lists."""
_WIDTH = 70
_MARKS = {
    RunKind.SAME: ("", "", ""),
    RunKind.REMOVED: ("[-", "-]", "red"),
    RunKind.ADDED: ("{+", "+}", "green"),
    RunKind.LEFT_OUT: ("…", "", "dim"),
}


def command(
    old: Annotated[Path, typer.Argument(help="A built dataset or a release.", metavar="A")],
    new: Annotated[Path, typer.Argument(help="Another one, as a rule the newer.", metavar="B")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")] = False,
    page: Annotated[
        Path | None, typer.Option("--html", help="Write the difference to this file as one HTML page.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Rows of each kind that JSON and HTML tell in full; 0: all of them.")
    ] = 100,
) -> None:
    """Compare two datasets row by row. Exit code 0: nothing differs; 1: something does; 2 or 3: no comparison.

    Rows are matched by the key of their config, labels are compared by name. Configs whose content hashes agree
    in the manifests are not read: `corpus verify` first, where a dataset may have been changed by hand.
    """
    difference = diff(old, new)
    if page is not None:
        text = difference_page(difference, limit or None)
        with atomic_write(page) as stream:
            stream.write(text.encode("utf-8"))
        err.print(f"wrote {escape(visible_path(page))}")
    if as_json:
        print_json(as_record(difference, limit or None))
    else:
        _show(difference)
    if difference.step is not Step.NONE:
        raise typer.Exit(1)


def _show(difference: Difference) -> None:
    out.print(f"[bold]{_line(difference.old.title)} → {_line(difference.new.title)}[/bold]")
    if difference.step is Step.NONE:
        out.print("nothing differs")
        return
    out.print(f"[bold]{difference.step.name}[/bold]: {_line(difference.why())}")
    _show_rows(difference)
    for line in (*_structure(difference), *_renamed(difference)):
        out.print(line)
    _show_annotations(difference)
    _show_statistics(difference)
    for config in difference.configs.values():
        if config.name != "blocks":
            _show_changes(config)


def _show_rows(difference: Difference) -> None:
    head = ("config", "before", "after", "added", "removed", "changed", "in the columns")
    _table(head, map(_row_counts, difference.configs.values()))


def _row_counts(config: ConfigDifference) -> tuple[str, ...]:
    rows, counts = config.rows, config.rows.column_counts()
    told = ", ".join(f"{name} {number:,}" for name, number in counts.items())
    numbers = (config.old.rows, config.new.rows, rows.added.height, rows.removed.height, rows.changed.height)
    return (config.name, *(f"{number:,}" for number in numbers), told)


def _structure(difference: Difference) -> Iterator[str]:
    for config in difference.configs.values():
        for change in config.columns:
            yield f"column {_line(f'{config.name}.{change.column}')} {change.kind}"
    for part in difference.scheme:
        yield f"scheme, {_line(part.part)}: {_line(part.before)} → {_line(part.after)}"
    for (old, new), ids in split_moves(difference.configs["documents"]).items():
        yield f"split {_line(old)} → {_line(new)}: {_line(some_of(ids, _SHOWN))}"


def _renamed(difference: Difference) -> Iterator[str]:
    found = renamed_documents(difference.configs["documents"])
    for item in found[:_SHOWN]:
        yield f"document {_line(item.old)} is {_line(item.new)} now ({item.by})"
    if found[_SHOWN:]:
        yield f"… and {count(len(found) - _SHOWN, 'more document')} under another name"


def _show_annotations(difference: Difference) -> None:
    head = ("annotations", "annotator", "label", "added", "removed", "moved", "relabelled", "otherwise")
    _table(head, map(_annotation_cells, annotation_counts(difference)))


def _annotation_cells(item: AnnotationCount) -> tuple[str, ...]:
    numbers = (item.added, item.removed, item.moved, item.relabelled, item.other)
    return (item.config, item.annotator, item.label, *(f"{number:,}" for number in numbers))


def _show_statistics(difference: Difference) -> None:
    changed = [item for item in statistics(difference) if item.before != item.after]
    _table(("number", "before", "after"), ((i.name, f"{i.before:,}", f"{i.after:,}") for i in changed))


def _show_changes(config: ConfigDifference) -> None:
    rows = config.rows
    for word, frame in (("added", rows.added), ("removed", rows.removed)):
        for key in frame.head(_SHOWN).select(config.new.key).iter_rows():
            out.print(f"{word} {config.name} {_line(_key(key))}")
        _more(frame.height)
    for row in changed_rows(config, _SHOWN):
        out.print(f"changed {config.name} {_line(_key(row.key))}")
        _show_change(row)
    _more(rows.changed.height)


def _show_change(row: RowChange) -> None:
    for change in row.values:
        line = Text(f"    {visible(change.column)}: ")
        for run in _runs(change):
            before, after, style = _MARKS[run.kind]
            line.append(f"{before}{visible(run.text)}{after}", style)
        out.print(line)


def _runs(change: ValueChange) -> list[Run]:
    runs = change.runs
    if runs is not None:
        return shortened(runs, context=30, most=600)
    before, after = (in_short(value, _WIDTH) for value in (change.before, change.after))
    return [Run(RunKind.REMOVED, before), Run(RunKind.ADDED, after)]


def _more(total: int) -> None:
    if total > _SHOWN:
        out.print(f"… and {total - _SHOWN:,} more; --json and --html tell more of them")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    texts = {"config", "in the columns", "annotations", "annotator", "label", "number"}
    show_table(head, rows, right=set(head) - texts)


def _key(key: tuple[Any, ...]) -> str:
    return " / ".join(map(str, key))


def _line(text: str) -> str:
    return escape(visible(text))
