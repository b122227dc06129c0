"""Who is behind a user's number, also where the server's list of users does not tell it (any more).

Of people who were removed the list tells one word for all ("Deleted"), and a key may lose the right to see it. What
somebody made still names them: so one annotation of theirs is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.labelstudio.wire.client import Client, RefusedError

__all__ = ["Addresses"]

_NAMED = re.compile(r"(?:.*\s)?(\S+@\S+), (\d+)", re.DOTALL)
"""An annotation's ``created_username``: perhaps a name, then address and number."""


class Addresses:
    """E-mail addresses by user number; each that the list lacks is asked for once."""

    def __init__(self, client: Client, listed: Mapping[int, str]) -> None:
        self.client, self.known = client, dict[int, str | None](listed)

    def of(self, user: int | None, annotation: int) -> str | None:
        """Return the address of the user who made an annotation, None where nothing tells it.

        Raises:
            UnreachableError: there was no usable answer.
        """
        if user is None:
            return None
        if user not in self.known:
            self.known[user] = self._asked(user, annotation)
        return self.known[user]

    def _asked(self, user: int, annotation: int) -> str | None:
        try:
            record = self.client.get(f"/api/annotations/{annotation}/")
        except RefusedError as refusal:
            if refusal.status not in (403, 404):
                raise
            return None
        told = record.get("created_username") if isinstance(record, dict) else None
        found = _NAMED.fullmatch(told) if isinstance(told, str) and told.isprintable() else None
        return found[1] if found is not None and int(found[2]) == user else None
