"""Leftovers of pages are repaired where that is certain; texts about them stay as they are."""

from __future__ import annotations

import pytest

from corpus.readers.encoding.mojibake import undo_mojibake
from corpus.readers.encoding.references import resolve_references

LEFTOVERS = [
    ("Maima&rsquo;s burning passion", "Maima’s burning passion"),
    ("Podcasts &amp; shows", "Podcasts & shows"),
    ("AT&amp;T said &quot;no&quot; on Tuesday.", 'AT&T said "no" on Tuesday.'),
    ("10&nbsp;km from the border", "10\u00a0km from the border"),
    ("It&#8217;s the minister&#x2019;s", "It’s the minister’s"),
    ("the bank&#146;s shares", "the bank’s shares"),
    ("Q&amp;amp;A with the mayor", "Q&A with the mayor"),
    ("said &amp;quot;yes&amp;quot;", 'said "yes"'),
    ("caf&eacute; &mdash; &euro;5", "café — €5"),
    ("AT&T and R&amp;D", "AT&T and R&D"),
    ("J&#39;accuse, it read", "J'accuse, it read"),
]

ABOUT = [
    "In HTML an ampersand is written &amp; and nothing else.",
    'The page showed "&amp;" wherever a name had one.',
    "The sign (&copy;) was missing.",
    "Use `&nbsp;` between them, and &mdash; there.",
    "The tag <b>bold</b> &amp; more",
    "if (a &lt; b &amp;&amp; c) is how it looked &quot;there&quot;",
    "AT&T; R&D; a&b;",
    "let r1 = &data; let r2 = &num;",
    "https://example.org/?a=1&copy=2&reg=3",
    "Smith &Sons; &amp without its end",
    "line&#10;break &#0; &#xD800; &#35;39; &#60;",
]


@pytest.mark.parametrize(("text", "expected"), LEFTOVERS)
def test_leftover_references_are_resolved_and_counted(text: str, expected: str) -> None:
    resolved, repair = resolve_references(text)
    assert resolved == expected
    assert repair is not None
    assert repair.kind == "reference"
    assert "&" in repair.detail
    assert resolve_references(resolved) == (resolved, None)


@pytest.mark.parametrize("text", ABOUT)
def test_a_text_about_references_or_without_any_stays(text: str) -> None:
    assert resolve_references(text) == (text, None)


def test_the_repair_lists_the_most_frequent_ones() -> None:
    _, repair = resolve_references("a &amp; b &amp; c&rsquo;s")
    assert repair is not None
    assert (repair.count, repair.detail) == (3, "&amp; × 2, &rsquo; × 1")


TRUE = "The minister’s words weren’t new — “we’re ready,” he’d said; it isn’t the café’s fault, naïve as it’s been."
RUSSIAN = "Министр иностранных дел заявил в среду, что Москва готова."


@pytest.mark.parametrize("text", [TRUE, RUSSIAN, "Der Außenminister erklärte, die Gespräche würden fortgeführt."])
@pytest.mark.parametrize("wrong", ["cp1252", "latin_1", "cp1251"])
def test_utf8_read_wrongly_is_read_rightly(text: str, wrong: str) -> None:
    """The bytes that an encoding leaves open come through as browsers let them."""
    broken = "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in text.encode("utf-8"))
    assert broken != text
    undone, repair = undo_mojibake(broken)
    assert undone == text
    assert repair is not None
    assert repair.kind == "mojibake"


@pytest.mark.parametrize(
    "text",
    [
        TRUE,
        RUSSIAN,
        'I lost count of how many times I saw "Ã¤" instead of "ä".',
        'I lost count of how many times I saw "Ã¤", "Ã¶" and "Ã¼" and "â€™" in a page of the 1990s.',
        "He typed donâ€™t and it showed.",
        "SÃO PAULO — A PREFEITURA ANUNCIOU A CONSTRUÇÃO DE TRÊS CRECHES. “Â” NÃO É NADA.",
        "La “Pléiade” à l’été, où l’on a vu naître Noël, cœur et âme.",
        "Türkiye’nin dışişleri bakanı «görüşmeler sürecek» dedi.",
        "Đài Truyền hình Việt Nam đưa tin hôm thứ Tư.",
        "外務大臣は水曜日、記者団に対し、協議を続ける方針を明らかにした。",
        "£5m, €3, ©2021, 20°C",
    ],
)
def test_a_text_in_a_real_language_or_about_mojibake_stays(text: str) -> None:
    assert undo_mojibake(text) == (text, None)
