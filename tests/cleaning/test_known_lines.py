"""Lines that a site's documents share: how they are counted, and what the counts may and may not do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.knownlines.keys import line_keys, text_keys
from corpus.cleaning.knownlines.table import FrozenCounts, KnownLines
from corpus.cleaning.linecounts import growing
from corpus.cleaning.linecounts.counting import counted
from corpus.cleaning.linecounts.growing import Grown, Growth
from corpus.errors import DataError

PLACES = ("Ahlen", "Brake", "Celle", "Dorum", "Emden", "Fehmarn", "Geestland", "Husum", "Itzehoe", "Jever")
PROMO = "The Coast Courier is written by the people who live here, and every reader helps to keep its desks open."
LIVE = "We report here all day what the storm does to the coast, to its harbours and to all who live by them."


def article(place: str, *, tail: tuple[str, ...] = (PROMO,), head: tuple[str, ...] = ()) -> str:
    """Return a bare article about a place, its own words in every paragraph."""
    own = (
        f"Harbour of {place} reopens after a week of storms",
        f"The harbour of {place} reopened on Monday after a week of storms, the operator of its locks said.",
        f"Ships had waited off {place} since the gales began, and some had turned back for want of fuel.",
        f"Nobody knows what the closure cost, but the mayor of {place} spoke of some two million euros.",
    )
    return "\n\n".join((*head, *own, *tail))


def frame(texts: dict[str, str], site: str | None = "courier.example") -> pl.DataFrame:
    return pl.DataFrame(
        {"doc_id": list(texts), "text": list(texts.values()), "site": [site] * len(texts)},
        schema={"doc_id": pl.String, "text": pl.String, "site": pl.String},
    )


def grow(path: Path, *batches: pl.DataFrame) -> Grown:
    folder = path.with_suffix(f".work-{len(list(path.parent.iterdir()))}")
    folder.mkdir()
    growth = Growth(folder)
    for batch in batches:
        growth.add(counted(batch))
    return growth.write(path)


def known(tmp_path: Path, *batches: pl.DataFrame) -> KnownLines:
    tmp_path.mkdir(exist_ok=True)
    grow(tmp_path / "known.parquet", *batches)
    return FrozenCounts.of(tmp_path / "known.parquet").load()


def rules_of(text: str, lines: KnownLines, site: str | None = "courier.example") -> dict[str, str]:
    blocks = clean_frame(frame({"x": text}, site), line_model=False, known_lines=lines)
    return dict(blocks.select("text", "rule").iter_rows())


SITE = frame({f"a{n}": article(place) for n, place in enumerate(PLACES)})


def test_what_a_sites_documents_share_goes_and_says_in_how_many_it_stands(tmp_path: Path) -> None:
    """A paragraph that no rule speaks of is dropped by the counts alone; its score is 1 - 1/n."""
    lines = known(tmp_path, SITE)
    text = article("Krummhörn")
    assert rules_of(text, KnownLines({}, {}))[PROMO] == "prose"
    blocks = clean_frame(frame({"x": text}), line_model=False, known_lines=lines)
    (promo,) = blocks.filter(pl.col("text") == PROMO).iter_rows(named=True)
    assert (promo["rule"], promo["role"], promo["reason"]) == ("known.apart", "boilerplate", "repeated_across_site")
    assert promo["score"] == pytest.approx(1 - 1 / len(PLACES))
    assert blocks["kept"].sum() == 3


def test_another_site_has_its_own_lines(tmp_path: Path) -> None:
    lines = known(tmp_path, SITE)
    for site in ("other.example", None):
        assert rules_of(article("Krummhörn"), lines, site)[PROMO] == "prose"


def test_captures_of_one_article_do_not_erase_it(tmp_path: Path) -> None:
    """Ten copies under ten ids, with other furniture each, count as one document."""
    copies = {f"c{n}": article("Norden", tail=(f"More from {place}", PROMO)) for n, place in enumerate(PLACES)}
    grown = grow(tmp_path / "known.parquet", SITE, frame(copies))
    assert (grown.added, grown.copies) == (11, 9)
    lines = FrozenCounts.of(tmp_path / "known.parquet").load()
    kept = clean_frame(frame({"x": article("Norden")}), line_model=False, known_lines=lines).filter("kept")
    assert kept.height == 3


def test_a_document_whose_every_line_is_known_stays(tmp_path: Path) -> None:
    """Counts never take the whole of a document: with no paragraph of its own, it is a copy."""
    variants = {
        f"v{n}": article("Norden", head=(f"{LIVE} Storm number {n} reached {p} in the small hours.",))
        for n, p in enumerate(PLACES)
    }
    lines = known(tmp_path, frame(variants))
    assert sum(len(part) for part in lines.lines.values()) >= 4, "the test must have known lines to be about"
    rules = rules_of(article("Norden"), lines)
    assert not [rule for rule in rules.values() if rule.startswith("known.")]


def test_a_headline_that_other_pages_tease_stays_the_headline(tmp_path: Path) -> None:
    headline = "Harbour of Ahlen reopens after a week of storms"
    pages = frame({f"a{n}": article(place, tail=(headline,)) for n, place in enumerate(PLACES[1:])})
    assert rules_of(article("Ahlen"), known(tmp_path, pages))[headline] == "kernel.title"


def test_recurring_subheads_and_background_stay(tmp_path: Path) -> None:
    """A short line between paragraphs, and a paragraph that few articles end with, are the articles' own."""
    background = "Storms of this strength reach the coast about twice in ten years, the weather service says."
    texts = {}
    for n, place in enumerate(PLACES * 3):
        parts = article(f"{place} {n}", tail=()).split("\n\n")
        parts.insert(2, "Why it matters")
        texts[f"a{n}"] = "\n\n".join(parts + ([background] if n % 10 == 0 else []))
    lines = known(tmp_path, frame(texts))
    rules = rules_of(texts["a0"], lines)
    assert rules["Why it matters"] == "kernel.heading"
    assert rules[background] == "prose"


