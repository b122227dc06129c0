"""brat's stand-off files: a folder of texts (NAME.txt), each with its annotations beside it (NAME.ann).

The format is defined on brat's page "brat standoff format" and by the server's ``annotation.py``.
"""

from corpus.exchange.brat.reading import read_brat
from corpus.exchange.brat.writing import write_brat
from corpus.exchange.standoff import Format

__all__ = ["FORMAT", "read_brat", "write_brat"]

FORMAT = Format("brat", "brat", (), read_brat, write_brat)
