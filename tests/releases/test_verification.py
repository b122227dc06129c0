"""Verification finds each broken promise of the rows, with its place, and nothing where all is well."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from corpus.export.dataset import write_dataset
from corpus.model.document import sha256_text
from corpus.releases.checks.collecting import MOST
from corpus.releases.verification import verify

Rows = dict[str, list[dict[str, Any]]]
Change = Callable[[Rows], None]


def found(directory: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in verify(directory)]


def test_sound_data_have_no_findings(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """A build, one with carried columns and shards, one without documents."""
    assert verify(built) == []
    rows = made.make_rows()
    for row in rows["documents"]:
        row["topic"] = "sea"
    write_dataset(tmp_path / "d", made.make_content(rows, {"topic": pa.string()}))
    assert verify(tmp_path / "d") == []
    write_dataset(tmp_path / "e", made.make_content({name: [] for name in rows}))
    assert verify(tmp_path / "e") == []


def test_shards_are_sound_and_rows_are_counted_through(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row's number is its number in the split, whichever shard it lies in."""
    monkeypatch.setattr("corpus.export.dataset.SHARD_BYTES", 300)
    write_dataset(tmp_path / "d", made.make_content())
    assert verify(tmp_path / "d") == []
    rows = made.make_rows()
    rows["blocks"][10]["score"] = 2.0
    write_dataset(tmp_path / "d", made.make_content(rows))
    assert found(tmp_path / "d") == [("form", "blocks/train row 11 column score")]


def document(rows: Rows, name: str = "harbour") -> dict[str, Any]:
    return next(row for row in rows["documents"] if row["doc_id"] == name)


def set_block(number: int, column: str, value: Any) -> Change:
    """Change one value of a block of ``harbour`` (its rows follow the one of ``empty``)."""
    return lambda rows: rows["blocks"][number].update({column: value})


def set_document(column: str, value: Any) -> Change:
    return lambda rows: document(rows).update({column: value})


def set_first(config: str, column: str, value: Any) -> Change:
    return lambda rows: rows[config][0].update({column: value})


def drop_block(rows: Rows) -> None:
    """Take a block out and number the others anew."""
    del rows["blocks"][5]
    for block in rows["blocks"][5:10]:
        block["block"] -= 1


def shift_block(rows: Rows) -> None:
    """Let a block begin one character early, inside the white space: text and slice stay plausible."""
    rows["blocks"][3]["start"] -= 1


def grow_block(rows: Rows) -> None:
    """Let a block begin inside the one above."""
    above, block = rows["blocks"][3], rows["blocks"][4]
    raw = rows["raw"][0]["text"]
    block["start"] = above["end"] - 2
    block["text"] = raw[block["start"] : block["end"]]
    block["line"] = above["line"]


def change_text(rows: Rows) -> None:
    text = document(rows)["text"].replace("Monday", "Sunday")
    document(rows).update(text=text, text_sha256=sha256_text(text))


def change_raw(rows: Rows) -> None:
    rows["raw"][0]["text"] += "More words."


def lose_raw(rows: Rows) -> None:
    del rows["raw"][0]


def double_piece(rows: Rows) -> None:
    """Name the same piece of the text as received twice."""
    rows["entities"][0]["raw_spans"] *= 2


def change_unplaced(rows: Rows) -> None:
    """Let a mention outside every field say other words than stand in the text as received."""
    place = dict.fromkeys(("field", "field_index", "start", "end"))
    rows["entities"][0].update(**place, placement="none", text="Somebody else")


def move_split(rows: Rows) -> None:
    """The same id twice would be refused at writing; an id across kinds is not."""
    rows["sources"][0]["id"] = "c1"
    rows["claims"][0]["source_ids"] = ["c1"]


