"""Entity proposals: names by table, by title, by head word, and consistent within a document.

A small recogniser for the annotation screen, not a model: it knows countries, capitals, agencies and the
like by table, persons by the title before them or the words they are quoted with, organisations and places
by their head word. A surname is a person everywhere in a document once the full name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.model.span import Span
from corpus.preannotation.lexicon import Names, Rules
from corpus.preannotation.phrases import Token, tokens_of
from corpus.preannotation.quotation import lines_of

__all__ = ["Name", "find_names"]

_WORDS_OF_A_NAME = 4
_ACRONYM = re.compile(r" [(\[]([A-Z]{2,8})[)\]]")


@dataclass(frozen=True, slots=True)
class Name:
    """A proposed mention, its label, and which kind of rule says so (a key of the scores)."""

    span: Span
    label: str
    rule: str


def find_names(text: str, rules: Rules, sources: Iterable[Span] = ()) -> list[Name]:
    """Return the proposed mentions in order; none overlaps another.

    ``sources`` are whose words quotations are: a name of two or three words in one is a person.
    """
    lines = [tokens_of(text, line) for line in lines_of(text)]
    found: list[Name] = []
    for tokens in lines:
        found += _titled(tokens, rules)
        found += _described(tokens, rules)
    found += [name for span in sources if (name := _attributed(text, span, rules)) is not None]
    others = [Name(Span(*m.span()), _label_of(rules.names, m[0]), "entity_table") for m in _table(text, rules)]
    others += [name for tokens in lines for name in _headed(tokens, rules.names)]
    others.sort(key=lambda name: -len(name.span))
    taken = _without_overlap([*found, *others])
    persons = [name for name in taken if name.label == "PER"]
    again = [*_again(text, persons, rules.names), *_acronyms(text, taken)]
    return _without_overlap([*taken, *again])


def _titled(tokens: Sequence[Token], rules: Rules) -> Iterator[Name]:
    """Yield the names that stand after a title: "Foreign Minister Sergey Lavrov"."""
    names = rules.names
    at = 0
    while at < len(tokens):
        size = _title(tokens, at, names)
        if not size:
            at += 1
            continue
        start = at + size
        while start < len(tokens) and (more := _title(tokens, start, names)):
            start += more
        several = tokens[start - 1].text.endswith("s")
        if start < len(tokens) and tokens[start].text == ".":
            start += 1
        end = _person(tokens, start, rules)
        if any(_bare(t) in names.last or t.text in names.titles for t in tokens[start:end]):
            end = start  # "General Assembly", "Attorney General"
        if end > start:
            yield Name(_of(tokens, start, end), "PER", "entity_titled")
        if several and end > start and end < len(tokens) and tokens[end].low == "and":
            other = _person(tokens, end + 1, rules)
            if other > end + 1:
                yield Name(_of(tokens, end + 1, other), "PER", "entity_titled")
        at = max(end, start)


def _described(tokens: Sequence[Token], rules: Rules) -> Iterator[Name]:
    """Yield names of two or three words that a title follows: "Zamir Kabulov, Russia’s envoy to"."""
    for at, token in enumerate(tokens):
        if token.text != "," or at < 2:
            continue
        after = tokens[at + 1 : at + 7]
        stop = next((i for i, t in enumerate(after) if not t.word), len(after))
        if not any(t.text in rules.names.titles for t in after[:stop]):
            continue
        start = at
        while start > max(0, at - 4) and tokens[start - 1].word and tokens[start - 1].text[0].isupper():
            start -= 1
        end = _person(tokens, start, rules)
        if end == at and 2 <= end - start <= 3 and not _known(tokens[start:end], rules.names):
            yield Name(_of(tokens, start, end), "PER", "entity_pattern")


def _title(tokens: Sequence[Token], at: int, names: Names) -> int:
    """Return of how many tokens the title at ``at`` is, with an abbreviation's full stop; 0 for none."""
    if tokens[at].text not in names.title_starts:
        return 0
    for size in (3, 2, 1):
        if at + size <= len(tokens) and " ".join(t.text for t in tokens[at : at + size]) in names.titles:
            stop = at + size
            shortened = (
                stop < len(tokens) and tokens[stop].text == "." and tokens[stop].start == tokens[stop - 1].end
            )
            return size + (1 if shortened and size == 1 and len(tokens[at].text) < 5 else 0)
    return 0


def _person(tokens: Sequence[Token], at: int, rules: Rules) -> int:
    """Return the end of the person's name that starts at ``at``: capitalised words, initials, particles."""
    names = rules.names
    here = last = at
    if at >= len(tokens) or not tokens[at].text[0].isupper():
        return at
    while here < len(tokens) and here - at < 2 * _WORDS_OF_A_NAME:
        token = tokens[here]
        initial = token.text == "." and here > at and len(tokens[here - 1].text) == 1
        if initial or (token.low in names.particles and here + 1 < len(tokens)):
            here += 1
            continue
        if not token.word or not token.text[0].isupper() or _bare(token) in names.not_names:
            break
        if token.text[1:].isupper() and len(token.text) > 3 and "-" not in token.text:
            break
        here += 1
        last = here
        if token.text != _bare(token):
            break
    return last


