"""The library names arguments as a call in Python does, the command line as its options."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import corpus
from corpus.cli.app import app
from corpus.cli.called import as_options
from corpus.cli.rim import run
from corpus.errors import UsageError

PACKAGE = Path(corpus.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "cli")
OPTION = re.compile(r"(?<![\w`(-])\(?--[a-z]")
COMMAND = re.compile(r"`corpus [^`]*`")
ARGUMENT = re.compile(r"`(?!streaming)[a-z_]+=[^`]*`")
"""`streaming=` is an argument of load_dataset, which cards name."""
SHOWN = [
    ("`previous=` or `date=`", "--previous or --date"),
    ("`ids='path'` and `prefer=\"local\"`", "--ids path and --prefer local"),
    ("`form=` of `build='news'`", "--format of --from news"),
    ("`replace=True`, `line_model=False`", "--replace, --no-line-model"),
    ("`annotator={'Ann Lee': 'ann'}`", "--annotator Ann Lee=ann"),
]
LEFT = ["`claims` and `raw`", "`corpus build SOURCE --out X`", "x=1", "`href=index.html`", "`Name='a'`", "`a=[[[`"]


def sentences(path: Path) -> Iterator[str]:
    """Yield the texts in a module's code that are no docstrings, with "…" for what is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            parts.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def options_of(command: Any) -> set[str]:
    """Return the options of a command and of all below it."""
    own = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    context = typer.Context(command)
    below = [command.get_command(context, name) for name in getattr(command, "commands", {})]
    return own.union(*(options_of(each) for each in below))


@pytest.mark.parametrize(("sentence", "expected"), SHOWN)
def test_arguments_are_called_as_options(sentence: str, expected: str) -> None:
    assert as_options(sentence) == expected


@pytest.mark.parametrize("sentence", LEFT)
def test_other_words_in_quotes_stay(sentence: str) -> None:
    """Names of columns, whole commands, and what somebody's data holds are no arguments of ours."""
    assert as_options(sentence) == sentence


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sentence_below_the_command_line_names_an_option(path: Path) -> None:
    """Who calls a function has no options; a whole command may be named."""
    wrong = [text for text in sentences(path) if " " in text and OPTION.search(COMMAND.sub("", text))]
    assert not wrong


def test_what_sentences_call_arguments_are_options_of_a_command() -> None:
    """A slip in a name would send who reads it after an option that is not there."""
    known = options_of(typer.main.get_command(app))
    said = [found for path in MODULES for text in sentences(path) for found in ARGUMENT.findall(text)]
    called = [as_options(re.sub("…", "'x'", mark)).split()[0] for mark in said]
    assert len(called) > 30
    assert set(called) <= known


def test_one_sentence_reads_right_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match=r"^The shares of `splits=` must add up to 1, got 0\.6\.$"):
        corpus.build("seeds", tmp_path / "out", splits={"train": 0.6})
    assert run(app, ["build", "seeds", "--out", str(tmp_path / "out"), "--splits", "train=0.6"]) == 2
    assert "The shares of --splits must add up to 1, got 0.6." in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"splits": "train=1"}, {"splits": ["train"]}, {"split_by": "stories"}])
def test_texts_where_collections_belong_are_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"^`{next(iter(wrong))}=` takes .*, got "):
        corpus.build("seeds", tmp_path / "out", **wrong)
