"""The ``corpus`` command as a shell sees it: output, exit codes, one sentence for each fault."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"


def corpus_command(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "corpus.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd or ROOT,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        timeout=300,
        check=False,
    )


def test_clean_prints_the_text_alone() -> None:
    """Standard output is the clean text and nothing else, from a file and from standard input alike."""
    seed = next(SEEDS.glob("004_*.txt"))
    from_file = corpus_command("clean", seed)
    assert from_file.returncode == 0
    assert from_file.stdout == corpus_command("clean", "-", stdin=seed.read_bytes()).stdout
    lines = from_file.stdout.decode().splitlines()
    assert "Afghan peace" in lines
    assert not {"XS", "Accessibility links"} & set(lines)


def test_clean_json_gives_blocks_that_slice() -> None:
    """Every block's offsets slice the anchor text, and each has a role, a reason and a rule."""
    result = corpus_command("clean", next(SEEDS.glob("003_*.txt")), "--json")
    document = json.loads(result.stdout)
    assert document["title"] == "Russia to boost ties with Pakistan, supply military gear"
    for block in document["blocks"]:
        assert document["raw_text"][block["start"] : block["end"]] == block["text"]
        assert block["role"]
        assert block["reason"]
        assert block["rule"]
    assert any(block["role"] == "copyright" for block in document["blocks"])


def test_clean_show_names_what_went_and_why() -> None:
    result = corpus_command("clean", next(SEEDS.glob("003_*.txt")), "--show")
    shown = result.stdout.decode()
    assert result.returncode == 0
    assert "boilerplate  Trending Stories" in shown
    assert "copyright  Copyright 2021" in shown


def test_a_terminal_is_not_driven_by_a_file() -> None:
    """Control characters in a text or in its name are shown, never sent."""
    evil = "A first sentence \x1b[31mred\x1b]0;title\x07 and \u202e more of it stands here.\n".encode()
    assert b"\x1b" not in corpus_command("clean", "-", "--show", stdin=evil).stdout
    assert b"\x1b" not in corpus_command("clean", "no\x1b[31msuch").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["clean", "no-such-file.txt"], 2, "no-such-file.txt: no such file; name a text file"),
        (["clean", "seeds"], 2, "seeds: is a folder"),
        (["clean", "-", "--json", "--show"], 2, "exclude each other"),
        (["build", "seeds", "--out", "pyproject.toml"], 2, "pyproject.toml"),
        (["build", "seeds", "--out", "OUT", "--splits", "train=2"], 2, "--splits"),
        (["build", "seeds", "--out", "OUT", "--scheme", "nope"], 2, "scheme nope: no such file"),
        (["build", "seeds", "--out", "OUT", "--about", "nope"], 2, "about nope: no such file"),
        (["build", "seeds", "--out", "OUT", "--takedowns", "nope"], 2, "takedowns nope: no such file"),
        (["build", "seeds", "--out", "OUT", "--previous", "seeds"], 2, "seeds is no dataset built here"),
        (["build", "seeds", "--out", "seeds"], 2, "seeds is not empty"),
        (["build", "seeds", "--out", "OUT", "--scheme", "README.md"], 3, "README.md"),
        (["build", "seeds", "--out", "OUT", "--annotations", "no-such-folder"], 2, "no-such-folder"),
        (["release", "1.0", "--from", "OUT", "--out", "OUT2"], 2, "1.0"),
        (["release", "1.0.0", "--from", "no-such-build", "--out", "OUT2"], 2, "no-such-build"),
        (["verify", "no-such-build"], 2, "no-such-build"),
        (["labelstudio", "status", "--from", "nope"], 2, "`corpus build SOURCE --out nope` makes it, or name"),
        (["labelstudio", "team", "show", "--from", "nope"], 2, "with --from."),
        (["build", "seeds", "--out", "OUT", "--executor", "foo"], 2, ": 'foo' is not one of 'processes', 'ray'."),
        (["build", "seeds", "--out", "OUT", "--workers", "0"], 2, "expected greater than or equal to 1, got '0'."),
        (["build", "seeds", "--out", "OUT", "--workers", "x"], 2, "expected a valid integer, got 'x'."),
        (["publish", "no-such-release", "--repo", "foo"], 2, "named ORG/NAME, got 'foo'"),
        (["verify", "seeds"], 2, "seeds is no dataset built here: it has no manifest.json"),
        (["no-such-verb"], 2, "No such command 'no-such-verb'; `corpus --help` tells the rest."),
        (["bild"], 2, "Did you mean 'build'?"),
        (["labelstudio", "adjudicat"], 2, "Did you mean 'adjudicate'?"),
        (["build", "--out", "OUT"], 2, "; `corpus build --help` tells the rest."),
        ([], 2, ""),
    ],
)
def test_a_fault_is_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    """Each wrong call says what is wrong on standard error, with a stable exit code and no traceback."""
    named = [str(tmp_path / a) if a.startswith("OUT") else a for a in arguments]
    result = corpus_command(*named)
    errors = result.stderr.decode()
    assert "Traceback" not in errors
    assert "reading and cleaning" not in errors
    assert sentence in errors
    assert result.returncode == code, errors


