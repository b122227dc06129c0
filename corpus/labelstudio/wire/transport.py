"""How requests travel: how long is waited, and what may be sent twice.

A request is repeated

- where it surely was not carried out: no connection was made, or the server asks for a pause (429);
- where twice is the same as once: reading, deleting, and writes that the caller calls ``repeatable``.

Waits grow with each attempt and are spread at random, so that many clients do not return at once; a
``Retry-After`` of the server's counts before both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.wire.answers import (
    Asked,
    BusyError,
    NotSentError,
    RefusedError,
    UnreachableError,
    ahead,
    failure,
    read_answer,
)
from corpus.labelstudio.wire.session import BrokenRequestError, Session, open_session

__all__ = ["Patience", "Transport", "open_transport"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited; all times are in seconds."""

    attempts: int = 5
    """How often a request is sent at most."""
    first_wait: float = 0.4
    longest_wait: float = 15.0
    longest_pause: float = 120.0
    """The longest Retry-After that is waited for; a longer one ends the attempt."""
    connect: float = 15.0
    answer: float = 180.0
    """The longest silence on a connection."""


class Transport:
    """Sends requests to one server with one user's key. Made by :func:`open_transport`."""

    def __init__(self, url: str, session: Session, patience: Patience) -> None:
        self.url, self.close, self.patience = url, session.close, patience
        self.requests = 0
        """How many requests were sent."""
        self.ahead: float | None = None
        """How many seconds the server's clock was before this one's at its last answer; None: it does not say."""
        self._session = session

    def __repr__(self) -> str:
        """Name the server, not the key."""
        return f"Transport({self.url!r})"

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        body: object = None,
        *,
        repeatable: bool = False,
        attempts: int | None = None,
    ) -> Any:
        """Send one request, as often as it may be, and return the JSON of the answer.

        ``attempts`` takes the place of the usual number.

        Raises:
            RefusedError: the server refused; nothing was changed.
            UnreachableError: there was no usable answer; a write may have been carried out.
        """
        from tenacity import Retrying, stop_after_attempt
        from tenacity.retry import retry_if_exception

        content = None if body is None else json.dumps(body, allow_nan=False).encode("utf-8")
        asked = Asked(method, self.url, path, self.patience.answer)
        retrying = Retrying(
            retry=retry_if_exception(lambda error: self._may_repeat(error, repeatable)),
            stop=stop_after_attempt(attempts or self.patience.attempts),
            wait=self._wait,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                try:
                    return self._once(asked, query, content)
                except RefusedError as refusal:
                    if method == "DELETE" and refusal.status == 404 and attempt.retry_state.attempt_number > 1:
                        return None  # the attempt before did it, and its answer was lost
                    raise
        raise AssertionError("tenacity returns or raises")

    def _may_repeat(self, error: BaseException, repeatable: bool) -> bool:
        pause = getattr(error, "retry_after", None)
        if pause is not None and pause > self.patience.longest_pause:
            return False
        if isinstance(error, NotSentError):
            return not error.is_final
        return isinstance(error, BusyError) or (repeatable and isinstance(error, UnreachableError))

    def _wait(self, state: Any) -> float:
        """Return the seconds before the next attempt: the server's wish, else longer each time, at random."""
        from tenacity import wait_random_exponential

        waits = wait_random_exponential(multiplier=self.patience.first_wait, max=self.patience.longest_wait)
        error = state.outcome.exception() if state.outcome is not None else None
        asked = getattr(error, "retry_after", None)
        return float(asked) if asked is not None else float(waits(state))

    def _once(self, asked: Asked, query: Mapping[str, object], content: bytes | None) -> Any:
        headers = {} if content is None else {"Content-Type": "application/json"}
        self.requests += 1
        try:
            response = self._session.send(
                asked.path.lstrip("/"), method=asked.method, params=dict(query), content=content, headers=headers
            )
        except BrokenRequestError as error:
            raise failure(error.kind, error.status, asked) from None
        self.ahead = ahead(response.headers)
        try:
            return read_answer(response.status_code, response.headers, response.content, asked)
        except ServerError as error:
            error.args = tuple(self._without_secrets(str(part)) for part in error.args)
            raise

    def _without_secrets(self, text: str) -> str:
        """Return a text without the key, and what it was exchanged for: a server may repeat what it was sent."""
        for secret in self._session.secrets():
            text = text.replace(secret, "(key)")
        return text


def open_transport(url: str, key: str, ca: Path | None, patience: Patience) -> Transport:
    """Return a transport to a server; nothing is sent yet. See :func:`corpus.labelstudio.wire.client.connect`."""
    address, key = _checked(url), key.strip()
    if not key.isascii() or not key.isprintable() or not key:
        raise UsageError(
            f"The key for {address} is {'empty' if not key else 'no key (it has other signs than a key has)'}: set "
            "LABEL_STUDIO_API_KEY to an access token from the account settings there."
        )
    session = open_session(address, key, ca, connect=patience.connect, answer=patience.answer)
    return Transport(address, session, patience)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        host, user, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise UsageError("The server's address must look like https://label-studio.example.org, got another.")
    if user is not None:
        raise UsageError("The server's address must not hold a user name or password: use a key.")
    return url.strip().rstrip("/")
