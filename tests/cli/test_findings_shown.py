"""Of many findings the worst are shown first, and the rest is counted by how bad it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run, show_findings
from corpus.model.finding import Finding, Severity

ERROR, WARNING, NOTE = Severity


@pytest.mark.parametrize(
    ("severities", "shown", "left"),
    [
        ([NOTE, ERROR, WARNING], ["error 1:", "warning 2:", "note 0:"], None),
        ([NOTE, NOTE, NOTE], ["note 0:", "note 1:", "note 2:"], None),
        ([NOTE, NOTE, NOTE, WARNING, ERROR], ["error 4:", "warning 3:", "note 0:"], "… and 2 notes more; "),
        (
            [NOTE, WARNING, WARNING, ERROR, ERROR],
            ["error 3:", "error 4:", "warning 1:"],
            "1 warning and 1 note more",
        ),
        ([ERROR] * 4 + [NOTE], ["error 0:", "error 1:", "error 2:"], "1 error and 1 note more"),
    ],
)
def test_the_worst_come_first(
    severities: list[Severity], shown: list[str], left: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [Finding("code", str(number), "Something.", own) for number, own in enumerate(severities)]
    assert show_findings(findings, limit=3) is (ERROR in severities)
    lines = capsys.readouterr().err.splitlines()
    assert [line[: len(start)] for line, start in zip(lines, shown, strict=False)] == shown
    assert len(lines) == 3 + (left is not None)
    assert left is None or left in lines[3]


def test_an_error_is_seen_among_the_notes_of_some_weeks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thirty articles of a wire, each corrected twice, and a file at the end of the folder that cannot be read."""
    for number in range(30):
        for version in (1, 2, 3):
            item = {
                "uri": f"urn:wire:{number}",
                "version": str(version),
                "type": "text",
                "headline": "Quay reopens",
            }
            item["body_text"] = f"The quay number {number} reopened on Monday, the port said {version} times."
            (tmp_path / f"{number}-{version}.json").write_text(json.dumps(item), "utf-8")
    (tmp_path / "z.txt").write_bytes(b"")
    assert run(app, ["build", str(tmp_path), "--out", str(tmp_path / "out"), "--name", "wire"]) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if not line.endswith(" …")]
    assert told[0].startswith("error ")
    assert "z.txt" in told[0]
    assert told[-1] == "… and 11 notes more; --json lists all of them."


def test_the_number_of_a_line_is_no_picture(capsys: pytest.CaptureFixture[str]) -> None:
    """ ":100:" is a name of an emoji for some programs."""
    show_findings([Finding("code", "news.jsonl:100", "The file :bomb:.txt is none.", ERROR)])
    assert capsys.readouterr().err == "error news.jsonl:100: The file :bomb:.txt is none. [code]\n"
