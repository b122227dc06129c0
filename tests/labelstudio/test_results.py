"""What was drawn, read without a server: any arrangement, any nonsense, and never an exception."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelstudio_material import ODD_TEXTS, SCHEME, document, news, news_set, plain

from corpus.errors import DataError
from corpus.labelstudio.format.regions import result_of
from corpus.labelstudio.format.results import ReadResult, read_result
from corpus.labelstudio.format.tasks import TaskText, annotation_body, task_data
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Orphan
from corpus.model.document import Document
from corpus.model.drawn import region_id
from corpus.model.span import Span

NEWS = news()
SET = news_set(NEWS)
ROWS = result_of(SET, NEWS.reading(), SCHEME)
EMPTY: dict[str, tuple[()]] = dict.fromkeys(("entities", "sources", "claims", "cues"), ())
KEYS = st.sampled_from([*ROWS[0], "x"])


def task_text(doc: Document) -> TaskText:
    return TaskText.of_data(json.loads(json.dumps(task_data(doc, SCHEME)))).with_anchor(doc)


def read(rows: object, base: AnnotationSet | None = None, doc: Document = NEWS) -> ReadResult:
    return read_result(rows, task_text(doc), SCHEME, base, "here")


def region(doc: Document, identity: str, words: str, label: str, **extra: Any) -> dict[str, Any]:
    text = doc.reading().text
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "labels": [label], "text": words.replace("\n", "\\n")}
    bar = "span" if label in SCHEME.span_labels else "entity"
    return {"id": identity, "from_name": bar, "to_name": "text", "type": "labels", "value": value, **extra}


def relation(start: str, end: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    row: dict[str, Any] = {"type": "relation", "from_id": start, "to_id": end, "direction": direction}
    return row | ({"labels": list(labels)} if labels else {})


@given(st.permutations(ROWS))
@settings(max_examples=30)
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]]) -> None:
    """An untouched annotation reads back equal, whatever order its rows come in."""
    result = read(rows, SET)
    assert result.findings == ()
    assert result.content() == {name: getattr(SET, name) for name in result.content()}


def test_what_is_drawn_tells_all_that_can_be_seen() -> None:
    """Read without what was there before, it lacks what nobody draws: which entity it is, and groups of claims."""
    unseen = {"entity_id": None, "entity_ids": (), "group_id": None}
    for layer, items in read(ROWS).content().items():
        expected = [
            item.model_copy(
                update={"id": region_id(item.id), **{name: unseen[name] for name in unseen if hasattr(item, name)}}
            )
            for item in getattr(SET, layer)
            if NEWS.reading().from_raw([piece.span for piece in item.spans])
        ]
        assert {item.id: item for item in items} == {item.id: item for item in expected}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
@given(data=st.data())
@settings(max_examples=40)
def test_every_span_of_odd_texts(text: str, data: st.DataObject) -> None:
    """Any span of any text is drawn and read back to the code point."""
    doc = plain("odd", text)
    start = data.draw(st.integers(0, len(text) - 1))
    span = AnchoredSpan.of(doc.raw_text, Span(start, data.draw(st.integers(start + 1, len(text)))))
    made = SET.model_copy(update={**EMPTY, "entities": (Entity(id="e", spans=(span,), label="PER"),)})
    rows = result_of(made, doc.reading(), SCHEME)
    assert read(rows, None, doc).entities == made.entities


def test_a_span_over_dropped_text() -> None:
    """A span across a dropped block is one region, comes back whole untouched, and in pieces when moved."""
    doc = document(
        "d", ("body", "He said it is", "\n"), ("boilerplate", "ADVERTISEMENT", "\n"), ("body", "over now.", " ")
    )
    whole = AnchoredSpan.of(doc.raw_text, Span(8, doc.raw_text.index("over") + 4))
    made = SET.model_copy(
        update={"claims": (Claim(id="c", spans=(whole,)),), "entities": (), "sources": (), "cues": ()}
    )
    rows = result_of(made, doc.reading(), SCHEME)
    assert [row["value"]["text"] for row in rows] == ["it is over"]
    assert read(rows, made, doc).claims == made.claims
    assert [s.exact for s in read(rows, None, doc).claims[0].spans] == ["it is", "over"]


def test_a_mark_in_pieces_is_linked_and_noted_at_the_first() -> None:
    """A claim, its source and its cue in two pieces each."""
    both = {"s1": ("Olena Kovalenko", "she"), "u1": ("said", "According"), "c1": ("KYIV", "the ministry")}
    raw = NEWS.raw_text
    made = {
        layer: tuple(
            item.model_copy(
                update={
                    "spans": tuple(
                        AnchoredSpan.of(raw, Span(raw.index(words), raw.index(words) + len(words)))
                        for words in both[item.id]
                    ),
                    "note": f"on {item.id}",
                }
            )
            for item in getattr(SET, layer)
            if item.id in both
        )
        for layer in ("sources", "cues", "claims")
    }
    rows = result_of(SET.model_copy(update={**EMPTY, **made}), NEWS.reading(), SCHEME)
    links = {(row["from_id"], row["to_id"]) for row in rows if row["type"] == "relation"}
    assert {("c1", "s1"), ("c1", "u1")} == {link for link in links if link[0] == "c1"}
    assert {row["id"]: row["meta"]["text"] for row in rows if "meta" in row} == {
        name: [f"on {name}"] for name in both
    }
    found = read(rows)
    assert {
        item.id: tuple(piece.exact for piece in item.spans)
        for layer in ("sources", "cues", "claims")
        for item in getattr(found, layer)
    } == both


def test_what_is_there_under_its_id_was_shown() -> None:
    """Whatever is known of what was shown, nothing is doubled."""
    content = read_result(ROWS, task_text(NEWS), SCHEME, SET, "here", frozenset()).content()
    assert content == {name: getattr(SET, name) for name in content}


def test_what_is_unchosen_is_gone_and_what_was_not_shown_stays() -> None:
    """A value and a flag that somebody took back, beside some of an older scheme."""
    one, two, three = SET.claims
    one = one.model_copy(update={"attributes": {**one.attributes, "mood": "calm"}})
    two = two.model_copy(update={"flags": (*two.flags, "loud")})
    rows = [row for row in ROWS if row.get("from_name") not in ("kind", "flags")]
    found = read(rows, SET.model_copy(update={"claims": (one, two, three)}))
    assert found.claims[0].attributes == {"mood": "calm", "speech": "direct", "check": "no"}
    assert found.claims[1].flags == ("loud",)


def test_the_score_of_a_mark_goes_when_it_is_moved() -> None:
    """What a model was sure of is not where a person drew it."""
    entities = tuple(item.model_copy(update={"score": 0.5}) for item in SET.entities[:2])
    made = SET.model_copy(update={**EMPTY, "entities": entities})
    rows = result_of(made, NEWS.reading(), SCHEME)
    rows[0]["value"] |= {"end": rows[0]["value"]["end"] - 1, "text": "KYI"}
    assert [item.score for item in read(rows, made).entities] == [None, 0.5]


def test_an_orphan_stays_until_it_is_seen_mended() -> None:
    broken = {**region(NEWS, "a", "she", "PER"), "value": {"start": 3, "end": 10**9, "labels": ["PER"]}}
    orphans = read([broken]).orphans
    made = SET.model_copy(update={**EMPTY, "orphans": (*orphans, Orphan(reason="gone", item={"id": "e9"}))})
    assert read([], made).orphans == read([broken], made).orphans == made.orphans
    assert read([region(NEWS, "a", "she", "PER")], made).orphans == made.orphans[1:]


def test_a_mark_with_another_kind_of_label_is_another_item() -> None:
    """A source that was made a person: what was known of the source is not said of the person."""
    own = copy.deepcopy([row for row in ROWS if row.get("from_name") in ("entity", "span")])
    (source,) = (row for row in own if row["id"] == "s1")
    source["from_name"], source["value"]["labels"] = "entity", ["PER"]
    found = read(own, SET)
    assert "s1" not in [item.id for item in found.sources]
    assert [item.entity_id for item in found.entities if item.id not in {e.id for e in SET.entities}] == [None]
    AnnotationSet(**{**dict(SET), **found.content()})


def test_what_cannot_be_drawn_stays_and_is_told_with_its_reason() -> None:
    """A label that the scheme lacks is one reason, a caption that stands twice another."""
    span = AnchoredSpan.of(NEWS.raw_text, SET.entities[0].spans[0].span)
    made = SET.model_copy(
        update={**EMPTY, "entities": (Entity(id="e", spans=(span,), label="FAC"), SET.entities[2])}
    )
    assert result_of(made, NEWS.reading(), SCHEME) == []
    assert read([], made).entities == made.entities
    outside, unknown = (note.message for note in annotation_body(made, NEWS, SCHEME, 1)[1])
    assert ("'e3'" in outside, "the scheme lacks" in unknown, "'e'" in unknown) == (True, True, True)


def test_unnamed_and_backward_relations() -> None:
    """A relation without a name is read by its ends, one drawn backwards is turned; both are warned of."""
    claim, source = region(NEWS, "c", "the talks may fail", "CLAIM"), region(NEWS, "s", "she", "SOURCE")
    cases = [
        (relation("c", "s", "said_by"), []),
        (relation("s", "c", "said_by", direction="left"), []),
        (relation("c", "s"), ["warning"]),
        (relation("s", "c"), ["warning"]),
        (relation("s", "c", "said_by"), ["warning"]),
        (relation("c", "s", "cued_by"), ["error"]),
        (relation("c", "c", "continues"), ["error"]),
        (relation("c", "s", "nonsense"), ["error"]),
    ]
    for row, severities in cases:
        result = read([claim, source, row])
        assert [str(finding.severity) for finding in result.findings] == severities
        assert result.claims[0].source_ids == (() if severities == ["error"] else ("s",))
        assert len(result.orphans) == (severities == ["error"])


def test_the_first_source_is_the_inner_one() -> None:
    """A second said_by leads to the outer source; deleting the inner one later does not promote it."""
    rows = [
        region(NEWS, "c", "the talks may fail", "CLAIM"),
        region(NEWS, "inner", "she", "SOURCE"),
        region(NEWS, "outer", "the ministry", "SOURCE"),
        relation("c", "inner", "said_by"),
        relation("c", "outer", "said_by"),
    ]
    first = read(rows)
    (claim,) = first.claims
    assert (claim.source_ids, claim.outer_source_ids) == (("inner",), ("outer",))
    base = SET.model_copy(update={**first.content(), "linked_entities": ()})
    (claim,) = read([*rows[:3], rows[4]], base).claims
    assert (claim.source_ids, claim.outer_source_ids) == ((), ("outer",))


def test_pieces_joined_and_parted() -> None:
    """Claims joined in either direction are one in text order; parted, the first keeps the item's id."""
    one, two = (
        region(NEWS, "a", "“We are ready,”", "CLAIM"),
        region(NEWS, "b", "“to talk, and to listen.”", "CLAIM"),
    )
    for link in (relation("a", "b", "continues"), relation("b", "a", "continues")):
        (claim,) = read([two, one, link]).claims
        assert [span.exact for span in claim.spans] == ["“We are ready,”", "“to talk, and to listen.”"]
    parted = [row for row in ROWS if row.get("labels") != ["continues"]]
    claims = {claim.id: claim for claim in read(parted, SET).claims}
    assert [span.exact for span in claims["c1"].spans] == ["“We are ready,”"]
    assert claims["c1"].group_id == "g7"
    assert [span.exact for span in claims["c1-p2"].spans] == ["“to talk, and to listen.”"]


