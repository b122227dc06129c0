"""The card's numbers and its sample: what the rows of this very edition show, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.card_words import bullets, count, escape_markdown, table
from corpus.export.ner import LOSSES
from corpus.export.views import shown_configs
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme

__all__ = ["collection", "numbers", "ready_made", "sample", "splits"]

_BONDS = {
    "duplicates": "near-duplicates (half of their runs of five words or more in common)",
    "stories": "articles on one event (names and rare words in common, days apart at most)",
    "publisher": "articles of one publisher",
    "dates": "later articles",
}
_MOST = 20
"""Publishers, sites or the like that a table lists; the rest is counted."""
_SHOWN = 500
"""Characters of a text that the sample shows."""


def numbers(data: Mapping[str, pa.Table]) -> str:
    """Return the section with what can be counted of the articles."""
    documents = data["documents"]
    lengths = pc.utf8_length(documents.column("text"))
    dates = [date[:10] for date in documents.column("published").drop_null().to_pylist()]
    rows = [
        ["articles", f"{documents.num_rows:,}"],
        ["characters of text", f"{pc.sum(lengths).as_py() or 0:,}"],
        ["characters of an article, median", f"{_median(lengths):,}"],
        ["published", f"{min(dates)} to {max(dates)}" if dates else "not known"],
    ]
    parts = [table(["what", "how much"], rows)]
    for column, head in (("language", "language"), ("publisher", "publisher"), ("site", "site")):
        counted = _counted(documents, column)
        if counted:
            parts.append(table([head, "articles"], counted))
    return "## In numbers\n\n" + "\n\n".join(parts)


def ready_made(manifest: Manifest) -> str:
    """Return the section on the configs that are made from others; empty where there are none."""
    if not manifest.views:
        return ""
    rows = [
        [
            f"`{name}`",
            f"{sum(view.rows.values()):,}",
            "; ".join(f"{LOSSES[k]}: {n:,}" for k, n in view.losses.items()),
        ]
        for name, folder in shown_configs(manifest)
        if (view := manifest.views.get(folder)) is not None
    ]
    told = [
        "`ner` holds the entities as labels of tokens (BIO), one row a line, by gold, else by whoever annotated "
        "most articles. What does not fit is left out and counted."
    ]
    if any(name.endswith("_all") for name, _ in shown_configs(manifest)):
        told.append(
            "Names of layers show what the annotator `gold` says, with `_all` everybody, with a name that one."
        )
    return "## Ready made\n\n" + " ".join(told) + "\n\n" + table(["config", "rows", "entities left out"], rows)


def collection(manifest: Manifest, data: Mapping[str, pa.Table]) -> str:
    """Return the section on where the articles come from and how they were read."""
    told = [escape_markdown(manifest.about.collection)] if manifest.about.collection else []
    files = Counter(item.role for item in manifest.inputs)
    raw = data["raw"]
    lines = [
        f"Read from {count(files['source'], 'file')}; `manifest.json` lists them with their hashes under `inputs`.",
        f"{count(raw.num_rows, 'text')} as received, decoded once: "
        + ", ".join(f"{escape_markdown(name)} {number}" for name, number in _counted(raw, "decoder"))
        + ".",
    ]
    kinds = ", ".join(f"{escape_markdown(name)} {number}" for name, number in _counted(raw, "media_type"))
    lines.append(f"Kinds of input: {kinds or 'none'}.")
    stated = "\n\n".join(told) or "How the articles were chosen is not told."
    return f"## How it was collected\n\n{stated}\n\n{bullets(lines)}"


def sample(data: Mapping[str, pa.Table], scheme: Scheme) -> str:
    """Return the section that shows one article as a reader of this edition sees it; empty without articles."""
    row = _chosen(data)
    if row is None:
        return ""
    facts = [
        ("doc_id", row["doc_id"]),
        ("title", row["title"]),
        ("published", row["published"]),
        ("publisher", row["publisher"]),
        ("language", row["language"]),
    ]
    rows = [[f"`{name}`", escape_markdown(str(value))] for name, value in facts if value is not None]
    text = row["text"] or ""
    shown = escape_markdown(text[:_SHOWN]) + (" …" if len(text) > _SHOWN else "")
    quoted = f"> {shown}" if shown else "The text is not in this edition."
    claims = list(_claims(row["doc_id"], data["claims"], scheme))
    spoken = "\n\nClaims in it, the first of them:\n\n" + bullets(claims) if claims else ""
    return f"## A sample\n\n{table(['column', 'value'], rows)}\n\n{quoted}{spoken}"


def splits(manifest: Manifest) -> str:
    """Return the section on how the splits came about, and what leaks between them."""
    record = manifest.splits
    if record is None:
        return "## Splits\n\nNobody asked for splits: nothing was kept apart, so nothing here is a held-out test."
    shares = ", ".join(f"{escape_markdown(name)} {share:g}" for name, share in record.shares.items())
    kept = " and ".join(_BONDS[kind] for kind in record.by if kind in _BONDS) or "nothing in particular"
    lines = [
        f"Shares asked for: {shares}. Kept on one side: {kept}.",
        f"{count(record.groups, 'group')} of two or more articles were kept together, {record.grouped:,} articles.",
        "An article never moves to another split in a later release.",
    ]
    lines += [f"In time: {escape_markdown(name)} ends on {day}." for name, day in _ends(record.boundaries)]
    if record.withheld:
        told = count(record.withheld, "article")
        lines.append(f"In the split `withheld`, because they belonged to two others when they came: {told}.")
    for kind, number in record.leaks.items():
        lines.append(f"Groups by {kind} in more than one split: {number:,}.")
    return f"## Splits\n\n{bullets(lines)}"


def _ends(boundaries: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, day) for name, day in boundaries.items() if not day.startswith("9999")]


def _chosen(data: Mapping[str, pa.Table]) -> dict[str, Any] | None:
    """Return the first document that shows a text and has claims, else the first with a text, else the first."""
    documents = data["documents"]
    if not documents.num_rows:
        return None
    ordered = documents.sort_by("doc_id")
    has_text = pc.fill_null(pc.greater(pc.utf8_length(ordered.column("text")), 0), False)
    claimed = pc.is_in(ordered.column("doc_id"), data["claims"].column("doc_id").unique())
    for mask in (pc.and_(has_text, claimed), has_text):
        at = pc.index(mask, value=True).as_py()
        if at >= 0:
            return dict(ordered.slice(at, 1).to_pylist()[0])
    return dict(ordered.slice(0, 1).to_pylist()[0])


def _claims(doc_id: str, claims: pa.Table, scheme: Scheme) -> Iterator[str]:
    own = claims.filter(pc.equal(claims.column("doc_id"), doc_id)).slice(0, 3)
    for row in own.to_pylist():
        told = [
            f"{attribute.name} {attribute.value_names[row[attribute.name]]}"
            for attribute in scheme.attributes
            if row[attribute.name] is not None
        ]
        words = escape_markdown(row["text"] or "(withheld)")
        said = ", ".join(map(escape_markdown, told)) or "no attributes"
        yield f"{words} — {said} (by {escape_markdown(row['annotator'])})"


def _counted(data: pa.Table, column: str) -> list[list[str]]:
    """Return (value, rows), the most frequent first; nothing where no row has a value."""
    counts = Counter(data.column(column).to_pylist())
    silent = counts.pop(None, 0)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [[escape_markdown(str(name)), f"{number:,}"] for name, number in ordered[:_MOST]]
    if rows and ordered[_MOST:]:
        rows.append([f"({len(ordered) - _MOST} more)", f"{sum(number for _, number in ordered[_MOST:]):,}"])
    if rows and silent:
        rows.append(["(not known)", f"{silent:,}"])
    return rows


def _median(lengths: pa.ChunkedArray) -> int:
    found = sorted(length or 0 for length in lengths.to_pylist())
    return found[len(found) // 2] if found else 0
