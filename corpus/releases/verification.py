"""Hold a built dataset or a release against everything it promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.export.index import SplitIndex
from corpus.export.layout import CARD, MANIFEST, SCHEME
from corpus.export.store import BuiltDataset, by_document, rows_with_names
from corpus.export.views import view_tables
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS, LAYERS, tables_of
from corpus.releases.checks.articles import anchor_of, check_article, check_blocks, check_raw
from corpus.releases.checks.cards import check_card
from corpus.releases.checks.collecting import Collector, cell
from corpus.releases.checks.configs import Config, check_columns, check_documents_known, check_summary, read_config
from corpus.releases.checks.forms import check_forms
from corpus.releases.checks.mentions import check_mentions
from corpus.releases.checks.provenance import check_provenance
from corpus.releases.checks.tree import Tree, check_manifest, check_scheme, check_sums, read_tree
from corpus.releases.checks.viewing import check_views
from corpus.releases.checks.withheld import check_shown, check_without_text
from corpus.releases.describing import check_described
from corpus.releases.descriptions import check_descriptions
from corpus.releases.signing import check_signature

__all__ = ["verify"]

Row = dict[str, Any]

_INDEXED = ("doc_id", "split")
_ROW = " row "
"""The name of the column that carries a row's number in its split while rows are checked."""


def verify(directory: Path, signers: Path | None = None) -> list[Finding]:
    """Return everything wrong in a built directory or a release, with its place; nothing where all is well.

    Rows are counted from 0 within their split. Whatever lies in the files, this reports and does not raise. With
    ``signers`` (OpenSSH's "allowed signers") the manifest must be signed by one of them; a signature that is there
    is checked in any case.

    Raises:
        UsageError: there is no such directory, or no such file of signers.
    """
    if not directory.is_dir():
        raise UsageError(f"There is no directory {directory}; name a built dataset or a release.")
    found = Collector()
    tree = read_tree(directory)
    found.add(tree.findings)
    manifest, findings = check_manifest(tree)
    found.add(findings)
    found.add(check_sums(tree))
    if MANIFEST in tree.hashes:
        found.add(check_signature(directory, signers))
    if manifest is not None:
        found.add(_check_told(tree, manifest))
        scheme, findings = check_scheme(tree, manifest)
        found.add(findings)
        if scheme is not None:
            _verify_content(tree, manifest, scheme, found)
    if manifest is not None and not found.wrong:
        found.add(check_described(BuiltDataset.open(directory)))
    return found.findings()


def _verify_content(tree: Tree, manifest: Manifest, scheme: Scheme, found: Collector) -> None:
    configs: dict[str, Config] = {}
    for name, table in tables_of(scheme).items():
        config, findings = read_config(tree.directory, sorted(tree.hashes), table, manifest)
        found.add(findings)
        if config is not None:
            configs[name] = config
            found.add(check_columns(config))
            found.add(check_forms(config, scheme))
            found.add(check_summary(config, manifest.configs.get(name)))
        elif not findings:
            found.add([Finding("no-files", name, "The config has no Parquet file.")])
    found.add(_unknown_configs(manifest))
    models = {name: config.model for name, config in configs.items()}
    index = _index(configs.get("documents"))
    if set(configs) == set(CONFIGS):
        found.add(check_views(tree, manifest, configs, index))
    if CARD in tree.hashes:
        shown = {**models, **view_tables(models, manifest)}
        found.add(check_card(tree.directory, manifest, shown))
        found.add(check_descriptions(tree.directory, manifest, shown))
    if "documents" in configs:
        for name in configs:
            found.add(check_documents_known(configs[name], index))
        found.add(_check_split_column(configs["documents"]))
    if set(configs) == set(CONFIGS):
        for split in configs["documents"].files:
            found.add(_check_rows(split, configs, manifest.edition))


def _index(documents: Config | None) -> SplitIndex:
    splits = documents.files if documents else ()
    return SplitIndex.of(b for split in splits if documents for b in documents.batches(split, _INDEXED))


def _check_told(tree: Tree, manifest: Manifest) -> Iterator[Finding]:
    """Check what the manifest says of other files than its own: the scheme that was read, the full edition."""
    for item in manifest.inputs:
        if item.role == "scheme" and item.sha256 != tree.hashes.get(SCHEME, item.sha256):
            yield Finding("manifest", MANIFEST, f"Its `inputs` name another scheme than {SCHEME}.")
    if (manifest.full_manifest_sha256 is not None) != (
        manifest.edition == "public" and manifest.version is not None
    ):
        message = "A public edition, and no other, names the hash of the full one in `full_manifest_sha256`."
        yield Finding("manifest", MANIFEST, message)


def _unknown_configs(manifest: Manifest) -> Iterator[Finding]:
    for name in sorted(set(manifest.configs) - set(CONFIGS)):
        yield Finding("manifest", MANIFEST, f"Its `configs` names {name!r}, which the model lacks.")


def _check_split_column(documents: Config) -> Iterator[Finding]:
    for split in documents.files:
        told = (own for data in documents.batches(split, ["split"]) for own in data.column("split").to_pylist())
        for row, own in enumerate(told):
            if own != split:
                message = f"The row stands in the split {split!r} but says {own!r}."
                yield Finding("split", cell("documents", split, row, "split"), message)


def _check_rows(split: str, configs: Mapping[str, Config], edition: str) -> Iterator[Finding]:
    """Check the documents of one split one after another, with all that belongs to each."""

    def at(config: str, row: Row, column: str) -> str:
        return cell(config, split, row[_ROW], column)

    models = {name: config.model for name, config in configs.items()}
    take = {name: by_document(_numbered(configs[name], split)) for name in CONFIGS if name != "documents"}
    for document in _numbered(configs["documents"], split):
        rows = {name: taken(document["doc_id"]) for name, taken in take.items()}
        yield from check_raw([raw for raw in rows["raw"] if raw["text"] is not None], at)
        raw = anchor_of(document, rows["raw"])
        if raw is None:
            message = "No row of `raw` for this document and split has this hash."
            yield Finding("anchor", at("documents", document, "anchor_sha256"), message)
            continue
        yield from check_provenance(document, raw["text"], rows["blocks"], edition, at)
        if edition == "public":
            yield from check_shown(document, rows, models, at)
        if raw["text"] is None:
            yield from check_without_text(document, rows, at)
            continue
        yield from check_blocks(raw, rows["blocks"], at)
        yield from check_article(document, raw, rows["blocks"], at)
        yield from check_mentions(document, raw["text"], {name: rows[name] for name in LAYERS}, at)


def _numbered(config: Config, split: str) -> Iterator[Row]:
    """Yield the rows of a split in key order, each with its number as it stands in the files."""
    for data in config.numbered(split, _ROW):
        yield from rows_with_names(data, config.model)
