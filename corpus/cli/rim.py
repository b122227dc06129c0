"""The rim: where an error becomes a sentence and an exit code, and findings and progress are shown.

Exit codes: 0 all well; 1 done, but something in the data is wrong (it is listed); 2 the call cannot be
carried out as it was asked; 3 cannot go on (unreadable source, broken data, server); 130 interrupted;
141 who read the output has gone; 143 told to end (SIGTERM).
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from corpus.cli.called import as_options
from corpus.cli.streams import STREAMS, ReaderGone
from corpus.errors import CorpusError, UsageError
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity, any_error

__all__ = [
    "document_bytes",
    "drawn_progress",
    "ended_in_order",
    "err",
    "escape",
    "fault_code",
    "out",
    "print_json",
    "run",
    "show_findings",
    "show_skipped",
    "visible",
    "visible_path",
]

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
"""Without emoji: the ":100:" of a place in a file is a line's number."""

_CALL_ERRORS: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
"""Click's base error, whether Typer brings its own Click (0.29) or uses the package."""
_INTERRUPTED = 130
_MOST = 50
"""Findings, or names, that are listed."""
_LOOP = "Symlink loop from "
"""What pathlib says, until Python 3.13, of a link that leads back to itself; no error of the operating system."""
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; never raises but for a defect of ours."""
    try:
        with ended_in_order(_Ended):
            result = typer.main.get_command(app).main(
                args=list(arguments) if arguments is not None else None, prog_name="corpus", standalone_mode=False
            )
            sys.stdout.flush()  # what cannot be written is an error like others, not one of the last moment
    except _CALL_ERRORS as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()
        else:
            _say(_call_sentence(error))
        return 2
    except UsageError as error:
        _say(str(error))
        return 2
    except CorpusError as error:
        _say(str(error))
        return 3
    except OSError as error:
        _say(_os_sentence(error))
        return 3
    except RuntimeError as error:
        _, found, loop = str(error).partition(_LOOP)
        if not found:
            raise
        _say(f"{loop}: this link leads back to itself; mend it, or name another place.")
        return 2
    except UnicodeEncodeError as error:
        if not _is_of_a_name(error):
            raise
        _say(f"{error.object}: the name has bytes that are no UTF-8, so Parquet files cannot lie there; rename it.")
        return 2
    except ReaderGone:
        return 141
    except (typer.Abort, KeyboardInterrupt):
        result = _INTERRUPTED
    except _Ended:
        _say("told to end; what was finished before is kept.")
        return 143
    if result == _INTERRUPTED:  # as Typer hands on Ctrl-C, too
        _say("interrupted; what was finished before is kept.")
    return result if isinstance(result, int) else 0


class _Ended(BaseException):
    """The system wants the process to end."""


@contextmanager
def ended_in_order(ending: type[BaseException]) -> Iterator[None]:
    """Let a SIGTERM unwind what runs with this exception, so that everything is put away."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one must not cut the clearing up short
        raise ending

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _say(sentence: str) -> None:
    with suppress(OSError, ReaderGone):  # the exit code tells it too
        err.print(f"[red]corpus:[/red] {escape(visible(as_options(sentence)))}")


def _is_of_a_name(error: UnicodeEncodeError) -> bool:
    """Tell whether it is of bytes in a file's name, which Python hands on as it does for no other text."""
    return all("\udc80" <= c <= "\udcff" for c in error.object[error.start : error.end])


def _call_sentence(error: Any) -> str:
    """Return what a call's error says; what Typer leaves to pydantic is told as expected and got."""
    said = str(error.format_message()).replace("Value error, ", "")
    before, found, expected = said.partition("Input should be ")
    if not found:
        told = type(error).__name__ == "BadParameter" or said.endswith("?") or error.ctx is None
        return said if told else f"{said.rstrip('.')}; `{error.ctx.command_path} --help` tells the rest."
    checked: list[Any] = getattr(error.__cause__, "errors", list)()
    got = f", got {str(checked[0]['input'])!r}" if checked else ""
    return f"{before}expected {expected.split(', unable')[0].rstrip('.')}{got}."


