"""What many annotators, documents and damaged lines cost an import: in steps, not in seconds."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from imports_made import PORT, TRAIN, documents, span, taken

from corpus.annotation.heads import Heads
from corpus.annotation.store import append, read_folder
from corpus.exchange import importing
from corpus.exchange.standoff import Standoff
from corpus.exchange.texts import write_texts
from corpus.model.annotation import AnnotationSet

_FEW, _TIMES = 60, 4
_MOST = 8
"""How many times as often a function may call another for four times as much: what sorts compares up to seven times
as often, what looks at everything for each, sixteen times."""
_Place = tuple[str, int, str]
"""A function's file, line and name."""


def _by_many(folder: Path, number: int) -> None:
    """One document, and as many annotators."""
    said = [_said(PORT, "Ann Lee", f"a{one}") for one in range(number)]
    who = {f"a{one}": f"a{one}" for one in range(number)}
    assert len(taken(folder, said, documents(port=PORT, train=TRAIN), annotators=who).written) == number
    assert len(read_folder(folder).sets) == number


def _beside_damage(folder: Path, number: int) -> None:
    """As many annotators, of a document of which as many others have lines that cannot be read."""
    folder.mkdir()
    for one in range(number):
        (folder / f"b{one}.jsonl").write_text(f'{{"annotation_id": "x{one}"\n')
    said = [_said(PORT, "Ann Lee", f"a{one}") for one in range(number)]
    who = {f"a{one}": f"a{one}" for one in range(number)}
    assert len(taken(folder, said, documents(port=PORT), annotators=who).written) == number


def _without_document(folder: Path, number: int) -> None:
    """As many texts that the dataset lacks."""
    assert len(write_texts([_said(f"{PORT} {one}", "Ann Lee", "anna") for one in range(number)], folder)) == number


def _after_many(folder: Path, number: int) -> None:
    """One document and annotator, of whom as many versions are there."""
    before = _said(PORT, "Eastmouth", "anna")
    made = documents(port=PORT)
    taken(folder, [before], made, annotators={"anna": "anna"})
    (first,) = read_folder(folder).sets
    more = [first.model_copy(update={"revision": revision}) for revision in range(2, number + 1)]
    append(folder, more)
    later = [_said(PORT, "Ann Lee", "anna")]
    assert taken(folder, later, made, annotators={"anna": "anna"}, replace=True).written[0].revision == number + 1


def _said(text: str, words: str, annotator: str) -> Standoff:
    return Standoff(None, text, (span(text, words, "PER"),), annotator=annotator, place=annotator)


@pytest.mark.parametrize("made", [_by_many, _beside_damage, _without_document, _after_many])
def test_four_times_as_much_takes_about_four_times_as_many_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[Path, int], None]
) -> None:
    """No function calls another for each of many as often as there are many."""
    monkeypatch.setattr(importing, "_AT_ONCE", 10)
    made(tmp_path / "first", 1)  # what is done once in a process
    few, many = (_calls(made, tmp_path / str(number), number) for number in (_FEW, _TIMES * _FEW))
    often = {name: calls for name, calls in many.items() if calls > _TIMES * _FEW}
    assert often
    assert {name: calls for name, calls in often.items() if calls > _MOST * few.get(name, 0)} == {}


def test_a_file_is_written_anew_when_an_eighth_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding to a file copies it, so what is added grows with it."""
    monkeypatch.setattr(importing, "_AT_ONCE", 4)
    texts = {f"d{one}": PORT.replace("nine", f"{one}") for one in range(100)}
    made, written = documents(**texts), importing.append
    lengths: list[int] = []

    def counted(folder: Path, sets: Sequence[AnnotationSet], heads: Heads | None = None) -> list[Path]:
        lengths.append(len(sets))
        return written(folder, sets, heads)

    monkeypatch.setattr(importing, "append", counted)
    said = [_said(text, "Ann Lee", "anna") for text in texts.values()]
    assert len(taken(tmp_path, said, made, annotators={"anna": "anna"}).written) == len(texts)
    assert lengths == [4] * 10 + [5, 5, 6, 7, 7, 8, 9, 10, 3]


def _calls(made: Callable[[Path, int], None], folder: Path, number: int) -> dict[tuple[_Place, _Place], int]:
    """How often each function called each other one."""
    profile = cProfile.Profile()
    profile.runcall(made, folder, number)
    # Type stubs lack `stats`; get_stats_profile(), which they have, does not tell who called.
    of_all = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    return {(by, name): calls for name, (*_, callers) in of_all for by, (calls, *_) in callers.items()}
