"""What tests of the sync share: people who sign up once a file, and a desk with one document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT
from labelstudio_people import Crew

from corpus.labelstudio.wire.client import Client


@pytest.fixture(scope="module")
def crew(client: Client) -> Iterator[Crew]:
    """People who sign up once and work in all projects of a file."""
    with Crew(client) as crew:
        yield crew


@pytest.fixture
def desk(client: Client, tmp_path: Path) -> Desk:
    """A desk with one short document."""
    return Desk(client, tmp_path, plain("one", TEXT))
