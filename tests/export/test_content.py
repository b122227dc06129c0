"""The content hash is what its definition says, and depends on the rows alone."""

from __future__ import annotations

import hashlib
import json
import math
from itertools import chain
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.export.content import ContentHash, canonical_lines, dataset_sha256
from corpus.export.fitting import fit
from corpus.export.store import rows_with_names
from corpus.model.tables import Table, documents_table, tables_of


def content_sha256(data: pa.Table, table: Table) -> str:
    digest = ContentHash(table)
    digest.update(data)
    return digest.hexdigest()


NESTED = pa.list_(pa.struct([pa.field("b", pa.large_string()), pa.field("a", pa.float64())]))
SOME = Table(
    "some",
    pa.schema(
        [("text", pa.large_string()), ("%s", pa.int64()), ("x", pa.float64()), ("ok", pa.bool_()), ("list", NESTED)]
    ),
    ("text",),
)
any_text = st.text(st.characters(exclude_categories=["Cs"]))
any_float = st.floats() | st.integers(-5, 5).map(float)
any_row = st.fixed_dictionaries(
    {
        "text": any_text | st.none(),
        "%s": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "x": any_float | st.none(),
        "ok": st.booleans() | st.none(),
        "list": st.lists(st.fixed_dictionaries({"b": any_text | st.none(), "a": any_float})) | st.none(),
    }
)


def lines_of(data: pa.Table, table: Table) -> list[str]:
    return list(chain.from_iterable(canonical_lines(data, table)))


@given(st.lists(any_row, max_size=5))
def test_a_line_is_canonical_json(rows: list[dict[str, Any]]) -> None:
    """Each line is exactly what the standard library writes with sorted keys and no spaces."""
    data = pa.Table.from_pylist(rows, schema=SOME.schema)
    wanted = [json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for row in rows]
    assert lines_of(data, SOME) == wanted
    digest = hashlib.sha256("".join(wanted).encode()).hexdigest()
    assert content_sha256(data, SOME) == digest


def test_the_hash_of_every_config_follows_the_definition(made: ModuleType) -> None:
    """Labels stand in it by name, so that the hash can be computed without knowing their numbers."""
    for name, data in made.make_tables(made.make_rows()).items():
        table = tables_of(made.SCHEME)[name]
        fitted = fit(data, table)
        rows = [
            json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
            for row in rows_with_names(fitted, table)
        ]
        assert content_sha256(fitted, table) == hashlib.sha256("".join(rows).encode()).hexdigest()


@pytest.mark.parametrize("rows", [4095, 4096, 4097, 9000])
def test_chunks_do_not_matter(rows: int) -> None:
    """Neither do the batches in which the rows are hashed."""
    data = pa.table({"text": pa.array([str(i) for i in range(rows)], pa.large_string())})
    table = Table("some", data.schema, ("text",))
    cut = pa.concat_tables([data.slice(0, 10), data.slice(10, 4096), data.slice(4106)])
    assert content_sha256(cut, table) == content_sha256(data, table)


def test_dates_and_times_are_iso() -> None:
    """Carried dates and times are written in ISO 8601."""
    import datetime

    moment = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.UTC)
    data = pa.table({"t": pa.array([moment], pa.timestamp("us", "UTC")), "d": pa.array([moment.date()])})
    table = Table("some", data.schema, ("d",))
    assert lines_of(data, table) == ['{"d":"2024-05-01","t":"2024-05-01T12:00:00+00:00"}\n']


def test_not_a_number_is_written() -> None:
    """Numbers that JSON does not have are written as JavaScript does, not lost."""
    data = pa.table({"x": [math.nan, math.inf, -math.inf, -0.0, 1e22]})
    lines = lines_of(data, Table("some", data.schema, ("x",)))
    assert lines == ['{"x":NaN}\n', '{"x":Infinity}\n', '{"x":-Infinity}\n', '{"x":-0.0}\n', '{"x":1e+22}\n']


def test_one_changed_value_changes_it(made: ModuleType) -> None:
    """Every column counts, and so does a null against an empty string."""
    rows = made.make_rows()
    table = documents_table()

    def digest() -> str:
        return content_sha256(fit(made.make_tables(rows)["documents"], table), table)

    first = digest()
    rows["documents"][0]["site"] = ""
    assert digest() != first


def test_the_whole_dataset_has_one_hash() -> None:
    """It does not depend on the order of configs, and names them."""
    assert dataset_sha256([("b", "1"), ("a", "2")]) == dataset_sha256([("a", "2"), ("b", "1")])
    assert dataset_sha256([("b", "2"), ("a", "1")]) != dataset_sha256([("a", "2"), ("b", "1")])
