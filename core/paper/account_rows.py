"""Positions, the wallet, contracts and their risk ladders → the row dictionaries of Bybit v5.

Prices that are not set are ``""`` in REST rows; the position stream writes ``"0"`` instead, and calls the entry price
``entryPrice`` (V5_FACTS 6.11 and 9.3).
"""

from __future__ import annotations

from decimal import Decimal

from core.paper import margin
from core.paper.figures import cut, floor_to, plain
from core.paper.instruments import LAUNCH_MS, Instrument
from core.paper.ledger import Position
from core.paper.market import Row
from core.paper.venue import Venue


def position_row(venue: Venue, position: Position, headroom: Decimal | None) -> Row:
    """A row of ``position/list``.

    Args:
        headroom: ``venue.headroom()``, asked once for a whole list.
    """
    row = {**_position_common(venue, position, "", headroom), "avgPrice": _entry(position)}
    if not position.created_ms:  # a recorded row of a symbol never traded is empty almost everywhere
        for name in ("positionIM", "positionMM", "positionIMByMp", "positionMMByMp", "positionBalance"):
            row[name] = ""
        row["curRealisedPnl"] = row["cumRealisedPnl"] = ""
    return row


def position_stream_row(venue: Venue, position: Position, headroom: Decimal | None) -> Row:
    """A row of the ``position`` topic."""
    row = _position_common(venue, position, "0", headroom)
    flat = not position.size
    if flat:
        row["positionValue"] = row["liqPrice"] = row["unrealisedPnl"] = "0"
    return {**row, "category": position.instrument.category, "entryPrice": "0" if flat else _entry(position)}


def _entry(position: Position) -> str:
    return plain(position.entry_price) if position.size or position.created_ms else ""


def _position_common(venue: Venue, position: Position, no_price: str, headroom: Decimal | None) -> Row:
    i, known = position.instrument, bool(position.created_ms)
    mark = venue.mark(i.symbol)
    flat = not position.size
    cross = venue.is_cross
    liquidation = venue.liquidation_price(position, headroom)
    break_even = margin.break_even(position)
    initial = plain(margin.initial_margin(position, mark, cross=cross))
    maintenance = plain(margin.maintenance_margin(position, mark, cross=cross))
    tier = i.tier_for(margin.tier_value(i, position.size, mark))
    return {
        "positionIdx": position.idx,
        "riskId": tier.tier_id,
        "riskLimitValue": plain(tier.limit),
        "symbol": i.symbol,
        "side": position.side,
        "size": i.qty_text(position.size),
        "positionValue": "" if flat else plain(position.entry_value),
        "tradeMode": 0,
        "autoAddMargin": 0,
        "positionStatus": position.status if known else "",
        "leverage": plain(position.leverage),
        "markPrice": i.price_text(mark) if known else "",
        "liqPrice": i.price_text(liquidation) if liquidation else "",
        "bustPrice": "",
        "positionIM": initial,
        "positionMM": maintenance,
        "positionIMByMp": initial,
        "positionMMByMp": maintenance,
        "positionBalance": initial,
        "tpslMode": "Full" if known else "",
        **_stop_prices(venue, position, no_price),
        "unrealisedPnl": "" if flat else plain(position.unrealised(mark)),
        "curRealisedPnl": plain(position.realised),
        "cumRealisedPnl": plain(position.realised_ever),
        "sessionAvgPrice": "",
        "breakEvenPrice": i.price_text(_on_tick(break_even, i)) if break_even else "",
        "adlRankIndicator": 0 if flat else _adl_rank(position, mark),
        "isReduceOnly": False,
        "createdTime": str(position.created_ms) if known else "",
        "openTime": 0 if flat else position.opened_ms,
        "updatedTime": str(position.updated_ms) if known else "",
        "seq": position.seq,
        "mmrSysUpdatedTime": "",
        "leverageSysUpdatedTime": "",
    }


def _on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    return floor_to(price, instrument.tick)


def _stop_prices(venue: Venue, position: Position, no_price: str) -> dict[str, str]:
    """The Full-mode TP, SL and trailing distance of a position; partial ones are only orders."""
    found = {"takeProfit": no_price, "stopLoss": no_price, "trailingStop": no_price}
    i = position.instrument
    for child in venue.shelf.stops_of(i.symbol, position.idx):
        if child.stop_order_type == "TakeProfit":
            found["takeProfit"] = i.price_text(child.trigger_price)
        elif child.stop_order_type == "StopLoss":
            found["stopLoss"] = i.price_text(child.trigger_price)
        elif child.stop_order_type == "TrailingStop":
            found["trailingStop"] = i.price_text(child.trail_distance)
    return found


