"""Name documents that are gone otherwise where their ids spell their texts: a public changelog tells them.

The public edition withholds such an id as long as the document is there (naming.py). Once it is gone nobody who
makes an edition knows its text any more, so the full edition's changelog names it as the public one did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from corpus.comparison.difference import ConfigDifference, Difference
from corpus.comparison.fingerprints import PLACE
from corpus.export.card_words import escape_markdown
from corpus.model.rights import shown_parts
from corpus.releases.public.naming import Renaming, alias_of
from corpus.releases.public.runs import RUN, find_leaks, words_in

__all__ = ["departed_names"]

Row = Mapping[str, Any]


def departed_names(difference: Difference, told: str) -> Renaming:
    """Return other names for the removed documents that a changelog names by words of their withheld texts.

    Raises:
        DataError: a file of the old dataset cannot be read.
    """
    documents, raw = (difference.configs[name] for name in ("documents", "raw"))
    named = [
        doc_id
        for doc_id in documents.rows.removed["doc_id"]
        if words_in(doc_id) >= RUN and escape_markdown(doc_id) in told
    ]
    if not named:
        return Renaming({})
    texts: dict[str, list[str]] = {}
    for row in _removed(raw, named, ["doc_id", "text"]):
        texts.setdefault(row["doc_id"], []).append(row["text"] or "")
    rows = _removed(documents, named, ["doc_id", "title", "anchor_sha256", "rights_record"])
    return Renaming(
        {
            row["doc_id"]: alias_of(row["anchor_sha256"])
            for row in rows
            if _spells(row, texts.get(row["doc_id"], []))
        }
    )


def _spells(document: Row, texts: list[str]) -> bool:
    """Tell whether a document's id shows words that only its withheld texts hold."""
    if "text" in shown_parts(document.get("rights_record")):
        return False
    free = [document["title"]] if document["title"] else []
    return find_leaks([document["doc_id"]], texts, free).hold(document["doc_id"])


def _removed(config: ConfigDifference, doc_ids: list[str], columns: list[str]) -> list[dict[str, Any]]:
    rows = config.rows.removed.filter(pl.col("doc_id").is_in(doc_ids))
    there = [name for name in columns if name in config.old.schema.names]  # an older version wrote fewer
    found: list[dict[str, Any]] = config.old.at(rows.select(PLACE), there).to_pylist()
    return found
