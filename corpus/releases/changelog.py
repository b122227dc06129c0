"""The changelog of a dataset, generated from the rows: one entry a release, in the form of Keep a Changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from corpus.comparison.annotations import annotation_counts
from corpus.comparison.changes import split_moves
from corpus.comparison.difference import Difference
from corpus.comparison.renames import renamed_documents
from corpus.comparison.statistics import statistics
from corpus.comparison.steps import Step
from corpus.errors import DataError
from corpus.export.card_words import escape_markdown
from corpus.files import atomic_write, only_writer
from corpus.model.counted import count
from corpus.model.manifest import Manifest
from corpus.model.tables import LAYERS
from corpus.releases.planning import Plan, Previous
from corpus.releases.public.departed import departed_names

__all__ = ["CHANGES", "add_to_changelog", "changes_text"]

CHANGES = "CHANGES.md"
"""The changelog's file in a release."""
NAMED = 20
"""Documents up to which a change names them."""

_ENTRY = "\n## "
_RULE = (
    "Written by comparison of rows, release by release. MAJOR: rows, columns or labels that were there are edited "
    "or gone. MINOR: only additions. PATCH: the same rows in other files. The rule is that of Croissant 1.1."
)


def changes_text(plan: Plan, manifest: Manifest) -> str:
    """Return the whole changelog: this release's entry, then those of the release before.

    It depends on the build, the release before, and the version and date in ``manifest`` alone. A document that is
    gone and whose id spells its text is named as a public edition names it (departed.py).

    Raises:
        DataError: a file of either dataset cannot be read.
    """
    head = f"# Changes of {escape_markdown(manifest.name)}\n\n{_RULE}\n"
    dated = f" - {escape_markdown(manifest.date)}" if manifest.date else ""
    body = _first(manifest) if plan.previous is None else _entry(plan.previous)
    entry = f"{_ENTRY}{plan.version}{dated}\n\n" + "\n\n".join(body) + "\n"
    if plan.previous is None:
        return head + entry
    text = head + entry + _earlier(plan.previous)
    return departed_names(plan.previous.difference, text).told(text)


def add_to_changelog(path: Path, release: Path, manifest: Manifest) -> bool:
    """Put a release's entry into a changelog of the project, above the older ones; False where it is there already.

    The file is made where it is not there. An ``Unreleased`` section stays on top; nothing else is touched.

    Raises:
        UsageError: another process is writing the changelog.
        OSError: a file cannot be read or written.
        DataError: the changelog is no UTF-8 text.
    """
    changes = (release / CHANGES).read_bytes().decode("utf-8")
    title = f"## {escape_markdown(manifest.name)} {manifest.version}"
    dated = f" - {escape_markdown(manifest.date)}" if manifest.date else ""
    body = changes.split(_ENTRY)[1].partition("\n")[2].strip()
    with only_writer(path):
        text = _changelog_of(path)
        if re.search(rf"^{re.escape(title)}(\s|$)", text, re.MULTILINE):
            return False
        with atomic_write(path) as stream:
            stream.write(_with_entry(text, f"{title}{dated}\n\n{body}\n").encode("utf-8"))
    return True


def _changelog_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else "# Changelog\n"
    except UnicodeDecodeError:
        raise DataError(f"{path} is no UTF-8 text; name another changelog.") from None


def _with_entry(text: str, entry: str) -> str:
    """Return a changelog with a new entry above the older ones, below what is unreleased."""
    first = re.search(r"^## (?!\[?unreleased)", text, re.MULTILINE | re.IGNORECASE)
    at = first.start() if first else len(text)
    before, after = text[:at].rstrip("\n"), text[at:]
    return "\n".join([f"{before}\n", entry, after] if after else [f"{before}\n", entry])


def _earlier(previous: Previous) -> str:
    """Return the entries of the release before, as they stand in it; nothing where it has no changelog."""
    path = previous.dataset.directory / CHANGES
    if CHANGES not in previous.dataset.manifest.files:
        return ""
    _, mark, entries = path.read_bytes().decode("utf-8", "replace").partition(_ENTRY)
    return mark + entries


def _first(manifest: Manifest) -> Iterator[str]:
    yield "The first release that this changelog knows."
    yield "\n".join(f"- {count(sum(c.rows.values()), 'row')} of {name}" for name, c in manifest.configs.items())


