"""Which Label Studio a server is: one that is too old for a sync is refused, or leaves out what counts."""

from __future__ import annotations

import re
from typing import Any

from corpus.errors import ServerError
from corpus.labelstudio.wire.client import Client, RefusedError, records

__all__ = ["OLDEST", "left_out", "refuse_old", "release_of", "require_told"]

OLDEST = (1, 8, 2)
"""The oldest version a sync works with: those before do not keep the number that an annotation was sent under, and
what came from here would come back as somebody else's."""
_OLDEST = ".".join(map(str, OLDEST))
_RELEASE = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}(?!\d)[\w.+-]{0,20}", re.ASCII)


def release_of(client: Client) -> str | None:
    """Return the version of Label Studio that a server says it runs ("1.23.2"), None where it says none.

    Raises:
        ServerError: the server cannot be reached.
    """
    try:
        said = client.get("/api/version")
    except RefusedError:
        return None
    release = said.get("release") if isinstance(said, dict) else None
    return release if isinstance(release, str) and _RELEASE.fullmatch(release) else None


def refuse_old(client: Client) -> None:
    """Refuse a server of a version before :data:`OLDEST`; one that does not say its version is not.

    Raises:
        ServerError: it is one, or cannot be reached.
    """
    release = release_of(client)
    if release is None:
        return
    if tuple(int(number) for number in re.findall(r"\d+", release)[:3]) < OLDEST:
        raise ServerError(
            f"{client.url} runs Label Studio {release}, which does not keep what a sync goes by: expected "
            f"{_OLDEST} or newer, and nothing was sent; update it (its projects stay), or start one with corpus "
            "labelstudio server start."
        )


def left_out(annotation: dict[str, Any], *needed: str) -> list[str]:
    """Return what an annotation's record does not tell, be it null, though the server did not fail to read it."""
    return [] if annotation.get("unreadable") is True else [name for name in needed if name not in annotation]


def require_told(client: Client, task: dict[str, Any], *needed: str) -> None:
    """Make sure that each annotation in a task's record tells what is needed, be it null.

    One without its ``import_id`` would be taken for a stranger's, one without its ``result`` for an empty one.

    Raises:
        ServerError: something is left out, though the server did not fail to read it.
    """
    for annotation in records(task.get("annotations")):
        lacking = left_out(annotation, *needed)
        if lacking:
            which = f"annotation {annotation.get('id')} of task {task.get('id')}"
            raise ServerError(
                f"{client.url} lists {which} without its {lacking[0]}, so none of it was read: expected Label "
                f"Studio {_OLDEST} or newer, got one that works otherwise; update it (its projects stay)."
            )
