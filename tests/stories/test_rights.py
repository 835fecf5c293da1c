"""A running desk watches with any key, and acts only with one that may (P39, P40)."""

import asyncio

import pytest

from core.bybit import Connection
from core.manager import PositionManager
from core.rounds import Intervals
from core.secrets import Secret
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed


@pytest.mark.parametrize(("preset", "is_monitor"), [("full", False), ("read_only", True), ("withdraw", True)])
async def test_a_desk_with_such_a_key(paper: PaperProcess, preset: str, is_monitor: bool) -> None:
    client = paper.new_client(preset)
    secret = Secret(client.api_secret)

    async def locate() -> Connection:
        return Connection(environment="paper", rest=paper.rest, ws=paper.ws, api_key=client.api_key, api_secret=secret)

    manager = PositionManager(locate)
    running = asyncio.create_task(manager.run())
    try:
        snapshot = await manager.until(lambda s: s.links.is_live, 30)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(snapshot.positions) >= 5
    assert snapshot.is_read_only is is_monitor


async def test_rights_are_read_again_on_a_clock_of_their_own(paper: PaperProcess) -> None:
    """S8: every 6 h, whatever else is read when; what was taken from the key meanwhile counts from then on."""
    assert Intervals().rights_s == 6 * 3600
    async with managed(paper, intervals=Intervals(reconcile_s=3_600.0, rights_s=0.2)) as manager:
        assert not manager.snapshot.is_read_only
        await asyncio.to_thread(paper.control, "change_key", preset="read_only")
        await manager.until(lambda s: s.is_read_only)
        await asyncio.to_thread(paper.control, "change_key", preset="expires_tomorrow")
        shown = await manager.until(lambda s: s.key_expires_ms is not None and not s.is_read_only)
        assert shown.key_expires_ms - shown.as_of_ms <= 86_400_000
        told = await manager.until(lambda s: any(line.code == "key_expires" for line in s.events))
        assert told.links.is_live
        paper.control("change_key", preset="withdraw")
        await manager.until(lambda s: s.is_read_only)
