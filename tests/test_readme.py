"""The README is true: its examples run, its commands exist, its tree is the tree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from corpus.cli.app import app
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.release import make_release

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_it_names_exists() -> None:
    """Each `corpus VERB …` of the table answers to --help."""
    commands = re.findall(r"^\| `corpus ([a-z]+(?: [a-z]+)?(?= [a-z]+\\\||`| ))", README, re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        result = typer.testing.CliRunner().invoke(app, [*command.split(), "--help"])
        assert result.exit_code == 0, command


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_every_option_of_a_command_it_names_exists(page: Path) -> None:
    """In each `corpus VERB … --option` of the README and the documentation."""
    known, checked = options_of(typer.main.get_command(app)), set()
    for line in re.findall(r"(?<![\w/.-])corpus [a-z][^`\n]*", page.read_text("utf-8")):
        words = line.split()[1:]
        ends = (end for end in range(len(words), 0, -1) if " ".join(words[:end]) in known)
        verb = next((" ".join(words[:end]) for end in ends), None)
        if verb is not None:
            wrong = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)) - known[verb] - {"--help"}
            assert not wrong, f"{line}: corpus {verb} has no {wrong}"
            checked.add(verb)
    assert len(checked) > 1


def options_of(command: Any, verb: str = "") -> dict[str, set[str]]:
    """Return the options of each verb, those of the groups above it included."""
    own = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    context = typer.Context(command)
    below = [(name, command.get_command(context, name)) for name in getattr(command, "commands", ())]
    found = {verb: own}
    for name, other in below:
        inner = options_of(other, f"{verb} {name}".strip())
        found |= {each: options | own for each, options in inner.items()}
    return found


def test_every_make_verb_it_names_exists() -> None:
    verbs = set(re.findall(r"`?make ([a-z-]+)", README)) - {"s"}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert verbs <= targets


def test_its_examples_run(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Every Python block runs, against a release made as `make run` makes it."""
    built = build([ROOT / "seeds"], tmp_path / "build" / "dataset", BuildOptions(name="newscorpus-seeds"))
    make_release(built.directory, tmp_path / "build" / "releases", "0.2.0", "2026-11-22")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block.replace("open(", "open_text("), "README.md", "exec"), {"open_text": _open})


def _open(path: str, encoding: str):  # type: ignore[no-untyped-def]
    """Open like the example does, but close (a test run turns an unclosed file into an error)."""
    import io

    return io.StringIO(Path(path).read_text(encoding))


def test_its_tree_is_the_tree() -> None:
    """Every folder named in the tree is there, and every room of the package is named."""
    tree = README.split("## The house")[1].split("```")[1]
    named = re.findall(r"^( *)([a-z]+)/ ", tree, re.MULTILINE)
    rooms = {name for indent, name in named if indent}
    assert rooms == {p.name for p in (ROOT / "corpus").iterdir() if (p / "__init__.py").is_file()}
    for indent, name in named:
        assert (ROOT / ("corpus" if indent else "") / name).is_dir(), name


def test_its_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
