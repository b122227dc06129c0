"""Pack a release as a BagIt bag (RFC 8493) in one ZIP file, as archives that give DOIs take it.

Equal releases give equal bytes: files are sorted, stored as they are and carry no time of day.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from corpus.export.citation import described
from corpus.export.layout import MANIFEST
from corpus.export.store import read_manifest
from corpus.files import atomic_write, sha256_bytes, sha256_file
from corpus.model.manifest import Manifest

__all__ = ["bag_path", "write_bag"]

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold."""
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag_path(release: Path) -> Path:
    """Return where a release's bag lies: beside it."""
    return release.with_name(f"{release.name}-bag.zip")


def write_bag(release: Path) -> Path:
    """Pack a release and return the bag's path; a bag that is there is replaced.

    Raises:
        DataError: the release's manifest cannot be read.
        OSError: a file cannot be read or written.
    """
    manifest = read_manifest(release / MANIFEST)
    names = sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    payload = {f"data/{name}": release / name for name in names}
    sums = {place: sha256_file(path) for place, path in payload.items()}
    size = sum(path.stat().st_size for path in payload.values())
    tags = {
        "bagit.txt": _DECLARATION,
        "bag-info.txt": _info(manifest, size, len(payload)),
        "manifest-sha256.txt": _lines(sums.items()),
    }
    tags["tagmanifest-sha256.txt"] = _lines((name, sha256_bytes(data)) for name, data in tags.items())
    target = bag_path(release)
    with atomic_write(target) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as bag:
        for name, data in sorted(tags.items()):
            bag.writestr(_entry(release, name), data)
        for place, path in sorted(payload.items()):
            with bag.open(_entry(release, place), "w", force_zip64=True) as packed, path.open("rb") as file:
                while piece := file.read(1 << 20):
                    packed.write(piece)
    return target


def _entry(release: Path, place: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{release.name}/{place}", _TIME)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # Unix, whatever packs it
    return entry


def _info(manifest: Manifest, size: int, count: int) -> bytes:
    about = manifest.about
    given = [
        *(("Source-Organization", maker.shown) for maker in about.makers),
        ("Contact-Name", about.contact),
        ("External-Identifier", f"https://doi.org/{about.doi}" if about.doi else None),
        ("External-Identifier", f"{manifest.name} {manifest.version}"),
        ("External-Description", described(manifest)),
        ("Bagging-Date", manifest.date),
        ("Payload-Oxum", f"{size}.{count}"),
    ]
    return "".join(f"{name}: {value}\n" for name, value in given if value).encode("utf-8")


def _lines(sums: Iterable[tuple[str, str]]) -> bytes:
    """Return a manifest of a bag: line ends and percent signs in names are escaped as RFC 8493 asks for."""
    told = ((name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D"), digest) for name, digest in sums)
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(told)).encode("utf-8")
