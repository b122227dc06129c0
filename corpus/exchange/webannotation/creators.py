"""Who made annotations: names as they are told, but no e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.model.counted import count
from corpus.model.finding import Finding, Severity

__all__ = ["Creators"]

_NAMES = ("name", "nickname", "account", "id", "@id")


class Creators:
    """Names creators, and numbers those of whom no more than an e-mail address is told.

    >>> creators = Creators()
    >>> told = [{"type": "Person", "name": "Ann"}, "acct:bob@service.example", "mailto:cy@a.example", None]
    >>> [creators.name(one) for one in told]
    ['Ann', 'bob', 'person-1', None]
    """

    def __init__(self) -> None:
        self._numbered: dict[str, str] = {}

    def name(self, creator: object) -> str | None:
        """Return what a creator is called: the first of several."""
        told = next(iter(creator), None) if isinstance(creator, list) else creator
        names = [told.get(name) for name in _NAMES] if isinstance(told, dict) else [told]
        listed = [next(iter(name), None) if isinstance(name, list) else name for name in names]
        found = [name for name in listed if isinstance(name, str) and name]
        plain = next((name for name in found if "@" not in name), None)
        if plain is not None or not found:
            return plain
        account = found[0].removeprefix("acct:")
        if account != found[0]:
            return account.partition("@")[0] or None
        return self._numbered.setdefault(found[0], f"person-{len(self._numbered) + 1}")

    def findings(self, place: str) -> Iterator[Finding]:
        """Yield a note on those who were numbered."""
        if self._numbered:
            who = count(len(self._numbered), "creator")
            message = f"{who} named by an e-mail address alone became person-1 …: addresses are not passed on."
            yield Finding("import-annotator", place, message, Severity.NOTE)
