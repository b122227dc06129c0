"""How a release wants to be named and cited: its title, a sentence, and ``CITATION.cff``.

Format: Citation File Format 1.2.0, https://github.com/citation-file-format/citation-file-format.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from corpus.model.about import Maker
from corpus.model.manifest import Manifest
from corpus.model.tables import LAYERS

__all__ = ["CITATION", "citation", "citation_sentence", "described", "titled"]

CITATION = "CITATION.cff"


def titled(manifest: Manifest) -> str:
    """Return the dataset's title: the one it was given, or its name as a heading.

    >>> titled(Manifest(name="news-seeds_2", scheme="s", scheme_version="1.0.0", tool={}, inputs=(), configs={}))
    'News seeds 2'
    """
    if manifest.about.title:
        return manifest.about.title
    words = re.sub(r"[-_]+", " ", manifest.name).strip() or manifest.name
    return words[:1].upper() + words[1:]


def described(manifest: Manifest) -> str:
    """Return a paragraph that says what the dataset is."""
    if manifest.about.description:
        return manifest.about.description
    rows = {name: sum(config.rows.values()) for name, config in manifest.configs.items()}
    articles = f"{rows.get('documents', 0):,} news articles, cleaned"
    if not any(rows.get(layer) for layer in LAYERS):
        return f"{articles} and described: text, blocks with reasons, and no annotations yet."
    return (
        f"{articles}, described and annotated with the scheme {manifest.scheme} "
        f"{manifest.scheme_version}: text, blocks with reasons, entities, claims and whose claims they are."
    )


def citation_sentence(manifest: Manifest) -> str:
    """Return the reference in one line: makers, year, title, version, where it is."""
    makers = "; ".join(maker.shown for maker in manifest.about.makers) or _nobody(manifest)
    year = f" ({manifest.date[:4]})" if manifest.date else ""
    version = f", version {manifest.version}" if manifest.version else ""
    about = manifest.about
    where = f" https://doi.org/{about.doi}" if about.doi else f" {about.homepage}" if about.homepage else ""
    return f"{makers}{year}. {titled(manifest)}{version} [data set].{where}"


def citation(manifest: Manifest) -> str:
    """Return ``CITATION.cff``; it depends on the manifest alone."""
    about = manifest.about
    given: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": titled(manifest),
        "abstract": described(manifest),
        "authors": [_person(maker) for maker in about.makers] or [{"name": _nobody(manifest)}],
        "version": manifest.version,
        "date-released": manifest.date,
        "doi": about.doi,
        "url": about.homepage,
        "keywords": list(dict.fromkeys(about.keywords)),
    }
    kept = {key: value for key, value in given.items() if value}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=110)


def _person(maker: Maker) -> dict[str, str]:
    orcid = f"https://orcid.org/{maker.orcid}" if maker.orcid else None
    if maker.name is not None:
        given = {"name": maker.name, "orcid": orcid}
    else:
        given = {
            "family-names": maker.family_names,
            "given-names": maker.given_names,
            "affiliation": maker.affiliation,
            "orcid": orcid,
        }
    return {key: value for key, value in given.items() if value}


def _nobody(manifest: Manifest) -> str:
    """Return what stands for the makers where nobody named them."""
    return f"The makers of {manifest.name}"
