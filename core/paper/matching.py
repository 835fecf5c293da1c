"""Orders meet the synthetic book: fills, triggers, and what a changed position does to the orders that depend on it.

Validation happened before (``requests``); here orders only fill, rest, shrink or end.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from core.paper import depth
from core.paper.endings import Endings
from core.paper.figures import ONE, ZERO, ceil_to, floor_to
from core.paper.ledger import Execution, Fill, Position
from core.paper.market import Quote
from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.venue import Venue


class Matching:
    """The matching engine of one venue.

    Args:
        on_fill: called after an order's fills were booked (order, quantity), for TP/SL attached to it.
    """

    def __init__(
        self, venue: Venue, outbox: Outbox, endings: Endings, on_fill: Callable[[Order, Decimal], None]
    ) -> None:
        self._venue = venue
        self._outbox = outbox
        self._endings = endings
        self._on_fill = on_fill

    # arriving

    def place(self, order: Order) -> None:
        """Take a validated order: reject it after all, hold it back, let it wait for its trigger, or work it."""
        venue = self._venue
        venue.shelf.add(order)
        if venue.rejections:
            order.reject_reason = venue.rejections.pop(0)
            self._endings.end(order, "Rejected")
        elif order.is_conditional:
            self._outbox.say_order(order)
        elif venue.holding:
            venue.held.append(order)
            self._outbox.say_order(order)
        else:
            self.work(order)

    def work(self, order: Order) -> None:
        """Let an arriving order take what the book offers; the rest rests or ends."""
        quote = self._venue.market.quote(order.symbol)
        if not self._fit_to_position(order):
            return
        if order.order_type == "Market":
            order.price = protection_price(order, quote)
        fills = self._takes(order, quote)
        offered = sum((qty for _, qty in fills), ZERO)
        if order.time_in_force == "PostOnly" and fills:
            self._endings.end(order, "Cancelled", reason="EC_PostOnlyWillTakeLiquidity")
        elif order.time_in_force == "FOK" and offered < order.leaves:
            self._endings.end(order, "Cancelled", reason="EC_CancelForNoFullFill")
        else:
            self._finish(order, self._book(order, fills, quote, is_maker=False))

    def _fit_to_position(self, order: Order) -> bool:
        """Cut a closing order to what can be closed; ends it and gives False when that is nothing."""
        if not order.closes_only:
            return True
        room = self._venue.position(order.symbol, order.position_idx).closable(order.side)
        if not room:
            self._endings.end(order, "Cancelled", cancel_type="CancelByReduceOnly")
            return False
        if order.leaves > room:
            order.leaves = room
            order.qty = order.filled + room
        return True

    def _takes(self, order: Order, quote: Quote) -> list[tuple[Decimal, Decimal]]:
        """The levels an order reaches: (price, quantity), best first."""
        best = quote.ask if order.side == "Buy" else quote.bid
        found: list[tuple[Decimal, Decimal]] = []
        wanted = order.leaves
        for price, size in depth.levels(order.instrument, order.side, best, quote.key):
            if not wanted or _beyond(order, price):
                break
            qty = min(size, wanted)
            found.append((price, qty))
            wanted -= qty
        return found

    def _book(
        self, order: Order, fills: list[tuple[Decimal, Decimal]], quote: Quote, *, is_maker: bool
    ) -> list[Execution]:
        venue, instrument = self._venue, order.instrument
        if not fills:
            return []
        position = venue.position(order.symbol, order.position_idx)
        rate = instrument.maker_fee if is_maker else instrument.taker_fee
        seq = venue.ledger.next_seq()
        done = []
        for price, qty in fills:
            now, mark, index = venue.now_ms, quote.mark, quote.index_price
            fill = Fill(venue.new_id(), price, qty, rate, is_maker, now, mark, index)
            done.append(venue.ledger.execute(position, order, fill, seq))
        order.updated_ms = venue.now_ms
        self._outbox.change(position)
        return done

    def _finish(self, order: Order, done: list[Execution]) -> None:
        """Give the order its status, tell the streams, and let attached TP/SL follow."""
        immediate = order.order_type == "Market" or order.time_in_force in {"IOC", "FOK"}
        if not order.leaves:
            self._endings.end(order, "Filled")
        elif immediate:
            self._endings.end(order, "Cancelled", reason="EC_NoImmediateQtyToFill")  # so on a recorded partial fill too
        else:
            order.status = "PartiallyFilled" if order.filled else "New"
            self._outbox.say_order(order)
        if done:
            self._outbox.say_executions(done)
            self._on_fill(order, sum((execution.qty for execution in done), ZERO))

    # the market moves

    def step(self, symbol: str) -> None:
        """Look at one symbol's waiting and resting orders after its prices changed."""
        if self._venue.holding:
            return
        quote = self._venue.market.quote(symbol)
        for order in self._venue.shelf.open_of(symbol):
            if not order.is_open:
                continue  # an earlier one of this walk ended it
            if order.is_conditional:
                if is_triggered(order, quote):
                    self.trigger(order)
                    self.settle_down()
            elif order.price and not _beyond(order, quote.ask if order.side == "Buy" else quote.bid):
                self._fill_resting(order, quote)
                self.settle_down()

    def _fill_resting(self, order: Order, quote: Quote) -> None:
        """The market came to a resting order: it fills at its own price, as maker, as far as the book reaches."""
        if self._fit_to_position(order):
            offered = sum((qty for _, qty in self._takes(order, quote)), ZERO)
            self._finish(order, self._book(order, [(order.price, offered)], quote, is_maker=True))

    def trigger(self, order: Order) -> None:
        """Untriggered → Triggered → worked; the other leg of a bound pair goes."""
        venue = self._venue
        order.status, order.updated_ms = "Triggered", venue.now_ms
        self._outbox.say_order(order)
        if order.pair is not None:
            self._endings.drop(order.pair, "CancelByTpSlTsClear")
        order.status = "New"
        if order.stop_order_type == "Stop":
            order.create_type = "CreateByStopOrder"  # recorded on the executions of a fired conditional order
        if not order.closes_only and venue.order_margin(order) > venue.available(order.instrument.settle):
            self._endings.end(order, "Rejected", reason="EC_NoEnoughQtyToFill")
        else:
            self.work(order)

    def release(self) -> None:
        """Stop holding fills: every held order that is still open is worked, oldest first."""
        self._venue.holding = False
        held, self._venue.held = self._venue.held, []
        for order in held:
            if order.is_open:
                self.work(order)
                self.settle_down()

    # a position changed

    def settle_down(self) -> None:
        """Resize, shrink and clear the orders that depend on changed positions, until nothing changes any more."""
        while changed := self._outbox.take_changed():
            for position in changed:
                self._clear_stops(position)
                self._fit_stops(position)
                self._fit_reducers(position)

    def _clear_stops(self, position: Position) -> None:
        """Without a position, or with one that turned round, its TP/SL and trailing stop go."""
        for child in self._venue.shelf.stops_of(position.instrument.symbol, position.idx):
            if not position.size or child.side == position.side:
                self._endings.drop(child, "CancelByTpSlTsClear")

    def _fit_stops(self, position: Position) -> None:
        """Full-mode children are as big as the position; partial ones at most as big."""
        for child in self._venue.shelf.stops_of(position.instrument.symbol, position.idx):
            whole = child.tpsl_mode == "Full" and child.is_conditional
            if (whole and child.leaves != position.size) or child.leaves > position.size:
                self._resize(child, position.size)

    def _fit_reducers(self, position: Position) -> None:
        """Resting closing orders never exceed the position."""
        for order in self._venue.shelf.open_of(position.instrument.symbol):
            if order.position_idx != position.idx or order.is_conditional or order.is_position_stop:
                continue
            if not order.closes_only or order in self._venue.held:
                continue
            room = position.closable(order.side)
            if not room:
                self._endings.end(order, "Cancelled", cancel_type="CancelByReduceOnly")
            elif order.leaves > room:
                self._resize(order, room)

    def _resize(self, order: Order, leaves: Decimal) -> None:
        order.leaves = leaves
        order.qty = order.filled + leaves
        order.updated_ms = self._venue.now_ms
        self._outbox.say_order(order)


