"""What an older version of the toolkit made is read, verified and released by what it could promise then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpus.cli.app import app
from corpus.errors import DataError, UsageError
from corpus.export.fitting import fit
from corpus.export.since import later_columns, later_descriptions
from corpus.export.store import BuiltDataset
from corpus.labelstudio.documents import DatasetDocuments
from corpus.model.document import Document
from corpus.model.tables import BLOCKS, documents_table
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition
from corpus.releases.planning import find_previous
from corpus.releases.release import make_release
from corpus.releases.verification import verify

HERE = Path(__file__).parent
BUILD = HERE / "build-0.1.0"
COAST = HERE / "coast"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Put the release of 0.1.0 together: the build's data with the release's own three files."""
    made = shutil.copytree(BUILD, tmp_path / "releases" / "coast-0.1.0")
    shutil.copytree(HERE / "release-0.1.0", made, dirs_exist_ok=True)
    return made


def strip(directory: Path, config: str, column: str) -> None:
    path = next((directory / config).glob("*.parquet"))
    data = pq.read_table(path)
    pq.write_table(data.drop_columns([column]), path)


def test_an_old_build_and_an_old_release_are_as_promised(release: Path) -> None:
    assert verify(BUILD) == []
    assert verify(release) == []
    result = CliRunner().invoke(app, ["verify", str(BUILD)])
    assert (result.exit_code, result.stdout.split(": ")[-1]) == (0, "all as promised\n")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("blocks/train-00000-of-00001.parquet", "changed-file"),
        ("README.md", "changed-file"),
        ("more.txt", "extra-file"),
    ],
)
def test_what_changed_in_old_data_is_told(release: Path, name: str, code: str) -> None:
    with (release / name).open("ab") as file:
        file.write(b"x")
    assert (code, name) in [(finding.code, finding.place) for finding in verify(release)]


@pytest.mark.parametrize(("config", "column"), [("blocks", "section"), ("documents", "rights")])
def test_a_column_that_was_always_there_must_be(tmp_path: Path, config: str, column: str) -> None:
    old = shutil.copytree(BUILD, tmp_path / "old")
    strip(old, config, column)
    schema = [finding.message for finding in verify(old) if finding.code == "schema"]
    assert len(schema) == 1
    assert schema[0].startswith(f"The file lacks the column {column!r}; expected ")
    assert "rights_record" not in schema[0]
    with pytest.raises(DataError, match="has columns or types that differ from the model"):
        list(BuiltDataset.open(old).documents())


@pytest.mark.parametrize(("config", "column"), [("blocks", "place"), ("documents", "rights_record")])
@pytest.mark.parametrize("tool", ["today", "0.2.0", "0.2.0.dev1", "10.0.0", "old", None])
def test_today_the_columns_must_be_there(built: Path, config: str, column: str, tool: str | None) -> None:
    """Only a manifest that names an older version lets one be lacking."""
    strip(built, config, column)
    path = built / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if tool is None:
        del manifest["tool"]["newscorpus"]
    elif tool != "today":
        manifest["tool"]["newscorpus"] = tool
    path.write_text(json.dumps(manifest), encoding="utf-8")
    told = [finding.message for finding in verify(built) if finding.code == "schema"]
    assert [message.split(";")[0] for message in told] == [f"The file lacks the column {column!r}"]
    dataset = BuiltDataset.open(built)
    for read in (dataset.documents, lambda: DatasetDocuments(dataset), lambda: [dataset.table(config)]):
        with pytest.raises(DataError, match=f"{config} has columns or types that differ from the model; verify it"):
            list(read())


@pytest.mark.parametrize(
    "documents",
    [
        lambda dataset: list(dataset.documents()),
        lambda dataset: [dataset.document(name) for name in ("quay-01", "storm-02")],
        lambda dataset: list(DatasetDocuments(dataset)),
        lambda dataset: list(DatasetDocuments(dataset).some(["quay-01", "storm-02"]).values()),
    ],
)
def test_the_documents_of_an_old_build_are_read(documents: Callable[[BuiltDataset], list[Document]]) -> None:
    """By the library and by the sync with Label Studio; what was not known then is null."""
    quay, storm = documents(BuiltDataset.open(BUILD))
    assert (quay.doc_id, storm.doc_id) == ("quay-01", "storm-02")
    assert "We have waited long enough" in quay.text
    assert quay.raw_text == (COAST / "quay-01.txt").read_text(encoding="utf-8")
    assert {block.place for block in (*quay.blocks, *storm.blocks)} == {None}
    assert quay.reading().text.startswith("Harbour quay to be rebuilt\n\n")


@pytest.mark.parametrize("config", ["documents", "blocks"])
def test_tables_of_an_old_build_have_todays_columns(config: str) -> None:
    dataset = BuiltDataset.open(BUILD)
    wanted = dataset.file_model(config).schema
    (lacking,) = later_columns(config, dataset.manifest.tool)
    table = dataset.table(config)
    assert table.schema.equals(wanted, check_metadata=False)
    assert table.column(lacking).null_count == table.num_rows
    assert fit(table, dataset.file_model(config)).num_rows == table.num_rows
    columns = [*dataset.model(config).key, lacking]
    assert [batch.schema.names for batch in dataset.batches(config, columns)] == [columns]
    assert {row[lacking] for row in dataset.rows(config, "train")} == {None}


def test_only_what_may_be_null_came_later() -> None:
    """Before 0.2.0 there was less, in 0.2.0 all that there is."""
    for table in (BLOCKS, documents_table()):
        later = later_columns(table.name, {"newscorpus": "0.1.9"})
        assert later
        assert all(table.schema.field(name).nullable for name in later)
        assert not later_columns(table.name, {"newscorpus": "0.2.0"})
    assert later_descriptions({"newscorpus": "0.1.0"}) == {"croissant.json", "datapackage.json", "CITATION.cff"}
    assert not later_descriptions({"newscorpus": "0.2.0"})
    assert not later_descriptions({})


def test_an_old_build_is_not_released_but_built_again(release: Path, tmp_path: Path) -> None:
    """And the new build's release follows the old one."""
    sentence = r"made by newscorpus 0\.1\.0, which did not write the column 'rights_record' .* build it again"
    with pytest.raises(UsageError, match=sentence):
        make_release(BUILD, tmp_path / "out", "0.2.0")
    with pytest.raises(UsageError, match=sentence):
        public_edition(release, tmp_path / "out")
    old = shutil.copytree(BUILD, tmp_path / "coast")
    build([COAST], old, BuildOptions(name="coast"))
    previous = find_previous(old, release.parent)
    assert previous == release.resolve()
    assert verify(make_release(old, release.parent, "1.0.0", "2026-11-23", previous=previous)) == []
