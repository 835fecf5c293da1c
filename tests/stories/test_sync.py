"""The book and the exchange: the same after start, after each event, and after the exchange went away and came back."""

from decimal import Decimal

from core.intents import ClosePosition, SetTradingStop
from core.model import PositionKey
from tests.paper_fixture import PaperProcess
from tests.stories.desk import managed, until

SOL = PositionKey("linear", "SOLUSDT", 0)


def row_of(paper: PaperProcess, symbol: str, position_idx: int = 0) -> dict[str, object]:
    """The exchange's own row, read by an independent client."""
    rows = paper.rows("/v5/position/list", category="linear", symbol=symbol)
    return next(row for row in rows if row["positionIdx"] == position_idx)


async def test_the_first_baseline_equals_the_exchange(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        rows = paper.rows("/v5/position/list", category="linear", settleCoin="USDT", limit=200)
        held = {(p.symbol, p.position_idx): p for p in manager.snapshot.positions if p.settle_coin == "USDT"}
        assert len(rows) >= 6
        assert held.keys() == {(row["symbol"], row["positionIdx"]) for row in rows}
        for row in rows:
            position = held[row["symbol"], row["positionIdx"]]
            assert (position.side, position.size) == (row["side"], Decimal(row["size"]))
            assert position.entry_price == Decimal(row["avgPrice"])
            assert position.realised_pnl == Decimal(row["curRealisedPnl"]), row["symbol"]


async def test_a_close_is_shown_only_after_the_fill(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        before = manager.get_position(SOL)
        assert before is not None
        half = before.size / 2
        command = await manager.submit(ClosePosition(symbol="SOLUSDT", qty=half, side=before.side))
        assert command.state in {"accepted", "done"}
        after = await manager.until(lambda s: s.position("SOLUSDT").size == half)
        done = await manager.until(lambda s: s.commands[0].state == "done")
        assert done.commands[0].order_link_id == command.order_link_id
        last = (await manager.until(lambda s: len(s.position("SOLUSDT").partial_exits) == 3)).position("SOLUSDT")
        assert last.partial_exits[-1].qty == half
        assert last.partial_exits[-1].reason == "manual"
        assert last.realised_pnl == Decimal(row_of(paper, "SOLUSDT")["curRealisedPnl"])
        assert after.position("SOLUSDT").life_id == before.life_id


async def test_a_whole_close_makes_a_closed_trade(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        before = manager.get_position(SOL)
        await manager.close_position(SOL)
        snapshot = await manager.until(lambda s: s.position("SOLUSDT") is None and s.session.closed_trades == 1)
        trade = snapshot.closed_trades[0]
        assert trade.life_id == before.life_id
        assert trade.net_pnl == snapshot.session.total_realised_pnl
        await manager.until(lambda s: not any(c.is_open for c in s.commands))
        assert row_of(paper, "SOLUSDT")["size"] == "0"
        closed = paper.rows("/v5/position/closed-pnl", category="linear", symbol="SOLUSDT")
        mine = [row for row in closed if row["orderId"] in {part.order_id for part in trade.exits}]
        assert len(mine) == len(trade.exits) == 3


async def test_stops_are_found_on_the_exchange_by_another_client(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        mark = manager.get_position(SOL).mark_price
        stop, target = (
            (mark * Decimal("0.95")).quantize(Decimal("0.01")),
            (mark * Decimal("1.1")).quantize(Decimal("0.01")),
        )
        await manager.submit(SetTradingStop(symbol="SOLUSDT", stop_loss=stop, take_profit=target))
        await manager.until(lambda s: s.commands[0].state == "done")
        row = row_of(paper, "SOLUSDT")
        assert (Decimal(row["stopLoss"]), Decimal(row["takeProfit"])) == (stop, target)


async def test_what_another_client_does_is_shown(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        paper.do(
            "/v5/order/create",
            category="linear",
            symbol="XRPUSDT",
            side="Buy",
            orderType="Market",
            qty="100",
            positionIdx=0,
        )
        snapshot = await manager.until(lambda s: s.position("XRPUSDT") is not None)
        assert snapshot.position("XRPUSDT").size == Decimal(100)
        snapshot = await manager.until(lambda s: s.position("XRPUSDT").life_id != "")
        assert snapshot.position("XRPUSDT").realised_pnl == Decimal(row_of(paper, "XRPUSDT")["curRealisedPnl"])


async def test_a_dropped_stream_is_shown_and_recovers(paper: PaperProcess) -> None:
    async with managed(paper) as manager:
        seen = manager.snapshot.positions
        paper.control("drop_sockets")
        lost = await manager.until(lambda s: s.links.private.state == "lost")
        assert [p.key for p in lost.positions] == [p.key for p in seen]
        paper.do(
            "/v5/order/create",
            category="linear",
            symbol="XRPUSDT",
            side="Buy",
            orderType="Market",
            qty="100",
            positionIdx=0,
        )
        await manager.until(lambda s: s.links.is_live and s.position("XRPUSDT") is not None)
        await until(lambda: manager.get_position(SOL).size == Decimal(row_of(paper, "SOLUSDT")["size"]))
