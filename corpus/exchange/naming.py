"""What labels, relations and attributes of another tool are in the dataset's scheme."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from corpus.annotation.renaming import new_name, renames
from corpus.errors import UsageError
from corpus.exchange.opening import shown
from corpus.files import package_text
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value
from corpus.model.tomltext import model_of_toml
from corpus.readers.opening import named_text

__all__ = [
    "IDS",
    "LEFT_OUT",
    "RELATIONS",
    "Naming",
    "TheirAttribute",
    "TheirRelation",
    "read_naming",
    "without_addresses",
]

RELATIONS = ("said_by", "outer_said_by", "cued_by", "continues")
"""The links that a set of annotations holds: a claim's source, its outer source, its cue, its next piece."""
IDS = ("entity_id", "entity_ids", "group_id")
"""What else is said of an item: which entity a mention is of, whom a claim or source names, a claim's group."""
LEFT_OUT = ""
"""What a name stands for that is left out on purpose."""

_BETWEEN = re.compile(r"[\s\-_:.]+")

_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+")
_MOST_BYTES = 1 << 20

_Known = TypeVar("_Known")


def without_addresses(words: str) -> str:
    """Return words in which "…" stands for each e-mail address.

    >>> without_addresses("brat: by-ann@example.org.zip, port.ann")
    'brat: …, port.ann'
    """
    return _ADDRESS.sub("…", words)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TheirRelation(_Told):
    """A relation of theirs: what it is here, and whether it leads the other way round."""

    to: str
    reversed: bool = False


class TheirAttribute(_Told):
    """An attribute of theirs: the attribute or flag here, and what its values are here."""

    to: str
    values: dict[str, str] = Field(default_factory=dict)


class _File(_Told):
    labels: dict[str, str] = Field(default_factory=dict)
    relations: dict[str, str | TheirRelation] = Field(default_factory=dict)
    attributes: dict[str, str | TheirAttribute] = Field(default_factory=dict)


class Naming:
    """Looks names up: first what the user told, then the scheme's own, then its former ones, then usual ones."""

    def __init__(self, scheme: Scheme, told: _File | None = None) -> None:
        """Take the scheme, and what :func:`read_naming` read."""
        said = told or _File()
        labels = {name: name for name in (*scheme.entity_labels, *scheme.span_labels)}
        former = _by_form(_former(scheme, labels))
        self._labels = {**_usual("labels", labels), **former, **_by_form(labels), **_by_form(said.labels)}
        own: dict[str, TheirRelation] = {name: TheirRelation(to=name) for name in RELATIONS}
        relations = {name: _relation(each) for name, each in said.relations.items()}
        self._relations = {**_usual("relations", own), **_by_form(own), **_by_form(relations)}
        there = {name: TheirAttribute(to=name) for name in (*IDS, *(flag.name for flag in scheme.flags))}
        there |= {
            one.name: TheirAttribute(to=one.name, values=_former(scheme, {name: name for name in one.value_names}))
            for one in scheme.attributes
        }
        were = _by_form(_former(scheme, there))
        attributes = {name: _attribute(each) for name, each in said.attributes.items()}
        self._attributes = {**_usual("attributes", there), **were, **_by_form(there), **_by_form(attributes)}

    def label(self, name: str) -> str | None:
        """Return the scheme's label, :data:`LEFT_OUT`, or None where nobody knows."""
        return self._labels.get(_form(name))

    def relation(self, name: str) -> TheirRelation | None:
        """Return what the relation is here, or None where nobody knows."""
        return self._relations.get(_form(name))

    def attribute(self, name: str) -> TheirAttribute | None:
        """Return what the attribute is here, or None where nobody knows."""
        return self._attributes.get(_form(name))


def read_naming(path: Path | None, scheme: Scheme) -> Naming:
    """Read a TOML file of names: ``[labels]``, ``[relations]`` and ``[attributes]``, theirs to the scheme's.

    Raises:
        UsageError: the file is not there, is not of this form, or names what the scheme lacks.
    """
    if path is None:
        return Naming(scheme)
    try:
        told = model_of_toml(_File, named_text(path, _MOST_BYTES), shown(path))
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    _check(told, scheme, path)
    return Naming(scheme, told)


def _check(told: _File, scheme: Scheme, path: Path) -> None:
    for table, names in (("labels", told.labels), ("relations", told.relations), ("attributes", told.attributes)):
        forms: dict[str, str] = {}
        for name in names:
            other = forms.setdefault(_form(name), name)
            if other != name:
                raise UsageError(
                    f"{shown(path)}, at {table}: {told_value(other)} and {told_value(name)} are one name, since "
                    "case and the signs between words do not count; keep one."
                )
    labels = (*scheme.entity_labels, *scheme.span_labels)
    flags = {flag.name for flag in scheme.flags}
    values = {one.name: one.value_names for one in scheme.attributes}
    faults = [("labels", name, to, labels) for name, to in told.labels.items() if to not in (*labels, LEFT_OUT)]
    for name, link in told.relations.items():
        kind = _relation(link).to
        if kind not in (*RELATIONS, LEFT_OUT):
            faults.append(("relations", name, kind, RELATIONS))
    for name, said in told.attributes.items():
        to = _attribute(said)
        if to.to not in (*values, *flags, *IDS, LEFT_OUT):
            faults.append(("attributes", name, to.to, (*values, *sorted(flags), *IDS)))
        if to.to in IDS:
            continue  # which may have any value
        known = ("true", "false") if to.to in flags else values.get(to.to, ())
        faults += [(f"attributes.{name}", its, ours, known) for its, ours in to.values.items() if ours not in known]
    for table, name, to_name, known in faults:
        raise UsageError(
            f"{shown(path)}, at {table}: {told_value(name)} is to be {told_value(to_name)}, which {scheme.name} "
            f"{scheme.version} lacks; it has {', '.join(known)}."
        )


def _relation(said: str | TheirRelation) -> TheirRelation:
    return said if isinstance(said, TheirRelation) else TheirRelation(to=said)


def _attribute(said: str | TheirAttribute) -> TheirAttribute:
    return said if isinstance(said, TheirAttribute) else TheirAttribute(to=said)


def _form(name: str) -> str:
    return _BETWEEN.sub("_", name.strip()).casefold()


def _by_form(names: Mapping[str, _Known]) -> dict[str, _Known]:
    return {_form(name): known for name, known in names.items()}


def _former(scheme: Scheme, own: Mapping[str, _Known]) -> dict[str, _Known]:
    """Return what names of older versions of the scheme are called today."""
    mapping = renames(scheme)
    todays = {old: new_name(old, own, mapping) for old in mapping}
    return {old: own[new] for old, new in todays.items() if new in own}


def _usual(table: str, own: Mapping[str, _Known]) -> dict[str, _Known]:
    listed = _usual_names()[table]
    return {name: own[to] for to, names in listed.items() if to in own for name in names}


@cache
def _usual_names() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(package_text("corpus.exchange", "labels.toml"))
