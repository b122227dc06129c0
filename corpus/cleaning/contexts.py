"""What a line's surroundings say of it: place, neighbours, repetition, and runs that a line opens."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus.cleaning.looks import Looks
from corpus.cleaning.matching import rule_no
from corpus.cleaning.regions import region
from corpus.cleaning.repeating import first_of_its_like
from corpus.cleaning.standing import Flags, Ints, Standing, of_role, opening
from corpus.cleaning.titles.choosing import headlines
from corpus.cleaning.titles.signed import tell_signed
from corpus.cleaning.titles.site_titles import without_site

__all__ = ["judge"]

_TEASERS = 6
"""How many headline-like lines inside the article may belong to a line that announces other stories."""

_AGAIN_WORDS = 15
_AGAIN_BESIDE = 8
"""So many words must a line have to be furniture where it comes twice, or twice in a row."""

_DESCRIBED = 3
"""So many words must a line have to be the alternative text of the picture below it."""

_LONGEST_CREDIT = 80
"""How many characters a caption may have more than the picture's alternative text above it."""

_NONE = np.iinfo(np.int32).max


def judge(lines: Standing) -> Ints:
    """Return the number of the rule that decides on each unit.

    Its looks have the columns of :func:`corpus.cleaning.looks.look_at`, and it has been told ``known``. A unit
    that nothing speaks against is body.
    """
    _place(lines)
    certainty, sited = without_site(lines, headlines(lines))
    lines.tell(title=~np.isnan(certainty), headline=certainty, sited=sited)
    tell_signed(lines)
    return _spared(lines, _echoed(lines, _verdict(lines)))


def _place(lines: Standing) -> None:
    """Tell how much furniture documents show, where their runs of text lie, and which rules hold at each place."""
    page = lines.sure("boilerplate", "copyright", "timestamp", "byline") | (lines.number("known") >= 0)
    furniture = lines.count(page)
    hinted = (lines.numbers(lines.hints, name) >= 0 for name in ("if_edge", "if_page"))
    hints = lines.counted(lines.hints[np.logical_or(*hinted)])
    run = region(lines)
    furnished = (furniture >= 1) | (hints >= 4)
    edge = (run.head | run.tail | ~run.dense) & furnished
    lines.tell(
        first=run.first,
        last=run.last,
        head=run.head,
        tail=run.tail,
        thread=run.thread,
        dense=run.dense,
        furniture=furniture,
        hints=hints,
        furnished=furnished,
        cluttered=furniture + hints >= 4,
        applied=_applied(
            lines, {"head": run.head, "tail": run.tail, "edge": edge, "page": furnished | _announced(lines)}
        ),
    )


def _announced(lines: Standing) -> Flags:
    """Tell whether a rule for pages says that the unit opens other stories, and two lines below look like them."""
    opens = np.zeros(len(lines), dtype=np.bool_)
    opens[lines.hints] = opening("related").take(lines.numbers(lines.hints, "if_page"))
    like = _teaser_like(lines) if opens.any() else opens
    return opens & lines.beside(like, 1) & lines.beside(like, 2)


def _applied(lines: Standing, here: dict[str, Flags]) -> Ints:
    """Return the number of the first rule that depends on place and holds here, else -1."""
    pictured, signed = lines.sure("caption", "credit"), lines.sure("byline", "timestamp")
    here["caption"] = lines.beside(pictured, 1) | lines.beside(pictured, -1)
    here["byline"] = (lines.beside(signed, 1) | lines.beside(signed, -1)) & here["head"]
    first = np.full(len(lines.hints), _NONE, dtype=np.int64)
    for where, holds in here.items():
        said = lines.numbers(lines.hints, f"if_{where}")
        np.minimum(first, said, out=first, where=holds[lines.hints] & (said >= 0))
    applied = np.full(len(lines), -1, dtype=np.int64)
    applied[lines.hints] = np.where(first == _NONE, -1, first)
    return applied


def _verdict(lines: Standing) -> Ints:
    """Choose among what speaks of a unit, the most certain first: the number of a rule."""
    sure, applied, known = (lines.number(name) for name in ("sure", "applied", "known"))
    prose = lines.flag("prose")
    opens = np.where(sure >= 0, sure, applied)
    related, comments = opening("related")[opens], opening("comments")[opens]
    after_related, after_comments = _tail_runs(lines, related, comments)
    outside = lines.flag("cluttered") & (lines.flag("head") | lines.flag("tail"))
    repeats = (_repeats(lines) & ((sure < 0) | lines.sure("caption"))) | (_described_below(lines) & (sure < 0))
    choices: list[tuple[Flags, Ints | int]] = [
        (lines.flag("title"), rule_no("kernel.title")),
        (repeats, rule_no("kernel.repeated")),
        (sure >= 0, sure),
        (applied >= 0, applied),
        (known >= 0, known),
        (lines.flag("thread"), rule_no("kernel.thread")),
        (after_related, rule_no("kernel.after_related")),
        (after_comments, rule_no("kernel.after_comments")),
        (_teasers(lines, related, comments) & ~prose, rule_no("kernel.teaser")),
        (outside & ~prose, rule_no("kernel.apart")),
        (outside, rule_no("kernel.apart_prose")),
        (prose, rule_no("prose")),
    ]
    number: Ints = np.full(len(lines), rule_no("kernel.unsure"), dtype=np.int64)
    for holds, said in reversed(choices):
        np.copyto(number, said, where=holds)
    return number