RECORD = {
    "decision": "denied",
    "rule": "statement.reserved",
    "reason": "A statement in it keeps every right.",
    "holder": "Daily | Tide",
    **dict.fromkeys(("licence", "known", "known_from")),
    "statement": "© 2024 Daily Tide",
    "start": 319,
    "end": 336,
    "reservations": [],
    "parts": [{"part": "text", "decision": "denied", "reason": "A statement in it.", "holder": None}],
}
PART = RECORD["parts"][0]
RECORDS: list[dict[str, Any]] = [
    {"decision": "maybe"},
    {"decision": "allowed"},
    {"holder": "Weekly Tide"},
    {"holder": None},
    {"statement": "© 2024 Weekly Tide"},
    {"statement": None},
    {"start": None, "end": None},
    {"start": -1},
    {"end": 10_000},
    {"end": None},
    {"parts": [{**PART, "part": "pictures"}]},
    {"parts": [{**PART, "decision": ""}]},
    {"parts": [PART, PART]},
]


def set_record(**change: Any) -> Change:
    """Give ``harbour`` a rights record that is sound but for this."""
    return lambda rows: document(rows).update(rights_record={**RECORD, **change})


SPLIT = "documents/train row 1 column"
CASES: list[tuple[Change, str, str]] = [
    (set_document("text_sha256", "0" * 64), "hash", f"{SPLIT} text_sha256"),
    (set_document("raw_sha256", "0" * 64), "hash", f"{SPLIT} raw_sha256"),
    (set_document("anchor_sha256", "0" * 64), "anchor", f"{SPLIT} anchor_sha256"),
    (set_document("language_score", 1.5), "form", f"{SPLIT} language_score"),
    (set_document("language_score", float("nan")), "form", f"{SPLIT} language_score"),
    (set_document("language", "English"), "form", f"{SPLIT} language"),
    (set_document("published", "yesterday"), "form", f"{SPLIT} published"),
    (set_document("published", "2024-04"), "date", f"{SPLIT} published"),
    (set_document("published_precision", None), "date", f"{SPLIT} published"),
    (set_document("modified_precision", "day"), "date", f"{SPLIT} modified_precision"),
    (set_document("retrieved_at", "Monday"), "form", f"{SPLIT} retrieved_at"),
    (set_document("text_sha256", "A" * 64), "form", f"{SPLIT} text_sha256"),
    (set_document("source_file", "rain.txt"), "source", f"{SPLIT} source_file"),
    (set_document("evidence", []), "evidence", f"{SPLIT} evidence"),
    (set_document("agency", "AP"), "evidence", f"{SPLIT} evidence"),
    (set_document("dateline", None), "evidence", f"{SPLIT} evidence"),
    (set_document("title", "Harbour to close in May"), "evidence", f"{SPLIT} evidence"),
    *((set_record(**change), "rights", f"{SPLIT} rights_record") for change in RECORDS),
    (set_document("captions", []), "captions", f"{SPLIT} captions"),
    (set_document("headings", ["Next"]), "headings", f"{SPLIT} headings"),
    (change_text, "projection", f"{SPLIT} text"),
    (lose_raw, "anchor", f"{SPLIT} anchor_sha256"),
    (change_raw, "hash", "raw/train row 1 column anchor_sha256"),
    (change_raw, "uncovered", "raw/train row 1 column text"),
    (set_first("raw", "revision", 0), "form", "raw/train row 1 column revision"),
    (drop_block, "uncovered", "blocks/train row 6 column start"),
    (shift_block, "slice", "blocks/train row 4 column text"),
    (grow_block, "overlap", "blocks/train row 5 column start"),
    (set_block(3, "end", 10_000), "span", "blocks/train row 4 column start"),
    (set_block(3, "start", -1), "span", "blocks/train row 4 column start"),
    (set_block(3, "text", "The harbour"), "slice", "blocks/train row 4 column text"),
    (set_block(3, "kept", False), "kept", "blocks/train row 4 column kept"),
    (set_block(3, "role", "boilerplate"), "kept", "blocks/train row 4 column kept"),
    (set_block(3, "role", "boilerplate"), "projection", f"{SPLIT} text"),
    (set_block(3, "join", "\t"), "join", "blocks/train row 4 column join"),
    (set_block(3, "join", "\n"), "projection", f"{SPLIT} text"),
    (set_block(3, "line", 0), "line", "blocks/train row 4 column line"),
    (set_block(3, "score", -0.1), "form", "blocks/train row 4 column score"),
    (set_block(3, "section", -1), "form", "blocks/train row 4 column section"),
    (set_block(10, "block", 12), "block-number", "blocks/train row 11 column block"),
    (set_first("entities", "qid", "36433"), "form", "entities/train row 0 column qid"),
    (set_first("entities", "annotator", "a@b.example"), "form", "entities/train row 0 column annotator"),
    (set_first("entities", "end", 10_000), "span", "entities/train row 0 column start"),
    (set_first("entities", "start", None), "span", "entities/train row 0 column start"),
    (set_first("entities", "text", "Lena"), "slice", "entities/train row 0 column text"),
    (set_first("entities", "field", "title"), "span", "entities/train row 0 column start"),
    (change_unplaced, "slice", "entities/train row 0 column text"),
    (set_first("entities", "field", None), "placement", "entities/train row 0 column field"),
    (set_first("entities", "field", "caption"), "field", "entities/train row 0 column field"),
    (set_first("entities", "field_index", 0), "field", "entities/train row 0 column field"),
    (set_first("entities", "placement", "shrunk"), "raw-slice", "entities/train row 0 column raw_spans"),
    (set_first("entities", "placement", "none"), "raw-slice", "entities/train row 0 column raw_spans"),
    (set_first("entities", "raw_spans", []), "raw-span", "entities/train row 0 column raw_spans"),
    (
        set_first("entities", "raw_spans", [{"start": 5, "end": 5}]),
        "raw-span",
        "entities/train row 0 column raw_spans",
    ),
    (
        set_first("entities", "raw_spans", [{"start": 5, "end": 9}]),
        "raw-slice",
        "entities/train row 0 column raw_spans",
    ),
    (double_piece, "raw-span", "entities/train row 0 column raw_spans"),
    (set_first("claims", "spans", []), "span", "claims/train row 0 column spans"),
    (set_first("claims", "spans", [{"start": 9, "end": 8}]), "span", "claims/train row 0 column spans"),
    (set_first("claims", "text", "No"), "slice", "claims/train row 0 column text"),
    (set_first("claims", "source_ids", ["s9"]), "reference", "claims/train row 0 column source_ids"),
    (set_first("claims", "outer_source_ids", ["e1"]), "reference", "claims/train row 0 column outer_source_ids"),
    (set_first("sources", "annotator", "ann-2"), "reference", "claims/train row 0 column source_ids"),
    (
        set_first("claims", "cue_raw_spans", [{"start": 0, "end": 9999}]),
        "raw-span",
        "claims/train row 0 column cue_raw_spans",
    ),
    (move_split, "duplicate-id", "sources/train row 0 column id"),
]


