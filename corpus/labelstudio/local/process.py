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
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    fields = _stat(pid)
    return None if fields is None else f"{boot} {fields[19]}"


def _stat(pid: int | str) -> list[str] | None:
    """Return what /proc tells of a process from its state on; None where it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in brackets may hold anything
    threads_left = int(fields[17]) > 1  # the first thread may be gone while others still hold a port
    return None if fields[0] in {"Z", "X"} and not threads_left else fields


def end_group(pid: int, mark: str, patience: float = 10.0) -> bool:
    """End the process of that id and mark, and its group; tell whether it was there.

    Asks first, insists after ``patience`` seconds; returns when all of the group are gone, for a child may hold the
    port longer than its parent. A process with another mark is somebody else's and is left alone.
    """
    if start_mark(pid) != mark:
        return False
    try:
        group = os.getpgid(pid) == pid
    except ProcessLookupError:
        return True
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        _signal(pid, number, group=group)
        if _gone(pid, mark, seconds, group=group):
            return True
    return True


def _signal(pid: int, number: signal.Signals, *, group: bool) -> None:
    try:
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, mark: str, seconds: float, *, group: bool) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _collect(pid)
        if start_mark(pid) != mark and not (group and _any_left(pid)):
            return True
        time.sleep(_POLL)
    return False


def _any_left(group: int) -> bool:
    """Tell whether a process of the group still runs; the id of a group is not given anew while it has members."""
    if Path("/proc/self/stat").exists():
        found = (_stat(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return any(fields is not None and int(fields[2]) == group for fields in found)
    asked = subprocess.run(
        ["ps", "-A", "-o", "pgid=", "-o", "stat="],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (line.split() for line in asked.stdout.splitlines())
    return any(row[0] == str(group) and not row[1].startswith("Z") for row in rows if len(row) > 1)


def _collect(pid: int) -> None:
    """Collect the process if it is our child, so that it does not stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
