"""``corpus labelstudio``: a local server, and what goes to a server and comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.table import Table

from corpus.cli.labelstudio_adjudication import show_adjudicating
from corpus.cli.labelstudio_backup import backup_command, restore_command
from corpus.cli.labelstudio_options import ANNOTATIONS, BUILD, Annotations, AsJson, Build, Data, Name, Url
from corpus.cli.labelstudio_standing import show_standing
from corpus.cli.labelstudio_team import app as team_app
from corpus.cli.labelstudio_watch import watch
from corpus.cli.rim import drawn_progress, err, escape, out, print_json, show_findings, visible, visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset
from corpus.labelstudio.adjudicating import adjudicate
from corpus.labelstudio.client import Client
from corpus.labelstudio.connection import connection, ledger_folder, local_server
from corpus.labelstudio.documents import DatasetDocuments
from corpus.labelstudio.install import ensure_installed, exclusive, pinned_version
from corpus.labelstudio.ledger import LEDGER, Ledger
from corpus.labelstudio.private import private_folder
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.server import LocalServer, ServerStatus
from corpus.labelstudio.status import status as standing
from corpus.labelstudio.sync import Material, Options, pull, push, sync
from corpus.labelstudio.work import Side
from corpus.model.finding import Finding, Severity
from corpus.preannotation.quotes import QuotationRules
from corpus.progress import Progress

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
server_app = typer.Typer(no_args_is_help=True)
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


Predictions = Annotated[bool, typer.Option(help="Send the rules' predictions as well.")]
Prefer = Annotated[str | None, typer.Option(metavar="local|server", help="Which side counts where both changed.")]
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
Phase = Callable[[Client, Material, Ledger, Options, Progress], SyncReport]
Place = tuple[Path | None, str | None]
"""The folder of the local server, and the address of another."""


@server_app.command("install")
def install() -> None:
    """Install the local server without starting it (once; start does it too)."""
    with drawn_progress() as progress:
        ensure_installed(progress)
    out.print(f"Label Studio {pinned_version()} is installed.")


@server_app.command("start")
def start(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="The port (default: the last one, or any free one).")] = None,
    webhooks: Annotated[
        bool, typer.Option("--webhooks", help="Let it call this machine and its network, as watch likes it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start the local server; the first start installs it and takes some minutes."""
    local = local_server(Path.cwd(), data)
    with drawn_progress() as progress:
        status = local.start(port, progress, webhooks=webhooks)
    _show_status(local, status, as_json, show_password=False)


@server_app.command("stop")
def stop(data: Data = None) -> None:
    """End the local server; its data stay."""
    ended = local_server(Path.cwd(), data).stop()
    out.print("Label Studio was ended." if ended else "No Label Studio runs here.")


