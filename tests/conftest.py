"""What several rooms' tests share: the real Label Studio server, started once a run from the cached database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from corpus.labelstudio.client import Client, connect
from corpus.labelstudio.server import LocalServer

sys.path.insert(0, str(Path(__file__).parent / "labelstudio"))


class Said:
    """A progress that prints, so that `pytest -s` shows what the first start is doing."""

    def step(self, text: str) -> None:
        print(text, file=sys.stderr)

    def advance(self, done: int, total: int | None) -> None:
        pass


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A real server of its own data directory; ended when the run ends, whatever happens."""
    server = LocalServer(tmp_path_factory.mktemp("label-studio"))
    try:
        server.start(progress=Said())
        yield server
    finally:
        server.stop()


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
