"""Annotations made by an older version of the scheme: what was renamed since is read by its name of today."""

from __future__ import annotations

import pytest
from port_page import SCHEME, at, made, page

from corpus.annotation.checks import check_set
from corpus.annotation.rows import annotation_rows
from corpus.errors import SchemeError
from corpus.model.annotation import AnnotationSet, Claim, Entity
from corpus.model.finding import Severity
from corpus.model.scheme import Change, EntityType, Scheme

FIRST = Change(version="1.0.0", date="2026-01-01", change="First version.")


def newer(version: str, *history: Change) -> Scheme:
    """The scheme with LOC called PLACE, ``checkable`` called ``testable`` and ``hedged`` called ``softened``."""
    entities = tuple(
        EntityType.model_validate(own.model_dump() | {"label": "PLACE"}) if own.label == "LOC" else own
        for own in SCHEME.entities
    )
    told = SCHEME.model_dump(by_alias=True) | {"version": version, "entities": [e.model_dump() for e in entities]}
    for attribute in told["attributes"]:
        for value in attribute["values"]:
            value["name"] = {"checkable": "testable"}.get(value["name"], value["name"])
    for flag in told["flags"]:
        flag["name"] = {"hedged": "softened"}.get(flag["name"], flag["name"])
    return Scheme.model_validate(told | {"history": [own.model_dump() for own in history]})


def renaming(version: str) -> Change:
    names = {"LOC": "PLACE", "checkable": "testable", "hedged": "softened"}
    return Change(version=version, date="2026-02-01", change="Other names.", renamed=names)


def old_set() -> AnnotationSet:
    return made(
        entities=(
            Entity(id="e1", label="LOC", spans=(at("Moss"),)),
            Entity(id="e2", label="PER", spans=(at("Ana Roe"),)),
        ),
        claims=(Claim(id="c1", spans=(at("storm"),), attributes={"check": "checkable"}, flags=("hedged",)),),
    )


@pytest.mark.parametrize("version", ["1.1.0", "2.0.0"])
def test_what_was_renamed_has_its_row(version: str) -> None:
    """No span is lost by another name, and the row says which version it was made by."""
    scheme = newer(version, FIRST, renaming(version))
    result = annotation_rows([old_set()], {"port": page()}, scheme)
    assert [(row["label"], row["scheme_version"]) for row in result.rows["entities"]] == [
        ("PLACE", "1.0.0"),
        ("PER", "1.0.0"),
    ]
    (claim,) = result.rows["claims"]
    assert (claim["check"], claim["softened"]) == ("testable", True)
    assert [(f.code, f.severity) for f in result.findings] == [("annotation-scheme-version", Severity.WARNING)]


def test_a_chain_of_names_is_followed() -> None:
    middle = Change(version="2.0.0", date="2026-02-01", change="x", renamed={"LOC": "SITE"})
    last = Change(version="3.0.0", date="2026-03-01", change="y", renamed={"SITE": "PLACE"})
    rows = annotation_rows([old_set()], {"port": page()}, newer("3.0.0", FIRST, middle, last)).rows
    assert [row["label"] for row in rows["entities"]] == ["PLACE", "PER"]


@pytest.mark.parametrize("history", [(), (FIRST,), (renaming("2.0.0"),)], ids=["none", "no new", "no old"])
def test_a_step_that_the_history_does_not_tell_is_an_error_with_the_way_out(history: tuple[Change, ...]) -> None:
    found = check_set(
        made(entities=(Entity(id="e2", label="PER", spans=(at("Ana Roe"),)),)), newer("2.0.0", *history), None
    )
    assert [(f.code, f.severity) for f in found] == [("annotation-scheme-version", Severity.ERROR)]
    assert "[[history]]" in found[0].message


def test_a_version_that_stands_twice_in_the_history_is_refused() -> None:
    told = 'name = "x"\nversion = "1.0.0"\ntitle = "X"\nguideline_version = "1.0.0"\n' + (
        '[[history]]\nversion = "1.0.0"\ndate = "2026-01-01"\nchange = "x"\n' * 2
    )
    entity = '[[entities]]\nlabel = "PER"\nhotkey = "1"\ncolour = "#d4380d"\nmeaning = "m"\nexample = "e"\n'
    with pytest.raises(SchemeError, match=r"version in the history '1\.0\.0' stands twice"):
        Scheme.from_toml(f"spans = []\n{told}{entity}")
