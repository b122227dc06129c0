"""Raw news text to cleaned, described, annotated and versioned datasets.

>>> import corpus
>>> document = corpus.clean("The port of Ahlen reopened on Monday, its operator said.\\n\\nShare on Facebook")
>>> document.text
'The port of Ahlen reopened on Monday, its operator said.'
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.errors import CorpusError
from corpus.model.document import Block, Document, Evidence
from corpus.model.projection import Projection
from corpus.model.roles import Reason, Role
from corpus.model.span import Span

__all__ = [
    "Block",
    "CorpusError",
    "Document",
    "Evidence",
    "Projection",
    "Reason",
    "Role",
    "Span",
    "__version__",
    "clean",
    "clean_many",
]

__version__ = "0.1.0"


def clean(text: str) -> Document:
    """Clean and describe one raw text: :func:`clean_many` of one.

    Raises:
        UsageError: ``text`` is not a string.
    """
    return clean_many([text])[0]


def clean_many(texts: Sequence[str], sites: Sequence[str | None] | None = None) -> list[Document]:
    """Clean and describe raw texts; each result depends on its own text alone.

    Args:
        texts: raw texts, decoded. Line ends, NULs, lone surrogates and the like are repaired first; offsets
            refer to the repaired text, which each document holds as ``raw_text``.
        sites: the site (its host) each text comes from, where known; as long as ``texts``.

    Returns:
        One document a text, in order; ``doc_id`` is "0", "1", … by position.

    Raises:
        UsageError: a text is not a string, or the two sequences differ in length.
    """
    # The kernel brings Polars and the language model: imported when first needed.
    from corpus.pipeline.cleaning import clean_texts

    return clean_texts(texts, sites)
