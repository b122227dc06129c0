"""NITF 3, the IPTC's news in XML: one document to one news item.

The text is the headline, the sub-headlines and the blocks of the body in their order; what the head says of
it is known beside it. The XML is read without any entity of its own and without ever fetching anything.
https://iptc.org/standards/nitf/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element

from corpus.files import sha256_bytes
from corpus.model.document import KnownValue, RawDocument, Repair
from corpus.readers.encoding.decoding import repair_text
from corpus.readers.iptc.items import Item, Line, byline_names, known_value, laid_out, version_number, withdrawn
from corpus.readers.iptc.xmltree import parsed_xml
from corpus.readers.records import Problem, id_problem
from corpus.readers.standing import Standing
from corpus.readers.values import iso_date

__all__ = ["nitf_item", "root_name"]

_BLOCKS = {
    "p": "p",
    "hl1": "h1",
    "hl2": "h2",
    "media-caption": "figcaption",
    "media-producer": "figcaption",
    "li": "li",
    "dt": "dt",
    "dd": "dd",
    "tr": "tr",
    "caption": "caption",
    "pre": "pre",
    "credit": "p",
    "datasource": "p",
}
"""Elements that are a line of the text, with the HTML element that each would be."""

_ASIDE = frozenset({"media-metadata", "media-reference", "media-object", "nitf-table-metadata", "custom-table"})
_BASIC_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")


def root_name(data: bytes) -> str:
    """Return the name of the first element of some XML, as far as it can be told without parsing."""
    head = data[:65536].replace(b"\0", b"")
    found = _ROOT.search(_COMMENT.sub(b"", head))
    return found[1].decode("ascii", "replace").lower() if found else ""


def nitf_item(data: bytes, name: str, own_id: str) -> Item:
    """Return the item; ``name`` is its file, and ``own_id`` its id where it names none itself.

    Raises:
        Problem: it cannot be parsed, is no NITF, or its id cannot be one.
    """
    root, repairs = parsed_xml(data)
    if root.tag != "nitf":
        raise Problem("not-nitf", f"The root element is {root.tag!r}; expected nitf.")
    docdata = _first(root, "docdata")
    names = _names(docdata)
    correction = _attribute(docdata, "correction", "id-string")
    doc_id = correction or (names[0] if names else own_id)
    wrong = id_problem(doc_id)
    if wrong is not None:
        raise Problem("bad-id", f"The key of the item, which is the id, {wrong}.")
    about = docdata.get("management-doc-idref", "").strip() if docdata is not None else ""
    withdraws = (
        about if about and docdata is not None and withdrawn(docdata.get("management-idref-status")) else None
    )
    make = partial(_document, root, doc_id, sha256_bytes(data), name, repairs)
    return Item(doc_id, names, _standing(docdata, correction), withdraws, make)


def _standing(docdata: Element | None, correction: str | None) -> Standing:
    dates = (_date(docdata, name) for name in ("date.release", "date.issue"))
    return Standing(
        number=None if correction else version_number(_attribute(docdata, "du-key", "version")),
        date=max((date for date in dates if date), default=None),
        withdrawn=docdata is not None and withdrawn(docdata.get("management-status")),
        correction=bool(correction),
    )


def _names(docdata: Element | None) -> tuple[str, ...]:
    found = (_attribute(docdata, "du-key", "key"), _attribute(docdata, "doc-id", "id-string"))
    return tuple(dict.fromkeys(name for name in found if name))


def _document(
    root: Element, doc_id: str, digest: str, name: str, repairs: tuple[Repair, ...]
) -> RawDocument | None:
    body = _first(root, "body")
    lines = [(tag, repair_text(text).text) for tag, text in _lines(body)] if body is not None else []
    if not any(tag not in ("h1", "h2") for tag, _ in lines):
        raise Problem("missing-text", "The item has no text; expected paragraphs in body.content.")
    text, markup = laid_out(lines)
    return RawDocument(
        doc_id=doc_id,
        text=text,
        raw_sha256=digest,
        decoder="nitf",
        source_file=name,
        repairs=repairs,
        known=tuple(_known(root, body, lines, name)),
        extra=_carried(root),
        media_type="application/xml",
        markup=markup,
    )


def _lines(body: Element | None) -> Iterator[Line]:
    """Yield the headlines, then the blocks of the content, in their order; walked without recursion."""
    for name in ("hedline", "body.content", "body.end"):
        part = _first(body, name)
        stack = [part] if part is not None else []
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag in _ASIDE:
                continue
            if tag in _BLOCKS and not _holds_blocks(element):
                text = "\t".join(filter(None, map(_words, element))) if tag == "tr" else _words(element)
                if text:
                    yield _BLOCKS[tag], text
            else:
                own = " ".join((element.text or "").split())
                if own:
                    yield "p", own
                stack.extend(reversed(list(element)))


def _holds_blocks(element: Element) -> bool:
    return element.tag not in ("p", "hl1", "hl2", "tr") and any(child.tag in _BLOCKS for child in element)


def _known(root: Element, body: Element | None, lines: list[Line], name: str) -> Iterator[KnownValue]:
    docdata, byline = _first(root, "docdata"), _first(body, "byline")
    people = [_words(person) for person in byline.iter() if person.tag == "person"] if byline is not None else []
    authors = people or list(byline_names(_words(byline)))
    language = (body.get("lang") if body is not None else None) or root.get("lang")
    values = (
        ("title", next((text for tag, text in lines if tag == "h1"), ""), "hedline/hl1"),
        ("authors", authors, "byline"),
        ("published", _date(docdata, "date.issue") or _date(docdata, "date.release"), "docdata/date.issue"),
        ("publisher", _attribute(root, "pubdata", "name"), "pubdata"),
        ("agency", _words(_first(body, "distributor")), "distributor"),
        ("dateline", _words(_first(body, "dateline")), "dateline"),
        ("language", language, "lang"),
        ("copyright_holder", _attribute(docdata, "doc.copyright", "holder"), "docdata/doc.copyright"),
        ("rights", _words(_first(body, "rights")), "rights"),
    )
    for column, value, where in values:
        known = known_value(column, value, f"{name}:{where}")
        if known is not None:
            yield known


def _carried(root: Element) -> dict[str, object]:
    """Return what is said of the item and has no column of ours."""
    keywords = [word for e in root.iter() if e.tag == "keyword" and (word := repair_text(e.get("key", "")).text)]
    abstract = repair_text(_words(_first(_first(root, "body"), "abstract"))).text
    values: dict[str, object] = {"keywords": keywords, "abstract": abstract}
    for key, element, attribute in (
        ("item_id", "doc-id", "id-string"),
        ("item_version", "du-key", "version"),
        ("urgency", "urgency", "ed-urg"),
        ("editorial_message", "ed-msg", "info"),
    ):
        values[key] = repair_text(_attribute(root, element, attribute) or "").text
    return {key: value for key, value in values.items() if value}


def _first(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((found for found in element.iter() if found.tag == name), None)


def _attribute(element: Element | None, name: str, attribute: str) -> str | None:
    found = _first(element, name)
    value = found.get(attribute, "").strip() if found is not None else ""
    return value or None


def _date(docdata: Element | None, name: str) -> str | None:
    """Return a date of the head; NITF writes ISO 8601 without its dashes and colons."""
    value = _attribute(docdata, name, "norm") or ""
    match = _BASIC_DATE.fullmatch(value)
    if match is None:
        return iso_date(value)
    day = f"{match[1]}-{match[2]}-{match[3]}"
    seconds = f":{match[6]}" if match[6] else ""
    return iso_date(f"{day}T{match[4]}:{match[5]}{seconds}{match[7] or ''}" if match[4] else day)


def _words(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