def test_bylines_and_captions_keep_their_roles(tmp_path: Path) -> None:
    pages = frame({f"a{n}": article(place, head=("By Mara Lind",)) for n, place in enumerate(PLACES)})
    blocks = clean_frame(
        frame({"x": article("Krummhörn", head=("By Mara Lind",))}),
        line_model=False,
        known_lines=known(tmp_path, pages),
    )
    assert blocks.filter(pl.col("text") == "By Mara Lind")["role"].to_list() == ["byline"]


def test_the_bytes_do_not_depend_on_order_or_batches(tmp_path: Path) -> None:
    """Any order, any cut into batches: one file."""
    copies = frame({f"c{n}": article("Norden", tail=(f"More from {place}",)) for n, place in enumerate(PLACES)})
    whole = pl.concat([SITE, copies])
    grow(tmp_path / "one.parquet", whole)
    grow(tmp_path / "two.parquet", *(whole.reverse()[n : n + 3] for n in range(0, len(whole), 3)))
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_growing_adds_what_is_new_and_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "known.parquet"
    grow(path, SITE[:6])
    before = path.read_bytes()
    again = grow(path, SITE[:6])
    assert (again.added, again.seen, path.read_bytes()) == (0, 6, before)
    grown = grow(path, SITE)
    assert (grown.added, grown.seen, grown.total) == (4, 6, 10)
    edited = SITE[:6].with_columns(pl.col("text").str.replace("two million", "three million"))
    assert grow(path, edited).added == 0
    lines = FrozenCounts.of(path).load()
    assert lines.totals == {"courier.example": 10}
    assert max(lines.lines["courier.example"]["documents"]) == 10


def test_no_text_is_in_the_file(tmp_path: Path) -> None:
    grow(tmp_path / "known.parquet", SITE)
    table = pl.read_parquet(tmp_path / "known.parquet")
    assert table.schema == {
        "kind": pl.String, "site": pl.String, "key": pl.UInt64, "documents": pl.UInt32, "since": pl.UInt32,
    }  # fmt: skip
    assert set(table["site"]) == {"courier.example"}
    assert table.select("kind", "key", "site").is_duplicated().sum() == 0


