"""A web server that answers as a test wants, and a patience that tests can afford."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from corpus.labelstudio.wire.client import Patience

KEY = "0123456789abcdef-secret"
QUICK = Patience(attempts=3, first_wait=0.01, longest_wait=0.02)
"""Hardly waits before it asks again; how long an answer may take is left to busy machines."""


@contextmanager
def answering(
    answer: Callable[[str], tuple[int, str, bytes]], headers: Mapping[str, str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Run a web server that gives these answers; yield its address and the requests ("GET /path") it got."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
