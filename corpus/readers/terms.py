"""What sites reserve in ``/.well-known/tdmrep.json`` (TDMRep, a report of a W3C community group)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus.readers.values import host_of

__all__ = ["WELL_KNOWN", "SiteTerms"]

WELL_KNOWN = "/.well-known/tdmrep.json"
_MOST = 1_000
"""Rules of one site that are read."""
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class _Rule:
    location: str
    reservation: str
    policy: str | None


@dataclass(slots=True)
class SiteTerms:
    """The rules of every site whose file was met, by host."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)

    def add(self, url: str, data: bytes) -> None:
        """Take in a site's file; what is no rule in it is passed over."""
        try:
            listed = json.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return
        host = host_of(url)
        for item in listed[:_MOST] if isinstance(listed, list) and host else ():
            rule = _rule(item)
            if rule is not None:
                self.rules.setdefault(host or "", []).append(rule)

    def of(self, url: str) -> tuple[tuple[str, str], ...]:
        """Return what the longest rule that matches an address says, as columns of columns.toml with values."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fit = [rule for rule in self.rules.get(host_of(url) or "", ()) if _matches(rule.location, path)]
        if not fit:
            return ()
        best = max(fit, key=lambda rule: len(rule.location))
        policy = (("tdm_policy", best.policy),) if best.policy else ()
        return (("tdm_reservation", best.reservation), *policy)


def _rule(item: object) -> _Rule | None:
    if not isinstance(item, Mapping) or not isinstance(location := item.get("location"), str):
        return None
    reservation, policy = item.get("tdm-reservation"), item.get("tdm-policy")
    if str(reservation) not in ("0", "1") or not location or len(location) > _LONGEST:
        return None
    return _Rule(location, str(reservation), policy[:_LONGEST] if isinstance(policy, str) else None)


def _matches(location: str, path: str) -> bool:
    """Tell whether a location fits a path: ``*`` is anything, ``$`` at its end the end (RFC 9309, section 2.2.3).

    The parts between the stars are found one after another, each as early as it can be, in linear time.

    >>> _matches("/news/*.html$", "/news/a/b.html"), _matches("/news/", "/sport/")
    (True, False)
    """
    first, *rest = location.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    last = rest.pop() if rest and location.endswith("$") else None
    for part in rest:
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    if last is not None:
        return len(path) - len(last) >= position and path.endswith(last)
    return not location.endswith("$") or position == len(path)
