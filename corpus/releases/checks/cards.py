"""Check the card: YAML that parses, and features, splits, versions and paths that are true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from corpus.export.card import UNRELEASED, listed_splits
from corpus.export.content import dataset_sha256
from corpus.export.features import features_yaml
from corpus.export.layout import CARD
from corpus.export.views import shown_configs
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest
from corpus.model.shortened import spelled_out
from corpus.model.tables import Table
from corpus.releases.yamltext import parsed_yaml

__all__ = ["check_card"]


def check_card(directory: Path, manifest: Manifest, models: Mapping[str, Table]) -> list[Finding]:
    """Return what is wrong in README.md against the manifest and the tables as they were read."""
    try:
        header = _header(directory / CARD)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        return [Finding("card", CARD, f"Its YAML cannot be read: {why}.")]
    findings = list(_check_lists(header, [name for name, _ in shown_configs(manifest)]))
    if not findings:
        for name, folder in shown_configs(manifest):
            findings += _check_config(_of(header, "configs", name), folder, manifest)
            findings += _check_info(_of(header, "dataset_info", name), folder, manifest, models.get(folder))
    if header.get("license") != "other":
        findings.append(_wrong("license", "other", header.get("license")))
    return findings


def _header(path: Path) -> dict[str, Any]:
    text = path.read_bytes().decode("utf-8")
    opening, fence, rest = text.partition("---\n")
    if opening or not fence or "\n---\n" not in rest:
        raise ValueError("it must begin with YAML between two lines of three hyphens")
    header = parsed_yaml(rest.partition("\n---\n")[0])
    if not isinstance(header, dict):
        raise ValueError("it must be a mapping")
    return header


def _check_lists(header: Mapping[str, Any], wanted: list[str]) -> Iterator[Finding]:
    for part in ("configs", "dataset_info"):
        entries = header.get(part)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            yield Finding("card", CARD, f"{part} must be a list of mappings.")
            continue
        names = [entry.get("config_name") for entry in entries]
        if names != wanted:
            yield _wrong(f"{part}.config_name", wanted, names)


def _of(header: Mapping[str, Any], part: str, config: str) -> dict[str, Any]:
    entry: dict[str, Any] = next(e for e in header[part] if e["config_name"] == config)
    return entry


def _check_config(entry: dict[str, Any], config: str, manifest: Manifest) -> Iterator[Finding]:
    summary = manifest.summary(config)
    splits = listed_splits(summary.rows) if summary else []
    files = [{"split": split, "path": f"{config}/{split}-*.parquet"} for split in splits]
    yield from _compare(
        f"configs.{config}", entry, {"version": manifest.version or UNRELEASED, "data_files": files}
    )


def _check_info(entry: dict[str, Any], config: str, manifest: Manifest, model: Table | None) -> Iterator[Finding]:
    summary = manifest.summary(config)
    if summary is None:
        return
    wanted: dict[str, Any] = {"version": manifest.version or UNRELEASED}
    if model is not None:
        wanted["features"] = features_yaml(model)
    yield from _compare(f"dataset_info.{config}", entry, wanted)
    splits = entry.get("splits")
    counts = (
        {s["name"]: s.get("num_examples") for s in splits if isinstance(s, dict) and isinstance(s.get("name"), str)}
        if isinstance(splits, list)
        else splits
    )
    rows = {split: summary.rows[split] for split in listed_splits(summary.rows)}
    if counts != rows:
        yield _wrong(f"dataset_info.{config}.splits", rows, counts)
    whole = dataset_sha256((name, item.content_sha256) for name, item in manifest.configs.items())
    description = str(entry.get("description"))
    if summary.content_sha256 not in description or whole not in description:
        yield _wrong(f"dataset_info.{config}.description", f"the hashes of the rows ({whole[:12]}…)", "others")


def _compare(place: str, entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in wanted.items():
        if entry.get(key) != value:
            yield _wrong(f"{place}.{key}", value, entry.get(key))


def _wrong(place: str, wanted: object, got: object) -> Finding:
    return Finding("card", CARD, f"{place} must be {spelled_out(wanted, 80)}, got {spelled_out(got, 80)}.")
