"""What a measure of agreement gives: a number, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Coefficient", "corrected", "undefined"]

_SAME = "Everybody gave one and the same value everywhere, so that agreement cannot be told from chance."


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A chance-corrected agreement, or an F1, over ``count`` things that were compared."""

    value: float | None
    """At most 1 (perfect); 0 is chance for what is corrected for chance. None where it is not defined."""
    count: int
    """Units, characters or items that were compared."""
    observed: float | None = None
    """Observed disagreement, where ``value`` is 1 - observed / expected."""
    expected: float | None = None
    """Disagreement that chance would give."""
    reason: str | None = None
    """One sentence on why ``value`` is None."""

    def as_record(self) -> dict[str, float | int | str | None]:
        """Return it for JSON: value and count, with the reason where there is no value."""
        record: dict[str, float | int | str | None] = {"value": self.value, "count": self.count}
        return record if self.reason is None else {**record, "reason": self.reason}


def corrected(observed: float | Fraction, expected: float | Fraction, count: int) -> Coefficient:
    """Return 1 - observed / expected disagreement; with nothing expected, it is undefined.

    Of fractions the value is exact and rounded once, so that coefficients of the same counts keep their order.

    >>> corrected(0.25, 0.5, 20).value
    0.5
    >>> corrected(0.0, 0.0, 20).value is None
    True
    """
    value = float(1 - observed / expected) if expected > 0 else None
    return Coefficient(value, count, float(observed), float(expected), _SAME if value is None else None)


def undefined(reason: str) -> Coefficient:
    """Return what is told where nothing could be compared."""
    return Coefficient(None, 0, reason=reason)
