"""Annotation files and a Label Studio project, brought into step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.annotation.heads import PREDICTIONS
from corpus.api.datasets import ANNOTATIONS, BUILD, open_build
from corpus.api.places import Place, check_folder, optional_path, path_of
from corpus.labelstudio import sync as syncing
from corpus.labelstudio.connection import connection, ledger_folder, local_server
from corpus.labelstudio.documents import DatasetDocuments
from corpus.labelstudio.ledger.store import LEDGER, Ledger
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.work import Material, Options, Side
from corpus.model.arguments import checked
from corpus.preannotation.quotes import QuotationRules
from corpus.progress import SILENT, Progress
from corpus.readers.opening import named_text

__all__ = ["Connected", "connected", "material_of", "pull", "push", "sync"]

_HERE = Path()


@checked
def sync(
    build: Place = BUILD,
    *,
    annotations: Place = ANNOTATIONS,
    project: str | None = None,
    url: str | None = None,
    data: Place | None = None,
    predictions: bool = True,
    prefer: Side | None = None,
    leave_deleted_tasks: bool | None = None,
    retire_drafts: bool = False,
    take_over: bool = False,
    dry_run: bool = False,
    home: Place = _HERE,
    progress: Progress = SILENT,
) -> SyncReport:
    """Pull, then push: bring the annotation files and the project into step; ``corpus labelstudio sync``.

    Args:
        build: the built dataset whose documents are annotated.
        annotations: the folder of annotation files and ``guidelines.md``; a pull makes it where none is known yet.
        project: the project's name on the server; None: the dataset's.
        url: another server than the local one, its key in ``LABEL_STUDIO_API_KEY``; None: $LABEL_STUDIO_URL, else
            the local one.
        data: the local server's data; None: ``.corpus/label-studio`` in ``home``.
        predictions: send predictions as well: the rules', and those of the models whose files lie in
            ``predictions/`` of ``annotations``.
        prefer: which side counts where both changed, "local" or "server"; None: such a conflict is a finding.
        leave_deleted_tasks: True: leave out tasks that were deleted on the server, and remember it; False: put all
            of them back; None: as remembered, else put back.
        retire_drafts: replace outdated tasks and change annotations despite drafts.
        take_over: let this checkout's texts and screen count from now on.
        dry_run: change nothing; the report says what would be done.
        home: the project's folder, whose ``.corpus/`` remembers what was last seen on each side.
        progress: told what is going on.

    Returns:
        What was done on each side, with findings and conflicts.

    Raises:
        UsageError: there is no dataset, a key is missing, or the annotations' folder is not where it was.
        ServerError: the server cannot be reached or refuses; what was done stays, and the next run goes on from it.
        DataError: the dataset or the annotation files cannot be read.
        ExtraMissingError: the extra ``labelstudio`` is not installed.
    """
    material = material_of(build, project, annotations, predictions=predictions)
    options = Options(dry_run, prefer, leave_deleted_tasks, retire_drafts, take_over)
    return _run(syncing.sync, material, options, (home, data, url), progress)


@checked
def push(
    build: Place = BUILD,
    *,
    annotations: Place = ANNOTATIONS,
    project: str | None = None,
    url: str | None = None,
    data: Place | None = None,
    predictions: bool = True,
    retire_drafts: bool = False,
    take_over: bool = False,
    dry_run: bool = False,
    home: Place = _HERE,
    progress: Progress = SILENT,
) -> SyncReport:
    """Bring the project up to this side; what changed there is left for a pull.

    Arguments and errors are those of :func:`sync`.
    """
    material = material_of(build, project, annotations, predictions=predictions)
    options = Options(dry_run, retire_drafts=retire_drafts, take_over=take_over)
    return _run(syncing.push, material, options, (home, data, url), progress)


@checked
def pull(
    build: Place = BUILD,
    *,
    annotations: Place = ANNOTATIONS,
    project: str | None = None,
    url: str | None = None,
    data: Place | None = None,
    prefer: Side | None = None,
    leave_deleted_tasks: bool | None = None,
    dry_run: bool = False,
    home: Place = _HERE,
    progress: Progress = SILENT,
) -> SyncReport:
    """Write what annotators did to the annotation files; only what changed becomes a new version.

    Arguments and errors are those of :func:`sync`.
    """
    material = material_of(build, project, annotations, predictions=False)
    options = Options(dry_run, prefer, leave_deleted_tasks)
    return _run(syncing.pull, material, options, (home, data, url), progress)


_Phase = Callable[[Client, Material, Ledger, Options, Progress], SyncReport]
_Server = tuple[Place, Place | None, str | None]
"""The project's folder, that of the local server's data, and the address of another server."""


def _run(phase: _Phase, material: Material, options: Options, server: _Server, progress: Progress) -> SyncReport:
    home, data, url = server
    with connected(home, data, url, progress, only_looks=options.dry_run) as both:
        return phase(both.client, material, both.ledger, options, progress)


def material_of(build: Place, project: str | None, annotations: Place, *, predictions: bool) -> Material:
    """Return this side of a sync: the dataset, the annotation files, the guidelines, and what is proposed.

    Raises:
        UsageError: there is no dataset, the guidelines are not UTF-8, or the annotations can lie in no such folder.
        DataError: the dataset cannot be read.
    """
    dataset = open_build(path_of(build, "build"))
    folder = path_of(annotations, "annotations")
    if not folder.is_dir() and (folder.exists() or not folder.parent.is_dir()):
        check_folder(folder, "the folder of annotation files, or make it")
    guideline = folder / "guidelines.md"
    return Material(
        name=project or dataset.manifest.name,
        scheme=dataset.scheme,
        documents=DatasetDocuments(dataset),
        folder=folder,
        preannotator=QuotationRules() if predictions else None,
        predictions=folder / PREDICTIONS,
        guidelines=named_text(guideline) if guideline.is_file() else None,
    )


@dataclass(frozen=True, slots=True)
class Connected:
    """A server, and the ledger of what was last seen there and here."""

    client: Client
    ledger: Ledger


@contextmanager
def connected(
    home: Place, data: Place | None, url: str | None, progress: Progress = SILENT, *, only_looks: bool
) -> Iterator[Connected]:
    """Connect to the server and open the ledger of the project in ``home``, for one program at a time.

    Who ``only_looks`` leaves no ledger behind where there was none.

    Raises:
        UsageError: a server is named and no key.
        ServerError: none is named and the local one does not run, or it cannot be reached.
    """
    folder = path_of(home, "home").absolute()
    server = local_server(folder, optional_path(data, "data"))
    with connection(server, url) as client, _ledger(ledger_folder(folder), progress, only_looks) as ledger:
        yield Connected(client, ledger)


@contextmanager
def _ledger(folder: Path, progress: Progress, only_looks: bool) -> Iterator[Ledger]:
    if only_looks and not (folder / LEDGER).exists():
        with Ledger.looking(folder) as ledger:
            yield ledger
        return
    with Ledger.in_turn(folder, progress) as ledger:
        yield ledger
