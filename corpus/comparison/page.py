"""A difference as one self-contained HTML page: no script, nothing loaded, everything from the data escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpus.comparison.annotations import annotation_counts
from corpus.comparison.changes import (
    RowChange,
    RowSketch,
    ValueChange,
    added_rows,
    changed_rows,
    in_short,
    removed_rows,
    split_moves,
)
from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.renames import renamed_documents
from corpus.comparison.statistics import statistics
from corpus.comparison.words import Run, RunKind, shortened
from corpus.files import package_text
from corpus.model.counted import count

__all__ = ["difference_page"]

_MOST_CHARACTERS = 400
"""Characters of a value that are shown where it is not told word by word."""
_RUNS = {RunKind.SAME: ("", ""), RunKind.REMOVED: ("<del>", "</del>"), RunKind.ADDED: ("<ins>", "</ins>")}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def difference_page(difference: Difference, limit: int | None = 100) -> str:
    """Return the page (XML-conformant HTML); counts are whole, rows shown up to ``limit`` of each kind.

    Raises:
        DataError: a file cannot be read.
    """
    title = f"{difference.old.title} → {difference.new.title}"
    body = "".join(part for section in _sections(difference, limit) for part in section)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{_safe(title)}</title>\n<style>\n{package_text('corpus.comparison', 'page.css')}</style></head>\n"
        f"<body>\n<h1>{_text(title)}</h1>\n{body}</body></html>\n"
    )


def _sections(difference: Difference, limit: int | None) -> Iterator[Iterator[str]]:
    yield _summary(difference)
    yield _counts(difference)
    yield _structure(difference)
    yield _splits(difference, limit)
    yield _renamed(difference, limit)
    yield _annotations(difference)
    yield _statistics(difference)
    for config in difference.configs.values():
        yield _rows(config, limit)


def _summary(difference: Difference) -> Iterator[str]:
    step = difference.step.name
    yield f'<p><span class="step">{step}</span>: {_text(difference.why())}.</p>\n'


def _counts(difference: Difference) -> Iterator[str]:
    yield "<h2>Rows</h2>\n"
    yield _table(
        ("config", "before", "after", "added", "removed", "changed", "in the columns"),
        (
            (
                config.name,
                config.old.rows,
                config.new.rows,
                config.rows.added.height,
                config.rows.removed.height,
                config.rows.changed.height,
                ", ".join(f"{name} {number:,}" for name, number in config.rows.column_counts().items()),
            )
            for config in difference.configs.values()
        ),
    )


def _structure(difference: Difference) -> Iterator[str]:
    columns = [
        (f"{config.name}.{change.column}", str(change.kind), change.before, change.after, change.kind.step.name)
        for config in difference.configs.values()
        for change in config.columns
    ]
    scheme = [(f"scheme: {c.part}", "changed", c.before, c.after, c.step.name) for c in difference.scheme]
    if columns or scheme:
        yield "<h2>Columns and scheme</h2>\n"
        yield _table(("what", "change", "before", "after", "step"), [*columns, *scheme])


def _splits(difference: Difference, limit: int | None) -> Iterator[str]:
    moves = split_moves(difference.configs["documents"])
    if moves:
        yield "<h2>Moved between splits</h2>\n"
        rows = ((old, new, len(ids), ", ".join(ids[:limit])) for (old, new), ids in moves.items())
        yield _table(("from", "to", "documents", "which"), rows)


def _renamed(difference: Difference, limit: int | None) -> Iterator[str]:
    found = renamed_documents(difference.configs["documents"])
    if found:
        yield f"<h2>Documents under another name{_listed(len(found), limit)}</h2>\n"
        yield _table(("old", "new", "recognised by"), ((own.old, own.new, own.by) for own in found[:limit]))


def _annotations(difference: Difference) -> Iterator[str]:
    counts = annotation_counts(difference)
    if counts:
        yield "<h2>Annotations</h2>\n"
        head = ("config", "annotator", "label", "added", "removed", "moved", "relabelled", "otherwise changed")
        yield _table(
            head,
            ((c.config, c.annotator, c.label, c.added, c.removed, c.moved, c.relabelled, c.other) for c in counts),
        )


def _statistics(difference: Difference) -> Iterator[str]:
    yield "<h2>Statistics</h2>\n"
    rows = ((s.name, s.before, s.after, f"{s.after - s.before:+,}") for s in statistics(difference))
    yield _table(("number", "before", "after", "difference"), rows)


def _rows(config: ConfigDifference, limit: int | None) -> Iterator[str]:
    if config.rows.empty:
        return
    yield f"<h2>{_text(config.name)}</h2>\n"
    key = config.new.key
    for word, rows, total in (
        ("added", added_rows(config, limit), config.rows.added.height),
        ("removed", removed_rows(config, limit), config.rows.removed.height),
    ):
        if total:
            told = ((*row.key, _sketch(row)) for row in rows)
            yield f"<h3>{count(total, 'row')} {word}{_listed(total, limit)}</h3>\n{_table((*key, 'row'), told)}"
    if total := config.rows.changed.height:
        yield f"<h3>{count(total, 'row')} changed{_listed(total, limit)}</h3>\n"
        yield "".join(_changed(row, key) for row in changed_rows(config, limit))


def _listed(total: int, limit: int | None) -> str:
    return "" if limit is None or total <= limit else f" (the first {limit:,})"


def _changed(row: RowChange, key: Sequence[str]) -> str:
    where = ", ".join(f"{name} {value}" for name, value in zip(key, row.key, strict=True))
    lines = "".join(f"<tr><th>{_text(v.column)}</th>{_value(v)}</tr>\n" for v in row.values)
    return f"<h3>{_text(where)}</h3>\n<table>{lines}</table>\n"


def _sketch(row: RowSketch) -> str:
    return ", ".join(in_short(value, _MOST_CHARACTERS) for value in row.values.values() if value is not None)


def _value(change: ValueChange) -> str:
    runs = change.runs
    if runs is None:
        before, after = (in_short(value, _MOST_CHARACTERS) for value in (change.before, change.after))
        runs = [Run(RunKind.REMOVED, before), Run(RunKind.ADDED, after)]
        return "".join(f'<td dir="auto">{_run(run)}</td>' for run in runs)
    return f'<td colspan="2" dir="auto">{"".join(_run(run) for run in shortened(runs))}</td>'


def _run(run: Run) -> str:
    if run.kind is RunKind.LEFT_OUT:
        return '<span class="quiet"> … </span>'
    start, end = _RUNS[run.kind]
    return f"{start}{_safe(run.text)}{end}"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    top = "".join(f"<th>{_text(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>\n" for row in rows)
    return f"<table><tr>{top}</tr>\n{lines}</table>\n"


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f'<td dir="auto">{_safe("" if value is None else str(value))}</td>'


def _text(text: str) -> str:
    return f"<bdi>{_safe(text)}</bdi>"


def _safe(text: str) -> str:
    """Escape, and spell out what has no glyph: control characters, and marks that would turn the line around."""
    return html.escape("".join(c if c.isprintable() or c in "\n\t\u200c\u200d" else repr(c)[1:-1] for c in text))
