"""Faults of requests: what happens between a request that has been read and the answer that leaves, or does not.

Used by the REST port and by the trade socket alike; how bytes are dripped or connections reset is up to them.
"""

import copy
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.paper.fault_rows import SPOILERS, rows_of
from core.paper.faults import Armed, FaultPlan, Stage
from core.paper.limits import Limits, ban_answer
from core.paper.messages import Answer, RawJson, envelope

HTML = "text/html; charset=utf-8"
PORTAL = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in to the network.</body></html>"
REGION = b"<html><head><title>403</title></head><body>The service is not available in your region.</body></html>"
CLOSED = ("Filled", "Cancelled", "Rejected", "Deactivated")
MEGABYTE = 1_000_000

# whole: as it should be; drip, short: a spoilt body; reset: RST; hang: nothing, for ever
WHOLE, DRIP, SHORT, RESET, HANG = "whole", "drip", "short", "reset", "hang"


@dataclass(frozen=True)
class Later:
    """A request to execute after a while of real time; nobody gets the answer."""

    after_ms: int
    run: Callable[[], Answer]


class Passage:
    """One request on its way through the faults.

    Attributes after ``run``: ``answer``, ``manner`` (how it leaves), ``delay_ms``, ``rate`` (bytes per second of a
    drip), ``later`` (what is still to be done) and ``struck`` (names of the faults that struck).
    """

    def __init__(
        self, plan: FaultPlan, limits: Limits, facts: Mapping[str, str], told_ms: int, execute: Callable[[], Answer]
    ) -> None:
        self._plan = plan
        self._limits = limits
        self.facts = facts
        self._execute = execute
        self.told_ms = told_ms
        self._now_ms = 0
        self.answer = Answer()
        self.manner = WHOLE
        self.delay_ms = 0
        self.rate = 0
        self.later: list[Later] = []
        self.struck: list[str] = []

    def run(self, now_ms: int) -> None:
        """Execute the request unless a fault says otherwise, then let the others spoil the answer."""
        self._now_ms = now_ms
        instead = self._plan.take(Stage.INSTEAD, self.facts, now_ms)
        if instead:
            # one fault decides what takes the answer's place; the first armed wins
            self._note(instead[0])
            INSTEAD[instead[0].kind.name](self, instead[0])
        else:
            self.answer = self._execute()
        for armed in self._plan.take(Stage.ANSWER, self.facts, now_ms):
            self._note(armed)
            _spoil(self, armed, now_ms)
        for armed in self._plan.take(Stage.DELIVERY, self.facts, now_ms):
            self._note(armed)
            DELIVERY[armed.kind.name](self, armed)

    def _note(self, armed: Armed) -> None:
        self.struck.append(armed.kind.name)

    # what the functions below are made of

    def execute(self) -> None:
        """Do what was asked; the answer is kept until something replaces it."""
        self.answer = self._execute()

    def execute_after(self, ms: int) -> None:
        """Do what was asked, later; nobody will see that answer."""
        self.later.append(Later(ms, self._execute))

    def replace(self, armed: Armed, answer: Answer) -> None:
        """Send ``answer``; execute first if the fault's arguments say so."""
        if armed.args.get("executed"):
            self.execute()
        self.answer = answer

    def ban(self, for_ms: int) -> None:
        """Start a ban of the address."""
        self._limits.ban(self._now_ms, for_ms)
        self.answer = ban_answer()


# ---- in place of an answer ------------------------------------------------------------------------------------------


def _reset_after(passage: Passage, armed: Armed) -> None:
    passage.execute()
    passage.manner = RESET


def _reset_before(passage: Passage, armed: Armed) -> None:
    passage.manner = RESET


def _hang(passage: Passage, armed: Armed) -> None:
    passage.replace(armed, Answer())
    passage.manner = HANG


def _duplicate_request(passage: Passage, armed: Armed) -> None:
    passage.execute()
    passage.execute_after(int(armed.args["after_ms"]))


