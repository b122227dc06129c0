"""What the screen showed when both sides were last in step.

An item that does not stand on the server was either taken away there, or never shown: its label was not in the
scheme. Today's scheme does not tell which, because names come and go. So the ledger keeps, with each revision in
step, a hash of all the names that were shown then. An item that was shown and is gone was taken away; one that was
not shown is kept, and sent once the scheme has its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain

from corpus.labelstudio.format.regions import Content, Item, items_of
from corpus.labelstudio.format.renaming import controls, renamed_control
from corpus.labelstudio.ledger.store import Ledger
from corpus.model.annotation import Claim, Cue, Entity, Source
from corpus.model.drawn import ENTITY_TAG, FLAGS_TAG
from corpus.model.scheme import Scheme

__all__ = ["Name", "name_of", "names_in", "note_shown", "shown_by", "was_shown"]

Name = tuple[str, str]
"""A control and what can be chosen there; for claims, sources and cues "layer" and which of them."""

_LAYER = "layer"
_LAYERS = {Claim: "claims", Source: "sources", Cue: "cues"}


def shown_by(scheme: Scheme) -> frozenset[Name]:
    """Return everything that a scheme's screen can show."""
    named = ((control, name) for control, names in controls(scheme).items() for name in names)
    return frozenset(chain(named, ((_LAYER, str(span.layer)) for span in scheme.spans)))


def name_of(item: Item) -> Name:
    """Return what an item is drawn as."""
    return (ENTITY_TAG, item.label) if isinstance(item, Entity) else (_LAYER, _LAYERS[type(item)])


def names_in(content: Content) -> Iterator[Name]:
    """Yield everything that a version uses of a scheme, as often as it does."""
    yield from (name_of(item) for item in items_of(content))
    for claim in content.claims:
        yield from claim.attributes.items()
        yield from ((FLAGS_TAG, flag) for flag in claim.flags)


def note_shown(ledger: Ledger, mark: str, scheme: Scheme) -> str:
    """Return the hash of what a scheme shows, under which the ledger keeps it from now on."""
    names = json.dumps(sorted(shown_by(scheme)))
    digest = hashlib.sha256(names.encode()).hexdigest()[:16]
    if ledger.fact(mark, _fact(digest)) is None:
        with ledger.transaction("screen-noted"):
            ledger.set_fact(mark, _fact(digest), names)
    return digest


def was_shown(ledger: Ledger, mark: str, digest: str | None, scheme: Scheme) -> frozenset[Name]:
    """Return what was shown under that hash, by today's names; where that is not known, what is shown today."""
    names = ledger.fact(mark, _fact(digest)) if digest is not None else None
    if names is None:
        return shown_by(scheme)
    return frozenset(renamed_control(control, name, scheme) for control, name in json.loads(names))


def _fact(digest: str) -> str:
    return f"shown {digest}"
