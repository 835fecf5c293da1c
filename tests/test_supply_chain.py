"""S42, S43: what may come beside the keys: locked with hashes, a week old, looked up, of known licences."""

import json
import subprocess
import sys
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
