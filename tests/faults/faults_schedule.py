"""One schedule: edits on both sides, syncs that are struck, one clean run; then both sides are read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults_injection import BROKE, CRASHED, FULL, KILLED, OCCASIONS, Blow, Job, Strike, bursts, struck
from faults_reading import Count, count
from faults_world import Person, Site, World
from labelstudio_material import SCHEME
from labelstudio_people import sign_up_person
from labelstudio_proxy import Fate, Proxy, proxied

from corpus.errors import CorpusError
from corpus.labelstudio.client import Client, connect
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger import Ledger
from corpus.labelstudio.server import LocalServer
from corpus.labelstudio.sync import Material, sync
from corpus.model.document import Document
from corpus.preannotation.quotes import QuotationRules

SERVER_DEATHS = 40
"""Every so many schedules the server itself is killed in the middle of a sync, and started again."""


TRIES = 8
"""How many more faults are tried where none has struck yet."""


def sync_once(client: Client, folder: Path, name: str, documents: tuple[Document, ...]) -> object:
    """Bring both sides together, as the command does."""
    material = Material(name, SCHEME, ListedDocuments(documents), folder / "annotations", QuotationRules())
    with Ledger.open(folder / "ledger") as ledger:
        return sync(client, material, ledger)


@dataclass
class Stage:
    """What all schedules of a run share: the server, a proxy before it, and two people."""

    server: LocalServer
    proxy: Proxy
    site: Site
    people: list[Person]
    folder: Path

    @property
    def token(self) -> str:
        return self.server.credentials().token

    def job(self, world: World, url: str) -> Job:
        return Job(url, self.token, world.folder, world.name, world.documents(), sync_once)


@contextmanager
def staged(server: LocalServer, client: Client) -> Iterator[Stage]:
    """Set the stage before a running server."""
    people = []
    for name in ("ada", "bo"):
        person = sign_up_person(client, name)
        token = person.client.get("/api/current-user/token")["token"]
        person.client.close()
        people.append(Person(name, token))
    site = Site(client.url, server.credentials().token)
    with proxied(client.url) as proxy, tempfile.TemporaryDirectory() as folder:
        yield Stage(server, proxy, site, people, Path(folder))
    site.close()


class Schedule:
    """One seeded schedule."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.seed, self.random = stage, seed, random.Random(seed)
        folder = stage.folder / f"schedule-{seed}"
        self.world = World(f"faults {seed}", folder, stage.site, stage.people, self.random)
        self.injected: list[str] = []
        self.played: list[str] = []
        """Everything that was done, in order, for whoever looks into a failure."""
        self.folder = folder

    def run(self) -> Count:
        """Play the schedule and count what is there in the end."""
        self.folder.mkdir()
        for _ in range(self.random.randint(2, 4)):
            self.world.add_document()
        if self.random.random() < 0.6:
            self._sync_clean()
        for _ in range(self.random.randint(1, 2)):
            for _ in range(self.random.randint(1, 4)):
                self._edit()
            for _ in range(self.random.randint(1, 2)):
                self._fault()
        for _ in range(TRIES if not self.injected else 0):  # each fault came too late: there was less to do
            self._edit()
            self._fault()
            if self.injected:
                break
        before = {path.name: path.read_bytes() for path in self.world.annotations.glob("*.jsonl")}
        self._sync_clean()
        found = count(self.world, before)
        found.injected = len(self.injected)
        found.why = [f"schedule {self.seed} ({', '.join(self.played)}): {reason}" for reason in found.why]
        return found

    def _sync_clean(self) -> None:
        self.played.append("sync")
        self.stage.job(self.world, self.stage.site.url).run()
        self.world.unseen.clear()

    def _edit(self) -> None:
        world = self.world
        edits: list[Callable[[], Any]] = [world.annotate_here] * 3 + [world.annotate_there] * 4
        edits += [world.delete_there, world.add_document, world.delete_task]
        edits += [world.change_text, world.change_text, world.annotate_late, world.annotate_late]
        edit = self.random.choice(edits)
        self.played.append(edit.__name__)
        edit()

    def _fault(self) -> None:
        if self.seed % SERVER_DEATHS == 7 and "the server was killed" not in self.injected:
            self._kill_server()
        elif self.random.random() < 0.5:
            self._strike()
        else:
            self._break_connections()

    def _inject(self, *faults: str) -> None:
        self.injected += faults
        self.played.append("sync with " + " and ".join(faults) if faults else "sync that was not struck")

    def _break_connections(self) -> None:
        """Sync through a proxy that breaks some requests in a row."""
        proxy = self.stage.proxy
        proxy.plan, _ = bursts(self.random)
        proxy.seen.clear()
        with suppress(CorpusError):  # it may give up; it must not do harm
            self.stage.job(self.world, proxy.url).run()
        self._inject(*(one.fate.value for one in proxy.seen if one.fate is not Fate.PASS))

    def _strike(self) -> None:
        """Sync in a process that is killed, or whose disk fills up, on the way."""
        blow = self.random.choice(list(Blow))
        strike, report = Strike(blow, self.random.randint(1, OCCASIONS[blow])), self.folder.with_suffix(".txt")
        code = struck(self.stage.job(self.world, self.stage.site.url), strike, report)
        if code == CRASHED:
            raise AssertionError(f"schedule {self.seed}, {strike}: {report.read_text('utf-8')}")
        assert code in (0, BROKE, FULL, KILLED), (self.seed, strike, code)
        if code in (FULL, KILLED):
            self._inject(f"{blow} ({strike.number})")
        else:
            self.played.append(f"sync that was not struck ({code})")

    def _kill_server(self) -> None:
        """Sync while the server dies at some request, and start it again."""
        proxy, left = self.stage.proxy, [self.random.randint(1, 10)]

        def plan(_method: str, _path: str) -> Fate:
            left[0] -= 1
            if left[0] == 0:
                self.stage.server.stop()
                self._inject("the server was killed")
            return Fate.PASS

        proxy.plan = plan
        with suppress(CorpusError):
            self.stage.job(self.world, proxy.url).run()
        status = self.stage.server.start()
        assert status.url == self.stage.site.url


def play(server: LocalServer, seeds: range, told: Callable[[Count], None] = lambda _: None) -> Count:
    """Play the schedules of some seeds, one after the other, before a running server."""
    url = server.status().url
    assert url is not None
    total = Count()
    with connect(url, server.credentials().token) as client, staged(server, client) as stage:
        for seed in seeds:
            total.add(Schedule(stage, seed).run())
            told(total)
    return total
