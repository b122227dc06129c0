"""Documents for the tests of this room: one block a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from corpus.model.document import Block, Document, sha256_text
from corpus.model.roles import Reason, Role


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    """Return a maker of documents: every line that is not blank is a body block, after an optional title."""

    def make(text: str, *, title: str | None = None, language: str | None = "en", doc_id: str = "d") -> Document:
        raw = f"{title}\n{text}" if title else text
        blocks: list[Block] = []
        start = 0
        for number, line in enumerate(raw.split("\n")):
            bare = line.strip()
            if bare:
                at = start + line.index(bare)
                role = Role.TITLE if title and not blocks else Role.BODY
                blocks.append(
                    Block(
                        len(blocks),
                        number,
                        at,
                        at + len(bare),
                        bare,
                        role,
                        Reason.PROSE,
                        "test",
                        1.0,
                        role is Role.BODY,
                        "\n",
                        0,
                    )
                )
            start += len(line) + 1
        unknown = dict.fromkeys(field.name for field in fields(Document))
        known = {
            "doc_id": doc_id,
            "title": title,
            "text": "",
            "authors": (),
            "language": language,
            "headings": (),
            "captions": (),
            "credits": (),
            "source_file": "d.txt",
            "raw_sha256": sha256_text(raw),
            "anchor_sha256": sha256_text(raw),
            "text_sha256": "",
            "blocks": tuple(blocks),
            "evidence": (),
            "raw_text": raw,
        }
        return Document(**(unknown | known))

    return make
