"""CoNLL files: of all schemes read alike, written as BIO on the tokens of the ``ner`` config."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.loaders import ConllLoader, ListLoader
from spacy.training.iob_utils import biluo_to_iob, iob_to_biluo, tags_to_entities
from standoff_drawn import ENTITIES, standoffs

from corpus.errors import SourceError
from corpus.exchange import lines
from corpus.exchange.conll import read_conll, reading, write_conll
from corpus.exchange.conll.layout import Layout, Survey, parsed
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.exchange.tags import TagCensus, Tagging
from corpus.files import schema_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.span import Span

CASES = tomllib.loads((Path(__file__).parent / "conll_cases.toml").read_text("utf-8"))["case"]
SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))


def parted(path: Path) -> tuple[list[Standoff], list[Finding]]:
    items = list(read_conll(path))
    return [i for i in items if isinstance(i, Standoff)], [i for i in items if isinstance(i, Finding)]


def told(documents: list[Standoff]) -> list[Any]:
    """Return documents as the cases have them."""
    return [
        [d.name or "", d.text, [" ".join([s.label, *(p.slice(d.text) for p in s.spans)]) for s in d.spans]]
        for d in documents
    ]


def wrote(documents: list[Standoff], path: Path) -> dict[str, str]:
    """Write, and return the findings' messages by code."""
    findings = list(write_conll(documents, path, SCHEME))
    assert all(finding.severity is Severity.WARNING for finding in findings)
    return {finding.code: finding.message for finding in findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("way", ["plain", "crlf", "mark", "utf-16"])
def test_files_of_other_tools_are_read(case: dict[str, Any], way: str, tmp_path: Path) -> None:
    path = tmp_path / "case.conll"
    text = case["file"].replace("→", "\t").lstrip("\n")
    text = text.replace("\n", "\r\n") if way == "crlf" else text
    data = text.encode("utf-16" if way == "utf-16" else "utf-8")
    path.write_bytes((codecs.BOM_UTF8 if way == "mark" else b"") + data)
    documents, findings = parted(path)
    assert told(documents) == case["documents"]
    assert [finding.code for finding in findings] == case["findings"]
    for number, document in enumerate(documents):
        ids = [span.id for span in document.spans]
        assert len(set(ids)) == len(ids)
        assert document.place.startswith(f"{path}:"), number
    assert [document.annotator or "" for document in documents] == case.get("annotators", [""] * len(documents))


def test_findings_say_where_and_how_often(tmp_path: Path) -> None:
    """A kind is told once a document, at its first line."""
    path = tmp_path / "x.conll"
    start = "a O\n\nLena B-PER\nx B-PER\ny O\nVoss I-PER\n\nb I-PER\nc O\n# newdoc\nd I-LOC\n"
    path.write_text(start + "q B-X\nz O\n" * 60)
    _, findings = parted(path)
    assert {f.code for f in findings} == {"import-repaired"}
    assert [f.place for f in findings] == [f"{path}:6", f"{path}:11"]
    assert "'I-PER' cannot stand here in BIO" in findings[0].message
    assert findings[0].message.endswith("One more of the same kind follows.")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no column of tags"),
        (b"Only prose here, and more of it.\nIt has no tags at all.\n", "no column of tags"),
        (b"word\nby\nword\n", "no column of tags"),
        (b"#FORMAT=WebAnno TSV 3.3\n\n#Text=Ann said\n1-1\t0-3\tAnn\tB-PER\n", "export it as UIMA CAS XMI"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "image"),
        (b"PK\x03\x04" + bytes(99), "where text was expected"),
        (None, "directory"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes | None, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.mkdir() if data is None else path.write_bytes(data)
    with pytest.raises(SourceError, match=expected) as error:
        list(read_conll(path))
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("lines", "codec", "place"),
    [
        ("Lena B-PER\nMálaga B-LOC\nsits O\n", "cp1252", 2),
        ("Lena B-PER\n“ O\nKöln B-LOC\n” O\n\nin O\nGöteborg B-LOC\n", "cp1252", 2),
        ("Ольга B-PER\nМосква B-LOC\nжить O\n", "cp1251", 1),
        ("Lena B-PER\nŁódź B-LOC\nżyje O\nśpiewa O\nmiąższ O\n", "cp1250", 2),
    ],
)
def test_lines_in_an_older_encoding_are_read(lines: str, codec: str, place: int, tmp_path: Path) -> None:
    """Their letters, of all lines together, tell which it is; it is said where the first of them stands."""
    path, same = tmp_path / "x.conll", tmp_path / "utf8" / "x.conll"
    path.write_bytes(lines.encode(codec))
    same.parent.mkdir()
    same.write_text(lines, "utf-8")
    documents, (note,) = parted(path)
    assert told(documents) == told(parted(same)[0])
    assert (note.code, note.place, note.severity) == ("import-charset", f"{path}:{place}", "note")
    assert f"read as {codec}" in note.message


@pytest.mark.parametrize("word", [b"M\xc3\xff\xfe\x81laga", b"M\xc3laga, K\xc3\xb6ln, G\xc3\xa4vle"])
def test_lines_that_are_damaged_are_told_and_the_rest_goes_on(word: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_bytes(b"Lena\tB-PER\n" + word + b"\tB-LOC\nsits\tO\n")
    documents, findings = parted(path)
    assert told(documents) == [["x", "Lena sits", ["PER Lena"]]]
    assert [(f.code, f.place) for f in findings] == [("import-encoding", f"{path}:2")]


def test_no_more_is_held_or_told_than_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document or a line that is too long is left out; of very many findings the first hundred are told."""
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 100)
    monkeypatch.setattr(lines, "_LONGEST", 50)
    path = tmp_path / "x.conll"
    path.write_bytes(
        b"# newdoc id = a\n" + b"Porto B-LOC\n" * 30 + b"# newdoc id = b\nFaro B-LOC\n" + b"x" * 99 + b"\n"
    )
    documents, findings = parted(path)
    assert told(documents) == [["b", "Faro", ["LOC Faro"]]]
    assert [(f.code, f.place) for f in findings] == [
        ("import-too-large", f"{path}:1"),
        ("import-too-large", f"{path}:34"),
    ]
    path.write_bytes(b"# newdoc\nx\na O\nb O\n" * 150)
    documents, findings = parted(path)
    assert (len(documents), len(findings), findings[-1].code) == (150, 101, "more-findings")
    assert findings[-1].message.startswith("50 further")


@pytest.mark.parametrize(
    ("scheme", "tags", "broken"),
    [
        ("BIO", "B-X I-X I-Y O I-X B-X B-X", [2, 4]),
        ("IOB1", "I-X I-X B-X O B-X I-Y B-Y B-X", [4, 7]),
        ("BIOES", "S-X B-X E-X S-X B-X I-X E-X", []),
        ("BIOES", "B-X O E-X I-X S-X B-X B-X E-Y B-X", [1, 2, 3, 4, 6, 7, 8]),
        ("IOE", "I-X E-X I-X I-Y E-Y E-X", []),
        ("IO", "I-X I-Y O I-X", []),
        ("labels", "X Y O X", []),
    ],
)
def test_what_is_broken_in_a_scheme(scheme: str, tags: str, broken: list[int]) -> None:
    """A tag that begins what the scheme begins otherwise, and one before which an entity was left open."""
    tagging = Tagging(scheme)
    parsed = [tag for tag in tagging.parse(tags.split()) if tag is not None]
    assert list(tagging.broken(parsed)) == broken


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("B-X I-X E-X O S-X", "BIOES"),
        ("B-X E-X O", "BIOES"),
        ("B-X I-X L-X O U-X", "BILOU"),
        ("B-X L-X O", "BILOU"),
        ("U-X O", "BILOU"),
        ("B-X M-X E-X O W-X", "BMEWO"),
        ("B-X O W-X", "BMEWO"),
        ("I-X E-X O I-Y", "IOE"),
        ("I-X I-X O", "IO"),
        ("O O", "BIO"),
        ("B-X I-X I-X O", "BIO"),
        ("I-X B-X O", "IOB1"),
    ],
)
def test_the_scheme_of_a_file_is_told_by_its_letters(tags: str, scheme: str) -> None:
    census = TagCensus()
    for tag in tags.split():
        census.add(tag)
    assert census.tagging().scheme == scheme


@pytest.mark.parametrize(
    ("lines", "scheme"),
    [
        ("Lena I-PER||Voss I-PER||Porto B-LOC", "IOB1"),
        ("Lena I-PER|# x|Voss I-PER||Porto B-LOC", "BIO"),
        ("Porto B-X O|Harbour I-X B-X|Board E-X O|rose O O", "BIOES"),
        ("Porto O B-X|Harbour B-X I-X|Board O E-X|rose O O", "BIOES"),
    ],
)
def test_the_scheme_of_several_lines(lines: str, scheme: str) -> None:
    """A sentence's first I- begins an entity, unless a comment alone stands before it; most tags tell."""
    assert surveyed(lines).tagging.scheme == scheme


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("Lena B-NP B-PER", "Column 2 holds tags as well, of other labels; column 3, the last with tags, is read."),
        ("Lena B-NP B-X B-PER", "The columns 2, 3 hold tags as well, of other labels; column 4, the last with"),
        ("Lena B-X B-X", "The columns 2, 3 hold tags of the same labels; all of them are read."),
    ],
)
def test_which_columns_are_read_is_told(lines: str, told: str) -> None:
    """Counted from 1."""
    (note,) = surveyed(lines).notes
    assert note.startswith(told)


