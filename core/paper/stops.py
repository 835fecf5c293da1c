"""TP, SL and trailing stop of a position: the trading-stop command, and the child orders that carry it out.

Full mode: at most one TP, one SL and one trailing stop, as big as the position. Partial mode: up to twenty pairs of a
fixed size, whose legs cancel each other until one of them is changed alone.
"""

from __future__ import annotations

from decimal import Decimal

from core.paper.endings import Endings
from core.paper.figures import ZERO, round_to
from core.paper.ledger import Position
from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.refusals import Refused, bad, not_modified, wrong_side_stop
from core.paper.requests import TRIGGERS, Body, check_stop_sides, given, read_number, read_price, read_word
from core.paper.venue import Venue

MOST_PARTIAL = 20
PAIRS_NEEDED = (
    '"tpSize" and "takeProfit" or "slSize" and "stopLoss" need to input in pairs and must set at least one pair when '
    "tpslMode is Partial."
)
FULL = {"TakeProfit": "CreateByTakeProfit", "StopLoss": "CreateByStopLoss", "TrailingStop": "CreateByTrailingStop"}


class Stops:
    """Sets and keeps the child orders of trading stops."""

    def __init__(self, venue: Venue, outbox: Outbox, endings: Endings) -> None:
        self._venue = venue
        self._outbox = outbox
        self._endings = endings

    def set_trading_stop(self, raw: Body) -> None:
        """Carry out ``position/trading-stop``.

        Raises:
            Refused: with the texts of V5_FACTS 6.15.
        """
        body = given(raw)
        venue = self._venue
        instrument = venue.instrument(body.get("symbol"), body.get("category", "linear"))
        position = venue.position(instrument.symbol, venue.check_idx(instrument.symbol, body.get("positionIdx", 0)))
        if not position.size:
            raise bad("can not set tp/sl/ts for zero position")
        _check_mode(body)
        if body.get("tpslMode") == "Partial":
            self._add_pair(position, body)
        else:
            self._set_full(position, body)

    # full

    def _set_full(self, position: Position, body: Body) -> None:
        instrument = position.instrument
        wanted: dict[str, tuple[Decimal, str]] = {}
        for key, kind, by in (
            ("takeProfit", "TakeProfit", "tpTriggerBy"),
            ("stopLoss", "StopLoss", "slTriggerBy"),
        ):
            child = self._child(position, kind)
            trigger_by = read_word(body, by, TRIGGERS, child.trigger_by if child else "LastPrice")
            if key in body:
                wanted[kind] = (read_price(body, key, instrument), trigger_by)
            elif child is not None and by in body:
                wanted[kind] = (child.trigger_price, trigger_by)
        self._check_sides(position, wanted)
        trailing = self._read_trailing(position, body)
        changed = [self._set_leg(position, kind, price, by) for kind, (price, by) in wanted.items()]
        if trailing is not None:
            changed.append(self._set_trailing(position, *trailing))
        if not any(changed):
            raise not_modified()

    def _check_sides(self, position: Position, wanted: dict[str, tuple[Decimal, str]]) -> None:
        quote = self._venue.market.quote(position.instrument.symbol)
        take_profit, tp_by = wanted.get("TakeProfit", (ZERO, "LastPrice"))
        stop_loss, sl_by = wanted.get("StopLoss", (ZERO, "LastPrice"))
        bases = quote.by(tp_by), quote.by(sl_by)
        check_stop_sides(take_profit, stop_loss, position.side, bases, (tp_by, sl_by), position.instrument)

    def _read_trailing(self, position: Position, body: Body) -> tuple[Decimal, Decimal] | None:
        """Distance (rounded to the tick) and activation price; None when the request does not speak of trailing."""
        if "trailingStop" not in body and "activePrice" not in body:
            return None
        instrument, child = position.instrument, self._child(position, "TrailingStop")
        distance = round_to(read_number(body, "trailingStop", "trailingStop"), instrument.tick)
        if "trailingStop" not in body:
            if child is None:
                raise bad("trailingStop invalid")
            distance = child.trail_distance
        active = read_price(body, "activePrice", instrument)
        last = self._venue.market.quote(instrument.symbol).last
        if distance >= last:
            raise bad("trailingStop invalid")
        if active and distance and (active <= last if position.side == "Buy" else active >= last):
            raise wrong_side_stop("TakeProfit", active, last, position.side, "LastPrice", instrument)
        return distance, active

    def _set_leg(self, position: Position, kind: str, price: Decimal, trigger_by: str) -> bool:
        """Make, move or remove the full-mode TP or SL; False when nothing changes."""
        child = self._child(position, kind)
        if not price:
            if child is None:
                return False
            self._endings.drop(child, "CancelByUser")
            return True
        if child is None:
            self._make(position, kind, position.size, price, trigger_by)
            return True
        if (child.trigger_price, child.trigger_by) == (price, trigger_by):
            return False
        child.trigger_price, child.trigger_by, child.updated_ms = price, trigger_by, self._venue.now_ms
        self._outbox.say_order(child)
        return True

    def _set_trailing(self, position: Position, distance: Decimal, active: Decimal) -> bool:
        child = self._child(position, "TrailingStop")
        if not distance:
            if child is None:
                return False
            self._endings.drop(child, "CancelByUser")
            return True
        if child is not None and child.trail_distance == distance and not active:
            return False
        if child is None:
            child = self._new_child(position, "TrailingStop", position.size, "LastPrice", rising=False)
            self._venue.shelf.add(child)
        last = self._venue.market.quote(position.instrument.symbol).last
        child.trail_distance = distance
        child.trail_best = ZERO if active else last
        child.trigger_price = active or last - position.sign * distance
        child.updated_ms = self._venue.now_ms
        self._outbox.say_order(child)
        return True

    def _child(self, position: Position, kind: str) -> Order | None:
        for child in self._venue.shelf.stops_of(position.instrument.symbol, position.idx):
            if child.stop_order_type == kind and child.is_conditional:
                return child
        return None

    # partial

    def _add_pair(self, position: Position, body: Body) -> None:
        """Add one TP, one SL, or both bound to each other; earlier ones stay."""
        instrument = position.instrument
        prices = read_price(body, "takeProfit", instrument), read_price(body, "stopLoss", instrument)
        sizes = read_number(body, "tpSize", "tpSize"), read_number(body, "slSize", "slSize")
        pairs = (("takeProfit", "tpSize"), ("stopLoss", "slSize"))
        if any((price in body) is not (size in body) for price, size in pairs) or not any(prices):
            raise bad(PAIRS_NEEDED)
        if all(sizes) and sizes[0] != sizes[1]:
            raise bad("slSize and tpSize must be equal if both values are set")
        size = max(sizes)  # a leg with price "0" is left out; its size may still be given
        if size % instrument.step or size < instrument.min_qty or size > position.size:
            raise bad("tpSize or slSize invalid")
        tp_by = read_word(body, "tpTriggerBy", TRIGGERS, "LastPrice")
        sl_by = read_word(body, "slTriggerBy", TRIGGERS, "LastPrice")
        self._check_sides(position, {"TakeProfit": (prices[0], tp_by), "StopLoss": (prices[1], sl_by)})
        limits = _leg_limit(body, "tp", position), _leg_limit(body, "sl", position)
        if self._count_pairs(position) >= MOST_PARTIAL:
            raise Refused(110061, "You can have up to 20 TP/SL orders")
        self._make_pair(position, size, (prices[0], tp_by, limits[0]), (prices[1], sl_by, limits[1]), "")

    def _count_pairs(self, position: Position) -> int:
        """Entries of the partial list: a bound pair counts once."""
        legs = [
            child
            for child in self._venue.shelf.stops_of(position.instrument.symbol, position.idx)
            if child.stop_order_type.startswith("Partial")
        ]
        return len(legs) - sum(leg.pair is not None for leg in legs) // 2

    def _make_pair(
        self,
        position: Position,
        size: Decimal,
        profit: tuple[Decimal, str, Decimal],
        loss: tuple[Decimal, str, Decimal],
        parent: str,
    ) -> list[Order]:
        made = [
            self._make(position, kind, size, price, trigger_by, limit=limit, parent=parent)
            for kind, (price, trigger_by, limit) in (("PartialTakeProfit", profit), ("PartialStopLoss", loss))
            if price
        ]
        if len(made) == 2:
            made[0].pair, made[1].pair = made[1], made[0]
        return made

    def _make(
        self,
        position: Position,
        kind: str,
        size: Decimal,
        price: Decimal,
        trigger_by: str,
        *,
        limit: Decimal = ZERO,
        parent: str = "",
    ) -> Order:
        child = self._new_child(position, kind, size, trigger_by, rising=kind.endswith("TakeProfit"))
        child.trigger_price, child.parent_link_id = price, parent
        if limit:
            child.order_type, child.price, child.time_in_force = "Limit", limit, "GTC"
        self._venue.shelf.add(child)
        self._outbox.say_order(child)
        return child

    def _new_child(self, position: Position, kind: str, size: Decimal, trigger_by: str, *, rising: bool) -> Order:
        """``rising``: triggered in the favourable direction of a long."""
        long = position.side == "Buy"
        return Order(
            self._venue.new_id(),
            position.instrument,
            "Sell" if long else "Buy",
            "Market",
            size,
            self._venue.now_ms,
            time_in_force="IOC",
            position_idx=position.idx,
            reduce_only=True,
            close_on_trigger=True,
            status="Untriggered",
            create_type=f"CreateBy{kind}",
            stop_order_type=kind,
            trigger_direction=1 if rising is long else 2,
            trigger_by=trigger_by,
            tpsl_mode="Partial" if kind.startswith("Partial") else "Full",
            last_on_create=self._venue.market.quote(position.instrument.symbol).last,
        )

    # stops that come with an order

    def attach(self, order: Order, qty: Decimal) -> None:
        """An order with TP/SL filled by ``qty``: set them on the position it opened."""
        if not order.take_profit and not order.stop_loss:
            return
        position = self._venue.position(order.symbol, order.position_idx)
        if position.side != order.side:
            return
        if order.tpsl_mode != "Partial":
            for kind, price, by in (
                ("TakeProfit", order.take_profit, order.tp_trigger_by),
                ("StopLoss", order.stop_loss, order.sl_trigger_by),
            ):
                if price:
                    self._set_leg(position, kind, price, by)
            return
        growing = [child for child in order.children if child.is_conditional]
        for child in growing:
            child.qty += qty
            child.leaves += qty
            self._outbox.say_order(child)
        if not growing:
            order.children = self._make_pair(
                position,
                qty,
                (order.take_profit, order.tp_trigger_by, order.tp_limit_price),
                (order.stop_loss, order.sl_trigger_by, order.sl_limit_price),
                order.link_id,
            )


def _check_mode(body: Body) -> None:
    """The rules between tpslMode, order types and sizes."""
    mode = body.get("tpslMode")
    if mode not in {None, "Full", "Partial"}:
        raise bad("tpSlMode invalid")
    for name in ("slOrderType", "tpOrderType"):
        kind = read_word(body, name, ("Market", "Limit"), "Market")
        if name in body and mode is None:
            raise bad(f"{name} can not have a value when tpSlMode is empty")
        if kind == "Limit" and mode != "Partial":
            raise bad(f"{name} only support Market when tpSlMode is Full")
    sizes = read_number(body, "tpSize", "tpSize"), read_number(body, "slSize", "slSize")
    if mode != "Partial" and all(sizes) and sizes[0] != sizes[1]:
        raise bad("slSize and tpSize must be equal if both values are set when tpslMode is Full")


def _leg_limit(body: Body, leg: str, position: Position) -> Decimal:
    """The price of a limit leg, zero for a market leg."""
    if body.get(f"{leg}OrderType") != "Limit":
        return ZERO
    price = read_price(body, f"{leg}LimitPrice", position.instrument)
    if not price:
        raise bad(f"{leg}LimitPrice invalid")
    return price
