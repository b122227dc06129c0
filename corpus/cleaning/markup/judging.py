"""The verdict on each line of a page: what the model keeps, and what to call the rest."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.blanks import BLANKS, leading
from corpus.cleaning.markup.containers import ODD
from corpus.cleaning.markup.features import feature_frame, matrix
from corpus.cleaning.markup.looking import looked_at
from corpus.cleaning.markup.trees import load_trees, probabilities
from corpus.cleaning.matching import rule_number, rule_values

__all__ = ["KEEP", "settle_pages"]

KEEP = 0.35
"""A line at least this probably the article's is kept; when unsure, keep."""

_HARDLY = 0.03
_AFTER = 8
"""How far below the article's last paragraph a list or a table in its element may stand."""

_SHORT = 14
"""A byline has at most so many words."""

_BELOW = 2
"""How many lines below the headline a name alone may be a byline: a standfirst may lie between."""

_USUAL = ["p", "li", "tr", "dd", "dt", "h2", "h3", "h4", "blockquote"]
_SURELY = 0.7
_RULED_OUT = 0.85
"""A rule that speaks of the line by its words is overruled from this probability on."""

_LOOKS = ["plain", "chars", "words", "stopped", "colon", "lower", "prose"]
_HEADINGS = ["h2", "h3", "h4", "h5", "h6"]


