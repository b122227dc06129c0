"""Every exception the toolkit raises on purpose, as one tree.

CorpusError
├── UsageError            a call that cannot be carried out as it was asked
├── SourceError           a source that cannot be read
├── DataError             data that breaks the contract (schema, offsets, references)
│   └── SchemeError       an annotation scheme that contradicts itself or its data
├── ExtraMissingError     an optional package is not installed
└── ServerError           a server refused, failed or is not there

An exception means "cannot go on". What is merely wrong *in the data* is a
:class:`corpus.model.finding.Finding`, collected with its place while the rest goes on.
Messages are one sentence: what, where, expected, got, and the way out.
"""

from __future__ import annotations

__all__ = [
    "CorpusError",
    "DataError",
    "ExtraMissingError",
    "SchemeError",
    "ServerError",
    "SourceError",
    "UsageError",
]


class CorpusError(Exception):
    """The root of the tree: catch this to catch everything the toolkit raises on purpose."""


class UsageError(CorpusError):
    """A call that cannot be carried out as it was asked."""


class SourceError(CorpusError):
    """A source that cannot be read."""


class DataError(CorpusError):
    """Data that breaks the contract: schema, offsets or references."""


class SchemeError(DataError):
    """An annotation scheme that contradicts itself or the data it is used with."""


class ServerError(CorpusError):
    """A server (Label Studio, the Hugging Face Hub) refused, failed or is not there."""


class ExtraMissingError(CorpusError):
    """An optional package is not installed; the sentence names the extra that brings it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"This needs the package {package!r}, which is not installed: pip install 'newscorpus[{extra}]'."
        )
