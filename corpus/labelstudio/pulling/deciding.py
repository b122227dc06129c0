"""One document and annotator on one task: what changed there is decided against what was last in step.

There are three states: the server's annotation now, the newest version here, and the version that was last in step.
Changed there alone: a new version. Changed here alone: left to the push. Changed on both sides: a conflict
(:mod:`corpus.labelstudio.pulling.conflicts`). Gone there: a recorded deletion.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.history import History
from corpus.labelstudio.format.renaming import renamed_rows
from corpus.labelstudio.format.shown import Name
from corpus.labelstudio.format.tasks import TaskText
from corpus.labelstudio.ledger.store import OLD_NAMES, Conflict, Key, KnownTask, SeenAnnotation
from corpus.labelstudio.pulling.conflicts import is_undecided, keep_theirs, settle
from corpus.labelstudio.pulling.matching import counting_order
from corpus.labelstudio.pulling.reading import content, following, made_set, tombstone
from corpus.labelstudio.pulling.restored import is_older, revision_again
from corpus.labelstudio.pulling.unsent import unsent
from corpus.labelstudio.wire.listing import ServerAnnotation
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.finding import Severity

__all__ = ["KeyPull"]

Made = tuple[ServerAnnotation, AnnotationSet]


class KeyPull:
    """One document, one annotator, on one task."""

    def __init__(
        self,
        work: Work,
        task: KnownTask,
        text: TaskText,
        document: Document | None,
        key: Key,
        pushed: object,
    ) -> None:
        self.work, self.ledger = work, work.ledger
        self.pushed = pushed if isinstance(pushed, dict) else {}
        """Hashes of what the task was imported with, by number: what was in step then, whoever did it."""
        self.task, self.text, self.document, self.key = task, text, document, key
        self.mark = self.work.mark
        self.is_current = task.state == "current"
        self.step = self.ledger.step_of(self.mark, key)

    @property
    def history(self) -> History:
        """The versions here."""
        return self.work.history

    def run(self, live: list[ServerAnnotation], gone: list[SeenAnnotation]) -> None:
        """Handle what stands on the task now, and what stood there when it was last looked at."""
        live = sorted(live, key=counting_order)
        for annotation in live:
            if not annotation.readable:
                message = "The server cannot read it (its log says why); the version here was kept."
                self._note("annotation-unreadable", annotation.id, message, Severity.ERROR)
                return
        changed = [a for a in live if self._is_changed(a)]
        if changed or (gone and live):
            self._changed(live, changed, bool(gone))
        elif gone and self.is_current:
            self._deleted(gone)
        if self.key not in self.work.blocked:
            for seen in gone:
                self.ledger.unsee(self.mark, seen.id)

    def _is_changed(self, annotation: ServerAnnotation) -> bool:
        seen = self.ledger.annotation(self.mark, annotation.id)
        if self.is_current and self.key in self.work.read_again and self._changed_here() is None:
            return True
        return seen is None or seen.task != self.task.id or seen.digest != annotation.digest

    def _note(self, code: str, annotation: int, message: str, severity: Severity = Severity.WARNING) -> None:
        self.work.report.note(code, f"task {self.task.id}/annotation {annotation}", message, severity)

    def _in_step(self, revision: int) -> None:
        """Note that both sides say the same; until all is sent that today's screen can show, some is not shown."""
        work = self.work
        all_sent = self.ledger.fact(self.mark, "shown") == work.shown
        self.ledger.in_step(self.mark, self.key, revision, (not all_sent and self.step.shown) or work.shown)

    def _place(self, annotation: ServerAnnotation) -> str:
        return f"project {self.work.project.id}/task {self.task.id}/annotation {annotation.id}"

    # -- what was drawn ----------------------------------------------------------------------------------------

    def _base(self) -> AnnotationSet | None:
        """Return the version the annotator started from: the one in step, else the newest on this text."""
        base = self.history.revision(self.key, self.step.revision)
        if base is not None and base.anchor_sha256 == self.text.anchor_sha256:
            return base
        versions = self.history.newest_first(self.key)
        return next((v for v in versions if v.anchor_sha256 == self.text.anchor_sha256), None)

    def _made(self, annotation: ServerAnnotation, base: AnnotationSet | None) -> AnnotationSet | None:
        in_step = base is not None and base.revision == self.step.revision
        shown = self.work.shown_at(self.step.shown if in_step else None)
        place = self._place(annotation)
        questions = self.work.material.questions
        if base is None and questions is not None:
            base = questions.base(self.key, self.text.asked, annotation.created_at)
        made, findings = made_set(self.work, self.key, annotation, self.text, base, place, shown)
        self.work.report.add(findings)
        if made is None or self.document is None or made.anchor_sha256 == self.document.anchor_sha256:
            return made
        moved = reanchor_set(made, made.anchor_sha256, self.document.raw_text)
        for orphan in moved.orphans[len(made.orphans) :]:
            message = f"{orphan.item['id']!r} could not be placed in the present text: {orphan.reason}."
            self._note("annotation-orphan", annotation.id, message)
        return moved

    def _known_version(self, annotation: ServerAnnotation) -> AnnotationSet | None:
        """Return the version that says exactly what the annotation says, where one does (without a ledger)."""
        versions = self.history.newest_first(self.key)
        return next((v for v in versions if v.state != "deleted" and self._says(annotation, v)), None)

    def _says(
        self, annotation: ServerAnnotation, version: AnnotationSet, shown: frozenset[Name] | None = None
    ) -> bool:
        """Tell whether an annotation says exactly what a version on its own text says."""
        if version.anchor_sha256 != self.text.anchor_sha256:
            return False
        made, _ = made_set(self.work, self.key, annotation, self.text, version, "", shown)
        return made is not None and content(made) == content(version)

    def _changed(self, live: list[ServerAnnotation], changed: list[ServerAnnotation], some_gone: bool) -> None:
        counting = live[-1]
        if self.is_current and self.step.revision is None and self._find_step(counting):
            changed = [a for a in changed if a is not counting]
        base = self._base()
        made: list[Made] = []
        for annotation in changed if counting in changed or not some_gone else [*changed, counting]:
            item = self._made(annotation, base)
            if item is None:
                continue
            made.append((annotation, item))
        news = [(a, item) for a, item in made if not self._is_old(a, item, base, counting)]
        if not news:
            self._see_all(changed)
        else:
            self._news(live, news, counting)

    def _find_step(self, counting: ServerAnnotation) -> bool:
        version = self._known_version(counting)
        if version is None:
            return False
        self._in_step(version.revision)
        self.step = self.ledger.step_of(self.mark, self.key)
        self._see(counting)
        return True

    def _is_old(
        self,
        annotation: ServerAnnotation,
        item: AnnotationSet,
        base: AnnotationSet | None,
        counting: ServerAnnotation,
    ) -> bool:
        """Tell whether a version says the same already; of what counts, only the one last in step matters."""
        if annotation is counting and self.is_current:
            if base is None or base.revision != self.step.revision:
                return False
            shown = self.work.shown_at(self.step.shown)  # an item that was moved to a newer text is another one
            return content(item) == content(base) or self._says(annotation, base, shown)
        if any(content(item) == content(version) for version in self.history.newest_first(self.key)):
            return True
        # Without a ledger: what was replaced with its text may have no version that was moved to the present one.
        never_seen = self.ledger.annotation(self.mark, annotation.id) is None
        return never_seen and not self.is_current and self._known_version(annotation) is not None

    def _see(self, annotation: ServerAnnotation) -> None:
        if renamed_rows(annotation.result, self.work.scheme) != annotation.result:
            noted = self.ledger.fact(self.mark, OLD_NAMES)
            self.ledger.set_fact(self.mark, OLD_NAMES, f"{noted or ''} {annotation.id}".strip())
        seen = SeenAnnotation(
            annotation.id,
            self.task.id,
            *self.key,
            annotation.digest,
            annotation.updated_at,
            annotation.cancelled,
            annotation.lead_time,
        )
        self.ledger.see(self.mark, seen)

    # -- what to do with it --------------------------------------------------------------------------------------

    def _changed_here(self) -> AnnotationSet | None:
        return unsent(self.work, self.key, self.step, self.document, self.pushed)

    def _news(self, live: list[ServerAnnotation], news: list[Made], counting: ServerAnnotation) -> None:
        ours = self._changed_here()
        if (
            ours is None
            and self.step.revision is None
            and self.step.pulled is None
            and is_undecided(self.work, self.key)
        ):
            ours = self.history.latest(self.key)  # the ledger that knew of the conflict was lost
        theirs = news[-1][1]
        if self._put_back(live, news, ours):
            return
        if ours is not None and content(ours) == content(theirs):
            self._see_all(live)
            if self.is_current:
                self._in_step(ours.revision)
        elif ours is not None and (sent := self._sent_before(ours, news, counting)) is not None:
            self._see_all(live)
            self._in_step(sent)
        elif self.work.reading_only:
            self._block(counting.id)
        elif ours is not None:
            self._both(live, news, ours)
        else:
            self._append(live, news, counting)

    def _sent_before(self, ours: AnnotationSet, news: list[Made], counting: ServerAnnotation) -> int | None:
        """Return the revision between the step and ours that the server has: ours was made after it was sent.

        That is so where the answer to a push was lost, and somebody went on here before the next run.
        """
        annotation, theirs = news[-1]
        if self.step.revision is None or not self.is_current or annotation is not counting or len(news) > 1:
            return None
        between = (
            v for v in self.history.newest_first(self.key) if self.step.revision < v.revision < ours.revision
        )
        return next((version.revision for version in between if content(version) == content(theirs)), None)

    def _put_back(self, live: list[ServerAnnotation], news: list[Made], ours: AnnotationSet | None) -> bool:
        """Handle what stands there as it did before it was last seen; False where it is none of that."""
        annotation, theirs = news[-1]
        if not self.is_current or self.work.reading_only or not is_older(self.work, annotation):
            return False
        before = revision_again(self.history, self.key, theirs)
        if before is None and not self.work.went_back and not is_undecided(self.work, self.key):
            return False  # the clock alone was set back
        if before is not None:
            self._see_all(live)
            self._in_step(before)
            self.ledger.set_fact(self.mark, "files", None)  # so that all annotations are compared
        else:
            self._both(live, news, ours or self.history.latest(self.key) or theirs)
        return True

    def _block(self, annotation: int) -> None:
        self.work.blocked.add(self.key)
        message = f"The annotation of {self.key[0]!r} by {self.key[1]!r} changed on the server: pull (or sync)."
        self._note("annotation-unpulled", annotation, message, Severity.NOTE)

    def _see_all(self, live: Iterable[ServerAnnotation]) -> None:
        for annotation in live:
            self._see(annotation)

    def _append(self, live: list[ServerAnnotation], news: list[Made], counting: ServerAnnotation) -> None:
        """Write the news in the order they were made; what counts comes last."""
        latest = self.history.latest(self.key)
        if len(live) > 1:
            for annotation in live[:-1]:
                message = f"{self.key[1]!r} has several annotations of this task; annotation {counting.id} counts."
                self._note("annotation-second", annotation.id, message)
        is_first = self.ledger.annotation(self.mark, counting.id) is None
        items = [item for _, item in news]
        unchanged = news[-1][0] is not counting and self.is_current
        if latest is not None and (unchanged or (self.work.went_back and is_older(self.work, counting))):
            items.append(latest)  # it stays the newest: what counts did not change, or is older than it
        for item in items:
            number = self.history.newest(self.key) + 1
            self.history.add(following(item, latest, number))
            self.work.report.new += number == 1
            self.work.report.changed += number != 1
        self._see_all(live)
        last = self.history.newest(self.key)
        if self.is_current:
            self._in_step(last)
        else:
            self.ledger.pulled(self.mark, self.key, last)
            self.work.report.moved += 1
            self._tell_late(counting.id, latest, last, is_first)

    def _tell_late(self, annotation: int, before: AnnotationSet | None, last: int, is_first: bool) -> None:
        """Say what became of work on a replaced text; louder where it takes the place of other work."""
        twin = self.task.state == "twin"
        made = "a second task of the same text" if twin else "a text that has been replaced"
        message = f"It was made on {made}; it was moved to the present one."
        if self.text.asked:
            message = "It answers what has been asked anew since; it was kept as a version of its own."
        takes_place = before is not None and before.state != "deleted"
        if before is not None and takes_place and not self.text.asked:
            message = (
                f"It was made on {made}; it was moved to the present one as revision {last} of the annotation of "
                f"{self.key[0]!r} by {self.key[1]!r}, in the place of revision {before.revision}, which stays in "
                "the files."
            )
        severity = Severity.WARNING if is_first and takes_place else Severity.NOTE
        self._note("annotation-late", annotation, message, severity)

    def _both(self, live: list[ServerAnnotation], news: list[Made], ours: AnnotationSet) -> None:
        annotation, theirs = news[-1]
        prefer = self.work.options.prefer
        message = (
            f"The annotation of {self.key[0]!r} by {self.key[1]!r} changed here (revision {ours.revision}) and on "
            "the server: say `prefer='local'` or `prefer='server'`; both versions are kept."
        )
        if prefer is None:
            keep_theirs(self.work, theirs)
            self._contest("both-changed", annotation.id, message)
            return
        settle(self.work, self.key, ours, [item for _, item in news], prefer)
        self._see_all(live)
        last = self.history.newest(self.key)
        if self.is_current:
            self._in_step(last - (prefer == "local"))
        else:
            self.ledger.pulled(self.mark, self.key, last)
        self.work.report.changed += 1

    def _contest(self, kind: str, annotation: int, message: str) -> None:
        place = f"project {self.work.project.id}/task {self.task.id}/annotation {annotation}"
        self.ledger.contest(self.mark, Conflict(*self.key, kind, place, message))
        self.work.incomplete = True
        self.work.blocked.add(self.key)
        self._note("annotation-both-changed", annotation, message, Severity.ERROR)

    def _deleted(self, gone: list[SeenAnnotation]) -> None:
        """Record a deletion, unless the version here is newer than the one that was deleted."""
        latest, ours = self.history.latest(self.key), self._changed_here()
        prefer = self.work.options.prefer
        if latest is None or latest.state == "deleted" or self.work.went_back:
            self.ledger.out_of_step(self.mark, self.key)
            self.ledger.set_fact(self.mark, "files", None)  # so that all annotations are compared
        elif self.work.reading_only:
            self._block(gone[-1].id)
        elif ours is not None and prefer is None:
            message = (
                f"The annotation of {self.key[0]!r} by {self.key[1]!r} changed here (revision {ours.revision}) and "
                "was deleted on the server: say `prefer='local'` or `prefer='server'`."
            )
            self._contest("deleted-there", gone[-1].id, message)
        else:
            self.ledger.out_of_step(self.mark, self.key)
            self.ledger.settle(self.mark, self.key)
            if ours is None or prefer == "server":
                self.history.add(tombstone(latest))
                self.work.report.deleted += 1
