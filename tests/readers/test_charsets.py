"""Encodings are told from the letters, on single sentences too, and always in the same way."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from corpus.readers.encoding.charsets import guess_charset, is_narrow
from corpus.readers.encoding.decoding import decode_bytes

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "charset_cases.toml").read_text("utf-8"))["case"]
PAIRS = [(codec, case["text"]) for case in CASES for codec in case["codecs"]]
ROOT = HERE.parents[1]


@pytest.mark.parametrize(("codec", "text"), PAIRS)
def test_a_sentence_comes_back(codec: str, text: str) -> None:
    assert decode_bytes(text.encode(codec)).text == text


@pytest.mark.parametrize(("codec", "text"), PAIRS)
def test_a_page_of_it_with_english_around_comes_back(codec: str, text: str) -> None:
    """ASCII words of a page's furniture do not mislead."""
    page = "Breaking News\nShare on Facebook\n" + f"{text}\n" * 50 + "All rights reserved.\n"
    assert decode_bytes(page.encode(codec)).text == page


def test_the_guess_is_recorded() -> None:
    decoded = decode_bytes("Il a été élu à l'unanimité, a-t-il déclaré.".encode("cp1252"))
    assert decoded.decoder.endswith(": cp1252")
    assert [(repair.kind, repair.count) for repair in decoded.repairs] == [("charset", 1)]
    assert "cp1252" in decoded.repairs[0].detail


VALID_BY_CHANCE = ("cp866", "cp874")
"""DOS and Thai letters lie where UTF-8 has its own: their lines cannot be told from damaged ones."""
NARROW = [
    (codec, text)
    for codec, text in PAIRS
    if is_narrow(codec)
    and codec not in VALID_BY_CHANCE
    and sum(letter.isalpha() and not letter.isascii() for letter in text) >= 3
]


@pytest.mark.parametrize(("codec", "text"), NARROW)
def test_lines_of_two_encodings_are_each_read_in_their_own(codec: str, text: str) -> None:
    for whole, older in ((1, 1), (1, 4), (9, 1)):
        data = f"{text}\n".encode() * whole + f"{text}\n".encode(codec) * older
        assert decode_bytes(data).text == f"{text}\n" * (whole + older)


def test_two_encodings_are_recorded_with_the_number_of_lines() -> None:
    decoded = decode_bytes(
        "Größe und Öl aus Köln\n".encode() + "Der Bürgermeister möchte zurück\n".encode("cp1252")
    )
    assert decoded.decoder.startswith("utf-8, letters ")
    assert decoded.decoder.endswith(": cp1252")
    assert [(repair.kind, repair.count) for repair in decoded.repairs] == [("charset", 1)]


@pytest.mark.parametrize("cut", [b"K\xc3ln", b"K\xb6ln", b"K\xffln", b"bank\xe2\x80s bank\xe2\x80s"])
def test_damaged_utf8_is_no_second_encoding(cut: bytes) -> None:
    """A letter that lost a byte stays visibly lost: it is not read as another one."""
    data = "Größe und Öl aus Köln\n".encode() * 20 + cut + b"\n"
    assert "\ufffd" in decode_bytes(data).text


def test_what_the_table_does_not_know_goes_to_charset_normalizer() -> None:
    """Tajik Cyrillic, Vietnamese signs: whatever comes of it, the decoder's own name and version are said."""
    guess = guess_charset("ΓΔΘΞΠ ΣΦΨΩ ςάέή".encode("cp737") * 3)
    assert guess is None or guess.decoder.startswith(("charset-normalizer ", "letters "))


def test_the_guess_does_not_depend_on_the_process() -> None:
    """Two processes with different hash seeds say the same of the same bytes."""
    code = (
        "import sys, tomllib; from corpus.readers.encoding.charsets import guess_charset, is_narrow\n"
        "cases = tomllib.load(open(sys.argv[1], 'rb'))['case']\n"
        "print([guess_charset(c['text'].encode(n)) for c in cases for n in c['codecs']])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(HERE / "charset_cases.toml")],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
