"""What can be known of a document without its texts is held against what a public edition says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import DatasetContent, write_dataset
from corpus.export.store import BuiltDataset
from corpus.model.document import sha256_text
from corpus.model.tables import CONFIGS, FIELDS
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

SEEDS = Path(__file__).parents[2] / "seeds"

Row = dict[str, Any]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> BuiltDataset:
    """Return the seeds' public edition."""
    folder = tmp_path_factory.mktemp("public")
    build([SEEDS], folder / "build", BuildOptions(name="news"))
    return BuiltDataset.open(public_edition(make_release(folder / "build", folder, "0.1.0"), folder))


def forged(public: BuiltDataset, target: Path, config: str, change: Callable[[list[Row]], None]) -> Path:
    """Write the edition anew with other rows of one config, every hash made to fit."""
    manifest = public.manifest
    tables = {name: public.table(name).replace_schema_metadata(None) for name in CONFIGS}
    rows = tables[config].to_pylist()
    change(rows)
    tables[config] = pa.Table.from_pylist(rows, tables[config].schema)
    content = DatasetContent(
        name=manifest.name,
        scheme=public.scheme,
        scheme_toml=public.scheme_toml,
        tables=tables,
        inputs=manifest.inputs,
        edition="public",
    )
    write_dataset(target, content)
    return target


def test_the_edition_written_anew_is_sound(public: BuiltDataset, tmp_path: Path) -> None:
    """So what is found below is the forgery alone."""
    assert verify(forged(public, tmp_path / "d", "raw", lambda _: None)) == []


def in_withheld_caption(**values: Any) -> Callable[[list[Row]], None]:
    """Change the first mention that lies in a caption (the captions of the seeds are all withheld)."""
    return lambda rows: next(row for row in rows if row["field"] == 2).update(values)


def first(**values: Any) -> Callable[[list[Row]], None]:
    return lambda rows: rows[0].update(values)


def shown(**values: Any) -> Callable[[list[Row]], None]:
    """Change the row, of a document or a kept block, whose text is shown though the text as received is not."""
    return lambda rows: next(row for row in rows if row["text"] is not None).update(values)


def reword(rows: list[Row]) -> None:
    """Change a word of a text that is shown, its hash made to fit."""
    row = next(row for row in rows if row["text"] is not None)
    text = row["text"].replace("the", "teh", 1)
    row.update(text=text, text_sha256=sha256_text(text))


def quote_in_record(rows: list[Row]) -> None:
    """Let the rights record of a document that is withheld quote it."""
    rows[0]["rights_record"]["statement"] = "All rights reserved by the Tide"


@pytest.mark.parametrize(
    ("config", "change", "code"),
    [
        ("entities", in_withheld_caption(field_index=99), "field"),
        ("entities", in_withheld_caption(field_index=None), "field"),
        ("entities", in_withheld_caption(field_index=-1), "field"),
        ("entities", in_withheld_caption(end=5_000), "span"),
        ("entities", first(field_index=0), "field"),
        ("raw", first(revision=-3), "form"),
        ("raw", first(raw_sha256="secret"), "form"),
        ("blocks", first(score=7.0), "form"),
        ("documents", first(evidence=[]), "evidence"),
        ("documents", first(published="long ago"), "form"),
        ("documents", quote_in_record, "not-withheld"),
        ("documents", shown(text_sha256="0" * 64), "hash"),
        ("documents", reword, "projection"),
        ("blocks", shown(join="\t"), "join"),
        ("blocks", shown(block=90), "block-number"),
        ("blocks", shown(text="More words than stand there"), "slice"),
    ],
)
def test_a_forged_value_is_found_without_the_texts(
    public: BuiltDataset, tmp_path: Path, config: str, change: Callable[[list[Row]], None], code: str
) -> None:
    found = {(f.code, f.place.split("/")[0]) for f in verify(forged(public, tmp_path / "d", config, change))}
    assert (code, config) in found


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_mention_may_end_where_its_field_ends(public: BuiltDataset, tmp_path: Path, beyond: int) -> None:
    """How long a withheld text or caption is, its blocks and the evidence tell to the character."""
    whole = {
        row["doc_id"]: row for row in BuiltDataset.open(public.directory.parent / "news-0.1.0").rows("documents")
    }

    def reach(rows: list[Row]) -> None:
        for number, field in enumerate(FIELDS):
            row = next(row for row in rows if row["field"] == number)
            own = whole[row["doc_id"]]
            text = own["captions"][row["field_index"]] if field == "caption" else own[field]
            row["end"] = len(text) + beyond

    found = [finding.code for finding in verify(forged(public, tmp_path / "d", "entities", reach))]
    assert found == ["span"] * beyond * len(FIELDS)


def test_an_edition_that_withholds_nothing_speaks_of_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {"id": "free", "text": "The pier stays open for all, the council said.", "licence": "CC0-1.0"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    build([tmp_path / "rows.jsonl"], tmp_path / "build", BuildOptions(name="free"))
    call = ["release", "--from", tmp_path / "build", "--out", tmp_path / "out", "--edition", "public"]
    assert run(app, list(map(str, call))) == 0
    assert capsys.readouterr().out.endswith("with the text of 1 of 1 document\n")
