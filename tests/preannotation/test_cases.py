"""Every case of tests/preannotation/cases/: claims with source and cue, and names, exactly."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpus.model.annotation import AnchoredSpan
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules

CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
FIELDS = {"id", "text", "title", "language", "claims", "names", "debt"}


def params() -> Iterable[Any]:
    for name, case in CASES:
        marks = [pytest.mark.xfail(reason=case["debt"])] if "debt" in case else []
        yield pytest.param(case, id=f"{name}:{case['id']}", marks=marks)


def words(spans: Iterable[AnchoredSpan], raw: str) -> str | list[str]:
    """Return the pieces' words; neighbours on the next line are one piece, as the page shows them."""
    pieces: list[list[int]] = []
    for span in spans:
        if pieces and raw[pieces[-1][1] : span.start].strip() == "" and "\n" in raw[pieces[-1][1] : span.start]:
            pieces[-1][1] = span.end
        else:
            pieces.append([span.start, span.end])
    return [raw[start:end] for start, end in pieces]


def proposed(prediction: Prediction, raw: str) -> list[dict[str, object]]:
    sources = {s.id: words(s.spans, raw)[0] for s in prediction.sources}
    cues = {c.id: words(c.spans, raw)[0] for c in prediction.cues}
    found = []
    for claim in prediction.claims:
        record: dict[str, object] = {"spans": words(claim.spans, raw), "speech": claim.attributes["speech"]}
        for name, ids, there in (
            ("source", claim.source_ids, sources),
            ("outer", claim.outer_source_ids, sources),
            ("cue", claim.cue_ids, cues),
        ):
            if ids:
                record[name] = there[ids[0]]
        found.append(record)
    return found


@pytest.mark.parametrize("case", list(params()))
def test_case(case, make_document):
    document = make_document(case["text"], title=case.get("title"), language=case.get("language", "en"))
    (prediction,) = QuotationRules().annotate([document])
    assert proposed(prediction, document.raw_text) == case["claims"]
    if "names" in case:
        names = [[words(e.spans, document.raw_text)[0], e.label] for e in prediction.entities]
        assert names == case["names"]


def test_the_cases_are_well_formed_many_and_some_are_negative():
    ids = [(name, case["id"]) for name, case in CASES]
    assert len(set(ids)) == len(ids) >= 40
    assert all(set(case) <= FIELDS and case["text"].strip() for _, case in CASES)
    assert sum(not case["claims"] for _, case in CASES) >= 12
