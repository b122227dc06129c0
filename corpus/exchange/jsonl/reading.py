"""JSON Lines of annotation tools: Prodigy, doccano, spaCy's training data and Hugging Face's tokens with tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import SourceError
from corpus.exchange.json_items import Item, read_items
from corpus.exchange.jsonl.records import ANSWERS, flavour_of, read_record, tag_list
from corpus.exchange.standoff import Standoff
from corpus.exchange.tags import TagCensus, Tagging
from corpus.exchange.tally import Tally, at_most
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity

__all__ = ["read_jsonl"]

_WRAPPERS = ("examples", "data")
"""What lists of records are called in an object around them."""


def read_jsonl(path: Path) -> Iterator[Standoff | Finding]:
    """Yield what each line (or each record of a list) says; whose shape it has is looked for in each.

    Of Prodigy's tasks those that were accepted are read; the others are counted.

    Raises:
        SourceError: it cannot be read, or no record has a known shape.
    """
    yield from at_most(_read(path), path)


def _read(path: Path) -> Iterator[Standoff | Finding]:
    known = unknown = 0
    tagging: Tagging | None = None
    answers: Counter[str] = Counter()
    for item in read_items(path, _WRAPPERS):
        if isinstance(item, Finding):
            unknown += 1
            yield item
            continue
        flavour = flavour_of(item.value)
        if flavour is None:
            unknown += 1
            yield _unknown(item)
            continue
        known += 1
        answer = item.value.get("answer") if flavour == "prodigy" else None
        if answer in ANSWERS[1:]:
            answers[answer] += 1
            continue
        if flavour == "hf" and tagging is None:
            tagging = _tagging(path)
            if tagging.doubt:
                yield Finding("import-scheme", str(path), tagging.doubt, Severity.NOTE)
        tally = Tally()
        yield from read_record(item.value, flavour, item.place, tally, tagging or Tagging("BIO"))
        yield from tally.findings()
    if unknown and not known:
        raise SourceError(
            f"{path} has no record of a known shape: expected a text with spans, label or entities, or tokens with "
            "tags."
        )
    if answers:
        told = " and ".join(f"{count(number, 'task')} {_ANSWERED[answer]}" for answer, number in answers.items())
        yield Finding("import-answer", str(path), f"{told}: what they hold is not read.", Severity.NOTE)


_ANSWERED = {"reject": "that the annotator rejected", "ignore": "that the annotator passed over"}


def _unknown(item: Item) -> Finding:
    held = item.value
    members = ", ".join(map(repr, list(held)[:6])) if isinstance(held, dict) else ""
    told = f"an object with {members or 'nothing in it'}" if isinstance(held, dict) else type(held).__name__
    message = f"Expected a text with spans, label or entities, or tokens with tags; got {told[:200]}."
    return Finding("import-shape", item.place, message)


def _tagging(path: Path) -> Tagging:
    """Return the scheme of the tags of all records, which is told only by them together."""
    census, values = TagCensus(), 0
    for item in read_items(path, _WRAPPERS):
        if isinstance(item, Item) and flavour_of(item.value) == "hf":
            for tag in tag_list(item.value) or ():
                if isinstance(tag, str):
                    census.add(tag)
                    values += 1
            census.end_sentence()
    return Tagging.bare() if census.others > values / 10 and not census.labels else census.tagging()
