"""What strikes a sync: faults on its way to the server, and the end of the process or of the disk at any step.

A process is struck in a child of its own. An audit hook of Python's sees every file that is opened for writing,
renamed or removed below the checkout, so that each step there is can be the last one, whatever the toolkit
itself calls a step.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from labelstudio_proxy import FAULTS, Fate, Plan

from corpus.errors import CorpusError
from corpus.labelstudio.ledger import journal
from corpus.labelstudio.wire.client import Patience, connect
from corpus.model.document import Document

Result = TypeVar("Result")
Sync = Callable[[Any, Path, str, tuple[Document, ...]], Result]
"""What a run does, with a client, in a folder, under a name, for documents."""
QUICK = Patience(attempts=2, first_wait=0.01, longest_wait=0.02, connect=5, answer=20)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"})
KILLED, BROKE, FULL, CRASHED = -signal.SIGKILL, 3, 28, 70


class Blow(StrEnum):
    """What strikes the process of a sync."""

    KILL_AT_FILE = "killed before a change to a file"
    KILL_BEFORE_REQUEST = "killed before a request"
    KILL_AFTER_REQUEST = "killed after a request, before its answer was used"
    KILL_AT_STEP = "killed at a step of the journal"
    DISK_FULL = "no space left at a change to a file"
    DISK_FILLS = "no space left within a file"


OCCASIONS = {
    Blow.KILL_AT_FILE: 5,
    Blow.KILL_BEFORE_REQUEST: 14,
    Blow.KILL_AFTER_REQUEST: 14,
    Blow.KILL_AT_STEP: 30,
    Blow.DISK_FULL: 5,
    Blow.DISK_FILLS: 60_000,
}
"""How late each may strike: about as many occasions as a small sync has."""


@dataclass(frozen=True)
class Strike:
    """A blow at the nth occasion (from 1); for a disk that fills, after n bytes of a file."""

    blow: Blow
    number: int


@dataclass(frozen=True)
class Job(Generic[Result]):
    """One sync, as a child process is told to do it."""

    url: str
    token: str
    folder: Path
    name: str
    documents: tuple[Document, ...]
    sync: Sync[Result]

    def run(self) -> Result:
        """Sync once, here and now, and return what that gives.

        Raises:
            CorpusError: what the toolkit says when it cannot go on.
        """
        with connect(self.url, self.token, patience=QUICK) as client:
            return self.sync(client, self.folder, self.name, self.documents)


def bursts(random: Any) -> tuple[Plan, list[int]]:
    """Return a plan for a proxy that lets some requests pass, then breaks a few in a row; and its counter."""
    first, length = random.randint(0, 14), random.choice((1, 1, 2, 3, 5))
    fates = [random.choice(FAULTS) for _ in range(length)]
    count = [0]

    def plan(_method: str, _path: str) -> Fate:
        number = count[0] - first
        count[0] += 1
        return fates[number] if 0 <= number < length else Fate.PASS

    return plan, count


def struck(job: Job[Any], strike: Strike, report: Path) -> int:
    """Sync in a child process and strike it; return its exit code (see the names above; 0: nothing struck)."""
    child = _CHILDREN.Process(target=_child, args=(job, strike, report))
    child.start()
    child.join(120)
    if child.is_alive():
        child.kill()
        child.join()
        raise AssertionError(f"a sync hangs ({strike.blow}, {strike.number})")
    code = child.exitcode
    child.close()
    assert code is not None
    return code


_CHILDREN = multiprocessing.get_context("forkserver")
_CHILDREN.set_forkserver_preload(
    ["label_studio_sdk.client", "label_studio_sdk.tokens.client_ext", "tenacity", "corpus.cli.labelstudio"]
)


def _child(job: Job[Any], strike: Strike, report: Path) -> None:
    """Run a job to its end or to the strike, and leave without any clean-up of Python's."""
    try:
        _arm(strike, str(job.folder))
        job.run()
    except (CorpusError, OSError) as error:
        if _is_full(error):
            os._exit(FULL)
        os._exit(BROKE)
    except BaseException as error:
        if _is_full(error):
            os._exit(FULL)
        report.write_text(traceback.format_exc(), "utf-8")
        os._exit(CRASHED)
    os._exit(0)


def _is_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG):
            return True
        if isinstance(error, sqlite3.OperationalError):
            return True  # what SQLite says of a disk that is full
        error = error.__cause__ or error.__context__
    return False


def _arm(strike: Strike, folder: str) -> None:
    count = [0]

    def hit() -> bool:
        count[0] += 1
        return count[0] == strike.number

    def on_file(event: str, arguments: tuple[Any, ...]) -> None:
        if not _is_change(event, arguments, folder) or not hit():
            return
        if strike.blow is Blow.DISK_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))
        _die()

    if strike.blow in (Blow.KILL_AT_FILE, Blow.DISK_FULL):
        sys.addaudithook(on_file)
    elif strike.blow is Blow.DISK_FILLS:
        resource.setrlimit(resource.RLIMIT_FSIZE, (strike.number, resource.RLIM_INFINITY))
    elif strike.blow is Blow.KILL_AT_STEP:
        journal.on_step = lambda _name: _die() if hit() else None
    else:
        _arm_requests(strike.blow, hit)


def _arm_requests(blow: Blow, hit: Callable[[], bool]) -> None:
    import httpx

    real = httpx.Client.send

    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        strikes = hit()
        if strikes and blow is Blow.KILL_BEFORE_REQUEST:
            _die()
        response = real(self, request, **options)
        if strikes:
            _die()
        return response

    httpx.Client.send = send  # type: ignore[method-assign]


def _is_change(event: str, arguments: tuple[Any, ...], folder: str) -> bool:
    if event == "open":
        path, _, flags = arguments
        return isinstance(flags, int) and bool(flags & _WRITES) and _lies_below(path, folder)
    return event in _CHANGES and any(_lies_below(argument, folder) for argument in arguments)


def _lies_below(path: object, folder: str) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(folder)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
