"""What the layers, features and relations of INCEpTION's documents are called, for reading and for writing.

Custom layers are types ``webanno.custom.NAME`` right below ``uima.tcas.Annotation``. A layer of spans has only
strings, booleans and arrays of strings; one of relations has exactly the two references ``Governor`` (where it
starts) and ``Dependent``, and lies where the latter does. So INCEpTION's import of a type system asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.model.scheme import Scheme

__all__ = [
    "ANNOTATION",
    "BOOLEAN",
    "END",
    "ENTITY",
    "IDENTIFIER",
    "ITEM",
    "LABELS",
    "METADATA",
    "NOTE",
    "PASSED_OVER",
    "RELATIONS",
    "START",
    "STRING",
    "STRINGS",
    "UNNAMED",
    "Layer",
    "add_metadata",
    "kb_id",
    "label_of_layer",
    "layers_of",
    "told_kb_id",
]

ANNOTATION, STRING, BOOLEAN, STRINGS = (
    "uima.tcas.Annotation",
    "uima.cas.String",
    "uima.cas.Boolean",
    "uima.cas.StringArray",
)
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
START, END = "Governor", "Dependent"
LABELS = ("value", "label")
"""The features that name a span or relation more closely than its layer does."""
IDENTIFIER, NOTE, ITEM = "identifier", "note", "item_id"
"""The features of a knowledge base's identifier, of a remark, and of the id that a span has in the dataset."""
UNNAMED = "webanno.custom.Relation"
"""The layer of relations that have none of their own; ``label`` names them."""
RELATIONS = {
    "said_by": "webanno.custom.SaidBy",
    "outer_said_by": "webanno.custom.OuterSaidBy",
    "cued_by": "webanno.custom.CuedBy",
    "continues": "webanno.custom.Continues",
}
PASSED_OVER = (
    "uima.",
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.",
    "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.",
    "de.tudarmstadt.ukp.dkpro.core.api.syntax.",
    "de.tudarmstadt.ukp.clarin.webanno.",
    "de.tudarmstadt.ukp.inception.",
    "de.tudarmstadt.ukp.dkpro.core.api.structure.",
    "de.tudarmstadt.ukp.dkpro.core.api.transform.",
    "org.dkpro.core.api.",
)
"""Types of the tool itself, and of words, sentences, sections and grammar, which nobody marked."""

_METADATA = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")
_SPANS = {"claims": "webanno.custom.Claim", "sources": "webanno.custom.Source", "cues": "webanno.custom.Cue"}
_MORE = {"claims": ("group_id",), "entities": ("entity_id",)}
_LISTS = {"claims": ("entity_ids",), "sources": ("entity_ids",)}
_WIKIDATA = "http://www.wikidata.org/entity/"
_QID = re.compile(r"Q[1-9]\d*")
_QID_IRI = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of spans, and what features it has."""

    type: str
    features: Mapping[str, str]
    """Their names and the types of their values."""


def layers_of(scheme: Scheme) -> dict[str, Layer]:
    """Return the layer of each of a scheme's span labels; all other labels are values of a named entity."""
    layers = {}
    for span in scheme.spans:
        features = dict.fromkeys((NOTE, ITEM, *_MORE.get(span.layer, ())), STRING)
        features |= dict.fromkeys(_LISTS.get(span.layer, ()), STRINGS)
        if span.layer == "claims":
            features |= {one.name: STRING for one in scheme.attributes} | {
                one.name: BOOLEAN for one in scheme.flags
            }
        layers[span.label] = Layer(_SPANS[span.layer], features)
    features = dict.fromkeys(("value", IDENTIFIER, NOTE, ITEM, *_MORE["entities"]), STRING)
    return {**layers, "": Layer(ENTITY, features)}


def add_metadata(types: Any) -> None:
    """Give a type system (cassis') the type that says what a document is called, unless it has it."""
    if types.contains_type(METADATA):
        return
    made = types.create_type(METADATA, supertypeName="uima.tcas.DocumentAnnotation")
    for name in _METADATA:
        types.create_feature(made, name, STRING)
    types.create_feature(made, "isLastSegment", BOOLEAN)


def label_of_layer(type_name: str) -> str:
    """Return what a layer is called that does not say more: our own layers as our schemes do.

    >>> label_of_layer("webanno.custom.Claim"), label_of_layer("webanno.custom.Irony")
    ('CLAIM', 'Irony')
    """
    own = {name: label for label, name in RELATIONS.items()}
    short = type_name.rpartition(".")[2]
    return own.get(type_name, short.upper() if type_name in _SPANS.values() else short)


def kb_id(told: str) -> str:
    """Return a knowledge base's identifier, of Wikidata's without the base's name.

    >>> kb_id("http://www.wikidata.org/entity/Q42"), kb_id("urn:x:1")
    ('Q42', 'urn:x:1')
    """
    found = _QID_IRI.fullmatch(told)
    return found[1] if found else told


def told_kb_id(known: str) -> str:
    """Return an identifier as INCEpTION keeps it: an IRI.

    >>> told_kb_id("Q42")
    'http://www.wikidata.org/entity/Q42'
    """
    return f"{_WIKIDATA}{known}" if _QID.fullmatch(known) else known
