"""F103-F106 and P7: the program ends or dies with commands under way; another client trades at the same moment."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pybit.unified_trading as bybit
import pytest
from pybit.exceptions import InvalidRequestError

from core.clock import SystemClock
from core.errors import BadValue
from core.model import PositionKey
from core.recorder import Recorder
from core.store.files import Place
from core.store.store import Store
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)


@pytest.fixture
def opener(tmp_path: Path) -> Callable[[str], Awaitable[Store]]:
    async def open_store(ledger: str) -> Store:
        return await Store.open(Place(tmp_path / "store", "paper", "Main", ledger), ballast_bytes=0)

    return open_store


async def recorder_of(opener: Callable[[str], Awaitable[Store]]) -> Recorder:
    recorder = Recorder(opener, SystemClock())
    await recorder.use("one ledger")
    return recorder


def held(paper: PaperProcess) -> Decimal:
    return D(paper.rows("/v5/position/list", category="linear", symbol="SOLUSDT")[0]["size"])


async def test_the_exit_waits_for_a_verdict(paper: PaperProcess) -> None:
    """F106."""
    async with managed(paper) as manager:
        paper.hold_fills()
        command = await manager.close_position(SOL)
        leaving = asyncio.create_task(manager.prepare_exit(10))
        await asyncio.sleep(0)
        with pytest.raises(BadValue, match="leaving"):
            await manager.close_position(PositionKey("linear", "ETHUSDT", 0))
        paper.release_fills()
        assert await leaving == ()
        assert (await manager.verdict(command.command_id)).state == "done"


async def test_what_has_no_verdict_at_the_exit_is_found_at_the_next_start(paper: PaperProcess, opener) -> None:
    """F104, F106, P10."""
    async with managed(paper, recorder=await recorder_of(opener), history_days=8) as manager:
        paper.hold_fills()
        command = await manager.close_position(SOL, D(10))
        (left,) = await manager.prepare_exit(0.3)
        assert left.command_id == command.command_id
    paper.release_fills()
    async with managed(paper, recorder=await recorder_of(opener), history_days=8) as manager:
        snapshot = await manager.until(lambda s: bool(s.commands) and s.commands[0].state == "done")
        assert snapshot.commands[0].order_link_id == command.order_link_id
        assert not snapshot.is_resuming
        assert len(paper.requests("/v5/order/create")) == 1
        assert held(paper) == 10


async def test_pybit_and_the_operator_close_at_the_same_time(paper: PaperProcess) -> None:
    """P7: never a position of the other side, never a second order of ours, and a verdict that explains it."""
    async with managed(paper) as manager:
        session = bybit.HTTP(api_key=paper.api_key, api_secret=paper.api_secret)
        session.endpoint = paper.rest
        order = {"category": "linear", "symbol": "SOLUSDT", "side": "Sell", "orderType": "Market", "qty": "20.0"}

        refusals: list[int] = []

        def close() -> None:
            try:
                session.place_order(**order, positionIdx=0, reduceOnly=True)
            except InvalidRequestError as refusal:
                refusals.append(refusal.status_code)

        other = threading.Thread(target=close)
        other.start()
        try:
            command = await manager.close_position(SOL)
            verdict = await manager.verdict(command.command_id)
            said = verdict.state if verdict.state == "done" else verdict.detail
        except BadValue as error:
            said = error.code
        assert said in {"done", "closed_by_other", "position_gone"}
        await asyncio.to_thread(other.join)
        assert set(refusals) <= {110017}
        await manager.until(lambda s: s.position("SOLUSDT") is None)
        await until(lambda: held(paper) == 0)
