"""The scheme as it moves on in a schedule: names renamed and added, and one slip that would cost annotations."""

from __future__ import annotations

from corpus.files import schema_text
from corpus.model.scheme import Scheme

STEPS: tuple[dict[str, str], ...] = ({"MISC": "OTHER"}, {}, {"OTHER": "REST", "PER": "PERSON"})
"""What each step renames; the one that renames nothing adds a flag."""

LABELS = ("PER", "ORG", "GPE", "LOC", "CLAIM", "MISC")
"""What is marked, by the names of the first version."""

_FLAG = '[[flags]]\nname = "ironic"\nhotkey = "j"\nmeaning = "It is not meant"\n\n[[relations]]'


def scheme(number: int, *, lossy: bool = False) -> Scheme:
    """Return the scheme after so many steps; a ``lossy`` one lacks LOC, and does not say what became of it."""
    text, history = schema_text("news-ec.toml"), ""
    for step, names in enumerate(STEPS[:number], 1):
        for old, new in names.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        if not names:
            text = text.replace("[[relations]]", _FLAG, 1)
        renamed = ", ".join(f'{old} = "{new}"' for old, new in names.items())
        history += f'\n[[history]]\nversion = "1.{step}.0"\ndate = "2026-12-01"\nchange = "A test."\n'
        history += f"renamed = {{ {renamed} }}\n"
    version = f"1.{number}.0"
    if lossy:
        version, text = f"1.{number}.1", text.replace('"LOC"', '"PLACE"')
        history += f'\n[[history]]\nversion = "{version}"\ndate = "2026-12-02"\nchange = "A slip."\n'
    return Scheme.from_toml(text.replace('version = "1.0.0"', f'version = "{version}"', 1) + history)


def names_of(label: str, number: int) -> list[str]:
    """Return every name that a label of the first version ever had after so many steps, the present one last.

    >>> names_of("MISC", 3), names_of("LOC", 3)
    (['MISC', 'OTHER', 'REST'], ['LOC'])
    """
    names = [label]
    for step in STEPS[:number]:
        if names[-1] in step:
            names.append(step[names[-1]])
    return names


def first_name(name: str) -> str:
    """Return what the first version called a label."""
    return next((label for label in LABELS if name in names_of(label, len(STEPS))), name)
