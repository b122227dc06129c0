"""One checkout at work with a server: its annotation folder, its ledger, its documents, and one project."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from labelstudio_material import SCHEME

from corpus.annotation.store import current, read_folder
from corpus.labelstudio.client import Client
from corpus.labelstudio.ledger import Ledger
from corpus.labelstudio.listing import list_tasks
from corpus.labelstudio.pull import PullReport, pull
from corpus.labelstudio.push import Material, PushReport, push
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document


class Desk:
    """One checkout: its annotation folder, its ledger, its documents, and one project."""

    def __init__(self, client: Client, folder: Path, *documents: Document) -> None:
        self.client, self.folder, self.documents = client, folder / "annotations", documents
        self.ledger_folder, self.name = folder / "ledger", f"desk {uuid4().hex[:8]}"
        self.predictions: list[Any] = []

    def push(self) -> PushReport:
        sets = current(read_folder(self.folder).sets) if self.folder.is_dir() else []
        material = Material(self.name, SCHEME, self.documents, sets, self.predictions)
        return push(self.client, material, Ledger.open(self.ledger_folder))

    def pull(self) -> PullReport:
        documents = {document.doc_id: document for document in self.documents}
        return pull(self.client, self.name, documents, SCHEME, self.folder, Ledger.open(self.ledger_folder))

    def sets(self) -> dict[tuple[str, str], AnnotationSet]:
        return {(s.doc_id, s.annotator): s for s in current(read_folder(self.folder).sets)}

    def tasks(self, project: int) -> dict[str | None, Any]:
        return {task.doc_id: task for task in list_tasks(self.client, project, whole=True)}
