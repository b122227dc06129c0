"""Raw news text to cleaned, described, annotated and versioned datasets.

>>> import corpus
>>> document = corpus.clean("The port of Ahlen reopened on Monday, its operator said.\\n\\nShare on Facebook")
>>> document.text
'The port of Ahlen reopened on Monday, its operator said.'
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError
from corpus.model.document import Block, Document, Evidence
from corpus.model.projection import Projection
from corpus.model.roles import Reason, Role
from corpus.model.span import Span

if TYPE_CHECKING:
    from corpus.api.annotating import adjudicate, measure_agreement
    from corpus.api.building import build, count_lines
    from corpus.api.datasets import open_dataset
    from corpus.api.exchanging import export_annotations, import_annotations
    from corpus.api.releasing import diff, hydrate, release, verify
    from corpus.api.syncing import pull, push, sync

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
    "adjudicate",
    "build",
    "clean",
    "clean_many",
    "count_lines",
    "diff",
    "export_annotations",
    "hydrate",
    "import_annotations",
    "measure_agreement",
    "open_dataset",
    "pull",
    "push",
    "release",
    "sync",
    "verify",
]

__version__ = "0.9.0"

_VERBS = {
    "annotating": ("adjudicate", "measure_agreement"),
    "building": ("build", "count_lines"),
    "datasets": ("open_dataset",),
    "exchanging": ("export_annotations", "import_annotations"),
    "releasing": ("diff", "hydrate", "release", "verify"),
    "syncing": ("pull", "push", "sync"),
}
"""By module of :mod:`corpus.api`, the functions that are found here too."""


def __getattr__(name: str) -> Any:
    """Return a verb; what it brings (Arrow, Polars, a server's client) is imported when it is first asked for."""
    module = next((module for module, verbs in _VERBS.items() if name in verbs), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"corpus.api.{module}"), name)


def __dir__() -> list[str]:
    """Return the public names, those that are not imported yet too."""
    return sorted({*globals(), *__all__})


def clean(
    text: str,
    *,
    media_type: str = "text/plain",
    site: str | None = None,
    url: str | None = None,
    known_lines: Path | str | None = None,
    line_model: bool = True,
) -> Document:
    """Clean and describe one raw text or page: :func:`clean_many` of one, which says what the arguments are.

    >>> page = "<nav><a href='/'>Home</a></nav><h1>Port opens</h1><p>The port reopened on Monday, they said.</p>"
    >>> clean(page, media_type="text/html").text
    'The port reopened on Monday, they said.'

    Raises:
        UsageError: an argument is of another type, the media type is not known, or ``known_lines`` not there.
        DataError: ``known_lines`` is no file of known lines.
    """
    from corpus.pipeline.arguments import check_one

    check_one(text, site, url)
    documents = clean_many(
        [text], media_type=media_type, sites=[site], urls=[url], known_lines=known_lines, line_model=line_model
    )
    return documents[0]


def clean_many(
    texts: Sequence[str],
    *,
    media_type: str = "text/plain",
    sites: Sequence[str | None] | None = None,
    urls: Sequence[str | None] | None = None,
    known_lines: Path | str | None = None,
    line_model: bool = True,
) -> list[Document]:
    """Clean and describe raw texts or pages; each result depends on its own text (and the counts) alone.

    Args:
        texts: raw texts or the sources of pages, decoded. Line ends, NULs, lone surrogates and the like are
            repaired first; offsets refer to the repaired text (of a page: the text as a reader sees it), which
            each document holds as ``raw_text``.
        media_type: "text/plain", "text/html" or "text/markdown", of all of them.
        sites: the site (its host) each text comes from, where known; as long as ``texts``.
        urls: the address each comes from, where known; as long as ``texts``.
        known_lines: a file that ``corpus known-lines`` made: lines that many documents of the same site share are
            the site's. It is asked about texts whose site or address is known.
        line_model: ask the learned line model too, about lines of plain texts on which no rule speaks by itself
            (docs/cleaning.md says what it gains); False: rules alone.

    Returns:
        One document a text, in order; ``doc_id`` is "0", "1", … by position.

    Raises:
        UsageError: an argument is of another type, the sequences differ in length, the media type is not known, or
            ``known_lines`` not there.
        DataError: ``known_lines`` is no file of known lines.
    """
    # The kernel brings Polars and the language model: imported when first needed.
    from corpus.pipeline.cleaning import clean_texts

    return clean_texts(
        texts, media_type=media_type, sites=sites, urls=urls, known_lines=known_lines, line_model=line_model
    )