def _execute_late(passage: Passage, armed: Armed) -> None:
    passage.execute_after(int(armed.args["after_ms"]))
    passage.manner = RESET


def _html(passage: Passage, armed: Armed) -> None:
    passage.replace(armed, Answer(raw=PORTAL, content_type=HTML))


def _redirect(passage: Passage, armed: Armed) -> None:
    passage.answer = Answer(status=302, headers={"Location": str(armed.args["location"])}, raw=b"", content_type=HTML)


def _http_status(passage: Passage, armed: Armed) -> None:
    status = int(armed.args["status"])
    if armed.args["as_json"]:
        answer = Answer(status=status, raw=b'{"error":"internal error"}', content_type="application/json")
    else:
        page = f"<html><head><title>{status}</title></head><body><h1>Error {status}</h1></body></html>"
        answer = Answer(status=status, raw=page.encode(), content_type=HTML)
    passage.replace(armed, answer)


def _page_fails(passage: Passage, armed: Armed) -> None:
    page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
    passage.answer = Answer(status=502, raw=page, content_type=HTML)


def _empty_body(passage: Passage, armed: Armed) -> None:
    passage.replace(armed, Answer(raw=b""))


def _null_body(passage: Passage, armed: Armed) -> None:
    passage.replace(armed, Answer(raw=b"null"))


def _rate_limited(passage: Passage, armed: Armed) -> None:
    answer = _refusal(passage, 10006, "Too many visits! Exceeded the API Rate Limit.")
    answer.headers = _used_up(passage.told_ms + int(armed.args["reset_ms"]))
    passage.answer = answer


def _ip_ban(passage: Passage, armed: Armed) -> None:
    passage.ban(int(armed.args["for_ms"]))


def _region_block(passage: Passage, armed: Armed) -> None:
    passage.answer = Answer(status=403, raw=REGION, content_type=HTML)


def _ret_code(passage: Passage, armed: Armed) -> None:
    passage.replace(armed, _refusal(passage, int(armed.args["code"]), str(armed.args["msg"])))


def _writes_off(passage: Passage, armed: Armed) -> None:
    passage.answer = _refusal(passage, 110066, "Trading is currently not allowed.")


def _refusal(passage: Passage, code: int, text: str) -> Answer:
    return Answer(envelope(code, text, {}, passage.told_ms))


def _used_up(reset_ms: int) -> dict[str, str]:
    return {"X-Bapi-Limit": "10", "X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": str(reset_ms)}


INSTEAD: dict[str, Callable[[Passage, Armed], None]] = {
    "reset_after": _reset_after,
    "reset_before": _reset_before,
    "hang": _hang,
    "duplicate_request": _duplicate_request,
    "execute_late": _execute_late,
    "html": _html,
    "redirect": _redirect,
    "http_status": _http_status,
    "page_fails": _page_fails,
    "empty_body": _empty_body,
    "null_body": _null_body,
    "rate_limited": _rate_limited,
    "ip_ban": _ip_ban,
    "region_block": _region_block,
    "ret_code": _ret_code,
    "writes_off": _writes_off,
}


# ---- on the content of an answer ------------------------------------------------------------------------------------


def _spoil(passage: Passage, armed: Armed, now_ms: int) -> None:
    answer = passage.answer
    if answer.raw is not None or passage.manner in (RESET, HANG):
        return
    answer.envelope = copy.deepcopy(answer.envelope)  # the engine may still hold the rows
    name = armed.kind.name
    if name in SPOILERS:
        text = SPOILERS[name](armed, answer.envelope)
        answer.raw = text.encode() if text is not None else None
    else:
        ANSWER[name](passage, armed, answer, now_ms)


def _result(answer: Answer) -> dict[str, Any]:
    result = answer.envelope.get("result")
    return result if isinstance(result, dict) else {}


