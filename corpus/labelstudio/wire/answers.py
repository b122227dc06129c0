"""What a Label Studio server answered, as data or as one sentence that says what to do.

ServerError
├── UnreachableError    no usable answer: it is open whether the request was carried out
│   └── NotSentError    the request never left: nothing was carried out
└── RefusedError        the server answered and refused: nothing was carried out
    └── BusyError       it asks for a pause (429)

No sentence repeats a header, a query or a body of ours, so no key can be in one.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ServerError

__all__ = [
    "Asked",
    "BusyError",
    "NotSentError",
    "RefusedError",
    "UnreachableError",
    "ahead",
    "failure",
    "read_answer",
]

_NUMBER = re.compile(r"/\d+/")
_TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:style|script).*?</(?:style|script)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_ACCOUNT = "set LABEL_STUDIO_API_KEY to an access token from the account settings there"


class UnreachableError(ServerError):
    """No answer, or one that leaves open whether the request was carried out.

    ``status`` is the HTTP status where there was one, ``retry_after`` how many seconds the server asks us to
    wait, where it does.
    """

    status: int | None = None
    retry_after: float | None = None


class NotSentError(UnreachableError):
    """No connection was made, so nothing was carried out; ``is_final`` where trying again cannot help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class RefusedError(ServerError):
    """The server answered and refused; ``status`` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class BusyError(RefusedError):
    """The server takes no more requests for a while; ``retry_after`` is in seconds, where it says so."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom, as an error may name it: no query, no body."""

    method: str
    url: str
    path: str
    seconds: float = 0.0
    """The time-out that applied."""

    def __str__(self) -> str:
        """Name the request."""
        return f"{self.method} {self.url}{self.path}"


def failure(kind: str, status: int | None, asked: Asked) -> ServerError:
    """Return the error for a request that got no answer; ``kind`` is the transport's word for why."""
    url = asked.url
    if kind == "token":
        return _token_failure(status or 401, url)
    if kind == "exchange" and status is not None and 300 <= status < 400:
        return _token_failure(status, url)
    if kind == "exchange":
        return NotSentError(
            f"{url} answered with a page where it should exchange the personal access token: it is not ready, or "
            "the address lacks its sub-path (https://host/label-studio say), or a gateway lets nothing pass."
        )
    not_sent = {
        "refused": f"Nobody answers at {url}: start the server (`corpus labelstudio server start`) or name another "
        "with `url=`.",
        "certificate": f"The certificate of {url} is not vouched for by an authority known here, or is for another "
        "name: give the authority's file in LABEL_STUDIO_CA or SSL_CERT_FILE.",
        "tls": f"{url} does not speak HTTPS there: check the port, or write http:// if that is what it speaks.",
        "name": f"The host of {url} is not known here: check the address.",
        "cut": f"The connection to {url} broke while it was made; try again.",
        "proxy": f"The proxy of the environment (HTTPS_PROXY, HTTP_PROXY) does not reach {url}: check it, or set "
        "NO_PROXY.",
    }
    if kind in not_sent:
        return NotSentError(not_sent[kind], is_final=kind in ("certificate", "tls"))
    if kind == "timeout":
        return UnreachableError(
            f"{url} did not answer within {asked.seconds:.0f} seconds ({asked}); try again later."
        )
    return UnreachableError(f"The connection to {url} broke ({asked}); try again.")


def read_answer(status: int, headers: Mapping[str, str], content: bytes, asked: Asked) -> Any:
    """Return an answer's JSON, None where it is empty.

    Raises:
        RefusedError: the server refused, or is no Label Studio.
        UnreachableError: it failed, or its answer is cut off.
    """
    if 200 <= status < 300:
        return _parsed(headers, content, asked)
    if 300 <= status < 400:
        raise RefusedError(_elsewhere(status, headers, asked), status)
    if status >= 500:
        failed = UnreachableError(_failed(status, asked))
        failed.status, failed.retry_after = status, _retry_after(headers)
        raise failed
    if status == 429:
        busy = BusyError(f"{asked.url} takes no more requests for now (429, {asked}): try again later.", status)
        busy.retry_after = _retry_after(headers)
        raise busy
    raise RefusedError(_refusal(status, headers, content, asked), status)


