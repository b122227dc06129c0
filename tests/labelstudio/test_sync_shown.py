"""What the screen showed when both sides were in step decides what an annotator took away, not today's scheme."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from labelstudio_desk import Desk
from labelstudio_material import SCHEME, spans
from labelstudio_one import TEXT
from labelstudio_people import Person, annotate, mark

from corpus.annotation.store import append
from corpus.files import schema_text
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.wire.listing import ServerTask
from corpus.model.annotation import AnnotationSet, Claim, Entity, Origin
from corpus.model.scheme import Scheme

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def changed(version: str, old: str, new: str) -> Scheme:
    """Return the project's scheme in another version, with a word exchanged; its history does not tell."""
    text = schema_text("news-ec.toml").replace('version = "1.0.0"', f'version = "{version}"', 1)
    return Scheme.from_toml(text.replace(old, new, 1) if old.startswith("[") else text.replace(old, new))


WITHOUT_MISC = changed("1.0.1", '"MISC"', '"OTHER"')
_FLAG = '[[flags]]\nname = "ironic"\nhotkey = "j"\nmeaning = "Not meant"\n\n[[relations]]'
WITH_IRONIC = changed("1.1.0", "[[relations]]", _FLAG)


@pytest.mark.parametrize("deleted", [True, False])
def test_what_was_taken_away_on_both_sides_does_not_come_back(desk: Desk, crew: Join, deleted: bool) -> None:
    """A label goes once nobody uses it; that the last version in step did is no reason to bring it back."""
    ada = crew("ada")
    task = desk.tasks(desk.sync().project)["one"]
    made = annotate(
        ada, task.id, [mark("a", TEXT, "Ada", "MISC", "entity"), mark("b", TEXT, "Bo", "PER", "entity")]
    )
    desk.sync()
    ((key, _),) = desk.sets().items()
    if deleted:
        desk.edit(key, state="deleted", entities=())
    else:
        desk.edit(key, entities=(Entity(id="b", spans=spans(desk.documents[0], "Bo"), label="GPE"),))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [mark("b", TEXT, "Bo", "ORG", "entity")]})
    desk.scheme = WITHOUT_MISC
    for _ in range(2):
        assert len(desk.sync().conflicts) == 1
        (kept,) = (desk.folder / "conflicts").glob("*.jsonl")
        (theirs,) = [AnnotationSet.model_validate_json(line) for line in kept.read_bytes().splitlines()]
        assert [entity.label for entity in theirs.entities] == ["ORG"]
    desk.sync(prefer="server")
    assert [entity.label for entity in desk.sets()[key].entities] == ["ORG"]
    assert desk.sync().is_quiet


def early(desk: Desk) -> AnnotationSet:
    """Return a set that uses what the scheme gets only later: a label and a flag, beside what it has."""
    (doc,) = desk.documents
    return AnnotationSet(
        annotation_id="one.hand-1",
        revision=1,
        state="submitted",
        doc_id="one",
        annotator="hand-1",
        anchor_sha256=doc.anchor_sha256,
        scheme=SCHEME.name,
        scheme_version=SCHEME.version,
        origin=Origin(kind="import", note="made for a test"),
        entities=(
            Entity(id="e1", spans=spans(doc, "Ada"), label="PER"),
            Entity(id="e2", spans=spans(doc, "Bo"), label="MISC"),
        ),
        claims=(Claim(id="c1", spans=spans(doc, "said no"), flags=("ironic",)),),
    )


def shown(task: ServerTask) -> list[object]:
    """Return what the one annotation of a task shows, in order."""
    (annotation,) = task.annotations
    values = [row["value"] for row in annotation.result]
    return [name for value in values for name in (*value.get("labels", ()), *value.get("choices", ()))]


