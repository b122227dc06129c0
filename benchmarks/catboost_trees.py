"""Write CatBoost's oblivious trees as plain arrays, for what evaluates them without CatBoost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np


def write_weights(model: Any, features: Sequence[str], path: Path) -> None:
    """Write columns, borders, and leaves in hundred-thousandths of a logit; only the features in use are named."""
    with TemporaryDirectory() as folder:
        model.save_model(f"{folder}/model.json", format="json")
        told = json.loads(Path(f"{folder}/model.json").read_text())
    trees = told["oblivious_trees"]
    scale, (bias,) = told["scale_and_bias"]
    splits = [tree["splits"] for tree in trees]
    depth = max(map(len, splits))
    column = [[s["float_feature_index"] for s in row] + [0] * (depth - len(row)) for row in splits]
    border = [[s["border"] for s in row] + [np.inf] * (depth - len(row)) for row in splits]
    leaf = [list(t["leaf_values"]) + [0.0] * (2**depth - len(t["leaf_values"])) for t in trees]
    used = sorted({number for row in column for number in row})
    place = {number: at for at, number in enumerate(used)}
    np.savez_compressed(
        path,
        names=np.array([features[number] for number in used]),
        column=np.array([[place[number] for number in row] for row in column], dtype=np.int16),
        border=np.array(border, dtype=np.float32),
        leaf=np.round(np.array(leaf) * scale * 1e5).astype(np.int32),
        bias=np.int64(round(bias * 1e5)),
    )
    print(f"{len(trees)} trees of depth {depth} on {len(used)} features: {path.stat().st_size} bytes")
