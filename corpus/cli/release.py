"""``corpus release``: a built dataset to a versioned, reproducible release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.api.places import check_file
from corpus.api.releasing import Edition, Released, release
from corpus.cli.rim import escape, out, visible, visible_path
from corpus.errors import UsageError
from corpus.export.store import BuiltDataset
from corpus.model.counted import count
from corpus.releases.bags import write_bag
from corpus.releases.changelog import add_to_changelog
from corpus.releases.signing import sign_release

__all__ = ["command"]


def command(
    build: Annotated[
        Path, typer.Option("--from", help="The built dataset; for the public edition also a full release.")
    ],
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
    check_file(sign, "--sign", "name an SSH key, or the .pub of one in an agent")
    if changelog is not None and changelog.is_dir():
        raise UsageError(f"--changelog {visible_path(changelog)} is a folder; name a file.")
    made = release(build, target, version, previous=previous, date=date, edition=edition)
    _show(made)
    path = made.path
    if changelog and add_to_changelog(changelog, path, BuiltDataset.open(path).manifest):
        out.print(f"changelog: {escape(visible_path(changelog))}")
    if sign is not None:
        out.print(f"signature: {escape(visible_path(sign_release(path, sign)))}")
    if bag:
        out.print(f"bag: {escape(visible_path(write_bag(path)))}")


def _show(made: Released) -> None:
    """Say what was released, and why as this version; of a public edition, what it holds."""
    path = escape(visible_path(made.path))
    if made.edition == "public":
        out.print(f"public edition {made.version}: {path}")
        out.print(_held(BuiltDataset.open(made.path)))
    elif made.differs:
        out.print(f"release {made.version}: {path}")
        out.print(f"why: {escape(visible(made.why or ''))}")
    else:
        out.print(f"nothing to release: {escape(visible(made.why or ''))}")


def _held(dataset: BuiltDataset) -> str:
    whole = sum(dataset.manifest.configs["documents"].rows.values())
    withheld = sum(data.column("text").null_count for data in dataset.batches("documents", ("doc_id", "text")))
    why = "; the others' may not clearly be passed on" if withheld else ""
    return f"with the text of {whole - withheld} of {count(whole, 'document')}{why}"
