"""``corpus labelstudio``: what goes to a server and comes back, and the commands for all around it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from corpus.api.datasets import ANNOTATIONS, BUILD
from corpus.api.syncing import connected, material_of, pull, push, sync
from corpus.cli.labelstudio_adjudication import show_adjudicating
from corpus.cli.labelstudio_backup import backup_command, restore_command
from corpus.cli.labelstudio_options import Annotations, Build, Data, Name, Url
from corpus.cli.labelstudio_server import app as server_app
from corpus.cli.labelstudio_standing import show_standing
from corpus.cli.labelstudio_team import app as team_app
from corpus.cli.labelstudio_watch import watch
from corpus.cli.options import AsJson
from corpus.cli.rim import drawn_progress, err, escape, print_json, show_findings, visible_path
from corpus.cli.tables import show_table
from corpus.labelstudio.adjudication.adjudicating import adjudicate
from corpus.labelstudio.connection import connection, ledger_folder, local_server
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.status import status as standing
from corpus.labelstudio.sync import Options
from corpus.labelstudio.sync import sync as sync_both
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.work import Side
from corpus.model.counted import count
from corpus.model.finding import Finding, any_error

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
app.add_typer(server_app, name="server", help="Run Label Studio on this machine (127.0.0.1 only).")
app.add_typer(team_app, name="team", help="Invite annotators, share out articles.")
app.command("backup")(backup_command)
app.command("restore")(restore_command)


@app.callback()
def trust(
    ca: Annotated[
        Path | None,
        typer.Option("--ca", help="A PEM file of the authority behind a server's certificate ($LABEL_STUDIO_CA)."),
    ] = None,
) -> None:
    """Annotate in Label Studio: a local server, tasks, and what comes back."""
    if ca is not None:
        os.environ["LABEL_STUDIO_CA"] = str(ca)


Predictions = Annotated[bool, typer.Option(help="Send the rules' predictions, and those of models' files.")]
Prefer = Annotated[Side | None, typer.Option(help="Which side counts where both changed (default: it is told).")]
LeaveDeleted = Annotated[
    bool | None,
    typer.Option(
        "--leave-deleted-tasks/--restore-deleted-tasks",
        help="Leave out (remembered) or put back tasks that were deleted on the server (default: back).",
    ),
]
RetireDrafts = Annotated[bool, typer.Option(help="Replace outdated tasks and change annotations despite drafts.")]
TakeOver = Annotated[bool, typer.Option(help="Let this checkout's texts and screen count from now on.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]


@app.command("sync")
def sync_command(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    predictions: Predictions = True,
    prefer: Prefer = None,
    leave_deleted_tasks: LeaveDeleted = None,
    retire_drafts: RetireDrafts = False,
    take_over: TakeOver = False,
    dry_run: DryRun = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Pull, then push: bring the annotation files and the project into step; twice changes nothing."""
    with drawn_progress() as progress:
        report = sync(
            build,
            annotations=annotations,
            project=project,
            url=url,
            data=data,
            predictions=predictions,
            prefer=prefer,
            leave_deleted_tasks=leave_deleted_tasks,
            retire_drafts=retire_drafts,
            take_over=take_over,
            dry_run=dry_run,
            progress=progress,
        )
    _tell(report, as_json, annotations)


