"""What the oracle remembers: texts whose words stand nowhere else, and notes, which say what must be there."""

from __future__ import annotations

from dataclasses import dataclass, field

from faults_site import Mark
from labelstudio_material import plain

from corpus.model.document import Document

Change = tuple[Mark, ...] | None
"""What an annotation says after a change; None where it was deleted."""


@dataclass
class Text:
    """A document: its sentences, and the words that can be marked."""

    doc_id: str
    sentences: list[str]
    words: list[str]
    older: list[Document] = field(default_factory=list)
    """What it was before."""
    marked: set[frozenset[Mark]] = field(default_factory=set)
    """What any version of any annotation has marked."""

    @property
    def document(self) -> Document:
        return plain(self.doc_id, "\n".join(self.sentences))


@dataclass
class Note:
    """One annotation that somebody made: what it must say now, by the labels' first names."""

    doc_id: str
    author: str
    marks: tuple[Mark, ...]
    is_live: bool = True
    touched: set[str] = field(default_factory=set)
    """The sides ("here", "there") that changed it since the last clean sync."""
    rivals: tuple[Change, Change] | None = None
    """What it says here and there, where both sides changed it and nobody has decided."""

    @property
    def is_settled(self) -> bool:
        """Whether a clean sync has seen it as it is."""
        return not self.touched and self.rivals is None

    def side(self, number: int) -> Change:
        """Return what it must say here (0) or there (1)."""
        if self.rivals is not None:
            return self.rivals[number]
        return self.marks if self.is_live else None