def test_build_verify_release_and_findings(tmp_path: Path) -> None:
    """A folder with faults is built without them, says so by its exit code, and verifies and releases well."""
    folder = tmp_path / "news"
    folder.mkdir()
    text = "The harbour of Ahlen reopened on Monday after a week of storms, its operator said.\n" * 3
    (folder / "good.txt").write_text(text, "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    (folder / "notes.pdf").write_bytes(b"%PDF-1.4")
    result = corpus_command("build", folder, "--out", tmp_path / "built", "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert report["rows"]["documents"] == 1
    assert len(report["findings"]) == 2
    assert [Path(name).name for name in report["skipped"]] == ["notes.pdf"]
    assert corpus_command("verify", tmp_path / "built").returncode == 0
    released = corpus_command("release", "0.1.0", "--from", tmp_path / "built", "--out", tmp_path / "out")
    assert released.returncode == 0, released.stderr
    assert corpus_command("verify", tmp_path / "out" / "news-0.1.0").returncode == 0


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    """The second run says so, and every byte and time stamp is as before."""
    first = corpus_command("build", SEEDS, "--out", tmp_path / "d")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted((tmp_path / "d").rglob("*")) if p.is_file()}
    second = corpus_command("build", SEEDS, "--out", tmp_path / "d")
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted((tmp_path / "d").rglob("*")) if p.is_file()}
    assert first.returncode == second.returncode == 0, first.stderr
    assert b"written to" in first.stdout
    assert b"passed over: seeds/README.md\n" in first.stderr
    assert b"unchanged in" in second.stdout
    assert before == after


def test_of_many_files_without_documents_the_first_are_named(tmp_path: Path) -> None:
    """A mirrored site has thousands of pictures; --json has them all."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.txt").write_text("The port of Ahlen reopened on Monday, its operator said.")
    for number in range(1060):
        (tmp_path / "site" / f"{number:04}.jpg").touch()
    shown = corpus_command("build", "site", "--out", "out", cwd=tmp_path)
    assert b"site/0049.jpg \xe2\x80\xa6 and 1,010 more; --json lists all of them.\n" in shown.stderr
    told = corpus_command("build", "site", "--out", "out", "--json", cwd=tmp_path)
    assert len(json.loads(told.stdout)["skipped"]) == 1060


def test_clean_reads_what_is_gzipped(tmp_path: Path) -> None:
    """A page and a text, as a build reads them; of a broken one and of one without end nothing is shown."""
    text = b"The port of Ahlen reopened on Monday, its operator said."
    page = b"<h1>Port reopens</h1><p>" + text
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(page))
    (tmp_path / "TEXT.TXT.GZ").write_bytes(gzip.compress(text))
    (tmp_path / "broken.txt.gz").write_bytes(gzip.compress(page)[:-9])
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"word " * 54_000_000, 1))
    for name in ("page.html.gz", "TEXT.TXT.GZ"):
        result = corpus_command("clean", name, cwd=tmp_path)
        assert result.stdout == text + b"\n", result.stderr
    for name, told in (("broken.txt.gz", b"gzip stream is broken"), ("bomb.txt.gz", b"longer than the limit")):
        result = corpus_command("clean", name, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (3, b"")
        assert result.stderr.startswith(b"corpus: " + name.encode()) and told in result.stderr


def test_clean_reads_a_pipe_that_is_named(tmp_path: Path) -> None:
    """``corpus clean <(command)`` works as it does with cat."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = "The harbour of Ahlen reopened on Monday, its operator said.\n"
    with subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'w').write({text!r})"]):
        assert corpus_command("clean", pipe).stdout.decode() == text


