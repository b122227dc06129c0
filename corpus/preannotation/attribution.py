"""Whose words a quotation is: the cue and the source that stand after it or before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.model.span import Span
from corpus.preannotation.lexicon import Language, Rules
from corpus.preannotation.phrases import Token, adjunct, cue_at, noun_phrase, tokens_of

__all__ = ["Attribution", "Attributor"]

_WINDOW = 320
"""Characters on either side of a quotation in which its attribution is looked for."""

_SENTENCE_END = frozenset(".!?…;")


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue, and the sources it has in the text."""

    cue: Span
    source: Span | None
    outer: Span | None = None
    """Who reports that the source says so ("a statement quoted X as saying", "according to Y")."""

    @property
    def end(self) -> int:
        """Where the attribution ends in the text."""
        return max(span.end for span in (self.cue, self.source, self.outer) if span is not None)


@dataclass(frozen=True, slots=True)
class Attributor:
    """Reads attributions in one text, in one language."""

    text: str
    language: Language
    rules: Rules

    def after(self, end: int, limit: int) -> Attribution | None:
        """Return what attributes the quotation that ends at ``end``: "… he said", "… said Roe"."""
        tokens = tokens_of(self.text, Span(end, min(limit, end + _WINDOW)))
        start = 0
        while start < len(tokens) and tokens[start].text in (",", "–", "—", "-") and start < 2:
            start += 1
        tokens = tokens[start:]
        if not tokens:
            return None
        return self._inverted(tokens) or self._according(tokens, 0) or self._straight(tokens)

    def before(self, start: int, limit: int) -> Attribution | None:
        """Return what introduces the quotation that begins at ``start``: "He said: …", "saying, …"."""
        tokens = tokens_of(self.text, Span(max(limit, start - _WINDOW), start))
        marked = bool(tokens) and tokens[-1].text in (",", ":")
        tokens = tokens[:-1] if marked else tokens
        first = _last_sentence(tokens, self.rules.abbreviations)
        for at in range(len(tokens) - 1, first - 1, -1):
            size = cue_at(tokens, at, self.language.cues)
            if not size:
                continue
            between = tokens[at + size :]
            if between and not (marked and self._addressee(between)):
                return None
            source = self.subject(tokens, first, at)
            return Attribution(_span(tokens, self._cue_start(tokens, first, at), at + size), source)
        return None

    def subject(self, tokens: Sequence[Token], first: int, cue: int) -> Span | None:
        """Return the source before the cue at ``cue``, in the sentence that starts at ``first``.

        Tried in turn: what follows the last comma ("Nevertheless, Roe said"), the sentence's own subject
        ("Roe, speaking in Oslo, said"), what follows the last "and" or "but".
        """
        participle = tokens[cue].low in self.language.participle
        commas = [i for i in range(first, cue) if tokens[i].text in (",", ":", "—", "–")]
        starts = [*[i + 1 for i in reversed(commas)][:2], first]
        starts += [i + 1 for i in range(cue - 1, first, -1) if tokens[i].low in ("and", "but", "while")][:1]
        for start in dict.fromkeys(starts):
            end = noun_phrase(tokens, start, self.language, self.rules.abbreviations)
            if end <= start or end > cue:
                continue
            rest = tokens[end:cue]
            aside = bool(rest) and rest[0].text == "," and rest[-1].text == ","
            if participle and start == first:
                return _span(tokens, start, end)
            if aside or adjunct(rest, self.language):
                return _span(tokens, start, end)
        return None

    def according(self, tokens: Sequence[Token]) -> Attribution | None:
        """Return the first "according to SOURCE" among the tokens of a sentence."""
        for at in range(len(tokens)):
            found = self._according(tokens, at)
            if found is not None:
                return found
        return None

    def _straight(self, tokens: Sequence[Token]) -> Attribution | None:
        """SOURCE CUE, from the first token on."""
        end = noun_phrase(tokens, 0, self.language, self.rules.abbreviations)
        if end == 0:
            return None
        for at in range(end, min(len(tokens), end + 10)):
            size = cue_at(tokens, at, self.language.cues)
            if tokens[at].low in self.language.quoting:
                return self._quoting(tokens, end, at)
            if size and (adjunct(tokens[end:at], self.language) or _aside(tokens[end:at])):
                cue = _span(tokens, self._cue_start(tokens, end, at), at + size)
                source = _span(tokens, 0, end)
                return Attribution(cue, source, self._outer(tokens, at + size))
            if tokens[at].text in _SENTENCE_END:
                break
        return None

    def _inverted(self, tokens: Sequence[Token]) -> Attribution | None:
        """CUE SOURCE, from the first token on."""
        size = cue_at(tokens, 0, self.language.cues)
        if not size:
            return None
        end = noun_phrase(tokens, size, self.language, self.rules.abbreviations)
        if end == size:
            own = "-" in tokens[size - 1].text or "-" in tokens[0].text  # "a-t-il dit" holds its source
            return Attribution(_span(tokens, 0, size), None) if own else None
        cue = _span(tokens, 0, size)
        return Attribution(cue, _span(tokens, size, end), self._outer(tokens, end))

    def _according(self, tokens: Sequence[Token], at: int) -> Attribution | None:
        size = cue_at(tokens, at, self.language.according)
        if not size:
            return None
        end = noun_phrase(tokens, at + size, self.language, self.rules.abbreviations)
        if end == at + size:
            return None
        return Attribution(_span(tokens, at, at + size), _span(tokens, at + size, end))

    def _quoting(self, tokens: Sequence[Token], outer_end: int, at: int) -> Attribution | None:
        """X quoted Y as saying: Y is the source, X the outer one, "saying" the cue."""
        end = noun_phrase(tokens, at + 1, self.language, self.rules.abbreviations)
        if end == at + 1 or end + 1 >= len(tokens) or tokens[end].low != "as":
            return None
        if not cue_at(tokens, end + 1, self.language.cues):
            return None
        return Attribution(_span(tokens, end + 1, end + 2), _span(tokens, at + 1, end), _span(tokens, 0, outer_end))

    def _outer(self, tokens: Sequence[Token], at: int) -> Span | None:
        """Return the source of a later "according to" in the same sentence."""
        end = at
        while end < len(tokens) and tokens[end].text not in _SENTENCE_END:
            end += 1
        found = self.according(tokens[at:end])
        return found.source if found else None

    def _cue_start(self, tokens: Sequence[Token], first: int, at: int) -> int:
        while at > first and tokens[at - 1].low in self.language.auxiliaries:
            at -= 1
        return at

    def _addressee(self, tokens: Sequence[Token]) -> bool:
        """Tell whether the tokens between cue and quotation only say to whom, when or where."""
        if len(tokens) > 14 or any(token.text in _SENTENCE_END for token in tokens):
            return False
        end = noun_phrase(tokens, 0, self.language, self.rules.abbreviations)
        return all(token.text != "," for token in tokens[end:]) and (
            end > 0 or adjunct(tokens, self.language) or tokens[0].low in self.language.stops
        )


def _span(tokens: Sequence[Token], start: int, end: int) -> Span:
    return Span(tokens[start].start, tokens[end - 1].end)


def _aside(tokens: Sequence[Token]) -> bool:
    """Tell whether the tokens are a clause between two commas ("Roe, who chairs the board, said")."""
    return len(tokens) > 2 and tokens[0].text == "," and tokens[-1].text == ","


def _last_sentence(tokens: Sequence[Token], abbreviations: frozenset[str]) -> int:
    for at in range(len(tokens) - 1, 0, -1):
        before = tokens[at - 1]
        initial = len(before.text) == 1 and before.text.isupper()
        if tokens[at].text in _SENTENCE_END and not (before.text in abbreviations or initial):
            return at + 1
    return 0
