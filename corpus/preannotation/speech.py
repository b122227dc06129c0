"""Which quotations and reported clauses of a text are claims, and whose."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.model.span import Span
from corpus.preannotation.attribution import Attribution, Attributor
from corpus.preannotation.lexicon import Language, Rules
from corpus.preannotation.quotation import Quote, find_quotes, lines_of
from corpus.preannotation.reported import Reported, find_headline, find_reported, sentences_of

__all__ = ["Speech", "find_headline_speech", "find_speech"]

_SCARE = 3
"""Quotations of so many words or fewer are no claims unless they are attributed whole ("No," she said)."""

_LONGEST_SENTENCE = 2_000
_BEFORE_A_SENTENCE = frozenset('.!?…:”"')


@dataclass(frozen=True, slots=True)
class Speech:
    """One claim: its pieces, how it is said, whose it is, and which rule (a key of the scores) says so."""

    spans: tuple[Span, ...]
    speech: str
    rule: str
    cue: Span | None = None
    source: Span | None = None
    outer: Span | None = None


def find_speech(
    text: str,
    language: Language,
    rules: Rules,
    *,
    apart: Sequence[Span] = (),
) -> list[Speech]:
    """Return the claims of a text in order of their first piece.

    ``apart`` are spans that are no part of a sentence (a dateline, the headline): no reported claim
    reaches into them.
    """
    reader = Attributor(text, language, rules)
    quotes = find_quotes(text, rules.elisions)
    direct = _direct(reader, quotes)
    starts = [quote.span.start for quote in quotes]
    found = list(direct)
    for stretch, inherited in _free(text, direct, apart):
        for sentence in sentences_of(text, stretch, rules.abbreviations):
            if len(sentence) <= _LONGEST_SENTENCE:
                reported = find_reported(reader, sentence, inherited)
                found += [_said(item, quotes, starts, rule=None) for item in reported]
            inherited = None
    return sorted(found, key=lambda item: (item.spans[0], item.spans))


def find_headline_speech(
    text: str, language: Language, rules: Rules, headline: Span, persons: Collection[str]
) -> list[Speech]:
    """Return the claim of a headline that names one of ``persons`` as its source, if it is one."""
    quotes = find_quotes(text[: headline.end], rules.elisions)
    starts = [quote.span.start for quote in quotes]
    found = find_headline(Attributor(text, language, rules), headline, persons)
    return [_said(item, quotes, starts, rule="headline") for item in found]


def _direct(reader: Attributor, quotes: Sequence[Quote]) -> list[Speech]:
    found: list[Speech] = []
    last: Quote | None = None
    for number, quote in enumerate(quotes):
        limit = quotes[number + 1].span.start if number + 1 < len(quotes) else len(reader.text)
        line_end = _line_end(reader.text, quote.span.end)
        attribution = _after(reader, quote, min(limit, line_end))
        if attribution is None and last is not None and found and _runs_on(reader, last, found[-1], quote):
            found[-1] = _continued(found[-1], quote)
            last = quote
            continue
        start = max(last.span.end if last else 0, reader.text.rfind("\n", 0, quote.span.start) + 1)
        speech = _speech_of(reader, quote, attribution, start)
        if speech is not None:
            found.append(speech)
            last = quote
    return found


def _speech_of(reader: Attributor, quote: Quote, after: Attribution | None, start: int) -> Speech | None:
    """Return the claim that a quotation is, or None where it is a scare quote, a title or part of one."""
    text = reader.text
    inner = quote.inner.slice(text).strip()
    words = len(inner.split())
    ahead = text[start : quote.span.start].rstrip()
    first = not ahead or ahead[-1] in _BEFORE_A_SENTENCE
    opens = bool(inner) and (first or not inner[0].islower())
    if after is not None and opens:
        return _made(quote, "direct", after)
    if words <= _SCARE:
        return None
    before = reader.before(quote.span.start, start)
    closes = inner[-1] in ".!?…" or text[quote.span.end : quote.span.end + 2].lstrip(" ")[:1] in (
        "",
        "\n",
        ".",
        "!",
        "?",
    )
    if before is not None and (closes or not inner[0].islower() or ahead[-1] in ",:"):
        return _made(quote, "direct", before)
    alone = first and not inner[0].islower() and text[quote.span.end : quote.span.end + 1].strip() == ""
    if alone and inner[-1] in ".!?…,":
        return Speech((quote.span,), "direct", "unattributed")
    return None


def _made(quote: Quote, rule: str, found: Attribution) -> Speech:
    return Speech((quote.span,), "direct", rule, found.cue, found.source, found.outer)


def _after(reader: Attributor, quote: Quote, limit: int) -> Attribution | None:
    """Return the attribution behind a quotation, where its end lets one follow."""
    text = reader.text
    last = text[quote.inner.start : quote.inner.end].rstrip()[-1:]
    follows = text[quote.span.end : quote.span.end + 1]
    if last not in ",?!…—–-" and follows not in (",", " ") and follows != "\u00a0":
        return None
    if last not in ",?!…—–-" and not text[quote.span.end : limit].lstrip().startswith((",", "–", "—")):
        return None
    found = reader.after(quote.span.end, limit)
    if found is None or (last in "?!…" and not _ends_clause(text, found.end, limit)):
        return None
    return found


def _ends_clause(text: str, at: int, limit: int) -> bool:
    """Tell whether what follows an attribution leaves it one: a mark, or a few words up to one."""
    rest = text[at:limit].lstrip()
    return not rest or not rest[0].isalnum() or rest.split(maxsplit=1)[0] in ("in", "on", "at", "as", "after")


def _runs_on(reader: Attributor, before: Quote, speech: Speech, quote: Quote) -> bool:
    """Tell whether a quotation continues the one before: "A," he said. "B." """
    if speech.rule not in ("direct", "continued") or quote.mark != before.mark:
        return False
    between = reader.text[before.span.end : quote.span.start]
    if "\n" in between or len(between) > 160:
        return False
    told = max((s.end for s in (speech.cue, speech.source, speech.outer) if s), default=0)
    inside = before.span.end <= told <= quote.span.start
    rest = reader.text[told if inside else before.span.end : quote.span.start]
    if not inside:
        return not rest.strip() and speech.rule == "continued"
    inner = quote.inner.slice(reader.text).strip()
    if rest.strip() == ".":
        return inner[-1:] in ".!?…,"
    return rest.rstrip().endswith((",", ".", "—", "–")) and rest.count(".") <= 1 and len(inner.split()) > 1


def _continued(speech: Speech, quote: Quote) -> Speech:
    return replace(speech, spans=(*speech.spans, quote.span), rule="continued")


def _free(text: str, direct: Sequence[Speech], others: Sequence[Span]) -> Iterator[tuple[Span, Span | None]]:
    """Yield what direct claims, their attributions and other taken spans leave of each line.

    With each stretch goes the source of the direct claim just before it in its line.
    """
    taken: list[tuple[Span, Span | None]] = [(span, None) for span in others]
    for speech in direct:
        said = [span for span in (*speech.spans, speech.cue, speech.source, speech.outer) if span is not None]
        whole = Span(min(span.start for span in said), max(span.end for span in said))
        taken.append((whole, speech.source))
    taken.sort(key=lambda pair: pair[0])
    number = 0
    start = 0
    for line in lines_of(text):
        start = max(start, line.start)
        source: Span | None = None
        while number < len(taken) and taken[number][0].start < line.end:
            span, after = taken[number]
            if span.start > start:
                yield Span(start, span.start), source
            start, source = max(start, span.end), after
            number += 1
        if start < line.end:
            yield Span(start, line.end), source


def _said(found: Reported, quotes: Sequence[Quote], starts: Sequence[int], rule: str | None) -> Speech:
    quoted = any(
        quotes[at].span.overlaps(span)
        for span in found.spans
        for at in range(max(0, bisect_left(starts, span.start) - 1), bisect_left(starts, span.end))
    )
    speech = "mixed" if quoted else "indirect"
    told = found.attribution
    return Speech(found.spans, speech, rule or speech, told.cue, told.source, told.outer)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
