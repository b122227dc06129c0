"""Many schedules one after the other, of the sync and, every fourth, of adjudication."""

from __future__ import annotations

from collections.abc import Callable

from faults_adjudicating import Adjudication
from faults_reading import Count
from faults_schedule import Schedule, staged

from corpus.labelstudio.client import connect
from corpus.labelstudio.server import LocalServer

ADJUDICATIONS = 4
"""Every so many schedules one is of adjudication."""


def play(server: LocalServer, seeds: range, told: Callable[[Count], None] = lambda _: None) -> Count:
    """Play the schedules of some seeds, one after the other, before a running server."""
    url = server.status().url
    assert url is not None
    total = Count()
    with connect(url, server.credentials().token) as client, staged(server, client) as stage:
        for seed in seeds:
            kind = Schedule if seed % ADJUDICATIONS else Adjudication
            total.add(kind(stage, seed).run())
            told(total)
    return total