def _teasers(lines: Standing, related: Flags, comments: Flags) -> Flags:
    """Tell whether the unit is one of the headline-like lines that follow an announcement in the article."""
    found = np.zeros(len(lines), dtype=np.bool_)
    if not related.any():
        return found
    like, goes_on = _teaser_like(lines), ~_stops(lines) | comments
    rows = np.flatnonzero(related)
    for _ in range(_TEASERS):
        rows = rows[lines.runs.left[rows] > 0] + 1
        rows = rows[goes_on[rows] & ~related[rows]]
        found[rows] = like[rows]
    return found


def _teaser_like(lines: Standing) -> Flags:
    """Tell whether the unit by itself looks like another story's headline."""
    words = lines.number("words")
    return ~_stops(lines) & (words >= 5) & (words <= 30)


def _stops(lines: Standing) -> Flags:
    """Tell whether no list of headlines goes on with the unit."""
    return lines.flag("prose") | lines.flag("stopped") | lines.flag("colon") | lines.flag("lower")


def _tail_runs(lines: Standing, related: Flags, comments: Flags) -> tuple[Flags, Flags]:
    """Tell whether the unit stands in a tail section of other stories, and of comments."""
    tail = lines.flag("tail")
    opens = tail & (related | comments)
    if not opens.any():
        return opens, opens
    opener = lines.last(opens)
    inside = opener >= lines.runs.first
    return related[opener] & inside, comments[opener] & inside


def _repeats(lines: Standing) -> Flags:
    """Tell whether the same words stand earlier: next to it, or anywhere if they are many."""
    words, caption = lines.number("words"), lines.sure("caption")
    maybe = np.flatnonzero((words >= _AGAIN_BESIDE) | caption)
    rows, first, number = first_of_its_like(lines.runs.code, lines.kind, maybe)
    again = first < rows
    twice = again & (number == 2) & (words[rows] >= _AGAIN_WORDS) & lines.flag("furnished")[rows]
    like = np.full(len(lines), -1, dtype=np.int64)
    like[rows] = first
    beside = (like[rows] == like[rows - 1]) & (rows > 0) & (words[rows] >= _AGAIN_BESIDE)
    found = np.zeros(len(lines), dtype=np.bool_)
    found[rows] = beside | twice | (again & caption[rows])
    return found


def _described_below(lines: Standing) -> Flags:
    """Tell whether the caption below begins with these words and adds little: an alternative text of its picture.

    Below the headline the words may be the standfirst, of which the picture's description was made.
    """
    words, size = lines.number("words"), lines.number("chars")
    captioned = lines.beside(lines.sure("caption"), 1) & ~lines.beside(lines.flag("title"), -1)
    above = np.flatnonzero(captioned & (words >= _DESCRIBED) & ~lines.flag("title"))
    above = above[size[above + 1] - size[above] <= _LONGEST_CREDIT]
    found = np.zeros(len(lines), dtype=np.bool_)
    if not len(above):
        return found
    own, below = (lines.shown(rows, "lowered") for rows in (above, above + 1))
    found[above] = pl.DataFrame({"own": own, "below": below}).select(
        pl.col("below").str.starts_with(pl.col("own"))
    )["below"]
    return found


def _echoed(lines: Standing, number: Ints) -> Ints:
    """Call a line that repeats the headline its duplicate, with a site's name or without."""
    title = lines.flag("title")
    headline = lines.flagged(title)
    size = lines.looks.memo(_bytes_lowered)
    maybe = np.flatnonzero((headline >= 0) & ~title & (lines.number("sure") < 0))
    maybe = maybe[size[lines.kind[maybe]] == size[lines.kind[headline[maybe]]]]
    form, said = (lines.shown(rows, "lowered") for rows in (maybe, headline[maybe]))
    echo = maybe[(form == said).to_numpy()]
    number[echo] = rule_no("kernel.title_echo")
    number[lines.flag("sited")] = rule_no("kernel.title_echo")
    return number


def _bytes_lowered(looks: Looks) -> Ints:
    """Return by kind how many bytes a line in lower case has: as many where two are the same."""
    return looks.frame["lowered"].str.len_bytes().to_numpy().astype(np.int64)


def _spared(lines: Standing, number: Ints) -> Ints:
    """Keep what only its surroundings speak against, or else everything, where no text would be left."""
    bare = (lines.number("sure") < 0) & (lines.number("known") < 0)
    spare = ~lines.any(of_role("body")[number]) & (bare | ~lines.any(bare))
    return np.where(spare, rule_no("kernel.something_must_stay"), number)
