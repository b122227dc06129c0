"""Reported speech without (or with only scattered) quotation marks, one sentence at a time.

Precision before recall: only sentences whose frame is plain are read. "X said (that) …", "…, X said",
"…, said X", "According to X, …", "…, according to X", and a cue between commas, "The project, officials
say, will …", which breaks the claim in two.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from corpus.model.span import Span
from corpus.preannotation.attribution import Attribution, Attributor
from corpus.preannotation.lexicon import Language
from corpus.preannotation.phrases import Token, cue_at, noun_phrase, tokens_of

__all__ = ["Reported", "find_headline", "find_reported", "sentences_of"]

_END = re.compile(r"[.!?…]+[”’\"')\]»“]*(?=\s+[^\W_a-zß-öø-ÿ]|\s+[“‘„«\"'(\[]|\s*$)")
_MARKS = frozenset('“"‘«„')
_LONGEST_TAIL = 45
_FEWEST = 4
"""Words of the shortest reported claim."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported claim (its pieces) and its attribution."""

    spans: tuple[Span, ...]
    attribution: Attribution


def sentences_of(text: str, span: Span, abbreviations: frozenset[str]) -> Iterator[Span]:
    """Yield the sentences of a stretch of one line, with their closing marks."""
    start = span.start
    for match in _END.finditer(text, span.start, span.end):
        if text[match.start()] == "." and _abbreviated(text, match.start(), start, abbreviations):
            continue
        yield Span(start, match.end())
        start = match.end()
        while start < span.end and text[start].isspace():
            start += 1
    if start < span.end:
        yield Span(start, span.end)


def find_reported(reader: Attributor, sentence: Span, inherited: Span | None = None) -> list[Reported]:
    """Return the reported claims of one sentence, in the order of their cues.

    ``inherited`` is the source of the quotation just before, whose sentence goes on: ", adding that …".
    """
    tokens = tokens_of(reader.text, sentence)
    while tokens and tokens[-1].text in ".!?…":
        tokens.pop()
    if len(tokens) < _FEWEST + 2:
        return []
    if inherited is not None and tokens[0].text == ",":
        return _leading(reader, tokens, inherited)
    for read in (_parenthetical, _leading_according, _closing, _leading):
        found = read(reader, tokens)
        if found:
            return found
    return []


def _leading(reader: Attributor, tokens: Sequence[Token], source: Span | None = None) -> list[Reported]:
    """X said (on Wednesday) (that) …, adding that …; X termed it “…”"""
    found: list[Reported] = []
    at = 1 if tokens else 0
    opened: tuple[int, Attribution] | None = None
    while at < len(tokens):
        size = cue_at(tokens, at, reader.language.clause)
        before = tokens[at - 2] if tokens[at - 1].low in reader.language.adverbs else tokens[at - 1]
        participle = tokens[at].low in reader.language.participle and before.text == ","
        chained = source is not None and (participle or before.low == "and")
        naming = _names_in_quotes(reader, tokens, at)
        size = size or (1 if participle or naming else 0)
        if not size or (source is not None and not chained):
            at += 1
            continue
        subject = source if chained else reader.subject(tokens, 0, at)
        start = at + 1 if naming else _clause_start(reader, tokens, at, at + size)
        if start is None or subject is None:
            at += size
            continue
        if opened is not None:
            found += _reported(tokens, opened, at - 1)
        source = subject
        opened = (start, Attribution(_cue(reader, tokens, at, size), subject))
        at = start
    if opened is not None:
        found += _reported(tokens, opened, len(tokens))
    return found


