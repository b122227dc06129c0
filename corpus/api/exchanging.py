"""Annotations from and to other tools: whose they are, where they go, and what was lost on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.annotation.damage import refuse_damage
from corpus.annotation.heads import PREDICTIONS
from corpus.annotation.renaming import reworded
from corpus.annotation.store import current, read_folder
from corpus.api.datasets import ANNOTATIONS, BUILD, open_full
from corpus.api.places import Place, check_file, check_folder, listed_sources, optional_path, path_of
from corpus.clock import now
from corpus.errors import UsageError
from corpus.exchange.exporting import Text, standoffs_of
from corpus.exchange.formats import format_named, format_of
from corpus.exchange.importing import Imported, ImportOptions, import_standoffs
from corpus.exchange.naming import read_naming, without_addresses
from corpus.exchange.standoff import Format, Standoff, Write
from corpus.exchange.stored import annotators_in, sets_in
from corpus.exchange.texts import write_texts
from corpus.export.store import BuiltDataset
from corpus.model.annotation import GOLD, PSEUDONYM, AnnotationSet
from corpus.model.arguments import checked
from corpus.model.document import Document
from corpus.model.finding import Finding, any_error
from corpus.model.shortened import some_of, told_value
from corpus.progress import SILENT, Progress

__all__ = ["ExportReport", "ImportReport", "export_annotations", "import_annotations"]

_LONGEST = 100
"""Of a pseudonym, which is a file's name."""
_NAMED = 3
_EACH = "say who each is with `annotator={'THEIRS': 'NAME'}`"
_NUMBERED = re.compile(r"person-\d+")
"""What formats call those of whom only an e-mail address is told."""

_Sets = Callable[[Document], list[AnnotationSet]]
_People = Mapping[str | None, str]
"""The pseudonym of each annotator as the tool calls them; of None, whom no other entry names."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    done: Imported
    texts: tuple[Path, ...]
    """The texts that the dataset lacks, as they were written."""
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether something is wrong enough for the exit code to say so."""
        return any_error(self.findings)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote, and what the format does not hold."""

    documents: int
    spans: int
    relations: int
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether something is wrong enough for the exit code to say so."""
        return any_error(self.findings)


