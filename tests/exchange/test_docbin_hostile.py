"""DocBin files that are damaged or mean harm: told, bounded, and nothing in them is run."""

from __future__ import annotations

import pickle
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import srsly
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.tokens import Span as Marked

from corpus.errors import SourceError
from corpus.exchange.docbin import container, read_docbin, reading
from corpus.exchange.standoff import Standoff
from corpus.model.finding import Finding

Held = dict[str, Any]
NLP = spacy.blank("xx")


def made() -> Held:
    """Return what two documents' file holds, unpacked."""
    held = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
    for text in ("Lena left Porto", "Rain in Faro"):
        doc = NLP.make_doc(text)
        doc.set_ents([Marked(doc, 2, 3, "LOC")])
        doc.spans["sc"] = [Marked(doc, 0, 1, "X")]
        doc.user_data["id"] = text[:4]
        held.add(doc)
    return dict(srsly.msgpack_loads(zlib.decompress(held.to_bytes())))


MADE = made()
INFLATED = srsly.msgpack_dumps(MADE)


def parted(path: Path) -> tuple[list[Standoff], list[Finding]]:
    items = list(read_docbin(path))
    return [i for i in items if isinstance(i, Standoff)], [i for i in items if isinstance(i, Finding)]


def told(documents: list[Standoff]) -> list[Any]:
    return [(d.name, d.text, [f"{s.label} {s.spans[0].slice(d.text)}" for s in d.spans]) for d in documents]


WHOLE = [("Lena", "Lena left Porto", ["LOC Porto", "X Lena"]), ("Rain", "Rain in Faro", ["LOC Faro", "X Rain"])]


def spans_as(*spans: tuple[int, ...], **more: Any) -> Callable[[Held], None]:
    """Return a change that makes these the spans of the first document's group."""

    def change(held: Held) -> None:
        packed = [struct.pack(">QQQllll", *span) for span in spans]
        group = srsly.msgpack_dumps({"name": "sc", "attrs": {}, "spans": packed, **more})
        held["span_groups"][0] = srsly.msgpack_dumps({group: ["sc"]})

    return change


def put(name: str, value: Any, number: int | None = None) -> Callable[[Held], None]:
    def change(held: Held) -> None:
        if number is None:
            held[name] = value
        else:
            held[name][number] = value

    return change


def drop(name: str) -> Callable[[Held], None]:
    return lambda held: held.__delitem__(name)


def group(name: str) -> bytes:
    """Return the first document's group of spans, of one span, as it is packed."""
    span = struct.pack(">QQQllll", 0, 0, NLP.vocab.strings.add("X"), 0, 1, 0, 4)
    return bytes(srsly.msgpack_dumps({"name": name, "attrs": {}, "spans": [span]}))


SHORT = {("._.",): 1, ("._.", "tone"): 1, ("._.", "tone", 0): 1, ("._.", "tone", 0, (4,)): 1, ("._.", 7, 0, 4): 1}
"""What is nearly an extension attribute."""


