"""A local Label Studio on the loopback interface, for one person's machine and for the tests.

Its data directory holds the database (or names the one in PostgreSQL that is used instead), the log, and
``credentials.json``: a random password, API token and secret key, made once and kept over restarts. The directory
is closed to other users (0700, files 0600), and none of the three ever stands on a command line, where every user
of the machine could read it.
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from corpus.errors import ServerError
from corpus.files import in_turn
from corpus.labelstudio.ledger.private import private_folder, read_private, write_private
from corpus.labelstudio.local.claims import claimed, is_claimed
from corpus.labelstudio.local.install import (
    DATABASE,
    Installation,
    ensure_installed,
    migrate,
    quiet_environment,
)
from corpus.labelstudio.local.ports import HOST, any_free_port, is_free
from corpus.labelstudio.local.postgres import Postgres, chosen_postgres, keep_postgres, with_password
from corpus.labelstudio.local.process import end_group, start_mark
from corpus.progress import SILENT, Progress

__all__ = ["HOST", "Credentials", "LocalServer", "ServerStatus"]

_USERNAME = "annotator@localhost"
_PATIENCE = 300.0
_GRACE = 60.0
"""Seconds in which a server that answers must know its own user."""
_POLL = 0.25
_UNTOLD = 2.0
"""Seconds in which a server that was just started must be on record."""
_ATTEMPTS = 3
_WEBHOOKS = {"SSRF_PROTECTION_ENABLED": "false", "ML_BLOCK_LOCAL_IP": "false"}
"""What lets the server call the loopback and private networks."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to log in to the local server; the secrets are not in its ``repr``."""

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    secret_key: str = field(repr=False)

    @classmethod
    def new(cls) -> Credentials:
        """Return fresh random credentials."""
        return cls(_USERNAME, secrets.token_urlsafe(12), secrets.token_hex(20), secrets.token_urlsafe(48))


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Whether the server of a data directory runs, and where."""

    data_dir: Path
    running: bool
    url: str | None = None
    pid: int | None = None
    elsewhere: str | None = None
    """Who started the one that runs on these data and is no process that this machine knows, in words."""

    def as_record(self) -> dict[str, object]:
        """Return the status as JSON-ready values."""
        record: dict[str, object] = {"running": self.running, "url": self.url, "pid": self.pid}
        record["data_dir"] = str(self.data_dir)
        return record if self.elsewhere is None else {**record, "elsewhere": self.elsewhere}


class _PortTakenError(ServerError):
    """Another program answered on the port that was free a moment ago."""


class LocalServer:
    """The Label Studio whose data lie in ``data_dir``; at most one process of it runs.

    ``install`` returns the installation that it is started from, by default the pinned version's.
    """

    def __init__(self, data_dir: Path, install: Callable[[Progress], Installation] = ensure_installed) -> None:
        self.data_dir = data_dir.absolute()
        self.log = self.data_dir / "server.log"
        self._install = install

    def start(
        self,
        port: int | None = None,
        progress: Progress = SILENT,
        *,
        webhooks: bool = False,
        database: Postgres | None = None,
    ) -> ServerStatus:
        """Start the server, or return the one that runs already.

        Without a ``port`` it takes the last one if that is free, else any free one. With ``webhooks`` it may
        call this machine (and its network), which every annotator could then make it do. A ``database`` need
        be named at the first start only; later ones take its password from $POSTGRE_PASSWORD.

        Raises:
            ServerError: it cannot be installed, the port is taken, its data lie in another database or are in use
                by a server that was started elsewhere, or it does not come up.
        """
        private_folder(self.data_dir)
        with in_turn(self.data_dir / "lock", progress):
            status = self.status()
            chosen, used = chosen_postgres(self.data_dir, database)
            if status.running:
                return _on_port(status, port)
            self._refuse_elsewhere(status)
            installation = self._install(progress)
            settings = _WEBHOOKS if webhooks else {}
            if chosen is None:
                self._lay_out(installation)
            else:
                settings = settings | with_password(self.data_dir, chosen).environment()
                if not used:
                    progress.step(f"preparing {chosen} (once, a minute or two)")
                    migrate(installation, self._environment(settings), f"make its tables in {chosen}")
                keep_postgres(self.data_dir, chosen)
            progress.step("starting Label Studio")
            return self._start_on_free_port(installation, port, settings)

    def stop(self) -> bool:
        """End the server and wait until it is gone; tell whether one ran.

        Raises:
            ServerError: one runs on these data that is no process of this machine: its record stays, for those
                who can end it.
        """
        self._refuse_elsewhere(self.status())
        record = read_private(self._record) or {}
        pid, mark = record.get("pid"), record.get("mark")
        ended = isinstance(pid, int) and isinstance(mark, str) and end_group(pid, mark)
        if ended and read_private(self._record) == record:  # else it is of one that was started since
            write_private(self._record, {"port": record.get("port")})
        return ended

    def status(self) -> ServerStatus:
        """Tell whether the server runs; a process file left over by a dead one counts as stopped."""
        record = read_private(self._record) or {}
        until = time.monotonic() + _UNTOLD
        while not _runs(record) and is_claimed(self._claim) and time.monotonic() < until:
            time.sleep(_POLL)  # one that starts claims its data before its process can be told
            record = read_private(self._record) or {}
        if _runs(record):
            return ServerStatus(self.data_dir, True, f"http://{HOST}:{record['port']}", int(str(record["pid"])))
        host = record.get("host")
        by = f"it was started on {host}" if isinstance(host, str) else "nothing tells who started it"
        return ServerStatus(self.data_dir, False, elsewhere=by if is_claimed(self._claim) else None)

    def credentials(self) -> Credentials:
        """Return how to log in; made and stored at the first call.

        Raises:
            ServerError: the stored credentials cannot be read.
        """
        path = self.data_dir / "credentials.json"
        record = read_private(path)
        if record is None:
            private_folder(self.data_dir)
            made = Credentials.new()
            write_private(path, asdict(made))
            return made
        names = ("username", "password", "token", "secret_key")
        if any(not isinstance(record.get(name), str) for name in names):
            raise ServerError(f"{path} must hold {', '.join(names)}; remove {self.data_dir} to begin anew.")
        return Credentials(*(str(record[name]) for name in names))

    def _refuse_elsewhere(self, status: ServerStatus) -> None:
        if status.elsewhere is not None:
            raise ServerError(
                f"A Label Studio runs on {self.data_dir} that is not known on this machine, or in this container "
                f"({status.elsewhere}): end it where it runs, for two on one database would spoil it."
            )

    def _lay_out(self, installation: Installation) -> None:
        """Give a new server an empty database of its own."""
        if not (self.data_dir / DATABASE).exists():
            shutil.copyfile(installation.template, self.data_dir / DATABASE)
            (self.data_dir / DATABASE).chmod(0o600)

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        secret = {"SECRET_KEY": self.credentials().secret_key}
        return {**quiet_environment(self.data_dir), **settings, **secret}

    @property
    def _record(self) -> Path:
        return self.data_dir / "server.json"

    @property
    def _claim(self) -> Path:
        """Locked by the server's own processes for as long as one of them runs."""
        return self.data_dir / "server.lock"

    def _start_on_free_port(
        self, installation: Installation, port: int | None, settings: Mapping[str, str]
    ) -> ServerStatus:
        for attempt in range(_ATTEMPTS):
            try:
                return self._launch(installation, self._choose_port(port), settings)
            except _PortTakenError:
                if port is not None or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("the loop returns or raises")

    def _choose_port(self, port: int | None) -> int:
        if port is not None:
            if not is_free(port):
                raise ServerError(
                    f"Port {port} of {HOST} is in use by another program: name another with `port=`, or none."
                )
            return port
        last = (read_private(self._record) or {}).get("port")
        return last if isinstance(last, int) and is_free(last) else any_free_port()

    def _launch(self, installation: Installation, port: int, settings: Mapping[str, str]) -> ServerStatus:
        credentials = self.credentials()
        arguments = ["start", "--no-browser", "--enable-legacy-api-token"]
        arguments += ["--internal-host", HOST, "--port", str(port)]
        environment = {
            **self._environment(settings),
            "LABEL_STUDIO_HOST": f"http://{HOST}:{port}",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LABEL_STUDIO_USERNAME": credentials.username,
            "LABEL_STUDIO_PASSWORD": credentials.password,
            "LABEL_STUDIO_USER_TOKEN": credentials.token,
        }
        with claimed(self._claim) as claim, self.log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - a fixed command, no shell
                installation.command(*arguments),
                cwd=self.data_dir,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(claim,),
            )
        mark = start_mark(process.pid)
        if mark is not None:
            host = socket.gethostname()
            write_private(self._record, {"pid": process.pid, "mark": mark, "port": port, "host": host})
        try:
            self._wait_until_ready(process, port, credentials)
        except BaseException:
            self.stop()
            process.wait()
            raise
        process.returncode = 0  # it outlives us on purpose: Popen must not warn of it
        return self.status()

    def _wait_until_ready(self, process: subprocess.Popen[bytes], port: int, credentials: Credentials) -> None:
        """Wait until *our* server answers: only it knows the token."""
        deadline, until = time.monotonic() + _PATIENCE, float("inf")
        while time.monotonic() < deadline:
            ended = process.poll()
            if ended is not None and ended < 0:
                raise ServerError(
                    f"Label Studio was ended from outside while it started (signal {-ended}), by `server stop` "
                    "perhaps, or for want of memory: start it again."
                )
            if ended is not None:
                raise ServerError(
                    f"Label Studio ended while it started (exit code {ended}): "
                    f"{self._last_words()}; the whole log is {self.log}."
                )
            if _get(port, "/health")[0] == 200:
                status, body = _get(port, "/api/current-user/whoami", credentials.token)
                if status == 200 and _email(body) == credentials.username:
                    return
                if self._moved():
                    raise _PortTakenError(
                        f"Port {port} of {HOST} was taken by another program while Label Studio started: "
                        "name another with `port=`."
                    )
                until = min(until, time.monotonic() + _GRACE)
                if status == 401 and time.monotonic() >= until:
                    raise ServerError(
                        f"Label Studio does not know the user of {self.data_dir}: its database was made by a "
                        "server of another folder; name that one with `data=`, or begin with an empty database."
                    )
            time.sleep(_POLL)
        raise ServerError(
            f"Label Studio did not answer on port {port} within {_PATIENCE:.0f} seconds: "
            f"{self._last_words()}; the whole log is {self.log}."
        )

    def _moved(self) -> bool:
        """Tell whether the server found its port busy and silently took the next."""
        return b"is in use." in self.log.read_bytes()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        return said[-1].rstrip(".") if said else "its log is empty"


def _runs(record: Mapping[str, object]) -> bool:
    """Tell whether the process of a record runs on this machine."""
    pid, port, mark = (record.get(name) for name in ("pid", "port", "mark"))
    return isinstance(pid, int) and isinstance(port, int) and isinstance(mark, str) and start_mark(pid) == mark


def _on_port(status: ServerStatus, port: int | None) -> ServerStatus:
    if port is not None and status.url != f"http://{HOST}:{port}":
        raise ServerError(f"Label Studio runs at {status.url} already: stop it first to move to port {port}.")
    return status


def _get(port: int, path: str, token: str | None = None) -> tuple[int, bytes]:
    """Return the status and body of a GET, or status 0 where nobody answers."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Token {token}"} if token else {})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def _email(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer.get("email") if isinstance(answer, dict) else None
