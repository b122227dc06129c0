"""The container of spaCy's DocBin, opened with care: bounded, nothing in it run or believed unchecked.

It is zlib around msgpack: columns of numbers for all tokens of all documents, the strings that their hashes stand
for, and for each document span groups and user data, which are msgpack again. spaCy's own loader inflates whatever
it is given and hands its numbers on to C; so of spaCy only the hashing of strings and the msgpack reader are used.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from corpus.errors import ExtraMissingError, SourceError

__all__ = ["Faulty", "Marked", "Stored", "stored_documents"]

_MOST_BYTES, _ALWAYS, _MOST_TIMES = 2**30, 2**28, 100
"""What may come out of a file at most; what always may, and how many times its size, where it has more.

A token of a trained pipeline has about a hundred bytes, and what is written of news takes a tenth as much; zlib can
make a thousand times of a file.
"""
_STRETCH = 2**16
_MOST_ITEMS = 2**22
"""Members of all lists and objects of one msgpack value."""
_SPAN = struct.Struct(">QQQllll")
"""Of a group's span: hashes of id, knowledge base's id and label, then first token, end token, characters."""
_BEGINS, _GOES_ON = 3, 1
"""ENT_IOB: spaCy's codes are 0 (not said), 1 (I), 2 (O), 3 (B)."""


