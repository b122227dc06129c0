"""``corpus labelstudio watch``: keep both sides in step while people annotate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice

from corpus.cli.called import as_options
from corpus.cli.rim import ended_in_order, err, escape, out, show_findings, visible
from corpus.errors import ServerError, UsageError
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.watching import Doorbell, Trouble, hang_up, ring_at, rounds
from corpus.labelstudio.wire.client import Client
from corpus.model.counted import count

__all__ = ["watch"]

Connect = Callable[[], Client]
Sync = Callable[[Client], SyncReport]


def watch(
    connect: Connect, sync: Sync, owner: str, interval: float, port: int, public_url: str | None, most: int | None
) -> None:
    """Sync until Ctrl-C (or ``most`` times) and print what changed; the server may come and go meanwhile.

    Raises:
        UsageError: the interval is not positive, or the port is in use.
        CorpusError: the first sync cannot work until somebody does something.
    """
    if not interval > 0:
        raise UsageError(f"--interval must be more than 0 seconds, got {interval:g}.")
    with _doorbell(port) as bell, ended_in_order(KeyboardInterrupt):
        session = _Session(connect, sync, owner, public_url or bell.url, bell)
        try:
            for outcome in islice(rounds(session.round, bell.rung, interval), most):
                _tell(outcome, session)
        finally:
            session.end()


class _Session:
    """One run: it asks for hints as soon as the project is there, and takes them back at the end."""

    def __init__(self, connect: Connect, sync: Sync, owner: str, url: str, bell: Doorbell) -> None:
        self.connect, self.sync, self.owner, self.url, self.bell = connect, sync, owner, url, bell
        self.project: int | None = None
        self.is_rung: bool | None = None
        self.findings: set[str] = set()

    def round(self) -> SyncReport:
        with self.connect() as client:
            report = self.sync(client)
            if self.project != report.project:  # at first, and where it was made anew on the server
                self.project = report.project
                self.is_rung = ring_at(client, report.project, self.url, self.bell, self.owner)
                if not self.is_rung:
                    err.print(
                        "The server sends no webhooks to this machine; it is asked at intervals.", style="dim"
                    )
        return report

    def end(self) -> None:
        if self.project is not None and self.is_rung:
            with suppress(ServerError), self.connect() as client:
                hang_up(client, self.project, self.owner)


def _tell(outcome: SyncReport | Trouble, session: _Session) -> None:
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    if not isinstance(outcome, SyncReport):
        said = (
            f"{outcome.filename or 'The system'}: {outcome.strerror}." if isinstance(outcome, OSError) else outcome
        )
        err.print(f"{now} {escape(visible(as_options(str(said))))} Trying again.")
        return
    if not outcome.is_quiet:
        pulled = f"pulled {outcome.new} new, {outcome.changed} changed, {outcome.deleted} deleted"
        annotations = outcome.annotations_new + outcome.annotations_updated
        sent = f"sent {count(outcome.tasks_new, 'task')}, {count(annotations, 'annotation')}"
        out.print(f"{now} {pulled}; {sent}")
    fresh = [finding for finding in outcome.findings if str(finding.as_record()) not in session.findings]
    session.findings |= {str(finding.as_record()) for finding in fresh}
    show_findings(fresh)


@contextmanager
def _doorbell(port: int) -> Iterator[Doorbell]:
    try:
        bell = Doorbell(port)
    except OSError as error:
        raise UsageError(f"Port {port} of 127.0.0.1 cannot be listened on: {error.strerror}.") from None
    with bell:
        yield bell
