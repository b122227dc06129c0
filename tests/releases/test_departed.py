"""A document that is gone is named in no later public edition by the words of its text."""

from __future__ import annotations

from pathlib import Path

from corpus.export.store import BuiltDataset
from corpus.model.manifest import InputFile
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.changelog import CHANGES
from corpus.releases.editions import public_edition
from corpus.releases.public.naming import alias_of
from corpus.releases.release import make_release

SPELT = "the-bell-of-the-drowned-church-rang"
TEXT = "Bell rings\n\nThe bell of the drowned church rang for the first time since 1911 on Monday, divers said.\n"
OTHERS = {
    "council-passes-budget-after-night-of-shouting": (
        "Council passes budget after night of shouting\n\nThe council of Old Brackley passed its budget on "
        "Friday, after nine hours of debate and one broken microphone.\n\nTaxes on second homes will rise.\n"
    ),
    "ferry": "Ferry stays\n\nThe ferry to Varnes stays where it is, the operator said on Friday.\n",
    "snow": "Snow\n\nSnow fell on the pier of Skerry in April, the harbour master said.\n",
}


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")


def release(folder: Path, version: str, previous: Path | None = None) -> Path:
    build([folder / "in"], folder / "build", BuildOptions(name="bells"))
    return make_release(folder / "build", folder / "out", version, previous=previous)


def test_a_document_that_is_gone_is_not_named_by_its_words(tmp_path: Path) -> None:
    """Neither where it went nor where it came; an id that repeats its title alone keeps its name."""
    write(tmp_path / "in", **OTHERS)
    first = release(tmp_path, "0.1.0")
    write(tmp_path / "in", **{SPELT: TEXT})
    second = release(tmp_path, "0.2.0", first)
    assert SPELT in (second / CHANGES).read_text("utf-8")
    digest = next(i.sha256 for i in _inputs(second) if SPELT in i.path)
    for name in (SPELT, "council-passes-budget-after-night-of-shouting"):
        (tmp_path / "in" / f"{name}.txt").unlink()
    third = release(tmp_path, "0.3.0", second)
    for edition in (third, public_edition(third, tmp_path / "out")):
        changes = (edition / CHANGES).read_text("utf-8")
        assert "drowned" not in changes
        assert changes.count(alias_of(digest)) == 6  # documents, blocks and raw, when it came and when it went
        assert "council-passes-budget-after-night-of-shouting" in changes
    report = hydrate(tmp_path / "out" / "bells-public-0.3.0", [tmp_path / "in"], tmp_path / "back")
    assert report.identical


def _inputs(directory: Path) -> tuple[InputFile, ...]:
    return BuiltDataset.open(directory).manifest.inputs
