"""Measure the sync on a real Label Studio: push, nothing to do, a hundred changes, memory; beside the SDK's way."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import httpx

from corpus.files import schema_text
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.sync import Material, sync
from corpus.labelstudio.wire.client import Client, connect
from corpus.model.annotation import AnchoredSpan, Claim, Source
from corpus.model.document import Block, Document, sha256_text
from corpus.model.roles import Reason, Role
from corpus.model.scheme import Scheme
from corpus.model.span import Span
from corpus.preannotation.protocol import Prediction

WHERE = """
The articles are made up: 3 KB each, with eight proposed regions. What a first push sends is kept, and sent again as
the same bytes by bare requests, one after the other, before and after the push that is timed; each has an empty
project of its own. "Nothing to do" is the median of five. Memory is the highest resident size of a process of its
own, less what it held after its imports (Linux only); "reads all" is a checkout that has neither ledger nor
annotation files. The SDK's way to see what changed is to read everything. All times are by the clock: let nothing
else run.
"""
SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
CHANGED = 100
QUOTES = (
    "“We are ready to talk about item {0}, and to listen,” said Minister Ada Lovelace{1} on Monday in Turin.",
    "According to spokesman Bo Karlsson{1}, the plan {0} “will not be carried out before the spring”.",
    "The committee heard seven witnesses on the matter {0}, among them two engineers from the coast and a lawyer.",
)


@dataclass(frozen=True)
class Articles:
    """Made-up documents, each made when it is asked for: none is kept."""

    number: int

    @property
    def digest(self) -> str:
        return f"made {self.number}"

    def __iter__(self) -> Iterator[Document]:
        return map(article, range(self.number))

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        return {name: article(int(name.rpartition("-")[2])) for name in doc_ids}


def article(number: int) -> Document:
    lines = [QUOTES[n % 3].format(f"{number}.{n}", "aeiou"[(number + n) % 5]) for n in range(26)]
    text = "\n".join(lines)
    anchor = text + "\n"
    block = Block(0, 0, 0, len(text), text, Role.BODY, next(iter(Reason)), "made", 1.0, True, "", 0)
    unknown: dict[str, Any] = dict.fromkeys(Document.__dataclass_fields__)
    empty = dict.fromkeys(("authors", "headings", "captions", "credits", "evidence"), ())
    hashes = dict.fromkeys(("raw_sha256", "anchor_sha256"), sha256_text(anchor))
    known = {"doc_id": f"article-{number}", "text": text, "source_file": "made", "text_sha256": sha256_text(text)}
    return Document(**{**unknown, **empty, **hashes, **known, "blocks": (block,), "raw_text": anchor})


@dataclass(frozen=True)
class Eight:
    """Proposes eight regions in each article, in no time: what proposing costs is not the question here."""

    name: str = "made"
    version: str = "1"
    labels: tuple[str, ...] = ("CLAIM", "SOURCE")

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        return [self._of(document) for document in documents]

    def _of(self, document: Document) -> Prediction:
        text, claims, sources, start = document.raw_text, [], [], 0
        for number in range(4):
            start = text.index("“", start) + 1
            end = text.index("”", start)
            claims.append(Claim(id=f"c{number}", spans=(AnchoredSpan.of(text, Span(start, end)),), score=0.5))
            sources.append(
                Source(id=f"s{number}", spans=(AnchoredSpan.of(text, Span(end + 2, end + 6)),), score=0.5)
            )
        made = f"{self.name} {self.version}"
        return Prediction(document.doc_id, document.anchor_sha256, made, 0.5, (), tuple(sources), tuple(claims))


@dataclass(frozen=True)
class Site:
    """A server and one checkout that works with it."""

    url: str
    key: str
    folder: Path
    name: str
    number: int

    def beside(self, name: str, number: int | None = None) -> Site:
        """Return another checkout, with a project of its own."""
        folder = self.folder.with_name(f"{self.folder.name} {name}")
        folder.mkdir()
        return replace(self, folder=folder, name=f"{name} {number or self.number}", number=number or self.number)

    def connect(self) -> Client:
        return connect(self.url, self.key)

    def sync(self, client: Client) -> Any:
        material = Material(self.name, SCHEME, Articles(self.number), self.folder / "annotations", Eight())
        with Ledger.open(self.folder / "ledger") as ledger:
            return sync(client, material, ledger)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def push(site: Site) -> tuple[float, float]:
    """Return the seconds that ours took, and the mean of the bare imports before and after it."""
    sent = site.folder.with_suffix(".jsonl")
    with recorded(site.beside("first"), sent) as config:
        before = timed(lambda: bare(site, sent, config))[0]
        with site.connect() as client:
            seconds, report = timed(lambda: site.sync(client))
        assert (report.tasks_new, report.findings) == (site.number, []), report.findings[:3]
        after = timed(lambda: bare(site, sent, config))[0]
    return seconds, (before + after) / 2


@contextmanager
def recorded(site: Site, sent: Path) -> Iterator[str]:
    """Push to a project of its own and keep the imports' bytes, a line each; yield the screen's configuration."""
    with site.connect() as client, sent.open("wb") as stream:
        session, real = client._transport._session, client._transport._session.send

        def send(path: str, **what: Any) -> Any:
            if path.endswith("/import"):
                stream.write(what["content"] + b"\n")
            return real(path, **what)

        session.send = send  # type: ignore[method-assign]  # to keep what is sent
        project = site.sync(client).project
        config = client.get(f"/api/projects/{project}/")["label_config"]
    yield config
    sent.unlink()


def bare(site: Site, sent: Path, config: str) -> None:
    """Import the same bytes with plain requests."""
    headers = {"Authorization": f"Token {site.key}", "Content-Type": "application/json"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=600, trust_env=False) as web:
        body = {"title": "bare", "label_config": config}
        project = web.post("/api/projects/", json=body).raise_for_status().json()["id"]
        with sent.open("rb") as stream:
            for line in stream:
                web.post(f"/api/projects/{project}/import", content=line.rstrip(b"\n")).raise_for_status()


def idle(site: Site) -> tuple[float, int]:
    """Return the median seconds of a sync with nothing to do, and its requests."""
    with site.connect() as client:
        site.sync(client)
        before = client.requests
        seconds = [timed(lambda: site.sync(client))[0] for _ in range(5)]
        return statistics.median(seconds), (client.requests - before) // 5


def changes(site: Site) -> tuple[float, int]:
    """Annotate a hundred articles, change all of these annotations, and time the sync that brings the changes."""
    with site.connect() as client:
        project = site.sync(client).project
        listed = client.tasks(project, "id,data")
        tasks = [next(listed) for _ in range(CHANGED)]
        made = [
            client.send("POST", f"/api/tasks/{task['id']}/annotations/", {"result": rows(task, 1)})
            for task in tasks
        ]
        assert site.sync(client).new == CHANGED
        for task, drawn in zip(tasks, made, strict=True):
            client.send("PATCH", f"/api/annotations/{drawn['id']}/", {"result": rows(task, 2)})
        before = client.requests
        seconds, report = timed(lambda: site.sync(client))
        assert report.changed == CHANGED, report
        return seconds, client.requests - before


def rows(task: dict[str, Any], number: int) -> list[dict[str, Any]]:
    text = task["data"]["text"]
    starts = [n for n in range(len(text)) if text.startswith("Minister", n)][:number]
    value = [{"start": n, "end": n + 8, "text": "Minister", "labels": ["PER"]} for n in starts]
    shared = {"from_name": "entity", "to_name": "text", "type": "labels"}
    return [{"id": f"m{n}", "value": one, **shared} for n, one in enumerate(value)]


def peak(work: Callable[[Site], object], site: Site) -> tuple[float, float]:
    """Run a function in a process of its own; return its seconds, and the MB by which its memory grew."""
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    child = context.Process(target=_peak, args=(work, site, writer))
    child.start()
    seconds, grown = reader.recv()
    child.join()
    return seconds, grown


def _peak(work: Callable[[Site], object], site: Site, writer: Any) -> None:
    site.connect().close()  # brings the SDK's imports
    import label_studio_sdk.client  # noqa: F401 - the SDK's way needs it

    Path("/proc/self/clear_refs").write_text("5")  # the highest size is counted from here on
    before = _highest()
    seconds, _ = timed(lambda: work(site))
    writer.send((seconds, _highest() - before))


def _highest() -> float:
    """Return the highest resident size of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


