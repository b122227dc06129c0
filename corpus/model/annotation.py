"""What one annotator says of one document: entities, sources, claims, on the anchor text.

One record is one *version* of one annotator's set for one document, and one line of JSON Lines. Files are
append-only histories: the current state of a (doc_id, annotator) is its line with the highest ``revision``.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.model.span import Span

__all__ = [
    "GOLD",
    "PSEUDONYM",
    "AnchoredSpan",
    "AnnotationSet",
    "Claim",
    "Cue",
    "Entity",
    "LinkedEntity",
    "Origin",
    "Orphan",
    "Source",
    "State",
]

GOLD = "gold"
"""The annotator whose word is the last: whose sets are the adjudicated ones."""
PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""What an annotator may be called."""
CONTEXT = 32
"""How many code points ``prefix`` and ``suffix`` hold at most."""

State = Literal["submitted", "draft", "skipped", "deleted"]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnchoredSpan(_Record):
    """A piece of anchor text with what is needed to find it again (W3C text quote selector)."""

    start: Offset
    end: Offset
    exact: str
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def of(cls, anchor: str, span: Span) -> AnchoredSpan:
        """Anchor a span of ``anchor`` with its words and up to 32 code points of context."""
        return cls(
            start=span.start,
            end=span.end,
            exact=span.slice(anchor),
            prefix=anchor[max(0, span.start - CONTEXT) : span.start],
            suffix=anchor[span.end : span.end + CONTEXT],
        )

    @property
    def span(self) -> Span:
        """The offsets alone."""
        return Span(self.start, self.end)

    @model_validator(mode="after")
    def _has_length(self) -> AnchoredSpan:
        if self.end - self.start != len(self.exact) or not self.exact:
            raise ValueError(
                f"[{self.start}, {self.end}) must be as long as its text of {len(self.exact)} characters (Unicode "
                "code points, the end exclusive), and not empty"
            )
        return self


class _Mention(_Record):
    id: str = Field(min_length=1)
    spans: tuple[AnchoredSpan, ...] = Field(min_length=1)
    """Pieces in reading order; more than one where a block boundary or an interruption breaks the span."""
    score: float | None = None
    """How sure, 0 to 1, where a machine said it."""
    note: str | None = None


class Entity(_Mention):
    """A mention of an entity."""

    label: str
    entity_id: str | None = None


class Source(_Mention):
    """A mention of whose claim it is."""

    entity_ids: tuple[str, ...] = ()


class Cue(_Mention):
    """The words or the sign that attribute a claim."""


class Claim(_Mention):
    """A claim; its attributes and flags are the scheme's."""

    attributes: dict[str, str] = Field(default_factory=dict)
    flags: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    outer_source_ids: tuple[str, ...] = ()
    entity_ids: tuple[str, ...] = ()
    """Whose claim it is, as entities (where no source is drawn, too)."""
    cue_ids: tuple[str, ...] = ()
    group_id: str | None = None
    """The same claim in several articles."""


class LinkedEntity(_Record):
    """An entity (not a mention) with its identifier in Wikidata."""

    entity_id: str
    qid: str | None = Field(default=None, pattern=r"^Q[1-9]\d*$")


class Orphan(_Record):
    """An item that could not be placed, kept as it came, with the reason."""

    reason: str
    item: dict[str, object]


class Origin(_Record):
    """Where a version came from, honestly: the tool or person, and what a reader must know."""

    kind: Literal["import", "labelstudio", "adjudication", "model"]
    note: str = ""


class AnnotationSet(_Record):
    """One version of what one annotator says of one document."""

    annotation_id: str = Field(min_length=1)
    """Stable over versions, unique over all files."""
    revision: int = Field(ge=1)
    state: State
    doc_id: str = Field(min_length=1)
    annotator: str = Field(pattern=rf"^{PSEUDONYM.pattern}$")
    """A pseudonym, never an e-mail address."""
    anchor_sha256: Hash
    """The anchor text that every offset points into."""
    scheme: str
    scheme_version: str
    guideline_version: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    """UTC, ISO 8601; None where nobody wrote it down."""
    lead_time: float | None = None
    """Seconds of work, where the tool measured it."""
    origin: Origin
    entities: tuple[Entity, ...] = ()
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    cues: tuple[Cue, ...] = ()
    linked_entities: tuple[LinkedEntity, ...] = ()
    orphans: tuple[Orphan, ...] = ()

    @model_validator(mode="after")
    def _references_hold(self) -> AnnotationSet:
        ids = [item.id for item in (*self.entities, *self.sources, *self.claims, *self.cues)]
        twice = sorted(i for i, count in Counter(ids).items() if count > 1)
        if twice:
            raise ValueError(f"the id {twice[0]!r} stands twice in the set")
        sources, cues = {s.id for s in self.sources}, {c.id for c in self.cues}
        for claim in self.claims:
            for name, wanted, there in (
                ("source", (*claim.source_ids, *claim.outer_source_ids), sources),
                ("cue", claim.cue_ids, cues),
            ):
                missing = [i for i in wanted if i not in there]
                if missing:
                    raise ValueError(f"claim {claim.id!r} names the {name} {missing[0]!r}, which the set lacks")
        return self
