"""Stored accounts for stories: a data folder whose keys are tried at, and used on, a paper exchange."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.accounts import Accounts, Draft
from core.bybit import Connection
from core.clock import SystemClock
from core.secrets import Secret
from core.vault import StoredAccount, Vault
from core.vault.vault import Place
from tests.core.vault.test_vault import MemoryRing
from tests.paper_fixture import PaperProcess, SignedClient

LOG_N = 14  # the least work for each guess; a real file takes eight times as long


def accounts_on(exchange: PaperProcess, folder: Path) -> Accounts:
    """The accounts of a folder; each environment that has keys stands on the same exchange."""

    def connection(environment: str, api_key: str, secret: Secret) -> Connection:
        assert environment in {"demo", "testnet", "live"}
        return Connection(environment="paper", rest=exchange.rest, ws=exchange.ws, api_key=api_key, api_secret=secret)

    return Accounts(Vault(folder, MemoryRing(), SystemClock().now_ms, LOG_N), SystemClock(), connection)


async def store(
    accounts: Accounts, exchange: PaperProcess, name: str = "Fund", place: Place = "ring", passphrase: str = ""
) -> tuple[StoredAccount, SignedClient]:
    """Keep a key, its warnings read; returns the account, and a client that knows the secret."""
    client = await asyncio.to_thread(exchange.new_client)
    draft = Draft(
        name=name,
        environment="live",
        api_key=client.api_key,
        secret=Secret(client.api_secret),
        place=place,
        passphrase=Secret(passphrase) if passphrase else None,
    )
    return await accounts.add(draft, await accounts.try_draft(draft)), client