def test_one_region_with_a_label_of_each_bar() -> None:
    """Label Studio lets one region carry a label of each bar: it is an entity and a source."""
    both = [region(NEWS, "r", "she", "PER"), region(NEWS, "r", "she", "SOURCE")]
    claim = region(NEWS, "c", "the talks may fail", "CLAIM")
    result = read([*both, claim, relation("c", "r", "said_by")])
    assert result.findings == ()
    assert (len(result.entities), len(result.sources)) == (1, 1)
    assert result.claims[0].source_ids == (result.sources[0].id,)


HOSTILE: list[tuple[str, Any]] = [
    ("no-list", {"a": 1}),
    ("none", None),
    ("not-objects", [None, 3, "x", []]),
    ("empty-object", [{}]),
    ("surrogate", [region(NEWS, "a\ud800", "she", "PER")]),
    ("not-finite", [{**region(NEWS, "a", "she", "PER"), "score": float("nan")}]),
    ("float-offset", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 1.5, "end": 3, "labels": ["PER"]}}]),
    ("true-offset", [{**region(NEWS, "a", "she", "PER"), "value": {"start": True, "end": 3, "labels": ["PER"]}}]),
    ("reversed", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 9, "end": 3, "labels": ["PER"]}}]),
    ("empty-span", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 3, "end": 3, "labels": ["PER"]}}]),
    ("beyond", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 3, "end": 10**9, "labels": ["PER"]}}]),
    ("no-label", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 3, "end": 6, "labels": []}}]),
    ("list-label", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 3, "end": 6, "labels": [["PER"]]}}]),
    ("list-control", [{**region(NEWS, "a", "she", "PER"), "from_name": ["span"]}]),
    ("number-id", [{**region(NEWS, "a", "she", "PER"), "id": 7}]),
    ("same-id", [region(NEWS, "a", "she", "PER"), region(NEWS, "a", "KYIV", "GPE")]),
    ("join-alone", [{**region(NEWS, "a", "she", "PER"), "value": {"start": 26, "end": 27, "labels": ["PER"]}}]),
    (
        "stray-choice",
        [
            {
                "id": "a",
                "from_name": "speech",
                "to_name": "text",
                "type": "choices",
                "value": {"choices": ["direct"]},
            }
        ],
    ),
    ("other-type", [{**region(NEWS, "a", "she", "PER"), "type": "textarea"}]),
    ("ends-nowhere", [relation("a", "b", "said_by")]),
    ("ends-no-text", [{"type": "relation", "from_id": [], "to_id": {}}]),
]


