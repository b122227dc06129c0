"""XMI and type systems parsed by dkpro-cassis; nothing is believed.

Offsets in XMI count UTF-16 units. cassis makes code points of them, but leaves one as it is that points into a
character or behind the text, and counts twice where a member is listed twice: so the file's own are taken.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.parsers import expat

from corpus.errors import ExtraMissingError
from corpus.exchange.cas.layers import add_metadata
from corpus.exchange.cas.mending import mended
from corpus.exchange.units import Units
from corpus.model.span import Span

__all__ = ["Parsed", "Unreadable", "cassis", "parsed_cas", "type_system"]

_CONTROL = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_IS_1_1 = re.compile(rb"<\?xml[^>]*version\s*=\s*[\"']1\.1")
_NUMBER = re.compile(r"\d{1,15}")
_UNKNOWN = re.compile(r"Type with name \[(.+)\] not found!.*", re.DOTALL)
_KEPT_CONTROLS = (9, 10, 13)
_DEEPEST = 64
"""How deep elements may lie in each other: in an XMI all are children of the root."""


class Unreadable(Exception):  # noqa: N818 (a finding on its way, never an error that leaves this room)
    """Why a file is no CAS that can be read."""


@dataclass(slots=True)
class _Told:
    """What the file itself says: the offsets of each id, and the ids that stand twice."""

    offsets: dict[str, tuple[str, str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document's annotations, with its text."""

    text: str
    structures: tuple[Any, ...]
    """What is indexed for the text: cassis' feature structures."""
    unknown: tuple[str, ...]
    """The types that the type system lacks."""
    faults: tuple[tuple[str, str], ...]
    """A finding's code and sentence for each part that had to be taken out."""
    twice: tuple[str, ...]
    """The ids that stand twice, of which the last one counts."""
    controls: int
    """How many control characters became U+FFFD."""
    views: int
    """How many other views there are with a text or with annotations."""
    _told: _Told
    _units: Units

    def span(self, structure: Any) -> Span | None:
        """Return where an annotation lies, or None where its offsets are none of the text's."""
        told = self.offsets(structure)
        if not all(_NUMBER.fullmatch(unit) for unit in told):
            return None
        span = self._units.points(Span(int(told[0]), int(told[1])))
        return span if span.within(len(self.text)) else None

    def offsets(self, structure: Any) -> tuple[str, str]:
        """Return an annotation's offsets as the file has them."""
        return self._told.offsets.get(str(structure.xmiID), ("", ""))


def cassis() -> Any:
    """Return the package.

    Raises:
        ExtraMissingError: it is not installed.
    """
    try:
        import cassis as package
    except ImportError as error:
        raise ExtraMissingError("dkpro-cassis", "cas") from error
    return package


@lru_cache(maxsize=8)
def type_system(data: bytes | None) -> Any:
    """Return the type system that a file holds, or (for None) that of DKPro Core with the layers every project has.

    Raises:
        Unreadable: it is none.
    """
    if data is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of how it opens its own file
            types = cassis().load_dkpro_core_typesystem()
        add_metadata(types)
        return types
    _held_against(data)
    return _by_cassis(lambda: cassis().load_typesystem(BytesIO(data)))


def parsed_cas(data: bytes, types: Any) -> Parsed:
    """Parse an XMI file; where cassis gives it up, what it may stumble over is taken out first.

    Raises:
        Unreadable: it is no well-formed XMI, declares a document type, or contradicts itself or its types.
    """
    data, controls = _without_controls(data)
    told = _held_against(data)
    faults: list[tuple[str, str]] = []
    try:
        cas, unknown = _loaded(data, types)
    except Unreadable:
        data, faults = _by_cassis(lambda: mended(data, types))
        cas, unknown = _loaded(data, types)
    for view in cas.views:
        text = view.sofa.sofaString
        if isinstance(text, str):
            structures = {one.xmiID: one for one in view.get_all_fs()}
            ordered = tuple(structures[number] for number in sorted(structures))
            twice = tuple(sorted(told.twice))
            others = sum(bool(v.sofa.sofaString or v.get_all_fs()) for v in cas.views if v is not view)
            return Parsed(text, ordered, unknown, tuple(faults), twice, controls, others, told, Units(text))
    raise Unreadable("it holds no text (a Sofa with a sofaString)")


def _loaded(data: bytes, types: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the CAS, and the types that are not known."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        made = _by_cassis(lambda: cassis().load_cas_from_xmi(BytesIO(data), typesystem=types, lenient=True))
    told = (str(one.message) for one in heard)
    return made, tuple(dict.fromkeys(_UNKNOWN.sub(r"\1", one) for one in told if "offset" not in one))


def _by_cassis(load: Any) -> Any:
    try:
        return load()
    except ExtraMissingError:
        raise
    except Exception as error:  # on a broken file cassis stumbles over whatever comes first
        told = " ".join(str(error).split())[:200]
        raise Unreadable(f"{type(error).__name__}: {told}" if told else type(error).__name__) from None


def _held_against(data: bytes) -> _Told:
    """Read the offsets of every element, and refuse a document type: with one come entities."""
    told = _Told()
    parser = expat.ParserCreate(None, "}")

    def refuse(*_: object) -> None:
        raise Unreadable("it declares a document type, which no XMI has")

    depth = 0

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable(f"its elements lie more than {_DEEPEST} deep in each other; those of an XMI lie flat")
        name = attributes.get("http://www.omg.org/XMI}id")
        if name is None:
            return
        if name in told.ids:
            told.twice.add(name)
        told.ids.add(name)
        if "begin" in attributes and "end" in attributes:
            told.offsets[name] = attributes["begin"], attributes["end"]

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EndElementHandler = end
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable(f"it is no well-formed XML: {error}") from None
    return told


def _without_controls(data: bytes) -> tuple[bytes, int]:
    """Put U+FFFD for control characters, which XML 1.1 can name and no parser at hand reads; offsets stay."""
    if not _IS_1_1.match(data[:200].lstrip()):
        return data, 0
    number = 0

    def replaced(found: re.Match[bytes]) -> bytes:
        nonlocal number
        digits = found[1] or found[2]
        code = int(digits, 16 if found[1] else 10) if len(digits) < 9 else 0x110000
        if code >= 32 or code in _KEPT_CONTROLS:
            return found[0]
        number += 1
        return b"&#xFFFD;"

    return _CONTROL.sub(replaced, data), number
