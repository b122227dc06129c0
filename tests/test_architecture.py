"""The house keeps its floors: who may import whom, and which room holds which optional package."""

from __future__ import annotations

import ast
import graphlib
import importlib
import pkgutil
from pathlib import Path

import pytest

import corpus

PACKAGE = Path(corpus.__file__).parent
FLOORS = {
    "cli": 7,
    "api": 6,
    "pipeline": 5,
    "cleaning": 4,
    "exchange": 4,
    "labelstudio": 4,
    "releases": 4,
    "readers": 3,
    "metadata": 3,
    "annotation": 3,
    "preannotation": 3,
    "export": 3,
    "duplicates": 3,
    "comparison": 3,
    "agreement": 2,
    "model": 2,
    "executors": 2,
    "files": 2,
    "clock": 1,
    "errors": 1,
    "progress": 1,
}
ONE_ROOM = {
    "label_studio_sdk": "labelstudio",
    "tenacity": "labelstudio",
    "py3langid": "metadata",
    "rapidfuzz": "annotation",
    "ray": "executors",
    "typer": "cli",
    "brotli": "readers",
    "cassis": "exchange",
    "rensa": "duplicates",
    "huggingface_hub": "releases",
    "fastwarc": "readers",
    "fsspec": "readers",
    "phonenumbers": "readers",
    "pyap": "readers",
    "stdnum": "readers",
    "spacy": "exchange",
    "srsly": "exchange",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES} - {PACKAGE})
IN_ROOMS = [path for path in MODULES if path != PACKAGE / "__init__.py"]


def room_of(path: Path) -> str:
    """Return the room that a module of the package lies in."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imported(path: Path, *, typing: bool = True) -> set[str]:
    """Return the dotted names a module imports, anywhere in it; without ``typing`` none that only checkers read."""
    tree = ast.parse(path.read_text("utf-8"))
    branches = [node for node in ast.walk(tree) if isinstance(node, ast.If) and not typing]
    checked = [node for node in branches if ast.unparse(node.test) == "TYPE_CHECKING"]
    skipped = {id(each) for node in checked for each in ast.walk(node)}
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in skipped:
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and id(node) not in skipped:
            assert node.level == 0, f"{path}: imports are absolute here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_room_stands_on_a_floor() -> None:
    """A new room must be given its floor here, and a floor must have its room."""
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_strictly_downwards(path: Path) -> None:
    """A room imports only from floors below its own (or from itself)."""
    room = room_of(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "corpus" or len(parts) < 2 or parts[1] not in FLOORS or parts[1] == room:
            continue
        assert FLOORS[parts[1]] < FLOORS[room], f"{room} (floor {FLOORS[room]}) imports {name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: str(p.relative_to(PACKAGE.parent)))
def test_inner_rooms_and_modules_import_one_way(folder: Path) -> None:
    """Of the modules and inner rooms that lie in one folder, none imports what imports it, by whatever way."""
    inside = [path for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    units = {path.stem: path for path in inside if path.stem != "__init__"}
    prefix = ".".join(folder.relative_to(PACKAGE.parent).parts) + "."
    graph = {
        name: {
            parts[0]
            for module in ([path] if path.is_file() else path.rglob("*.py"))
            for target in imported(module, typing=False)
            if target.startswith(prefix) and (parts := target.removeprefix(prefix).split("."))[0] in units
        }
        - {name}
        for name, path in units.items()
    }
    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_some_packages_are_imported_in_one_room_only() -> None:
    """Optional and heavy packages have one room each, so that a change of one touches one room."""
    for path in MODULES:
        for name in imported(path):
            room = ONE_ROOM.get(name.split(".")[0])
            assert room is None or room_of(path) == room, f"{path} imports {name}, which belongs to {room}"


def test_only_the_command_line_prints() -> None:
    """The library returns; the rim shows."""
    for path in MODULES:
        if room_of(path) == "cli":
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


def test_public_names_are_sorted_and_there() -> None:
    """``__all__`` is sorted (capitals first, as ruff sorts) and names only what a module has."""
    for info in pkgutil.walk_packages([str(PACKAGE)], "corpus."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), f"{info.name}.__all__ names {name!r}"


def test_every_module_says_its_duty_first() -> None:
    """The first line of a file is its duty, in one sentence."""
    for path in MODULES:
        text = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert text, f"{path} does not say its duty"
        assert len(text.splitlines()[0]) > 10, f"{path} does not say its duty"
