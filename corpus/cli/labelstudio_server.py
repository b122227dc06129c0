"""``corpus labelstudio server``: Label Studio on this machine, started, looked at and ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.labelstudio_options import Data
from corpus.cli.options import AsJson
from corpus.cli.rim import drawn_progress, err, escape, out, print_json, visible
from corpus.labelstudio.connection import local_server
from corpus.labelstudio.local.install import ensure_installed, pinned_version
from corpus.labelstudio.local.postgres import asked_postgres
from corpus.labelstudio.local.server import LocalServer, ServerStatus

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("install")
def install() -> None:
    """Install the local server without starting it (once; start does it too)."""
    with drawn_progress() as progress:
        ensure_installed(progress)
    out.print(f"Label Studio {pinned_version()} is installed.")


@app.command("start")
def start(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="The port (default: the last one, or any free one).")] = None,
    webhooks: Annotated[
        bool, typer.Option("--webhooks", help="Let it call this machine and its network, as watch likes it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start the local server; the first start installs it and takes some minutes.

    With DJANGO_DB=default and POSTGRE_HOST, _PORT, _NAME, _USER, _PASSWORD set, a new one keeps its data in that
    PostgreSQL database instead of an SQLite file; later starts remember it, and need POSTGRE_PASSWORD alone.
    """
    local, database = local_server(Path.cwd(), data), asked_postgres()
    with drawn_progress() as progress:
        status = local.start(port, progress, webhooks=webhooks, database=database)
    _show_status(local, status, as_json, show_password=False)


@app.command("stop")
def stop(data: Data = None) -> None:
    """End the local server; its data stay."""
    ended = local_server(Path.cwd(), data).stop()
    out.print("Label Studio was ended." if ended else "No Label Studio runs here.")


@app.command("status")
def status(
    data: Data = None,
    show_password: Annotated[bool, typer.Option(help="Show the password as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell whether the local server runs, and where."""
    local = local_server(Path.cwd(), data)
    _show_status(local, local.status(), as_json, show_password=show_password)


def _show_status(local: LocalServer, status: ServerStatus, as_json: bool, *, show_password: bool) -> None:
    credentials = local.credentials() if status.running else None
    if as_json:
        login = {"username": credentials.username} if credentials else {}
        password = {"password": credentials.password} if credentials and show_password else {}
        print_json(status.as_record() | login | password)
        return
    if credentials is None:
        there = (
            f" One runs on these data elsewhere: {escape(visible(status.elsewhere))}." if status.elsewhere else ""
        )
        out.print(f"No Label Studio runs here.{there}")
        return
    out.print(f"Label Studio:     {status.url}")
    out.print(f"Log in as:        {credentials.username}")
    if show_password:
        out.print(f"Password:         {escape(credentials.password)}")
    else:
        err.print("The password: corpus labelstudio server status --show-password", style="dim")
