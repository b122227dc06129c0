"""Rows are shown as plain values, which JSON can hold, as the datasets' own hash writes them."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pyarrow as pa

from corpus.comparison.comparable import plain_values

MOMENT = datetime.datetime(2024, 5, 1, 12, 30, tzinfo=datetime.UTC)


def test_times_are_iso_and_what_json_lacks_is_a_word() -> None:
    data = pa.table(
        {
            "moment": pa.array([MOMENT], pa.timestamp("us", "UTC")),
            "day": [MOMENT.date()],
            "price": [Decimal("1.50")],
            "score": [float("nan")],
            "spans": [[{"start": 0, "at": MOMENT.date()}]],
        }
    )
    (row,) = plain_values(data, {})
    assert row == {
        "moment": "2024-05-01T12:30:00+00:00",
        "day": "2024-05-01",
        "price": "1.50",
        "score": "NaN",
        "spans": [{"at": "2024-05-01", "start": 0}],
    }
    assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_labels_stand_by_name_where_they_have_one() -> None:
    """A number outside the labels stays as it is: what is wrong with it, `verify` says."""
    data = pa.table({"label": pa.array([0, 1, 2, -1, None], pa.int64()), "n": [0, 1, 2, 3, 4]})
    rows = plain_values(data, {"label": ("A", "B"), "other": ("C",)})
    assert [row["label"] for row in rows] == ["A", "B", 2, -1, None]
    assert [row["n"] for row in rows] == [0, 1, 2, 3, 4]
