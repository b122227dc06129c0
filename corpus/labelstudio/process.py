"""A process of our own, known again by its id and its start time, and ended with its whole group."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

__all__ = ["end_group", "start_mark"]

_POLL = 0.1


def start_mark(pid: int) -> str | None:
    """Return what tells this process from a later one of the same id, or None where none runs.

    A process that ended and waits to be collected counts as gone.
    """
    if Path("/proc/self/stat").exists():
        return _proc_mark(pid)
    asked = subprocess.run(  # noqa: S603 - a fixed command, no shell
        ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    )
    said = asked.stdout.strip()
    return None if not said or said.startswith("Z") else " ".join(said.split()[1:])


def _proc_mark(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in brackets may hold anything
    threads_left = int(fields[17]) > 1  # the first thread may be gone while others still hold a port
    ended = fields[0] in {"Z", "X"} and not threads_left
    return None if ended else f"{boot} {fields[19]}"


def end_group(pid: int, mark: str, patience: float = 10.0) -> bool:
    """End the process of that id and mark, and its group; tell whether it was there.

    Asks first, insists after ``patience`` seconds; returns when it is gone. A process with another mark is
    somebody else's and is left alone.
    """
    if start_mark(pid) != mark:
        return False
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        _signal(pid, number)
        if _gone(pid, mark, seconds):
            return True
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, mark: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _collect(pid)
        if start_mark(pid) != mark:
            return True
        time.sleep(_POLL)
    return False


def _collect(pid: int) -> None:
    """Collect the process if it is our child, so that it does not stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
