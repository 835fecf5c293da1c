"""Which of two reports about the same thing is to be believed. Pure; the rules of every ordering in the book.

Positions are ordered by (seq, updated time): ``seq`` repeats when only settings change. A REST answer that was asked
for long after our last word and is still lower means that the exchange was restored and counts anew.
"""

from __future__ import annotations

from core.model import LONG, Checkpoint, Position, Wallet

# Bybit's lists may lag behind its streams by up to this.
REST_LAG_S = 5.0
# A flat row must be this old before a lower sequence may reopen its position.
FLAT_RESET_S = 30.0


def is_older(new: Position, known: Position, requested_mono: float | None) -> bool:
    """Whether a report says less than what is known.

    Args:
        known: the last report, open or flat.
        requested_mono: when the REST request that brought ``new`` started; None for the stream.
    """
    order, known_order = (new.seq, new.updated_ms), (known.seq, known.updated_ms)
    if order != known_order:
        return order < known_order
    # The same revision again: a REST row asked for later has fresher margin and liquidation figures.
    return requested_mono is None or requested_mono < known.received_mono


def was_restored(new: Position, known: Position, requested_mono: float | None) -> bool:
    """Whether an older report is right because the exchange's sequence began anew."""
    if requested_mono is None or (new.seq, new.updated_ms) >= (known.seq, known.updated_ms):
        return False
    return requested_mono - known.received_mono > (REST_LAG_S if known.size else FLAT_RESET_S)


def is_older_wallet(new: Wallet, known: Wallet) -> bool:
    """Whether the account's figures are older than those held; much later word is believed whatever time it bears."""
    return new.updated_ms < known.updated_ms and new.received_mono - known.received_mono <= REST_LAG_S


def checkpoint_of(position: Position) -> Checkpoint:
    """What a position row says about executions: the signed size up to its sequence."""
    return Checkpoint(position.seq, position.size if position.side == LONG else -position.size, position.updated_ms)
