"""How requests travel: whose certificates are trusted, how long is waited, and what may be sent twice.

The SDK authenticates: legacy tokens, and personal access tokens, which it exchanges and renews. Its own retries
are off, since it would repeat an import whose answer was lost. Here a request is repeated

- where it surely was not carried out: no connection was made, or the server asks for a pause (429);
- where twice is the same as once: reading, deleting, and writes that the caller calls ``repeatable``.

Waits grow with each attempt and are spread at random, so that many clients do not return at once; a
``Retry-After`` of the server's counts before both.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ExtraMissingError, ServerError, UsageError
from corpus.labelstudio.answers import (
    Asked,
    BusyError,
    NotSentError,
    RefusedError,
    UnreachableError,
    failure,
    read_answer,
)

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


class _BrokenRequestError(Exception):
    """What went wrong below, as a word and perhaps a status: its own text might hold the headers."""

    def __init__(self, kind: str, status: int | None) -> None:
        super().__init__(kind)
        self.kind, self.status = kind, status


class Transport:
    """Sends requests to one server with one user's key. Made by :func:`open_transport`."""

    def __init__(
        self,
        url: str,
        send: Callable[..., Any],
        close: Callable[[], None],
        patience: Patience,
        secrets: Callable[[], Sequence[str]],
    ) -> None:
        self.url, self.close, self.patience = url, close, patience
        self.requests = 0
        """How many requests were sent."""
        self._send, self._secrets = send, secrets

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
            response = self._send(
                asked.path.lstrip("/"), method=asked.method, params=dict(query), content=content, headers=headers
            )
        except _BrokenRequestError as error:
            raise failure(error.kind, error.status, asked) from None
        try:
            return read_answer(response.status_code, response.headers, response.content, asked)
        except ServerError as error:
            error.args = tuple(self._without_secrets(str(part)) for part in error.args)
            raise

    def _without_secrets(self, text: str) -> str:
        """Return a text without the key, and what it was exchanged for: a server may repeat what it was sent."""
        for secret in self._secrets():
            text = text.replace(secret, "(key)")
        return text


def open_transport(url: str, key: str, ca: Path | None, patience: Patience) -> Transport:
    """Return a transport to a server; nothing is sent yet. See :func:`corpus.labelstudio.client.connect`."""
    address, key = _checked(url), key.strip()
    if not key.isascii() or not key.isprintable() or not key:
        raise UsageError("The key of the Label Studio server is empty or no key: set LABEL_STUDIO_API_KEY.")
    try:
        import httpx
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
    except ImportError:
        raise ExtraMissingError("label-studio-sdk", "labelstudio") from None
    timeout = httpx.Timeout(patience.answer, connect=patience.connect)
    last: list[int | None] = [None]  # the status of the last answer: the SDK drops that of an unreadable one

    def note(response: httpx.Response) -> None:
        last[0] = response.status_code

    web = httpx.Client(
        timeout=timeout,
        follow_redirects=False,
        trust_env=not _is_loopback(address),
        verify=_trusted(ca),
        event_hooks={"response": [note]},
    )
    try:
        # The SDK joins the address of its token exchange as a URL: without the slash a sub-path would be lost.
        sdk = LabelStudio(base_url=f"{address}/", api_key=key, httpx_client=web)  # type: ignore[no-untyped-call]
    except (ApiError, ValueError, TypeError, OverflowError, OSError):  # the others: its date is none
        web.close()
        raise ServerError(
            f"The personal access token for {address} has run out, or is damaged: make a new one in the server's "
            "account settings and set LABEL_STUDIO_API_KEY."
        ) from None
    request = sdk._client_wrapper.httpx_client.request  # the SDK's way to an authenticated raw request
    options: Any = {"max_retries": 0, "timeout": timeout}

    tokens = sdk._client_wrapper._tokens_client

    def send(path: str, **what: Any) -> Any:
        try:
            response = request(path, request_options=options, **what)
            if response.status_code == 401 and tokens._access_token is not None:
                tokens._access_token = None  # it ran out by the server's clock, if not by ours
                response = request(path, request_options=options, **what)
            return response
        except (httpx.HTTPError, httpx.InvalidURL, ApiError, ValueError) as error:
            raise _BrokenRequestError(_kind(error), getattr(error, "status_code", last[0])) from None

    def secrets() -> list[str]:
        return [secret for secret in (key, tokens._access_token) if secret]

    return Transport(address, send, web.close, patience, secrets)


def _trusted(ca: Path | None, environ: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return what is trusted: the system's and the common authorities, and those that were named.

    Named by ``ca``, else by $REQUESTS_CA_BUNDLE; $SSL_CERT_FILE and $SSL_CERT_DIR take the others' place, as
    they do for every program that uses OpenSSL.
    """
    import httpx

    named = ca or (Path(environ["REQUESTS_CA_BUNDLE"]) if environ.get("REQUESTS_CA_BUNDLE") else None)
    said = environ.get("SSL_CERT_FILE") or environ.get("SSL_CERT_DIR") or "the system's certificates"
    try:
        context = httpx.create_ssl_context()
        context.load_default_certs()
        if named is not None:
            said = str(named)
            folder = named.is_dir()
            context.load_verify_locations(None if folder else named, named if folder else None)
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"{said} cannot be read as certificate authorities ({reason}): name a PEM file with --ca."
        ) from None
    return context


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


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kind(error: BaseException) -> str:
    """Name a failure without its text, which might hold the request's headers."""
    names = {base.__name__ for base in type(error).__mro__}
    if "ConnectError" in names or "ConnectTimeout" in names:
        return _why_unconnected(error)
    for name, kind in _KINDS:
        if name in names:
            return kind
    return "broken"


_KINDS = (
    ("ProxyError", "proxy"),
    ("TimeoutException", "timeout"),
    ("ApiError", "token"),
    ("ValueError", "exchange"),  # the SDK reads no other answer than that to the exchange of a token
)


def _why_unconnected(error: BaseException) -> str:
    """Look below a failed connection: at what OpenSSL or the resolver said."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(below, ssl.SSLEOFError | ConnectionResetError):
            return "cut"
        if isinstance(below, ssl.SSLError):
            return "tls"
        if type(below).__name__ == "gaierror":
            return "name"
        below = below.__cause__ or below.__context__
    return "refused"
