"""Which document of the dataset a text of another tool belongs to.

The documents are read one at a time. A text is known by what it says: where it is one of a document's texts but for
blanks, it is that document's, whatever it is called; else the document of its name is taken; else the only one in
whose text as received it stands, as a paragraph or a sentence does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from corpus.exchange.fitting import ENOUGH, views
from corpus.exchange.ink import inked, inked_hash
from corpus.exchange.standoff import Standoff
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding
from corpus.model.shortened import told_value

__all__ = ["Waiting"]

_MOST_PLACES = 50
"""In how many places of a document the beginning of a text is followed."""


@dataclass(slots=True)
class Waiting:
    """The tool's documents, waiting for those of the dataset that have their names or texts."""

    standoffs: list[Standoff]
    by_name: dict[str, list[int]] = field(default_factory=dict)
    by_text: dict[str, list[int]] = field(default_factory=dict)
    named: dict[int, list[str]] = field(default_factory=dict)
    """By number, the ids of documents that have its name."""
    whole: dict[int, list[str]] = field(default_factory=dict)
    """By number, the ids of documents that have its text."""
    heads: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """By their beginnings, the texts without blanks that may be parts of documents, with their numbers."""

    @classmethod
    def of(cls, standoffs: Iterable[Standoff]) -> Waiting:
        """Take them, numbered from 0."""
        found = cls(list(standoffs))
        for number, standoff in enumerate(found.standoffs):
            for name in _names(standoff.name):
                found.by_name.setdefault(name, []).append(number)
            found.by_text.setdefault(inked_hash(standoff.text), []).append(number)
        return found

    def offer(self, document: Document) -> None:
        """Keep the document in mind for those that have its name or its text."""
        for number in self.by_name.get(document.doc_id, ()):
            self.named.setdefault(number, []).append(document.doc_id)
        for one in dict.fromkeys(inked_hash(view.text) for view in views(document)):
            for number in self.by_text.get(one, ()):
                self.whole.setdefault(number, []).append(document.doc_id)

    def looks_for_parts(self) -> bool:
        """Tell whether texts are left that no document has, and which may be parts of one (:meth:`offer_parts`)."""
        for number, standoff in enumerate(self.standoffs):
            text = inked(standoff.text) if isinstance(self.document_of(number), Finding) else ""
            if len(text) >= ENOUGH and number not in self.whole:
                self.heads.setdefault(text[:ENOUGH], {}).setdefault(text, []).append(number)
        return bool(self.heads)

    def offer_parts(self, document: Document) -> None:
        """Keep the document in mind for those whose texts stand in its text as received."""
        whole = inked(document.raw_text)
        looked: Counter[str] = Counter()
        for at in range(len(whole) - ENOUGH + 1):
            head = whole[at : at + ENOUGH]
            if head not in self.heads or looked[head] == _MOST_PLACES:
                continue
            looked[head] += 1
            for text, numbers in self.heads[head].items():
                if whole.startswith(text, at):
                    for number in numbers:
                        self.whole.setdefault(number, []).append(document.doc_id)

    def document_of(self, number: int) -> str | Finding:
        """Return the id of the document whose text it is; else of its name; a finding where it is none's."""
        standoff, whole = self.standoffs[number], list(dict.fromkeys(self.whole.get(number, ())))
        likely = whole or self.named.get(number, [])
        named = next((name for name in _names(standoff.name) if name in likely), None)
        if named is not None:
            return named
        return whole[0] if len(whole) == 1 else _unmatched(standoff, whole)


def _names(name: str | None) -> list[str]:
    """Return the ids that a document of this name may have, the likeliest first."""
    if not name:
        return []
    path = PurePosixPath(name.replace("\\", "/"))
    return list(dict.fromkeys([name, str(path.with_suffix("")), path.name, path.stem]))


def _unmatched(standoff: Standoff, same: Sequence[str]) -> Finding:
    if same:
        theirs = f"{', '.join(same[:3])}{' …' if len(same) > 3 else ''}"
        called = f"is called {told_value(standoff.name)}, as none of them is" if standoff.name else "has no name"
        message = (
            f"Its text stands in {count(len(same), 'document')} ({theirs}) and {called}; name it by the id of one."
        )
        return Finding("import-ambiguous", standoff.place, message)
    called = f"is called {told_value(standoff.name)} or has its text" if standoff.name else "has its text"
    message = (
        f"No document of the dataset {called} (blanks not counted); build the dataset from these texts "
        "(`texts='FOLDER'` writes them), or name them by its ids."
    )
    return Finding("import-no-document", standoff.place, message)
