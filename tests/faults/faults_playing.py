"""Many schedules one after the other: of the sync, of what happens around it, and of adjudication."""

from __future__ import annotations

from collections.abc import Callable

from faults_adjudicating import Adjudication
from faults_around import Around
from faults_reading import Count
from faults_schedule import Schedule, staged

from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import connect

KINDS = (Adjudication, Schedule, Around, Schedule)
"""What the schedules are of, in turn."""


def play(server: LocalServer, seeds: range, told: Callable[[Count], None] = lambda _: None) -> Count:
    """Play the schedules of some seeds, one after the other, before a running server."""
    url = server.status().url
    assert url is not None
    total = Count()
    with connect(url, server.credentials().token) as client, staged(server, client) as stage:
        for seed in seeds:
            total.add(KINDS[seed % len(KINDS)](stage, seed).run())
            told(total)
    return total
