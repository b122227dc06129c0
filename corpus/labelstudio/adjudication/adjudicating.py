"""The project "adjudicate" beside the one for annotation: what annotators dispute goes there, decisions come back.

It is the same sync with other material: a task for each document in which something is open, on it the proposal and
everybody's own set as predictions, and the adjudicators' own sets in a folder of their own,
``annotations/adjudication``, kept and versioned like any others. Between the pull and the push they are brought
into gold (:mod:`corpus.labelstudio.adjudication.settling`), so what was just decided is not asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from corpus.annotation.adjudication import adjudicate as adjudicated
from corpus.annotation.damage import refuse_damage
from corpus.annotation.decisions import Standing, same_question, votes_in, why_anew
from corpus.annotation.gold import proposed
from corpus.annotation.heads import ADJUDICATION
from corpus.annotation.lacking import in_scheme
from corpus.annotation.majority import majority_of
from corpus.annotation.store import read_folder
from corpus.clock import now
from corpus.errors import UsageError
from corpus.labelstudio.adjudication.disputes import disputes_shown, marked_rows
from corpus.labelstudio.adjudication.settling import Settled, settle
from corpus.labelstudio.format.regions import Row, result_of
from corpus.labelstudio.ledger.store import Key, Ledger
from corpus.labelstudio.project import find_project
from corpus.labelstudio.questions import asked_of, votes_of
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.sync import Material, Options, sync
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity
from corpus.progress import SILENT, Progress

__all__ = ["Adjudicating", "adjudicate", "project_name"]

_PROPOSAL = "proposal"
_GUIDE = """## Adjudication

