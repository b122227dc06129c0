"""Find what must stand on one side of a split, and deal the documents out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa

from corpus.duplicates.near import check_installed, near_duplicates
from corpus.duplicates.stories import Telling, same_stories
from corpus.errors import UsageError
from corpus.export.layout import MANIFEST
from corpus.export.store import BuiltDataset, read_manifest
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity
from corpus.model.manifest import SplitRecord
from corpus.pipeline.former import gone_on_from
from corpus.pipeline.splits import ALL_TRAIN, WITHHELD, assign, boundaries_of, group_sizes, leaks

__all__ = ["BONDS", "Dealt", "SplitOptions", "check_splits", "checked_bonds", "deal_out", "parse_bonds"]

BONDS = ("duplicates", "stories", "publisher", "dates")
"""What can keep documents together."""
_DEFAULT = BONDS[:2]
_NAMED = 20
"""Withheld documents that get a finding of their own."""


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """How documents are dealt out to splits."""

    shares: Mapping[str, float] = field(default_factory=lambda: dict(ALL_TRAIN))
    by: tuple[str, ...] = _DEFAULT
    """Some of :data:`BONDS`."""
    previous: Path | None = None
    """A build or release whose documents stay where they are.

    None: the build that is replaced, if it was split with the same shares and bonds.
    """

    @property
    def all_in_one(self) -> bool:
        """Whether every document stands in the same split, whatever it belongs with."""
        return len(self.shares) == 1 and self.previous is None


@dataclass(frozen=True, slots=True)
class Dealt:
    """A split for each document, the record for the manifest, and what a reader must know."""

    splits: list[str]
    record: SplitRecord | None = None
    findings: tuple[Finding, ...] = ()


def parse_bonds(text: str) -> tuple[str, ...]:
    """Read "duplicates,stories"; "none" is nothing.

    Raises:
        UsageError: one of them is unknown.
    """
    named = [part.strip() for part in text.split(",")]
    return () if named == ["none"] else checked_bonds(named)


def checked_bonds(named: Iterable[str]) -> tuple[str, ...]:
    """Return some of :data:`BONDS` in their order.

    Raises:
        UsageError: one of them is unknown.
    """
    listed = list(named) if isinstance(named, Iterable) and not isinstance(named, str | bytes) else [named]
    wrong = [name for name in listed if name not in BONDS]
    if wrong or isinstance(named, str):
        raise UsageError(f"`split_by=` takes a list of {', '.join(BONDS)}, or of none, got {[*wrong, named][0]!r}.")
    return tuple(name for name in BONDS if name in listed)


def check_splits(options: SplitOptions, out: Path) -> None:
    """Make sure that documents can be dealt out so, before hours of cleaning.

    Raises:
        UsageError: ``options.previous`` is no dataset.
        DataError: it cannot be read, or the build in ``out`` cannot, which comes before this one.
        ExtraMissingError: near-duplicates are asked for and their package is not installed.
    """
    if options.previous is not None:
        BuiltDataset.open(options.previous)
    elif not options.all_in_one:
        with gone_on_from(out):
            same = _same_before(options, out)
            deque(_stood(BuiltDataset.open(same)) if same is not None else (), maxlen=0)
    if "duplicates" in options.by and not options.all_in_one:
        check_installed()


Texts = Callable[[], Iterator[tuple[str, str | None, str]]]
"""Yields (doc_id, title, text) of every document in the order of the ids, as often as it is called."""


def deal_out(documents: pl.DataFrame, texts: Texts, options: SplitOptions, out: Path) -> Dealt:
    """Give each document its split.

    ``documents`` has ``doc_id``, ``anchor_sha256``, ``publisher``, ``published`` and ``date_hint``; texts are read
    a few at a time.
    ``out`` is where the build will be written: the build there now is the one before, if it was split with the same
    shares and bonds.

    Raises:
        UsageError: ``options.previous`` is no dataset.
        DataError: it cannot be read.
        ExtraMissingError: near-duplicates are asked for and their package is not installed.
    """
    if options.all_in_one:
        return Dealt([next(iter(options.shares))] * documents.height)
    before, record = _before(options, out, documents)
    days = list(_days(documents))
    boundaries = record.boundaries if record and record.boundaries else boundaries_of(days, options.shares)
    by_date = "dates" in options.by
    ids = documents["doc_id"].to_list()
    rows = [row for row, own in enumerate(ids) if before.get(own) != WITHHELD]
    bound = _all_bound(documents, texts, days, options, rows)
    splits = assign(ids, bound, options.shares, before, days, boundaries if by_date else None)
    free = [row for row, split in enumerate(splits) if split != WITHHELD]
    if free != rows:  # what is withheld binds nobody, today as in the next build
        bound = _all_bound(documents, texts, days, options, free)
    sizes = group_sizes(bound, len(ids))
    made = SplitRecord(
        shares=dict(options.shares),
        by=options.by,
        boundaries=boundaries if by_date else {},
        groups=len(sizes),
        grouped=sum(sizes),
        withheld=splits.count(WITHHELD),
        leaks=leaks(bound, splits),
    )
    findings = (*_findings(made, ids, splits), *_empty(made, splits, max(sizes, default=0)))
    return Dealt(splits, made, findings)


def _all_bound(
    documents: pl.DataFrame, texts: Texts, days: Sequence[str | None], options: SplitOptions, rows: Sequence[int]
) -> dict[str, list[list[int]]]:
    return {kind: _bound(kind, documents, texts, days, rows) for kind in options.by if kind != "dates"}


def _before(options: SplitOptions, out: Path, documents: pl.DataFrame) -> tuple[dict[str, str], SplitRecord | None]:
    """Return where each document stood, under whatever id, and how that came about."""
    place = options.previous or _same_before(options, out)
    if place is None:
        return {}, None
    dataset = BuiltDataset.open(place)
    told: dict[str, str] = {}
    texts: dict[str, set[str]] = {}
    for data in _stood(dataset):
        for row in data.to_pylist():
            told[row["doc_id"]] = row["split"]
            texts.setdefault(row["anchor_sha256"], set()).add(row["split"])
    for doc_id, digest in documents.select("doc_id", "anchor_sha256").iter_rows():
        if doc_id not in told and len(texts.get(digest, ())) == 1:
            (told[doc_id],) = texts[digest]  # the same text under a new name
    return told, dataset.manifest.splits


def _stood(dataset: BuiltDataset) -> Iterator[pa.Table]:
    return dataset.batches("documents", ("doc_id", "split", "anchor_sha256"))


def _same_before(options: SplitOptions, out: Path) -> Path | None:
    if not (out / MANIFEST).is_file():
        return None
    record = read_manifest(out / MANIFEST).splits
    same = record is not None and (record.shares, record.by) == (dict(options.shares), options.by)
    return out if same else None


def _bound(
    kind: str, documents: pl.DataFrame, texts: Texts, days: Sequence[str | None], rows: Sequence[int]
) -> list[list[int]]:
    """Return the groups of rows that one kind of bond keeps together, among ``rows``.

    What was withheld before is not among them: it binds nobody any more.
    """
    if kind == "publisher":
        publishers = documents["publisher"]
        by_name: dict[str, list[int]] = {}
        for row in rows:
            if publishers[row] is not None:
                by_name.setdefault(publishers[row], []).append(row)
        return [group for group in by_name.values() if len(group) > 1]
    ids = documents["doc_id"]
    row_of = {str(ids[row]): row for row in sorted(rows, key=lambda row: str(ids[row]))}
    order = list(row_of.values())
    chosen = (told for told in texts() if told[0] in row_of)
    if kind == "duplicates":
        found = near_duplicates(text for _, _, text in chosen)
    else:
        found = same_stories(Telling(doc_id, text, title, days[row_of[doc_id]]) for doc_id, title, text in chosen)
    return [[order[place] for place in group] for group in found]


def _days(documents: pl.DataFrame) -> Iterator[str | None]:
    """Yield each document's day: of its publication, else of its event; None where neither is known to the day."""
    for published, hint in zip(documents["published"], documents["date_hint"], strict=True):
        yield next((date[:10] for date in (published, hint) if date and len(date) >= 10), None)


