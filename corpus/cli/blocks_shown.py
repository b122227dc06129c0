"""Blocks on a terminal: every block with its role, or every dropped one with all that is known of why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from corpus.cleaning.explaining import Explanation
from corpus.cli.rim import err, escape, out, visible
from corpus.model.counted import count
from corpus.model.document import Block, Document
from corpus.model.roles import Reason, Role
from corpus.model.shortened import on_one_line

__all__ = ["show_blocks", "show_reasons"]

_STYLES: dict[Role, str] = {
    Role.TITLE: "bold cyan",
    Role.HEADING: "bold",
    Role.DATELINE: "cyan",
    Role.CAPTION: "yellow",
    Role.CREDIT: "yellow",
    Role.BYLINE: "magenta",
    Role.TIMESTAMP: "magenta",
    Role.COPYRIGHT: "magenta",
    Role.BOILERPLATE: "red",
    Role.DUPLICATE: "red",
}
_WIDTH = 100
"""Characters of a dropped block, and of what was found in it, that are shown."""


def show_blocks(document: Document) -> None:
    """Draw each block on lines of its own: the role in the margin, then the text, then why it went."""
    for block in document.blocks:
        _draw(block, block.text, dimmed=not block.kept)
        if block.role is not Role.BODY:
            out.print(f"[dim]{'':>13}{escape(_why(block))}[/dim]")
    _count(document)


def show_reasons(document: Document, reasons: Sequence[Explanation]) -> None:
    """Draw each block that is not in the text, shortened, and below it why: rule, match, element, evidence."""
    for block, reason in zip(document.blocks, reasons, strict=True):
        if not block.kept:
            _draw(block, on_one_line(block.text, _WIDTH), dimmed=False)
            for line in reason_lines(block, reason):
                out.print(f"{'':>13}[dim]{escape(visible(line))}[/dim]")
    _count(document)


def reason_lines(block: Block, reason: Explanation) -> list[str]:
    """Return all that is known of a block's role, a line each."""
    lines = [f"{reason.reason} (line {block.line + 1}; {reason.rule}, {block.score:.2f})"]
    if reason.says:
        lines.append(f"rule: {reason.says}")
    if reason.found:
        lines.append(f"found: {on_one_line(reason.found, _WIDTH)!r}")
    if reason.element:
        names = f", named {on_one_line(reason.element.names, _WIDTH)}" if reason.element.names else ""
        lines.append(f"element: <{reason.element.tag}>, {reason.element.link_share:.0%} links{names}")
    if reason.probability is not None:
        told = "; ".join(f"{item.evidence} {item.logits:+.1f}" for item in reason.evidence)
        lines.append(f"model: {reason.probability:.2f} that it is the article's" + (f" ({told})" if told else ""))
    return lines


def _draw(block: Block, text: str, *, dimmed: bool) -> None:
    line = Text(f"{block.role.value:>11}  ", style="dim")
    line.append(visible(text, lines=True), style=_STYLES.get(block.role, "") + (" dim" if dimmed else ""))
    out.print(line)


def _count(document: Document) -> None:
    gone = sum(not block.kept for block in document.blocks)
    err.print(f"{count(len(document.blocks), 'block')}, {gone} not in the text")


def _why(block: Block) -> str:
    return f"{Reason(block.reason).sentence} ({block.rule}, {block.score:.2f})"
