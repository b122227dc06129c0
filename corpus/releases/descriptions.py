"""The descriptions beside a release's data, made from it and held against it: Croissant, data package, citation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from corpus.export.citation import CITATION, citation, titled
from corpus.export.croissant import CROISSANT, croissant
from corpus.export.datapackage import DATAPACKAGE, datapackage
from corpus.export.layout import data_paths
from corpus.export.since import later_descriptions
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value
from corpus.model.tables import Table
from corpus.releases.yamltext import parsed_yaml

__all__ = ["check_descriptions", "description_files"]

Node = dict[str, Any]


def description_files(
    folder: Path, manifest: Manifest, scheme: Scheme, models: Mapping[str, Table]
) -> dict[str, bytes]:
    """Return the descriptions of a release, by the names of their files; its Parquet files lie in ``folder``.

    ``manifest`` has the version, and in ``files`` the hash of each Parquet file; ``models`` each config's table as
    its files have it. The bytes depend on these alone.

    Raises:
        OSError: a file cannot be read.
    """
    sizes = {path: (folder / path).stat().st_size for path in data_paths(manifest)}
    made = {CITATION: citation(manifest).encode("utf-8")}
    for name, make in ((CROISSANT, croissant), (DATAPACKAGE, datapackage)):
        data = make(manifest, scheme, models, sizes)
        made[name] = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return made


def check_descriptions(directory: Path, manifest: Manifest, models: Mapping[str, Table]) -> Iterator[Finding]:
    """Hold the descriptions against the manifest and the tables as they were read.

    Whatever lies in the files, this reports and does not raise.
    """
    for name, check in (
        (CROISSANT, _check_croissant),
        (DATAPACKAGE, _check_datapackage),
        (CITATION, _check_citation),
    ):
        if name not in manifest.files:
            if manifest.version is not None and name not in later_descriptions(manifest.tool):
                yield Finding("description", name, "A release has this file.")
            continue
        try:
            data = _read(directory / name)
            wrong = list(check(data, manifest, models))
        except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
            wrong = [f"It cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}"]
        except (KeyError, TypeError, AttributeError) as error:
            wrong = [f"A part of it is missing or of another kind: {error}"]
        yield from (Finding("description", name, f"{told}.") for told in wrong)


def _check_croissant(data: Node, manifest: Manifest, models: Mapping[str, Table]) -> Iterator[str]:
    wanted = {
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "version": manifest.version,
        "name": titled(manifest),
    }
    yield from _compare(data, wanted)
    hashes = {n["contentUrl"]: n["sha256"] for n in data["distribution"] if n["@type"] == "cr:FileObject"}
    yield from _compare_files(hashes, manifest)
    sets = {node["@id"]: [field["name"] for field in node["field"]] for node in data["recordSet"]}
    yield from _compare_columns(sets, models)


def _check_datapackage(data: Node, manifest: Manifest, models: Mapping[str, Table]) -> Iterator[str]:
    yield from _compare(data, {"name": manifest.name.lower(), "version": manifest.version})
    yield from _compare_files({r["path"]: r["hash"].removeprefix("sha256:") for r in data["resources"]}, manifest)
    columns = {r["path"].split("/")[0]: [f["name"] for f in r["schema"]["fields"]] for r in data["resources"]}
    yield from _compare_columns(columns, models)


def _check_citation(data: Node, manifest: Manifest, _: Mapping[str, Table]) -> Iterator[str]:
    wanted = {"cff-version": "1.2.0", "title": titled(manifest), "version": manifest.version}
    yield from _compare(data, wanted)
    if str(data.get("date-released")) != str(manifest.date):
        yield f"date-released must be {manifest.date}, got {data.get('date-released')}"
    if not isinstance(data.get("authors"), list) or not data["authors"]:
        yield "authors must name somebody"


def _read(path: Path) -> Node:
    text = path.read_bytes().decode("utf-8")
    data = parsed_yaml(text) if path.name == CITATION else json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("it must be a mapping")
    return data


def _compare(data: Node, wanted: Mapping[str, object]) -> Iterator[str]:
    for key, value in wanted.items():
        if data.get(key) != value:
            yield f"{key} must be {value!r}, got {told_value(data.get(key))}"


def _compare_files(found: Mapping[str, str], manifest: Manifest) -> Iterator[str]:
    for path in data_paths(manifest):
        if path not in found:
            yield f"It does not name the file {path}"
        elif found[path] != manifest.files[path]:
            yield f"It names another sha256 for {path} than the manifest"
    extra = sorted(set(found) - set(manifest.files))
    if extra:
        yield f"It names {told_value(extra[0])}, which the manifest does not"


def _compare_columns(found: Mapping[str, list[str]], models: Mapping[str, Table]) -> Iterator[str]:
    for name, table in models.items():
        if found.get(name) != table.schema.names:
            yield f"Its columns of {name} are not those of the files"
