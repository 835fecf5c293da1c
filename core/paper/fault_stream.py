"""Faults of stream messages: lose, repeat, delay, shuffle, spoil, or hang up around one.

Works on messages before they are copied to the subscribers, so every subscriber meets the same trouble.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.paper.engine import Event
from core.paper.fault_rows import SPOILERS
from core.paper.faults import Armed


@dataclass(frozen=True)
class Delivery:
    """One message to send: when, what spoils it on the way, and whether the sockets are cut before or after it."""

    event: Event
    after_ms: int = 0
    spoilers: tuple[Armed, ...] = ()
    hang_up: Armed | None = None


Change = Callable[[Armed, Delivery], list[Delivery]]


def _drop(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return []


def _duplicate(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return [delivery] * (1 + int(armed.args["times"]))


def _delay_message(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return [replace(delivery, after_ms=delivery.after_ms + int(armed.args["ms"]))]


def _replay(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return [delivery, replace(delivery, after_ms=delivery.after_ms + int(armed.args["after_ms"]))]


def _hang_up(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return [replace(delivery, hang_up=armed)]


def _spoil(armed: Armed, delivery: Delivery) -> list[Delivery]:
    return [replace(delivery, spoilers=(*delivery.spoilers, armed))]


CHANGES: dict[str, Change] = {
    "drop": _drop,
    "duplicate": _duplicate,
    "delay_message": _delay_message,
    "replay": _replay,
    "hang_up": _hang_up,
    **dict.fromkeys(SPOILERS, _spoil),
}


def deliveries(event: Event, struck: list[Armed]) -> list[Delivery]:
    """What becomes of one message under the faults that struck it (all but ``reorder``, which the hub holds back)."""
    found = [Delivery(event)]
    for armed in struck:
        change = CHANGES.get(armed.kind.name)
        if change is not None:
            found = [changed for one in found for changed in change(armed, one)]
    return found
