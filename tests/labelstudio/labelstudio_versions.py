"""Servers of other versions than the pinned one: installed once each, beside the toolkit's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from labelstudio_postgres import CHOSEN as POSTGRES
from labelstudio_postgres import running_cluster

from corpus.files import in_turn
from corpus.labelstudio.ledger.private import private_folder
from corpus.labelstudio.local.install import (
    DATABASE,
    Installation,
    cache_root,
    ensure_installed,
    migrate,
    quiet_environment,
)
from corpus.labelstudio.local.postgres import keep_postgres
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.answers import RefusedError
from corpus.progress import SILENT, Progress

CHOSEN = "NEWSCORPUS_TEST_SERVER"
"""Names the version that the tests' server is to have, where that is not the pinned one."""


@contextmanager
def own_server(data_dir: Path, progress: Progress = SILENT, *, webhooks: bool = False) -> Iterator[LocalServer]:
    """Start a server of the version that $NEWSCORPUS_TEST_SERVER names, else of the pinned one, and end it.

    With $NEWSCORPUS_TEST_POSTGRES its data lie in a PostgreSQL database.
    """
    version = os.environ.get(CHOSEN)
    install: Callable[[Progress], Installation] = Version(version) if version else ensure_installed
    server = LocalServer(data_dir, install)
    with own_database(server, install, progress):
        try:
            server.start(progress=progress, webhooks=webhooks)
            yield server
        finally:
            server.stop()


@contextmanager
def own_database(
    server: LocalServer, install: Callable[[Progress], Installation], progress: Progress
) -> Iterator[None]:
    """Give a new server the database that the tests are to run with."""
    if not os.environ.get(POSTGRES):
        yield
        return
    with running_cluster() as cluster:
        installation = install(progress)
        progress.step("preparing a PostgreSQL database")
        private_folder(server.data_dir)
        keep_postgres(server.data_dir, cluster.migrated(installation))
        yield


@contextmanager
def where_offered(what: str) -> Iterator[None]:
    """Skip a test of what a chosen version does not offer; the pinned one must."""
    try:
        yield
    except RefusedError as refusal:
        if not os.environ.get(CHOSEN) or refusal.status not in (404, 405):
            raise
        pytest.skip(f"Label Studio {os.environ[CHOSEN]} offers no {what}")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of Label Studio from the package index, with what pip finds for it today."""

    number: str

    def __call__(self, progress: Progress) -> Installation:
        """Return its installation, made first where it is missing (some minutes, 1 GB)."""
        made = _Older(cache_root() / f"label-studio-version-{self.number}")
        made.folder.mkdir(parents=True, exist_ok=True)
        with in_turn(made.folder / "lock", progress):
            if not made.has_environment:
                progress.step(f"installing Label Studio {self.number}")
                self._install(made)
            if not made.template.is_file():
                progress.step(f"preparing the database of Label Studio {self.number}")
                _migrate(made)
        return made

    def _install(self, made: Installation) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        venv = made.folder / "venv"
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)], environment)
        pip = [str(made.python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        _run([*pip, f"label-studio=={self.number}"], environment)
        made.marker.touch()


class _Older(Installation):
    """An installation whose server need not know every argument that the pinned one knows."""

    __slots__ = ()

    def command(self, *arguments: str) -> list[str]:
        """Return the command line, without what the version does not know."""
        (parser,) = self.folder.glob("venv/lib/python*/site-packages/label_studio/core/argparser.py")
        known = parser.read_text(encoding="utf-8")
        taken = [a for a in arguments if not a.startswith("--") or a in known]
        return [str(self.python), "-m", "label_studio.server", *taken]


def _migrate(made: Installation) -> None:
    work = made.folder / "template.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    environment = {**quiet_environment(work), "SECRET_KEY": "no secret: this database has no user"}
    migrate(made, environment, "make its database")
    (work / DATABASE).replace(made.template)
    shutil.rmtree(work)


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
