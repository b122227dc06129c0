"""Words of withheld texts are in no file of a public edition, wherever else the inputs say them again."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus.errors import UsageError
from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.finding import Finding
from corpus.model.span import Span
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.public.quoting import HIDDEN, References
from corpus.releases.public.runs import find_leaks
from corpus.releases.public.telling import quiet_findings, restored_findings
from corpus.releases.release import make_release
from corpus.releases.verification import verify

SYLLABLES = [a + b for a in ("ko", "mi", "ta", "ru", "se", "lo", "va", "ni") for b in ("dar", "lin", "tek", "vun")]
FIELDS = (
    *("author", "published", "modified", "publisher", "agency", "dateline", "language", "copyright", "url", "site"),
    *("copyright_holder", "rights", "license", "paywall", "retrieved_at", "section", "tags", "summary", "noai"),
)


class Words:
    """Nonsense sentences, so that no run of words is there by chance."""

    def __init__(self, seed: int) -> None:
        """Draw from one generator."""
        self._draw = random.Random(seed)

    def sentence(self) -> str:
        words = ["".join(self._draw.choices(SYLLABLES, k=2)) for _ in range(self._draw.randint(8, 13))]
        return " ".join(words).capitalize()

    def paragraphs(self, count: int) -> list[list[str]]:
        return [[self.sentence() for _ in range(3)] for _ in range(count)]


def said(paragraphs: list[list[str]]) -> str:
    return "\n\n".join(". ".join(sentences) + "." for sentences in paragraphs)


def write_records(folder: Path, words: Words) -> list[str]:
    """Records whose every other field repeats a sentence of their text: as text, list, object, in an address."""
    rows, texts = [], []
    for number, shape in enumerate(("text", "list", "object", "address", "name")):
        own = words.paragraphs(4)
        sentences = [sentence for paragraph in own for sentence in paragraph]
        row: dict[str, Any] = {"id": f"r{number}", "title": f"Harbour notice {number}", "text": said(own)}
        for place, field in enumerate(FIELDS):
            one = sentences[place % len(sentences)]
            row[field] = {"list": [one, sentences[0]], "object": {"deep": one}}.get(shape, one)
        if shape == "address":
            row["url"] = "https://news.example/" + sentences[4].lower().replace(" ", "-")
            row |= {"published": "2024-05-01", "site": "news.example", "language": "en"}
        if shape == "name":
            row["license"] = f"All rights reserved {sentences[0]}"
            row["url"] = "https://news.example/%20" + sentences[5].replace(" ", "%20")
        rows.append(json.dumps(row) + "\n")
        texts.append(row["text"])
    spoilt = json.dumps({"id": "spoilt", texts[0].split(".")[0]: texts[1].split(".")[0]}) + "\n"
    (folder / "rows.jsonl").write_text("".join(rows) + spoilt, "utf-8")
    return texts


def write_text(folder: Path, words: Words) -> str:
    """A text with byline, credit and rights line, and a sources.toml all of whose values repeat it."""
    own = words.paragraphs(6)
    some = [paragraph[1] for paragraph in own]
    text = f"Pier plan approved\n\nBy {own[0][0]}\n\n{said(own)}\n\nPhoto: {own[1][0]}\n\n© 2024 {own[2][2]}.\n"
    (folder / "plain.txt").write_text(text, "utf-8")
    columns = ("publisher", "published", "url", "site", "agency", "rights", "licence", "redistribution", "language")
    lines = [
        f'{column} = {{ value = "{some[at % 6]}", known_from = "{some[(at + 1) % 6]}" }}\n'
        for at, column in enumerate((*columns, "no such column", "copyright_holder"))
    ]
    lines[-2] = lines[-2].replace("no such column", f'"{some[3]}"')
    (folder / "sources.toml").write_text("[documents.plain]\n" + "".join(lines), "utf-8")
    return text


def write_page(folder: Path, words: Words) -> str:
    """A page whose head says its sentences again."""
    own = words.paragraphs(5)
    one = [paragraph[0] for paragraph in own]
    linked = {"@type": "NewsArticle", "headline": "Quay reopens", "author": {"name": one[3]}, "license": one[0]}
    linked |= {"publisher": {"name": one[4]}, "copyrightHolder": {"name": one[1]}, "usageInfo": one[2]}
    head = (
        f'<title>Quay reopens</title><meta name="author" content="{one[0]}">'
        f'<meta name="robots" content="noai, {one[1]}">'
        f'<meta property="og:site_name" content="{one[2]}"><meta name="tdm-reservation" content="1">'
        f'<meta name="tdm-policy" content="https://x.example/{one[3].replace(" ", "-")}">'
        f'<link rel="license" href="https://x.example/{one[4].replace(" ", "_")}">'
        f'<link rel="canonical" href="https://x.example/{one[0].replace(" ", "-")}">'
        f'<script type="application/ld+json">{json.dumps(linked)}</script>'
    )
    body = "".join(f"<p>{'. '.join(p)}.</p>" for p in own)
    caption = f"<figcaption>{own[2][2]}. (Photo: {own[3][2]})</figcaption>"
    body += f'<figure><img alt="{own[1][2]}" src="a.jpg">{caption}</figure>'
    page = f"<html><head>{head}</head><body><article><h1>Quay reopens</h1>{body}</article></body></html>"
    (folder / "page.html").write_text(page, "utf-8")
    return said(own)


def write_annotations(folder: Path, text: str) -> None:
    """A set whose note repeats the text without quotation marks, with a span that lies beside its words."""
    start = text.index("\n\n", 40) + 2
    right = AnchoredSpan.of(text, Span(start, start + 60))
    wrong = right.model_copy(update={"start": start + 3, "end": start + 63})
    item = AnnotationSet(
        annotation_id="plain.ann-1", revision=1, state="submitted", doc_id="plain", annotator="ann-1",
        anchor_sha256=sha256_text(text), scheme="NEWS-EC", scheme_version="1.0.0",
        origin=Origin(kind="import", note=f"I wavered at {text[start : start + 70]} and left it."),
        entities=(
            Entity(id="e1", spans=(right,), label="PERSON"),
            Entity(id="e2", spans=(wrong,), label="PERSON"),
        ),
    )  # fmt: skip
    (folder / "annotations").mkdir()
    (folder / "annotations" / "ann-1.jsonl").write_text(item.model_dump_json() + "\n", "utf-8")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder of hostile inputs, and their texts."""
    folder = tmp_path_factory.mktemp("hostile") / "in"
    folder.mkdir()
    words = Words(7)
    texts = [*write_records(folder, words), write_text(folder, words), write_page(folder, words)]
    write_annotations(folder, texts[-2])
    return folder, texts


