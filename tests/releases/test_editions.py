"""The public edition holds nothing that may not be passed on, in no file, and is sound and loadable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import CorpusError
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.editions import WHOLE
from corpus.export.store import BuiltDataset
from corpus.model.rights import PARTS
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.public.allowed import Allowed
from corpus.releases.public.quoting import HIDDEN
from corpus.releases.public.withholding import withheld_content
from corpus.releases.release import make_release
from corpus.releases.verification import verify

SEEDS = Path(__file__).parents[2] / "seeds"
RUN = 5
"""How many words in a row are words of a text."""


def scratch(folder: Path) -> Path:
    """Return an empty folder for rows that are put by."""
    (folder / "rows").mkdir()
    return folder / "rows"


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def texts_of(path: Path) -> Iterator[str]:
    """Yield all that a file holds as text: of Parquet its values, statistics and metadata, uncompressed."""
    if path.suffix != ".parquet":
        yield path.read_text("utf-8")
        return
    file = pq.ParquetFile(path)
    yield from strings(file.read().to_pylist())
    for key, value in (file.schema_arrow.metadata or {}).items():
        yield f"{key!r} {value.decode()}"
    for group in range(file.metadata.num_row_groups):
        for column in range(file.metadata.num_columns):
            found = file.metadata.row_group(group).column(column).statistics
            if found is not None and found.has_min_max:
                yield f"{found.min} | {found.max}"
    yield path.read_bytes().decode("latin-1")


def withheld_runs(full: Path) -> set[tuple[str, ...]]:
    """Return the runs of words that only withheld texts hold: not VOA's own text, not a title."""
    dataset = BuiltDataset.open(full)
    held: set[tuple[str, ...]] = set()
    free: set[tuple[str, ...]] = set()
    for row in dataset.rows("raw"):
        held |= runs(row["text"])
    allowed = {r["doc_id"] for r in dataset.rows("documents") if r["rights_record"]["decision"] == "allowed"}
    hidden = ("caption", "credit", "boilerplate", "duplicate")
    for row in dataset.rows("blocks"):
        if row["doc_id"] in allowed and row["role"] not in hidden:
            free |= runs(row["text"])
    for row in dataset.rows("documents"):
        free |= runs(row["title"] or "") | (runs(row["text"]) if row["doc_id"] in allowed else set())
    return held - free


def test_nothing_withheld_can_be_found_in_any_file(full: Path, public: Path) -> None:
    """Every run of five words that only withheld texts hold, in every file of the edition."""
    held = withheld_runs(full)
    assert len(held) > 2000
    found = {
        path.name: runs(text) & held for path in public.rglob("*") if path.is_file() for text in texts_of(path)
    }
    assert {name: sorted(leak)[:3] for name, leak in found.items() if leak} == {}


def test_the_search_finds_what_is_there(full: Path) -> None:
    """The same search in the full edition finds all of it."""
    held = withheld_runs(full)
    found: set[tuple[str, ...]] = set()
    for path in full.rglob("*.parquet"):
        for text in texts_of(path):
            found |= runs(text) & held
    assert found == held


def test_no_short_surface_string_is_left(public: Path) -> None:
    """Names and labels' words are withheld too; ids, offsets and labels stay."""
    dataset = BuiltDataset.open(public)
    denied = {r["doc_id"] for r in dataset.rows("documents") if r["text"] is None}
    assert len(denied) == 4
    for config in ("blocks", "raw", "entities", "claims", "sources"):
        rows = [row for row in dataset.rows(config) if row["doc_id"] in denied]
        assert rows
        assert {row["text"] for row in rows} == {None}, config
    for row in dataset.rows("documents"):
        if row["doc_id"] in denied:
            columns = ("authors", "dateline", "headings", "captions", "credits", "copyright", "rights")
            assert {row[column] for column in columns} == {None}
            assert row["rights_record"]["statement"] is row["rights_record"]["known"] is None
            assert row["title"]
            assert row["text_sha256"]


def test_what_stays_is_what_the_full_edition_says(full: Path, public: Path) -> None:
    """Offsets, labels, references and hashes, row by row."""
    one, other = BuiltDataset.open(full), BuiltDataset.open(public)
    for config in ("documents", "blocks", "raw", "entities", "claims", "sources"):
        rows = list(zip(one.rows(config), other.rows(config), strict=True))
        for before, after in rows:
            for column, value in after.items():
                if value is not None and column not in ("evidence", "rights_record"):
                    assert value == before[column], (config, column)
    kept = [column for column, value in next(other.rows("claims")).items() if value is not None]
    assert {"raw_spans", "spans", "kind", "check", "source_ids", "id", "annotator"} <= set(kept)


