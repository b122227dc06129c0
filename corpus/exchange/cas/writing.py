"""A zip of XMI documents and their type system, laid out as INCEpTION exports a project's annotations."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus.exchange.cas.layers import (
    ANNOTATION,
    BOOLEAN,
    END,
    IDENTIFIER,
    ITEM,
    METADATA,
    NOTE,
    RELATIONS,
    START,
    STRING,
    STRINGS,
    UNNAMED,
    Layer,
    add_metadata,
    layers_of,
    told_kb_id,
)
from corpus.exchange.cas.parsing import cassis
from corpus.exchange.filenames import FileNames
from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.files import atomic_write
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme

__all__ = ["NOBODY", "write_cas"]

NOBODY = "annotations"
"""The file of annotations that are nobody's in particular."""
_TITLE = "UIMA CAS XMI"
_FOLDER = "annotation"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def write_cas(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:
    """Write ``annotation/DOCUMENT/ANNOTATOR.xmi`` for each document, and ``TypeSystem.xml``.

    Entities are named entities; claims, sources, cues and relations have layers ``webanno.custom.…``. The pieces
    of a span are annotations that ``webanno.custom.Continues`` chains.

    Yields:
        A warning for each kind of thing that has no place there.

    Raises:
        OSError: the file cannot be written.
        ExtraMissingError: the extra ``cas`` is not installed.
    """
    layers = layers_of(scheme)
    types = _type_system(layers)
    places = _Places()
    with atomic_write(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "TypeSystem.xml", types.to_xml().encode())
        for document in documents:
            losses = Losses(document)
            cas = _Writing(document, layers, types, losses).cas()
            yield from losses.findings(_TITLE)
            _put(archive, places.of(document), cas.to_xmi().encode())


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # of 1980: the same documents give the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


class _Places:
    """Gives each document a folder and each of its annotators a file in it."""

    def __init__(self) -> None:
        self.names = FileNames()
        self.folders: dict[tuple[str | None, str], tuple[str, FileNames]] = {}

    def of(self, document: Standoff) -> str:
        key = document.name, document.text
        if key not in self.folders:
            self.folders[key] = self.names.give(document.name), FileNames()
        folder, files = self.folders[key]
        return f"{_FOLDER}/{folder}/{files.give(document.annotator or NOBODY)}.xmi"


def _type_system(layers: dict[str, Layer]) -> Any:
    types = cassis().TypeSystem()
    add_metadata(types)
    for layer in layers.values():
        made = types.create_type(layer.type, supertypeName=ANNOTATION)
        for name, kind in layer.features.items():
            types.create_feature(made, name, kind)
    for name in (*RELATIONS.values(), UNNAMED):
        made = types.create_type(name, supertypeName=ANNOTATION)
        for end in (END, START):
            types.create_feature(made, end, ANNOTATION)
        types.create_feature(made, "label", STRING)
    return types


class _Writing:
    """One document's CAS."""

    def __init__(self, document: Standoff, layers: dict[str, Layer], types: Any, losses: Losses) -> None:
        self.document, self.layers, self.types, self.losses = document, layers, types, losses
        self.made = cassis().Cas(typesystem=types)
        self.first: dict[str, Any] = {}
        """The first piece of each span, at which relations start and end."""

    def cas(self) -> Any:
        self.made.sofa_string = self._kept(self.document.text, str(self.document.name))
        self.made.sofa_mime = "text/plain"
        metadata = self.types.get_type(METADATA)
        title = self._kept(self.document.name or "", "its name")
        told = self._kept(self.document.annotator or "", "its annotator") or None
        length = len(self.document.text)
        self.made.add(metadata(begin=0, end=length, documentTitle=title or None, documentId=told))
        for span in self.document.spans:
            self._span(span)
        for relation in self.document.relations:
            ends = [self.first.get(name) for name in (relation.source, relation.target)]
            if ends[0] is None or ends[1] is None:
                self.losses.add("export-relations", "a relation to nothing is left out", relation.source)
            else:
                self._relation(relation.label, ends[0], ends[1])
        return self.made

    def _span(self, span: StandoffSpan) -> None:
        layer = self.layers.get(span.label, self.layers[""])
        features = self._features(span, layer)
        if layer is self.layers[""]:
            features["value"] = self._kept(span.label, span.id)
        before = None
        for piece in span.spans:
            annotation = self.types.get_type(layer.type)(begin=piece.start, end=piece.end)
            for name, value in features.items() if before is None else ():
                annotation[name] = value
            if before is not None and "value" in features:
                annotation["value"] = features["value"]
            self.made.add(annotation)
            if before is None:
                self.first[span.id] = annotation
            else:
                self._relation("continues", annotation, before)
            before = annotation

    def _features(self, span: StandoffSpan, layer: Layer) -> dict[str, Any]:
        features: dict[str, Any] = {ITEM: self._kept(span.id, span.id)}
        if span.note:
            features[NOTE] = self._kept(span.note, span.id)
        if span.kb_id and IDENTIFIER in layer.features:
            features[IDENTIFIER] = told_kb_id(self._kept(span.kb_id, span.id))
        elif span.kb_id:
            self.losses.add("export-kb-id", "an identifier of what is no entity is left out", span.id)
        for name, values in span.attributes.items():
            kind = layer.features.get(name) if name not in (NOTE, ITEM, IDENTIFIER, "value") else None
            kept = [self._kept(value, span.id) for value in values]
            if kind == BOOLEAN and not values:
                features[name] = True
            elif kind == STRINGS and values:
                features[name] = self.types.get_type(STRINGS)(elements=kept)
            elif kind == STRING and len(values) == 1:
                features[name] = kept[0]
            else:
                self.losses.add("export-attributes", f"the attribute {name!r} is left out", span.id)
        return features

    def _relation(self, label: str, start: Any, end: Any) -> None:
        kind = self.types.get_type(RELATIONS.get(label, UNNAMED))
        relation = kind(begin=end.begin, end=end.end)
        relation[START], relation[END] = start, end
        if label not in RELATIONS:
            relation["label"] = self._kept(label, "its name")
        self.made.add(relation)

    def _kept(self, text: str, example: str) -> str:
        if _NOT_XML.search(text) is None:
            return text
        self.losses.add("export-text", "characters that XML cannot hold become U+FFFD", example)
        return _NOT_XML.sub("\ufffd", text)
