"""Send files to a folder at an address (s3://, gs://, memory:// …) through fsspec, as far as they are not there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import SourceError
from corpus.readers.addresses import is_address, shown_parts
from corpus.readers.remote import cause_of, system_of
from corpus.readers.report import ReadOptions

__all__ = ["Target", "send_files"]


@dataclass(frozen=True, slots=True)
class Target:
    """A folder at an address; it need not be there yet."""

    system: Any
    key: str
    shown: str
    """What may be shown of the address."""

    @classmethod
    def open(cls, address: str) -> Target:
        """Reach the file system of an address, or of a path of this machine.

        Raises:
            SourceError: it cannot be reached; the sentence holds no secret of the address.
        """
        shown = "/".join(shown_parts(address)) if is_address(address) else address
        try:
            system, key = system_of(address if is_address(address) else f"file://{Path(address).resolve()}")
        except SourceError:
            raise
        except Exception as error:  # drivers raise what they like
            raise SourceError(f"{shown} cannot be reached: {cause_of(error, ReadOptions())}.") from None
        return cls(system, key.rstrip("/"), shown)

    def sha256(self, name: str) -> str | None:
        """Return the SHA-256 of a file in the folder; None where it is not there.

        Raises:
            SourceError: it cannot be read.
        """
        digest = hashlib.sha256()
        try:
            with self.system.open(f"{self.key}/{name}", "rb") as stream:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
        except FileNotFoundError:
            return None
        except Exception as error:  # drivers raise what they like
            raise SourceError(f"{self.shown}/{name} cannot be read: {cause_of(error, ReadOptions())}.") from None
        return digest.hexdigest()

    def put(self, path: Path, name: str) -> None:
        """Send one file.

        Raises:
            SourceError: it cannot be sent.
        """
        place = f"{self.key}/{name}"
        try:
            self.system.makedirs(place.rpartition("/")[0], exist_ok=True)
            self.system.put_file(str(path), place)
        except Exception as error:  # drivers raise what they like
            raise SourceError(
                f"{self.shown}/{name} cannot be written: {cause_of(error, ReadOptions())}; what was sent is kept: "
                "mend that, and say the same again."
            ) from None


def send_files(directory: Path, names: Iterable[str], target: Target) -> int:
    """Send the files of a directory in their order, those aside that are there with the same bytes.

    Return how many were sent.

    Raises:
        SourceError: a file cannot be read there or sent.
    """
    sent = 0
    for name in names:
        path = directory / name
        with path.open("rb") as stream:
            own = hashlib.file_digest(stream, "sha256").hexdigest()
        if target.sha256(name) != own:
            target.put(path, name)
            sent += 1
    return sent
