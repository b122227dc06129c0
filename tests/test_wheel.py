"""The wheel holds all that the code needs: rules, tables of knowledge, the scheme, the type marker."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_an_installed_wheel_finds_its_data(tmp_path: Path) -> None:
    """Built, unpacked elsewhere and imported from there, the package cleans a text and knows its scheme."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
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
