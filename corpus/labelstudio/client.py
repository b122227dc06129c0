"""A thin connection to a Label Studio server: raw JSON in and out, and one sentence for each failure.

The SDK authenticates (legacy tokens and personal access tokens, which it exchanges and renews); its typed
models are not used, since they reshape dates and drop what they do not know. The key is never in a message,
a log or a ``repr``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import ExtraMissingError, ServerError, UsageError

__all__ = ["Client", "RefusedError", "UnreachableError", "connect"]

Json = Any
_TIMEOUT = 120.0
_ATTEMPTS = 3
_PAGE = 250


class UnreachableError(ServerError):
    """No answer, or one that leaves open whether the request was carried out."""


class RefusedError(ServerError):
    """The server answered and refused; ``status`` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _BrokenRequestError(Exception):
    """What went wrong below, as a word and perhaps a status: its own text might hold the headers."""


class Client:
    """One server and one user's key. Made by :func:`connect`.

    Reading is retried (it is idempotent); writing never is: after an :class:`UnreachableError` the caller must
    look before it writes again.
    """

    def __init__(self, url: str, request: Callable[..., Any], close: Callable[[], None]) -> None:
        self.url = url
        self._request = request
        self.close = close
        """Closes the connections; the client can be used in a ``with`` statement as well."""

    def __enter__(self) -> Client:
        """Give the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def __repr__(self) -> str:
        """Name the server, not the key."""
        return f"Client({self.url!r})"

    def get(self, path: str, **query: object) -> Json:
        """Return the JSON at a path; tried up to three times where no answer came.

        Raises:
            RefusedError: the server refused.
            UnreachableError: there was no usable answer.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        retrying = Retrying(
            retry=retry_if_exception_type(UnreachableError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential(multiplier=0.3, max=3),
            reraise=True,
        )
        return retrying(self._call, "GET", path, query, None)

    def send(self, method: str, path: str, body: Json = None, **query: object) -> Json:
        """Send JSON once and return the answer's JSON (None where it is empty).

        Raises:
            RefusedError: the server refused; nothing was changed.
            UnreachableError: it is unknown whether anything was changed.
        """
        return self._call(method, path, query, body)

    def whoami(self) -> tuple[int, str]:
        """Return the id and the e-mail address of the key's owner."""
        me = self.get("/api/current-user/whoami")
        if not (isinstance(me, dict) and isinstance(me.get("id"), int) and isinstance(me.get("email"), str)):
            raise ServerError(f"{self.url} does not say whose key this is; is it a Label Studio server?")
        return me["id"], me["email"]

    def users(self) -> dict[int, str]:
        """Return the e-mail address of every user by id; empty where the key may not see them."""
        try:
            found = self.get("/api/users/")
        except RefusedError as refusal:
            if refusal.status in (403, 404):
                return {}
            raise
        listed = found.get("results", []) if isinstance(found, dict) else found
        return {u["id"]: u["email"] for u in _records(listed) if "id" in u and "email" in u}

    def projects(self) -> Iterator[dict[str, Json]]:
        """Yield every project with id, title, description, label_config and expert_instruction."""
        fields = "id,title,description,label_config,expert_instruction"
        yield from self._pages("/api/projects/", "results", include=fields, page_size=100)

    def tasks(self, project: int, include: str) -> Iterator[dict[str, Json]]:
        """Yield every task of a project, with the named fields (nested ones are named likewise)."""
        query = {"project": project, "include": include, "fields": "all", "page_size": _PAGE}
        yield from self._pages("/api/tasks/", "tasks", **query)

    def _pages(self, path: str, key: str, **query: object) -> Iterator[dict[str, Json]]:
        """Yield the records of every page; a page past the end answers 404 and ends them."""
        seen: set[int] = set()
        for page in range(1, 1_000_000):
            try:
                answer = self.get(path, page=page, **query)
            except RefusedError as refusal:
                if refusal.status == 404 and page > 1:
                    return
                raise
            records = _records(answer.get(key) if isinstance(answer, dict) else None)
            fresh = [r for r in records if isinstance(r.get("id"), int) and r["id"] not in seen]
            if not fresh:
                return
            seen.update(record["id"] for record in fresh)
            yield from fresh
            if len(records) < int(str(query["page_size"])):
                return

    def _call(self, method: str, path: str, query: Mapping[str, object], body: Json) -> Json:
        content = None if body is None else json.dumps(body, allow_nan=False).encode("utf-8")
        headers = {} if body is None else {"Content-Type": "application/json"}
        where = f"{method} {self.url}{path}"
        try:
            response = self._request(
                path.lstrip("/"),
                method=method,
                params=dict(query),
                content=content,
                headers=headers,
                request_options={"max_retries": 0},
            )
        except _BrokenRequestError as error:
            raise _failure(error, self.url, where) from None
        return _answer(response.status_code, response.headers, response.content, self.url, where)


def connect(url: str, key: str) -> Client:
    """Return a client for a server's address and a user's key; nothing is sent yet.

    Raises:
        UsageError: the address is no http(s) address, or the key is empty.
        ExtraMissingError: the extra ``labelstudio`` is not installed.
        ServerError: the key is a personal access token that has run out.
    """
    address = _checked(url)
    if not key.strip().isascii() or not key.strip().isprintable() or not key.strip():
        raise UsageError("The key of the Label Studio server is empty or no key: set LABEL_STUDIO_API_KEY.")
    try:
        import httpx
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
    except ImportError:
        raise ExtraMissingError("label-studio-sdk", "labelstudio") from None
    transport = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not _is_loopback(address))
    try:
        sdk = LabelStudio(base_url=address, api_key=key.strip(), httpx_client=transport)  # type: ignore[no-untyped-call]
    except ApiError:
        transport.close()
        raise ServerError(
            f"The personal access token for {address} has run out: make a new one in the server's account "
            "settings and set LABEL_STUDIO_API_KEY."
        ) from None

    request = sdk._client_wrapper.httpx_client.request  # the SDK's way to an authenticated raw request

    def ask(*arguments: Any, **options: Any) -> Any:
        try:
            return request(*arguments, **options)
        except (httpx.HTTPError, httpx.InvalidURL, ApiError, ValueError) as error:
            raise _BrokenRequestError(_kind(error), getattr(error, "status_code", None)) from None

    return Client(address, ask, transport.close)


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


