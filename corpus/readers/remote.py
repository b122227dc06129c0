"""Files at addresses (s3://, gs://, https://, memory:// …): listed and fetched through fsspec.

A file is fetched once, whole, into a temporary directory that goes with the reading: so both passes over the
ids and the texts see the same bytes, and their hash is that of what was read. Where a secret can stand (the
user and query of an address, a driver's error) nothing is ever passed on: places are made of the host and
the path alone, causes of the kind of error alone. Credentials come from the environment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import fsspec
from fsspec.callbacks import Callback

from corpus.errors import ExtraMissingError, SourceError
from corpus.readers.addresses import WEB, scheme_of
from corpus.readers.report import ReadOptions
from corpus.readers.spool import Spool

__all__ = [
    "RemoteFolder",
    "RemoteOrigin",
    "cause_of",
    "open_address",
    "system_of",
]

_EXTRAS = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "gs": ("gcsfs", "gcs"),
    "gcs": ("gcsfs", "gcs"),
    "http": ("aiohttp", "http"),
    "https": ("aiohttp", "http"),
}
"""Which package reads a scheme, and the extra that brings it."""

_SLOWEST = 1024
"""Bytes a second, on the whole: slower is a server that holds the line."""

_CAUSES = {
    "NoCredentialsError": "no credentials were found; set them in the environment",
    "PartialCredentialsError": "the credentials in the environment are not complete",
    "EndpointConnectionError": "there is no connection to the server",
    "ClientConnectorError": "there is no connection to the server",
    "ClientConnectorDNSError": "there is no server of that name",
    "ClientPayloadError": "the connection broke off before the end",
    "IncompleteRead": "the connection broke off before the end",
    "NotImplementedError": "files of this scheme cannot be listed or fetched",
}


@dataclass(slots=True)
class RemoteFolder:
    """A file system and what was listed in it: file names by folder."""

    system: Any
    spool: Spool
    identity: str
    """What tells two file systems apart; never shown."""
    names: dict[str, set[str]] = field(default_factory=dict)
    fetched: dict[str, Path | SourceError] = field(default_factory=dict)

    def fetch(self, key: str) -> Path:
        """Return where a file was fetched to; the same answer, be it an error, each time."""
        if key not in self.fetched:
            target = self.spool.new()
            try:
                self.system.get_file(key, str(target), callback=_Watch(self.spool.options))
                self.fetched[key] = target
            except Exception as error:  # drivers raise what they like; none of it ends the reading
                target.unlink(missing_ok=True)
                self.fetched[key] = SourceError(
                    f"The file cannot be fetched: {cause_of(error, self.spool.options)}."
                )
        found = self.fetched[key]
        if isinstance(found, SourceError):
            raise found
        return found

    def head(self, key: str, size: int) -> bytes:
        """Return the first bytes of a file that need not be fetched whole for that."""
        if key in self.fetched:
            with self.fetch(key).open("rb") as stream:
                return stream.read(size)
        try:
            if self.system.info(key).get("size") == 0:
                return b""  # some servers refuse to send a part of nothing
            return bytes(self.system.cat_file(key, start=0, end=size))[:size]
        except Exception as error:  # drivers raise what they like; none of it ends the reading
            raise SourceError(f"The file cannot be fetched: {cause_of(error, self.spool.options)}.") from None

    def media_type(self, key: str) -> str | None:
        """Return what a web server says a file is, None where it does not say."""
        try:
            return str(self.system.info(key).get("mimetype") or "").lower() or None
        except Exception:  # why it cannot be read is said when it is fetched
            return None


@dataclass(frozen=True, slots=True)
class RemoteOrigin:
    """A file of a remote file system."""

    within: RemoteFolder
    key: str

    @property
    def identity(self) -> str:
        """The file system and the key."""
        return f"{self.within.identity}{self.key}"

    @property
    def folder(self) -> str:
        """The key without its last part."""
        return f"{self.within.identity}{self.key.rpartition('/')[0]}"

    def path(self) -> Path:
        """Fetch the file, the first time, and return where it is."""
        return self.within.fetch(self.key)

    def head(self, size: int) -> bytes:
        """Fetch the first bytes alone."""
        return self.within.head(self.key, size)

    def beside(self, name: str, up: int = 0) -> RemoteOrigin | None:
        """Return the listed file of that name in the same folder, or ``up`` folders above it."""
        folder = self.key.rsplit("/", up + 1)[0]
        return RemoteOrigin(self.within, f"{folder}/{name}") if name in self.within.names.get(folder, ()) else None

    def state(self) -> None:
        """Return None: what was fetched does not change."""


def open_address(address: str, spool: Spool) -> tuple[RemoteFolder, str, list[str] | None]:
    """Return the folder that an address opens, its key there, and the keys of all files below it.

    The keys are None where the address names one file, as every http address does.

    Raises:
        SourceError: the address cannot be opened; the sentence holds nothing of it.
        ExtraMissingError: what opens it is in an extra of ours that is not installed.
    """
    if "::" in address:
        raise SourceError("Chained addresses (a::b) are not read; name one file or folder.")
    try:
        system, key = system_of(address, spool.options)
        folder = RemoteFolder(system, spool, f"{scheme_of(address)}://")
        if scheme_of(address) in WEB:
            return folder, key, None
        info = system.info(key)
        if info.get("type") != "directory":
            return folder, str(info.get("name", key)), None
        keys = [str(name) for name, found in system.find(key, detail=True).items() if found.get("type") == "file"]
    except ExtraMissingError:
        raise
    except Exception as error:  # drivers raise what they like; none of it ends the reading
        raise SourceError(f"This source cannot be read: {cause_of(error, spool.options)}.") from None
    for name in keys:
        parent, _, last = name.rpartition("/")
        folder.names.setdefault(parent, set()).add(last)
    return folder, key.rstrip("/"), keys


def system_of(address: str, options: ReadOptions | None = None) -> tuple[Any, str]:
    """Return the file system of an address and the address's key in it.

    Raises:
        SourceError: the scheme is unknown, or its driver is not installed.
        ExtraMissingError: the driver is in an extra of ours.
    """
    options = options or ReadOptions()
    scheme = scheme_of(address)
    package, extra = _EXTRAS.get(scheme, ("", ""))
    if scheme not in fsspec.available_protocols():
        raise SourceError(f"The scheme {scheme!r} is unknown; expected s3, gs, https or another of fsspec's.")
    try:
        if package:
            import_module(package)
        settings = _settings(scheme, address, options)
        system, key = fsspec.url_to_fs(address, skip_instance_cache=True, **settings)
        return system, str(key)
    except ImportError as error:
        if package:
            raise ExtraMissingError(package, extra) from error
        raise SourceError(
            f"The driver of the scheme {scheme!r} is not installed; install it (fsspec names it)."
        ) from error


def _settings(scheme: str, address: str, options: ReadOptions) -> Mapping[str, Any]:
    """Return what a driver must be told: how long to wait, and to leave the bytes as they are."""
    wait = options.network_timeout
    if scheme in ("s3", "s3a"):
        retries = {"max_attempts": 2}
        return {"config_kwargs": {"connect_timeout": wait, "read_timeout": wait, "retries": retries}}
    if scheme in WEB:
        timeout = import_module("aiohttp").ClientTimeout(total=None, sock_connect=wait, sock_read=wait)
        return {
            "client_kwargs": {"timeout": timeout, "trust_env": True},
            "headers": {"Accept-Encoding": "identity"},
            "encoded": "%" in address,
        }
    return {}


class _Watch(Callback):  # type: ignore[misc]
    """Ends a fetch that grows beyond the limit or hardly moves."""

    def __init__(self, options: ReadOptions) -> None:
        super().__init__()
        self.options, self.begun, self.bytes = options, time.monotonic(), 0

    def relative_update(self, inc: int = 1) -> None:
        """Count what came."""
        self.bytes += inc
        if self.bytes > self.options.max_download_bytes:
            raise SourceError(f"it is larger than the limit of {self.options.max_download_bytes} bytes")
        elapsed = time.monotonic() - self.begun
        if elapsed > self.options.network_timeout and self.bytes < elapsed * _SLOWEST:
            raise TimeoutError


def cause_of(error: BaseException, options: ReadOptions) -> str:
    """Return an error's cause in our words, by its kind alone: its text may hold the address with its secrets."""
    for one in _chain(error):
        if isinstance(one, SourceError):
            return str(one).rstrip(".")
        status = getattr(one, "status", None)
        if status in (401, 403) or isinstance(one, PermissionError):
            return "access is refused (403); check the credentials in the environment"
        if status == 404:
            break
        if isinstance(status, int):
            return f"the server answered {status}"
        if isinstance(one, TimeoutError) or "Timeout" in type(one).__name__:
            return f"there was no answer within {options.network_timeout:g} seconds, or hardly any"
        if type(one).__name__ in _CAUSES:
            return _CAUSES[type(one).__name__]
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder (404)"
    if type(error) is OSError and error.errno:
        return os.strerror(error.errno).lower()
    return f"the driver failed ({type(error).__name__})"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, the cause first."""
    if error.__cause__ is not None:
        yield from _chain(error.__cause__)
    yield error
