"""``corpus verify``: hold a built dataset or a release against everything it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.api.releasing import verify
from corpus.cli.rim import err, escape, out, print_json, show_findings, visible
from corpus.model.finding import Finding, Severity

__all__ = ["command"]

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
    found = verify(directory, signers=signers, pii=pii)
    if as_json:
        print_json([finding.as_record() for finding in found.findings])
    show_findings([] if as_json else found.findings)
    if found.failed:
        if not as_json and any(_is_damage(finding) for finding in found.findings):
            err.print(f"{escape(visible(directory))} is not as it was made; {found.way_out}.")
        raise typer.Exit(1)
    if not as_json and not found.findings:
        out.print(f"{escape(visible(directory))}: all as promised")


def _is_damage(finding: Finding) -> bool:
    """Tell whether a finding is an error whose own sentence does not tell the way out."""
    told = finding.code in _TELLING or "upgrade" in finding.message
    return finding.severity is Severity.ERROR and not told
