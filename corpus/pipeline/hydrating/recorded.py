"""What an edition recorded of a document, held against what is said of its file now.

Both are the same where the file and all that lay beside it are there. Where a ``sources.toml`` is away, what was
recorded holds; where the text has changed, what it says now. In either case no document is freer than it was.
"""

from __future__ import annotations

from typing import Any

from corpus.export.editions import RECORD_QUOTES, reference_columns
from corpus.model.rights import Decision, shown_parts
from corpus.model.tables import Table

__all__ = ["grounded", "recorded_rights", "renewed"]

Row = dict[str, Any]

_BESIDE = ("input record", "markup", "sources.toml")
"""The kinds of evidence that do not stand in the text."""
_WITH = {
    "published": ("published_precision",),
    "modified": ("modified_precision",),
    "language": ("language_score",),
}
"""Columns of numbers, by the value that they go with."""


def grounded(model: Table, recorded: Row, new: Row) -> list[Row]:
    """Return the evidence of a document whose text is as it was: that of the values that it is given.

    Args:
        model: the table of documents.
        recorded: the document as the edition tells it, with all that is put back in the place of what was withheld.
        new: what is said of the file now.
    """
    told = {item["column"] for item in recorded["evidence"]}
    other = {name for name in reference_columns(model) if recorded[name] != new[name]} & told
    said = [item for item in new["evidence"] if item["column"] not in other]
    named = {item["column"] for item in said}
    left = (item for item in recorded["evidence"] if item["column"] not in named)
    return [*said, *(item for item in left if recorded.get(item["column"]) not in (None, []))]


def recorded_rights(recorded: Row, new: Row, anchor: str) -> Row | None:
    """Return the rights record of a document whose text, ``anchor``, is as it was: the recorded one.

    ``recorded`` and ``new`` as for :func:`grounded`. Who lacks the ``sources.toml`` that forbade a text must not
    take it for free.
    """
    record: Row | None = recorded["rights_record"]
    if record is None:
        return None
    said: Row = new["rights_record"]
    if _agree(record, said):
        return said
    record = {**record, "holder": recorded["copyright_holder"]}
    if record["statement"] is None and record["start"] is not None:
        record["statement"] = anchor[record["start"] : record["end"]]
    return record


def _agree(recorded: Row, said: Row) -> bool:
    """Tell whether two rights records say the same, as far as the first one does: an edition withholds some."""
    lists = {"parts": ("part", "decision"), "reservations": ("kind",)}
    single = all(recorded[name] in (None, said[name]) for name in recorded.keys() - lists.keys())
    return single and all(
        [[item[key] for key in keys] for item in recorded[name] or ()]
        == [[item[key] for key in keys] for item in said[name] or ()]
        for name, keys in lists.items()
    )


def renewed(model: Table, recorded: Row, new: Row) -> Row:
    """Return what an edition shows of a document whose text is another one: values, evidence and rights record.

    What is said of the file now counts; what was known from beside the text, and is not at hand, stays.
    """
    row: Row = {}
    evidence = list(new["evidence"])
    for name in (*reference_columns(model), "paywall"):
        beside = [item for item in recorded["evidence"] if item["column"] == name and item["kind"] in _BESIDE]
        stays = new[name] is None and bool(beside)
        for column in (name, *_WITH.get(name, ())):
            row[column] = recorded[column] if stays else _numbered(model, column, new[column])
        evidence += beside if stays else []
    record = _not_freer(recorded["rights_record"], new["rights_record"])
    return row | {"evidence": evidence, "rights_record": record and {**record, "holder": row["copyright_holder"]}}


def _not_freer(recorded: Row | None, new: Row) -> Row | None:
    """Return the new rights record, unless it allows what was not allowed or no longer denies what was."""
    freer = not shown_parts(new) <= shown_parts(recorded)
    denied = recorded is not None and recorded["decision"] == Decision.DENIED != new["decision"]
    if not freer and not denied:
        return new
    return recorded and {**recorded, **dict.fromkeys((*RECORD_QUOTES, "start", "end"))}


def _numbered(model: Table, column: str, value: Any) -> Any:
    """Return a value as the table has it: a label by its number."""
    names = model.labels.get(column)
    return value if names is None or value is None else names.index(value)
