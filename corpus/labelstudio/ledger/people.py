"""Who is who: the pseudonyms under which the annotation files name people."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count

from corpus.errors import UsageError
from corpus.labelstudio.ledger.database import Database
from corpus.model.annotation import PSEUDONYM

__all__ = ["People"]


class People(Database):
    """The part of the ledger that knows people."""

    @property
    def people(self) -> dict[str, str]:
        """Pseudonyms by person (an e-mail address in lower case, or "user N")."""
        return dict(self._all("SELECT person, pseudonym FROM people"))

    def pseudonym(self, person: str, number: int | None, taken: Iterable[str]) -> str:
        """Return a person's pseudonym, at the first time one that every checkout of the project gives alike.

        ``number`` is the server's own for them: its user 7 is "annotator-7", or "annotator-7-2" where that is
        somebody else's, and never a name that another user would get. ``taken`` are pseudonyms in use elsewhere
        (the annotation files), which a newcomer must not get.
        """
        people, person = self.people, person.casefold()
        if person in people:
            return people[person]
        used, name = {*taken, *people.values()}, f"annotator-{number or 0}"
        free = next(name for name in chain([name], (f"{name}-{n}" for n in count(2))) if name not in used)
        self.learn(person, free)
        return free

    def learn(self, person: str, pseudonym: str) -> None:
        """Remember a pseudonym that an old annotation shows to be this person's."""
        self._do("INSERT OR IGNORE INTO people VALUES (?, ?)", person.casefold(), pseudonym)

    def name(self, person: str, pseudonym: str, taken: Iterable[str]) -> None:
        """Give a person a pseudonym of the user's choice, before any work of theirs was pulled.

        ``taken`` are pseudonyms in use in the annotation files.

        Raises:
            UsageError: it is no pseudonym, is somebody else's, or the person's work is known by another one.
        """
        if not PSEUDONYM.fullmatch(pseudonym):
            raise UsageError(f"A pseudonym is letters a-z, digits, '.', '_' and '-', got {pseudonym!r}.")
        old, owner = self.people.get(person.casefold()), self.person_of(pseudonym)
        if old == pseudonym:
            return
        if owner is not None or pseudonym in taken:
            raise UsageError(f"The pseudonym {pseudonym!r} is in use: choose another one.")
        if old is not None and old in taken:
            raise UsageError(f"The annotation files know {person} as {old!r} already; that stays.")
        self._do("INSERT OR REPLACE INTO people VALUES (?, ?)", person.casefold(), pseudonym)

    def person_of(self, pseudonym: str) -> str | None:
        """Return who is behind a pseudonym, where that is known."""
        row = self._one("SELECT person FROM people WHERE pseudonym = ?", pseudonym)
        return None if row is None else row[0]
