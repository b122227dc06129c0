"""The line model: exact in any batch, the same twice, at home with hostile text, and honest about its weights."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.linemodel import inference
from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.evidence import REASONS
from corpus.cleaning.linemodel.explaining import explain, named
from corpus.cleaning.linemodel.features import line_columns
from corpus.cleaning.linemodel.inference import (
    ONE,
    Forest,
    chosen,
    decided,
    judged,
    leaning,
    load_model,
)
from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.markup.trees import load_trees
from corpus.model.roles import Reason

QUIET = settings(max_examples=40)
STORY = [
    "The mayor said on Monday that the bridge over the river would stay closed until the damage had been examined.",
    "Engineers found cracks in two of the pillars after the flood, and nobody knows how long repairs will take.",
    "“Nobody was hurt, and that is what matters to us,” the mayor told reporters at the foot of the closed bridge.",
    "The bridge, which was built in 1932, carries 20,000 cars a day, and the detour takes half an hour.",
    "Shopkeepers on the eastern bank fear for their trade, as most of their customers come from across the river.",
]
MENU = ["Home", "News", "Sport", "Weather", "Sign in", "Subscribe now", "Share this article", "Most read"]
FOOT = ["Privacy Policy", "Terms of Use", "Contact us", "Follow us on Facebook", "All rights reserved."]

line = st.one_of(
    st.sampled_from(STORY + MENU + FOOT),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=80),
).filter(lambda text: bool(text.strip()))
documents = st.lists(
    st.lists(st.tuples(line, st.one_of(st.none(), st.sampled_from(REASONS))), min_size=1, max_size=12),
    min_size=1,
    max_size=6,
)


def frame(docs: list[list[tuple[str, str | None]]]) -> pl.DataFrame:
    rows = [(number, text, reason, reason is None) for number, doc in enumerate(docs) for text, reason in doc]
    schema = {"doc": pl.UInt32, "text": pl.String, "reason": pl.String, "kept": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


JUDGE = """
import io, json, sys
import polars as pl
from corpus.cleaning.linemodel.inference import judged
schema = {"doc": pl.UInt32, "text": pl.String, "reason": pl.String, "kept": pl.Boolean}
lines = pl.read_json(io.StringIO(sys.stdin.read()), schema=schema)
print(json.dumps(judged(lines)[0].tolist()))
"""
"""Reads lines as JSON, writes their probabilities."""


@QUIET
@given(documents)
def test_a_document_is_judged_alike_in_any_batch(docs: list[list[tuple[str, str | None]]]) -> None:
    together = judged(frame(docs))[0]
    alone = np.concatenate([judged(frame([doc]))[0] for doc in docs])
    assert (together == alone).all()
    kept = judged(frame(docs))[1]
    assert (kept == np.concatenate([judged(frame([doc]))[1] for doc in docs])).all()


@pytest.mark.parametrize("size", [1, 20, 40])
def test_lines_are_read_in_stretches_of_whole_documents(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    story, menu = [(text, None) for text in STORY], [(text, "navigation") for text in MENU]
    lines = frame([menu + story, story, [*story, (FOOT[0], "legal_notice")] * 3, menu + story + menu])
    chances, kept = judged(lines)
    monkeypatch.setattr(inference, "_STRETCH", size)
    again, kept_again = judged(lines)
    assert chances.tolist() == again.tolist()
    assert kept.tolist() == kept_again.tolist()


@QUIET
@given(documents)
def test_probabilities_are_probabilities_and_every_column_is_a_number(
    docs: list[list[tuple[str, str | None]]],
) -> None:
    lines = frame(docs)
    parts = judged(lines)[0]
    assert parts.shape == (len(lines),)
    assert ((parts >= 0) & (parts <= 1)).all()
    columns = line_columns(Batch(lines), load_model().lexicons)
    assert all(values.dtype == np.float32 and np.isfinite(values).all() for values in columns.values())


def test_the_processors_vectors_change_nothing() -> None:
    """The same probabilities with numpy's plain loops: no sum is of numbers that the order of adding rounds."""
    lines = frame([[(text, "navigation" if text in MENU[:4] else None) for text in [*MENU, *STORY, *FOOT]]])
    vectors = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    plain = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(vectors)}
    told = subprocess.run(
        [sys.executable, "-c", JUDGE],
        input=lines.write_json(),
        env=plain,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == judged(lines)[0].tolist()


def test_no_lines_no_probabilities() -> None:
    assert judged(frame([]))[0].shape == (0,)
    assert judged(frame([]))[1].shape == (0,)


def test_the_story_is_more_likely_text_than_the_page_around_it() -> None:
    head = [(text, "navigation" if text in MENU[:4] else None) for text in MENU]
    lines = frame([head + [(text, None) for text in STORY + FOOT]])
    parts, kept = judged(lines)
    story = np.isin(lines["text"].to_numpy(), STORY)
    assert parts[story].min() > parts[~story].max()
    assert kept[story].all()
    assert not kept[~story].any()


def test_a_text_without_furniture_stays_as_the_rules_left_it() -> None:
    lines = frame([[(text, None) for text in [*STORY, "A short line"]]])
    assert judged(lines)[1].all()
    dropped = lines.with_columns(kept=pl.col("text") != "A short line")
    assert judged(dropped)[1].tolist() == [True] * len(STORY) + [False]


@pytest.mark.parametrize(
    "hostile",
    [
        ["a" * 1_000_000],
        ["word " * 200_000 + "end."],
        ["x"] * 50_000,
        ["\ud7ff\U0010ffff" * 5000, "\x00\x01", "\u2026" * 3000, "»" * 1000, "\u3000。"],
        ["'\"()" * 100, "-" * 700, "€" * 700],
    ],
)
def test_hostile_text_gets_probabilities_too(hostile: list[str]) -> None:
    parts = judged(frame([[(text, None) for text in hostile]]))[0]
    assert parts.shape == (len(hostile),)
    assert np.isfinite(parts).all()


def test_what_is_kept_maximises_the_expected_score() -> None:
    """Whatever cut one takes for a document, none expects more precision and recall than the one chosen."""
    random = np.random.default_rng(3)
    doc = np.repeat(np.arange(20), 30)
    parts, words = random.integers(0, ONE, len(doc)), random.integers(1, 60, len(doc))
    keep = chosen(parts, words, Runs(doc))
    for number in range(20):
        part, word, kept = parts[doc == number], words[doc == number], keep[doc == number]
        assert part[kept].min() > part[~kept].max(initial=-1)
        assert expected(part, word, kept) >= max(expected(part, word, part >= cut) for cut in part) - 1e-9


def expected(parts: np.ndarray, words: np.ndarray, keep: np.ndarray) -> float:
    hits = (words * parts * keep).sum() / ONE
    return float(1.05 * hits / (words * keep).sum() + 0.95 * hits / ((words * parts).sum() / ONE))


def test_a_section_heading_stays_between_paragraphs_unless_the_model_is_sure() -> None:
    lines = frame([[("Home", "navigation"), (STORY[0], None), ("What comes next", None), (STORY[1], None)]])
    batch = Batch(lines)
    for chance, stays in ((0.2, True), (0.05, False)):
        parts = np.array([0, 0.99, chance, 0.99]) * ONE
        assert decided(parts.astype(np.int64), batch).tolist() == [False, True, stays, True]


def test_the_rules_weigh_more_where_the_model_has_seen_little() -> None:
    """In English a line that the rules keep gets nothing, in Polish something; what they drop loses more there."""
    polish = [POLISH[0], "Kliknij tutaj, aby zobaczyć wyniki"]
    lines = frame([[(text, None) for text in STORY[:2]], [(text, None) for text in polish]])
    lines = lines.with_columns(kept=pl.Series([True, False, True, False]))
    kept_here, dropped_here, kept_there, dropped_there = leaning(Batch(lines)).tolist()
    assert kept_here == 0 < kept_there
    assert dropped_there < dropped_here < 0


POLISH = [
    "Na trzy tygodnie przed wyborami przez kraj przetoczyła się burza polityczna, której skutków nikt nie zna.",
    "Komisja podała wyniki z trzech okręgów, ale nie powiedziała, kiedy policzy głosy z pozostałych dwunastu.",
]


def test_prose_just_below_the_headline_is_not_lost_to_the_rules_alone() -> None:
    """In a strange language what the rules would drop there weighs no more against it than in English."""
    near = [("Nowa ustawa o rzekach", "headline"), (POLISH[0], None)]
    far = [*((text, "navigation") for text in MENU + FOOT), (POLISH[1], None)]
    lines = frame([near + far]).with_columns(kept=pl.lit(False))
    english = frame([[(STORY[0], None), (STORY[1], None)]]).with_columns(kept=pl.lit(False))
    lean = leaning(Batch(lines))
    assert lean[1] == leaning(Batch(english))[0]
    assert lean[-1] < lean[1] < 0


@pytest.mark.parametrize(("body", "all_stays"), [(POLISH, True), (STORY[:2], False)], ids=["Polish", "English"])
def test_where_it_is_unsure_in_a_strange_language_it_keeps(body: list[str], all_stays: bool) -> None:
    """Half of what stays is expected to be wrong: then a table's cells stay too, but not what a rule has named."""
    lines = frame([[("Menu", "navigation"), *((text, None) for text in body), ("Okręg 1", None), ("5040", None)]])
    parts = (np.array([0, 0.5, 0.5, 0.01, 0.01]) * ONE).astype(np.int64)
    assert decided(parts, Batch(lines)).tolist() == [False, True, True, all_stays, all_stays]
    sure = (np.array([0, 0.99, 0.99, 0.01, 0.01]) * ONE).astype(np.int64)
    assert decided(sure, Batch(lines)).tolist() == [False, True, True, False, False]


@pytest.mark.parametrize("number", [2, 9], ids=["little stands outside", "most stands outside"])
def test_where_it_is_unsure_what_stands_outside_the_text_stays_out(number: int) -> None:
    """The rules' run of text is believed, unless it is so short that it may be the wrong one."""
    other = [(POLISH[1], None)] * number
    lines = frame([[("Menu", "navigation"), (POLISH[0], None), ("Okręg 1: 5040", None), *other]])
    lines = lines.with_columns(kept=pl.int_range(pl.len()).is_between(1, 2))
    parts = (np.array([0, 0.5, *[0.01] * (number + 1)]) * ONE).astype(np.int64)
    assert decided(parts, Batch(lines)).tolist() == [False, True, True, *[number == 9] * number]


@pytest.mark.parametrize(("body", "stays"), [(POLISH, True), (STORY[:2], False)], ids=["Polish", "English"])
def test_what_the_rules_keep_stays_between_two_lines_in_a_strange_language(body: list[str], stays: bool) -> None:
    """A sentence of its own inside the article; not where the rules drop it, nor where the model is rather sure."""
    inside = "Wyniki wyborów w okręgach od pierwszego do dwunastego zostaną podane dopiero w przyszłym tygodniu"
    rows = [("Menu", "navigation"), (body[0], None), (inside, None), (body[1], None)]
    for chance, kept, expected in ((0.28, True, stays), (0.28, False, False), (0.2, True, False)):
        lines = frame([rows]).with_columns(kept=pl.Series([False, True, kept, True]))
        parts = (np.array([0, 0.99, chance, 0.99]) * ONE).astype(np.int64)
        assert decided(parts, Batch(lines)).tolist() == [False, True, expected, True]


@pytest.mark.parametrize("found", [False, True], ids=["no headline found", "a headline found"])
def test_what_may_be_a_headline_stays_in_a_strange_language(found: bool) -> None:
    """The nearest line of some words above the text, where no rule has found the headline; no menu, no button."""
    top = ("Nowa ustawa o rzekach", "headline") if found else ("Menu", "navigation")
    rows = [top, ("Burza nad całym krajem", None), ("Udostępnij", "social"), *((text, None) for text in POLISH)]
    lines = frame([rows])
    parts = (np.array([0, 0.02, 0, 0.99, 0.99]) * ONE).astype(np.int64)
    assert decided(parts, Batch(lines)).tolist() == [False, not found, False, True, True]


def test_a_headline_alone_makes_no_page() -> None:
    """A bare text whose first line the rules take for its headline is left as the rules left it."""
    lines = frame([[("Bridge closed", "headline"), *((text, None) for text in STORY), ("lol what a mess", None)]])
    assert judged(lines)[1].tolist() == lines["kept"].to_list()


def test_a_forest_adds_the_leaf_whose_bits_are_the_answers() -> None:
    border = np.array([[0.5, 10.0], [2.0, np.inf], [0.0, 0.5]], dtype=np.float32)
    value = np.array([[1, 2, 4, 8], [100, 200, 300, 400], [1000, 2000, 3000, 4000]], dtype=np.int32)
    column = np.array([[0, 1], [1, 0], [1, 0]], dtype=np.int16)
    columns = {"a": np.array([0, 1, 0, 1], dtype=np.float32), "b": np.array([0, 0, 11, 11], dtype=np.float32)}
    for trees, sums in ((1, [1, 2, 4, 8]), (2, [101, 102, 204, 208]), (3, [1101, 3102, 2204, 4208])):
        forest = Forest(("a", "b"), column[:trees], border[:trees], value[:trees], np.ones_like(value[:trees]))
        assert forest.margins(columns).tolist() == sums


@QUIET
@given(st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=8), min_size=1, max_size=5))
def test_the_densest_stretch_has_the_largest_sum(docs: list[list[int]]) -> None:
    doc = np.repeat(np.arange(len(docs)), [len(each) for each in docs])
    first, last, best = Runs(doc).densest(np.concatenate([np.array(each) for each in docs]))
    row = 0
    for each in docs:
        sums = [sum(each[i : j + 1]) for i in range(len(each)) for j in range(i, len(each))]
        assert best[row] == max(sums) == sum(each[first[row] - row : last[row] - row + 1])
        row += len(each)


