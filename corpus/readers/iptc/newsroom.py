"""A JSON or XML file to one news item, if it is one; other JSON and XML is nobody's article."""

from __future__ import annotations

import re

from corpus.readers.iptc.items import Item
from corpus.readers.iptc.ninjs import is_ninjs, ninjs_item
from corpus.readers.iptc.nitf import nitf_item, root_name
from corpus.readers.records import Problem
from corpus.readers.report import ReadOptions
from corpus.readers.sidecars import parsed_json
from corpus.readers.sourcefile import SourceFile
from corpus.readers.textfiles import whole_file

__all__ = ["read_item"]

_NINJS_WORDS = re.compile(rb'"(?:uri|headlines?|pubstatus|versioncreated|bodies|body_[a-z]+|ninjs)"', re.IGNORECASE)


def read_item(file: SourceFile, options: ReadOptions) -> Item | None:
    """Return the file's item, None for a file of something else.

    Raises:
        Problem: the file cannot be read, or is a broken item.
    """
    data = whole_file(file, options)
    return _json_item(data, file) if file.kind == "json" else _xml_item(data, file)


def _json_item(data: bytes, file: SourceFile) -> Item | None:
    try:
        value = parsed_json(data)
    except Problem:
        if len(set(_NINJS_WORDS.findall(data.replace(b"\0", b"")))) > 1:
            raise
        return None
    return ninjs_item(value, data, file.name) if isinstance(value, dict) and is_ninjs(value) else None


def _xml_item(data: bytes, file: SourceFile) -> Item | None:
    if root_name(data) != "nitf" and file.ending != ".nitf":
        return None
    return nitf_item(data, file.name, file.doc_id)
