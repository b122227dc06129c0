"""A pre-annotator from its spec string."""

from __future__ import annotations

from corpus.errors import UsageError
from corpus.preannotation.protocol import Preannotator
from corpus.preannotation.quotes import QuotationRules

__all__ = ["PREANNOTATORS", "preannotator"]

PREANNOTATORS: dict[str, str] = {
    "rules": "quotations with source and cue, plain reported speech, and names, by rules that are data",
}
"""The spec strings that exist, with what each proposes."""


def preannotator(spec: str) -> Preannotator:
    """Return the pre-annotator that a spec string names.

    Raises:
        UsageError: there is none of that name.
    """
    name, _, argument = spec.partition(":")
    if name == "rules" and not argument:
        return QuotationRules()
    if name == "rules":
        raise UsageError(f"The pre-annotator 'rules' takes no argument, got {spec!r}; say 'rules'.")
    known = ", ".join(repr(key) for key in sorted(PREANNOTATORS))
    raise UsageError(f"There is no pre-annotator {spec!r}; there is {known}.")