@pytest.mark.parametrize("rows", [rows for _, rows in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_nonsense_is_kept_and_reported(rows: Any) -> None:
    """Each is an orphan with a reason and a finding with a place; a good region beside it is read."""
    wanted = region(NEWS, "good", "KYIV", "GPE")
    result = read([*rows, wanted] if isinstance(rows, list) else rows)
    assert result.findings
    assert all(finding.place.startswith("here/") for finding in result.findings)
    assert len(result.orphans) == len(result.findings)
    if isinstance(rows, list):
        assert "good" in [entity.id for entity in result.entities]
    made = SET.model_copy(update={**result.content(), "linked_entities": ()})
    json.dumps(json.loads(made.model_dump_json())).encode()
    assert read([*rows, wanted] if isinstance(rows, list) else rows, made).orphans == result.orphans


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
        max_leaves=15,
    )
)
@settings(max_examples=150)
def test_nothing_makes_it_raise(rows: Any) -> None:
    """Whatever JSON a server sends, reading it ends with content, orphans and findings."""
    read(rows)
    read([*ROWS, rows])


@given(st.data())
@settings(max_examples=60)
def test_damaged_rows_lose_nothing_else(data: st.DataObject) -> None:
    """After damaging one value of one row, everything read is valid and every other region is there."""
    rows = copy.deepcopy(ROWS)
    row = data.draw(st.sampled_from([r for r in rows if r.get("type") == "labels"]))
    key = data.draw(st.sampled_from(["start", "end", "labels", "text"]))
    row["value"][key] = data.draw(st.sampled_from([-1, 10**6, None, "x", ["NONSENSE"], 2.0, {}]))
    result = read(rows, SET)
    AnnotationSet(**{**dict(SET), **result.content()})
    ids = {item.id for items in (result.entities, result.sources, result.claims, result.cues) for item in items}
    everything = {item.id for name in ("entities", "sources", "claims", "cues") for item in getattr(SET, name)}
    assert len(everything - ids) <= 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text", "another"),
        ("text", None),
        ("segments", [[0, 5, "\n"]]),
        ("segments", [[0, 10**6, "\n"]]),
        ("segments", "x"),
        ("anchor_sha256", "zz"),
        ("doc_id", ""),
    ],
)
def test_a_task_changed_on_the_server_is_not_believed(key: str, value: object) -> None:
    """Data whose text, hashes and segments do not fit one another are refused."""
    with pytest.raises(DataError):
        TaskText.of_data({**task_data(NEWS, SCHEME), key: value})
