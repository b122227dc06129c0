"""What adjudicators decided becomes gold: one decision a document, each once, and nobody's word overwritten unsaid.

The note of a gold set names the decision it was made from, so what was brought into gold is known from the files
alone, and an interrupted run is finished by the next. Where gold was changed by hand or in the annotators' project
since, and a decision came that it does not know of, both stay as they are until somebody says which one counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.annotation.decisions import decisions_in, item_keys, votes_in
from corpus.annotation.gold import gold_of, kept_gold
from corpus.annotation.heads import Key
from corpus.annotation.majority import majority_of
from corpus.annotation.store import append
from corpus.labelstudio.ledger.journal import durable
from corpus.model.annotation import GOLD, AnnotationSet, Origin
from corpus.model.finding import Severity

if TYPE_CHECKING:
    from corpus.labelstudio.adjudication.adjudicating import Disputes
    from corpus.labelstudio.work import Work

__all__ = ["Settled", "settle"]


@dataclass(slots=True)
class Settled:
    """What became of the decisions."""

    gold: list[str] = field(default_factory=list)
    """Documents whose gold was written."""
    second: list[str] = field(default_factory=list)
    """Documents that several people decided."""
    answered: dict[str, dict[str, int]] = field(default_factory=dict)
    """Documents with decisions or skipped tasks, and the revisions that the one which counts was made on."""
    written: list[AnnotationSet] = field(default_factory=list)


def settle(work: Work, disputes: Disputes) -> Settled:
    """Write what was decided and is not in gold yet into ``gold.jsonl`` beside the adjudicators' folder.

    Safe at any interruption: the file is replaced whole, and what it names is not written again.
    """
    found = Settled()
    of: dict[str, list[Key]] = {}
    for key in dict.fromkeys([*work.history.all_keys(), *work.history.heads.damage.keys]):
        of.setdefault(key[0], []).append(key)
    versions: dict[str, list[AnnotationSet]] = {}
    for item in disputes.sets:
        if item.annotator == GOLD:
            versions.setdefault(item.doc_id, []).append(item)
    for doc_id in sorted({*of, *versions}):
        gold = sorted(versions.get(doc_id, ()), key=_revision)
        _Document(work, disputes, doc_id, gold).settle(of.get(doc_id, ()), found)
    if found.written:
        if not work.options.dry_run:
            with durable("gold-file"):
                work.report.files += append(work.material.folder.parent, found.written)
        disputes.sets += found.written
    return found


def _revision(item: AnnotationSet) -> int:
    return item.revision


class _Document:
    """One document: its gold so far, and what was decided."""

    def __init__(self, work: Work, disputes: Disputes, doc_id: str, gold: Sequence[AnnotationSet]) -> None:
        self.work, self.disputes, self.doc_id = work, disputes, doc_id
        self.gold = gold[-1] if gold else None
        self.known = {decision for item in gold for decision in decisions_in(item.origin.note)}
        """The decisions that some version of gold was made from."""
        last = [decision for item in gold[-1:] for decision in decisions_in(item.origin.note)]
        self.last = last[-1] if last else None

    def settle(self, keys: Sequence[Key], found: Settled) -> None:
        """Decide what becomes of the adjudicators' sets; nothing where one of them is damaged."""
        history = self.work.history
        newest = {key: item for key in keys if (item := history.counting(key)) is not None}
        decided = [(self.doc_id, self.last[0])] if self.last is not None else []
        damaged = [key[1] for key in {*keys, *decided} - newest.keys() if history.may_be_damaged(key)]
        if damaged:
            self._tell_damaged(sorted(damaged))
            found.answered[self.doc_id] = votes_in(self.gold.origin.note) if self.gold is not None else {}
            return
        sets = [item for key in keys if (item := self._effective(key, newest[key])) is not None]
        if sets:
            found.answered[self.doc_id] = {}
        submitted = [item for item in sets if item.state == "submitted"]
        if not submitted:
            self._withdrawn(newest, found)
            return
        counting = self._counting(submitted)
        found.answered[self.doc_id] = votes_in(counting.origin.note)
        self._tell_second(counting, submitted, found)
        if (counting.annotator, counting.revision) not in self.known:
            self._write(counting, found)

    def _tell_damaged(self, names: Sequence[str]) -> None:
        message = (
            f"The newest decision by {', '.join(map(repr, names))} cannot be read, or a damaged line of theirs may "
            "hold it: gold and its task stay as they are. Repair the line."
        )
        self.work.report.note("decision-damaged", self.doc_id, message, Severity.ERROR)
        self.work.incomplete = True

    def _effective(self, key: Key, newest: AnnotationSet) -> AnnotationSet | None:
        """Return an adjudicator's newest set; one to an older question does not replace one to a newer."""
        found = newest
        if newest.state in ("deleted", "draft"):
            return None
        for item in self.work.history.newest_first(key):
            if item.state == "submitted" and self.disputes.is_answer(item):
                return item
            if item.state == "deleted":
                break
            if (item.state, found.state) == ("submitted", "submitted") and _is_older(found, item):
                found = item
        return found

    def _counting(self, decided: Sequence[AnnotationSet]) -> AnnotationSet:
        """Return the one decision: to what is asked now, or was last; gold's own adjudicator's; the first."""
        newest = [item for item in decided if not any(_is_older(item, other) for other in decided)]
        present = [item for item in decided if self.disputes.is_answer(item)] or newest
        own = [item for item in present if self.last is not None and item.annotator == self.last[0]]
        return min(own or present, key=lambda item: (item.updated_at or "", item.annotator))

    def _tell_second(self, counting: AnnotationSet, decided: Sequence[AnnotationSet], found: Settled) -> None:
        others = [item for item in decided if item is not counting and not self._is_outdone(item, counting)]
        for item in others:
            differs = set(item_keys(item).values()) != set(item_keys(counting).values())
            how = "otherwise" if differs else "and the same"
            message = (
                f"{item.annotator!r} decided it as well, {how}: the decision of {counting.annotator!r} counts, the "
                "other one stays in the files."
            )
            severity = Severity.WARNING if differs else Severity.NOTE
            self.work.report.note("adjudication-second", self.doc_id, message, severity)
        if others:
            found.second.append(self.doc_id)

    def _is_outdone(self, item: AnnotationSet, counting: AnnotationSet) -> bool:
        """Tell whether a decision was on an older question than the one that counts."""
        if _is_older(item, counting):
            return True
        return self.disputes.is_answer(counting) and not self.disputes.is_answer(item)

    def _write(self, decision: AnnotationSet, found: Settled) -> None:
        gold = self.gold
        if gold is not None and gold.state != "deleted" and gold.anchor_sha256 == decision.anchor_sha256:
            same = _says(gold) == _says(decision)
            if same and self._is_known_as(gold, decision):
                return  # it was only moved to another text
            if gold.origin.kind != "adjudication" and not same:
                self._both(gold, decision, found)
                return
        self._add(gold_of(decision, self._voters(decision), gold), found)

    def _is_known_as(self, gold: AnnotationSet, decision: AnnotationSet) -> bool:
        by = self.last is not None and self.last[0] == decision.annotator
        return by and votes_in(gold.origin.note) == votes_in(decision.origin.note)

    def _both(self, gold: AnnotationSet, decision: AnnotationSet, found: Settled) -> None:
        prefer = self.work.options.prefer
        if prefer == "server":
            self._add(gold_of(decision, self._voters(decision), gold), found)
        elif prefer == "local":
            self._add(kept_gold(gold, decision), found)
        else:
            message = (
                f"Gold was changed by hand or among the annotations (revision {gold.revision}), and "
                f"{decision.annotator!r} decided otherwise (revision {decision.revision}): say `prefer='local'` or "
                "`prefer='server'`; both are kept."
            )
            self.work.report.note("gold-both-changed", self.doc_id, message, Severity.ERROR)

    def _voters(self, decision: AnnotationSet) -> list[AnnotationSet]:
        votes = votes_in(decision.origin.note)
        sets = [self.disputes.version(self.doc_id, who, number) for who, number in votes.items()]
        there = [item for item in sets if item is not None]
        return there if len(there) == len(sets) and len({item.anchor_sha256 for item in there}) == 1 else []

    def _withdrawn(self, sets: Mapping[Key, AnnotationSet], found: Settled) -> None:
        """Let the majority count again where the only decision was taken back on the server."""
        gold = self.gold
        if gold is None or self.last is None or gold.origin.kind != "adjudication" or gold.state == "deleted":
            return
        newest = sets.get((self.doc_id, self.last[0]))
        standing = self.disputes.standings.get(self.doc_id)
        if newest is None or newest.state != "deleted" or standing is None:
            return
        made = majority_of(standing.voters, gold, standing.now.gold.updated_at).gold
        note = f"{made.origin.note}; the decision of {self.last[0]} was taken back"
        self._add(made.model_copy(update={"origin": Origin(kind="adjudication", note=note)}), found)
        message = f"{self.last[0]!r} took the decision back: gold is what the majority says, until it is decided."
        self.work.report.note("decision-taken-back", self.doc_id, message, Severity.WARNING)

    def _add(self, gold: AnnotationSet, found: Settled) -> None:
        found.written.append(gold)
        found.gold.append(self.doc_id)


def _is_older(one: AnnotationSet, other: AnnotationSet) -> bool:
    """Tell whether what one decides was asked before what the other decides: of whom that had no newer revision."""
    before, after = votes_in(one.origin.note), votes_in(other.origin.note)
    return bool(before) and before != after and all(number <= after.get(who, 0) for who, number in before.items())


def _says(item: AnnotationSet) -> tuple[str, frozenset[object]]:
    return item.anchor_sha256, frozenset(item_keys(item).values())
