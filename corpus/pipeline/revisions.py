"""Which revision of its document an anchor text is, and which older ones must be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnnotationSet

__all__ = ["Revisions"]


@dataclass(frozen=True, slots=True)
class Revisions:
    """What the dataset that is about to be replaced knows of anchor texts.

    A changed anchor text (a re-crawl, another decoder) is a new revision of the same ``doc_id``, never a
    silent shift; an older one is kept as long as any annotation names it by its hash.
    """

    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """The former ``raw`` rows by ``doc_id``, in revision order."""
    named: frozenset[tuple[str, str]] = frozenset()
    """(doc_id, anchor_sha256) of every annotation set."""

    @classmethod
    def of(cls, directory: Path, sets: Iterable[AnnotationSet]) -> Revisions:
        """Read the former revisions from a built directory; none where there is no readable one."""
        named = frozenset((s.doc_id, s.anchor_sha256) for s in sets)
        try:
            rows = BuiltDataset.open(directory).rows("raw") if directory.exists() else ()
            former: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            for row in rows:
                former[row["doc_id"]].append(row)
        except CorpusError:
            return cls({}, named)
        ordered = {key: tuple(sorted(found, key=lambda r: r["revision"])) for key, found in former.items()}
        return cls(ordered, named)

    def number(self, doc_id: str, anchor_sha256: str, among_inputs: int = 1) -> int:
        """Return the revision of a document's present anchor text: its former one, or the next.

        It is at least ``among_inputs``, how many versions of the document the inputs themselves hold.
        """
        former = self.rows.get(doc_id, ())
        for row in former:
            if row["anchor_sha256"] == anchor_sha256:
                return int(row["revision"])
        return max(int(former[-1]["revision"]) + 1 if former else 1, among_inputs)

    def kept(self, doc_id: str, anchor_sha256: str) -> list[Mapping[str, Any]]:
        """Return the document's former rows, other than the present text, that some annotation names."""
        return [
            row
            for row in self.rows.get(doc_id, ())
            if row["anchor_sha256"] != anchor_sha256 and (doc_id, row["anchor_sha256"]) in self.named
        ]
