"""Make the local Label Studio once and keep it: its own virtual environment and a migrated empty database.

The server pins older libraries than the toolkit, so it lives in an environment of its own. Both parts are
cached by content: the folder's name is a hash of the pinned versions, the Python and the platform, so a
changed pin makes a new folder and never touches a running server's.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ServerError
from corpus.files import in_turn, package_text
from corpus.progress import SILENT, Progress

__all__ = [
    "DATABASE",
    "Installation",
    "cache_root",
    "ensure_installed",
    "migrate",
    "pinned_version",
    "quiet_environment",
]

DATABASE = "label_studio.sqlite3"
"""The name of the server's database in its data directory."""

_CONSTRAINTS = "server-constraints.txt"
_RECIPE = "1"
"""Raised when this module makes the environment or the database in another way."""

_QUIET = {
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "FEATURE_FLAGS_OFFLINE": "true",
    "ENABLE_LOCAL_FILES_STORAGE": "false",
    "LOG_LEVEL": "WARNING",
    "PYTHONUTF8": "1",
}


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the server's environment and its database template lie."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter of the server's environment."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def template(self) -> Path:
        """A migrated database without a user."""
        return self.folder / DATABASE

    @property
    def marker(self) -> Path:
        """Written last: an environment without it is half made and made again."""
        return self.folder / "venv.complete"

    @property
    def has_environment(self) -> bool:
        """Whether the environment was finished and its interpreter is still there."""
        return self.marker.is_file() and self.python.exists()

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of the server (``-P``: nothing is imported from the working folder)."""
        return [str(self.python), "-P", "-m", "label_studio.server", *arguments]


def cache_root(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the toolkit's cache: $NEWSCORPUS_CACHE, $XDG_CACHE_HOME/newscorpus or ~/.cache/newscorpus."""
    if own := environ.get("NEWSCORPUS_CACHE"):
        return Path(own).absolute()
    shared = environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache").absolute() / "newscorpus"


def pinned_version() -> str:
    """Return the version of Label Studio that the constraints pin."""
    found = re.search(r"^label-studio==(\S+)$", _constraints(), re.MULTILINE)
    if found is None:
        raise ServerError(f"{_CONSTRAINTS} pins no label-studio.")
    return found[1]


def ensure_installed(progress: Progress = SILENT, root: Path | None = None) -> Installation:
    """Return the cached installation, made first where it is missing (some minutes, 1 GB).

    Several processes may ask at once: one makes it, the others wait.

    Raises:
        ServerError: the environment or the database could not be made.
    """
    folder = (root or cache_root()) / f"label-studio-{_key()}"
    installation = Installation(folder)
    if installation.has_environment and installation.template.is_file():
        return installation
    folder.mkdir(parents=True, exist_ok=True)
    with in_turn(folder / "lock", progress):
        if not installation.has_environment:
            _make_environment(installation, progress)
        if not installation.template.is_file():
            _make_template(installation, progress)
    return installation


def quiet_environment(data_dir: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of a server that keeps to its data directory and calls nobody.

    Built from nothing: what the caller's environment says (a key for another server, a proxy) stays out.
    """
    kept = {name: environ[name] for name in ("PATH", "TMPDIR", "LANG", "LC_ALL", "TZ") if name in environ}
    return {
        **kept,
        **_QUIET,
        "HOME": str(data_dir),
        "LABEL_STUDIO_BASE_DATA_DIR": str(data_dir),
        "LABEL_STUDIO_DATABASE_NAME": str(data_dir / DATABASE),
    }


def migrate(installation: Installation, environment: dict[str, str], what: str) -> None:
    """Make the tables of the database that the environment names, or bring them up to the version.

    Raises:
        ServerError: that failed; ``what`` says what it was for.
    """
    # Asking for a user that is not there migrates the database and does nothing else.
    _run(installation.command("user", "--username", "nobody@localhost"), environment, what)


def _constraints() -> str:
    return package_text("corpus.labelstudio.local", _CONSTRAINTS)


def _key() -> str:
    parts = (_RECIPE, _constraints(), platform.python_implementation(), platform.python_version())
    return hashlib.sha256("\0".join((*parts, sysconfig.get_platform())).encode()).hexdigest()[:16]


def _make_environment(installation: Installation, progress: Progress) -> None:
    """Make the environment in its final place (it cannot be moved) and mark it when it is whole."""
    venv = installation.folder / "venv"
    installation.marker.unlink(missing_ok=True)
    shutil.rmtree(venv, ignore_errors=True)
    progress.step(f"making an environment for Label Studio {pinned_version()}")
    _run([sys.executable, "-m", "venv", str(venv)], _own_environment(), "make a virtual environment")
    constraints = installation.folder / _CONSTRAINTS
    constraints.write_text(_constraints(), encoding="utf-8")
    _install(installation.python, constraints, progress)
    installation.marker.touch()


def _install(python: Path, constraints: Path, progress: Progress) -> None:
    """Run pip, counting the packages it collects; its output is not kept (it may name registries)."""
    total = sum(1 for line in _constraints().splitlines() if "==" in line)
    progress.step(f"installing Label Studio {pinned_version()} ({total} packages)")
    command = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "-c", str(constraints), f"label-studio=={pinned_version()}"]
    with subprocess.Popen(  # noqa: S603 - a fixed command, no shell
        command,
        env=_own_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        errors = _follow(process, total, progress)
    if process.returncode != 0:
        raise ServerError(
            f"pip could not install Label Studio {pinned_version()} (exit code {process.returncode}): "
            f"{_sentence(errors)}; see whether pip can reach its index, then start again."
        )


def _follow(process: subprocess.Popen[str], total: int, progress: Progress) -> list[str]:
    collected, errors = 0, []
    for line in process.stdout or ():
        if line.startswith("Collecting "):
            collected += 1
            progress.advance(min(collected, total), total)
        elif line.startswith("Installing collected packages"):
            progress.step("unpacking the packages")
        elif line.startswith("ERROR:"):
            errors.append(line)
    return errors


def _make_template(installation: Installation, progress: Progress) -> None:
    """Migrate an empty database once: a start from its copy takes seconds instead of minutes."""
    progress.step("preparing Label Studio's database (once, a minute or two)")
    work = installation.folder / "template.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    environment = {**quiet_environment(work), "SECRET_KEY": "no secret: this database has no user"}
    migrate(installation, environment, "make its database")
    (work / DATABASE).replace(installation.template)
    shutil.rmtree(work, ignore_errors=True)


def _own_environment() -> dict[str, str]:
    """Return the caller's environment, from which pip learns its index, without what would misdirect it."""
    misleading = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in misleading}


def _run(command: list[str], environment: dict[str, str], what: str) -> None:
    done = subprocess.run(  # noqa: S603 - a fixed command, no shell
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
        raise ServerError(
            f"Label Studio's installation could not {what} (exit code {done.returncode}): {_sentence(lines)}."
        )


def _sentence(lines: list[str]) -> str:
    """Return the last line that says something, without addresses."""
    said = [line.strip() for line in lines if line.strip()]
    return re.sub(r"\S+://\S+", "(address)", said[-1]).rstrip(".") if said else "it said nothing"
