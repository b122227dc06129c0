"""``corpus build``: sources to a dataset directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.api.building import ExecutorName, build
from corpus.cli.options import AsJson, IdField, MaxDocumentMib, Sources, TextField, TextType
from corpus.cli.rim import (
    document_bytes,
    drawn_progress,
    err,
    escape,
    fault_code,
    out,
    print_json,
    show_findings,
    show_skipped,
    visible_path,
)
from corpus.model.counted import count, singular
from corpus.model.manifest import IdsFrom
from corpus.pipeline.build import BuildReport
from corpus.pipeline.grouping import parse_bonds
from corpus.pipeline.splits import parse_splits

__all__ = ["command"]


def command(
    sources: Sources,
    target: Annotated[Path, typer.Option("--out", help="The directory to write; an earlier build is replaced.")],
    name: Annotated[str | None, typer.Option(help="The dataset's name (default: the first source's).")] = None,
    annotations: Annotated[
        Path | None,
        typer.Option(help="Folder of annotation files (default: annotations/ in or beside the sources)."),
    ] = None,
    scheme: Annotated[Path | None, typer.Option(help="Annotation scheme (TOML) (default: NEWS-EC).")] = None,
    about: Annotated[
        Path | None, typer.Option(help="TOML with title, makers, licence of what they added (docs/releases.md).")
    ] = None,
    text_field: TextField = "text",
    text_type: TextType = "text/plain",
    id_field: IdField = None,
    ids: Annotated[
        IdsFrom | None,
        typer.Option(
            help="What the id of a text or page is: its file's name, or its path below SOURCE, without the ending "
            "(default: as in the build in --out, else stem)."
        ),
    ] = None,
    takedowns: Annotated[
        Path | None,
        typer.Option(
            help="Tombstones of documents to leave out (default: takedowns.jsonl in or beside the sources)."
        ),
    ] = None,
    mask_pii: Annotated[
        bool,
        typer.Option("--mask-pii", help="Mask e-mail and street addresses, phone, bank and card numbers."),
    ] = False,
    splits: Annotated[
        str | None,
        typer.Option("--splits", "--split", help="Shares such as train=0.8,test=0.2 (default: all train)."),
    ] = None,
    split_by: Annotated[
        str, typer.Option(help="What stays on one side: duplicates, stories, publisher, dates; or none.")
    ] = "duplicates,stories",
    previous: Annotated[
        Path | None, typer.Option(help="Build or release whose documents stay in their splits (default: in --out).")
    ] = None,
    max_document_mib: MaxDocumentMib = 16,
    line_model: Annotated[
        bool, typer.Option("--line-model/--no-line-model", help="Ask the line model, or the rules alone.")
    ] = True,
    known_lines: Annotated[
        Path | None, typer.Option(help="Counts made by `corpus known-lines`: what a site's documents share goes.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that clean; the result is the same.")] = 1,
    executor: Annotated[ExecutorName, typer.Option(help="Who runs them; the result is the same.")] = "processes",
    ray_address: Annotated[
        str | None, typer.Option(help="A running Ray cluster (default: one on this machine for this run).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read, clean, describe and annotate SOURCES and write a dataset that load_dataset opens."""
    with drawn_progress() as progress:
        report = build(
            sources,
            target,
            name=name,
            annotations=annotations,
            scheme=scheme,
            about=about,
            text_field=text_field,
            text_type=text_type,
            id_field=id_field,
            ids=ids,
            takedowns=takedowns,
            mask_pii=mask_pii,
            splits=parse_splits(splits) if splits else None,
            split_by=parse_bonds(split_by),
            previous=previous,
            max_document_bytes=document_bytes(max_document_mib),
            line_model=line_model,
            known_lines=known_lines,
            workers=workers,
            executor=executor,
            ray_address=ray_address,
            progress=progress,
        )
    if as_json:
        print_json(_record(report))
    else:
        _show(report)
    if report.failed:
        raise typer.Exit(fault_code(report.findings, written=report.manifest is not None))


def _record(report: BuildReport) -> dict[str, object]:
    configs = report.manifest.configs if report.manifest else {}
    return {
        "directory": str(report.directory),
        "changed": report.changed,
        "rows": {name: sum(config.rows.values()) for name, config in configs.items()},
        "deleted_blocks": report.deleted_blocks,
        "findings": [finding.as_record() for finding in report.findings],
        "skipped": list(report.skipped),
    }


def _show(report: BuildReport) -> None:
    show_findings(report.findings)
    show_skipped(report.skipped)
    if report.manifest is None:
        err.print("Nothing could be read, so nothing was written.")
        return
    rows = {name: sum(config.rows.values()) for name, config in report.manifest.configs.items()}
    counts = ", ".join(count(number, singular(name)) for name, number in rows.items())
    state = "written to" if report.changed else "unchanged in"
    out.print(f"{counts}: {state} {escape(visible_path(report.directory))}")
