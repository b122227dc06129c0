"""Texts and pages with a JSON file beside them: what it says is known, the rest is carried."""

from __future__ import annotations

from pathlib import Path

from source_reading import read


def folder(tmp_path: Path, **files: str) -> Path:
    here = tmp_path / "press"
    here.mkdir(exist_ok=True)
    for name, text in files.items():
        (here / name.replace("__", ".")).write_text(text, "utf-8")
    return here


META = (
    '{"headline": "A title", "byline": "Ann Ash", "date": "2021-04-08", "desk": "world", "tags": ["a", 1], "id": 5}'
)


def test_a_text_and_a_page_know_what_stands_beside_them(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        a__txt="A report.",
        a__json=META,
        b__html="<h1>Another</h1><p>A report of some length.</p>",
        b__html__json=META,
        c__txt="Without.",
    )
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["a", "b", "c"]
    assert (report.findings, report.skipped) == ([], [])
    for document in documents[:2]:
        assert {k.column: k.value for k in document.known} == {
            "title": "A title",
            "authors": ("Ann Ash",),
            "published": "2021-04-08",
        }
        assert document.extra == {"desk": "world", "tags": ["a", 1], "id": 5}
    title = documents[0].known_value("title")
    assert title is not None
    assert title.known_from == "press/a.json:field headline"
    names = ("a.json", "a.txt", "b.html", "b.html.json", "c.txt")
    assert sorted(i.path for i in report.inputs) == [f"press/{name}" for name in names]


def test_it_holds_for_a_file_named_alone(tmp_path: Path) -> None:
    where = folder(tmp_path, a__txt="A report.", a__json=META)
    for sources in ([where / "a.txt"], [where / "a.txt", where / "a.json"]):
        [document], report = read(*sources)
        assert document.extra["desk"] == "world"
        assert report.findings == []


def test_it_goes_before_sources_toml(tmp_path: Path) -> None:
    known = 'title = { value = "Other", known_from = "x" }\nagency = { value = "Nord", known_from = "x" }\n'
    toml = f"[documents.a]\n{known}"
    [document], _ = read(folder(tmp_path, a__txt="A report.", a__json=META, sources__toml=toml))
    assert {k.column: k.value for k in document.known if k.column in ("title", "agency")} == {
        "title": "A title",
        "agency": "Nord",
    }


def test_a_broken_side_car_is_a_finding_and_the_text_is_read(tmp_path: Path) -> None:
    where = folder(tmp_path, a__txt="One.", a__json="{", b__txt="Two.", b__json="[1]", c__txt="Three.")
    (where / "c.json").mkdir()
    (where / "d.txt").write_text("Four.")
    (where / "d.json").write_bytes(b"\xff\xfe\x00")
    (where / "e.txt").write_text("Five.")
    (where / "e.json").symlink_to(where / "nowhere.json")
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["a", "b", "c", "d", "e"]
    assert all(d.known == () for d in documents)
    assert sorted((f.place, f.code) for f in report.findings) == [
        (f"press/{name}.json", "bad-side-car") for name in "abcde"
    ]
