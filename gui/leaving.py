"""Leaving the desk with commands in flight: wait a little for their verdicts, say so, and let the operator decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PyQt6.QtWidgets import QDialog, QWidget

from gui.bridge import Bridge
from gui.models import commands

if TYPE_CHECKING:
    from core.manager import PositionManager

WAIT_S: Final = 10.0


async def see_off(
    window: QWidget, bridge: Bridge, manager: PositionManager, within_s: float = WAIT_S, *, title: str = ""
) -> bool:
    """Take no more commands and wait for the verdicts of those under way, at most ``within_s`` seconds.

    Args:
        title: what is being left, for the dialog; the desk when not given.
    Returns:
        Whether to leave: False when the operator chose to stay. What has no verdict is in the journal as unknown.
    """
    import asyncio  # after the first paint

    if not commands.in_flight(manager.snapshot):
        await manager.prepare_exit(0)
        return True
    from gui.dialogs.leaving import LeavingDialog

    choice: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    dialog = LeavingDialog(bridge, within_s, window, title=title)
    dialog.finished.connect(lambda result: None if choice.done() else choice.set_result(result))
    dialog.open()
    preparing = asyncio.ensure_future(manager.prepare_exit(within_s))
    either: set[asyncio.Future[Any]] = {preparing, choice}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if preparing.done():
        dialog.accept()
        preparing.result()
        return True
    preparing.cancel()
    await asyncio.gather(preparing, return_exceptions=True)
    if choice.result() != QDialog.DialogCode.Accepted:
        return False
    await manager.prepare_exit(0)
    return True
