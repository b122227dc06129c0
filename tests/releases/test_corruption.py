"""Whatever happens to the bytes of any file, verification says so and does not raise."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.export.dataset import write_dataset
from corpus.export.parquet import open_writer, read_parquet
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS
from corpus.releases.release import make_release
from corpus.releases.verification import verify


@pytest.fixture(scope="module")
def release(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sound release that every example damages and repairs."""
    folder = tmp_path_factory.mktemp("corruption")
    write_dataset(folder / "build", made.make_content())
    return make_release(folder / "build", folder / "out", "1.0.0")


damage = st.one_of(
    st.tuples(st.just("set"), st.floats(0, 1), st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("insert"), st.floats(0, 1), st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("delete"), st.floats(0, 1), st.binary(min_size=1, max_size=200)),
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
)


def damaged(data: bytes, kind: str, where: float, with_bytes: bytes) -> bytes:
    at = int(where * max(0, len(data) - 1))
    if kind == "cut":
        return data[:at]
    after = at if kind == "insert" else at + len(with_bytes)
    return data[:at] + (b"" if kind == "delete" else with_bytes) + data[after:]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 0.999), damage)
def test_any_damage_of_any_file_is_found(release: Path, which: float, how: tuple[str, float, bytes]) -> None:
    """At least one finding, never an exception; and none once the file is whole again."""
    files = sorted(path for path in release.rglob("*") if path.is_file())
    path = files[int(which * len(files))]
    sound = path.read_bytes()
    worse = damaged(sound, *how)
    if worse == sound:
        return
    path.write_bytes(worse)
    try:
        findings = verify(release)
        assert any(path.name in finding.place + finding.message for finding in findings)
        read_everything(release)
    finally:
        path.write_bytes(sound)


def read_everything(directory: Path) -> None:
    """Read all that can be read; only the toolkit's own errors may come out."""
    try:
        dataset = BuiltDataset.open(directory)
        for config in CONFIGS:
            for _ in dataset.rows(config):
                pass
        for _ in dataset.documents():
            pass
    except CorpusError as error:
        assert "\n" not in str(error)


def test_every_single_file_may_go(release: Path, tmp_path: Path) -> None:
    """Each file is missed by its name."""
    copy = tmp_path / "copy"
    shutil.copytree(release, copy)
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        name = path.relative_to(copy).as_posix()
        sound = path.read_bytes()
        path.unlink()
        assert name in [finding.place for finding in verify(copy)]
        path.write_bytes(sound)
    assert verify(copy) == []


def any_value(kind: pa.DataType) -> st.SearchStrategy[Any]:
    """Return values of an Arrow type, the awkward ones first."""
    if pa.types.is_list(kind):
        return st.lists(any_value(kind.value_type), max_size=3)
    if pa.types.is_struct(kind):
        fields = {f.name: any_value(f.type) | st.none() if f.nullable else any_value(f.type) for f in kind}
        return st.fixed_dictionaries(fields)
    if pa.types.is_boolean(kind):
        return st.booleans()
    if pa.types.is_integer(kind):
        return st.sampled_from([-1, 0, 1, 7, 40, 2**31 - 1, -(2**31)]) | st.integers(-(2**31), 2**31 - 1)
    if pa.types.is_floating(kind):
        return st.floats()
    return st.sampled_from(["", "harbour", "ann-1", "\n\n", "0" * 64]) | st.text(
        st.characters(exclude_categories=["Cs"])
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_cell_is_found(release: Path, data: st.DataObject) -> None:
    """A well-made file with one value of its type changed gives a finding in its config, whatever the value."""
    config = data.draw(st.sampled_from(CONFIGS))
    path = release / config / "train-00000-of-00001.parquet"
    sound = path.read_bytes()
    table = read_parquet(path)
    field = table.schema.field(data.draw(st.sampled_from(table.schema.names)))
    values = table.column(field.name).to_pylist()
    row = data.draw(st.integers(0, len(values) - 1))
    fresh = any_value(field.type) | st.none() if field.nullable else any_value(field.type)
    values[row] = data.draw(fresh.filter(lambda value: value != values[row]))
    changed = table.set_column(table.schema.get_field_index(field.name), field, pa.array(values, field.type))
    with open_writer(path, table.schema) as writer:
        writer.write_table(changed)
    try:
        places = {finding.place for finding in verify(release) if finding.code != "changed-file"}
        assert config in places
    finally:
        path.write_bytes(sound)
