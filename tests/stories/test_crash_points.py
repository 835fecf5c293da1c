"""F101-F105, P1, P24, V24, V30: a desk is killed at every named point; the next one on the same disk knows the truth.

One account and one disk for all of them: each desk first sees to its end what the one before it left behind.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.executions import OUR_ORDER_PREFIX
from tests.paper_fixture import ROOT, PaperProcess
from tests.stories.crashing import CREATE, POINTS, Plan, place_of

D = Decimal
KILLED = 9
OPEN = {"sending", "accepted", "unknown"}
BEFORE_JOURNAL = ("before journal", "inside commit")
SWEEPING = ("after flat before stop sweep", "in the stop sweep")
AT_START = ("in the daily copy", "while history is recalled", "in the baseline", "in the back-fill")
# The copy of the day is made once, and what is to be fetched of the past is fetched once: these come first.
ORDER = [*AT_START, *(point for point in POINTS if point not in AT_START)]
PART = D("0.1")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="desks are forked")


class Desks:
    """Starts desks, and reads what they left on the disk."""

    def __init__(self, folder: Path, paper: PaperProcess) -> None:
        self.folder = folder
        self._paper = paper
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.crashing"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, point: str = "", symbol: str = "", qty: str | None = None) -> dict[str, Any]:
        """One desk from its start to its end."""
        plan = Plan(
            folder=str(self.folder), rest=self._paper.rest, ws=self._paper.ws, api_key=self._paper.api_key,
            api_secret=self._paper.api_secret, point=point, symbol=symbol, qty=qty,
        )  # fmt: skip
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(msgspec.json.encode(plan).decode() + "\n")
        self._program.stdin.flush()
        found: dict[str, Any] = msgspec.json.decode(self._program.stdout.readline())
        return found

    def kept(self) -> dict[str, dict[str, str]]:
        """What is committed: state by intent, order link by intent, quantity by execution, result by life."""
        file = place_of(self.folder).database
        if not file.exists():
            return {"states": {}, "links": {}, "executions": {}, "lives": {}}
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            states = "SELECT intent_id, state FROM intent_states ORDER BY row_id"
            return {
                "states": dict(connection.execute(states)),
                "links": dict(connection.execute("SELECT intent_id, order_link_id FROM intents")),
                "executions": dict(connection.execute("SELECT exec_id, qty FROM executions")),
                "lives": dict(connection.execute("SELECT life_id, net_pnl FROM lives")),
            }

    def stop(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait(30)
        self._program.stdout.close()


@pytest.fixture
def desks(paper: PaperProcess, tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path / "store", paper)
    yield made
    made.stop()


def a_stop_of_ours(paper: PaperProcess) -> str:
    """A conditional order beside the position, which Bybit leaves when the position closes."""
    last = D(paper.rows("/v5/market/tickers", category="linear", symbol="ETHUSDT")[0]["lastPrice"])
    made = paper.do(
        CREATE, category="linear", symbol="ETHUSDT", side="Sell", orderType="Market", qty="1.00", reduceOnly=True,
        triggerPrice=str((last * D("0.9")).quantize(D("0.01"))), triggerDirection=2, positionIdx=0,
        orderLinkId=f"{OUR_ORDER_PREFIX}swept",
    )  # fmt: skip
    return str(made["orderId"])


def held(paper: PaperProcess, symbol: str) -> Decimal:
    return D(paper.rows("/v5/position/list", category="linear", symbol=symbol)[0]["size"])


def sent_links(paper: PaperProcess) -> list[str]:
    """The ids of the orders that reached the exchange, one entry per request."""
    asked = [request["fields"] for request in paper.requests(CREATE)]
    return [fields["orderLinkId"] for fields in asked if not fields.get("triggerPrice")]


def prepare(paper: PaperProcess, point: str) -> dict[str, Any]:
    """What the desk that dies at a point is to close, and what else there has to be for it to get there."""
    if point in AT_START:
        return {}
    if point in SWEEPING:
        if point == SWEEPING[0]:
            a_stop_of_ours(paper)
            return {"symbol": "ETHUSDT"}
        return {}  # the next desk finds what that one left: the sweep begins with its first baseline
    if point.startswith("in the resolver"):
        paper.arm("reset_before", CREATE, count=1)
    return {"symbol": "SOLUSDT", "qty": str(PART)}


def test_a_kill_at_every_point_loses_nothing_and_doubles_nothing(paper: PaperProcess, desks: Desks) -> None:
    start = held(paper, "SOLUSDT")
    before = desks.kept()
    for point in ORDER:
        ended = desks.run(point, **prepare(paper, point))
        assert ended["signal"] == KILLED, (point, ended)
        now = desks.kept()
        for what in ("links", "executions", "lives"):
            assert before[what].items() <= now[what].items(), f"{point}: lost {what}"
        known = {link for link in now["links"].values() if link}
        assert set(sent_links(paper)) <= known, f"{point}: V24: an order left that no journal knows"
        new = now["links"].keys() - before["links"].keys()
        # A close that repeats one without a trace goes out under that one's id (protocol E), and is no new intent.
        assert len(new) <= (point not in (*AT_START, *BEFORE_JOURNAL, SWEEPING[1])), point
        # What an earlier desk left behind has had its verdict before this one did anything of its own.
        assert sum(state in OPEN for state in now["states"].values()) <= 1, point
        before = now
    last = desks.run()
    assert last == {"said": ["settled", "ended"], "signal": 0}
    final = desks.kept()
    assert set(final["states"].values()) <= {"done", "no_trace"}
    done = {final["links"][name] for name, state in final["states"].items() if state == "done"}
    made = [
        row["orderLinkId"] for row in paper.rows("/v5/order/history", category="linear", symbol="SOLUSDT", limit=50)
    ]
    ours = [link for link in made if link in final["links"].values()]
    assert len(ours) == len(set(ours)), "P1: two orders under one id"
    assert set(ours) <= done
    assert held(paper, "SOLUSDT") == start - PART * len(ours)
    assert held(paper, "ETHUSDT") == 0
    assert not paper.rows("/v5/order/realtime", category="linear", symbol="ETHUSDT", orderFilter="StopOrder")
    again = desks.run()
    assert again["signal"] == 0
    assert desks.kept()["lives"] == final["lives"], "V10: another start gave other ids or results"
