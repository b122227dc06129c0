"""What a card tells of a dataset's rows, counted from its files a few rows at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.export.agreement import LayerAgreement, agreement_of
from corpus.export.annotated import read_annotated
from corpus.export.batches import Files, config_batches, plain_batches
from corpus.export.parquet import rough_bytes
from corpus.model.annotation import GOLD
from corpus.model.scheme import Scheme
from corpus.model.tables import LAYERS

__all__ = ["SHOWN", "Facts", "read_facts"]

Row = dict[str, Any]

SHOWN = 500
"""Characters of a text that the sample shows."""

_COUNTED = {
    "documents": ("language", "publisher", "site", "copyright_holder"),
    "raw": ("decoder", "media_type"),
    **dict.fromkeys(LAYERS, ("annotator",)),
}
_SAMPLED = ("doc_id", "title", "published", "publisher", "language", "text")
_CLAIMS = 3


@dataclass(slots=True)
class Facts:
    """Numbers and one article; of many documents only numbers are held."""

    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rough bytes by config or view, and split."""
    values: dict[tuple[str, str], Counter[Any]] = field(default_factory=dict)
    """How often each value stands in a column, by config and column; labels by number."""
    blocks: Counter[tuple[bool, int, int]] = field(default_factory=Counter)
    """Blocks by kept, role and reason."""
    rights: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Documents by decision, reason and licence of their rights record."""
    lengths: list[NDArray[np.int64]] = field(default_factory=list)
    """Characters of each text that is not withheld."""
    days: tuple[str, str] | None = None
    """The first and the last day of publication."""
    sample: Row | None = None
    """The document that the card shows; of its text one character more than is shown, at most."""
    claims: list[Row] = field(default_factory=list)
    """Claims of that document, the first of them."""
    agreement: list[LayerAgreement] = field(default_factory=list)
    """Of all annotators but the adjudicated gold, which was made from them."""

    def counts(self, config: str, column: str) -> Counter[Any]:
        """Return how often each value stands in a column."""
        return self.values.get((config, column), Counter())


def read_facts(files: Files, scheme: Scheme) -> Facts:
    """Read the files of every config and view through.

    Raises:
        DataError: a file cannot be read.
    """
    facts = Facts()
    claimed: set[str] = set()
    columns = {**_COUNTED, "entities": (*_COUNTED["entities"], "label")}
    columns["claims"] += (*(a.name for a in scheme.attributes), *(f.name for f in scheme.flags))
    best: tuple[int, str] | None = None
    for config in sorted(files, key=lambda name: name != "claims"):
        for split, paths in files[config].items():
            facts.sizes.setdefault(config, {})[split] = 0
            for data in plain_batches(paths):
                facts.sizes[config][split] += rough_bytes(data)
                _count(facts, config, data, columns.get(config, ()))
                if config == "claims":
                    claimed.update(data.column("doc_id").unique().to_pylist())
                elif config == "blocks":
                    facts.blocks.update(_tuples(data, ("kept", "role", "reason")))
                elif config == "documents":
                    best = _add_documents(facts, data, claimed, best)
    if facts.sample is not None:
        facts.claims = _claims_of(facts.sample["doc_id"], config_batches(files, "claims"))
    facts.agreement = agreement_of(read_annotated(files, scheme, (GOLD,)))
    return facts


def _count(facts: Facts, config: str, data: pa.Table, columns: Sequence[str]) -> None:
    for name in columns:
        counted = pc.value_counts(data.column(name))
        pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
        facts.values.setdefault((config, name), Counter()).update(dict(pairs))


def _tuples(data: pa.Table, columns: Sequence[str]) -> Counter[Any]:
    counted = data.group_by(list(columns)).aggregate([([], "count_all")])
    keys = zip(*(counted.column(name).to_pylist() for name in columns), strict=True)
    return Counter(dict(zip(keys, counted.column("count_all").to_pylist(), strict=True)))


def _add_documents(
    facts: Facts, data: pa.Table, claimed: set[str], best: tuple[int, str] | None
) -> tuple[int, str] | None:
    """Count documents; return how good a sample the best one is so far, and its id."""
    lengths = pc.utf8_length(data.column("text"))
    facts.lengths.append(lengths.drop_null().to_numpy().astype(np.int64))
    days = sorted(date[:10] for date in data.column("published").drop_null().to_pylist())
    if days:
        known = (days[0], days[-1], *(facts.days or ()))
        facts.days = (min(known), max(known))
    for record in data.column("rights_record").to_pylist():
        if record:
            facts.rights[record["decision"], record["reason"], record["licence"] or ""] += 1
    for row, (doc_id, length) in enumerate(
        zip(data.column("doc_id").to_pylist(), lengths.to_pylist(), strict=True)
    ):
        rank = (0 if length and doc_id in claimed else 1 if length else 2, doc_id)
        if best is None or rank < best:
            best = rank
            facts.sample = _sampled(data.slice(row, 1))
    return best


def _sampled(data: pa.Table) -> Row:
    row: Row = data.select(list(_SAMPLED)).to_pylist()[0]
    return {**row, "text": (row["text"] or "")[: SHOWN + 1]}


def _claims_of(doc_id: str, claims: Iterable[pa.Table]) -> list[Row]:
    found: list[Row] = []
    for data in claims:
        found += data.filter(pc.equal(data.column("doc_id"), doc_id)).slice(0, _CLAIMS - len(found)).to_pylist()
    return found
