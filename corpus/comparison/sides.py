"""One of the two datasets that are compared, as whoever opened it hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme

__all__ = ["Side"]


@dataclass(frozen=True, slots=True)
class Side:
    """A build or a release: what it says of itself, and where the rows of each config lie.

    ``shards`` holds the Parquet files of each config that the dataset has; their order does not matter.
    """

    manifest: Manifest
    scheme: Scheme
    shards: Mapping[str, tuple[Path, ...]]

    @property
    def title(self) -> str:
        """The dataset's name with its version, or with the words that it is no release."""
        return f"{self.manifest.name} {self.manifest.version or '(a build)'}"
