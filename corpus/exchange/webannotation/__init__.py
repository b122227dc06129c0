"""W3C Web Annotations: JSON-LD of annotations with bodies (what is said) and targets (selected pieces of texts).

The format is defined by the W3C Recommendations "Web Annotation Data Model" and "Web Annotation Vocabulary" (2017).
"""

from corpus.exchange.standoff import Format
from corpus.exchange.webannotation.reading import read_webannotation
from corpus.exchange.webannotation.writing import write_webannotation

__all__ = ["FORMAT", "read_webannotation", "write_webannotation"]

FORMAT = Format(
    "webannotation",
    "Web Annotation",
    (".jsonld", ".json", ".jsonl", ".ndjson"),
    read_webannotation,
    write_webannotation,
)
