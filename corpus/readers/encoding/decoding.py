"""Bytes to anchor text: decoded once, repaired where deletion cannot help, and every repair recorded.

Only here may characters change, before anything is anchored. What is changed: a byte order mark goes, CRLF
and lone CR become LF, NULs and lone surrogates become U+FFFD, leftover HTML character references are resolved
(references.py), UTF-8 that was read wrongly is read rightly (mojibake.py), each only where that is certain.
Everything else stays: U+2028, form feeds, bidi controls, combining marks, white space.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from corpus.errors import SourceError
from corpus.model.document import Repair
from corpus.readers.encoding.binary import binary_reason, magic_name
from corpus.readers.encoding.charsets import guess_charset
from corpus.readers.encoding.mixed import read_mixed
from corpus.readers.encoding.mojibake import undo_mojibake
from corpus.readers.encoding.references import resolve_references

__all__ = [
    "Decoded",
    "clean_string",
    "decode_bytes",
    "is_blank",
    "mark_of",
    "read_bytes",
    "repair_text",
    "unmarked_utf16",
    "wide_reason",
]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_INK = re.compile(
    "[^\\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd]"
)
"""What can be seen: no white space, control, mark of direction or width, and not what stands for a lost byte."""
_SAMPLE = 5_000
_CONFIDENT = 4
"""So many valid UTF-8 characters for each broken one, at least, and the text is UTF-8 with damage."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, which decoder read it, and what had to be repaired."""

    text: str
    decoder: str
    """"utf-8", "utf-16-le", "letters 1.0: cp1252", "charset-normalizer 3.5.2: …"; "str" for a text."""
    repairs: tuple[Repair, ...]


def decode_bytes(data: bytes) -> Decoded:
    """Decode the bytes of one text and repair it.

    UTF-8 with or without a byte order mark, also with lines of another encoding among it (mixed.py), UTF-16 and
    UTF-32 with one (UTF-16 also without, where every other byte is NUL), ISO-2022-JP by its escapes, else the
    encoding that charsets.py finds.

    Raises:
        SourceError: the bytes are no text, or their encoding cannot be told.
    """
    text, decoder, repairs = read_bytes(data)
    repaired = repair_text(text)
    return Decoded(repaired.text, decoder, (*repairs, *repaired.repairs))


def repair_text(text: str) -> Decoded:
    """Repair a text that is a string already (a record's field, an argument).

    Repairing a repaired text changes nothing. The result holds no surrogate, no NUL and no carriage return,
    and does not begin with a byte order mark.
    """
    repairs: list[Repair] = []
    for step in (_characters, _line_breaks, _mark):
        text = _apply(step(text), repairs)
    before = None
    while text != before:  # each round shortens the text, mojibake of mojibake by half: few rounds
        before = text
        for repair in (resolve_references, undo_mojibake, _mark):
            text = _apply(repair(text), repairs)
    return Decoded(text, "str", tuple(repairs))


def is_blank(text: str) -> bool:
    r"""Tell whether a text shows nothing: nothing stands in it but white space, unseen signs and lost bytes.

    >>> is_blank("\ufffd\ufffd \u200b\n"), is_blank("…")
    (True, False)
    """
    return _INK.search(text) is None


def clean_string(text: str) -> tuple[str, int]:
    """Return a carried value without lone surrogates and NULs, and how many there were."""
    cleaned, _, *lost = _characters(text)
    return cleaned, sum(repair.count for repair in lost if repair is not None)


def _apply(result: tuple[str, *tuple[Repair | None, ...]], repairs: list[Repair]) -> str:
    text, *found = result
    repairs.extend(repair for repair in found if repair is not None)
    return text


def _characters(text: str) -> tuple[str, Repair | None, Repair | None, Repair | None]:
    """Join pairs of surrogates, and replace what no file can hold (lone ones) or no reader expects (NULs)."""
    joined = surrogate = nul = None
    if not _encodable(text):
        text, pairs = _PAIR.subn(lambda pair: _joined(pair[0]), text)
        text, count = _SURROGATE.subn("\ufffd", text)
        joined = Repair("surrogate-pair", pairs, "pairs of surrogates became one character") if pairs else None
        surrogate = Repair("surrogate", count, "lone surrogates became U+FFFD") if count else None
    if "\0" in text:
        nul = Repair("nul", text.count("\0"), "NULs became U+FFFD")
        text = text.replace("\0", "\ufffd")
    return text, joined, surrogate, nul


def _line_breaks(text: str) -> tuple[str, Repair | None, Repair | None]:
    if "\r" not in text:
        return text, None, None
    pairs = text.count("\r\n")
    alone = text.count("\r") - pairs
    return (
        text.replace("\r\n", "\n").replace("\r", "\n"),
        Repair("crlf", pairs, "CRLF became LF") if pairs else None,
        Repair("cr", alone, "lone CR became LF") if alone else None,
    )


