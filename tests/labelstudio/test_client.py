"""The connection: each failure is one sentence with a way out, and the key is in none of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_people import personal_token

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.connection import connection
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import BusyError, Client, NotSentError, RefusedError, UnreachableError, connect
from corpus.labelstudio.wire.listing import task_pages

FAILURES = [
    (401, "application/json", b"{}", RefusedError, "does not accept the key"),
    (403, "application/json", b"{}", RefusedError, "may not do this"),
    (404, "application/json", b"{}", RefusedError, "is not there"),
    (404, "text/html", b"<h1>nginx</h1>", RefusedError, "with its sub-path"),
    (302, "text/html", b"", RefusedError, "sends elsewhere"),
    (413, "text/html", b"", RefusedError, "no request of this size"),
    (429, "application/json", b"{}", BusyError, "takes no more requests for now"),
    (500, "text/html", b"<h1>oops</h1>", UnreachableError, "its log says why"),
    (503, "text/html", b"<h1>oops</h1>", UnreachableError, "is not ready"),
    (400, "application/json", b'{"detail": "bad title"}', RefusedError, "bad title"),
    (200, "text/html", b"<html>log in</html>", RefusedError, "a page instead of data"),
    (200, "application/json", b"{", UnreachableError, "broken JSON"),
    (200, "application/json", b"[" * 100_000, UnreachableError, "broken JSON"),
    (200, "application/json", b"[]", ServerError, "whose key"),
    (400, "text/html", b"<title>400 Bad\nRequest</title><p>plain HTTP", RefusedError, "a page, '400 Bad Request'"),
    (
        403,
        "text/html",
        b"<style>p{}</style><h1>Blocked</h1> by a wall",
        RefusedError,
        "a page, 'Blocked by a wall'",
    ),
    (401, "text/html", b"<h1>Authorization Required</h1>", RefusedError, "log-in of its own"),
    (407, "text/html", b"<h1>\xff</h1>", RefusedError, "as a gateway or another server does"),
]


@pytest.mark.parametrize(("status", "kind", "body", "error", "words"), FAILURES)
def test_each_failure_is_a_sentence(status: int, kind: str, body: bytes, error: type, words: str) -> None:
    """The sentence names the server and what is wrong, and never the key."""
    with answering(lambda _: (status, kind, body)) as (url, _), connect(url, KEY, patience=QUICK) as client:
        with pytest.raises(error) as caught:
            client.whoami()
        said = str(caught.value)
        assert words in said
        assert url in said
        assert KEY not in said + repr(caught.value) + repr(client)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://sso.example.org/oauth/start?token=hidden", "log-in by browser"),
        ("/user/login/?next=/api/hidden", "log-in by browser"),
        ("https://host.example.org/label-studio/api?x=hidden", "to https://host.example.org/label-studio/api"),
        ("http://host.example.org:8443/api", "to http://host.example.org:8443/api"),
        ("http://user:hidden@host.example.org/", "to http://host.example.org/"),
        ("http://[broken", "to nowhere"),
    ],
)
def test_a_redirect_says_where_to(location: str, words: str) -> None:
    """A redirect to a log-in page is told from one to another address; its query is not repeated."""
    answers = answering(lambda _: (302, "text/html", b""), {"Location": location})
    with answers as (url, _), connect(url, KEY) as client:
        with pytest.raises(RefusedError, match=words) as caught:
            client.whoami()
        assert "hidden" not in str(caught.value)


def test_a_server_that_repeats_the_key() -> None:
    """A key in the server's own words goes no further."""
    body = b'{"detail": "who is %s?"}' % KEY.encode()
    with answering(lambda _: (400, "application/json", body)) as (url, _), connect(url, KEY) as client:
        with pytest.raises(RefusedError, match="who is") as caught:
            client.whoami()
        assert KEY not in str(caught.value)


