"""Find the key of the account that the desk was started for; ask for it where nobody has stored it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import AuthFailed, ExchangeError, SecretsUnavailable, StartupError
from gui.bridge import Bridge

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from core.accounts import Accounts
    from core.vault import StoredAccount


async def sign_in(window: QWidget, bridge: Bridge, accounts: Accounts, environment: str, name: str) -> StoredAccount:
    """The account to use, its secret opened. A stored key is tried first, the operator asked second.

    Raises:
        StartupError: ``no_account``: the operator closed the dialog without choosing one.
    """
    from gui.dialogs.accounts import AccountsDialog

    account, trouble = accounts.find(environment, name), None
    if account is not None and not accounts.needs_passphrase(account):
        try:
            await _try_stored(accounts, account)
            return account
        except (AuthFailed, SecretsUnavailable) as error:
            trouble = error
    dialog = AccountsDialog(bridge, accounts, environment, name, window)
    if trouble is not None:
        from gui import words

        dialog.frame.trouble.show_text(words.error(trouble), tone="down")
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda: None if closed.done() else closed.set_result(None))
    dialog.open()
    await closed
    if dialog.account is None:
        raise StartupError("no_account", environment=environment, account=name)
    return dialog.account


async def _try_stored(accounts: Accounts, account: StoredAccount) -> None:
    """Refuse what the exchange refuses. Without an answer the key is used: the desk says what is lost.

    Raises:
        AuthFailed: refused, by the exchange or by the doctor.
        SecretsUnavailable: the key ring did not give it.
    """
    try:
        verdict = (await accounts.check(account)).verdict
    except AuthFailed:
        raise
    except ExchangeError:
        return
    if verdict.mode == "refused":
        raise AuthFailed(verdict.findings[0].code)
