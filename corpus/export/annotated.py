"""What annotators marked in the documents of a dataset that several of them worked on, as columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.agreement.marks import Ints, Marks
from corpus.export.batches import Files, config_batches, read_schema
from corpus.model.scheme import Scheme
from corpus.model.tables import LAYERS

__all__ = ["Annotated", "Layer", "read_annotated"]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer: the marks, and what is said of each item, as codes below 0 where nothing is."""

    name: str
    labels: tuple[str, ...]
    """Their names by number; none where all items of the layer have one."""
    marks: Marks
    values: Mapping[str, Ints]
    """By column: the label, the attributes and the flags."""

    def chosen(self, wanted: NDArray[np.bool_]) -> Layer:
        """Return some of the items."""
        values = {column: codes[wanted] for column, codes in self.values.items()}
        return Layer(self.name, self.labels, self.marks.chosen(wanted), values)

    def of_documents(self, wanted: NDArray[np.bool_]) -> Layer:
        """Return the items of some documents."""
        return self.chosen(wanted[self.marks.document])


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """The documents that two annotators marked anything in, or more; all are numbered from 0."""

    people: tuple[str, ...]
    lengths: Ints
    """Of each document's text as received, to the end of its last block, in code points."""
    work: Ints
    """A row (document, annotator) for everybody who marked anything in a document."""
    layers: tuple[Layer, ...]


def read_annotated(files: Files, scheme: Scheme, except_for: Sequence[str] = ()) -> Annotated:
    """Read the annotation layers; of documents that one annotator alone worked on nothing but the ids is held.

    ``except_for`` names annotators that are left out. So are spans and labels that are none: `corpus verify` tells
    of them.

    Raises:
        DataError: a file cannot be read.
    """
    people, documents = _shared(files, except_for)
    columns = {
        "entities": ("label",),
        "claims": (*(a.name for a in scheme.attributes), *(f.name for f in scheme.flags)),
        "sources": (),
    }
    layers = [
        _layer(_rows(files, name, columns[name], documents), name, people, documents, scheme) for name in LAYERS
    ]
    work = np.concatenate([np.column_stack((one.marks.document, one.marks.annotator)) for one in layers])
    lengths = _lengths(files, documents, layers)
    return Annotated(tuple(people.to_pylist()), lengths, np.unique(work, axis=0), tuple(layers))


def _shared(files: Files, except_for: Sequence[str]) -> tuple[pa.Array, pa.Array]:
    """Return the annotators, and the documents that two of them worked on, in order."""
    first: dict[str, str] = {}
    shared: set[str] = set()
    people: set[str] = set()
    for layer in LAYERS:
        for data in config_batches(files, layer, ("doc_id", "annotator")):
            for doc_id, annotator in set(zip(*(column.to_pylist() for column in data.columns), strict=True)):
                if annotator not in except_for and first.setdefault(doc_id, annotator) != annotator:
                    shared.add(doc_id)
                    people |= {annotator, first[doc_id]}
    return pa.array(sorted(people), pa.large_string()), pa.array(sorted(shared), pa.large_string())


def _rows(files: Files, layer: str, columns: Sequence[str], documents: pa.Array) -> pa.Table:
    """Return the layer's rows of some documents."""
    names = ["doc_id", "annotator", "raw_spans", *columns]
    schema = read_schema(next(path for paths in files[layer].values() for path in paths))
    batches = config_batches(files, layer, names) if len(documents) else ()
    parts = [data.filter(pc.is_in(data.column("doc_id"), documents)) for data in batches]
    return pa.concat_tables([schema.empty_table().select(names), *parts]).combine_chunks()


def _layer(data: pa.Table, name: str, people: pa.Array, documents: pa.Array, scheme: Scheme) -> Layer:
    labels = scheme.entity_labels if name == "entities" else ()
    annotator = _codes(pc.index_in(data.column("annotator"), people))
    document = _codes(pc.index_in(data.column("doc_id"), documents))
    values = {column: _codes(data.column(column)) for column in data.schema.names[3:]}
    label = values["label"] if labels else np.zeros_like(document)
    item, start, end = _pieces(data.column("raw_spans"))
    sound = (start >= 0) & (start < end)
    known = (annotator >= 0) & (label >= 0) & (label < max(len(labels), 1))
    marks = Marks.of(document, annotator * known, label * known, item[sound], start[sound], end[sound])
    return Layer(name, labels, marks, values).chosen(known)


def _codes(column: pa.ChunkedArray) -> Ints:
    """Return a column of numbers or of yes and no; null is -1."""
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), -1).to_numpy(), dtype=np.int64)


def _pieces(column: pa.ChunkedArray) -> tuple[Ints, Ints, Ints]:
    """Return row, start and end of every span of a column of lists."""
    lists = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    spans = pc.list_flatten(lists)
    found = (pc.list_parent_indices(lists), spans.field("start"), spans.field("end"))
    row, start, end = (np.asarray(one.to_numpy(zero_copy_only=False), dtype=np.int64) for one in found)
    return row, start, end


def _lengths(files: Files, documents: pa.Array, layers: Iterable[Layer]) -> Ints:
    """Return how long the documents' texts are; the blocks tell it in every edition, also without the texts."""
    lengths: Ints = np.zeros(len(documents), dtype=np.int64)
    for data in config_batches(files, "blocks", ("doc_id", "end")) if len(documents) else ():
        number = _codes(pc.index_in(data.column("doc_id"), documents))
        np.maximum.at(lengths, number[number >= 0], _codes(data.column("end"))[number >= 0])
    for layer in layers:
        np.maximum.at(lengths, layer.marks.document[layer.marks.item], layer.marks.end)
    return lengths
