"""The project's own data files, out of a checkout or out of an installed wheel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from corpus.errors import SourceError

__all__ = ["package_text", "schema_text"]


def package_text(package: str, name: str) -> str:
    """Return the UTF-8 text of a data file that lies in one of the toolkit's packages."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def schema_text(name: str) -> str:
    """Return the text of a file of ``schemas/``, from the wheel's copy or from the checkout.

    Raises:
        SourceError: there is no such file in either place.
    """
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "_schemas", here.parent / "schemas"):
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise SourceError(f"The schema file {name!r} is neither in the installed package nor in a checkout.")
