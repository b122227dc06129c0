"""Train the line model from pages with gold, print its cross-validated scores, and write its weights.

Needs an environment of its own beside the package: ``pip install catboost scikit-learn``. The data is one Parquet
file of pages (``--data``): ``id, source, site, lang, title, body``, and per variant ``text_V`` (one block a line)
and ``labels_V`` (1 = body). Such pages can be made from public collections with gold: scrapinghub's
article-extraction-benchmark and fundus' parser fixtures (both MIT), WCXB (CC-BY-4.0). ``--leftovers`` names what
``make_leftovers.py`` wrote of the same pages: more of what extractors leave, to train on and never to score.

The folds are made by site (folds.py). A page's lexicon features always come from a lexicon that has not seen its
fold.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from folds import FOLDS
from line_scores import Benchmark, say, show_families
from training_lines import load_lines, load_pages

from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.features import LEXICON_BITS, lexicon_slots, line_columns, pair_slots
from corpus.cleaning.linemodel.inference import ONE, Forest, chosen, decided, leaning

WEIGHTS = (1.0, 0.7, 1.2, 0.3, 0.4, 0.3, 1.1)
"""How much a line counts in training, by variant."""
LEXICON_WEIGHTS = (1.0, 0.0, 0.6, 0.0, 0.2, 0.0, 0.8)
"""The same for the lexicons."""
OTHERS = 0.3
"""How much a line of a page that is not news counts."""
SCALE, STEP, ENTRIES = 100_000, 800, 2001
"""Parts of a logit that margins are counted in; how many to an entry of the probability table; entries."""
TEMPERATURE = 1.1
"""How much flatter the probabilities are than the forests say: on sites never seen they are too sure."""


def lexicon_design(batch: Batch) -> Any:
    """A sparse matrix: which slots of a lexicon each line's words and pairs fall into, each line made as long."""
    import scipy.sparse as sparse

    line = np.repeat(batch.runs.row, batch.seen)
    inside = line[1:] == line[:-1]
    row = np.concatenate((line, line[1:][inside]))
    slot = np.concatenate((lexicon_slots(batch.tokens.code), pair_slots(batch)[inside]))
    shape = (len(batch.runs), 1 << LEXICON_BITS)
    found = sparse.csr_matrix((np.ones(len(row), np.float32), (row, slot)), shape=shape)
    found.data = np.minimum(found.data, 1)
    size = np.sqrt(np.maximum(np.asarray(found.sum(1)).ravel(), 1))
    return sparse.diags((1 / size).astype(np.float32)) @ found


