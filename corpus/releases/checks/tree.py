"""Check the files of a dataset directory: all there, none besides, unchanged since they were written."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError, DataError
from corpus.export.layout import CARD, MANIFEST, SCHEME, SIGNATURE, SUMS
from corpus.export.store import read_manifest
from corpus.files import sha256_file
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest
from corpus.model.scheme import Scheme

__all__ = ["Tree", "check_manifest", "check_scheme", "check_sums", "read_tree"]


@dataclass(frozen=True, slots=True)
class Tree:
    """The regular files of a directory, by relative path, with their hashes."""

    directory: Path
    hashes: Mapping[str, str]
    findings: tuple[Finding, ...]
    """What is in the directory but is no readable regular file."""


def read_tree(directory: Path) -> Tree:
    """Hash every regular file below the directory; links are reported, never followed."""
    hashes: dict[str, str] = {}
    findings: list[Finding] = []
    for path in _entries(directory, findings):
        name = path.relative_to(directory).as_posix()
        try:
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                findings.append(_finding("link", name, "It is a link; a dataset holds only files of its own."))
            elif not stat.S_ISREG(mode):
                findings.append(_finding("not-a-file", name, "It is neither a file nor a directory; remove it."))
            else:
                hashes[name] = sha256_file(path)
        except OSError as error:
            findings.append(_finding("unreadable", name, f"It cannot be read: {error.strerror}."))
    return Tree(directory, hashes, tuple(findings))


def check_manifest(tree: Tree) -> tuple[Manifest | None, list[Finding]]:
    """Read the manifest and hold every file against it; no manifest where it cannot be read."""
    if MANIFEST not in tree.hashes:
        return None, [_finding("no-manifest", MANIFEST, "It is missing: this is no dataset, or not all of one.")]
    try:
        manifest = read_manifest(tree.directory / MANIFEST)
    except DataError as error:
        return None, [_finding("manifest", MANIFEST, str(error))]
    wanted = dict(manifest.files)
    findings = [*_compare(wanted, tree.hashes, {MANIFEST, SIGNATURE, SUMS}, MANIFEST)]
    unnamed = sorted({CARD, SCHEME} - set(wanted))
    findings += [_finding("manifest", MANIFEST, f"Its `files` must name {name}.") for name in unnamed]
    return manifest, findings


def check_sums(tree: Tree) -> list[Finding]:
    """Hold ``SHA256SUMS`` against the files: well-formed, sorted, complete, true."""
    if SUMS not in tree.hashes:
        return [_finding("missing-file", SUMS, "The file is missing.")]
    try:
        text = (tree.directory / SUMS).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [_finding("sums", SUMS, f"It cannot be read as UTF-8 text: {error}.")]
    findings: list[Finding] = []
    wanted: dict[str, str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if match is None or match[2] in wanted:
            said = "names a file twice" if match else "must be 64 hex digits, two spaces and a path"
            findings.append(_finding("sums", f"{SUMS}:{number}", f"The line {said}."))
        else:
            wanted[match[2]] = match[1]
    if lines[-1] or not wanted or list(wanted) != sorted(wanted):
        message = "It must name every file, sorted by path, and end with a line feed."
        findings.append(_finding("sums", SUMS, message))
    return findings + list(_compare(wanted, tree.hashes, {SIGNATURE, SUMS}, SUMS))


def check_scheme(tree: Tree, manifest: Manifest) -> tuple[Scheme | None, list[Finding]]:
    """Read the scheme and hold its name and version against the manifest; no scheme where it cannot be read."""
    if SCHEME not in tree.hashes:
        return None, [_finding("scheme", SCHEME, "There is no such file; the rows cannot be checked without it.")]
    try:
        scheme = Scheme.from_toml((tree.directory / SCHEME).read_bytes().decode("utf-8"), SCHEME)
    except (CorpusError, OSError, UnicodeDecodeError, RecursionError) as error:
        return None, [_finding("scheme", SCHEME, f"It cannot be read: {error}")]
    told = (manifest.scheme, manifest.scheme_version)
    if (scheme.name, scheme.version) != told:
        got = f"{scheme.name} {scheme.version}"
        return scheme, [_finding("scheme", SCHEME, f"The manifest names {' '.join(told)}, the file is {got}.")]
    return scheme, []


def _entries(directory: Path, findings: list[Finding]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        name = Path(str(error.filename)).relative_to(directory).as_posix()
        findings.append(_finding("unreadable", name, f"The directory cannot be read: {error.strerror}."))

    for folder, folders, files in os.walk(directory, onerror=refuse):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from (Path(folder) / name for name in sorted([*links, *files]))


def _compare(
    wanted: Mapping[str, str], found: Mapping[str, str], apart: set[str], register: str
) -> Iterator[Finding]:
    for name in sorted(set(wanted) | (set(found) - apart)):
        if name not in found:
            yield _finding("missing-file", name, f"{register} names the file, but it is missing.")
        elif name not in wanted:
            yield _finding("extra-file", name, f"{register} does not name the file; remove it.")
        elif wanted[name] != found[name]:
            message = f"The file has changed: {register} says sha256 {wanted[name][:12]}…, got {found[name][:12]}…."
            yield _finding("changed-file", name, message)


def _finding(code: str, name: str, message: str) -> Finding:
    """Make a finding whose place can be shown everywhere, whatever bytes a file name has."""
    return Finding(code, name.encode("utf-8", "backslashreplace").decode("utf-8"), message)