class Faulty(Exception):  # noqa: N818 -- it is no error of ours, but what is told of a document
    """One document cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A span of tokens."""

    group: str
    """Of the span groups; "" for ``doc.ents``."""
    first: int
    end: int
    """One after its last token."""
    label: str
    id: str = ""
    kb_id: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """One document."""

    text: str
    starts: Sequence[int]
    """Of each token in the text, in code points."""
    ends: Sequence[int]
    marks: tuple[Marked, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    """Its user data by name, those of extension attributes aside."""
    said: Mapping[tuple[int, int], Mapping[str, Any]] = field(default_factory=dict)
    """The extension attributes (``span._.NAME``) of a span, by its first character and the one after its last."""
    problems: tuple[str, ...] = ()
    """What of it cannot be used, as sentences."""
    is_classed: bool = False
    """Whether it has categories as a whole."""


def stored_documents(data: bytes) -> Iterator[Stored | Faulty]:
    """Yield the documents of a file's bytes.

    Raises:
        ExtraMissingError: spaCy is not installed.
        SourceError: it is no DocBin, a damaged one, or too large a one; a clause.
    """
    bin_ = _Bin(_inflated(data))
    for number in range(len(bin_.lengths)):
        try:
            yield bin_.document(number)
        except Faulty as error:
            yield error


class _Bin:
    def __init__(self, inflated: bytes | bytearray) -> None:
        held = _unpacked(inflated)
        if not isinstance(held, dict) or not {"attrs", "tokens", "spaces", "lengths", "strings"} <= held.keys():
            raise SourceError("it is no DocBin: it lacks the columns and strings of one")
        self.lengths = _numbers(held, "lengths", "<i4")
        spaces, tokens = _numbers(held, "spaces", "?"), _numbers(held, "tokens", "<u8")
        attrs, rows = held["attrs"], int(self.lengths.sum()) if len(self.lengths) else 0
        if not isinstance(attrs, list) or not attrs or not all(type(one) is int for one in attrs):
            raise SourceError("the list of its attributes is damaged")
        if (self.lengths < 0).any() or len(tokens) != rows * len(attrs) or len(spaces) != rows:
            raise SourceError("its columns are not as long as its documents say")
        self.tokens, self.spaces = tokens.reshape(rows, len(attrs)), spaces
        self.begins = [0, *np.cumsum(self.lengths, dtype=np.int64).tolist()]
        self.held = held
        self.strings, self.columns = _names(held["strings"], attrs)

    def document(self, number: int) -> Stored:
        rows = slice(self.begins[number], self.begins[number + 1])
        words = [self._string(value) for value in self._column("ORTH", rows)]
        flags = self._of(number, "flags")
        unknown = isinstance(flags, dict) and bool(flags.get("has_unknown_spaces"))
        blanks = [True] * len(words) if unknown else self.spaces[rows].tolist()
        widths = [len(word) + blank for word, blank in zip(words, blanks, strict=True)]
        starts = list(accumulate(widths, initial=0))[: len(words)]
        ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
        text = "".join(word + " " * blank for word, blank in zip(words, blanks, strict=True))
        problems: list[str] = []
        marks = [*self._entities(rows), *self._grouped(number, len(words), problems)]
        data = self._data(number, problems)
        named = {key: value for key, value in data if isinstance(key, str)}
        cats = self._of(number, "cats")
        classed = isinstance(cats, dict) and any(isinstance(name, str) for name in cats)
        return Stored(text, starts, ends, tuple(marks), named, _extensions(data), tuple(problems), classed)

    def _entities(self, rows: slice) -> Iterator[Marked]:
        columns = [self._column(name, rows) for name in ("ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID")]
        begun: tuple[int, tuple[int, int, int]] | None = None
        for at, (code, *told) in enumerate([*zip(*columns, strict=True), (0, 0, 0, 0)]):
            said = (told[0], told[1], told[2])
            if begun is not None and (code != _GOES_ON or said[0] != begun[1][0]):
                label, own, kb_id = map(self._string, begun[1])
                yield Marked("", begun[0], at, label, own, kb_id)
                begun = None
            if begun is None and code in (_BEGINS, _GOES_ON):
                begun = at, said

    def _grouped(self, number: int, words: int, problems: list[str]) -> Iterator[Marked]:
        raw = self._of(number, "span_groups")
        for packed, names in _groups(raw, problems):
            for one in _listed(packed, problems):
                own, kb_id, label, first, end, *_ = _SPAN.unpack(one)
                try:
                    said = self._string(label), self._string(own), self._string(kb_id)
                except Faulty as error:
                    problems.append(str(error))
                    continue
                if not 0 <= first < end <= words:
                    problems.append(f"A span of the group {names[0]!r} is empty or outside its {words} tokens.")
                    continue
                yield from (Marked(name, first, end, *said) for name in names)

    def _data(self, number: int, problems: list[str]) -> list[tuple[Any, Any]]:
        raw = self._of(number, "user_data")
        if not isinstance(raw, bytes) or not raw:
            return []
        try:
            return _pairs(_unpacked(raw, pairs=True))
        except SourceError as error:
            problems.append(f"Its user data cannot be read: {error}.")
            return []

    def _of(self, number: int, name: str) -> Any:
        held = self.held.get(name)
        return held[number] if isinstance(held, list) and number < len(held) else None

    def _column(self, name: str, rows: slice) -> list[int]:
        number = self.columns.get(name)
        if number is None:
            return [0] * (rows.stop - rows.start)
        values: list[int] = self.tokens[rows, number].tolist()
        return values

    def _string(self, value: int) -> str:
        found = self.strings.get(value)
        if found is None:
            raise Faulty(f"A hash ({value}) stands for none of the file's strings.")
        return found


def _names(strings: object, attrs: list[int]) -> tuple[dict[int, str], dict[str, int]]:
    """Return the strings by their hashes, and the columns by the names of their attributes."""
    if not isinstance(strings, list) or not all(isinstance(one, str) for one in strings):
        raise SourceError("its strings are damaged")
    try:
        from spacy.attrs import IDS
        from spacy.strings import StringStore
    except ImportError:
        raise ExtraMissingError("spacy", "spacy") from None
    store, columns = StringStore(), {}
    for name in ("ORTH", "ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID"):
        if IDS[name] in attrs:
            columns[name] = attrs.index(IDS[name])
    if "ORTH" not in columns:
        raise SourceError("it has no words")
    return {0: "", **{store.add(one): one for one in strings}}, columns


def _inflated(data: bytes) -> bytearray:
    """Return what zlib holds; how much that is is counted first, so that too much of it is never held.

    Raises:
        SourceError: it is none, broken, or more than one may hold.
    """
    most = min(_MOST_BYTES, max(_ALWAYS, _MOST_TIMES * len(data)))
    size = 0
    for stretch in _stretches(data):
        size += len(stretch)
        if size > most:
            raise SourceError(f"it holds more than {most} bytes; write it in parts")
    inflated, at = bytearray(size), 0
    for stretch in _stretches(data):
        inflated[at : at + len(stretch)] = stretch
        at += len(stretch)
    return inflated


def _stretches(data: bytes) -> Iterator[bytes]:
    inflating = zlib.decompressobj()
    try:
        for at in range(0, len(data), _STRETCH):
            rest = data[at : at + _STRETCH]
            while rest and not inflating.eof:
                yield inflating.decompress(rest, _STRETCH)
                rest = inflating.unconsumed_tail
        yield inflating.flush()
    except zlib.error as error:
        raise SourceError(f"it is no DocBin: {error}") from None
    if not inflating.eof:
        raise SourceError("it breaks off; get it anew")


def _unpacked(data: bytes | bytearray, *, pairs: bool = False) -> Any:
    """Return what msgpack holds: plain values alone, objects as lists of ``pairs`` where asked for.

    Raises:
        ExtraMissingError: spaCy, which brings the reader, is not installed.
        SourceError: it is none, or holds too many values.
    """
    try:
        from srsly import msgpack
    except ImportError:
        raise ExtraMissingError("spacy", "spacy") from None
    count = 0

    def counted(items: list[Any]) -> list[Any]:
        nonlocal count
        count += len(items) + 1
        if count > _MOST_ITEMS:
            raise ValueError(f"it holds more than {_MOST_ITEMS} values")
        return items

    def paired(items: list[Any]) -> Any:
        return counted(items) if pairs else {key: value for key, value in counted(items) if _is_key(key)}

    try:  # an own hook for pairs keeps srsly from making arrays of what is inside
        return msgpack.unpackb(
            data,
            raw=False,
            object_pairs_hook=paired,
            list_hook=counted,
            max_array_len=_MOST_ITEMS,
            max_map_len=_MOST_ITEMS,
            strict_map_key=False,
        )
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise SourceError(f"its msgpack is damaged ({str(error)[:80] or type(error).__name__})") from None


def _is_key(key: object) -> bool:
    return isinstance(key, str | bytes)


def _numbers(held: Mapping[str, Any], name: str, kind: str) -> np.ndarray[Any, Any]:
    data = held[name]
    if not isinstance(data, bytes) or len(data) % np.dtype(kind).itemsize:
        raise SourceError(f"its column {name!r} is damaged")
    return np.frombuffer(data, dtype=kind)


def _pairs(value: object) -> list[tuple[Any, Any]]:
    held = value if isinstance(value, list) else []
    return [(one[0], one[1]) for one in held if isinstance(one, list | tuple) and len(one) == 2]


def _extensions(data: list[tuple[Any, Any]]) -> dict[tuple[int, int], dict[str, Any]]:
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for key, value in data:
        if isinstance(key, list) and len(key) >= 4 and key[0] == "._." and isinstance(key[1], str):
            start, end = key[2], key[3]
            if type(start) is int and type(end) is int:
                found.setdefault((start, end), {})[key[1]] = value
    return found


def _groups(raw: object, problems: list[str]) -> Iterator[tuple[Any, list[str]]]:
    """Yield each group of spans, and its names; older versions of spaCy wrote a list of groups."""
    if not isinstance(raw, bytes) or not raw:
        return
    try:
        held = _unpacked(raw, pairs=True)
        for one in held if isinstance(held, list) else ():
            packed, names = one if isinstance(one, tuple) and len(one) == 2 else (one, None)
            group = {k: v for k, v in _pairs(_unpacked(packed, pairs=True)) if isinstance(k, str)}
            told = names if isinstance(names, list) else [group.get("name")]
            named = [name for name in told if isinstance(name, str)]
            if named:
                yield group.get("spans"), named
    except (SourceError, TypeError) as error:
        problems.append(f"Its span groups cannot be read: {error}.")


def _listed(packed: object, problems: list[str]) -> Iterator[bytes]:
    held = packed if isinstance(packed, list) else [None]
    sound = [one for one in held if isinstance(one, bytes) and len(one) == _SPAN.size]
    if len(sound) < len(held):
        problems.append("Some spans of a group are damaged.")
    yield from sound
