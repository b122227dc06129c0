"""The card's numbers and its sample: what the rows of this very edition show, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from corpus.export.card_words import bullets, escape_markdown, table
from corpus.export.facts import SHOWN, Facts
from corpus.export.ner import LOSSES
from corpus.export.views import shown_configs
from corpus.model.counted import count
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


def numbers(facts: Facts) -> str:
    """Return the section with what can be counted of the articles."""
    lengths = np.sort(np.concatenate([np.zeros(0, np.int64), *facts.lengths]))
    articles = facts.counts("documents", "language").total()
    rows = [
        ["articles", f"{articles:,}"],
        *([["articles whose text is in this edition", f"{len(lengths):,}"]] if len(lengths) < articles else []),
        ["characters of text", f"{int(lengths.sum()):,}"],
        ["characters of a text, median", f"{int(lengths[len(lengths) // 2]) if len(lengths) else 0:,}"],
        ["published", f"{facts.days[0]} to {facts.days[1]}" if facts.days else "not known"],
    ]
    parts = [table(["what", "how much"], rows)]
    for column, head in (("language", "language"), ("publisher", "publisher"), ("site", "site")):
        counted = _counted(facts.counts("documents", column))
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


def collection(manifest: Manifest, facts: Facts) -> str:
    """Return the section on where the articles come from and how they were read."""
    told = [escape_markdown(manifest.about.collection)] if manifest.about.collection else []
    files = Counter(item.role for item in manifest.inputs)
    decoders, kinds_of = facts.counts("raw", "decoder"), facts.counts("raw", "media_type")
    lines = [
        f"Read from {count(files['source'], 'file')}; `manifest.json` lists them with their hashes under `inputs`.",
        f"{count(decoders.total(), 'text')} as received, decoded once: "
        + ", ".join(f"{escape_markdown(name)} {number}" for name, number in _counted(decoders))
        + ".",
    ]
    kinds = ", ".join(f"{escape_markdown(name)} {number}" for name, number in _counted(kinds_of))
    lines.append(f"Kinds of input: {kinds or 'none'}.")
    stated = "\n\n".join(told) or "How the articles were chosen is not told."
    return f"## How it was collected\n\n{stated}\n\n{bullets(lines)}"


def sample(facts: Facts, scheme: Scheme) -> str:
    """Return the section that shows one article as a reader of this edition sees it; empty without articles."""
    row = facts.sample
    if row is None:
        return ""
    told = [(name, row[name]) for name in ("doc_id", "title", "published", "publisher", "language")]
    rows = [[f"`{name}`", escape_markdown(str(value))] for name, value in told if value is not None]
    text = row["text"]
    shown = escape_markdown(text[:SHOWN]) + (" …" if len(text) > SHOWN else "")
    quoted = f"> {shown}" if shown else "The text is not in this edition."
    claims = list(_claims(facts.claims, scheme))
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


def _claims(claims: Sequence[Mapping[str, Any]], scheme: Scheme) -> Iterator[str]:
    for row in claims:
        told = [
            f"{attribute.name} {attribute.value_names[row[attribute.name]]}"
            for attribute in scheme.attributes
            if row[attribute.name] is not None
        ]
        words = escape_markdown(row["text"] or "(withheld)")
        said = ", ".join(map(escape_markdown, told)) or "no attributes"
        yield f"{words} — {said} (by {escape_markdown(row['annotator'])})"


def _counted(found: Counter[Any]) -> list[list[str]]:
    """Return (value, rows), the most frequent first; nothing where no row has a value."""
    counts = Counter(found)
    silent = counts.pop(None, 0)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [[escape_markdown(str(name)), f"{number:,}"] for name, number in ordered[:_MOST]]
    if rows and ordered[_MOST:]:
        rows.append([f"({len(ordered) - _MOST} more)", f"{sum(number for _, number in ordered[_MOST:]):,}"])
    if rows and silent:
        rows.append(["(not known)", f"{silent:,}"])
    return rows
