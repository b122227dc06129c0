"""What every phase of a sync works with: both sides, the ledger, the options and the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from corpus.annotation.history import History
from corpus.annotation.renamed import Renames
from corpus.annotation.renaming import renamed_set
from corpus.errors import DataError
from corpus.labelstudio.documents import Documents
from corpus.labelstudio.format.config import label_config
from corpus.labelstudio.format.model_files import ModelFiles
from corpus.labelstudio.format.proposing import Preannotated, Proposer, Remembering
from corpus.labelstudio.format.shown import Name, note_shown, was_shown
from corpus.labelstudio.format.tasks import TaskText
from corpus.labelstudio.ledger.journal import durable
from corpus.labelstudio.ledger.store import KnownTask, Ledger
from corpus.labelstudio.project import Project
from corpus.labelstudio.questions import Questions, pseudonyms
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.wire.addresses import Addresses
from corpus.labelstudio.wire.client import Client, RefusedError
from corpus.labelstudio.wire.listing import drafted_tasks
from corpus.model.annotation import AnnotationSet
from corpus.model.characters import unkept
from corpus.model.document import Document, sha256_text
from corpus.model.finding import Severity
from corpus.model.scheme import Scheme
from corpus.preannotation.protocol import Preannotator
from corpus.progress import SILENT, Progress

__all__ = ["PROPOSED_AT_ONCE", "Material", "Options", "Side", "Work"]

PROPOSED_AT_ONCE = 250
"""For how many documents predictions are made at once, and kept for further proposers."""
Side = Literal["local", "server"]


@dataclass(frozen=True, slots=True)
class Material:
    """This side: the documents, the annotation folder, and what is to be proposed."""

    name: str
    """The project's name here; the server may rename it."""
    scheme: Scheme
    documents: Documents
    folder: Path
    """Where the annotation files lie; it need not be there yet."""
    preannotator: Preannotator | None = None
    guidelines: str | None = None
    questions: Questions | None = None
    """What is asked of an adjudicator, where that is what the project is for."""
    predictions: Path | None = None
    """Where models' files lie, which are sent as predictions where a pre-annotator proposes."""

    @property
    def home(self) -> Path:
        """The folder of the annotators' files, above that of adjudicators'."""
        return self.folder.parent if self.questions is not None else self.folder

    def pseudonyms(self) -> set[str]:
        """Return who has files here, as an annotator or as an adjudicator: newcomers need other names."""
        return pseudonyms(self.home)

    @property
    def config(self) -> str:
        """The project's screen."""
        return label_config(self.scheme, adjudicating=self.questions is not None)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user decided."""

    dry_run: bool = False
    """Say what would be done and change nothing on either side."""
    prefer: Side | None = None
    """Which side counts where both changed; None lists the conflicts and leaves both as they are."""
    leave_deleted_tasks: bool | None = None
    """True leaves tasks out that were deleted on the server (remembered), False puts all of them back."""
    retire_drafts: bool = False
    """Retire a task with an outdated text, or change an annotation, although somebody has a draft on it."""
    take_over: bool = False
    """Let this checkout decide about texts and screen although another one did last."""


@dataclass
class Work:
    """One run of a phase, or of all."""

    client: Client
    material: Material
    ledger: Ledger
    options: Options = field(default_factory=Options)
    progress: Progress = SILENT
    report: SyncReport = field(default_factory=SyncReport)
    project: Project = field(default_factory=lambda: Project(0, "", "", ""))
    reading_only: bool = False
    """Only look at the server's side (a push), and leave for a pull what has changed there."""
    blocked: set[tuple[str, str]] = field(default_factory=set)
    """Documents and annotators whose annotation changed on the server and was not pulled."""
    leads: bool = True
    """Whether this checkout decides about texts (no other one did since)."""

    incomplete: bool = False
    """Whether something here waits to be sent, so that the next run must look at all of it again."""

    all_annotations: bool = False
    """Whether the annotations are to be compared although their files are as they were."""

    went_back: bool = False
    """Whether the server was put back to an earlier state: what is missing there was not deleted by anybody."""

    replaced: set[str] = field(default_factory=set)
    """Documents whose present task a dry run would have replaced."""

    read_again: set[tuple[str, str]] = field(default_factory=set)
    """Documents and annotators with something unreadable, which the screen may have a name for by now."""

    _shown: dict[str | None, frozenset[Name]] = field(default_factory=dict)

    @cached_property
    def history(self) -> History:
        """The versions of the annotation folder, scanned when they are first asked for."""
        return History.open(self.material.folder, kept=not self.options.dry_run, view=self._today)

    def _today(self, item: AnnotationSet) -> AnnotationSet:
        return renamed_set(item, self.scheme)

    @cached_property
    def renames(self) -> Renames:
        """Which documents have other ids since they were annotated."""
        return Renames.read(self.material.home)

    @cached_property
    def model_files(self) -> ModelFiles | None:
        """What models propose; None where nothing is to be proposed but by rules."""
        folder, rules = self.material.predictions, self.rules
        return None if folder is None or rules is None else ModelFiles(folder, self.scheme, rules)

    @cached_property
    def rules(self) -> Preannotator | None:
        """What proposes besides models' files, and where those are silent."""
        maker = self.material.preannotator
        return None if maker is None else Remembering(maker, PROPOSED_AT_ONCE)

    @property
    def proposers(self) -> tuple[Proposer, ...]:
        """What makes the tasks' predictions; what the last one makes is shown first."""
        if self.material.questions is not None:
            return self.material.questions.proposers
        if self.rules is None:
            return ()
        models = () if self.model_files is None else self.model_files.proposers
        return (Preannotated(self.rules, self.scheme), *models)

    @property
    def has_read_history(self) -> bool:
        """Whether the annotation folder was scanned in this run."""
        return "history" in self.__dict__

    @property
    def mark(self) -> str:
        """The project's mark, under which the ledger keeps what it knows."""
        return self.project.mark

    @property
    def scheme(self) -> Scheme:
        """The scheme of this side."""
        return self.material.scheme

    @cached_property
    def users(self) -> dict[int, str]:
        """E-mail addresses by the server's user ids."""
        return self.client.users()

    @cached_property
    def addresses(self) -> Addresses:
        """The same, and those of people who were removed, or whom the key may not see."""
        return Addresses(self.client, self.users)

    @cached_property
    def me(self) -> int:
        """The user id of the key's owner."""
        return self.client.whoami()[0]

    @cached_property
    def drafted(self) -> set[int]:
        """The tasks on which anybody had a draft when they were first asked for."""
        return drafted_tasks(self.client, self.project.id)

    @cached_property
    def shown(self) -> str:
        """What the screen shows today, as the ledger keeps it with what is in step."""
        return note_shown(self.ledger, self.mark, self.scheme)

    def shown_at(self, digest: str | None) -> frozenset[Name]:
        """Return what the screen showed then (see :attr:`shown`); today where None, or nobody knows."""
        if digest not in self._shown:
            self._shown[digest] = was_shown(self.ledger, self.mark, digest, self.scheme)
        return self._shown[digest]

    def user_of(self, annotator: str) -> int:
        """Return the user an annotation is sent in the name of: its author, else the key's owner."""
        person = self.ledger.person_of(annotator)
        return next((number for number, email in self.users.items() if email.casefold() == person), self.me)

    def keep_text(self, data: object) -> None:
        """Keep a text that was shown; one that is not what its hash says is not kept."""
        try:
            text = TaskText.of_data(data)
        except DataError:
            return
        if isinstance(data, dict):
            self.ledger.keep_text(sha256_text(text.projection.text), data)

    def send(self, name: str, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Change something on the server, as one durable step; a dry run changes nothing and gets None.

        Raises:
            RefusedError: also where nothing was sent, for it holds what some servers fail at.
        """
        if self.options.dry_run:
            return None
        if unkept(body):
            raise RefusedError("it holds a NUL or a lone surrogate, which Label Studio cannot keep.", 400)
        with durable(name):
            return self.client.send(method, path, body, **options)

    @contextmanager
    def apart(self, place: str, what: str) -> Iterator[None]:
        """Name one thing that the server refuses for what it holds, or has no task for any more, and go on."""
        try:
            yield
        except RefusedError as refusal:
            if refusal.status not in (400, 404, 413):
                raise
            self.incomplete = True
            if refusal.status == 404:
                self.report.note("task-moved-on", place, f"It was deleted before {what} came: sync again.")
                return
            message = f"The server does not take {what}: {refusal}"
            self.report.note("content-refused", place, message, Severity.ERROR)

    def is_outdated(self, task: KnownTask, document: Document) -> bool:
        """Tell whether a document needs another task: for its text, or for what is asked about it."""
        if task.text_sha256 != sha256_text(document.reading().text):
            return True
        questions = self.material.questions
        return questions is not None and not questions.stands(task.doc_id, task.asked)
