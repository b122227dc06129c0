"""Put a release on the Hugging Face Hub: one commit and a version tag that is never moved.

Whatever breaks off can be said again: files that are there are not sent twice, a commit that is there gets its tag,
and a tag that is there with the same files is left alone. Credentials come from the environment (``HF_TOKEN``, or
``hf auth login``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ServerError, UsageError
from corpus.model.shortened import on_one_line

__all__ = ["HubState", "check_repo", "look_up", "send"]

_THEIRS = ".gitattributes"
"""A file that the Hub makes itself."""
_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubState:
    """What a repository holds now, as far as a release of one version is concerned."""

    exists: bool
    published: bool = False
    """The version's tag is there, with the release's very files: nothing to do."""
    head: str | None = None
    """The commit that ``main`` is at."""
    add: tuple[str, ...] = ()
    """Files of the release that ``main`` lacks, or has otherwise."""
    delete: tuple[str, ...] = ()
    """Files of ``main`` that the release lacks."""


def check_repo(repo: str) -> None:
    """Make sure that a repository is named ORG/NAME; nobody is asked, and the Hub may be stricter.

    Raises:
        UsageError: it is not.
    """
    if not _NAME.fullmatch(repo):
        raise UsageError(f"A repository of the Hub is named ORG/NAME, got {repo!r}.")


def look_up(directory: Path, files: Mapping[str, str], repo: str, tag: str, *, private: bool = False) -> HubState:
    """Ask the Hub what is there, and change nothing.

    ``files`` holds the SHA-256 of each file of the release by relative path.

    Raises:
        UsageError: the tag is there with other files, or a repository that must be private is public.
        ServerError: the Hub refuses or cannot be reached.
    """
    with _asking(repo):
        api = _api()
        if not api.repo_exists(repo, repo_type="dataset"):
            return HubState(False, add=tuple(files))
        if private and not api.repo_info(repo, repo_type="dataset").private:
            raise UsageError(
                f"{repo} is there and public; make it private on the Hub first, or leave out `private=`."
            )
        refs = api.list_repo_refs(repo, repo_type="dataset")
        if tag in {own.name for own in refs.tags}:
            add, delete = _differences(api, directory, files, repo, tag)
            if add or delete:
                raise UsageError(
                    f"{repo} has the tag {tag} already with other files ({(add + delete)[0]!r} differs); a "
                    "published version is never changed: release a new one."
                )
            return HubState(True, published=True)
        head = next((own.target_commit for own in refs.branches if own.name == "main"), None)
        add, delete = _differences(api, directory, files, repo, "main") if head else (tuple(files), ())
        return HubState(True, head=head, add=add, delete=delete)


def send(directory: Path, state: HubState, repo: str, tag: str, title: str, *, private: bool) -> str:
    """Make the repository if need be, commit the release's files and set the tag; return the commit's id.

    Raises:
        ServerError: the Hub refuses or cannot be reached, or somebody else changed ``main`` meanwhile.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    with _asking(repo):
        api = _api()
        if not state.exists:
            api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        commit = state.head
        if state.add or state.delete:
            operations = [
                *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=directory / name) for name in state.add),
                *(CommitOperationDelete(path_in_repo=name) for name in state.delete),
            ]
            made = api.create_commit(
                repo, operations, commit_message=title, repo_type="dataset", revision="main", parent_commit=commit
            )
            commit = str(made.oid)
        api.create_tag(repo, tag=tag, tag_message=title, revision=commit, repo_type="dataset")
        return str(commit)


def _api() -> Any:
    from huggingface_hub import HfApi

    return HfApi(library_name="newscorpus")


def _differences(
    api: Any, directory: Path, files: Mapping[str, str], repo: str, revision: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files that a revision lacks or has otherwise, and those that it has besides."""
    tree = api.list_repo_tree(repo, repo_type="dataset", revision=revision, recursive=True)
    found = {entry.path: entry for entry in tree if hasattr(entry, "blob_id")}
    add = [name for name in files if name not in found or not _same(directory / name, files[name], found[name])]
    return tuple(add), tuple(sorted(set(found) - set(files) - {_THEIRS}))


def _same(path: Path, sha256: str, entry: Any) -> bool:
    """Tell whether an entry of the Hub has a file's bytes: by SHA-256 where it is stored apart, else by git."""
    if entry.lfs is not None:
        return bool(entry.lfs.sha256 == sha256)
    data = path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return bool(entry.blob_id == blob)


@contextmanager
def _asking(repo: str) -> Iterator[None]:
    """Turn what the Hub's client raises into a sentence that holds no token."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    try:
        yield
    except HFValidationError:
        raise UsageError(f"A repository of the Hub is named ORG/NAME, got {repo!r}.") from None
    except OfflineModeIsEnabled:
        raise ServerError("The Hub is not asked while HF_HUB_OFFLINE is set; unset it to publish.") from None
    except HfHubHTTPError as error:
        raise ServerError(_refusal(error, repo)) from None
    except ValueError as error:
        raise ServerError(f"The Hub does not take the files: {on_one_line(str(error), 300)}") from None
    except Exception as error:
        if not _is_connection(error):
            raise
        raise ServerError(
            f"The Hub cannot be reached ({type(error).__name__}); what was sent is kept: say the same again later."
        ) from None


_TOLD: dict[int, Callable[[str], str]] = {
    401: lambda repo: f"The Hub asks who you are before it changes {repo}: set HF_TOKEN, or use `hf auth login`.",
    403: lambda repo: f"The Hub does not let your token write to {repo}; use one that may.",
    404: lambda repo: f"The Hub finds no {repo}, or does not show it to you; check the name and the token.",
    409: lambda repo: f"{repo} was changed by somebody else at the same time; say the same again.",
    412: lambda repo: f"{repo} was changed by somebody else at the same time; say the same again.",
}


def _refusal(error: Any, repo: str) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    told = _TOLD.get(status) if isinstance(status, int) else None
    return told(repo) if told else f"The Hub answered {status} for {repo}; say the same again later."


def _is_connection(error: Exception) -> bool:
    names = {type_.__name__ for type_ in type(error).__mro__}
    return bool(names & {"TransportError", "RequestException", "ConnectionError", "TimeoutError"})
