"""How two annotation schemes differ: version, labels, values, flags and relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.comparison.columns import order_kept
from corpus.comparison.steps import Step
from corpus.model.scheme import Scheme

__all__ = ["SchemeChange", "compare_schemes"]


@dataclass(frozen=True, slots=True)
class SchemeChange:
    """One thing that differs (``entity labels``), as it was and is, and the version step that it asks for."""

    part: str
    before: str
    after: str
    step: Step


def compare_schemes(old: Scheme, new: Scheme) -> tuple[SchemeChange, ...]:
    """Return what differs; nothing where names, versions and all labels agree.

    The order of entity labels and of attribute values is data, since rows hold their numbers; of spans, flags,
    attributes and relations only the names count. Wording, colours and keys are told by the bytes of the file.
    """
    return (*_identity(old, new), *_numbered(old, new), *_named(old, new))


def _identity(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    if old.name != new.name:
        yield SchemeChange("name", old.name, new.name, Step.MAJOR)
    if old.version != new.version:
        yield SchemeChange("version", old.version, new.version, _version_step(old.version, new.version))
    if old.guideline_version != new.guideline_version:
        yield SchemeChange("guideline version", old.guideline_version, new.guideline_version, Step.PATCH)


def _version_step(old: str, new: str) -> Step:
    before, after = ([int(part) for part in version.split(".")] for version in (old, new))
    if after[0] != before[0] or after < before:
        return Step.MAJOR
    return Step.MINOR if after[1] != before[1] else Step.PATCH


def _numbered(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    shared = [a.name for a in old.attributes if new.attribute(a.name)]
    parts: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("entity labels", old.entity_labels, new.entity_labels),
        *((f"values of {name}", _values(old, name), _values(new, name)) for name in shared),
    ]
    for part, before, after in parts:
        if tuple(before) != tuple(after):
            step = Step.MINOR if order_kept(before, after) else Step.MAJOR
            yield SchemeChange(part, ", ".join(before), ", ".join(after), step)


def _named(old: Scheme, new: Scheme) -> Iterator[SchemeChange]:
    parts: list[tuple[str, list[str], list[str]]] = [
        ("span labels", list(old.span_labels), list(new.span_labels)),
        ("attributes", [a.name for a in old.attributes], [a.name for a in new.attributes]),
        ("flags", [f.name for f in old.flags], [f.name for f in new.flags]),
        ("relations", _relations(old), _relations(new)),
    ]
    for part, before, after in parts:
        if set(before) != set(after):
            step = Step.MINOR if set(before) <= set(after) else Step.MAJOR
            yield SchemeChange(part, ", ".join(before), ", ".join(after), step)


def _values(scheme: Scheme, name: str) -> tuple[str, ...]:
    attribute = scheme.attribute(name)
    return attribute.value_names if attribute else ()


def _relations(scheme: Scheme) -> list[str]:
    return [f"{relation.name} ({relation.from_} to {relation.to})" for relation in scheme.relations]
