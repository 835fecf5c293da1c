"""Find the key of the account that the desk was started for; ask for it where nobody has stored it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import AuthFailed, ExchangeError, SecretsUnavailable, StartupError
from gui.bridge import Bridge

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from core.accounts import Accounts
    from core.key_check import Checked
    from core.vault import StoredAccount


async def sign_in(window: QWidget, bridge: Bridge, accounts: Accounts, environment: str, name: str) -> StoredAccount:
    """The account to use, its secret opened. A stored key is tried first, the operator asked second.

    Raises:
        StartupError: ``no_account``: the operator closed the dialog without choosing one.
    """
    from gui.dialogs.accounts import AccountsDialog

    account, trouble, checked = accounts.find(environment, name), None, None
    if account is not None and not accounts.needs_passphrase(account):
        try:
            checked = await _try_stored(accounts, account)
            if checked is None:
                return account
        except (AuthFailed, SecretsUnavailable) as error:
            trouble = error
    dialog = AccountsDialog(bridge, accounts, environment, name, window)
    if checked is not None:
        dialog.ask_about(checked)
    if trouble is not None:
        from gui import error_words

        dialog.frame.trouble.show_text(error_words.error(trouble), tone="down")
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda: None if closed.done() else closed.set_result(None))
    dialog.open()
    await closed
    if dialog.account is None:
        raise StartupError("no_account", environment=environment, account=name)
    return dialog.account


async def _try_stored(accounts: Accounts, account: StoredAccount) -> Checked | None:
    """Refuse what the exchange refuses. Without an answer the key is used: the desk says what is lost.

    Returns:
        What the exchange says when there are warnings in it that the operator has not read; None to go on.
    Raises:
        AuthFailed: refused, by the exchange or by the doctor.
        SecretsUnavailable: the key ring did not give it.
    """
    try:
        checked = await accounts.check(account)
    except AuthFailed:
        raise
    except ExchangeError:
        return None
    if checked.verdict.mode == "refused":
        raise AuthFailed(checked.verdict.findings[0].code)
    return checked if checked.verdict.unread(one.warning for one in account.acknowledged) else None