def _names_in_quotes(reader: Attributor, tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a verb like "termed" stands at ``at``, with quoted words after its object."""
    if tokens[at].low not in reader.language.naming or at + 1 >= len(tokens):
        return False
    opens = tokens[at + 1].low
    if opens in reader.language.stops or opens in reader.language.links:
        return False
    return any(token.text in _MARKS for token in tokens[at + 1 :])


def _reported(tokens: Sequence[Token], opened: tuple[int, Attribution], end: int) -> list[Reported]:
    start, attribution = opened
    while end > start and tokens[end - 1].text in (",", ";", "—", "–"):
        end -= 1
    while end > start and tokens[end - 1].low == "and":
        end -= 1
    if sum(token.word for token in tokens[start:end]) < _FEWEST:
        return []
    return [Reported((Span(tokens[start].start, tokens[end - 1].end),), attribution)]


def _clause_start(reader: Attributor, tokens: Sequence[Token], cue: int, at: int) -> int | None:
    """Return the first token of the reported clause after a cue that ends at ``at``, or None."""
    language = reader.language
    for ahead in range(at, min(len(tokens), at + 9)):
        token = tokens[ahead]
        if token.low in language.that and ahead + 1 < len(tokens):
            follows = tokens[ahead + 1]
            return ahead + 1 if follows.word or follows.text in "“\"‘'" else None
        if not token.word:
            break
    if tokens[cue].low in language.tell or not language.that or at >= len(tokens):
        return None
    at = _past_time(reader, tokens, at)
    if at >= len(tokens):
        return None
    first = tokens[at]
    if first.text in _MARKS:
        return at if any(token.low in language.finite for token in tokens[at:]) else None
    opens = first.low in language.pronouns | language.determiners | {"there"} or first.capital
    if not opens or first.low in ("that", "who"):
        return None
    end = noun_phrase(tokens, at, language, reader.rules.abbreviations)
    return at if end < len(tokens) and end > at and _verb_follows(tokens, end, language) else None


def _verb_follows(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Tell whether a clause goes on after its first noun phrase: a verb now, or an auxiliary soon."""
    token = tokens[at]
    if token.word and not token.capital and (token.low not in language.stops or token.low in language.finite):
        return True
    return any(later.low in language.finite for later in tokens[at : at + 24])


def _past_time(reader: Attributor, tokens: Sequence[Token], at: int) -> int:
    """Skip "on Wednesday", "late last month", "in a statement" after a cue."""
    language = reader.language
    here = at
    while here < len(tokens) and here - at < 6:
        low = tokens[here].low
        timed = here + 1 < len(tokens) and tokens[here + 1].low in language.days | language.times
        if low in language.days | language.times and not (low in language.determiners and not timed):
            here += 1
        elif low in ("on", "in", "at") and timed:
            here += 2
        elif low in ("in", "at") and here + 2 < len(tokens) and tokens[here + 1].low in ("a", "an", "the"):
            here = noun_phrase(tokens, here + 1, language, reader.rules.abbreviations)
        else:
            break
    return here


def _closing(reader: Attributor, tokens: Sequence[Token]) -> list[Reported]:
    """…, X said (on Wednesday); …, said X; …, according to X."""
    commas = [i for i, token in enumerate(tokens) if token.text == ","]
    for comma in reversed(commas[-3:]):
        tail = tokens[comma + 1 :]
        if tail and tail[0].text in "”\"’'»":
            tail = tail[1:]
        found = _tail(reader, tail)
        if found is None:
            continue
        words = sum(token.word for token in tokens[:comma])
        if words < _FEWEST or cue_at(tokens, 0, reader.language.according):
            return []
        end = tokens[comma - 1].end
        if comma + 1 < len(tokens) and tokens[comma + 1].text in "”\"’'»":
            end = tokens[comma + 1].end
        start = tokens[0].start
        return [Reported((Span(start, end),), found)]
    return []


def _tail(reader: Attributor, tail: Sequence[Token]) -> Attribution | None:
    if not tail or len(tail) > _LONGEST_TAIL:
        return None
    found = reader.after(tail[0].start, tail[-1].end)
    if found is None or found.source is None:
        return None
    rest = [token for token in tail if token.start >= found.end]
    ends = not rest or rest[0].low in reader.language.stops | reader.language.days or rest[0].text == ","
    goes_on = bool(rest) and rest[0].low in reader.language.finite  # "…, says the wagon will sell"
    opens = any(token.low in reader.language.that for token in rest[:6])  # "…, Roe said in May that"
    said = [token for token in tail if token.start == found.cue.start]
    quotes_only = bool(said) and not (
        said[0].low in reader.language.clause
        or said[0].low in reader.language.according
        or said[0].low in reader.language.auxiliaries
    )
    return None if quotes_only or goes_on or opens or not ends else found


def find_headline(reader: Attributor, headline: Span, persons: Collection[str]) -> list[Reported]:
    """Return the claim of a headline that names its source: "…: Roe", "… — Minister Roe", "Roe: …".

    Only where the source ends in one of ``persons`` (names that the article bears out), since "Analysis:"
    and "Video —" look the same.
    """
    tokens = tokens_of(reader.text, headline)
    signs = [i for i, token in enumerate(tokens) if token.text in (":", "—", "–")]
    for at in {*signs[:1], *signs[-1:]}:
        for source, clause in ((tokens[at + 1 :], tokens[:at]), (tokens[:at], tokens[at + 1 :])):
            named = 1 <= len(source) <= 6 and source[-1].text in persons and all(t.word for t in source)
            if named and len(clause) >= _FEWEST:
                told = Attribution(Span(*tokens[at][:2]), Span(source[0].start, source[-1].end))
                return [Reported((Span(clause[0].start, clause[-1].end),), told)]
    return []


def _leading_according(reader: Attributor, tokens: Sequence[Token]) -> list[Reported]:
    """According to X, …"""
    if not cue_at(tokens, 0, reader.language.according):
        return []
    found = reader.according(tokens[:20])
    if found is None or found.source is None:
        return []
    at = next((i for i, token in enumerate(tokens) if token.start >= found.end), len(tokens))
    if at >= len(tokens):  # the clause was taken for an apposition: "According to Roe, the port opens"
        first = next(i for i, token in enumerate(tokens) if token.start == found.source.start)
        at = noun_phrase(tokens, first, reader.language, reader.rules.abbreviations, apposition=False)
        found = Attribution(found.cue, Span(tokens[first].start, tokens[at - 1].end))
    if at >= len(tokens) or tokens[at].text != ",":
        return []
    return _reported(tokens, (at + 1, found), len(tokens))


def _parenthetical(reader: Attributor, tokens: Sequence[Token]) -> list[Reported]:
    """The project, officials say, will …: one claim in two pieces."""
    commas = [i for i, token in enumerate(tokens) if token.text == ","]
    for left, right in itertools.pairwise(commas):
        if not 2 <= right - left - 1 <= 8 or left < 2 or right + 2 >= len(tokens):
            continue
        inside = tokens[left + 1 : right]
        found = reader.after(inside[0].start, inside[-1].end)
        if found is None or found.source is None or found.end != inside[-1].end or found.cue == found.source:
            continue
        inverted = found.source.start > found.cue.start
        goes_on = any(token.low in reader.language.finite for token in tokens[right + 1 : right + 5])
        if inverted and not goes_on:
            continue
        first = Span(tokens[0].start, tokens[left - 1].end)
        return [Reported((first, Span(tokens[right + 1].start, tokens[-1].end)), found)]
    return []


def _cue(reader: Attributor, tokens: Sequence[Token], at: int, size: int) -> Span:
    start = at
    while start > 0 and tokens[start - 1].low in reader.language.auxiliaries:
        start -= 1
    return Span(tokens[start].start, tokens[at + size - 1].end)


def _abbreviated(text: str, stop: int, start: int, abbreviations: frozenset[str]) -> bool:
    """Tell whether the full stop at ``stop`` ends an abbreviation or an initial."""
    begin = stop
    while begin > start and stop - begin < 12 and (text[begin - 1].isalnum() or text[begin - 1] == "."):
        begin -= 1
    word = text[begin:stop]
    return word in abbreviations or (len(word) == 1 and word.isupper()) or "." in word[:-1]
