"""XMI without what makes cassis give a whole document up: references to nothing, offsets that are no numbers."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from corpus.model.shortened import told_value

__all__ = ["mended"]

_ID = "{http://www.omg.org/XMI}id"
_NUMBER = re.compile(r"-?\d{1,15}")
_PLAIN = frozenset({"NULL", "Sofa", "View"})
"""The elements of the format itself."""


def mended(data: bytes, types: Any) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the document without them, and a finding's code and sentence for each that is gone.

    ``data`` is well-formed and has no document type.
    """
    root = ElementTree.fromstring(data)  # noqa: S314 (without a document type there are no entities)
    told = [fault for element in list(root) for fault in _unusable(root, element)]
    ids = {element.get(_ID) for element in root}
    for element in root:
        for name in _references(element, types):
            before = element.attrib[name].split()
            kept = [one for one in before if one in ids]
            if kept == before:
                continue
            if element.tag.endswith("}View"):
                element.attrib[name] = " ".join(kept)
                continue
            lost = next(one for one in before if one not in ids)[:40]
            message = f"{name!r} of {_short(element)} leads to {lost!r}, which is not there; it is left out."
            told.append(("import-relation", message))
            element.attrib.pop(name)
            if kept:
                element.attrib[name] = " ".join(kept)
    return ElementTree.tostring(root, "utf-8"), told


def _unusable(root: Element, element: Element) -> list[tuple[str, str]]:
    """Take an element out that has no number where it needs one."""
    names = (_ID,) if _name(element) in _PLAIN else (_ID, "begin", "end")
    wrong = [element.attrib[name] for name in names if not _NUMBER.fullmatch(element.get(name, "0"))]
    if not wrong:
        return []
    root.remove(element)
    return [("import-region", f"The {_name(element)} is left out: {told_value(wrong[0])} is no number.")]


def _references(element: Element, types: Any) -> list[str]:
    """Return the attributes that name other elements."""
    if _name(element) in _PLAIN:
        return [name for name in ("members",) if name in element.attrib]
    space, _, name = element.tag.removeprefix("{http:///").rpartition(".ecore}")
    full = f"{space.replace('/', '.')}.{name}".removeprefix("uima.noNamespace.")
    if not types.contains_type(full):
        return []
    return [
        feature.name
        for feature in types.get_type(full).all_features
        if feature.name in element.attrib and feature.name != "sofa" and not _holds_values(feature.rangeType, types)
    ]


def _holds_values(kind: Any, types: Any) -> bool:
    return bool(types.is_primitive(kind) or types.is_primitive_array(kind) or types.is_primitive_list(kind))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _short(element: Element) -> str:
    return f"the {_name(element)} {element.get(_ID, '?')}"
