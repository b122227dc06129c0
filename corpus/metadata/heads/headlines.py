"""The headline among the titles that a head claims: without the site's name, and as the page's text has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from corpus.metadata.addresses import host_of, registered_site
from corpus.metadata.heads.claims import Claim, Claims
from corpus.metadata.words import table
from corpus.model.markup import Head

__all__ = ["NOT_SHOWN", "headline", "site_names", "squeezed", "stands", "without_site"]

NOT_SHOWN = " (not on the page)"
"""What is said of a claimed title that no line of the page has, unless the JSON-LD article declares it."""
_DECLARED = "article:headline"
_LONGEST = 400
_LONGEST_LINE = 500
_SHORTEST_CUT = 12
"""A title is not cut shorter than this, in code points: what is left would be a section's name."""
_NOT_WORD = re.compile(r"[\W_]+")


def headline(claims: Claims, head: Head, page_text: str | None) -> Claim | None:
    """Return the headline that the JSON-LD article declares, else the claim that the page's text has as a line.

    A declared headline that another claim continues is cut off, and then as good as any. Where no claim stands in
    the text, the first counts. The site's name is no part of it.
    """
    sites = site_names(claims, head)
    candidates = [
        Claim(text, claim.place)
        for claim in claims.of("title")
        if (text := without_site(claim.text, sites)) and len(text) <= _LONGEST and squeezed(text) not in sites
    ]
    if not candidates:
        return None
    declared = next((claim for claim in candidates if claim.place == _DECLARED), None)
    if declared and not _is_cut(declared, candidates):
        return declared
    lines = _squeezed_lines(page_text)
    forms = [(claim, form) for claim in candidates for form in _forms(claim)]
    return next((form for _, form in forms if squeezed(form.text) in lines), candidates[0])


def stands(claim: Claim, page_text: str | None) -> bool:
    """Tell whether the page has the claimed title as a line, or its JSON-LD article declares it."""
    return claim.place == _DECLARED or squeezed(claim.text) in _squeezed_lines(page_text)


def _squeezed_lines(page_text: str | None) -> set[str]:
    return {squeezed(line) for line in (page_text or "").split("\n") if len(line) <= _LONGEST_LINE} - {""}


def _is_cut(declared: Claim, candidates: Sequence[Claim]) -> bool:
    text = squeezed(declared.text)
    longer = any(squeezed(claim.text).startswith(text) and squeezed(claim.text) != text for claim in candidates)
    return longer or declared.text.endswith(("…", "..."))


def without_site(title: str, sites: frozenset[str]) -> str:
    """Return a title without the site's name behind or before it, for each separator that parts it off.

    >>> without_site("Bridge opens | Harbour | The Courier", frozenset(["courier"]))
    'Bridge opens | Harbour'
    """
    for _ in range(3):
        cuts = [match.span() for match in _separators().finditer(title)]
        if not cuts:
            break
        (first, after), (last, end) = cuts[0], cuts[-1]
        if _is_site(title[end:], sites):
            title = title[:last]
        elif _is_site(title[:first], sites):
            title = title[after:]
        else:
            break
    return title.strip()


def squeezed(text: str) -> str:
    """Return the text's letters and digits alone, case folded: what two spellings of a title share.

    >>> squeezed("“Bridge”  opens!") == squeezed("Bridge opens")
    True
    """
    return _NOT_WORD.sub("", text).casefold()


def _forms(claim: Claim) -> Iterator[Claim]:
    """Yield the title as it stands, then shorter and shorter, cut where a separator stands."""
    yield claim
    for match in reversed(list(_separators().finditer(claim.text))[:6]):
        if match.start() >= _SHORTEST_CUT and ":" not in match[0]:
            yield Claim(claim.text[: match.start()].strip(), claim.place)


def site_names(claims: Claims, head: Head) -> frozenset[str]:
    """Return the names of the site, squeezed: what calls itself publisher, and the parts of the host."""
    names = [claim.text for claim in claims.of("publisher")]
    host = host_of(head.url or next((claim.text for claim in claims.of("url")), ""))
    names += [host, registered_site(host), registered_site(host).partition(".")[0]] if host else []
    return frozenset(name for text in names for name in (squeezed(text), squeezed(_bare(text))) if len(name) > 1)


def _bare(name: str) -> str:
    return re.sub(r"(?i)^(?:the|der|die|das|le|la|el)\s+|\.\w{2,4}$", "", name.strip())


def _is_site(text: str, sites: frozenset[str]) -> bool:
    return bool({squeezed(text), squeezed(_bare(text))} & sites)


@cache
def _separators() -> re.Pattern[str]:
    signs = "|".join(map(re.escape, table("heads")["titles"]["separators"]))
    return re.compile(rf"\s+(?:{signs})\s+|:\s+|\s*\|\s*")
