"""The formats of other tools, and which of them a file is of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import SourceError, UsageError
from corpus.exchange import brat, cas, conll, docbin, jsonl, labelstudio, webannotation
from corpus.exchange.opening import shown
from corpus.exchange.standoff import Format, Standoff
from corpus.model.finding import Finding

__all__ = ["FORMATS", "format_named", "format_of"]

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        labelstudio.FORMAT,
        brat.FORMAT,
        conll.FORMAT,
        jsonl.FORMAT,
        docbin.FORMAT,
        cas.FORMAT,
        webannotation.FORMAT,
    )
}
"""By their names on the command line."""


def format_named(name: str) -> Format:
    """Return the format of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"There is no format {name!r}; choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_of(path: Path) -> Format:
    """Return the format that a file or folder is of: told by its ending, and what it holds where several have that.

    Where no reader finds a document, it is the first one that knows the form: its findings say what is wrong.

    Raises:
        UsageError: no format has such an ending.
        SourceError: none of those that have finds anything of its own; the sentence says what each expected.
    """
    likely = [each for each in FORMATS.values() if _may_be(path, each)]
    if not likely:
        raise UsageError(
            f"{shown(path)} is not known to be of any format that is read here ({', '.join(FORMATS)}); name it "
            "with `form=`."
        )
    if len(likely) == 1:
        return likely[0]
    known: list[Format] = []
    reasons: dict[str, None] = {}
    for each in likely:
        try:
            found: Iterator[Standoff | Finding] = each.read(path)
            if any(isinstance(one, Standoff) for one in found):
                return each
            known.append(each)
        except SourceError as error:
            reasons[str(error)] = None
    if known:
        return known[0]
    raise SourceError(" ".join(reasons))


def _may_be(path: Path, each: Format) -> bool:
    if path.is_dir():
        return not each.endings
    return path.name.lower().endswith(each.endings) if each.endings else False