def _kind(error: Exception) -> str:
    """Name a failure without its text, which might hold the request's headers."""
    names = {base.__name__ for base in type(error).__mro__}
    if "TimeoutException" in names:
        return "timeout"
    if "ConnectError" in names:
        return "refused"
    return "token" if "ApiError" in names else "broken"


def _failure(error: _BrokenRequestError, url: str, where: str) -> ServerError:
    kind, status = error.args
    if kind == "token":
        return RefusedError(
            f"{url} does not accept the personal access token (status {status}): make a new one in its account "
            "settings and set LABEL_STUDIO_API_KEY.",
            int(status or 401),
        )
    said = {
        "timeout": f"{url} did not answer within {_TIMEOUT:.0f} seconds ({where}); try again later.",
        "refused": f"Nobody answers at {url}: start the server (corpus labelstudio server start) or name "
        "another with --url.",
    }
    return UnreachableError(said.get(kind, f"The connection to {url} broke ({where}); try again."))


def _answer(status: int, headers: Mapping[str, str], content: bytes, url: str, where: str) -> Json:
    if status in (200, 201, 202, 204):
        return _parsed(headers, content, url, where)
    if 300 <= status < 400:
        raise RefusedError(
            f"{url} sends elsewhere (status {status}): name the address it sends to with --url.", status
        )
    if status == 401:
        raise RefusedError(
            f"{url} does not accept the key (401): set LABEL_STUDIO_API_KEY to an access token from the "
            "account settings there (legacy tokens are off in new organisations).",
            status,
        )
    if status == 403:
        raise RefusedError(f"The key's owner may not do this on {url} ({where}, 403): ask its manager.", status)
    if status == 404:
        raise RefusedError(f"{where} is not there (404): deleted, or not visible to the key's owner.", status)
    if status >= 500:
        raise UnreachableError(f"{url} failed (status {status}, {where}): its log says why; try again later.")
    raise RefusedError(f"{url} refused {where} (status {status}): {_reason(content)}.", status)


def _parsed(headers: Mapping[str, str], content: bytes, url: str, where: str) -> Json:
    if not content.strip():
        return None
    if "json" not in headers.get("content-type", ""):
        raise RefusedError(
            f"{url} answered with a page instead of data ({where}): is this the address of a Label Studio?", 200
        )
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UnreachableError(f"{url} answered with broken JSON ({where}); try again.") from None


def _reason(content: bytes) -> str:
    """Return what a refusal says, shortened to a line."""
    try:
        answer = json.loads(content)
        said = answer.get("validation_errors") or answer.get("detail") or answer
    except (ValueError, RecursionError, AttributeError):
        said = content[:200].decode("utf-8", "replace")
    return " ".join(str(said).split())[:300].rstrip(".") or "no reason given"


def _records(value: object) -> list[dict[str, Json]]:
    return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []
