"""The state that the parts of the engine share: clock, market, ledger, orders and settings, and figures made of them.

It decides nothing; ``commands``, ``matching``, ``stops`` and ``risk`` do.
"""

from __future__ import annotations

import random
import uuid
from decimal import Decimal
from typing import NamedTuple

from core.paper import margin
from core.paper.figures import ONE, ZERO, money
from core.paper.instruments import Instrument
from core.paper.ledger import Ledger, Position
from core.paper.market import Market
from core.paper.orders import Order, OrderShelf
from core.paper.refusals import bad, wrong_idx

DEFAULT_LEVERAGE = Decimal(10)
HEDGE_IDX = {1: "Buy", 2: "Sell"}
CROSS, ISOLATED = "REGULAR_MARGIN", "ISOLATED_MARGIN"


class Totals(NamedTuple):
    """Account figures in USD."""

    equity: Decimal
    wallet: Decimal
    unrealised: Decimal
    initial: Decimal
    maintenance: Decimal

    @property
    def margin_balance(self) -> Decimal:
        """What positions are margined by."""
        return self.wallet + self.unrealised

    @property
    def available(self) -> Decimal:
        """What new positions may use."""
        return max(ZERO, self.margin_balance - self.initial)


class Venue:
    """One account at one exchange."""

    def __init__(self, market: Market, seed: int, start_ms: int) -> None:
        self.market = market
        self.ledger = Ledger()
        self.shelf = OrderShelf()
        self.now_ms = start_ms
        self.margin_mode = ISOLATED
        self.margin_mode_ms = start_ms
        self.hedged: dict[str, bool] = {}
        self.held: list[Order] = []  # accepted orders that wait, because fills are held
        self.holding = False
        self.rejections: list[str] = []  # reasons for which the next accepted orders are rejected after all
        self.delays_ms: list[int] = []  # the next accepted orders reach the market so much later
        self.late: list[tuple[int, Order]] = []  # accepted, not yet at the market, and in no list
        self._leverage: dict[tuple[str, str], Decimal] = {}
        self._ids = random.Random(f"{seed}:ids")  # noqa: S311 - reproducible ids are the point

    # lookups

    def instrument(self, symbol: object, category: object = None) -> Instrument:
        """A listed instrument, or Bybit's refusal."""
        if category is not None and category not in {"linear", "inverse"}:
            raise bad("Illegal category")
        found = self.market.instruments.get(symbol) if isinstance(symbol, str) else None
        if found is None or (category is not None and found.category != category):
            raise bad("Not supported symbols")
        return found

    def position(self, symbol: str, idx: int) -> Position:
        """The position of a key; a flat one is made when it was never asked for."""
        position = self.ledger.positions.get((symbol, idx))
        if position is None:
            side = HEDGE_IDX.get(idx, "Buy")
            position = Position(self.market.instruments[symbol], idx, self.leverage(symbol, side))
            self.ledger.positions[symbol, idx] = position
        return position

    def positions_of(self, symbol: str) -> list[Position]:
        """One row in one-way mode, two in hedge mode."""
        return [self.position(symbol, idx) for idx in ((1, 2) if self.hedged.get(symbol) else (0,))]

    def check_idx(self, symbol: str, idx: object) -> int:
        """The position index of a request; a missing one means one-way."""
        value = int(idx) if isinstance(idx, (int, str)) and str(idx) in {"0", "1", "2"} else -1 if idx else 0
        if (value in HEDGE_IDX) is not bool(self.hedged.get(symbol)) or value < 0:
            raise wrong_idx()
        return value

    def replace(self, instrument: Instrument) -> None:
        """Put changed filters or a changed status into force, for what is held and ordered too."""
        self.market.replace(instrument)
        for position in self.ledger.positions.values():
            if position.instrument.symbol == instrument.symbol:
                position.instrument = instrument
        for order in self.shelf.open_of(instrument.symbol):
            order.instrument = instrument

    def leverage(self, symbol: str, side: str) -> Decimal:
        """Leverage of new positions on one side."""
        most = self.market.instruments[symbol].max_leverage
        return self._leverage.get((symbol, side), min(DEFAULT_LEVERAGE, most))

    def set_leverage(self, symbol: str, buy: Decimal, sell: Decimal) -> None:
        """Set both sides; open positions follow."""
        self._leverage[symbol, "Buy"], self._leverage[symbol, "Sell"] = buy, sell
        for position in self.positions_of(symbol):
            side = HEDGE_IDX.get(position.idx) or position.side or "Buy"
            position.leverage = self.leverage(symbol, side)
            position.updated_ms = self.now_ms

    def new_id(self) -> str:
        """A reproducible UUID for an order, an execution or a frame."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    @property
    def is_cross(self) -> bool:
        """Whether all positions share the account's margin."""
        return self.margin_mode == CROSS

    def mark(self, symbol: str) -> Decimal:
        """A contract's mark price now."""
        return self.market.quote(symbol).mark

    # money

    def usd(self, coin: str) -> Decimal:
        """Index price of a coin in USD; stable coins count as one."""
        if coin in {"USDT", "USDC", "USD"}:
            return ONE
        symbol = f"{coin}USDT"
        return self.market.quote(symbol).index_price if symbol in self.market.instruments else ONE

    def order_margin(self, order: Order) -> Decimal:
        """Initial margin that an order holds for the part that would open, in its settle coin."""
        if order.closes_only or order.is_conditional:
            return ZERO
        opening = order.leaves - self.position(order.symbol, order.position_idx).closable(order.side)
        if opening <= 0:
            return ZERO
        price = order.price or self.market.quote(order.symbol).ask
        leverage = self.leverage(order.symbol, order.side)
        value = order.instrument.value(opening, price)
        return money(value / leverage + value * order.instrument.taker_fee)

    def freed_margin(self, order: Order) -> Decimal:
        """Initial margin that the closing part of an order gives back."""
        position = self.position(order.symbol, order.position_idx)
        closing = min(order.qty, position.closable(order.side))
        if not closing:
            return ZERO
        held = margin.initial_margin(position, self.mark(order.symbol), cross=self.is_cross)
        return held * closing / position.size

    def coin_margins(self, coin: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Order IM, position IM, position MM and unrealised PnL of one settle coin."""
        initial = maintenance = unrealised = ZERO
        for position in self.ledger.open_positions():
            if position.instrument.settle == coin:
                mark = self.mark(position.instrument.symbol)
                initial += margin.initial_margin(position, mark, cross=self.is_cross)
                maintenance += margin.maintenance_margin(position, mark, cross=self.is_cross)
                unrealised += position.unrealised(mark)
        orders = sum(
            (self.order_margin(order) for order in self.shelf.all_open() if order.instrument.settle == coin), ZERO
        )
        return orders, initial, maintenance, unrealised

    def totals(self) -> Totals:
        """The whole account in USD."""
        wallet = unrealised = initial = maintenance = ZERO
        for coin, state in self.ledger.coins.items():
            rate = self.usd(coin)
            orders, position_im, position_mm, pnl = self.coin_margins(coin)
            wallet += state.balance * rate
            unrealised += pnl * rate
            initial += (orders + position_im) * rate
            maintenance += position_mm * rate
        return Totals(*(money(x) for x in (wallet + unrealised, wallet, unrealised, initial, maintenance)))

    def available(self, coin: str) -> Decimal:
        """What new orders of a settle coin may use."""
        if self.is_cross:
            return self.totals().available / self.usd(coin)
        orders, initial, _, _ = self.coin_margins(coin)
        state = self.ledger.coins.get(coin)
        return (state.balance if state else ZERO) - orders - initial

    def headroom(self) -> Decimal | None:
        """Cross margin: distance of the account to liquidation in USD; None when isolated."""
        if not self.is_cross:
            return None
        totals = self.totals()
        return totals.margin_balance - totals.maintenance

    def liquidation_price(self, position: Position, headroom: Decimal | None) -> Decimal | None:
        """The price at which the position would be taken over; ``headroom`` is the account's."""
        coins = None if headroom is None else headroom / self.usd(position.instrument.settle)
        return margin.liquidation_price(position, self.mark(position.instrument.symbol), coins)
