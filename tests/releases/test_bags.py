"""A release packed as a bag and signed: both are what their own tools take, and both are held against the data."""

from __future__ import annotations

import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import UsageError
from corpus.releases.bags import write_bag
from corpus.releases.release import make_release
from corpus.releases.signing import sign_release
from corpus.releases.verification import verify

needs_openssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


@pytest.fixture
def release(built: Path, tmp_path: Path) -> Path:
    return make_release(built, tmp_path / "out", "1.2.0", "2024-05-01")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    place = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(place)], check=True)
    (tmp_path / "signers").write_text(f"steward {place.with_suffix('.pub').read_text()}")
    return place


def test_a_bag_is_valid_and_always_the_same(release: Path, tmp_path: Path) -> None:
    """The reference implementation takes it; what is in it is the release; packed again it has the same bytes."""
    first = write_bag(release).read_bytes()
    with zipfile.ZipFile(release.with_name("tide-news-1.2.0-bag.zip")) as packed:
        packed.extractall(tmp_path / "unpacked")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bagit = pytest.importorskip("bagit")
        bag = bagit.Bag(str(tmp_path / "unpacked" / release.name))
        bag.validate()
    assert bag.info["Bagging-Date"] == "2024-05-01"
    assert bag.info["External-Identifier"] == "tide-news 1.2.0"
    assert verify(tmp_path / "unpacked" / release.name / "data") == []
    assert write_bag(release).read_bytes() == first


@needs_openssh
def test_a_signature_names_who_made_it(built: Path, release: Path, key: Path, tmp_path: Path) -> None:
    """Signed and whole: no finding; changed, or by another key: one; the release can be made again all the same."""
    signers = tmp_path / "signers"
    assert [finding.message for finding in verify(release, signers)] == ["The release is not signed."]
    sign_release(release, key)
    assert verify(release, signers) == verify(release) == []
    assert make_release(built, tmp_path / "out", "1.2.0", "2024-05-01") == release
    signers.write_text(f"other {key.with_suffix('.pub').read_text().replace('AAAAI', 'AAAAJ')}")
    assert [finding.code for finding in verify(release, signers)] == ["signature"]


@needs_openssh
def test_a_key_that_cannot_sign_leaves_the_older_signature(release: Path, key: Path, tmp_path: Path) -> None:
    before = sign_release(release, key).read_bytes()
    (tmp_path / "no-key").write_text("none")
    (tmp_path / "no-key").chmod(0o600)
    with pytest.raises(UsageError, match=r"cannot be signed with .*no-key: [^\n]*no-key[^\n]*\.$"):
        sign_release(release, tmp_path / "no-key")
    assert (release / "manifest.json.sig").read_bytes() == before
    assert verify(release, tmp_path / "signers") == []


@needs_openssh
def test_a_signature_of_other_bytes_is_found(release: Path, key: Path, tmp_path: Path) -> None:
    """A manifest that was changed after it was signed, and a signature that is none."""
    sign_release(release, key)
    path = release / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("2024-05-01", "2024-05-02"), "utf-8")
    assert "signature" in {finding.code for finding in verify(release)}
    assert "signature" in {finding.code for finding in verify(release, tmp_path / "signers")}
    (release / "manifest.json.sig").write_bytes(b"none")
    assert "signature" in {finding.code for finding in verify(release)}


@needs_openssh
def test_the_command_does_it_all(
    built: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Release, changelog of the project, signature and bag in one call; said again it changes nothing."""
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changelog\n\nOurs.\n\n## [Unreleased]\n\n- x\n\n## toolkit 0.1\n\n- y\n", "utf-8")
    call = ["release", "0.1.0", "--from", str(built), "--out", str(tmp_path / "o"), "--date", "2024-05-01"]
    call += ["--changelog", str(log), "--bag", "--sign", str(key)]
    assert run(app, call) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("changelog: ", "signature: ", "bag: "))
    text = log.read_text("utf-8")
    assert "\n\n\n" not in text
    assert text.index("[Unreleased]") < text.index("## tide-news 0.1.0 - 2024-05-01") < text.index("## toolkit 0.1")
    assert run(app, call) == 0
    assert log.read_text("utf-8") == text
    release = tmp_path / "o" / "tide-news-0.1.0"
    assert run(app, ["verify", str(release), "--signers", str(tmp_path / "signers")]) == 0
    assert run(app, ["release", "0.1.0", *call[2:-1], str(tmp_path / "no-key")]) == 2


def test_a_release_that_is_there_is_packed_and_told(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing differs, what was asked for besides is of the release that nothing differs from."""
    call = ["release", "--from", str(built), "--out", str(tmp_path / "o"), "--date", "2024-05-01"]
    assert run(app, call) == 0
    assert run(app, [*call, "--bag", "--changelog", str(tmp_path / "log.md")]) == 0
    shown = capsys.readouterr().out
    assert "nothing to release" in shown
    assert (tmp_path / "o" / "tide-news-0.1.0-bag.zip").is_file()
    assert "## tide-news 0.1.0 - 2024-05-01" in (tmp_path / "log.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--date", "gestern"], "YYYY-MM-DD, got 'gestern'"),
        (["--sign", "no-key"], "--sign no-key: no such file"),
        (["--changelog", "."], "--changelog . is a folder"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], told: str
) -> None:
    """Also where there is nothing to release."""
    call = ["release", "--from", str(built), "--out", str(tmp_path / "o")]
    assert run(app, [*call, *option]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
    assert run(app, call) == 0
    assert run(app, [*call, *option]) == 2
