"""What an archive holds, by names that are checked: each member once, and what is wrong with the others."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.model.finding import Severity
from corpus.readers.kinds import read_name
from corpus.readers.opening import visible

__all__ = ["UNREAD_MEMBERS", "Contents", "Member", "Trouble", "is_hidden"]

UNREAD_MEMBERS = (
    "damaged-archive",
    "duplicate-member",
    "encrypted-member",
    "linked-member",
    "special-member",
    "unsafe-member",
    "unsupported-member",
)
"""Findings on what an archive holds and nobody reads."""

_DRIVE = re.compile(r"[A-Za-z]:(?:/|$)")
_LONGEST = 4096
"""Letters of a name: no file system takes a longer path."""
_HOPS = 40
"""Links on the way to a file: Linux follows as many."""
_OF_MACS = "__MACOSX"
"""A folder of this name holds what macOS knows of the other members, no documents."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    size: int
    """In bytes, unpacked, as the archive tells it."""
    at: int
    """Where it lies: its first byte in a tar, the number of its entry in a zip's directory."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an archive, or with one name in it."""

    code: str
    name: str
    """The member's, printable; empty for the archive itself."""
    message: str
    severity: Severity

    @property
    def hidden(self) -> bool:
        """Whether it speaks of a member that is passed over anyway."""
        return is_hidden(self.name.split("/")) if self.name else False


@dataclass(slots=True)
class Contents:
    """The members of an archive by their names, with "/" between the parts, and what is wrong."""

    members: dict[str, Member] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    copies: int = 0
    """How many members are other names of one."""
    _links: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Symbolic links: what they lead to from the root (empty where it is outside), and where they lie."""

    def add(self, name: str, member: Member) -> None:
        """Take in a file; of several of one name the last one stays, as unpacking would leave it."""
        key = self._key(name)
        if key is None:
            return
        if key in self.members:
            message = "Several members have this name; the last is read, as unpacking leaves it: rename the others."
            self.trouble("duplicate-member", key, message)
        self.members[key] = member

    def add_copy(self, name: str, of: str) -> None:
        """Take in a hard link: another name of a member that came before."""
        member = self.members.get("/".join(_parts(of) or ()))
        if member is None:
            self.trouble("linked-member", name, "This is a link to a file that is not in the archive before it.")
        else:
            self.add(name, member)
            self.copies += 1

    def add_link(self, name: str, target: str, at: int) -> None:
        """Take in a symbolic link that lies ``at`` a place; where it leads to is looked at in :meth:`close`."""
        key = self._key(name)
        if key is not None:
            meant = posixpath.normpath(posixpath.join(posixpath.dirname(key), target))
            self._links[key] = "" if target.startswith("/") or meant.startswith("../") else meant, at

    def trouble(self, code: str, name: str, message: str, severity: Severity | None = None) -> None:
        """Note what is wrong; with what is no document by its name it is a warning."""
        if severity is None:
            read = not name or read_name(name.rpartition("/")[2]) is not None
            severity = Severity.ERROR if read else Severity.WARNING
        self.troubles.append(Trouble(code, visible(name), message, severity))

    def close(self) -> None:
        """Tell of the links that lead to nothing in the archive; what others lead to is read by its own name."""
        for name in self._leading_nowhere(self.members):
            message = "This link leads to nothing in the archive, and out of it nothing is followed."
            self.trouble("linked-member", name, message)

    def links_lost(self, gone: Collection[str]) -> set[int]:
        """Return where the links lie that lead to nothing without some members."""
        return {self._links[name][1] for name in self._leading_nowhere(self.members.keys() - set(gone))}

    def _leading_nowhere(self, members: Collection[str]) -> Iterator[str]:
        there = sorted(members) if self._links else []
        return (name for name, (meant, _) in self._links.items() if not self._leads_to(there, meant))

    def _leads_to(self, there: Sequence[str], meant: str) -> bool:
        """Tell whether a link leads, over others perhaps, to a member or a folder of some; ``there`` ascends."""
        for _ in range(_HOPS):
            if meant not in self._links:
                break
            meant = self._links[meant][0]
        file, below = bisect_left(there, meant), bisect_left(there, f"{meant}/")
        return (
            meant == "."
            or there[file : file + 1] == [meant]
            or any(name.startswith(f"{meant}/") for name in there[below : below + 1])
        )

    def _key(self, name: str) -> str | None:
        """Return a member's name without what says nothing, None for one that leads out of the archive."""
        parts = _parts(name)
        if parts is None:
            message = "Its name leads out of the archive, or is no path at all; pack it anew under another."
            self.trouble("unsafe-member", name, message)
        return "/".join(parts) if parts else None


def is_hidden(parts: Iterable[str]) -> bool:
    """Tell whether a member is passed over, as hidden files of folders are, by the parts of its name."""
    return any(part == _OF_MACS or (part.startswith(".") and part not in (".", "..")) for part in parts)


def _parts(name: str) -> tuple[str, ...] | None:
    """Return the parts of a member's name, None where it is no path below the archive.

    >>> _parts("./2026//a.txt"), _parts("../a.txt"), _parts("/etc/a.txt"), _parts("C:/a.txt")
    (('2026', 'a.txt'), None, None, None)
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts or "\0" in name or not parts:
        return None
    return parts if len(name) <= _LONGEST else None
