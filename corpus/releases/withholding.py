"""The public edition's content: what the full edition says, without the texts that may not be passed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.dataset import DatasetContent
from corpus.export.editions import OWN, OWN_EVIDENCE, RECORD_QUOTES, WHOLE, withheld_columns
from corpus.export.store import BuiltDataset
from corpus.model.rights import PARTS, part_of
from corpus.model.tables import CONFIGS, FIELDS, Table
from corpus.releases.naming import alias_of, leaking_names, renamed_inputs, with_names
from corpus.releases.quoting import References
from corpus.releases.runs import find_leaks, strings_of
from corpus.releases.showing import Told, check_quiet, without_leaks
from corpus.releases.telling import finding_of, quiet_finding

__all__ = ["Shown", "shown_documents", "withheld_content"]

_FIELD_PARTS = tuple("captions" if name == "caption" else "text" for name in FIELDS)
_TITLE = 300
"""Characters up to which a title is a reference to an article; a longer one is a text."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which documents' parts may be passed on: the ids by part, and those of which everything may be."""

    parts: Mapping[str, pa.Array]
    whole: pa.Array

    def of(self, part: str) -> pa.Array:
        """Return the ids of the documents whose part (or whole) may be passed on; of a whole one, every part."""
        return self.whole if part == WHOLE else pa.concat_arrays([self.parts[part], self.whole])


def shown_documents(documents: pa.Table, blocks: pa.Table, roles: tuple[str, ...]) -> Shown:
    """Read the decisions; a document may be passed on whole where the part of every block of it may be.

    Args:
        documents: rows with ``doc_id`` and ``rights_record``.
        blocks: rows with ``doc_id`` and ``role`` (as a label's number).
        roles: the names of the roles in label order.
    """
    ids, records = documents.column("doc_id").to_pylist(), documents.column("rights_record").to_pylist()
    allowed: dict[str, list[str]] = {part: [] for part in PARTS}
    for doc_id, record in zip(ids, records, strict=True):
        for part in (record or {}).get("parts") or ():
            if part["decision"] == "allowed" and part["part"] in allowed:
                allowed[part["part"]].append(doc_id)
    parts = {part: pa.array(found, pa.large_string()) for part, found in allowed.items()}
    hidden = pc.filter(blocks.column("doc_id"), pc.invert(_of_blocks(blocks, parts, roles))).unique()
    sure = pc.filter(parts["text"], pc.invert(pc.is_in(parts["text"], hidden)))
    return Shown(parts, sure)


def withheld_content(full: BuiltDataset, changes: str = "") -> tuple[DatasetContent, str]:
    """Return the content of the public edition of a full one, and what its changelog says there.

    Withheld values are null; so is what else repeats five words in a row that only withheld texts hold (an id or a
    file's name becomes another one, by the hash of the whole text or file: naming.py). What a
    note, a finding or the changelog quotes of withheld texts becomes a reference to the text's offsets
    (quoting.py), so that it can be put back.

    Raises:
        UsageError: a column's name, the scheme or something else that cannot be left out holds withheld words.
        DataError: a file cannot be read.
    """
    tables = {name: full.table(name) for name in CONFIGS}
    models = {name: full.model(name, tables[name].schema) for name in CONFIGS}
    shown = shown_documents(tables["documents"], tables["blocks"], models["blocks"].labels["role"])
    made = {name: _without(tables[name], models[name], shown) for name in CONFIGS}
    made["documents"] = _short_titles(_quiet_records(made["documents"], shown), shown)
    held = References.of(tables["raw"], shown.whole)
    manifest = full.manifest
    told = Told(made, models, manifest, full.scheme_toml, changes)
    leaks = find_leaks(told.strings(), _withheld(tables, models, shown, held), _free(made, models))
    references = replace(held, leaks=leaks)
    made = {name: without_leaks(made[name], models[name], leaks) for name in CONFIGS}
    renaming = leaking_names(made["documents"], leaks)
    made = with_names(made, renaming, lambda digest, file: alias_of(digest) if leaks.hold(file) else file)
    inputs = tuple(renamed_inputs(manifest.inputs, lambda i: alias_of(i.sha256) if leaks.hold(i.path) else i.path))
    findings = (renaming.finding(finding_of(record)) for record in manifest.findings)
    content = DatasetContent(
        name=manifest.name,
        scheme=full.scheme,
        scheme_toml=full.scheme_toml,
        tables=made,
        inputs=inputs,
        findings=tuple(quiet_finding(finding, references) for finding in findings),
        notes=tuple(map(references.put, manifest.notes)),
        about=manifest.about,
        splits=manifest.splits,
        edition="public",
    )
    check_quiet(Told(made, models, manifest.model_copy(update={"inputs": inputs}), full.scheme_toml, ""), leaks)
    return content, references.put(renaming.told(changes))


