"""Keys (F80, F97–F100): a refused key stops what is private after the first answer, says why, and leaves prices on."""

import asyncio

import pytest

from core.bybit import Connection
from core.errors import AppError, BadValue
from core.model import PositionKey
from core.secrets import Secret
from tests.stories.desk import connection_to
from tests.stories.faults.stage import Stage

SOL = PositionKey("linear", "SOLUSDT", 0)
# A refused key is left alone for a minute: nothing that a story would wait for at the real pace.
PACES = ("hurried",)


@pytest.mark.parametrize(
    ("preset", "cause"),
    [("revoked", "key_unknown"), ("expired", "key_expired"), ("ip_elsewhere", "address_not_bound")],
    ids=["f97", "f98", "f80"],
)
async def test_a_key_refused_in_mid_session_stops_what_is_private(stage: Stage, preset: str, cause: str) -> None:
    await stage.control("change_key", preset=preset)
    shown = await stage.lost("rest", "private", state="refused")
    assert shown.links.rest.detail == cause
    assert shown.links.tickers.state == "live", "prices need no key"
    await stage.control("forget_requests")
    await asyncio.sleep(0.4)
    private = [one["path"] for one in await stage.control("requests") if "/market/" not in one["path"]]
    assert private == []
    mark = stage.snapshot.position("SOLUSDT").mark_price + 1
    await stage.incident("price", symbol="SOLUSDT", mark=format(mark, "f"))
    await stage.until(lambda s: s.position("SOLUSDT").mark_price == mark)
    await stage.somebody_acts()
    stage.kept()
    await stage.control("change_key", preset="full")
    await stage.equal()
    stage.kept()


async def test_f98_an_expiry_that_comes_near_is_told_before(stage: Stage) -> None:
    await stage.control("change_key", preset="expires_tomorrow")
    await stage.manager.reconcile_positions()
    assert stage.witness.count("key_expires", days=1) == 1
    await stage.manager.reconcile_positions()
    assert stage.witness.count("key_expires") == 1, "once for each of 14, 7 and 1 days"
    await stage.control("change_key", preset="full")


async def test_f99_a_key_that_may_only_read_makes_a_monitor(stage: Stage) -> None:
    """Permission is taken away in mid-session; what was read before a click says so, and nothing is sent."""
    await stage.control("change_key", preset="read_only")
    await stage.manager.reconcile_positions()
    shown = await stage.until(lambda s: s.is_read_only)
    assert shown.links.is_live
    await stage.control("forget_requests")
    with pytest.raises(BadValue, match="read_only"):
        await stage.manager.close_position(SOL)
    assert await stage.control("requests", path="/v5/order/create") == []
    await stage.somebody_acts()
    await stage.equal()
    await stage.control("change_key", preset="full")
    await stage.manager.reconcile_positions()
    await stage.until(lambda s: not s.is_read_only)
    stage.kept()


async def test_f99_a_refused_write_makes_the_desk_look_at_its_rights(stage: Stage) -> None:
    await stage.control("change_key", preset="read_only")
    position = stage.snapshot.position("SOLUSDT")
    command = await stage.manager.close_position(position.key, qty=stage.snapshot.instrument(position.key).min_qty)
    assert command.state == "refused"
    await stage.until(lambda s: s.is_read_only)
    assert stage.snapshot.links.is_live
    await stage.control("change_key", preset="full")
    await stage.manager.reconcile_positions()
    stage.kept()


@pytest.mark.parametrize(
    ("key", "secret", "cause"),
    [("", "wrong", "bad_signature"), ("keyOfAnotherPlace1", "", "key_unknown")],
    ids=["wrong signature", "another environment's key"],
)
async def test_f100_each_refusal_has_its_own_cause_and_no_loop(stage: Stage, key: str, secret: str, cause: str) -> None:
    right = stage.key
    stage.key = lambda: Connection(
        environment="paper",
        rest=stage.paper.rest,
        ws=stage.paper.ws,
        api_key=key or stage.paper.api_key,
        api_secret=Secret(secret or stage.paper.api_secret),
    )
    await stage.control("drop_sockets", socket="private")
    shown = await stage.until(lambda s: s.links.rest.state == s.links.private.state == "refused")
    assert shown.links.rest.detail == shown.links.private.detail == cause
    await stage.control("forget_requests")
    await asyncio.sleep(0.4)
    private = [one for one in await stage.control("requests") if "/market/" not in one["path"]]
    assert len(private) <= 4, "a loop that locks the key out"
    stage.key = right
    await stage.equal()
    stage.kept(told_once=False)


async def test_f100_a_sub_accounts_key_is_as_good(stage: Stage) -> None:
    await stage.control("change_key", preset="sub_account")
    await stage.manager.reconcile_positions()
    await stage.equal()
    await stage.control("change_key", preset="full")


async def test_a_new_key_is_taken_at_once(stage: Stage) -> None:
    """Rotation: the old key is revoked, the vault has another one; nobody waits for the next try."""
    right = stage.key
    client = await asyncio.to_thread(stage.paper.new_client)
    await stage.control("change_key", preset="revoked")
    await stage.lost("rest", state="refused")
    stage.key = lambda: Connection(
        environment="paper", rest=stage.paper.rest, ws=stage.paper.ws,
        api_key=client.api_key, api_secret=Secret(client.api_secret),
    )  # fmt: skip
    await stage.until(lambda s: s.links.is_live)
    await stage.control("change_key", preset="full")
    stage.key = right
    await stage.control("drop_sockets", socket="private")
    await stage.equal()
    assert connection_to(stage.paper) == right()
    with pytest.raises(AppError):
        await stage.manager.close_position(PositionKey("linear", "NOSUCHUSDT", 0))
