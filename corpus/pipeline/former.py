"""The build that a new one takes the place of and goes on from: nothing of it is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import CorpusError, DataError

__all__ = ["gone_on_from"]

_WAY_OUT = re.compile(r"; [^;]*build it again\.$")


@contextmanager
def gone_on_from(directory: Path) -> Iterator[None]:
    """Read in its body what a new build takes over from the one in ``directory``.

    Raises:
        DataError: that cannot be read, and would begin anew.
    """
    try:
        yield
    except CorpusError as error:
        told = _WAY_OUT.sub("", str(error)).rstrip(".")
        raise DataError(
            f"{directory} holds a build that cannot be read, and a new one goes on from it: which revision a text "
            f"is, which older texts annotations name, in which split a document stands. {told}. Bring it back "
            "from a copy, or move it away and build it again, and all of that begins anew."
        ) from error
