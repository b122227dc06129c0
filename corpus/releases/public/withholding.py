"""The public edition's content: what the full edition says, without the texts that may not be passed on.

The rows are put by in files, a few at a time; what is held of every document is its id and a byte a part, and of
what is shown eight bytes for each run of words (runs.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.export.batches import by_documents
from corpus.export.dataset import DatasetContent
from corpus.export.editions import OWN, OWN_EVIDENCE, RECORD_QUOTES, WHOLE, edition_table, withheld_columns
from corpus.export.fitting import with_column
from corpus.export.spool import Spool
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS, Table
from corpus.releases.public.allowed import Allowed
from corpus.releases.public.naming import (
    Renaming,
    alias_of,
    leaking_names,
    renamed_inputs,
    with_names,
    with_other_path,
)
from corpus.releases.public.quoting import References
from corpus.releases.public.runs import Leaks, find_leaks, strings_of
from corpus.releases.public.showing import Told, check_quiet, without_leaks
from corpus.releases.public.telling import quiet_findings

__all__ = ["withheld_content"]

_TITLE = 300
"""Characters up to which a title is a reference to an article; a longer one is a text."""

Models = Mapping[str, Table]
Made = Mapping[str, Iterable[pa.Table]]
"""The rows of each config, a few documents at a time, as often as they are asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Full:
    """The full edition, and what of it may be passed on."""

    dataset: BuiltDataset
    models: Models
    allowed: Allowed

    @classmethod
    def of(cls, dataset: BuiltDataset) -> _Full:
        models = {name: dataset.file_model(name) for name in CONFIGS}
        documents = dataset.batches("documents", ("doc_id", "rights_record"))
        blocks = dataset.batches("blocks", ("doc_id", "block", "role"))
        return cls(dataset, models, Allowed.of(documents, blocks, models["blocks"]))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the hash and the text of every row of ``raw`` of the documents that are not passed on whole."""
        for data in self.dataset.batches("raw", ("doc_id", "revision", "anchor_sha256", "text")):
            held = self.held(data)
            yield from zip(*(held.column(name).to_pylist() for name in ("anchor_sha256", "text")), strict=True)

    def held(self, data: pa.Table) -> pa.Table:
        """Return the rows of the documents that are not passed on whole."""
        return data.filter(pa.array(~self.allowed.of_part(data.column("doc_id"), WHOLE)))


def withheld_content(full: BuiltDataset, scratch: Path, changes: str = "") -> tuple[DatasetContent, str]:
    """Return the content of the public edition of a full one, and what its changelog says there.

    Withheld values are null; so is what else repeats five words in a row that only withheld texts hold (an id or a
    file's name becomes another one, by the hash of the whole text or file: naming.py). What a
    note, a finding or the changelog quotes of withheld texts becomes a reference to the text's offsets
    (quoting.py), so that it can be put back. The rows lie in ``scratch``, an empty folder, which must stay until
    the content is written.

    Raises:
        UsageError: a column's name, the scheme or something else that cannot be left out holds withheld words.
        DataError: a file cannot be read.
        OSError: the rows cannot be put by.
    """
    source, manifest = _Full.of(full), full.manifest
    models = {name: edition_table(model, "public") for name, model in source.models.items()}
    made: Made = {name: _put_by(scratch / name, model, _quiet_rows(source, name)) for name, model in models.items()}
    told = Told(made, models, manifest, full.scheme_toml, changes)
    leaks = find_leaks(told.strings(), _withheld(source), _free(made, models))
    renaming = leaking_names(made["documents"], leaks)
    inputs = tuple(renamed_inputs(manifest.inputs, lambda i: alias_of(i.sha256) if leaks.hold(i.path) else i.path))
    if leaks:
        rows = {name: _without_leaks(made[name], models[name], leaks, renaming) for name in CONFIGS}
        made = {name: _put_by(scratch / f"{name}-quiet", models[name], rows[name]) for name in CONFIGS}
        check_quiet(Told(made, models, manifest.model_copy(update={"inputs": inputs}), full.scheme_toml, ""), leaks)
    references = References(source, leaks)
    content = DatasetContent.of(full, made)
    findings = quiet_findings(list(map(renaming.finding, content.findings)), references)
    *notes, changes = references.put([*manifest.notes, renaming.told(changes)])
    content = replace(content, inputs=inputs, findings=tuple(findings), notes=tuple(notes), edition="public")
    return content, changes


def _put_by(folder: Path, model: Table, parts: Iterable[pa.Table]) -> Spool:
    spool = Spool(folder, model.schema)
    for data in parts:
        spool.add(data.cast(model.schema))
    return spool


def _quiet_rows(full: _Full, config: str) -> Iterator[pa.Table]:
    """Yield the rows of a config as far as they may be passed on."""
    model, allowed = full.models[config], full.allowed
    for data in by_documents(full.dataset.batches(config)):
        made = _without(data, model, allowed)
        yield _short_titles(_quiet_records(made, allowed), allowed) if config == "documents" else made


def _without_leaks(parts: Iterable[pa.Table], model: Table, leaks: Leaks, renaming: Renaming) -> Iterator[pa.Table]:
    """Yield rows without the values that repeat a withheld text, with other names where names do."""
    holds = cache(leaks.hold)
    for data in parts:
        quiet = without_leaks(data, model, leaks)
        yield with_names(quiet, renaming, lambda digest, file: alias_of(digest) if holds(file) else file)


def _without(data: pa.Table, model: Table, allowed: Allowed) -> pa.Table:
    """Return the rows with null where a column may not be shown."""
    ids = data.column("doc_id")
    for column, part in withheld_columns(model).items():
        mask = allowed.of_rows(data, model) if part == OWN else allowed.of_part(ids, part)
        if model.name == "raw":
            mask = mask & _is_newest(data)
        data = _masked(data, column, mask)
    return data


def _short_titles(documents: pa.Table, allowed: Allowed) -> pa.Table:
    """Return the documents without the titles that are no titles by their length."""
    short = pc.fill_null(pc.less_equal(pc.utf8_length(documents.column("title")), _TITLE), True).to_numpy()
    return _masked(documents, "title", short | allowed.of_part(documents.column("doc_id"), WHOLE))


def _masked(data: pa.Table, column: str, mask: NDArray[np.bool_]) -> pa.Table:
    """Return the rows with null where the mask says no."""
    values = data.column(column).combine_chunks()
    return with_column(data, column, pc.if_else(pa.array(mask), values, pa.scalar(None, values.type)))


def _withheld(full: _Full) -> Iterator[str]:
    """Yield every string that is withheld: the texts, and what was carried or known besides.

    Where something is known from begins with the name of an input file, which is judged by itself and left out.
    """
    yield from (text for _, text in full)
    unnamed = {item.path: "" for item in full.dataset.manifest.inputs}
    columns = {*withheld_columns(full.models["documents"]), "evidence", "rights_record"} - {"text"}
    for data in full.dataset.batches("documents", ("doc_id", *sorted(columns))):
        held = full.held(data)
        for column in sorted(columns):
            values = held.column(column)
            if column == "rights_record":
                for name in RECORD_QUOTES:
                    quoted = strings_of(pc.struct_field(values, name))
                    yield from (with_other_path(text, unnamed) for text in quoted)
            elif column == "evidence":
                yield from (with_other_path(text, unnamed) for text in _foreign_sources(values))
            else:
                yield from strings_of(values)


def _foreign_sources(evidence: pa.ChunkedArray) -> Iterator[str]:
    items = pc.list_flatten(evidence)
    foreign = pc.invert(pc.is_in(pc.struct_field(items, "kind"), pa.array(OWN_EVIDENCE, pa.large_string())))
    yield from strings_of(pc.filter(pc.struct_field(items, "source"), foreign))


def _free(made: Made, models: Models) -> Iterator[str]:
    """Yield every title, and every text that is shown."""
    for name, parts in made.items():
        columns = [*withheld_columns(models[name]), *(["title"] if name == "documents" else ())]
        for data in parts:
            for column in columns:
                yield from strings_of(data.column(column))


def _is_newest(raw: pa.Table) -> NDArray[np.bool_]:
    """Tell for each row whether it is the newest of its document, whose rows are all here."""
    frame = pl.DataFrame(pl.from_arrow(raw.select(["doc_id", "revision"])))
    newest = frame.select(pl.col("revision") == pl.col("revision").max().over("doc_id"))
    return newest.to_series().to_numpy()


def _quiet_records(documents: pa.Table, allowed: Allowed) -> pa.Table:
    """Return the documents with what their evidence and rights records quote taken out."""
    whole = allowed.of_part(documents.column("doc_id"), WHOLE).tolist()
    told = (documents.column(name).to_pylist() for name in ("evidence", "rights_record"))
    evidence, records = list[Any](), list[Any]()
    for is_whole, items, record in zip(whole, *told, strict=True):
        if not is_whole:
            items = [item if item["kind"] in OWN_EVIDENCE else {**item, "source": None} for item in items]
            record = record and {
                **record,
                **dict.fromkeys(RECORD_QUOTES),
                "parts": list(map(_quiet_part, record["parts"] or ())),
            }
        evidence.append(items)
        records.append(record)
    return with_column(with_column(documents, "evidence", evidence), "rights_record", records)


def _quiet_part(part: dict[str, str | None]) -> dict[str, str | None]:
    """Return a part's rights without the holder, whom only the credits name; the text's own stays."""
    return part if part["part"] == "text" else {**part, "holder": None}
