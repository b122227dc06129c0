"""Erase a document from the archives that hold it: members, or parts of them; each archive is written anew once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from corpus.errors import SourceError
from corpus.model.finding import any_error
from corpus.pipeline.erasure.erasing import Erasure, Left, check_unchanged, cut_of, sentence
from corpus.pipeline.erasure.purging import purge_table
from corpus.pipeline.erasure.seeking import Found, Sought, look_through
from corpus.pipeline.rawstore import raw_files
from corpus.readers.erasing import remove_parts
from corpus.readers.kinds import ONE_DOCUMENT, read_name
from corpus.readers.mirrors import bare_name
from corpus.readers.named import SOURCES_TOML
from corpus.readers.origins import LocalOrigin
from corpus.readers.packed import Archive, MemberOrigin, check_kept, open_archive, rewrite, why_fixed
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import side_car_names
from corpus.readers.spool import Spool

__all__ = ["erase_packed", "purge_packed_tables"]


def erase_packed(sought: Sought, options: ReadOptions, *, dry_run: bool) -> Iterator[Erasure | Left]:
    """Erase the document from each archive that holds it, all or nothing, and look again; say what became of it.

    A member of which nothing else is left goes, with the JSON beside it that speaks of it, and so does an archive.
    """
    held: dict[Path, list[Found]] = {}
    for _, found in sorted(sought.holding.items()):
        if found.file.archive is not None:
            held.setdefault(found.file.archive, []).append(found)
    for path, own in held.items():
        try:
            names = path.stat().st_nlink
            yield from _erased(path, own, sought, options, dry_run)
            if names > 1:
                why = "it has another name (a hard link) that holds the document still; find it and remove it."
                yield Left(path, why)
        except (OSError, SourceError) as error:
            why = f"it holds the document and is as it was: {sentence(error)}; take it out by hand."
            yield from (Left(found.file.place, why) for found in own)


def purge_packed_tables(
    path: Path, ids_of: Callable[[Path], set[str]], options: ReadOptions, *, dry_run: bool
) -> Iterator[Erasure | Left]:
    """Erase the tables of documents from every ``sources.toml`` in an archive; ``ids_of`` a folder says of which.

    Raises:
        SourceError: a member of it is damaged; nothing is changed.
        OSError: it cannot be written; nothing is changed.
    """
    with Spool(options) as spool:
        try:
            archive = _opened(path, spool)
        except SourceError:  # seeking has told of it
            return
        plan = _Plan(archive, spool)
        for parts in archive.names(hidden=True):
            if parts[-1] == SOURCES_TOML:
                place, copy = path.joinpath(*parts), plan.copy("/".join(parts))
                for item in purge_table(copy, ids_of(place.parent), False):
                    plan.done.append(replace(item, place=place))
                    if isinstance(item, Erasure):
                        plan.replaced["/".join(parts)] = copy
        if plan.replaced and (why := why_fixed(archive)):
            why = f"it speaks of the document and lies in an archive {why}, so take it out there by hand."
            yield from (Left(item.place, why) for item in plan.done)
            return
        if plan.replaced:
            check_kept(archive, ())
        if plan.replaced and not dry_run:
            rewrite(archive, (), plan.replaced)
        yield from plan.done


@dataclass(slots=True)
class _Plan:
    """What is to become of an archive."""

    archive: Archive
    spool: Spool
    gone: set[str] = field(default_factory=set)
    replaced: dict[str, Path] = field(default_factory=dict)
    done: list[Erasure | Left] = field(default_factory=list)

    def copy(self, key: str) -> Path:
        """Unpack a member to a file of its own, which may be changed."""
        path = self.spool.new()
        shutil.copyfile(self.archive.fetch(key), path)
        return path


def _erased(
    path: Path, own: Sequence[Found], sought: Sought, options: ReadOptions, dry_run: bool
) -> Iterator[Erasure | Left]:
    with Spool(options) as spool:
        archive = _opened(path, spool)
        why = why_fixed(archive)
        if why:
            why = f"it holds the document and lies in an archive {why}, so take it out there by hand."
            yield from (Left(found.file.place, why) for found in own)
            return
        plan = _planned(archive, spool, own, sought, options)
        empty = plan.gone.issuperset(archive.contents.members)
        if plan.gone or plan.replaced:
            check_kept(archive, plan.gone)
        if not dry_run and empty:
            check_unchanged(own[0])
            path.unlink()
        elif not dry_run and (plan.gone or plan.replaced):
            rewrite(archive, plan.gone, plan.replaced, partial(check_unchanged, own[0]))
    yield from plan.done
    if empty:
        yield Erasure(path, "the archive, of which nothing else is left")
    elif not dry_run:
        yield from _looked_at_again(path, sought, options)


def _planned(archive: Archive, spool: Spool, own: Sequence[Found], sought: Sought, options: ReadOptions) -> _Plan:
    plan = _Plan(archive, spool)
    members = {_key(found): found for found in own}
    beside = {name for key, found in members.items() for name in _side_cars(archive, key, found)}
    for key, found in members.items():
        if key in beside:
            continue
        source = replace(found.file.source, origin=MemberOrigin(archive, key))
        try:
            cut = cut_of(found, source, sought, options)
            if cut.stays:
                copy = plan.copy(key)
                remove_parts(copy, source.kind, cut.gone, gzipped=source.gzipped)
                plan.replaced[key] = copy
                plan.done.append(Erasure(found.file.place, cut.what))
                continue
        except SourceError as error:
            why = f"it holds the document and is as it was: {sentence(error)}; take it out by hand."
            plan.done.append(Left(found.file.place, why))
            continue
        sought.unsearched.pop(found.file.place, None)
        plan.gone.add(key)
        plan.done.append(Erasure(found.file.place, cut.whole))
        for name in _side_cars(archive, key, found):
            place = found.file.place.parent / name.rpartition("/")[2]
            if _speaks_of_others(archive, name, members):
                why = "it speaks of another text or page, too; take out by hand what is the document's."
                plan.done.append(Left(place, why))
            elif name not in plan.gone:
                plan.gone.add(name)
                plan.done.append(Erasure(place, "the file"))
    return plan


def _looked_at_again(path: Path, sought: Sought, options: ReadOptions) -> Iterator[Left]:
    """Make sure that nothing of the document is left in an archive that was written anew, or say so."""
    report = ReadReport()
    with Spool(options) as spool:
        for file in raw_files([path], spool, report):
            if look_through(file, sought, options).gone:
                yield Left(file.place, "it holds the document still; take it out by hand.")
    if any_error(report.findings):
        yield Left(path, "it was written anew and cannot be read in full; look for the document there by hand.")


def _opened(path: Path, spool: Spool) -> Archive:
    return open_archive(LocalOrigin(path), bare_name(path.name), spool)


def _key(found: Found) -> str:
    origin = found.file.source.origin
    return origin.key if isinstance(origin, MemberOrigin) else ""


def _side_cars(archive: Archive, key: str, found: Found) -> list[str]:
    """Return the JSON files beside a text or a page that speak of it."""
    if found.file.source.kind not in ONE_DOCUMENT:
        return []
    folder, slash, last = key.rpartition("/")
    names = dict.fromkeys(f"{folder}{slash}{name}" for name in side_car_names(found.file.source.stem, last))
    return [name for name in names if name in archive.contents.members]


def _speaks_of_others(archive: Archive, side_car: str, gone: dict[str, Found]) -> bool:
    """Tell whether it stands beside a text or a page that is not the document."""
    folder, _, name = side_car.removesuffix(".json").rpartition("/")
    for key in archive.contents.members:
        other, _, last = key.rpartition("/")
        told = read_name(last) if other == folder and key not in gone else None
        if told is not None and told.kind in ONE_DOCUMENT and name in (told.stem, last):
            return True
    return False
