"""``corpus verify``: hold a built dataset or a release against everything it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.rim import escape, out, print_json, show_findings, visible
from corpus.releases.fetching import fetched
from corpus.releases.personal import check_personal
from corpus.releases.verification import verify

__all__ = ["command"]


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
    """Check files, schema, card, offsets, projections and references of DIRECTORY."""
    with fetched(directory) as folder:
        findings = verify(folder, signers)
        if pii and not any(f.severity == "error" for f in findings):
            findings += check_personal(folder)
    if as_json:
        print_json([finding.as_record() for finding in findings])
    wrong = show_findings([] if as_json else findings) or any(f.severity == "error" for f in findings)
    if wrong:
        raise typer.Exit(1)
    if not as_json and not findings:
        out.print(f"{escape(visible(directory))}: all as promised")
