"""What the tests of this room share: a way to write datasets and open them as sides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from corpus.comparison.sides import Side
from corpus.export.dataset import DatasetContent, write_dataset
from corpus.model.scheme import Scheme
from corpus.model.tables import tables_of
from corpus.releases.opening import open_side

sys.path.insert(0, str(Path(__file__).parent))
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, DatasetContent], Side]:
    """Return a function that writes a dataset under a name and opens it as a side of a comparison."""

    def written(name: str, content: DatasetContent) -> Side:
        write_dataset(tmp_path / name, content)
        return open_side(tmp_path / name)

    return written


@pytest.fixture
def with_scheme(made: ModuleType) -> Callable[..., DatasetContent]:
    """Return a function that makes the content under a scheme in which texts of the file are replaced."""

    def changed(*replacements: tuple[str, str], rows: Rows | None = None) -> DatasetContent:
        toml = made.SCHEME_TOML
        for old, new in replacements:
            assert toml.count(old) == 1, old
            toml = toml.replace(old, new)
        scheme = Scheme.from_toml(toml)
        content: DatasetContent = made.make_content(rows)
        tables = {name: _under(scheme, name, table) for name, table in content.tables.items()}
        return replace(content, scheme=scheme, scheme_toml=toml, tables=tables)

    return changed


def _under(scheme: Scheme, name: str, table: pa.Table) -> pa.Table:
    """Return the rows with the columns that the scheme has besides: null, or false where that must not be."""
    for field in tables_of(scheme)[name].schema:
        if field.name not in table.schema.names:
            value = None if field.nullable else False
            table = table.append_column(field.name, pa.array([value] * table.num_rows, field.type))
    return table