def _without(data: pa.Table, model: Table, shown: Shown) -> pa.Table:
    """Return the rows with null where a column may not be shown, without the metadata of the files."""
    data = data.replace_schema_metadata(None)
    for column, part in withheld_columns(model).items():
        mask = _own_mask(data, model, shown) if part == OWN else pc.is_in(data.column("doc_id"), shown.of(part))
        if model.name == "raw":
            mask = pc.and_(mask, _is_newest(data))
        index, field = data.schema.get_field_index(column), data.schema.field(column)
        nothing = pa.scalar(None, field.type)
        values = pc.if_else(_array(mask), _array(data.column(column)), nothing)
        data = data.set_column(index, field.with_nullable(True), values)
    return data


def _short_titles(documents: pa.Table, shown: Shown) -> pa.Table:
    """Return the documents without the titles that are no titles by their length."""
    index, field = documents.schema.get_field_index("title"), documents.schema.field("title")
    titles = documents.column("title")
    short = pc.fill_null(pc.less_equal(pc.utf8_length(titles), _TITLE), True)
    mask = pc.or_(short, pc.is_in(documents.column("doc_id"), shown.whole))
    return documents.set_column(index, field, pc.if_else(mask, titles, pa.scalar(None, field.type)))


def _withheld(
    tables: Mapping[str, pa.Table], models: Mapping[str, Table], shown: Shown, held: References
) -> Iterator[str]:
    """Yield every string that is withheld: the texts, and what was carried or known besides."""
    yield from held.texts.values()
    documents = tables["documents"]
    documents = documents.filter(pc.invert(pc.is_in(documents.column("doc_id"), shown.whole)))
    for column in (*withheld_columns(models["documents"]), "evidence", "rights_record"):
        if column != "text":
            data = documents.column(column)
            if column == "rights_record":
                for name in RECORD_QUOTES:
                    yield from strings_of(pc.struct_field(data, name))
            elif column == "evidence":
                yield from _foreign_sources(data)
            else:
                yield from strings_of(data)


def _foreign_sources(evidence: pa.ChunkedArray) -> Iterator[str]:
    items = pc.list_flatten(evidence)
    foreign = pc.invert(pc.is_in(pc.struct_field(items, "kind"), pa.array(OWN_EVIDENCE, pa.large_string())))
    yield from strings_of(pc.filter(pc.struct_field(items, "source"), foreign))


def _free(made: Mapping[str, pa.Table], models: Mapping[str, Table]) -> Iterator[str]:
    """Yield every title, and every text that is shown."""
    yield from strings_of(made["documents"].column("title"))
    for name, data in made.items():
        for column in withheld_columns(models[name]):
            yield from strings_of(data.column(column))


def _own_mask(data: pa.Table, model: Table, shown: Shown) -> pa.Array:
    """Tell for each row of blocks or annotations whether the part it lies in may be passed on."""
    if model.name == "blocks":
        return _of_blocks(data, shown.parts, model.labels["role"])
    return _by_number(data, "field", _FIELD_PARTS, shown.parts, shown.whole)


def _of_blocks(blocks: pa.Table, parts: Mapping[str, pa.Array], roles: tuple[str, ...]) -> pa.Array:
    return _by_number(blocks, "role", tuple(map(part_of, roles)), parts, pa.array([], pa.large_string()))


def _by_number(
    data: pa.Table, column: str, names: tuple[str, ...], parts: Mapping[str, pa.Array], unnamed: pa.Array
) -> pa.Array:
    """Tell for each row whether its document is listed for the part that its number names (null: ``unnamed``)."""
    ids, part = data.column("doc_id"), data.column(column)
    mask = pc.and_(pc.is_null(part), pc.is_in(ids, unnamed))
    for number, name in enumerate(names):
        own = pc.fill_null(pc.equal(part, number), False)
        mask = pc.or_(mask, pc.and_(own, pc.is_in(ids, parts[name])))
    return mask


def _is_newest(raw: pa.Table) -> pa.Array:
    frame = pl.DataFrame(pl.from_arrow(raw.select(["doc_id", "revision"])))
    newest = frame.select((pl.col("revision") == pl.col("revision").max().over("doc_id")).alias("newest"))
    return newest.to_arrow().column("newest").combine_chunks()


def _quiet_records(documents: pa.Table, shown: Shown) -> pa.Table:
    """Return the documents with what their evidence and rights records quote taken out."""
    whole = set(shown.whole.to_pylist())
    evidence, records = [], []
    for doc_id, items, record in zip(
        *(documents.column(name).to_pylist() for name in ("doc_id", "evidence", "rights_record")), strict=True
    ):
        if doc_id not in whole:
            items = [item if item["kind"] in OWN_EVIDENCE else {**item, "source": None} for item in items]
            record = record and {
                **record,
                **dict.fromkeys(RECORD_QUOTES),
                "parts": list(map(_quiet_part, record["parts"] or ())),
            }
        evidence.append(items)
        records.append(record)
    for name, values in (("evidence", evidence), ("rights_record", records)):
        index, field = documents.schema.get_field_index(name), documents.schema.field(name)
        documents = documents.set_column(index, field, pa.array(values, field.type))
    return documents


def _quiet_part(part: dict[str, str | None]) -> dict[str, str | None]:
    """Return a part's rights without the holder, whom only the credits name; the text's own stays."""
    return part if part["part"] == "text" else {**part, "holder": None}


def _array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
