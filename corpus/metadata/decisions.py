"""Decide from statements, licences, publishers and reservations whether a document may be passed on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from corpus.metadata.rights import holder_span
from corpus.metadata.words import alternatives, is_word_in, table
from corpus.model.document import KnownValue
from corpus.model.rights import PARTS, Decision, PartRights, Reservation, RightsRecord

__all__ = ["TERMS_COLUMNS", "Verdict", "licence_verdict", "rights_records", "statement_verdict", "with_rights"]

TERMS_COLUMNS = ("licence", "tdm_reservation", "tdm_policy", "robots", "rsl")
"""What a page or a record can say of its terms; read here alone, no columns of the dataset."""
LONGEST = 1_500
"""Lines longer than this (in code points) are no statement of rights."""

_LAST, _SHORT = 3, 300
"""How many of a text's last lines are looked at though they were kept, and how long (in code points) one may be."""
_QUOTED = '["“”„«»「」『』]'
_STATING = ("copyright", "boilerplate")
_FURNITURE_ROLES = sorted(PARTS["furniture"])
_SURE = ("sources.toml", "input record", "markup")
_NOTHING = "Nothing in it or known of it allows passing it on."
_CONTRADICTION = "What it says and what is known of it contradict one another."
_RESERVED = "A machine-readable reservation came with it."
_PICTURES = "Its pictures' captions may be others' work."
_FURNITURE = "What stands around the article may be others' work."

