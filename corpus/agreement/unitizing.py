"""Agreement on where units begin and end on a continuum: Krippendorff's alphas for unitizing.

A continuum of ``length`` characters is cut by each annotator into units and the gaps between them. Units are given
for each annotator as an array n × 2 of starts and ends (half-open), in order and not overlapping; what overlaps is
made one before (:func:`corpus.agreement.marks.merged`). ``count`` is the number of units of all annotators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from corpus.agreement.coefficient import Coefficient, corrected, undefined
from corpus.agreement.marks import Ints
from corpus.agreement.stretches import labelled_units

__all__ = ["alpha_u", "joint", "u_alpha", "u_alpha_of_labels"]

Units = NDArray[np.int64]

NO_UNITS = "Nobody marked a unit."
_ONE = "There is one annotator."


def alpha_u(units: Sequence[Units], length: int) -> Coefficient:
    """Return alpha_U of one label: how far boundaries lie apart, squared, against chance.

    Krippendorff 2004 (doi:10.1007/s11135-004-8107-7; Content Analysis, 2nd ed., section 11.6). Meant for two
    annotators: with more of them it behaves oddly, which :func:`u_alpha` mends.

    Raises:
        ValueError: units overlap, are out of order or reach beyond the continuum.
    """
    fault = _fault(units, length)
    if fault is not None:
        return undefined(fault)
    people, whole = len(units), len(units) * length
    pairs = sum(_apart(one, other) for one, other in combinations(units, 2))
    observed = 2 * pairs / (people * (people - 1) * length**2)
    sizes = np.concatenate([_sizes(own) for own in units]).astype(np.float64)
    gaps = np.sort(np.concatenate([_gaps(own, length) for own in units])).astype(np.float64)
    among_units = (len(sizes) - 1) / 3 * (2 * sizes**3 - 3 * sizes**2 + sizes)
    ways = float((among_units + sizes**2 * _places(sizes, gaps)).sum())
    expected = 2 / length * ways / (whole * (whole - 1) - float((sizes * (sizes - 1)).sum()))
    return corrected(observed, expected, len(sizes))


def u_alpha(units: Sequence[Units], length: int, values: Sequence[Ints] | None = None) -> Coefficient:
    """Return u-alpha: how much of the continuum two annotators cut and label alike, against chance.

    Krippendorff, Mathet, Bouvry and Widlöcher 2016 (doi:10.1007/s11135-015-0266-1): coincidences are lengths of
    intersections, and chance pairs no unit with itself; a gap counts as so many gaps of length one. ``values`` are
    the units' labels (None: all have one). Units of length one make it alpha on characters.

    Raises:
        ValueError: units overlap, are out of order or reach beyond the continuum.
    """
    fault = _fault(units, length)
    if fault is not None:
        return undefined(fault)
    labels = values if values is not None else [np.zeros(len(own), dtype=np.int64) for own in units]
    sides = list(zip(units, labels, strict=True))
    whole = len(units) * length
    alike = sum(_alike(one, other, length) for one, other in combinations(sides, 2))
    observed = whole - 2 * alike / (len(units) - 1)
    sizes = np.concatenate([_sizes(own) for own in units])
    _, codes = np.unique(np.concatenate(labels), return_inverse=True)
    totals = [int(total) for total in np.bincount(codes, weights=sizes)]
    gap = whole - sum(totals)
    unlike = whole**2 - sum(total**2 for total in totals) - gap**2
    others = whole**2 - int((sizes**2).sum()) - gap
    return corrected(observed / whole, unlike / others, len(sizes))


def u_alpha_of_labels(units: Sequence[Sequence[Units]], length: int) -> Coefficient:
    """Return u-alpha of all labels at once; ``units`` are each annotator's units of each label.

    Where an annotator's units of two labels overlap, they are cut at each other's boundaries, and what is compared
    is the set of labels; without such overlaps it is what :func:`u_alpha` tells.

    Raises:
        ValueError: units of one label overlap, are out of order or reach beyond the continuum.
    """
    for own in units:
        _fault(own, length)
    found = [labelled_units(own) for own in units]
    numbers = {name: number for number, name in enumerate(sorted({name for _, names in found for name in names}))}
    values = [np.array([numbers[name] for name in names], dtype=np.int64) for _, names in found]
    return u_alpha([own for own, _ in found], length, values)


def joint(coefficients: Iterable[Coefficient]) -> Coefficient:
    """Return one coefficient for several labels: their observed and expected disagreements are added.

    As Krippendorff 2004 does for alpha_U; all must be of the same annotators and continuum.
    """
    known = [c for c in coefficients if c.observed is not None and c.expected is not None]
    if not known:
        return undefined(NO_UNITS)
    count = sum(c.count for c in known)
    return corrected(sum(c.observed or 0 for c in known), sum(c.expected or 0 for c in known), count)


def _fault(units: Sequence[Units], length: int) -> str | None:
    """Return why there is nothing to measure; refuse units that are no units."""
    for own in units:
        edges = own.reshape(-1)
        if own.ndim != 2 or (_sizes(own) <= 0).any() or (np.diff(edges) < 0).any():
            raise ValueError("Units are rows of start and end, in order, not empty and not overlapping.")
        if len(edges) and (edges[0] < 0 or edges[-1] > length):
            raise ValueError(f"A unit reaches beyond the continuum of {length} characters.")
    if len(units) < 2:
        return _ONE
    return None if any(len(own) for own in units) else NO_UNITS


def _sizes(units: Units) -> Ints:
    return np.asarray(units[:, 1] - units[:, 0])


def _gaps(units: Units, length: int) -> Ints:
    """Return the lengths of the gaps, empty ones left out."""
    edges = np.concatenate(([0], units.reshape(-1), [length]))
    gaps = edges[1::2] - edges[::2]
    return np.asarray(gaps[gaps > 0])


def _places(sizes: NDArray[np.float64], gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each size in how many places of the gaps (in ascending order) it fits."""
    first = np.searchsorted(gaps, sizes)
    rest = np.concatenate((np.cumsum(gaps[::-1])[::-1], [0.0]))[first]
    return np.asarray(rest - (len(gaps) - first) * (sizes - 1))


def _meeting(one: Units, other: Units) -> tuple[Ints, Ints]:
    """Return the indexes of every two units that share a character."""
    first = np.searchsorted(other[:, 1], one[:, 0], side="right")
    counts = np.maximum(np.searchsorted(other[:, 0], one[:, 1], side="left") - first, 0)
    left = np.repeat(np.arange(len(one)), counts)
    return left, np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)


def _apart(one: Units, other: Units) -> float:
    """Return the squared distances of two annotators' boundaries; a unit in a gap counts its squared length."""
    left, right = _meeting(one, other)
    met = float(((one[left] - other[right]).astype(np.float64) ** 2).sum())
    alone = (np.delete(_sizes(own), met_ones) for own, met_ones in ((one, left), (other, right)))
    return met + sum(float((sizes.astype(np.float64) ** 2).sum()) for sizes in alone)


def _alike(one: tuple[Units, Ints], other: tuple[Units, Ints], length: int) -> int:
    """Return how many characters two annotators gave the same label or left in a gap."""
    left, right = _meeting(one[0], other[0])
    pairs = _shared(one[0][left], other[0][right])
    same = int(pairs[one[1][left] == other[1][right]].sum())
    marked = sum(int(_sizes(own).sum()) for own in (one[0], other[0])) - int(pairs.sum())
    return same + length - marked


def _shared(one: Units, other: Units) -> Ints:
    return np.asarray(np.minimum(one[:, 1], other[:, 1]) - np.maximum(one[:, 0], other[:, 0]))
