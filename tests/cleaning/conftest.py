"""What the cleaner's tests share: pages as cases, and a document cleaned alone."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from corpus.cleaning.kernel import clean_frame

HERE = Path(__file__).parent
MARKS = {
    "T": {"title"},
    "K": {"body", "heading", "dateline"},
    "H": {"heading"},
    "C": {"caption"},
    "P": {"credit"},
    "Y": {"byline"},
    "S": {"timestamp"},
    "R": {"copyright"},
    "U": {"duplicate"},
    "X": {"boilerplate"},
    "-": {"boilerplate", "duplicate", "byline", "timestamp", "credit", "caption", "copyright"},
}


@dataclass(frozen=True, slots=True)
class Page:
    """A case: the page's text and, for each visible line, the mark of what it must become."""

    name: str
    kind: str
    text: str
    marks: tuple[tuple[int, str], ...]
    pieces: tuple[tuple[str, str], ...]


def pages() -> list[Page]:
    """Return every case of ``cases/*.toml``."""
    return [
        _page(row)
        for path in sorted((HERE / "cases").glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["page"]
    ]


def _page(row: dict[str, object]) -> Page:
    marked = str(row["lines"]).strip("\n").split("\n")
    marks = tuple((number, line[0]) for number, line in enumerate(marked) if line)
    pieces = tuple((str(text), str(role)) for text, role in row.get("pieces", []))  # type: ignore[attr-defined]
    return Page(str(row["name"]), str(row["kind"]), "\n".join(line[2:] for line in marked), marks, pieces)


def blocks_of(text: str) -> list[dict[str, object]]:
    """Return the blocks of one text, cleaned alone, as rows."""
    return clean_frame(
        pl.DataFrame({"doc_id": ["a"], "text": [text]}).with_columns(site=None), line_model=False
    ).to_dicts()


def text_of(blocks: list[dict[str, object]]) -> str:
    """Return the text that the kept blocks make."""
    kept = [block for block in blocks if block["kept"]]
    return "".join(("" if n == 0 else str(b["join"])) + str(b["text"]) for n, b in enumerate(kept))