def test_verify_names_the_datasets_in_a_folder_of_them(tmp_path: Path) -> None:
    """A folder of releases is no release: the sentence says which folder, and what is in it; one that lost its
    manifest alone is still looked at."""
    for name in ("a-0.1.0", "a-0.2.0", "b-0.1.0", "c-0.1.0"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    result = corpus_command("verify", tmp_path)
    assert result.returncode == 2
    assert result.stderr.decode().endswith("name one of those in it: a-0.1.0, a-0.2.0, b-0.1.0.\n")
    (tmp_path / "documents").mkdir()
    assert corpus_command("verify", tmp_path).returncode == 1


def test_a_build_of_nothing_is_no_build_with_faults(tmp_path: Path) -> None:
    """A wrong name is a wrong call; unreadable sources are an end where there are no others, else a fault."""
    (tmp_path / "broken.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    (tmp_path / "good.txt").write_text("The harbour of Ahlen reopened on Monday, its operator said.\n", "utf-8")
    for sources, code in (
        (["nope"], 2),
        (["nope", "good.txt"], 2),
        (["broken.txt"], 3),
        (["broken.txt", "good.txt"], 1),
    ):
        assert corpus_command("build", *sources, "--out", "built", cwd=tmp_path).returncode == code
        assert (tmp_path / "built").exists() == (code == 1)


def test_schemas_that_are_not_there_are_missing_not_stale(tmp_path: Path) -> None:
    result = corpus_command("schemas", "--check", cwd=tmp_path)
    assert result.returncode == 1
    assert b"is missing: run `corpus schemas`" in result.stderr
    assert b"is stale" not in result.stderr
    assert corpus_command("schemas", "--scheme", "nope", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("options", [("--show",), ("--json",), ()])
def test_what_goes_to_a_file_is_utf8_in_any_locale(options: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corpus.cli", "clean", "-", *options],
        input="Der Bürgermeister von Köln trat am Montag zurück 😀.\n".encode(),
        capture_output=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        timeout=300,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert "Bürgermeister von Köln" in done.stdout.decode("utf-8")
    assert "😀" in done.stdout.decode("utf-8")


def test_a_closed_output_is_no_defect() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m corpus.cli clean seeds/003_3d0e764f794c4c26.txt >&-', sys.executable],
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("verb", ["adjudicate", "compact"])
def test_a_folder_of_annotations_that_is_not_there_is_a_wrong_call(verb: str, tmp_path: Path) -> None:
    done = corpus_command("annotations", verb, "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode() == "corpus: nowhere: no such folder; name the folder of annotation files.\n"


def test_a_takedown_says_which_builds_do_not_find_the_tombstone(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("The harbour reopened on Monday.\n")
    (tmp_path / "elsewhere").mkdir()
    call = ("takedown", "a", "--reason", "asked", "--raw", tmp_path / "news")
    far = corpus_command(*call, cwd=tmp_path / "elsewhere")
    assert far.returncode == 0
    assert (
        "builds do not look there for takedowns.jsonl; name it to them (--takedowns), or write it to"
        in far.stderr.decode()
    )
    for cwd in (tmp_path, tmp_path / "news"):
        assert corpus_command(*call, cwd=cwd).stderr == b""


def test_a_key_that_about_has_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "about.toml").write_text('license = "CC-BY-4.0"\n')
    done = corpus_command("build", "seeds", "--out", tmp_path / "out", "--about", tmp_path / "about.toml")
    assert done.returncode == 3
    assert done.stderr.decode().endswith("about.toml, at license: there is no such key.\n")


@pytest.mark.parametrize("verb", ["build", "known-lines"])
@pytest.mark.parametrize("size", ["-1", "0", "nan", "inf"])
def test_a_limit_that_is_no_size_is_a_wrong_call(
    verb: str, size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, [verb, str(tmp_path), "--out", str(tmp_path / "out"), "--max-document-mib", size]) == 2
    assert capsys.readouterr().err == (
        f"corpus: --max-document-mib takes a size in MiB that is greater than 0, got {float(size):g}.\n"
    )


def test_counting_what_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    assert run(app, ["known-lines", str(tmp_path / "nowhere"), "--out", str(tmp_path / "counts")]) == 2
    (tmp_path / "empty").mkdir()
    assert run(app, ["known-lines", str(tmp_path / "empty"), "--out", str(tmp_path / "counts")]) == 3
    assert not (tmp_path / "counts").exists()
