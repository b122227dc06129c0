"""A document as a page for people: what was received, marked with what became of each block, beside the text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from corpus.cleaning.explaining import Explanation
from corpus.cli.blocks_shown import reason_lines
from corpus.cli.rim import visible
from corpus.model.counted import count
from corpus.model.document import Block, Document
from corpus.model.roles import TEXT_ROLES, Role

__all__ = ["marked_page"]

_STYLE = """
:root { color-scheme: light; }
body { margin: 0; font: 15px/1.45 system-ui, "Noto Sans", sans-serif; color: #1d2126; background: #f4f5f7; }
main { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr); gap: 20px; padding: 20px; }
section { background: #fff; border: 1px solid #dfe2e7; border-radius: 8px; padding: 18px 22px; }
h1 { font-size: 13px; margin: 0 0 14px; color: #68707b; font-weight: 600; text-transform: uppercase;
     letter-spacing: .06em; }
h2 { font-size: 23px; line-height: 1.25; margin: 0 0 10px; }
h3 { font-size: 16px; margin: 18px 0 6px; }
.block { display: grid; grid-template-columns: 88px minmax(0, 1fr); gap: 12px; padding: 4px 0; }
.role { font-size: 12px; text-align: right; color: #68707b; padding-top: 2px; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.why { font-size: 12.5px; color: #8a5a55; }
.gone .text { color: #a3564d; text-decoration: line-through; text-decoration-color: #d9a19b; }
.field .text { background: #fff6d9; }
.field .why { color: #857231; }
.title .text { font-weight: 700; background: #e3f0ff; }
.title .why { color: #56708d; }
.heading .text { font-weight: 700; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; margin: 0 0 14px; font-size: 13.5px; }
dt { color: #68707b; }
dd { margin: 0 0 3px; white-space: pre-line; overflow-wrap: anywhere; }
p { margin: 0 0 10px; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
@media (max-width: 900px) { main { grid-template-columns: 1fr; } }
"""
_FIELDS = (Role.TITLE, Role.CAPTION, Role.CREDIT, Role.BYLINE, Role.TIMESTAMP, Role.COPYRIGHT)
"""Roles that leave the text for fields of their own."""


def marked_page(document: Document, reasons: Sequence[Explanation]) -> str:
    """Return an HTML page, complete in one file, without scripts; everything of the document is escaped."""
    blocks = "\n".join(_block(b, r) for b, r in zip(document.blocks, reasons, strict=True))
    gone = sum(not block.kept for block in document.blocks)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>{_shown(document.title or "Cleaned text")}</title>
<style>{_STYLE}</style></head><body><main>
<section><h1>As received: {count(len(document.blocks), "block")}, {gone} not in the text</h1>
{blocks}
</section>
<section><h1>Cleaned</h1>
{_cleaned(document)}
</section>
</main></body></html>
"""


def _block(block: Block, reason: Explanation) -> str:
    kind = "kept" if block.kept else "field" if block.role in _FIELDS else "gone"
    lines = [] if block.role is Role.BODY else reason_lines(block, reason)
    title = "\n".join(reason_lines(block, reason))
    why = f'<div class="why">{_shown(lines[0])}</div>' if lines and not block.kept else ""
    return (
        f'<div class="block {kind} {block.role.value}" title="{_shown(title)}"><div class="role">'
        f'{block.role.value}</div><div><div class="text">{_shown(block.text)}</div>{why}</div></div>'
    )


def _cleaned(document: Document) -> str:
    facts = {
        "authors": ", ".join(document.authors),
        "published": document.published,
        "publisher": document.publisher,
        "agency": document.agency,
        "dateline": document.dateline,
        "language": document.language,
        "captions": "\n".join(f"• {caption}" for caption in document.captions),
        "copyright": document.copyright,
    }
    rows = "".join(f"<dt>{name}</dt><dd>{_shown(value)}</dd>" for name, value in facts.items() if value)
    title = f"<h2>{_shown(document.title)}</h2>" if document.title else ""
    return f"{title}<dl>{rows}</dl>\n{''.join(_paragraphs(document))}"


def _paragraphs(document: Document) -> list[str]:
    """Return the text, a paragraph each, headings as such."""
    kept = [block for block in document.blocks if block.role in TEXT_ROLES]
    groups: list[list[Block]] = []
    for block in kept:
        if not groups or "\n" in block.join or block.role is Role.HEADING:
            groups.append([])
        groups[-1].append(block)
    made = []
    for group in groups:
        tag = "h3" if group[0].role is Role.HEADING else "p"
        text = "".join((block.join if at else "") + block.text for at, block in enumerate(group))
        made.append(f"<{tag}>{_shown(text)}</{tag}>\n")
    return made


def _shown(text: str) -> str:
    return escape(visible(text, lines=True))
