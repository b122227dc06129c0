"""The pre-annotator "rules": quotations, their sources and cues, and names, by rules that are data.

It reads what annotators read (the document's ``reading`` projection) and points into the anchor text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.model.annotation import AnchoredSpan, Claim, Cue, Entity, Source
from corpus.model.document import Document
from corpus.model.projection import Projection
from corpus.model.roles import Role
from corpus.model.span import Span
from corpus.preannotation.lexicon import Rules, read_rules
from corpus.preannotation.names import find_names
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.speech import Speech, find_headline_speech, find_speech

__all__ = ["QuotationRules"]

_REVISION = 1
"""Counts the changes of the code; the rule data has its own hash in the version."""


@dataclass(frozen=True, slots=True)
class QuotationRules:
    """Direct, mixed and plainly reported speech with source and cue; names of six kinds.

    ``kind``, ``check`` and the flags are left to the annotator.
    """

    rules: Rules = field(default_factory=read_rules)

    @property
    def name(self) -> str:
        """The name to choose it by."""
        return "rules"

    @property
    def version(self) -> str:
        """The code's revision and a hash of the rule data."""
        return f"{_REVISION}+{self.rules.digest[:12]}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels it proposes."""
        labels = {*self.rules.names.tables, *self.rules.names.last.values(), "PER"}
        return (*sorted(labels), "CLAIM", "CUE", "SOURCE")

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        """Return one prediction a document, in their order."""
        return [self._predict(document) for document in documents]

    def _predict(self, document: Document) -> Prediction:
        reading = document.reading()
        language = self.rules.language(document.language)
        titles = _spans_of(document, reading, Role.TITLE)
        apart = [*titles, *_spans_of(document, reading, Role.DATELINE)]
        speech = find_speech(reading.text, language, self.rules, apart=apart)
        names = find_names(reading.text, self.rules, _sources(speech))
        persons = {name.span.slice(reading.text).split()[-1] for name in names if name.label == "PER"}
        for title in titles:
            speech = find_headline_speech(reading.text, language, self.rules, title, persons) + speech
        sources = _sources(speech)
        place = _Placer(document.raw_text, reading)
        entities = [
            Entity(id=f"e{n}", label=name.label, spans=place(name.span), score=self.rules.scores[name.rule])
            for n, name in enumerate(names, 1)
        ]
        claims, used, cues = self._claims(speech, sources, place)
        scores = [item.score for item in (*entities, *claims) if item.score is not None]
        return Prediction(
            doc_id=document.doc_id,
            anchor_sha256=document.anchor_sha256,
            model_version=f"{self.name} {self.version}",
            score=round(sum(scores) / len(scores), 4) if scores else 0.0,
            entities=tuple(entities),
            sources=tuple(used),
            claims=tuple(claims),
            cues=tuple(cues),
        )

    def _claims(
        self, speech: Sequence[Speech], sources: Sequence[Span], place: _Placer
    ) -> tuple[list[Claim], list[Source], list[Cue]]:
        cue_spans = sorted({item.cue for item in speech if item.cue is not None})
        source_ids = {span: f"s{n}" for n, span in enumerate(sources, 1)}
        cue_ids = {span: f"u{n}" for n, span in enumerate(cue_spans, 1)}
        claims = [
            Claim(
                id=f"c{n}",
                spans=place(*item.spans),
                attributes={"speech": item.speech},
                source_ids=(source_ids[item.source],) if item.source else (),
                outer_source_ids=(source_ids[item.outer],) if item.outer else (),
                cue_ids=(cue_ids[item.cue],) if item.cue else (),
                score=self.rules.scores[item.rule],
            )
            for n, item in enumerate(speech, 1)
        ]
        used = [Source(id=source_ids[span], spans=place(span)) for span in sources]
        return claims, used, [Cue(id=cue_ids[span], spans=place(span)) for span in cue_spans]


def _sources(speech: Sequence[Speech]) -> list[Span]:
    return sorted({span for item in speech for span in (item.source, item.outer) if span is not None})


def _spans_of(document: Document, reading: Projection, role: Role) -> list[Span]:
    """Return where the blocks of a role stand in the reading projection."""
    blocks = [Span(block.start, block.end) for block in document.blocks if block.role is role]
    return [found for block in blocks for found in reading.from_raw([block])]


@dataclass(frozen=True, slots=True)
class _Placer:
    """Turns spans of the reading projection into anchored pieces of the anchor text."""

    raw: str
    reading: Projection

    def __call__(self, *spans: Span) -> tuple[AnchoredSpan, ...]:
        return tuple(AnchoredSpan.of(self.raw, piece) for span in spans for piece in self.reading.to_raw(span))
