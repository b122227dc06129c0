"""``corpus annotations agreement``: how far the annotators of a built dataset agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.agreement.coefficient import Coefficient
from corpus.agreement.values import ValueAgreement
from corpus.api.annotating import measure_agreement
from corpus.api.datasets import BUILD
from corpus.cli.rim import err, out, print_json, show_findings
from corpus.cli.tables import show_table
from corpus.export.agreement import LayerAgreement, PairAgreement, SpanAgreement
from corpus.model.counted import count

__all__ = ["command"]

_NOTHING = (
    "No two annotators marked the same article, so their agreement cannot be measured: let a second one annotate "
    "some of the first one's (corpus labelstudio team overlap 2), pull, and build again."
)
_SPANS = ("annotators", "articles", "items", "F1 exact", "F1 overlap", "alpha", "alpha_U", "u-alpha")
_VALUES = ("annotators", "what", "matched", "all say", "the same", "kappa", "alpha")
_LEGEND = (
    "alpha: Krippendorff's, on characters (of attributes: on matched items); alpha_U and u-alpha: on where spans "
    "begin and end; kappa: Cohen's, of more than two Fleiss'. Matched are items of which at least half the "
    "characters are the same. A dash: not defined."
)


def command(
    dataset: Annotated[
        Path, typer.Argument(help="A built dataset or a release; build again after a pull.", metavar="DIR")
    ] = BUILD,
    by_label: Annotated[bool, typer.Option("--by-label", help="Tell it for each label too.")] = False,
    gold: Annotated[
        bool, typer.Option("--gold", help="Compare the adjudicated gold too, which was made from the others.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, by label too.")] = False,
) -> None:
    """Tell how far annotators agree: F1 of spans, alpha on characters and boundaries, kappa of attributes."""
    found = measure_agreement(dataset, gold=gold)
    layers, left_out = found.layers, found.findings
    if as_json:
        reason = {} if layers else {"reason": _NOTHING}
        records = [_layer_record(layer) for layer in layers]
        print_json({"layers": records, **reason, "findings": [finding.as_record() for finding in left_out]})
    else:
        _show_all(layers, by_label)
        if left_out:
            err.print("The build left out, so not counted:")
        show_findings(left_out)
    if left_out:
        raise typer.Exit(1)


def _show_all(layers: Sequence[LayerAgreement], by_label: bool) -> None:
    if not layers:
        out.print(_NOTHING)
        return
    for layer in layers:
        _show(layer, by_label)
    out.print(f"\n[dim]{_LEGEND}[/dim]")


def _show(layer: LayerAgreement, by_label: bool) -> None:
    title = f"{layer.layer}: {count(layer.documents, 'article')} by two annotators or more"
    show_table(_SPANS, _span_rows(layer, by_label), title=title, right=_SPANS[1:])
    said = f"{layer.layer}: what is said of matched items"
    show_table(_VALUES, _value_rows(layer), title=said, right=_VALUES[2:])


def _span_rows(layer: LayerAgreement, by_label: bool) -> Iterator[tuple[str, ...]]:
    for pair in layer.pairs:
        yield (", ".join(pair.annotators), f"{pair.documents:,}", *_span_cells(pair.spans))
        for label, spans in pair.labels.items() if by_label else ():
            yield (f"  {label}", "", *_span_cells(spans))
    if len(layer.annotators) > 2:
        whole = (f"all {len(layer.annotators)}", f"{layer.documents:,}", f"{layer.items:,}", "", "")
        yield (*whole, _cell(layer.characters), "", "")
        for label, alpha in layer.labels.items() if by_label else ():
            yield (f"  {label}", "", "", "", "", _cell(alpha), "", "")


def _span_cells(spans: SpanAgreement) -> tuple[str, ...]:
    found = (spans.exact, spans.overlapping, spans.characters, spans.alpha_u, spans.u_alpha)
    return (" / ".join(f"{items:,}" for items in spans.items), *map(_cell, found))


def _value_rows(layer: LayerAgreement) -> Iterator[tuple[str, ...]]:
    for pair in layer.pairs:
        for name, said in pair.values.items():
            counts = (f"{pair.matched:,}", f"{said.kappa.count:,}", f"{said.same:,}")
            yield (", ".join(pair.annotators), name, *counts, _cell(said.kappa), _cell(said.alpha))
    for name, said in layer.values.items() if len(layer.annotators) > 2 else ():
        counts = (f"{layer.matched:,}", f"{said.kappa.count:,}", f"{said.same:,}")
        yield (f"all {len(layer.annotators)}", name, *counts, _cell(said.kappa), _cell(said.alpha))


def _cell(coefficient: Coefficient) -> str:
    return "–" if coefficient.value is None else f"{coefficient.value:.3f}"


def _layer_record(layer: LayerAgreement) -> dict[str, Any]:
    return {
        "layer": layer.layer,
        "annotators": list(layer.annotators),
        "documents": layer.documents,
        "items": layer.items,
        "alpha_characters": layer.characters.as_record(),
        "labels": _records(layer.labels),
        "matched": layer.matched,
        "values": _value_records(layer.values),
        "pairs": [_pair_record(pair) for pair in layer.pairs],
    }


def _pair_record(pair: PairAgreement) -> dict[str, Any]:
    return {
        "annotators": list(pair.annotators),
        "documents": pair.documents,
        **_span_record(pair.spans),
        "labels": {label: _span_record(spans) for label, spans in pair.labels.items()},
        "matched": pair.matched,
        "values": _value_records(pair.values),
    }


def _value_records(values: Mapping[str, ValueAgreement]) -> dict[str, Any]:
    return {
        name: {"same": said.same, **_records({"kappa": said.kappa, "alpha": said.alpha})}
        for name, said in values.items()
    }


def _span_record(spans: SpanAgreement) -> dict[str, Any]:
    found = {
        "f1_exact": spans.exact,
        "f1_overlapping": spans.overlapping,
        "alpha_characters": spans.characters,
        "alpha_u": spans.alpha_u,
        "u_alpha": spans.u_alpha,
    }
    return {"items": list(spans.items), **_records(found)}


def _records(found: Mapping[str, Coefficient]) -> dict[str, Any]:
    return {name: coefficient.as_record() for name, coefficient in found.items()}
