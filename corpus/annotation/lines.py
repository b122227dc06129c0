"""One annotation set as one line of canonical JSON, and back; any bytes may come in."""

from __future__ import annotations

import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.errors import DataError
from corpus.model.annotation import AnnotationSet
from corpus.model.faults import told_faults

__all__ = ["MAX_LINE", "LineError", "file_lines", "form_fault", "line_of", "says_same", "set_of", "told_again"]

MAX_LINE = 64 * 1024 * 1024
"""Bytes of the longest line that is read; a longer one is reported, never loaded."""


_CAME = {"scheme_version", "guideline_version", "created_at", "updated_at", "lead_time", "origin"}
"""What differs between two lines of one version that was drawn or sent at one checkout and pulled at another."""
_SPLIT = "write each set on a line of its own (jq -c '.[]')"


class LineError(Exception):
    """Why a line is not an annotation set: a stable code and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def file_lines(path: Path, limit: int = MAX_LINE) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, bytes without line end) of every line that is not blank.

    A line of more than ``limit`` bytes comes as None: it is skipped in pieces, so memory stays bounded.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        number = 0
        while piece := stream.readline(limit + 1):
            number += 1
            if len(piece) > limit and not piece.endswith(b"\n"):
                while piece and not piece.endswith(b"\n"):
                    piece = stream.readline(limit + 1)
                yield number, None
            elif piece.strip():
                yield number, piece.rstrip(b"\r\n")


def form_fault(line: bytes) -> str | None:
    """Return what is wrong with a whole file of this first line: UTF-16, or JSON as programs print it for people.

    Its other lines are as little JSON as the first.
    """
    if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "It is UTF-16; save it as UTF-8."
    opening = b"".join(line.removeprefix(BOM_UTF8).split())
    if opening not in (b"{", b"[", b"[{"):
        return None
    way_out = _SPLIT if opening.startswith(b"[") else "write each on one line (jq -c .)"
    return f"Its JSON stands on several lines, where one annotation set a line is expected; {way_out}."


def set_of(line: bytes) -> AnnotationSet:
    """Read one line.

    Raises:
        LineError: it is not UTF-8, not JSON (NaN and Infinity are not), nests too deeply, says a key
            twice, holds a lone surrogate, or is not of the set's shape.
    """
    try:
        text = line.decode("utf-8-sig")  # editors put a mark before the first line
    except UnicodeDecodeError as error:
        message = f"It is not UTF-8: byte {error.start} is wrong; save the file as UTF-8."
        raise LineError("annotation-encoding", message) from None
    if isinstance(_checked_json(text), list):
        raise LineError("annotation-schema", f"It is a list, where one annotation set is expected; {_SPLIT}.")
    try:
        return AnnotationSet.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise LineError("annotation-schema", f"It is no annotation set, {told_faults(error)}.") from None


def line_of(item: AnnotationSet) -> bytes:
    """Return the set as canonical JSON: sorted keys, no spaces, characters as they are, one line, LF.

    Raises:
        DataError: it holds a lone surrogate, or a number that JSON does not know.
    """
    try:
        text = json.dumps(
            item.model_dump(mode="json"),
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )
        return text.encode("utf-8") + b"\n"
    except (UnicodeEncodeError, ValueError) as error:
        raise DataError(f"The annotation {item.annotation_id!r} cannot be written as JSON: {error}.") from None


def says_same(one: AnnotationSet, other: AnnotationSet) -> bool:
    """Tell whether two versions say the same, whenever and by whatever way each came here.

    Where a note names revisions, as those of decisions and gold do, it is a part of what is said.
    """
    if "(revision " in one.origin.note + other.origin.note and one.origin.note != other.origin.note:
        return False
    return one.model_dump(exclude=_CAME) == other.model_dump(exclude=_CAME)


def told_again(first: AnnotationSet, other: AnnotationSet) -> str:
    """Return what a second line with the revision of a first one is, which says something else."""
    told = f"Revision {other.revision} of {other.annotation_id!r} is there already; the first one counts."
    times = {item.created_at for item in (first, other)}
    if None in times or len(times) == 1:
        return told
    return (
        f"{told} They were begun at different times: checkouts that did not share their files may have given one "
        f"name, {other.annotator!r}, to two people."
    )


def _checked_json(text: str) -> object:
    """Return the JSON value; refuse what the model would not notice: doubled keys, NaN, lone surrogates, depth."""
    try:
        data = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8")
        return data
    except RecursionError:
        raise LineError("annotation-json", "Its JSON nests too deeply to be an annotation set.") from None
    except UnicodeEncodeError:
        raise LineError("annotation-surrogate", "It holds a lone surrogate, which is no character.") from None
    except ValueError as error:
        raise LineError("annotation-json", f"It is not valid JSON: {error}.") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")
