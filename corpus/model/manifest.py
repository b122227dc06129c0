"""What a build or a release says of itself: inputs, versions, counts and content hashes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from corpus.model.about import NOTHING_KNOWN, About
from corpus.model.finding import Severity

__all__ = [
    "MANIFEST_VERSION",
    "ConfigSummary",
    "Edition",
    "IdsFrom",
    "InputFile",
    "Manifest",
    "PreviousRelease",
    "SplitRecord",
    "ViewSummary",
]

MANIFEST_VERSION = 1

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""What a dataset is called; a directory is named by it, so it leads nowhere else."""
ReleaseVersion = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}$")]
"""MAJOR.MINOR.PATCH; a directory is named by it, too."""

Edition = Literal["full", "public", "partial"]

IdsFrom = Literal["stem", "path"]
"""What of a text's or a page's file is its doc_id: its name without the ending, or that after its folders."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputFile(_Part):
    """One file that was read: its path relative to its source root, its bytes' hash and size."""

    path: str
    sha256: str
    bytes: int
    role: str
    """"source", "sources.toml", "annotations", "scheme", "known lines" or "takedowns"."""


class ConfigSummary(_Part):
    """One config: rows a split, and a hash of its rows that does not depend on Parquet."""

    rows: dict[str, int]
    content_sha256: str


class ViewSummary(_Part):
    """A config that is made from others: under which name the card lists it, its rows, what does not fit in."""

    config: str
    rows: dict[str, int]
    content_sha256: str
    losses: dict[str, int] = Field(default_factory=dict)


class PreviousRelease(_Part):
    """The release that a release was compared with when its version was given."""

    name: Name
    version: ReleaseVersion
    content_sha256: str
    """A hash of its rows that does not depend on Parquet, one for all configs (as the card names it)."""


class SplitRecord(_Part):
    """How documents were dealt out to splits, so that the next build deals out further ones alike."""

    shares: dict[str, float]
    by: tuple[str, ...]
    """What keeps documents together: "duplicates", "stories", "publisher", "dates"."""
    boundaries: dict[str, str] = Field(default_factory=dict)
    """By dates: the last day of each split."""
    groups: int = 0
    """Groups of two or more documents that were kept together."""
    grouped: int = 0
    """Documents in them."""
    withheld: int = 0
    """New documents that belong with documents of two splits and so are in neither."""
    leaks: dict[str, int] = Field(default_factory=dict)
    """Groups of each kind that stand in more than one split all the same: their documents were there before."""


class Manifest(_Part):
    """The manifest of a built directory or of a release; no clock and no absolute path in it."""

    manifest_version: int = MANIFEST_VERSION
    name: Name
    version: ReleaseVersion | None = None
    """The release's version; None for a build."""
    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    """The release's recorded date, ISO 8601."""
    previous: PreviousRelease | None = None
    """The release before this one; None for a build and for a first release."""
    scheme: str
    scheme_version: str
    tool: dict[str, str]
    """newscorpus and the libraries that decide bytes or text, with exact versions."""
    inputs: tuple[InputFile, ...]
    configs: dict[str, ConfigSummary]
    views: dict[str, ViewSummary] = Field(default_factory=dict)
    """Configs that are made from others, by folder: ``ner``, and gold and each annotator apart."""
    files: dict[str, str] = Field(default_factory=dict)
    """sha256 of every other file of the tree, by relative path (a release's SHA256SUMS says the same)."""
    findings: tuple[dict[str, str], ...] = ()
    """What the build found wrong in its inputs, with the place."""
    notes: tuple[str, ...] = ()
    """What a reader must know, a sentence or two each: how the annotations were made, above all."""
    edition: Edition = "full"
    """Which texts it holds: all; those that may be passed on; those and what could be hydrated."""
    full_manifest_sha256: str | None = None
    """Of a public edition: the hash of the full edition's ``manifest.json``, which names all its files' hashes."""
    splits: SplitRecord | None = None
    """How the splits were made; None where all is ``train`` because nobody asked for shares."""
    about: About = NOTHING_KNOWN
    """What only people know: title, makers, licence of what they added."""
    ids: IdsFrom = "stem"
    """How files of one document came by their ids; it is written where it is not the stem."""

    def summary(self, folder: str) -> ConfigSummary | ViewSummary | None:
        """Return what is told of a config or a view; None where there is none of that name."""
        return self.configs.get(folder) or self.views.get(folder)

    @model_serializer(mode="wrap")
    def _as_ever(self, fields: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out what was always so: editions of older versions are hydrated to the bytes that they had."""
        told: dict[str, object] = fields(self)
        return told if self.ids != "stem" else {name: value for name, value in told.items() if name != "ids"}

    @field_validator("findings")
    @classmethod
    def _are_findings(cls, findings: tuple[dict[str, str], ...]) -> tuple[dict[str, str], ...]:
        for record in findings:
            if record.keys() != _FINDING or record["severity"] not in _SEVERITIES:
                raise ValueError("a finding has code, place, message and severity (error, warning or note)")
        return findings


_FINDING = {"code", "place", "message", "severity"}
_SEVERITIES = frozenset(severity.value for severity in Severity)
