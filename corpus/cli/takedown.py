"""``corpus takedown``: leave a document out of everything to come, and erase it where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.called import as_options
from corpus.cli.options import AsJson, IdField, TextField
from corpus.cli.rim import err, escape, out, print_json, visible, visible_path
from corpus.errors import UsageError
from corpus.labelstudio.connection import ledger_folder
from corpus.model.manifest import IdsFrom
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.pipeline.rawstore import folders_around
from corpus.readers.addresses import is_address, local_path
from corpus.readers.report import ReadOptions
from corpus.readers.shown import MediaType
from corpus.releases.release import check_date
from corpus.releases.takedowns import TAKEDOWNS

__all__ = ["command"]

_ALONE = (
    "known by its id alone, which was looked up nowhere: --in DATASET or --raw FOLDER would add its hashes and "
    "addresses, so that it does not come back under another id"
)


def command(
    doc_id: Annotated[str, typer.Argument(help="The document's id.")],
    reason: Annotated[str, typer.Option(help="Why, in a few words; it is kept, and told by every build.")],
    datasets: Annotated[
        list[Path] | None,
        typer.Option("--in", help="A build, a release or a folder of them: where it is known from and looked for."),
    ] = None,
    raw: Annotated[
        list[str] | None, typer.Option("--raw", help="A folder, a file or an address of raw articles.")
    ] = None,
    annotations: Annotated[Path | None, typer.Option(help="The folder of annotation files.")] = None,
    file: Annotated[Path, typer.Option("--file", help="The file of tombstones.")] = Path(TAKEDOWNS),
    date: Annotated[str | None, typer.Option(help="The day of the takedown, YYYY-MM-DD (default: none).")] = None,
    text_field: TextField = "text",
    text_type: Annotated[
        MediaType,
        typer.Option(help="What that field holds, for all records; what builds and releases say is tried besides."),
    ] = "text/plain",
    id_field: IdField = None,
    ids: Annotated[
        IdsFrom | None,
        typer.Option(
            help="What the id of a text or page is: its file's name, or its path below --raw (default: as the "
            "datasets in --in and --raw say, else stem)."
        ),
    ] = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Erase its text from raw files, annotations, builds and the ledger.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Leave a tombstone for DOC_ID, which every later build obeys, and list the datasets that hold it.

    The document is known again by its id, its bytes, its text or its address, so that a new crawl does not bring it
    back. Its rows are gone from the next release, which is a MAJOR. With --purge its text is erased wherever it was
    named; the exit code is 1 where it lies somewhere still, or may: each place is named with the reason.
    """
    sources = tuple(source if is_address(source) else local_path(source) for source in raw or ())
    paths = [source for source in sources if isinstance(source, Path)]
    _check_paths([*(datasets or []), *paths, *([annotations] if annotations else [])])
    check_date(date, "A takedown's date")
    options = TakedownOptions(
        file=file,
        datasets=tuple(datasets or ()),
        raw=sources,
        read=ReadOptions(text_field=text_field, text_type=text_type, id_field=id_field, ids=ids),
        annotations=annotations,
        ledger=ledger_folder(Path.cwd()),
        date=date,
        purge=purge,
        dry_run=dry_run,
    )
    report = take_down(doc_id, reason, options)
    if as_json:
        print_json(_record(report))
        if _by_id_alone(report):
            err.print(_ALONE)
    else:
        _show(report, options)
    _say_who_looks_elsewhere(options)
    if report.left and not dry_run:
        raise typer.Exit(1)


def _check_paths(paths: list[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no {visible_path(path)}; name what is there.")


def _say_who_looks_elsewhere(options: TakedownOptions) -> None:
    """Say of which of the raw folders that were named no build finds the tombstone by itself."""
    told = escape(visible_path(options.file))
    for source in options.raw:
        found = [folder / TAKEDOWNS for folder in folders_around([source])]
        if options.file.resolve() not in found:
            name = escape(visible(str(source)))
            there = f", or write it to {escape(visible_path(found[0]))} (--file)" if found else ""
            way_out = f"name it to them (--takedowns){there}"
            err.print(f"[cyan]note[/cyan] {name}: builds do not look there for {told}; {way_out}.")


def _record(report: TakedownReport) -> dict[str, object]:
    return {
        "tombstone": report.tombstone.model_dump(mode="json"),
        "added": report.added,
        "held_by": [
            {"directory": str(h.directory), "name": h.name, "version": h.version, "edition": h.edition}
            for h in report.holders
        ],
        "others": list(report.others),
        "erased": [{"place": str(item.place), "what": item.what} for item in report.erased],
        "left": list(report.left),
    }


def _by_id_alone(report: TakedownReport) -> bool:
    return report.added and not (report.tombstone.hashes or report.tombstone.pages)


def _show(report: TakedownReport, options: TakedownOptions) -> None:
    would = "would be " if options.dry_run else ""
    stone = f"tombstone {would}written to" if report.added else "tombstone is there already in"
    out.print(f"{stone} {escape(visible_path(options.file))}: {escape(visible(report.tombstone.doc_id))}")
    if _by_id_alone(report):
        out.print(_ALONE)
    for holder in report.holders:
        version = f"{holder.edition} edition {holder.version}" if holder.version else "a build"
        out.print(f"held by {escape(visible_path(holder.directory))} ({escape(visible(version))})")
    if report.others:
        names = ", ".join(map(visible, report.others[:20])) + (" …" if report.others[20:] else "")
        out.print(f"left out with it, having its text or its address: {escape(names)}")
    for item in report.erased:
        out.print(f"{would}erased: {escape(visible(item.what))} in {escape(visible_path(item.place))}")
    for sentence in report.left:
        err.print(f"[yellow]left[/yellow] {escape(visible(as_options(sentence)))}")
