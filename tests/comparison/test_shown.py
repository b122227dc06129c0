"""A difference as JSON, as a page and on the terminal: true, bounded, and not driven by what the data hold."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from edits import resplit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.comparison.annotations import AnnotationCount, annotation_counts
from corpus.comparison.difference import compare
from corpus.comparison.page import difference_page
from corpus.comparison.record import as_record
from corpus.comparison.sides import Side
from corpus.comparison.statistics import statistics
from corpus.export.dataset import DatasetContent, write_dataset

Write = Callable[[str, DatasetContent], Side]
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3"),
    *("p", "span", "bdi", "table", "tr", "th", "td", "ins", "del"),
}
EVIL = "<script>alert(1)</script>\x1b]0;x\x07\u202e & ]]> \"'\nrelease 9.9.9: fine [red]x[/red]\\"


def hostile_rows(made: ModuleType, words: str) -> dict[str, list[dict[str, Any]]]:
    """Put words wherever data is shown: ids, annotators, titles, spans, columns' values."""
    rows: dict[str, list[dict[str, Any]]] = made.make_rows()
    rows["documents"][0]["title"] = words
    rows["documents"][0]["authors"] = [words]
    rows["documents"].append({**rows["documents"][2], "doc_id": words})
    rows["entities"][0] |= {"text": words, "qid": words}
    rows["entities"].append({**rows["entities"][1], "annotator": words, "id": words})
    return rows


def everything(made: ModuleType, write: Write) -> tuple[Side, Side]:
    old = write("old", made.make_content(notes=("One",)))
    new = write("new", made.make_content(hostile_rows(made, EVIL), {"<b>x</b>": pa.large_string()}, notes=("Two",)))
    return old, new


def test_the_page_is_well_formed_and_escaped(made: ModuleType, write: Write) -> None:
    """One XML-conformant page: no element, attribute or control character comes from the data, all words do."""
    old, new = everything(made, write)
    page = difference_page(compare(old, new))
    root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    tags = {element.tag for element in root.iter()}
    assert tags <= TAGS
    assert {name for element in root.iter() for name in element.attrib} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "dir", "colspan"
    }  # fmt: skip
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "//" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).replace("</", "")
    assert html.escape("<script>alert(1)</script>\\x1b]0;x\\x07\\u202e") in page
    texts = [element for element in root.iter() if element.tag in ("td", "bdi") and element.get("class") is None]
    assert all(element.tag == "bdi" or element.get("dir") == "auto" for element in texts)


def test_the_page_tells_who_moved_and_leaves_out_what_is_long_and_the_same(made: ModuleType, write: Write) -> None:
    rows, same = made.make_rows(), " ".join(f"word{number}" for number in range(300))
    rows["documents"][1]["title"] = f"Old {same}"
    old = write("old", made.make_content(rows))
    rows["documents"][1]["title"] = f"New {same}"
    resplit(rows)
    page = difference_page(compare(old, write("new", made.make_content(rows))))
    (moved,) = re.findall(r"<h2>Moved between splits</h2>\n(.*?)</table>", page, re.DOTALL)
    assert re.findall(r">([^<>\s]+)</", moved) == ["from", "to", "documents", "which", "test", "train", "1", "rain"]
    assert "<del>Old </del><ins>New </ins>" in page
    assert '<span class="quiet"> … </span>' in page
    assert "word1 " in page and "word150" not in page


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_words_make_a_well_formed_page(made: ModuleType, tmp_path_factory: Any, words: str) -> None:
    folder = tmp_path_factory.mktemp("words")
    rows = hostile_rows(made, words)
    from corpus.releases.opening import open_side

    write_dataset(folder / "old", made.make_content())
    write_dataset(folder / "new", made.make_content(rows))
    difference = compare(open_side(folder / "old"), open_side(folder / "new"))
    ElementTree.fromstring(difference_page(difference).removeprefix("<!DOCTYPE html>\n"))
    record = json.loads(json.dumps(as_record(difference), allow_nan=False))
    assert [words] in [row["key"] for row in record["configs"]["documents"]["added_rows"]]


