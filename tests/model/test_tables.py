"""The configs' tables: no column twice, whatever the scheme says."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import SchemeError
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, tables_of

TEXT = (Path(__file__).parents[2] / "schemas" / "news-ec.toml").read_text("utf-8")


def test_every_config_has_its_table_and_a_key_of_its_columns() -> None:
    tables = tables_of(Scheme.from_toml(TEXT))
    assert tuple(tables) == CONFIGS
    for table in tables.values():
        assert set(table.key) | set(table.labels) <= set(table.schema.names)


@pytest.mark.parametrize("name", ["text", "spans", "placement", "doc_id"])
def test_an_attribute_must_not_take_a_column(name: str) -> None:
    """A scheme whose attribute is called like a column of every claim is refused by name."""
    scheme = Scheme.from_toml(TEXT.replace('name = "speech"', f'name = "{name}"'))
    with pytest.raises(SchemeError, match=f"'{name}'"):
        tables_of(scheme)
