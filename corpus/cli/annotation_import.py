"""``corpus annotations import``: annotations of other tools into the annotation files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.datasets import ANNOTATIONS, BUILD
from corpus.api.exchanging import ImportReport, import_annotations
from corpus.cli.labelstudio_options import Build
from corpus.cli.options import AsJson
from corpus.cli.rim import drawn_progress, escape, out, print_json, show_findings, visible_path
from corpus.errors import UsageError
from corpus.exchange.formats import FORMATS
from corpus.model.counted import count, singular

__all__ = ["command"]

_LAYERS = ("claims", "sources", "cues")


def command(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders with the annotations of another tool.")],
    build: Build = BUILD,
    annotations: Annotated[Path, typer.Option(help="The folder of annotation files.")] = ANNOTATIONS,
    form: Annotated[
        str | None, typer.Option("--format", help=f"What they are, where it cannot be told: {', '.join(FORMATS)}.")
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(help="Who did it, as a pseudonym; of several people THEIRS=NAME, once for each."),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(help="A TOML file that says what their labels, relations and attributes are in the scheme."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Write the texts that the dataset lacks into this folder, to build from.")
    ] = None,
    predictions: Annotated[
        bool,
        typer.Option("--predictions", help="They are a model's: for Label Studio to propose, and no annotations."),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a new revision follow what the annotator said before.")
    ] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="Take documents without any mark as annotated: nothing is in them.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring annotations of other tools into the annotation files, each span placed in the text as received.

    A document is known by its text (blanks not counted), else by its name. What has no place in the scheme or in
    the text is told; nothing that is there already is changed.
    """
    with drawn_progress() as progress:
        report = import_annotations(
            sources,
            build,
            annotations=annotations,
            form=form,
            annotator=_people(annotator or []),
            names=names,
            texts=texts,
            predictions=predictions,
            replace=replace,
            empty=empty,
            dry_run=dry_run,
            progress=progress,
        )
    if as_json:
        print_json(_record(report, dry_run))
    else:
        _show(report, texts, dry_run)
    show_findings([] if as_json else report.findings)
    if report.failed:
        raise typer.Exit(1)


def _people(told: Sequence[str]) -> dict[str | None, str]:
    """Read ``NAME`` and ``THEIRS=NAME``."""
    found: dict[str | None, str] = {}
    for each in told:
        theirs, equals, ours = each.rpartition("=")
        who = theirs if equals and theirs else None
        if found.setdefault(who, ours) != ours:
            told_twice = f"--annotator is {found[who]!r} and {ours!r}"
            raise UsageError(f"{told_twice}{f' for {who!r}' if who else ''}; give one, or THEIRS=NAME for each.")
    return found


def _show(report: ImportReport, texts: Path | None, dry_run: bool) -> None:
    done = report.done
    number = len(done.written)
    what = "would be written" if dry_run else "was written" if number == 1 else "were written"
    items = ", ".join(
        count(many, singular(name)) if name in _LAYERS else f"{many:,} {name}"
        for name, many in done.items.items()
        if many
    )
    out.print(f"{count(number, 'annotation')} {what}{f': {items}' if items else ''}.")
    if done.unchanged:
        out.print(f"{count(done.unchanged, 'annotation')} say what is there already.")
    if done.empty:
        out.print(f"{count(done.empty, 'document')} without any mark passed over; --empty takes them as annotated.")
    if texts is not None and report.texts:
        out.print(f"{count(len(report.texts), 'text')} that the dataset lacks: {escape(visible_path(texts))}")


def _record(report: ImportReport, dry_run: bool) -> dict[str, object]:
    done = report.done
    return {
        "dry_run": dry_run,
        "written": [version._asdict() for version in done.written],
        "items": {name: many for name, many in done.items.items() if many},
        "unchanged": done.unchanged,
        "empty": done.empty,
        "unmatched": [standoff.place for standoff in done.unmatched],
        "moved": done.moved,
        "losses": [{"kind": loss.kind, "name": loss.name, "count": many} for loss, many in done.losses.items()],
        "texts": [str(path) for path in report.texts],
        "findings": [finding.as_record() for finding in report.findings],
    }
