"""The encoding of a page: what is certain wins over labels, labels over guesses, and lies are recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.readers.html import decode_html

RUSSIAN = "<p>Привет, как дела у вас сегодня? Мы пришли домой и сели за стол."


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("\ufeff<p>é".encode("utf-16"), "text/html; charset=latin1", None),
        ("<meta charset=latin1><p>café déjà".encode(), None, "<meta charset=latin1><p>café déjà"),
        (
            "<p>日本語のテキストです。".encode("shift_jis"),
            "text/html; charset=Shift_JIS",
            "<p>日本語のテキストです。",
        ),
        (b"<meta charset='iso-8859-1'><p>\x93quoted\x94", None, "<meta charset='iso-8859-1'><p>“quoted”"),
        (RUSSIAN.encode("cp1251"), "windows-1251", RUSSIAN),
        (RUSSIAN.encode("koi8-r"), 'text/html;charset="KOI8-R"', RUSSIAN),
        (b"<p>plain", "utf-16", "<p>plain"),
        (b"<p>plain", "no-such-charset", "<p>plain"),
    ],
)
def test_a_page_is_read_by_its_label_or_better_evidence(
    data: bytes, declared: str | None, text: str | None
) -> None:
    decoded = decode_html(data, declared)
    assert decoded.text.endswith("<p>é") if text is None else decoded.text == text


@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "iso-8859-1"])
def test_a_label_that_the_bytes_belie_is_not_followed_and_recorded(label: str) -> None:
    data = f"<meta charset={label}>{RUSSIAN}".encode("cp1251")
    decoded = decode_html(data)
    assert decoded.text.endswith(RUSSIAN)
    assert any(repair.kind == "charset" and "labelled" in repair.detail for repair in decoded.repairs)


def test_a_true_label_leaves_no_repair() -> None:
    assert decode_html(f"<meta charset=windows-1251>{RUSSIAN}".encode("cp1251")).repairs == ()


def test_stray_nuls_are_left_out_and_recorded() -> None:
    decoded = decode_html(b"<p>a\0b" + b" c" * 40)
    assert "ab" in decoded.text
    assert [repair.kind for repair in decoded.repairs] == ["nul"]


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "raw_unicode_escape", "UNDEFINED", "unicode_escape", "utf-7", "rot13", "base64"]
)
def test_a_label_that_no_page_can_have_is_as_none(label: str) -> None:
    """Neither ends it the reading nor makes it characters of escapes, half ones least of all."""
    data = b"<p>caf\xe9 \\ud800 +AGE- \\x41 \x80"
    assert decode_html(data, label) == decode_html(data)
    decode_html(data, label).text.encode("utf-8")


@given(
    st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-8", "big5", "hz"]))
)
def test_any_bytes_under_any_label_are_a_page_or_a_source_error(data: bytes, declared: str | None) -> None:
    try:
        text = decode_html(data, declared).text
    except SourceError:
        return
    text.encode("utf-8")