def _adl_rank(position: Position, mark: Decimal) -> int:
    """1 (last in the queue) … 5 (first), by return on margin: a model."""
    share = position.unrealised(mark) * position.leverage / position.entry_value
    return max(1, min(5, 2 + int(share * 2)))


def wallet_row(venue: Venue) -> Row:
    """``wallet-balance`` list[0] and the ``wallet`` topic; isolated accounts have no account-wide margin."""
    totals = venue.totals()
    coins = [_coin_row(venue, coin) for coin in venue.ledger.coins]
    row: Row = {
        "accountType": "UNIFIED",
        "accountLTV": "",
        "totalEquity": plain(totals.equity),
        "totalWalletBalance": plain(totals.wallet),
        "totalPerpUPL": plain(totals.unrealised),
    }
    margin_fields = {
        "accountIMRate": _rate(totals.initial, totals.margin_balance),
        "accountMMRate": _rate(totals.maintenance, totals.margin_balance),
        "totalMarginBalance": plain(totals.margin_balance),
        "totalAvailableBalance": plain(totals.available),
        "totalInitialMargin": plain(totals.initial),
        "totalMaintenanceMargin": plain(totals.maintenance),
    }
    for name, value in margin_fields.items():
        row[name] = value if venue.is_cross else ""
        if name in {"accountIMRate", "accountMMRate", "totalInitialMargin", "totalMaintenanceMargin"}:
            row[f"{name}ByMp"] = row[name]
    row["coin"] = coins
    return row


def _rate(part: Decimal, whole: Decimal) -> str:
    return plain(cut(part / whole, 4)) if whole > 0 else "0"


def _coin_row(venue: Venue, coin: str) -> Row:
    state = venue.ledger.coins[coin]
    order_im, position_im, position_mm, unrealised = venue.coin_margins(coin)
    equity = state.balance + unrealised
    return {
        "coin": coin,
        "equity": plain(equity),
        "usdValue": plain((equity * venue.usd(coin)).quantize(Decimal("1E-8"))),
        "walletBalance": plain(state.balance),
        "locked": "0",
        "spotHedgingQty": "0",
        "borrowAmount": "0",
        "spotBorrow": "0",
        "accruedInterest": "0",
        "totalOrderIM": plain(order_im),
        "totalPositionIM": plain(position_im),
        "totalPositionMM": plain(position_mm),
        "unrealisedPnl": plain(unrealised),
        "cumRealisedPnl": plain(state.realised),
        "bonus": "0",
        "marginCollateral": True,
        "collateralSwitch": True,
        "colRes": "0",
        "free": "",
        "availableToWithdraw": "",
        "availableToBorrow": "",
    }


def instrument_row(i: Instrument) -> Row:
    """A row of ``instruments-info``."""
    return {
        "symbol": i.symbol,
        "symbolId": i.symbol_id,
        "contractType": "InversePerpetual" if i.inverse else "LinearPerpetual",
        "status": i.status,
        "baseCoin": i.base,
        "quoteCoin": i.quote,
        "settleCoin": i.settle,
        "symbolType": "",
        "launchTime": str(LAUNCH_MS),
        "deliveryTime": str(i.delivery_ms),
        "deliveryFeeRate": "",
        "priceScale": str(i.price_scale),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": plain(i.max_leverage), "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": i.price_text(i.min_price),
            "maxPrice": i.price_text(i.max_price),
            "tickSize": format(i.tick, "f"),
        },
        "lotSizeFilter": {
            "maxOrderQty": plain(i.max_qty),
            "minOrderQty": plain(i.min_qty),
            "qtyStep": plain(i.step),
            "postOnlyMaxOrderQty": plain(i.max_qty),
            "maxMktOrderQty": plain(i.max_market_qty),
            "minNotionalValue": plain(i.min_notional),
        },
        "unifiedMarginTrade": True,
        "fundingInterval": i.funding_minutes,
        "copyTrading": "none",
        "upperFundingRate": "0.005",
        "lowerFundingRate": "-0.005",
        "displayName": "",
        "forbidUplWithdrawal": False,
        "riskParameters": {
            "priceLimitRatioX": plain(i.protection_ratio),
            "priceLimitRatioY": plain(i.price_limit_ratio),
        },
        "isPreListing": False,
        "preListingInfo": None,
    }


def risk_limit_rows(i: Instrument) -> list[Row]:
    """The risk ladder of one symbol."""
    return [
        {
            "id": tier.tier_id,
            "symbol": i.symbol,
            "riskLimitValue": plain(tier.limit),
            "maintenanceMargin": plain(tier.maintenance_rate),
            "initialMargin": plain(tier.initial_rate),
            "isLowestRisk": 1 if number == 0 else 0,
            "maxLeverage": format(tier.max_leverage, ".2f"),
            "mmDeduction": plain(tier.deduction) if number else "",
        }
        for number, tier in enumerate(i.tiers)
    ]
