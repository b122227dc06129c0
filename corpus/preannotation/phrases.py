"""Words, cues and noun phrases, as far as attributions need them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.model.span import Span
from corpus.preannotation.lexicon import Forms, Language

__all__ = ["Token", "adjunct", "cue_at", "noun_phrase", "tokens_of"]

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:-\w+)?"  # U.S., U.S.-based
    r"|\w+(?:(?:[’'.\-&@]|(?<=\d),(?=\d))\w+)*(?:(?<=s)[’'](?=\s))?"  # Pakistan’s, well-known, workers'
    r"|[^\w\s]"
)
_LONGEST = 14
"""Tokens of the longest noun phrase that is taken for a source."""


class Token(NamedTuple):
    """A word or a mark with its place in the text; ``low`` is its case-folded form."""

    start: int
    end: int
    text: str
    low: str

    @property
    def word(self) -> bool:
        """Whether it is a word or a number, not a mark."""
        return self.text[0].isalnum()

    @property
    def capital(self) -> bool:
        """Whether it begins with an upper-case letter (or has one after "al-" and the like)."""
        return self.text[0].isupper() or (self.word and "-" in self.text and any(map(str.isupper, self.text)))


def tokens_of(text: str, span: Span) -> list[Token]:
    """Return the tokens of a part of ``text``, with offsets into the whole."""
    return [
        Token(m.start(), m.end(), m[0], m[0].casefold().replace("’", "'"))
        for m in _TOKEN.finditer(text, span.start, span.end)
    ]


def cue_at(tokens: Sequence[Token], at: int, forms: Forms) -> int:
    """Return how many tokens from ``at`` on are the longest of these forms, 0 for none."""
    for form in forms.get(tokens[at].low, ()):
        if tuple(token.low for token in tokens[at : at + len(form)]) == form:
            return len(form)
    return 0


def adjunct(tokens: Sequence[Token], language: Language) -> bool:
    """Tell whether tokens between source and cue only say when, how or where ("also", "on Wednesday")."""
    simple = language.adverbs | language.auxiliaries | language.times
    rest = [token for token in tokens if token.text not in (",", ".")]
    while rest:
        if rest[0].low in simple or rest[0].low in language.days:
            rest = rest[1:]
        elif rest[0].low in language.stops and len(rest) >= 2:
            size = 3 if len(rest) > 2 and rest[1].low in language.determiners else 2
            rest = rest[size:]
        else:
            return False
    return True


def noun_phrase(
    tokens: Sequence[Token],
    at: int,
    language: Language,
    abbreviations: frozenset[str],
    *,
    apposition: bool = True,
) -> int:
    """Return the end (exclusive) of the noun phrase that starts at ``at``, or ``at`` where none does.

    A pronoun; a name with what stands before it; or a determiner, a role noun or an adjective with what
    follows, "of", "for" and the like included, until a word that ends a noun phrase. A name may be
    followed by an apposition between commas ("Jane Roe, head of the union,") unless told not to.
    """
    if at >= len(tokens) or not tokens[at].word:
        return at
    first = tokens[at]
    if first.low in language.pronouns:
        return at + 1
    if first.low in language.that or (
        first.low in language.stops | language.adverbs and first.low not in language.determiners
    ):
        return at
    started = first.low in language.determiners | language.modifiers or first.text[0].isdigit()
    if not (started or first.capital or _bare(first) in language.roles):
        return at
    end = _plain(tokens, at, language, abbreviations, started)
    if apposition and end > at and tokens[end - 1].capital:
        return _apposition(tokens, end, language, abbreviations)
    return end


def _plain(
    tokens: Sequence[Token], at: int, language: Language, abbreviations: frozenset[str], started: bool
) -> int:
    here = at
    while here < len(tokens) and here - at < _LONGEST:
        token = tokens[here]
        if not token.word:
            if not (token.text == "." and here > at and _shortened(tokens, here, abbreviations)):
                break
        elif here > at and not _goes_on(tokens, here, language, started):
            break
        here += 1
    while here > at + 1 and tokens[here - 1].low in language.links | {"and", "und", "et", "y"}:
        here -= 1
    return here


def _goes_on(tokens: Sequence[Token], at: int, language: Language, started: bool) -> bool:
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.low in language.days | language.quoting | language.naming or cue_at(tokens, at, language.cues):
        return False
    if token.low in ("and", "und", "et", "y", "&"):
        return after is not None and after.capital and not cue_at(tokens, at + 1, language.cues)
    if token.low in language.links:
        return after is not None and after.word
    if token.capital:
        return True
    if token.low in language.stops | language.adverbs | language.pronouns:
        return False
    if after is not None and after.low in language.determiners:
        return False  # "The coach praised his team": only a verb stands before a second determiner
    before = tokens[at - 1]
    in_phrase = before.low in language.links | language.determiners | language.modifiers
    return started or in_phrase or _bare(token) in language.roles or _next_role(tokens, at, language)


def _next_role(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Tell whether an adjective leads to a role noun: "Russian foreign minister"."""
    return (
        tokens[at].low in language.modifiers
        and at + 1 < len(tokens)
        and (_bare(tokens[at + 1]) in language.roles or tokens[at + 1].low in language.modifiers)
    )


def _apposition(tokens: Sequence[Token], end: int, language: Language, abbreviations: frozenset[str]) -> int:
    if end + 1 >= len(tokens) or tokens[end].text != ",":
        return end
    first = tokens[end + 1]
    opens = first.capital or first.low in language.determiners | language.modifiers
    if not (opens or _bare(first) in language.roles) or first.low in language.pronouns:
        return end
    here = end + 1
    while here < len(tokens) and here - end < _LONGEST + 2:
        token = tokens[here]
        if cue_at(tokens, here, language.cues) or (
            token.low in language.pronouns | language.auxiliaries | language.that
        ):
            return end
        shortened = token.text == "." and _shortened(tokens, here, abbreviations)
        if not token.word and token.text not in ("-", "’", "'", "&") and not shortened:
            return here if token.text in (",", ".", ";", "—", "–") and here > end + 2 else end
        here += 1
    return here if here == len(tokens) and here > end + 2 else end


def _shortened(tokens: Sequence[Token], at: int, abbreviations: frozenset[str]) -> bool:
    """Tell whether the full stop at ``at`` belongs to an abbreviation or an initial."""
    before = tokens[at - 1]
    if before.end != tokens[at].start:
        return False
    return before.text in abbreviations or (len(before.text) == 1 and before.text.isupper())


def _bare(token: Token) -> str:
    return token.low.removesuffix("'s").removesuffix("'")