def test_the_terminal_is_not_driven(
    made: ModuleType, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters are shown, a line feed in an id makes no line, markup in it is only text."""
    everything(made, write)
    assert run(app, ["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    shown = capsys.readouterr().out
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", shown)
    assert not any(line.startswith("release") for line in shown.splitlines())
    assert "[red]x[/red]" in shown
    assert "MAJOR: 1 row of documents edited (authors, title), 1 row of entities edited (qid, text)\n" in shown


def test_the_command_says_whether_there_is_a_difference(
    made: ModuleType, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit codes like diff's: 0 the same, 1 another, 2 no comparison; JSON and page at once, page bytes stable."""
    everything(made, write)
    old, new, page = (str(tmp_path / name) for name in ("old", "new", "page.html"))
    assert run(app, ["diff", old, old]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing differs"
    assert run(app, ["diff", old, new, "--json", "--html", page, "--limit", "1"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["step"], record["old"]["name"]) == ("MAJOR", "tide-news")
    first = Path(page).read_bytes()
    assert run(app, ["diff", old, new, "--html", page, "--limit", "1"]) == 1
    assert Path(page).read_bytes() == first
    assert run(app, ["diff", old, str(tmp_path / "nowhere")]) == 2
    assert "There is no directory" in capsys.readouterr().err


def test_json_counts_all_and_lists_up_to_the_limit(made: ModuleType, write: Write) -> None:
    rows = made.make_rows()
    rows["entities"] += [{**rows["entities"][0], "id": f"n{number}"} for number in range(5)]
    difference = compare(write("old", made.make_content()), write("new", made.make_content(rows)))
    for limit, listed in ((2, 2), (None, 5)):
        entities = as_record(difference, limit)["configs"]["entities"]
        assert (entities["added"], len(entities["added_rows"])) == (5, listed)


def test_annotations_are_counted_by_annotator_and_label(made: ModuleType, write: Write) -> None:
    """Added, removed, moved, relabelled and otherwise changed ones, each where it belongs."""
    rows = made.make_rows()
    first, second, third = rows["entities"]
    first |= {"label": "MISC", "raw_spans": [{"start": 0, "end": 3}]}
    second["qid"] = "Q1"
    rows["entities"] = [first, second, {**third, "annotator": "ann-2", "label": "GPE"}]
    rows["claims"][0]["check"] = "worth"
    difference = compare(write("old", made.make_content()), write("new", made.make_content(rows)))
    assert annotation_counts(difference) == (
        AnnotationCount("entities", "ann-1", "GPE", 0, 0, 0, 0, 1),
        AnnotationCount("entities", "ann-1", "MISC", 0, 0, 1, 1, 0),
        AnnotationCount("entities", "ann-1", "ORG", 0, 1, 0, 0, 0),
        AnnotationCount("entities", "ann-2", "GPE", 1, 0, 0, 0, 0),
        AnnotationCount("claims", "ann-1", "CLAIM", 0, 0, 0, 1, 0),
    )
    numbers = {item.name: (item.before, item.after) for item in statistics(difference)}
    assert numbers["entities with label GPE"] == (1, 2)
    assert numbers["entities with annotator ann-2"] == (0, 1)
    assert numbers["documents in train"] == (2, 2)


def test_characters_are_counted_as_code_points(made: ModuleType, write: Write) -> None:
    rows = made.make_rows()
    rows["documents"][1]["text"] += "🚢é"
    difference = compare(write("old", made.make_content()), write("new", made.make_content(rows)))
    characters = next(item for item in statistics(difference) if item.name == "characters of text")
    assert characters.after - characters.before == 2
    assert characters.before == sum(len(row["text"]) for row in made.make_rows()["documents"])