@pytest.fixture(scope="module")
def public(sources: tuple[Path, list[str]]) -> Path:
    """The public edition of a second release, so that there is a changelog of two."""
    folder, _ = sources
    home = folder.parent
    made = build([folder / "rows.jsonl"], home / "first", BuildOptions(name="hostile"))
    assert made.findings
    first = make_release(home / "first", home / "full", "0.1.0", "2024-05-01")
    made = build([folder], home / "build", BuildOptions(name="hostile", annotations=folder / "annotations"))
    assert {"annotation-span", "bad-sources-toml"} <= {finding.code for finding in made.findings}
    return public_edition(make_release(home / "build", home / "full", "0.2.0", "2024-06-01", previous=first), home)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return set(zip(*(words[at:] for at in range(5)), strict=False))


def shown(path: Path) -> Iterator[str]:
    """Yield a file's text; of Parquet every value, and the bytes as they are."""
    if path.suffix == ".parquet":
        yield from (
            json.dumps(row, default=str, ensure_ascii=False).replace("\\n", " ")
            for row in pq.read_table(path).to_pylist()
        )
        yield path.read_bytes().decode("latin-1")
    else:
        yield from (path.read_text("utf-8"), path.read_text("utf-8").replace("%20", " "))


def leaks_in(directory: Path, held: set[tuple[str, ...]]) -> dict[str, set[tuple[str, ...]]]:
    """Return the runs of words that each file shows, where it shows any."""
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    found = {name: {run for text in shown(path) for run in runs(text) & held} for name, path in files.items()}
    return {name: leak for name, leak in found.items() if leak}


def test_no_file_says_again_what_is_withheld(public: Path, sources: tuple[Path, list[str]]) -> None:
    """Every run of five words of the texts, titles aside, in every file, wherever else they were said."""
    titles = (row["title"] or "" for row in BuiltDataset.open(public).rows("documents"))
    held = set().union(*map(runs, sources[1])).difference(*map(runs, titles))
    assert len(held) > 700
    names = {path.name for path in public.rglob("*") if path.is_file()}
    assert {"README.md", "CHANGES.md", "manifest.json", "croissant.json", "datapackage.json"} <= names
    assert {name: sorted(leak)[:2] for name, leak in leaks_in(public, held).items()} == {}
    assert verify(public) == []


