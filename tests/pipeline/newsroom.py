"""A newsroom of invented articles over some days: what the test of histories plays."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from corpus.annotation.store import append
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down

KINDS = ("text", "page", "record")
_WORDS = (
    "harbour",
    "council",
    "ferry",
    "bridge",
    "storm",
    "budget",
    "market",
    "school",
    "river",
    "tunnel",
    "strike",
)


@dataclass(slots=True)
class Article:
    """One article and the file that it lies in."""

    doc_id: str
    kind: str
    secret: str
    """A word that stands in this article alone."""
    lines: list[str]
    allowed: bool = False
    gzipped: bool = False
    former: list[str] | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(self.lines) + "\n"


@dataclass(slots=True)
class Newsroom:
    """The raw files below ``home/raw``, and the day's work on them; the same seed does the same."""

    home: Path
    dice: random.Random
    articles: list[Article] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    annotated: dict[str, int] = field(default_factory=dict)
    made: int = 0

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    def work(self) -> list[str]:
        """Do some things that newsrooms do, write all files anew, and return what was done."""
        verbs = (self.add, self.change, self.revert, self.rename, self.delete, self.zip, self.free, self.annotate)
        done = [verb.__name__ for verb in self.dice.choices(verbs, k=5) if verb()]
        self.write()
        return done

    def add(self, kind: str | None = None) -> bool:
        self.made += 1
        kind = kind or self.dice.choice(KINDS)
        secret = f"zq{self.made}{''.join(self.dice.choices('bdfgklmnprst', k=8))}"
        lines = [f"The {self.word()} by the {self.word()} opens again", *(self.sentence(secret) for _ in range(4))]
        self.articles.append(Article(f"{kind}-{self.made}", kind, secret, lines, self.dice.random() < 0.4))
        return True

    def change(self) -> bool:
        article = self.dice.choice(self.articles)
        article.former = list(article.lines)
        number = self.dice.randrange(1, len(article.lines))
        if self.dice.random() < 0.5:
            article.lines.insert(number, self.sentence(article.secret))
        else:
            article.lines[number] = self.sentence(article.secret)
        return True

    def revert(self) -> bool:
        """Bring the wording back that an article had before."""
        changed = [article for article in self.articles if article.former]
        for article in self.dice.sample(changed, min(1, len(changed))):
            article.lines, article.former = article.former or article.lines, None
        return bool(changed)

    def rename(self) -> bool:
        article = self.dice.choice(self.articles)
        article.doc_id += "r"
        return True

    def delete(self) -> bool:
        if len(self.articles) > 3:
            self.articles.remove(self.dice.choice(self.articles))
        return len(self.articles) > 3

    def zip(self) -> bool:
        article = self.dice.choice(self.articles)
        article.gzipped = not article.gzipped
        return article.kind != "record"

    def free(self) -> bool:
        article = self.dice.choice(self.articles)
        article.allowed = not article.allowed
        return True

    def annotate(self) -> bool:
        """Let somebody mark the secret word of a text or a record as it is now."""
        article = self.dice.choice(self.articles)
        if article.kind == "page":
            return False
        name, text = f"{article.doc_id}.{self.dice.choice(('anna', 'gold'))}", article.text
        self.annotated[name] = self.annotated.get(name, 0) + 1
        start = text.index(article.secret)
        made = AnnotationSet(
            annotation_id=name,
            revision=self.annotated[name],
            state="submitted",
            doc_id=article.doc_id,
            annotator=name.rpartition(".")[2],
            anchor_sha256=sha256_text(text.strip() if article.kind == "record" else text),
            scheme="news-ec",
            scheme_version="1.0.0",
            origin=Origin(kind="import"),
            entities=(
                Entity(
                    id="e1",
                    label="LOC",
                    spans=(AnchoredSpan.of(text, Span(start, start + len(article.secret))),),
                ),
            ),
        )
        append(self.home / "annotations", [made])
        return True

    def take_down(self) -> None:
        """Take one article down and erase it."""
        article = self.dice.choice(self.articles)
        (self.home / "annotations").mkdir(exist_ok=True)
        where = TakedownOptions(
            self.home / "takedowns.jsonl",
            datasets=(self.home / "build",),
            raw=(self.raw,),
            annotations=self.home / "annotations",
            purge=True,
        )
        assert take_down(article.doc_id, "the owner asked", where).left == ()
        self.articles.remove(article)
        self.purged.append(article.secret)

    def write(self) -> None:
        """Write every raw file anew."""
        shutil.rmtree(self.raw, ignore_errors=True)
        self.raw.mkdir()
        for article in self.articles:
            if article.kind != "record":
                name = f"{article.doc_id}.{'txt' if article.kind == 'text' else 'html'}"
                data = (article.text if article.kind == "text" else _page(article)).encode()
                path = self.raw / (name + (".gz" if article.gzipped else ""))
                path.write_bytes(gzip.compress(data, mtime=0) if article.gzipped else data)
        records = [a for a in self.articles if a.kind == "record"]
        lines = [
            json.dumps({"id": a.doc_id, "text": a.text.strip(), "words": len(a.text.split())}) for a in records
        ]
        if lines:
            (self.raw / "records.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        said = 'redistribution = { value = "allowed", known_from = "a letter" }'
        tables = [f"[documents.{a.doc_id}]\n{said}\n" for a in self.articles if a.allowed]
        (self.raw / "sources.toml").write_text("".join(tables), "utf-8")

    def word(self) -> str:
        return self.dice.choice(_WORDS)

    def sentence(self, secret: str) -> str:
        return (
            f"The {self.word()} office of {secret} said on Monday that the {self.word()} and {self.word()} will "
            f"be talked about for {self.dice.randrange(2, 90)} days before anybody decides on the {self.word()}."
        )


def _page(article: Article) -> str:
    title, *rest = article.lines
    body = "".join(f"<p>{line}</p>" for line in rest)
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def places_of(words: list[str], *folders: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file below the folders in which one of the words stands, packed or not, with the word."""
    for path in (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data += gzip.decompress(data)
        elif path.suffix == ".parquet":
            data += json.dumps(pq.read_table(path).to_pylist()).encode()
        yield from ((path, word) for word in words if word.encode() in data)
