"""A project of which a document is taken down: what the tests of takedowns share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.export.store import BuiltDataset
from corpus.pipeline.erasure.takedown import TakedownOptions

GONE = "003_3d0e764f794c4c26"
OTHERS = ("000_ec7f3073578cd279", "001_2bfdd9e86e277f2d", "002_768a46f134fdd9a5", "004_2582ff4afcd3cfad")
PAGE = (
    '<html><head><title>Harbour to close</title><link rel="canonical" href="https://a.example/harbour"></head>'
    "<body><article><h1>Harbour to close</h1><p>The council said on Wednesday that the harbour would be closed "
    "for repairs until winter{more}.</p></article></body></html>"
)


def ids(build_dir: Path, config: str = "documents") -> set[str]:
    return {row["doc_id"] for row in BuiltDataset.open(build_dir).rows(config)}


def options(project: Path, **more: Any) -> TakedownOptions:
    named = {
        "file": project / "takedowns.jsonl",
        "datasets": (project / "build", project / "releases"),
        "raw": (project / "seeds",),
        "annotations": project / "annotations",
    }
    return TakedownOptions(**{**named, **more})
