"""Documents renamed in annotation files: by their texts, all or nothing, and finished where it was interrupted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.annotation import identifying
from corpus.annotation.identifying import Renaming, rename_documents
from corpus.annotation.lines import line_of
from corpus.annotation.renamed import RENAMED, Renamed, Renames
from corpus.annotation.sametext import Former
from corpus.annotation.store import append, read_folder
from corpus.errors import DataError
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span

TEXTS = {word: f"The {word} reopened, Ada Holt said." for word in ("quay", "pier", "lock", "dock", "moat")}
HASHES = {word: sha256_text(text) for word, text in TEXTS.items()}


def made(doc_id: str, word: str, who: str = "ann-1", revision: int = 1, **values: Any) -> AnnotationSet:
    """One entity in the text of that word."""
    text = TEXTS[word]
    start = text.index("Ada Holt")
    entity = Entity(id="e1", label="PER", spans=(AnchoredSpan.of(text, Span(start, start + 8)),))
    told = {
        "annotation_id": f"{doc_id}.{who}",
        "revision": revision,
        "state": "submitted",
        "doc_id": doc_id,
        "annotator": who,
        "anchor_sha256": HASHES[word],
        "scheme": "news-ec",
        "scheme_version": "1.0.0",
        "origin": Origin(kind="import"),
        "entities": (entity,),
    }
    return AnnotationSet(**{**told, **values})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "annotations"


def held(folder: Path) -> list[tuple[str, str, int, str]]:
    """What the files say, in their order, each line sound."""
    stored = read_folder(folder)
    assert stored.findings == ()
    return [(item.doc_id, item.annotator, item.revision, item.annotation_id) for item in stored.sets]


def rename(folder: Path, after: Mapping[str, str], **options: Any) -> Renaming:
    return rename_documents(folder, {name: HASHES[word] for name, word in after.items()}, {}, **options)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_version_of_everybody_gets_the_new_id_and_other_lines_stay_as_they_are(folder: Path) -> None:
    """Also lines that were not written as we write them, and an annotation_id that somebody chose."""
    append(folder, [made("quay", "quay"), made("quay", "quay", revision=2), made("pier", "pier")])
    append(folder, [made("quay", "quay", "bo", annotation_id="mine-1")])
    odd = json.dumps(made("lock", "lock").model_dump(mode="json"), indent=None, separators=(" , ", " : "))
    with (folder / "ann-1.jsonl").open("a") as stream:
        stream.write(odd + "\r\n")
    done = rename(folder, {"a/quay": "quay", "pier": "pier", "lock": "lock"})
    assert (done.renamed, done.versions, done.annotated) == ({"quay": "a/quay"}, 3, 1)
    assert (done.files, done.findings) == (("ann-1.jsonl", "bo.jsonl"), ())
    assert held(folder) == [
        ("a/quay", "ann-1", 1, "a/quay.ann-1"),
        ("a/quay", "ann-1", 2, "a/quay.ann-1"),
        ("pier", "ann-1", 1, "pier.ann-1"),
        ("lock", "ann-1", 1, "lock.ann-1"),
        ("a/quay", "bo", 1, "mine-1"),
    ]
    assert odd in (folder / "ann-1.jsonl").read_text()
    before = tree(folder)
    assert rename(folder, {"a/quay": "quay", "pier": "pier", "lock": "lock"}).renamed == {}
    assert tree(folder) == before


def test_a_dry_run_tells_the_same_and_changes_nothing(folder: Path) -> None:
    append(folder, [made("quay", "quay")])
    before = tree(folder)
    told = rename(folder, {"a/quay": "quay"}, dry_run=True)
    assert tree(folder) == before
    assert rename(folder, {"a/quay": "quay"}) == told


CASES: Sequence[tuple[dict[str, str], dict[str, str], dict[str, str], list[str]]] = [
    # annotated, there now, renamed, findings
    ({"a": "quay"}, {"a": "quay"}, {}, []),
    ({"a": "quay"}, {"a": "quay", "b": "quay"}, {}, []),
    ({"a": "quay"}, {"a": "pier"}, {}, []),
    ({"a": "quay"}, {"a": "pier", "x/a": "quay"}, {"a": "x/a"}, []),
    ({"a": "quay", "b": "pier"}, {"a": "pier", "b": "quay"}, {"a": "b", "b": "a"}, []),
    ({"a": "quay", "b": "pier"}, {"b": "quay", "c": "pier"}, {"a": "b", "b": "c"}, []),
    ({"a": "quay"}, {"b": "quay", "c": "quay"}, {}, ["rename-ambiguous"]),
    ({"a": "quay"}, {"x/a": "quay", "y/b": "quay"}, {"a": "x/a"}, []),
    ({"a": "quay"}, {"x/a": "quay", "y/a": "quay"}, {}, ["rename-ambiguous"]),
    ({"a": "quay", "b": "quay"}, {"x/a": "quay", "y/b": "quay"}, {"a": "x/a", "b": "y/b"}, []),
    ({"a": "quay"}, {"b": "pier"}, {}, ["rename-not-found"]),
    ({"a": "quay", "b": "quay"}, {"c": "quay"}, {}, ["rename-collides", "rename-collides"]),
    ({"a": "quay", "b": "quay"}, {"b": "quay"}, {}, ["rename-collides"]),
    (
        {"a": "quay", "b": "pier", "c": "pier"},
        {"b": "quay", "c": "pier"},
        {},
        ["rename-collides", "rename-collides"],
    ),
]


@pytest.mark.parametrize(("annotated", "after", "renamed", "codes"), CASES)
def test_a_document_is_known_by_its_text(
    folder: Path, annotated: dict[str, str], after: dict[str, str], renamed: dict[str, str], codes: list[str]
) -> None:
    """What is not certain is told and stays, with everything that depends on it."""
    append(folder, [made(doc_id, word) for doc_id, word in annotated.items()])
    done = rename(folder, after)
    assert done.renamed == renamed
    assert [finding.code for finding in done.findings] == codes
    assert [doc_id for doc_id, *_ in held(folder)] == [renamed.get(doc_id, doc_id) for doc_id in annotated]
    assert {finding.place for finding in done.findings} <= annotated.keys() - renamed.keys()


def test_two_people_s_work_on_one_text_comes_together(folder: Path) -> None:
    """Each has one annotation of it then."""
    append(folder, [made("a", "quay"), made("x/a", "quay", "bo")])
    assert rename(folder, {"x/a": "quay"}).renamed == {"a": "x/a"}
    assert [(doc_id, who) for doc_id, who, *_ in held(folder)] == [("x/a", "ann-1"), ("x/a", "bo")]


def test_an_older_text_is_found_by_the_dataset_that_had_it(folder: Path) -> None:
    """Its annotations lie on a text from before; a document that nobody annotated is written down, too."""
    append(folder, [made("a", "quay")])
    formers = {
        "a": Former({HASHES["pier"]}, {HASHES["pier"], HASHES["quay"]}),
        "b": Former({HASHES["lock"]}, set()),
    }
    after = {"x/a": HASHES["pier"], "x/b": HASHES["lock"]}
    assert [finding.code for finding in rename_documents(folder, after, {}).findings] == ["rename-not-found"]
    done = rename_documents(folder, after, formers)
    assert (done.renamed, done.annotated, done.versions) == ({"a": "x/a", "b": "x/b"}, 1, 1)
    renames = Renames.read(folder)
    assert renames.today("b", HASHES["lock"]) == "x/b"
    assert {renames.today("a", HASHES[word]) for word in ("quay", "pier")} == {"x/a"}
    assert renames.today("a", HASHES["moat"]) == "a"
    assert rename_documents(folder, after, formers).renamed == {}


def test_a_renaming_there_and_back_leaves_the_files_as_they_were(folder: Path) -> None:
    append(folder, [made("a", "quay"), made("b", "pier", "bo")])
    before = tree(folder)
    rename(folder, {"x/a": "quay", "x/b": "pier"})
    rename(folder, {"a": "quay", "b": "pier"})
    assert {name: data for name, data in tree(folder).items() if name != RENAMED} == before
    assert Renames.read(folder).today("a", HASHES["quay"]) == "a"
    assert Renames.read(folder).today("x/a") == "a"


def test_decisions_conflicts_and_what_was_compacted_follow(folder: Path) -> None:
    append(folder, [made("a", "quay")])
    append(folder / "adjudication", [made("a", "quay", "judge")])
    append(folder / "predictions", [made("a", "quay", "tagger")])
    (folder / "conflicts").mkdir()
    (folder / "conflicts" / "ann-1.jsonl").write_bytes(line_of(made("a", "quay", revision=3)) * 2)
    (folder / "adjudication" / "conflicts").mkdir()
    (folder / "adjudication" / "conflicts" / "judge.jsonl").write_bytes(line_of(made("a", "quay", "judge")))
    (folder / "ann-1.jsonl").write_bytes(line_of(made("a", "quay", revision=4)))
    (folder / "compacted.json").write_text('{"a.ann-1": [1, 2, 3]}')
    done = rename(folder, {"x/a": "quay"})
    assert done.files == (
        "ann-1.jsonl",
        "conflicts/ann-1.jsonl",
        "adjudication/judge.jsonl",
        "adjudication/conflicts/judge.jsonl",
        "predictions/tagger.jsonl",
    )
    assert done.versions == 6
    assert held(folder) == [("x/a", "ann-1", 4, "x/a.ann-1")]
    assert held(folder / "adjudication") == [("x/a", "judge", 1, "x/a.judge")]
    assert b'"doc_id":"a"' not in b"".join(path.read_bytes() for path in folder.rglob("*.jsonl"))


@pytest.mark.parametrize("place", [".", "adjudication", "predictions", "conflicts"])
def test_where_a_line_is_damaged_nothing_is_renamed(folder: Path, place: str) -> None:
    append(folder, [made("a", "quay")])
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "zoe.jsonl").write_text('{"doc_id": "a"\n')
    before = tree(folder)
    with pytest.raises(DataError, match=r"Nothing was renamed, since \w+/zoe.jsonl:1 must be repaired first"):
        rename(folder, {"x/a": "quay"})
    assert tree(folder) == before


def test_a_damaged_record_of_renamings_is_told(folder: Path) -> None:
    append(folder, [made("a", "quay")])
    (folder / RENAMED).write_text('{"renamed": [[{"from": 1}]]}')
    with pytest.raises(DataError, match=r"renamed\.json is damaged"):
        rename(folder, {"x/a": "quay"})


def test_one_that_is_interrupted_anywhere_is_finished_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two documents change places, in several files: neither comes back to where it was."""
    sets = [
        made(doc_id, word, who) for who in ("ann-1", "bo", "cy") for doc_id, word in (("a", "quay"), ("b", "pier"))
    ]
    after = {"a": "pier", "b": "quay"}
    real = identifying.atomic_write
    for stop in range(9):
        here = folder / str(stop)
        append(here, sets)
        (here / "compacted.json").write_text("{}")
        left = stop

        def dying(path: Path, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return real(path, **options)

        monkeypatch.setattr(identifying, "atomic_write", dying)
        monkeypatch.setattr("corpus.annotation.renamed.atomic_write", dying)
        if stop < 5:
            with pytest.raises(KeyboardInterrupt):
                rename(here, after)
            assert Renames.read(here).unfinished is (stop > 0)
        left = 99
        done = rename(here, after)
        assert done.finished is (0 < stop < 5)
        assert [row[:3] for row in held(here)] == [
            (doc_id, who, 1) for who in ("ann-1", "bo", "cy") for doc_id in ("b", "a")
        ]
        assert {item.doc_id: item.anchor_sha256 for item in read_folder(here).sets} == {
            "a": HASHES["pier"],
            "b": HASHES["quay"],
        }
        assert not Renames.read(here).unfinished


def test_renamings_are_followed_in_their_order() -> None:
    """Two that change places do so at once."""
    one, two = frozenset("1"), frozenset("2")
    renames = Renames(((Renamed("a", "b", one), Renamed("b", "a", two)), (Renamed("b", "c", one),)))
    assert [renames.today(*asked) for asked in (("a", "1"), ("b", "2"), ("a", "2"), ("b", "1"))] == list("caac")
    assert Renames().digest == "" != renames.digest