def test_rights_are_a_parts(public: Path) -> None:
    """The Voice of America's own text stays; the captions of its pictures and the page around it do not."""
    dataset = BuiltDataset.open(public)
    (row,) = (r for r in dataset.rows("documents") if r["text"] is not None)
    assert row["publisher"] == "Voice of America"
    assert row["captions"] is None
    blocks = [b for b in dataset.rows("blocks") if b["doc_id"] == row["doc_id"]]
    shown = {b["role"] for b in blocks if b["text"] is not None}
    hidden = {b["role"] for b in blocks if b["text"] is None}
    assert shown >= {"body", "heading", "title"}
    assert hidden >= {"caption", "boilerplate", "duplicate"}
    assert not shown & hidden


def test_rights_do_not_depend_on_how_rows_are_read(seeds_build: Path) -> None:
    """In one piece, as files or a row at a time."""
    dataset = BuiltDataset.open(seeds_build)
    read = [("documents", ("doc_id", "rights_record")), ("blocks", ("doc_id", "block", "role"))]
    documents, blocks = (pa.concat_tables(dataset.batches(*config)) for config in read)
    ids, model = documents.column("doc_id"), dataset.file_model("blocks")
    whole = Allowed.of([documents], [blocks], model)
    cut = Allowed.of(*([own.slice(n, 1) for n in range(own.num_rows)] for own in (documents, blocks)), model)
    for part in (*PARTS, WHOLE):
        assert cut.of_part(ids, part).tolist() == whole.of_part(ids, part).tolist()
    assert cut.of_rows(blocks, model).tolist() == whole.of_rows(blocks, model).tolist()
    assert [part for part in (*PARTS, WHOLE) if cut.of_part(ids, part).any()] == ["text"]
    assert not cut.of_part(pa.chunked_array([["unknown"]], pa.large_string()), "text").any()


def test_it_is_sound_and_repeats(full: Path, public: Path, tmp_path: Path) -> None:
    assert verify(public) == []
    again = public_edition(full, tmp_path)
    assert tree_hashes(again) == tree_hashes(public)
    assert public_edition(full, public.parent) == public


def test_it_loads(public: Path, tmp_path: Path) -> None:
    """Nulls in place of texts, with the features that the card names."""
    datasets = pytest.importorskip("datasets")
    documents = datasets.load_dataset(str(public), split="train", cache_dir=str(tmp_path))
    assert sum(text is not None for text in documents["text"]) == 1
    claims = datasets.load_dataset(str(public), "claims", split="train", cache_dir=str(tmp_path))
    assert claims.features["kind"].int2str(claims[0]["kind"])


@pytest.mark.parametrize("edition", ["full", "public"])
def test_every_config_loads_and_streams(edition: str, full: Path, public: Path, tmp_path: Path) -> None:
    """All that the card lists, views too: the same rows at once and one after another, as many as were written."""
    datasets = pytest.importorskip("datasets")
    place = full if edition == "full" else public
    manifest = BuiltDataset.open(place).manifest
    rows = {view.config: view.rows for view in manifest.views.values()}
    rows = {**{name: config.rows for name, config in manifest.configs.items()}, **rows}
    names = datasets.get_dataset_config_names(str(place))
    assert set(rows) == set(names)
    assert "ner" in names
    for name in names:
        loaded = datasets.load_dataset(str(place), name, cache_dir=str(tmp_path / "cache"))
        assert {split: own.num_rows for split, own in loaded.items()} == rows[name]
        streamed = datasets.load_dataset(str(place), name, streaming=True)
        for split, own in loaded.items():
            assert streamed[split].features == own.features
            assert list(streamed[split]) == own.to_list()


def test_a_text_that_slipped_in_is_found(seeds_build: Path, tmp_path: Path) -> None:
    """A public edition whose rows hold what the rights record bars is not sound."""

    build_dataset = BuiltDataset.open(seeds_build)
    content, _ = withheld_content(build_dataset, scratch(tmp_path))
    tables = {**content.tables, "entities": build_dataset.table("entities").replace_schema_metadata(None)}
    write_dataset(tmp_path / "leaky", replace(content, tables=tables))
    assert {finding.code for finding in verify(tmp_path / "leaky")} >= {"not-withheld"}


