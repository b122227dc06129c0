"""A busy SQLite database: Label Studio tries an import again by itself, without what belongs on the tasks.

A test holds the write lock of the server's own database for longer than the server waits for it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import document, news, news_set
from labelstudio_postgres import needs_sqlite, place_of, query
from labelstudio_proxy import Fate, proxied

from corpus.annotation.store import append
from corpus.labelstudio.backup import open_backup, save_backup
from corpus.labelstudio.ledger import journal
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.project import find_project
from corpus.labelstudio.restore import restore
from corpus.labelstudio.wire.client import Client, connect
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
HELD = 8.5
"""Seconds; Django waits for 5: what is left is for a busy machine to send the import in."""


@pytest.fixture
def busy(label_studio: LocalServer) -> Iterator[Callable[[], None]]:
    """Return what makes the server's database busy for a while."""
    needs_sqlite(label_studio, "on PostgreSQL an import waits, and nothing is dropped")
    threads: list[threading.Thread] = []

    def hold(taken: threading.Event) -> None:
        database = sqlite3.connect(label_studio.data_dir / "label_studio.sqlite3", isolation_level=None, timeout=30)
        database.execute("BEGIN IMMEDIATE")
        taken.set()
        time.sleep(HELD)
        database.execute("ROLLBACK")
        database.close()

    def start() -> None:
        taken = threading.Event()
        threads.append(threading.Thread(target=hold, args=(taken,)))
        threads[-1].start()
        assert taken.wait(30)

    yield start
    for thread in threads:
        thread.join()


def test_on_postgresql_an_import_waits_and_comes_whole(
    client: Client, label_studio: LocalServer, tmp_path: Path
) -> None:
    """However long others hold what it needs."""
    place = place_of(label_studio)
    if place is None:
        pytest.skip("needs a PostgreSQL (make test-postgres)")
    desk = Desk(client, tmp_path)
    project = desk.sync().project
    desk.documents = (news(),)
    append(desk.folder, [news_set(desk.documents[0])])
    held = f"BEGIN; LOCK TABLE task IN EXCLUSIVE MODE; SELECT pg_sleep({HELD}); COMMIT"
    holder = threading.Thread(target=query, args=(place, held))
    holder.start()
    report = desk.sync()
    holder.join()
    assert (report.tasks_new, report.annotations_new) == (1, 1)
    assert "import-incomplete" not in {finding.code for finding in report.findings}
    (task,) = desk.listed(project)
    assert len(task.annotations) == 1
    desk.sync()
    assert desk.sync().is_quiet


class KilledError(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_busy_server_drops_from_an_import_is_sent_again(
    client: Client, tmp_path: Path, busy: Callable[[], None], monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """By the same sync, or by the one after that was killed; nothing is taken for deleted."""
    desk = Desk(client, tmp_path, news())
    desk.preannotator = QuotationRules()
    append(desk.folder, [news_set(desk.documents[0])])
    project = desk.sync().project
    before = desk.sets()

    def strike(name: str) -> None:
        if name == "import begins":
            busy()
        if name == "import ended":
            monkeypatch.setattr(journal, "on_step", None)
            if killed:
                raise KilledError

    monkeypatch.setattr(journal, "on_step", strike)
    join = "\n"
    parts = [
        ("boilerplate", "Menu | Sign in", join),
        ("title", "Ministry: “We are ready 🙂”", join),
        ("body", "KYIV — “We are ready,” said Olena Kovalenko, “to talk, and to listen.”", "\n\n"),
        ("body", "Kovalenko in Kyiv", join),
        ("body", "According to the ministry, she had said the talks may fail.", "\n\n"),
    ]
    desk.documents = (document("news-1", *parts),)
    if killed:
        with pytest.raises(KilledError):
            desk.sync()
    report = desk.sync()
    assert "import-incomplete" in {finding.code for finding in report.findings}
    assert (report.tasks_new, report.annotations_new, report.predictions_new) == (0 if killed else 1, 1, 1)
    old, new = desk.listed(project)
    assert (old.is_retired, len(new.annotations), len(new.predictions)) == (True, 1, 1)
    for _ in range(2):
        report = desk.sync()
        assert (report.is_quiet, report.findings, desk.sets()) == (True, [], before)


def test_what_a_busy_server_drops_from_a_restoration_is_made_again(
    client: Client, label_studio: LocalServer, tmp_path: Path, busy: Callable[[], None]
) -> None:
    """Tasks that came without their annotations are taken back and sent once more."""
    desk = Desk(client, tmp_path, news())
    append(desk.folder, [news_set(desk.documents[0])])
    project = desk.sync().project
    found = find_project(client, desk.name)
    assert found is not None
    save_backup(client, found, tmp_path / "saved.gz", lambda email, _: email, [])
    client.send("DELETE", f"/api/projects/{project}/")
    struck: list[str] = []

    def plan(_: str, path: str) -> Fate:
        if path.partition("?")[0].endswith("/import") and not struck:
            struck.append(path)
            busy()
        return Fate.PASS

    with proxied(client.url) as proxy, connect(proxy.url, label_studio.credentials().token) as through:
        proxy.plan = plan
        report = restore(through, open_backup(tmp_path / "saved.gz"), desk.name)
    assert (len(struck), report.made.tasks, report.made.annotations, report.findings) == (1, 1, 1, [])
    (task,) = desk.listed(report.project)
    assert len(task.annotations) == 1
