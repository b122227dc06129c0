"""ninjs, the IPTC's news in JSON (versions 1 to 3): one object to one news item.

Field names are compared without regard to capitals, since the versions differ in those. The text is the plain
text body, or else the marked-up one as a page shows it; the headline stands above it.
https://www.iptc.org/std/ninjs/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from corpus.files import sha256_bytes
from corpus.model.document import KnownValue, RawDocument, Repair
from corpus.model.markup import Markup
from corpus.readers.columns import sort_columns
from corpus.readers.encoding.decoding import is_blank, repair_text
from corpus.readers.html import render
from corpus.readers.iptc.items import Item, byline_names, known_value, laid_out, table, version_number, withdrawn
from corpus.readers.records import Problem, id_problem
from corpus.readers.standing import Standing
from corpus.readers.values import iso_date

__all__ = ["is_ninjs", "ninjs_item"]

_MARKS = frozenset({"headline", "headlines", "bodies", "versioncreated", "pubstatus", "representationtype"})
_PLAIN = "text/plain"
_TEXT_TYPES = frozenset({"", "text", "composite", "component"})
_USED = frozenset({"uri", "headline", "headlines", "bodies", "byline", "by"})

Fields = Mapping[str, object]


def is_ninjs(value: object) -> bool:
    """Tell whether a JSON value looks like a ninjs item: an object with a uri and a field of news items."""
    if not isinstance(value, Mapping):
        return False
    names = {str(name).lower() for name in value}
    return isinstance(_lower(value).get("uri"), str) and (
        bool(names & _MARKS) or any(name.startswith("body_") for name in names)
    )


def ninjs_item(value: Mapping[str, object], data: bytes, name: str) -> Item:
    """Return the item; ``data`` are its bytes, ``name`` its file.

    Raises:
        Problem: its uri cannot be an id.
    """
    fields = _lower(value)
    doc_id = str(fields["uri"]).strip()
    wrong = id_problem(doc_id)
    if wrong is not None:
        raise Problem("bad-id", f"The uri, which is the id, {wrong}.")
    standing = Standing(
        number=version_number(fields.get("version")),
        date=iso_date(fields.get("versioncreated")),
        withdrawn=withdrawn(fields.get("pubstatus")),
    )
    return Item(doc_id, (), standing, None, partial(_document, doc_id, value, fields, sha256_bytes(data), name))


def _lower(value: Mapping[Any, object]) -> dict[str, object]:
    return {str(name).lower(): found for name, found in reversed(list(value.items()))}


def _document(doc_id: str, value: Fields, fields: Fields, digest: str, name: str) -> RawDocument | None:
    headline = _headline(fields)
    body = _body(fields, headline)
    if body is None:
        if str(fields.get("type", "")).lower() not in _TEXT_TYPES:
            return None
        raise Problem("missing-text", "The item has no text; expected body_text, body_xhtml or bodies.")
    text, markup, repairs, decoder = body
    known = tuple(_known(fields, headline, name))
    taken = {value.column for value in known}
    used = {key for key in value if key.lower() in _USED or key.lower().startswith("body_")}
    named = {n for column, names in table()["ninjs"].items() if column in taken for n in names}
    columns = sort_columns(value, frozenset(used | {key for key in value if key.lower() in named}), name)
    return RawDocument(
        doc_id=doc_id,
        text=text,
        raw_sha256=digest,
        decoder=decoder,
        source_file=name,
        repairs=repairs,
        known=known + tuple(v for v in columns.known if v.column not in taken),
        extra=columns.extra,
        media_type="application/json",
        markup=markup,
    )


def _known(fields: Fields, headline: str, name: str) -> Iterator[KnownValue]:
    values: list[KnownValue | None] = [known_value("title", headline, f"{name}:field headline")]
    for key in ("byline", "by"):
        found = fields.get(key)
        if isinstance(found, str):
            values.append(known_value("authors", list(byline_names(found)), f"{name}:field {key}"))
            break
    for column, keys in table()["ninjs"].items():
        found_values = (known_value(column, fields.get(key), f"{name}:field {key}") for key in keys)
        values.append(next((value for value in found_values if value is not None), None))
    yield from _first_of_each(value for value in values if value is not None)


def _first_of_each(values: Iterator[KnownValue]) -> Iterator[KnownValue]:
    """Yield one value a column; a change at the time of publication is none."""
    seen: dict[str, KnownValue] = {}
    for value in values:
        seen.setdefault(value.column, value)
    published, modified = seen.get("published"), seen.get("modified")
    if published and modified and published.value == modified.value:
        del seen["modified"]
    yield from seen.values()


def _headline(fields: Fields) -> str:
    found = fields.get("headline")
    listed = [] if isinstance(found, str) else _listed(fields.get("headlines"))
    main = next((h for h in listed if h.get("role") == "main"), listed[0] if listed else {"value": found})
    text = main.get("value")
    return " ".join(text.split()) if isinstance(text, str) else ""


def _listed(value: object) -> list[dict[str, object]]:
    return [_lower(entry) for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _body(fields: Fields, headline: str) -> tuple[str, Markup | None, tuple[Repair, ...], str] | None:
    """Return the text with its markup, its repairs and its decoder: plain where there is a plain body."""
    bodies = [(media, text) for media, text in _bodies(fields) if text.strip()]
    plain = next((text for media, text in bodies if media == _PLAIN), None)
    if plain is not None:
        repaired = repair_text(f"{headline}\n\n{plain}" if headline else plain)
        return repaired.text, None, repaired.repairs, "ninjs: plain text"
    if not bodies:
        return None
    page = render(bodies[0][1])
    if is_blank(page.text):
        return None
    title, above = laid_out([("h1", headline)])
    clean = repair_text(title).text
    text = f"{clean}\n\n{page.text}" if headline else page.text
    markup = _joined(above, page.markup) if headline else page.markup
    return text, markup, page.repairs, "ninjs: markup"


def _joined(above: Markup, below: Markup) -> Markup:
    return Markup(
        (*above.tags, "", *below.tags),
        (*above.link_shares, 0.0, *below.link_shares),
        (*above.hints, "", *below.hints),
        (*above.places, "", *below.places),
    )


def _bodies(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield (media type, text) of each body, the main one first."""
    listed = sorted(_listed(fields.get("bodies")), key=lambda body: body.get("role") != "main")
    for body in listed:
        media, text = str(body.get("contenttype", "")).partition(";")[0].strip().lower(), body.get("value")
        if isinstance(text, str):
            yield media or (_PLAIN if "<" not in text else "text/html"), text
    for key, text in fields.items():
        if key.startswith("body_") and isinstance(text, str):
            yield _PLAIN if key == "body_text" else "text/html", text
