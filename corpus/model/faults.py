"""What is wrong with data that have not the shape of a model, as part of a sentence."""

from __future__ import annotations

from pydantic import ValidationError

__all__ = ["first_fault"]


def first_fault(error: ValidationError) -> str:
    """Return the first fault, where and what: ``at claims.0.id: Field required`` (without a full stop)."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole"
    unknown = first["type"] == "extra_forbidden"
    told = "there is no such key" if unknown else first["msg"].removeprefix("Value error, ")
    return f"at {place}: {told}"
