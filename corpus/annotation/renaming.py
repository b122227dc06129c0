"""Names that a newer version of the scheme changed, in annotations that still bear the old ones.

The scheme file's history says it: ``renamed = {OLD = "NEW"}`` in the version that did it. A name is replaced only
where the present scheme lacks it, and only by one that the present scheme has in the same place: an entity label by
an entity label, an attribute by an attribute, one of its values by another, a flag by a flag. Chains are followed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from corpus.model.annotation import AnnotationSet, Claim, Entity
from corpus.model.scheme import Scheme

__all__ = ["in_todays_names", "new_name", "renamed_set", "renames", "reworded"]


def renames(scheme: Scheme) -> dict[str, str]:
    """Return every renaming of the scheme's history, the newest word on each name."""
    return {old: new for change in scheme.history for old, new in change.renamed.items()}


def new_name(name: str, known: Collection[str], mapping: Mapping[str, str]) -> str:
    """Return what a name is called today; the name itself where nothing in ``known`` became of it.

    >>> new_name("FAC", ["LOC"], {"FAC": "PLACE", "PLACE": "LOC"})
    'LOC'
    """
    seen = {name}
    found = name
    while found not in known and found in mapping and mapping[found] not in seen:
        found = mapping[found]
        seen.add(found)
    return found if found in known else name


def in_todays_names(annotations: AnnotationSet, scheme: Scheme) -> AnnotationSet:
    """Return a set of any version of the scheme as one of the present version, to be compared with others."""
    if annotations.scheme != scheme.name:
        return annotations
    return renamed_set(annotations, scheme).model_copy(update={"scheme_version": scheme.version})


def reworded(annotations: AnnotationSet, scheme: Scheme) -> AnnotationSet:
    """Return the set in the present scheme's names, under the version that it was made by."""
    update = {"scheme_version": annotations.scheme_version}
    return renamed_set(annotations, scheme).model_copy(update=update)


def renamed_set(annotations: AnnotationSet, scheme: Scheme) -> AnnotationSet:
    """Return the set in the present scheme's names, under its version; the same set where nothing changed."""
    mapping = renames(scheme)
    if not mapping or annotations.scheme != scheme.name or annotations.scheme_version == scheme.version:
        return annotations
    entities = tuple(_entity(entity, scheme, mapping) for entity in annotations.entities)
    claims = tuple(_claim(claim, scheme, mapping) for claim in annotations.claims)
    if (entities, claims) == (annotations.entities, annotations.claims):
        return annotations
    update = {"entities": entities, "claims": claims, "scheme_version": scheme.version}
    return annotations.model_copy(update=update)


def _entity(entity: Entity, scheme: Scheme, mapping: Mapping[str, str]) -> Entity:
    label = new_name(entity.label, scheme.entity_labels, mapping)
    return entity if label == entity.label else entity.model_copy(update={"label": label})


def _claim(claim: Claim, scheme: Scheme, mapping: Mapping[str, str]) -> Claim:
    values = {attribute.name: attribute.value_names for attribute in scheme.attributes}
    attributes: dict[str, str] = {}
    for name, value in claim.attributes.items():
        present = new_name(name, values, mapping)
        attributes[present] = new_name(value, values.get(present, ()), mapping)
    flags = tuple(new_name(flag, [flag.name for flag in scheme.flags], mapping) for flag in claim.flags)
    if (attributes, flags) == (claim.attributes, claim.flags):
        return claim
    return claim.model_copy(update={"attributes": attributes, "flags": flags})