Row = Mapping[str, Any]
Known = Mapping[str, Sequence[KnownValue]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says: the decision, the rule's id, its reason, and a licence where it names one."""

    decision: Decision
    rule: str
    reason: str
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    kept: bool = False
    """Whether it stands in the article's text, so that it may forbid and allows nothing."""


_RESERVATION = pl.Struct({"kind": pl.String, "value": pl.String, "policy": pl.String})
_PART = pl.Struct({"part": pl.String, "decision": pl.String, "reason": pl.String, "holder": pl.String})
_RECORD = pl.Struct(
    {
        **dict.fromkeys(("decision", "rule", "reason", "holder", "licence", "statement"), pl.String),
        **dict.fromkeys(("start", "end"), pl.Int32),
        **dict.fromkeys(("known", "known_from"), pl.String),
        "reservations": pl.List(_RESERVATION),
        "parts": pl.List(_PART),
    }
)


def with_rights(described: pl.DataFrame, blocks: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the described frame (with known values applied) with the column ``rights_record``."""
    rows = [record.as_row() for record in rights_records(described, blocks, known)]
    return described.with_columns(pl.Series("rights_record", rows, dtype=_RECORD))


def rights_records(described: pl.DataFrame, blocks: pl.DataFrame, known: Known) -> list[RightsRecord]:
    """Return one record a row of ``described`` (with known values applied), in its order.

    ``known`` maps a doc_id to what is known from outside its text, the surest source first. A steward's word
    (``redistribution``, then ``licence``) goes before every statement; what forbids goes before what allows;
    where nothing speaks, the decision is unknown.
    """
    lines, credits = _stating(blocks), _captions(blocks)
    furnished = set(blocks.filter(pl.col("role").is_in(_FURNITURE_ROLES))["doc_id"])
    return [
        _record(row, lines.get(doc_id, ()), credits.get(doc_id, ()), doc_id in furnished, known.get(doc_id, ()))
        for row in described.iter_rows(named=True)
        for doc_id in (row["doc_id"],)
    ]


def licence_verdict(text: str) -> Verdict | None:
    """Return what the licence says that a text names, by name or address, or None.

    >>> licence_verdict("https://creativecommons.org/licenses/by/4.0/").licence
    'CC-BY-4.0'
    """
    for row, pattern in _rules("licence"):
        match = pattern.search(text)
        if match:
            return Verdict(Decision(row["decision"]), row["id"], row["reason"], _spdx(row["spdx"], match))
    return None


def statement_verdict(text: str) -> Verdict | None:
    """Return the strongest thing that a statement forbids or reserves, or None."""
    for row, pattern in _rules("statement"):
        if pattern.search(text):
            return Verdict(Decision(row["decision"]), row["id"], row["reason"])
    return None


def _record(
    row: Row, lines: Sequence[_Line], captions: Sequence[str], furnished: bool, known: Sequence[KnownValue]
) -> RightsRecord:
    values = {item.column: item for item in reversed(known)}
    reservations = tuple(_reservations(values))
    verdict, line = _verdict(row, lines, values, reservations)
    said = line or (lines[0] if lines else None)
    told = next((values[c] for c in ("redistribution", "licence", "rights", "copyright") if c in values), None)
    holder = row["copyright_holder"]
    return RightsRecord(
        decision=verdict.decision,
        rule=verdict.rule,
        reason=verdict.reason,
        holder=holder,
        licence=verdict.licence,
        statement=said.text if said else None,
        start=said.start if said else None,
        end=said.end if said else None,
        known=_text(told) if told else None,
        known_from=told.known_from if told else None,
        reservations=reservations,
        parts=tuple(_parts(verdict, row, captions, furnished)),
    )


def _verdict(
    row: Row, lines: Sequence[_Line], values: Mapping[str, KnownValue], reservations: Sequence[Reservation]
) -> tuple[Verdict, _Line | None]:
    """Return what decides, and the line of the text that does, if one does."""
    sure = _told(values)
    if sure is not None:
        return sure, None
    allowing: list[tuple[Verdict, _Line | None]] = [
        (v, line) for line in lines if not line.kept and (v := licence_verdict(line.text))
    ]
    forbidding: list[tuple[Verdict, _Line | None]] = [
        (v, line) for line in lines if (v := statement_verdict(line.text))
    ]
    outside = [_text(values[c]) for c in ("rights", "copyright") if c in values]
    allowing += [(v, None) for text in outside if (v := licence_verdict(text))]
    allowing += [(v, None) for v in _markup_licence(values)]
    forbidding += [(v, None) for text in outside if (v := statement_verdict(text))]
    if forbidding and any(v.decision is Decision.ALLOWED for v, _ in allowing):
        return Verdict(Decision.UNKNOWN, "rights.contradiction", _CONTRADICTION), forbidding[0][1]
    if forbidding:
        return forbidding[0]
    if allowing:
        return min(allowing, key=lambda pair: pair[0].decision is Decision.ALLOWED)
    free = _publisher(row)
    if free is not None:
        return free, None
    if reservations:
        return Verdict(Decision.DENIED, "rights.reserved", _RESERVED), None
    return Verdict(Decision.UNKNOWN, "rights.nothing", _NOTHING), None


def _told(values: Mapping[str, KnownValue]) -> Verdict | None:
    """Return what a steward or an input record decided outright."""
    licence = values.get("licence")
    named = licence_verdict(_text(licence)) if licence else None
    if "redistribution" in values and values["redistribution"].kind != "markup":
        decision = Decision(_text(values["redistribution"]))
        how = "allows" if decision is Decision.ALLOWED else "bars"
        spdx = named.licence if named else _as_ref(licence)
        return Verdict(decision, "rights.told", f"Who gathered it says that its owner {how} it.", spdx)
    if licence is None or licence.kind == "markup":
        return None
    unknown = Verdict(Decision.UNKNOWN, "rights.licence", "No rule knows the licence.", _as_ref(licence))
    return named or unknown


def _markup_licence(values: Mapping[str, KnownValue]) -> Iterator[Verdict]:
    named = licence_verdict(_text(values["licence"])) if "licence" in values else None
    if named is not None:
        yield named


def _publisher(row: Row) -> Verdict | None:
    """Return the verdict of a publisher whose own work is free, where this is its own work."""
    site, name = (row.get("site") or "").lower(), (row["publisher"] or "").casefold()
    outside = any(item["column"] == "publisher" and item["kind"] in _SURE for item in row["evidence"] or ())
    for rule in table("permissions")["publisher"]:
        named = name in rule["names"] and outside
        if (named or site in rule["sites"]) and not _is_anothers(row, rule["names"]):
            return Verdict(Decision.ALLOWED, rule["id"], rule["reason"], rule["licence"])
    return None


def _is_anothers(row: Row, names: Sequence[str]) -> bool:
    others = (row["agency"], row["copyright_holder"])
    return any(other is not None and other.casefold() not in names for other in others)


def _reservations(values: Mapping[str, KnownValue]) -> Iterator[Reservation]:
    policy = _text(values["tdm_policy"]) if "tdm_policy" in values else None
    if "tdm_reservation" in values and _text(values["tdm_reservation"]).strip() == "1":
        yield Reservation("tdm-reservation", "1", policy)
    if "robots" in values:
        words = re.split(r"[\s,:;]+", _text(values["robots"]).lower())
        barred = [word for word in table("permissions")["robots"] if word in words]
        if barred:
            yield Reservation("robots", ", ".join(barred))
    if "rsl" in values:
        yield Reservation("rsl", "terms", _text(values["rsl"])[:2000])


def _parts(verdict: Verdict, row: Row, captions: Sequence[str], furnished: bool) -> Iterator[PartRights]:
    """Yield the rights of the parts that the document has; a steward's word is of all of them."""
    yield PartRights("text", verdict.decision, verdict.reason, row["copyright_holder"])
    own = [name for name in (row["publisher"], row["copyright_holder"]) if name]
    credited = " / ".join(dict.fromkeys(row["credits"] or ())) or None
    theirs = all(any(name.casefold() in text.casefold() for name in own) for text in captions)
    whole = verdict.rule == "rights.told"
    if captions and (whole or (verdict.decision is Decision.ALLOWED and theirs)):
        yield PartRights("captions", verdict.decision, verdict.reason, credited)
    elif captions:
        yield PartRights("captions", Decision.UNKNOWN, _PICTURES, credited)
    if furnished and whole:
        yield PartRights("furniture", verdict.decision, verdict.reason)
    elif furnished:
        yield PartRights("furniture", Decision.UNKNOWN, _FURNITURE)


def _stating(blocks: pl.DataFrame) -> dict[str, list[_Line]]:
    """Return the lines of each document that state something of rights, but for those of pictures."""
    text = pl.col("text")
    chosen = blocks.filter(
        pl.col("role").is_in(_STATING) & (text.str.len_chars() <= LONGEST) & text.str.contains(_sieve())
    )
    found: dict[str, list[_Line]] = defaultdict(list)
    pictures = _pictures()
    for doc_id, line, start, end, role in chosen.select("doc_id", "text", "start", "end", "role").iter_rows():
        stated = licence_verdict(line) or statement_verdict(line) or holder_span(line)
        if (stated or role == "copyright") and not pictures.search(line):
            found[doc_id].append(_Line(line, start, end))
    for doc_id, line, start, end in _last_lines(blocks).select("doc_id", "text", "start", "end").iter_rows():
        if statement_verdict(line) and not pictures.search(line):
            found[doc_id].append(_Line(line, start, end, kept=True))
    return found


def _last_lines(blocks: pl.DataFrame) -> pl.DataFrame:
    """Return the last lines of each text that might forbid something: short ones in nobody's mouth.

    Where the cleaner was unsure whether a line belongs to the article, its word still withholds the text.
    """
    text = pl.col("text")
    last = blocks.filter(pl.col("role") == "body").group_by("doc_id", maintain_order=True).tail(_LAST)
    return last.filter((text.str.len_chars() <= _SHORT) & text.str.contains(_sieve()) & ~text.str.contains(_QUOTED))


def _captions(blocks: pl.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    chosen = blocks.filter(pl.col("role").is_in(["caption", "credit"])).select("doc_id", "text")
    for doc_id, text in chosen.iter_rows():
        found[doc_id].append(text)
    return found


@cache
def _pictures() -> re.Pattern[str]:
    """Return what a line of rights says that is of a picture."""
    return is_word_in(table("permissions")["pictures"])


@cache
def _sieve() -> str:
    """Return a plain pattern that every line of rights matches, for a first sieve."""
    words = alternatives(table("permissions")["sieve"])
    return rf"(?i)(?:\b|_){words}|©|\(c\)"


@cache
def _rules(name: str) -> tuple[tuple[dict[str, Any], re.Pattern[str]], ...]:
    rows: Iterable[dict[str, Any]] = table("permissions")[name]
    return tuple((row, re.compile(row["pattern"])) for row in rows)


def _spdx(name: str, match: re.Match[str]) -> str:
    """Return the SPDX identifier: with the version that is told, else as a LicenseRef."""
    version = next((v for key, v in match.groupdict().items() if key.startswith("version") and v), None)
    if name.startswith("CC-BY"):
        words = re.sub(r"[^a-z]+", "", match[0].lower())
        alike = "-SA" if name == "CC-BY-NC" and ("sa" in words[-6:] or "ncsa" in words or "alike" in words) else ""
        only = "-NC" if name == "CC-BY-ND" and ("bync" in words or "noncommercial" in words) else ""
        name = {"CC-BY-ND": f"CC-BY{only}-ND", "CC-BY-NC": f"CC-BY-NC{alike}"}.get(name, name)
        return f"{name}-{version}" if version else f"LicenseRef-{name}"
    if name == "OGL-UK":
        return f"OGL-UK-{version}.0" if version else "LicenseRef-OGL-UK"
    return name


def _as_ref(licence: KnownValue | None) -> str | None:
    if licence is None:
        return None
    word = re.sub(r"[^A-Za-z0-9.-]+", "-", _text(licence)).strip("-.")[:60]
    return f"LicenseRef-{word}" if word else None


def _text(item: KnownValue) -> str:
    return item.value if isinstance(item.value, str) else " ".join(item.value)
