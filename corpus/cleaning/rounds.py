"""Judge until nothing more goes: the text that is left must survive its own cleaning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.contexts import judge
from corpus.cleaning.learned import with_model
from corpus.cleaning.looks import Looks, look_at
from corpus.cleaning.matching import rule_no
from corpus.cleaning.standing import Flags, Ints, Standing, of_role

__all__ = ["ROUNDS", "first_round", "settle"]

ROUNDS = 24
"""How often a document is judged at most; real pages settle in two or three rounds."""

_LOOKS = ["plain", "chars", "words", "stopped", "colon", "lower", "prose"]

_SEGMENT = {
    "doc": pl.UInt32,
    "unit": pl.UInt32,
    "from": pl.Int32,
    "to": pl.Int32,
    "no": pl.Int32,
    "certainty": pl.Float64,
}
_Segments = tuple[Ints, Ints, Ints, Ints, Ints, NDArray[np.float64], Ints]
"""The columns of a segment (certainty is NaN where there is none), and the kind of its line."""


@dataclass(frozen=True, slots=True)
class _Units:
    """What a round sees: units, or what earlier rounds left of them."""

    looks: Looks
    doc: Ints
    unit: Ints
    kind: Ints
    known: Ints
    """The number of the rule that calls a line the site's; -1 where none does."""
    base: Ints
    """Where in the unit's text what is left of it begins."""

    @classmethod
    def of(cls, units: pl.DataFrame) -> _Units:
        looks, kind = look_at(units["text"], ROUNDS)
        doc, unit = (units[name].to_numpy().astype(np.int64) for name in ("doc", "unit"))
        known = np.full(len(units), -1, dtype=np.int64)
        if "known" in units.columns:
            known = units["known"].fill_null(-1).to_numpy().astype(np.int64)
        return cls(looks, doc, unit, kind, known, np.zeros(len(units), dtype=np.int64))

    def standing(self) -> Standing:
        lines = Standing(self.looks, self.kind, self.doc)
        lines.tell(known=self.known)
        return lines

    def frame(self, no: Ints) -> pl.DataFrame:
        """Return the units with the verdict on each, as the line model asks for them."""
        shown = self.looks.frame.select("text")[self.kind]
        number = pl.Series("no", no, dtype=pl.Int32)
        kept = pl.Series("kept", of_role("body")[no])
        return shown.with_columns(pl.Series("doc", self.doc), pl.Series("unit", self.unit), number, kept)

    def whole(self, rows: Flags, no: Ints, certainty: NDArray[np.float64]) -> _Segments:
        """Return one segment for each of the units, over all of its (remaining) text."""
        kind, base = self.kind[rows], self.base[rows]
        end = base + self.looks.number("chars")[kind]
        return self.doc[rows], self.unit[rows], base, end, no[rows], certainty[rows], kind

    def pieces(self, rows: Flags) -> _Segments:
        """Return one segment for each of the units: the piece that is cut off."""
        kind, base = self.kind[rows], self.base[rows]
        begin, end = (base + self.looks.number(f"cut_{side}")[kind] for side in ("from", "to"))
        unsaid = np.full(len(kind), np.nan)
        return self.doc[rows], self.unit[rows], begin, end, self.looks.number("cut_no")[kind], unsaid, kind

    def left(self, rows: Flags) -> _Units:
        """Return some of the units, each without the piece that is cut off it."""
        kind = self.kind[rows]
        cut = self.looks.number("cut_no")[kind] >= 0
        return _Units(
            self.looks,
            self.doc[rows],
            self.unit[rows],
            np.where(cut, self.looks.number("rest")[kind], kind),
            np.where(cut, -1, self.known[rows]),
            self.base[rows] + np.where(cut, self.looks.number("skipped")[kind], 0),
        )


def settle(units: pl.DataFrame, line_model: bool) -> pl.DataFrame:
    """Return the last verdict on every unit, and one on every piece that was cut off an edge, in order.

    Each round sees only what the last one kept, exactly as a second cleaning would. A document is done
    when a round drops nothing of it. ``units`` has ``doc``, ``unit`` (rising) and ``text``; the result has
    a row per segment: ``unit``, ``from`` and ``to`` (code points of the unit's text), ``no`` (the number of the
    rule that decided), ``certainty`` (of the models of lines and of headlines, where they decided), and what the
    unit looks like.
    ``line_model`` asks the line model too, in the first round.
    Where ``units`` has ``known``, the number of the rule that calls a line the site's, it counts as a rule's word.
    """
    seen = _Units.of(units)
    titled = np.zeros(int(seen.doc.max(initial=-1)) + 1, dtype=np.bool_)
    segments: list[_Segments] = []
    for number in range(ROUNDS + 1):
        lines = seen.standing()
        no = _one_title(judge(lines), seen.doc, titled)
        certainty = lines.chance("headline")
        if line_model and number == 0:
            no, judged = _by_model(seen, no)
            certainty = np.fmax(certainty, judged)
        kept, cut = of_role("body")[no], seen.looks.number("cut_no")[seen.kind] >= 0
        changing = lines.any(~kept | cut) if number < ROUNDS else np.zeros(len(lines), dtype=np.bool_)
        titled[seen.doc[no == rule_no("kernel.title")]] = True
        segments += [seen.whole(~changing | ~kept, no, certainty), seen.pieces(changing & kept & cut)]
        seen = seen.left(changing & kept)
        if not len(seen.unit):
            break
    return _told(seen.looks, segments)


def first_round(units: pl.DataFrame) -> pl.DataFrame:
    """Return the rules' first verdict on every unit: what the line model is shown."""
    seen = _Units.of(units)
    return seen.frame(judge(seen.standing()))


def _by_model(seen: _Units, no: Ints) -> tuple[Ints, NDArray[np.float64]]:
    judged = with_model(seen.frame(no))
    number = judged["no"].to_numpy().astype(np.int64)
    if "certainty" not in judged.columns:
        return number, np.full(len(number), np.nan)
    return number, judged["certainty"].fill_null(np.nan).to_numpy()


def _one_title(no: Ints, doc: Ints, titled: Flags) -> Ints:
    """Call a headline in a document that has one already its second headline."""
    second = (no == rule_no("kernel.title")) & titled[doc]
    return np.where(second, rule_no("kernel.second_headline"), no)


def _told(looks: Looks, segments: list[_Segments]) -> pl.DataFrame:
    """Return the segments as a frame, in order, with what the units look like."""
    columns = [np.concatenate(parts) for parts in zip(*segments, strict=True)]
    order = np.argsort((columns[1] << 32) + columns[2])
    *told, kind = (column[order] for column in columns)
    return pl.DataFrame(dict(zip(_SEGMENT, told, strict=True)), schema=_SEGMENT).hstack(
        looks.frame.select(_LOOKS)[kind]
    )
