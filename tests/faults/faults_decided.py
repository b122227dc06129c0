"""What really became of questions and decisions: both sides, read without the toolkit, against the oracle."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from faults_panel import Panel
from faults_reading import Count
from faults_site import Mark, is_retired, marks_of

_VOTE = re.compile(r"([a-z0-9][a-z0-9._-]*) \(revision (\d+)\)")
_DECIDED = re.compile(r"decided by ([a-z0-9][a-z0-9._-]*) \(revision (\d+)\)")


def count_decided(panel: Panel, before: dict[Path, bytes]) -> Count:
    """Read both sides of a panel; ``before`` is what its files held before the last runs."""
    found = Count(schedules=1)
    reading = _Reading(panel, found)
    reading.questions()
    reading.votes()
    reading.decisions()
    reading.gold()
    for path, held in before.items():
        if not path.read_bytes().startswith(held):
            found.note_lost(f"what {path.name} held before")
    found.note_leftovers(panel.folder)
    return found


class _Reading:
    """One look at both sides."""

    def __init__(self, panel: Panel, found: Count) -> None:
        self.panel, self.found = panel, found
        self.sets = list(self._records(panel.annotations))
        self.made = list(self._records(panel.annotations / "adjudication"))
        revisions: dict[tuple[str, str], int] = {}
        for item in self.sets:
            key = (item["doc_id"], item["annotator"])
            revisions[key] = max(revisions.get(key, 0), item["revision"])
        self.newest = revisions

    def _records(self, folder: Path) -> Iterator[dict[str, Any]]:
        seen: Counter[tuple[str, str, int]] = Counter()
        for path in sorted(folder.glob("*.jsonl")):
            for line in path.read_bytes().splitlines():
                item = json.loads(line)
                seen[item["doc_id"], item["annotator"], item["revision"]] += 1
                yield item
        for key, number in seen.items():
            if number > 1:
                self.found.note_doubled(f"revision {key}")

    def questions(self) -> None:
        """One live task a document asks what today's revisions are; each answer stands once, where it was given."""
        tasks = self.panel.tasks(self.panel.second)
        self.found.tasks += len(tasks)
        asked = {doc_id: self._asked(doc_id) for doc_id in self.panel.texts}
        live = [(t["data"]["doc_id"], t["data"]["asked"]) for t in tasks if not is_retired(t)]
        self.found.compare(Counter(live), Counter(asked.items()), "question")
        every = Counter((t["data"]["doc_id"], t["data"]["asked"]) for t in tasks)
        self.found.compare(every, Counter(dict.fromkeys(every, 1)), "task")
        there: Counter[Any] = Counter()
        for task in tasks:
            makers = Counter(prediction["model_version"] for prediction in task["predictions"])
            self.found.compare(makers, Counter(dict.fromkeys(makers, 1)), f"prediction of task {task['id']}")
            for marks in self._drawn(task):
                there[task["data"]["doc_id"], task["data"]["asked"], marks] += 1
        answers = self.panel.answers
        stays = [a for a in answers if not a.is_gone or a.asked == asked[a.doc_id] or self._there(a, there)]
        expected = Counter((a.doc_id, a.asked, frozenset(a.marks)) for a in stays)
        self.found.compare(there, expected, "answer on the server")

    def _there(self, answer: Any, there: Counter[Any]) -> bool:
        return bool(there[answer.doc_id, answer.asked, frozenset(answer.marks)])

    def _asked(self, doc_id: str) -> str:
        votes = [(who, number) for (name, who), number in self.newest.items() if name == doc_id and who != "gold"]
        return " ".join(f"{who}:{number}" for who, number in sorted(votes))

    def _drawn(self, task: dict[str, Any]) -> Iterator[frozenset[Mark]]:
        for annotation in task["annotations"]:
            marks, wrong = marks_of(annotation["result"], task["data"]["text"])
            self.found.note_misplaced(wrong, f"task {task['id']}")
            self.found.annotations += 1
            yield marks

    def votes(self) -> None:
        """Every vote is the newest of its annotator, and stands once in the annotators' project, gold beside it."""
        newest = [s for s in self.sets if s["revision"] == self.newest[s["doc_id"], s["annotator"]]]
        said = Counter((s["doc_id"], self._marks(s)) for s in newest if s["annotator"] != "gold")
        votes = Counter((doc_id, frozenset(marks)) for (doc_id, _), marks in self.panel.votes.items())
        self.found.compare(said, votes, "vote on disk")
        if self.panel.has_guest:
            tasks = self.panel.tasks(self.panel.name)
            drawn = Counter((task["data"]["doc_id"], marks) for task in tasks for marks in self._drawn(task))
            counting = [a for doc_id in self.panel.texts if (a := self.panel.counting(doc_id)) is not None]
            votes.update((a.doc_id, frozenset(a.marks)) for a in counting)
            self.found.compare(drawn, votes, "vote on the server")

    def _marks(self, item: dict[str, Any]) -> frozenset[Mark]:
        anchor = self.panel.texts[item["doc_id"]].raw_text
        marks = set()
        for entity in item.get("entities", ()):
            for span in entity["spans"]:
                words = anchor[span["start"] : span["end"]]
                self.found.note_misplaced(int(words != span["exact"]), f"{item['annotation_id']} on disk")
                marks.add((entity["label"], words))
        return frozenset(marks)

    def decisions(self) -> None:
        """Each answer that a clean run saw is one version in the adjudicators' files, with what it was asked."""
        made: Counter[Any] = Counter()
        for item in self.made:
            if item["state"] == "submitted":
                votes = sorted(_VOTE.findall(item["origin"]["note"]))
                asked = " ".join(f"{who}:{number}" for who, number in votes)
                made[item["doc_id"], asked, self._marks(item)] += 1
        once = Counter(dict.fromkeys(self.panel.said | set(made), 1))
        self.found.compare(made, once, "decision on disk")
        for item in self.made:
            if item["state"] != "submitted":
                self.found.note_lost(f"the decision {item['annotation_id']} is {item['state']}")

    def gold(self) -> None:
        """The newest gold is the decision that counts; no decision became gold twice, nor anything else at all."""
        decisions = {(s["doc_id"], s["annotator"], s["revision"]): self._marks(s) for s in self.made}
        came: Counter[Any] = Counter()
        last: dict[str, frozenset[Mark]] = {}
        for item in sorted((s for s in self.sets if s["annotator"] == "gold"), key=lambda s: s["revision"]):
            last[item["doc_id"]] = marks = self._marks(item)
            named = _DECIDED.search(item["origin"]["note"])
            key = (item["doc_id"], named[1], int(named[2])) if named else (item["doc_id"], "nobody", 0)
            came[key] += 1
            if decisions.get(key) != marks:
                self.found.note_lost(f"gold {item['revision']} of {item['doc_id']} is not what {key} says")
        self.found.compare(came, Counter(dict.fromkeys(came, 1)), "decision in gold")
        wanted = {name: self.panel.counting(name) for name in self.panel.texts}
        expected = Counter((name, frozenset(a.marks)) for name, a in wanted.items() if a is not None)
        self.found.compare(Counter(last.items()), expected, "gold")
