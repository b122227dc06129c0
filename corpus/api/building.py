"""Sources to a dataset, and to counts of the lines that a site's documents share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from corpus.api.places import Place, check_file, check_folder, listed_sources, optional_path, path_of
from corpus.errors import UsageError
from corpus.executors import cluster, processes
from corpus.executors.protocol import Executor
from corpus.model.arguments import checked
from corpus.model.manifest import IdsFrom
from corpus.pipeline import build as building
from corpus.pipeline.build import BuildOptions, BuildReport
from corpus.pipeline.grouping import SplitOptions, checked_bonds
from corpus.pipeline.knownlines import CountReport
from corpus.pipeline.knownlines import count_lines as counted
from corpus.pipeline.splits import ALL_TRAIN, checked_shares
from corpus.progress import SILENT, Progress
from corpus.readers.report import ReadOptions
from corpus.readers.shown import MediaType

__all__ = ["ExecutorName", "build", "count_lines"]

ExecutorName = Literal["processes", "ray"]

_LARGEST = ReadOptions().max_document_bytes


@checked
def build(
    sources: Place | Iterable[Place],
    out: Place,
    *,
    name: str | None = None,
    annotations: Place | None = None,
    scheme: Place | None = None,
    about: Place | None = None,
    text_field: str = "text",
    text_type: MediaType = "text/plain",
    id_field: str | None = None,
    ids: IdsFrom | None = None,
    takedowns: Place | None = None,
    mask_pii: bool = False,
    splits: Mapping[str, float] | None = None,
    split_by: Iterable[str] = ("duplicates", "stories"),
    previous: Place | None = None,
    max_document_bytes: int = _LARGEST,
    line_model: bool = True,
    known_lines: Place | None = None,
    workers: int = 1,
    executor: ExecutorName = "processes",
    ray_address: str | None = None,
    progress: Progress = SILENT,
) -> BuildReport:
    """Read, clean, describe and annotate sources and write a dataset that ``load_dataset`` opens: ``corpus build``.

    Args:
        sources: one or several files, archives, folders or addresses.
        out: the directory to write; an earlier build there is replaced, whole or not at all.
        name: the dataset's name; None: the first source's own.
        annotations: a folder of annotation files; None: ``annotations/`` in or beside the sources.
        scheme: an annotation scheme (TOML); None: NEWS-EC.
        about: TOML with title, makers and licence of what they added; None: nothing is known.
        text_field: the field that holds the text of a record.
        text_type: what that field holds, for all records.
        id_field: the field that holds a record's id; None: ``id``, then ``doc_id``, else the record's address.
        ids: whether a text's or page's id is its file's name ("stem") or its path below the source ("path"); None:
            as in the build in ``out``, else "stem".
        takedowns: tombstones of documents to leave out; None: those in or beside the sources.
        mask_pii: mask e-mail and street addresses, phone, bank and card numbers.
        splits: share of each split, adding up to 1, as in ``{"train": 0.8, "test": 0.2}``; None: all is ``train``.
        split_by: what stays in one split: of "duplicates", "stories", "publisher" and "dates"; empty: nothing does.
        previous: a build or release whose documents stay in their splits; None: that in ``out``.
        max_document_bytes: longer documents are refused.
        line_model: ask the learned line model, or the rules alone.
        known_lines: a file that :func:`count_lines` made.
        workers: processes that clean; the result is the same. A script that asks for more than one does it below
            ``if __name__ == "__main__":``, for each of them reads the script.
        executor: "processes" of this machine, or "ray"; the result is the same.
        ray_address: a running Ray cluster; None: one on this machine for this run.
        progress: told what is going on.

    Returns:
        What was done, with all findings; ``failed`` tells whether one is an error. What cannot be read or placed
        is a finding, and the rest is built.

    Raises:
        UsageError: the call cannot be carried out as it was asked.
        DataError: a file that the call names breaks its contract, or the build in ``out`` cannot be read.
        ExtraMissingError: what is asked for needs a package that is not installed.
        OSError: the dataset cannot be written.
    """
    paths = {
        key: optional_path(place, key)
        for key, place in {
            "annotations": annotations,
            "scheme": scheme,
            "about": about,
            "takedowns": takedowns,
            "known_lines": known_lines,
            "previous": previous,
        }.items()
    }
    _check_named(paths)
    options = BuildOptions(
        name=name,
        annotations=paths["annotations"],
        scheme=paths["scheme"],
        takedowns=paths["takedowns"],
        mask_personal=mask_pii,
        about=paths["about"],
        read=ReadOptions(text_field, text_type, id_field=id_field, ids=ids, max_document_bytes=max_document_bytes),
        splits=SplitOptions(
            ALL_TRAIN if splits is None else checked_shares(splits), checked_bonds(split_by), paths["previous"]
        ),
        line_model=line_model,
        known_lines=paths["known_lines"],
        workers=workers,
        executor=_executor(executor, ray_address),
    )
    return building.build(listed_sources(sources), path_of(out, "out"), options, progress)


def _check_named(paths: Mapping[str, Path | None]) -> None:
    """Make sure that the files which a build is to use are there, before hours of cleaning."""
    if (annotations := paths["annotations"]) is not None:
        check_folder(annotations, "a folder of annotation files")
    check_file(paths["known_lines"], "known lines", "`corpus known-lines` makes such a file")
    check_file(paths["scheme"], "scheme", "name an annotation scheme (TOML), or leave it out for NEWS-EC")
    check_file(paths["about"], "about", "name a TOML file (docs/releases.md), or leave it out")
    check_file(paths["takedowns"], "takedowns", "name a file of tombstones, which `corpus takedown` writes")


def _executor(name: ExecutorName, address: str | None) -> Executor:
    if name == "ray":
        return partial(cluster.map_ordered, address=address)
    if address is not None:
        raise UsageError("The address of a Ray cluster goes with the executor ray only.")
    return processes.map_ordered


@checked
def count_lines(
    sources: Place | Iterable[Place],
    out: Place,
    *,
    text_field: str = "text",
    text_type: MediaType = "text/plain",
    id_field: str | None = None,
    ids: IdsFrom = "stem",
    max_document_bytes: int = _LARGEST,
    workers: int = 1,
    progress: Progress = SILENT,
) -> CountReport:
    """Count in how many of its site's documents each line stands, into a file that grows: ``corpus known-lines``.

    ``out`` is the file of counts, for ``known_lines`` of :func:`build` and :func:`corpus.clean_many`; a document
    that was counted already is not counted again. The other arguments are those of :func:`build`.

    Raises:
        UsageError: the call cannot be carried out as it was asked.
        DataError: ``out`` is something else, or was made by another version.
        OSError: it cannot be written.
    """
    read = ReadOptions(text_field, text_type, id_field=id_field, ids=ids, max_document_bytes=max_document_bytes)
    return counted(listed_sources(sources), path_of(out, "out"), read, workers, progress)
