"""What this checkout knows of servers and must not publish: who is who, and what was in step when.

It lies in the project's working folder, outside git and releases, readable by its owner alone. Losing it
loses no annotation: what was pushed is recognised by its number, what was pulled by its creation time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import ServerError
from corpus.labelstudio.private import private_folder, read_private, write_private

__all__ = ["LEDGER", "Key", "Ledger"]

LEDGER = "ledger.json"
Key = tuple[str, str]
"""A document's id and an annotator's pseudonym."""


@dataclass(slots=True)
class Ledger:
    """The ledger of one checkout; ``synced`` is by project mark, then document, then annotator."""

    path: Path
    people: dict[str, str] = field(default_factory=dict)
    synced: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Read the ledger of a folder, empty where there is none.

        Raises:
            ServerError: it is there and cannot be read.
        """
        path = private_folder(folder) / LEDGER
        record = read_private(path) or {}
        people, synced = record.get("people", {}), record.get("synced", {})
        if not isinstance(people, dict) or not isinstance(synced, dict):
            raise ServerError(f"{path} must hold people and synced; remove it to begin anew.")
        return cls(path, people, synced)

    def save(self) -> None:
        """Write the ledger, whole or not at all."""
        write_private(self.path, {"people": self.people, "synced": self.synced})

    def pseudonym(self, person: str, taken: Iterable[str]) -> str:
        """Return a person's pseudonym, a new one ("annotator-3") at the first time.

        ``taken`` are pseudonyms in use elsewhere (the annotation files), which a newcomer must not get.
        """
        person = person.casefold()
        if person not in self.people:
            used = {*taken, *self.people.values()}
            number = next(n for n in range(1, len(used) + 2) if f"annotator-{n}" not in used)
            self.people[person] = f"annotator-{number}"
        return self.people[person]

    def learn(self, person: str, pseudonym: str) -> None:
        """Remember a pseudonym that an old annotation shows to be this person's."""
        self.people.setdefault(person.casefold(), pseudonym)

    def revision(self, mark: str, key: Key) -> int | None:
        """Return the local revision that was last in step with the server, or None."""
        return self.synced.get(mark, {}).get(key[0], {}).get(key[1])

    def in_step(self, mark: str, key: Key, revision: int) -> None:
        """Record that this local revision and the server say the same."""
        self.synced.setdefault(mark, {}).setdefault(key[0], {})[key[1]] = revision

    def gone(self, mark: str, key: Key) -> None:
        """Forget what was deleted on the server."""
        self.synced.get(mark, {}).get(key[0], {}).pop(key[1], None)

    def keys(self, mark: str) -> list[Key]:
        """Return everything that was seen on a project, in a stable order."""
        documents = self.synced.get(mark, {})
        return [(doc_id, name) for doc_id in sorted(documents) for name in sorted(documents[doc_id])]
