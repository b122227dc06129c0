"""Schemes that change under annotations: added, renamed and removed names, checked against what is in use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT
from labelstudio_people import Person, annotate, mark

from corpus.errors import SchemeError
from corpus.files import schema_text
from corpus.model.scheme import Scheme
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def changed(version: str, history: str = "", **names: str) -> Scheme:
    """Return the project's scheme in a later version, with some words exchanged."""
    text = schema_text("news-ec.toml").replace('version = "1.0.0"', f'version = "{version}"', 1)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    entry = f'\n[[history]]\nversion = "{version}"\ndate = "2026-12-01"\nchange = "A test."\n{history}\n'
    return Scheme.from_toml(text + entry)


def rows(label: str, check: str = "checkable") -> list[dict[str, object]]:
    """Mark an entity and a claim with one choice."""
    claim = mark("c", TEXT, "said yes", "CLAIM")
    value = {**claim["value"], "choices": [check]}  # type: ignore[dict-item]
    value.pop("labels")
    choice = {**claim, "from_name": "check", "type": "choices", "value": value}
    return [mark("a", TEXT, "Ada", label, "entity"), claim, choice]


def config_of(desk: Desk, project: int) -> str:
    return str(desk.client.get(f"/api/projects/{project}/")["label_config"])


def test_renamed_names_are_renamed_on_both_sides(desk: Desk, crew: Join) -> None:
    """Annotations of present and retired tasks, versions here, and late work with the old name."""
    ada, bo = crew("ada"), crew("bo")
    project = desk.sync().project
    old = desk.tasks(project)["one"]
    annotate(ada, old.id, rows("MISC"))
    desk.sync()
    desk.documents = (plain("one", f"Monday. {TEXT}"),)
    desk.sync()
    desk.scheme = changed(
        "1.1.0", 'renamed = {MISC = "OTHER", checkable = "testable"}', MISC="OTHER", checkable="testable"
    )
    report = desk.sync()
    assert (report.conflicts, report.changed) == ([], 1)
    (item,) = desk.sets().values()
    assert (item.entities[0].label, item.claims[0].attributes["check"]) == ("OTHER", "testable")
    assert item.scheme_version == "1.1.0"
    assert [v.scheme_version for v in desk.versions((item.doc_id, item.annotator))] == ["1.0.0", "1.0.0", "1.1.0"]
    config = config_of(desk, project)
    assert ('"OTHER"' in config, '"MISC"' in config, '"checkable"' in config) == (True, False, False)
    for task in desk.listed(project):
        labels = {
            n for row in task.annotations[0].result for k in ("labels", "choices") for n in row["value"].get(k, ())
        }
        assert labels == {"OTHER", "CLAIM", "testable"}
    assert desk.sync().is_quiet
    annotate(bo, desk.listed(project)[0].id, rows("MISC"))
    annotate(crew("cy"), desk.listed(project)[1].id, [mark("a", f"Monday. {TEXT}", "Ada", "MISC", "entity")])
    assert desk.pull().moved == 1
    desk.sync()
    for task in desk.listed(project):
        assert {a.result[0]["value"]["labels"][0] for a in task.annotations} == {"OTHER"}
    assert {item.entities[0].label for item in desk.sets().values()} == {"OTHER"}
    assert {item.orphans for item in desk.sets().values()} == {()}
    assert desk.sync().is_quiet


def test_a_removed_name_in_use_is_refused(desk: Desk, crew: Join) -> None:
    """The list says what and how often, nothing is changed, and once it is out of use the scheme is taken."""
    ada = crew("ada")
    project = desk.sync().project
    made = annotate(ada, desk.tasks(project)["one"].id, rows("MISC"))
    before = config_of(desk, project)
    desk.scheme = changed("2.0.0", "", MISC="OTHER")
    for run in (desk.sync, desk.push, desk.pull):
        with pytest.raises(SchemeError, match=r"entity/MISC \(1 times\)"):
            run()
    assert (config_of(desk, project), desk.sets() if desk.folder.is_dir() else {}) == (before, {})
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": rows("PER")})
    report = desk.sync()
    assert report.new == 1
    assert '"MISC"' not in config_of(desk, project)
    assert {item.scheme_version for item in desk.sets().values()} == {"2.0.0"}
    assert desk.sync().is_quiet


def test_an_added_name_is_offered(desk: Desk) -> None:
    """What is new in the scheme is on the screen after the next sync, and nothing else happens."""
    project = desk.sync().project
    text = schema_text("news-ec.toml").replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    added = '[[flags]]\nname = "ironic"\nhotkey = "j"\nmeaning = "It is not meant"\n\n[[relations]]'
    desk.scheme = Scheme.from_toml(text.replace("[[relations]]", added, 1))
    report = desk.sync()
    assert (report.is_quiet, [f.code for f in report.findings]) == (True, ["config-updated"])
    assert '"ironic"' in config_of(desk, project)
    desk.guidelines = "# A guide"
    assert desk.sync().findings == []
    record = desk.client.get(f"/api/projects/{project}/")
    assert (record["show_instruction"], "A guide" in record["expert_instruction"]) == (True, True)


def test_proposals_are_renamed_on_tasks_that_nobody_has_touched(desk: Desk) -> None:
    """Else an annotator would open a task whose proposed regions have no label on the screen."""
    desk.preannotator = QuotationRules()
    desk.documents = (plain("one", "“We are ready,” said Ada Ek on Monday."),)
    project = desk.sync().project
    desk.scheme = changed("1.1.0", 'renamed = {CLAIM = "ASSERTION"}', CLAIM="ASSERTION")
    desk.sync()
    (prediction,) = desk.tasks(project)["one"].predictions
    labels = {name for row in prediction.result for name in row.get("value", {}).get("labels", ())}
    assert ("ASSERTION" in labels, "CLAIM" in labels) == (True, False)
    assert desk.sync().is_quiet


def test_what_came_under_a_removed_name_is_read_once_the_name_is_back(desk: Desk, crew: Join) -> None:
    """An old tab submits with a label that the scheme has lost: an orphan, until the scheme has it again."""
    ada = crew("ada")
    project, scheme = desk.sync().project, desk.scheme
    desk.scheme = changed("2.0.0", MISC="OTHER")
    desk.sync()
    annotate(ada, desk.tasks(project)["one"].id, rows("MISC"))
    assert "labelstudio-label" in {finding.code for finding in desk.sync().findings}
    (item,) = desk.sets().values()
    assert (item.entities, len(item.orphans)) == ((), 1)
    desk.scheme = scheme
    assert desk.sync().changed == 1
    (item,) = desk.sets().values()
    assert ([(e.label, e.spans[0].exact) for e in item.entities], item.orphans) == ([("MISC", "Ada")], ())
    assert len(item.claims) == 1
    assert desk.sync().is_quiet
