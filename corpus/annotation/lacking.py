"""What annotations say that the scheme lacks: told, and left out where votes are counted.

A label that no scheme knows has no column to stand in, so it must not become gold, and somebody who used one is no
vote for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.annotation.checks import check_set
from corpus.annotation.renaming import in_todays_names
from corpus.annotation.store import current
from corpus.model.annotation import GOLD, AnnotationSet, Claim, Source
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme

__all__ = ["InScheme", "in_scheme", "without_lacking"]

_LACKING = frozenset({"annotation-label", "annotation-attribute", "annotation-flag"})


@dataclass(frozen=True, slots=True)
class InScheme:
    """Annotation sets as the scheme has names for them, and what of the current ones it lacks."""

    sets: tuple[AnnotationSet, ...]
    findings: tuple[Finding, ...]


def in_scheme(sets: Iterable[AnnotationSet], scheme: Scheme) -> InScheme:
    """Return every version of ``sets`` in today's names, without what the scheme lacks (gold keeps it).

    Sets of other schemes are left out. Gold stays as it was decided, and is there in any scheme, for its next
    version follows that one; what it says that the scheme lacks is only told.
    """
    today = [in_todays_names(item, scheme) for item in sets]
    told = [item for item in current(today) if item.state == "submitted"]
    own = [item for item in today if item.scheme == scheme.name or item.annotator == GOLD]
    usable = (item if item.annotator == GOLD else without_lacking(item, scheme) for item in own)
    return InScheme(tuple(usable), (*_of_others(told, scheme), *_lacking(told, scheme)))


def without_lacking(item: AnnotationSet, scheme: Scheme) -> AnnotationSet:
    """Return a set without the labels, attributes, values and flags that the scheme lacks."""
    known = {layer for layer in ("sources", "claims", "cues") if scheme.label_of_layer(layer) is not None}
    sources: tuple[Source, ...] = item.sources if "sources" in known else ()
    cues = item.cues if "cues" in known else ()
    ids = {part.id for part in (*sources, *cues)}
    update = {
        "entities": tuple(entity for entity in item.entities if entity.label in scheme.entity_labels),
        "sources": sources,
        "cues": cues,
        "claims": tuple(_claim(claim, scheme, ids) for claim in item.claims) if "claims" in known else (),
    }
    return (
        item if all(getattr(item, name) == own for name, own in update.items()) else item.model_copy(update=update)
    )


def _lacking(sets: Iterable[AnnotationSet], scheme: Scheme) -> Iterator[Finding]:
    """Yield what the scheme lacks."""
    for item in sets:
        found = check_set(item, scheme, None) if item.scheme == scheme.name else ()
        for finding in found:
            if finding.code in _LACKING:
                what = "Gold has it from before" if item.annotator == GOLD else "It is not counted"
                yield replace(finding, message=f"{finding.message} {what}.")


def _of_others(sets: Iterable[AnnotationSet], scheme: Scheme) -> Iterator[Finding]:
    """Yield one finding for each other scheme."""
    others: dict[str, list[AnnotationSet]] = {}
    for item in sets:
        if item.scheme != scheme.name:
            others.setdefault(item.scheme, []).append(item)
    for name, own in others.items():
        more = f" and {len(own) - 1} more" if len(own) > 1 else ""
        message = (
            f"This annotation{more} of the scheme {name!r} cannot be counted as of {scheme.name!r}: name the file "
            "of that scheme, or a dataset that was built with it."
        )
        yield Finding("annotation-scheme", f"{own[0].doc_id} by {own[0].annotator}", message)


def _claim(claim: Claim, scheme: Scheme, ids: set[str]) -> Claim:
    flags = {flag.name for flag in scheme.flags}
    attributes = {
        name: value
        for name, value in claim.attributes.items()
        if (attribute := scheme.attribute(name)) is not None and value in attribute.value_names
    }
    links = ("source_ids", "outer_source_ids", "cue_ids")
    update = {
        "attributes": attributes,
        "flags": tuple(flag for flag in claim.flags if flag in flags),
        **{name: tuple(i for i in getattr(claim, name) if i in ids) for name in links},
    }
    return claim.model_copy(update=update)
