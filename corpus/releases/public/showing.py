"""What a public edition shows besides texts, string by string, and which of it repeats a withheld text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import UsageError
from corpus.export.editions import reference_columns, withheld_columns
from corpus.export.fitting import with_column
from corpus.model.counted import count
from corpus.model.manifest import Manifest
from corpus.model.shortened import told_value
from corpus.model.tables import Table
from corpus.releases.public.quoting import HIDDEN
from corpus.releases.public.runs import Leaks, strings_of

__all__ = ["Told", "check_quiet", "without_leaks"]

_RECORDS = ("evidence", "rights_record")
"""Columns of ``documents`` that are lists and structs of strings."""
_NEEDED = frozenset({"decision", "rule", "reason", "column", "kind", "part", "value"})
"""Their fields that are never null."""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that an edition shows which is no text of an article: values, names of columns, the manifest."""

    tables: Mapping[str, Iterable[pa.Table]]
    models: Mapping[str, Table]
    manifest: Manifest
    scheme_toml: str
    changes: str

    def placed(self) -> Iterator[tuple[str, str]]:
        """Yield each string that stands in the edition whatever it says, with its place; titles aside."""
        for name, table in self.tables.items():
            columns = self.models[name].schema.names
            yield from ((f"{name}, the name of a column,", column) for column in columns)
            aside = {*withheld_columns(self.models[name]), *(["title"] if name == "documents" else ())}
            for data in table:
                for column in columns:
                    values = () if column in aside else strings_of(data.column(column))
                    yield from ((f"{name} column {column}", value) for value in values)
        manifest = self.manifest
        yield from (("the path of an input", item.path) for item in manifest.inputs)
        yield from (("the file about.toml", text) for text in _strings(manifest.about.model_dump(mode="json")))
        yield from (("the name of a split", split) for split in (manifest.splits.shares if manifest.splits else ()))
        yield "the annotation scheme", self.scheme_toml
        yield "the dataset's name", manifest.name

    def strings(self) -> Iterator[str]:
        """Yield every string, notes, findings and the changelog among them."""
        yield from (text for _, text in self.placed())
        yield from self.manifest.notes
        yield from (text for record in self.manifest.findings for text in (record["place"], record["message"]))
        yield self.changes


def without_leaks(data: pa.Table, model: Table, leaks: Leaks) -> pa.Table:
    """Return the rows with null where a value that may be left out repeats a withheld text."""
    for column in reference_columns(model) if leaks else ():
        values = data.column(column)
        bad = leaks.among(strings_of(values))
        if bad:
            mask = pc.is_in(values, pa.array(bad, values.type))
            data = with_column(data, column, pc.if_else(mask, pa.scalar(None, values.type), values))
    for column in _RECORDS if leaks and model.name == "documents" else ():
        hidden = frozenset(leaks.among(strings_of(data.column(column))))
        if hidden:
            data = with_column(data, column, [_quiet(value, hidden) for value in data.column(column).to_pylist()])
    return data


def check_quiet(told: Told, leaks: Leaks) -> None:
    """Make sure that nothing is left which repeats a withheld text and cannot be left out.

    Raises:
        UsageError: an id, a file's name, the scheme or the like does.
    """
    bad = frozenset(leaks.among(text for _, text in told.placed())) if leaks else frozenset()
    if bad:
        wrong = dict.fromkeys(pair for pair in told.placed() if pair[1] in bad)
        (place, text), number = next(iter(wrong)), len(wrong)
        more = f" (and {count(number - 1, 'more place')})" if number > 1 else ""
        raise UsageError(
            f"A public edition would show words of a withheld text: {place} holds {told_value(text)}{more}; say it "
            "otherwise and build again."
        )


def _quiet(value: Any, bad: frozenset[str], name: str = "") -> Any:
    if isinstance(value, str):
        if value not in bad:
            return value
        return HIDDEN if name in _NEEDED else None
    if isinstance(value, list):
        return [_quiet(item, bad) for item in value]
    if isinstance(value, dict):
        return {key: _quiet(item, bad, key) for key, item in value.items()}
    return value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in _strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in _strings(item))