@pytest.mark.parametrize(("change", "code", "place"), CASES)
def test_a_broken_promise_in_the_rows_is_found(
    made: ModuleType, tmp_path: Path, change: Change, code: str, place: str
) -> None:
    """Written consistently, so that only the rows themselves give it away."""
    rows = copy.deepcopy(made.make_rows())
    change(rows)
    write_dataset(tmp_path / "d", made.make_content(rows))
    assert (code, place) in found(tmp_path / "d")


def test_lines_are_counted_on_where_blocks_overlap(made: ModuleType, tmp_path: Path) -> None:
    """A block that begins inside another one is found, and no line of those after it is called wrong."""
    rows = copy.deepcopy(made.make_rows())
    grow_block(rows)
    write_dataset(tmp_path / "d", made.make_content(rows))
    codes = {code for code, _ in found(tmp_path / "d")}
    assert "overlap" in codes
    assert "line" not in codes


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "hearsay"}, "Its kind must be one of"),
        ({"column": "mood"}, "'mood', which `documents` lacks"),
        ({"end": 10_000}, "must lie inside the anchor text"),
        ({"start": None, "end": None}, "must lie inside the anchor text"),
        ({"kind": "derived", "end": None}, "must lie inside the anchor text"),
    ],
)
def test_false_evidence_is_found(made: ModuleType, tmp_path: Path, change: dict[str, Any], told: str) -> None:
    rows = copy.deepcopy(made.make_rows())
    document(rows)["evidence"].insert(0, document(rows)["evidence"][0] | change)
    write_dataset(tmp_path / "d", made.make_content(rows))
    findings = verify(tmp_path / "d")
    assert [(f.code, f.place) for f in findings] == [("evidence", f"{SPLIT} evidence")]
    assert told in findings[0].message


