"""The older bot's file beside the desk: it explains positions, brings history, and changes nothing on the exchange."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.model import PositionKey
from tests.paper_fixture import PaperProcess
from tests.recording import recorder_in
from tests.stories.desk import managed

SOL = PositionKey("linear", "SOLUSDT", 0)


def bot_position(**more: Any) -> dict[str, Any]:
    return {
        "position_id": "b1",
        "symbol": "SOL/USDT:USDT",
        "side": "buy",
        "entry_price": 98.22,
        "position_size": 1964.4,
        "leverage": 5,
        "confidence": 0.77,
        "open_reason": "ML BUY 77%",
        "atr": 2.3,
        "adx": 28.5,
        "volatility": 2.8,
        **more,
    }


def written(file: Path, opened: list[dict[str, Any]], closed: list[dict[str, Any]]) -> Path:
    document = {
        "open_positions": {p["position_id"]: p for p in opened},
        "closed_positions": closed,
        "session_stats": {},
        "last_saved": "2026-01-01T00:00:00",
    }
    file.write_text(json.dumps(document))
    return file


async def test_a_note_appears_and_follows_the_file(paper: PaperProcess, tmp_path: Path) -> None:
    file = written(tmp_path / "positions.json", [bot_position()], [])
    async with managed(paper) as manager:
        size = manager.get_position(SOL).size
        manager.bot_files.watch(file)
        snapshot = await manager.until(lambda s: SOL in s.notes)
        assert snapshot.notes[SOL].reason == "ML BUY 77%"
        assert snapshot.notes[SOL].adx == Decimal("28.5")
        written(file, [bot_position(open_reason="<b>later</b>")], [])
        await manager.until(lambda s: s.notes[SOL].reason == "<b>later</b>")
        file.write_text("half of a fi")
        await manager.until(lambda s: any(e.code == "bot_file_unreadable" for e in s.events))
        assert manager.snapshot.notes[SOL].reason == "<b>later</b>"
        assert manager.get_position(SOL).size == size


async def test_history_is_imported_where_the_exchange_has_not_spoken(paper: PaperProcess, tmp_path: Path) -> None:
    recorder = await recorder_in(tmp_path)
    old = bot_position(position_id="b0", open_time="2020-01-01T00:00:00", close_time="2020-01-02T00:00:00")
    file = written(tmp_path / "positions.json", [], [old | {"realized_pnl": 12.5}])
    async with managed(paper, recorder=recorder, history_days=8) as manager:
        assert await manager.bot_files.import_history(file) == 1
        assert await manager.bot_files.import_history(file) == 0
        page = await manager.get_closed_page(limit=1_000)
        imported = page.trades[-1]
        assert (imported.symbol, imported.net_pnl) == ("SOLUSDT", Decimal("12.5"))


async def test_an_export_is_read_back(paper: PaperProcess, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    async with managed(paper) as manager:
        await manager.bot_files.export(file)
        document = json.loads(file.read_text())
        assert len(document["open_positions"]) == len(manager.snapshot.positions)
        with pytest.raises(StoreError):
            await manager.bot_files.export(file)
        await manager.bot_files.export(file, overwrite=True)
