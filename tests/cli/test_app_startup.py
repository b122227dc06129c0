"""The command starts quickly: it reads in no verb that was not asked for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from corpus.cli.app import app

HEAVY = {"polars", "pyarrow", "fsspec", "corpus.labelstudio", "corpus.pipeline"}


SEED = next((Path(__file__).parents[2] / "seeds").glob("003_*.txt"))


def modules_after(*arguments: str) -> set[str]:
    return told_after("'\\n'.join(sys.modules)", *arguments)


def told_after(value: str, *arguments: str) -> set[str]:
    """Return the lines that a process prints which runs the command, then prints a value."""
    code = (
        "import sys, corpus.cli.app, corpus.cli.rim as rim\n"
        f"code = rim.run(corpus.cli.app.app, {list(arguments)!r})\n"
        "assert code == 0, code\n"
        f"print({value})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def test_the_version_is_told_without_reading_in_what_verbs_need() -> None:
    assert not HEAVY & modules_after("--version")


def test_a_verb_reads_in_no_other_group() -> None:
    modules = modules_after("clean", "--help")
    assert "corpus.cleaning" in modules
    assert "corpus.labelstudio" not in modules


def test_a_text_is_cleaned_without_what_reads_sources_and_schemes() -> None:
    modules = modules_after("clean", str(SEED))
    assert "corpus.cleaning.kernel" in modules
    assert not {"fsspec", "markdown_it", "yaml", "corpus.model.scheme"} & modules


@pytest.mark.parametrize(("options", "loaded"), [([], 0), (["--json"], 1)])
def test_only_a_described_text_is_asked_for_its_language(options: list[str], loaded: int) -> None:
    """The language model takes longer to load than all else."""
    value = "'loaded', sys.modules['corpus.metadata.language']._identifier.cache_info().currsize"
    assert f"loaded {loaded}" in told_after(value, "clean", str(SEED), *options)


def test_the_overview_reads_in_no_verb_and_says_what_each_says_of_itself() -> None:
    assert not HEAVY & modules_after("--help")
    shown = CliRunner().invoke(app, ["--help"]).output
    listed = " ".join(re.sub("[^\\x00-\\x7f]", " ", shown).split())
    group = typer.main.get_command(app)
    context = group.make_context("corpus", [], resilient_parsing=True)
    for name in group.list_commands(context):
        verb = group.get_command(context, name)
        said = " ".join((verb.help or "").split("\n\n")[0].split())
        assert said
        assert f"{name} {said}" in listed


@pytest.mark.parametrize("verb", ["build", "takedown", "labelstudio", "annotations"])
def test_help_is_whole_on_a_narrow_terminal(verb: str) -> None:
    """No option's name, no default and no sentence of a list is cut short where lines have 80 characters."""
    group = typer.main.get_command(app)
    context = group.make_context("corpus", [verb, "--help"], resilient_parsing=True)
    for path, command in commands_below([verb], group.get_command(context, verb)):
        shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"}).output
        assert max(map(len, shown.splitlines())) <= 80
        told = "".join(shown.split())
        for option in command.params:
            assert all(name in told for name in (option.opts if option.param_type_name == "option" else ())), path
            assert "".join((getattr(option, "help", None) or "").split()) in told
        for below in getattr(command, "commands", {}).values():
            assert "".join((below.help or "").split("\n\n")[0].split()) in told


def commands_below(path: list[str], command: Any) -> Iterator[tuple[list[str], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands_below([*path, name], below)


@pytest.mark.parametrize("verb", ["build", "known-lines", "annotations", "labelstudio"])
def test_every_verb_is_found_by_its_name(verb: str) -> None:
    group = typer.main.get_command(app)
    context = group.make_context("corpus", [verb, "--help"], resilient_parsing=True)
    assert verb in group.list_commands(context)
    found = group.get_command(context, verb)
    assert found is not None
    assert found.name == verb
    assert group.get_command(context, "nothing") is None