class Bomb:
    """Leaves a file behind where it is unpickled."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("unpickled"),)


ARRAY = {b"nd": True, b"type": "O", b"kind": b"O", b"shape": [1], b"data": pickle.dumps(Bomb())}
NO_X = ("Lena", "Lena left Porto", ["LOC Porto"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (spans_as((0, 0, 0, -(2**28), 2**28, 0, 4)), [NO_X, WHOLE[1]]),
        (spans_as((0, 0, 0, 2, 1, 0, 4), (0, 0, 0, 1, 1, 0, 0), (0, 0, 0, 0, 4, 0, 0)), [NO_X, WHOLE[1]]),
        (spans_as((0, 0, 12345, 0, 1, 0, 4)), [NO_X, WHOLE[1]]),
        (spans_as((0, 0, 0, -2, 1, 0, 4)), [NO_X, WHOLE[1]]),
        (spans_as(spans=[b"short", 7, None]), [NO_X, WHOLE[1]]),
        (spans_as(spans={"a": 1}), [NO_X, WHOLE[1]]),
        (put("span_groups", srsly.msgpack_dumps([b"ab", b"abc"]), 0), [NO_X, WHOLE[1]]),
        (put("span_groups", b"\xc1", 0), [NO_X, WHOLE[1]]),
        (put("span_groups", srsly.msgpack_dumps([b"\xc1"]), 0), [NO_X, WHOLE[1]]),
        (put("user_data", pickle.dumps(Bomb()), 0), [(None, *WHOLE[0][1:]), WHOLE[1]]),
        (put("user_data", b"\x81\xa1", 0), [(None, *WHOLE[0][1:]), WHOLE[1]]),
        (put("strings", ["Lena", "left", "Porto", "LOC", "X"]), WHOLE[:1]),
    ],
)
def test_what_is_damaged_is_told_and_the_rest_is_read(
    change: Any, expected: list[Any], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    held = made()
    change(held)
    (tmp_path / "x.spacy").write_bytes(zlib.compress(srsly.msgpack_dumps(held)))
    documents, findings = parted(tmp_path / "x.spacy")
    assert told(documents) == expected
    assert {finding.code for finding in findings} == {"import-docbin"}
    assert all(finding.place.startswith(f"{tmp_path / 'x.spacy'}[") for finding in findings)
    assert not Path("unpickled").exists()


def test_entities_end_where_another_type_goes_on(tmp_path: Path) -> None:
    """Which spaCy itself never writes: I of another type than the one before, or of none."""
    held = made()
    tokens = np.frombuffer(held["tokens"], "<u8").reshape(-1, 3).copy()
    loc, other = int(tokens[2, 2]), int(tokens[0, 0])  # the hashes of LOC and of Lena
    tokens[:3, 1:] = [(3, loc), (1, other), (1, other)]
    held["tokens"] = tokens.tobytes()
    (tmp_path / "x.spacy").write_bytes(zlib.compress(srsly.msgpack_dumps(held)))
    documents, _ = parted(tmp_path / "x.spacy")
    assert told(documents)[0][2] == ["LOC Lena", "Lena left Porto", "X Lena"]


@pytest.mark.parametrize(
    "change",
    [
        put("user_data", srsly.msgpack_dumps({"id": "Lena", "array": ARRAY}), 0),
        put("user_data", srsly.msgpack_dumps({"id": "Lena", "newscorpus": None}), 0),
        put("user_data", srsly.msgpack_dumps({"id": "Lena", **SHORT}), 0),
        put("span_groups", srsly.msgpack_dumps({group("sc"): ["sc", 7]}), 0),
        put("cats", [{b"nd": True, b"type": "O", b"data": pickle.dumps(Bomb())}]),
        put("cats", [{("a", "b"): 1.0, 7: 0.5}]),
        put("flags", [{"has_unknown_spaces": 0}, 7]),
        drop("flags"),
        drop("cats"),
    ],
)
def test_what_nobody_asks_for_is_no_matter(change: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    held = made()
    change(held)
    (tmp_path / "x.spacy").write_bytes(zlib.compress(srsly.msgpack_dumps(held)))
    documents, findings = parted(tmp_path / "x.spacy")
    assert (told(documents), findings) == (WHOLE, [])
    assert not Path("unpickled").exists()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "breaks off"),
        (b"plain words", "no DocBin"),
        (zlib.compress(INFLATED)[:-20], "breaks off"),
        (zlib.compress(b""), "damaged"),
        (zlib.compress(b"\x91" * 5000), "damaged"),
        (zlib.compress(b"\xdd\xff\xff\xff\xff"), "damaged"),
        (zlib.compress(srsly.msgpack_dumps([1])), "no DocBin"),
        (drop("tokens"), "no DocBin"),
        (put("tokens", b"123"), "damaged"),
        (put("tokens", 7), "damaged"),
        (put("spaces", b""), "not as long"),
        (put("lengths", np.asarray([3, -3], dtype="<i4").tobytes()), "not as long"),
        (put("lengths", np.asarray([2**31 - 1, 2**31 - 1], dtype="<i4").tobytes()), "not as long"),
        (put("attrs", []), "attributes"),
        (put("attrs", [True, None, "x"]), "attributes"),
        (put("attrs", [0, 0, 0]), "no words"),
        (put("strings", [7]), "strings"),
        (put("strings", "abc"), "strings"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(data: Any, expected: str, tmp_path: Path) -> None:
    if not isinstance(data, bytes):
        held = made()
        data(held)
        data = zlib.compress(srsly.msgpack_dumps(held))
    path = tmp_path / "x.spacy"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=expected) as error:
        list(read_docbin(path))
    assert str(path) in str(error.value)


def test_no_more_is_held_than_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither bytes, nor values, nor characters of a document."""
    path = tmp_path / "x.spacy"
    path.write_bytes(zlib.compress(INFLATED))
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 13)
    documents, findings = parted(path)
    assert (told(documents), [finding.code for finding in findings]) == (WHOLE[1:], ["import-text"])
    path.write_bytes(zlib.compress(bytes(10_000_000), 9))
    monkeypatch.setattr(container, "_MOST_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="more than 1000000 bytes"):
        list(read_docbin(path))
    monkeypatch.setattr(container, "_MOST_ITEMS", 1000)
    for values in ([[{}] * 100] * 100, [{"a": 1}] * 600, [1] * 1001):
        path.write_bytes(zlib.compress(srsly.msgpack_dumps(values)))
        with pytest.raises(SourceError, match="damaged"):
            list(read_docbin(path))


def test_a_bomb_is_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file may hold no more than some; it is refused while it is counted."""
    data = zlib.compress(bytes(50_000_000), 9)
    monkeypatch.setattr(container, "_ALWAYS", 2_000_000)
    tracemalloc.start()
    with pytest.raises(SourceError, match=r"more than 4[0-9]{6} bytes"):  # a hundred times its size
        list(container.stored_documents(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    monkeypatch.setattr(container, "_MOST_TIMES", 2000)
    with pytest.raises(SourceError, match="damaged"):
        list(container.stored_documents(data))


@given(
    places=st.lists(st.tuples(st.integers(0, len(INFLATED) - 1), st.integers(0, 255)), min_size=1, max_size=4),
    cut=st.none() | st.integers(0, len(INFLATED)),
)
def test_whatever_the_bytes_no_read_breaks(
    places: list[tuple[int, int]], cut: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(INFLATED)
    for place, value in places:
        data[place] = value
    path = tmp_path_factory.mktemp("docbin") / "x.spacy"
    path.write_bytes(zlib.compress(bytes(data[:cut])))
    try:
        documents, _ = parted(path)
    except SourceError:
        return
    for document in documents:
        assert all(piece.within(len(document.text)) for span in document.spans for piece in span.spans)
