"""How far the annotators of a dataset agree: layer by layer, pair by pair, label by label.

Measured are documents that two annotators or more worked on, that is, marked anything in; who marked nothing of a
layer in any of them is taken not to have worked on that layer. Spans lie in the text as received, which is taken
from its start to the end of its last block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from corpus.agreement.characters import CharacterAlpha, character_alpha
from corpus.agreement.coefficient import Coefficient
from corpus.agreement.marks import Ints, Marks, merged
from corpus.agreement.matching import Matches, match
from corpus.agreement.unitizing import alpha_u, joint, u_alpha, u_alpha_of_labels
from corpus.agreement.values import ValueAgreement, on_matched
from corpus.export.annotated import Annotated, Layer

__all__ = ["HALF", "LayerAgreement", "PairAgreement", "SpanAgreement", "agreement_of"]

HALF = 0.5
"""From this Jaccard index of their characters on, two items are taken for one that was drawn differently."""


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """What two annotators have in common in one layer, or of one label in it."""

    items: tuple[int, int]
    exact: Coefficient
    """F1 of items with the same characters and label."""
    overlapping: Coefficient
    """F1 of items that share a character and have the same label, one-to-one."""
    characters: Coefficient
    """Krippendorff's alpha on characters."""
    alpha_u: Coefficient
    """Krippendorff's alpha_U (2004); of a layer, for all labels jointly."""
    u_alpha: Coefficient
    """u-alpha (2016); of a layer, for the sets of labels."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators in one layer, over the documents that both worked on."""

    annotators: tuple[str, str]
    documents: int
    spans: SpanAgreement
    labels: Mapping[str, SpanAgreement]
    """By label; empty where the layer has one label alone."""
    matched: int
    """Items of both that are at least half alike, whatever their label."""
    values: Mapping[str, ValueAgreement]
    """What both say of those, by column: the label, attributes and flags."""


@dataclass(frozen=True, slots=True)
class LayerAgreement:
    """One layer: all who worked on it at once, and every two of them."""

    layer: str
    annotators: tuple[str, ...]
    documents: int
    """Documents that two of them worked on, or more."""
    items: int
    """What they marked there."""
    characters: Coefficient
    """Krippendorff's alpha on characters, of all of them."""
    labels: Mapping[str, Coefficient]
    """The same by label; empty where the layer has one label alone."""
    pairs: tuple[PairAgreement, ...]


def agreement_of(annotated: Annotated) -> list[LayerAgreement]:
    """Return the agreement in every layer that two annotators worked on; none where there is no such layer."""
    return [found for layer in annotated.layers if (found := _of_layer(layer, annotated)) is not None]


def _of_layer(layer: Layer, annotated: Annotated) -> LayerAgreement | None:
    own = np.unique(layer.marks.annotator)
    work = annotated.work[np.isin(annotated.work[:, 1], own)]
    several = _several(work, annotated)
    if not several.any():
        return None
    here = layer.chosen(several[layer.marks.document])
    alpha = _alpha(here, work, several, annotated)
    pairs = [_of_pair(layer, pair, annotated) for pair in combinations(own.tolist(), 2)]
    return LayerAgreement(
        layer.name,
        tuple(annotated.people[number] for number in own),
        int(several.sum()),
        len(here.marks),
        alpha.joint,
        dict(zip(layer.labels, alpha.by_label, strict=False)),
        tuple(pair for pair in pairs if pair is not None),
    )


def _of_pair(layer: Layer, pair: tuple[int, int], annotated: Annotated) -> PairAgreement | None:
    work = annotated.work[np.isin(annotated.work[:, 1], pair)]
    common = _several(work, annotated)
    both = layer.chosen(np.isin(layer.marks.annotator, pair) & common[layer.marks.document])
    if not len(both.marks):
        return None
    one, other = (both.chosen(both.marks.annotator == number) for number in pair)
    spans, labels = _spans(one, other, _alpha(both, work, common, annotated), annotated.lengths * common)
    alike = match(one.marks, other.marks, same_label=False).of_at_least(HALF)
    return PairAgreement(
        (annotated.people[pair[0]], annotated.people[pair[1]]),
        int(common.sum()),
        spans,
        labels,
        len(alike.one),
        {column: on_matched(alike, one.values[column], other.values[column]) for column in both.values},
    )


def _several(work: Ints, annotated: Annotated) -> NDArray[np.bool_]:
    """Return for each document whether several people worked on it."""
    return np.asarray(np.bincount(work[:, 0], minlength=len(annotated.lengths)) > 1)


def _alpha(layer: Layer, work: Ints, documents: NDArray[np.bool_], annotated: Annotated) -> CharacterAlpha:
    count = max(len(layer.labels), 1)
    return character_alpha(layer.marks, annotated.lengths, work[documents[work[:, 0]]], count)


def _spans(
    one: Layer, other: Layer, alpha: CharacterAlpha, lengths: Ints
) -> tuple[SpanAgreement, dict[str, SpanAgreement]]:
    """Return the agreement on all spans, and by label; ``lengths`` are 0 for documents that do not count."""
    matches = match(one.marks, other.marks)
    length, base = int(lengths.sum()), np.cumsum(lengths) - lengths
    units = [[_units(side.marks, label, base) for label in range(len(alpha.by_label))] for side in (one, other)]
    cuts = [(alpha_u(own, length), u_alpha(own, length)) for own in map(list, zip(*units, strict=True))]
    whole = SpanAgreement(
        (len(one.marks), len(other.marks)),
        matches.f1(1),
        matches.f1(),
        alpha.joint,
        joint(cut[0] for cut in cuts),
        u_alpha_of_labels(units, length),
    )
    labels = {
        name: SpanAgreement(*_of_label(one.marks, other.marks, matches, label), alpha.by_label[label], *cuts[label])
        for label, name in enumerate(one.labels)
    }
    return whole, labels


def _of_label(
    one: Marks, other: Marks, matches: Matches, label: int
) -> tuple[tuple[int, int], Coefficient, Coefficient]:
    """Return how many items have the label, and F1 of them."""
    items = (int((one.label == label).sum()), int((other.label == label).sum()))
    own = matches.chosen(one.label[matches.one] == label, sum(items))
    return items, own.f1(1), own.f1()


def _units(marks: Marks, label: int, base: Ints) -> NDArray[np.int64]:
    """Return the pieces that have a label, the documents laid end to end; those that overlap are one unit."""
    own = marks.label[marks.item] == label
    document = marks.document[marks.item[own]]
    return np.column_stack(merged(document, *(edge[own] + base[document] for edge in (marks.start, marks.end)))[1:])
