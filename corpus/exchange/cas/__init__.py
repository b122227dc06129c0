"""UIMA CAS XMI, as INCEpTION and WebAnno export and import it: one XMI a document and annotator, and its types."""

from corpus.exchange.cas.reading import read_cas
from corpus.exchange.cas.writing import write_cas
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_cas", "write_cas"]

FORMAT = Format("cas", "UIMA CAS XMI", (".xmi", ".zip"), read_cas, write_cas)
