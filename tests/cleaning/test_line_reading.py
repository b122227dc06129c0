"""How lines are read for the line model: the same letters, words and hashes as plain Python finds."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.linemodel.batch import Batch
from corpus.cleaning.linemodel.features import LEXICON_BITS, lexicon_slots, line_columns, pair_slots
from corpus.cleaning.linemodel.hashing import read_pairs, read_words
from corpus.cleaning.linemodel.letters import CLASSES, LIMIT, class_counts, line_letters

TEXTS = [
    "The council has closed the bridge; we don't know why.",
    "Home",
    "Read more » Menu | Sport",
    "Über alles und",
]


def frame(texts: list[str]) -> pl.DataFrame:
    reason = pl.Series([None] * len(texts), dtype=pl.String)
    return pl.DataFrame({"doc": [0] * len(texts), "text": texts}).with_columns(reason=reason, kept=True)


letters = st.one_of(
    st.sampled_from("aZ09 .,'\x00ß»“”—。，ÄдД東かกა😀€"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\n"),
)


@settings(max_examples=60)
@given(st.lists(st.text(letters, min_size=1, max_size=30), min_size=1, max_size=8))
def test_letters_and_words_are_those_that_plain_python_finds(texts: list[str]) -> None:
    """Byte by byte, whatever stands before a line, and wherever its first byte lies."""
    read = line_letters(pl.Series(texts))
    words, counts = read_words(read), class_counts(read)
    lines = [bytes(read.raw[begin : end - 1]) for begin, end in zip(read.starts, read.starts[1:], strict=False)]
    assert [len(line) for line in lines] == [len(text.encode()) for text in texts]
    for name, members in CLASSES.items():
        assert counts[name].tolist() == [sum(byte in members for byte in line) for line in lines]
    found = [re.findall(rb"[0-9A-Za-z\x80-\xff]+", line) for line in lines]
    assert np.diff(words.first).tolist() == [len(line) for line in found]
    assert words.length.tolist() == [len(word) for line in found for word in line]
    assert words.code.tolist() == [hashed(word) for line in found for word in line]
    assert read.leads.tolist() == np.flatnonzero(read.raw >= 0xC0).tolist()


def hashed(word: bytes) -> int:
    """The polynomial in a word's bytes, capitals of one or two bytes made small, and the finish of splitmix64."""
    code = 0
    for place, byte in enumerate("".join(map(small, word.decode())).encode()):
        code = (code + (byte + 1) * pow(0x9E3779B97F4A7C15, place, 1 << 64)) % (1 << 64)
    code = ((code ^ (code >> 30)) * 0xBF58476D1CE4E5B9) % (1 << 64)
    return code ^ (code >> 31)


def small(letter: str) -> str:
    lower = letter.lower()
    return lower if letter < "\u0800" and len(lower.encode()) == len(letter.encode()) else letter


def test_words_are_hashed_by_their_letters_not_their_place() -> None:
    words = read_words(line_letters(pl.Series(["Über die Brücke", "die über", "“die”"])))
    assert words.first.tolist() == [0, 3, 5, 6]
    assert words.code[1] == words.code[3] == words.code[5]
    assert words.code[0] == words.code[4] != words.code[1]
    assert words.capital.tolist() == [True, False, True, False, False, False]


def test_signs_and_capitals_of_other_scripts_are_read() -> None:
    """A danda, a full-width or Arabic stop ends a sentence; capitals beyond Latin-1 are capitals and fold."""
    texts = [
        "बारिश हुई।",
        "警方说。",
        "真的吗？",
        "هل هذا صحيح؟",
        "« Bonjour à tous. »",
        "Read more »",
        "台风袭击北部海岸",
    ]
    lines = frame(texts)
    assert Batch(lines).stopped.tolist() == [True, True, True, True, True, False, False]
    words = read_words(line_letters(pl.Series(["Łódź łódź", "Москва москва", "Αθήνα αθήνα", "ŻYCIE życie"])))
    assert (words.code[::2] == words.code[1::2]).all()
    assert words.capital.tolist() == [True, False] * 4


def test_words_are_found_in_the_lists_that_they_stand_in() -> None:
    """As many of each line's words as plain Python finds; a line full of them fills no counter."""
    path = files("corpus.cleaning.linemodel").joinpath("words.toml")
    lists = {name: set(words.split()) for name, words in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    texts = [*TEXTS, "THE and für Über", "", *("; ".join(sorted(words)) for words in lists.values()), "I " * LIMIT]
    listed = Batch(frame(texts)).listed
    for name, words in lists.items():
        found = [sum(word in words for word in re.findall(r"\w+", text[:LIMIT].lower())) for text in texts]
        assert listed[name].tolist() == found


def test_weights_of_words_and_pairs_are_summed_in_their_line() -> None:
    """Both lexicons, the first and the last four words; no pair reaches over a line's end, blank or not."""
    random = np.random.default_rng(5)
    low, high = np.iinfo(np.int16).min, np.iinfo(np.int16).max
    lexicons = {name: random.integers(low, high, 1 << LEXICON_BITS, dtype=np.int16) for name in ("all", "long")}
    lines = frame(["?!", *TEXTS, "…", "One", "two", "--"])
    batch = Batch(lines)
    columns = line_columns(batch, lexicons)
    words, pairs, first = lexicon_slots(batch.tokens.code), pair_slots(batch), batch.tokens.first
    for name, table in lexicons.items():
        for row in range(len(lines)):
            own = [
                int(table[words[at]]) + (int(table[pairs[at - 1]]) if at > first[row] else 0)
                for at in range(first[row], first[row + 1])
            ]
            assert columns[f"{name}_sum"][row] == np.float32(sum(own))
            assert columns[f"{name}_head"][row] == np.float32(sum(own[:4]))
            assert columns[f"{name}_tail"][row] == np.float32(sum(own[-4:]))


def test_words_that_are_not_spaced_are_counted_and_shared() -> None:
    """Four Thai letters are a word, and what two Chinese or Thai lines share is found without blanks."""
    thai = "ประชาชนหลายพันคนต้องอพยพออกจากบ้านในภาคเหนือเมื่อวันจันทร์"
    texts = ["台风袭击了北部海岸", "北部海岸居民撤离", thai, "อพยพออกจากบ้าน", "これはこれ"]
    batch = Batch(frame(texts))
    assert batch.words[2] == sum(0xE00 <= ord(letter) <= 0xE7F for letter in thai) // 4
    line, code = read_pairs(batch.letters)
    found = [set(code[line == row].tolist()) for row in range(len(texts))]
    assert len(found[0] & found[1]) == len(("北部", "部海", "海岸"))
    assert found[3] <= found[2]
    assert not found[4]
    assert batch.contents.number[0] >= len(found[0])


def test_letters_are_counted_a_line_and_only_the_beginning_is_read() -> None:
    counts = class_counts(line_letters(pl.Series(["Ab, c.", "é" * (LIMIT + 50), "“X” – 12"])))
    assert counts["upper"].tolist() == [1, 0, 1]
    assert counts["comma"].tolist() == [1, 0, 0]
    assert counts["foreign"].tolist() == [0, LIMIT, 0]
    assert counts["quote"].tolist() == [0, 0, 2]
    assert counts["digit"].tolist() == [0, 0, 2]
    shifted = class_counts(line_letters(pl.Series(["", "Ab, c.", "x"])))
    assert [shifted[name].tolist() for name in ("upper", "lower", "comma")] == [[0, 1, 0], [0, 2, 1], [0, 1, 0]]
