"""One checkout at work with a server: its annotation folder, its ledger, its documents, and one project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from labelstudio_material import SCHEME

from corpus.annotation.heads import PREDICTIONS
from corpus.annotation.store import append, current, read_folder
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.project import project_of
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.status import Status, status
from corpus.labelstudio.sync import Material, Options, pull, push, sync
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.wire.listing import ServerTask, list_tasks
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.preannotation.protocol import Preannotator


class Desk:
    """One checkout: its annotation folder, its ledger, its documents, and one project."""

    def __init__(self, client: Client, folder: Path, *documents: Document) -> None:
        self.client, self.folder, self.documents = client, folder / "annotations", documents
        self.ledger_folder, self.name = folder / "ledger", f"desk {uuid4().hex[:8]}"
        self.preannotator: Preannotator | None = None
        self.scheme = SCHEME
        self.guidelines: str | None = None

    @property
    def material(self) -> Material:
        documents = ListedDocuments(self.documents)
        return Material(
            self.name,
            self.scheme,
            documents,
            self.folder,
            self.preannotator,
            self.guidelines,
            predictions=self.folder / PREDICTIONS,
        )

    def run(self, phase: Callable[..., SyncReport], **options: Any) -> SyncReport:
        with Ledger.open(self.ledger_folder) as ledger:
            return phase(self.client, self.material, ledger, Options(**options))

    @contextmanager
    def known(self) -> Iterator[tuple[Ledger, str]]:
        """Open the ledger, with the mark of the one project in it."""
        with Ledger.open(self.ledger_folder) as ledger:
            name = f"project {self.client.url} {self.name}"
            project = project_of(self.client.get(f"/api/projects/{ledger.fact('', name)}/"), self.name)
            assert project is not None
            yield ledger, project.mark

    def status(self) -> Status:
        with Ledger.open(self.ledger_folder) as ledger:
            return status(self.client, self.material, ledger)

    def push(self, **options: Any) -> SyncReport:
        return self.run(push, **options)

    def pull(self, **options: Any) -> SyncReport:
        return self.run(pull, **options)

    def sync(self, **options: Any) -> SyncReport:
        return self.run(sync, **options)

    def sets(self) -> dict[tuple[str, str], AnnotationSet]:
        return {(s.doc_id, s.annotator): s for s in current(read_folder(self.folder).sets)}

    def edit(self, key: tuple[str, str], **values: Any) -> AnnotationSet:
        """Make a newer version of a set, as somebody at this desk would."""
        old = self.sets()[key]
        new = old.model_copy(update={"revision": old.revision + 1, **values})
        append(self.folder, [new])
        return new

    def versions(self, key: tuple[str, str]) -> list[AnnotationSet]:
        return [s for s in read_folder(self.folder).sets if (s.doc_id, s.annotator) == key]

    def tasks(self, project: int) -> dict[str | None, Any]:
        return {task.doc_id: task for task in self.listed(project)}

    def listed(self, project: int) -> list[ServerTask]:
        listed = list_tasks(self.client, project, whole=True)
        return sorted(listed, key=lambda task: task.id)
