"""YAML of a dataset that may be a stranger's, without what lets a few lines stand for gigabytes."""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["parsed_yaml"]


class _Loader(yaml.SafeLoader):
    """Plain values alone, each written out where it stands."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias: lists of lists of aliases are small here, and endless once they are shown."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias (*name); write the value out")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def parsed_yaml(text: str) -> Any:
    """Return what YAML says.

    Raises:
        yaml.YAMLError: it is no YAML, has aliases, or asks for other things than plain values.
        ValueError: a number or a date in it is none.
        RecursionError: it is nested too deep.
    """
    return yaml.load(text, _Loader)  # noqa: S506 (a safe loader that takes less)
