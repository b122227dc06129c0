"""Which revision of its document a text is, over builds into one directory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

ARTICLE = (
    "Harbour of Ahlen reopens\n\n"
    "The harbour of Ahlen reopened on Monday after a week of storms, its operator said.\n\n"
    "“We are glad to be back,” said Mara Lindqvist, who runs the ferry office at the north pier.\n"
)
TEXTS = {
    "A": ARTICLE,
    "B": ARTICLE + "\nThe operator owes the town four million, an unnamed clerk claimed.\n",
    "C": ARTICLE + "\nThe first ferry left at noon with ninety passengers on board.\n",
}
HISTORIES = {
    "never annotated": ("ABAC", "", [[1], [2], [3], [4]]),
    "the first annotated": ("ABAC", "A", [[1], [1, 2], [3], [3, 4]]),
    "the second annotated": ("ABAC", "B", [[1], [2], [2, 3], [2, 4]]),
    "both annotated": ("ABABC", "AB", [[1], [1, 2], [2, 3], [3, 4], [3, 4, 5]]),
    "built again": ("AABBA", "A", [[1], [1], [1, 2], [1, 2], [3]]),
}
"""By name: the texts of one file, day by day; which of them are annotated; the revisions that each build holds."""


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of one article that may be passed on."""
    (tmp_path / "news").mkdir()
    allowed = 'redistribution = { value = "allowed", known_from = "a letter" }\n'
    (tmp_path / "news" / "sources.toml").write_text(f"[documents.quay]\n{allowed}", "utf-8")
    return tmp_path / "news"


def written(news: Path, text: str) -> Path:
    """Write the article's text, build, and return the build."""
    (news / "quay.txt").write_text(TEXTS[text], "utf-8")
    assert not build([news], news.parent / "out", BuildOptions()).failed
    return news.parent / "out"


def annotate(news: Path, names: str) -> None:
    """Let one annotator for each of these texts have marked a name in it."""
    folder = news.parent / "annotations"
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(names, 1):
        text, words = TEXTS[name], "Mara Lindqvist"
        start = text.index(words)
        made = AnnotationSet(
            annotation_id=f"quay.ann-{number}",
            revision=1,
            state="submitted",
            doc_id="quay",
            annotator=f"ann-{number}",
            anchor_sha256=sha256_text(text),
            scheme="news-ec",
            scheme_version="1.0.0",
            origin=Origin(kind="import"),
            entities=(
                Entity(id="e1", label="PER", spans=(AnchoredSpan.of(text, Span(start, start + len(words))),)),
            ),
        )
        line = json.dumps(made.model_dump(mode="json"), ensure_ascii=False)
        (folder / f"ann-{number}.jsonl").write_text(line + "\n", "utf-8")


@pytest.mark.parametrize("name", HISTORIES)
def test_the_highest_revision_is_the_present_text(news: Path, name: str) -> None:
    """A text that comes back is the next revision: each change counts one up, and no number says two texts."""
    days, annotated, expected = HISTORIES[name]
    annotate(news, annotated)
    texts: dict[int, str] = {}
    for text, revisions in zip(days, expected, strict=True):
        rows = list(BuiltDataset.open(written(news, text)).rows("raw"))
        assert [row["revision"] for row in rows] == revisions
        assert rows[-1]["text"] == TEXTS[text]
        for row in rows:
            assert texts.setdefault(row["revision"], row["text"]) == row["text"]


def test_a_public_edition_shows_the_text_that_came_back(news: Path) -> None:
    """What was taken out of an article again was never judged, and may not be shown in place of the article."""
    annotate(news, "AB")
    for text in "ABA":
        out = written(news, text)
    full = make_release(out, news.parent / "releases", "0.1.0")
    public = public_edition(full, news.parent / "releases")
    (document,) = BuiltDataset.open(public).rows("documents")
    shown = [row["text"] for row in BuiltDataset.open(public).rows("raw")]
    assert (document["text"] is not None, shown) == (True, [None, TEXTS["A"]])
    assert verify(public) == []


def test_an_older_revision_is_hydrated_from_the_file_as_it_was(news: Path) -> None:
    """Without it the documents come back and the finding names it; with it the full edition does, byte for byte."""
    annotate(news, "A")
    written(news, "A")
    older = shutil.copytree(news, news.parent / "older")
    out = written(news, "B")
    public = public_edition(make_release(out, news.parent / "releases", "0.1.0"), news.parent / "releases")
    report = hydrate(public, [news], news.parent / "hydrated")
    (told,) = report.findings
    assert (report.identical, told.code) == (False, "not-identical")
    assert "not revision 1 of 'quay', which" in told.message
    assert verify(report.directory) == []
    for number, places in enumerate(([news, older], [older, news], [news, older / "quay.txt"])):
        assert hydrate(public, places, news.parent / str(number)).identical


def test_a_file_that_is_an_older_revision_again_is_hydrated_once(news: Path) -> None:
    """The text that came back stands in the place of the one that was released, not beside itself."""
    annotate(news, "A")
    written(news, "A")
    out = written(news, "B")
    public = public_edition(make_release(out, news.parent / "releases", "0.1.0"), news.parent / "releases")
    (news / "quay.txt").write_text(TEXTS["A"], "utf-8")
    report = hydrate(public, [news], news.parent / "hydrated")
    rows = [(row["revision"], row["text"]) for row in BuiltDataset.open(report.directory).rows("raw")]
    assert rows == [(2, TEXTS["A"])]
    assert verify(report.directory) == []