The list above the text names what the annotators do not agree about; *disputed* marks it in the text, under the
number of the list. What is drawn is a proposal: correct it until it is right everywhere, also where nothing is
disputed, and submit it. What is proposed and wrong is deleted (`Backspace`). Everybody's own annotation is a tab
above the text.
"""


def project_name(name: str) -> str:
    """Return the name of the project in which the disputes of another one are settled."""
    return f"adjudicate {name}"


@dataclass(slots=True)
class Adjudicating:
    """What an adjudication did, or in a dry run would do."""

    sync: SyncReport
    settled: Settled
    asked: int
    """Documents in which something is open, and that have a task."""
    disputes: int
    decided: int
    """Documents that a person decided, and in which nothing is open."""

    def as_record(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        numbers = {"open_documents": self.asked, "open_disputes": self.disputes, "settled": self.decided}
        gold = {"gold": list(self.settled.gold), "second": list(self.settled.second)}
        return self.sync.as_record() | numbers | gold


def adjudicate(
    client: Client,
    material: Material,
    ledger: Ledger,
    options: Options = Options(),  # noqa: B008 - it is frozen
    progress: Progress = SILENT,
) -> Adjudicating:
    """Pull what adjudicators decided into gold, then ask what is open; running it again changes nothing.

    ``material`` is that of the project in which annotators work.

    Raises:
        UsageError: that project is on the server and this ledger never saw it.
        DataError: an annotation file is damaged.
        ServerError, SchemeError: as :func:`corpus.labelstudio.sync.sync` does.
    """
    main = find_project(client, material.name)
    if main is not None and not ledger.knows(main.mark):
        raise UsageError(f"This checkout has not seen the project {material.name!r} yet: corpus labelstudio sync.")
    questions = Disputes(material)
    guide = _GUIDE if material.guidelines is None else f"{_GUIDE}\n{material.guidelines}"
    second = replace(
        material,
        name=project_name(material.name),
        documents=questions,
        folder=material.folder / ADJUDICATION,
        preannotator=None,
        guidelines=guide,
        questions=questions,
    )
    if questions.has_any or find_project(client, second.name) is not None:
        report = sync(client, second, ledger, options, progress)
    else:
        report = SyncReport(dry_run=options.dry_run)  # no project for nothing
    report.add(questions.findings)
    opened = [standing for standing in questions.standings.values() if questions.opens(standing.doc_id)]
    decided = sum(s.is_decided and not s.open for s in questions.standings.values())
    disputes = sum(len(standing.open) for standing in opened)
    return Adjudicating(report, questions.settled, len(opened), disputes, decided)


@dataclass(slots=True)
class Disputes:
    """The questions of one adjudication, and the documents they are about."""

    material: Material
    """That of the project in which annotators work."""
    standings: dict[str, Standing] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)
    findings: list[Finding] = field(default_factory=list)
    sets: list[AnnotationSet] = field(default_factory=list)
    """Every version of the annotators and of gold, in today's names, without what the scheme lacks."""
    _lacking: tuple[Finding, ...] = ()
    _versions: dict[tuple[str, str, int], AnnotationSet] = field(default_factory=dict)
    _answered: dict[str, dict[str, int]] = field(default_factory=dict)
    """The documents with decisions or skipped tasks, and the revisions the one that counts was made on."""
    _before: dict[str, str] = field(default_factory=dict)
    """What the present tasks ask."""
    _unusable: set[str] = field(default_factory=set)
    """Documents whose annotations lie on another text than the dataset has."""

    def __post_init__(self) -> None:
        self.read()

    def read(self) -> None:
        """Read the annotation files, and how each document stands."""
        self.sets = []
        if self.material.folder.is_dir():
            stored = read_folder(self.material.folder)
            refuse_damage(stored.findings, "adjudicated")
            known = in_scheme(stored.sets, self.material.scheme)
            self.sets, self._lacking = list(known.sets), known.findings
        self.count()

    def count(self) -> None:
        """Find out how each document stands by the versions at hand."""
        found = adjudicated(self.sets, now())
        self.findings = [*self._lacking, *found.findings]
        self.standings = {standing.doc_id: standing for standing in found.standings}
        self._versions = {(item.doc_id, item.annotator, item.revision): item for item in self.sets}
        self._find_unusable()

    def _find_unusable(self) -> None:
        """Set aside what lies on another text: drawn on this one, it would be misplaced."""
        wanted = [name for name, standing in self.standings.items() if standing.open]
        documents = self.material.documents.some(wanted)
        self._unusable = set()
        for name in wanted:
            document = documents.get(name)
            if document is None:
                message = "It is disputed, and this dataset lacks it: it is asked about in no task."
            elif document.anchor_sha256 != self.standings[name].voters[0].anchor_sha256:
                message = "Its annotations lie on another text than this dataset's: corpus labelstudio sync first."
            else:
                continue
            self._unusable.add(name)
            self.findings.append(Finding("adjudication-waits", name, message, Severity.WARNING))

    def version(self, doc_id: str, annotator: str, revision: int) -> AnnotationSet | None:
        """Return a version of the annotators' sets or of gold, where it is there."""
        return self._versions.get((doc_id, annotator, revision))

    # -- as the questions of a sync ----------------------------------------------------------------------------

    @property
    def proposers(self) -> tuple[_Proposer, ...]:
        """Everybody's own sets; the proposal comes last, for the server shows the newest first."""
        voters = {item.annotator for s in self.standings.values() if s.open for item in s.voters}
        own = (_Proposer(self, who, partial(self._own, who)) for who in sorted(voters, reverse=True))
        return (*own, _Proposer(self, _PROPOSAL, self._merged))

    def _merged(self, standing: Standing, document: Document) -> list[Row]:
        """Return the merged set, with what is open marked."""
        shown, opened = proposed(standing)
        return marked_rows(shown, _items(opened), document.reading(), self.material.scheme)[0]

    def _own(self, annotator: str, standing: Standing, document: Document) -> list[Row]:
        """Return what one annotator drew."""
        own = next((item for item in standing.voters if item.annotator == annotator), None)
        return result_of(own, document.reading(), self.material.scheme) if own is not None else []

    def settle(self, work: Work) -> None:
        """Bring the decisions that were pulled into gold; what is open is known after it."""
        self._before = {task.doc_id: task.asked for task in work.ledger.tasks_in(work.mark, "current")}
        self.settled = settle(work, self)
        self._answered = self.settled.answered
        if self.settled.written:
            self.count()

    def opens(self, doc_id: str) -> bool:
        """Tell whether something is open in a document that can be shown."""
        standing = self.standings.get(doc_id)
        return standing is not None and bool(standing.open) and doc_id not in self._unusable

    @property
    def has_any(self) -> bool:
        """Whether something is open, before any decision is pulled."""
        return any(self.opens(name) for name in self.standings)

    def asks(self, doc_id: str) -> bool:
        """Tell whether there is to be a task."""
        return self.opens(doc_id) or doc_id in self._answered

    def asked(self, doc_id: str) -> str:
        """Return the question of a new task."""
        standing = self.standings.get(doc_id)
        votes = self._answered.get(doc_id) if not self.opens(doc_id) else None
        return asked_of(votes or (standing.votes if standing is not None else {}))

    def stands(self, doc_id: str, asked: str) -> bool:
        """Tell whether a task with that question need not be replaced."""
        return not self.opens(doc_id) or self._is_present(doc_id, votes_of(asked))

    def answers(self, own: AnnotationSet, asked: str) -> bool:
        """Tell whether a set answers that question."""
        votes, wanted = votes_in(own.origin.note), votes_of(asked)
        return votes == wanted or (self._is_present(own.doc_id, votes) and self._is_present(own.doc_id, wanted))

    def is_answer(self, own: AnnotationSet) -> bool:
        """Tell whether a set answers what is asked now."""
        return self._is_present(own.doc_id, votes_in(own.origin.note))

    def _is_present(self, doc_id: str, votes: dict[str, int]) -> bool:
        standing = self.standings.get(doc_id)
        if standing is None:
            return False
        return same_question(votes, standing, lambda who, number: self.version(doc_id, who, number))

    def data(self, document: Document) -> dict[str, Any]:
        """Return what a task's data hold beside the text: the question, and the list that is shown."""
        name = document.doc_id
        asked, standing = self.asked(name), self.standings.get(name)
        if standing is None:
            return {"asked": asked, "disputes": "<p>Nothing is open here.</p>"}
        shown, opened = self._shown(name)
        _, numbers = marked_rows(shown, _items(opened), document.reading(), self.material.scheme)
        before = self._before.get(name, "")
        why = why_anew(votes_of(before), standing) if before and opened else ""
        return {"asked": asked, "disputes": disputes_shown(standing, opened, numbers, document, why)}

    def _shown(self, doc_id: str) -> tuple[AnnotationSet, Sequence[Any]]:
        standing = self.standings[doc_id]
        return proposed(standing) if self.opens(doc_id) else (standing.now.proposal, ())

    def base(self, key: Key, asked: str, created_at: str | None) -> AnnotationSet | None:
        """Return the proposal that was shown with that question, as the adjudicator's own first version."""
        doc_id, who = key
        standing, votes = self.standings.get(doc_id), votes_of(asked)
        if standing is not None and standing.votes == votes:
            shown = proposed(standing)[0]
        else:
            sets = [self.version(doc_id, name, number) for name, number in sorted(votes.items())]
            there = [item for item in sets if item is not None]
            if not there or len(there) < len(sets) or len({item.anchor_sha256 for item in there}) > 1:
                return None
            shown = majority_of(there, None, None).proposal
        identity = {"annotation_id": f"{doc_id}.{who}", "revision": 1, "annotator": who, "created_at": created_at}
        origin = Origin(kind="adjudication", note="")
        return shown.model_copy(update={**identity, "origin": origin, "orphans": ()})

    # -- as the documents of a sync ------------------------------------------------------------------------------

    @property
    def digest(self) -> str:
        """What changes whenever a task made of the documents could change."""
        names = sorted({*(n for n in self.standings if self.opens(n)), *self._answered})
        parts = [self.material.documents.digest, *(f"{n}\0{self.asked(n)}\0{self.opens(n)}" for n in names)]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def __iter__(self) -> Iterator[Document]:
        """Yield every document that is to have a task."""
        wanted = {name for name in self.standings if self.opens(name)} | set(self._answered)
        if not wanted:
            return iter(())
        return (document for document in self.material.documents if document.doc_id in wanted)

    def some(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents of these ids that are there."""
        return self.material.documents.some(doc_ids)


def _items(opened: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(dispute.item for dispute in opened))


class _Proposer:
    """Proposes for the documents in which something is open."""

    def __init__(self, disputes: Disputes, version: str, drawn: Callable[[Standing, Document], list[Row]]) -> None:
        self.disputes, self.version, self.drawn = disputes, version, drawn

    def bodies(self, documents: Sequence[Document]) -> list[Row]:
        """Return what it draws on each; none of documents in which nothing is open."""
        return [
            {"model_version": self.version, "score": None, "result": self._rows(document)} for document in documents
        ]

    def _rows(self, document: Document) -> list[Row]:
        if not self.disputes.opens(document.doc_id):
            return []
        return self.drawn(self.disputes.standings[document.doc_id], document)
