"""What annotators dispute goes to a project of its own, and what is decided there becomes gold."""

from __future__ import annotations

from pathlib import Path

import pytest
from labelstudio_material import plain
from labelstudio_people import Crew, annotate
from labelstudio_table import TEXT, Table, rows, said

from corpus.annotation.heads import ADJUDICATION
from corpus.errors import UsageError
from corpus.files import schema_text
from corpus.labelstudio.adjudication.adjudicating import Adjudicating, project_name
from corpus.labelstudio.wire.client import Client
from corpus.model.scheme import Scheme

pytestmark = pytest.mark.server


@pytest.fixture
def table(client: Client, tmp_path: Path) -> Table:
    """Ada is agreed on, Bo's label is not, and one of two marked Köln."""
    table = Table(client, tmp_path, plain("one", TEXT))
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "Köln": "GPE"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    return table


def test_the_whole_round(table: Table, crew: Crew) -> None:
    """Disputes become a task with a list and proposals; the decision becomes gold with votes; it is over then."""
    found = table.adjudicate()
    assert (found.asked, found.disputes, found.decided, found.sync.tasks_new) == (1, 2, 0, 1)
    task = table.asked(found)
    assert task.data["text"] == TEXT
    assert task.data["asked"] == "ann-1:1 ann-2:1"
    assert [p.model_version for p in task.predictions][-1] == "proposal"
    assert {p.model_version for p in task.predictions} == {"proposal", "ann-1", "ann-2"}
    shown = task.data["disputes"]
    assert "To decide: 2." in shown
    assert (
        "<td>1</td><td>paragraph 1, 8–10</td><td>“Bo”</td><td>entity</td><td>no label has a majority</td>" in shown
    )
    assert "<td>PER</td><td>ORG</td>" in shown
    assert "<td>GPE</td><td>not marked</td>" in shown
    again = table.adjudicate()
    assert again.sync.is_quiet
    carla = crew("carla")
    annotate(carla, task.id, rows(Ada="PER", Bo="ORG"))
    done = table.adjudicate()
    assert (done.settled.gold, done.asked, done.decided, done.sync.new) == (["one"], 0, 1, 1)
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG"}
    gold = table.gold
    assert gold is not None
    (decision,) = table.decisions()
    assert decision.origin.note == "decides ann-1 (revision 1), ann-2 (revision 1)"
    assert gold.origin.note == (
        f"decided by {decision.annotator} (revision 1) on ann-1 (revision 1), ann-2 (revision 1); 2 disputed"
    )
    assert [entity.note for entity in gold.entities] == [
        f"2 of 2: ann-1, ann-2; confirmed by {decision.annotator}",
        f"1 of 2: ann-2; otherwise ann-1; decided by {decision.annotator}",
    ]
    files = {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")}
    over = table.adjudicate()
    assert over.sync.is_quiet
    assert (over.settled.gold, over.asked, over.decided) == ([], 0, 1)
    assert {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")} == files


def decided(table: Table, crew: Crew, **marks: str) -> Adjudicating:
    """Ask, let Carla decide, and pull that."""
    annotate(crew("carla"), table.asked(table.adjudicate()).id, rows(**marks))
    return table.adjudicate()


def test_what_changed_is_asked_anew(table: Table, crew: Crew) -> None:
    """A new task says why and starts from what was decided; the old one keeps its answer."""
    first = decided(table, crew, Ada="PER", Bo="ORG")
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG", "Turin": "GPE"})
    found = table.adjudicate()
    assert (found.asked, found.disputes, found.decided) == (1, 1, 0)
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG"}
    old, new = table.all(found)
    assert old.is_retired
    assert [len(task.annotations) for task in (old, new)] == [1, 0]
    assert first.sync.project == found.sync.project
    assert "Asked anew: ann-2 changed theirs (revision 1 to 2)." in new.data["disputes"]
    assert "2 more were decided before" in new.data["disputes"]
    proposal = next(p for p in new.predictions if p.model_version == "proposal")
    drawn = {row["value"]["text"]: row["value"]["labels"] for row in proposal.result}
    assert drawn == {"Turin": ["GPE"], "Ada": ["PER"], "Bo": ["ORG"]}
    assert proposal.result[0]["value"]["labels"] == ["disputed"]
    assert table.adjudicate().sync.is_quiet
    annotate(crew("carla"), new.id, rows(Ada="PER", Bo="ORG"))
    done = table.adjudicate()
    assert (done.settled.gold, done.asked, done.decided) == (["one"], 0, 1)
    (decision,) = table.decisions()
    assert decision.revision == 2
    assert decision.origin.note == "decides ann-1 (revision 1), ann-2 (revision 2)"
    assert table.adjudicate().sync.is_quiet


def test_what_disputes_nothing_else_is_not_asked_again(table: Table, crew: Crew) -> None:
    """The same marks in a new revision, before and after the decision: no new task."""
    asked = table.asked(table.adjudicate())
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "Köln": "GPE"})
    assert table.adjudicate().sync.is_quiet
    annotate(crew("carla"), asked.id, rows(Ada="PER"))
    table.adjudicate()
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    found = table.adjudicate()
    assert found.sync.is_quiet
    assert (found.asked, found.decided) == (0, 1)


