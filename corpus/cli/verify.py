"""``corpus verify``: hold a built dataset or a release against everything it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.rim import err, escape, out, print_json, show_findings, visible
from corpus.errors import UsageError
from corpus.export.layout import MANIFEST, way_out
from corpus.model.finding import Finding, Severity
from corpus.model.tables import CONFIGS
from corpus.releases.fetching import fetched
from corpus.releases.personal import check_personal
from corpus.releases.verification import verify

__all__ = ["command"]

_NAMED = 3
"""Datasets in a folder that a sentence names."""
_TELLING = frozenset({"signature", "extra-file", "link", "not-a-file"})
"""Codes of findings that tell the way out, or that no other copy helps against."""


def command(
    directory: Annotated[str, typer.Argument(help="A built dataset or a release; a path, or an address (hf://…).")],
    signers: Annotated[
        Path | None, typer.Option(help="Allowed signers (OpenSSH): the manifest must be signed by one of them.")
    ] = None,
    pii: Annotated[
        bool, typer.Option("--pii", help="Look for e-mail and street addresses, phone, bank and card numbers too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check files, schema, card, descriptions, offsets, projections and references of DIRECTORY.

    Exit code 0: all as promised, warnings aside; 1: something is wrong, listed with its place.
    """
    with fetched(directory) as folder:
        _check_dataset(folder, directory)
        findings = verify(folder, signers)
        if pii and not any(f.severity == "error" for f in findings):
            findings += check_personal(folder)
        mend = way_out(folder)
    if as_json:
        print_json([finding.as_record() for finding in findings])
    show_findings([] if as_json else findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        if not as_json and any(_is_damage(finding) for finding in findings):
            err.print(f"{escape(visible(directory))} is not as it was made; {mend}.")
        raise typer.Exit(1)
    if not as_json and not findings:
        out.print(f"{escape(visible(directory))}: all as promised")


def _is_damage(finding: Finding) -> bool:
    """Tell whether a finding is an error whose own sentence does not tell the way out."""
    told = finding.code in _TELLING or "upgrade" in finding.message
    return finding.severity is Severity.ERROR and not told


def _check_dataset(folder: Path, shown: str) -> None:
    """Refuse a folder that is no dataset, and name the datasets in it; one that lost its manifest is a finding."""
    if not folder.is_dir() or (folder / MANIFEST).is_file() or any((folder / name).exists() for name in CONFIGS):
        return
    within = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))[:_NAMED]
    hint = f"name one of those in it: {', '.join(within)}" if within else "name a built dataset or a release"
    raise UsageError(f"{shown} is no dataset built here: it has no {MANIFEST}; {hint}.")
