"""Sync again and again: at a webhook's ring, and at intervals all the same.

A webhook of Label Studio's is sent once, with one second of patience and without a proof of who sent it, and not
for everything that happens: so it is taken as a hint to look, never as news, and what it carries is not read.
The listener is on the loopback; a server elsewhere reaches it only through a way that the user opens for it.
"""

from __future__ import annotations

import errno
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from corpus.errors import CorpusError, ServerError
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.wire.client import Client, RefusedError, is_id, records

__all__ = ["Doorbell", "Trouble", "hang_up", "ring_at", "rounds"]

_SECRET = "X-Newscorpus-Hint"  # noqa: S105 - a header's name
_OWNER = "X-Newscorpus-Ledger"
_LONGEST_WAIT = 300.0
_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ETIMEDOUT}
"""What a disk or a system in need of room says."""
Trouble = CorpusError | OSError


class Doorbell:
    """Listens on the loopback and sets :attr:`rung` at a request that knows the secret; use it in a ``with``.

    Raises:
        OSError: the port is in use.
    """

    def __init__(self, port: int = 0) -> None:
        self.rung = threading.Event()
        self.secret = secrets.token_urlsafe(24)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Doorbell:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bell = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_POST(self) -> None:
                known = secrets.compare_digest(self.headers.get(_SECRET, "").encode(), bell.secret.encode())
                if known:
                    bell.rung.set()
                self.send_response(204 if known else 403)
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing: only the command line prints."""

        return Handler


def ring_at(client: Client, project: int, url: str, bell: Doorbell, owner: str) -> bool:
    """Ask the server to ring at ``url`` when something happens in a project; False where it refuses.

    What an earlier, killed run of the same ``owner`` (the ledger's id) left there is removed first.

    Raises:
        ServerError: the server cannot be reached.
    """
    hang_up(client, project, owner)
    body = {
        "project": project,
        "url": url,
        "send_payload": False,
        "send_for_all_actions": True,
        "headers": {_SECRET: bell.secret, _OWNER: owner},
        "is_active": True,
    }
    try:
        client.send("POST", "/api/webhooks/", body)
    except RefusedError:  # to itself or to networks of its own it calls only where its owner allowed it
        return False
    return True


def hang_up(client: Client, project: int, owner: str) -> None:
    """Remove from the server what :func:`ring_at` asked of it in this owner's name.

    Raises:
        ServerError: the server cannot be reached.
    """
    for webhook in records(client.get("/api/webhooks/", project=project)):
        headers = webhook.get("headers")
        if isinstance(headers, dict) and headers.get(_OWNER) == owner and is_id(webhook.get("id")):
            with suppress(RefusedError):
                client.send("DELETE", f"/api/webhooks/{webhook['id']}/")


def rounds(
    sync: Callable[[], SyncReport], hint: threading.Event, interval: float
) -> Iterator[SyncReport | Trouble]:
    """Yield what each sync did, or why it could not; the next follows at a hint or after ``interval`` seconds.

    A server that is away, a full disk, another writer at the files: such trouble passes, and so may whatever
    troubles a sync that has worked before (somebody builds the dataset anew, or mends a file). It is yielded, and
    the waits grow, up to some minutes. What keeps the very first sync from working, and will not pass by itself,
    is raised, as is every defect. A hint that comes during a sync is followed by one more.
    """
    wait, has_worked = interval, False
    while True:
        hint.clear()
        try:
            report = sync()
        except (CorpusError, OSError) as trouble:
            if not has_worked and not _may_pass(trouble):
                raise
            yield trouble
            wait = min(2 * wait, max(_LONGEST_WAIT, interval))
        else:
            yield report
            wait, has_worked = interval, True
        hint.wait(wait)


def _may_pass(trouble: Trouble) -> bool:
    return isinstance(trouble, ServerError) or (isinstance(trouble, OSError) and trouble.errno in _PASSING)
