"""What the figures of the top bar are made of: formula, inputs, source and age, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import text
from gui.models import day_change
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Snapshot


def change_note(snapshot: Snapshot) -> str:
    """The change of equity beside it: ``+1.24% today``, or since when that was first seen; "" while not known."""
    change = day_change.of(snapshot)
    if change is None:
        return ""
    share = text.percent(change.pct, signed=True)
    if change.is_whole_day:
        return translate("TopBar", "{change} today").format(change=share)
    since = text.clock_time(change.since_ms)[:5]
    return translate("TopBar", "{change} since {time}").format(change=share, time=since)


def equity(snapshot: Snapshot, now_mono: float) -> str:
    """The account's equity, and its change today."""
    t = translate
    wallet = snapshot.wallet
    lines = [
        t("TopBar", "Equity in dollars = wallet balance + unrealised PnL at the newest mark prices"),
        t("TopBar", "Bybit's figure {reported}, moved by what unrealised PnL has changed since").format(
            reported=text.money(wallet.equity if wallet else None)
        ),
        _source(snapshot, now_mono),
        _change(snapshot),
    ]
    return "\n".join(lines)


def _change(snapshot: Snapshot) -> str:
    change = day_change.of(snapshot)
    if change is None:
        return translate("TopBar", "Change today: not known yet")
    said = translate(
        "TopBar",
        "Change {amount} = equity now − {then} at {time}, transfers included. Bybit tells no earlier equity: "
        "today is since midnight UTC only if the desk was running then.",
    )
    return said.format(
        amount=text.money(change.amount, signed=True),
        then=text.money(change.equity_then),
        time=text.date_time(change.since_ms),
    )


def available(snapshot: Snapshot, now_mono: float) -> str:
    """What new positions may use."""
    said = translate(
        "TopBar", "Total available balance in dollars, as Bybit reports it; not reported in isolated margin"
    )
    return "\n".join((said, _source(snapshot, now_mono)))


def unrealised(snapshot: Snapshot) -> str:
    """The sum over open positions."""
    said = translate("TopBar", "Sum of the unrealised PnL of {n} open positions at mark, USDT and USDC, before fees")
    below = translate("TopBar", "A dash while one of them has no mark price")
    return "\n".join((said.format(n=len(snapshot.positions)), below))


def realised(snapshot: Snapshot) -> str:
    """What closed since the start."""
    session = snapshot.session
    said = translate("TopBar", "Net results (gross − fees + funding) of positions closed since the desk started")
    known = session.wins + session.losses + session.break_even
    counted = translate("TopBar", "n = {known} with a known result, {pending} pending; from executions")
    return "\n".join((said, counted.format(known=known, pending=session.pending)))


def margin(snapshot: Snapshot, now_mono: float) -> str:
    """What the rates are."""
    wallet = snapshot.wallet
    if wallet is not None and wallet.im_ratio is not None:
        said = translate(
            "TopBar",
            "IM = initial margin ÷ margin balance, MM = maintenance margin ÷ margin balance; liquidation at MM 100%",
        )
    else:
        said = translate(
            "TopBar",
            "Initial margin of open positions (size × entry ÷ leverage) ÷ equity; isolated margin has no rates",
        )
    return "\n".join((said, _source(snapshot, now_mono)))


def _source(snapshot: Snapshot, now_mono: float) -> str:
    """Where the wallet's figures come from, and how old they are."""
    wallet = snapshot.wallet
    if wallet is None or not wallet.received_mono:
        return translate("TopBar", "Bybit has not reported the wallet yet")
    said = translate("TopBar", "From Bybit's wallet, reported {age} ago")
    return said.format(age=text.age(now_mono - wallet.received_mono))