def test_the_full_edition_has_them_all(public: Path, sources: tuple[Path, list[str]]) -> None:
    """The search above does find words where they are, in the manifest too."""
    full = public.parent / "full" / "hostile-0.2.0"
    held = set().union(*map(runs, sources[1]))
    found = leaks_in(full, held)
    assert {"manifest.json", "README.md"} <= set(found)
    assert held <= set().union(*found.values())


def test_what_repeats_nothing_stays(public: Path) -> None:
    """The address and the date of the record that has usable ones differ: one repeats its text, one not."""
    rows = {row["doc_id"]: row for row in BuiltDataset.open(public).rows("documents")}
    assert rows["r3"]["url"] is None
    assert (rows["r3"]["published"], rows["r3"]["site"]) == ("2024-05-01", "news.example")
    assert rows["r0"]["title"] == "Harbour notice 0"


def test_it_comes_back_byte_for_byte(public: Path, sources: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Who has the inputs gets every value, finding and note again."""
    report = hydrate(public, [sources[0]], tmp_path)
    assert report.identical, report.findings


@pytest.mark.parametrize("where", ["key", "about", "scheme"])
def test_what_cannot_be_left_out_is_refused(where: str, tmp_path: Path) -> None:
    """A column's name, what is told of the dataset: one sentence, and no edition."""
    folder = tmp_path / "in"
    folder.mkdir()
    secret = Words(3).sentence()
    row = {"id": "a", "title": "Harbour", "text": f"It was so: {secret}. Yes."}
    row |= {secret: "x"} if where == "key" else {}
    (folder / "rows.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (tmp_path / "about.toml").write_text(f'description = "{secret if where == "about" else "None"}"\n', "utf-8")
    scheme = (Path(__file__).parents[2] / "schemas" / "news-ec.toml").read_text("utf-8")
    (tmp_path / "scheme.toml").write_text(scheme + (f"# {secret}\n" if where == "scheme" else ""), "utf-8")
    options = BuildOptions(name="named", about=tmp_path / "about.toml", scheme=tmp_path / "scheme.toml")
    build([folder], tmp_path / "build", options)
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    with pytest.raises(UsageError, match="would show words of a withheld text"):
        public_edition(full, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_names_that_spell_a_sentence_are_others_and_come_back(tmp_path: Path) -> None:
    """Addresses for ids, files named by a sentence: hashes of whole texts stand for them; hydrated back."""
    folder = tmp_path / "in"
    folder.mkdir()
    words = Words(11)
    secret = [words.sentence() for _ in range(4)]
    address = f"https://news.example/{secret[0].lower().replace(' ', '-')}"
    rows = [
        {"url": address, "title": "Harbour", "text": f"It was so: {secret[0]}. Yes."},
        {"id": "plain", "title": "Pier", "text": f"{secret[1]}. No more than that."},
        {"id": "broken", "title": secret[0]},
    ]
    (folder / f"{secret[1]}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    text = f"Quay opens\n\n{secret[2]}. {secret[3]}.\n"
    (folder / f"{secret[2].replace(' ', '_')}.txt").write_text(text, "utf-8")
    build([folder / f"{secret[1]}.jsonl"], tmp_path / "first", BuildOptions(name="named"))
    first = make_release(tmp_path / "first", tmp_path / "full", "0.1.0")
    build([folder], tmp_path / "build", BuildOptions(name="named"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.2.0", previous=first), tmp_path)
    assert leaks_in(public, set().union(*map(runs, secret))) == {}
    assert verify(public) == []
    ids = {row["doc_id"]: row["anchor_sha256"] for row in BuiltDataset.open(public).rows("documents")}
    assert ids.keys() == {"plain", *(f"withheld-{digest}" for doc_id, digest in ids.items() if doc_id != "plain")}
    report = hydrate(public, [folder], tmp_path / "again")
    assert report.identical, report.findings
    assert address in {item.doc_id for item in report.documents}
    alias = next(doc_id for doc_id in ids if doc_id != "plain")
    options = TakedownOptions(tmp_path / "takedowns.jsonl", (public,), (folder,))
    told = take_down(alias, "asked", options)
    assert [holder.directory for holder in told.holders] == [public]
    assert len(told.others) == 1
    less = hydrate(public, [folder], tmp_path / "less")
    assert [item.detail for item in less.documents if item.state == "missing"] == ["it was taken down"]
    (tmp_path / "takedowns.jsonl").unlink()
    (folder / f"{secret[2].replace(' ', '_')}.txt").unlink()
    partly = hydrate(public, [folder], tmp_path / "partly")
    assert sorted(item.state for item in partly.documents) == ["exact", "exact", "missing"]


def test_a_files_name_is_no_word_of_where_a_value_is_known_from(tmp_path: Path) -> None:
    """What is withheld of evidence begins with the name of its file, which alone tells nothing of the text."""
    (tmp_path / "in").mkdir()
    name = "news-dump-of-2021-04-08.jsonl"
    record = {"id": "a", "text": "The ferry was late on Sunday.", "author": "Ida Lund", "rights": "Ask."}
    (tmp_path / "in" / name).write_text(json.dumps(record) + "\n", "utf-8")
    build([tmp_path / "in"], tmp_path / "build", BuildOptions(name="dump"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    shown = BuiltDataset.open(public)
    assert [row["source_file"] for row in shown.rows("documents")] == [f"in/{name}"]
    assert f"in/{name}" in [item.path for item in shown.manifest.inputs]
    assert verify(public) == []


def test_a_title_as_long_as_a_text_is_withheld(tmp_path: Path) -> None:
    """A title is a reference to the article; a whole post in its place is not."""
    long = said(Words(5).paragraphs(2))
    rows = [{"id": "long", "title": long, "text": long}, {"id": "short", "title": "Harbour", "text": "It opens."}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    build([tmp_path / "rows.jsonl"], tmp_path / "build", BuildOptions(name="posts"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    titles = {row["doc_id"]: row["title"] for row in BuiltDataset.open(public).rows("documents")}
    assert titles == {"long": None, "short": "Harbour"}
    assert hydrate(public, [tmp_path / "rows.jsonl"], tmp_path / "again").identical


def test_runs_are_found_in_any_writing_and_free_ones_are_left() -> None:
    """Case, punctuation, hyphens, underscores and the escapes of an address do not hide a run."""
    text = "The mayor of the town left. A pier stands open for all."
    shown = ["x/THE-mayor_of%20the%20town", "a pier stands open for all", "the mayor of nothing"]
    leaks = find_leaks(shown, [text], ["A pier stands open, for all"])
    assert [leaks.hold(one) for one in shown] == [True, False, False]
    held = References([("0a", text)], find_leaks(["mayor of the town left"], [text], []))
    told = held.put(["She said mayor of the town left to him.", "She said MAYOR OF THE TOWN LEFT to him."])
    assert told == ["She said ⟦0a 4–26⟧ to him.", "She said ⟦…⟧ to him."]
    both = References([("0a", text)], find_leaks([text], [text], []))
    (twice,) = both.put(["The mayor of the town left, we heard; and A pier stands open for all."])
    assert twice == "⟦0a 0–26⟧, we heard; and ⟦0a 28–54⟧."


def test_findings_about_inputs_are_withheld_and_read_again() -> None:
    """The second of two findings at one place comes back as the second."""
    read = [Finding("bad-id", "rows.jsonl:1", f"The id '{word}' is wrong.") for word in ("Alpha", "Beta")]
    quiet = quiet_findings(read, References([]))
    assert all("Alpha" not in f.message and "Beta" not in f.message for f in quiet)
    assert list(restored_findings(quiet, read, {}.get)) == read
    plain = Finding("not-text", "one two three four five.txt", "This is no text.")
    assert quiet_findings([plain], References([])) == [plain]
    secret = References([], find_leaks([plain.place], [plain.place], []))
    quiet = quiet_findings([plain], secret)
    assert "three" not in quiet[0].place
    assert list(restored_findings(quiet, [read[0], plain], {}.get)) == [plain]


def test_many_findings_are_read_again_at_once() -> None:
    """Withheld ones in any order, with places and without: each takes the first of its kind that is left."""
    chance, count = random.Random(7), 6000
    read = [Finding("bad-id", f"rows.jsonl:{number}", f"The id '{number}' is wrong.") for number in range(count)]
    quiet = quiet_findings(read, References([]))
    elsewhere = [replace(finding, place=f"other.jsonl:{number}") for number, finding in enumerate(quiet)]
    chance.shuffle(quiet)
    hidden = [replace(quiet[0], place=HIDDEN)] * 2
    before = time.process_time()
    found = list(restored_findings([*elsewhere, *quiet[2:], *hidden], read, {}.get))
    assert time.process_time() - before < 2
    assert found[:count] == elsewhere
    assert [f.place for f in found[count:-2]] == [f.place for f in quiet[2:]]
    assert {f.message for f in found[count:]} == {f.message for f in read}
    left = sorted((f.place for f in quiet[:2]), key=lambda place: int(place.partition(":")[2]))
    assert [f.place for f in found[-2:]] == left