def surveyed(lines: str) -> Layout:
    """What a file of these lines has where."""
    survey = Survey()
    for line in lines.split("|"):
        survey.add(parsed(line))
    layout = survey.layout()
    assert layout is not None
    return layout


@given(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]), max_size=12))
def test_entities_are_those_that_nervaluate_finds(values: list[str]) -> None:
    tagging = Tagging("BIO")
    parsed = [tag for tag in tagging.parse(values) if tag is not None]
    (expected,) = ListLoader().load([values])
    assert [(s.label, s.first, s.last) for s in tagging.stretches(parsed)] == [
        (e.label, e.start, e.end) for e in expected
    ]


@given(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]), max_size=12))
def test_what_spacy_makes_bilou_of_is_read_alike_and_is_not_broken(values: list[str]) -> None:
    """The same entities in both schemes, which the tags of all of them tell apart, and nothing to repair."""
    iob = biluo_to_iob(iob_to_biluo(iob_to_tags(values)))
    for tags in (iob, iob_to_biluo(iob)):
        census = TagCensus()
        for tag in tags:
            census.add(tag)
        tagging = census.tagging()
        parsed = [tag for tag in tagging.parse(tags) if tag is not None]
        found = [(s.label, s.first, s.last) for s in tagging.stretches(parsed)]
        assert found == tags_to_entities(iob_to_biluo(iob))
        assert tagging.scheme == ("BILOU" if found and tags != iob else "BIO")
        assert not list(tagging.broken(parsed))


