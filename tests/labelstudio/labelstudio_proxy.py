"""A small reverse proxy for tests: under a sub-path, with TLS, and with faults where a plan wants them.

Each request is read whole, sent on over a connection of its own, and its answer read whole, so that every fault
strikes at a known moment: before the server saw the request, or after it did its work.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit


class Fate(StrEnum):
    """What becomes of a request."""

    PASS = "pass"
    CUT_BEFORE = "cut before it reached the server"
    CUT_AFTER = "cut after the server did it"
    ERROR_BEFORE = "500, not done"
    ERROR_AFTER = "500, done"
    GATEWAY = "504 with a web page, done"
    TRUNCATED = "done, and the answer is cut off"
    BUSY = "429"
    PAGE = "200 with a web page, not done"
    SLOW = "done late"


FAULTS = tuple(fate for fate in Fate if fate is not Fate.PASS)
SLOWNESS = 0.3


@dataclass(slots=True)
class Seen:
    """One request that came, and what became of it."""

    method: str
    path: str
    fate: Fate
    reached: bool


Plan = Callable[[str, str], Fate]


def _pass(_method: str, _path: str) -> Fate:
    return Fate.PASS


@dataclass
class Proxy:
    """A running proxy; set ``plan`` to decide each request's fate, look at ``seen`` afterwards."""

    target: str
    prefix: str = ""
    tls: ssl.SSLContext | None = None
    plan: Plan = _pass
    seen: list[Seen] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    """The body of the last answer to each path that was asked for."""
    port: int = 0
    refuse: Callable[[bytes], str | None] | None = None
    """Returns the status line with which a request of this body is refused, None where it may pass."""
    refused: int = 0
    """How many were."""
    blind: dict[str, str] = field(default_factory=dict)
    """Status lines for what begins so and may not be looked at."""

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}{self.prefix}"

    @property
    def injected(self) -> int:
        return sum(1 for one in self.seen if one.fate is not Fate.PASS)

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        async with await asyncio.start_server(self._connection, "127.0.0.1", 0, ssl=self.tls) as server:
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await end.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._request(reader, writer)
        writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = [line for line in lines if line]
        length = next((int(h.split(":")[1]) for h in headers if h.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        if not path.startswith(self.prefix + "/"):
            writer.write(_answer("404 Not Found", b"<h1>nothing here</h1>"))
            return
        if self.refuse is not None and (status := self.refuse(body)) is not None:
            self.refused += 1
            writer.write(_answer(status, b'{"detail": "not this one"}', "application/json"))
            return
        barred = [status for start, status in self.blind.items() if path[len(self.prefix) :].startswith(start)]
        if barred:
            writer.write(_answer(barred[0], b'{"detail": "not for you"}', "application/json"))
            return
        fate = self.plan(method, path[len(self.prefix) :])
        one = Seen(method, path, fate, reached=False)
        self.seen.append(one)
        if fate is Fate.CUT_BEFORE:
            return
        if (refusal := _REFUSALS.get(fate)) is not None:
            writer.write(refusal)
            return
        if fate is Fate.SLOW:
            await asyncio.sleep(SLOWNESS)
        kept = [h for h in headers if not h.lower().startswith(("connection:", "accept-encoding:"))]
        lines = [f"{method} {path[len(self.prefix) :]} HTTP/1.1", *kept, "Connection: close", "", ""]
        try:
            answer = await self._forward("\r\n".join(lines).encode("latin-1") + body)
        except OSError:  # the server is down: that is a gateway's answer
            writer.write(_answer("502 Bad Gateway", b"<h1>nobody there</h1>"))
            return
        one.reached = True
        self.answers[path] = answer.partition(b"\r\n\r\n")[2]
        if fate is Fate.CUT_AFTER:
            return
        if fate in (Fate.ERROR_AFTER, Fate.GATEWAY):
            status = "500 Internal Server Error" if fate is Fate.ERROR_AFTER else "504 Gateway Timeout"
            answer = _answer(status, b"<h1>oops</h1>")
        if fate is Fate.TRUNCATED:
            start = answer.index(b"\r\n\r\n") + 4
            answer = answer[: max(start + (len(answer) - start) // 2, start - 10)]
        writer.write(answer)
        await writer.drain()

    async def _forward(self, request: bytes) -> bytes:
        parts = urlsplit(self.target)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(request)
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        if b"\r\n\r\n" not in answer:
            raise OSError("the server went away")
        head, _, body = answer.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, b"Connection: close", b"", body])


def _answer(status: str, body: bytes, kind: str = "text/html", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


_REFUSALS = {
    Fate.ERROR_BEFORE: _answer("500 Internal Server Error", b"<h1>oops</h1>"),
    Fate.BUSY: _answer("429 Too Many Requests", b"{}", "application/json", "Retry-After: 0\r\n"),
    Fate.PAGE: _answer("200 OK", b"<html>please log in</html>"),
}


@contextmanager
def proxied(target: str, prefix: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Run a proxy before a server in a thread of its own."""
    proxy, ready = Proxy(target, prefix, tls), threading.Event()
    loop, end = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        # all of it here: in the test's own thread a browser may have a loop running
        loop.run_until_complete(proxy.serve(ready, end))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