def test_one_decision_counts_and_the_second_is_told(table: Table, crew: Crew) -> None:
    """Gold keeps the first one's; the other's stays in the files, and is told at every run."""
    decided(table, crew, Ada="PER", Bo="ORG")
    (task,) = table.all(table.adjudicate())
    annotate(crew("dan"), task.id, rows(Ada="PER", Bo="PER"))
    for _ in range(2):
        found = table.adjudicate()
        assert [f.code for f in found.sync.findings] == ["adjudication-second"]
        assert found.settled.gold == []
        assert said(table.gold) == {"Ada": "PER", "Bo": "ORG"}
    assert len(table.decisions()) == 2


@pytest.mark.parametrize("others", [False, True])
def test_a_decision_whose_line_is_damaged_neither_falls_nor_yields(table: Table, crew: Crew, others: bool) -> None:
    """Gold, and the task with the answer, stay until the line is repaired; nobody else's decision takes over."""
    found = decided(table, crew, Ada="PER", Bo="ORG")
    if others:
        annotate(crew("dan"), table.all(found)[0].id, rows(Ada="PER", Bo="PER"))
        table.adjudicate()
    gold = table.gold
    assert gold is not None
    path = table.folder / ADJUDICATION / f"{gold.origin.note.split()[2]}.jsonl"
    whole = path.read_bytes()
    for damaged in (whole[:-9] + b"\n", whole + b"<<<<<<< HEAD\n"):
        path.write_bytes(damaged)
        for _ in range(2):
            again = table.adjudicate()
            assert "decision-damaged" in {f.code for f in again.sync.findings}
            assert (again.settled.gold, again.sync.tasks_retired, table.gold) == ([], 0, gold)
    path.write_bytes(whole)
    after = table.adjudicate()
    assert (after.settled.gold, after.sync.tasks_new, table.gold) == ([], 0, gold)
    assert {f.code for f in after.sync.findings} == ({"adjudication-second"} if others else set())


def test_the_answer_to_the_newest_question_counts(table: Table, crew: Crew) -> None:
    """Also where the votes change again before it is pulled, and whoever answers an older question after it."""
    decided(table, crew, Ada="PER", Bo="ORG")
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "Turin": "GPE"})
    newer = table.asked(table.adjudicate())
    annotate(crew("dan"), newer.id, rows(Ada="PER", Turin="GPE"))
    table.annotated("ann-2", {"Ada": "PER", "Bo": "GPE"})
    found = table.adjudicate()
    assert (found.settled.gold, found.asked, said(table.gold)) == (["one"], 1, {"Ada": "PER", "Turin": "GPE"})
    assert "adjudication-second" not in {f.code for f in found.sync.findings}
    oldest = table.all(found)[0]
    annotate(crew("dan"), oldest.id, rows(Ada="ORG"))
    late = table.adjudicate()
    assert (late.settled.gold, said(table.gold)) == ([], {"Ada": "PER", "Turin": "GPE"})
    assert [len(table.versions(("one", "gold"))), len(table.decisions())] == [2, 2]
    assert table.adjudicate().sync.is_quiet


