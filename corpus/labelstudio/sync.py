"""Sync: pull, then push, against a ledger of what was last seen on each side.

The annotation files are the truth and the server is a workbench. ``pull`` and ``push`` are the two phases of the
one engine; a push looks at the server first too, and leaves alone what it would have to pull. A dry run works
on a copy of the ledger in memory, keeps new versions to itself and sends nothing that writes.

However often it is interrupted, a run that ends brings both sides into step: every durable act is noted in the
ledger after it was done, and every act that is done twice is either the same as once or is looked for on the
server before it is repeated. Where each is explained: files and ledger in :mod:`corpus.labelstudio.pulling.pull`,
imports in :mod:`corpus.labelstudio.pushing.imports`, single annotations in :mod:`…annotating`, tasks with an
outdated text in :mod:`corpus.labelstudio.pushing.retirement`, the project itself here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from corpus.annotation.heads import CONFLICTS
from corpus.errors import ServerError, UsageError
from corpus.files import clear_leftovers
from corpus.labelstudio.format.config import instructions, is_adjudicating
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.project import (
    Project,
    all_projects,
    described,
    find_project,
    new_project,
    no_project,
    project_of,
    unmarked_tasks,
)
from corpus.labelstudio.pulling.pull import EVER, Puller
from corpus.labelstudio.pulling.redirecting import follow_here, follow_there
from corpus.labelstudio.pushing.push import Pusher
from corpus.labelstudio.pushing.recovery import recover
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.rewritten import note_lines, tell_rewritten
from corpus.labelstudio.screen import check_screen, finish_screen, renew_screen
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.wire.versions import refuse_old
from corpus.labelstudio.work import Material, Options, Work
from corpus.model.counted import count
from corpus.progress import SILENT, Progress

__all__ = ["Material", "Options", "pull", "push", "rehearse", "sync"]

_DEFAULT = Options()


def sync(
    client: Client,
    material: Material,
    ledger: Ledger,
    options: Options = _DEFAULT,
    progress: Progress = SILENT,
) -> SyncReport:
    """Pull, then push; the project is made where there is none. Running it again changes nothing.

    Raises:
        ServerError: the server cannot be reached or refuses; what was done before stays, and the next run goes
            on from there.
        UsageError: the server has two projects of the name, or the folder of annotations that are known is gone.
        DataError: an annotation file that would grow is damaged.
        SchemeError: the scheme lacks something that annotations use; nothing was changed.
    """
    with _work(client, material, ledger, options, progress) as work:
        return _run(work, pulls=True, pushes=True)


def push(
    client: Client,
    material: Material,
    ledger: Ledger,
    options: Options = _DEFAULT,
    progress: Progress = SILENT,
) -> SyncReport:
    """Bring the server up to this side; what changed there is left for a pull. Raises as :func:`sync` does."""
    with _work(client, material, ledger, options, progress) as work:
        return _run(work, pulls=False, pushes=True)


def pull(
    client: Client,
    material: Material,
    ledger: Ledger,
    options: Options = _DEFAULT,
    progress: Progress = SILENT,
) -> SyncReport:
    """Bring this side up to the server. Raises as :func:`sync` does, and a UsageError without a project."""
    with _work(client, material, ledger, options, progress) as work:
        return _run(work, pulls=True, pushes=False)


@contextmanager
def rehearse(client: Client, material: Material, ledger: Ledger, progress: Progress = SILENT) -> Iterator[Work]:
    """Open a sync that was only played through: both sides are as they were, the work knows what would be."""
    with _work(client, material, ledger, Options(dry_run=True), progress) as work:
        _run(work, pulls=True, pushes=True)
        yield work


@contextmanager
def _work(
    client: Client, material: Material, ledger: Ledger, options: Options, progress: Progress
) -> Iterator[Work]:
    """Open a run on the ledger, or on a copy that goes with it where nothing is to be noted."""
    with ledger.rehearsal() if options.dry_run else nullcontext(ledger) as kept:
        yield Work(client, material, kept, options, progress)


def _run(work: Work, *, pulls: bool, pushes: bool) -> SyncReport:
    material, options, progress = work.material, work.options, work.progress
    work.reading_only = not pulls
    work.report.dry_run = options.dry_run
    if not options.dry_run:
        for folder in (material.folder, material.folder / CONFLICTS):
            clear_leftovers(folder)  # of killed syncs; whoever goes on writes it again
    progress.step("opening the project")
    _open(work, makes=pushes)
    if not work.project.is_new:
        _remember(work)
        follow_here(work)
        if pushes:
            follow_there(work)
        if not options.dry_run:
            recover(work)
        tell_rewritten(work)
        Puller(work).pull()
    if material.questions is not None:
        material.questions.settle(work)
    if pushes:
        finish_screen(work)
        Pusher(work).push()
    elif work.has_read_history:
        note_lines(work)
    return _closed(work)


def _open(work: Work, *, makes: bool) -> None:
    """Find the project, or make it.

    Safe at any interruption: the mark of a project to be made is noted in the ledger before it is made, so a
    second attempt makes it with the same mark, and of two projects with one mark the first counts.
    """
    name, ledger = work.material.name, work.ledger
    where = f"{work.client.url} {name}"
    known = ledger.fact("", f"project {where}")
    refuse_old(work.client)
    project = find_project(work.client, name, int(known) if known is not None else None)
    if project is None and known is not None:
        _tell_gone(work, int(known), makes=makes)
    if project is None and not makes:
        raise no_project(work.client, name)
    if project is None:
        project = _make(work, where)
    work.project = project
    work.report.project, work.report.is_new = project.id, project.is_new
    work.report.url = project.url(work.client.url) if project.id else ""
    if known != str(project.id) and project.id:
        with ledger.transaction("project-noted"):
            ledger.set_fact("", f"project {where}", str(project.id))
    if not project.is_new:
        _refuse_other_kind(work)
        _refuse_lost_folder(work)
        check_screen(work)
    if makes:
        _lead(work)
        if not project.is_new and work.leads:
            renew_screen(work)


def _tell_gone(work: Work, known: int, *, makes: bool) -> None:
    """Tell that the project that was known is gone; one that only lost its mark must not get a second beside it."""
    name, url = work.material.name, work.client.url
    tasks = unmarked_tasks(work.client, known)
    mark = work.ledger.mark_of([*tasks, *((number, work.renames.today(doc_id)) for number, doc_id in tasks)])
    if mark is not None:
        line = described(name, mark, work.ledger.id)
        raise UsageError(
            f"Project {known} at {url} was pushed as {name!r}, and its description there no longer says so: it is "
            f"left alone, and no second one is made. Put this back into its description: {line}"
        )
    if makes:
        message = (
            f"Project {known}, which was pushed as {name!r}, is not there any more (or not for the key's owner): a "
            "new one gets all that is here. What was drawn there after the last pull is not here."
        )
        work.report.note("project-gone", "project", message)


def _refuse_lost_folder(work: Work) -> None:
    """Refuse a folder that is not there where annotations are known: all would be pulled anew into it."""
    folder = work.material.folder
    if folder.is_dir():
        return
    known = sum(1 for _ in work.ledger.steps(work.mark))
    if known:
        raise UsageError(
            f"{folder}: no such folder, and {count(known, 'annotation')} of the project {work.material.name!r} "
            f"{'is' if known == 1 else 'are'} known here already: name the folder that holds them. Where it is "
            f"lost, make this one and move {work.ledger.path} away: what the server has is pulled anew."
        )


def _refuse_other_kind(work: Work) -> None:
    """Refuse to treat a project of questions as one of articles, or the other way round."""
    if is_adjudicating(work.project.config) == (work.material.questions is not None):
        return
    if work.material.questions is None:
        raise UsageError(
            f"The project {work.material.name!r} is one for adjudication: `corpus labelstudio adjudicate` "
            "leads it, given with `project=` the project whose disputes it settles."
        )
    raise UsageError(f"The project {work.material.name!r} is no project for adjudication: rename or delete it.")


def _make(work: Work, where: str) -> Project:
    name, ledger = work.material.name, work.ledger
    mark = ledger.fact("", f"mark {where}")
    if mark is None:
        mark = secrets.token_hex(16)
        with ledger.transaction("mark-noted"):
            ledger.set_fact("", f"mark {where}", mark)
    if not work.options.dry_run:
        _refuse_nobody(work)
    config, guide = work.material.config, instructions(work.scheme, work.material.guidelines)
    body = new_project(name, mark, ledger.id, config, guide)
    made = work.send("project-new", "POST", "/api/projects/", body)
    project = Project(0, name, mark, config, guide) if work.options.dry_run else project_of(made, name)
    if project is None:
        raise ServerError(f"{work.client.url} made no project: it answered without an id.")
    first = None if work.options.dry_run else _made_first(work, project)
    if first is not None:
        work.send("project-yield", "DELETE", f"/api/projects/{project.id}/")
        with ledger.transaction("project-yielded"):
            ledger.set_fact("", f"mark {where}", None)
        return first
    with ledger.transaction("scheme-noted"):
        ledger.set_fact("", f"mark {where}", None)  # the next project of this name is another one
        ledger.set_fact(mark, "scheme_version", work.scheme.version)
        ledger.set_fact(mark, "cursor", EVER)  # it was made just now: all that is on it comes from here
        ledger.set_fact(mark, "fresh_from", "0")
    return replace(project, is_new=True)


def _made_first(work: Work, own: Project) -> Project | None:
    """Return the project that another checkout made of this name at the same moment, where it was the first.

    Both look after they made theirs, so that one of them sees the other's; the lower id counts for both.
    """
    others = [p for p in all_projects(work.client, work.material.name) if p.mark != own.mark and p.id < own.id]
    if not others:
        return None
    return find_project(work.client, work.material.name, min(p.id for p in others))


def _refuse_nobody(work: Work) -> None:
    """Refuse to make a project for somebody who was removed: it would be nobody's, and take no task."""
    me = work.client.get("/api/current-user/whoami")
    if isinstance(me, dict) and me.get("active_organization", 0) is None:
        raise UsageError(
            f"The key's owner belongs to no organisation at {work.client.url} (any more), so no project can be "
            "made: have them invited again, or set LABEL_STUDIO_API_KEY to somebody else's key."
        )


