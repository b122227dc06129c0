"""One user's session with one server: the SDK signs its requests, and what breaks is told in a word.

The SDK authenticates: legacy tokens, and personal access tokens, which it exchanges and renews. Its own retries are
off, since it would repeat an import whose answer was lost.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ExtraMissingError, ServerError, UsageError

__all__ = ["BrokenRequestError", "Session", "open_session"]


class BrokenRequestError(Exception):
    """What went wrong below, as a word and perhaps a status: its own text might hold the headers."""

    def __init__(self, kind: str, status: int | None) -> None:
        super().__init__(kind)
        self.kind, self.status = kind, status


class Session:
    """Sends requests as the SDK signs them, each once. Made by :func:`open_session`."""

    def __init__(self, sdk: Any, web: Any, key: str, failures: tuple[type[Exception], ...]) -> None:
        self.close = web.close
        self._request = sdk._client_wrapper.httpx_client.request  # the SDK's way to an authenticated raw request
        self._tokens = sdk._client_wrapper._tokens_client
        self._options = {"max_retries": 0, "timeout": web.timeout}
        self._key, self._failures = key, failures
        self._last: int | None = None  # the status of the last answer: the SDK drops that of an unreadable one
        web.event_hooks = {"response": [self._note]}

    def send(self, path: str, **what: Any) -> Any:
        """Send one request and return the answer, whatever it says.

        Raises:
            BrokenRequestError: there was none.
        """
        try:
            response = self._request(path, request_options=self._options, **what)
            if response.status_code == 401 and self._tokens._access_token is not None:
                self._tokens._access_token = None  # it ran out by the server's clock, if not by ours
                response = self._request(path, request_options=self._options, **what)
            return response
        except self._failures as error:
            raise BrokenRequestError(_kind(error), getattr(error, "status_code", self._last)) from None

    def secrets(self) -> list[str]:
        """Return the key, and what it was exchanged for."""
        return [secret for secret in (self._key, self._tokens._access_token) if secret]

    def _note(self, response: Any) -> None:
        self._last = response.status_code


def open_session(address: str, key: str, ca: Path | None, *, connect: float, answer: float) -> Session:
    """Return a session with a server; nothing is sent yet. Seconds are waited to connect, and for an answer.

    Raises:
        ExtraMissingError: the SDK is not installed.
        ServerError: the key is a personal access token that has run out.
        UsageError: what is to be trusted cannot be read.
    """
    try:
        import httpx
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
    except ImportError:
        raise ExtraMissingError("label-studio-sdk", "labelstudio") from None
    web = httpx.Client(
        timeout=httpx.Timeout(answer, connect=connect),
        follow_redirects=False,
        trust_env=not _is_loopback(address),
        verify=_trusted(ca),
    )
    try:
        # The SDK joins the address of its token exchange as a URL: without the slash a sub-path would be lost.
        # Its maker says no types.
        sdk = LabelStudio(base_url=f"{address}/", api_key=key, httpx_client=web)  # type: ignore[no-untyped-call]
    except (ApiError, ValueError, TypeError, OverflowError, OSError):  # the others: its date is none
        web.close()
        raise ServerError(
            f"The personal access token for {address} has run out, or is damaged: make a new one in the server's "
            "account settings and set LABEL_STUDIO_API_KEY."
        ) from None
    return Session(sdk, web, key, (httpx.HTTPError, httpx.InvalidURL, ApiError, ValueError))


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
            f"{said} cannot be read as certificate authorities ({reason}): name a PEM file in LABEL_STUDIO_CA."
        ) from None
    return context


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
