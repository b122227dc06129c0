"""The rule data of the pre-annotator: reporting verbs by language, and names."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from corpus.files import package_text

__all__ = ["Forms", "Language", "Names", "Rules", "read_rules"]

_FILES = ("verbs.toml", "names.toml")

Forms = Mapping[str, tuple[tuple[str, ...], ...]]
"""Multi-word expressions by their first word, in lower case, longest first; words as tokens."""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language reports speech; see the head of ``verbs.toml`` for what each list means."""

    clause: Forms
    cues: Forms
    """Everything that attributes: clause, quote and participle."""
    participle: frozenset[str]
    quoting: frozenset[str]
    naming: frozenset[str]
    tell: frozenset[str]
    according: Forms
    that: frozenset[str]
    pronouns: frozenset[str]
    determiners: frozenset[str]
    roles: frozenset[str]
    modifiers: frozenset[str]
    links: frozenset[str]
    stops: frozenset[str]
    adverbs: frozenset[str]
    auxiliaries: frozenset[str]
    days: frozenset[str]
    times: frozenset[str]
    finite: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are facts, and the words around names."""

    tables: Mapping[str, tuple[str, ...]]
    """Names by label."""
    last: Mapping[str, str]
    """Label by the last word of a capitalised phrase."""
    first: Mapping[str, str]
    """Label by the first word of a phrase that goes on with a preposition or a name."""
    titles: frozenset[str]
    title_starts: frozenset[str]
    """The first words of the titles."""
    particles: frozenset[str]
    not_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """All of the rule data, and a hash that changes with it."""

    languages: Mapping[str, Language]
    names: Names
    elisions: frozenset[str]
    abbreviations: frozenset[str]
    scores: Mapping[str, float]
    digest: str

    def language(self, code: str | None) -> Language:
        """Return the rules of a language, English where it is unknown or has none."""
        return self.languages.get(code or "en", self.languages["en"])


@cache
def read_rules() -> Rules:
    """Read the rule data that lies beside this module (once)."""
    texts = [package_text("corpus.preannotation", name) for name in _FILES]
    verbs, names = (tomllib.loads(text) for text in texts)
    languages = {
        code: _language(table) for code, table in verbs.items() if isinstance(table, dict) and "clause" in table
    }
    return Rules(
        languages=languages,
        names=_names(names),
        elisions=frozenset(verbs["elisions"]["words"]),
        abbreviations=frozenset(verbs["abbreviations"]["words"]),
        scores=verbs["scores"],
        digest=hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest(),
    )


def _language(table: Mapping[str, list[str]]) -> Language:
    words = {name: frozenset(word.casefold() for word in found) for name, found in table.items()}
    return Language(
        clause=_forms(table["clause"]),
        cues=_forms([*table["clause"], *table["quote"], *table["participle"]]),
        according=_forms(table["according"]),
        **{
            name: words[name]
            for name in (
                "participle",
                "quoting",
                "naming",
                "tell",
                "that",
                "pronouns",
                "determiners",
                "roles",
                "modifiers",
                "links",
                "stops",
                "adverbs",
                "auxiliaries",
                "days",
                "times",
                "finite",
            )
        },
    )


def _forms(phrases: Iterable[str]) -> Forms:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in dict.fromkeys(phrases):
        parts = tuple(phrase.casefold().replace("’", "'").split())
        found.setdefault(parts[0], []).append(parts)
    return {first: tuple(sorted(many, key=len, reverse=True)) for first, many in found.items()}


def _names(table: Mapping[str, Mapping[str, object]]) -> Names:
    heads: Mapping[str, Mapping[str, list[str]]] = table["heads"]  # type: ignore[assignment]
    lists: Mapping[str, Mapping[str, list[str]]] = table  # type: ignore[assignment]
    return Names(
        tables={label: tuple(names) for label, names in lists["tables"].items()},
        last={word: label for label, words in heads["last"].items() for word in words},
        first={word: label for label, words in heads["first"].items() for word in words},
        titles=frozenset(lists["titles"]["words"]),
        title_starts=frozenset(title.split()[0] for title in lists["titles"]["words"]),
        particles=frozenset(lists["titles"]["particles"]),
        not_names=frozenset(lists["not_names"]["words"]),
    )