def test_distances_and_windows_stay_in_the_document() -> None:
    runs = Runs(np.array([0, 0, 0, 1, 1]))
    up, down = runs.distances(np.array([True, False, False, False, True]), 9)
    assert up.tolist() == [9, 1, 2, 9, 9]
    assert down.tolist() == [9, 9, 9, 1, 9]
    sums = runs.sums(np.array([1, 2, 4, 8, 16]))
    below, above = runs.window(2), runs.window(-1)
    assert below.sum(sums).tolist() == [6, 4, 0, 16, 0]
    assert below.number.tolist() == [2, 1, 1, 1, 1]
    assert above.sum(sums).tolist() == [0, 1, 2, 0, 8]
    assert below.mean(sums).tolist() == [3, 4, 0, 16, 0]
    values = np.array([1, 2, 4, 8, 16], dtype=np.float32)
    assert runs.shifted(values, 1, -1).tolist() == [-1, 1, 2, -1, 8]
    assert runs.shifted(values, -2, 0).tolist() == [4, 0, 0, 0, 0]
    assert runs.shifted(values, 9, -1).tolist() == [-1] * 5


@QUIET
@given(documents)
def test_an_explanation_adds_up_to_the_margin_it_explains(docs: list[list[tuple[str, str | None]]]) -> None:
    """Start and all contributions together are the average margin of the forests and what the rules add."""
    lines, model = frame(docs), load_model()
    columns = line_columns(Batch(lines), model.lexicons)
    margins = sum(forest.margins(columns) for forest in model.forests) / len(model.forests)
    margins = (margins + leaning(Batch(lines))) / 100_000
    for number, told in enumerate(explain(lines, range(len(lines)), top=100)):
        assert math.isclose(told.margin, margins[number], abs_tol=2e-3)
        assert math.isclose(told.start + sum(c.logit for c in told.contributions), told.margin, abs_tol=0.03)


