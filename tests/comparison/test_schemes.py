"""What differs between two schemes is told part by part, with the version step that each difference asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from corpus.comparison.schemes import SchemeChange, compare_schemes
from corpus.comparison.steps import Step
from corpus.files import schema_text
from corpus.model.scheme import Scheme

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
FIRST = SCHEME.attributes[0]

VERSIONS = [
    ("1.2.3", "1.2.4", Step.PATCH),
    ("1.2.3", "1.3.0", Step.MINOR),
    ("1.2.3", "1.3.3", Step.MINOR),
    ("1.2.3", "2.2.3", Step.MAJOR),
    ("1.2.3", "1.1.4", Step.MAJOR),
    ("1.9.0", "1.10.0", Step.MINOR),
]


@pytest.mark.parametrize(("before", "after", "step"), VERSIONS)
def test_a_scheme_steps_by_the_first_number_that_differs(before: str, after: str, step: Step) -> None:
    """A version that goes back is as large a step as there is."""
    old, new = (SCHEME.model_copy(update={"version": version}) for version in (before, after))
    assert compare_schemes(old, new) == (SchemeChange("version", before, after, step),)


def of(**parts: Any) -> Scheme:
    return SCHEME.model_copy(update=parts)


def with_values(change: Callable[[Any], Any]) -> Scheme:
    """Return the scheme with other values of its first attribute."""
    other = FIRST.model_copy(update={"values": change(FIRST.values)})
    return of(attributes=(other, *SCHEME.attributes[1:]))


# Of each pair the second scheme lacks something, has it elsewhere, or says it otherwise.
PAIRS: list[tuple[Scheme, str | None, Step, Step]] = [
    (of(entities=SCHEME.entities[:-1]), "entity labels", Step.MAJOR, Step.MINOR),
    (of(entities=SCHEME.entities[::-1]), "entity labels", Step.MAJOR, Step.MAJOR),
    (with_values(lambda values: values[:-1]), f"values of {FIRST.name}", Step.MAJOR, Step.MINOR),
    (with_values(lambda values: values[1:]), f"values of {FIRST.name}", Step.MAJOR, Step.MAJOR),
    (of(spans=SCHEME.spans[1:]), "span labels", Step.MAJOR, Step.MINOR),
    (of(attributes=SCHEME.attributes[1:]), "attributes", Step.MAJOR, Step.MINOR),
    (of(flags=SCHEME.flags[1:]), "flags", Step.MAJOR, Step.MINOR),
    (of(relations=SCHEME.relations[1:]), "relations", Step.MAJOR, Step.MINOR),
    (of(attributes=SCHEME.attributes[::-1], flags=SCHEME.flags[::-1]), None, Step.NONE, Step.NONE),
    (of(title="Other words", entities=tuple(e.model_copy(update={"meaning": "x"}) for e in SCHEME.entities)),
     None, Step.NONE, Step.NONE),
]  # fmt: skip


@pytest.mark.parametrize(("other", "part", "there", "back"), PAIRS)
def test_each_part_is_told_with_its_step(other: Scheme, part: str | None, there: Step, back: Step) -> None:
    """What is gone is a MAJOR and what is new a MINOR; the order counts where rows hold numbers, words do not."""
    for old, new, step in ((SCHEME, other, there), (other, SCHEME, back)):
        assert [(change.part, change.step) for change in compare_schemes(old, new)] == (
            [] if part is None else [(part, step)]
        )