def test_a_changed_decision_changes_gold_and_one_taken_back_opens_it(table: Table, crew: Crew) -> None:
    """Each is a version of gold; without a decision the majority counts again."""
    decided(table, crew, Ada="PER", Bo="ORG")
    (task,) = table.all(table.adjudicate())
    number, carla = task.annotations[0].id, crew("carla").client
    carla.send("PATCH", f"/api/annotations/{number}/", {"result": rows(Ada="PER", Köln="GPE")})
    table.adjudicate()
    assert said(table.gold) == {"Ada": "PER", "Köln": "GPE"}
    carla.send("DELETE", f"/api/annotations/{number}/")
    found = table.adjudicate()
    assert "decision-taken-back" in [f.code for f in found.sync.findings]
    assert said(table.gold) == {"Ada": "PER"}
    assert (found.asked, found.disputes) == (1, 2)
    assert len(table.versions(("one", "gold"))) == 3
    again = table.adjudicate()
    assert (again.sync.is_quiet, again.asked) == (True, 1)


@pytest.mark.parametrize(("prefer", "left"), [("local", {"Ada": "PER"}), ("server", {"Ada": "PER", "Bo": "ORG"})])
def test_gold_that_somebody_changed_meanwhile_is_not_overwritten(
    table: Table, crew: Crew, prefer: str, left: dict[str, str]
) -> None:
    """Both stay as they are until somebody says which one counts; then it is over."""
    task = table.asked(table.adjudicate())
    annotate(crew("carla"), task.id, rows(Ada="PER", Bo="ORG"))
    table.annotated("gold", {"Ada": "PER"})
    for _ in range(2):
        found = table.adjudicate()
        assert [f.code for f in found.sync.findings] == ["gold-both-changed"]
        assert said(table.gold) == {"Ada": "PER"}
    assert table.adjudicate(prefer=prefer).settled.gold == ["one"]
    assert said(table.gold) == left
    over = table.adjudicate()
    assert (over.sync.findings, over.settled.gold) == ([], [])


def test_what_settled_itself_is_withdrawn(table: Table) -> None:
    """Where the annotators agree by now, the task that nobody answered is offered to nobody."""
    task = table.asked(table.adjudicate())
    table.annotated("ann-2", {"Ada": "PER", "Bo": "PER", "Köln": "GPE"})
    found = table.adjudicate()
    assert (found.asked, found.sync.tasks_retired) == (0, 1)
    assert [t.is_retired for t in table.all(found)] == [True]
    assert table.adjudicate().sync.is_quiet
    table.annotated("ann-2", {"Ada": "PER"})
    assert table.asked(table.adjudicate()).id != task.id


def test_a_skipped_task_stays_open(table: Table, crew: Crew) -> None:
    task = table.asked(table.adjudicate())
    annotate(crew("carla"), task.id, [], was_cancelled=True)
    found = table.adjudicate()
    assert (found.asked, found.settled.gold) == (1, [])
    assert [s.state for s in table.decisions()] == ["skipped"]
    assert table.adjudicate().sync.is_quiet


