"""Documents of the neutral form, drawn by hypothesis: hard texts, and spans that overlap, nest and break."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.model.span import Span

HARD = "a Bé\n\t 😀e\u0301\u202eא\u2028\x0b\x85\ufeff\u00a0.\"'<&\\"
"""Signs that formats stumble over: astral and combining ones, right-to-left marks, line ends of all kinds."""
ENTITIES = ("PER", "ORG", "GPE", "LOC", "EVENT", "MISC")


def texts(signs: str = HARD, longest: int = 40) -> st.SearchStrategy[str]:
    """Draw texts of such signs that are not empty."""
    return st.text(signs, min_size=1, max_size=longest)


@st.composite
def pieces(draw: st.DrawFn, length: int, most: int = 3) -> tuple[Span, ...]:
    """Draw the pieces of one span of a text: in order, none empty; they may touch."""
    ends = draw(st.lists(st.integers(0, length), min_size=2, max_size=2 * most, unique=True).map(sorted))
    return tuple(Span(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False))


@st.composite
def standoffs(
    draw: st.DrawFn,
    signs: str = HARD,
    *,
    most_pieces: int = 3,
    notes: str = "aé \"'",
    annotators: Sequence[str | None] = (None,),
) -> Standoff:
    """Draw a document as the exporter hands it to a writer."""
    text = draw(texts(signs))
    spans = []
    for number in range(draw(st.integers(0, 5))):
        label = draw(st.sampled_from((*ENTITIES, "CLAIM", "SOURCE", "CUE")))
        most = most_pieces if label == "CLAIM" else 1
        note = draw(st.none() | st.text(notes, min_size=1, max_size=9).map(str.strip).filter(bool))
        kb_id = draw(st.none() | st.integers(1, 9).map("Q{}".format)) if label in ENTITIES else None
        where = draw(pieces(len(text), most))
        spans.append(StandoffSpan(f"T{number + 1}", label, where, draw(attributes(label)), kb_id, note))
    return Standoff("tide", text, tuple(spans), draw(relations(spans)), draw(st.sampled_from(annotators)))


@st.composite
def attributes(draw: st.DrawFn, label: str) -> dict[str, tuple[str, ...]]:
    """Draw the attributes of a span of that label."""
    if label in ENTITIES:
        return draw(st.fixed_dictionaries({}, optional={"entity_id": st.sampled_from((("e1",), ("e2",)))}))
    if label != "CLAIM":
        return {}
    choices = {"speech": ("direct", "mixed"), "kind": ("fact", "plan"), "check": ("no", "worth")}
    values = {name: st.sampled_from(held).map(lambda value: (value,)) for name, held in choices.items()}
    flags: dict[str, st.SearchStrategy[tuple[str, ...]]] = {"negated": st.just(()), "hedged": st.just(())}
    return draw(st.fixed_dictionaries({}, optional={**values, **flags}))


@st.composite
def relations(draw: st.DrawFn, spans: list[StandoffSpan]) -> tuple[StandoffRelation, ...]:
    """Draw relations from claims to sources and cues, none twice."""
    ends = {"said_by": "SOURCE", "outer_said_by": "SOURCE", "cued_by": "CUE"}
    every = [
        StandoffRelation(name, claim.id, other.id)
        for claim in spans
        if claim.label == "CLAIM"
        for name, label in ends.items()
        for other in spans
        if other.label == label
    ]
    return tuple(draw(st.lists(st.sampled_from(every), unique=True, max_size=4))) if every else ()
