"""What only people know of a dataset: its title, its makers, the licence of what they added, where it is found."""

from __future__ import annotations

from typing import Annotated

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from corpus.errors import DataError
from corpus.model.tomltext import model_of_toml

__all__ = ["NOTHING_KNOWN", "About", "Maker"]

Line = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A text without line breaks and control characters."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Maker(_Part):
    """A person (``given_names`` and ``family_names``) or a body (``name``) that made the dataset."""

    name: Line | None = None
    given_names: Line | None = None
    family_names: Line | None = None
    orcid: Annotated[str, Field(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")] | None = None
    affiliation: Line | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Maker:
        if (self.name is None) == (self.family_names is None):
            raise ValueError("a maker has a `name` or `family_names`, not both")
        return self

    @property
    def shown(self) -> str:
        """The name as it is read."""
        return self.name or " ".join(part for part in (self.given_names, self.family_names) if part)


class About(_Part):
    """A dataset's ``about.toml``; everything is optional."""

    title: Line | None = None
    description: Line | None = None
    """One paragraph."""
    collection: Line | None = None
    """How the articles were chosen and gathered; one paragraph."""
    makers: tuple[Maker, ...] = ()
    licence: Line | None = None
    """An SPDX expression (``LicenseRef-…`` for one that SPDX lacks) for what the makers added: annotations,
    metadata, arrangement. The articles keep their owners' rights."""
    homepage: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/[^\s<>\"]+$")] | None = None
    contact: Line | None = None
    keywords: tuple[Line, ...] = ()

    @field_validator("licence")
    @classmethod
    def _is_spdx(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return canonicalize_license_expression(value)
        except InvalidLicenseExpression:
            raise ValueError(
                f"{value!r} is no SPDX expression such as CC-BY-4.0; name an unlisted licence LicenseRef-NAME"
            ) from None

    @classmethod
    def from_toml(cls, text: str, place: str = "about.toml") -> About:
        """Read an ``about.toml``.

        Raises:
            DataError: it is no TOML, or a key or a value is wrong.
        """
        try:
            return model_of_toml(cls, text, place)
        except ValueError as error:
            raise DataError(f"{error}.") from None


NOTHING_KNOWN = About()
