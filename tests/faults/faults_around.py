"""One schedule of what happens around a sync: ledgers, other checkouts, documents and drafts that come and go."""

from __future__ import annotations

import shutil
from dataclasses import replace

from faults_reading import Count, count
from faults_schedule import Doing, Schedule

from corpus.labelstudio.report import SyncReport


class Around(Schedule):
    """One seeded schedule of such events, with edits and struck syncs between them."""

    takes_over = True

    def run(self) -> Count:
        """Play the schedule and count what is there in the end, and what was wrong on the way."""
        self.folder.mkdir()
        for _ in range(self.random.randint(2, 3)):
            self.world.add_document()
        wrong = Count()
        events = (self.lose_ledger, self.restore_ledger, self.clone, self.withdraw_document, self.leave_draft)
        for event in self.random.sample(events, 3):
            self._round(self.random.randint(0, 1))
            self._sync_clean()
            self.played.append(event.__name__)
            event(wrong)
        self._round(1)
        self._strike_at_last()
        before = {path.name: path.read_bytes() for path in self.world.annotations.glob("*.jsonl")}
        conflicts = self._sync_clean().conflicts
        found = count(self.world, before, len(conflicts))
        if not self._sync_clean().is_quiet:
            found.note_doubled("a sync after the last one still has something to do")
        found.lost, found.doubled, found.misplaced = (
            found.lost + wrong.lost,
            found.doubled + wrong.doubled,
            found.misplaced + wrong.misplaced,
        )
        found.why = [*wrong.why, *found.why]
        return self._told(found)

    # -- events, each right after a clean sync -------------------------------------------------------------------

    def lose_ledger(self, wrong: Count) -> None:
        """Here: the ledger is gone."""
        shutil.rmtree(self.folder / "ledger")
        self._expect_nothing(self._sync_clean(), wrong)

    def restore_ledger(self, wrong: Count) -> None:
        """Here: the ledger is put back from a backup; more was synced since that was made."""
        copy = self.folder.with_name(f"{self.folder.name}-ledger")
        shutil.copytree(self.folder / "ledger", copy, dirs_exist_ok=True)
        self._round(1)
        self._sync_clean()
        shutil.rmtree(self.folder / "ledger")
        shutil.copytree(copy, self.folder / "ledger")
        self._expect_nothing(self._sync_clean(), wrong)

    def clone(self, wrong: Count) -> None:
        """Elsewhere: somebody has a copy of this checkout, older and with its ledger, or of its files alone."""
        other = replace(self.world, folder=self.folder.with_name(f"{self.folder.name}-clone"), said=set())
        is_older = self.random.random() < 0.5
        if is_older:
            shutil.copytree(self.folder, other.folder)
        self._round(1)
        self._sync_clean()
        if not is_older and self.world.annotations.is_dir():  # where anything was drawn by now
            shutil.copytree(self.world.annotations, other.annotations)
        if any(note.rivals for note in self.world.notes):
            return  # what was decided is for the other checkout to learn from the files
        other.version = self.world.version
        self.stage.job(other, self.stage.site.url, Doing("sync", other.version, take_over=True)).run()
        for checkout, place in ((other, "clone"), (self.world, "own")):
            found = count(checkout, {})
            wrong.add(replace(found, schedules=0, tasks=0, annotations=0, why=[f"{place}: {w}" for w in found.why]))
        self._expect_nothing(self._sync_clean(), wrong)

    def withdraw_document(self, _wrong: Count) -> None:
        """Here: the dataset lacks a document for a while, and people work on its task."""
        self.world.withdrawn = {self.random.choice(self.world.texts).doc_id}
        for _ in range(self.random.randint(1, 3)):
            self.random.choice((self.world.annotate_there, self.world.change_what_was_sent))()
        self._fault()
        self._sync_clean()
        self.world.withdrawn = set()

    def leave_draft(self, wrong: Count) -> None:
        """There: somebody has an open draft while the text changes; it is submitted when a sync has been."""
        world, person = self.world, self.random.choice(self.world.people)
        tasks = [t for t in world._live_tasks() if world._note(t["data"]["doc_id"], person.name) is None]
        task = self.random.choice(tasks) if tasks else None
        text = next((text for text in world.texts if task and text.doc_id == task["data"]["doc_id"]), None)
        if task is None or text is None or any(n.rivals for n in world.notes):
            return
        path = f"/api/tasks/{task['id']}/drafts"
        body = {"result": [], "lead_time": 1.0}
        draft = world.site.ask("POST", f"{path}?project={task['project']}", person.token, json=body)
        text.older.append(text.document)
        text.sentences.append("It was corrected 👍🏽 while somebody had it open.")
        self._sync_clean()
        if [one["id"] for one in world.site.ask("GET", path, person.token)] != [draft["id"]]:
            wrong.note_lost(f"the draft on task {task['id']}")
        world._annotate(task, person)
        world.site.ask("DELETE", f"/api/drafts/{draft['id']}/", person.token)

    def _expect_nothing(self, report: SyncReport, wrong: Count) -> None:
        """Count what a sync made anew although both sides were in step."""
        made = (report.tasks_new, report.annotations_new, report.annotations_updated, report.annotations_deleted)
        if any(made) or report.new:
            wrong.note_doubled(
                f"what a sync without news made (tasks, new, updated, deleted): {made}, {report.new}"
            )
