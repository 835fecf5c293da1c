"""What the exchange does to positions by itself: funding, liquidation in steps, takeover, ADL, settlement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.paper import margin
from core.paper.endings import Endings
from core.paper.figures import ZERO, floor_to, round_to
from core.paper.instruments import Instrument
from core.paper.ledger import Execution, Fill, Position
from core.paper.matching import Matching
from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.venue import Venue


class Risk:
    """The exchange's own hand on the account."""

    def __init__(self, venue: Venue, outbox: Outbox, endings: Endings, matching: Matching) -> None:
        self._venue = venue
        self._outbox = outbox
        self._endings = endings
        self._matching = matching

    # funding

    def fund(self, before_ms: int, now_ms: int) -> None:
        """Settle funding of every position whose settlement time lies in (before, now]."""
        for position in self._venue.ledger.open_positions():
            width = position.instrument.funding_minutes * 60_000
            if now_ms // width != before_ms // width:
                self.fund_position(position, now_ms // width * width)

    def fund_position(self, position: Position, due_ms: int) -> Execution:
        """Book one payment at the mark price of the moment."""
        venue, symbol = self._venue, position.instrument.symbol
        quote = venue.market.quote(symbol)
        rate = venue.market.funding_rate(symbol, due_ms)
        pseudo = Order(venue.new_id(), position.instrument, position.side, "Market", ZERO, due_ms)
        fill = Fill(
            venue.new_id(), quote.mark, position.size, rate, False, due_ms, quote.mark, quote.index_price, "Funding"
        )
        execution = venue.ledger.fund(position, pseudo, fill, venue.ledger.next_seq())
        self._outbox.say_executions([execution])
        self._outbox.touch(position)
        self._outbox.move_money()
        return execution

    # liquidation

    def check(self, position: Position) -> None:
        """Isolated margin: take the next step of a liquidation when the mark has passed the price."""
        mark = self._venue.mark(position.instrument.symbol)
        if (mark - position.entry_price) * position.sign >= 0 and position.status == "Normal":
            return
        price = margin.liquidation_price(position, mark, None)
        if price is not None and (mark - price) * position.sign <= 0:
            self.liquidate(position)
        elif position.status == "Liq":
            position.status = "Normal"  # the reduced rest is safe again
            self._outbox.touch(position)

    def check_cross(self) -> None:
        """Cross margin: when the account is below its maintenance margin, the largest loser goes."""
        venue = self._venue
        positions = venue.ledger.open_positions()
        if not positions:
            return
        totals = venue.totals()
        if totals.margin_balance > totals.maintenance:
            return

        def pnl(position: Position) -> Decimal:
            return position.unrealised(venue.mark(position.instrument.symbol)) * venue.usd(position.instrument.settle)

        self.liquidate(min(positions, key=pnl))

    def liquidate(self, position: Position) -> None:
        """First step: orders go and half of a position above the smallest tier is closed; second step: takeover."""
        venue, i = self._venue, position.instrument
        mark = venue.mark(i.symbol)
        self._cancel_orders(position, "CancelAllBeforeLiq")
        large = margin.tier_value(i, position.size, mark) > i.tiers[0].limit
        half = floor_to(position.size / 2, i.step)
        if position.status == "Normal" and large and half:
            position.status = "Liq"
            self.force(position, half, mark, "BustTrade", "CreateByLiq")
            return
        position.status = "Liq"
        bust = margin.bust_price(i, position.side, position.entry_price, position.leverage)
        bust = max(i.tick, round_to(bust, i.tick)) if not venue.is_cross else mark
        self.force(position, position.size, bust, "BustTrade", "CreateByTakeOver_PassThrough")

    def deleverage(self, position: Position, qty: Decimal) -> None:
        """Auto-deleveraging: an opposite trader's bankruptcy takes a part of this position at the mark price."""
        self._cancel_orders(position, "CancelAllBeforeAdl", only_resting=True)
        mark = self._venue.mark(position.instrument.symbol)
        self.force(position, min(qty, position.size), mark, "AdlTrade", "CreateByAdl_PassThrough")

    def settle(self, instrument: Instrument, price: Decimal) -> None:
        """Delist: every order and position of the symbol ends at the settlement price, without an order of its own."""
        venue = self._venue
        for order in venue.shelf.open_of(instrument.symbol):
            if order.is_open:
                self._endings.drop(order, "CancelBySettle")
        for position in venue.positions_of(instrument.symbol):
            if position.size:
                self.force(position, position.size, price, "Settle", "CreateBySettle", keep_order=False)
        venue.replace(replace(instrument, status="Closed", delivery_ms=venue.now_ms))

    def force(
        self,
        position: Position,
        qty: Decimal,
        price: Decimal,
        exec_type: str,
        create_type: str,
        *,
        keep_order: bool = True,
    ) -> None:
        """Close a part of a position by the exchange's own order."""
        venue, i = self._venue, position.instrument
        side = "Sell" if position.side == "Buy" else "Buy"
        order = Order(
            venue.new_id(), i, side, "Market", qty, venue.now_ms, price=price, time_in_force="IOC",
            position_idx=position.idx, reduce_only=True, create_type=create_type,
        )  # fmt: skip
        quote = venue.market.quote(i.symbol)
        rate = ZERO if exec_type in {"Settle", "AdlTrade"} else i.taker_fee
        fill = Fill(
            venue.new_id(), price, qty, rate, False, venue.now_ms, quote.mark, quote.index_price, exec_type
        )  # fmt: skip
        if keep_order:
            venue.shelf.add(order)
        execution = venue.ledger.execute(position, order, fill, venue.ledger.next_seq())
        self._outbox.change(position)
        if keep_order:
            self._endings.end(order, "Filled")
        self._outbox.say_executions([execution])
        self._matching.settle_down()

    def _cancel_orders(self, position: Position, cancel_type: str, *, only_resting: bool = False) -> None:
        for order in self._venue.shelf.open_of(position.instrument.symbol):
            if order.position_idx == position.idx and order.is_open and not (only_resting and order.is_conditional):
                self._endings.drop(order, cancel_type)
