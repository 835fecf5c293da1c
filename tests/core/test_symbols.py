"""V37: the two forms of a contract's name are one to one on the instrument set, dated contracts and all."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import Instrument
from core.symbols import Forms, form_of, settle_coin
from tests.strategies import an_instrument


def contract(category: str, symbol: str, base: str, quote: str, settle: str) -> Instrument:
    return an_instrument(category, symbol=symbol, base_coin=base, quote_coin=quote, settle_coin=settle)


# As instruments-info lists them (V5_FACTS 6.2): perpetuals and dated contracts of the same coins side by side.
LISTED = [
    (contract("linear", "HIGHUSDT", "HIGH", "USDT", "USDT"), "HIGH/USDT:USDT"),
    (contract("linear", "BTCUSDT-27MAR26", "BTC", "USDT", "USDT"), "BTC/USDT:USDT-BTCUSDT-27MAR26"),
    (contract("linear", "BTCUSDT", "BTC", "USDT", "USDT"), "BTC/USDT:USDT"),
    (contract("linear", "BTC-27MAR26", "BTC", "USDC", "USDC"), "BTC/USDC:USDC-BTC-27MAR26"),
    (contract("linear", "BTCPERP", "BTC", "USDC", "USDC"), "BTC/USDC:USDC"),
    (contract("linear", "1000PEPEUSDT", "1000PEPE", "USDT", "USDT"), "1000PEPE/USDT:USDT"),
    (contract("inverse", "BTCUSDH26", "BTC", "USD", "BTC"), "BTC/USD:BTC-BTCUSDH26"),
    (contract("inverse", "BTCUSD", "BTC", "USD", "BTC"), "BTC/USD:BTC"),
]


@pytest.mark.parametrize(("instrument", "form"), LISTED, ids=[form for _, form in LISTED])
def test_the_form_of_a_contract_and_back(instrument: Instrument, form: str) -> None:
    instruments = {(one.category, one.symbol): one for one, _ in LISTED}
    assert form_of(instrument) == form
    assert Forms().contract(instruments, form) == (instrument.category, instrument.symbol)


@pytest.mark.parametrize("form", ["HIGH/USDT", "HIGH/USDT:USDC", "HIGHUSDT", "", "/", "HIGH/USDT:USDT-260327"])
def test_what_names_no_contract_finds_none(form: str) -> None:
    assert Forms().contract({(one.category, one.symbol): one for one, _ in LISTED}, form) is None


def all_contracts() -> list[Instrument]:
    """Every kind of name over a few coins."""
    made = []
    for base, date in product(("BTC", "ETH", "10000LADYS"), ("27MAR26", "26JUN26")):
        made += [
            contract("linear", f"{base}USDT", base, "USDT", "USDT"),
            contract("linear", f"{base}USDT-{date}", base, "USDT", "USDT"),
            contract("linear", f"{base}PERP", base, "USDC", "USDC"),
            contract("linear", f"{base}-{date}", base, "USDC", "USDC"),
            contract("inverse", f"{base}USD", base, "USD", base),
            contract("inverse", f"{base}USD{date[2]}26", base, "USD", base),
        ]
    return made


@given(st.lists(st.sampled_from(all_contracts()), unique_by=lambda one: (one.category, one.symbol)))
def test_no_two_contracts_share_a_form(listed: list[Instrument]) -> None:
    """In whatever order they are listed, and whichever of them are."""
    instruments = {(one.category, one.symbol): one for one in listed}
    forms = Forms()
    assert [forms.contract(instruments, form_of(one)) for one in listed] == list(instruments)
    for one in all_contracts():
        if (one.category, one.symbol) not in instruments:
            assert forms.contract(instruments, form_of(one)) is None


@pytest.mark.parametrize(
    ("category", "symbol", "coin"),
    [
        ("linear", "BTCUSDT", "USDT"), ("linear", "BTCUSDT-21FEB25", "USDT"), ("linear", "BTCPERP", "USDC"),
        ("linear", "BTC-24MAR23", "USDC"), ("inverse", "BTCUSD", "BTC"), ("inverse", "ETHUSDH23", "ETH"),
        ("linear", "STRANGE", ""), ("inverse", "STRANGE", ""),
    ],
)  # fmt: skip
def test_the_settle_coin_is_in_the_name(category: str, symbol: str, coin: str) -> None:
    assert settle_coin(category, symbol) == coin
