"""``corpus annotations export``: annotations for other tools, with what their formats do not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corpus.annotation.damage import refuse_damage
from corpus.annotation.store import current, read_folder
from corpus.cli.annotation_texts import open_full
from corpus.cli.labelstudio_options import BUILD, Build
from corpus.cli.options import AsJson
from corpus.cli.rim import check_folder, escape, out, print_json, show_findings, visible_path
from corpus.errors import UsageError
from corpus.exchange.exporting import TEXTS, standoffs_of
from corpus.exchange.formats import FORMATS, format_named
from corpus.exchange.standoff import Format, Standoff, Write
from corpus.exchange.stored import annotators_in, sets_in
from corpus.export.store import BuiltDataset
from corpus.model.annotation import GOLD, AnnotationSet
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding

__all__ = ["command"]

Sets = Callable[[Document], list[AnnotationSet]]


def command(
    target: Annotated[Path, typer.Option("--out", help="The file or folder to make; it must not be there yet.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")],
    build: Build = BUILD,
    annotations: Annotated[
        Path | None, typer.Option(help="A folder of annotation files, to take these (default: the dataset's own).")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option(help="Whose annotations (default: gold where there is any, or the only one's).")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only the documents of this split.")] = None,
    text: Annotated[
        str, typer.Option(help="reading (headline, text, captions), text (the clean text) or raw (as received).")
    ] = "reading",
    unannotated: Annotated[
        bool, typer.Option("--unannotated", help="Write also the documents that nobody has annotated.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write annotations for another tool, with a report of what its format does not hold."""
    if text not in TEXTS:
        raise UsageError(f"--text takes one of {', '.join(TEXTS)}, got {text!r}.")
    writer = _writer(format_named(form))
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file or folder.")
    dataset = open_full(build)
    documents = dataset.documents(split)
    sets = _sets(dataset, annotations, annotator, unannotated=unannotated)
    findings: list[Finding] = []
    shown = next(each for each in TEXTS if each == text)
    found = standoffs_of(documents, sets, dataset.scheme, shown, unannotated=unannotated)
    counted = _Counted(found, findings)
    findings += list(writer(counted, target, dataset.scheme))
    record = {"documents": counted.documents, "spans": counted.spans, "relations": counted.relations}
    if as_json:
        print_json(record | {"findings": [finding.as_record() for finding in findings]})
    else:
        out.print(
            f"{escape(visible_path(target))}: {count(counted.documents, 'document')} with "
            f"{count(counted.spans, 'span')} and {count(counted.relations, 'relation')}"
            f"{', but for what is told below' if findings else ''}."
        )
    if show_findings([] if as_json else _first_of_each(findings)):
        raise typer.Exit(1)


def _first_of_each(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first of each kind, saying in how many more documents it is so: nobody reads thousands of lines."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    for first, *others in kinds.values():
        more = f" So in {count(len(others), 'document')} more; --json lists all of them." if others else ""
        yield replace(first, message=first.message + more)


def _sets(dataset: BuiltDataset, folder: Path | None, wanted: str | None, *, unannotated: bool) -> Sets:
    """Return what gives one annotator's sets: of the dataset's rows, or of annotation files."""
    if folder is None:
        return sets_in(dataset, _who(annotators_in(dataset), wanted, dataset.directory, unannotated=unannotated))
    check_folder(folder, "the folder of annotation files")
    stored = read_folder(folder)
    refuse_damage(stored.findings, "exported")
    sets = [item for item in current(stored.sets) if item.state == "submitted"]
    who = _who(sorted({item.annotator for item in sets}), wanted, folder, unannotated=unannotated)
    found = {item.doc_id: item for item in sets if item.annotator == who}
    return lambda document: [found[document.doc_id]] if document.doc_id in found else []


def _who(people: Sequence[str], wanted: str | None, where: Path, *, unannotated: bool) -> str:
    if wanted is not None and wanted not in people:
        told = f"it has {', '.join(people)}" if people else "it has none"
        raise UsageError(f"{visible_path(where)} has no annotation by {wanted!r}; {told}.")
    if wanted is None and len(people) > 1 and GOLD not in people:
        raise UsageError(f"Several people annotated ({', '.join(people)}); name one with --annotator.")
    if not people and not unannotated:
        raise UsageError(
            f"Nobody has annotated in {visible_path(where)}; --annotations names a folder of annotation files, and "
            "--unannotated writes the documents as they are."
        )
    return wanted or (people[0] if len(people) == 1 else GOLD)


def _writer(form: Format) -> Write:
    if form.write is None:
        raise UsageError(f"{form.title} is read here and not written.")
    return form.write


class _Counted:
    """Documents on their way to a writer, counted; findings among them are put aside."""

    def __init__(self, found: Iterable[Standoff | Finding], findings: list[Finding]) -> None:
        self._found, self._findings = found, findings
        self.documents = self.spans = self.relations = 0

    def __iter__(self) -> Iterator[Standoff]:
        for each in self._found:
            if isinstance(each, Finding):
                self._findings.append(each)
                continue
            self.documents += 1
            self.spans += len(each.spans)
            self.relations += len(each.relations)
            yield each
