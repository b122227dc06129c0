"""Versions of data: MAJOR.MINOR.PATCH in whole numbers, and how far a difference makes them step."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.comparison.steps import Step
from corpus.errors import UsageError

__all__ = ["FIRST", "Version"]

_NUMBER = r"(0|[1-9]\d{0,8})"


class Version(NamedTuple):
    """A version; compared number by number.

    While the first number is 0 the data are still taking shape, and an edit steps the second number, as Semantic
    Versioning has it (its clause 4): corrections take 0.1.0 to 0.2.0. Who means them to last names 1.0.0.
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            UsageError: it is not three whole numbers between dots.
        """
        match = re.fullmatch(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", text, re.ASCII)
        if match is None:
            raise UsageError(
                f"A release's version is MAJOR.MINOR.PATCH in whole numbers, such as 0.1.0, got {text!r}."
            )
        return cls(*(int(number) for number in match.groups()))

    @classmethod
    def of_release(cls, directory: str, name: str) -> Version | None:
        """Return the version in the name of a release's directory, None where it is no release of ``name``.

        >>> str(Version.of_release("tide-news-1.2.0", "tide-news"))
        '1.2.0'
        """
        prefix, dash, version = directory.rpartition("-")
        try:
            return cls.parse(version) if (prefix, dash) == (name, "-") else None
        except UsageError:
            return None

    def after(self, step: Step) -> Version:
        """Return the least version that a difference of this step allows; none is less than a PATCH.

        >>> str(Version(1, 2, 3).after(Step.MINOR))
        '1.3.0'
        """
        if step is Step.MAJOR and self.major > 0:
            return Version(self.major + 1, 0, 0)
        if step in (Step.MAJOR, Step.MINOR):
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        """Return it as it is written."""
        return ".".join(map(str, self))


FIRST = Version(0, 1, 0)
"""The version of a dataset's first release.

Not 1.0.0: first releases are made to be looked at and corrected.
"""