def test_a_free_record_is_passed_on_whole_and_nothing_of_the_others(tmp_path: Path) -> None:
    """Pages, texts, records: every word of what is not free is searched for in every file."""
    folder = tmp_path / "in"
    folder.mkdir()
    page = (
        '<html><head><title>Harbour to close soon</title><meta name="author" content="Zwsecret Qsecret">'
        '<meta name="description" content="Xsecret one"></head><body><nav>Usecret</nav><article>'
        "<h1>Harbour to close soon</h1><p>The council of Tsecret said that the harbour would be closed until May."
        "</p><p>Boats must leave by the end of May, Ssecret said, and fish goes on.</p></article></body></html>"
    )
    (folder / "page.html").write_text(page, "utf-8")
    (folder / "plain.txt").write_text(
        "A plain title\n\nThe mayor Rsecret said on Monday that all is well.\n", "utf-8"
    )
    (folder / "sources.toml").write_text(
        '[documents.plain]\nauthors = { value = ["Psecret"], known_from = "told by Osecret" }\n'
        'rights = { value = "Ask Nsecret first.", known_from = "a letter of Msecret" }\n'
    )
    rows = [
        {
            "id": "held",
            "title": "Held back",
            "text": "Lsecret said so on Monday, in the town hall.",
            "tags": ["Ksecret"],
        },
        {
            "id": "free",
            "title": "Set free",
            "text": "The pier stays open for all.",
            "license": "CC-BY-4.0",
            "n": "Pier",
        },
    ]
    rows[0]["more"] = {"deep": ["Jsecret"]}
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    build([folder], tmp_path / "build", BuildOptions(name="mixed"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    assert verify(public) == []
    found = {path.name for path in public.rglob("*") if path.is_file() for t in texts_of(path) if "secret" in t}
    assert found == set()
    (free,) = (row for row in BuiltDataset.open(public).rows("documents") if row["doc_id"] == "free")
    assert (free["text"], free["captions"], free["n"]) == ("The pier stays open for all.", [], "Pier")


def test_a_text_that_says_what_a_rights_record_says_is_withheld(tmp_path: Path) -> None:
    """The record must give a reason: another sign stands for it, and the rule that read a value stays named."""
    record = {"id": "a", "text": "Pier\n\nNothing in it or known of it allows passing it on, the mayor said."}
    (tmp_path / "rows.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    build([tmp_path / "rows.jsonl"], tmp_path / "build", BuildOptions(name="said"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    (row,) = BuiltDataset.open(public).rows("documents")
    assert (row["rights_record"]["reason"], row["rights_record"]["decision"]) == (HIDDEN, "unknown")
    assert {item["column"] for item in row["evidence"] if item["source"] is not None} == {"headings", "language"}
    assert verify(public) == []


@pytest.mark.parametrize(("config", "column"), [("documents", "words"), ("documents", "evidence")])
def test_every_column_that_slipped_in_is_found(config: str, column: str, tmp_path: Path) -> None:
    """Carried columns and what is quoted beside the texts are held against the rights records too."""

    folder = tmp_path / "raw"
    folder.mkdir()
    record = {"id": "held", "text": "The pier stays closed.", "words": "of the owner", "author": "Ana Ruiz"}
    (folder / "rows.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    build([folder], tmp_path / "build", BuildOptions(name="mixed"))
    made = BuiltDataset.open(tmp_path / "build")
    content, _ = withheld_content(made, scratch(tmp_path))
    full = made.table(config).replace_schema_metadata(None)
    table = pa.concat_tables(content.tables[config])
    index = table.schema.get_field_index(column)
    table = table.set_column(index, table.schema.field(column), full.column(column))
    write_dataset(tmp_path / "leaky", replace(content, tables={**content.tables, config: table}))
    found = [finding for finding in verify(tmp_path / "leaky") if finding.code == "not-withheld"]
    assert [column in finding.place for finding in found] == [True]


@pytest.mark.parametrize(
    ("config", "column", "value", "code"),
    [
        ("entities", "start", -5, "span"),
        ("entities", "end", 10**6, "span"),
        ("entities", "raw_spans", [], "raw-span"),
        ("entities", "raw_spans", [{"start": 5, "end": 10**6}], "raw-span"),
        ("claims", "spans", [{"start": 9, "end": 5}], "span"),
        ("claims", "spans", [], "span"),
        ("claims", "source_ids", ["nobody"], "reference"),
        ("blocks", "start", 10**6, "overlap"),
        ("blocks", "role", 1, "kept"),
    ],
)
def test_offsets_are_checked_without_the_texts_too(
    full: Path, tmp_path: Path, config: str, column: str, value: Any, code: str
) -> None:
    """A forged edition is no sound one, and hydrating it ends in a sentence or in a build."""

    def forged(release: BuiltDataset, scratch: Path, changes: str) -> Any:
        content, told = withheld_content(release, scratch, changes)
        table = pa.concat_tables(content.tables[config])
        index, field = table.schema.get_field_index(column), table.schema.field(column)
        values = pa.array([value, *table.column(column).to_pylist()[1:]], field.type)
        tables = {**content.tables, config: table.set_column(index, field, values)}
        return replace(content, tables=tables), told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.releases.editions.withheld_content", forged)
        public = public_edition(full, tmp_path)
    found = {finding.code for finding in verify(public)}
    assert code in found
    try:
        assert not hydrate(public, [SEEDS], tmp_path / "again").identical
    except CorpusError as error:
        assert "verify the edition" in str(error)
