"""What subscribers hear of one position comes in the order in which it happened, however the frames came."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest

from core.model import AuditEvent, PositionKey
from tests.simulation.scenes import BTC, COIN, SOL, USDC, stage

KINDS = ("opened", "changed", "closed")
MOVES = ("Buy", "Buy", "Sell", "Sell", "Sell", "Buy", "Buy", "Sell")


@pytest.mark.parametrize("shuffle_s", [0.0, 2.0])
def test_a_position_opens_changes_and_closes_in_this_order(shuffle_s: float) -> None:
    heard: list[AuditEvent] = []
    also: list[AuditEvent] = []
    with stage() as play:
        play.open()
        for kind in KINDS:
            play.world.manager.subscribe(kind, heard.append)
            play.world.manager.subscribe(kind, also.append)
        play.network.shuffle_s, play.network.double = shuffle_s, 0.3 if shuffle_s else 0.0
        for side in MOVES:
            for symbol in (SOL, USDC, COIN):
                play.trade(symbol, side)
            play.trade(BTC, side, idx=1 if side == "Buy" else 2)
            play.pass_time(0.4)
        play.pass_time(3)
        play.agree()
        still_open = {p.key for p in play.world.snapshot.positions}
    assert heard == also
    assert [line.ts_ms for line in heard] == sorted(line.ts_ms for line in heard)
    stories: dict[PositionKey, list[AuditEvent]] = defaultdict(list)
    for line in heard:
        assert line.key is not None
        stories[line.key].append(line)
    assert len(stories) >= 5
    for key, story in stories.items():
        codes = [line.code for line in story]
        assert codes[0] == "position_opened", key
        for before, after in pairwise(codes):
            assert (after == "position_opened") == (before == "position_closed"), (key, codes)
        assert (codes[-1] != "position_closed") == (key in still_open), (key, codes)
        changes = [line.details for line in story if line.code == "position_changed"]
        assert all(one["before"] != one["after"] for one in changes)
