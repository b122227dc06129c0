"""What is done by hand on the server's own screens, past the sync: nothing is doubled, misplaced or left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, by_hand, drawn, region, start
from labelstudio_people import Person, annotate, mark

from corpus.annotation.store import append
from corpus.labelstudio.wire.client import Client

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def exported(client: Client, project: int) -> Any:
    """What *Export* gives, as somebody imports it again."""
    return client.get(f"/api/projects/{project}/export", exportType="JSON", download_all_tasks="true")


def said(desk: Desk) -> dict[str, list[list[str]]]:
    """Each annotator's entities by version."""
    return {
        key[1]: [[span.exact for entity in item.entities for span in entity.spans] for item in desk.versions(key)]
        for key in desk.sets()
    }


def test_tasks_that_are_exported_and_imported_again(desk: Desk, client: Client, crew: Join) -> None:
    """Copies of annotations stay their authors', those that came from here too, and the copied task goes."""
    append(desk.folder, [by_hand(desk)])
    project, _, key = start(desk, crew("ada"), "Bo")
    client.send("POST", f"/api/projects/{project}/import", exported(client, project))
    report = desk.sync()
    assert (report.twins_removed, report.new, report.changed, report.annotations_new) == (1, 0, 0, 0)
    assert said(desk) == {"hand-1": [["Ada"]], key[1]: [["Bo"]]}
    assert drawn(desk, project) == [["Ada"], ["Bo"]]
    assert desk.sync().is_quiet


def test_an_export_that_is_imported_when_the_task_was_put_back(desk: Desk, client: Client, crew: Join) -> None:
    """By then the ids that it names may be other annotations': what each one says tells whose it is."""
    append(desk.folder, [by_hand(desk)])
    project, _, key = start(desk, crew("ada"), "Bo")
    export = exported(client, project)
    client.send("DELETE", f"/api/tasks/{desk.listed(project)[0].id}/")
    assert desk.sync().tasks_restored == 1
    client.send("POST", f"/api/projects/{project}/import", export)
    report = desk.sync()
    assert (report.twins_removed, report.new, report.changed) == (1, 0, 0)
    assert said(desk) == {"hand-1": [["Ada"]], key[1]: [["Bo"]]}
    assert desk.sync().is_quiet


def test_a_task_that_was_deleted_and_imported_again(desk: Desk, client: Client, crew: Join) -> None:
    """Between two syncs, so that new annotations may have the ids of those that were seen."""
    project, _, key = start(desk, crew("ada"), "Bo")
    append(desk.folder, [by_hand(desk)])
    assert desk.sync().annotations_new == 1
    export = exported(client, project)
    client.send("DELETE", f"/api/tasks/{desk.listed(project)[0].id}/")
    client.send("POST", f"/api/projects/{project}/import", export)
    for _ in range(2):
        report = desk.sync()
        assert (report.new, report.changed, report.deleted) == (0, 0, 0)
    assert said(desk) == {"hand-1": [["Ada"]], key[1]: [["Bo"]]}
    assert sorted(drawn(desk, project)) == [["Ada"], ["Bo"]]
    assert desk.sync().is_quiet


def test_work_on_a_task_that_was_imported_again(desk: Desk, client: Client, crew: Join) -> None:
    """What is changed or added on the copy comes to the task that counts before the copy goes."""
    ada, bo = crew("ada"), crew("bo")
    project, _, key = start(desk, ada, "Bo")
    client.send("POST", f"/api/projects/{project}/import", exported(client, project))
    copy = desk.listed(project)[-1]
    annotate(bo, copy.id, [region("said")])
    ada.client.send("PATCH", f"/api/annotations/{copy.annotations[0].id}/", {"result": [region("yes")]})
    report = desk.sync()
    assert (report.twins_removed, report.new, report.changed) == (1, 1, 1)
    assert all("second task of the same text" in finding.message for finding in report.findings)
    assert [said(desk)[key[1]], *drawn(desk, project)] == [[["Bo"], ["yes"]], ["yes"], ["said"]]
    assert desk.sync().is_quiet


def test_duplicates_that_the_server_removed(desk: Desk, client: Client, crew: Join) -> None:
    """*Remove Duplicated Tasks* moves annotations from task to task and changes no task's time: they are found."""
    project, _, _ = start(desk, crew("ada"), "Bo")
    bare = [{"data": task["data"]} for task in exported(client, project)]
    client.send("POST", f"/api/projects/{project}/import", bare)
    annotate(crew("bo"), desk.listed(project)[-1].id, [region("said")])
    chosen = {"selectedItems": {"all": True, "excluded": []}, "filters": {"conjunction": "and", "items": []}}
    client.send("POST", "/api/dm/actions", chosen, id="remove_duplicates", project=project)
    assert drawn(desk, project) == [["Bo"], ["said"]]
    assert desk.sync().new == 1
    assert sorted(said(desk).values()) == [[["Bo"]], [["said"]]]
    assert desk.sync().is_quiet


