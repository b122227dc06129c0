"""Checkouts that never share their files name people alike; where older ones did not, a merge doubles nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labelstudio_checkouts import beside, merge, says
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, by_hand, drawn, region
from labelstudio_people import Person, annotate

from corpus.annotation.store import append
from corpus.labelstudio.ledger.store import LEDGER, Ledger
from corpus.labelstudio.wire.client import Client
from corpus.model.finding import Severity

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


@pytest.fixture
def desk(client: Client, tmp_path: Path) -> Desk:
    return Desk(client, tmp_path, plain("one", TEXT), plain("two", f"{TEXT} Yes."))


def draw(desk: Desk, project: int, person: Person, doc_id: str, words: str) -> None:
    annotate(person, desk.tasks(project)[doc_id].id, [region(words)])


def named_before(desk: Desk, **names: Person) -> None:
    """Let a checkout's ledger have names of its own for people, as older versions gave them."""
    with Ledger.open(desk.ledger_folder) as ledger:
        for name, person in names.items():
            ledger.learn(person.email, name.replace("_", "-"))


def errors(desk: Desk) -> set[tuple[str, str]]:
    """Sync, and return what is wrong, where."""
    found = desk.sync(take_over=True).findings
    return {(f.code, f.place.partition("/")[2]) for f in found if f.severity is Severity.ERROR}


def put(desk: Desk, files: dict[str, bytes]) -> None:
    for path in desk.folder.glob("*.jsonl"):
        path.unlink()
    for name, held in files.items():
        (desk.folder / name).write_bytes(held)


def test_who_is_met_in_another_order_has_the_same_name(desk: Desk, crew: Join, tmp_path: Path) -> None:
    """One saw each of them come, the other one met both at once; merged, their files say the same."""
    ada, bo = crew("ada"), crew("bo")
    project = desk.sync().project
    for person, doc_id, words in ((bo, "two", "Bo"), (ada, "one", "Ada")):
        draw(desk, project, person, doc_id, words)
        desk.sync()
    other = beside(desk, tmp_path / "other")
    other.pull()
    assert says(other) == says(desk) == {("one", ada.pseudonym): ["Ada"], ("two", bo.pseudonym): ["Bo"]}
    put(other, merge(desk.folder, other.folder))
    assert other.sync(take_over=True).is_quiet
    assert says(other) == says(desk)


def test_a_name_that_is_taken_is_nobody_elses_later(desk: Desk, crew: Join) -> None:
    """A file of that name may be somebody's who was named before; the next number is the next user's."""
    ada, bo = crew("ada"), crew("bo")
    named_before(desk, **{ada.pseudonym: bo})
    project = desk.sync().project
    draw(desk, project, ada, "one", "Ada")
    draw(desk, project, bo, "one", "Bo")
    desk.sync()
    assert says(desk) == {("one", f"{ada.pseudonym}-2"): ["Ada"], ("one", ada.pseudonym): ["Bo"]}


@pytest.mark.parametrize("has_ledger", [True, False])
def test_merged_files_that_name_people_otherwise(desk: Desk, crew: Join, tmp_path: Path, has_ledger: bool) -> None:
    """Each annotation stands once on the server, and the lines of its second name are errors until they go."""
    ada, bo = crew("ada"), crew("bo")
    other = beside(desk, tmp_path / "other")
    named_before(desk, ann_1=ada, ann_2=bo)
    named_before(other, ann_1=bo, ann_2=ada)
    project = desk.sync().project
    draw(desk, project, ada, "one", "Ada")
    draw(desk, project, bo, "two", "Bo")
    desk.sync()
    other.sync()
    put(desk, merge(desk.folder, other.folder))
    if not has_ledger:
        (desk.ledger_folder / LEDGER).unlink()
    for _ in range(2):
        assert errors(desk) == {("annotation-doubled", "one"), ("annotation-doubled", "two")}
        assert sorted(drawn(desk, project)) == [["Ada"], ["Bo"]]
    desk.documents = tuple(plain(doc.doc_id, f"{doc.text} Later.") for doc in desk.documents)
    assert errors(desk) == {("annotation-doubled", "one"), ("annotation-doubled", "two")}
    assert sorted(drawn(desk, project)) == [
        ["Ada"],
        ["Ada"],
        ["Bo"],
        ["Bo"],
    ]  # retired and new tasks


def test_a_name_in_the_files_that_is_somebody_elses_here(desk: Desk, crew: Join, tmp_path: Path) -> None:
    """Who drew it is met for the first time: they get a name of their own, and that of the files is told."""
    ada, bo = crew("ada"), crew("bo")
    other = beside(desk, tmp_path / "other")
    named_before(desk, ann_1=ada)
    named_before(other, ann_1=bo)
    project = desk.sync().project
    draw(desk, project, bo, "two", "Bo")
    other.sync()
    draw(desk, project, ada, "one", "Ada")
    desk.sync()
    lines = (desk.folder / "ann-1.jsonl").read_bytes().splitlines(keepends=True)
    with (other.folder / "ann-1.jsonl").open("ab") as stream:
        stream.writelines(line for line in lines if b'"doc_id":"one"' in line)
    report = other.sync(take_over=True)
    assert {"annotator-shared", "annotation-doubled"} <= {f.code for f in report.findings}
    assert says(other)["one", ada.pseudonym] == says(other)["one", "ann-1"] == ["Ada"]
    draw(desk, project, ada, "two", "Ada")
    other.sync(take_over=True)
    assert says(other)["two", ada.pseudonym] == ["Ada"]
    assert sorted(drawn(desk, project)) == [["Ada"], ["Ada"], ["Bo"]]


def test_what_is_sent_to_tasks_that_are_there(desk: Desk, tmp_path: Path) -> None:
    """Each task is told once whose annotations are coming, many are read at once; another checkout knows them."""
    desk.documents = tuple(plain(f"doc-{n}", f"{TEXT} {n}.") for n in range(6))
    desk.sync()
    for name in ("hand-1", "hand-2", "hand-3"):
        append(desk.folder, [by_hand(desk, doc, name) for doc in desk.documents])
    before, number = desk.client.requests, 3 * len(desk.documents)
    assert desk.sync().annotations_new == number
    around = 12
    assert desk.client.requests - before <= number + len(desk.documents) + around
    other = beside(desk, tmp_path / "other")
    other.sync()
    assert says(other) == says(desk)
    assert len(says(other)) == number
