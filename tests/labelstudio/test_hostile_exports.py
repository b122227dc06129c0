"""Whatever a server sends: never an exception, every fault a finding with its place, and the rest pulled."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_desk import Desk
from labelstudio_material import news, news_set, plain
from labelstudio_people import annotate, mark
from labelstudio_proxy import proxied

from corpus.annotation.store import append, read_folder
from corpus.errors import ServerError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, connect

pytestmark = pytest.mark.server
SOUND = "Ada said yes. Bo said no."
JUNK: list[Any] = [None, True, -1, 0, 2**70, 1.5, 1e400, "", "x", "\ud800", "a\x00b", "x" * 100_000]
JUNK += [[], {}, [[]], [None], {"id": 1}, {"id": "1"}, ["CLAIM", "SOURCE"], "2026-99-99T00:00:00Z", "../../up"]


class Export:
    """All that the real server says to a pull of one project, and a server that says it again, changed."""

    def __init__(self, client: Client, folder: Path, key: str) -> None:
        doc = news()
        self.desk = Desk(client, folder, doc, plain("sound", SOUND), plain("bare", "Cy said so."))
        append(self.desk.folder, [news_set(doc)])
        tasks = self.desk.tasks(self.desk.push().project)
        rows = [mark("a", SOUND, "Ada", "PER", "entity"), mark("b", SOUND, "yes", "CLAIM")]
        annotate(client, tasks["sound"].id, rows)
        annotate(client, tasks["bare"].id, [], was_cancelled=True)
        with proxied(client.url) as proxy, connect(proxy.url, key) as through:
            other = Desk(through, folder / "recorded", *self.desk.documents)
            other.name = self.desk.name
            assert other.pull().new == 3
            self.answers = proxy.answers
        (self.list,) = [path for path, body in self.answers.items() if "/api/tasks/?" in path and b"Ada" in body]
        self.tasks = json.loads(self.answers[self.list])["tasks"]

    def answer(self, tasks: Any) -> Callable[[str], tuple[int, str, bytes]]:
        """Return a server's answers with these tasks in place of the real ones."""

        def said(path: str) -> tuple[int, str, bytes]:
            if path == self.list:
                return 200, "application/json", _json({"tasks": tasks, "total": 3})
            if path in self.answers:
                return 200, "application/json", self.answers[path]
            if path.startswith("/api/tasks/?"):
                return 200, "application/json", b'{"tasks": []}'
            return 404, "application/json", b"{}"

        return said


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()  # with escapes, so that even half a surrogate pair travels


@pytest.fixture(scope="module")
def export(client: Client, label_studio: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> Export:
    return Export(client, tmp_path_factory.mktemp("export"), label_studio.credentials().token)


def pulled(export: Export, tasks: Any) -> tuple[Any, dict[tuple[str, str], Any]]:
    """Pull what such a server says into a fresh checkout; return the report and what was written."""
    with (
        tempfile.TemporaryDirectory() as folder,
        answering(export.answer(tasks)) as (url, _),
        connect(url, KEY, patience=QUICK) as client,
    ):
        desk = Desk(client, Path(folder), *export.desk.documents)
        desk.name = export.desk.name
        shutil.copytree(export.desk.folder, desk.folder)
        report = desk.pull()
        stored = read_folder(desk.folder)
        assert stored.findings == ()
        return report, desk.sets()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every value of a JSON tree."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def changed(tree: Any, path: tuple[Any, ...], deed: str, junk: Any) -> Any:
    """Return the tree with one value replaced, taken out or doubled."""
    if not path:
        return copy.deepcopy(junk)
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    if deed == "take out":
        del parent[path[-1]]
    elif deed == "double" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[path[-1]]))
    else:
        parent[path[-1]] = copy.deepcopy(junk)
    return tree


@given(data=st.data())
@settings(max_examples=100, phases=[Phase.generate])
def test_a_damaged_export(export: Export, data: st.DataObject) -> None:
    """One to four arbitrary changes anywhere in one task: no exception, and the other tasks are pulled whole."""
    tasks = copy.deepcopy(export.tasks)
    victim = data.draw(st.sampled_from([t for t in tasks if t["data"]["doc_id"] != "sound"]))
    number = tasks.index(victim)
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(list(places(tasks[number]))))
        deed = data.draw(st.sampled_from(["replace", "replace", "take out", "double"]))
        tasks[number] = changed(tasks[number], path, deed, data.draw(st.sampled_from(JUNK)))
    report, sets = pulled(export, tasks)
    found = [item for key, item in sets.items() if key[0] == "sound"]
    assert [[e.spans[0].exact for e in item.entities + item.claims] for item in found] == [["Ada", "yes"]]
    assert all(finding.place and finding.message for finding in report.findings)
    json.dumps(report.as_record()).encode()


@pytest.mark.parametrize("tasks", [None, 3, "x", {}])
def test_an_answer_without_a_list_is_no_answer(export: Export, tasks: Any) -> None:
    """It is not taken for an empty list, which would mean that every task was deleted."""
    with pytest.raises(ServerError):
        pulled(export, tasks)


@pytest.mark.parametrize("tasks", [[None, 3, [], "x"], [{"id": "1"}], [{"id": True}], [{}]])
def test_a_list_of_something_else(export: Export, tasks: Any) -> None:
    """What is no task in a list of tasks is passed over."""
    pulled(export, tasks)


def test_very_long_strings(export: Export) -> None:
    """Strings of 10 MB in a label, a note, an id and a text are findings that stay short."""
    tasks = copy.deepcopy(export.tasks)
    task = next(task for task in tasks if task["data"]["doc_id"] == "sound")
    rows, huge = task["annotations"][0]["result"], "x" * 10_000_000
    for number, (key, value) in enumerate((("labels", [huge]), ("text", huge), ("start", huge))):
        rows.append(copy.deepcopy(rows[0]) | {"id": f"r{number}"})
        rows[-1]["value"][key] = value
    rows.append({**copy.deepcopy(rows[0]), "id": huge})
    report, sets = pulled(export, tasks)
    (found,) = [item for key, item in sets.items() if key[0] == "sound"]
    assert [e.spans[0].exact for e in found.entities] == ["Ada"]
    assert len(report.findings) >= 4
    assert all(len(finding.place) + len(finding.message) < 1000 for finding in report.findings)


@pytest.mark.parametrize("scheme", ["another-scheme", "x" * 5000])
def test_a_task_of_another_scheme(export: Export, scheme: str) -> None:
    """A task that belongs to another scheme is an error with its place; the other tasks are pulled."""
    tasks = copy.deepcopy(export.tasks)
    task = next(task for task in tasks if task["data"]["doc_id"] == "news-1")
    task["data"]["scheme"] = scheme
    report, sets = pulled(export, tasks)
    assert any(key[0] == "sound" for key in sets)
    (found,) = [finding for finding in report.findings if f"task {task['id']}" in finding.place]
    assert len(found.message) < 1500
