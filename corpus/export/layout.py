"""Where the files of a built dataset lie, and which directories may be replaced by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import UsageError
from corpus.model.tables import CONFIGS

__all__ = ["CARD", "MANIFEST", "SCHEME", "SUMS", "check_replaceable", "shard_path", "shards_of"]

CARD = "README.md"
MANIFEST = "manifest.json"
SCHEME = "scheme.toml"
SUMS = "SHA256SUMS"

_SHARD = re.compile(r"(?P<config>[^/]+)/(?P<split>[\w.]+)-(?P<number>\d{5,})-of-(?P<total>\d{5,})\.parquet")


def shard_path(config: str, split: str, number: int, total: int) -> str:
    """Return the relative path of one Parquet file.

    >>> shard_path("claims", "train", 0, 1)
    'claims/train-00000-of-00001.parquet'
    """
    return f"{config}/{split}-{number:05d}-of-{total:05d}.parquet"


def shards_of(paths: Iterable[str], config: str) -> list[tuple[str, str]]:
    """Return (split, path) of the config's Parquet files among relative paths, sorted by path."""
    found = [(match["split"], path) for path in sorted(paths) if (match := _SHARD.fullmatch(path))]
    return [(split, path) for split, path in found if path.startswith(f"{config}/")]


def check_replaceable(directory: Path) -> None:
    """Make sure that writing a build to ``directory`` destroys nothing but an older build.

    Raises:
        UsageError: it is a file, a release, or a directory with anything in it that a build does not write.
    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError(f"{directory} is a file; name a directory to build into.")
    entries = sorted(path.name for path in directory.iterdir())
    if not entries:
        return
    if not _is_ours(directory / MANIFEST):
        raise UsageError(
            f"{directory} is not empty and holds no dataset built here; name another directory, or empty it."
        )
    if SUMS in entries:
        raise UsageError(f"{directory} is a release, and releases are not rewritten; name another directory.")
    foreign = [name for name in entries if name not in {CARD, MANIFEST, SCHEME, *CONFIGS}]
    if foreign:
        raise UsageError(
            f"{directory} holds {foreign[0]!r}, which a build would delete; move it, or name another directory."
        )


def _is_ours(manifest: Path) -> bool:
    try:
        data = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and {"manifest_version", "configs"} <= set(data)
