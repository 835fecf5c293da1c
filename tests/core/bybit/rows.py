"""Valid rows as Bybit sends them, to be spoilt by tests; made-up figures in documented shapes."""

from typing import Any

POSITION: dict[str, Any] = {
    "positionIdx": 0, "symbol": "SOLUSDT", "side": "Buy", "size": "20", "avgPrice": "98.22", "positionValue": "1964.4",
    "leverage": "10", "markPrice": "122.43", "liqPrice": "89.1", "breakEvenPrice": "98.4", "positionIM": "196.5",
    "positionMM": "9.9", "takeProfit": "", "stopLoss": "110.5", "trailingStop": "0", "curRealisedPnl": "-1.05",
    "positionStatus": "Normal", "adlRankIndicator": 2, "openTime": 1697673600012, "updatedTime": "1697673600500",
    "createdTime": "1676538056258", "seq": 5723621632, "unrealisedPnl": "484.2", "cumRealisedPnl": "12",
    "isReduceOnly": False, "riskId": 1, "tpslMode": "Full", "tradeMode": 0, "autoAddMargin": 0,
}  # fmt: skip

ORDER: dict[str, Any] = {
    "symbol": "SOLUSDT", "orderId": "fd4300ae-7847-404e-b947-b46980a4d140", "orderLinkId": "pmAAAA01", "side": "Sell",
    "orderType": "Market", "orderStatus": "Untriggered", "qty": "20", "positionIdx": 0, "price": "0", "avgPrice": "",
    "leavesQty": "20", "cumExecQty": "0", "triggerPrice": "110.5", "triggerBy": "MarkPrice", "triggerDirection": 2,
    "takeProfit": "", "stopLoss": "", "stopOrderType": "StopLoss", "timeInForce": "IOC", "reduceOnly": True,
    "createType": "CreateByStopLoss", "cancelType": "UNKNOWN", "rejectReason": "EC_NoError", "tpslMode": "Full",
    "createdTime": "1697673600012", "updatedTime": "1697673600013", "cumFeeDetail": {"USDT": "0"}, "smpGroup": 0,
}  # fmt: skip

EXECUTION: dict[str, Any] = {
    "symbol": "SOLUSDT", "execId": "e0cbe81d-0f18-5866-9415-cf319b5dab3b", "side": "Sell", "execType": "Trade",
    "execQty": "5", "execPrice": "122.45", "execTime": "1697673600014", "orderLinkId": "pmAAAA01", "orderQty": "5",
    "orderId": "fd4300ae-7847-404e-b947-b46980a4d140", "execValue": "612.25", "execFee": "0.3367375", "feeRate": "",
    "feeCurrency": "", "closedSize": "5", "isMaker": False, "createType": "CreateByUser", "stopOrderType": "UNKNOWN",
    "orderType": "Market", "seq": 5723621633, "leavesQty": "0",
}  # fmt: skip

CLOSED_PNL: dict[str, Any] = {
    "symbol": "SOLUSDT", "orderId": "fd4300ae-7847-404e-b947-b46980a4d140", "side": "Sell", "closedSize": "5",
    "avgEntryPrice": "98.22", "avgExitPrice": "122.45", "closedPnl": "120.5", "execType": "Trade", "openFee": "0.27",
    "closeFee": "0.34", "createdTime": "1697673600013", "updatedTime": "1697673600014", "qty": "5", "leverage": "10",
}  # fmt: skip

WALLET: dict[str, Any] = {
    "accountType": "UNIFIED", "totalEquity": "12480.5", "totalWalletBalance": "12000", "totalMarginBalance": "12480.5",
    "totalAvailableBalance": "11000", "totalPerpUPL": "480.5", "totalInitialMargin": "1480.5",
    "totalMaintenanceMargin": "60", "accountIMRate": "0.1186", "accountMMRate": "0.0048", "coin": [],
}  # fmt: skip

TICKER: dict[str, Any] = {
    "symbol": "SOLUSDT", "lastPrice": "122.45", "indexPrice": "122.40", "markPrice": "122.43", "bid1Price": "122.44",
    "ask1Price": "122.45", "bid1Size": "10", "ask1Size": "11", "fundingRate": "-0.0001", "price24hPcnt": "0.01",
    "nextFundingTime": "1697702400000", "openInterestValue": "1", "deliveryTime": "0", "basisRate": "",
}  # fmt: skip

INSTRUMENT: dict[str, Any] = {
    "symbol": "SOLUSDT", "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": "SOL",
    "quoteCoin": "USDT", "settleCoin": "USDT", "fundingInterval": 480, "preListingInfo": None,
    "leverageFilter": {"minLeverage": "1", "maxLeverage": "50.00", "leverageStep": "0.01"},
    "priceFilter": {"minPrice": "0.010", "maxPrice": "19999.980", "tickSize": "0.010"},
    "lotSizeFilter": {
        "maxOrderQty": "79770.0", "minOrderQty": "0.1", "qtyStep": "0.1", "maxMktOrderQty": "9000.0",
        "minNotionalValue": "5",
    },
}  # fmt: skip

FEE_RATE: dict[str, Any] = {"symbol": "SOLUSDT", "takerFeeRate": "0.00055", "makerFeeRate": "-0.0001"}

CANDLE: list[str] = ["1697673600000", "122.1", "122.9", "121.7", "122.4", "1530.5", "187000.1"]
