"""Moments are written in one form: UTC, ISO 8601, to the second."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest

from corpus.clock import now


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
def test_now_is_utc_wherever_the_machine_stands(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine's own time zone changes nothing, and the form is the one that annotation files have."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = datetime.now(UTC).replace(microsecond=0)
        said = now()
        after = datetime.now(UTC)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said)
    assert before <= datetime.fromisoformat(said) <= after