def test_without_its_ledger_everything_is_found_again(table: Table, crew: Crew) -> None:
    """After a decision and a new question: no task, decision or version more, and nobody's new name."""
    decided(table, crew, Ada="PER", Bo="ORG")
    table.annotated("ann-1", {"Ada": "PER", "Turin": "GPE"})
    before = table.adjudicate()
    files = {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")}
    next(table.ledger_folder.glob("ledger*")).unlink()
    found = table.adjudicate()
    assert {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")} == files
    assert (found.sync.is_quiet, found.asked) == (True, before.asked)
    old, new = table.all(found)
    assert (len(old.annotations), len(new.annotations), old.is_retired, new.is_retired) == (1, 0, True, False)


def test_a_dry_run_changes_nothing(table: Table, crew: Crew) -> None:
    """Before the project is there, and where a decision waits."""
    assert table.adjudicate(dry_run=True).sync.tasks_new == 1
    found = table.adjudicate()
    annotate(crew("carla"), table.asked(found).id, rows(Ada="PER"))
    files = {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")}
    would = table.adjudicate(dry_run=True)
    assert (would.settled.gold, would.asked, would.decided) == (["one"], 0, 1)
    assert {path: path.read_bytes() for path in table.folder.rglob("*.jsonl")} == files
    assert table.adjudicate().settled.gold == ["one"]


def test_a_new_text_carries_the_decision(table: Table, crew: Crew) -> None:
    """A task with the present text, the decision on it; it is not asked again, and gold follows."""
    decided(table, crew, Ada="PER", Bo="ORG")
    table.documents = (plain("one", f"TURIN — {TEXT}"),)
    table.sync()
    found = table.adjudicate()
    assert (found.asked, found.decided) == (0, 1)
    old, new = table.all(found)
    assert (old.is_retired, new.is_retired, len(new.annotations)) == (True, False, 1)
    table.adjudicate()
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG"}
    assert table.gold is not None
    assert table.gold.anchor_sha256 == table.documents[0].anchor_sha256
    assert table.adjudicate().sync.is_quiet


def test_projects_of_the_other_kind_are_refused(table: Table) -> None:
    """Articles are not pushed among questions; what was never seen is not adjudicated."""
    table.adjudicate()
    main, table.name = table.name, project_name(table.name)
    with pytest.raises(UsageError, match="is one for adjudication: `corpus labelstudio adjudicate`"):
        table.sync()
    table.name = main
    table.sync()
    next(table.ledger_folder.glob("ledger*")).unlink()
    with pytest.raises(UsageError, match="has not seen the project"):
        table.adjudicate()
    assert not (table.folder / ADJUDICATION).exists()


def test_a_question_is_not_replaced_under_a_draft(table: Table, crew: Crew) -> None:
    """What somebody is deciding stays in front of them; it is asked anew when they are through."""
    task, carla = table.asked(table.adjudicate()), crew("carla").client
    carla.send("POST", f"/api/tasks/{task.id}/drafts", {"result": rows(Ada="PER"), "lead_time": 2})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG", "Turin": "GPE"})
    for _ in range(2):
        found = table.adjudicate()
        assert [f.code for f in found.sync.findings] == ["draft-holds-task"]
        assert [t.id for t in table.all(found)] == [task.id]
    annotate(crew("carla"), task.id, rows(Ada="PER", Bo="ORG"))
    for draft in carla.get(f"/api/tasks/{task.id}/drafts"):
        carla.send("DELETE", f"/api/drafts/{draft['id']}/")
    found = table.adjudicate()
    assert (found.settled.gold, found.asked, found.disputes) == (["one"], 1, 1)
    assert len(table.all(found)) == 2


def test_a_late_answer_does_not_replace_one_to_the_present_question(table: Table, crew: Crew) -> None:
    """Submitted from a tab that still shows the old task: it is kept, and told."""
    decided(table, crew, Ada="PER", Bo="ORG")
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG", "Turin": "GPE"})
    old, new = table.all(table.adjudicate())
    annotate(crew("carla"), new.id, rows(Ada="PER", Bo="ORG", Turin="GPE"))
    table.adjudicate()
    late = old.annotations[0].id
    crew("carla").client.send("PATCH", f"/api/annotations/{late}/", {"result": rows(Ada="ORG")})
    found = table.adjudicate()
    assert [f.code for f in found.sync.findings] == ["annotation-late"]
    assert (found.settled.gold, found.asked, found.decided) == ([], 0, 1)
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG", "Turin": "GPE"}
    assert [s.revision for s in table.decisions()] == [3]
    assert [len(task.annotations) for task in table.all(found)] == [1, 1]
    assert table.adjudicate().sync.is_quiet


def test_a_renamed_label_asks_nothing_anew(table: Table, crew: Crew) -> None:
    """Decisions, gold and what they are compared with are read by today's names."""
    table.sync()
    decided(table, crew, Ada="PER", Bo="ORG")
    table.sync()
    text = schema_text("news-ec.toml").replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    history = 'version = "1.1.0"\ndate = "2026-12-01"\nchange = "A test."\nrenamed = {ORG = "BODY"}'
    table.scheme = Scheme.from_toml(text.replace('"ORG"', '"BODY"') + f"\n[[history]]\n{history}\n")
    table.sync()
    found = table.adjudicate()
    assert (found.asked, found.decided, found.settled.gold) == (0, 1, [])
    assert said(table.gold) == {"Ada": "PER", "Bo": "BODY"}
    assert [said(item) for item in table.decisions()] == [{"Ada": "PER", "Bo": "BODY"}]
    again = table.adjudicate()
    assert (again.sync.is_quiet, len(table.all(again))) == (True, 1)
