"""From an intent to the exchange's requests: what each kind sends, explicitly and once. It judges no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from core.bybit.calls import Sending
from core.bybit.gateway import Gateway
from core.errors import AppError, RateLimited
from core.intents import (
    LIMIT,
    AmendOrder,
    CancelOrder,
    ClosePosition,
    Intent,
    OpenPosition,
    SetLeverage,
    SetTradingStop,
)
from core.model import LONG, SHORT, Command, Position

Apply = Callable[[Position, float], None]


class Sender:
    """Sends the request of an intent. Raises what core.bybit.writes raises.

    Args:
        gateway: asked for at each use, because a reconnect may replace it.
        apply: takes a position row that was read on the way, with the time of its request.
        monotonic: the clock of those times.
    """

    def __init__(self, gateway: Callable[[], Gateway], apply: Apply, monotonic: Callable[[], float]) -> None:
        self._gateway = gateway
        self._apply = apply
        self._monotonic = monotonic

    async def send(
        self, command: Command, intent: Intent, side: str, unsent_s: float, leaving: Callable[[], None]
    ) -> str:
        """Send once.

        Args:
            side: of the position, for a close.
            unsent_s: how long the request may wait for its turn.
            leaving: is called when its turn has come; raises what keeps it from being sent after all.
        Returns:
            Bybit's id of an order that was made, else ``""``. Acknowledged is not done.
        Raises:
            RateLimited: ``not_prepared``: an opening whose mode or leverage could not be set, or ``expired``: not in
                time; no order was sent.
        """
        gateway = self._gateway()
        where = {"category": intent.category, "symbol": intent.symbol}
        sending: Sending = {"unsent_s": unsent_s, "leaving": leaving}
        match intent:
            case ClosePosition():
                return await self._close(gateway, command, intent, side, sending)
            case OpenPosition():
                return await self._open(gateway, command, intent, sending)
            case SetTradingStop():
                await self._set_stops(gateway, intent, sending)
            case CancelOrder():
                await gateway.cancel_order(**where, order_id=intent.order_id, **sending)
            case AmendOrder():
                await gateway.amend_order(
                    **where,
                    order_id=intent.order_id,
                    qty=intent.qty,
                    price=intent.price,
                    trigger_price=intent.trigger_price,
                    **sending,
                )
            case SetLeverage():
                await gateway.set_leverage(**where, leverage=intent.leverage, **sending)
            case _:
                assert_never(intent)
        return ""

    async def _close(
        self, gateway: Gateway, command: Command, intent: ClosePosition, side: str, sending: Sending
    ) -> str:
        """Reduce-only, with the quantity that the operator saw: that is the most that can ever be closed."""
        assert command.order_link_id is not None
        return await gateway.create_order(
            category=intent.category,
            symbol=intent.symbol,
            side=SHORT if side == LONG else LONG,
            qty=intent.qty,
            order_type=intent.order_type,
            price=intent.price if intent.order_type == LIMIT else None,
            reduce_only=True,
            position_idx=intent.position_idx,
            order_link_id=command.order_link_id,
            **sending,
        )

    async def _open(self, gateway: Gateway, command: Command, intent: OpenPosition, sending: Sending) -> str:
        """Prepare the symbol and send, within the same time: a market that has moved on is not what was asked for."""
        assert command.order_link_id is not None
        unsent_s = sending["unsent_s"]
        until = self._monotonic() + unsent_s
        await self._prepare(gateway, intent, {"unsent_s": unsent_s})
        sending = {**sending, "unsent_s": until - self._monotonic()}
        if sending["unsent_s"] <= 0:
            raise RateLimited("expired", 0)
        return await gateway.create_order(
            category=intent.category,
            symbol=intent.symbol,
            side=intent.side,
            qty=intent.qty,
            order_type=intent.order_type,
            price=intent.price if intent.order_type == LIMIT else None,
            reduce_only=False,
            position_idx=intent.position_idx,
            order_link_id=command.order_link_id,
            time_in_force=intent.time_in_force if intent.order_type == LIMIT else "",
            take_profit=intent.take_profit,
            stop_loss=intent.stop_loss,
            trigger_by=intent.trigger_by,
            **sending,
        )

    async def _prepare(self, gateway: Gateway, intent: OpenPosition, sending: Sending) -> None:
        """Bring the symbol into the wanted position mode and leverage; whatever goes wrong, no order follows."""
        where = {"category": intent.category, "symbol": intent.symbol}
        try:
            rows = await self._read(gateway, intent)
            if any((row.position_idx == 0) != (intent.position_idx == 0) for row in rows):
                await gateway.switch_mode(**where, is_hedge=intent.position_idx != 0, **sending)
            if intent.leverage is not None and any(row.leverage != intent.leverage for row in rows):
                await gateway.set_leverage(**where, leverage=intent.leverage, **sending)
        except AppError as error:
            raise RateLimited("not_prepared", 0, reason=error.code, details=str(error)[:200]) from error

    async def _read(self, gateway: Gateway, intent: OpenPosition) -> tuple[Position, ...]:
        started = self._monotonic()
        rows = await gateway.fetch_position(intent.category, intent.symbol, is_urgent=True)
        for row in rows:
            self._apply(row, started)
        return rows

    async def _set_stops(self, gateway: Gateway, intent: SetTradingStop, sending: Sending) -> None:
        await gateway.set_trading_stop(
            category=intent.category,
            symbol=intent.symbol,
            position_idx=intent.position_idx,
            take_profit=intent.take_profit,
            stop_loss=intent.stop_loss,
            trailing_stop=intent.trailing_stop,
            active_price=intent.active_price,
            trigger_by=intent.trigger_by,
            tpsl_mode=intent.tpsl_mode,
            tp_size=intent.tp_size,
            sl_size=intent.sl_size,
            tp_limit_price=intent.tp_limit_price if intent.tp_order_type == LIMIT else None,
            sl_limit_price=intent.sl_limit_price if intent.sl_order_type == LIMIT else None,
            **sending,
        )
