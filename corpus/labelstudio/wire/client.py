"""A thin connection to a Label Studio server: raw JSON in and out, and one sentence for each failure.

The SDK's typed models are not used, since they reshape dates and drop what they do not know. The key is never
in a message, a log or a ``repr``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from corpus.errors import ServerError
from corpus.labelstudio.wire.answers import BusyError, NotSentError, RefusedError, UnreachableError
from corpus.labelstudio.wire.salvage import salvaged
from corpus.labelstudio.wire.transport import Patience, Transport, open_transport

__all__ = [
    "BusyError",
    "Client",
    "NotSentError",
    "Patience",
    "RefusedError",
    "UnreachableError",
    "connect",
    "is_id",
    "records",
]

Json = Any
_PAGE = 250
_REMOVED = "deleted"
"""What stands in the place of a removed person's address."""


class Client:
    """One server and one user's key. Made by :func:`connect`.

    Reading is repeated where no answer came; writing only where it surely was not carried out: after an
    :class:`UnreachableError` the caller must look before it writes again.
    """

    def __init__(self, transport: Transport) -> None:
        self.url = transport.url
        self._transport = transport

    def __enter__(self) -> Client:
        """Give the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def __repr__(self) -> str:
        """Name the server, not the key."""
        return f"Client({self.url!r})"

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._transport.requests

    @property
    def ahead(self) -> float | None:
        """How many seconds the server's clock was before this one's at its last answer."""
        return self._transport.ahead

    def close(self) -> None:
        """Close the connections; the client can be used in a ``with`` statement as well."""
        self._transport.close()

    def get(self, path: str, **query: object) -> Json:
        """Return the JSON at a path; tried several times where no answer came.

        Raises:
            RefusedError: the server refused.
            UnreachableError: there was no usable answer.
        """
        return self._transport.request("GET", path, query, repeatable=True)

    def send(self, method: str, path: str, body: Json = None, *, repeatable: bool = False, **query: object) -> Json:
        """Send JSON and return the answer's JSON (None where it is empty).

        It is sent again where it surely was not carried out. ``repeatable`` says that twice is the same as
        once, so that it is sent again also where that is open; a deletion always is.

        Raises:
            RefusedError: the server refused; nothing was changed.
            UnreachableError: it is unknown whether anything was changed.
        """
        return self._transport.request(method, path, query, body, repeatable=repeatable or method == "DELETE")

    def whoami(self) -> tuple[int, str]:
        """Return the id and the e-mail address of the key's owner."""
        me = self.get("/api/current-user/whoami")
        if not (isinstance(me, dict) and isinstance(me.get("id"), int) and isinstance(me.get("email"), str)):
            raise ServerError(f"{self.url} does not say whose key this is; is it a Label Studio server?")
        return me["id"], me["email"]

    def users(self) -> dict[int, str]:
        """Return the e-mail address of every user by id; empty where the key may not see them.

        People who were removed are not among them: the server lists all of them under one word.
        """
        try:
            found = self.get("/api/users/")
        except RefusedError as refusal:
            if refusal.status in (403, 404):
                return {}
            raise
        listed = found.get("results", []) if isinstance(found, dict) else found
        known = [(user.get("id"), user.get("email")) for user in records(listed)]
        told = Counter(email.casefold() for _, email in known if isinstance(email, str))
        return {
            number: email
            for number, email in known
            if is_id(number)
            and isinstance(email, str)
            and email.isprintable()
            and email.casefold() != _REMOVED
            and told[email.casefold()] == 1
        }

    def projects(self) -> Iterator[dict[str, Json]]:
        """Yield every project with id, title, description, label_config and expert_instruction."""
        fields = "id,title,description,label_config,expert_instruction"
        yield from self._pages("/api/projects/", "results", 100, fields, {})

    def tasks(
        self, project: int, include: str, page_size: int = _PAGE, **query: object
    ) -> Iterator[dict[str, Json]]:
        """Yield every task of a project, with the named fields (nested ones are named likewise).

        A task or annotation that the server fails to write is a record with ``unreadable`` and without what
        cannot be read (see :mod:`corpus.labelstudio.wire.salvage`). ``query`` narrows the list down as the server's
        own views do.
        """
        query = {"project": project, "fields": "all", **query}
        yield from self._pages("/api/tasks/", "tasks", page_size, include, query)

    def count_tasks(self, project: int, **query: object) -> int | None:
        """Return how many tasks of a project a ``query`` leaves, None where the server does not say."""
        asked = {"project": project, "page": 1, "page_size": 1, "include": "id", **query}
        answer = self.get("/api/tasks/", **asked)
        total = answer.get("total") if isinstance(answer, dict) else None
        return total if type(total) is int else None

    def _pages(
        self, path: str, key: str, size: int, include: str, query: Mapping[str, object]
    ) -> Iterator[dict[str, Json]]:
        """Yield the records of every page; a page past the end answers 404 and ends them."""

        def page(number: int, size: int, include: str, attempts: int | None = 2) -> list[dict[str, Json]]:
            asked = {**query, "page": number, "page_size": size, "include": include}
            answer = self._transport.request("GET", path, asked, repeatable=True, attempts=attempts)
            listed = answer.get(key) if isinstance(answer, dict) else None
            if not isinstance(listed, list):  # taken for an empty list, all would seem deleted
                raise UnreachableError(f"{self.url} answered without a list of {key} (GET {path}); try again.")
            return records(listed)

        def annotation(number: int) -> Json:
            where = f"/api/annotations/{number}/"
            return self._transport.request("GET", where, {}, repeatable=True, attempts=1)

        seen: set[int] = set()
        for number in range(1, 1_000_000):
            try:
                found = page(number, size, include, None)
            except UnreachableError as error:
                if error.status != 500:
                    raise
                found = list(salvaged(page, annotation, number, size, include))
            except RefusedError as refusal:
                if refusal.status == 404 and number > 1:
                    return
                raise
            fresh = [r for r in found if is_id(r.get("id")) and r["id"] not in seen]
            if not fresh:
                return
            seen.update(record["id"] for record in fresh)
            yield from fresh
            if len(found) < size:
                return


def connect(url: str, key: str, ca: Path | None = None, patience: Patience | None = None) -> Client:
    """Return a client for a server's address and a user's key; nothing is sent yet.

    The address may have a sub-path (``https://host/label-studio``). ``ca`` is a PEM file or folder of the
    certificate authority that vouches for the server, beside those that the system trusts.

    Raises:
        UsageError: the address is no http(s) address, the key is empty, or ``ca`` cannot be read.
        ExtraMissingError: the extra ``labelstudio`` is not installed.
        ServerError: the key is a personal access token that has run out.
    """
    return Client(open_transport(url, key, ca, patience or Patience()))


def is_id(value: object) -> TypeGuard[int]:
    """Tell whether a value can be the id of something on the server: a positive 64-bit integer."""
    return type(value) is int and 0 < value < 2**63


def records(value: object) -> list[dict[str, Json]]:
    """Return the records of what should be a list of records, and of anything else none."""
    return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []
