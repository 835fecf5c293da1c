"""S9, P41: after whole runs of the desk at DEBUG its secret is nowhere: logs, database, settings, streams, pictures."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from core.logs import redactor
from tests.paper_fixture import ROOT, PaperFactory


def disguises(secret: str) -> dict[str, bytes]:
    """The secret as it is, and as it might be written by mistake."""
    raw = secret.encode()
    return {
        "plain": raw,
        "backwards": raw[::-1],
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "base64": base64.b64encode(raw).rstrip(b"="),
        "quoted": quote(secret, safe="").encode(),
        "utf-16": secret.encode("utf-16-le"),
    }


def found_in(folder: Path, secrets: dict[str, str]) -> list[str]:
    """Every file with a secret in it, in whichever form."""
    return [
        f"{path.name}: {name} ({form})"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for name, secret in secrets.items()
        for form, disguised in disguises(secret).items()
        if disguised in path.read_bytes()
    ]


def run_desk(ready: Path, data: Path, *arguments: str) -> None:
    """One run of the desk at DEBUG; what it says is kept beside its data."""
    command = [sys.executable, "-X", "dev", "main.py", "--connect", str(ready), "--data-dir", str(data)]
    done = subprocess.run(
        [*command, "--log-level", "DEBUG", *arguments],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=100,
    )
    (data / f"stdout{len(arguments)}").write_bytes(done.stdout)
    (data / f"stderr{len(arguments)}").write_bytes(done.stderr)
    assert done.returncode == 0, done.stderr.decode()


def test_a_secret_is_nowhere_after_whole_runs(tmp_path: Path, paper_factory: PaperFactory) -> None:
    paper = paper_factory(clock="real")
    # trouble on the way makes the desk talk: refusals, broken answers, lost streams
    paper.arm("ret_code", match={"path": "/v5/account/wallet-balance"}, args={"code": 10016}, count=2)
    ready, data = tmp_path / "ready.json", tmp_path / "data"
    ready.write_text(json.dumps(paper.ready))
    run_desk(ready, data, "--screenshot", str(data / "desk.png"), "--after", "4")
    run_desk(ready, data, "--print")
    secrets = {"api_secret": paper.api_secret, "control_token": paper.ready["control_token"]}
    assert found_in(data, secrets) == []
    kept = [path for path in data.rglob("*") if path.is_file() and path.stat().st_size]
    assert {path.suffix for path in kept} >= {".log", ".db", ".png"}
    own = [path for path in kept if not path.name.startswith("std")]
    assert [path.name for path in own if path.stat().st_mode & 0o077] == []


def test_the_search_finds_a_leak_in_each_form(tmp_path: Path) -> None:
    """The test above can fail."""
    for form, disguised in disguises("cANARY/secret+77").items():
        (tmp_path / form).write_bytes(b"before " + disguised + b" after")
    assert len({line.split(":")[0] for line in found_in(tmp_path, {"x": "cANARY/secret+77"})}) == len(
        disguises("cANARY/secret+77")
    )


def test_a_crash_report_is_clean(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """S9, S11: the report shown, and copied, quotes an exception without the secret in it."""
    from gui.crash import CrashDialog

    monkeypatch.setattr(redactor, "_hidden", ())
    redactor.hide("cANARYsecretCANARY")
    dialog = CrashDialog(ValueError("signing with cANARYsecretCANARY failed"))
    assert "signing with ••• failed" in dialog.report.toPlainText()