def fit_lexicons(design: Any, lines: pl.DataFrame, words: np.ndarray, without: int | None) -> dict[str, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    variant, news = lines["variant"].to_numpy(), lines["news"].to_numpy()
    weight = np.sqrt(np.clip(words, 1, 60)) * np.where(news, 1, 0.4) * np.array(LEXICON_WEIGHTS)[variant]
    usable = (weight > 0) & (lines["fold"].to_numpy() != (-1 if without is None else without))
    tables = {}
    for name, chosen_lines in (("all", usable), ("long", usable & (words >= 8))):
        model = LogisticRegression(C=0.5, solver="liblinear", max_iter=40, tol=1e-2, random_state=0)
        model.fit(design[chosen_lines], lines["label"].to_numpy()[chosen_lines], sample_weight=weight[chosen_lines])
        tables[name] = np.clip(np.round(model.coef_[0] * 100), -32000, 32000).astype(np.int16)
    return tables


def line_weights(lines: pl.DataFrame, words: np.ndarray) -> np.ndarray:
    """A line weighs its words over the words of its page's gold: what it costs in the measure to get it wrong."""
    doc, label = lines["doc"].to_numpy(), lines["label"].to_numpy()
    _, code = np.unique(doc, return_inverse=True)
    gold = np.maximum(np.bincount(code, weights=words * label), 60)
    weight = (words + 2) / gold[code] * np.where(lines["news"].to_numpy(), 1, OTHERS)
    weight *= np.array(WEIGHTS)[lines["variant"].to_numpy()]
    return np.minimum(weight, np.quantile(weight, 0.995)) / weight.mean()


def training_rows(lines: pl.DataFrame, words: np.ndarray) -> np.ndarray:
    """Leave out what the model never decides; off the news, also half of the short lines far from prose."""
    near = pl.Series(words >= 10).cast(pl.Int32).rolling_max(7, center=True, min_samples=1).to_numpy() > 0
    worth = (words >= 6) | near | (np.arange(len(words)) % 2 == 0) | lines["news"].to_numpy()
    return lines["reason"].is_null().to_numpy() & worth


def fit_forest(matrix: np.ndarray, label: np.ndarray, weight: np.ndarray, trees: int, seed: int) -> Any:
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(
        iterations=trees,
        depth=6,
        learning_rate=20 / (trees + 60),
        l2_leaf_reg=8,
        border_count=40,
        rsm=0.35,
        bootstrap_type="Bernoulli",
        subsample=0.6,
        boost_from_average=False,
        random_seed=seed,
        thread_count=1,
        verbose=0,
        allow_writing_files=False,
    )
    model.fit(Pool(matrix, label, weight=weight))
    return model


def exported(model: Any, names: list[str]) -> Forest:
    """Turn CatBoost's trees into arrays."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_model(f"{folder}/model.json", format="json")
        trees = json.loads(Path(f"{folder}/model.json").read_text())
    scale, (bias,) = trees["scale_and_bias"][0], trees["scale_and_bias"][1]
    trees = trees["oblivious_trees"]
    depth = max(len(tree["splits"]) for tree in trees)
    column = np.zeros((len(trees), depth), dtype=np.int16)
    border = np.full((len(trees), depth), np.inf, dtype=np.float32)
    value, cover = (np.zeros((len(trees), 1 << depth), dtype=np.int32) for _ in range(2))
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"]):
            column[number, level], border[number, level] = split["float_feature_index"], split["border"]
        leaves = np.array(tree["leaf_values"]) * scale + (bias if number == 0 else 0)
        value[number, : len(leaves)] = np.round(leaves * SCALE)
        cover[number, : len(leaves)] = np.round(tree["leaf_weights"])
    used = np.unique(column)
    return Forest(
        tuple(names[each] for each in used), np.searchsorted(used, column).astype(np.int16), border, value, cover
    )


def probability_table() -> np.ndarray:
    logits = (np.arange(ENTRIES) - ENTRIES // 2 + 0.5) * STEP / SCALE / TEMPERATURE
    return np.round(ONE / (1 + np.exp(-logits))).astype(np.uint16)


def views(names: list[str]) -> list[list[int]]:
    """The columns of each forest: all; and all but those that know the rules."""
    ruled = re.compile(
        r"^(reason|gone|lost|open|doc_gone|doc_lost|headline|opener|comments|byline|legal|caption|ask|control)"
    )
    return [list(range(len(names))), [i for i, name in enumerate(names) if not ruled.match(name)]]


def parts_of(margin: np.ndarray, batch: Batch, lines: pl.DataFrame) -> np.ndarray:
    """Average margins to parts of ONE, none where a rule speaks."""
    table, middle = probability_table(), ENTRIES // 2
    margin = margin + leaning(batch)
    parts = table[np.clip(margin // STEP, -middle, middle) + middle].astype(np.int64)
    return np.where(lines["reason"].is_null().to_numpy(), parts, 0)


@dataclass(frozen=True, slots=True)
class Material:
    """What the forests are trained on: one row a line of every variant of every page."""

    lines: pl.DataFrame
    words: np.ndarray
    names: list[str]
    matrix: np.ndarray
    """Columns made with a lexicon that has not seen the page's fold."""
    weight: np.ndarray
    rows: np.ndarray
    """Which lines to train on."""
    lexicons: list[dict[str, np.ndarray]]
    """By fold: those that have not seen it."""

    @property
    def fold(self) -> np.ndarray:
        return self.lines["fold"].to_numpy()

    def fit(self, rows: np.ndarray, view: int, trees: int) -> tuple[Any, Forest]:
        columns = views(self.names)[view]
        label = self.lines["label"].to_numpy().astype(np.int64)
        model = fit_forest(self.matrix[rows][:, columns], label[rows], self.weight[rows], trees, 11 + view)
        return model, exported(model, [self.names[i] for i in columns])


def make_material(lines: pl.DataFrame, batch: Batch) -> Material:
    words, fold = batch.words.astype(np.float64), lines["fold"].to_numpy()
    design = lexicon_design(batch)
    names: list[str] = []
    matrix = np.empty((0, 0), dtype=np.float32)
    lexicons = [fit_lexicons(design, lines, words, number) for number in range(FOLDS)]
    for number in range(FOLDS):
        part = lines.filter(pl.col("fold") == number)
        columns = line_columns(Batch(part), lexicons[number])
        if not names:
            names, matrix = list(columns), np.empty((len(lines), len(columns)), dtype=np.float32)
        matrix[fold == number] = np.stack(list(columns.values()), axis=1)
    return Material(lines, words, names, matrix, line_weights(lines, words), training_rows(lines, words), lexicons)


def cross_validated(material: Material, trees: int, folder: Path | None = None) -> np.ndarray:
    """Return the margins of both forests for each line, from forests that have not seen the line's site.

    ``folder``: write each fold's weights here too, as ``N/weights.npz``.
    """
    margins = np.zeros((2, len(material.lines)), dtype=np.int64)
    for number in range(FOLDS):
        test, forests = material.fold == number, []
        for view, columns in enumerate(views(material.names)):
            model, forest = material.fit(material.rows & ~test, view, trees)
            values = {name: material.matrix[test, material.names.index(name)] for name in forest.columns}
            margins[view, test] = forest.margins(values)
            raw = model.predict(material.matrix[test][:, columns], prediction_type="RawFormulaVal") * SCALE
            assert np.abs(raw - margins[view, test]).max() <= trees, "the exported forest and the trainer's differ"
            forests.append(forest)
        if folder:
            (folder / str(number)).mkdir(parents=True, exist_ok=True)
            write_weights(material.lexicons[number], forests, folder / str(number) / "weights.npz")
        say(f"fold {number}: exported forests agree with the trainer's")
    return margins


def show_scores(pages: pl.DataFrame, lines: pl.DataFrame, batch: Batch, margins: np.ndarray) -> None:
    bench, words = Benchmark(pages, lines), batch.words.astype(np.float64)
    bench.show("keep everything", np.ones(len(lines), bool), lines, words)
    bench.show("rules alone", lines["kept"].to_numpy(), lines, words, full=True)
    for name, margin in (("forest with rules", margins[0]), ("forest without rules", margins[1])):
        bench.show(name, decided(parts_of(margin, batch, lines), batch), lines, words)
    parts = parts_of(margins.sum(axis=0) // 2, batch, lines)
    bench.show("both, cut at a half", parts * 2 > ONE, lines, words)
    bench.show("both, largest expected score", chosen(parts, batch.words, batch.runs), lines, words)
    shipped = decided(parts, batch)
    bench.show("as shipped", shipped, lines, words, full=True)
    show_families(lines.with_columns(words=words), lines["kept"].to_numpy(), shipped)


def write_weights(lexicons: dict[str, np.ndarray], forests: list[Forest], out: Path) -> None:
    data: dict[str, Any] = {f"lexicon_{name}": table for name, table in lexicons.items()}
    for view, forest in enumerate(forests):
        data[f"forest{view}_columns"] = np.array(forest.columns)
        for kind in ("column", "border", "value", "cover"):
            data[f"forest{view}_{kind}"] = getattr(forest, kind)
    data |= {"forests": np.int64(len(forests)), "table": probability_table(), "step": np.int64(STEP)}
    np.savez_compressed(out, **data)
    say(f"wrote {out}: {out.stat().st_size} bytes")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file of pages with gold (see above)")
    parser.add_argument("--leftovers", type=Path, help="more leftovers of the same pages, by make_leftovers.py")
    parser.add_argument("--out", type=Path, help="write the weights here (weights.npz)")
    parser.add_argument("--trees", type=int, default=180)
    parser.add_argument("--others", type=int, default=45, help="percent of the pages that are not news to train on")
    parser.add_argument(
        "--margins", type=Path, help="save the lines and their cross-validated margins here (.parquet)"
    )
    parser.add_argument("--folds", type=Path, help="write each fold's weights here too: DIR/N/weights.npz")
    parser.add_argument("--scores", type=Path, help="print the scores of what --margins saved, and train nothing")
    parser.add_argument("--no-cv", action="store_true", help="skip the cross-validation")
    options = parser.parse_args()

    pages = load_pages(options.data)
    pages = pages.filter(pl.col("news") | (pl.col("page") * 37 % 100 < options.others))
    if options.scores:
        lines = pl.read_parquet(options.scores)
        margins = lines.select("margin0", "margin1").to_numpy().T
        show_scores(pages, lines, Batch(lines), margins)
        return 0
    lines = load_lines(pages, options.leftovers)
    batch = Batch(lines)
    material = make_material(lines, batch)
    say(f"{len(pages)} pages, {len(lines)} lines, {material.rows.sum()} to train on, {len(material.names)} columns")
    if options.out:
        lexicons = fit_lexicons(lexicon_design(batch), lines, material.words, None)
        forests = [material.fit(material.rows, view, options.trees)[1] for view in range(2)]
        write_weights(lexicons, forests, options.out)
    if not options.no_cv:
        margins = cross_validated(material, options.trees, options.folds)
        if options.margins:
            named = {f"margin{view}": margins[view] for view in range(2)}
            lines.with_columns(words=material.words, **{k: pl.Series(v) for k, v in named.items()}).write_parquet(
                options.margins
            )
        show_scores(pages, lines, batch, margins)
    return 0


if __name__ == "__main__":
    sys.exit(main())