def settle_pages(units: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Return the verdict on every unit of pages, and on every piece cut off an edge.

    ``units`` has ``doc``, ``unit``, ``line`` and ``text``; the result has a row a segment, with the columns of
    :func:`corpus.cleaning.rounds.settle` and ``sure`` (the score of the verdict).
    """
    seen = looked_at(units, raw)
    looked = load_trees().names
    features = feature_frame(seen, sorted({*looked, *_ASKED}))
    chances = probabilities(matrix(features.select(looked)))
    told = seen.with_columns(pl.Series("p", chances), *features.select(_ASKED))
    judged = _judged(told)
    cut = judged.filter("kept", pl.col("cut_no").is_not_null())
    whole = judged.filter(~pl.col("kept") | pl.col("cut_no").is_null())
    return pl.concat([_segment(whole, pl.lit(0), pl.col("chars"), pl.col("no")), *_parts(cut)])


_ASKED = [
    "is_title", "near_caption", "in_figure", "near_byline", "near_date", "f_digits", "far_comments", "far_related",
    "far_popular", "far_newsletter", "far_share", "far_advert", "far_bio", "far_consent", "far_media", "in_nav",
    "in_header", "in_footer", "in_aside", "far_navigation", "far_frame", "far_tags", "far_teaser", "in_figcaption",
    "b_within", "b_from", "b_to", "b_share", "up_0", "from_h1", *ODD,
]  # fmt: skip


def _judged(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``no``, ``kept`` and ``sure`` to each line."""
    titled = lines.lazy().with_columns(_title().alias("title")).with_columns(_kept().alias("wanted"))
    spared = titled.with_columns((~pl.col("wanted").any().over("doc") & _least_unsure()).alias("spared"))
    return (
        spared.with_columns(_number().alias("no"))
        .with_columns((rule_values(pl.col("no"), "role").is_in(["body", "heading"])).alias("kept"))
        .with_columns(pl.when("kept").then("p").otherwise(1 - pl.col("p")).alias("sure"))
        .collect()
    )


def _title() -> pl.Expr:
    """Tell the one line a page that is its headline: an h1 that says what the page claims, or either."""
    h1 = (pl.col("tag") == "h1") & (pl.col("words") >= 2)
    claimed = pl.col("is_title") > 0
    worth = h1.cast(pl.Int32) * 2 + claimed.cast(pl.Int32) * 3 - (pl.col("link_share") > 0.5).cast(pl.Int32)
    fits = (pl.col("chars") <= 400) & (worth >= 2)
    value = pl.when(fits).then(worth).otherwise(0)
    best = value == value.max().over("doc")
    return fits & best & (pl.int_range(pl.len()).over("doc", best) == 0)


def _kept() -> pl.Expr:
    ruled = (pl.col("sure_role").is_not_null() | pl.col("known").is_not_null() | _signed().is_not_null()) & (
        pl.col("p") < _RULED_OUT
    )
    caption = pl.col("in_figcaption") + (pl.col("tag") == "figcaption") > 0
    return ((pl.col("p") >= KEEP) | _inside()) & ~ruled & ~pl.col("title") & ~caption


def _signed() -> pl.Expr:
    """Return the rule of a short line of which its words and its element both say that it tells the writer's name.

    A name alone tells it right below the headline, as in a text (:mod:`corpus.cleaning.titles.signed`): elsewhere
    such an element may hold the name of somebody else.
    """
    below = pl.col("from_h1").is_between(1, _BELOW) & ~pl.col("tag").is_in(_HEADINGS)
    places = [("if_page", pl.lit(True)), ("if_byline", below)]
    says = (pl.when((rule_values(pl.col(name), "role") == "byline") & holds).then(name) for name, holds in places)
    return pl.when((pl.col("near_byline") > 0) & (pl.col("words") <= _SHORT)).then(pl.coalesce(*says))


def _inside() -> pl.Expr:
    """Tell of a line that it stands among the article's paragraphs, in elements that nothing sets apart.

    Lists, tables and short paragraphs are rare in what the model learnt from; in the article's own element
    they are the article's, unless the model is quite sure that they are not.
    """
    apart = pl.sum_horizontal("in_aside", "in_footer", "in_nav", "in_figure", *ODD) > 0.01
    among = (pl.col("b_from") >= 0) & (pl.col("b_to") <= _AFTER) & (pl.col("up_0") > 0) & (pl.col("b_share") > 0.4)
    usual = pl.col("tag").is_in(_USUAL) & (pl.col("link_share") < 0.3) & pl.col("sure_role").is_null()
    return usual & among & ~apart & (pl.col("p") >= _HARDLY)


def _least_unsure() -> pl.Expr:
    most = pl.when(~pl.col("title")).then(pl.col("p")).max().over("doc")
    return (pl.col("p") >= most.fill_null(0.0) * 0.5) & (~pl.col("title") | most.is_null())


def _number() -> pl.Expr:
    """Return the number of the rule that names the verdict: what is kept by its element, the rest by its family."""
    said = _said()
    heading = pl.col("tag").is_in(_HEADINGS) & ~pl.col("stopped") & (pl.col("words") <= 25)
    kept = [
        (heading, "heading"),
        (pl.col("tag") == "tr", "table_row"),
        (pl.col("tag") == "li", "list_item"),
        (pl.col("p") >= _SURELY, "body"),
        (pl.lit(True), "unsure"),
    ]
    choices = [
        (pl.col("spared"), rule_number("markup.something_must_stay")),
        (pl.col("title"), rule_number("markup.title")),
        *((pl.col("wanted") & holds, rule_number(f"markup.{name}")) for holds, name in kept),
        (said.is_not_null(), said),
        *((holds, rule_number(f"markup.{name}")) for holds, name in _families()),
    ]
    return pl.coalesce(*(pl.when(holds).then(number) for holds, number in choices), rule_number("markup.apart"))


def _said() -> pl.Expr:
    """Return the number of the rule that names a dropped line by its words, where it may.

    What would be a caption or a credit elsewhere is one here only by a picture of the article.
    """
    places = [pl.col(f"if_{place}") for place in ("head", "tail", "edge", "page")]
    furniture = (
        pl.when(rule_values(number, "role").is_in(["boilerplate", "copyright"])).then(number) for number in places
    )
    pictured = (pl.col("in_figure") + pl.col("near_caption") + pl.col("b_within") > 0) & (pl.col("in_nav") == 0)
    of_picture = pl.col("sure_role").is_in(["caption", "credit"])
    sure = pl.when(~(of_picture & ~pictured) & (pl.col("sure_role") != "body")).then(pl.col("sure"))
    return pl.coalesce(sure, _signed(), *furniture, "known")


def _families() -> list[tuple[pl.Expr, str]]:
    def any_of(*names: str) -> pl.Expr:
        return pl.any_horizontal(pl.col(name) > 0 for name in names)

    short = pl.col("words") <= _SHORT
    elsewhere = any_of("in_nav", "far_related", "far_popular", "far_teaser", "far_comments") & ~any_of("b_within")
    caption = any_of("in_figcaption") | (pl.col("tag") == "figcaption") | any_of("near_caption")
    return [
        (any_of("is_title"), "title_echo"),
        (caption & ~elsewhere & (pl.col("link_share") < 0.5), "caption"),
        (any_of("in_nav"), "navigation"),
        (any_of("far_comments"), "comments"),
        (any_of("near_byline") & short & ~any_of("far_related", "far_popular", "far_teaser"), "byline"),
        (
            any_of("near_date") & short & (pl.col("f_digits") > 0.15) & ~any_of("far_related", "far_popular"),
            "timestamp",
        ),
        (any_of("far_bio"), "author_bio"),
        (any_of("far_consent"), "notice"),
        (any_of("far_newsletter"), "subscription"),
        (any_of("far_advert"), "advertisement"),
        (any_of("far_related", "far_popular"), "related"),
        (any_of("far_share"), "social"),
        (any_of("in_header", "in_footer", "far_navigation", "far_frame"), "navigation"),
        (any_of("far_teaser"), "related"),
        (any_of("far_media"), "media"),
        (any_of("far_tags"), "navigation"),
    ]


def _parts(cut: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the pieces that go, and what is left of their lines."""
    if not len(cut):
        return []
    first = pl.col("cut_from") == 0
    rest = pl.col("text").str.slice(pl.col("cut_to"))
    begins = pl.when(first).then(pl.col("cut_to") + leading(rest).cast(pl.Int32)).otherwise(0)
    shown = pl.col("text").str.slice(0, pl.col("cut_from"))
    trailing = shown.str.len_chars().cast(pl.Int32) - shown.str.strip_chars_end(BLANKS).str.len_chars().cast(
        pl.Int32
    )
    ends = pl.when(first).then(pl.col("chars")).otherwise(pl.col("cut_from") - trailing)
    return [
        _segment(cut, pl.col("cut_from"), pl.col("cut_to"), pl.col("cut_no")),
        _segment(cut, begins, ends, pl.col("no")),
    ]


def _segment(rows: pl.DataFrame, begin: pl.Expr, end: pl.Expr, number: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "doc",
        "unit",
        begin.cast(pl.Int32).alias("from"),
        end.cast(pl.Int32).alias("to"),
        number.alias("no"),
        *_LOOKS,
        pl.col("sure").alias("certainty"),
    )