def iob_to_tags(values: list[str]) -> list[str]:
    """Return tags as BIO has them: what begins an entity is a B-."""
    before = "O"
    made = []
    for value in values:
        made.append(f"B-{value[2:]}" if value[0] == "I" and before[1:] != value[1:] else value)
        before = value
    return made


@given(document=standoffs(annotators=(None, "ann-1")))
def test_what_is_written_is_read_again(document: Standoff, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every entity comes back with its words, or is told; nervaluate finds as many in the file."""
    path = tmp_path_factory.mktemp("conll") / "x.conll"
    lost = wrote([document], path)
    (read,), findings = parted(path)
    assert {finding.code for finding in findings} <= {"import-scheme"}
    assert (read.name, read.annotator) == (document.name, document.annotator)
    assert "".join(read.text.split()) == "".join(document.text.split())
    before = [(s.label, s.spans[0].slice(document.text)) for s in document.spans if s.label in ENTITIES]
    after = [(s.label, s.spans[0].slice(read.text)) for s in read.spans]
    assert not set(after) - set(before)
    assert len(after) == len(before) or {"export-overlap", "export-alignment"} & set(lost)
    assert ("export-spans" in lost) == (len(before) < len(document.spans))
    assert ("export-relations" in lost) == bool(document.relations)
    rows = "\n".join(line for line in path.read_text("utf-8").split("\n") if not line.startswith("# "))
    assert sum(map(len, ConllLoader().load(rows))) == len(after)
    wrote([read], path)
    assert [(d.text, d.spans) for d in parted(path)[0]] == [(read.text, read.spans)]


def test_all_that_is_lost_is_told_with_an_example(tmp_path: Path) -> None:
    text = "Mayor Lena Voss met the U.S.-based board"
    spans = (
        StandoffSpan("e1", "PER", (Span(6, 15),), {"entity_id": ("lena",)}, kb_id="Q1"),
        StandoffSpan("e2", "PER", (Span(6, 10),), note="her first name"),
        StandoffSpan("e3", "ORG", (Span(30, 32),)),
        StandoffSpan("e4", "ORG", (Span(0, 5), Span(35, 40))),
        StandoffSpan("e5", "my label", (Span(16, 19),)),
        StandoffSpan("c1", "CLAIM", (Span(0, 19),), {"speech": ("direct",)}, note="x"),
        StandoffSpan("s1", "SOURCE", (Span(0, 5),)),
    )
    document = Standoff(" a\nb ", text, spans, (StandoffRelation("said_by", "c1", "s1"),))
    lost = wrote([document], tmp_path / "x.conll")
    assert {code: message.split(", first at ")[1] for code, message in lost.items()} == {
        "export-name": "a b.", "export-relations": "said_by of c1.", "export-attributes": "e1.",
        "export-note": "e2.", "export-pieces": "e4.", "export-label": "e5.", "export-spans": "c1.",
        "export-overlap": "e2.", "export-alignment": "e3.",
    }  # fmt: skip
    assert "2 times in this document" in lost["export-spans"]
    assert told(parted(tmp_path / "x.conll")[0]) == [["a b", text, ["PER Lena Voss", "my_label met"]]]


MARK = (Span(0, 1),)
LOST: list[tuple[Standoff, dict[str, str]]] = [
    (Standoff(None, "a b"), {}),
    (Standoff("\n", "a b"), {"export-name": "its name."}),
    (Standoff("x", "a", (StandoffSpan("e1", "PER", MARK, kb_id="Q1"),)), {"export-attributes": "e1."}),
    (Standoff("x", "a", (StandoffSpan("e1", "PER", MARK, {"entity_id": ("e",)}),)), {"export-attributes": "e1."}),
]


@pytest.mark.parametrize(("document", "lost"), LOST)
def test_each_loss_is_told_alone(document: Standoff, lost: dict[str, str], tmp_path: Path) -> None:
    found = wrote([document], tmp_path / "x.conll")
    assert {code: message.split("first at ")[1] for code, message in found.items()} == lost


def test_documents_of_blanks_are_documents(tmp_path: Path) -> None:
    """Readers know a document's end by an empty line."""
    wrote([Standoff("a", " "), Standoff("b", ""), Standoff("c", "x")], tmp_path / "x.conll")
    assert (tmp_path / "x.conll").read_text() == (
        "# newdoc id = a\n\n# newdoc id = b\n\n# newdoc id = c\n# text = x\nx\tO\n\n"
    )


def test_the_same_bytes_every_time_and_none_of_an_interrupted_write(tmp_path: Path) -> None:
    document = Standoff(
        "a", "Porto rose.\n\nFaro \r\nx", (StandoffSpan("e1", "LOC", (Span(0, 5),)),), annotator="ann 1"
    )
    for name in ("x", "y"):
        wrote([document, document], tmp_path / name)
    written = (tmp_path / "x").read_bytes()
    assert written == (tmp_path / "y").read_bytes()
    assert b"\r" not in written  # where other readers may see a line's end
    assert written.decode().startswith(
        "# newdoc id = a\n# annotator = ann 1\n# text = Porto rose.\nPorto\tB-LOC\nrose\tO\n"
    )
    broken = write_conll((d for d in [document, None]), tmp_path / "z", SCHEME)  # type: ignore[misc]
    with pytest.raises(AttributeError):
        list(broken)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "y"]


@given(
    parts=st.lists(
        st.sampled_from(
            ["a", "#", "# text = a", "-DOCSTART-", "\t", " ", "\n", "O", "B-X", "E-", "1", "\r\n", "é", "\0"]
        ),
        max_size=30,
    ),
    tail=st.binary(max_size=4),
)
def test_whatever_the_bytes_no_read_breaks(parts: list[str], tail: bytes, tmp_path_factory: Any) -> None:
    """Every entity lies in its text, none of white space alone."""
    path = tmp_path_factory.mktemp("conll") / "x.conll"
    path.write_bytes("".join(parts).encode() + tail)
    try:
        documents, _ = parted(path)
    except SourceError:
        return
    for document in documents:
        for span in document.spans:
            assert all(piece.within(len(document.text)) for piece in span.spans)
            assert span.spans[0].slice(document.text).strip(" ")