def _findings(record: SplitRecord, ids: Sequence[str], splits: Sequence[str]) -> Iterator[Finding]:
    withheld = sorted(doc_id for doc_id, split in zip(ids, splits, strict=True) if split == WITHHELD)
    for doc_id in withheld[:_NAMED]:
        message = "It belonged with documents of two splits when it came, so it stands in the split `withheld`."
        yield Finding("split-bridge", doc_id, message, Severity.WARNING)
    if withheld[_NAMED:]:
        rest = len(withheld) - _NAMED
        more = f"{count(rest, 'more document')} {'stands' if rest == 1 else 'stand'} in the split `withheld`."
        yield Finding("split-bridge", "documents", more, Severity.WARNING)
    for kind, leaked in record.leaks.items():
        if leaked:
            message = f"{leaked:,} of the groups by {kind} stood in more than one split before, and stay there."
            yield Finding("split-leak", "documents", message, Severity.WARNING)


def _empty(record: SplitRecord, splits: Sequence[str], largest: int) -> Iterator[Finding]:
    """Warn of splits that were asked for and got nothing: nobody sees it otherwise before training."""
    for name in sorted(set(record.shares) - set(splits)):
        why = (
            f"{largest:,} of {len(splits):,} belong together and stand on one side (`split_by=` says what binds)"
            if largest * 2 > len(splits)
            else f"{len(splits):,} are few for its share"
        )
        message = f"No document stands in the split {name!r}: {why}."
        yield Finding("split-empty", "documents", message, Severity.WARNING)
