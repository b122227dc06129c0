"""Encodings are told from the letters, on single sentences too, and always in the same way."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from corpus.readers.charsets import guess_charset
from corpus.readers.decoding import decode_bytes

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


def test_what_the_table_does_not_know_goes_to_charset_normalizer() -> None:
    """Tajik Cyrillic, Vietnamese signs: whatever comes of it, the decoder's own name and version are said."""
    guess = guess_charset("ΓΔΘΞΠ ΣΦΨΩ ςάέή".encode("cp737") * 3)
    assert guess is None or guess.decoder.startswith(("charset-normalizer ", "letters "))


def test_the_guess_does_not_depend_on_the_process() -> None:
    """Two processes with different hash seeds say the same of the same bytes."""
    code = (
        "import sys, tomllib; from corpus.readers.charsets import guess_charset\n"
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