@checked
def import_annotations(
    sources: Place | Iterable[Place],
    build: Place = BUILD,
    *,
    annotations: Place = ANNOTATIONS,
    form: str | None = None,
    annotator: str | _People | None = None,
    names: Place | None = None,
    texts: Place | None = None,
    predictions: bool = False,
    replace: bool = False,
    empty: bool = False,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Bring annotations of another tool into the annotation files: ``corpus annotations import``.

    Args:
        sources: one or several files or folders with annotations.
        build: the built dataset to whose documents they belong.
        annotations: the folder of annotation files.
        form: the format, such as "brat"; None: as the sources look.
        annotator: who did it, as a pseudonym, or a pseudonym for each as the tool calls them; None: their names
            there, where they can be pseudonyms.
        names: a TOML file that says what their labels, relations and attributes are in the scheme.
        texts: a folder for the texts that the dataset lacks, to build from.
        predictions: they are a model's, called by ``annotator``: for Label Studio to propose
            (``predictions/`` of ``annotations``), and nobody's annotations.
        replace: let a new revision follow what the annotator said before.
        empty: take documents without any mark as annotated: nothing is in them.
        dry_run: change nothing; the report says what would be written.
        progress: told what is going on.

    Returns:
        What became of the documents and items, with all findings.

    Raises:
        UsageError: the call cannot be carried out as it was asked: a source is not there, its format cannot be
            told, or who made the annotations is not said.
        DataError: the dataset or the annotation files cannot be read.
        ExtraMissingError: the format needs a package that is not installed.
        OSError: the annotations cannot be written.
    """
    named = optional_path(names, "names")
    folder = optional_path(texts, "texts")
    check_file(named, "names", "name a TOML file")
    people = _pseudonyms(annotator)
    dataset = open_full(path_of(build, "build"))
    naming = read_naming(named, dataset.scheme)
    paths = [_there(Path(source)) for source in listed_sources(sources)]
    forms = [format_named(form) if form is not None else format_of(path) for path in paths]
    findings: list[Finding] = []
    standoffs: list[Standoff] = []
    for path, each in zip(paths, forms, strict=True):
        for found in each.read(path):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                standoffs.append(found)
    options = ImportOptions(
        naming,
        _all_people(standoffs, people, sources=len(paths)),
        now(),
        _origin(paths, forms),
        empty=empty,
        replace=replace,
        dry_run=dry_run,
    )
    if folder is not None and not dry_run:
        folder.mkdir(parents=True, exist_ok=True)  # before anything is written that the report would have to tell
    progress.step("looking for the documents")
    kept = path_of(annotations, "annotations")
    if predictions:
        kept /= PREDICTIONS
    done = import_standoffs(standoffs, dataset.documents, dataset.scheme, kept, options)
    written = write_texts(done.unmatched, folder) if folder is not None and not dry_run else []
    return ImportReport(done, tuple(written), (*findings, *done.findings))


def _there(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; name the annotations of another tool.")
    return path


def _pseudonyms(annotator: str | _People | None) -> dict[str | None, str]:
    people: dict[str | None, str] = {}
    people |= annotator if isinstance(annotator, Mapping) else {} if annotator is None else {None: annotator}
    strange = (each for each in people if not isinstance(each, str | None))
    for name in (*strange, *people.values()):
        if not isinstance(name, str) or not PSEUDONYM.fullmatch(name) or len(name) > _LONGEST:
            raise UsageError(
                "`annotator=` takes a pseudonym of a-z, 0-9, '.', '_' and '-', or one for each as the tool calls "
                f"them (`annotator={{'THEIRS': 'NAME'}}`), got {told_value(name)}."
            )
    return people


def _all_people(
    standoffs: Iterable[Standoff], told: dict[str | None, str], *, sources: int = 1
) -> dict[str | None, str]:
    """Add those whose name there can be theirs here, too; ``sources`` is of how many files they are.

    Raises:
        UsageError: somebody cannot be named so, one name would stand for several, or somebody named is not there.
    """
    there = {standoff.annotator or "" for standoff in standoffs}
    strange = [each for each in told if each and each not in there]
    if strange and there:
        known = _some(sorted(there - {""})) or "nobody by name"
        raise UsageError(f"{_some(strange)} annotated nothing in it; those who did: {known}.")
    numbered = sorted(each for each in there if _NUMBERED.fullmatch(each))
    if numbered and sources > 1:
        raise UsageError(
            f"Of {_some(numbered)} no more than an e-mail address is told, and each file numbers such people anew; "
            "import one file at a time."
        )
    open_ = sorted(there - {each or "" for each in told})
    people = [each for each in open_ if each]
    if None in told and len(people) > 1:
        raise UsageError(
            f"Several people annotated ({_some(people)}), and `annotator={told[None]!r}` would make one of them; "
            f"{_EACH}."
        )
    if None in told:
        return told
    if "" in open_:
        raise UsageError("The annotations do not say who made them; say it with `annotator='NAME'`.")
    _refuse_unnamed(people, numbered)
    return told | {each: each.lower() for each in people}


def _refuse_unnamed(people: Sequence[str], numbered: Sequence[str]) -> None:
    """Raise where the names of those whom nobody named here cannot be taken as they are."""
    alike = Counter(each.lower() for each in people)
    unnamed = [each for each in people if not PSEUDONYM.fullmatch(each.lower()) or len(each) > _LONGEST]
    if unnamed:
        raise UsageError(
            f"Annotators are called by pseudonyms of a-z, 0-9, '.', '_' and '-', got {_some(unnamed)}; {_EACH}."
        )
    if len(alike) < len(people):
        same = [each for each in people if alike[each.lower()] > 1]
        raise UsageError(f"{_some(same)} differ in case alone, and would be one; {_EACH}.")
    if GOLD in alike:
        theirs = next(each for each in people if each.lower() == GOLD)
        raise UsageError(
            f"{GOLD!r} is the adjudicated annotation here, the last word on a document; say "
            f"`annotator={{{theirs!r}: {GOLD!r}}}` where theirs is that, or name it otherwise."
        )
    if set(numbered) & set(people):
        raise UsageError(
            f"Of {_some(numbered)} no more than an e-mail address is told, which is written nowhere: they are "
            f"numbered as they come in this file; {_EACH}."
        )


def _some(names: Sequence[str]) -> str:
    return some_of([told_value(name) for name in names], 5)


def _origin(sources: Sequence[Path], forms: Sequence[Format]) -> str:
    """Return what the sets say of where they came from: it stands in each, so no more than some files are named."""
    told = list(dict.fromkeys(f"{each.name}: {path.name}" for path, each in zip(sources, forms, strict=True)))
    words = without_addresses(some_of(told, _NAMED))
    return words if words.isprintable() else repr(words)[1:-1]


@checked
def export_annotations(
    out: Place,
    form: str,
    build: Place = BUILD,
    *,
    annotations: Place | None = None,
    annotator: str | None = None,
    split: str | None = None,
    text: Text = "reading",
    unannotated: bool = False,
) -> ExportReport:
    """Write annotations for another tool: ``corpus annotations export``.

    Args:
        out: the file or folder to make; it must not be there yet.
        form: the format, such as "brat".
        build: the build or release whose documents are written.
        annotations: a folder of annotation files, to take these; None: the dataset's own.
        annotator: whose annotations; None: gold where there is any, or the only one's.
        split: only the documents of this split.
        text: "reading" (headline, text, captions), "text" (the clean text) or "raw" (as received).
        unannotated: write also the documents that nobody has annotated.

    Returns:
        How much was written, and as findings what the format does not hold.

    Raises:
        UsageError: the call cannot be carried out as it was asked.
        DataError: the dataset or the annotation files cannot be read.
        ExtraMissingError: the format needs a package that is not installed.
        OSError: the file cannot be written.
    """
    writer = _writer(format_named(form))
    target = path_of(out, "out")
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file or folder.")
    dataset = open_full(path_of(build, "build"))
    documents = dataset.documents(split)
    folder = optional_path(annotations, "annotations")
    sets = _sets(dataset, folder, annotator, unannotated=unannotated)
    findings: list[Finding] = []
    counted = _Counted(standoffs_of(documents, sets, dataset.scheme, text, unannotated=unannotated), findings)
    findings += list(writer(counted, target, dataset.scheme))
    return ExportReport(counted.documents, counted.spans, counted.relations, tuple(findings))


def _sets(dataset: BuiltDataset, folder: Path | None, wanted: str | None, *, unannotated: bool) -> _Sets:
    """Return what gives one annotator's sets: of the dataset's rows, or of annotation files."""
    if folder is None:
        return sets_in(dataset, _who(annotators_in(dataset), wanted, dataset.directory, unannotated=unannotated))
    check_folder(folder, "the folder of annotation files")
    stored = read_folder(folder)
    refuse_damage(stored.findings, "exported")
    sets = [item for item in current(stored.sets) if item.state == "submitted"]
    who = _who(sorted({item.annotator for item in sets}), wanted, folder, unannotated=unannotated)
    found = {item.doc_id: reworded(item, dataset.scheme) for item in sets if item.annotator == who}
    return lambda document: [found[document.doc_id]] if document.doc_id in found else []


def _who(people: Sequence[str], wanted: str | None, where: Path, *, unannotated: bool) -> str:
    if wanted is not None and wanted not in people:
        told = f"it has {', '.join(people)}" if people else "it has none"
        raise UsageError(f"{where} has no annotation by {wanted!r}; {told}.")
    if wanted is None and len(people) > 1 and GOLD not in people:
        raise UsageError(f"Several people annotated ({', '.join(people)}); name one with `annotator=`.")
    if not people and not unannotated:
        raise UsageError(
            f"Nobody has annotated in {where}; `annotations=` names a folder of annotation files, and "
            "`unannotated=True` writes the documents as they are."
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