def _token_failure(status: int, url: str) -> ServerError:
    if status >= 500 or status == 429:
        return UnreachableError(f"{url} could not renew the access token (status {status}); try again later.")
    if 300 <= status < 400:
        return RefusedError(
            f"{url} sends elsewhere (status {status}), and the personal access token goes nowhere else: name the "
            "address it leads to with `url=`.",
            status,
        )
    return RefusedError(
        f"{url} does not accept the personal access token (status {status}): make a new one in its account "
        "settings and set LABEL_STUDIO_API_KEY.",
        status,
    )


def _failed(status: int, asked: Asked) -> str:
    if status in (502, 503, 504):
        return f"{asked.url} is not ready (status {status}, {asked}): it starts or is overloaded; try later."
    return f"{asked.url} failed (status {status}, {asked}): its log says why; try again later."


def _refusal(status: int, headers: Mapping[str, str], content: bytes, asked: Asked) -> str:
    url = asked.url
    is_page = not _is_json(headers) and bool(content.strip())
    if is_page and status == 401:
        return f"A gateway before {url} wants a log-in of its own (401, {asked}): let requests to /api pass it."
    if is_page and status not in (404, 413):
        return (
            f"{url} refused {asked} (status {status}) with a page, {_title(content)!r}, as a gateway or another "
            "server does: check the address and its port, and what the gateway lets pass."
        )
    if status == 401:
        return f"{url} does not accept the key (401): {_ACCOUNT} (legacy tokens are off in new organisations)."
    if status == 403:
        return f"The key's owner may not do this on {url} ({asked}, 403): ask its manager."
    if is_page and status == 404 and _NUMBER.search(asked.path):
        return f"{asked} is not there (404): deleted in the meantime, say. Sync again."
    if status == 404 and not _is_json(headers):
        return (
            f"There is no Label Studio at {url} ({asked} answered 404 with a page): give the address with its "
            "sub-path, https://host/label-studio say."
        )
    if status == 404:
        return f"{asked} is not there (404): deleted, or not visible to the key's owner."
    if status == 413:
        return f"{url} takes no request of this size ({asked}, 413): raise the limit of the gateway before it."
    return f"{url} refused {asked} (status {status}): {_reason(content)}."


def _title(page: bytes) -> str:
    """Return what a page is called, else how it begins, without its tags."""
    text = page[:4000].decode("utf-8", "replace")
    named = _TITLE.search(text)
    plain = " ".join(_TAG.sub(" ", named[1] if named else text).split())
    return plain[:80]


def _elsewhere(status: int, headers: Mapping[str, str], asked: Asked) -> str:
    """Name where a redirect leads, without the query, which may hold what nobody should read."""
    try:
        parts = urlsplit(headers.get("location", ""))
        port = f":{parts.port}" if parts.port else ""
        target = f"{parts.scheme}://{parts.hostname}{port}{parts.path}" if parts.hostname else parts.path
    except ValueError:
        target = ""
    target = target[:200]
    if any(word in target.casefold() for word in ("login", "signin", "sign-in", "oauth", "sso", "auth")):
        return (
            f"{asked.url} wants a log-in by browser (status {status}, to {target}): let requests to /api pass the "
            f"gateway before it, or {_ACCOUNT}."
        )
    return f"{asked.url} sends elsewhere (status {status}, to {target or 'nowhere'}): name that one with `url=`."


def _parsed(headers: Mapping[str, str], content: bytes, asked: Asked) -> Any:
    if not content.strip():
        return None
    if not _is_json(headers):
        raise RefusedError(
            f"{asked.url} answered with a page instead of data ({asked}): is this the address of a Label Studio?",
            200,
        )
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UnreachableError(f"{asked.url} answered with broken JSON ({asked}); try again.") from None


def _is_json(headers: Mapping[str, str]) -> bool:
    return "json" in headers.get("content-type", "").casefold()


def _reason(content: bytes) -> str:
    """Return what a refusal says, shortened to a line."""
    try:
        answer = json.loads(content)
        said = answer.get("validation_errors") or answer.get("detail") or answer
    except (ValueError, RecursionError, AttributeError):
        said = content[:200].decode("utf-8", "replace")
    return " ".join(str(said).split())[:300].rstrip(".") or "no reason given"


def ahead(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the clock that wrote a Date header is before ours (RFC 9110, 6.6.1); a date is whole
    seconds, and None where there is none."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, which holds a number or a date (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time()) if said else None
    except (ValueError, TypeError, OverflowError):
        return None
