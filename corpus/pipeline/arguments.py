"""What callers in Python hand in, checked before anything is read: each wrong argument is one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path

from corpus.errors import UsageError
from corpus.model.arguments import PATH, is_path
from corpus.readers.addresses import is_address, local_path
from corpus.readers.shown import MEDIA_TYPES

__all__ = ["check_choices", "check_one", "check_sources", "listed_texts", "listed_values"]

_TEXT_WAY_OUT = "decode bytes, and read a file or fetch a page first"
_VALUE_WAY_OUT = "leave it out (None) where it is not known"
_ITERABLE_WAY_OUT = "use clean for one text"


def check_one(text: object, site: object, url: object) -> None:
    """Make sure that one text, and what is known of it, can be cleaned.

    Raises:
        UsageError: the text is not a str, or the site or the address is neither a str nor None.
    """
    _check_text("text", text)
    _check_value("site", site)
    _check_value("url", url)


def listed_texts(texts: object) -> list[str]:
    """Return the texts of a call as a list.

    Raises:
        UsageError: they are one text, or no ordered collection, or one of them is not a str.
    """
    listed = _listed("texts", texts, _ITERABLE_WAY_OUT)
    for index, text in enumerate(listed):
        _check_text(f"texts[{index}]", text)
    return [str(text) for text in listed]


def listed_values(name: str, values: object, texts: int) -> list[str | None]:
    """Return what is known of each of ``texts`` texts (its site, its address) as a list.

    Raises:
        UsageError: it is one value, or no ordered collection, or one of them is neither a str nor None, or there
            are more or fewer than texts.
    """
    listed = _listed(name, values, f"give one a text, as in {name}=[None, …]")
    for index, value in enumerate(listed):
        _check_value(f"{name}[{index}]", value)
    if len(listed) != texts:
        raise UsageError(f"{name} must be as long as texts ({texts}), got {len(listed)}; {_VALUE_WAY_OUT}.")
    return [None if value is None else str(value) for value in listed]


def check_choices(media_type: object, line_model: object, known_lines: object) -> None:
    """Make sure that how a call wants its texts cleaned can be done.

    Raises:
        UsageError: the media type is none of ours, the choice is no bool, or there is no such file of counts.
    """
    if media_type not in MEDIA_TYPES:
        raise UsageError(f"media_type must be one of {', '.join(MEDIA_TYPES)}, got {media_type!r:.80}.")
    if not isinstance(line_model, bool):
        raise _wrong("line_model", "True or False", line_model, "True asks the line model, False the rules alone")
    if known_lines is None:
        return
    if not isinstance(known_lines, str | os.PathLike) or not (isinstance(known_lines, str) or is_path(known_lines)):
        raise _wrong("known_lines", f"{PATH} or None", known_lines, "`corpus known-lines` makes one")
    if not Path(known_lines).is_file():
        state = "is a folder, not a file" if Path(known_lines).is_dir() else "no such file"
        raise UsageError(f"known_lines {os.fspath(known_lines)!r}: {state}; `corpus known-lines` makes one.")


def check_sources(sources: Sequence[Path | str]) -> None:
    """Make sure that there is a source, and that those on this machine's disk are there.

    A slip in a name must not pass for documents that are gone: what is written would lack them. Whether something
    lies at an address is seen when it is read.

    Raises:
        UsageError: there is none, or one is not there.
    """
    if not sources:
        raise UsageError("There is nothing to read: name at least one file or folder.")
    for source in sources:
        if not is_address(source) and not os.path.lexists(local_path(source)):
            raise UsageError(f"{source}: no such file or folder, so nothing was read; check the path.")


def _listed(name: str, values: object, way_out: str) -> list[object]:
    if isinstance(values, str | bytes | Mapping | Set) or not isinstance(values, Iterable):
        raise _wrong(name, "a list or another sequence", values, way_out)
    return list(values)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise _wrong(name, "a str", value, _TEXT_WAY_OUT)


def _check_value(name: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise _wrong(name, "a str or None", value, _VALUE_WAY_OUT)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise UsageError(f"{name} must be text that UTF-8 can write, got {value!r:.80}; {_VALUE_WAY_OUT}.")


def _wrong(name: str, expected: str, value: object, way_out: str) -> UsageError:
    return UsageError(f"{name} must be {expected}, got {type(value).__name__}; {way_out}.")
