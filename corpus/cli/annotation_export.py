"""``corpus annotations export``: annotations for other tools, with what their formats do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.datasets import BUILD
from corpus.api.exchanging import export_annotations
from corpus.cli.labelstudio_options import Build
from corpus.cli.options import AsJson
from corpus.cli.rim import escape, out, print_json, show_findings, visible_path
from corpus.exchange.exporting import Text
from corpus.exchange.formats import FORMATS
from corpus.model.counted import count
from corpus.model.finding import Finding

__all__ = ["command"]


def command(
    target: Annotated[Path, typer.Option("--out", help="The file or folder to make; it must not be there yet.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")],
    build: Build = BUILD,
    annotations: Annotated[
        Path | None, typer.Option(help="A folder of annotation files, to take these (default: the dataset's own).")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option(help="Whose annotations (default: gold where there is any, or the only one's).")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only the documents of this split.")] = None,
    text: Annotated[
        Text, typer.Option(help="reading (headline, text, captions), text (the clean text) or raw (as received).")
    ] = "reading",
    unannotated: Annotated[
        bool, typer.Option("--unannotated", help="Write also the documents that nobody has annotated.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write annotations for another tool, with a report of what its format does not hold."""
    done = export_annotations(
        target,
        form,
        build,
        annotations=annotations,
        annotator=annotator,
        split=split,
        text=text,
        unannotated=unannotated,
    )
    record = {"documents": done.documents, "spans": done.spans, "relations": done.relations}
    if as_json:
        print_json(record | {"findings": [finding.as_record() for finding in done.findings]})
    else:
        out.print(
            f"{escape(visible_path(target))}: {count(done.documents, 'document')} with "
            f"{count(done.spans, 'span')} and {count(done.relations, 'relation')}"
            f"{', but for what is told below' if done.findings else ''}."
        )
    if show_findings([] if as_json else _first_of_each(done.findings)):
        raise typer.Exit(1)


def _first_of_each(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first of each kind, saying in how many more documents it is so: nobody reads thousands of lines."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    for first, *others in kinds.values():
        more = f" So in {count(len(others), 'document')} more; --json lists all of them." if others else ""
        yield replace(first, message=first.message + more)
