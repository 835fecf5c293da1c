"""Try a key at the exchange before anything else is done with it: one connection, what it may do, a verdict.

Nothing is written or subscribed to; the connection is closed again. Where the key is kept is not its business.
"""

from __future__ import annotations

from msgspec import Struct

from core.bybit import Connection, connect
from core.clock import Clock
from core.errors import AuthFailed
from core.events import Account
from core.key_doctor import Verdict, examine
from core.links import cause_of


class Checked(Struct, frozen=True):
    """What the exchange said of a key, and what to think of it."""

    account: Account
    verdict: Verdict


async def check_key(connection: Connection, clock: Clock) -> Checked:
    """Ask what the key may do.

    Raises:
        AuthFailed: with the code of its cause: ``key_unknown`` (10003), ``bad_signature`` (10004), ``no_permission``
            (10005), ``address_not_bound`` (10010), ``key_expired`` (33004) …
        ExchangeError: the exchange does not answer as it should; says nothing of the key.
    """
    client = connect(connection, clock)
    try:
        account = await client.gateway.fetch_account()
    except AuthFailed as error:
        raise AuthFailed(cause_of(error), **error.details) from error
    finally:
        await client.close()
    return Checked(account, examine(account, clock.now_ms(), environment=connection.environment))
