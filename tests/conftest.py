"""What several rooms' tests share: the real Label Studio server, datasets of made-up documents, an open folder."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, connect

os.environ["HF_HUB_OFFLINE"] = "1"  # read when `datasets` is first imported
sys.path.insert(0, str(Path(__file__).parent / "labelstudio"))


# How long an example takes says more of the machine than of us. The suite draws the same examples every time, for a
# run that fails by chance tells nobody what broke; `make search` draws others.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", PATIENT, derandomize=True)
settings.register_profile("search", PATIENT, max_examples=500)
settings.load_profile("suite")


class Said:
    """A progress that prints, so that `pytest -s` shows what the first start is doing."""

    def step(self, text: str) -> None:
        print(text, file=sys.stderr)

    def advance(self, done: int, total: int | None) -> None:
        pass


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Make a folder that everybody may enter: pytest's own are closed to others."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A real server of its own data directory; ended when the run ends, whatever happens.

    $NEWSCORPUS_TEST_SERVER names another version than the pinned one (see ``make test-servers``), and with
    $NEWSCORPUS_TEST_POSTGRES its data lie in PostgreSQL (see ``make test-postgres``).
    """
    from labelstudio_versions import own_server

    with own_server(tmp_path_factory.mktemp("label-studio"), Said()) as server:
        yield server


@pytest.fixture(scope="session")
def client(label_studio: LocalServer) -> Iterator[Client]:
    """A connection to the server as its first user."""
    url = label_studio.status().url
    assert url is not None
    with connect(url, label_studio.credentials().token) as connected:
        yield connected


@pytest.fixture
def sign_up(client: Client) -> Iterator[Callable[[str], Any]]:
    """Return a function that signs a further annotator up and connects as them."""
    from labelstudio_people import sign_up_person

    with ExitStack() as stack:

        def join(name: str) -> Any:
            person = sign_up_person(client, name)
            stack.enter_context(person.client)
            return person

        yield join


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real S3 server in a process of its own, on a port that was free."""
    log = tmp_path_factory.mktemp("s3") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with log.open("w") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as process:
        try:
            yield _told_address(process, log)
        finally:
            process.terminate()


def _told_address(process: subprocess.Popen[bytes], log: Path, patience: float = 300) -> str:
    """Wait until a server says where it listens: a busy machine takes its time."""
    end = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < end:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.05)
    pytest.fail(f"the S3 server did not begin: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """Return the module ``made.py`` of the room export."""
    name = "newscorpus_tests_made"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "export" / "made.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def built(made: ModuleType, tmp_path: Path) -> Path:
    """Write the made documents and return their directory."""
    from corpus.export.dataset import write_dataset

    write_dataset(tmp_path / "tide", made.make_content())
    return tmp_path / "tide"
