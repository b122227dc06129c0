"""Croissant, data package and citation beside a release's data are sound, true, and read by their own tools."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
import yaml

from corpus.errors import DataError
from corpus.export.dataset import tree_hashes, write_dataset, write_manifest
from corpus.export.parquet import read_parquet
from corpus.export.store import BuiltDataset, read_manifest
from corpus.model.about import About, Maker
from corpus.model.tables import CONFIGS
from corpus.releases.release import make_release
from corpus.releases.verification import verify

ABOUT = """
title = "Tide: “news” & <claims>"
description = "Articles of a harbour town."
licence = "cc-by-4.0"
homepage = "https://example.org/tide"
doi = "10.1234/tide"
keywords = ["harbour", "claims"]

[[makers]]
given_names = "Ana"
family_names = "Ruiz"
orcid = "0000-0002-1825-0097"
affiliation = "Harbour University"

[[makers]]
name = "The Tide Lab"
orcid = "0000-0001-2345-6789"
"""
CFF_KEYS = {
    *("cff-version", "message", "type", "title", "abstract", "authors", "version", "date-released", "doi", "url"),
    "keywords",
}


PLACES = pa.struct(
    [("name", pa.string()), ("marks", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())])))]
)


@pytest.fixture
def release(made: ModuleType, tmp_path: Path) -> Path:
    """A release with everything said about it, a carried column, and two splits."""
    rows = made.make_rows()
    for number, row in enumerate(rows["documents"]):
        marks = [{"start": number, "end": 9}] * number
        row |= {"words": number, "at": None, "places": {"name": "quay", "marks": marks}}
    kinds = {"words": pa.int32(), "at": pa.timestamp("us", "UTC"), "places": PLACES}
    content = made.make_content(rows, kinds)
    write_dataset(tmp_path / "build", replace(content, about=About.from_toml(ABOUT)))
    return make_release(tmp_path / "build", tmp_path / "out", "1.2.0", "2024-05-01")


def test_croissant_is_valid_and_gives_every_row_back(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference implementation finds nothing wrong and reads each config: spans, lists, labels, nulls."""
    monkeypatch.setenv("CROISSANT_CACHE", str(release.parent / "cache"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib's own deprecations
        mlcroissant = pytest.importorskip("mlcroissant")
        read = mlcroissant.Dataset(release / "croissant.json")
        assert not read.metadata.issues.errors
        assert not read.metadata.issues.warnings
        dataset = BuiltDataset.open(release)
        for config in CONFIGS:
            found = [plain(record, config) for record in read.records(config)]
            data = dataset.table(config)
            wanted = [with_members(row, data.schema) for row in data.to_pylist()]
            key = dataset.model(config, data.schema).key
            found.sort(key=lambda row: [row[name] for name in key])
            assert [{name: row.get(name) for name in wanted[0]} for row in found] == wanted
            if config == "documents":
                assert [row["marks"] for row in found if row["words"]] == [
                    row["places"]["marks"] for row in data.to_pylist() if row["words"]
                ]
        labels = {
            record["labels-of-claims.kind/number"]: record["labels-of-claims.kind/label"]
            for record in read.records("labels-of-claims.kind")
        }
    assert labels[1] == "plan"
    assert read.metadata.version == "1.2.0"


def with_members(row: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    """Return a row as mlcroissant reads it: a null struct has null members, lists of structs in one lie apart."""
    made = dict(row)
    for field in schema:
        if pa.types.is_struct(field.type):
            value = row[field.name] or dict.fromkeys(member.name for member in field.type)
            apart = {member.name for member in field.type if pa.types.is_list(member.type)}
            made[field.name] = {name: own for name, own in value.items() if name not in apart}
    return made


def plain(value: Any, prefix: str) -> Any:
    """Return what mlcroissant gives as plain values: bytes as text, ids as names."""
    if isinstance(value, dict):
        return {key.rsplit("/", 1)[-1]: plain(own, prefix) for key, own in value.items()}
    if isinstance(value, list):
        return [plain(own, prefix) for own in value]
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value.item() if hasattr(value, "item") else value


def test_croissant_says_what_each_file_is(release: Path) -> None:
    """Every Parquet file stands in it with its size and hash, and whose the whole is and where."""
    data = json.loads((release / "croissant.json").read_text("utf-8"))
    files = {node["@id"]: node for node in data["distribution"] if node["@type"] == "cr:FileObject"}
    manifest = BuiltDataset.open(release).manifest
    assert {path: node["sha256"] for path, node in files.items()} == {
        path: digest for path, digest in manifest.files.items() if path.endswith(".parquet")
    }
    assert all(node["contentSize"] == f"{(release / path).stat().st_size} B" for path, node in files.items())
    assert data["license"].endswith("AND (CC-BY-4.0)")
    assert data["datePublished"] == "2024-05-01"
    assert (data["url"], data["sameAs"]) == ("https://example.org/tide", "https://doi.org/10.1234/tide")
    assert data["keywords"] == ["harbour", "claims"]
    assert data["creator"] == [
        {"@type": "sc:Person", "name": "Ana Ruiz"},
        {"@type": "sc:Organization", "name": "The Tide Lab"},
    ]


def test_the_data_package_is_valid(release: Path) -> None:
    """Frictionless' own reader finds nothing wrong, and the schema's fields are the file's columns."""
    frictionless = pytest.importorskip("frictionless")
    package = frictionless.Package.from_descriptor(str(release / "datapackage.json"))
    assert not list(frictionless.Package.metadata_validate(package.to_descriptor()))
    assert package.title == "Tide: “news” & <claims>"
    told = json.loads((release / "datapackage.json").read_text("utf-8"))
    assert (told["id"], told["homepage"]) == ("https://doi.org/10.1234/tide", "https://example.org/tide")
    assert [(one["title"], one["roles"]) for one in told["contributors"]] == [
        ("Ana Ruiz", ["creator"]),
        ("The Tide Lab", ["creator"]),
    ]
    for resource in package.resources:
        columns = read_parquet(release / resource.path).schema.names
        assert resource.schema.field_names == columns
        assert resource.bytes == (release / resource.path).stat().st_size
        field = next(iter(resource.schema.fields))
        assert field.required


def test_the_citation_is_in_its_format(release: Path) -> None:
    """Keys, types and patterns are those of the Citation File Format 1.2.0."""
    data = yaml.safe_load((release / "CITATION.cff").read_text("utf-8"))
    assert set(data) <= CFF_KEYS
    assert (data["cff-version"], data["type"], data["version"]) == ("1.2.0", "dataset", "1.2.0")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", data["date-released"])
    assert re.fullmatch(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-\.\(\)\[\]\\]+", data["doi"])
    assert data["authors"] == [
        {
            "family-names": "Ruiz",
            "given-names": "Ana",
            "affiliation": "Harbour University",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
        },
        {"name": "The Tide Lab", "orcid": "https://orcid.org/0000-0001-2345-6789"},
    ]


def test_nothing_known_is_enough(made: ModuleType, tmp_path: Path) -> None:
    """Without an about.toml, without a date, without documents: the descriptions are there and sound."""
    write_dataset(tmp_path / "build", made.make_content({name: [] for name in made.make_rows()}))
    release = make_release(tmp_path / "build", tmp_path / "out", "0.1.0")
    assert verify(release) == []
    data = yaml.safe_load((release / "CITATION.cff").read_text("utf-8"))
    assert data["authors"] == [{"name": "The makers of tide-news"}]
    assert "date-released" not in data


def test_the_card_tells_who_made_it(release: Path) -> None:
    """Title, licence of what was added, sample, numbers, agreement and citation are in the card."""
    card = (release / "README.md").read_text("utf-8")
    for told in (
        "# Tide: “news” \\& \\<claims\\>",
        "is under CC-BY-4.0",
        "> PORTO — The harbour will open again",
        "| characters of text | 266 |",
        "No two annotators marked the same article",
        "Ana Ruiz; The Tide Lab (2024)",
    ):
        assert told in card
    assert verify(release) == []


def seal(release: Path, name: str, text: str) -> None:
    """Change a file and make manifest and sums true again."""
    (release / name).write_text(text, "utf-8")
    files = {n: h for n, h in tree_hashes(release).items() if n not in ("manifest.json", "SHA256SUMS")}
    write_manifest(release, BuiltDataset.open(release).manifest.model_copy(update={"files": files}))


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 30)) + "title: *a29\n"
"""YAML that names a part again and again: 9**29 words, where they are written out."""


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def apply(release: Path) -> None:
        data = json.loads((release / name).read_text("utf-8"))
        change(data)
        seal(release, name, json.dumps(data))

    return apply


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edit("croissant.json", lambda d: d.update(version="9.9.9")), "version must be '1.2.0'"),
        (edit("croissant.json", lambda d: d["distribution"][0].update(sha256="0" * 64)), "another sha256"),
        (edit("croissant.json", lambda d: d["distribution"].pop(0)), "does not name the file"),
        (edit("croissant.json", lambda d: d["recordSet"][-1]["field"].pop()), "columns of ner"),
        (edit("croissant.json", lambda d: d.pop("recordSet")), "missing or of another kind"),
        (edit("datapackage.json", lambda d: d["resources"][0].update(hash="sha256:1")), "another sha256"),
        (edit("datapackage.json", lambda d: d["resources"].append(dict(d["resources"][0], path="x"))), "names 'x'"),
        (lambda r: seal(r, "datapackage.json", "[" * 100_000), "cannot be read"),
        (lambda r: seal(r, "CITATION.cff", "a: [b"), "cannot be read"),
        (lambda r: seal(r, "CITATION.cff", BOMB), "it has an alias"),
        (lambda r: seal(r, "CITATION.cff", "cff-version: 1.2.0\ntitle: x"), "title must be"),
    ],
)  # fmt: skip
def test_a_false_description_is_found(release: Path, change: Callable[[Path], None], told: str) -> None:
    """Whatever does not go with the data is told, with the file."""
    change(release)
    findings = verify(release)
    assert any(told in finding.message and finding.code == "description" for finding in findings), findings


