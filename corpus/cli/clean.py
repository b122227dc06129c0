"""``corpus clean``: one text to its clean text, its blocks, or a view of what went and why."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from corpus.cli.rim import err, escape, out, print_json, visible
from corpus.errors import SourceError, UsageError
from corpus.model.document import Block, Document
from corpus.model.roles import Reason, Role
from corpus.pipeline.cleaning import clean_decoded, clean_page
from corpus.readers.decoding import decode_bytes

__all__ = ["command"]

_STYLES: dict[Role, str] = {
    Role.TITLE: "bold cyan",
    Role.HEADING: "bold",
    Role.DATELINE: "cyan",
    Role.CAPTION: "yellow",
    Role.CREDIT: "yellow",
    Role.BYLINE: "magenta",
    Role.TIMESTAMP: "magenta",
    Role.COPYRIGHT: "magenta",
    Role.BOILERPLATE: "red",
    Role.DUPLICATE: "red",
}


def command(
    file: Annotated[str, typer.Argument(help="A text or HTML file, or - for standard input.")],
    html: Annotated[bool, typer.Option("--html", help="FILE is a page (.html and .htm always are).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the document with its blocks as JSON.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show every block with its role, reason and rule.")] = False,
) -> None:
    """Print the clean text of FILE."""
    if as_json and show:
        raise UsageError("--json and --show exclude each other: name one.")
    data = _read(file)
    page = html or file.lower().endswith((".html", ".htm"))
    document = clean_page(data) if page else clean_decoded(decode_bytes(data), data)
    if as_json:
        print_json(as_record(document))
    elif show:
        _show(document)
    else:
        sys.stdout.write(document.text + "\n" if document.text else "")


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.exists() or path.is_dir():  # a pipe is fine, as for cat
        raise SourceError(f"{visible(file)} is not a file that can be read; name a text file, or - for stdin.")
    return path.read_bytes()


def as_record(document: Document) -> dict[str, Any]:
    """Return everything known of a document as JSON-ready values, the anchor text last."""
    record = asdict(document)
    record.pop("raw_text")
    return {**record, "raw_text": document.raw_text}


def _show(document: Document) -> None:
    """Draw each block on lines of its own: the role in the margin, then the text, then why it went."""
    for block in document.blocks:
        line = Text(f"{block.role.value:>11}  ", style="dim")
        line.append(visible(block.text), style=_STYLES.get(block.role, "") + ("" if block.kept else " dim"))
        out.print(line)
        if block.role is not Role.BODY:
            out.print(f"[dim]{'':>13}{escape(_why(block))}[/dim]")
    gone = sum(not block.kept for block in document.blocks)
    err.print(f"{len(document.blocks)} blocks, {gone} not in the text")


def _why(block: Block) -> str:
    return f"{Reason(block.reason).sentence} ({block.rule}, {block.score:.2f})"
