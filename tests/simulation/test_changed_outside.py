"""Settings that somebody changes elsewhere: each is a discrepancy of every position that it touches, once."""

from __future__ import annotations

from tests.simulation.scenes import BTC, COIN, SOL, Stage, stage


def kinds(play: Stage) -> set[tuple[str, str]]:
    """What a reconciliation finds and settles: symbol and kind."""
    found = play.world.do(play.world.manager.reconcile_positions())
    return {(one.key.symbol, one.kind) for one in found if one.done == "adopted"}


def test_margin_mode_and_leverage_changed_elsewhere_are_told_once() -> None:
    with stage() as play:
        play.open()
        for symbol, side, idx in ((SOL, "Buy", 0), (COIN, "Sell", 0), (BTC, "Buy", 1)):
            play.trade(symbol, side, idx=idx)
        play.world.converge()
        assert kinds(play) == set()
        assert play.world.command("set_margin_mode", {"setMarginMode": "REGULAR_MARGIN"}) is not None
        assert kinds(play) == {(symbol, "margin_mode_differs") for symbol in (SOL, COIN, BTC)}
        assert {p.margin_mode for p in play.world.snapshot.positions} == {"cross"}
        assert kinds(play) == set()
        play.network.drop = 1.0
        body = {"category": "linear", "symbol": SOL, "buyLeverage": "3", "sellLeverage": "3"}
        assert play.world.command("set_leverage", body) is not None
        assert kinds(play) == {(SOL, "leverage_differs")}
        assert kinds(play) == set()
        codes = [note.code for note in play.world.notices]
        assert codes.count("discrepancy_margin_mode_differs") == 3