TEXTS = ("title", "publisher", "agency", "dateline", "copyright", "copyright_holder")
LISTS = ("authors", "captions", "credits", "headings")
OTHERS = ("published", "modified", "date_hint", "language", "rights", "url", "site", "retrieved_at")
SAID = dict.fromkeys(TEXTS, "Something else") | {name: ["Something else"] for name in LISTS}
TOLD = SAID | dict.fromkeys(OTHERS, "x") | {"paywall": "locked"}


@pytest.mark.parametrize(
    ("spans", "told", "columns"),
    [
        (False, "does not say where the value of '", TOLD),
        (True, "is not what '", SAID),
    ],
)
def test_every_value_has_its_evidence(
    made: ModuleType, tmp_path: Path, spans: bool, told: str, columns: dict[str, Any]
) -> None:
    """Whatever is said of a document comes from somewhere, and what the text says stands in it."""
    rows = copy.deepcopy(made.make_rows())
    place = {"kind": "text span", "start": 0, "end": 3, "source": None}
    document(rows).update(TOLD, evidence=[{"column": name, **place} for name in TOLD if spans])
    write_dataset(tmp_path / "d", made.make_content(rows))
    messages = [finding.message for finding in verify(tmp_path / "d") if finding.code == "evidence"]
    assert sorted(m.partition(told)[2].partition("'")[0] for m in messages if told in m) == sorted(columns)


def test_a_sound_rights_record_is_no_finding(made: ModuleType, tmp_path: Path) -> None:
    """Its statement is the text at its place, and its holder the document's."""
    rows = copy.deepcopy(made.make_rows())
    set_record()(rows)
    write_dataset(tmp_path / "d", made.make_content(rows))
    assert verify(tmp_path / "d") == []


def test_captions_known_from_outside_may_differ(made: ModuleType, tmp_path: Path) -> None:
    """What an input record gives takes precedence over the blocks, and says so in the evidence."""
    rows = copy.deepcopy(made.make_rows())
    document(rows)["captions"] = ["From the record"]
    told = {"column": "captions", "kind": "input record", "start": None, "end": None, "source": "captions"}
    own = [item for item in document(rows)["evidence"] if item["column"] != "captions"]
    document(rows)["evidence"] = [*own, told]
    write_dataset(tmp_path / "d", made.make_content(rows))
    assert verify(tmp_path / "d") == []


def test_many_findings_of_one_kind_are_counted(made: ModuleType, tmp_path: Path) -> None:
    """A wholly wrong column gives some findings and one line for the rest."""
    rows = made.make_rows()
    one = rows["entities"][0]
    rows["entities"] = [{**one, "id": f"e{number:03d}", "text": "wrong"} for number in range(50)]
    write_dataset(tmp_path / "d", made.make_content(rows))
    findings = verify(tmp_path / "d")
    assert len(findings) == MOST + 1
    assert findings[-1].place == "entities/train"
    assert f"{50 - MOST} more" in findings[-1].message
