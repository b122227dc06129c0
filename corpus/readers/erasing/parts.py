"""A part of a raw file (a line, a row, a record, the whole), and what a document in it may be known by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import RawDocument, sha256_text
from corpus.readers.columns import known_columns
from corpus.readers.encoding.decoding import is_blank
from corpus.readers.records import Problem, Record, record_id
from corpus.readers.report import ReadOptions
from corpus.readers.shown import PLAIN, decoded_source, shown
from corpus.readers.values import in_form

__all__ = [
    "Part",
    "Tell",
    "Traces",
    "addresses_of",
    "digest_of",
    "quoted_in",
    "traces_of_document",
    "traces_of_record",
]

_IDS = ("id", "doc_id")
_QUOTED = 48
"""Bytes in UTF-8 (some eight words): what is shorter in another field (a section, a "yes") is no article's text."""

Tell = Callable[[str], None]
"""Takes a sentence that says which place of the file could not be searched, and why."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the document in a part may be known by. Hashes are SHA-256 in hex."""

    ids: tuple[str, ...] = ()
    """Its names; the first is its id."""
    hashes: tuple[str, ...] = ()
    """Of its bytes and of its text as it is decoded."""
    addresses: tuple[str, ...] = ()
    """Of its page, as they stand there."""
    quoted: tuple[str, ...] = ()
    """Of the other texts that lie in the part."""
    by_name: bool = False
    """Whether the id is a file's name or path, which files with different texts may share."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a file."""

    begin: int
    """The first byte of what the file holds (unzipped), or the number of a table's row."""
    end: int
    """Where the next part may begin."""
    traces: Traces
    counts: bool = True
    """Whether a file is of use that has this part alone."""
    names: tuple[str, ...] = ()
    """By what other records of a web archive may speak of this one."""
    stuck: str = ""
    """Why what it quotes cannot be taken out by itself, the end of a sentence."""


def addresses_of(raw: RawDocument) -> tuple[str, ...]:
    """Return the addresses that a document that was read gives for its page, as they stand there."""
    urls = [known.value for known in raw.known if known.column == "url"]
    if raw.head is not None:
        urls += [raw.head.url or "", *(href for rel, href in raw.head.links if rel == "canonical")]
        urls += [content for name, content in raw.head.metas if name.lower() == "og:url"]
    return tuple(url for url in urls if isinstance(url, str) and url)


def traces_of_document(raw: RawDocument) -> Traces:
    """Return what a document that was read is known by."""
    hashes = (raw.raw_sha256, raw.anchor_sha256, digest_of(raw.text.strip()))
    return Traces((raw.doc_id,), tuple(dict.fromkeys(hashes)), addresses_of(raw))


def traces_of_record(fields: Mapping[str, object], options: ReadOptions) -> Traces:
    """Return what a record's document is known by, be it fit to be read or not."""
    own = fields.get(options.text_field)
    others = [value for name, value in fields.items() if name != options.text_field]
    hashes, addresses = list[str](), list(_addresses(fields))
    if isinstance(own, str | bytes) and own.strip():
        hashes += _spellings(own)
        for raw in _readings(own, next(iter(addresses), None), options):
            hashes += (raw.anchor_sha256, sha256_text(raw.text.strip()))
            addresses += addresses_of(raw)
    return Traces(
        ids=tuple(_ids(fields, options)),
        hashes=tuple(dict.fromkeys(hashes)),
        addresses=tuple(dict.fromkeys(addresses)),
        quoted=tuple(quoted_in([*others, *([] if isinstance(own, str | bytes) else [own])])),
    )


def quoted_in(values: Iterable[object]) -> Iterator[str]:
    """Yield the hashes of the longer texts among values, and of those in their lists and objects."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str | bytes):
            if len(value) >= _QUOTED or (
                isinstance(value, str) and 3 * len(value) >= _QUOTED <= len(_bytes(value))
            ):
                yield from _spellings(value)
        elif isinstance(value, Mapping | list | tuple):
            waiting.extend(value.values() if isinstance(value, Mapping) else value)


def _addresses(fields: Mapping[str, object]) -> Iterator[str]:
    """Yield the address that the reader takes: others (of a feed, of a section) are those of many documents."""
    names = {name.lower(): name for name in reversed(list(fields))}
    found = (in_form("url", fields[names[name]]) for name in known_columns()["url"][0] if name in names)
    yield from (url for url in islice(filter(None, found), 1) if isinstance(url, str))


def _spellings(text: str | bytes) -> Iterator[str]:
    """Yield the hashes of a text as it stands there, with plain line breaks, and without space around it."""
    plain = _bytes(text).replace(b"\r\n", b"\n")
    yield from dict.fromkeys(map(digest_of, (text, plain, plain.strip())))


def _ids(fields: Mapping[str, object], options: ReadOptions) -> Iterator[str]:
    names = _IDS if options.id_field is None else (options.id_field,)
    found = next((fields[name] for name in names if fields.get(name) is not None), None)
    if found is not None:
        yield str(found)
        return
    try:
        yield record_id(Record(fields, "", ""), options)[0]
    except Problem:
        return


def _readings(text: str | bytes, url: str | None, options: ReadOptions) -> Iterator[RawDocument]:
    """Yield what a build would make of a text, read as each type that it may have."""
    if len(text) > options.max_document_bytes:
        return
    for media_type in sorted({PLAIN, options.text_type, *options.sought_as}):
        try:
            read = decoded_source(text, media_type)
        except SourceError:
            continue
        source = RawDocument("", read.text, digest_of(text), read.decoder, "", read.repairs)
        document = shown(source, media_type, url)
        if not is_blank(document.text):
            yield document


def digest_of(value: str | bytes) -> str:
    """Return the SHA-256 of a value as it stands there, a text in UTF-8."""
    return sha256_bytes(_bytes(value))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
