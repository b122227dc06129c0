"""The fault suite's modules, which are no package, and the stage that its schedules are played on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client

sys.path.insert(0, str(Path(__file__).parent))

from faults_schedule import Stage, staged


@pytest.fixture(scope="module")
def stage(label_studio: LocalServer, client: Client) -> Iterator[Stage]:
    with staged(label_studio, client) as made:
        yield made
