"""The account in which the stories of acting begin."""

from decimal import Decimal

from tests.paper_fixture import PaperProcess

D = Decimal
HELD = {"SOLUSDT": D("20.0"), "ETHUSDT": D("1.50")}


def restore(exchange: PaperProcess) -> None:
    """Take back what a story has done to the two positions."""
    exchange.disarm()
    exchange.release_fills()
    for symbol, wanted in HELD.items():
        exchange.incident("unpin", symbol=symbol)
        for order in exchange.rows("/v5/order/realtime", category="linear", symbol=symbol, limit=50):
            exchange.post("/v5/order/cancel", {"category": "linear", "symbol": symbol, "orderId": order["orderId"]})
        row = exchange.rows("/v5/position/list", category="linear", symbol=symbol)[0]
        missing = wanted - D(row["size"]) * (-1 if row["side"] == "Sell" else 1)
        if missing:
            side = "Buy" if missing > 0 else "Sell"
            exchange.incident("trade", symbol=symbol, side=side, qty=str(abs(missing)))
        assert D(exchange.rows("/v5/position/list", category="linear", symbol=symbol)[0]["size"]) == wanted
    exchange.control("forget_requests")
