"""The project's annotation screen: brought up to the scheme where nothing that was drawn loses its label."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from corpus.labelstudio.config import instructions, label_config
from corpus.labelstudio.work import Work
from corpus.model.finding import Severity

__all__ = ["renew_screen"]


def renew_screen(work: Work) -> None:
    """Bring a project's instructions and screen up to this side's."""
    project, config = work.project, label_config(work.scheme)
    guide = instructions(work.scheme, work.material.guidelines)
    path = f"/api/projects/{project.id}/"
    if project.instruction != guide:
        work.send("project-guide", "PATCH", path, {"expert_instruction": guide}, repeatable=True)
    if not _same(project.config, config):
        lost = sorted(_choosable(project.config) - _choosable(config))
        if lost:
            message = (
                "The project's screen differs from the scheme and was left alone, since the scheme lacks "
                f"{', '.join(lost)[:200]}; rename or remove what is drawn with it first, or push to another "
                "--project."
            )
            work.report.note("config-differs", "screen", message, Severity.ERROR)
            return
        work.send("project-screen", "PATCH", path, {"label_config": config}, repeatable=True)
        message = "The project's screen was brought up to the scheme, which has more than it had."
        work.report.note("config-updated", "screen", message, Severity.NOTE)
    if work.ledger.fact(work.mark, "scheme_version") != work.scheme.version:
        with work.ledger.transaction("scheme-noted"):
            work.ledger.set_fact(work.mark, "scheme_version", work.scheme.version)


def _same(first: str, second: str) -> bool:
    """Tell whether two configurations are one, whatever their white space and order of attributes."""
    try:
        texts = [ElementTree.canonicalize(config, strip_text=True) for config in (first, second)]
    except ElementTree.ParseError:
        return False
    return texts[0] == texts[1]


def _choosable(config: str) -> set[str]:
    """Return everything an annotator could have used: labels, choices and relations with their control."""
    try:
        root = ElementTree.fromstring(config)  # noqa: S314 - Label Studio has parsed it; entities are not expanded
    except ElementTree.ParseError:
        return {"a readable configuration"}
    found = set()
    for parent in root.iter():
        for child in parent:
            if child.tag in ("Label", "Choice", "Relation"):
                found.add(f"{parent.get('name') or parent.tag}/{child.get('value') or child.get('alias')}")
    return found
