"""Exports of other people's Label Studio projects, as the server writes them, and what they say."""

from __future__ import annotations

from typing import Any

STORY = "Ms 👩 Li of Acme met Bo.\nBo left."
"""A text in which code points and UTF-16 units differ after the fourth."""


def row(identity: str, words: str, *labels: str, bar: str = "ner", of: str = "txt", **more: Any) -> dict[str, Any]:
    """Return a region on the first occurrence of the words in :data:`STORY`."""
    start = STORY.index(words)
    value = {"start": start, "end": start + len(words), "text": words.replace("\n", "\\n"), "labels": list(labels)}
    return {"id": identity, "from_name": bar, "to_name": of, "type": "labels", "value": value, **more}


def said(identity: str | None, kind: str, name: str, told: Any) -> dict[str, Any]:
    """Return what a control says of a region, or of the whole where it has an id of its own."""
    key = "text" if kind == "textarea" else kind
    return {"id": identity, "from_name": name, "to_name": "txt", "type": kind, "value": {key: told}}


def relation(start: str, end: str, direction: str = "right", *labels: str) -> dict[str, Any]:
    row = {"from_id": start, "to_id": end, "type": "relation", "direction": direction}
    return {**row, "labels": list(labels)} if labels else row


def annotation(*rows: Any, by: Any = 1, **more: Any) -> dict[str, Any]:
    return {"id": 7, "completed_by": by, "result": list(rows), "was_cancelled": False, "lead_time": 3.1, **more}


