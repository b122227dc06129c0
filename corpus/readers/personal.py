"""Find what may be personal data in a text: e-mail addresses, phone numbers, street addresses, bank numbers.

Phone numbers are found by phonenumbers (Google's libphonenumber), street addresses by pyap2, and bank and card
numbers are checked with python-stdnum; they come with the extra ``[pii]``. No library can tell a private person's
number from an office's, so everything that is found is reported, and what is masked is the steward's to say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from corpus.errors import ExtraMissingError
from corpus.files import package_text
from corpus.model.document import RawDocument, Repair
from corpus.model.markup import Head

__all__ = ["MASK", "MASKED", "PersonalData", "find_personal", "mask_document", "mask_text"]

MASK = "█"
"""What every character of personal data becomes that is no white space: lengths, lines and offsets stay."""
MASKED = "personal"
"""The kind of repair that a masked text has."""

_EMAIL = re.compile(
    r"(?<![\w.%+'@/-])\w[\w.!#$%&'*+=?^`{|}~-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@-])"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,4})?(?!\w)")
_CARD = re.compile(r"(?<![\w.,-])(?:\d{4}[ -]){3}\d{1,7}(?![\w-])")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
"""What ends like these is a file's name ("icon@2x.png")."""
_WINDOW = 160
"""How far behind a house number an address may go, in code points."""


@dataclass(frozen=True, slots=True, order=True)
class PersonalData:
    """One finding: where it stands (code points), and what it is."""

    start: int
    end: int
    kind: str
    """"e-mail address", "phone number", "street address", "bank number" or "card number"."""


def find_personal(text: str) -> list[PersonalData]:
    """Return what may be personal data in a text, in order; of what overlaps, the first and longest.

    Raises:
        ExtraMissingError: the extra ``[pii]`` is not installed.
    """
    found = sorted(
        [*_emails(text), *_bank_numbers(text), *_addresses(text), *_phones(text)],
        key=lambda item: (item.start, -item.end),
    )
    kept: list[PersonalData] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def mask_text(text: str) -> tuple[str, list[PersonalData]]:
    """Return the text with personal data masked, of the same length, and what was masked.

    Raises:
        ExtraMissingError: the extra ``[pii]`` is not installed.
    """
    found = find_personal(text)
    parts: list[str] = []
    position = 0
    for item in found:
        hidden = re.sub(r"\S", MASK, text[item.start : item.end])
        parts += (text[position : item.start], hidden)
        position = item.end
    return "".join((*parts, text[position:])), found


def mask_document(raw: RawDocument) -> RawDocument:
    """Return a raw document with personal data masked in its text and in all that is known of it.

    It is recorded as a repair, made before anything is anchored.

    Raises:
        ExtraMissingError: the extra ``[pii]`` is not installed.
    """
    text, found = mask_text(raw.text)
    known = tuple(replace(item, value=_masked(item.value)) for item in raw.known if item.column not in _ADDRESSES)
    kept = tuple(item for item in raw.known if item.column in _ADDRESSES)
    return replace(
        raw,
        text=text,
        repairs=(*raw.repairs, Repair(MASKED, len(found), "personal data was masked, lengths kept")),
        known=(*kept, *known),
        extra=_masked(raw.extra),
        head=None if raw.head is None else _masked_head(raw.head),
    )


_ADDRESSES = ("url", "site", "retrieved_at", "published", "modified", "date_hint")


def _masked_head(head: Head) -> Head:
    """Mask what a page says of itself; the addresses that it links to are no words of it."""
    return replace(
        head,
        title=_masked(head.title),
        metas=tuple((name, _masked(value)) for name, value in head.metas),
        items=tuple((name, _masked(value)) for name, value in head.items),
        json_ld=_masked(head.json_ld),
    )


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)[0]
    if isinstance(value, list | tuple):
        return type(value)(_masked(item) for item in value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    return value


def _emails(text: str) -> Iterator[PersonalData]:
    for match in _EMAIL.finditer(text) if "@" in text else ():
        local = match[0].split("@")[0]
        if ".." not in local and not local.endswith(".") and not match[0].lower().endswith(_PICTURES):
            yield PersonalData(*match.span(), "e-mail address")


def _phones(text: str) -> Iterator[PersonalData]:
    phonenumbers = _library("phonenumbers")
    if len(re.findall(r"\d", text)) < 7:
        return
    seen: set[tuple[int, int]] = set()
    for region in (None, *_rules()["phone_regions"]):
        leniency = phonenumbers.Leniency.VALID if region is None else phonenumbers.Leniency.STRICT_GROUPING
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency):
            if (match.start, match.end) not in seen and _is_told(match.raw_string):
                seen.add((match.start, match.end))
                yield PersonalData(match.start, match.end, "phone number")


def _is_told(number: str) -> bool:
    """Tell whether a number is written as one for calling: bare digits and decimals are figures, too."""
    return not re.fullmatch(r"\d+(?:[.,]\d+)?", number)


def _bank_numbers(text: str) -> Iterator[PersonalData]:
    iban, luhn = _library("stdnum.iban"), _library("stdnum.luhn")
    for match in _IBAN.finditer(text):
        if iban.is_valid(match[0]):
            yield PersonalData(*match.span(), "bank number")
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 13 <= len(digits) <= 19 and luhn.is_valid(digits) and len(set(digits)) > 1:
            yield PersonalData(*match.span(), "card number")


def _addresses(text: str) -> Iterator[PersonalData]:
    """Ask the library about the windows behind house numbers alone: it is slow on whole articles."""
    pyap = _library("pyap")
    for number in _houses().finditer(text):
        window = text[number.start() : number.start() + _WINDOW]
        for country in _rules()["address_countries"]:
            whole = [a for a in pyap.parse(window, country=country) if a.match_start == 0]
            if whole:
                yield PersonalData(number.start(), number.start() + whole[0].match_end, "street address")
                break


@cache
def _houses() -> re.Pattern[str]:
    words = "|".join(map(re.escape, _rules()["streets"]))
    return re.compile(rf"(?i)(?<![\w.,-])\d{{1,5}}[a-z]?[ ,]\s?(?:[\w'’.-]{{1,24}}\s){{0,4}}(?:{words})\b")


@cache
def _rules() -> dict[str, list[str]]:
    return tomllib.loads(package_text("corpus.readers", "personal.toml"))


@cache
def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraMissingError(name.split(".")[0], "pii") from error
