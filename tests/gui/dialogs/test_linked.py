"""Linked inputs are exact: whatever view a price is said in, it comes back to the same tick."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core import formulas
from gui.dialogs.linked import MARK_PCT, NET_PNL, ROE, VIEWS, ExitMath, SizeMath, TrailingMath

D = Decimal


def sol(**changes: object) -> ExitMath:
    base: dict[str, object] = {
        "category": "linear",
        "side": "Buy",
        "qty": D("20.0"),
        "entry": D("100.50"),
        "tick": D("0.01"),
        "mark": D("122.40"),
        "margin": D("402"),
        "fee_rate": D("0.00055"),
    }
    return ExitMath(**(base | changes))  # type: ignore[arg-type]  # the test's own keywords


@st.composite
def exits(draw: st.DrawFn) -> tuple[ExitMath, Decimal]:
    """A position of any kind with a price on its tick somewhere around the mark."""
    tick = D(1).scaleb(draw(st.integers(-7, 1))) * draw(st.sampled_from([1, 5]))
    mark_ticks = draw(st.integers(50, 2_000_000))
    price_ticks = max(2, mark_ticks * draw(st.integers(20, 400)) // 100)
    category = draw(st.sampled_from(["linear", "inverse"]))
    entry = tick * draw(st.integers(mark_ticks // 2 + 1, mark_ticks * 2)) + draw(st.sampled_from([D(0), tick / 3]))
    qty = draw(st.integers(1, 100_000)) * (D(1) if category == "inverse" else D("0.001"))
    leverage = D(draw(st.integers(1, 100)))
    math = ExitMath(
        category=category,
        side=draw(st.sampled_from(["Buy", "Sell"])),
        qty=qty,
        entry=entry,
        tick=tick,
        mark=tick * mark_ticks,
        margin=formulas.initial_margin(category, qty, entry, leverage),
        fee_rate=D(draw(st.integers(-2, 10))) / 10_000,
    )
    return math, tick * price_ticks


@given(exits(), st.sampled_from(VIEWS))
def test_an_exact_view_leads_back_to_its_price(drawn: tuple[ExitMath, Decimal], name: str) -> None:
    math, price = drawn
    value = math.view(name, price)
    assert value is not None
    assert math.price_of(name, value) == price


@given(exits(), st.sampled_from(VIEWS))
def test_the_shown_view_typed_again_leads_back_to_its_price(drawn: tuple[ExitMath, Decimal], name: str) -> None:
    math, price = drawn
    shown = math.shown(name, price)
    assert shown is not None
    assert math.price_of(name, D(format(shown, "f"))) == price


@given(exits(), st.sampled_from([ROE, NET_PNL]), st.decimals(-90, 500, places=3))
def test_rounding_never_gives_less_than_asked(drawn: tuple[ExitMath, Decimal], name: str, asked: Decimal) -> None:
    math, _ = drawn
    price = math.price_of(name, asked)
    assume(price is not None)
    got = math.view(name, price)
    assert got >= asked - D("1e-15") * max(1, abs(asked))
    worse = price - math.tick if math.is_long else price + math.tick
    assume(worse > 0)
    assert math.view(name, worse) < asked  # and it is the nearest such tick


@given(exits(), st.sampled_from(VIEWS))
def test_a_price_from_a_view_is_on_the_tick(drawn: tuple[ExitMath, Decimal], name: str) -> None:
    math, _ = drawn
    price = math.price_of(name, D("7.77"))
    assume(price is not None)
    assert price % math.tick == 0


@given(st.integers(1, 10_000), st.integers(1, 5_000_000), st.integers(-7, 1))
def test_a_trailing_distance_comes_back_to_its_tick(ticks: int, mark_ticks: int, exponent: int) -> None:
    tick = D(1).scaleb(exponent)
    math = TrailingMath(tick=tick, mark=tick * mark_ticks)
    pct = math.pct(tick * ticks)
    assert pct is not None
    assert math.distance(D(format(pct, "f"))) == tick * ticks


@given(
    st.sampled_from(["linear", "inverse"]), st.integers(1, 10**7), st.integers(-3, 3), st.integers(1, 10**7),
    st.integers(-7, 1), st.sampled_from([2, 6]),
)  # fmt: skip
def test_a_quantity_said_in_money_comes_back_to_its_step(
    category: str, steps: int, step_exponent: int, ticks: int, tick_exponent: int, decimals: int
) -> None:
    step, price = D(1).scaleb(step_exponent), D(1).scaleb(tick_exponent) * ticks
    math = SizeMath(category=category, step=step, price=price, decimals=decimals)
    assume(10**-8 < float(math.money(step)) < 10**12)
    money = math.money(step * steps)
    assert money.as_tuple().exponent <= -decimals
    assert math.qty(D(format(money, "f"))) == step * steps


def test_money_buys_whole_steps() -> None:
    math = SizeMath(category="linear", step=D("0.1"), price=D("122.40"), decimals=2)
    assert math.qty(D("1000")) == D("8.1")  # 8.169…
    assert math.money(D("8.1")) == D("991.44")


def test_a_trailing_percent_is_rounded_to_the_tighter_tick() -> None:
    assert TrailingMath(tick=D("0.01"), mark=D("122.40")).distance(D("2.37")) == D("2.90")  # 2.90088


def test_no_number_that_can_be_typed_is_too_long_to_be_shown() -> None:
    """Eighteen digits pasted into the field of a contract that costs a hundredth of a cent."""
    tick, longest = D("0.0000001"), D("9" * 18)
    cheap = sol(entry=D("0.0001"), mark=D("0.0001"), tick=tick, qty=D(10) ** 9, margin=D(1000))
    for name in VIEWS:
        shown = cheap.shown(name, longest)
        assert shown is not None
        assert shown > 10**22
    pct = TrailingMath(tick=D("1e-10"), mark=D("0.00001")).pct(longest)
    assert pct is not None
    assert pct > 10**22


def test_the_design_pictures_figures() -> None:
    math = sol()
    assert math.shown(MARK_PCT, D("130.00")) == D("6.209")
    assert math.shown(ROE, D("130.00")) == D("146.76")  # 590 / 402
    assert math.shown(NET_PNL, D("130.00")) == D("588.57")  # 590 − 20 × 130 × 0.055 %
    assert math.price_of(ROE, D("100")) == D("120.60")


def test_a_round_wish_is_met_or_bettered() -> None:
    assert sol().price_of(MARK_PCT, D("-5")) == D("116.28")
    assert sol().price_of(NET_PNL, D("0")) == D("100.56")  # 100.5553…, up: never a loss
    assert sol(side="Sell").price_of(NET_PNL, D("0")) == D("100.44")  # 100.4447…, down


@pytest.mark.parametrize(("name", "missing"), [(MARK_PCT, "mark"), (ROE, "margin"), (NET_PNL, "fee_rate")])
def test_a_view_without_its_input_is_unknown_not_zero(name: str, missing: str) -> None:
    math = sol(**{missing: None})
    assert math.view(name, D("130")) is None
    assert math.shown(name, D("130")) is None
    assert math.price_of(name, D("10")) is None


def test_wishes_that_no_price_fulfils_are_refused() -> None:
    assert sol().price_of(MARK_PCT, D("-100")) is None
    assert sol().price_of(ROE, D("-600")) is None
    assert sol(category="inverse", qty=D(100)).price_of(NET_PNL, D(1)) is None  # more than the whole value
    assert TrailingMath(tick=D("0.01"), mark=None).pct(D(1)) is None
    assert TrailingMath(tick=D("0.01"), mark=None).distance(D(1)) is None
