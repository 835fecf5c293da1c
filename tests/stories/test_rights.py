"""A running desk watches with any key, and acts only with one that may (P39, P40)."""

import asyncio

import pytest

from core.bybit import Connection
from core.manager import PositionManager
from core.secrets import Secret
from tests.paper_fixture import PaperProcess


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