def _mark(text: str) -> tuple[str, Repair | None]:
    bare = text.lstrip("\ufeff")
    count = len(text) - len(bare)
    return bare, Repair("bom", count, "a byte order mark before the text went") if count else None


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _joined(pair: str) -> str:
    return pair.encode("utf-16", "surrogatepass").decode("utf-16")


def read_bytes(data: bytes) -> tuple[str, str, tuple[Repair, ...]]:
    """Decode bytes without repairing what they say: the text, its decoder, and what decoding had to change.

    Raises:
        SourceError: the bytes are no text, or their encoding cannot be told.
    """
    marked = mark_of(data)
    if marked is not None:
        return _decode_marked(data[len(marked[0]) :], marked[1])
    reason = binary_reason(data)
    if reason is not None:
        codec_found = None if magic_name(data) else unmarked_utf16(data)
        if codec_found is None:
            raise SourceError(f"This is {reason}, not text; give the text itself.")
        text = data.decode(codec_found)
        return text, codec_found, (Repair("charset", 1, f"read as {codec_found}: every other byte is NUL"),)
    if b"\x1b$" in data and data.isascii():
        return _decode_escapes(data)
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _decode_other(data)


def mark_of(data: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark at the beginning of a file, and the encoding that it announces."""
    return next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), None)


def _decode_marked(data: bytes, codec: str) -> tuple[str, str, tuple[Repair, ...]]:
    """Decode what follows a byte order mark; broken pieces become U+FFFD where they are few."""
    repairs = [Repair("bom", 1, f"a byte order mark ({codec}) before the text went")]
    reason = binary_reason(data) if codec == "utf-8" else None
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, errors="replace")
        broken = max(text.count("\ufffd"), 1)
        if broken * (_CONFIDENT if codec == "utf-8" else 50) > len(text):
            reason = f"not {codec}, which its byte order mark announces"
        repairs.append(_undecodable(broken, codec))
    if reason is None and codec != "utf-8":
        reason = wide_reason(text, codec)
    if reason is not None:
        raise SourceError(f"This is {reason}, not text; give the text itself.")
    return text, codec, tuple(repairs)


def wide_reason(text: str, codec: str) -> str | None:
    """Return what is no text though it was read as UTF-16 or UTF-32, as its first bytes say; None for text."""
    reason = binary_reason(text.encode("utf-8", "replace"))
    if reason is not None:
        return reason
    sample = text[:_SAMPLE]
    meaningless = sum(unicodedata.category(character) in ("Cn", "Co") for character in sample)
    return f"not {codec}, which its first bytes announce" if meaningless * 20 > len(sample) else None


def unmarked_utf16(data: bytes) -> str | None:
    """Return which UTF-16 a text is in where nearly every other byte, and no other, is NUL."""
    if len(data) < 16 or len(data) % 2:
        return None
    for codec, high, low in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        if high.count(0) * 5 > len(high) * 2 and not low.count(0):
            try:
                text = data.decode(codec)
            except UnicodeDecodeError:
                return None
            return codec if binary_reason(text.encode("utf-8")) is None else None
    return None


def _decode_escapes(data: bytes) -> tuple[str, str, tuple[Repair, ...]]:
    try:
        text = data.decode("iso2022_jp_2")
    except UnicodeDecodeError:
        return data.decode("utf-8"), "utf-8", ()
    return text, "iso2022_jp_2", (Repair("charset", 1, "read as iso2022_jp_2: by its escape sequences"),)


def _decode_other(data: bytes) -> tuple[str, str, tuple[Repair, ...]]:
    """Decode lines in two encodings, UTF-8 with damage, or another encoding.

    By far more valid than broken characters mean damage.
    """
    mixed = read_mixed(data)
    if mixed is not None:
        detail = f"lines that are no UTF-8 were read as {mixed.codec}"
        return mixed.text, f"utf-8, {mixed.decoder}", (Repair("charset", mixed.lines, detail),)
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    if whole >= _CONFIDENT * broken:
        return text, "utf-8", (_undecodable(broken, "utf-8"),)
    guess = guess_charset(data)
    if guess is None:
        raise SourceError("The encoding of this text cannot be told; convert it to UTF-8.")
    try:
        text = data.decode(guess.codec)
    except UnicodeDecodeError as error:
        raise SourceError(f"The text is not quite {guess.codec} ({error.reason}); convert it to UTF-8.") from error
    return text, guess.decoder, (Repair("charset", 1, f"not UTF-8; read as {guess.codec}"),)


def _undecodable(count: int, codec: str) -> Repair:
    return Repair("undecodable", count, f"bytes that are no {codec} became U+FFFD")
