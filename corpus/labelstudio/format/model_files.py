"""What models propose: files beside the annotators', sent as predictions and never taken for annotations.

``annotations/predictions/NAME.jsonl`` holds what the model NAME says, in lines as an annotator's file has. Of what
it leaves open (a document; entities or claims altogether) the rules' proposals go along, for Label Studio offers
annotators one prediction a task.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from corpus.annotation.anchoring import reanchor_set
from corpus.annotation.heads import annotation_files
from corpus.annotation.history import History
from corpus.annotation.lacking import without_lacking
from corpus.annotation.renaming import in_todays_names
from corpus.files import sha256_file
from corpus.labelstudio.format.regions import Row, items_of, result_of
from corpus.model.annotation import PSEUDONYM, AnnotationSet
from corpus.model.counted import count
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.preannotation.protocol import Preannotator, Prediction

__all__ = ["ModelFile", "ModelFiles"]

_DIGITS = 12


@dataclass
class ModelFiles:
    """The files of models in a folder, which need not be there; they are read when something is to be sent."""

    folder: Path
    scheme: Scheme
    rules: Preannotator
    misnamed: list[Finding] = field(default_factory=list)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many items were not proposed, by model and reason."""

    @cached_property
    def proposers(self) -> tuple[ModelFile, ...]:
        """What sends each of them, by the models' names."""
        return tuple(ModelFile(self, path) for path in annotation_files(self.folder) if self._is_named(path))

    @cached_property
    def history(self) -> History:
        """All versions that stand there, in today's names."""
        return History.open(self.folder, kept=False, view=lambda item: in_todays_names(item, self.scheme))

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the files, and what of them was not proposed."""
        yield from self.misnamed
        if "history" in self.__dict__:
            yield from self.history.findings
        for (name, why), number in sorted(self.left_out.items()):
            message = f"Not proposed: {count(number, 'item')} {why}."
            yield Finding("not-proposed", f"{self.folder.name}/{name}", message, Severity.NOTE)

    def _is_named(self, path: Path) -> bool:
        """Tell whether the file's name can stand for a model; it is a finding if not."""
        if path.stem == self.rules.name:
            told = "the rules' own predictions are called so"
        elif not PSEUDONYM.fullmatch(path.stem):
            told = "a model's name is of a-z, 0-9, '.', '_' and '-'"
        else:
            return True
        message = f"It is not sent, for {told}; rename the file, and the annotator in its lines."
        self.misnamed.append(Finding("prediction-file-name", f"{self.folder.name}/{path.name}", message))
        return False


@dataclass
class ModelFile:
    """What the file of one model proposes, and the rules where it is silent."""

    files: ModelFiles
    path: Path

    @cached_property
    def version(self) -> str:
        """The model's name, and a hash of all that its predictions depend on."""
        parts = f"{sha256_file(self.path)} {self.files.rules.version}"
        return f"{self.path.stem} {hashlib.sha256(parts.encode()).hexdigest()[:_DIGITS]}"

    def bodies(self, documents: Sequence[Document]) -> list[Row]:
        """Return one prediction a document, in their order."""
        said = [self._set_of(document) for document in documents]
        partly = any(self._silent)
        open_ = [doc for doc, own in zip(documents, said, strict=True) if own is None or partly]
        ruled = {prediction.doc_id: prediction for prediction in self.files.rules.annotate(open_)}
        return [self._body(doc, own, ruled.get(doc.doc_id)) for doc, own in zip(documents, said, strict=True)]

    def _body(self, document: Document, own: AnnotationSet | None, ruled: Prediction | None) -> Row:
        reading, scheme = document.reading(), self.files.scheme
        rows = [] if own is None else result_of(own, reading, scheme)
        scores = [] if own is None else [item.score for item in items_of(own) if item.score is not None]
        if ruled is not None:
            rest = ruled if own is None else self._rest(ruled)
            rows += _marked(result_of(rest, reading, scheme), f"{self.files.rules.name}-")
        return {
            "model_version": self.version,
            "score": round(sum(scores) / len(scores), 4) if scores else None,
            "result": rows,
        }

    def _rest(self, ruled: Prediction) -> Prediction:
        """Return what rules propose where the file is silent."""
        entities, statements = self._silent
        if not entities:
            return replace(ruled, entities=())
        return ruled if statements else replace(ruled, sources=(), claims=(), cues=())

    def _set_of(self, document: Document) -> AnnotationSet | None:
        """Return what the model says of a document, on its present text; None where it says nothing of it."""
        said = self._newest(document.doc_id)
        if said is None:
            return None
        if said.scheme != self.files.scheme.name:
            self._leave_out(_size(said), f"of the scheme {said.scheme!r}")
            return None
        known = without_lacking(said, self.files.scheme)
        self._leave_out(_size(said) - _size(known), "with labels that the scheme lacks")
        if known.anchor_sha256 == document.anchor_sha256:
            return known
        moved = reanchor_set(known, known.anchor_sha256, document.raw_text)
        self._leave_out(len(moved.orphans) - len(known.orphans), "whose words are no longer in the text")
        return moved

    def _newest(self, doc_id: str) -> AnnotationSet | None:
        """Return the newest version that can be read: a proposal does no harm where a newer one is damaged."""
        said = next(iter(self.files.history.newest_first((doc_id, self.path.stem))), None)
        return said if said is not None and said.state == "submitted" else None

    @cached_property
    def _silent(self) -> tuple[bool, bool]:
        """Whether the file says nothing at all of entities, and nothing of claims, their sources and cues."""
        keys = [doc_id for doc_id, name in self.files.history.all_keys() if name == self.path.stem]
        said = [own for doc_id in keys if (own := self._newest(doc_id)) is not None]
        return (
            not any(own.entities for own in said),
            not any(own.claims or own.sources or own.cues for own in said),
        )

    def _leave_out(self, number: int, why: str) -> None:
        if number:
            self.files.left_out[self.path.name, why] += number


def _size(said: AnnotationSet) -> int:
    return sum(1 for _ in items_of(said))


def _marked(rows: Sequence[Row], mark: str) -> list[Row]:
    """Return rows whose ids begin with a mark, so that no two of one prediction are the same."""
    named = ("id", "from_id", "to_id")
    return [{**row, **{name: f"{mark}{row[name]}" for name in named if name in row}} for row in rows]
