"""Sign a release's manifest with an SSH key, and check the signature: who has the public key knows who made it.

The manifest holds the hash of every other file, so its signature covers all. Signing and checking are OpenSSH's own
(``ssh-keygen -Y``, 8.2 and newer; PROTOCOL.sshsig); keys stay where they are, in an agent or a file.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import UsageError
from corpus.export.layout import MANIFEST, SIGNATURE
from corpus.files import atomic_write
from corpus.model.finding import Finding, Severity

__all__ = ["check_signature", "sign_release"]

_NAMESPACE = "newscorpus-release"
"""What the signature is for: one that was made for something else does not count here."""


def sign_release(release: Path, key: Path) -> Path:
    """Write ``manifest.json.sig`` beside the manifest and return its path; one that is there is replaced.

    Raises:
        UsageError: OpenSSH is not installed, or cannot sign with the key; an older signature stays.
        OSError: the manifest cannot be read, or the signature not be written.
    """
    place = release / SIGNATURE
    done = _keygen("-Y", "sign", "-f", str(key), "-n", _NAMESPACE, data=(release / MANIFEST).read_bytes())
    if done.returncode:
        raise UsageError(f"The manifest cannot be signed with {key}: {_line(done.stderr, -1)}.")
    with atomic_write(place) as stream:
        stream.write(done.stdout)
    return place


def check_signature(release: Path, signers: Path | None = None) -> Iterator[Finding]:
    """Hold the signature against the manifest and, with ``signers``, against those who may sign.

    ``signers`` is a file of OpenSSH's "allowed signers" (``NAME ssh-ed25519 AAAA…`` a line). Without it, a
    signature tells only that the manifest is what was signed, by whomever.

    Raises:
        UsageError: OpenSSH is not installed, or there is no such file of signers.
    """
    place = release / SIGNATURE
    if signers is not None and not signers.is_file():
        raise UsageError(f"There is no file {signers}; name a file of allowed signers.")
    if not place.is_file():
        if signers is not None:
            yield Finding("signature", SIGNATURE, "The release is not signed.")
        return
    if shutil.which("ssh-keygen") is None and signers is None:
        yield Finding("signature", SIGNATURE, "It was not checked: OpenSSH is not installed.", Severity.WARNING)
        return
    signed = (release / MANIFEST).read_bytes()
    who = "?"
    if signers is not None:
        found = _keygen("-Y", "find-principals", "-s", str(place), "-f", str(signers))
        who = _line(found.stdout, 0) if found.returncode == 0 else ""
        if not who:
            yield Finding("signature", SIGNATURE, f"It was made by a key that is not in {signers.name}.")
            return
        call = ["verify", "-I", who, "-f", str(signers)]
    else:
        call = ["check-novalidate"]
    done = _keygen("-Y", *call, "-n", _NAMESPACE, "-s", str(place), data=signed)
    if done.returncode:
        yield Finding(
            "signature", SIGNATURE, "It does not belong to this manifest: the one or the other has changed."
        )


def _keygen(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        raise UsageError("Signatures need OpenSSH's ssh-keygen, which is not installed.")
    return subprocess.run([tool, *arguments], input=data, capture_output=True, check=False)  # noqa: S603


def _line(output: bytes, number: int) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[number].rstrip(".") if lines else ""
