"""Check that each value has the form that its column promises: hashes, times, ids, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.json_schema import column_form
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value
from corpus.model.tables import tables_of
from corpus.releases.checks.collecting import cell
from corpus.releases.checks.configs import Config, true_rows

__all__ = ["check_forms"]

_IN_CONTEXT = frozenset({"start", "end", "block", "join"})
"""Columns whose values are checked with the text or the rows around them."""


def check_forms(config: Config, scheme: Scheme) -> Iterator[Finding]:
    """Hold every value that is there against what its column's JSON Schema says of it.

    Lists, structs and class labels are checked elsewhere; carried columns promise nothing.
    """
    own = tables_of(scheme)[config.model.name].schema
    forms = {field.name: column_form(field) for field in own if _is_plain(field, config)}
    forms = {name: form for name, form in forms.items() if form}
    for split in config.files:
        first = 0
        for data in config.batches(split, list(forms)):
            for name, form in forms.items():
                column = data.column(name)
                for row in true_rows(_wrong(column, form)):
                    message = f"It must {_told(form)}, got {told_value(column[row].as_py())}."
                    yield Finding("form", cell(config.model.name, split, first + row, name), message)
            first += data.num_rows


def _is_plain(field: pa.Field, config: Config) -> bool:
    if field.name not in config.model.schema.names:
        return False
    apart = field.name in _IN_CONTEXT or field.name in config.model.labels
    return not (apart or pa.types.is_nested(field.type))


def _wrong(column: pa.ChunkedArray, form: dict[str, Any]) -> pa.ChunkedArray:
    """Return which values are not as the form says; null where there is no value."""
    if "pattern" in form:
        return pc.invert(pc.match_substring_regex(column, form["pattern"]))
    if "minLength" in form:
        return pc.less(pc.utf8_length(column), form["minLength"])
    sound = pc.greater_equal(column, form["minimum"])
    if "maximum" in form:
        sound = pc.and_(sound, pc.less_equal(column, form["maximum"]))
    return pc.invert(sound)


def _told(form: dict[str, Any]) -> str:
    if "pattern" in form:
        return f"match {form['pattern']}"
    if "minLength" in form:
        return "not be empty"
    return (
        f"be from {form['minimum']} to {form['maximum']}" if "maximum" in form else f"be {form['minimum']} or more"
    )