def _beyond(order: Order, price: Decimal) -> bool:
    """The price is worse than the order accepts."""
    return price > order.price if order.side == "Buy" else price < order.price


def protection_price(order: Order, quote: Quote) -> Decimal:
    """The bound of a market order: the tolerance it asked for, else the instrument's (V5_FACTS 6.17)."""
    instrument = order.instrument
    best, sign = (quote.ask, 1) if order.side == "Buy" else (quote.bid, -1)
    if order.slippage_type == "TickSize":
        bound = best + sign * instrument.tick * Decimal(order.slippage)
    elif order.slippage_type == "Percent":
        bound = best * (ONE + sign * Decimal(order.slippage) / 100)
    else:
        bound = best * (ONE + sign * instrument.protection_ratio)
    bound = floor_to(bound, instrument.tick) if sign > 0 else ceil_to(bound, instrument.tick)
    return max(instrument.tick, bound)


def is_triggered(order: Order, quote: Quote) -> bool:
    """The watched price has reached the trigger; a trailing stop first follows the market."""
    price = quote.by(order.trigger_by)
    if order.stop_order_type == "TrailingStop":
        return _trail(order, price)
    return price >= order.trigger_price if order.trigger_direction == 1 else price <= order.trigger_price


def _trail(order: Order, price: Decimal) -> bool:
    """Arm, follow, or fire a trailing stop; its trigger price is the activation price until it is armed."""
    falling = order.side == "Sell"  # it protects a long: follows highs, fires on the way down
    if not order.trail_best:
        if (price < order.trigger_price) if falling else (price > order.trigger_price):
            return False
        order.trail_best = price
    order.trail_best = max(order.trail_best, price) if falling else min(order.trail_best, price)
    distance = -order.trail_distance if falling else order.trail_distance
    order.trigger_price = order.trail_best + distance
    return price <= order.trigger_price if falling else price >= order.trigger_price
