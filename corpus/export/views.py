"""Configs that are made from others, for those who use the data: ``ner``, and gold apart from other annotators.

Gold is what the annotator named ``gold`` says: the adjudicated annotations. Where there is gold, the card's configs
``entities``, ``claims`` and ``sources`` show it alone; the same names with ``_all`` show everybody, and with
``_ANNOTATOR`` one of the others. The files of everybody stay where they are: only the card points elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.content import ContentHash
from corpus.export.index import SplitIndex
from corpus.export.ner import ner_rows, ner_table
from corpus.export.store import by_document
from corpus.model.annotation import GOLD
from corpus.model.manifest import Manifest, ViewSummary
from corpus.model.tables import CONFIGS, LAYERS, Table

__all__ = ["Read", "View", "make_views", "shown_configs", "summary_of", "view_summary", "view_tables"]

Read = Callable[[str, Sequence[str] | None], Iterator[pa.Table]]
"""Gives the fitted rows of a config (columns, the key among them, or None: all) in key order, a batch at a time."""

_EVERYBODY = "all"
"""What stands in the config's name for all annotators: one who is called so has none of their own."""
_MOST = 20
"""Other annotators up to which each has configs of their own."""
_WHO = ("doc_id", "annotator", "id")
_AT_ONCE = 256
"""Documents whose tokens are held at once."""


@dataclass(frozen=True, slots=True)
class View:
    """A config that is made from others: under which name the card shows it, and its rows, made when asked for."""

    config: str
    table: Table
    batches: Callable[[Counter[str]], Iterator[pa.Table]]
    """Yields the rows in key order, and counts what was lost."""


def make_views(models: Mapping[str, Table], read: Read) -> dict[str, View]:
    """Return the views of a dataset by folder; they depend on the rows alone. One without rows is no view."""
    seen = {layer: _seen(read(layer, _WHO)) for layer in LAYERS}
    table = ner_table(models["entities"].labels["label"])
    chosen = _annotator_of(seen)
    return {
        "ner": View("ner", table, partial(_ner, read, table, chosen)),
        **dict(_by_annotator(models, seen, read)),
    }


def summary_of(view: View, index: SplitIndex, splits: Sequence[str]) -> ViewSummary:
    """Make a view's rows and return what the manifest says of them, for these splits."""
    digest, rows, losses = ContentHash(view.table), Counter[str](), Counter[str]()
    for batch in view.batches(losses):
        digest.update(batch)
        rows.update(index.split_of(batch.column("doc_id")).to_pylist())
    counts = {split: rows[split] for split in splits}
    return view_summary(view, counts, digest.hexdigest(), losses)


def view_summary(
    view: View, rows: Mapping[str, int], content_sha256: str, losses: Mapping[str, int]
) -> ViewSummary:
    """Return what the manifest says of a view whose rows were made."""
    lost = {name: number for name, number in sorted(losses.items()) if number}
    return ViewSummary(config=view.config, rows=dict(rows), content_sha256=content_sha256, losses=lost)


def view_tables(models: Mapping[str, Table], manifest: Manifest) -> dict[str, Table]:
    """Return the table of each view that the manifest names, as far as the tables of the configs are known."""
    found: dict[str, Table] = {}
    for folder in manifest.views:
        layer = folder.partition("_")[0]
        if folder == "ner" and "entities" in models:
            found[folder] = ner_table(models["entities"].labels["label"])
        elif layer in LAYERS and layer in models:
            found[folder] = replace(models[layer], name=folder)
    return found


def shown_configs(manifest: Manifest) -> list[tuple[str, str]]:
    """Return (name, folder) of every config that the card lists, in order."""
    taken = {view.config for view in manifest.views.values()}
    own = [(f"{name}_{_EVERYBODY}" if name in taken else name, name) for name in CONFIGS]
    return own + [(view.config, folder) for folder, view in manifest.views.items()]


def _ner(read: Read, table: Table, chosen: Mapping[str, str], losses: Counter[str]) -> Iterator[pa.Table]:
    entities = by_document(
        row
        for batch in read("entities", None)
        for row in batch.to_pylist()
        if chosen.get(row["doc_id"]) == row["annotator"]
    )
    for batch in read("documents", ("doc_id", "title", "text", "captions")) if chosen else ():
        for start in range(0, batch.num_rows, _AT_ONCE):
            documents = [d for d in batch.slice(start, _AT_ONCE).to_pylist() if d["doc_id"] in chosen]
            own = {document["doc_id"]: entities(document["doc_id"]) for document in documents}
            rows = list(ner_rows(documents, own, chosen, losses))
            if rows:
                yield pa.Table.from_pylist(rows, schema=table.schema)


def _seen(batches: Iterator[pa.Table]) -> dict[str, set[str]]:
    """Return the documents that each annotator marked something in."""
    found: dict[str, set[str]] = defaultdict(set)
    for batch in batches:
        pairs = batch.select(["annotator", "doc_id"]).group_by(["annotator", "doc_id"]).aggregate([])
        for pair in pairs.to_pylist():
            found[pair["annotator"]].add(pair["doc_id"])
    return found


def _annotator_of(seen: Mapping[str, Mapping[str, set[str]]]) -> dict[str, str]:
    """Return for each annotated document whose word counts: gold's, else theirs who annotated most documents."""
    whole: dict[str, set[str]] = defaultdict(set)
    for layer in seen.values():
        for name, documents in layer.items():
            whole[name] |= documents
    chosen: dict[str, str] = {}
    for name in sorted(whole, key=lambda name: (name != GOLD, -len(whole[name]), name)):
        for doc_id in whole[name]:
            chosen.setdefault(doc_id, name)
    return chosen


def _by_annotator(
    models: Mapping[str, Table], seen: Mapping[str, Mapping[str, set[str]]], read: Read
) -> Iterator[tuple[str, View]]:
    for layer in LAYERS:
        others = [
            name
            for name in sorted(seen[layer])
            if name not in (GOLD, _EVERYBODY) and re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)
        ]
        if GOLD not in seen[layer]:
            continue
        for name in (GOLD, *(others if len(others) <= _MOST else ())):
            folder = f"{layer}_{name}"
            table = replace(models[layer], name=folder)
            yield folder, View(layer if name == GOLD else folder, table, partial(_of_one, read, layer, name))


def _of_one(read: Read, layer: str, annotator: str, _: Counter[str]) -> Iterator[pa.Table]:
    for batch in read(layer, None):
        yield batch.filter(pc.equal(batch.column("annotator"), annotator))
