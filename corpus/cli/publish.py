"""``corpus publish``: a release to the Hugging Face Hub, or to a folder at an address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from corpus.cli.rim import escape, out, visible
from corpus.errors import UsageError
from corpus.model.counted import count
from corpus.releases.hub import check_repo
from corpus.releases.publishing import (
    Publication,
    open_publication,
    publish_to_folder,
    publish_to_hub,
    see_folder,
    see_hub,
)

__all__ = ["command"]


def command(
    release: Annotated[Path, typer.Argument(help="The release to publish.")],
    repo: Annotated[str | None, typer.Option(help="ORG/NAME on the Hugging Face Hub; this or --to.")] = None,
    to: Annotated[
        str | None, typer.Option(help="A folder at an address: s3://bucket/path, gs://…, a path.")
    ] = None,
    edition: Annotated[
        Literal["full", "public"], typer.Option(help="full: also a release with texts that are not clearly free.")
    ] = "public",
    despite_rights: Annotated[
        bool, typer.Option("--despite-rights", help="With --edition full: I hold the rights, or a licence to.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Make a new repository private; one that is public is refused.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it; without, only what would be done is shown.")] = False,
) -> None:
    """Verify RELEASE and publish it, as one commit with the tag vVERSION or as a folder NAME-VERSION.

    Without --yes nothing is sent. A tag or a folder that is there is never changed; said again, the command goes on
    where it broke off.
    """
    if (repo is None) == (to is None):
        raise UsageError(
            "Say where to publish: --repo ORG/NAME (the Hugging Face Hub) or --to ADDRESS, one of them."
        )
    if to is not None and private:
        raise UsageError("--private makes a repository of the Hub private; who may read a folder is the folder's.")
    if repo is not None:
        check_repo(repo)
    publication = open_publication(release, full=edition == "full", despite_rights=despite_rights)
    if repo is not None:
        _to_hub(publication, repo, private=private, yes=yes)
    else:
        _to_folder(publication, str(to), yes=yes)


def _to_hub(publication: Publication, repo: str, *, private: bool, yes: bool) -> None:
    state = see_hub(publication, repo, private=private)
    title = escape(visible(publication.title))
    if state.published:
        out.print(f"{title} is on {escape(visible(repo))} already, as {publication.tag}")
        return
    new = "" if state.exists else f", in a new {'private' if private else 'public'} repository"
    sent = f"{count(len(state.add), 'file')} to send, {len(state.delete)} to remove"
    out.print(
        f"{title} to {escape(visible(repo))}{new}: {sent}, tag {publication.tag}; {publication.size:,} bytes in all"
    )
    if not yes:
        out.print("nothing was sent; add --yes to publish")
        return
    commit = publish_to_hub(publication, state, repo, private=private)
    out.print(
        f'published: load_dataset("{escape(visible(repo))}", revision="{publication.tag}") (commit {commit[:12]})'
    )


def _to_folder(publication: Publication, address: str, *, yes: bool) -> None:
    target = see_folder(publication, address)
    shown = escape(visible(target.shown))
    whole = len(publication.files)
    size = f"{publication.size:,} bytes in {count(whole, 'file')}"
    out.print(f"{escape(visible(publication.title))} to {shown}: {size}")
    if not yes:
        out.print("nothing was sent; add --yes to publish")
        return
    sent = publish_to_folder(publication, target)
    there = whole - sent
    out.print(f"published: {shown} ({count(sent, 'file')} sent, {there} {'was' if there == 1 else 'were'} there)")
