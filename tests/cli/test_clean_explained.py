"""``corpus clean --explain``, ``--report`` and ``--known-lines`` as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.cli.app import app
from corpus.cli.rim import run

SEED = next((Path(__file__).parents[2] / "seeds").glob("003_*.txt"))
RUN = CliRunner()
EVIL = (
    "<script>alert(1)</script> & a first sentence that is long enough to stay in the text of it.\n\x1b[31mShare\n"
)


def test_explain_names_rule_and_match_of_what_went_and_no_more() -> None:
    result = RUN.invoke(app, ["clean", str(SEED), "--explain"])
    assert result.exit_code == 0
    assert "copyright  Copyright 2021 The Associated Press" in result.output
    assert "legal.copyright" in result.output
    assert "found: 'Copyright 2021" in result.output
    assert "        body  " not in result.output


def test_explain_json_has_one_explanation_a_block() -> None:
    record = json.loads(RUN.invoke(app, ["clean", str(SEED), "--explain", "--json"]).stdout)
    assert [reason["block"] for reason in record["explanations"]] == [block["block"] for block in record["blocks"]]
    assert "explanations" not in json.loads(RUN.invoke(app, ["clean", str(SEED), "--json"]).stdout)


def test_the_report_is_one_page_without_anything_that_runs(tmp_path: Path) -> None:
    """What a text holds is shown, not obeyed: no tag of it becomes one, no control character is passed on."""
    source = tmp_path / "evil.txt"
    source.write_text(EVIL, "utf-8")
    result = RUN.invoke(app, ["clean", str(source), "--report", str(tmp_path / "out.html")])
    assert result.exit_code == 0
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "arguments",
    [["--show", "--explain"], ["--show", "--json"], ["--known-lines", "no-such-file"]],
    ids=["show-explain", "show-json", "no-file"],
)
def test_calls_that_cannot_be_carried_out_are_refused(arguments: list[str]) -> None:
    result = RUN.invoke(app, ["clean", str(SEED), *arguments])
    assert result.exit_code != 0
    assert result.exception is not None


def test_counts_are_made_and_used_from_the_shell(tmp_path: Path) -> None:
    """`corpus known-lines` says what it counted; `corpus clean --known-lines` drops what the site repeats."""
    promo = "The Coast Courier is written by the people who live here, and every reader keeps its desks open."
    rows = [
        {
            "id": f"a{n}",
            "site": "courier.example",
            "text": f"Ships of the line {n} waited off {p} for days.\n{promo}",
        }
        for n, p in enumerate(["Ahlen", "Brake", "Celle", "Dorum"])
    ]
    source, known = tmp_path / "monday.jsonl", tmp_path / "known.parquet"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    counted = RUN.invoke(app, ["known-lines", str(source), "--out", str(known)])
    assert "4 documents counted" in counted.output
    again = json.loads(RUN.invoke(app, ["known-lines", str(source), "--out", str(known), "--json"]).stdout)
    assert (again["added"], again["seen"], again["total"]) == (0, 4, 4)
    text = tmp_path / "text.txt"
    text.write_text(f"Ships of another line waited off Husum for some ten days.\n{promo}", "utf-8")
    plain = RUN.invoke(app, ["clean", str(text)])
    sited = RUN.invoke(app, ["clean", str(text), "--known-lines", str(known), "--site", "courier.example"])
    assert promo in plain.stdout
    assert promo not in sited.stdout
    assert "Husum" in sited.stdout
    assert run(app, ["clean", str(text), "--known-lines", str(known)]) == 2
    page = tmp_path / "page.html"
    page.write_text("<link rel=canonical href=https://courier.example/a><p>Ships waited off Husum.", "utf-8")
    assert run(app, ["clean", str(page), "--known-lines", str(known)]) == 0  # it names its site itself


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.csv.gz", "A.PARQUET", "a.warc", "a.json", "a.xml", "a.zip", "a.tar.gz"]
)
def test_a_file_of_records_is_no_text(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["clean", name]) == 2
    assert "use `corpus build`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xef\xbb\xbf\n<!-- x --><!DOCTYPE html><p>A harbour.", True),
        (b"<p>The harbour of Ahlen reopened.", True),
        (b"<Picture> The harbour of Ahlen reopened.", False),
        (b"The harbour of Ahlen reopened. <p>", False),
    ],
)
def test_a_page_that_is_read_as_a_text_is_told(data: bytes, told: bool) -> None:
    result = RUN.invoke(app, ["clean", "-"], input=data)
    assert result.exit_code == 0
    assert ("say --html" in result.stderr) is told
    assert "say --html" not in RUN.invoke(app, ["clean", "-", "--html"], input=data).stderr


def test_what_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "program.txt"
    program.write_bytes(b"\x7fELF" + bytes(200))
    assert run(app, ["clean", str(program)]) == 3
    assert "program.txt: This is an ELF program" in capsys.readouterr().err.replace("\n", "")