@pytest.mark.parametrize("edited", [False, True])
def test_what_could_not_be_drawn_is_sent_once_it_can(desk: Desk, edited: bool) -> None:
    """Whether or not somebody changes the annotation at that very time; what they took away stays away."""
    desk.scheme = WITHOUT_MISC
    append(desk.folder, [early(desk)])
    project = desk.sync().project
    assert shown(desk.tasks(project)["one"]) == ["PER", "CLAIM"]
    assert desk.sync().is_quiet
    if edited:
        (annotation,) = desk.tasks(project)["one"].annotations
        rows = [row for row in annotation.result if row["value"]["labels"] != ["PER"]]
        desk.client.send("PATCH", f"/api/annotations/{annotation.id}/", {"result": rows})
    desk.scheme = SCHEME
    assert desk.sync().annotations_updated == 1
    assert shown(desk.tasks(project)["one"]) == [*(["PER"] if not edited else []), "MISC", "CLAIM"]
    assert desk.sync().is_quiet
    desk.scheme = WITH_IRONIC
    assert desk.sync().annotations_updated == 1
    assert shown(desk.tasks(project)["one"])[-1] == "ironic"
    assert desk.sync().is_quiet
    (own,) = desk.sets().values()
    assert ([e.id for e in own.entities], own.claims[0].flags) == (["e1", "e2"][edited:], ("ironic",))
    (annotation,) = desk.tasks(project)["one"].annotations
    rows = [row for row in annotation.result if row["type"] == "labels" and row["value"]["labels"] != ["MISC"]]
    desk.client.send("PATCH", f"/api/annotations/{annotation.id}/", {"result": rows})
    desk.sync()
    (own,) = desk.sets().values()
    assert ([e.id for e in own.entities], own.claims[0].flags) == (["e1"][edited:], ())
    assert desk.sync().is_quiet


def test_a_ledger_of_the_first_format_is_brought_up(desk: Desk) -> None:
    """It did not keep what was shown; nothing is sent again for that."""
    append(desk.folder, [early(desk)])
    desk.sync()
    with closing(sqlite3.connect(desk.ledger_folder / LEDGER)) as old:
        old.execute("ALTER TABLE steps DROP COLUMN shown")
        old.execute("DELETE FROM facts WHERE name LIKE 'shown%'")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    report = desk.sync()
    assert (report.is_quiet, report.annotations) == (True, 1)
    desk.edit(("one", "hand-1"), claims=())
    assert desk.sync().annotations_updated == 1
    assert desk.sync().is_quiet


def test_a_sent_item_whose_answer_was_lost_is_not_doubled(desk: Desk) -> None:
    """What is drawn under its own id was shown, whatever the ledger knows of it."""
    desk.scheme = WITHOUT_MISC
    append(desk.folder, [early(desk)])
    project = desk.sync().project
    desk.scheme = SCHEME
    (annotation,) = desk.tasks(project)["one"].annotations
    row = mark("e2", TEXT, "Bo", "MISC", "entity")
    desk.client.send("PATCH", f"/api/annotations/{annotation.id}/", {"result": [*annotation.result, row]})
    assert desk.sync().changed == 0
    (own,) = desk.sets().values()
    assert [e.id for e in own.entities] == ["e1", "e2"]
    assert desk.sync().is_quiet


def test_a_new_name_that_somebody_drew_and_took_away_again(desk: Desk, crew: Join) -> None:
    """An annotation from before the name came knows it from the first time it was drawn."""
    desk.scheme, ada = WITHOUT_MISC, crew("ada")
    rows = [mark("a", TEXT, "Ada", "PER", "entity")]
    made = annotate(ada, desk.tasks(desk.sync().project)["one"].id, rows)
    desk.sync()
    desk.scheme = SCHEME
    desk.sync()
    for drawn in ([*rows, mark("b", TEXT, "Bo", "MISC", "entity")], rows):
        ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": drawn})
        desk.sync()
        (own,) = desk.sets().values()
        assert [entity.id for entity in own.entities] == [row["id"] for row in drawn]
    assert desk.sync().is_quiet
