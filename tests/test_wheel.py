"""What is handed on is whole: the wheel holds what the code reads, the source archive what the tests read."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def build(kind: str, folder: Path) -> Path:
    """Build the wheel or the source archive and return it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def test_a_source_archive_holds_what_its_own_tests_read(tmp_path: Path) -> None:
    """Every folder that the README's tree names, for tests look into all of them."""
    with tarfile.open(build("sdist", tmp_path)) as archive:
        held = {name.split("/")[1] for name in archive.getnames()}
    tree = (ROOT / "README.md").read_text("utf-8").split("## The house")[1].split("```")[1]
    assert set(re.findall(r"^([a-z]+)/ ", tree, re.MULTILINE)) <= held


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(build("wheel", folder)) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_an_installed_wheel_finds_its_data(site: Path, tmp_path: Path) -> None:
    """Imported from there, the package cleans a text and knows its scheme."""
    wanted = {p.relative_to(ROOT) for p in (ROOT / "corpus").rglob("*") if p.is_file() and p.suffix != ".pyc"}
    assert not [path for path in wanted if not (site / path).is_file()]
    assert list(site.glob("*.dist-info/licenses/LICENSE"))
    code = (
        "import corpus, corpus.files as f; from pathlib import Path;"
        f"assert Path(corpus.__file__).is_relative_to({str(site)!r});"
        "assert 'news-ec' in f.schema_text('news-ec.toml');"
        "print(corpus.clean('The port of Ahlen reopened on Monday, its operator said.').text)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(site)}, capture_output=True, check=False
    )
    assert ran.stdout.decode().strip() == "The port of Ahlen reopened on Monday, its operator said.", ran.stderr


def test_a_project_elsewhere_needs_nothing_of_the_checkout(site: Path, tmp_path: Path) -> None:
    """The commands run in an empty folder, and write the schemas that stand here."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("The port of Ahlen reopened on Monday, its operator said.\n", "utf-8")
    for command in (
        "schemas --out schemas",
        "schemas --check",
        "build news --out dataset",
        "release --from dataset --out releases",
        "verify releases/news-0.1.0",
        "annotations export --from dataset --format conll --unannotated --out a.conll",
        "annotations import a.conll --from dataset --annotator ada --empty",
        "build news --out dataset",
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "corpus.cli", *command.split()],
            cwd=tmp_path,
            env={"PYTHONPATH": str(site)},
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, (command, ran.stderr)
    written = {path.name: path.read_bytes() for path in (tmp_path / "schemas").iterdir()}
    assert {name: (ROOT / "schemas" / name).read_bytes() for name in written} == written
