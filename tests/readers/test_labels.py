"""What sources are called in findings: no two alike, no path of a machine, no secret of an address."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from remote_servers import SECRET, serving
from source_reading import ids, places, read

from corpus.readers.labels import labelled

CASES = {
    "one is known by its last part": (["s3://press/2026/x.txt"], ["x.txt"]),
    "by another part where two end alike": (["s3://a/x.txt", "s3://b/x.txt"], ["a/x.txt", "b/x.txt"]),
    "the same one twice is one": (["s3://a/x.txt", "s3://a/x.txt"], ["x.txt", "x.txt"]),
    "schemes": (["s3://a/x.txt", "gs://a/x.txt"], ["s3/x.txt", "gs/x.txt"]),
    "ports": (["http://h:81/x.txt", "http://h:82/x.txt"], ["http:81/x.txt", "http:82/x.txt"]),
    "a port and none": (["http://h/x.txt", "http://h:82/x.txt"], ["http/x.txt", "http:82/x.txt"]),
    "queries": ([f"https://h/x?s={SECRET}1", f"https://h/x?s={SECRET}2"], ["source 1/x", "source 2/x"]),
    "users": (["s3://z/y", f"https://{SECRET}@h/x", "https://u@h/x"], ["y", "source 2/x", "source 3/x"]),
    "schemes and queries": (
        ["s3://h/x", "https://h/x", f"https://h/x?{SECRET}"],
        ["source 1/x", "source 2/x", "source 3/x"],
    ),
    "an address and a path": (["s3://a/x.txt", Path("/a/x.txt")], ["s3/x.txt", "x.txt"]),
    "what looks like another one's name": (
        [Path("/q/s3/x.txt"), "s3://a/x.txt", "gs://a/x.txt"],
        ["s3/x.txt", "s3/a/x.txt", "gs/a/x.txt"],
    ),
}


@pytest.mark.parametrize(("sources", "labels"), CASES.values(), ids=CASES)
def test_sources_are_told_apart(sources: list[Path | str], labels: list[str]) -> None:
    assert [label for _, label in labelled(sources)] == labels


class _Items(BaseHTTPRequestHandler):
    """Serves another news item for each query."""

    def do_GET(self) -> None:
        number = self.path[-1:]
        body = f'{{"uri": "urn:{number}", "body_text": "What happened on day {number}."}}' if number != "3" else "{"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


def test_items_that_a_query_alone_tells_apart_keep_their_own_ids() -> None:
    """What is known of an item is found by its label; its findings say which one it was, and not the query."""
    with serving(_Items) as url:
        documents, report = read(*(f"{url}/item.json?{SECRET}={number}" for number in "123"))
    assert ids(documents) == ["urn:1", "urn:2"]
    assert [place for place, _ in places(report)] == ["source 3/item.json"]
    assert SECRET not in str(report)
    assert [one.path for one in report.inputs] == ["source 1/item.json", "source 2/item.json"]
