"""Make articles: on one event in other words, and the same wording with small changes."""

from __future__ import annotations

import random

PLACES = ("Ahlen", "Brisk", "Corvo", "Dunmore", "Eskel", "Farnby", "Gorlo", "Hestad", "Ivrea", "Jarrow")
PEOPLE = ("Voss", "Ruiz", "Okafor", "Lindqvist", "Tanaka", "Mbeki", "Petrov", "Alvarez", "Haddad", "Novak")
THINGS = ("harbour", "bridge", "reactor", "hospital", "railway", "stadium", "dam", "museum", "airport", "refinery")
FILLER = (
    "officials said that the plan would be discussed again next week before any money is spent on it",
    "the opposition called the decision late and asked for a public hearing in the coming months",
    "residents who had waited for years said they would believe it when they saw the first workers",
    "an earlier attempt failed when the contractor withdrew and the courts had to settle the matter",
    "the ministry did not answer questions about the cost of the project on the same day",
    "experts from the university warned that the ground below the site could be softer than thought",
    "a spokesman said that nobody would lose their home because of the works or the noise",
    "several newspapers had reported about delays since the beginning of the year",
)


def story(event: int, version: int) -> str:
    """Return an article on an event: the same names, another wording and order for every version."""
    rng = random.Random(f"{event}-{version}")
    place, person, other = PLACES[event % 10], PEOPLE[event // 10 % 10], PEOPLE[(event * 7 + 3) % 10]
    thing = THINGS[(event // 3) % 10]
    names = (f"{place}{event}", f"{person}{event}", f"{other}{event}son")
    facts = [
        f"The {thing} in {names[0]} will open again, Mayor {names[1]} told reporters",
        f"According to {names[1]} and engineer {names[2]}, the {thing} at {names[0]} is safe",
        f"Work on the {thing} near {names[0]} began after {names[2]} had signed the contract with {names[1]}",
        f"“We are ready,” {names[1]} said in {names[0]}, and {names[2]} agreed about the {thing}",
    ]
    rng.shuffle(facts)
    filler = rng.sample(FILLER, 5)
    return ". ".join(part for pair in zip(facts, filler, strict=False) for part in pair) + f". {filler[4]}."


def edited(text: str, seed: int) -> str:
    """Return the text as another paper prints it: a sentence fewer, some words other, a line added."""
    rng = random.Random(seed)
    sentences = text.split(". ")
    del sentences[rng.randrange(1, len(sentences))]
    words = ". ".join(sentences).split(" ")
    for _ in range(3):
        words[rng.randrange(len(words))] = "moreover"
    return " ".join(words) + " Reporting by our staff."