def made_token(**claims: object) -> str:
    """Return what looks like a personal access token that claims this."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, "c2lnbmVk"])


PERSONAL = made_token(exp=4_000_000_000, token_type="refresh", jti="personal")
ACCESS = made_token(exp=4_000_000_000, token_type="access", jti="access")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("key", [KEY, PERSONAL], ids=["legacy", "personal"])
def test_a_redirect_is_not_followed(status: int, key: str) -> None:
    """Another host gets no request at all, with the key or without it."""
    with answering(lambda _: (200, "application/json", b"{}")) as (elsewhere, asked_there):
        here = answering(lambda _: (status, "text/html", b""), {"Location": f"{elsewhere}/api"})
        with here as (url, _), connect(url, key, patience=QUICK) as client:
            with pytest.raises(RefusedError, match="sends elsewhere") as caught:
                client.send("POST", "/api/projects/", {"title": "x"})
            assert key not in str(caught.value)
        assert asked_there == []


@pytest.mark.parametrize("expiry", [1e20, -1e18, "soon", [1], None, 0])
def test_a_personal_token_without_a_usable_date(expiry: object) -> None:
    """Whatever its date is, it is a sentence, and nothing is sent."""
    with pytest.raises(ServerError, match="has run out, or is damaged") as caught:
        connect("http://127.0.0.1:9", made_token(exp=expiry))
    assert "eyJ" not in str(caught.value)


@pytest.mark.parametrize(("status", "body"), [(502, b"<h1>starting</h1>"), (200, b"<html>log in"), (200, b"[")])
def test_a_page_for_the_exchange_of_a_token(status: int, body: bytes) -> None:
    """It is told from a broken connection, and asked again."""
    with answering(lambda _: (status, "text/html", body)) as (url, asked):
        with (
            connect(url, PERSONAL, patience=QUICK) as client,
            pytest.raises(NotSentError, match="exchange the personal access token"),
        ):
            client.whoami()
        assert asked == ["POST /api/token/refresh/"] * QUICK.attempts


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")
def test_a_server_that_repeats_what_the_key_was_exchanged_for() -> None:
    """Neither the personal token nor the one it was exchanged for goes further."""

    def answer(path: str) -> tuple[int, str, bytes]:
        if path.startswith("/api/token/refresh"):
            return 200, "application/json", json.dumps({"access": ACCESS}).encode()
        return 400, "application/json", json.dumps({"detail": f"who are {ACCESS} and {PERSONAL}?"}).encode()

    refused = pytest.raises(RefusedError, match=r"who are \(key\) and \(key\)\?")
    with answering(answer) as (url, _), connect(url, PERSONAL) as client, refused:
        client.whoami()


def test_a_server_that_repeats_its_last_page_ends() -> None:
    """Paging stops where a page brings nothing new, whatever the server says."""
    page = b'{"tasks": [' + b", ".join(b'{"id": %d}' % n for n in range(1, 251)) + b"]}"
    with answering(lambda _: (200, "application/json", page)) as (url, asked), connect(url, KEY) as client:
        assert len(list(client.tasks(1, "id"))) == 250
        assert len(asked) == 2


def test_a_server_that_ignores_what_is_asked_ends() -> None:
    """A listing by ids above the last one's would go round and round on a server that looks past its filter."""
    page = b'{"tasks": [{"id": 1, "annotations": []}, {"id": 2, "annotations": []}]}'
    answers = answering(lambda _: (200, "application/json", page))
    with answers as (url, _), connect(url, KEY) as client, pytest.raises(ServerError, match="does not narrow"):
        list(task_pages(client, 1, size=2))


@pytest.mark.parametrize("part", [b"", b', "annotations": null', b', "annotations": {}'])
def test_a_task_without_its_annotations_is_not_one_that_has_none(part: bytes) -> None:
    """Taken for one, every annotation that was seen on it would count as deleted."""
    page = b'{"tasks": [{"id": 1%s}]}' % part
    answers = answering(lambda _: (200, "application/json", page))
    with answers as (url, _), connect(url, KEY) as client:
        ((task,),) = task_pages(client, 1)
    assert (task.readable, task.annotations) == (False, ())


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"tasks": null}', b'{"detail": "maintenance"}'])
def test_an_answer_without_the_list_is_not_an_empty_list(body: bytes) -> None:
    """Taken for one, every task of a project would seem deleted, and all would be made again."""
    answers = answering(lambda _: (200, "application/json", body))
    complaint = pytest.raises(UnreachableError, match="without a list of tasks")
    with answers as (url, _), connect(url, KEY, patience=QUICK) as client, complaint:
        list(client.tasks(1, "id"))


def test_nobody_there() -> None:
    """A refused connection says how to start a server."""
    with connect("http://127.0.0.1:9", KEY, patience=QUICK) as client:
        with pytest.raises(NotSentError, match="server start"):
            client.send("POST", "/api/x")
        assert client.requests == QUICK.attempts


@pytest.mark.parametrize(
    "url", ["", "ftp://host", "host:8080", "http://u:secret@host", "http://host/?a=b", "http://[bad"]
)
def test_addresses_that_are_none(url: str) -> None:
    """What is no plain http(s) address is refused, without repeating what may hold a password."""
    with pytest.raises(UsageError) as caught:
        connect(url, KEY)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "  ", "with\nline", "ключ"])
def test_keys_that_are_none(key: str) -> None:
    """A key that cannot be a header is refused before anything is sent."""
    with pytest.raises(UsageError, match="LABEL_STUDIO_API_KEY"):
        connect("http://127.0.0.1:9", key)


def test_which_server_is_meant(tmp_path: Path) -> None:
    """A named server needs a key from the environment; without a name the local one must run."""
    local = LocalServer(tmp_path)
    with pytest.raises(ServerError, match="server start"):
        connection(local, environ={"LABEL_STUDIO_API_KEY": KEY})
    with pytest.raises(UsageError, match="LABEL_STUDIO_API_KEY"):
        connection(local, "https://label.example.org", {})
    environ = {"LABEL_STUDIO_URL": "https://label.example.org/", "LABEL_STUDIO_API_KEY": KEY}
    with connection(local, environ=environ) as client:
        assert client.url == "https://label.example.org"


@pytest.mark.server
def test_a_wrong_key(client: Client) -> None:
    """The real server's refusal of a wrong key is a sentence that says where a right one is made."""
    with connect(client.url, "wrong") as other, pytest.raises(RefusedError, match=r"\(401\).*account settings"):
        other.whoami()


@pytest.mark.server
@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # the SDK's own way to read it
def test_a_personal_access_token(client: Client) -> None:
    """A personal access token is exchanged for what the server accepts; a damaged one is refused."""
    token = personal_token(client)
    with connect(client.url, token) as other:
        assert other.whoami() == client.whoami()
    with connect(client.url, token[:-6] + "AAAAAA") as other, pytest.raises(ServerError) as caught:
        other.whoami()
    assert token[:-6] not in str(caught.value)
