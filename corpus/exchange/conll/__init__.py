"""CoNLL files: a token a line, the tags of entities in columns."""

from corpus.exchange.conll.reading import read_conll
from corpus.exchange.conll.writing import write_conll
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_conll", "write_conll"]

FORMAT = Format(
    name="conll",
    title="CoNLL: a token a line, BIO tags in columns",
    endings=(".conll", ".conll03", ".conllu", ".conllup", ".bio", ".iob", ".iob2", ".bioes", ".tsv"),
    read=read_conll,
    write=write_conll,
)
