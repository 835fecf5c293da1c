"""The audit trail from outside: ``main.py --verify-audit`` and ``--export-audit`` (S50)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.store import AuditVerdict, trail
from core.store.store import Store
from main import arguments, audit_trail
from tests.core.store import samples

EVENTS = [samples.audit_event(n, text=samples.HOSTILE[n % len(samples.HOSTILE)], n=n) for n in range(60)]


async def written(folder: Path, count: int = 60) -> Path:
    """A history with a trail; returns its database."""
    store = await Store.open(samples.place(folder), ballast_bytes=0)
    await store.append_audit(EVENTS[:count])
    await store.close()
    return samples.place(folder).database


def tamper(database: Path, statement: str) -> None:
    """What somebody with the file can do."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER audit_events_not_updated")
        connection.execute("DROP TRIGGER audit_events_not_deleted")
        connection.execute(statement)
        connection.commit()


def recomputed(lines: list[dict[str, Any]]) -> bool:
    """Whether an export's chain holds, by the recipe of docs/security.md and nothing of ours."""
    previous = "0" * 64
    for line in lines:
        fields = ("ts_ms", "code", "severity", "category", "symbol", "position_idx", "details")
        text = json.dumps([previous, *(line[name] for name in fields)], separators=(",", ":"))
        if (line["previous"], line["hash"]) != (previous, hashlib.sha256(text.encode()).hexdigest()):
            return False
        previous = line["hash"]
    return True


async def test_an_export_can_be_checked_by_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail.audit, "SLICE", 7)
    database, target = await written(tmp_path), tmp_path / "trail.jsonl"
    whole = AuditVerdict(60, None, is_whole=True)
    assert trail.verify(database) == trail.export(database, target) == whole
    head, *lines, end = [json.loads(line) for line in target.read_text().splitlines()]
    assert head["quarterdeck_audit"] == 1
    assert end == {"rows": 60, "broken_at": None, "is_whole": True}
    assert [json.loads(line["details"])["n"] for line in lines] == list(range(60))
    assert recomputed(lines)
    assert not recomputed([{**line, "ts_ms": 1} for line in lines])
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="file_exists"):
        trail.export(database, target)


async def test_it_is_read_while_a_desk_writes(tmp_path: Path) -> None:
    store = await Store.open(samples.place(tmp_path), ballast_bytes=0)
    await store.append_audit(EVENTS[:10])
    assert trail.verify(samples.place(tmp_path).database).rows == 10
    await store.append_audit(EVENTS[10:])
    assert trail.verify(samples.place(tmp_path).database) == AuditVerdict(60, None, is_whole=True)
    await store.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_events SET details = '{}' WHERE row_id = 20", "CHANGED: line 20"),
        ("DELETE FROM audit_events WHERE row_id > 20", "CUT: 20 lines"),
    ],
)
async def test_the_command_says_what_was_done_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], statement: str, said: str
) -> None:
    database = await written(tmp_path)
    given = ["paper", "--account", samples.place(tmp_path).account, "--data-dir", str(tmp_path)]
    assert audit_trail(arguments([*given, "--verify-audit"])) == 0
    assert "whole: 60 lines" in capsys.readouterr().out
    tamper(database, statement)
    assert audit_trail(arguments([*given, "--verify-audit"])) == 1
    assert said in capsys.readouterr().out
    target = tmp_path / "trail.jsonl"
    assert audit_trail(arguments([*given, "--export-audit", str(target)])) == 1
    assert json.loads(target.read_text().splitlines()[-1])["is_whole"] is False


def test_without_a_history_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no_history"):
        audit_trail(arguments(["live", "--data-dir", str(tmp_path), "--verify-audit"]))
