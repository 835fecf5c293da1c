"""The contracts that the paper exchange lists: filters, fees, risk tiers. Invented figures in Bybit's shape.

Prices and trading live elsewhere; an ``Instrument`` is constant, and a changed filter is a new ``Instrument``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from core.paper.figures import ONE, floor_to, money

LAUNCH_MS = 1_585_526_400_000
TIER_STEPS = (1, 2, 4, 10, 20)
FOUR_HOURLY = ("1000PEPEUSDT", "ADAUSDT")  # funding every four hours, as on Bybit's livelier contracts


class RiskTier(NamedTuple):
    """One step of the risk ladder: up to ``limit`` of value in the settle coin (USD for inverse)."""

    tier_id: int
    limit: Decimal
    maintenance_rate: Decimal
    initial_rate: Decimal
    max_leverage: Decimal
    deduction: Decimal


@dataclass(frozen=True, slots=True)
class Instrument:
    """One perpetual. Quantities are base coin (linear) or USD contracts (inverse)."""

    symbol: str
    symbol_id: int
    base: str
    settle: str
    tick: Decimal
    step: Decimal
    min_qty: Decimal
    max_qty: Decimal
    max_market_qty: Decimal
    min_notional: Decimal
    max_leverage: Decimal
    start_price: Decimal
    day_volatility: float
    level_usd: int
    tiers: tuple[RiskTier, ...]
    inverse: bool = False
    status: str = "Trading"
    taker_fee: Decimal = Decimal("0.00055")
    maker_fee: Decimal = Decimal("0.0002")
    funding_minutes: int = 480
    price_limit_ratio: Decimal = Decimal("0.05")
    protection_ratio: Decimal = Decimal("0.02")
    delivery_ms: int = 0

    @property
    def category(self) -> str:
        """``linear`` or ``inverse``."""
        return "inverse" if self.inverse else "linear"

    @property
    def quote(self) -> str:
        """Coin of the price."""
        return "USD" if self.inverse else self.settle

    @property
    def min_price(self) -> Decimal:
        """Lowest accepted price: one tick."""
        return self.tick

    @property
    def max_price(self) -> Decimal:
        """Highest accepted price, ten times the price at listing."""
        return floor_to(self.start_price * 10, self.tick) + 99 * self.tick

    @property
    def price_scale(self) -> int:
        """Decimals of a price."""
        return max(0, -int(self.tick.as_tuple().exponent))

    def value(self, qty: Decimal, price: Decimal) -> Decimal:
        """Worth of a quantity in the settle coin: q x p (linear) or q / p to eight decimals (inverse)."""
        return money(qty / price) if self.inverse else qty * price

    def price_text(self, price: Decimal) -> str:
        """Price with as many decimals as the tick."""
        return format(price.quantize(self.tick), "f")

    def qty_text(self, qty: Decimal) -> str:
        """Quantity with as many decimals as the step; zero is ``"0"``."""
        return format(qty.quantize(self.step), "f") if qty else "0"

    def tier_for(self, value: Decimal) -> RiskTier:
        """The risk tier of a position worth ``value``; the last one takes everything above."""
        for tier in self.tiers:
            if value <= tier.limit:
                return tier
        return self.tiers[-1]


def _tiers(first_limit: Decimal, max_leverage: Decimal, first_id: int) -> tuple[RiskTier, ...]:
    """Build a ladder in which the deduction keeps the maintenance margin continuous between tiers."""
    tiers: list[RiskTier] = []
    deduction = Decimal(0)
    for position, divisor in enumerate(TIER_STEPS):
        leverage = max(ONE, (max_leverage / divisor).quantize(Decimal("0.01")))
        initial = (ONE / leverage).quantize(Decimal("0.0001"))
        maintenance = (initial / 2).quantize(Decimal("0.0001"))
        if tiers:
            deduction += tiers[-1].limit * (maintenance - tiers[-1].maintenance_rate)
        tiers.append(RiskTier(first_id + position, first_limit * divisor, maintenance, initial, leverage, deduction))
    return tuple(tiers)


# symbol, base, settle, tick, step, most per order, least notional, leverage, first tier, price, volatility, USD a level
_LISTED = (
    ("BTCUSDT", "BTC", "USDT", "0.10", "0.001", "1190", "5", "100", 2_000_000, "67605.00", 0.022, 90_000),
    ("ETHUSDT", "ETH", "USDT", "0.01", "0.01", "7240", "5", "100", 900_000, "3510.90", 0.028, 60_000),
    ("SOLUSDT", "SOL", "USDT", "0.010", "0.1", "79770", "5", "100", 500_000, "122.400", 0.036, 30_000),
    ("1000PEPEUSDT", "1000PEPE", "USDT", "0.0000001", "100", "89100000", "5", "50", 200_000, "0.0105000", 0.055, 9_000),
    ("AVAXUSDT", "AVAX", "USDT", "0.001", "0.1", "65530", "5", "50", 200_000, "35.590", 0.040, 12_000),
    ("LINKUSDT", "LINK", "USDT", "0.001", "0.1", "101350", "5", "50", 200_000, "14.100", 0.038, 12_000),
    ("XRPUSDT", "XRP", "USDT", "0.0001", "0.1", "1904890", "5", "75", 200_000, "0.5830", 0.036, 15_000),
    ("DOGEUSDT", "DOGE", "USDT", "0.00001", "1", "13304000", "5", "75", 200_000, "0.12340", 0.044, 15_000),
    ("BNBUSDT", "BNB", "USDT", "0.10", "0.01", "1900", "5", "75", 200_000, "592.40", 0.026, 15_000),
    ("ADAUSDT", "ADA", "USDT", "0.0001", "1", "1640000", "5", "75", 200_000, "0.4470", 0.038, 10_000),
    ("BTCPERP", "BTC", "USDC", "0.1", "0.001", "300", "5", "100", 1_000_000, "67611.4", 0.022, 40_000),
    ("ETHPERP", "ETH", "USDC", "0.01", "0.01", "1500", "5", "100", 500_000, "3511.20", 0.028, 25_000),
)
_INVERSE = (
    ("BTCUSD", "BTC", "0.10", "25000000", "100", 1_500_000, "67598.00", 0.022, 50_000),
    ("ETHUSD", "ETH", "0.01", "5000000", "100", 800_000, "3510.40", 0.028, 30_000),
)


def listed() -> Iterator[Instrument]:
    """The ordinary list: ten USDT, two USDC and two inverse perpetuals."""
    for number, row in enumerate(_LISTED):
        yield _linear(number + 1, row)
    for number, (symbol, base, tick, most, leverage, tier, price, volatility, level) in enumerate(_INVERSE):
        yield Instrument(
            symbol, 100 + number, base, base, Decimal(tick), Decimal(1), Decimal(1), Decimal(most), Decimal(most),
            Decimal(1), Decimal(leverage), Decimal(price), volatility, level,
            _tiers(Decimal(tier), Decimal(leverage), 1001 + 10 * number), inverse=True,
        )  # fmt: skip


def numbered(count: int) -> Iterator[Instrument]:
    """``count`` further USDT perpetuals (``T001USDT`` …) for the load scenario."""
    for number in range(1, count + 1):
        price = format(Decimal(number % 40 + 1) * Decimal("2.50"), "f")
        row = (f"T{number:03d}USDT", f"T{number:03d}", "USDT", "0.001", "0.1", "60000", "5", "50", 200_000)
        yield _linear(200 + number, (*row, price, 0.04, 12_000))


def _linear(number: int, row: tuple[str, str, str, str, str, str, str, str, int, str, float, int]) -> Instrument:
    symbol, base, settle, tick, step, most, notional, leverage, tier, price, volatility, level = row
    return Instrument(
        symbol, number, base, settle, Decimal(tick), Decimal(step), Decimal(step), Decimal(most),
        floor_to(Decimal(most) / 4, Decimal(step)), Decimal(notional), Decimal(leverage), Decimal(price), volatility,
        level, _tiers(Decimal(tier), Decimal(leverage), 10 * number + 1),
        funding_minutes=240 if symbol in FOUR_HOURLY else 480,
    )  # fmt: skip
