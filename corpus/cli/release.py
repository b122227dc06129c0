"""``corpus release``: a built dataset to a versioned, reproducible release."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from corpus.cli.rim import check_file, escape, out, visible, visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset
from corpus.model.counted import count
from corpus.model.shortened import told_value
from corpus.releases.bags import write_bag
from corpus.releases.changelog import add_to_changelog
from corpus.releases.editions import public_edition, release_public
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import check_date, write_release
from corpus.releases.signing import sign_release

__all__ = ["Edition", "command"]


Edition = Literal["full", "public"]
"""Which texts a release holds."""
"""Characters of a wrong value that a sentence repeats."""


def command(
    build: Annotated[Path, typer.Option("--from", help="The built dataset.")],
    target: Annotated[Path, typer.Option("--out", help="The folder that gets NAME-VERSION/.")],
    version: Annotated[
        str | None, typer.Argument(help="MAJOR.MINOR.PATCH; without it, what the difference asks for.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(help="The release before (default: the newest of that name in --out).")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="The release's date, YYYY-MM-DD (default: SOURCE_DATE_EPOCH, else none).")
    ] = None,
    edition: Annotated[
        Edition, typer.Option(help="full: all texts, for those who hold them; public: what may be passed on.")
    ] = "full",
    changelog: Annotated[
        Path | None, typer.Option(help="A changelog of the project that gets the release's entry too.")
    ] = None,
    bag: Annotated[
        bool, typer.Option("--bag", help="Pack it as a BagIt archive too: NAME-VERSION-bag.zip.")
    ] = False,
    sign: Annotated[
        Path | None, typer.Option(help="Sign the manifest with this SSH key (or its .pub, for one in an agent).")
    ] = None,
) -> None:
    """Write NAME-VERSION/ with data, card, changelog, manifest and checksums; the same input gives the same bytes.

    Rows are compared with the release before: MAJOR where rows, columns or labels that were there are edited or
    gone, MINOR where there are only additions, PATCH where the same rows lie in other files; the first release is
    0.1.0. A VERSION that is too small a step is refused. Where nothing differs, no release is written: --changelog,
    --sign and --bag are then of the release that is there.

    The public edition, NAME-public-VERSION/, withholds every text that its rights record does not clearly allow to
    pass on; it is made of a build, or of a full release that is there.
    """
    check_date(date)
    check_file(sign, "--sign", "name an SSH key, or the .pub of one in an agent")
    if changelog is not None and changelog.is_dir():
        raise UsageError(f"--changelog {visible_path(changelog)} is a folder; name a file.")
    path = _release(build, target, version, previous, date, edition)
    if changelog and add_to_changelog(changelog, path, BuiltDataset.open(path).manifest):
        out.print(f"changelog: {escape(visible_path(changelog))}")
    if sign is not None:
        out.print(f"signature: {escape(visible_path(sign_release(path, sign)))}")
    if bag:
        out.print(f"bag: {escape(visible_path(write_bag(path)))}")


def _release(
    build: Path, target: Path, version: str | None, previous: Path | None, date: str | None, edition: Edition
) -> Path:
    """Write the release and say what came of it; return where it is, or the one that nothing differs from."""
    if edition == "public" and BuiltDataset.open(build).manifest.version is not None:
        return _show(public_edition(build, target, date))
    day = date or _source_date()
    before = previous or find_previous(build, target, version)
    plan = plan_release(build, target, version, before)
    if edition == "public":
        return _show(release_public(plan, day if plan.version else date))
    if plan.version is None and plan.previous is not None:
        out.print(f"nothing to release: {escape(visible(plan.why))}")
        return plan.previous.dataset.directory
    path = write_release(plan, day)
    out.print(f"release {plan.version}: {escape(visible_path(path))}")
    out.print(f"why: {escape(visible(plan.why))}")
    return path


def _show(path: Path) -> Path:
    """Say what the public edition holds, and return its path."""
    dataset = BuiltDataset.open(path)
    whole = sum(dataset.manifest.configs["documents"].rows.values())
    withheld = sum(data.column("text").null_count for data in dataset.batches("documents", ("doc_id", "text")))
    out.print(f"public edition {dataset.manifest.version}: {escape(visible_path(path))}")
    why = "; the others' may not clearly be passed on" if withheld else ""
    out.print(f"with the text of {whole - withheld} of {count(whole, 'document')}{why}")
    return path


def _source_date() -> str | None:
    """Return the day that SOURCE_DATE_EPOCH names (see reproducible-builds.org); None where it is not set.

    Raises:
        UsageError: it is no time of that kind, or none that a date can be written of (years up to 9999).
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        if re.fullmatch(r"[0-9]{1,12}", epoch):
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        pass  # after the year 9999
    raise UsageError(
        f"SOURCE_DATE_EPOCH must be whole seconds since 1970, before the year 10000, got {told_value(epoch, 30)}; "
        "give --date, or unset it."
    )