def _headed(tokens: Sequence[Token], names: Names) -> Iterator[Name]:
    """Yield capitalised phrases with a telling first or last word: "Kosice Airport", "Bank of Ghana"."""
    at = 0
    while at < len(tokens):
        end = _capitalised(tokens, at)
        if end - at < 2:
            at = max(end, at + 1)
            continue
        start = at
        while (
            start < end - 1
            and tokens[start].text in names.not_names
            and tokens[start].text in ("The", "A", "An", "In", "At", "On")
        ):
            start += 1
        label = names.last.get(_bare(tokens[end - 1]))
        joined = any(token.low in ("of", "for") for token in tokens[start:end])
        if label is None and joined:
            label = names.first.get(tokens[start].text)
        if label is not None and end - start >= 2:
            yield Name(_of(tokens, start, end), label, "entity_pattern")
        at = end


def _capitalised(tokens: Sequence[Token], at: int) -> int:
    """Return the end of a run of capitalised words, with "of" and "for" between them."""
    here = last = at
    while here < len(tokens) and here - at < 10:
        token = tokens[here]
        if token.word and token.text[0].isupper() and not _compound(token):
            here += 1
            last = here
            if token.text != _bare(token):
                break
        elif token.low in ("of", "for", "the", "and") and last == here and last > at:
            step = 2 if tokens[here].low == "of" and here + 1 < len(tokens) and tokens[here + 1].low == "the" else 1
            if token.low in ("the", "and"):
                break
            here += step
        else:
            break
    return last


def _compound(token: Token) -> bool:
    """Tell whether it is a name made an adjective: "U.S.-based"."""
    return "-" in token.text and token.text.rsplit("-", 1)[1].islower()


def _attributed(text: str, span: Span, rules: Rules) -> Name | None:
    """Return the person that a source names: two or three capitalised words in front, or at its end."""
    tokens = tokens_of(text, span)
    comma = next((i for i, token in enumerate(tokens) if token.text == ","), len(tokens))
    start = comma
    while start > 0 and tokens[start - 1].word and tokens[start - 1].text[0].isupper():
        start -= 1
    while start < comma and (_title(tokens, start, rules.names) or tokens[start].text in rules.names.not_names):
        start += 1
    end = _person(tokens, start, rules)
    if end != comma or not 2 <= end - start <= 3 or _known(tokens[start:end], rules.names):
        return None
    return Name(_of(tokens, start, end), "PER", "entity_attributed")


def _known(tokens: Sequence[Token], names: Names) -> bool:
    """Tell whether the words are or hold another kind of name."""
    words = " ".join(_bare(token) for token in tokens)
    return words in _labels(names) or any(_bare(t) in names.last or _bare(t) in _labels(names) for t in tokens)


def _again(text: str, persons: Sequence[Name], names: Names) -> list[Name]:
    """Return every further mention of the persons, by full name, surname or given name."""
    words: set[str] = set()
    for person in persons:
        full = person.span.slice(text)
        parts = full.split()
        words.add(full)
        words |= {parts[-1], parts[0]} if len(parts) > 1 else {full}
    plain = {w for w in words if len(w) > 2 and w not in names.not_names and w not in _labels(names)}
    plain = {w for w in plain if w[0].isupper() and not w.endswith(".")}
    if not plain:
        return []
    pattern = "|".join(re.escape(word) for word in sorted(plain, key=lambda w: (-len(w), w)))
    return [
        Name(Span(*m.span()), "PER", "entity_consistent")
        for m in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text)
    ]


def _acronyms(text: str, names: Sequence[Name]) -> Iterator[Name]:
    """Yield every mention of an acronym that stands in brackets behind its name: "… Organisation (SCO)"."""
    labels: dict[str, str] = {}
    for name in names:
        match = _ACRONYM.match(text, name.span.end)
        initial = match is not None and match[1][0] == text[name.span.start]
        if match and initial and name.label == "ORG" and len(name.span) > len(match[1]) + 3:
            labels.setdefault(match[1], name.label)
    if labels:
        for match in re.finditer(rf"(?<![\w-])(?:{'|'.join(sorted(labels))})(?![\w-])", text):
            yield Name(Span(*match.span()), labels[match[0]], "entity_consistent")


def _without_overlap(names: Iterable[Name]) -> list[Name]:
    """Keep the names that overlap none before them in the order given, sorted by place."""
    kept: list[Name] = []
    taken: set[int] = set()
    for name in names:
        if taken.isdisjoint(range(*name.span)):
            kept.append(name)
            taken.update(range(*name.span))
    return sorted(kept, key=lambda name: name.span)


@cache
def _labels_of(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Return the label of every name of the tables, and of its spelling in capitals ("ISLAMABAD (AP)")."""
    known = {name: label for label, many in tables for name in many}
    loud = {name.upper(): label for name, label in known.items() if len(name) > 3}
    return loud | known


def _labels(names: Names) -> dict[str, str]:
    return _labels_of(tuple(names.tables.items()))


def _label_of(names: Names, found: str) -> str:
    return _labels(names)[found]


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w’'-])(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def _table(text: str, rules: Rules) -> Iterator[re.Match[str]]:
    return _pattern(tuple(_labels(rules.names))).finditer(text)


def _of(tokens: Sequence[Token], start: int, end: int) -> Span:
    """Return the span of some tokens, without a closing possessive."""
    last = tokens[end - 1]
    return Span(tokens[start].start, last.start + len(_bare(last)))


def _bare(token: Token) -> str:
    for ending in ("’s", "'s", "’", "'"):
        if token.text.endswith(ending):
            return token.text[: -len(ending)]
    return token.text
