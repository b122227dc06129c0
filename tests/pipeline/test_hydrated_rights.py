"""What a hydrated build says of documents where sources.toml is away or a text has changed: sound, never freer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.export.store import BuiltDataset
from corpus.model.rights import shown_parts
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.pipeline.hydrating.recorded import recorded_rights, renewed
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

ARTICLE = (
    "Harbour of {0} reopens\n\n"
    "{1}The harbour of {0} reopened on Monday after a week of storms, its operator said in a long statement.\n\n"
    "“We are glad to be back,” said Mara Lindqvist, who runs the ferry office at the north pier of {0}.\n\n"
)
FREE = "This work is licensed under CC BY 4.0.\n"
AP = "Copyright 2021 The Associated Press. All rights reserved.\n"
AFP = "Copyright 2021 Agence France-Presse. All rights reserved.\n"
TEXTS = {
    "denied": ARTICLE.format("Ahlen", "") + FREE,
    "held": ARTICLE.format("Borg", ""),
    "other": ARTICLE.format("Cove", "") + AP,
    "stated": ARTICLE.format("Dale", "LISBON, March 5, 2024 (Reuters) - ") + AP,
}
BESIDE = """
[documents.denied]
redistribution = { value = "denied", known_from = "a letter" }
[documents.held]
copyright_holder = { value = "Quay Media", known_from = "a letter" }
publisher = { value = "Quay Post", known_from = "its imprint" }
published = { value = 2024-03-01, known_from = "its imprint" }
[documents.other]
copyright_holder = { value = "Quay Media", known_from = "a letter" }
"""
Expected = dict[str, str | None]
CHANGED: dict[str, tuple[str, str, Expected]] = {
    "another holder": ("stated", TEXTS["stated"].replace(AP, AFP), {"copyright_holder": "Agence France-Presse"}),
    "no dateline": ("stated", TEXTS["stated"].replace("LISBON, March 5, 2024 (Reuters) - ", ""), {"agency": None}),
    "no statement": ("stated", TEXTS["stated"].removesuffix(AP), {"copyright_holder": None, "agency": "Reuters"}),
    "another title": (
        "stated",
        TEXTS["stated"].replace("reopens", "will reopen again soon"),
        {"title": "Harbour of Dale will reopen again soon"},
    ),
    "a statement where a letter told": ("held", TEXTS["held"] + AP, {"publisher": "Quay Post"}),
    "a licence where a statement forbade": (
        "stated",
        TEXTS["stated"].replace(AP, FREE),
        {"copyright_holder": None},
    ),
    "a licence where nothing allowed": ("held", TEXTS["held"] + FREE, {"copyright_holder": "Quay Media"}),
    "a line more where a letter forbade": ("denied", TEXTS["denied"] + "It said no more than this.\n", {}),
}
"""By name: whose text is another one when it is hydrated, which, and what is known of it then."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The full and the public edition of the texts."""
    folder = tmp_path_factory.mktemp("rights")
    written(folder / "news", {})
    build([folder / "news"], folder / "build", BuildOptions(name="news"))
    full = make_release(folder / "build", folder, "0.1.0")
    return full, public_edition(full, folder)


def written(folder: Path, changed: dict[str, str], *, beside: bool = True) -> Path:
    folder.mkdir()
    for name, text in (TEXTS | changed).items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    if beside:
        (folder / "sources.toml").write_text(BESIDE, "utf-8")
    return folder


def documents(directory: Path) -> dict[str, dict[str, Any]]:
    return {row["doc_id"]: row for row in BuiltDataset.open(directory).rows("documents")}


def no_freer(hydrated: Path, public: Path) -> None:
    """Nothing may be passed on that the edition withheld; nothing is allowed that was denied."""
    now = documents(hydrated)
    for doc_id, old in documents(public).items():
        record, recorded = now[doc_id]["rights_record"], old["rights_record"]
        assert shown_parts(record) <= shown_parts(recorded), doc_id
        assert record["decision"] == "denied" or recorded["decision"] != "denied", doc_id


def test_a_lost_sources_toml_frees_nothing(released: tuple[Path, Path], tmp_path: Path) -> None:
    """What a letter forbade stays forbidden, whatever the text says; values keep what was known of them."""
    full, public = released
    report = hydrate(public, [written(tmp_path / "news", {}, beside=False)], tmp_path / "out")
    now, before = documents(report.directory), documents(full)
    assert not report.identical
    assert verify(report.directory) == []
    no_freer(report.directory, public)
    for doc_id, row in now.items():
        for column in ("title", "copyright_holder", "publisher", "published"):
            assert row[column] == before[doc_id][column]
        for name in ("decision", "rule", "holder", "start", "end"):
            assert row["rights_record"][name] == before[doc_id]["rights_record"][name]
    statements = {doc_id: row["rights_record"]["statement"] for doc_id, row in now.items()}
    assert statements["stated"] == statements["other"] == AP.strip()


@pytest.mark.parametrize("beside", [True, False], ids=["with sources.toml", "without"])
@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_text_is_described_anew(
    released: tuple[Path, Path], tmp_path: Path, name: str, beside: bool
) -> None:
    """Values, evidence and rights go together; what only sources.toml knew stays."""
    doc_id, text, expected = CHANGED[name]
    news = written(tmp_path / "news", {doc_id: text}, beside=beside)
    report = hydrate(released[1], [news], tmp_path / "out")
    assert [d.doc_id for d in report.documents if d.state == "re-anchored"] == [doc_id]
    assert verify(report.directory) == []
    no_freer(report.directory, released[1])
    now = documents(report.directory)
    assert {column: now[doc_id][column] for column in expected} == expected
    assert (now["held"]["publisher"], now["held"]["published"]) == ("Quay Post", "2024-03-01")


def test_an_edition_without_rights_records_frees_nothing(released: tuple[Path, Path]) -> None:
    """It was made before there were any; whatever a file says of its licence now, nothing was allowed then."""
    model, row = BuiltDataset.open(released[1]).file_model("documents"), documents(released[0])["held"]
    record = row["rights_record"]
    parts = [{**part, "decision": "allowed"} for part in record["parts"]]
    free = {**row, "rights_record": {**record, "decision": "allowed", "parts": parts}}
    assert "text" in shown_parts(free["rights_record"])
    for old in (row, {**row, "rights_record": None}):
        assert shown_parts(recorded_rights(old, free, "")) == frozenset()
        assert shown_parts(renewed(model, old, free)["rights_record"]) == frozenset()
