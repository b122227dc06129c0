"""One schedule: edits on both sides, syncs that are struck, one clean run; then both sides are read."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from faults_injection import (
    BROKE,
    CRASHED,
    FULL,
    KILLED,
    OCCASIONS,
    Blow,
    Job,
    Result,
    Strike,
    Sync,
    bursts,
    struck,
)
from faults_reading import Count, count
from faults_schemes import scheme
from faults_site import Person, Site
from faults_world import Prefer, World
from labelstudio_people import sign_up_person
from labelstudio_proxy import Fate, Proxy, proxied

from corpus.errors import CorpusError
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.sync import Material, Options, pull, push, sync
from corpus.labelstudio.wire.client import Client
from corpus.model.document import Document
from corpus.preannotation.quotes import QuotationRules

SERVER_DEATHS = 25
"""Every so many schedules the server itself is killed in the middle of a sync, and started again."""

TRIES = 8
"""How many more faults are tried where none has struck yet."""
PHASES = {"sync": sync, "pull": pull, "push": push}


@dataclass(frozen=True)
class Doing:
    """What a sync is told to do."""

    phase: str = "sync"
    version: int = 0
    is_lossy: bool = False
    prefer: Prefer = None
    take_over: bool = False

    def __call__(self, client: Client, folder: Path, name: str, documents: tuple[Document, ...]) -> SyncReport:
        """Bring both sides together, as the command does."""
        wanted = scheme(self.version, lossy=self.is_lossy)
        material = Material(name, wanted, ListedDocuments(documents), folder / "annotations", QuotationRules())
        options = Options(prefer=self.prefer, take_over=self.take_over)
        with Ledger.open(folder / "ledger") as ledger:
            return PHASES[self.phase](client, material, ledger, options)


PREFERENCES: tuple[Prefer, ...] = (None, None, "local", "server")
KILLED_SERVER = "the server was killed"
SYNC = Doing()


class Place(Protocol):
    """One checkout that is struck."""

    name: str
    folder: Path

    def documents(self) -> tuple[Document, ...]:
        """Return what is synced."""


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

    # A default of one result cannot stand for a parameter of any, which mypy has no other word for.
    def job(self, place: Place, url: str, doing: Sync[Result] = SYNC) -> Job[Result]:  # type: ignore[assignment]
        return Job(url, self.token, place.folder, place.name, place.documents(), doing)


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

    takes_over = False
    """Whether another checkout may have pushed meanwhile."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.seed, self.random = stage, seed, random.Random(seed)
        folder = stage.folder / f"schedule-{seed}"
        self.world = World(f"faults {seed}", folder, stage.site, stage.people, self.random)
        self.prefer: Prefer = self.random.choice(PREFERENCES)
        """What the user says of conflicts; somebody who says nothing may decide at the last sync."""
        self.injected: list[str] = []
        self.played: list[str] = []
        """Everything that was done, in order, for whoever looks into a failure."""
        self.folder = folder

    @property
    def place(self) -> Place:
        """What is struck."""
        return self.world

    def run(self) -> Count:
        """Play the schedule and count what is there in the end."""
        self.folder.mkdir()
        for _ in range(self.random.randint(2, 4)):
            self.world.add_document()
        if self.random.random() < 0.6:
            self._round(0)
            self._sync_clean()
        for _ in range(self.random.randint(1, 2)):
            self._round(self.random.randint(1, 2))
            if self.random.random() < 0.3:
                self._sync_clean()
        self._strike_at_last()
        before = {path.name: path.read_bytes() for path in self.world.annotations.glob("*.jsonl")}
        if self.prefer is None:
            self.prefer = self.random.choice(PREFERENCES)
        conflicts = self._sync_clean().conflicts
        return self._told(count(self.world, before, len(conflicts)))

    def _strike_at_last(self) -> None:
        """Try on where each fault came too late: there was less to do."""
        for _ in range(TRIES if not self.injected else 0):
            self._edit()
            self._fault()
            if self.injected:
                break

    def _told(self, found: Count) -> Count:
        """Say with what was found how it came to it."""
        found.injected = len(self.injected)
        found.why = [f"schedule {self.seed} ({', '.join(self.played)}): {reason}" for reason in found.why]
        return found

    def _round(self, faults: int) -> None:
        for _ in range(self.random.randint(1, 4)):
            self._edit()
        for _ in range(faults):
            self._fault()

    def _sync_clean(self) -> SyncReport:
        self.played.append(f"sync (prefer {self.prefer})")
        doing = Doing("sync", self.world.version, prefer=self.prefer, take_over=self.takes_over)
        report = self.stage.job(self.world, self.stage.site.url, doing).run()
        self.world.settle(self.prefer)
        return report

    def _edit(self) -> None:
        world = self.world
        edits: list[Callable[[], Any]] = [world.annotate_here] * 3 + [world.annotate_there] * 4
        edits += [world.delete_here, world.delete_there, world.add_document, world.delete_task]
        edits += [world.change_text, world.change_text, world.annotate_late, world.annotate_late]
        edits += [world.change_both] * 3 + [world.change_what_came, world.change_what_was_sent]
        edits += [world.change_scheme, world.change_scheme, world.lose_label]
        edit = self.random.choice(edits)
        self.played.append(edit.__name__)
        edit()

    def _doing(self) -> Sync[Any]:
        """Return what the next sync is told: mostly all of it, with today's scheme."""
        world = self.world
        is_lossy, world.is_lossy = world.is_lossy and world.slips, False
        phase = self.random.choice(("sync", "sync", "sync", "pull", "push"))
        return Doing(phase, world.version, is_lossy, self.prefer, self.takes_over)

    def _fault(self) -> None:
        if self.seed % SERVER_DEATHS == 7 and KILLED_SERVER not in self.injected:
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
            self.stage.job(self.place, proxy.url, self._doing()).run()
        self._inject(*(one.fate.value for one in proxy.seen if one.fate is not Fate.PASS))

    def _strike(self) -> None:
        """Sync in a process that is killed, or whose disk fills up, on the way."""
        blow = self.random.choice(list(Blow))
        strike, report = Strike(blow, self.random.randint(1, OCCASIONS[blow])), self.folder.with_suffix(".txt")
        code = struck(self.stage.job(self.place, self.stage.site.url, self._doing()), strike, report)
        if code == CRASHED:
            raise AssertionError(f"schedule {self.seed}, {strike}: {report.read_text('utf-8')}")
        assert code in (0, BROKE, FULL, KILLED), (self.seed, strike, code)
        if code in (FULL, KILLED):
            self._inject(f"{blow} ({strike.number})")
        else:
            self.played.append(f"sync that was not struck ({code})")

    def _kill_server(self) -> None:
        """Sync while the server is killed at some request or in the middle of it, and start it again."""
        proxy, left = self.stage.proxy, [self.random.randint(1, 10)]
        delay = self.random.choice((0.0, 0.005, 0.02, 0.1))
        timer = threading.Timer(delay, self._end_server)

        def plan(_method: str, _path: str) -> Fate:
            left[0] -= 1
            if left[0] == 0:
                timer.start()
                if not delay:
                    timer.join()
            return Fate.PASS

        proxy.plan = plan
        with suppress(CorpusError):
            self.stage.job(self.place, proxy.url, self._doing()).run()
        if timer.ident is not None:
            timer.join()
        status = self.stage.server.start()
        assert status.url == self.stage.site.url

    def _end_server(self) -> None:
        pid = self.stage.server.status().pid
        assert pid is not None
        os.killpg(pid, signal.SIGKILL)
        while self.stage.server.status().running:
            time.sleep(0.01)
        self._inject(KILLED_SERVER)
