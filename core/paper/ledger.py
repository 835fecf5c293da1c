"""Money and positions of the paper account: every execution, funding payment and transfer, exactly once.

The arithmetic is Decimal; each amount is rounded once, when it is booked, to eight decimals. A reduction takes its
share of the entry value and of the opening fees out of the position, so that the shares of a life add up to the whole
without a remainder: wallet change = Σ PnL − Σ fees − Σ funding paid ± transfers, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.paper.figures import MONEY_STEP, ZERO, money
from core.paper.instruments import Instrument
from core.paper.orders import Order

FIRST_SEQ = 8_172_241_000


@dataclass(slots=True, eq=False)
class Position:
    """One (symbol, position_idx); amounts in the settle coin; flat is ``size`` 0 and an empty ``side``."""

    instrument: Instrument
    idx: int
    leverage: Decimal
    side: str = ""
    size: Decimal = ZERO
    entry_value: Decimal = ZERO
    entry_price: Decimal = ZERO
    open_fees: Decimal = ZERO
    realised: Decimal = ZERO  # of the present life: gross − fees − funding paid (a model, V5_FACTS section 12)
    realised_ever: Decimal = ZERO
    created_ms: int = 0
    opened_ms: int = 0
    updated_ms: int = 0
    seq: int = -1
    status: str = "Normal"

    @property
    def sign(self) -> int:
        """+1 long, −1 short, 0 flat."""
        return 1 if self.side == "Buy" else -1 if self.side == "Sell" else 0

    def closable(self, side: str) -> Decimal:
        """How much an order of this side can close."""
        return self.size if self.size and self.side != side else ZERO

    def gross(self, entry_value: Decimal, exit_value: Decimal) -> Decimal:
        """Profit before costs of a part bought at one value and sold at the other, in the settle coin.

        Source: Bybit help centre, P&L of USDT contracts (exit − entry, times side) and of inverse contracts (1/entry −
        1/exit, times side), where the coin values are already the reciprocals.
        """
        difference = entry_value - exit_value if self.instrument.inverse else exit_value - entry_value
        return difference * self.sign

    def unrealised(self, mark: Decimal) -> Decimal:
        """Profit of the open part at the mark price, before costs."""
        return money(self.gross(self.entry_value, self.instrument.value(self.size, mark)))


@dataclass(slots=True)
class Execution:
    """One row of ``execution/list``; never changes after it was booked."""

    exec_id: str
    order: Order
    exec_type: str
    side: str
    price: Decimal
    qty: Decimal
    value: Decimal
    fee: Decimal
    fee_rate: Decimal
    is_maker: bool
    time_ms: int
    mark: Decimal
    index_price: Decimal
    closed_size: Decimal
    pnl: Decimal
    leaves: Decimal
    seq: int
    position_idx: int


@dataclass(slots=True)
class ClosedPnl:
    """One row of ``closed-pnl``: one closing order, growing while it fills."""

    order: Order
    exec_type: str
    leverage: Decimal
    created_ms: int
    updated_ms: int
    closed_size: Decimal = ZERO
    entry_value: Decimal = ZERO
    exit_value: Decimal = ZERO
    open_fee: Decimal = ZERO
    close_fee: Decimal = ZERO
    gross: Decimal = ZERO
    fill_count: int = 0

    @property
    def net(self) -> Decimal:
        """Gross − share of the opening fees − closing fee; funding is not part of it (V5_FACTS 6.16)."""
        return self.gross - self.open_fee - self.close_fee


@dataclass(slots=True)
class LogRow:
    """One row of the transaction log. ``funding`` is negative when paid."""

    number: int
    kind: str
    coin: str
    time_ms: int
    change: Decimal
    balance: Decimal
    cash_flow: Decimal = ZERO
    funding: Decimal = ZERO
    fee: Decimal = ZERO
    position_size: Decimal = ZERO
    execution: Execution | None = None


@dataclass(slots=True)
class Coin:
    """Balance of one coin. ``realised`` is everything trading ever changed."""

    balance: Decimal = ZERO
    realised: Decimal = ZERO


@dataclass(slots=True)
class Fill:
    """What matching decided: so much of an order, at a price, at a moment."""

    exec_id: str
    price: Decimal
    qty: Decimal
    fee_rate: Decimal
    is_maker: bool
    time_ms: int
    mark: Decimal
    index_price: Decimal
    exec_type: str = "Trade"


@dataclass(slots=True)
class Ledger:
    """The account's books."""

    coins: dict[str, Coin] = field(default_factory=dict)
    positions: dict[tuple[str, int], Position] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    closed: dict[str, ClosedPnl] = field(default_factory=dict)
    log: list[LogRow] = field(default_factory=list)
    seq: int = FIRST_SEQ

    def transfer(self, coin: str, amount: Decimal, now_ms: int) -> None:
        """Bring money in (positive) or take it out."""
        self._book(LogRow(0, "TRANSFER_IN" if amount >= 0 else "TRANSFER_OUT", coin, now_ms, amount, ZERO))

    def next_seq(self) -> int:
        """The cross sequence of the next match."""
        self.seq += 7
        return self.seq

    def open_positions(self) -> list[Position]:
        """Positions with a size, in the order of their first opening."""
        return [position for position in self.positions.values() if position.size]

    def execute(self, position: Position, order: Order, fill: Fill, seq: int) -> Execution:
        """Book one fill: position, wallet, closed PnL and log change together.

        A fill over the size of an opposite position closes it and opens the other side with the rest (one-way mode).
        """
        instrument = position.instrument
        value = instrument.value(fill.qty, fill.price)
        fee = money(value * fill.fee_rate)
        closing = min(fill.qty, position.closable(order.side))
        order.filled += fill.qty
        order.filled_value += value
        order.fees += fee
        order.leaves = max(ZERO, order.qty - order.filled)
        execution = Execution(
            fill.exec_id, order, fill.exec_type, order.side, fill.price, fill.qty, value, fee, fill.fee_rate,
            fill.is_maker, fill.time_ms, fill.mark, fill.index_price, closing, ZERO, order.leaves, seq, position.idx,
        )  # fmt: skip
        self._touch(position, fill.time_ms, seq)
        close_fee = money(fee * closing / fill.qty) if closing else ZERO
        if closing:
            execution.pnl = self._reduce(position, execution, closing, close_fee)
        if fill.qty > closing:
            self._enlarge(position, order.side, fill.qty - closing, execution, fee - close_fee)
        self._book(
            LogRow(
                0, _log_kind(fill.exec_type), instrument.settle, fill.time_ms, execution.pnl - fee, ZERO,
                cash_flow=execution.pnl, fee=fee, position_size=position.size * position.sign, execution=execution,
            )
        )  # fmt: skip
        self.executions.append(execution)
        return execution

    @staticmethod
    def _touch(position: Position, now_ms: int, seq: int) -> None:
        position.seq, position.updated_ms = seq, now_ms
        position.created_ms = position.created_ms or now_ms

    def _enlarge(self, position: Position, side: str, qty: Decimal, execution: Execution, fee: Decimal) -> None:
        if not position.size:
            position.side = side
            position.opened_ms = execution.time_ms
            position.entry_value = position.open_fees = position.realised = ZERO
            position.status = "Normal"
        position.size += qty
        position.entry_value += position.instrument.value(qty, execution.price)
        position.entry_price = _average(position)
        position.open_fees += fee
        position.realised -= fee
        position.realised_ever -= fee

    def _reduce(self, position: Position, execution: Execution, qty: Decimal, fee: Decimal) -> Decimal:
        """Take ``qty`` out of the position; gives the gross profit."""
        rest = position.size - qty
        entry_share = _share(position.entry_value, qty, position.size)
        fee_share = _share(position.open_fees, qty, position.size)
        exit_value = position.instrument.value(qty, execution.price)
        gross = money(position.gross(entry_share, exit_value))
        self._grow_closed(position, execution, fee_share, fee, (qty, entry_share, exit_value, gross))
        position.entry_value -= entry_share
        position.open_fees -= fee_share
        position.realised += gross - fee
        position.realised_ever += gross - fee
        position.size = rest
        if not rest:
            position.side, position.status = "", "Normal"
            position.entry_price = ZERO
        return gross

    def _grow_closed(
        self,
        position: Position,
        execution: Execution,
        open_fee: Decimal,
        close_fee: Decimal,
        part: tuple[Decimal, Decimal, Decimal, Decimal],
    ) -> None:
        order = execution.order
        row = self.closed.pop(order.order_id, None) or ClosedPnl(
            order, execution.exec_type, position.leverage, execution.time_ms, execution.time_ms
        )
        qty, entry_value, exit_value, gross = part
        row.closed_size += qty
        row.entry_value += entry_value
        row.exit_value += exit_value
        row.open_fee += open_fee
        row.close_fee += close_fee
        row.gross += gross
        row.fill_count += 1
        row.updated_ms = execution.time_ms
        self.closed[order.order_id] = row  # last: the newest update stands at the end
        order.closed_pnl = row.net

    def fund(self, position: Position, funding: Order, fill: Fill, seq: int) -> Execution:
        """Book one funding payment; a positive rate lets longs pay and shorts receive."""
        value = position.instrument.value(position.size, fill.price)
        paid = money(value * fill.fee_rate) * position.sign
        execution = Execution(
            fill.exec_id, funding, "Funding", position.side, fill.price, position.size, value, paid, fill.fee_rate,
            False, fill.time_ms, fill.mark, fill.index_price, ZERO, ZERO, ZERO, seq, position.idx,
        )  # fmt: skip
        position.realised -= paid
        position.realised_ever -= paid
        self._touch(position, fill.time_ms, seq)
        self.executions.append(execution)
        self._book(
            LogRow(
                0, "SETTLEMENT", position.instrument.settle, fill.time_ms, -paid, ZERO,
                funding=-paid, position_size=position.size * position.sign, execution=execution,
            )
        )  # fmt: skip
        return execution

    def _book(self, row: LogRow) -> None:
        coin = self.coins.setdefault(row.coin, Coin())
        coin.balance += row.change
        if row.execution is not None:
            coin.realised += row.change
        row.balance = coin.balance
        row.number = len(self.log) + 1
        self.log.append(row)


def _share(whole: Decimal, qty: Decimal, size: Decimal) -> Decimal:
    """The part of ``whole`` that leaves with ``qty``; the last part takes what is left, so nothing is lost."""
    return whole if qty == size else money(whole * qty / size)


def _average(position: Position) -> Decimal:
    """Average entry: Σ qi·pi ÷ Σ qi (linear), Σ qi ÷ Σ (qi/pi) (inverse), kept to eight decimals (V5_FACTS 7)."""
    if position.instrument.inverse:
        return (position.size / position.entry_value).quantize(MONEY_STEP)
    return (position.entry_value / position.size).quantize(MONEY_STEP)


def _log_kind(exec_type: str) -> str:
    return {"Trade": "TRADE", "AdlTrade": "ADL", "BustTrade": "LIQUIDATION"}.get(exec_type, "SETTLEMENT")