def _entry(previous: Previous) -> Iterator[str]:
    difference = previous.difference
    if difference.step is Step.NONE:
        yield f"The same as {previous.version}, under another version."
        return
    yield f"{difference.step.name} after {previous.version}: {escape_markdown(difference.why())}."
    yield _counts(difference)
    for title, lines in (
        ("Added", list(_rows(difference, "added"))),
        ("Changed", [*_edits(difference), *_structure(difference), *_splits(difference), *_renamed(difference)]),
        ("Removed", list(_rows(difference, "removed"))),
        ("Annotations", list(_annotations(difference))),
        ("Numbers", list(_numbers(difference))),
    ):
        if lines:
            yield f"### {title}\n\n" + "\n".join(f"- {line}" for line in lines)


def _counts(difference: Difference) -> str:
    lines = ["| config | before | after | added | removed | edited |", "| --- | --- | --- | --- | --- | --- |"]
    for config in difference.configs.values():
        rows = config.rows
        numbers = (config.old.rows, config.new.rows, rows.added.height, rows.removed.height, rows.changed.height)
        lines.append(f"| {config.name} | " + " | ".join(map(str, numbers)) + " |")
    return "\n".join(lines)


def _rows(difference: Difference, kind: str) -> Iterator[str]:
    for config in difference.configs.values():
        rows: pl.DataFrame = getattr(config.rows, kind)
        if rows.height:
            yield f"{count(rows.height, 'row')} of {config.name}{_named(rows)}"


def _edits(difference: Difference) -> Iterator[str]:
    for config in difference.configs.values():
        rows = config.rows.changed
        if not rows.height:
            continue
        columns = ", ".join(f"{escape_markdown(c)} {number}" for c, number in config.rows.column_counts().items())
        yield f"{count(rows.height, 'row')} of {config.name} ({columns}){_named(rows)}"


def _structure(difference: Difference) -> Iterator[str]:
    for config in difference.configs.values():
        for change in config.columns:
            yield f"column {escape_markdown(f'{config.name}.{change.column}')} {change.kind}"
    for part in difference.scheme:
        yield f"scheme, {escape_markdown(part.part)}: {escape_markdown(f'{part.before} → {part.after}')}"


def _splits(difference: Difference) -> Iterator[str]:
    for (old, new), ids in split_moves(difference.configs["documents"]).items():
        yield f"{count(len(ids), 'document')} from split {old} to {new}{_listed(ids)}"


def _renamed(difference: Difference) -> Iterator[str]:
    found = renamed_documents(difference.configs["documents"])
    if found:
        pairs = (f"{escape_markdown(item.old)} → {escape_markdown(item.new)} ({item.by})" for item in found)
        told = f": {', '.join(pairs)}" if len(found) <= NAMED else ""
        yield f"{count(len(found), 'document')} under another name{told}"


def _annotations(difference: Difference) -> Iterator[str]:
    for item in annotation_counts(difference):
        numbers = {
            "added": item.added,
            "removed": item.removed,
            "moved": item.moved,
            "relabelled": item.relabelled,
            "otherwise changed": item.other,
        }
        told = ", ".join(f"{number} {kind}" for kind, number in numbers.items() if number)
        yield f"{item.config}, {escape_markdown(item.label)}, by {escape_markdown(item.annotator)}: {told}"
    touched = sorted({doc_id for name in LAYERS for doc_id in _documents_of(difference, name)})
    if touched:
        yield f"in {count(len(touched), 'document')}{_listed(touched)}"


def _documents_of(difference: Difference, name: str) -> Iterator[str]:
    rows = difference.configs[name].rows
    for frame in (rows.added, rows.removed, rows.changed):
        yield from frame["doc_id"].unique()


def _numbers(difference: Difference) -> Iterator[str]:
    for item in statistics(difference):
        if item.before != item.after and not item.name.startswith("rows of"):
            yield f"{escape_markdown(item.name)}: {item.before} → {item.after}"


def _named(rows: pl.DataFrame) -> str:
    return _listed(rows["doc_id"].unique().sort().to_list())


def _listed(doc_ids: Sequence[str]) -> str:
    """Return the documents by name where they are few."""
    return f": {', '.join(map(escape_markdown, doc_ids))}" if len(doc_ids) <= NAMED else ""
