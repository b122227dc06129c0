"""Whether an annotation set keeps to its scheme and to the text it points into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, pairwise

from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, Source
from corpus.model.document import sha256_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.shortened import told_value

__all__ = ["Item", "check_set", "items_of", "span_fault"]

Item = Entity | Source | Claim | Cue


def items_of(annotations: AnnotationSet) -> Iterator[tuple[str, Item]]:
    """Yield every item with the name of its layer."""
    for layer in ("entities", "sources", "claims", "cues"):
        for item in getattr(annotations, layer):
            yield layer, item


def check_set(
    annotations: AnnotationSet, scheme: Scheme, anchor: str | None, place: str | None = None
) -> list[Finding]:
    """Return what is wrong: scheme, labels, attributes, flags, references, and (with ``anchor``) spans.

    ``place`` names the set in the findings, "DOC_ID by ANNOTATOR" unless told. When the anchor text is
    not the one the set points into, that is the one finding on spans: see
    :mod:`corpus.annotation.anchoring` for the way out.
    """
    where = place or f"{annotations.doc_id} by {annotations.annotator}"
    faults = chain(
        _scheme_faults(annotations, scheme),
        _label_faults(annotations, scheme),
        _claim_faults(annotations.claims, scheme),
        _entity_faults(annotations),
        _score_faults(annotations),
        _anchor_faults(annotations, anchor),
    )
    return [Finding(code, where, message, severity) for code, message, severity in faults]


def span_fault(spans: tuple[AnchoredSpan, ...], anchor: str) -> str | None:
    """Return why the pieces do not fit the anchor text, or None where they do."""
    for piece in spans:
        if not piece.span.within(len(anchor)):
            return f"[{piece.start}, {piece.end}) lies outside its text of {len(anchor)} characters"
        if piece.span.slice(anchor) != piece.exact:
            return (
                f"[{piece.start}, {piece.end}) reads {told_value(piece.span.slice(anchor), 40)} in the text, "
                f"not {told_value(piece.exact, 40)}"
            )
    for before, after in pairwise(sorted(piece.span for piece in spans)):
        if before.overlaps(after):
            return f"its pieces [{before.start}, {before.end}) and [{after.start}, {after.end}) overlap"
    return None


_COUNTED: Mapping[str, Callable[[str, int, int], str]] = {
    "UTF-16 units are counted": lambda text, start, end: _decoded(text, "utf-16-le", 2 * start, 2 * end),
    "bytes of UTF-8 are counted": lambda text, start, end: _decoded(text, "utf-8", start, end),
    "a line break counts as two characters": lambda text, start, end: text.replace("\n", "\r\n")[start:end].replace(
        "\r\n", "\n"
    ),
}
"""What others count, with what stands in a text from one such place to another."""

_Fault = tuple[str, str, Severity]


def _decoded(text: str, codec: str, start: int, end: int) -> str:
    return text.encode(codec, "surrogatepass")[start:end].decode(codec, "replace")


def _error(code: str, message: str) -> _Fault:
    return code, message, Severity.ERROR


def _scheme_faults(annotations: AnnotationSet, scheme: Scheme) -> Iterator[_Fault]:
    if annotations.scheme != scheme.name:
        message = f"It follows the scheme {annotations.scheme!r}; this dataset's is {scheme.name!r}."
        yield _error("annotation-scheme", message)
    elif annotations.scheme_version != scheme.version:
        yield _version_fault(annotations.scheme_version, scheme)


def _version_fault(version: str, scheme: Scheme) -> _Fault:
    """Tell of another version; where the scheme's history names both, it is read in today's names, and no error."""
    told = f"It follows version {version} of the scheme; this dataset's is {scheme.version}"
    known = {version, scheme.version} <= {change.version for change in scheme.history}
    if known or version.split(".")[0] == scheme.version.split(".")[0]:
        return "annotation-scheme-version", f"{told}.", Severity.WARNING
    way_out = "give [[history]] in the scheme an entry for each version, which says what was renamed"
    return _error("annotation-scheme-version", f"{told}, and its history does not name both: {way_out}.")


def _label_faults(annotations: AnnotationSet, scheme: Scheme) -> Iterator[_Fault]:
    known = frozenset(scheme.entity_labels)
    for entity in annotations.entities:
        if entity.label not in known:
            yield _error(
                "annotation-label",
                f"The entity {entity.id!r} has the label {entity.label!r}; the scheme has "
                f"{', '.join(scheme.entity_labels)}.",
            )
    for layer in ("sources", "claims", "cues"):
        if getattr(annotations, layer) and scheme.label_of_layer(layer) is None:
            yield _error("annotation-label", f"It has {layer}, for which the scheme has no label.")


def _claim_faults(claims: Iterable[Claim], scheme: Scheme) -> Iterator[_Fault]:
    flags = frozenset(flag.name for flag in scheme.flags)
    for claim in claims:
        for name, value in claim.attributes.items():
            attribute = scheme.attribute(name)
            if attribute is None:
                message = f"The claim {claim.id!r} has the attribute {name!r}, which the scheme lacks."
                yield _error("annotation-attribute", message)
            elif value not in attribute.value_names:
                yield _error(
                    "annotation-attribute",
                    f"The claim {claim.id!r} has {name} = {value!r}; the scheme has "
                    f"{', '.join(attribute.value_names)}.",
                )
        for flag in claim.flags:
            if flag not in flags:
                message = f"The claim {claim.id!r} has the flag {flag!r}, which the scheme lacks."
                yield _error("annotation-flag", message)
        for name in ("flags", "source_ids", "outer_source_ids", "entity_ids", "cue_ids"):
            twice = _first_twice(getattr(claim, name))
            if twice is not None:
                message = f"The claim {claim.id!r} says {twice!r} twice in {name}."
                yield _error("annotation-reference", message)
        both = set(claim.source_ids) & set(claim.outer_source_ids)
        if both:
            message = f"The claim {claim.id!r} has {min(both)!r} as its source and as its outer source."
            yield _error("annotation-reference", message)


def _entity_faults(annotations: AnnotationSet) -> Iterator[_Fault]:
    twice = _first_twice([linked.entity_id for linked in annotations.linked_entities])
    if twice is not None:
        yield _error("annotation-entity", f"The entity {twice!r} stands twice in linked_entities.")
    known = {linked.entity_id for linked in annotations.linked_entities}
    known |= {entity.entity_id for entity in annotations.entities if entity.entity_id is not None}
    naming: tuple[Source | Claim, ...] = (*annotations.sources, *annotations.claims)
    for item in naming:
        unknown = [name for name in item.entity_ids if name not in known]
        if unknown:
            yield (
                "annotation-entity",
                f"{item.id!r} names the entity {unknown[0]!r}, which is neither mentioned nor linked.",
                Severity.WARNING,
            )


def _score_faults(annotations: AnnotationSet) -> Iterator[_Fault]:
    for _, item in items_of(annotations):
        if item.score is not None and not 0 <= item.score <= 1:
            yield _error("annotation-score", f"{item.id!r} has the score {item.score}; expected 0 to 1.")


def _anchor_faults(annotations: AnnotationSet, anchor: str | None) -> Iterator[_Fault]:
    if anchor is None:
        return
    if sha256_text(anchor) != annotations.anchor_sha256:
        yield _error(
            "annotation-anchor",
            f"It points into another version of the text ({annotations.anchor_sha256[:12]}…, here "
            f"{sha256_text(anchor)[:12]}…); re-anchor it.",
        )
        return
    for layer, item in items_of(annotations):
        fault = span_fault(item.spans, anchor)
        if fault is not None:
            way_out = next((hint for piece in item.spans if (hint := _way_out(piece, anchor)) is not None), "")
            yield _error("annotation-span", f"In {layer}, {item.id!r}: {fault}{way_out}.")


def _way_out(piece: AnchoredSpan, anchor: str) -> str | None:
    """Return how the offsets seem to have been counted, or where the words stand; None where they fit.

    Offsets are of code points. What counts otherwise agrees in a text's plain beginning and no more after it.
    """
    if piece.span.slice(anchor) == piece.exact:
        return None
    for unit, counted in _COUNTED.items():
        if counted(anchor, piece.start, piece.end) == piece.exact:
            return f"; it fits where {unit}: count Unicode code points of the text as decoded"
    places = (anchor.rfind(piece.exact, 0, piece.end), anchor.find(piece.exact, piece.start))
    nearest = min((at for at in places if at >= 0), key=lambda at: abs(at - piece.start), default=None)
    if nearest is None:
        return "; these words stand nowhere in the text"
    return f"; the nearest such words are [{nearest}, {nearest + len(piece.exact)})"


def _first_twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
