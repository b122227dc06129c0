"""The date of a release, where the environment tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run


@pytest.mark.parametrize(
    ("epoch", "date"),
    [("0", "1970-01-01"), ("1700000000", "2023-11-14"), ("253402300799", "9999-12-31"), ("", None)],
)
def test_seconds_since_1970_are_a_day(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str, date: str | None
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(app, ["release", "0.1.0", "--from", str(built), "--out", str(tmp_path / "out")]) == 0
    (manifest,) = (tmp_path / "out").glob("*/manifest.json")
    assert json.loads(manifest.read_bytes()).get("date") == date


@pytest.mark.parametrize(
    "epoch", ["-1", "abc", "1e99", "1.5", " 7", "+7", "1_000", "\u0663", "253402300800", "9" * 12, "9" * 9999]
)
@pytest.mark.parametrize("edition", ["full", "public"])
def test_what_is_no_such_time_is_one_sentence(
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    epoch: str,
    edition: str,
) -> None:
    """Nothing is written; a date that is given counts, whatever the environment says."""
    call = ["release", "0.1.0", "--from", str(built), "--out", str(tmp_path / "out"), "--edition", edition]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(app, call) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "SOURCE_DATE_EPOCH must be whole seconds since 1970, before the year 10000, got" in told
    assert (len(told) < 250, (tmp_path / "out").exists()) == (True, False)
    assert run(app, [*call, "--date", "2026-01-02"]) == 0
