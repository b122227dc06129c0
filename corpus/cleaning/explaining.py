"""Why each block has its role: the rule in words, what of the text it found, and a model's main evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from corpus.cleaning.features import add_features
from corpus.cleaning.learned import RULE
from corpus.cleaning.line_evidence import line_evidence
from corpus.cleaning.lines import lines_frame
from corpus.cleaning.markup.columns import MARKUP
from corpus.cleaning.markup.explaining import KINDS, contributions
from corpus.cleaning.matching import plain_match
from corpus.cleaning.rules import Rule, load_rules
from corpus.cleaning.wrapping import add_units, joined_units
from corpus.model.counted import count
from corpus.model.document import Block
from corpus.model.markup import Markup
from corpus.model.roles import Reason

__all__ = ["Contribution", "Element", "Explanation", "explain"]

_WHERE = {
    "any": "wherever it stands",
    "head": "before the article's run of text",
    "tail": "after the article's run of text",
    "edge": "before or after the article's run of text, on a page that shows furniture",
    "page": "on a page that shows furniture",
    "caption": "next to a caption or credit",
    "byline": "next to a byline or time of publication, before the article's run of text",
    "kernel": "",
}
_MOST = 4
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one kind of evidence did to a model's verdict."""

    evidence: str
    logits: float
    """Above zero it spoke for keeping the line, below against."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where the line stood in its page."""

    tag: str
    link_share: float
    """0 to 1: how much of the line is links."""
    names: str
    """Words of class, id, role and itemprop, the nearest element's first."""
    place: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a block has its role."""

    block: int
    reason: str
    """The reason in a sentence."""
    rule: str
    says: str
    """The rule in words."""
    found: str | None
    """What of the text a pattern matched."""
    probability: float | None
    """How probably the line is the article's own, where a model looked at it."""
    evidence: tuple[Contribution, ...]
    """The strongest first."""
    element: Element | None


def explain(
    text: str, blocks: Sequence[Block], markup: Markup | None = None, claims: Sequence[str] = ()
) -> list[Explanation]:
    """Return one explanation a block, in their order.

    Args:
        text: the anchor text.
        blocks: what the kernel made of it.
        markup: of a page, what its markup says of each line.
        claims: of a page, what it claims (see :func:`corpus.cleaning.markup.claims.claims_of`).
    """
    rules = {rule.id: rule for rule in load_rules()}
    judged = _model_evidence(text, markup, claims) if markup is not None else _line_evidence(text, blocks)
    plain = _plain([block.text for block in blocks])
    return [
        Explanation(
            block=block.block,
            reason=Reason(block.reason).sentence,
            rule=block.rule,
            says=rule_in_words(rules[block.rule]) + _counted(block) if block.rule in rules else "",
            found=plain_match(rules[block.rule], shown) if block.rule in rules else None,
            probability=judged[block.line][0] if block.line in judged else None,
            evidence=judged[block.line][1] if block.line in judged else (),
            element=_element(markup, block.line),
        )
        for block, shown in zip(blocks, plain, strict=True)
    ]


def rule_in_words(rule: Rule) -> str:
    """Return what a rule looks for, where it holds and how long a line it looks at, in one line."""
    parts = [rule.note.rstrip(".")] if rule.note else []
    if rule.phrases:
        parts.append(f"one of {len(rule.phrases)} known phrases of the table {rule.family!r}, as the whole line")
    if rule.pattern is not None:
        what = {"line": "a pattern", "start": "a pattern at the line's start", "end": "a pattern at the line's end"}
        parts.append(f"{what[rule.place]} of the table {rule.family!r}")
    if _WHERE[rule.where]:
        parts.append(_WHERE[rule.where])
    if rule.pattern is not None and rule.place == "line":
        least = f"{rule.min_words} to " if rule.min_words else "at most "
        parts.append(f"lines of {least}{count(rule.max_words, 'word')}")
    return "; ".join(parts)


def _counted(block: Block) -> str:
    """Return in how many documents a known line stands; its score is 1 - 1/n."""
    counted = block.rule.startswith("known.") and block.score < 1
    return f"; it stands in {round(1 / (1 - block.score))} of them" if counted else ""


def _plain(texts: Iterable[str]) -> list[str]:
    units = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
    return add_features(units)["plain"].to_list()


def _element(markup: Markup | None, line: int) -> Element | None:
    if markup is None or line >= len(markup.tags) or not markup.tags[line]:
        return None
    return Element(markup.tags[line], markup.link_shares[line], markup.hints[line], markup.places[line])


def _model_evidence(
    text: str, markup: Markup, claims: Sequence[str]
) -> dict[int, tuple[float, tuple[Contribution, ...]]]:
    """Return for each line of a page the model's probability and its main evidence."""
    row = {
        "tags": markup.tags,
        "link_shares": markup.link_shares,
        "hints": markup.hints,
        "places": markup.places,
        "claims": list(claims),
    }
    raw = pl.DataFrame({"doc_id": ["0"], "text": [text]}).with_columns(pl.Series("markup", [row], dtype=MARKUP))
    units = joined_units(add_units(lines_frame(raw["text"]))).select("doc", "unit", "line", "text")
    if not len(units):
        return {}
    chances, told = contributions(raw, units)
    evidence = [_strongest(row) for row in told.tolist()]
    return dict(zip(units["line"].to_list(), zip(chances.tolist(), evidence, strict=True), strict=True))


def _line_evidence(text: str, blocks: Sequence[Block]) -> dict[int, tuple[float, tuple[Contribution, ...]]]:
    """Return what the line model saw in each line of a text in which it decided on any."""
    if not any(block.rule == RULE for block in blocks):
        return {}
    told = line_evidence(text, _MOST)
    return {
        line: (
            each.probability,
            tuple(Contribution(one.feature, round(one.logit, 2)) for one in each.contributions),
        )
        for line, each in told.items()
    }


def _strongest(logits: Sequence[float]) -> tuple[Contribution, ...]:
    told = [Contribution(kind, round(value, 2)) for kind, value in zip(KINDS, logits, strict=True)]
    ranked = sorted(told, key=lambda item: -abs(item.logits))
    return tuple(item for item in ranked[:_MOST] if abs(item.logits) >= _LEAST)
