"""Documents whose ids changed and whose texts did not: which one is which, by the hashes of the anchor texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Former", "SameTexts", "colliding", "same_texts"]


@dataclass(slots=True)
class Former:
    """What is known of the text of a document under the id that it had: hashes of anchor texts."""

    newest: set[str] = field(default_factory=set)
    """Of its last text; of several, where annotations lie on several."""
    every: set[str] = field(default_factory=set)
    """Of all its revisions."""


@dataclass(frozen=True, slots=True)
class SameTexts:
    """What became of the documents that have no longer their text under their id."""

    renamed: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """With the ids of all documents that have the text."""
    gone: tuple[str, ...] = ()
    """Neither their id nor their text is there."""


def same_texts(before: Mapping[str, Former], after: Mapping[str, str]) -> SameTexts:
    """Find each former document among those of today (``after``: hashes of anchor texts by id).

    Where its id has its text still, or has another text and nothing has the former one, it stays what it was: a
    document, or a new revision of it. Of several documents with its text it is the one whose file has its name, if
    one alone has.
    """
    bearers: dict[str, list[str]] = {}
    for doc_id, anchor in after.items():
        bearers.setdefault(anchor, []).append(doc_id)
    renamed: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    gone: list[str] = []
    for doc_id, former in sorted(before.items()):
        found = _bearers(former.newest, bearers) or _bearers(former.every, bearers)
        if doc_id in found or (not found and doc_id in after):
            continue
        named = [other for other in found if _name(other) == _name(doc_id)]
        if len(found) == 1 or len(named) == 1:
            renamed[doc_id] = named[0] if len(named) == 1 else found[0]
        elif found:
            ambiguous[doc_id] = tuple(found)
        else:
            gone.append(doc_id)
    return SameTexts(renamed, ambiguous, tuple(gone))


def colliding(renamed: Mapping[str, str], keys: Collection[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield (id, other id, annotator) of renamings after which somebody has two annotations of one document.

    ``keys`` are the documents and annotators of all annotations.
    """
    there: dict[tuple[str, str], str] = {}
    for doc_id, annotator in sorted(keys, key=lambda key: (key[0] in renamed, key)):
        own = (renamed.get(doc_id, doc_id), annotator)
        if own in there:
            yield doc_id, there[own], annotator
        there.setdefault(own, doc_id)


def _bearers(anchors: Collection[str], bearers: Mapping[str, list[str]]) -> list[str]:
    return sorted({doc_id for anchor in anchors for doc_id in bearers.get(anchor, ())})


def _name(doc_id: str) -> str:
    return doc_id.rpartition("/")[2]