def _lead(work: Work) -> None:
    """Find out whether another checkout pushed last, and take the lead where that is right.

    Annotations are reconciled in any case, each change against what this ledger saw last. But of two checkouts
    that hold different texts, or different schemes, each would undo what the other did: the one that was
    overtaken stops, and says so.
    """
    project, ledger = work.project, work.ledger
    other = project.ledger
    if project.is_new or other == ledger.id:
        return
    if other is not None:
        overtaken = ledger.knows(work.mark) and not work.options.take_over
        way_out = "`take_over=True` makes this one's texts and screen count" if overtaken else "this one leads now"
        message = f"Another checkout (or one whose ledger was lost) pushed to this project since; {way_out}."
        work.report.note("other-checkout", "checkouts", message)
        if overtaken:
            work.leads = False
            return
    body = {"description": described(work.material.name, work.mark, ledger.id)}
    work.send("project-lead", "PATCH", f"/api/projects/{project.id}/", body, repeatable=True)


def _remember(work: Work) -> None:
    """Keep what the user decided about deleted tasks; put the left-out ones back where they say so."""
    leave = work.options.leave_deleted_tasks
    if leave is None:
        return
    with work.ledger.transaction("decision-noted"):
        work.ledger.set_fact(work.mark, "leave_deleted_tasks", "yes" if leave else None)
        if leave is False:
            for task in work.ledger.tasks_in(work.mark, "left-out"):
                work.ledger.forget_task(work.mark, task.id)
                work.ledger.set_fact(work.mark, "documents", None)
                work.report.tasks_restored += 1


def _closed(work: Work) -> SyncReport:
    report = work.report
    report.tasks = work.ledger.count(work.mark, "current")
    report.tasks_there = report.tasks - (len(work.replaced) if report.dry_run else report.tasks_new)
    report.annotations = work.ledger.annotation_count(work.mark)
    report.conflicts = work.ledger.conflicts(work.mark)
    if work.has_read_history:
        report.add(work.history.findings)
    return report
