"""The annotation scheme: labels, attributes and relations, as one TOML file says them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.errors import SchemeError
from corpus.model.tomltext import model_of_toml

__all__ = [
    "AttributeValue",
    "Change",
    "ChoiceAttribute",
    "EntityType",
    "Flag",
    "Relation",
    "Scheme",
    "SpanType",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntityType(_Part):
    """One entity label."""

    label: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    hotkey: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    meaning: str
    example: str


class SpanType(_Part):
    """One further kind of span; ``layer`` says which table its rows go to."""

    label: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    layer: Literal["claims", "sources", "cues"]
    hotkey: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    meaning: str


class AttributeValue(_Part):
    """One value of a choice attribute."""

    name: str
    hotkey: str
    meaning: str


class ChoiceAttribute(_Part):
    """A single choice on every claim; a class label column of ``claims``."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    values: tuple[AttributeValue, ...] = Field(min_length=2)

    @property
    def value_names(self) -> tuple[str, ...]:
        """The names of the values in class-label order."""
        return tuple(value.name for value in self.values)


class Flag(_Part):
    """A yes-or-no attribute of every claim; a boolean column of ``claims``."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    hotkey: str
    meaning: str


class Relation(_Part):
    """A named, directed relation between two kinds of span."""

    name: str
    from_: str = Field(alias="from")
    to: str
    meaning: str


class Change(_Part):
    """One version of the scheme: what changed, and the new name of each renamed label."""

    version: str
    date: str
    change: str
    renamed: dict[str, str] = Field(default_factory=dict)


class Scheme(_Part):
    """An annotation scheme; frozen. The order of labels and values is data: append only."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: str
    guideline_version: str
    entities: tuple[EntityType, ...] = Field(min_length=1)
    spans: tuple[SpanType, ...]
    attributes: tuple[ChoiceAttribute, ...] = ()
    flags: tuple[Flag, ...] = ()
    relations: tuple[Relation, ...] = ()
    history: tuple[Change, ...] = ()

    @classmethod
    def from_toml(cls, text: str, where: str = "the scheme file") -> Scheme:
        """Read a scheme from TOML text; ``where`` names it in errors.

        Raises:
            SchemeError: it is not TOML, not of this shape, or contradicts itself.
        """
        try:
            return model_of_toml(cls, text, where)
        except ValueError as error:
            raise SchemeError(f"{error}.") from None

    @property
    def entity_labels(self) -> tuple[str, ...]:
        """The entity labels in class-label order."""
        return tuple(entity.label for entity in self.entities)

    @property
    def span_labels(self) -> tuple[str, ...]:
        """The labels of the claim layer's spans (claim, source, cue)."""
        return tuple(span.label for span in self.spans)

    def label_of_layer(self, layer: str) -> str | None:
        """Return the span label whose rows go to ``layer``, or None where the scheme has none."""
        return next((span.label for span in self.spans if span.layer == layer), None)

    def attribute(self, name: str) -> ChoiceAttribute | None:
        """Return the choice attribute of that name, or None."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    @model_validator(mode="after")
    def _consistent(self) -> Scheme:
        labels = [*self.entity_labels, *self.span_labels]
        _no_twice(labels, "label")
        _no_twice([span.layer for span in self.spans], "layer")
        _no_twice([a.name for a in self.attributes] + [f.name for f in self.flags], "attribute or flag")
        keys = [e.hotkey for e in self.entities] + [s.hotkey for s in self.spans]
        keys += [v.hotkey for a in self.attributes for v in a.values] + [f.hotkey for f in self.flags]
        _no_twice(keys, "hotkey")
        for attribute in self.attributes:
            _no_twice(list(attribute.value_names), f"value of {attribute.name}")
        _no_twice([change.version for change in self.history], "version in the history")
        for relation in self.relations:
            for end in (relation.from_, relation.to):
                if end not in labels:
                    raise ValueError(f"relation {relation.name!r} names the label {end!r}, which the scheme lacks")
        return self


def _no_twice(names: list[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the {what} {twice[0]!r} stands twice")
