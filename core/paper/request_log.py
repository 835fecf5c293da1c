"""What the paper exchange was asked, for tests and curious traders: a bounded list and counters.

Holds no secrets: no headers, no signatures, no auth frames; bodies of orders only.
"""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from core.paper.endpoints import ROUTES
from core.paper.messages import Answer, Call

KEPT = 20_000
LARGEST_BODY = 4_096


class RequestLog:
    """The last 20,000 requests and counts of all since the last ``clear``."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()

    def arrived(self, call: Call, now_ms: int, key_note: str) -> dict[str, Any]:
        """Note a request on arrival, so that one whose answer is lost is seen too; returns the entry to complete."""
        self.counts[f"{call.method} {call.path}" if (call.method, call.path) in ROUTES else "unknown route"] += 1
        entry = {
            "time_ms": now_ms,
            "method": call.method,
            "path": call.path[:200],
            "key": key_note,
            "fields": dict(call.fields) if len(call.body) <= LARGEST_BODY else {},
            "status": None,
            "ret_code": None,
            "faults": [],
            "late_ret_codes": [],
        }
        self._entries.append(entry)
        return entry

    def answered(self, entry: dict[str, Any], answer: Answer) -> None:
        """Complete an entry with what the exchange decided (a fault may still hide it from the client)."""
        entry["status"] = answer.status
        entry["ret_code"] = answer.ret_code

    def frame(self, socket: str, op: str) -> None:
        """Count one frame of a client, by socket and operation."""
        self.counts[f"ws {socket} {op[:40]}"] += 1

    def command_frame(self, op: str, body: Mapping[str, Any], now_ms: int) -> None:
        """Note an order command that came over the trade socket."""
        self._entries.append(
            {"time_ms": now_ms, "method": "WS", "path": f"/v5/trade {op}", "fields": _small(body), "faults": []}
        )

    def entries(self, path: str = "") -> list[dict[str, Any]]:
        """Requests in order of arrival, all or those of one path."""
        return [entry for entry in self._entries if path in ("", entry["path"])]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.counts.clear()


def _small(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a frame, unless somebody sent a book."""
    return dict(body) if len(str(body)) <= LARGEST_BODY else {}
