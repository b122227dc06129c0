"""Label Studio's JSON, of any project: tasks with their annotations, whole or as JSON-MIN, read and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import SourceError
from corpus.exchange.json_items import Item, read_items
from corpus.exchange.labelstudio.rows import Drawn, read_rows
from corpus.exchange.labelstudio.texts import Shown, shown_on, shown_texts
from corpus.exchange.labelstudio.writing import ANNOTATORS
from corpus.exchange.standoff import Standoff
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity

__all__ = ["read_labelstudio"]

Record = Mapping[str, Any]

_NAMES = ("doc_id", "id", "name", "file", "document", "document_id", "file_name", "filename", "path")
"""The members of a task's data that say which document it is; the first that does counts."""
_LONGEST_NAME = 512
_WRAPPERS = ("tasks", "results")
"""What the server's own lists are called in the objects that it answers with."""
_MIN = frozenset({"annotator", "annotation_id"})
"""What a record of JSON-MIN has beside the task's data and one member for each control."""
_MIN_OWN = frozenset({*_MIN, "id", "created_at", "updated_at", "lead_time", "agreement"})
_PLACE = ("start", "startOffset", "end", "endOffset")
_TOLD = {
    "predictions": ("import-prediction", "{n} with predictions: proposals are no annotations and are not read"),
    "drafts": ("import-draft", "{n} with drafts that nobody submitted: they are not read"),
    "skipped": ("import-skipped", "{n} with annotations that were skipped: they are not read"),
    "bare": ("import-unannotated", "{n} without any annotation"),
    "other": ("import-other", "{n} with rows that mark no text (pictures, sounds, tables): they are not read"),
    "whole": ("import-whole", "{n} with answers on the whole document: only what is said of a span is read"),
    "textless": ("import-textless", "{n} whose data hold no text, only its address perhaps; they are not read"),
    "inside": ("import-inside", "{n} with regions inside others: which lies in which is not read"),
    "person": ("import-annotator", "{n} with an annotator named by e-mail alone, who is numbered instead"),
}
_NOTES = frozenset({"predictions", "drafts", "skipped", "bare", "inside", "person"})


def read_labelstudio(path: Path) -> Iterator[Standoff | Finding]:
    """Yield each annotation of each task as a document; one on several texts of a task, as one for each.

    Read are lists of tasks, JSON Lines, answers of the server's API, annotations as storages keep them, and
    JSON-MIN. Nobody's e-mail address is passed on.

    Raises:
        SourceError: the file cannot be read, or holds no task.
    """
    yield from _Export(path).read()


