"""What is sent again and what is not: a write is never repeated where it may have been carried out."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_proxy import Fate, proxied

from corpus.errors import ServerError
from corpus.labelstudio.wire.client import BusyError, Client, UnreachableError, connect

Call = Callable[[Client], Any]
CALLS: dict[str, tuple[Call, int]] = {
    "read": (lambda client: client.get("/api/x"), 3),
    "write": (lambda client: client.send("POST", "/api/x", {}), 1),
    "change": (lambda client: client.send("PATCH", "/api/x", {}), 1),
    "repeatable change": (lambda client: client.send("PATCH", "/api/x", {}, repeatable=True), 3),
    "delete": (lambda client: client.send("DELETE", "/api/x"), 3),
}


@pytest.mark.parametrize("name", CALLS)
def test_how_often_a_failing_server_is_asked(name: str) -> None:
    """Where it is open what became of a request, only what may happen twice is sent again."""
    call, times = CALLS[name]
    with answering(lambda _: (500, "text/plain", b"")) as (url, asked):
        with connect(url, KEY, patience=QUICK) as client, pytest.raises(UnreachableError):
            call(client)
        assert len(asked) == times


@pytest.mark.parametrize("name", CALLS)
def test_a_busy_server_is_asked_again(name: str) -> None:
    """A 429 says that nothing was done, so that even an import is sent again, after the pause that was asked."""
    statuses = [429, 200]
    with answering(lambda _: (statuses.pop(0), "application/json", b"{}"), {"Retry-After": "1"}) as (url, asked):
        with connect(url, KEY, patience=QUICK) as client:
            began = time.monotonic()
            assert CALLS[name][0](client) == {}
            assert time.monotonic() - began >= 1
        assert len(asked) == 2


@pytest.mark.parametrize(
    "pause", ["9999999", formatdate(time.time() + 99_999, usegmt=True)], ids=["seconds", "date"]
)
def test_a_pause_that_is_too_long_is_not_waited_for(pause: str) -> None:
    """A pause of hours, in seconds or as a date, ends the call at once."""
    with answering(lambda _: (429, "application/json", b"{}"), {"Retry-After": pause}) as (url, asked):
        with connect(url, KEY, patience=QUICK) as client, pytest.raises(BusyError):
            client.get("/api/x")
        assert len(asked) == 1


@pytest.mark.parametrize("pause", ["soon", "-5", "٣", "Thu, 99 Foo 2026"])
def test_a_pause_that_is_none(pause: str) -> None:
    """A Retry-After that nobody can read is as good as none."""
    with answering(lambda _: (503, "text/plain", b""), {"Retry-After": pause.encode().decode("latin-1")}) as (
        url,
        a,
    ):
        with connect(url, KEY, patience=QUICK) as client, pytest.raises(UnreachableError):
            client.get("/api/x")
        assert len(a) == 3


def test_a_deletion_whose_answer_was_lost() -> None:
    """The second attempt finds nothing to delete: it was done. A first one that finds nothing is refused."""
    statuses = [500, 404, 404]
    answers = answering(lambda _: (statuses.pop(0), "application/json", b"{}"))
    with answers as (url, _), connect(url, KEY, patience=QUICK) as client:
        assert client.send("DELETE", "/api/x") is None
        with pytest.raises(ServerError, match="is not there"):
            client.send("DELETE", "/api/x")


CUTS = [Fate.CUT_BEFORE, Fate.CUT_AFTER, Fate.TRUNCATED, Fate.ERROR_AFTER]


@pytest.mark.parametrize("fate", CUTS)
def test_a_broken_connection(fate: Fate) -> None:
    """A cut before, within or after the answer: reading goes on, a write is left to its caller."""
    body = b'{"long": "%s"}' % (b"x" * 5000)
    with answering(lambda _: (200, "application/json", body)) as (target, _), proxied(target) as proxy:
        fates = [fate, Fate.PASS, fate]
        proxy.plan = lambda _method, _path: fates.pop(0)
        with connect(proxy.url, KEY, patience=QUICK) as client:
            assert set(client.get("/api/x")) == {"long"}
            with pytest.raises(UnreachableError):
                client.send("POST", "/api/x", {})
        assert [one.fate for one in proxy.seen] == [fate, Fate.PASS, fate]


def test_a_server_that_is_silent() -> None:
    """A time-out is a sentence with the seconds that were waited."""
    with answering(lambda _: (200, "application/json", time.sleep(0.5) or b"{}")) as (url, _):  # type: ignore[func-returns-value]
        patience = type(QUICK)(attempts=1, answer=0.1)
        with (
            connect(url, KEY, patience=patience) as client,
            pytest.raises(UnreachableError, match="did not answer"),
        ):
            client.get("/api/x")