def test_lines_are_compared_by_their_words() -> None:
    """Case, typographic marks, blanks and signs at the edges make no difference; words and their order do."""
    same = ["Read  More »", "read more", "•READ\u00a0MORE", '"Read more"']
    others = ["read more.com", "more read", "read moer", "Read more here"]
    keys = line_keys(pl.Series([*same, *others])).to_list()
    assert len(set(keys[: len(same)])) == 1
    assert len(set(keys[len(same) - 1 :])) == 1 + len(others)
    assert line_keys(pl.Series(["12:30", "—", ""])).null_count() == 3


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=30))
def test_a_key_is_of_its_text_alone(texts: list[str]) -> None:
    """Equal texts have equal keys and others other ones, whatever stands beside them."""
    keys = text_keys(pl.Series(texts)).to_list()
    assert keys == [text_keys(pl.Series([text]))[0] for text in texts]
    assert len(set(keys)) == len(set(texts))


def test_keys_stay_the_same_for_ever() -> None:
    """A file of counts made today must fit the lines of tomorrow: these numbers may never change."""
    assert line_keys(pl.Series(["Read more »", "Weiterlesen", "続きを読む"])).to_list() == [
        2317715729953444347,
        3533068272700442814,
        1129796838487897967,
    ]


@pytest.mark.parametrize("fault", ["text", "parquet", "cut", "changed"])
def test_a_file_of_something_else_is_refused_in_a_sentence(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "known.parquet"
    if fault == "text":
        path.write_text("read more\n", "utf-8")
    elif fault == "parquet":
        pl.DataFrame({"line": ["read more"]}).write_parquet(path)
    else:
        grow(path, SITE)
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    if fault == "changed":
        frozen = FrozenCounts.of(path)
        grow(path, frame({"new": article("Krummhörn")}))
        with pytest.raises(DataError, match="changed while"):
            frozen.load()
    else:
        with pytest.raises(DataError, match="no file of known lines"):
            FrozenCounts.of(path)


def test_two_versions_of_a_report_keep_what_they_share(tmp_path: Path) -> None:
    """What two documents of a site share is the site's where it is little, and the report's where it is much."""
    old = article("Norden", tail=())
    lead = (
        "Two ferries ran aground off Norden early on Tuesday, and some forty people were brought to land by boat."
    )
    new = "\n\n".join((lead, *old.split("\n\n")[1:]))
    lines = known(tmp_path, frame({"old": old, "new": new}))
    assert lines.totals == {"courier.example": 2}
    assert clean_frame(frame({"x": new}), line_model=False, known_lines=lines)["kept"].all()
    promoted = "\n\n".join((article("Ahlen", tail=()), PROMO)), "\n\n".join((article("Brake", tail=()), PROMO))
    few = known(tmp_path / "few", frame(dict(zip("ab", promoted, strict=True))))
    assert rules_of(promoted[0], few)[PROMO] == "known.apart"


def test_the_file_forgets_what_is_rare_and_long_ago(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of old documents' own lines and keys nothing is left; what stands in every document stays counted."""
    monkeypatch.setattr(growing, "RARE", 4)
    monkeypatch.setattr(growing, "KEPT_DOCUMENTS", 5)
    path = tmp_path / "known.parquet"
    first = grow(path, SITE[:4])
    second = grow(path, SITE[4:])
    rows = pl.read_parquet(path)
    assert first.lines == 4 * 4 + 1
    assert second.lines == 1
    assert rows.filter(pl.col("kind") == "line")["documents"].to_list() == [10]
    assert rows.filter(pl.col("kind") == "document")["since"].to_list() == [10] * 6
    assert grow(path, SITE[6:]).added == 0
    assert grow(path, SITE[:2]).added == 2, "they are counted anew, since nothing is known of them"


def test_a_share_is_of_the_documents_since_a_line_came_in(tmp_path: Path) -> None:
    """A banner that the site shows from now on is not diluted by the years before it."""
    path = tmp_path / "known.parquet"
    old = {f"o{n}": article(f"Old {place} {n}", tail=()) for n, place in enumerate(PLACES * 6)}
    grow(path, frame(old))
    grow(path, frame({f"n{n}": article(f"New {place}") for n, place in enumerate(PLACES[:4])}))
    lines = FrozenCounts.of(path).load()
    units = pl.DataFrame({"doc": [0], "unit": [0], "text": [PROMO]}, schema_overrides={"doc": pl.UInt32})
    (row,) = lines.look_up(units, pl.Series(["courier.example"])).iter_rows(named=True)
    assert (row["documents"], row["share"]) == (4, 1.0)
