"""The bytes of a page to its source text: by what is certain, then by what a label says, then by the letters."""

from __future__ import annotations

import codecs
import re

from corpus.model.document import Repair
from corpus.readers.encoding.charsets import charset_score, guess_charset
from corpus.readers.encoding.decoding import Decoded, read_bytes

__all__ = ["decode_html"]

_PRESCAN = 4_096
"""A page names its encoding within its first bytes (the standard says 1,024; pages are more generous)."""

_META = re.compile(
    rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,40})"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_.:-]{2,40})""",
    re.I,
)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What a label means on the web, where that is more than it says (Encoding Standard, section 4.2)."""

_ALIASES = {
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "unicode": "utf-8",
}
_NO_PAGES = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
"""Text codecs of Python that no page is in, or may be: they fail, or read escapes as what a page does not say."""
_CLEARLY = 1.0
"""So much better must another encoding read (log-probability a byte) for a label to be called wrong."""

_FEW = 0.01
"""The share of broken characters up to which a page is in the labelled encoding, with damage."""


def decode_html(data: bytes, declared: str | None = None) -> Decoded:
    """Decode the bytes of a page; ``declared`` is the charset of its HTTP header, or the whole Content-Type.

    A byte order mark wins, then valid UTF-8 beyond ASCII, then the declared charset, the page's own
    ``meta``, and last what the letters tell. A label that the bytes belie is not followed, and recorded. What
    the source says is not repaired here: its references belong to the parser.

    Raises:
        SourceError: the bytes are no text, or their encoding cannot be told.
    """
    if data.startswith(_MARKS):
        return Decoded(*read_bytes(data))
    data, nuls = _without_nuls(data)
    label = _label(data, declared)
    text = _utf8(data)
    if text is not None and not (label is not None and label.startswith("iso2022") and b"\x1b" in data):
        lied = label not in (None, "utf-8", "cp1252") or (label == "cp1252" and not text.isascii())
        return Decoded(text, "utf-8", (*nuls, *_wrong(label if lied and not text.isascii() else None, "utf-8")))
    if label is not None and label != "utf-8":
        labelled = _labelled(data, label)
        if labelled is not None:
            return Decoded(labelled.text, labelled.decoder, (*nuls, *labelled.repairs))
    found, decoder, repairs = read_bytes(data)
    codec = decoder.rpartition(": ")[2]
    return Decoded(found, decoder, (*nuls, *_wrong(label if label != codec else None, codec), *repairs))


def _without_nuls(data: bytes) -> tuple[bytes, tuple[Repair, ...]]:
    """Take out stray NULs, which the parser would drop; many of them are UTF-16 or no text."""
    count = data.count(0)
    if not count or count * 20 > len(data):
        return data, ()
    return data.replace(b"\0", b""), (Repair("nul", count, "NULs were left out, as browsers do"),)


def _label(data: bytes, declared: str | None) -> str | None:
    """Return the codec that a label names: the declared one, else the page's own; None for none we know."""
    for name in (declared, _own_label(data)):
        codec = _codec(name) if name else None
        if codec is not None:
            return codec
    return None


def _own_label(data: bytes) -> str | None:
    found = _META.search(data[:_PRESCAN])
    return (found[1] or found[2]).decode("ascii") if found else None


def _codec(name: str) -> str | None:
    """Return Python's codec for a label as the web means it ("ISO-8859-1" means Windows-1252)."""
    bare = name.lower().rpartition("charset=")[2].strip(" \t\r\n\"';").partition(";")[0]
    bare = _ALIASES.get(bare, bare)
    try:
        info = codecs.lookup(bare)
    except (LookupError, ValueError):
        return None
    if info.name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    if not info._is_text_encoding or info.name in _NO_PAGES:
        return None
    return _MEANT.get(info.name, info.name)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _labelled(data: bytes, codec: str) -> Decoded | None:
    """Read the page as its label says; None where another encoding clearly reads better, or this one hardly."""
    text = data.decode(codec, errors="replace")
    broken = text.count("\ufffd")
    if broken > _FEW * sum(byte > 127 for byte in data[:100_000]) + 1 or _reads_badly(data, codec):
        return None
    damage = (Repair("undecodable", broken, f"bytes that are no {codec} became U+FFFD"),) if broken else ()
    return Decoded(text, codec, damage)


def _reads_badly(data: bytes, codec: str) -> bool:
    score = charset_score(data, codec)
    if score is None:
        return False
    guess = guess_charset(data)
    return guess is not None and guess.codec != codec and guess.score > score + _CLEARLY


def _wrong(label: str | None, codec: str) -> tuple[Repair, ...]:
    return () if label is None else (Repair("charset", 1, f"labelled {label}, but read as {codec}"),)
