"""The project's screen follows the scheme: what was added, renamed or removed, at the cost of no annotation.

Before anything is changed or pulled, the difference is checked against the annotations in use, here and on the
server. A name that is gone and not renamed (in the scheme file's history) and still in use is refused, with a list.
Renamed names are changed in three steps, each of which may be repeated and stopped at: the screen gets the new
names beside the old ones; every annotation, prediction and version is brought to the new names; the screen loses
the old ones. What an open tab submits with an old name in between, or later, is read under its new name, and
renamed there by the next push.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.annotation.renaming import renamed_set
from corpus.errors import SchemeError
from corpus.labelstudio.format.config import DISPUTED, instructions
from corpus.labelstudio.format.renaming import controls, renamed_control, renamed_rows, used_names
from corpus.labelstudio.format.shown import names_in
from corpus.labelstudio.ledger.journal import durable
from corpus.labelstudio.ledger.store import OLD_NAMES
from corpus.labelstudio.pushing.rewriting import draft_holds, read_again, write_over
from corpus.labelstudio.wire.client import RefusedError, is_id
from corpus.labelstudio.wire.listing import ServerPrediction, ServerTask, digest_of, task_pages
from corpus.labelstudio.work import Work
from corpus.model.drawn import TEXT_TAG
from corpus.model.finding import Severity
from corpus.model.shortened import shortened

__all__ = ["check_screen", "finish_screen", "renew_screen"]

Name = tuple[str, str]
"""A control and what can be chosen there."""
_ANNOTATED = ("total_annotations", "cancelled_annotations")


def check_screen(work: Work) -> None:
    """Make sure that bringing the screen up to the scheme costs no annotation.

    Raises:
        SchemeError: something that the scheme lacks is in use; nothing was changed.
    """
    lost = [name for name in _lost(work) if renamed_control(*name, work.scheme) not in _wanted(work)]
    if not lost:
        return
    used = _used_there(work, set(lost)) + _used_here(work, set(lost))
    refused = [f"{shortened('/'.join(name))} ({used[name]} times)" for name in sorted(used) if used[name]]
    if refused:
        raise SchemeError(
            f"The scheme {work.scheme.name} {work.scheme.version} lacks what annotations use, so nothing was "
            f"changed: {', '.join(refused)}; name what became of it in the scheme's history (renamed = "
            '{OLD = "NEW"}), add it to the scheme where somebody added it to the screen by hand, or take it out of '
            "the annotations first."
        )


def renew_screen(work: Work) -> None:
    """Bring a project's instructions and screen up to this side's; names that were renamed stay for now."""
    project, guide = work.project, instructions(work.scheme, work.material.guidelines)
    path = f"/api/projects/{project.id}/"
    if project.instruction != guide:
        work.send("project-guide", "PATCH", path, {"expert_instruction": guide}, repeatable=True)
    config = work.material.config
    if _same(project.config, config):
        _noted(work)
        return
    renamed = [name for name in _lost(work) if renamed_control(*name, work.scheme) in _wanted(work)]
    both = _with(config, renamed)
    if not _same(project.config, both):
        if not _takes(work, both):
            raise SchemeError(
                f"Project {project.id}'s screen was changed on the server, and annotations were made with it that "
                "this scheme's screen cannot show, so it was not brought back and nothing was sent: fetch them "
                "with corpus labelstudio pull, delete them there, and sync again."
            )
        work.project = replace(project, config=both)
    message = f"The project's screen was brought up to {work.scheme.name} {work.scheme.version}."
    work.report.note("config-updated", "screen", message, Severity.NOTE)
    if not renamed:
        _noted(work)


def finish_screen(work: Work) -> None:
    """Bring every annotation to the present names, and take the old ones from the screen; after the pull."""
    if work.project.is_new or not work.leads:
        return
    _rename_here(work)
    _rename_late(work)
    if _same(work.project.config, work.material.config):
        return
    if _rename_there(work) and _takes(work, work.material.config):
        _noted(work)
        return
    message = "Somebody's draft still uses an old name, so the screen keeps it until the draft is submitted."
    work.report.note("config-waits", "screen", message)


def _takes(work: Work, config: str) -> bool:
    """Give the project its screen; False where the server refuses, since a draft uses what would go."""
    path = f"/api/projects/{work.project.id}/"
    try:
        work.send("project-screen", "PATCH", path, {"label_config": config}, repeatable=True)
    except RefusedError as refusal:
        if refusal.status != 400:
            raise
        return False
    return True


def _noted(work: Work) -> None:
    if work.ledger.fact(work.mark, "scheme_version") != work.scheme.version:
        with work.ledger.transaction("scheme-noted"):
            work.ledger.set_fact(work.mark, "scheme_version", work.scheme.version)


# -- what is in use ----------------------------------------------------------------------------------------------


def _wanted(work: Work) -> set[Name]:
    names = {(control, name) for control, names in controls(work.scheme).items() for name in names}
    return names if work.material.questions is None else names | {(DISPUTED, DISPUTED)}


def _lost(work: Work) -> list[Name]:
    """Return what the project's screen offers and the scheme does not."""
    return sorted(_choosable(work.project.config) - _wanted(work))


def _used_there(work: Work, lost: set[Name]) -> Counter[Name]:
    """Count what annotations and drafts on the server use of what would be lost."""
    used: Counter[Name] = Counter()
    for task in _tasks_with(work, *_ANNOTATED):
        for annotation in task.annotations:
            used.update(name for name in used_names(annotation.result) if name in lost)
    summary = work.client.get(f"/api/projects/{work.project.id}/summary/")
    drafts = summary.get("created_labels_drafts") if isinstance(summary, dict) else None
    for control, counts in (drafts if isinstance(drafts, dict) else {}).items():
        for name, count in (counts if isinstance(counts, dict) else {}).items():
            if (control, name) in lost and type(count) is int:
                used[control, name] += count
    return used


