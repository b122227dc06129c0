"""Bytes become text once; what had to change is recorded, and nothing else changes."""

from __future__ import annotations

import codecs
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.readers.encoding.decoding import Decoded, clean_string, decode_bytes, repair_text
from corpus.readers.encoding.mojibake import undo_mojibake

ARTICLE = "Russia said on Wednesday it was ready to supply “special military equipment” to Pakistan’s army.\n"


def kinds(decoded: Decoded) -> dict[str, int]:
    return {repair.kind: repair.count for repair in decoded.repairs}


def test_utf8_stays_as_it_is_with_no_repair() -> None:
    decoded = decode_bytes(ARTICLE.encode())
    assert decoded == Decoded(ARTICLE, "utf-8", ())


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_goes(mark: bytes, codec: str) -> None:
    decoded = decode_bytes(mark + ARTICLE.encode(codec))
    assert (decoded.text, decoded.decoder, kinds(decoded)) == (ARTICLE, codec, {"bom": 1})


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_seen_by_its_nuls(codec: str) -> None:
    decoded = decode_bytes("Plain words of a report.\n".encode(codec))
    assert (decoded.text, decoded.decoder) == ("Plain words of a report.\n", codec)
    assert kinds(decoded) == {"charset": 1}


def test_line_breaks_become_line_feeds_and_are_counted_apart() -> None:
    decoded = decode_bytes(b"one\r\ntwo\rthree\nfour\r\n")
    assert decoded.text == "one\ntwo\nthree\nfour\n"
    assert kinds(decoded) == {"crlf": 2, "cr": 1}


def test_what_only_looks_like_a_line_break_or_a_space_stays() -> None:
    text = "a\u2028b\u2029c\x0cd\x0be\x85f\u00a0g\u200bh\u202ei\u0301\u0323\ufeffj\t  k  \n\n\n"
    assert repair_text(text) == Decoded(text, "str", ())


def test_stray_nuls_are_replaced_and_recorded() -> None:
    decoded = decode_bytes(b"A line with a\0stray NUL, and one more\0.\n" * 2)
    assert decoded.text == "A line with a\ufffdstray NUL, and one more\ufffd.\n" * 2
    assert kinds(decoded) == {"nul": 4}


def test_lone_surrogates_are_replaced_and_pairs_joined() -> None:
    decoded = repair_text("a\ud800b\udfffc\ud83d\ude00d\ude00\ud83d")
    assert decoded.text == "a\ufffdb\ufffdc😀d\ufffd\ufffd"
    assert kinds(decoded) == {"surrogate": 4, "surrogate-pair": 1}
    assert clean_string("x\ud800y\0\ud83d\ude00") == ("x\ufffdy\ufffd😀", 2)


def test_utf8_with_a_broken_byte_stays_utf8_with_the_damage_recorded() -> None:
    data = ARTICLE.encode() * 3
    decoded = decode_bytes(data[:200] + b"\xff" + data[200:])
    assert decoded.decoder == "utf-8"
    assert kinds(decoded) == {"undecodable": 1}
    assert decoded.text.count("\ufffd") == 1
    assert decoded.text.replace("\ufffd", "") == ARTICLE * 3


def test_utf8_cut_inside_a_character_stays_utf8() -> None:
    decoded = decode_bytes((ARTICLE * 2 + "“").encode()[:-1])
    assert (decoded.decoder, kinds(decoded)) == ("utf-8", {"undecodable": 1})


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "ZIP"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip"),
        (b"\x7fELF\x02\x01\x01\x00", "ELF"),
        (b"GIF89a\x01\x00\x01\x00\x80", "GIF"),
        (bytes(1000), "NUL"),
        (zlib.compress(bytes(range(256)) * 40, 9) * 5, "binary"),
        (bytes(range(256)) * 4, "binary"),
        (codecs.BOM_UTF8 + bytes(1000), "NUL"),
        (codecs.BOM_UTF16_LE + bytes(range(256)) * 4, "utf-16"),
        (b"\xff\xfe" + bytes(1000), "NUL"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what) as caught:
        decode_bytes(data)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "GIF89a is the name of an image format.",
        "MZ was the regiment's number.",
        "BZh is no word.\nRIFF neither.\n",
        "PAR1 stood on the door.",
        "A bell \a and an escape \x1b[1m in a log.",
    ],
)
def test_a_text_that_begins_like_a_binary_file_is_a_text(text: str) -> None:
    assert decode_bytes(text.encode()).text == text


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5_000_000,
        "\n" * 5_000_000,
        "\r" * 5_000_000,
        "&" * 5_000_000,
        "&" + "amp;" * 1_000_000,
        "&#38;" * 500_000,
        "isnâ€™t " * 300_000,
        "Ã" * 2_000_000,
        "<" * 5_000_000,
        "\ud800a" * 1_000_000,
    ],
    ids=lambda text: f"{text[:5]!r}".encode("unicode_escape").decode(),
)
def test_five_megabytes_of_bait_come_through(text: str) -> None:
    """Time is linear: were it not, this would not end."""
    assert repair_text(text).text


PIECES = [
    "&amp;",
    "&lt;",
    "&#39;",
    "&nbsp;",
    "&amp;amp;",
    "&#x26;",
    "amp;",
    "#39;",
    "&",
    ";",
    "â€™",
    "Ã©",
    "Ð¿Ñ€Ð¸",
    "Â",
    "“",
    "ï»¿",
    "<p",
    '"',
    "word",
    "é",
    "Ãƒ",
    "¢",
    "€",
]
broken = st.lists(
    st.sampled_from([*PIECES, "\r", "\n", "\r\n", "\0", "\ud83d", "\ude00", "\ufeff", " "])
    | st.text(st.characters(codec=None), max_size=4),
    max_size=40,
).map("".join)


@given(broken)
@example("ï»¿" + "isnâ€™t " * 3 + "\ufeff")
@example("\ud83d\ude00")
@settings(max_examples=400)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = repair_text(text)
    assert repair_text(once.text) == Decoded(once.text, "str", ())
    check_sound(once.text)
    if not once.repairs:
        assert ascii(once.text) == ascii(text)


@given(st.binary(max_size=300) | broken.map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=600)
def test_any_bytes_are_a_sound_text_or_a_source_error(data: bytes) -> None:
    try:
        decoded = decode_bytes(data)
    except SourceError:
        return
    check_sound(decoded.text)
    assert decode_bytes(data) == decoded


@given(st.text(st.characters(exclude_characters="\0\r\ufeff&ÂÃÐÑâ", exclude_categories=["Cs"]), max_size=60))
def test_any_text_without_faults_stays_as_it_is(text: str) -> None:
    """Without an ampersand, and without the letters that UTF-8 read as Latin begins with, nothing is repaired."""
    if undo_mojibake(text)[1] is None:
        assert repair_text(text) == Decoded(text, "str", ())


def check_sound(text: str) -> None:
    assert not text.startswith("\ufeff")
    assert not {"\r", "\0"} & set(text)
    text.encode("utf-8")
