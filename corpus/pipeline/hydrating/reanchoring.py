"""Lay the recorded blocks and annotations of documents whose raw files have changed on the files as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus.annotation.placement import Fields
from corpus.export.editions import withheld_columns
from corpus.export.store import BuiltDataset
from corpus.model.counted import count
from corpus.model.document import Document, RawDocument, sha256_text
from corpus.model.span import Span
from corpus.model.tables import CONFIGS, FIELDS, PLACEMENTS
from corpus.pipeline.hydrating.rawfiles import Hydrated, State
from corpus.pipeline.hydrating.recorded import renewed
from corpus.pipeline.hydrating.replaying import described, described_value, named_blocks
from corpus.pipeline.revisions import raw_row
from corpus.releases.realignment import ENOUGH, Realigned, realign

__all__ = ["reanchored"]

Row = dict[str, Any]
Tables = dict[str, pa.Table]


def reanchored(
    dataset: BuiltDataset, tables: Tables, changed: Mapping[str, RawDocument], states: dict[str, Hydrated]
) -> Tables:
    """Return the tables with the rows of the changed documents in the place of the recorded ones.

    What became of each is put into ``states``; a file that is another text leaves its document withheld.
    """
    named = named_blocks(tables["blocks"], dataset)
    laid = _laid(named, changed, states)
    if not laid:
        return tables
    rows = [{"doc_id": doc_id, **block} for doc_id, item in laid.items() for block in item.blocks]
    said = described({doc_id: changed[doc_id] for doc_id in laid}, pl.DataFrame(rows, schema=named.schema))
    new: dict[str, list[Row]] = {name: [] for name in CONFIGS}
    for doc_id, item in laid.items():
        states[doc_id] = _add_document(dataset, changed[doc_id], item, said[doc_id], tables, new)
    ids = pa.array(list(laid), pa.large_string())
    made = {}
    for name in CONFIGS:
        kept = tables[name].filter(pc.invert(pc.is_in(tables[name].column("doc_id"), ids)))
        made[name] = pa.concat_tables([kept, pa.Table.from_pylist(new[name], schema=kept.schema)])
    return made


def _laid(
    named: pl.DataFrame, changed: Mapping[str, RawDocument], states: dict[str, Hydrated]
) -> dict[str, Realigned]:
    """Lay the blocks of the documents on the new texts; give up those that are other texts."""
    found: dict[str, Realigned] = {}
    wanted = named.filter(pl.col("doc_id").is_in(list(changed)))
    for (key,), group in wanted.group_by("doc_id", maintain_order=True):
        doc_id = str(key)
        laid = realign(group.to_dicts(), changed[doc_id].text)
        if laid.share >= ENOUGH:
            found[doc_id] = laid
        else:
            why = f"only {laid.share:.0%} of it can be found in the file, which is another text"
            states[doc_id] = Hydrated(doc_id, State.MISSING, changed[doc_id].source_file, why)
    for doc_id in changed.keys() - found.keys() - states.keys():
        states[doc_id] = Hydrated(doc_id, State.MISSING, None, "it has no blocks to be found by")
    return found


def _add_document(
    dataset: BuiltDataset,
    raw: RawDocument,
    laid: Realigned,
    said: Row,
    tables: Tables,
    new: dict[str, list[Row]],
) -> Hydrated:
    old = _rows_of(tables["documents"], raw.doc_id)[0]
    schema = tables["documents"].schema
    model = dataset.model("documents", schema)
    row = {**old, **renewed(model, old, said)}
    for name in withheld_columns(model):
        row[name] = described_value(name, schema.field(name).type, said, raw)
    same = sha256_text(row["text"]) == old["text_sha256"]
    row |= {"text_sha256": sha256_text(row["text"]), "source_file": raw.source_file}
    row |= {"raw_sha256": raw.raw_sha256, "anchor_sha256": raw.anchor_sha256}
    new["documents"].append(row)
    new["raw"] += _raw_rows(_rows_of(tables["raw"], raw.doc_id), raw, old)
    new["blocks"] += [_numbered({"doc_id": raw.doc_id, **block}, dataset) for block in laid.blocks]
    placed, lost = _place(raw, laid, row, tables, new)
    told = "its clean text is the recorded one" if same else f"{laid.share:.0%} of it is where it was recorded"
    marks = f"; {placed} of {count(placed + lost, 'annotation')} placed" if placed + lost else ""
    return Hydrated(raw.doc_id, State.REANCHORED, raw.source_file, told + marks)


def _place(
    raw: RawDocument, laid: Realigned, row: Row, tables: Tables, new: dict[str, list[Row]]
) -> tuple[int, int]:
    """Add the annotation rows that stand in found lines, with their new places; count placed and lost ones."""
    names = {"published_precision": None, "modified_precision": None, "paywall": None}
    fields = Fields.of(Document.from_rows({**row, **names}, laid.blocks, raw.text))
    placed, lost = 0, 0
    sources: set[tuple[str, str]] = set()
    for name in ("sources", "entities", "claims"):
        for old in _rows_of(tables[name], raw.doc_id):
            spans = _moved(laid, old["raw_spans"])
            if spans is None:
                lost += 1
                continue
            placed += 1
            new[name].append(_placed(old, spans, laid, fields, sources))
            if name == "sources":
                sources.add((old["annotator"], old["id"]))
    return placed, lost


def _numbered(row: Row, dataset: BuiltDataset) -> Row:
    labels = dataset.model("blocks").labels
    return {**row, **{name: names.index(row[name]) for name, names in labels.items()}}


def _rows_of(data: pa.Table, doc_id: str) -> list[Row]:
    rows: list[Row] = data.filter(pc.equal(data.column("doc_id"), doc_id)).to_pylist()
    return rows


def _raw_rows(rows: Sequence[Row], raw: RawDocument, old: Row) -> list[Row]:
    """Return the rows with the new text in the place of the present one; a file may be an older revision again."""
    present = old["anchor_sha256"]
    older = [row for row in rows if row["anchor_sha256"] not in (present, raw.anchor_sha256)]
    return [*older, *({**row, **raw_row(raw)} for row in rows if row["anchor_sha256"] == present)]


def _moved(laid: Realigned, spans: Iterable[Mapping[str, int]]) -> list[Span] | None:
    found = [laid.moved(Span(span["start"], span["end"])) for span in spans]
    whole = [span for span in found if span is not None]
    return whole if whole and len(whole) == len(found) else None


def _placed(old: Row, spans: Sequence[Span], laid: Realigned, fields: Fields, sources: set[tuple[str, str]]) -> Row:
    place = fields.place(spans, broken="spans" in old)
    row = {
        **old,
        "raw_spans": [span._asdict() for span in spans],
        "text": place.text,
        "field": None if place.field is None else FIELDS.index(place.field),
        "field_index": place.field_index,
        "placement": PLACEMENTS.index(place.placement),
    }
    if "spans" not in old:
        first = place.spans[0] if place.spans else None
        return row | {"start": first.start if first else None, "end": first.end if first else None}
    cues = [laid.moved(Span(cue["start"], cue["end"])) for cue in old["cue_raw_spans"]]
    row |= {"spans": [span._asdict() for span in place.spans], "cue_raw_spans": [c._asdict() for c in cues if c]}
    for column in ("source_ids", "outer_source_ids"):
        row[column] = [name for name in old[column] if (old["annotator"], name) in sources]
    return row