def test_a_card_that_stands_for_gigabytes_is_found(release: Path) -> None:
    """Values that name others are refused before anything is made of them."""
    seal(release, "README.md", f"---\n{BOMB}license: *a29\n---\n")
    findings = [finding for finding in verify(release) if finding.code == "card"]
    assert ["it has an alias" in finding.message for finding in findings] == [True]


def test_a_missing_description_is_found(release: Path) -> None:
    """A release without one of them is no whole release."""
    (release / "croissant.json").unlink()
    own = read_manifest(release / "manifest.json")
    write_manifest(
        release, own.model_copy(update={"files": {n: h for n, h in own.files.items() if n != "croissant.json"}})
    )
    assert [(f.code, f.place) for f in verify(release)] == [("description", "croissant.json")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("licence = 'Whatever-1.0'", "no SPDX expression"),
        ("title = 3", "title"),
        ("colour = 'red'", "colour"),
        ("[[makers]]\norcid = '0000-0002-1825-0097'", "`family_names`"),
        ("homepage = 'javascript:alert(1)'", "homepage"),
        ("title = ", "not valid TOML"),
        ("title = 'a\\u0000'\n", None),
    ],
)
def test_a_wrong_about_is_one_sentence(text: str, told: str | None) -> None:
    """What is wrong and where; a LicenseRef is a licence too."""
    if told is None:
        assert About.from_toml(text).title == "a\\u0000"
    else:
        with pytest.raises(DataError, match=re.escape(told)):
            About.from_toml(text)
    assert About(licence="LicenseRef-Own AND MIT").licence == "LicenseRef-Own AND MIT"
    assert Maker(given_names="A", family_names="B").shown == "A B"
