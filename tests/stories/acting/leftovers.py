"""A stop that outlives its position: made beside it, looked for on the exchange and in the window."""

from decimal import Decimal
from uuid import uuid4

from core.executions import OUR_ORDER_PREFIX
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import HELD
from tests.stories.desk import until
from tests.stories.window import Desk

D = Decimal
CREATE = "/v5/order/create"


def a_stop_of_its_own(paper: PaperProcess, symbol: str = "ETHUSDT", prefix: str = OUR_ORDER_PREFIX) -> str:
    """A conditional order beside a long: Bybit does not cancel such a one when the position closes."""
    last = D(paper.rows("/v5/market/tickers", category="linear", symbol=symbol)[0]["lastPrice"])
    made = paper.do(
        CREATE, category="linear", symbol=symbol, side="Sell", orderType="Market", qty=str(HELD[symbol]),
        reduceOnly=True, triggerPrice=str((last * D("0.9")).quantize(D("0.01"))), triggerDirection=2, positionIdx=0,
        orderLinkId=f"{prefix}-{uuid4().hex[:24]}",
    )  # fmt: skip
    paper.control("forget_requests")
    return made["orderId"]


def is_listed(paper: PaperProcess, order_id: str) -> bool:
    """Whether an independent client sees it open."""
    rows = paper.rows("/v5/order/realtime", category="linear", settleCoin="USDT", limit=50)
    return order_id in {row["orderId"] for row in rows}


def orders_of(desk: Desk) -> set[str]:
    """The orders that the window has."""
    return {order.order_id for order in desk.snapshot.orders}


def badge(desk: Desk) -> str:
    """What the button says that stays until nothing is left over; empty when it is not there."""
    button = desk.window.tabs.buttons.cancel_orphans
    return "" if button.isHidden() else button.text()


async def is_gone(desk: Desk, paper: PaperProcess, order_id: str) -> None:
    """Off the exchange's list and off the desk's, and nothing reminds of it."""
    await until(lambda: not is_listed(paper, order_id))
    await desk.shown(lambda: order_id not in orders_of(desk) and badge(desk) == "")
