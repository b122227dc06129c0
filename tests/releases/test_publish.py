"""A release is published whole, once, to the Hub or to a folder at an address, and only where rights allow it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import fsspec
import pytest

from corpus.errors import SourceError, UsageError
from corpus.export.dataset import write_dataset
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition
from corpus.releases.fetching import fetched
from corpus.releases.publishing import open_publication, publish_to_folder, see_folder
from corpus.releases.release import make_release
from corpus.releases.verification import verify

SEEDS = Path(__file__).parents[2] / "seeds"
TOKEN = "hf_secret"
Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def releases(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The public editions of two releases; the second has one document more."""
    tmp_path = tmp_path_factory.mktemp("releases")
    rows = made.make_rows()
    write_dataset(tmp_path / "build", made.make_content(rows))
    out = tmp_path / "out"
    first = public_edition(make_release(tmp_path / "build", out, "0.1.0", "2024-05-01"), out)
    document = made.make_document("late", made.NOTHING)
    for name, own in (("documents", [document.document]), ("blocks", document.blocks), ("raw", [document.raw])):
        rows[name] += own
    write_dataset(tmp_path / "build", made.make_content(rows))
    full = make_release(tmp_path / "build", out, "0.2.0", "2024-06-01", previous=out / "tide-news-0.1.0")
    return first, public_edition(full, out)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """The address of a double of the Hub, in a process of its own."""
    place = tmp_path / "port"
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("hub_double.py")), str(place)])
    try:
        while not place.exists():
            assert process.poll() is None, "the double of the Hub did not begin"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{place.read_text()}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def corpus(hub: str, tmp_path: Path) -> Call:
    """Run the command as somebody with a token would, against the double."""

    def call(*arguments: str | Path, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
        own = {"HF_ENDPOINT": hub, "HF_TOKEN": token, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "0"}
        return subprocess.run(
            [sys.executable, "-m", "corpus.cli", *map(str, arguments)],
            env={**os.environ, **own, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return call


def happened(hub: str) -> Any:
    with urllib.request.urlopen(f"{hub}/double") as answer:
        return json.load(answer)


def fail(hub: str, number: int) -> None:
    request = urllib.request.Request(f"{hub}/double/fail/{number}", method="POST", data=b"")
    urllib.request.urlopen(request).close()


def test_the_hub_gets_one_commit_and_a_tag(releases: tuple[Path, Path], hub: str, corpus: Call) -> None:
    """First it is shown, then sent; again is nothing; the next version is one more commit; both can be verified."""
    first, second = releases
    dry = corpus("publish", first, "--repo", "tide/news")
    assert dry.returncode == 0, dry.stderr
    assert "nothing was sent; add --yes" in dry.stdout
    assert happened(hub)["log"] == []
    sent = corpus("publish", first, "--repo", "tide/news", "--private", "--yes")
    assert sent.returncode == 0, sent.stderr
    assert 'revision="v0.1.0"' in sent.stdout
    state = happened(hub)
    assert list(state["tags"]["tide/news"]) == ["v0.1.0"]
    assert state["commits"] == {"tide/news": 2}
    assert "already" in corpus("publish", first, "--repo", "tide/news", "--yes").stdout
    assert happened(hub)["log"] == state["log"]
    assert corpus("publish", second, "--repo", "tide/news", "--yes").returncode == 0
    state = happened(hub)
    assert set(state["tags"]["tide/news"]) == {"v0.1.0", "v0.2.0"}
    assert state["commits"] == {"tide/news": 3}
    for tag in ("v0.1.0", "v0.2.0"):
        checked = corpus("verify", f"hf://datasets/tide/news@{tag}")
        assert checked.returncode == 0, checked.stderr
        assert "all as promised" in checked.stdout


def test_a_public_repository_gets_nothing_that_is_meant_to_be_private(
    releases: tuple[Path, Path], hub: str, corpus: Call
) -> None:
    """Refused in the dry run already; a private one is gone on with."""
    first, second = releases
    assert corpus("publish", first, "--repo", "tide/open", "--yes").returncode == 0
    before = happened(hub)
    for more in ((), ("--yes",)):
        refused = corpus("publish", second, "--repo", "tide/open", "--private", *more)
        assert refused.returncode == 2
        assert "is there and public" in refused.stderr
    assert happened(hub) == before
    for release in (first, second):
        assert corpus("publish", release, "--repo", "tide/closed", "--private", "--yes").returncode == 0
    assert happened(hub)["commits"]["tide/closed"] == 3


@pytest.mark.parametrize("at", [4, -1])
def test_what_breaks_off_is_taken_up_again(releases: tuple[Path, Path], hub: str, corpus: Call, at: int) -> None:
    """Wherever the Hub fails, one sentence is said and no tag is set; the same call, said again, ends it."""
    whole = ["create", "preupload", "batch", *["put"] * 12, "commit", "tag"]
    fail(hub, at if at > 0 else len(whole))
    broken = corpus("publish", releases[0], "--repo", "tide/news", "--yes")
    if broken.returncode == 0:  # the client tried again by itself
        assert "published" in broken.stdout
    else:
        assert broken.returncode == 3
        assert len(broken.stderr.strip().splitlines()) == 1
        assert TOKEN not in broken.stderr
    assert corpus("publish", releases[0], "--repo", "tide/news", "--yes").returncode == 0
    state = happened(hub)
    assert list(state["tags"]["tide/news"]) == ["v0.1.0"]
    assert state["commits"] == {"tide/news": 2}
    assert corpus("verify", "hf://datasets/tide/news@v0.1.0").returncode == 0


def test_a_tag_is_never_moved(releases: tuple[Path, Path], made: ModuleType, tmp_path: Path, corpus: Call) -> None:
    """Another release under the same version is refused."""
    assert corpus("publish", releases[0], "--repo", "tide/news", "--yes").returncode == 0
    write_dataset(tmp_path / "b", made.make_content(notes=["Another note."]))
    other = public_edition(make_release(tmp_path / "b", tmp_path / "o", "0.1.0"), tmp_path / "o")
    refused = corpus("publish", other, "--repo", "tide/news", "--yes")
    assert refused.returncode == 2
    assert "has the tag v0.1.0 already" in refused.stderr


@pytest.mark.parametrize(
    ("repo", "token", "code", "told"),
    [("tide/news", "wrong", 3, "HF_TOKEN"), ("no repo/at/all", TOKEN, 2, "ORG/NAME")],
)
def test_a_refusal_is_one_sentence(
    releases: tuple[Path, Path], corpus: Call, repo: str, token: str, code: int, told: str
) -> None:
    """A wrong token, a wrong name: what to do, and nothing of the token."""
    refused = corpus("publish", releases[0], "--repo", repo, "--yes", token=token)
    assert refused.returncode == code
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr
    assert TOKEN not in refused.stderr


def test_rights_are_minded(releases: tuple[Path, Path], built: Path, tmp_path: Path) -> None:
    """A full edition goes out only where it is asked for and every right allows it, or it is said twice."""
    full = releases[0].parent / "tide-news-0.1.0"
    with pytest.raises(UsageError, match='`edition="full"`'):
        open_publication(full)
    with pytest.raises(UsageError, match=r"3 of the documents .* `despite_rights=True`"):
        open_publication(full, full=True)
    assert open_publication(full, full=True, despite_rights=True).tag == "v0.1.0"
    with pytest.raises(UsageError, match="is a build"):
        open_publication(built)
    shutil.copytree(releases[0], tmp_path / "copy")
    (tmp_path / "copy" / "README.md").write_text("other", "utf-8")
    with pytest.raises(UsageError, match=r"not sound.*README"):
        open_publication(tmp_path / "copy")


def test_the_rights_of_every_part_are_minded(tmp_path: Path) -> None:
    """A text that belongs to everybody may have captions that do not; another one is free as a whole."""
    free = {"id": "free", "text": "It opens.", "licence": "CC0-1.0"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(free) + "\n", "utf-8")
    build([tmp_path / "rows.jsonl", *SEEDS.glob("004_*")], tmp_path / "build", BuildOptions(name="mixed"))
    with pytest.raises(UsageError, match=r"^1 of the documents .* `despite_rights=True`"):
        open_publication(make_release(tmp_path / "build", tmp_path, "0.1.0"), full=True)


def test_a_folder_gets_the_manifest_last(releases: tuple[Path, Path], tmp_path: Path) -> None:
    """A folder on any file system: whole or without a manifest; again is nothing; another release is refused."""
    publication = open_publication(releases[0])
    target = see_folder(publication, f"memory://press-{tmp_path.name}")
    assert publish_to_folder(publication, target) == len(publication.files)
    assert publish_to_folder(publication, see_folder(publication, f"memory://press-{tmp_path.name}")) == 0
    with fetched(f"memory://press-{tmp_path.name}/{releases[0].name}") as directory:
        assert verify(directory) == []
    target.system.rm_file(f"{target.key}/manifest.json")
    target.system.rm_file(f"{target.key}/claims/train-00000-of-00001.parquet")
    assert publish_to_folder(publication, see_folder(publication, f"memory://press-{tmp_path.name}")) == 2
    with target.system.open(f"{target.key}/manifest.json", "wb") as stream:
        stream.write(b"{}")
    with pytest.raises(UsageError, match="another release"):
        see_folder(publication, f"memory://press-{tmp_path.name}")
    assert list(publication.files)[-1] == "manifest.json"


def test_a_path_is_a_folder_too(releases: tuple[Path, Path], tmp_path: Path) -> None:
    publication = open_publication(releases[0])
    publish_to_folder(publication, see_folder(publication, str(tmp_path / "shelf")))
    assert verify(tmp_path / "shelf" / releases[0].name) == []
    with pytest.raises(SourceError, match="unknown"):
        see_folder(publication, "nothing://here")


def test_a_folder_is_not_made_private(releases: tuple[Path, Path], tmp_path: Path, corpus: Call) -> None:
    """What cannot be done is refused, not passed over."""
    refused = corpus("publish", releases[0], "--to", tmp_path / "shelf", "--private", "--yes")
    assert refused.returncode == 2
    assert "--private" in refused.stderr
    assert not (tmp_path / "shelf").exists()


def test_s3(releases: tuple[Path, Path], s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real S3 server: sent, there when it is said again, and verified there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t-w0rd")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir("shop")
    publication = open_publication(releases[0])
    assert publish_to_folder(publication, see_folder(publication, "s3://shop/news")) == len(publication.files)
    assert publish_to_folder(publication, see_folder(publication, "s3://shop/news")) == 0
    with fetched(f"s3://shop/news/{releases[0].name}") as directory:
        assert verify(directory) == []


def test_load_dataset_by_revision_has_a_local_likeness(releases: tuple[Path, Path], tmp_path: Path) -> None:
    """What ``revision=`` is on the Hub, the directory NAME-VERSION is here: each version gives its own rows."""
    from datasets import load_dataset

    rows = [load_dataset(str(path), split="train", cache_dir=str(tmp_path / "cache")).num_rows for path in releases]
    assert rows[1] == rows[0] + 1
    assert re.search(r"-0\.2\.0$", releases[1].name)
