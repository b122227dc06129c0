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
from corpus.agreement.clustering import HALF, clustered
from corpus.agreement.coefficient import Coefficient
from corpus.agreement.marks import Ints, Marks, merged
from corpus.agreement.matching import Matches, match
from corpus.agreement.unitizing import alpha_u, joint, u_alpha, u_alpha_of_labels
from corpus.agreement.values import ValueAgreement, on_clusters, on_matched
from corpus.export.annotated import Annotated, Layer

__all__ = ["LayerAgreement", "PairAgreement", "SpanAgreement", "agreement_of"]


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
    matched: int
    """Items that two of them marked, or more, at least half alike, whatever their label."""
    values: Mapping[str, ValueAgreement]
    """What they say of those, by column: the label, attributes and flags."""
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
    here = layer.of_documents(several)
    alpha = _alpha(here.marks, annotated.lengths, work[several[work[:, 0]]], len(layer.labels))
    cluster = clustered(here.marks)
    person = np.searchsorted(own, here.marks.annotator)
    sides = [_Side.of(layer, work, number, annotated) for number in own.tolist()]
    pairs = [_of_pair(one, other, annotated.lengths) for one, other in combinations(sides, 2)]
    return LayerAgreement(
        layer.name,
        tuple(annotated.people[number] for number in own),
        int(several.sum()),
        len(here.marks),
        alpha.joint,
        dict(zip(layer.labels, alpha.by_label, strict=False)),
        int((np.bincount(cluster) > 1).sum()),
        {column: on_clusters(cluster, person, codes, len(own)) for column, codes in here.values.items()},
        tuple(pair for pair in pairs if pair is not None),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One annotator's part of a layer."""

    number: int
    name: str
    layer: Layer
    worked: NDArray[np.bool_]
    """For each document, whether they worked on it."""

    @classmethod
    def of(cls, layer: Layer, work: Ints, number: int, annotated: Annotated) -> _Side:
        """Return the part of the annotator with this number."""
        worked = np.zeros(len(annotated.lengths), dtype=np.bool_)
        worked[work[work[:, 1] == number, 0]] = True
        return cls(number, annotated.people[number], layer.chosen(layer.marks.annotator == number), worked)


def _of_pair(left: _Side, right: _Side, lengths: Ints) -> PairAgreement | None:
    common = left.worked & right.worked
    one, other = (side.layer.of_documents(common) for side in (left, right))
    if not len(one.marks) + len(other.marks):
        return None
    documents = np.flatnonzero(common)
    work = np.concatenate([np.column_stack((documents, np.full_like(documents, s.number))) for s in (left, right)])
    alpha = _alpha(one.marks.joined(other.marks), lengths, work, len(one.labels))
    spans, labels = _spans(one, other, alpha, lengths * common)
    alike = match(one.marks, other.marks, same_label=False).of_at_least(HALF)
    return PairAgreement(
        (left.name, right.name),
        len(documents),
        spans,
        labels,
        len(alike.one),
        {column: on_matched(alike, one.values[column], other.values[column]) for column in one.values},
    )


def _several(work: Ints, annotated: Annotated) -> NDArray[np.bool_]:
    """Return for each document whether several people worked on it."""
    return np.asarray(np.bincount(work[:, 0], minlength=len(annotated.lengths)) > 1)


def _alpha(marks: Marks, lengths: Ints, work: Ints, labels: int) -> CharacterAlpha:
    return character_alpha(marks, lengths, work, max(labels, 1))


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
