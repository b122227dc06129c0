"""Resolve HTML character references that a page's text still carries ("Q&amp;A", "Maima&rsquo;s").

An article *about* "&amp;" must stay as it is. So the question is put to the document as a whole, and any sign
of markup as a subject answers no: a tag or an escaped one ("<b", "&lt;"), a word such as "HTML" or
"ampersand", a reference in quotation marks or brackets. Only the 250 names of HTML 4 and numbers are
resolved, only with their semicolon, and only to characters that cannot make a new reference or a line break.
Nested ones ("&amp;amp;quot;") are resolved in one pass, so the result holds no further one.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from html.entities import name2codepoint

from corpus.files import package_text
from corpus.model.document import Repair
from corpus.model.shortened import shortened, some_of

__all__ = ["resolve_references"]

_REFERENCE = re.compile(
    r"&(?:(?:amp|AMP|#0{0,5}38|#[xX]0{0,5}26);)*"
    r"(?P<one>[A-Za-z][A-Za-z0-9]{1,7}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
)
_TAG = re.compile(r"<[A-Za-z/!?]")
_UNSAFE = frozenset("<>#;")


@dataclass(frozen=True, slots=True)
class _Rules:
    subject: re.Pattern[str]
    markup: frozenset[str]
    opening: frozenset[str]
    closing: frozenset[str]


def resolve_references(text: str) -> tuple[str, Repair | None]:
    """Return the text with leftover references resolved, and the repair where there were any."""
    if "&" not in text or ";" not in text:
        return text, None
    matches = [match for match in _REFERENCE.finditer(text) if _character(match["one"]) is not None]
    if not matches or _is_subject(text):
        return text, None
    counts: Counter[str] = Counter()

    def resolved(match: re.Match[str]) -> str:
        character = _character(match["one"])
        if character is None:
            return match[0]
        counts[shortened(match[0], 40)] += 1
        return character

    text = _REFERENCE.sub(resolved, text)
    return text, Repair("reference", counts.total(), _listed(counts))


def _is_subject(text: str) -> bool:
    """Tell whether the document talks about markup or shows it."""
    rules = _rules()
    if _TAG.search(text) or rules.subject.search(text):
        return True
    for match in _REFERENCE.finditer(text):
        if _is_markup(match["one"]):
            return True
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if before in rules.opening and after in rules.closing:
            return True
    return False


@lru_cache(maxsize=4096)
def _is_markup(one: str) -> bool:
    return one in _rules().markup or html.unescape(f"&{one};") in ("<", ">")


@lru_cache(maxsize=4096)
def _character(one: str) -> str | None:
    """Return the one character that a name or a number stands for, where resolving it is safe."""
    if not one.startswith("#") and one not in name2codepoint and one != "apos":
        return None
    character = html.unescape(f"&{one};")
    if len(character) != 1 or character == "\ufffd" or character in _UNSAFE:
        return None
    if character < " " or "\x7f" <= character < "\xa0" or (character.isascii() and character.isalnum()):
        return None
    return character


def _listed(counts: Counter[str]) -> str:
    """Return the references by frequency, the first five of them."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return some_of([f"{name} × {count}" for name, count in ranked], 5)


@cache
def _rules() -> _Rules:
    table = tomllib.loads(package_text("corpus.readers.encoding", "references.toml"))
    words = "|".join(map(re.escape, table["subjects"]))
    return _Rules(
        subject=re.compile(rf"\b(?:{words})\b", re.IGNORECASE),
        markup=frozenset(table["markup"]),
        opening=frozenset(table["opening"]),
        closing=frozenset(table["closing"]),
    )
