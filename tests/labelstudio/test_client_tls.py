"""The real server behind a gateway: a sub-path, HTTPS with an authority of one's own, both kinds of keys."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from labelstudio_answering import KEY, QUICK, answering
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_people import personal_token
from labelstudio_proxy import Proxy, proxied

from corpus.errors import UsageError
from corpus.labelstudio.connection import connection
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.wire.client import Client, NotSentError, RefusedError, connect


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the authority's file; the environment names none."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


def tls_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def gateway(client: Client, authority: trustme.CA) -> Iterator[Proxy]:
    """The real server at https://127.0.0.1:port/label-studio."""
    with proxied(client.url, "/label-studio", tls_of(authority, "127.0.0.1")) as proxy:
        yield proxy


@pytest.mark.server
def test_push_and_pull_through_a_gateway(
    gateway: Proxy, ca: Path, label_studio: LocalServer, tmp_path: Path
) -> None:
    """A project is pushed and pulled over HTTPS under a sub-path."""
    with connect(gateway.url, label_studio.credentials().token, ca) as client:
        desk = Desk(client, tmp_path, plain("one", "Ada said yes."))
        report = desk.push()
        assert (report.tasks_new, desk.pull().tasks) == (1, 1)
        assert report.url.startswith(f"{gateway.url}/projects/")


@pytest.mark.server
@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")  # the SDK's own way to read it
def test_a_personal_access_token_under_a_sub_path(client: Client, gateway: Proxy, ca: Path) -> None:
    """The token's exchange goes to the sub-path as well; an access token that ran out is renewed."""
    with connect(gateway.url, personal_token(client), ca) as other:
        assert other.whoami() == client.whoami()
    assert {one.path for one in gateway.seen} == {
        "/label-studio/api/token/refresh/",
        "/label-studio/api/current-user/whoami",
    }


@pytest.mark.server
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "LABEL_STUDIO_CA"])
def test_the_environment_names_the_authority(
    gateway: Proxy,
    ca: Path,
    label_studio: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    tmp_path: Path,
) -> None:
    """The usual variables do the same as --ca."""
    monkeypatch.setenv(variable, str(ca))
    key = label_studio.credentials().token
    environ = {**os.environ, "LABEL_STUDIO_URL": gateway.url, "LABEL_STUDIO_API_KEY": key}
    with connection(LocalServer(tmp_path / "none"), environ=environ) as client:
        assert client.whoami()[1] == label_studio.credentials().username


@pytest.mark.server
def test_the_command_takes_the_authority(
    gateway: Proxy, ca: Path, label_studio: LocalServer, tmp_path: Path
) -> None:
    """``corpus labelstudio --ca FILE`` reaches the server that is refused without it."""
    environ = {**os.environ, "LABEL_STUDIO_API_KEY": label_studio.credentials().token}
    for option, words in (([], "LABEL_STUDIO_CA"), (["--ca", str(ca)], "/label-studio/")):
        command = [sys.executable, "-m", "corpus.cli", "labelstudio", *option, "team", "invite"]
        command += ["--url", gateway.url]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        assert words in done.stderr + done.stdout


@pytest.mark.server
def test_the_address_without_its_sub_path(gateway: Proxy, ca: Path) -> None:
    """Half an address is told to lack its sub-path."""
    half = gateway.url.removesuffix("/label-studio")
    with connect(half, KEY, ca) as client, pytest.raises(RefusedError, match="with its sub-path"):
        client.whoami()


def test_an_authority_that_nobody_knows(authority: trustme.CA, ca: Path) -> None:
    """Without the authority, or for another name, nothing is sent, and the sentence tells where to name one."""

    def refused(url: str, given: Path | None, words: str) -> None:
        with connect(url, KEY, given, QUICK) as client, pytest.raises(NotSentError, match=words):
            client.get("/api/x")

    with answering(lambda _: (200, "application/json", b"{}")) as (target, asked):
        for names, given in ((["127.0.0.1"], None), (["other.example.org"], ca)):
            with proxied(target, tls=tls_of(authority, *names)) as proxy:
                refused(proxy.url, given, "LABEL_STUDIO_CA")
        refused(target.replace("http:", "https:"), ca, "does not speak HTTPS")
        assert asked == []


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_that_is_no_authority(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing, empty or something else is a usage error that names it."""
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"authority\.pem"):
        connect("https://127.0.0.1:9", KEY, path)
