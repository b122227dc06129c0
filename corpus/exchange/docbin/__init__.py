"""spaCy's DocBin, with the extra ``spacy``."""

from corpus.exchange.docbin.reading import read_docbin
from corpus.exchange.docbin.writing import write_docbin
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_docbin", "write_docbin"]

FORMAT = Format(
    name="docbin",
    title="spaCy's DocBin",
    endings=(".spacy",),
    read=read_docbin,
    write=write_docbin,
)
