"""What the names of other tools are: the user's word first, then the scheme's, then the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.exchange.naming import LEFT_OUT, Naming, TheirAttribute, TheirRelation, read_naming
from corpus.model.scheme import Scheme

SCHEME = Scheme.from_toml((Path(__file__).parents[2] / "schemas" / "news-ec.toml").read_text("utf-8"))

LABELS = {
    "PER": "PER",
    "Person": "PER",
    "ORGANISATION": "ORG",
    "Work Of Art": "MISC",
    "geo-political entity": "GPE",
    "claim": "CLAIM",
    "DATE": None,
    "NORP": None,
    "": None,
}
RELATIONS = {"said_by": "said_by", "Attributed-To": "said_by", "outer_said_by": "outer_said_by", "kills": None}

WRONG = {
    "label": ('[labels]\nDATE = "TIME"', r"'DATE' is to be 'TIME', which news-ec 1.0.0 lacks; it has PER, ORG"),
    "relation": ('[relations]\na = "b"', r"at relations: 'a' is to be 'b', which .* has said_by, outer_said_by"),
    "relation's form": ('[relations.a]\nto = "said_by"\nreversed = "perhaps"', r"at relations.a"),
    "one name twice": (
        '[labels]\n"news place" = "GPE"\nNews-Place = "LOC"',
        r"'news place' and 'News-Place' are one",
    ),
    "a long value": (f'[labels]\nx = "{"y" * 100_000}"', r"^.{1,400}$"),
    "nested lists": (f"a = {'[' * 100_000}{']' * 100_000}", "is not valid TOML: it is nested too deep"),
    "a long key": (f"a{'.a' * 100_000} = 1", "is not valid TOML: a key of more than 32 parts"),
    "too large": ("#" * (2 << 20), "more than the limit"),
    "another charset": ('[labels]\n"Pl\udce4ce" = "GPE"', r"is not UTF-8 \(byte 12\)"),
    "attribute": ('[attributes]\nmood = "angry"', r"'mood' is to be 'angry', which .* speech, kind, check"),
    "value": ('[attributes.mood]\nto = "kind"\nvalues = {x = "y"}', r"attributes.mood: 'x' is to be 'y'.* fact"),
    "table": ("[lables]\n", "lables: there is no such key"),
    "TOML": ("labels = ", "is not valid TOML"),
}


@pytest.mark.parametrize("theirs", LABELS)
def test_usual_labels(theirs: str) -> None:
    """Whatever the case and the signs between the words; what nobody knows is None."""
    assert Naming(SCHEME).label(theirs) == LABELS[theirs]


@pytest.mark.parametrize("theirs", RELATIONS)
def test_usual_relations(theirs: str) -> None:
    """So do relations."""
    found = Naming(SCHEME).relation(theirs)
    assert (found.to if found else None) == RELATIONS[theirs]


def test_a_usual_name_counts_only_where_the_scheme_has_the_label() -> None:
    """A scheme without MISC knows no product; one with PRODUCT takes it as its own."""
    less = SCHEME.model_copy(update={"entities": SCHEME.entities[:2]})
    assert Naming(less).label("product") is None
    own = SCHEME.entities[0].model_copy(update={"label": "PRODUCT", "hotkey": "0"})
    more = SCHEME.model_copy(update={"entities": (*SCHEME.entities, own)})
    assert Naming(more).label("product") == "PRODUCT"


def test_former_names_of_the_scheme_are_read_as_todays() -> None:
    """A label, a flag and a value that a newer version renamed; a name that stands for something today is that."""
    renamed = {"MISC": "EVENT", "PER": "ORG", "softened": "hedged", "testable": "checkable", "worthiness": "check"}
    change = {"version": "1.1.0", "date": "2026-01-01", "change": "x", "renamed": renamed}
    told = SCHEME.model_dump(by_alias=True) | {"version": "1.1.0", "history": [change]}
    told["entities"] = [own for own in told["entities"] if own["label"] != "MISC"]
    naming = Naming(Scheme.model_validate(told))
    assert (naming.label("misc"), naming.label("PER")) == ("EVENT", "PER")
    assert naming.attribute("Softened") == TheirAttribute(to="hedged")
    assert naming.attribute("worthiness") == TheirAttribute(to="check", values={"testable": "checkable"})


def test_the_users_word_counts_first(tmp_path: Path) -> None:
    """Labels, relations either way round, attributes with values; "" leaves out on purpose."""
    path = tmp_path / "names.toml"
    path.write_text(
        '\ufeff[labels]\nPerson = "MISC"\nDATE = ""\n'
        '[relations]\nutters = {to = "said_by", reversed = true}\ncites = ""\n'
        '[attributes]\nfactuality = {to = "kind", values = {asserted = "fact"}}\nNegation = "negated"\nmood = ""\n',
        "utf-8",
    )
    naming = read_naming(path, SCHEME)
    assert naming.label("PERSON") == "MISC"
    assert naming.label("date") == LEFT_OUT
    assert naming.relation("utters") == TheirRelation(to="said_by", reversed=True)
    assert naming.relation("cites") == TheirRelation(to="")
    assert naming.attribute("Factuality") == TheirAttribute(to="kind", values={"asserted": "fact"})
    assert naming.attribute("negation") == TheirAttribute(to="negated")
    assert naming.attribute("mood") == TheirAttribute(to="")
    assert naming.attribute("speech") == TheirAttribute(to="speech")


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_one_sentence(kind: str, tmp_path: Path) -> None:
    """It says what is wrong, where, and what there is."""
    path = tmp_path / "names.toml"
    path.write_text(WRONG[kind][0], "utf-8", "surrogateescape")
    with pytest.raises(UsageError, match=WRONG[kind][1]):
        read_naming(path, SCHEME)
    with pytest.raises(UsageError, match="cannot be read"):
        read_naming(tmp_path / "no.toml", SCHEME)