@dataclass(slots=True)
class _Export:
    """One file while it is read: what has no place here, counted, and who was named by e-mail alone."""

    path: Path
    apart: dict[str, tuple[int, str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def read(self) -> Iterator[Standoff | Finding]:
        records = tasks = 0
        for number, item in enumerate(read_items(self.path, _WRAPPERS), 1):
            if isinstance(item, Finding):
                yield item
                continue
            records += 1
            task = _task_of(item.value)
            if task is None:
                message = "It is no task: expected an object with data and annotations, or a record of JSON-MIN."
                yield Finding("import-task", item.place, message)
                continue
            tasks += 1
            yield from self._task(task, item, number)
        if records and not tasks:
            raise SourceError(f"{self.path} holds no task of Label Studio: expected data and annotations in each.")
        yield from self._told()

    def _told(self) -> Iterator[Finding]:
        for kind, (number, place) in self.apart.items():
            code, told = _TOLD[kind]
            severity = Severity.NOTE if kind in _NOTES else Severity.WARNING
            yield Finding(
                code, str(self.path), f"{told.format(n=count(number, 'task'))} ({place} first).", severity
            )

    def _count(self, kind: str, place: str) -> None:
        number, first = self.apart.get(kind, (0, place))
        self.apart[kind] = number + 1, first

    def _task(self, task: Record, item: Item, number: int) -> Iterator[Standoff | Finding]:
        data = task["data"]
        texts = shown_texts({name: held for name, held in data.items() if name != ANNOTATORS})
        for kind in ("predictions", "drafts"):
            if task.get(kind):
                self._count(kind, item.place)
        annotations = task["annotations"]
        sound = [one for one in annotations if isinstance(one, dict)]
        live = [one for one in sound if not (one.get("was_cancelled") or one.get("skipped"))]
        if len(sound) < len(annotations):
            yield Finding("import-task", item.place, f"{len(annotations) - len(sound)} annotations are no objects.")
        if len(live) < len(sound):
            self._count("skipped", item.place)
        if not sound:
            self._count("bare", item.place)
        read = [(one, read_rows(one.get("result"), texts, item.place)) for one in live]
        for kind in dict.fromkeys(kind for _, drawn in read for kind in drawn.apart if drawn.apart[kind]):
            self._count(kind, item.place)
        seen = next((one for _, drawn in read for one in drawn.spans), None) or shown_on(texts, (), None)
        if live and seen is None and not any(drawn.findings or any(drawn.apart.values()) for _, drawn in read):
            self._count("textless", item.place)
        for one, drawn in read:
            yield from drawn.findings
            yield from self._annotation(one, drawn, seen, task, number, item.place)

    def _annotation(
        self, annotation: Record, drawn: Drawn, seen: Shown | None, task: Record, number: int, place: str
    ) -> Iterator[Standoff | Finding]:
        """Yield an annotation's documents; one that marks nothing says so of the text ``seen``."""
        annotator = self._annotator(annotation, task["data"], place)
        empty = not drawn.findings and not any(drawn.apart[kind] for kind in drawn.apart if kind not in _NOTES)
        for shown in drawn.spans or ([seen] if seen is not None and empty else []):
            if any("\ud800" <= char <= "\udfff" for char in shown.text):
                message = (
                    f"The field {shown.field!r} holds half a surrogate pair, which is no text; it is left out."
                )
                yield Finding("import-text", place, message)
                continue
            name = _name_of(task, shown.field, number)
            spans, relations = tuple(drawn.spans.get(shown, ())), tuple(drawn.relations.get(shown, ()))
            yield Standoff(name, shown.text, spans, relations, annotator, ordered_sources=True, place=place)

    def _annotator(self, annotation: Record, data: Record, place: str) -> str | None:
        """Return who did it: as the writer kept it, by number, or numbered here where only an e-mail is told."""
        kept, told = data.get(ANNOTATORS), annotation.get("completed_by")
        number = annotation.get("import_id") or annotation.get("id")
        named = kept.get(str(number)) if isinstance(kept, dict) else None
        if isinstance(named, str) and "@" not in named:
            return named
        if isinstance(told, dict):
            told = told.get("id") if type(told.get("id")) is int else told.get("email") or told.get("id")
        if type(told) is int:
            return str(told)
        if not isinstance(told, str) or not told.strip():
            return None
        if "@" not in told:
            return told
        self._count("person", place)
        return self.people.setdefault(told.strip().casefold(), f"person-{len(self.people) + 1}")


def _task_of(value: object) -> Record | None:
    """Return a task with ``data`` and a list of ``annotations``, whichever shape the record has; else None."""
    if not isinstance(value, dict):
        return None
    held = value.get("task")
    if isinstance(held, dict) and isinstance(held.get("data"), dict) and "result" in value:
        return {**held, "annotations": [value]}  # as a storage keeps one annotation
    if isinstance(value.get("data"), dict):
        listed = value.get("annotations", value.get("completions", []))
        return {**value, "annotations": listed if isinstance(listed, list) else []}
    return _of_min(value) if _MIN & value.keys() else None


def _of_min(value: Record) -> Record:
    """Return a record of JSON-MIN as a task: controls are told from data by what their lists hold.

    Regions have no ids there: one is known by its place, and the control that marked it once more.
    """
    rows: list[Record] = []
    data = {}
    seen: Counter[tuple[str, str]] = Counter()
    for name, held in value.items():
        if isinstance(held, list) and held and all(isinstance(one, dict) and _is_place(one) for one in held):
            for one in held:
                place = "-".join(str(one[key]) for key in _PLACE if isinstance(one.get(key), int | str))
                seen[name, place] += 1
                again = f" {seen[name, place]}" if seen[name, place] > 1 else ""
                rows.append(_row_of_min(name, one, place + again))
        elif isinstance(held, dict) and len(held) == 1 and isinstance(held.get("choices", held.get("text")), list):
            rows.append(_row_of_min(name, held, ""))  # an answer on the whole document
        elif name not in _MIN_OWN:
            data[name] = held
    annotation = {"id": value.get("annotation_id"), "completed_by": value.get("annotator"), "result": rows}
    return {"id": value.get("id"), "data": data, "annotations": [annotation]}


def _row_of_min(name: str, value: Record, identity: str) -> Record:
    kinds = ("labels", "hypertextlabels", "paragraphlabels", "choices", "taxonomy", "number", "rating", "datetime")
    kind = next((kind for kind in kinds if kind in value), "textarea")
    return {"id": identity, "from_name": name, "to_name": "", "type": kind, "value": value}


def _is_place(value: Record) -> bool:
    return {"start", "end"} <= value.keys() or "globalOffsets" in value


def _name_of(task: Record, text_field: str, number: int) -> str:
    data = task["data"]
    for name in _NAMES:
        told = data.get(name) if name != text_field else None
        told = str(told) if type(told) is int else told
        if isinstance(told, str) and told.strip() and len(told) <= _LONGEST_NAME and "\n" not in told:
            return told
    known = task.get("id")
    return f"task {known if type(known) is int else number}"
