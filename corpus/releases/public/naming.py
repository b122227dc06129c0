"""Name documents and files otherwise where their names repeat withheld words, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from corpus.export.card_words import escape_markdown
from corpus.export.fitting import with_column
from corpus.model.finding import Finding
from corpus.model.manifest import InputFile
from corpus.releases.public.runs import Leaks

__all__ = [
    "Renaming",
    "alias_of",
    "is_alias",
    "leaking_names",
    "renamed_inputs",
    "with_names",
    "with_other_path",
]

_ALIAS = "withheld-"
_FORM = re.compile(rf"{_ALIAS}[0-9a-f]{{64}}")


def is_alias(name: str) -> bool:
    """Tell whether a name stands for one that is withheld."""
    return _FORM.fullmatch(name) is not None


class _Names:
    """Names that become others in a text; of those that begin at one place the longest."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._head = min(map(len, names), default=0)
        sizes: dict[str, set[int]] = {}
        for name in names:
            sizes.setdefault(name[: self._head], set()).add(len(name))
        self._sizes = {head: sorted(own, reverse=True) for head, own in sizes.items()}
        """How long the names are that begin so, the longest first."""

    def put(self, text: str) -> str:
        made, at, done = list[str](), 0, 0
        while self._head and at + self._head <= len(text):
            sizes = self._sizes.get(text[at : at + self._head], ())
            name = next((text[at : at + size] for size in sizes if text[at : at + size] in self._names), "")
            if name:
                made += [text[done:at], self._names[name]]
                done = at + len(name)
            at += len(name) or 1
        return "".join([*made, text[done:]])


@dataclass(frozen=True, slots=True)
class Renaming:
    """Which ids of documents become which others; one way or the other."""

    names: Mapping[str, str]
    _plain: _Names = field(init=False, repr=False, compare=False)
    _marked: _Names = field(init=False, repr=False, compare=False)
    """As Markdown has them."""

    def __post_init__(self) -> None:
        """Lay out what is looked for in every text."""
        marked = {escape_markdown(old): escape_markdown(new) for old, new in self.names.items()}
        object.__setattr__(self, "_plain", _Names(self.names))
        object.__setattr__(self, "_marked", _Names(marked))

    def finding(self, finding: Finding) -> Finding:
        """Return a finding that speaks of the documents by their other names."""
        return replace(finding, place=self._plain.put(finding.place), message=self._plain.put(finding.message))

    def told(self, text: str) -> str:
        """Return a text in Markdown that speaks of the documents by their other names."""
        return self._marked.put(text)


def leaking_names(documents: Iterable[pa.Table], leaks: Leaks) -> Renaming:
    """Return for each document whose id repeats withheld words a name by the hash of its text."""
    return Renaming(_unique(pair for data in documents for pair in _aliases(data, leaks)))


def _aliases(documents: pa.Table, leaks: Leaks) -> Iterator[tuple[str, str]]:
    columns = (documents.column(name).to_pylist() for name in ("doc_id", "anchor_sha256"))
    digests = dict(zip(*columns, strict=True))
    yield from ((doc_id, alias_of(digests[doc_id])) for doc_id in leaks.among(digests))


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs whose second member is not taken: of two documents with one text the second keeps its id."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for old, new in pairs:
        if new not in taken:
            found[old] = new
            taken.add(new)
    return found


def with_names(data: pa.Table, renaming: Renaming, file_of: Callable[[str, str], str]) -> pa.Table:
    """Return rows with other ids, and other files' names as ``file_of(anchor_sha256, name)`` says."""
    changed = data
    if renaming.names:
        ids = data.column("doc_id").to_pylist()
        changed = with_column(changed, "doc_id", [renaming.names.get(name, name) for name in ids])
    if "source_file" in data.schema.names:
        told = (data.column(name).to_pylist() for name in ("anchor_sha256", "source_file"))
        changed = with_column(changed, "source_file", list(map(file_of, *told)))
    return changed


def renamed_inputs(inputs: Iterable[InputFile], path_of: Callable[[InputFile], str]) -> Iterator[InputFile]:
    """Yield the inputs with the paths that ``path_of`` gives."""
    return (item.model_copy(update={"path": path_of(item)}) for item in inputs)


def with_other_path(known_from: str, paths: Mapping[str, str]) -> str:
    """Return where a value is known from with another path for the file's ("PATH:field title").

    >>> with_other_path("in/12:30.md:field title", {"in/12:30.md": "else/note.md"})
    'else/note.md:field title'
    """
    at = known_from.find(":")
    while at >= 0:  # a file's name may hold a colon, too
        if known_from[:at] in paths:
            return f"{paths[known_from[:at]]}{known_from[at:]}"
        at = known_from.find(":", at + 1)
    return known_from


def alias_of(digest: str) -> str:
    """Return the name that stands for a withheld one: by the hash of a whole text or file."""
    return f"{_ALIAS}{digest}"