def test_a_task_of_another_text_that_was_imported(desk: Desk, client: Client, crew: Join, tmp_path: Path) -> None:
    """It does not take the place of the task that shows the dataset's text; what is drawn on it moves there."""
    project, _, key = start(desk, crew("ada"))
    older = f"Older. {TEXT}"
    other = Desk(client, tmp_path / "other", plain("one", older))
    there = other.sync().project
    annotate(crew("bo"), other.listed(there)[0].id, [mark("z", older, "Bo", "PER", "entity")])
    client.send("POST", f"/api/projects/{project}/import", exported(client, there))
    report = desk.sync()
    assert [f.code for f in report.findings] == ["task-stray", "annotation-late"]
    assert [(task.data["text"], task.is_retired) for task in desk.listed(project)] == [(TEXT, False), (older, True)]
    assert drawn(desk, project) == [["Ada"], ["Bo"], ["Bo"]]
    assert said(desk).pop(key[1]) == [["Ada"]]
    assert desk.sync().is_quiet


def test_a_task_that_was_made_to_name_another_document(client: Client, crew: Join, tmp_path: Path) -> None:
    """What is drawn on it stays the first one's, though the same words stand elsewhere in the other one."""
    desk = Desk(client, tmp_path, plain("one", TEXT), plain("two", "Bo said no. Ada said yes. Ada said yes."))
    project, _, _ = start(desk, crew("ada"), "Bo")
    task = desk.tasks(project)["one"]
    client.send("PATCH", f"/api/tasks/{task.id}/", {"data": {**task.data, "doc_id": "two"}})
    annotate(crew("bo"), task.id, [region("Ada")])
    report = desk.sync()
    assert [(f.code, "'one'" in f.message) for f in report.findings] == [("task-changed-there", True)]
    assert {name for name, _ in desk.sets()} == {"one"}
    assert {item.anchor_sha256 for item in desk.sets().values()} == {desk.documents[0].anchor_sha256}
    assert sorted(words for versions in said(desk).values() for words in versions) == [["Ada"], ["Bo"]]
    assert desk.sync().is_quiet


def test_work_on_a_task_of_somebody_elses(desk: Desk, client: Client, crew: Join) -> None:
    """It cannot be pulled, and that is told whenever something is drawn there."""
    project = desk.sync().project
    client.send("POST", f"/api/projects/{project}/import", [{"data": {"text": TEXT}}])
    (task,) = [task for task in desk.listed(project) if task.doc_id is None]
    assert [(f.code, f.severity.value) for f in desk.sync().findings] == [("task-foreign", "note")]
    for number, name in enumerate(("ada", "bo"), 1):
        annotate(crew(name), task.id, [region("Ada")])
        (finding,) = desk.sync().findings
        assert (finding.code, finding.severity.value) == ("task-foreign", "warning")
        assert f"{number} annotation" in finding.message
        assert desk.sync().findings == []


def test_a_deletion_that_was_a_mistake(desk: Desk, crew: Join) -> None:
    """With the file as it was before, what was deleted is sent again, once."""
    project, made, key = start(desk, crew("ada"))
    path = desk.folder / f"{key[1]}.jsonl"
    before = path.read_bytes()
    crew("ada").client.send("DELETE", f"/api/annotations/{made}/")
    assert (desk.sync().deleted, desk.sets()[key].state) == (1, "deleted")
    path.write_bytes(before)
    assert (desk.sync().annotations_new, drawn(desk, project)) == (1, [["Ada"]])
    assert desk.sync().is_quiet
    assert path.read_bytes() == before


def test_what_says_nothing_is_no_mistake(desk: Desk, crew: Join) -> None:
    """A list of choices, or a field, that was left empty is as if it were not there."""
    project = desk.sync().project
    claim = mark("c", TEXT, "yes", "CLAIM")
    empty = [
        {"id": "c", "from_name": "speech", "to_name": "text", "type": "choices", "value": {"choices": []}},
        {"id": "c", "from_name": "remark", "to_name": "text", "type": "textarea", "value": {"text": []}},
    ]
    annotate(crew("ada"), desk.tasks(project)["one"].id, [claim, *empty])
    assert not desk.sync().findings
    (own,) = desk.sets().values()
    assert (len(own.claims), dict(own.claims[0].attributes), own.orphans) == (1, {}, ())
