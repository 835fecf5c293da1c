"""The audit trail cannot be changed by this program, and a change by anybody else is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.model import AuditEvent
from core.store import AuditVerdict
from tests.core.store import samples
from tests.core.store.conftest import OpenStore

EVENTS = [samples.audit_event(n, text=samples.HOSTILE[n % len(samples.HOSTILE)], n=n) for n in range(1_234)]


async def test_events_come_back_newest_first(open_store: OpenStore):
    async with open_store() as store:
        assert await store.append_audit(EVENTS[:1_000]) == 1_000
    async with open_store() as store:
        assert await store.append_audit(EVENTS[1_000:]) == 234
        assert await store.append_audit([]) == 0
        seen: list[AuditEvent] = []
        key = None
        while True:
            page, key = await store.audit_page(key, 500)
            seen += page
            if key is None:
                break
        assert seen == EVENTS[::-1]
        assert await store.verify_audit() == AuditVerdict(1_234, None, is_whole=True)


async def test_an_empty_trail_is_whole(open_store: OpenStore):
    async with open_store() as store:
        assert await store.verify_audit() == AuditVerdict(0, None, is_whole=True)


async def test_impossible_characters_do_not_stop_the_trail(open_store: OpenStore):
    event = AuditEvent(ts_ms=1, code="bad\ud800", details={"text": "half \udfff a pair"})
    async with open_store() as store:
        await store.append_audit([event])
        (found,), _ = await store.audit_page()
        assert (found.code, found.details) == ("bad\\ud800", event.details)
        assert (await store.verify_audit()).is_whole


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_events SET details = '{}' WHERE row_id = 20", 20),
        ("UPDATE audit_events SET ts_ms = ts_ms + 1 WHERE row_id = 20", 20),
        ("UPDATE audit_events SET position_idx = NULL WHERE row_id = 20", 20),
        ("UPDATE audit_events SET row_id = row_id + 1000 WHERE row_id = 20", 21),
        ("UPDATE audit_events SET row_id = row_id + 1000 WHERE row_id >= 20", 1020),
        ("UPDATE audit_events SET previous = hash WHERE row_id = 20", 20),
        ("DELETE FROM audit_events WHERE row_id = 20", 21),
        ("DELETE FROM audit_events WHERE row_id > 20", None),
        ("DELETE FROM audit_events", None),
        ("INSERT INTO audit_events SELECT 31, ts_ms, code, severity, category, symbol, position_idx, details,"
         " previous, hash FROM audit_events WHERE row_id = 30", 31),
    ],
)  # fmt: skip
async def test_tampering_is_found(open_store: OpenStore, tmp_path: Path, tampering: str, broken_at: int | None):
    async with open_store() as store:
        await store.append_audit(EVENTS[:30])
    with closing(sqlite3.connect(samples.place(tmp_path).database)) as connection:
        connection.execute("DROP TRIGGER audit_events_not_updated")
        connection.execute("DROP TRIGGER audit_events_not_deleted")
        connection.execute(tampering)
        connection.commit()
    async with open_store() as store:
        verdict = await store.verify_audit()
        assert (verdict.broken_at, verdict.is_whole) == (broken_at, False)
