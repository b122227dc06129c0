"""Compare two datasets: columns, labels and rows of every config, the scheme, and the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from corpus.comparison.columns import ColumnChange, comparable_columns, compare_columns
from corpus.comparison.fingerprints import PLACE
from corpus.comparison.rows import COLUMNS, NEW_PLACE, RowDifference, compare_rows
from corpus.comparison.schemes import SchemeChange, compare_schemes
from corpus.comparison.shards import ConfigShards
from corpus.comparison.sides import Side
from corpus.comparison.steps import Reason, Step
from corpus.errors import DataError, UsageError
from corpus.model.counted import count
from corpus.model.manifest import Manifest
from corpus.model.shortened import some_of
from corpus.model.tables import CONFIGS, Table, tables_of

__all__ = ["ConfigDifference", "Difference", "compare"]

_MADE_NEW = frozenset({"README.md", "CHANGES.md", "CITATION.cff", "croissant.json", "datapackage.json"})
"""Files that every release gets anew; what they tell is compared elsewhere."""

_NAMED = 3
"""Columns that a reason names."""


@dataclass(frozen=True, slots=True, eq=False)
class ConfigDifference:
    """What differs in one config, and the files of both sides, from which the rows can be read."""

    old: ConfigShards
    new: ConfigShards
    columns: tuple[ColumnChange, ...]
    rows: RowDifference
    present: tuple[bool, bool]
    """Whether the old and the new dataset have the config at all."""

    @property
    def name(self) -> str:
        """The config's name."""
        return self.new.config

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return self.rows.empty and not self.columns and all(self.present)


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What differs between two datasets; reading it may read differing rows from the files of both."""

    old: Side
    new: Side
    configs: Mapping[str, ConfigDifference]
    """Every config of the model, in its order, differing or not."""
    scheme: tuple[SchemeChange, ...]
    files: tuple[str, ...]
    """Files whose bytes differ (Parquet and the scheme), and ``notes``, ``findings``, ``about`` of the manifest."""

    @property
    def step(self) -> Step:
        """The version step that the difference asks for."""
        return max((reason.step for reason in self.reasons()), default=Step.NONE)

    def reasons(self) -> tuple[Reason, ...]:
        """Return the facts that ask for a step, the largest step first."""
        facts = [reason for config in self.configs.values() for reason in _config_reasons(config)]
        facts += [Reason(c.step, f"{c.part} of the scheme changed") for c in self.scheme]
        if self.files and all(reason.step <= Step.PATCH for reason in facts):
            told = some_of(self.files, 1)
            facts.append(Reason(Step.PATCH, f"the same rows, packaged anew ({told})"))
        return tuple(sorted(facts, key=lambda reason: -reason.step))

    def why(self) -> str:
        """Return in one line what asks for the step."""
        facts = [reason.fact for reason in self.reasons() if reason.step == self.step]
        return ", ".join(facts) or "nothing differs"


def compare(old: Side, new: Side) -> Difference:
    """Compare two datasets; a config whose content hashes agree in the manifests is not read.

    The manifests are believed: verify both datasets first where they may have been tampered with.

    Raises:
        UsageError: the two are not of one edition.
        DataError: a file cannot be read or breaks the model (verify the dataset), or a config has no known key.
    """
    unknown = sorted((set(old.manifest.configs) | set(new.manifest.configs)) - set(CONFIGS))
    if unknown:
        raise DataError(
            f"The config {unknown[0]!r} is unknown to this newscorpus; upgrade it to compare the datasets."
        )
    if old.manifest.edition != new.manifest.edition:
        raise UsageError(
            f"{old.title} is the {old.manifest.edition} edition and {new.title} the {new.manifest.edition} one; "
            "compare two of one kind."
        )
    tables = (tables_of(old.scheme), tables_of(new.scheme))
    configs = {name: _compare_config(name, (old, new), (tables[0][name], tables[1][name])) for name in CONFIGS}
    return Difference(
        old, new, configs, compare_schemes(old.scheme, new.scheme), _files(old.manifest, new.manifest)
    )


def _compare_config(name: str, sides: tuple[Side, Side], tables: tuple[Table, Table]) -> ConfigDifference:
    has = (name in sides[0].manifest.configs, name in sides[1].manifest.configs)
    for side, there in zip(sides, has, strict=True):
        if there and not side.shards.get(name):
            raise DataError(f"{side.title} has no Parquet file for the config {name!r}; verify it.")
    old, new = (
        ConfigShards.open(table, side.shards.get(name, ()) if there else ())
        for side, table, there in zip(sides, tables, has, strict=True)
    )
    if has[0] != has[1]:
        old = old if has[0] else _without_rows(new)
        new = new if has[1] else _without_rows(old)
    hashes = [
        side.manifest.configs[name].content_sha256 if there else "" for side, there in zip(sides, has, strict=True)
    ]
    if hashes[0] == hashes[1]:
        return ConfigDifference(old, new, compare_columns(old, new), _no_rows(new), has)
    columns = comparable_columns(old, new)
    return ConfigDifference(old, new, compare_columns(old, new), compare_rows(old, new, columns), has)


def _without_rows(shards: ConfigShards) -> ConfigShards:
    """Return what the side that lacks the config stands for: the same columns, no rows."""
    return ConfigShards(shards.config, shards.key, (), shards.schema, shards.labels, 0)


def _no_rows(shards: ConfigShards) -> RowDifference:
    keys = pl.from_arrow(shards.schema.empty_table().select(list(shards.key)))
    places = pl.DataFrame(keys).with_columns(pl.lit(0, pl.Int64).alias(name) for name in (*PLACE, *NEW_PLACE))
    rows = places.select(*shards.key, *PLACE)
    return RowDifference(rows, rows, places.with_columns(pl.Series(COLUMNS, [], pl.List(pl.String))))


def _config_reasons(config: ConfigDifference) -> list[Reason]:
    before, after = config.present
    if before != after:
        return [
            Reason(Step.MINOR, f"config {config.name} added")
            if after
            else Reason(Step.MAJOR, f"config {config.name} removed")
        ]
    rows = config.rows
    facts = [
        Reason(step, f"{count(number, 'row')} of {config.name} {word}")
        for number, word, step in (
            (rows.removed.height, "removed", Step.MAJOR),
            (rows.changed.height, f"edited ({some_of(list(rows.column_counts()), _NAMED)})", Step.MAJOR),
            (rows.added.height, "added", Step.MINOR),
        )
        if number
    ]
    return facts + [Reason(c.kind.step, f"column {config.name}.{c.column} {c.kind}") for c in config.columns]


def _files(old: Manifest, new: Manifest) -> tuple[str, ...]:
    files = (_handed_on(old), _handed_on(new))
    names = sorted(name for name in files[0].keys() | files[1].keys() if files[0].get(name) != files[1].get(name))
    told: Sequence[tuple[str, bool]] = (
        ("notes", old.notes != new.notes),
        ("findings", old.findings != new.findings),
        ("about", old.about != new.about),
    )
    return (*names, *(name for name, differs in told if differs))


def _handed_on(manifest: Manifest) -> dict[str, str]:
    return {name: digest for name, digest in manifest.files.items() if name not in _MADE_NEW}
