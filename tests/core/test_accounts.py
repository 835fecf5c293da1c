"""Accounts where nobody can be asked, and keys that stay where they belong (S6, S23)."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.accounts import Accounts, Draft, unattended, unread
from core.bybit import Connection
from core.clock import SystemClock
from core.errors import AuthFailed, BadValue, SecretsUnavailable
from core.key_doctor import Finding, Verdict
from core.secrets import Secret
from core.vault import ENVIRONMENTS, Vault
from tests.core.vault.test_vault import MemoryRing
from tests.paper_fixture import PaperProcess, SignedClient

PASSPHRASE = Secret("correct horse")


class Led:
    """Leads every key to the paper exchange, and remembers for which environment it was asked."""

    def __init__(self, paper: PaperProcess) -> None:
        self.paper = paper
        self.asked: list[tuple[str, str]] = []

    def __call__(self, environment: str, api_key: str, secret: Secret) -> Connection:
        self.asked.append((environment, api_key))
        return Connection(
            environment="paper", rest=self.paper.rest, ws=self.paper.ws, api_key=api_key, api_secret=secret
        )


def draft(client: SignedClient, environment: str = "live", place: str = "ring") -> Draft:
    return Draft(
        name="Main",
        environment=environment,
        api_key=client.api_key,
        secret=Secret(client.api_secret),
        place=place,
        passphrase=PASSPHRASE if place == "file" else None,
    )


def opened(folder: Path, ring: MemoryRing | None, led: Led) -> Accounts:
    return Accounts(Vault(folder, ring, SystemClock().now_ms, 14), SystemClock(), led)


async def test_unattended(tmp_path: Path, paper: PaperProcess) -> None:
    ring, led = MemoryRing(), Led(paper)
    accounts = opened(tmp_path, ring, led)
    with pytest.raises(SecretsUnavailable, match="no_account"):
        await unattended(accounts, "live", "Main")
    added = await accounts.add(draft(paper.new_client()))
    await accounts.add(draft(paper.new_client("withdraw"), "testnet"))
    await accounts.add(draft(paper.new_client(), "demo", "file"))
    again = opened(tmp_path, ring, led)
    assert await unattended(again, "live", "Main") == added
    with pytest.raises(AuthFailed, match="key_may_withdraw"):
        await unattended(again, "testnet", "Main")
    with pytest.raises(SecretsUnavailable, match="passphrase_unattended"):
        await unattended(again, "demo", "Main")


async def test_a_key_is_used_in_its_own_environment_only(tmp_path: Path, paper: PaperProcess) -> None:
    """S23: there is no way to ask for a live key under another environment's name."""
    led = Led(paper)
    accounts = opened(tmp_path, MemoryRing(), led)
    client = paper.new_client()
    await accounts.add(draft(client))
    for environment in ("demo", "testnet", "paper"):
        with pytest.raises(SecretsUnavailable, match="no_account"):
            await unattended(accounts, environment, "Main")
    assert set(led.asked) == {("live", client.api_key)}
    assert paper.requests("/v5/user/query-api") == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
async def test_every_way_to_a_key_leads_to_its_environment(
    tmp_path: Path, paper: PaperProcess, environment: str
) -> None:
    """S23: tried, kept, found again by a later run, given another key: the hosts are those of the account's record."""
    ring, led = MemoryRing(), Led(paper)
    first, other = draft(paper.new_client(), environment), draft(paper.new_client(), environment)
    accounts = opened(tmp_path, ring, led)
    account = await accounts.add(first, await accounts.try_draft(first))
    later = opened(tmp_path, ring, led)
    (account,) = later.stored()
    await later.connection(account)
    await later.replace_key(account, other, await later.try_draft(other, account))
    assert led.asked == [(environment, first.api_key)] * 3 + [(environment, other.api_key)] * 2


async def test_what_does_not_fit_is_not_sent(tmp_path: Path, paper: PaperProcess) -> None:
    led = Led(paper)
    accounts = opened(tmp_path, None, led)
    with pytest.raises(BadValue, match="unknown_environment"):
        await accounts.try_draft(draft(paper.new_client(), "paper"))
    assert led.asked == []


async def test_a_key_of_another_account_is_not_taken_for_this_one(tmp_path: Path, paper: PaperProcess) -> None:
    """Rotation must not lead one account's trades into another one's history."""
    ring, led = MemoryRing(), Led(paper)
    accounts = opened(tmp_path, ring, led)
    first = draft(paper.new_client())
    account = await accounts.add(first, await accounts.try_draft(first))
    assert account.owner
    second = draft(paper.new_client("transfer"))
    checked = await accounts.try_draft(second, account)
    new = await accounts.replace_key(account, second, checked)
    assert (new.id, new.name, new.history_name) == (account.id, account.name, account.history_name)
    assert ring.kept == {account.id: second.secret}
    assert (await accounts.connection(new)).api_key == second.api_key
    stranger = replace(new, owner="1")
    with pytest.raises(AuthFailed, match="key_of_another_account"):
        await accounts.try_draft(first, stranger)
    with pytest.raises(AuthFailed, match="key_of_another_account"):
        await accounts.check(stranger)


async def test_warnings_are_asked_about_once_for_each_key(tmp_path: Path, paper: PaperProcess) -> None:
    """P40: what was acknowledged is recorded; a new warning is not."""
    accounts = opened(tmp_path, MemoryRing(), Led(paper))
    warned = draft(paper.new_client("transfer"))
    checked = await accounts.try_draft(warned)
    account = await accounts.add(warned, checked)
    assert {one.warning for one in account.acknowledged} == {finding.name for finding in checked.verdict.warnings}
    assert unread(account, checked.verdict) == ()
    expiring = Verdict("trade", (*checked.verdict.findings, Finding("key_expires", "warn", 3, 7)))
    assert [finding.name for finding in unread(account, expiring)] == ["key_expires/7"]
