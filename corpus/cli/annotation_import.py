"""``corpus annotations import``: annotations of other tools into the annotation files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.annotation_texts import open_full
from corpus.cli.labelstudio_options import ANNOTATIONS, BUILD, Build
from corpus.cli.options import AsJson
from corpus.cli.rim import (
    check_file,
    drawn_progress,
    escape,
    out,
    print_json,
    show_findings,
    visible,
    visible_path,
)
from corpus.errors import UsageError
from corpus.exchange.formats import FORMATS, format_named, format_of
from corpus.exchange.importing import Imported, ImportOptions, import_standoffs
from corpus.exchange.naming import read_naming, without_addresses
from corpus.exchange.standoff import Format, Standoff
from corpus.exchange.texts import write_texts
from corpus.model.annotation import GOLD, PSEUDONYM
from corpus.model.counted import count, singular
from corpus.model.finding import Finding, Severity
from corpus.model.shortened import some_of, told_value

__all__ = ["command"]

_LAYERS = ("claims", "sources", "cues")
_LONGEST = 100
"""Of a pseudonym, which is a file's name."""
_NAMED = 3
_NUMBERED = re.compile(r"person-\d+")
"""What formats call those of whom only an e-mail address is told."""


def command(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders with the annotations of another tool.")],
    build: Build = BUILD,
    annotations: Annotated[Path, typer.Option(help="The folder of annotation files.")] = ANNOTATIONS,
    form: Annotated[
        str | None, typer.Option("--format", help=f"What they are, where it cannot be told: {', '.join(FORMATS)}.")
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(help="Who did it, as a pseudonym; THEIRS=NAME for one of several, each time."),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(help="A TOML file that says what their labels, relations and attributes are in the scheme."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Write the texts that the dataset lacks into this folder, to build from.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a new revision follow what the annotator said before.")
    ] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="Take documents without any mark as annotated: nothing is in them.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring annotations of other tools into the annotation files, each span placed in the text as received.

    A document is known by its text (blanks not counted), else by its name. What has no place in the scheme or in
    the text is told; nothing that is there already is changed.
    """
    check_file(names, "--names", "name a TOML file")
    people = _people(annotator or [])
    dataset = open_full(build)
    naming = read_naming(names, dataset.scheme)
    forms = [format_named(form) if form is not None else format_of(_there(path)) for path in sources]
    findings: list[Finding] = []
    standoffs: list[Standoff] = []
    for path, each in zip(sources, forms, strict=True):
        for found in each.read(_there(path)):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                standoffs.append(found)
    options = ImportOptions(
        naming,
        _all_people(standoffs, people, sources=len(sources)),
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        _origin(sources, forms),
        empty=empty,
        replace=replace,
        dry_run=dry_run,
    )
    if texts is not None and not dry_run:
        texts.mkdir(parents=True, exist_ok=True)  # before anything is written that the report would have to tell
    with drawn_progress() as progress:
        progress.step("looking for the documents")
        done = import_standoffs(standoffs, dataset.documents, dataset.scheme, annotations, options)
    findings += done.findings
    written = write_texts(done.unmatched, texts) if texts is not None and not dry_run else []
    if as_json:
        print_json(_record(done, findings, written, dry_run))
    else:
        _show(done, written, texts, dry_run)
    wrong = show_findings([] if as_json else findings)
    if wrong or any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


def _there(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; name the annotations of another tool.")
    return path


def _people(told: Sequence[str]) -> dict[str | None, str]:
    """Read ``NAME`` and ``THEIRS=NAME``."""
    found: dict[str | None, str] = {}
    for each in told:
        theirs, equals, ours = each.rpartition("=")
        if not PSEUDONYM.fullmatch(ours) or len(ours) > _LONGEST:
            raise UsageError(
                "--annotator takes a pseudonym of a-z, 0-9, '.', '_' and '-', or THEIRS=NAME, "
                f"got {told_value(each)}."
            )
        who = theirs if equals and theirs else None
        if found.setdefault(who, ours) != ours:
            told_twice = f"--annotator is {found[who]!r} and {ours!r}"
            raise UsageError(f"{told_twice}{f' for {who!r}' if who else ''}; give one, or THEIRS=NAME for each.")
    return found


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
            f"Several people annotated ({_some(people)}), and --annotator {told[None]} would make one of them; "
            "say who each is with --annotator THEIRS=NAME."
        )
    if None in told:
        return told
    if "" in open_:
        raise UsageError("The annotations do not say who made them; say it with --annotator NAME.")
    _refuse_unnamed(people, numbered)
    return told | {each: each.lower() for each in people}


def _refuse_unnamed(people: Sequence[str], numbered: Sequence[str]) -> None:
    """Raise where the names of those whom nobody named here cannot be taken as they are."""
    way_out = "say who each is with --annotator THEIRS=NAME."
    alike = Counter(each.lower() for each in people)
    unnamed = [each for each in people if not PSEUDONYM.fullmatch(each.lower()) or len(each) > _LONGEST]
    if unnamed:
        raise UsageError(
            f"Annotators are called by pseudonyms of a-z, 0-9, '.', '_' and '-', got {_some(unnamed)}; {way_out}"
        )
    if len(alike) < len(people):
        same = [each for each in people if alike[each.lower()] > 1]
        raise UsageError(f"{_some(same)} differ in case alone, and would be one; {way_out}")
    if GOLD in alike:
        theirs = next(each for each in people if each.lower() == GOLD)
        raise UsageError(
            f"{GOLD!r} is the adjudicated annotation here, the last word on a document; say --annotator "
            f"{theirs}={GOLD} where theirs is that, or name it otherwise."
        )
    if set(numbered) & set(people):
        raise UsageError(
            f"Of {_some(numbered)} no more than an e-mail address is told, which is written nowhere: they are "
            f"numbered as they come in this file; {way_out}"
        )


def _some(names: Sequence[str]) -> str:
    return some_of([told_value(name) for name in names], 5)


def _origin(sources: Sequence[Path], forms: Sequence[Format]) -> str:
    """Return what the sets say of where they came from: it stands in each, so no more than some files are named."""
    told = list(dict.fromkeys(f"{each.name}: {path.name}" for path, each in zip(sources, forms, strict=True)))
    return visible(without_addresses(some_of(told, _NAMED)))


def _show(done: Imported, written: Sequence[Path], texts: Path | None, dry_run: bool) -> None:
    number = len(done.written)
    what = "would be written" if dry_run else "was written" if number == 1 else "were written"
    items = ", ".join(
        count(many, singular(name)) if name in _LAYERS else f"{many:,} {name}"
        for name, many in done.items.items()
        if many
    )
    out.print(f"{count(number, 'annotation')} {what}{f': {items}' if items else ''}.")
    if done.unchanged:
        out.print(f"{count(done.unchanged, 'annotation')} say what is there already.")
    if done.empty:
        out.print(f"{count(done.empty, 'document')} without any mark passed over; --empty takes them as annotated.")
    if texts is not None and written:
        out.print(f"{count(len(written), 'text')} that the dataset lacks: {escape(visible_path(texts))}")


def _record(done: Imported, findings: Sequence[Finding], texts: Sequence[Path], dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "written": [version._asdict() for version in done.written],
        "items": {name: many for name, many in done.items.items() if many},
        "unchanged": done.unchanged,
        "empty": done.empty,
        "unmatched": [standoff.place for standoff in done.unmatched],
        "moved": done.moved,
        "losses": [{"kind": loss.kind, "name": loss.name, "count": many} for loss, many in done.losses.items()],
        "texts": [str(path) for path in texts],
        "findings": [finding.as_record() for finding in findings],
    }
