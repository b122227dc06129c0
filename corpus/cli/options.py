"""The options that commands of several groups share: how sources are read, and how a report is printed."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.readers.shown import MediaType

__all__ = ["AsJson", "IdField", "MaxDocumentMib", "Sources", "TextField", "TextType"]

Sources = Annotated[
    list[str],
    typer.Argument(help="Files (text, HTML, Markdown, records, news items, WARC), archives, folders, addresses."),
]
TextField = Annotated[str, typer.Option(help="The field that holds the text of a record.")]
TextType = Annotated[MediaType, typer.Option(help="What that field holds, for all records.")]
IdField = Annotated[
    str | None, typer.Option(help="The field that holds a record's id (default: id, doc_id, else the address).")
]
MaxDocumentMib = Annotated[float, typer.Option(help="Refuse documents larger than this.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
