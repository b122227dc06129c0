"""The screen is derived from the scheme, and the real server takes it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from labelstudio_material import SCHEME

from corpus.errors import SchemeError
from corpus.files import schema_text
from corpus.labelstudio.format.config import instructions, label_config
from corpus.model.scheme import Scheme

TOML = schema_text("news-ec.toml")


def test_the_generated_file_is_fresh() -> None:
    """`schemas/label-studio-config.xml` is what the scheme says today; else run `corpus schemas`."""
    assert schema_text("label-studio-config.xml") == label_config(SCHEME)


def test_everything_of_the_scheme_is_there() -> None:
    """Each label, value, flag and relation stands in the screen once, with its key."""
    root = ElementTree.fromstring(label_config(SCHEME))
    labels = {(e.get("value"), e.get("hotkey"), e.get("background")) for e in root.iter("Label")}
    assert labels == {(p.label, p.hotkey, p.colour) for p in (*SCHEME.entities, *SCHEME.spans)}
    choices = [(e.get("value"), e.get("hotkey")) for e in root.iter("Choice")]
    values = [(v.name, v.hotkey) for a in SCHEME.attributes for v in a.values]
    assert choices == values + [(f.name, f.hotkey) for f in SCHEME.flags]
    assert [e.get("value") for e in root.iter("Relation")] == [r.name for r in SCHEME.relations]
    (text,) = root.iter("Text")
    assert (text.get("granularity"), text.get("showLabels")) == ("symbol", "true")
    for choice in root.iter("Choices"):
        shown = (choice.get("perRegion"), choice.get("visibleWhen"), choice.get("whenLabelValue"))
        assert shown == ("true", "region-selected", "CLAIM")


def test_words_of_the_scheme_cannot_break_out() -> None:
    """Quotes, angle brackets and ampersands of a scheme stay text, in the screen and in the instructions."""
    evil = '\\"/><Text name=\\"x\\" value=\\"$y\\"/>&amp;<script>alert(1)</script>'
    scheme = Scheme.from_toml(TOML.replace("How is it said?", evil).replace("A named event", evil))
    root = ElementTree.fromstring(label_config(scheme))
    assert len(list(root.iter("Text"))) == 1
    assert "<script" not in instructions(scheme)
    assert "<script" not in instructions(scheme, "<script>alert(1)</script> and **bold**")
    assert "<strong>bold</strong>" in instructions(scheme, "<script>alert(1)</script> and **bold**")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('hotkey = "q"', 'hotkey = "u"', "hotkey 'u' of 'CUE'"),
        ('name = "speech"', 'name = "entity"', "attribute 'entity'"),
    ],
)
def test_what_the_screen_needs_itself(old: str, new: str, words: str) -> None:
    """A scheme that takes a key or a name of the screen's own is refused with both named."""
    with pytest.raises(SchemeError, match=words):
        label_config(Scheme.from_toml(TOML.replace(old, new)))
