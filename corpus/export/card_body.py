"""The readable part of the dataset card: what it is, how it was made, whose it is, what to beware of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.agreement.coefficient import Coefficient
from corpus.export.agreement import LayerAgreement
from corpus.export.card_rights import rights
from corpus.export.card_sample import collection, numbers, ready_made, sample, splits
from corpus.export.card_words import bullets, escape_markdown, table
from corpus.export.citation import citation_sentence, described
from corpus.export.facts import Facts
from corpus.export.views import shown_configs
from corpus.model.counted import count
from corpus.model.manifest import Manifest
from corpus.model.roles import TEXT_ROLES, Reason, Role
from corpus.model.scheme import Scheme
from corpus.model.tables import LAYERS

__all__ = ["card_body"]

_ROW_IS = {
    "documents": "one article: clean text, title, dates, rights, checksums",
    "blocks": "one piece of the text as received: its place, its role, why, kept or not",
    "raw": "one text as received, decoded",
    "entities": "one mention of an entity by one annotator",
    "claims": "one claim by one annotator, with its attributes",
    "sources": "one mention of whose claim it is, by one annotator",
}
_OFFSETS = (
    "Offsets are Unicode code points, half-open, as in Python slices. In `blocks`, in columns whose name "
    "begins with `raw` or holds `_raw_`, and in `documents.evidence` they point into `raw.text`; "
    "elsewhere into the `field` that the row names (`title`, `text` or, with `field_index`, a caption). "
    "A null means that nobody said it, never that it is false."
)
_LIMITS = (
    "Cleaning follows rules and, where they leave a line open, a model. When unsure it keeps, and `blocks.score` "
    "says how sure it was; every deletion can be read and undone from `blocks`.",
    "Dates, names and rights are what the texts or the listed sources say; nobody checked that they are true.",
    "A claim in the data is somebody's statement, not a fact.",
    "Annotations of different annotators stand side by side: choose by `annotator` before counting.",
    "`datasets` (5.2 and before) cannot load a split without rows, except with `streaming=True`: the YAML leaves "
    "such a split out where the config has rows in another one. Its file is there all the same.",
)


def card_body(manifest: Manifest, scheme: Scheme, facts: Facts, title: str) -> str:
    """Return the Markdown below the YAML; it depends on the arguments alone."""
    sections = [
        _intro(manifest, title),
        _contents(manifest),
        ready_made(manifest),
        _loading(manifest, scheme),
        sample(facts, scheme),
        numbers(facts),
        splits(manifest),
        collection(manifest, facts),
        _cleaning(facts),
        _annotation(manifest, scheme, facts),
        _rights(manifest, facts),
        "## Known limits\n\n" + bullets([*_LIMITS, *_finding_note(manifest)]),
        _citing(manifest),
    ]
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def _intro(manifest: Manifest, title: str) -> str:
    released = f"Version {manifest.version}" if manifest.version else "A build, not a release"
    dated = f", {escape_markdown(manifest.date)}" if manifest.date else ""
    tool = escape_markdown(manifest.tool.get("newscorpus", "?"))
    return (
        f"# {escape_markdown(title)}\n\n"
        f"{escape_markdown(described(manifest))}\n\n{released}{dated}; "
        f"made with newscorpus {tool}. `manifest.json` names every input, version and hash.\n\n"
        "One idea carries it: cleaning only deletes, and every deletion has a name."
    )


def _contents(manifest: Manifest) -> str:
    splits = list(manifest.configs["documents"].rows)
    shown = {folder: name for name, folder in shown_configs(manifest)}
    rows = [
        [f"`{shown[name]}`", _ROW_IS[name], *(str(config.rows[split]) for split in splits)]
        for name, config in manifest.configs.items()
    ]
    told = table(["config", "one row is", *(f"`{split}`" for split in splits)], rows)
    return f"## What is in it\n\n{told}\n\n{_OFFSETS}"


def _loading(manifest: Manifest, scheme: Scheme) -> str:
    """Return how it is loaded, with calls that work: a config without rows opens by streaming alone."""
    split = _split_with_rows(manifest, "documents") or next(iter(manifest.configs["documents"].rows))
    lines = [f'documents = load_dataset("PATH_TO_THIS_DIRECTORY", split="{split}")']
    labels = {"claims": [own.name for own in scheme.attributes], "entities": ["label"]}
    for name, columns in labels.items():
        own = _split_with_rows(manifest, name)
        if columns and own is not None:
            lines.append(f'{name} = load_dataset("PATH_TO_THIS_DIRECTORY", "{name}", split="{own}")')
            lines.append(f'print({name}.features["{columns[0]}"].names)')
            break
    return (
        "## Loading it\n\n```python\nfrom datasets import load_dataset\n\n" + "\n".join(lines) + "\n```\n\n"
        "Every config also opens with `streaming=True`, and every file with any reader of Parquet."
    )


def _split_with_rows(manifest: Manifest, config: str) -> str | None:
    """Return the first split in which a config has rows, as the card shows it; None where it has none."""
    folder = next((folder for name, folder in shown_configs(manifest) if name == config), config)
    told = manifest.summary(folder)
    return next((split for split, number in told.rows.items() if number), None) if told else None


def _cleaning(facts: Facts) -> str:
    roles, reasons = list(Role), list(Reason)
    rows = [
        [
            f"`{roles[role].value}`",
            f"`{reasons[reason].value}`",
            reasons[reason].sentence,
            "yes" if kept else "no",
            str(count),
        ]
        for (kept, role, reason), count in sorted(facts.blocks.items(), key=lambda item: item[0][1:])
    ]
    text_roles = ", ".join(f"`{role.value}`" for role in Role if role in TEXT_ROLES)
    return (
        "## How it was cleaned\n\n"
        f"Each text was cut into blocks; `documents.text` is the blocks of the roles {text_roles}, in their "
        "order. Every block has a reason:\n\n"
        + table(["role", "reason", "which means", "in the text", "blocks"], rows)
    )


def _annotation(manifest: Manifest, scheme: Scheme, facts: Facts) -> str:
    notes = bullets([escape_markdown(note) for note in manifest.notes])
    told = notes or ("- Nothing is noted." if _rows(facts) else "- There are no annotations in it yet.")
    intro = (
        f"## How it was annotated\n\nScheme {escape_markdown(manifest.scheme)} "
        f"{escape_markdown(manifest.scheme_version)} (`scheme.toml`). How the annotations came about:\n\n{told}"
    )
    if not _rows(facts):
        return intro
    labels = table(["column", "label", "rows"], _label_rows(scheme, facts))
    return f"{intro}\n\n{_annotator_table(facts)}\n\n{labels}\n\n{_agreement(facts)}"


def _rows(facts: Facts) -> int:
    return sum(facts.counts(name, "annotator").total() for name in LAYERS)


def _annotator_table(facts: Facts) -> str:
    counts = {name: facts.counts(name, "annotator") for name in LAYERS}
    annotators = sorted({annotator for counter in counts.values() for annotator in counter})
    rows = [[escape_markdown(a), *(str(counts[name][a]) for name in LAYERS)] for a in annotators]
    return table(["annotator", *LAYERS], rows) if rows else ""


def _agreement(facts: Facts) -> str:
    found = facts.agreement
    if not found:
        return "### Agreement\n\nNo two annotators marked the same article, so their agreement cannot be measured."
    rows = [row for layer in found for row in _agreement_rows(layer)]
    head = [
        "annotators",
        "layer",
        "articles of both",
        "items",
        "F1, same characters",
        "F1, overlapping",
        "alpha, characters",
    ]
    return (
        "### Agreement\n\nF1 of every two annotators' spans (and labels, of entities), one-to-one, and "
        "Krippendorff's alpha on the characters of the texts, over the articles in which both marked anything. "
        f"A dash: not defined.\n\n{table(head, rows)}"
    )


def _agreement_rows(layer: LayerAgreement) -> Iterator[list[str]]:
    for pair in layer.pairs:
        found = (pair.spans.exact, pair.spans.overlapping, pair.spans.characters)
        items = f"{pair.spans.items[0]}, {pair.spans.items[1]}"
        who = ", ".join(map(escape_markdown, pair.annotators))
        yield [who, layer.layer, str(pair.documents), items, *map(_two_digits, found)]
    if len(layer.annotators) > 2:
        items, alpha = str(layer.items), _two_digits(layer.characters)
        yield [f"all {len(layer.annotators)}", layer.layer, str(layer.documents), items, "", "", alpha]


def _two_digits(coefficient: Coefficient) -> str:
    return "—" if coefficient.value is None else f"{coefficient.value:.2f}"


def _rights(manifest: Manifest, facts: Facts) -> str:
    return f"## Rights\n\n{rights(manifest, facts.rights)}\n\n{_licence(manifest)}\n\n{_holders(facts)}"


def _licence(manifest: Manifest) -> str:
    if manifest.about.licence is None:
        return "Under which licence the annotations may be used, their makers have not said."
    licence = escape_markdown(manifest.about.licence)
    return f"What the makers added (annotations, metadata, arrangement) is under {licence}."


def _citing(manifest: Manifest) -> str:
    contact = f"\n\nContact: {escape_markdown(manifest.about.contact)}" if manifest.about.contact else ""
    same = "\n\n`CITATION.cff` says the same." if manifest.version else ""
    return f"## Citation\n\n{escape_markdown(citation_sentence(manifest))}{same}{contact}"


def _label_rows(scheme: Scheme, facts: Facts) -> list[list[str]]:
    rows = _counted("entities.label", scheme.entity_labels, facts.counts("entities", "label"))
    for attribute in scheme.attributes:
        rows += _counted(f"claims.{attribute.name}", attribute.value_names, facts.counts("claims", attribute.name))
    for flag in scheme.flags:
        rows.append([f"`claims.{flag.name}`", "true", str(facts.counts("claims", flag.name)[True])])
    return rows


def _counted(place: str, names: Sequence[str], counts: Counter[int | None]) -> list[list[str]]:
    rows = [[f"`{place}`", escape_markdown(name), str(counts[number])] for number, name in enumerate(names)]
    return rows + ([[f"`{place}`", "(not given)", str(counts[None])]] if counts[None] else [])


def _holders(facts: Facts) -> str:
    holders = Counter(facts.counts("documents", "copyright_holder"))
    silent = holders.pop(None, 0)
    rows = [[escape_markdown(name), str(count)] for name, count in sorted(holders.items())[:100]]
    if silent:
        rows.append(["(none is named)", str(silent)])
    return table(["rights holder as named", "articles"], rows) if rows else ""


def _finding_note(manifest: Manifest) -> list[str]:
    if not manifest.findings:
        return []
    told = count(len(manifest.findings), "thing")
    return [f"The build found {told} wrong or worth knowing in its inputs: see `findings` in `manifest.json`."]
