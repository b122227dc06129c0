"""Where the files of a built dataset lie, and which directories may be replaced by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.files import check_place
from corpus.model.manifest import Manifest
from corpus.model.tables import CONFIGS

__all__ = [
    "CARD",
    "MANIFEST",
    "SCHEME",
    "SIGNATURE",
    "SUMS",
    "check_replaceable",
    "data_paths",
    "shard_path",
    "shards_of",
    "sums_bytes",
    "way_out",
]

CARD = "README.md"
MANIFEST = "manifest.json"
SCHEME = "scheme.toml"
SUMS = "SHA256SUMS"
SIGNATURE = "manifest.json.sig"
"""An SSH signature of the manifest, where somebody signed it; the manifest cannot name it."""

_SYSTEMS = frozenset({".DS_Store"})
"""What macOS puts into every folder that somebody looks at; nobody misses it."""
_RELEASED = ("CHANGES.md", "croissant.json", "CITATION.cff")
"""Files that a release has and a build has not."""
_GONE_ON_FROM = (MANIFEST, "raw/")
"""What the build that takes its place reads of a build: its revisions, and with splits its documents."""
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


def data_paths(manifest: Manifest) -> Iterator[str]:
    """Yield the relative paths of a dataset's Parquet files, config by config, then view by view."""
    for config in (*manifest.configs, *manifest.views):
        yield from (path for _, path in shards_of(manifest.files, config))


def check_replaceable(directory: Path) -> None:
    """Make sure that writing a build to ``directory`` destroys nothing but an older build.

    Raises:
        UsageError: it is a file, a release, or a directory with anything in it that a build does not write.
        OSError: nobody may write there, or this user may not.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file; name a directory to build into.")
    check_place(directory)
    if not directory.exists():
        return
    entries = sorted({path.name for path in directory.iterdir()} - _SYSTEMS)
    if not entries:
        return
    manifest = _manifest_of(directory / MANIFEST)
    if manifest is None and not {SUMS, *CONFIGS}.isdisjoint(entries):
        raise UsageError(
            f"{directory} holds a dataset whose {MANIFEST} is damaged or missing; {way_out(directory)}."
        )
    if manifest is None:
        raise UsageError(
            f"{directory} is not empty and holds no dataset built here; name another directory, or empty it."
        )
    if manifest.get("version") is not None:
        raise UsageError(f"{directory} is a release, and releases are not rewritten; name another directory.")
    foreign = [name for name in entries if name not in {CARD, MANIFEST, SCHEME, SUMS, *CONFIGS, *_views(manifest)}]
    if foreign:
        raise UsageError(
            f"{directory} holds {foreign[0]!r}, which a build would delete; move it, or name another directory."
        )


def way_out(directory: Path, version: str | None = None, damaged: Iterable[str] = ()) -> str:
    """Return what helps where a dataset is damaged: a build is made anew, a release is never mended.

    ``version`` is the manifest's, where it could be read; else what else lies there tells a release. ``damaged``
    are paths of its files: over one that a new build would go on from, nothing is built.
    """
    if version is not None or any((directory / name).exists() for name in _RELEASED):
        return "fetch it again, or restore it from a copy"
    manifest = _manifest_of(directory / MANIFEST)
    relied_on = _GONE_ON_FROM if manifest is None or not manifest.get("splits") else (*_GONE_ON_FROM, "documents/")
    lost = manifest is None or any(path.startswith(relied_on) for path in damaged)
    return "bring it back from a copy, or move it away and build it again" if lost else "build it again"


def _views(manifest: Mapping[str, Any]) -> list[str]:
    views = manifest.get("views")
    return [str(name) for name in views] if isinstance(views, dict) else []


def sums_bytes(hashes: Mapping[str, str]) -> bytes:
    """Return what ``sha256sum`` would write for these files, sorted by path, and can check.

    >>> sums_bytes({"b": "22", "a": "11"})
    b'11  a\\n22  b\\n'
    """
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items())).encode("utf-8")


def _manifest_of(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(data, dict) and {"manifest_version", "configs"} <= set(data)
    return data if known else None
