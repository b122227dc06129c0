"""Frames as the cleaner would hand them over, made by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

CASES = Path(__file__).parent / "cases"
KEPT = ("body", "heading", "dateline")

Parts = Sequence[tuple[str, str]]
MakeFrames = Callable[[Mapping[str, Parts]], tuple[pl.DataFrame, pl.DataFrame]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for ``case`` every case of the family its ``cases`` marker names."""
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is not None:
        file, family = marker.args
        rows = tomllib.loads((CASES / file).read_text("utf-8"))[family]
        metafunc.parametrize("case", [_parameter(row) for row in rows])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(file, family): run once for each case of a TOML file")


def _parameter(row: dict[str, Any]) -> Any:
    name = str(row.get("text", row.get("lines", row.get("captions", row.get("what")))))[:60]
    failing = [pytest.mark.xfail(reason=row["known_failure"])] if "known_failure" in row else []
    return pytest.param(row, id=name.encode("ascii", "replace").decode(), marks=failing)


@pytest.fixture
def frames() -> MakeFrames:
    """Make the raw and the blocks frame of documents given as (role, text) lines."""
    return make_frames


def make_frames(documents: Mapping[str, Parts]) -> tuple[pl.DataFrame, pl.DataFrame]:
    raw = [
        {"doc_id": i, "text": "\n".join(text for _, text in parts), "site": None} for i, parts in documents.items()
    ]
    blocks = [row for doc_id, parts in documents.items() for row in _rows(doc_id, parts)]
    integers = ("block", "line", "start", "end", "section")
    schema = {"doc_id": pl.String, "block": pl.Int32, "line": pl.Int32, "start": pl.Int32, "end": pl.Int32}
    rest = dict.fromkeys(("text", "role", "reason", "rule"), pl.String)
    last = {"score": pl.Float64, "kept": pl.Boolean, "join": pl.String, "section": pl.Int32}
    frame = pl.DataFrame(blocks, schema={**schema, **rest, **last})
    assert all(frame.schema[name] == pl.Int32 for name in integers)
    return pl.DataFrame(raw, schema={"doc_id": pl.String, "text": pl.String, "site": pl.String}), frame


def _rows(doc_id: str, parts: Parts) -> list[dict[str, Any]]:
    rows, start = [], 0
    for number, (role, text) in enumerate(parts):
        rows.append(
            {
                "doc_id": doc_id,
                "block": number,
                "line": number,
                "start": start,
                "end": start + len(text),
                "text": text,
                "role": role,
                "reason": "prose",
                "rule": f"case.{role}",
                "score": 1.0,
                "kept": role in KEPT,
                "join": "\n",
                "section": 0,
            }
        )
        start += len(text) + 1
    return rows