def _used_here(work: Work, lost: set[Name]) -> Counter[Name]:
    """Count what the current sets here use of what would be lost."""
    used: Counter[Name] = Counter()
    for key in work.history.all_keys():
        own = work.history.latest(key)
        if own is not None and own.scheme == work.scheme.name and own.state != "deleted":
            used.update(name for name in names_in(own) if name in lost)
    return used


def _tasks_with(work: Work, *counters: str) -> Iterator[ServerTask]:
    for counter in counters:
        for page in task_pages(work.client, work.project.id, (counter, "greater", "Number", 0)):
            yield from page


# -- renaming ----------------------------------------------------------------------------------------------------


def _rename_here(work: Work) -> None:
    """Write a new version of each current set that bears an old name; the server's gets it with the push."""
    if not any(change.renamed for change in work.scheme.history):
        return
    if work.ledger.fact(work.mark, "renamed") == work.scheme.version:
        return
    with work.ledger.transaction("renamed"):
        for key in work.history.all_keys():
            old = work.history.as_written(key)
            if old is None or old.state == "deleted":
                continue
            new = renamed_set(old, work.scheme)
            if new is not old:
                work.history.add(new.model_copy(update={"revision": old.revision + 1}))
                work.report.changed += 1
                step = work.ledger.step_of(work.mark, key)
                if old.revision in (step.revision, step.pulled):
                    work.ledger.pulled(work.mark, key, old.revision + 1)
        if work.history.kept and work.history.unwritten:
            with durable("annotation-files"):
                work.report.files += work.history.flush()
        work.ledger.set_fact(work.mark, "renamed", work.scheme.version)


def _rename_there(work: Work) -> bool:
    """Change the names on every task, retired ones too; the words and offsets stay as they are.

    False where a draft holds one of them.
    """
    whole = True
    for task in _tasks_with(work, *_ANNOTATED, "total_predictions"):
        for annotation in task.annotations:
            if renamed_rows(annotation.result, work.scheme) != annotation.result:
                whole = _rename_annotation(work, annotation.id) and whole
        for prediction in task.predictions:
            _rename_prediction(work, prediction)
    return whole


def _rename_late(work: Work) -> None:
    """Change the names in what was submitted from a tab that still had the old screen, as the pull noted it."""
    noted = work.ledger.fact(work.mark, OLD_NAMES)
    held = [number for number in (noted or "").split() if not _rename_annotation(work, int(number))]
    if noted is not None and noted.split() != held:
        with work.ledger.transaction("late-renamed"):
            work.ledger.set_fact(work.mark, OLD_NAMES, " ".join(held) or None)


def _rename_annotation(work: Work, number: int) -> bool:
    """Change the names in one annotation; False where a draft on it must not go."""
    record = read_again(work, number)  # again, right before it is written
    if record is None or record.get("id") != number:
        return True
    rows = renamed_rows(record.get("result"), work.scheme)
    if rows == record.get("result"):
        return True
    if is_id(record.get("task")) and draft_holds(work, record["task"], number):
        return False
    write_over(work, "annotation-rename", f"annotation {number}", record, {"result": rows})
    seen, cancelled = work.ledger.annotation(work.mark, number), record.get("was_cancelled") is True
    if seen is not None and seen.digest == digest_of(cancelled, record.get("result")):
        with work.ledger.transaction("annotation-noted"):
            work.ledger.see(work.mark, replace(seen, digest=digest_of(cancelled, rows)))
    return True


def _rename_prediction(work: Work, prediction: ServerPrediction) -> None:
    renamed = renamed_rows(prediction.result, work.scheme)
    if renamed != prediction.result:
        path = f"/api/predictions/{prediction.id}/"
        work.send("prediction-rename", "PATCH", path, {"result": renamed}, repeatable=True)


# -- configurations ------------------------------------------------------------------------------------------------


def _with(config: str, names: Iterable[Name]) -> str:
    """Return a configuration that offers further names, each in its control."""
    root = ElementTree.fromstring(config)  # noqa: S314 - made here
    for control, name in names:
        parent = next((e for e in root.iter() if (e.get("name") or e.tag) == control), None)
        if parent is None:  # the whole control was renamed
            parent = ElementTree.SubElement(root, "Choices", name=control, toName=TEXT_TAG, perRegion="true")
        kind = {"Labels": "Label", "Relations": "Relation"}.get(parent.tag, "Choice")
        ElementTree.SubElement(parent, kind, value=name)
    return ElementTree.tostring(root, encoding="unicode")


def _same(first: str, second: str) -> bool:
    """Tell whether two configurations are one, whatever their white space and order of attributes."""
    try:
        texts = [ElementTree.canonicalize(config, strip_text=True) for config in (first, second)]
    except ElementTree.ParseError:
        return False
    return texts[0] == texts[1]


def _choosable(config: str) -> set[Name]:
    """Return everything an annotator could have used: labels, choices and relations with their control."""
    try:
        root = ElementTree.fromstring(config)  # noqa: S314 - Label Studio has parsed it; entities are not expanded
    except ElementTree.ParseError:
        return set()
    found = set()
    for parent in root.iter():
        for child in parent:
            if child.tag in ("Label", "Choice", "Relation"):
                name = child.get("value") or child.get("alias") or ""
                found.add((parent.get("name") or parent.tag, name))
    return found
