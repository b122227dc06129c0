"""The real server takes what is written for it, and what it exports of any project is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from labelstudio_people import Person, annotate

from corpus.exchange.labelstudio import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.labelstudio.format.config import label_config
from corpus.labelstudio.wire.client import Client
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

pytestmark = pytest.mark.server

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
TEXT = "“We are ready 🙂,” said Ada,\nas the ministry put it, “to talk\u2028again.”\tEnd "


def project(client: Client, config: str) -> int:
    body = {"title": f"exchange {uuid4().hex[:8]}", "label_config": config}
    return int(client.send("POST", "/api/projects/", body)["id"])


def exported(client: Client, number: int, path: Path, kind: str = "JSON") -> list[Standoff | Finding]:
    """Export a project as its users do, and read the file."""
    answer = client.get(f"/api/projects/{number}/export", exportType=kind)
    path.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    return list(FORMAT.read(path))


def spans_of(words: dict[str, tuple[str, str]]) -> tuple[StandoffSpan, ...]:
    found = {name: (label, TEXT.index(said), len(said)) for name, (label, said) in words.items()}
    return tuple(StandoffSpan(n, label, (Span(at, at + size),)) for n, (label, at, size) in found.items())


def documents() -> list[Standoff]:
    """Return two annotators' word on one text, with everything that could be lost, and another text."""
    ada = StandoffSpan("e:1", "PER", (Span(23, 26),), {"entity_id": ("e3",)}, "Q42", "a note\nof two lines")
    pieces = (Span(0, 17), Span(52, 68))
    claim = StandoffSpan(
        "c1", "CLAIM", pieces, {"speech": ("direct",), "check": ("worth",), "negated": ()}, None, None
    )
    rest = spans_of({"s1": ("SOURCE", "Ada"), "s2": ("SOURCE", "the ministry"), "u1": ("CUE", "said")})
    links = [("said_by", "s1"), ("outer_said_by", "s2"), ("cued_by", "u1")]
    relations = tuple(StandoffRelation(label, "c1", target) for label, target in links)
    return [
        Standoff("tide/1", TEXT, (ada, claim, *rest), relations, "hand-1"),
        Standoff("tide/1", TEXT, (ada,), (), "hand-2"),
        Standoff("ebb", "قال الوزير e\u0301 👩‍👩‍👧.", (StandoffSpan("x", "ORG", (Span(4, 10),)),), (), "hand-1"),
    ]


def comparable(found: Standoff | Finding) -> tuple[object, ...]:
    assert isinstance(found, Standoff)
    spans = sorted((s.id, s.label, s.spans, sorted(s.attributes.items()), s.kb_id, s.note) for s in found.spans)
    return found.name, found.annotator, found.text, spans, sorted(map(str, found.relations))


def test_what_was_written_comes_back_from_the_server(client: Client, tmp_path: Path) -> None:
    """Written, imported into a project with our screen, exported and read: the same documents."""
    assert FORMAT.write is not None
    assert list(FORMAT.write(documents(), tmp_path / "tasks.json", SCHEME)) == []
    number = project(client, label_config(SCHEME))
    answer = client.send(
        "POST", f"/api/projects/{number}/import", json.loads((tmp_path / "tasks.json").read_bytes())
    )
    assert (answer["task_count"], answer["annotation_count"]) == (2, 3)
    back = exported(client, number, tmp_path / "export.json")
    assert sorted(map(comparable, back)) == sorted(map(comparable, documents()))


FOREIGN = """<View>
  <Labels name="mentions" toName="story"><Label value="Person"/><Label value="Company"/></Labels>
  <Text name="story" value="$words"/>
  <Choices name="gender" toName="story" perRegion="true"><Choice value="f"/><Choice value="m"/></Choices>
  <TextArea name="remark" toName="story" perRegion="true"/>
  <Choices name="mood" toName="story"><Choice value="calm"/></Choices>
  <Relations><Relation value="works for"/></Relations>
</View>"""
STORY = "👩 Li works for Acme.\nBo does not."


def foreign_rows(*, sure: bool) -> list[dict[str, Any]]:
    def row(identity: str, words: str, kind: str, name: str, told: Any) -> dict[str, Any]:
        start = STORY.index(words)
        place = {"start": start, "end": start + len(words), "text": words.replace("\n", "\\n")}
        value = {**place, "text" if kind == "textarea" else kind: told}
        return {"id": identity, "from_name": name, "to_name": "story", "type": kind, "value": value}

    mentions = [
        row("li", "Li", "labels", "mentions", ["Person"]),
        row("ac", "Acme.\nBo", "labels", "mentions", ["Company"]),
    ]
    if not sure:
        return mentions[:1]
    said = [
        row("li", "Li", "choices", "gender", ["f"]),
        row("ac", "Acme.\nBo", "textarea", "remark", ["the owner"]),
    ]
    link = {"type": "relation", "from_id": "ac", "to_id": "li", "direction": "left", "labels": ["works for"]}
    whole = {"id": "w", "from_name": "mood", "to_name": "story", "type": "choices", "value": {"choices": ["calm"]}}
    return [*mentions, *said, link, whole]


def test_another_project_is_read(client: Client, sign_up: Callable[[str], Person], tmp_path: Path) -> None:
    """Two people's annotations, a skipped one and a prediction, under names that are not ours."""
    number = project(client, FOREIGN)
    body = [{"data": {"words": STORY, "name": "li-1"}, "predictions": [{"result": foreign_rows(sure=False)}]}]
    client.send("POST", f"/api/projects/{number}/import", body)
    (task,) = client.tasks(number, "id")
    people = [sign_up(name) for name in ("ada", "bo", "cy")]
    annotate(people[0], task["id"], foreign_rows(sure=True))
    annotate(people[1], task["id"], foreign_rows(sure=False))
    annotate(people[2], task["id"], [], was_cancelled=True)
    back = exported(client, number, tmp_path / "export.json")
    first, second = sorted((one for one in back if isinstance(one, Standoff)), key=lambda one: -len(one.spans))
    assert [(one.name, one.text, one.annotator) for one in (first, second)] == [
        ("li-1", STORY, str(person.id)) for person in people[:2]
    ]
    assert [(s.label, s.spans[0].slice(STORY), s.attributes, s.note) for s in first.spans] == [
        ("Person", "Li", {"gender": ("f",)}, None),
        ("Company", "Acme.\nBo", {}, "the owner"),
    ]
    assert first.relations == (StandoffRelation("works for", "li", "ac"),)
    codes = [one.code for one in back if isinstance(one, Finding)]
    assert codes == ["import-prediction", "import-skipped", "import-whole"]
    flat = exported(client, number, tmp_path / "min.json", "JSON_MIN")
    pairs = {(one.annotator, len(one.spans)) for one in flat if isinstance(one, Standoff)}
    assert pairs == {(first.annotator, 2), (second.annotator, 1)}
    assert not any(person.email in repr([*back, *flat]) for person in people)