def task(*annotations: Any, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": 17, "data": data or {"body": STORY}, "annotations": list(annotations), "predictions": [], **more}


LI = row("a1", "Li", "Person")
ACME = row("b2", "Acme", "Org", "Company")
PAGE = "<p>Li of<br>Acme &amp; Co</p>\n<p>met 👩 Bo</p>"
TALK = [{"who": "Ann", "said": "Hello 👩 Bo"}, {"who": "Bo", "said": "Hi Ann"}]


def on_page(start: int, end: int, words: str, **more: Any) -> dict[str, Any]:
    value = {"start": "/p[1]/text()[1]", "end": "/p[2]/text()[1]", "startOffset": 0, "endOffset": 2, "text": words}
    value |= {"globalOffsets": {"start": start, "end": end}, "hypertextlabels": ["X"]} | more
    return {"id": f"h{start}", "from_name": "l", "to_name": "t", "type": "hypertextlabels", "value": value}


def in_talk(first: int, start: int, last: int, end: int, words: str) -> dict[str, Any]:
    value = {"start": str(first), "end": str(last), "startOffset": start, "endOffset": end, "text": words}
    value |= {"paragraphlabels": ["X"]}
    return {"id": f"p{start}", "from_name": "l", "to_name": "t", "type": "paragraphlabels", "value": value}


NUMBERED = {"start": 1, "end": 1, "startOffset": 0, "endOffset": 2, "text": "Hi", "paragraphlabels": ["X"]}
UNITS = {"start": 9, "end": 11, "text": "of", "labels": ["X"]}
"""What a server before 2022 said of "of": counted in UTF-16 units."""

READ: list[tuple[str, Any, list[tuple[str, list[tuple[str, str]]]]]] = [
    ("one region", [task(annotation(LI))], [("task 17", [("Person", "Li")])]),
    ("two labels", [task(annotation(ACME))], [("task 17", [("Org", "Acme"), ("Company", "Acme")])]),
    ("a break", [task(annotation(row("a", "Bo.\nBo", "X")))], [("task 17", [("X", "Bo.\nBo")])]),
    ("units", [task(annotation({**LI, "value": UNITS}))], [("task 17", [("X", "of")])]),
    (
        "no words",
        [task(annotation({**LI, "value": {"start": 5, "end": 7, "labels": ["X"]}}))],
        [("task 17", [("X", "Li")])],
    ),
    (
        "within others",
        [task(annotation(LI), data={"id": "a", "article": {"parts": [{"n": 1}, STORY], "title": "Li of Acme"}})],
        [("a", [("Person", "Li")])],
    ),
    (
        "nothing marked, within others",
        [task(annotation(), data={"id": "a", "article": {"text": STORY}, "more": {"longer": f"{STORY} {STORY}"}})],
        [("a", [])],
    ),
    ("no type", [task(annotation({**LI, "type": None}))], [("task 17", [("Person", "Li")])]),
    ("nothing marked", [task(annotation())], [("task 17", [])]),
    (
        "skipped",
        [task(annotation(LI, was_cancelled=True), annotation(ACME))],
        [("task 17", [("Org", "Acme"), ("Company", "Acme")])],
    ),
    (
        "old name",
        [{"id": 3, "data": {"t": STORY}, "completions": [annotation(LI)]}],
        [("task 3", [("Person", "Li")])],
    ),
    ("named", [task(annotation(LI), data={"name": "li-1", "x": STORY})], [("li-1", [("Person", "Li")])]),
    ("numbered", [task(annotation(LI), data={"doc_id": 5, "id": "no", "x": STORY})], [("5", [("Person", "Li")])]),
    (
        "text is called document",
        [task(annotation(LI), data={"document": STORY})],
        [("task 17", [("Person", "Li")])],
    ),
    (
        "the right field",
        [task(annotation(LI), data={"text": "About Li and Acme, a story.", "s": STORY})],
        [("task 17", [("Person", "Li")])],
    ),
    (
        "two fields",
        [
            task(
                annotation(
                    LI,
                    row("q", "Bo", "Y", of="u") | {"value": {"start": 0, "end": 2, "text": "Bo", "labels": ["Y"]}},
                ),
                data={"s": STORY, "u": "Bo and Li"},
            )
        ],
        [("task 17", [("Person", "Li")]), ("task 17", [("Y", "Bo")])],
    ),
    (
        "a page",
        [
            task(
                annotation(on_page(0, 2, "Li"), on_page(6, 15, "Acme & Co"), on_page(20, 24, "👩 Bo")),
                data={"html": PAGE},
            )
        ],
        [("task 17", [("X", "Li"), ("X", "Acme & Co"), ("X", "👩 Bo")])],
    ),
    (
        "a dialogue",
        [task(annotation(in_talk(0, 0, 0, 5, "Hello"), in_talk(0, 9, 1, 2, "Bo\n00:00\nHi")), data={"d": TALK})],
        [("task 17", [("X", "Hello"), ("X", "Bo\nHi")])],
    ),
    (
        "a dialogue in code points",
        [task(annotation(in_talk(0, 8, 0, 10, "Bo"), in_talk(1, 0, 1, 2, "Hi")), data={"d": TALK})],
        [("task 17", [("X", "Bo"), ("X", "Hi")])],
    ),
    (
        "a dialogue with numbers of paragraphs",
        [task(annotation(in_talk(0, 0, 0, 5, "Hello") | {"value": NUMBERED}), data={"d": TALK})],
        [("task 17", [("X", "Hi")])],
    ),
    (
        "nothing marked on a story beside a longer list",
        [task(annotation(), data={"id": "a", "body": STORY, "keys": STORY * 3})],
        [("a", [])],
    ),
    (
        "nothing marked beside an address",
        [task(annotation(), data={"id": "a", "text": "https://example.org/a.txt", "other": STORY})],
        [("a", [])],
    ),
    ("one task", task(annotation(LI)), [("task 17", [("Person", "Li")])]),
    ("the server's list", {"tasks": [task(annotation(LI))], "total": 1}, [("task 17", [("Person", "Li")])]),
    (
        "a storage's annotation",
        {**annotation(LI), "task": {"id": 4, "data": {"t": STORY}}},
        [("task 4", [("Person", "Li")])],
    ),
    (
        "an address too",
        [task(annotation(LI), data={"text": "https://example.org/li.png", "s": STORY})],
        [("task 17", [("Person", "Li")])],
    ),
]
"""What a file holds, and the documents and (label, words) that are read from it."""

MIN = [
    {
        "id": 17,
        "name": "li-1",
        "body": STORY,
        "ner": [
            {"start": 5, "end": 7, "text": "Li", "labels": ["Person"]},
            {"start": 11, "end": 15, "text": "Acme", "labels": ["Org"]},
        ],
        "sure": [{"start": 5, "end": 7, "choices": ["yes", "quite"]}],
        "why": [{"start": 11, "end": 15, "text": ["on the door", "twice"]}],
        "mood": "calm",
        "annotator": "li@example.org",
        "annotation_id": 4,
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z",
        "lead_time": 4.2,
    }
]

BROKEN: list[tuple[str, Any, str]] = [
    ("no list", "x", "import-row"),
    ("no rows", [1, None], "import-row"),
    ("far", [{**LI, "value": {"start": 5, "end": 700, "labels": ["X"]}}], "import-region"),
    ("reversed", [{**LI, "value": {"start": 7, "end": 5, "labels": ["X"]}}], "import-region"),
    ("negative", [{**LI, "value": {"start": -2, "end": 5, "text": "x", "labels": ["X"]}}], "import-region"),
    ("no numbers", [{**LI, "value": {"start": True, "end": float("nan"), "labels": ["X"]}}], "import-region"),
    ("huge", [{**LI, "value": {"start": 1, "end": 10**4000, "labels": ["X"]}}], "import-region"),
    ("fractions", [{**LI, "value": {"start": 5.0, "end": 7.0, "labels": ["X"]}}], "import-region"),
    ("other words", [{**LI, "value": {"start": 5, "end": 7, "text": "Bo", "labels": ["X"]}}], "import-region"),
    ("no label", [{**LI, "value": {"start": 5, "end": 7, "text": "Li"}}], "import-region"),
    ("empty labels", [{**LI, "value": {"start": 5, "end": 7, "text": "Li", "labels": []}}], "import-region"),
    ("labels of labels", [{**LI, "value": {"start": 5, "end": 7, "labels": [["X"]]}}], "import-region"),
    ("no value", [{**LI, "value": None}], "import-region"),
    ("twice", [LI, LI], "import-region"),
    ("paths only", [on_page(0, 2, "Li", globalOffsets=None)], "import-region"),
    ("dangling", [LI, relation("a1", "zz")], "import-relation"),
    ("no ends", [LI, {"type": "relation"}], "import-relation"),
    ("said of nothing", [{**said("zz", "choices", "c", ["x"]), "value": {"start": 1, "end": 2}}], "import-region"),
    ("odd choices", [LI, said("a1", "choices", "c", [1])], "import-attribute"),
    ("odd number", [LI, said("a1", "number", "n", None)], "import-attribute"),
]
"""An annotation's rows, and the finding for them."""
