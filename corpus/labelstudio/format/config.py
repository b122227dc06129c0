"""The annotation screen: a scheme as a Label Studio configuration, and its project instructions.

Regions use ``granularity="symbol"``: "word" snaps to letters and digits and would cut quotation marks and
per-cent signs off, but a direct claim includes its quotation marks.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from markdown_it import MarkdownIt

from corpus.errors import SchemeError
from corpus.model.drawn import ENTITY_TAG, FLAGS_TAG, SPAN_TAG, TEXT_TAG
from corpus.model.scheme import AttributeValue, ChoiceAttribute, EntityType, Scheme, SpanType

__all__ = [
    "DISPUTED",
    "instructions",
    "is_adjudicating",
    "label_config",
]

DISPUTED = "disputed"
"""The control, and its one label, that shows an adjudicator what is disputed."""
_DISPUTES = "disputes"
_TAKEN_KEYS = frozenset({"u", "enter", "escape", "backspace", "delete", "left", "right", "[", "]", ","})
"""Keys that Label Studio itself answers to while a text is annotated."""

_STYLE = """
.nc-bar { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 0 24px;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid #d9d9d9; margin-bottom: 8px; }
.nc-bar .lsf-labels { margin: 6px 0; }
.nc-page { display: flex; gap: 20px; align-items: flex-start; }
.nc-text { flex: 1 1 0; min-width: 0; max-width: 52em; }
.nc-text .lsf-richtext__container { padding-left: 56px; font-size: 16px; line-height: 1.9; }
.nc-text .lsf-richtext__line { min-width: 100%; unicode-bidi: plaintext; text-align: start; }
.nc-side { flex: 0 0 172px; position: sticky; top: 56px; font-size: 13px; }
.nc-side h4 { margin: 10px 0 2px !important; font-size: 13px; font-weight: 600;
  line-height: 1.4; overflow-wrap: anywhere; }
.nc-about h4 { font-weight: 400; color: #6b6b6b; }
.nc-side .lsf-choices { margin: 0; }
"""
"""Only looks. ``unicode-bidi: plaintext`` gives each paragraph the direction of its own first letter, which
is what ``dir="auto"`` means; Label Studio drops that attribute."""
_DISPUTES_STYLE = """.nc-hidden { display: none; }
.nc-disputes { max-height: 38vh; overflow: auto; font-size: 13px; line-height: 1.5; margin-bottom: 8px; }
.nc-disputes table { border-collapse: collapse; }
.nc-disputes th, .nc-disputes td { text-align: start; vertical-align: top; padding: 2px 14px 2px 0;
  border-bottom: 1px solid #e6e6e6; unicode-bidi: plaintext; }
"""


def label_config(scheme: Scheme, *, adjudicating: bool = False) -> str:
    """Return the Label Studio configuration (XML) of a scheme; the same scheme gives the same text.

    With ``adjudicating``, a list of disputes stands above the text, and regions can be marked as disputed.

    Raises:
        SchemeError: the scheme uses a name or key that the screen itself needs.
    """
    _check(scheme, adjudicating)
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Style").text = _STYLE + (_DISPUTES_STYLE if adjudicating else "")
    if adjudicating:
        _disputes(view)
    _bars(view, scheme)
    page = ElementTree.SubElement(view, "View", className="nc-page")
    text = ElementTree.SubElement(page, "View", className="nc-text")
    ElementTree.SubElement(text, "Text", _text_attributes())
    side = ElementTree.SubElement(page, "View", className="nc-side")
    about = ElementTree.SubElement(side, "View", className="nc-about")
    ElementTree.SubElement(about, "Header", value="$about", size="6")
    _claim_panel(side, scheme)
    _relations(view, scheme)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def is_adjudicating(config: str) -> bool:
    """Tell whether a screen is one for adjudication."""
    return f'value="${_DISPUTES}"' in config


def instructions(scheme: Scheme, guidelines: str | None = None) -> str:
    """Return the project's instructions as HTML: the guidelines (Markdown), or the scheme's labels and keys.

    HTML in the guidelines is shown as text, never passed on.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return str(reader.render(guidelines if guidelines is not None else _scheme_guide(scheme)))


def _scheme_guide(scheme: Scheme) -> str:
    lines = [f"## {scheme.title}", "", "| key | label | meaning |", "|---|---|---|"]
    lines += [f"| {e.hotkey} | {e.label} | {e.meaning} (“{e.example}”) |" for e in scheme.entities]
    lines += [f"| {s.hotkey} | {s.label} | {s.meaning} |" for s in scheme.spans]
    for attribute in scheme.attributes:
        lines += [f"| {v.hotkey} | {attribute.name}: {v.name} | {v.meaning} |" for v in attribute.values]
    lines += [f"| {flag.hotkey} | {flag.name} | {flag.meaning} |" for flag in scheme.flags]
    lines += [f"| | {r.name}: {r.from_} → {r.to} | {r.meaning} |" for r in scheme.relations]
    return "\n".join(lines) + "\n"


def _check(scheme: Scheme, adjudicating: bool) -> None:
    taken_names = {ENTITY_TAG, SPAN_TAG, FLAGS_TAG, TEXT_TAG} | ({DISPUTED, _DISPUTES} if adjudicating else set())
    for attribute in scheme.attributes:
        if attribute.name in taken_names:
            raise SchemeError(
                f"The attribute {attribute.name!r} of scheme {scheme.name!r} bears a name that the annotation "
                f"screen uses itself ({', '.join(sorted(taken_names))}): rename it."
            )
    keyed: list[tuple[str, str]] = [(e.label, e.hotkey) for e in scheme.entities]
    keyed += [(s.label, s.hotkey) for s in scheme.spans]
    keyed += [(value.name, value.hotkey) for a in scheme.attributes for value in a.values]
    keyed += [(flag.name, flag.hotkey) for flag in scheme.flags]
    for name, key in keyed:
        if key.lower() in _TAKEN_KEYS:
            raise SchemeError(
                f"The hotkey {key!r} of {name!r} in scheme {scheme.name!r} is one that Label Studio uses "
                "itself: choose another."
            )


def _disputes(view: ElementTree.Element) -> None:
    """Add the list, and a label that nobody can choose: only what is proposed has it."""
    panel = ElementTree.SubElement(view, "View", className="nc-disputes")
    ElementTree.SubElement(panel, "HyperText", name=_DISPUTES, value=f"${_DISPUTES}", inline="true")
    hidden = ElementTree.SubElement(view, "View", className="nc-hidden")
    labels = ElementTree.SubElement(hidden, "Labels", name=DISPUTED, toName=TEXT_TAG)
    ElementTree.SubElement(labels, "Label", value=DISPUTED, background="#ff0000")


def _bars(view: ElementTree.Element, scheme: Scheme) -> None:
    bar = ElementTree.SubElement(view, "View", className="nc-bar")
    parts: tuple[tuple[str, tuple[EntityType | SpanType, ...]], ...] = (
        (ENTITY_TAG, scheme.entities),
        (SPAN_TAG, scheme.spans),
    )
    for name, labels in parts:
        element = ElementTree.SubElement(bar, "Labels", name=name, toName=TEXT_TAG)
        for label in labels:
            ElementTree.SubElement(
                element,
                "Label",
                value=label.label,
                background=label.colour,
                hotkey=label.hotkey,
                hint=label.meaning,
            )


def _text_attributes() -> dict[str, str]:
    return {
        "name": TEXT_TAG,
        "value": "$text",
        "granularity": "symbol",
        "showLabels": "true",
        "selectionEnabled": "true",
    }


def _claim_panel(side: ElementTree.Element, scheme: Scheme) -> None:
    claim = scheme.label_of_layer("claims")
    if claim is None:
        return
    for attribute in scheme.attributes:
        _attribute(side, attribute, claim)
    if scheme.flags:
        panel = _panel(side, claim)
        ElementTree.SubElement(panel, "Header", value="And it is …", size="6")
        choices = ElementTree.SubElement(panel, "Choices", _choices(FLAGS_TAG, "multiple", claim))
        for flag in scheme.flags:
            _choice(choices, flag.name, flag.hotkey, flag.meaning)


def _attribute(side: ElementTree.Element, attribute: ChoiceAttribute, claim: str) -> None:
    panel = _panel(side, claim)
    ElementTree.SubElement(panel, "Header", value=attribute.title, size="6")
    choices = ElementTree.SubElement(panel, "Choices", _choices(attribute.name, "single-radio", claim))
    value: AttributeValue
    for value in attribute.values:
        _choice(choices, value.name, value.hotkey, value.meaning)


def _panel(side: ElementTree.Element, claim: str) -> ElementTree.Element:
    shown = {"visibleWhen": "region-selected", "whenTagName": SPAN_TAG, "whenLabelValue": claim}
    return ElementTree.SubElement(side, "View", shown)


def _choices(name: str, choice: str, claim: str) -> dict[str, str]:
    return {
        "name": name,
        "toName": TEXT_TAG,
        "perRegion": "true",
        "choice": choice,
        "visibleWhen": "region-selected",
        "whenTagName": SPAN_TAG,
        "whenLabelValue": claim,
    }


def _choice(parent: ElementTree.Element, name: str, key: str, meaning: str) -> None:
    ElementTree.SubElement(parent, "Choice", value=name, hotkey=key, hint=meaning)


def _relations(view: ElementTree.Element, scheme: Scheme) -> None:
    if scheme.relations:
        relations = ElementTree.SubElement(view, "Relations")
        for relation in scheme.relations:
            ElementTree.SubElement(relations, "Relation", value=relation.name)
