"""The card's section on rights: what the rights records decide, by how many articles, and which edition this is."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.export.card_words import escape_markdown, table
from corpus.model.manifest import Manifest

__all__ = ["rights"]

_OWNERS = (
    "The articles are other people's work. **Each keeps its owner's rights**; this dataset grants none. Whether an "
    "article may be passed on stands in `documents.rights_record`, with the rule and the reason; what its text "
    "says of that in `documents.copyright` and `documents.copyright_holder`, where each value comes from in "
    "`documents.evidence`. Whoever passes a text on needs the owner's leave or a ground in law."
)
_EDITIONS = {
    "full": "This is the full edition, for those who hold the texts.",
    "public": (
        "This is the public edition: texts, captions and surface words that may not clearly be passed on are "
        "withheld (null). Offsets, labels and hashes stay; whoever has the raw files rebuilds the full edition "
        "with `corpus hydrate`."
    ),
    "partial": "Rebuilt from a public edition; texts whose raw files were not at hand are withheld (null).",
}


def rights(manifest: Manifest, counts: Mapping[tuple[str, str, str], int]) -> str:
    """Return whose the articles are, which edition this is, and how many have which decision and licence."""
    rows = [
        [f"`{decision}`", escape_markdown(reason), escape_markdown(licence), f"{number:,}"]
        for (decision, reason, licence), number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:50]
    ]
    listed = table(["may be passed on", "why", "licence", "articles"], rows) if rows else ""
    return "\n\n".join(part for part in (_OWNERS, _EDITIONS[manifest.edition], listed) if part)