@server_app.command("status")
def status(
    data: Data = None,
    show_password: Annotated[bool, typer.Option(help="Show the log-in as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell whether the local server runs, and where."""
    local = local_server(Path.cwd(), data)
    _show_status(local, local.status(), as_json, show_password=show_password)


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
    options = Options(dry_run, _side(prefer), leave_deleted_tasks, retire_drafts, take_over)
    _run(sync, _material(build, project, annotations, predictions), options, (data, url), as_json)


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
    options = Options(dry_run, retire_drafts=retire_drafts, take_over=take_over)
    _run(push, _material(build, project, annotations, predictions), options, (data, url), as_json)


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
    options = Options(dry_run, _side(prefer), leave_deleted_tasks)
    _run(pull, _material(build, project, annotations, False), options, (data, url), as_json)


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
    options = Options(dry_run, _side(prefer), leave_deleted_tasks, retire_drafts, take_over)
    material = _material(build, project, annotations, False)
    with _connected((data, url), only_looks=dry_run) as (client, ledger, progress):
        found = adjudicate(client, material, ledger, options, progress)
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
    material = _material(build, project, annotations, predictions)
    with _connected((data, url), only_looks=True) as (client, ledger, progress):
        found = standing(client, material, ledger, progress)
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
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1 for hints (default: any free one).")] = 0,
    public_url: Annotated[
        str | None, typer.Option(help="The address under which the server reaches that port, if another.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="End after so many syncs (default: Ctrl-C).")] = None,
    data: Data = None,
) -> None:
    """Sync again and again while people annotate: at the server's hints, and at intervals all the same."""
    folder = private_folder(ledger_folder(Path.cwd()))
    options = Options(False, _side(prefer))

    def sync_once(client: Client) -> SyncReport:
        with exclusive(folder / "lock"), Ledger.open(folder) as ledger:
            return sync(client, _material(build, project, annotations, predictions), ledger, options)

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


def _material(build: Path, project: str | None, annotations: Path, predictions: bool) -> Material:
    dataset = BuiltDataset.open(build)
    return Material(
        name=project or dataset.manifest.name,
        scheme=dataset.scheme,
        documents=DatasetDocuments(dataset),
        folder=annotations,
        preannotator=QuotationRules() if predictions else None,
        guidelines=_guidelines(annotations),
    )


def _run(phase: Phase, material: Material, options: Options, server: Place, as_json: bool) -> None:
    with _connected(server, only_looks=options.dry_run) as (client, ledger, progress):
        report = phase(client, material, ledger, options, progress)
    if as_json:
        print_json(report.as_record())
    else:
        _show(report)
    _finish(report.findings, shown=not as_json)


@contextmanager
def _connected(server: Place, *, only_looks: bool) -> Iterator[tuple[Client, Ledger, Progress]]:
    data, url = server
    with (
        connection(local_server(Path.cwd(), data), url) as client,
        _ledger(only_looks=only_looks) as ledger,
        drawn_progress() as progress,
    ):
        yield client, ledger, progress


@contextmanager
def _ledger(*, only_looks: bool) -> Iterator[Ledger]:
    """Open the ledger here, for one program at a time; who only looks leaves none behind where there was none."""
    folder = ledger_folder(Path.cwd())
    if only_looks and not (folder / LEDGER).exists():
        with Ledger.looking(folder) as ledger:
            yield ledger
        return
    with exclusive(private_folder(folder) / "lock"), Ledger.open(folder) as ledger:
        yield ledger


def _side(prefer: str | None) -> Side | None:
    if prefer is None or prefer == "local" or prefer == "server":
        return cast("Side | None", prefer)
    raise typer.BadParameter(f"--prefer takes local or server, got {prefer!r}.")


def _guidelines(folder: Path) -> str | None:
    path = folder / "guidelines.md"
    try:
        return path.read_text("utf-8") if path.is_file() else None
    except UnicodeDecodeError as error:
        raise UsageError(f"{visible_path(path)} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None


def _show_status(local: LocalServer, status: ServerStatus, as_json: bool, *, show_password: bool) -> None:
    credentials = local.credentials() if status.running else None
    if as_json:
        login = {"username": credentials.username} if credentials else {}
        password = {"password": credentials.password} if credentials and show_password else {}
        print_json(status.as_record() | login | password)
        return
    if credentials is None:
        out.print("No Label Studio runs here.")
        return
    out.print(f"Label Studio:     {status.url}")
    out.print(f"Log in as:        {credentials.username}")
    if show_password:
        out.print(f"Password:         {escape(credentials.password)}")
    else:
        err.print("The password: corpus labelstudio server status --show-password", style="dim")


def _show(report: SyncReport) -> None:
    if report.dry_run:
        err.print("A dry run: nothing was changed on either side. It would be:", style="dim")
    files = ", ".join(sorted({path.name for path in report.files})) or "none"
    sent = (report.annotations_new, report.annotations_updated, report.annotations_deleted)
    _table(
        ("project", f"{report.project}, {'new' if report.is_new else 'was there'}"),
        ("tasks", f"{report.tasks_new} new, {report.tasks_there} were there, {report.tasks_retired} retired"),
        ("predictions", f"{report.predictions_new} new"),
        ("annotations sent", "{} new, {} changed, {} deleted".format(*sent)),
        ("annotations", f"{report.annotations} on the server"),
        ("versions", f"{report.new} new, {report.changed} changed, {report.deleted} deleted"),
        ("moved", f"{report.moved} late submissions"),
        ("conflicts", str(len(report.conflicts))),
        ("files that grew", files),
        ("annotate at", report.url),
    )


def _table(*rows: tuple[str, str]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in rows:
        table.add_row(name, escape(visible(value)))
    out.print(table)


def _finish(findings: list[Finding], *, shown: bool) -> None:
    """Show the findings and exit with 1 where one is an error."""
    if shown:
        show_findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)
