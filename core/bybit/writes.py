"""What changes the account: orders, stops, leverage, position mode. Each request is sent once or not at all.

It keeps no state and decides nothing. Every method raises Rejected (definitive), RateLimited (nothing was done),
OutcomeUnknown (look before retrying), or BadValue (refused before sending). ``sending`` says how a request leaves; what
could not be sent within its ``unsent_s`` never is (RateLimited, ``expired``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Unpack

from core.bybit.answers import ALREADY_GONE, NOT_MODIFIED
from core.bybit.bodies import (
    accepted_order_id,
    amend_body,
    check_acknowledged,
    check_named,
    leverage_body,
    mode_body,
    order_body,
    stop_body,
)
from core.bybit.calls import Caller, Sending
from core.bybit.fields import identifier


class Writes:
    """The writing half of core.bybit.gateway; categories are ``linear`` and ``inverse``."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def create_order(
        self,
        *,
        category: str,
        symbol: str,
        side: str,
        qty: Decimal,
        order_type: str,
        price: Decimal | None,
        reduce_only: bool,
        position_idx: int,
        order_link_id: str,
        time_in_force: str = "",
        take_profit: Decimal | None = None,
        stop_loss: Decimal | None = None,
        trigger_by: str = "MarkPrice",
        **sending: Unpack[Sending],
    ) -> str:
        """Send one order; ``take_profit`` and ``stop_loss`` will protect the entire position that it opens.

        Returns:
            Bybit's order id: the order is accepted, which does not mean done.
        """
        body = order_body(
            category=category,
            symbol=symbol,
            side=side,
            qty=qty,
            order_type=order_type,
            price=price,
            reduce_only=reduce_only,
            position_idx=position_idx,
            order_link_id=order_link_id,
            time_in_force=time_in_force,
            take_profit=take_profit,
            stop_loss=stop_loss,
            trigger_by=trigger_by,
        )
        answer = await self._caller.write("v5/order/create", body, **sending)
        return accepted_order_id(answer, order_link_id)

    async def amend_order(
        self,
        *,
        category: str,
        symbol: str,
        order_id: str,
        qty: Decimal | None = None,
        price: Decimal | None = None,
        trigger_price: Decimal | None = None,
        **sending: Unpack[Sending],
    ) -> bool:
        """Change an open order.

        Returns:
            True: acknowledged. False: Bybit says that it is no longer there (filled or cancelled): verify which.
        """
        body = amend_body(
            category=category, symbol=symbol, order_id=order_id, qty=qty, price=price, trigger_price=trigger_price
        )
        return await self._on_order("v5/order/amend", body, order_id, sending)

    async def cancel_order(self, *, category: str, symbol: str, order_id: str, **sending: Unpack[Sending]) -> bool:
        """Cancel one order.

        Returns:
            True: acknowledged. False: Bybit says that it is no longer there (filled or cancelled): verify which.
        """
        body = {"category": category, "symbol": symbol, "orderId": identifier(order_id, "orderId", must=True)}
        return await self._on_order("v5/order/cancel", body, order_id, sending)

    async def _on_order(self, path: str, body: dict[str, str], order_id: str, sending: Sending) -> bool:
        answer = await self._caller.write(path, body, also_fine=ALREADY_GONE, **sending)
        if answer.ret_code != 0:
            return False
        check_named(answer, order_id)
        return True

    async def set_trading_stop(
        self,
        *,
        category: str,
        symbol: str,
        position_idx: int,
        take_profit: Decimal | None = None,
        stop_loss: Decimal | None = None,
        trailing_stop: Decimal | None = None,
        active_price: Decimal | None = None,
        trigger_by: str = "MarkPrice",
        tpsl_mode: str = "Full",
        tp_size: Decimal | None = None,
        sl_size: Decimal | None = None,
        tp_limit_price: Decimal | None = None,
        sl_limit_price: Decimal | None = None,
        **sending: Unpack[Sending],
    ) -> None:
        """Full: set, move or remove the stops of a position, None leaves a value, 0 removes it. Partial: add a pair.

        A limit price makes a partial leg a limit order. Returning means acknowledged; "not modified" counts as that.
        """
        body = stop_body(
            category=category,
            symbol=symbol,
            position_idx=position_idx,
            take_profit=take_profit,
            stop_loss=stop_loss,
            trailing_stop=trailing_stop,
            active_price=active_price,
            trigger_by=trigger_by,
            tpsl_mode=tpsl_mode,
            tp_size=tp_size,
            sl_size=sl_size,
            tp_limit_price=tp_limit_price,
            sl_limit_price=sl_limit_price,
        )
        await self._set("v5/position/trading-stop", body, sending)

    async def set_leverage(self, *, category: str, symbol: str, leverage: Decimal, **sending: Unpack[Sending]) -> None:
        """Set the leverage of both sides. Returning means acknowledged; the same as before counts as that."""
        await self._set("v5/position/set-leverage", leverage_body(category, symbol, leverage), sending)

    async def switch_mode(self, *, category: str, symbol: str, is_hedge: bool, **sending: Unpack[Sending]) -> None:
        """Switch a USDT perpetual between one-way and hedge mode; the same as before counts as acknowledged."""
        await self._set("v5/position/switch-mode", mode_body(category, symbol, is_hedge=is_hedge), sending)

    async def _set(self, path: str, body: dict[str, object], sending: Sending) -> None:
        answer = await self._caller.write(path, body, also_fine=NOT_MODIFIED, **sending)
        if answer.ret_code == 0:
            check_acknowledged(answer)
