"""Further annotators on the test server: they sign up through the invite link, as people do."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

import httpx
import pytest
from labelstudio_versions import CHOSEN, where_offered

from corpus.labelstudio.wire.client import Client, connect


@dataclass(frozen=True)
class Person:
    email: str
    password: str
    client: Client
    id: int

    @property
    def pseudonym(self) -> str:
        """The name of a newcomer in the annotation files."""
        return f"annotator-{self.id}"


_PERSONAL: dict[str, str] = {}


def personal_token(admin: Client) -> str:
    """Return the one personal access token that a user may have at a time, made at the first call."""
    if admin.url not in _PERSONAL:
        with where_offered("personal access tokens"):
            admin.send("POST", "/api/jwt/settings", {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True})
        _PERSONAL[admin.url] = str(admin.send("POST", "/api/token/", {})["token"])
    return _PERSONAL[admin.url]


def remove_person(admin: Client, number: int) -> None:
    """Take somebody out of the organisation, as its owner can; a chosen version may list them all the same."""
    [organisation] = admin.get("/api/organizations/")
    with where_offered("removal of people"):
        admin.send("DELETE", f"/api/organizations/{organisation['id']}/memberships/{number}/")
    if os.environ.get(CHOSEN) and number in admin.users():
        pytest.skip(f"Label Studio {os.environ[CHOSEN]} goes on listing people who were removed")


def sign_up_person(admin: Client, name: str) -> Person:
    """Sign a person up through the organisation's invite link, and connect with their own token."""
    invite = admin.get("/api/invite")
    email, password = f"{name}-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12)
    with httpx.Client(base_url=admin.url, follow_redirects=True, trust_env=False) as browser:
        form = {"email": email, "password": password, "allow_newsletters": "false"}
        browser.get(invite["invite_url"])
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        answer = browser.post(invite["invite_url"], data=form, headers={"Referer": admin.url})
        answer.raise_for_status()
        token = browser.get("/api/current-user/token").raise_for_status().json()["token"]
    client = connect(admin.url, token)
    return Person(email, password, client, client.whoami()[0])


def annotate(person: Person | Client, task: int, result: list[dict[str, object]], **fields: object) -> int:
    """Create an annotation as that person and return its id on the server."""
    client = person.client if isinstance(person, Person) else person
    return int(
        client.send("POST", f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 3.0, **fields})["id"]
    )


def mark(identity: str, text: str, words: str, label: str, bar: str = "span") -> dict[str, object]:
    """Return a region on the first occurrence of the words, as Label Studio sends it."""
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words.replace("\n", "\\n"), "labels": [label]}
    return {"id": identity, "from_name": bar, "to_name": "text", "type": "labels", "value": value}


class Crew:
    """People who sign up once and work in many projects; closes their connections at the end of its block."""

    def __init__(self, admin: Client) -> None:
        self.admin, self.people = admin, dict[str, Person]()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self.people.values():
            person.client.close()

    def __call__(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = sign_up_person(self.admin, name)
        return self.people[name]