def test_an_explanation_names_the_strongest_first_and_as_many_as_asked_for() -> None:
    (told,) = explain(frame([[(text, None) for text in [*MENU, *STORY]]]), [0], top=4)
    strength = [abs(contribution.logit) for contribution in told.contributions]
    assert len(strength) == 4
    assert strength == sorted(strength, reverse=True)
    assert explain(frame([]), []) == []


def test_every_column_of_the_model_has_a_name_for_readers() -> None:
    columns = {column for forest in load_model().forests for column in forest.columns}
    kinds = {column: named(column) for column in columns}
    assert kinds["all_sum"] == kinds["long_tail"] == "its wording"
    assert kinds["long_side"] == "its place to the densest stretch of text"
    assert kinds["topic_share"] == "words it shares with the article"
    assert len(set(kinds.values())) >= 12


def test_the_reasons_are_the_models_and_the_houses() -> None:
    assert set(REASONS) <= {reason.value for reason in Reason}


def test_the_weights_are_small_plain_arrays() -> None:
    path = files("corpus.cleaning.linemodel").joinpath("weights.npz")
    assert len(path.read_bytes()) < 2_000_000
    model = load_model()
    assert model.forests
    for forest in model.forests:
        assert forest.column.max() < len(forest.columns)
        assert forest.value.shape[1] == 1 << forest.column.shape[1] <= 256
    assert (np.diff(model.table.astype(np.int64)) >= 0).all()
    assert math.isclose(int(model.table[len(model.table) // 2]) / ONE, 0.5, abs_tol=0.01)


def test_no_models_leaves_fill_the_totals() -> None:
    """32 bits hold the sum of any leaves of a forest, the markup model's and the titles' too."""
    leaves = [forest.value for forest in load_model().forests]
    with np.load(str(files("corpus.cleaning.titles").joinpath("weights.npz")), allow_pickle=False) as titles:
        leaves += [load_trees().leaf, titles["leaf"]]
    assert all(np.abs(values.astype(np.int64)).max(axis=1).sum() < 1 << 31 for values in leaves)
