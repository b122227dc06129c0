"""A JSON file beside a text or a page: one object with what is known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import RawDocument
from corpus.model.manifest import InputFile
from corpus.readers.columns import sort_columns
from corpus.readers.opening import open_regular, read_limited
from corpus.readers.records import Problem
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile

__all__ = ["parsed_json", "with_side_car"]


def with_side_car(document: RawDocument, file: SourceFile, options: ReadOptions, report: ReadReport) -> RawDocument:
    """Return the document with what the JSON file beside it says, if there is one.

    The columns are known by their names as those of records are (columns.toml), all others are carried.
    The document keeps its own id and text. A side-car that cannot be read is a finding, and the document
    is read without it.
    """
    side_car = file.side_car()
    if side_car is None:
        return document
    origin, name = side_car
    try:
        with open_regular(origin.path()) as stream:
            data = read_limited(stream, options.max_record_bytes)
        value = parsed_json(data)
        if not isinstance(value, dict):
            raise Problem("bad-side-car", f"It holds a {type(value).__name__}; expected one object {{…}}.")
    except (SourceError, Problem) as error:
        message = f"Nothing is known from this file beside {file.name}: {str(error).rstrip('.')}."
        report.add("bad-side-car", name, message)
        return document
    report.inputs.append(InputFile(path=name, sha256=sha256_bytes(data), bytes=len(data), role="source"))
    return _joined(document, value, name, report)


def parsed_json(data: bytes) -> object:
    """Return what UTF-8, UTF-16 or UTF-32 JSON says.

    Raises:
        Problem: it is no JSON that can be read.
    """
    try:
        return json.loads(data, parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8 (byte {error.start}); convert it to UTF-8."
        raise Problem("not-utf8", message) from error
    except RecursionError as error:
        raise Problem("invalid-json", "The file is nested too deep.") from error
    except json.JSONDecodeError as error:
        message = f"The file is not JSON: {error.msg.lower()} at line {error.lineno}; mend or remove it."
        raise Problem("invalid-json", message) from error
    except ValueError as error:
        message = "The file holds a number of too many digits; write it as a text."
        raise Problem("invalid-json", message) from error


def _joined(document: RawDocument, fields: Mapping[str, object], name: str, report: ReadReport) -> RawDocument:
    columns = sort_columns(fields, frozenset(), name)
    report.add_omitted(columns.omitted, name, name)
    return replace(
        document,
        known=columns.known + document.known,
        extra={**document.extra, **columns.extra},
        repairs=document.repairs + columns.repairs,
    )