@app.command("push")
def push_command(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    predictions: Predictions = True,
    retire_drafts: RetireDrafts = False,
    take_over: TakeOver = False,
    dry_run: DryRun = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring the project up to this side; what changed there is left for a pull."""
    with drawn_progress() as progress:
        report = push(
            build,
            annotations=annotations,
            project=project,
            url=url,
            data=data,
            predictions=predictions,
            retire_drafts=retire_drafts,
            take_over=take_over,
            dry_run=dry_run,
            progress=progress,
        )
    _tell(report, as_json, annotations)


@app.command("pull")
def pull_command(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    prefer: Prefer = None,
    leave_deleted_tasks: LeaveDeleted = None,
    dry_run: DryRun = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write what annotators did to the annotation files; only what changed becomes a new version."""
    with drawn_progress() as progress:
        report = pull(
            build,
            annotations=annotations,
            project=project,
            url=url,
            data=data,
            prefer=prefer,
            leave_deleted_tasks=leave_deleted_tasks,
            dry_run=dry_run,
            progress=progress,
        )
    _tell(report, as_json, annotations)


@app.command("adjudicate")
def adjudicate_command(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    prefer: Prefer = None,
    leave_deleted_tasks: LeaveDeleted = None,
    retire_drafts: RetireDrafts = False,
    take_over: TakeOver = False,
    dry_run: DryRun = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Ask in a second project what annotators dispute; bring what was decided there into gold."""
    options = Options(dry_run, prefer, leave_deleted_tasks, retire_drafts, take_over)
    material = material_of(build, project, annotations, predictions=False)
    with (
        drawn_progress() as progress,
        connected(Path.cwd(), data, url, progress, only_looks=dry_run) as both,
    ):
        found = adjudicate(both.client, material, both.ledger, options, progress)
    if as_json:
        print_json(found.as_record())
    else:
        show_adjudicating(found)
    _finish(found.sync.findings, shown=not as_json)


@app.command("status")
def project_status(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    predictions: Predictions = True,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Say what a sync would do, who did how much, what was skipped, what has no place; change nothing."""
    material = material_of(build, project, annotations, predictions=predictions)
    with (
        drawn_progress() as progress,
        connected(Path.cwd(), data, url, progress, only_looks=True) as both,
    ):
        found = standing(both.client, material, both.ledger, progress)
    if as_json:
        print_json(found.as_record())
    else:
        _show(found.plan)
        show_standing(found)
    _finish(found.plan.findings, shown=not as_json)


@app.command("watch")
def watch_command(
    build: Build = BUILD,
    project: Name = None,
    url: Url = None,
    annotations: Annotations = ANNOTATIONS,
    predictions: Predictions = True,
    prefer: Prefer = None,
    interval: Annotated[float, typer.Option(help="Seconds after which it looks without a hint.")] = 30,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1 for hints; 0: any free one.")] = 0,
    public_url: Annotated[
        str | None, typer.Option(help="The address under which the server reaches that port, if another.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="End after so many syncs (default: Ctrl-C).")] = None,
    data: Data = None,
) -> None:
    """Sync again and again while people annotate: at the server's hints, and at intervals all the same."""
    folder = ledger_folder(Path.cwd())
    options = Options(False, prefer)

    def sync_once(client: Client) -> SyncReport:
        with Ledger.in_turn(folder) as ledger:
            return sync_both(
                client, material_of(build, project, annotations, predictions=predictions), ledger, options
            )

    with Ledger.open(folder) as ledger:
        owner = ledger.id
    watch(
        lambda: connection(local_server(Path.cwd(), data), url),
        sync_once,
        owner,
        interval,
        port,
        public_url,
        rounds,
    )


def _tell(report: SyncReport, as_json: bool, annotations: Path) -> None:
    if as_json:
        print_json(report.as_record())
    else:
        _show(report)
        if not annotations.is_dir():
            folder = escape(visible_path(annotations))
            err.print(f"[cyan]note[/cyan] {folder}: no such folder yet; a pull of annotations makes it.")
    _finish(report.findings, shown=not as_json)


def _show(report: SyncReport) -> None:
    if report.dry_run:
        err.print("A dry run: nothing was changed on either side. It would be:", style="dim")
    files = ", ".join(sorted({path.name for path in report.files})) or "none"
    sent = (report.annotations_new, report.annotations_updated, report.annotations_deleted)
    rows = (
        ("project", f"{report.project}, {'new' if report.is_new else 'was there'}"),
        ("tasks", f"{report.tasks_new} new, {report.tasks_there} were there, {report.tasks_retired} retired"),
        ("predictions", f"{report.predictions_new} new, {report.predictions_deleted} withdrawn"),
        ("annotations sent", "{} new, {} changed, {} deleted".format(*sent)),
        ("annotations", f"{report.annotations} on the server"),
        ("versions pulled", f"{report.new} new, {report.changed} changed, {report.deleted} deleted"),
        ("moved", count(report.moved, "late submission")),
        ("conflicts", str(len(report.conflicts))),
        ("files that grew", files),
        ("annotate at", report.url),
    )
    show_table(("", ""), rows)


def _finish(findings: list[Finding], *, shown: bool) -> None:
    """Show the findings and exit with 1 where one is an error."""
    if shown:
        show_findings(findings)
    if any_error(findings):
        raise typer.Exit(1)