def _limit_zero(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    answer.headers.update(_used_up(passage.told_ms + int(armed.args["reset_ms"])))


def _empty_list(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    result = _result(answer)
    if "list" in result:
        result["list"] = []
        result["nextPageCursor"] = ""


def _unsteady_time(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    told_ms = passage.told_ms + armed.hits * int(armed.args["step_ms"])
    answer.envelope["time"] = told_ms
    _result(answer).update(timeSecond=str(told_ms // 1000), timeNano=f"{told_ms}000000")


def _ret_code_text(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    if armed.args["json"]:
        answer.envelope["retCode"] = RawJson(armed.args["json"])
    else:
        answer.envelope.pop("retCode", None)


def _empty_result(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    answer.envelope["result"] = {}


def _wrong_link_id(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    _result(answer)["orderLinkId"] = "somebody-elses-order"


def _many_rows(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    rows = _result(answer).get("list")
    if rows:
        times = int(armed.args["rows"]) // len(rows) + 1
        _result(answer)["list"] = (rows * times)[: int(armed.args["rows"])]


def _gzip_bomb(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    answer.envelope["padding"] = "0" * (int(armed.args["megabytes"]) * MEGABYTE)
    answer.raw = gzip.compress(answer.encoded(), compresslevel=9)
    answer.headers["Content-Encoding"] = "gzip"


def _cursor_repeats(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    _result(answer)["nextPageCursor"] = _cursor_before_everything(0)


def _cursor_endless(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    _result(answer)["nextPageCursor"] = _cursor_before_everything(armed.hits)


def _cursor_before_everything(number: int) -> str:
    """A cursor after which every list, by time or by name, starts from its first row."""
    place = f"0%3A{9_999_999_999_999 - number}"
    return f"{place}%2C{place}"


def _row_on_two_pages(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    rows = _result(answer).get("list")
    if not rows:
        return
    path = passage.facts.get("path", "")
    if passage.facts.get("page") == "next" and path in armed.memory:
        rows.insert(0, copy.deepcopy(armed.memory[path]))
    armed.memory[path] = copy.deepcopy(rows[-1])


def _hide_young(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    oldest_hidden = now_ms - int(armed.args["ms"])
    _keep(answer, lambda row: _born(row) <= oldest_hidden)


def _born(row: Mapping[str, Any]) -> int:
    text = str(row.get("updatedTime") or row.get("execTime") or row.get("transactionTime") or 0)
    return int(text) if text.isdecimal() else 0


def _hide_closed(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    _keep(answer, lambda row: row.get("orderStatus") not in CLOSED)


def _hide_symbol(passage: Passage, armed: Armed, answer: Answer, now_ms: int) -> None:
    _keep(answer, lambda row: row.get("symbol") != armed.args["symbol"])


def _keep(answer: Answer, wanted: Callable[[Mapping[str, Any]], bool]) -> None:
    result = _result(answer)
    if isinstance(result.get("list"), list):
        result["list"] = [row for row in rows_of(answer.envelope) if wanted(row)]


ANSWER: dict[str, Callable[[Passage, Armed, Answer, int], None]] = {
    "limit_zero": _limit_zero,
    "empty_list": _empty_list,
    "unsteady_time": _unsteady_time,
    "ret_code_text": _ret_code_text,
    "empty_result": _empty_result,
    "wrong_link_id": _wrong_link_id,
    "many_rows": _many_rows,
    "gzip_bomb": _gzip_bomb,
    "cursor_repeats": _cursor_repeats,
    "cursor_endless": _cursor_endless,
    "row_on_two_pages": _row_on_two_pages,
    "hide_young": _hide_young,
    "hide_closed": _hide_closed,
    "hide_symbol": _hide_symbol,
}


# ---- on the way -----------------------------------------------------------------------------------------------------


def _delay(passage: Passage, armed: Armed) -> None:
    passage.delay_ms += int(armed.args["ms"])


def _drip(passage: Passage, armed: Armed) -> None:
    passage.manner = DRIP
    passage.rate = max(1, int(armed.args["bytes_per_second"]))


def _short_body(passage: Passage, armed: Armed) -> None:
    passage.manner = SHORT


DELIVERY: dict[str, Callable[[Passage, Armed], None]] = {"delay": _delay, "drip": _drip, "short_body": _short_body}
