"""Configs that are made from others, for those who use the data: ``ner``, and gold apart from other annotators.

Gold is what the annotator named ``gold`` says: the adjudicated annotations. Where there is gold, the card's configs
``entities``, ``claims`` and ``sources`` show it alone; the same names with ``_all`` show everybody, and with
``_ANNOTATOR`` one of the others. The files of everybody stay where they are: only the card points elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.content import content_sha256
from corpus.export.ner import ner_rows, ner_table
from corpus.model.manifest import Manifest, ViewSummary
from corpus.model.tables import CONFIGS, Table

__all__ = ["GOLD", "View", "make_views", "shown_configs", "view_tables"]

GOLD = "gold"
"""The annotator whose word is the last."""
LAYERS = ("entities", "claims", "sources")

_MOST = 20
"""Other annotators up to which each has configs of their own."""


@dataclass(frozen=True, slots=True)
class View:
    """A config that is made from others: under which name the card shows it, its rows by split, what was lost."""

    config: str
    table: Table
    parts: Mapping[str, pa.Table]
    losses: Mapping[str, int]

    def summary(self) -> ViewSummary:
        """Return what the manifest says of it."""
        return ViewSummary(
            config=self.config,
            rows={split: rows.num_rows for split, rows in self.parts.items()},
            content_sha256=content_sha256(self._whole(), self.table),
            losses=dict(self.losses),
        )

    def _whole(self) -> pa.Table:
        return pa.concat_tables(self.parts.values()).sort_by([(name, "ascending") for name in self.table.key])


def make_views(models: Mapping[str, Table], parts: Mapping[str, Mapping[str, pa.Table]]) -> dict[str, View]:
    """Return the views of a dataset by folder; they depend on the rows alone. Views without a row are left out.

    ``parts`` holds the fitted rows of each config by split.
    """
    made = {"ner": _ner(models, parts), **dict(_by_annotator(models, parts))}
    return {name: view for name, view in made.items() if any(rows.num_rows for rows in view.parts.values())}


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
    own = [(f"{name}_all" if name in taken else name, name) for name in CONFIGS]
    return own + [(view.config, folder) for folder, view in manifest.views.items()]


def _ner(models: Mapping[str, Table], parts: Mapping[str, Mapping[str, pa.Table]]) -> View:
    table = ner_table(models["entities"].labels["label"])
    chosen = _annotator_of(parts)
    losses: Counter[str] = Counter()
    made: dict[str, pa.Table] = {}
    for split, documents in parts["documents"].items():
        entities = defaultdict(list)
        for row in parts["entities"][split].to_pylist():
            if chosen.get(row["doc_id"]) == row["annotator"]:
                entities[row["doc_id"]].append(row)
        columns = documents.select(["doc_id", "title", "text", "captions"]).to_pylist()
        made[split] = pa.Table.from_pylist(list(ner_rows(columns, entities, chosen, losses)), schema=table.schema)
    return View("ner", table, made, {name: number for name, number in sorted(losses.items()) if number})


def _annotator_of(parts: Mapping[str, Mapping[str, pa.Table]]) -> dict[str, str]:
    """Return for each annotated document whose word counts: gold's, else theirs who annotated most documents."""
    seen: dict[str, set[str]] = defaultdict(set)
    for layer in LAYERS:
        for rows in parts[layer].values():
            pairs = rows.select(["annotator", "doc_id"]).group_by(["annotator", "doc_id"]).aggregate([])
            for pair in pairs.to_pylist():
                seen[pair["annotator"]].add(pair["doc_id"])
    order = sorted(seen, key=lambda name: (name != GOLD, -len(seen[name]), name))
    chosen: dict[str, str] = {}
    for name in order:
        for doc_id in seen[name]:
            chosen.setdefault(doc_id, name)
    return chosen


def _by_annotator(
    models: Mapping[str, Table], parts: Mapping[str, Mapping[str, pa.Table]]
) -> Iterator[tuple[str, View]]:
    for layer in LAYERS:
        found = sorted(
            {name for rows in parts[layer].values() for name in rows.column("annotator").unique().to_pylist()}
        )
        others = [name for name in found if name != GOLD and re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)]
        if GOLD not in found:
            continue
        for name in (GOLD, *(others if len(others) <= _MOST else ())):
            folder = f"{layer}_{name}"
            own = {
                split: rows.filter(pc.equal(rows.column("annotator"), name)) for split, rows in parts[layer].items()
            }
            yield folder, View(layer if name == GOLD else folder, replace(models[layer], name=folder), own, {})