def ours(site: Site) -> None:
    with site.connect() as client:
        site.sync(client)


def sdk_list(site: Site) -> None:
    """Read every task as the SDK does; only the number is kept."""
    with site.connect() as client:
        project = project_of(client, site.name)
    sdk = _sdk(site)
    assert sum(1 for _ in sdk.tasks.list(project=project, page_size=250)) == site.number


def sdk_export(site: Site) -> None:
    with site.connect() as client:
        project = project_of(client, site.name)
    assert len(_sdk(site).projects.exports.as_json(project, timeout=1800)) == site.number


def _sdk(site: Site) -> Any:
    import warnings

    from label_studio_sdk import LabelStudio

    warnings.simplefilter("ignore")
    return LabelStudio(base_url=site.url, api_key=site.key, timeout=600)


def project_of(client: Client, name: str) -> int:
    return next(int(p["id"]) for p in client.projects() if p["title"] == name)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=10_000, help="the size of the large project")
    number = parser.parse_args().tasks
    with tempfile.TemporaryDirectory() as folder:
        server = LocalServer(Path(folder) / "server")
        try:
            url = server.start().url
            assert url is not None
            site = Site(url, server.credentials().token, Path(folder) / "large", f"{number} articles", number)
            measure(site)
        finally:
            server.stop()
    return 0


def measure(site: Site) -> None:
    number, small = site.number, max(site.number // 10, 1)
    site.folder.mkdir()
    spent, plain = push(site)
    say(
        f"push {number} tasks",
        f"{spent:.1f} s",
        f"bare imports {plain:.1f} s",
        f"{spent / plain:.2f} x (limit 1.15)",
    )
    seconds, requests = idle(site)
    say(f"sync with nothing to do, {number} tasks", f"{seconds:.2f} s (limit 2)", f"{requests} requests (limit 20)")
    seconds, requests = changes(site)
    say(f"{CHANGED} changed annotations of {number}", f"{seconds:.2f} s (limit 3)", f"{requests} requests")
    little, more = site.beside("little", small), site.beside("more")
    for what, work, sites in (
        ("push", ours, (little, more)),
        ("nothing to do", ours, (little, more)),
        ("reads all, no ledger", ours, (fresh(little), fresh(more))),
        ("SDK tasks.list", sdk_list, (little, more)),
        ("SDK exports.as_json", sdk_export, (little, more)),
    ):
        found = [(one.number, *peak(work, one)) for one in sites]
        say(f"memory: {what}", *(f"{grown:.0f} MB at {size} tasks ({spent:.1f} s)" for size, spent, grown in found))


def fresh(site: Site) -> Site:
    folder = site.folder.with_name(f"{site.folder.name} fresh")
    folder.mkdir()
    return replace(site, folder=folder)


def say(what: str, *figures: str) -> None:
    print(f"{what:44} {'; '.join(figures)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
