"""Judge until nothing more goes: the text that is left must survive its own cleaning."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.blanks import leading, stripped
from corpus.cleaning.contexts import judge
from corpus.cleaning.features import add_features
from corpus.cleaning.learned import with_model
from corpus.cleaning.matching import add_cuts, add_matches, rule_number

__all__ = ["ROUNDS", "first_round", "settle"]

ROUNDS = 24
"""How often a document is judged at most; real pages settle in two or three rounds."""

_LOOKS = ["plain", "chars", "words", "stopped", "colon", "lower", "prose"]


def settle(units: pl.DataFrame, line_model: bool = False) -> pl.DataFrame:
    """Return the last verdict on every unit, and one on every piece that was cut off an edge.

    Each round sees only what the last one kept, exactly as a second cleaning would. A document is done
    when a round drops nothing of it. ``units`` has ``doc``, ``unit`` (rising) and ``text``; the result has
    a row per segment: ``unit``, ``from`` and ``to`` (code points of the unit's text), ``no`` (the number of the
    rule that decided), ``certainty`` (of the line model, where it decided), and what the unit looks like.
    ``line_model`` asks the line model too, in the first round.
    Where ``units`` has ``known``, the number of the rule that calls a line the site's, it counts as a rule's word.
    """
    seen, looks = _first_look(units)
    segments: list[pl.DataFrame] = []
    titled = pl.Series("doc", [], dtype=seen.schema["doc"])
    for number in range(ROUNDS):
        judged = _one_title(judge(seen), titled)
        if line_model and number == 0:
            judged = with_model(judged)
        titled = titled.append(judged.filter(_is_title())["doc"])
        changing = pl.col("doc").is_in(_changed(judged).implode())
        done, again = judged.filter(~changing), judged.filter(changing)
        goes = again.filter(~pl.col("kept"))
        segments += [_whole(done), _whole(goes)]
        if not len(again):
            return pl.concat(segments)
        cut = again.filter(pl.col("kept"), pl.col("cut_no").is_not_null())
        segments.append(_pieces(cut))
        seen = _remaining(again, cut, seen, looks)
    return pl.concat([*segments, _whole(_one_title(judge(seen), titled))])


def first_round(units: pl.DataFrame) -> pl.DataFrame:
    """Return the rules' first verdict on every unit: what the line model is shown."""
    return judge(_first_look(units)[0])


def _first_look(units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the units with all that depends on their own text, and the same of all texts that were looked at.

    What would be left of a line without the piece that a rule drops is looked at too: searching twice costs more.
    """
    if "known" not in units.columns:
        units = units.with_columns(pl.lit(None, dtype=pl.Int32).alias("known"))
    base = pl.lit(0, dtype=pl.Int32).alias("base")
    kinds = add_cuts(add_features(units.select("text").unique(maintain_order=True)))
    rests = kinds.filter(pl.col("cut_no").is_not_null()).select(stripped(_rest()).alias("text")).unique()
    new = add_cuts(add_features(rests.join(kinds, on="text", how="anti")))
    looks = add_matches(pl.concat([kinds, new]))
    return _joined(units.select("doc", "unit", "text", "known", base), looks), looks


def _is_title() -> pl.Expr:
    return pl.col("no") == rule_number("kernel.title")


def _one_title(judged: pl.DataFrame, titled: pl.Series) -> pl.DataFrame:
    """Call a headline in a document that has one already its second headline."""
    second = _is_title() & pl.col("doc").is_in(titled.implode())
    number = pl.when(second).then(rule_number("kernel.second_headline")).otherwise(pl.col("no"))
    return judged.with_columns(number.alias("no"))


def _changed(judged: pl.DataFrame) -> pl.Series:
    goes = ~pl.col("kept") | pl.col("cut_no").is_not_null()
    return judged.filter(goes)["doc"].unique()


def _whole(judged: pl.DataFrame) -> pl.DataFrame:
    """Return one segment for each unit, over all of its (remaining) text."""
    return judged.select(
        "doc",
        "unit",
        pl.col("base").alias("from"),
        (pl.col("base") + pl.col("chars")).alias("to"),
        "no",
        pl.col("certainty") if "certainty" in judged.columns else pl.lit(None, dtype=pl.Float64).alias("certainty"),
        *_LOOKS,
    )


def _pieces(cut: pl.DataFrame) -> pl.DataFrame:
    """Return one segment for each piece that goes."""
    ends = [(pl.col("base") + pl.col(f"cut_{side}")).alias(side) for side in ("from", "to")]
    unsaid = pl.lit(None, dtype=pl.Float64).alias("certainty")
    named = cut.with_columns(*ends, unsaid, pl.col("cut_no").alias("no"))
    return named.select("doc", "unit", "from", "to", "no", "certainty", *_LOOKS)


def _remaining(judged: pl.DataFrame, cut: pl.DataFrame, seen: pl.DataFrame, looks: pl.DataFrame) -> pl.DataFrame:
    """Return what the next round sees: kept units as they were, what is left of cut ones as it looks by itself."""
    kept = judged.filter(pl.col("kept"), pl.col("cut_no").is_null())
    whole = seen.join(kept.select("unit"), on="unit", how="semi", maintain_order="left")
    if not len(cut):
        return whole
    first, rest = pl.col("cut_from") == 0, _rest()
    skipped = pl.when(first).then(pl.col("cut_to") + leading(rest).cast(pl.Int32)).otherwise(0)
    left = cut.select(
        "doc",
        "unit",
        stripped(rest).alias("text"),
        pl.lit(None, dtype=pl.Int32).alias("known"),
        (pl.col("base") + skipped).cast(pl.Int32).alias("base"),
    )
    texts = left.select("text").unique(maintain_order=True)
    new = texts.join(looks, on="text", how="anti", maintain_order="left")
    old = looks.join(texts, on="text", how="semi", maintain_order="left")
    looked = pl.concat([old, add_matches(add_cuts(add_features(new)))]) if len(new) else old
    return pl.concat([whole, _joined(left, looked).select(whole.columns)]).sort("unit")


def _rest() -> pl.Expr:
    """Return what is left of a unit's text without the piece that is cut off, blanks at its edges and all."""
    text = pl.col("text")
    return (
        pl.when(pl.col("cut_from") == 0)
        .then(text.str.slice(pl.col("cut_to")))
        .otherwise(text.str.slice(0, pl.col("cut_from")))
    )


def _joined(units: pl.DataFrame, looks: pl.DataFrame) -> pl.DataFrame:
    """Add all that depends on a unit's own text; lines that stand there often were looked at once."""
    return units.join(looks, on="text", how="left", maintain_order="left")
