"""What a page claims its own headline, standfirst and body to be: evidence for the lines that say the same."""

from __future__ import annotations

import json
import re
from html import unescape

from corpus.model.markup import Head

__all__ = ["claims_of"]

_STRING = r'"\s*:\s*"((?:[^"\\]|\\.)*)"'
_BODY = re.compile('"articleBody' + _STRING, re.DOTALL)
_HEADLINE = re.compile('"headline' + _STRING, re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LONGEST = 200_000
_TITLES = ("og:title", "twitter:title", "headline", "title")
_SUMMARIES = ("og:description", "description", "twitter:description")


def claims_of(head: Head) -> tuple[str, str, str]:
    """Return the headline, the standfirst and the body that a page's head claims; empty where it claims none."""
    metas: dict[str, str] = {}
    for name, content in head.metas:
        metas.setdefault(name.lower(), content)
    said = [_said(_HEADLINE, script) for script in head.json_ld]
    titles = [metas.get(name, "") for name in _TITLES] + said + [head.title or ""]
    summaries = (metas.get(name, "") for name in _SUMMARIES)
    bodies = [_said(_BODY, script) for script in head.json_ld]
    return (
        next((title for title in titles if title), ""),
        next((summary for summary in summaries if summary), ""),
        max(bodies, key=len, default="")[:_LONGEST],
    )


def _said(pattern: re.Pattern[str], script: str) -> str:
    """Return a JSON string's value as plain text, from JSON that need not be right elsewhere."""
    found = pattern.search(script)
    if found is None:
        return ""
    try:
        value = str(json.loads(f'"{found[1]}"', strict=False))
    except ValueError:
        return ""
    return " ".join(unescape(_TAG.sub(" ", unescape(value))).split())
