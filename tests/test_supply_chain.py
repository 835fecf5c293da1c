"""S42, S43, S45: what comes beside the keys: locked with hashes, a week old, looked up; and signed releases."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.paper_fixture import ROOT

LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
VULNERABLE = ["PYSEC-2026-1", "GHSA-aaaa-bbbb-cccc"]


class Osv(BaseHTTPRequestHandler):
    """Answers like the database: everything is fine but for one package."""

    def do_POST(self) -> None:
        """One batch of questions."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.server.asked = asked
        bad = [{"id": one} for one in VULNERABLE]
        results = [{"vulns": bad} if one["package"]["name"] == "aiohttp" else {} for one in asked]
        body = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def osv() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def audit(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ".ci/audit.py", "uv.lock", "--url", url, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def excepted(folder: Path, days: int, *ids: str) -> Path:
    """A file of exceptions that end so many days from now."""
    until = (datetime.now(UTC) + timedelta(days=days)).date()
    file = folder / "exceptions.toml"
    file.write_text("".join(f'[[exception]]\nid = "{one}"\nuntil = {until}\nwhy = "not used"\n' for one in ids))
    return file


def test_a_known_vulnerability_turns_ci_red_unless_it_is_excepted(osv: HTTPServer, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{osv.server_port}"
    done = audit(url)
    assert done.returncode == 1
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()[1:]] == VULNERABLE
    assert {tuple(sorted(one)) for one in osv.asked} == {("package", "version")}, "names and versions, nothing else"
    assert len(osv.asked) > 60
    assert audit(url, "--exceptions", str(excepted(tmp_path, 14, *VULNERABLE))).returncode == 0
    assert audit(url, "--exceptions", str(excepted(tmp_path, 14, VULNERABLE[0]))).returncode == 1


@pytest.mark.parametrize(("days", "said"), [(-1, "ended on"), (15, "more than 14 days")])
def test_an_exception_does_not_last(osv: HTTPServer, tmp_path: Path, days: int, said: str) -> None:
    done = audit(f"http://127.0.0.1:{osv.server_port}", "--exceptions", str(excepted(tmp_path, days, *VULNERABLE)))
    assert (done.returncode, said in done.stdout) == (1, True)


def test_a_database_out_of_reach_is_one_line_and_no_red() -> None:
    done = audit("http://127.0.0.1:1")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "cannot be reached" in done.stdout


def test_the_weekly_audit_must_be_made() -> None:
    assert audit("http://127.0.0.1:1", "--must-answer").returncode == 1
    weekly = (ROOT / ".github/workflows/ci.yml").read_text()
    assert "cron:" in weekly
    assert "audit.py uv.lock --must-answer" in weekly
    assert "uses:" not in weekly, "nobody else's action runs with our sources"


def registered() -> list[dict[str, Any]]:
    """What comes from a registry."""
    return [one for one in LOCK["package"] if "registry" in one["source"]]


def test_everything_is_locked_with_a_hash() -> None:
    files = [file for one in registered() for file in (*one.get("wheels", []), *filter(None, [one.get("sdist")]))]
    assert len(files) > 200
    assert [file["url"] for file in files if not file["hash"].startswith("sha256:")] == []


def test_a_release_waits_for_a_week() -> None:
    """S42: the lock is only ever made of what others have had a week to look at."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["exclude-newer"] == "7 days"
    assert LOCK["options"]["exclude-newer-span"] == "P7D"


def test_only_named_packages_come_in() -> None:
    """Look-alikes have stolen orders and wallets: a new name is a decision, made here."""
    known = set((ROOT / ".ci" / "packages.txt").read_text().split())
    assert {one["name"] for one in registered()} == known


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small project with one commit."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.3"\n')
    (folder / "sbom.json").write_text("{}")
    for command in ("init -q", "add .", "-c user.name=x -c user.email=x@example.org commit -q -m first"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True, timeout=60)
    return folder


def release(sources: Path, key: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "KEY"}
    return subprocess.run(
        [ROOT / ".ci/release", "out", "sbom.json"],
        cwd=sources, env=environment | ({"KEY": str(key)} if key else {}), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def is_verified(out: Path, key: Path) -> bool:
    """As docs/security.md tells whoever downloads a release."""
    signers = out.parent / "signers"
    signers.write_text(f"release {key.with_suffix('.pub').read_text()}")
    with (out / "SHA256SUMS").open("rb") as sums:
        signature = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "release", "-n", "quarterdeck-release",
             "-s", out / "SHA256SUMS.sig"], stdin=sums, capture_output=True, timeout=60,
        )  # fmt: skip
    sums_hold = all(
        hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
        for digest, name in (line.split("  ") for line in (out / "SHA256SUMS").read_text().splitlines())
    )
    return signature.returncode == 0 and sums_hold


def test_a_release_is_a_commit_with_checksums_and_a_signature(sources: Path, tmp_path: Path) -> None:
    """S45: what was signed is verified, and a byte that was changed since is not."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True, timeout=60)
    assert release(sources, key).returncode == 0
    out = sources / "out"
    made = {"quarterdeck-1.2.3.tar.gz", "quarterdeck-1.2.3-sbom.json", "quarterdeck-1.2.3-commit.txt"}
    assert {path.name for path in out.iterdir()} == made | {"SHA256SUMS", "SHA256SUMS.sig"}
    with tarfile.open(out / "quarterdeck-1.2.3.tar.gz") as archive:
        assert "quarterdeck-1.2.3/pyproject.toml" in archive.getnames()
    assert is_verified(out, key)
    with (out / "quarterdeck-1.2.3.tar.gz").open("ab") as archive_file:
        archive_file.write(b"x")
    assert not is_verified(out, key)


def test_a_release_without_a_key_says_so_and_one_without_a_commit_is_none(sources: Path) -> None:
    done = release(sources)
    assert (done.returncode, "not signed" in done.stderr) == (0, True)
    assert not (sources / "out" / "SHA256SUMS.sig").exists()
    (sources / "sbom.json").write_text("changed")
    assert release(sources).returncode == 1