_WAYS_OUT = {
    "; make room there, or name another place": {errno.ENOSPC, errno.EDQUOT, errno.EFBIG},
    "; name a place where you may write": {errno.EROFS},
    "; have its permissions changed, or name another place": {errno.EACCES, errno.EPERM},
    "; name a folder": {errno.ENOTDIR, errno.EEXIST},
}


def _os_sentence(error: OSError) -> str:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    place = (full and error.filename2) or error.filename
    where = f"{place}: " if place else ""
    way_out = next((told for told, numbers in _WAYS_OUT.items() if error.errno in numbers), "")
    told = os.strerror(error.errno) if error.errno and error.errno in errno.errorcode else error.strerror or error
    left = "what is there is not whole" if place in STREAMS.values() else "nothing half-written is left"
    return f"{where}{told} (the operating system refused; {left}){way_out}."


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return text on one line that shows what a terminal would obey: no file's name or text can forge output.

    The joiners of emoji and Persian are left alone; so are line feeds and tabs where the ``lines`` are our own.

    >>> print(visible("one\nall well\x1b[2J"))
    one\nall well\x1b[2J
    """
    if text.isprintable():
        return text
    kept = "\n\t\u200c\u200d" if lines else "\u200c\u200d"
    return "".join(c if c.isprintable() or c in kept else repr(c)[1:-1] for c in text)


def document_bytes(mebibytes: float) -> int:
    """Return ``--max-document-mib`` in bytes.

    Raises:
        UsageError: it is no size.
    """
    if not 0 < mebibytes < 2**20:
        raise UsageError(f"--max-document-mib takes a size in MiB that is greater than 0, got {mebibytes:g}.")
    return max(1, int(mebibytes * 2**20))


def fault_code(findings: Iterable[Finding], *, written: bool) -> int:
    """Tell what was done with faults in its sources from what was not: sources not there, or all unreadable."""
    if written:
        return 1
    return 2 if all(finding.code == "no-such-source" for finding in findings) else 3


def visible_path(path: Path) -> str:
    """Return a path as text that a terminal can show."""
    return visible(str(path))


def show_findings(findings: Iterable[Finding], limit: int = _MOST) -> bool:
    """Print findings to standard error, the worst first, and tell whether one of them is an error.

    What is beyond ``limit`` is counted: a corpus of some weeks has more notes (on older versions, say) than anybody
    reads, and no error may go unseen among them.
    """
    listed = sorted(findings, key=lambda finding: _RANKS[finding.severity])
    for finding in listed[:limit]:
        colour = _COLOURS[finding.severity]
        place, message = escape(visible(finding.place)), escape(visible(as_options(finding.message)))
        err.print(f"[{colour}]{finding.severity}[/{colour}] {place}: {message} [dim]\\[{finding.code}][/dim]")
    if len(listed) > limit:
        left = Counter(finding.severity for finding in listed[limit:])
        told = " and ".join(count(number, severity) for severity, number in left.items())
        err.print(f"… and {told} more; --json lists all of them.")
    return any_error(listed)


def show_skipped(names: Sequence[str]) -> None:
    """Name on standard error the files and folders that were passed over, where there are any."""
    if names:
        more = f" … and {len(names) - _MOST:,} more; --json lists all of them." if len(names) > _MOST else ""
        err.print(f"passed over: {escape(visible(', '.join(names[:_MOST])))}{more}")


def print_json(value: object) -> None:
    """Print a value as JSON to standard output, one document, readable; what a terminal would obey is escaped."""
    lines = json.dumps(value, ensure_ascii=False, indent=2).split("\n")
    sys.stdout.writelines(f"{_escaped(line)}\n" for line in lines)


def _escaped(line: str) -> str:
    """Return a line of JSON with the same meaning, in which every character can be shown."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else json.dumps(c)[1:-1] for c in line)


class _Drawn:
    """Progress as a bar on standard error; plain lines where that is no terminal."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = None if not err.is_terminal else bar.add_task("", total=None)

    def step(self, text: str) -> None:
        if self._task is None:
            err.print(f"{text} …")
        else:
            self._bar.reset(self._task, description=text, total=None)

    def advance(self, done: int, total: int | None) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)


@contextmanager
def drawn_progress() -> Iterator[_Drawn]:
    """Draw progress on standard error while the block runs."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal) as bar:
        yield _Drawn(bar)
