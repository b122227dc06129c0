"""The guideline's generated tables, and its examples."""

from __future__ import annotations

import re

import pytest

from corpus.annotation.guidelines import fill_tables, scheme_tables
from corpus.errors import DataError


@pytest.fixture(scope="module")
def guideline(root) -> str:
    return (root / "annotations" / "guidelines.md").read_text(encoding="utf-8")


def test_the_committed_tables_are_the_schemes(guideline, scheme):
    assert fill_tables(guideline, scheme) == guideline


def test_every_part_is_in_the_guideline(guideline, scheme):
    for name, table in scheme_tables(scheme).items():
        assert f"[//]: # (scheme: {name})\n\n{table}\n[//]: # (/scheme)\n" in guideline


def test_every_key_and_label_is_told(scheme):
    told = "".join(scheme_tables(scheme).values())
    for label in (*scheme.entity_labels, *scheme.span_labels, *(flag.name for flag in scheme.flags)):
        assert f"| {label} |" in told


def test_a_changed_scheme_makes_the_tables_stale(guideline, scheme):
    changed = scheme.model_copy(update={"guideline_version": "9.9.9"})
    assert fill_tables(guideline, changed) != guideline
    assert fill_tables(fill_tables(guideline, changed), scheme) == guideline


@pytest.mark.parametrize(
    "text",
    [
        "[//]: # (scheme: flags)\nopen",
        "[//]: # (scheme: flags)\n[//]: # (scheme: spans)\n[//]: # (/scheme)",
        "[//]: # (scheme: moods)\n[//]: # (/scheme)",
    ],
)
def test_a_broken_marker_is_refused(text, scheme):
    with pytest.raises(DataError):
        fill_tables(text, scheme)


def test_a_bar_in_a_meaning_does_not_break_the_table(scheme):
    flag = scheme.flags[0].model_copy(update={"meaning": "this | that"})
    table = scheme_tables(scheme.model_copy(update={"flags": (flag,)}))["flags"]
    assert "this \\| that" in table


def test_the_examples_are_in_the_articles(guideline, root):
    """Quoted examples of eight words or more stand in a seed, typography and line breaks aside."""
    plain = str.maketrans("“”‘’", "\"\"''")
    seeds = "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "seeds").glob("*.txt")))
    seeds = " ".join(seeds.translate(plain).split())
    rules = [" ".join(rule.split()) for rule in re.split(r"\n\n|\n- ", guideline)]
    quoted = [words.rstrip(" ,.…") for rule in rules for words in re.findall(r'"([^"]*)"', rule)]
    long = [words for words in quoted if len(words.split()) >= 8]
    assert len(long) >= 5
    assert [words for words in long if words not in seeds] == []
