"""Names that annotations drawn in Label Studio go by: the screen's controls, regions and their pieces, relations.

What the sync draws and what the exchange of files writes and reads is told apart by them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from corpus.model.scheme import Scheme

__all__ = [
    "ENTITY_TAG",
    "FLAGS_TAG",
    "SPAN_TAG",
    "TEXT_TAG",
    "RelationNames",
    "annotation_number",
    "drawn_text",
    "piece_id",
    "region_id",
]

ENTITY_TAG = "entity"
"""The name of the bar of entity labels (``from_name`` of their regions)."""
SPAN_TAG = "span"
"""The name of the bar of claims, sources and cues."""
FLAGS_TAG = "flags"
"""The name of the check boxes."""
TEXT_TAG = "text"
"""The name of the text (``to_name`` of every region)."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PIECE = re.compile(r"(.+)-p([2-9]|[1-9]\d+)")


@dataclass(frozen=True, slots=True)
class RelationNames:
    """The scheme's relations by what they join, starting at a claim; None where the scheme has none."""

    to_source: str | None
    to_claim: str | None
    to_cue: str | None

    @classmethod
    def of(cls, scheme: Scheme) -> RelationNames:
        """Read the three from the scheme."""
        claim = scheme.label_of_layer("claims")

        def name(layer: str) -> str | None:
            target = scheme.label_of_layer(layer)
            return next((r.name for r in scheme.relations if (r.from_, r.to) == (claim, target)), None)

        return cls(name("sources"), name("claims"), name("cues"))


def region_id(item_id: str) -> str:
    """Return the region id of an item: its own id where Label Studio can use it as a CSS class.

    >>> region_id("c12"), region_id("c:12"), region_id("c-p2")
    ('c12', 'xb0bf40e868926392', 'x6c37f3c58ec23a66')
    """
    if _PLAIN_ID.fullmatch(item_id) and not _PIECE.fullmatch(item_id):
        return item_id
    return "x" + hashlib.sha256(item_id.encode("utf-8", "replace")).hexdigest()[:16]


def piece_id(region: str) -> tuple[str, int]:
    """Return the first piece's region id and the number of the piece (1 for the first).

    >>> piece_id("c12-p3"), piece_id("c12")
    (('c12', 3), ('c12', 1))
    """
    found = _PIECE.fullmatch(region)
    return (found[1], int(found[2])) if found else (region, 1)


def annotation_number(annotation_id: str) -> int:
    """Return the number under which the server keeps an imported annotation (``import_id``).

    A single creation has a unique id, an import does not keep it; it keeps this number. 52 bits: JavaScript
    must be able to hold it.
    """
    return int.from_bytes(hashlib.sha256(annotation_id.encode()).digest()[:7], "big") >> 4


def drawn_text(text: str) -> str:
    r"""Return a slice as Label Studio writes it into ``value.text``: each line break as backslash-n.

    >>> drawn_text("a\nb")
    'a\\nb'
    """
    return text.replace("\r", "\\n").replace("\n", "\\n")
