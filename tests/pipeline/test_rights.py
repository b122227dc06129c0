"""What a page or a record reserves or allows reaches the dataset's rights record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build

PAGE = """<html><head><title>Harbour to close</title>{head}</head><body><article><h1>Harbour to close</h1>
<p>The council said on Wednesday that the harbour would be closed for repairs until winter, the mayor added.</p>
<p>Boats must leave by the end of May, and fishing will go on from the old pier in the meantime.</p>
</article></body></html>"""


def records(folder: Path, out: Path) -> dict[str, dict[str, Any]]:
    build([folder], out, BuildOptions())
    return {row["doc_id"]: row["rights_record"] for row in BuiltDataset.open(out).rows("documents")}


def test_the_head_of_a_page_is_read(tmp_path: Path) -> None:
    """TDMRep, robots, RSL and a licence link, each in a page of its own."""
    heads = {
        "tdm": '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://a.org/p.json">',
        "robots": '<meta name="robots" content="noai, noimageai">',
        "rsl": '<link rel="license" type="application/rsl+xml" href="https://a.org/l.xml">',
        "free": '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
        "plain": '<meta name="robots" content="index, follow, max-image-preview:large">',
    }
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, head in heads.items():
        (folder / f"{name}.html").write_text(PAGE.format(head=head), "utf-8")
    found = records(folder, tmp_path / "out")
    kinds = {name: [item["kind"] for item in record["reservations"]] for name, record in found.items()}
    assert kinds == {"tdm": ["tdm-reservation"], "robots": ["robots"], "rsl": ["rsl"], "free": [], "plain": []}
    assert found["tdm"]["reservations"][0]["policy"] == "https://a.org/p.json"
    assert found["rsl"]["licence"] is None
    assert (found["free"]["decision"], found["free"]["licence"]) == ("allowed", "CC-BY-4.0")
    assert found["plain"]["decision"] == "unknown"


def test_the_headers_of_a_capture_are_read(tmp_path: Path) -> None:
    """TDMRep's headers and a Link to RSL terms, as a WARC file keeps them."""
    body = PAGE.format(head="").encode()
    headers = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\ntdm-reservation: 1\r\n"
        b'X-Robots-Tag: noai\r\nLink: <https://a.org/l.xml>; rel="license"; type="application/rsl+xml"\r\n\r\n'
    )
    record = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.org/harbour\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nWARC-Date: 2021-04-08T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(headers) + len(body)}\r\n\r\n"
    ).encode()
    (tmp_path / "crawl.warc").write_bytes(record + headers + body + b"\r\n\r\n")
    (found,) = records(tmp_path / "crawl.warc", tmp_path / "out").values()
    assert [item["kind"] for item in found["reservations"]] == ["tdm-reservation", "robots", "rsl"]
    assert found["reservations"][2]["policy"] == "https://a.org/l.xml"


def response(url: str, number: int, content_type: str, body: str) -> bytes:
    message = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n{body}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{number}>\r\n"
        "WARC-Date: 2021-04-08T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(message)}\r\n\r\n"
    )
    return head.encode() + message + b"\r\n\r\n"


def test_a_sites_file_of_reservations_is_read(tmp_path: Path) -> None:
    """The tdmrep.json of the page's own site, wherever in the archive; the page's own word goes before it."""
    rules = [
        {"location": "/", "tdm-reservation": 0},
        {"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://a.example/policy.json"},
        {"location": 7},
    ]
    free = '<meta name="tdm-reservation" content="0">'
    plain = PAGE.format(head="")
    (tmp_path / "crawl.warc").write_bytes(
        response("https://a.example/news/harbour", 1, "text/html", plain)
        + response("https://a.example/about", 2, "text/html", plain.replace("Harbour", "Pier"))
        + response("https://a.example/news/free", 3, "text/html", PAGE.format(head=free).replace("Harbour", "Quay"))
        + response("https://www.a.example/.well-known/tdmrep.json", 4, "application/json", json.dumps(rules))
        + response("https://b.example/.well-known/tdmrep.json", 5, "application/json", "[[[")
        + response(
            "https://b.example/news/harbour", 6, "text/html", PAGE.format(head="").replace("Harbour", "Dock")
        )
    )
    found = records(tmp_path / "crawl.warc", tmp_path / "out")
    reserved = {
        url.split("//")[1]: record["reservations"] for url, record in found.items() if record["reservations"]
    }
    assert reserved == {
        "a.example/news/harbour": [
            {"kind": "tdm-reservation", "value": "1", "policy": "https://a.example/policy.json"}
        ]
    }


def test_a_record_and_a_steward_are_read(tmp_path: Path) -> None:
    """Columns of a record; a steward's word in sources.toml; a wrong one is a finding."""
    folder = tmp_path / "in"
    folder.mkdir()
    text = "The council said on Wednesday that the harbour would be closed for repairs until winter."
    rows = [
        {"id": "a", "text": text, "license": "CC-BY-SA-4.0"},
        {"id": "b", "text": text + " Twice.", "tdm_reservation": 1},
        {"id": "c", "text": text + " Thrice."},
        {"id": "d", "text": text + " Again."},
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "sources.toml").write_text(
        '[documents.c]\nredistribution = { value = "allowed", known_from = "the owner\'s letter" }\n'
        '[documents.d]\nredistribution = { value = "perhaps", known_from = "hearsay" }\n',
        "utf-8",
    )
    report = build([folder], tmp_path / "out", BuildOptions())
    found = {r["doc_id"]: r["rights_record"] for r in BuiltDataset.open(tmp_path / "out").rows("documents")}
    assert {key: record["decision"] for key, record in found.items()} == {
        "a": "allowed",
        "b": "denied",
        "c": "allowed",
        "d": "unknown",
    }
    assert found["c"]["known_from"] == "the owner's letter"
    assert [f.code for f in report.findings] == ["bad-sources-toml"]
