"""Tables as every command prints them: without frames, no cell cut short, nothing that a terminal would obey."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.table import Table

from corpus.cli.rim import escape, out, visible

__all__ = ["show_table"]

_UNBOUNDED = 10_000


def show_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None, right: Collection[str] = ()
) -> None:
    """Print rows of cells to standard output, under a head of as many names; nothing where there are no rows.

    A terminal's width breaks long cells into lines; a file or another program gets a line a row. The columns that
    ``right`` names are set flush right; a head of empty names is not printed.
    """
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=any(head))
    for name in head:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(visible(cell)) for cell in row))
    if table.row_count:
        if title:
            out.print()
        (out if out.is_terminal else Console(file=out.file, width=_UNBOUNDED)).print(table)
