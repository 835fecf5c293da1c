"""Every fault that the paper exchange can stage, one line each. ``covers`` are the numbers F1–F100 of the fault list.

What is not here cannot be caused by an exchange or its network on loopback; ``ELSEWHERE`` says where it comes from.
"""

from core.paper.faults import Kind, Stage

_ROW = {"field": "", "rows": "first", "symbol": ""}  # which cell of a row: dotted name; first | last | all; of a symbol
_POST, _PAGE, _REALTIME = {"method": "POST"}, {"page": "next"}, {"path": "/v5/order/realtime"}
_BOTH = (Stage.ANSWER, Stage.MESSAGE)

CATALOGUE: tuple[Kind, ...] = (
    # ---- the network ----
    Kind(
        "refuse_connections", (Stage.WHILE_ARMED,), (1,), "close the port: connections are refused", {"cut_open": True}
    ),
    Kind("reset_on_headers", (Stage.ARRIVAL,), (2,), "reset the connection after the request's headers"),
    Kind("reset_after", (Stage.INSTEAD,), (3, 26, 37, 60, 61), "execute the request, then reset instead of answering"),
    Kind("reset_before", (Stage.INSTEAD,), (4,), "read the whole request, do nothing, reset"),
    Kind("hang", (Stage.INSTEAD,), (5,), "never answer, keep the connection open", {"executed": True}),
    Kind("delay", (Stage.DELIVERY,), (5, 39), "execute at once, answer late", {"ms": 3000}),
    Kind("drip", (Stage.DELIVERY,), (6,), "send the answer byte by byte", {"bytes_per_second": 1}),
    Kind("short_body", (Stage.DELIVERY,), (15,), "announce more bytes than are sent, then close"),
    Kind("duplicate_request", (Stage.INSTEAD,), (18,), "a middlebox repeats the request later", {"after_ms": 2000}),
    Kind(
        "execute_late",
        (Stage.INSTEAD,),
        (43,),
        "reset now, execute the request later",
        {"after_ms": 25_000},
    ),
    # ---- answers that are not Bybit's ----
    Kind("html", (Stage.INSTEAD,), (9,), "200 with a captive portal's HTML page", {"executed": False}),
    Kind("redirect", (Stage.INSTEAD,), (10,), "302 to another host", {"location": "http://192.0.2.1/login"}),
    Kind(
        "http_status",
        (Stage.INSTEAD,),
        (11, 12, 13, 14, 23),
        "an HTTP error page: 407, 500–504, 520–530, 429 … as HTML or JSON",
        {"status": 502, "as_json": False, "executed": False},
    ),
    Kind("empty_body", (Stage.INSTEAD,), (29,), "200 without a body", {"executed": False}),
    Kind("null_body", (Stage.INSTEAD,), (29,), "200 with the JSON document null", {"executed": False}),
    # ---- limits and service codes ----
    Kind("rate_limited", (Stage.INSTEAD,), (19, 20), "10006 with a reset header", {"reset_ms": 700}),
    Kind("ip_ban", (Stage.INSTEAD,), (21,), "403 access too frequent, for everybody, for a while", {"for_ms": 600_000}),
    Kind("region_block", (Stage.INSTEAD,), (22,), "403 with the HTML of a blocked region"),
    Kind("limit_zero", (Stage.ANSWER,), (24,), "a good answer whose limit header says 0 left", {"reset_ms": 700}),
    Kind(
        "ret_code",
        (Stage.INSTEAD,),
        (20, 23, 25, 26, 28, 38, 63, 66, 80, 97, 98, 99, 100),
        "answer with any retCode, the request executed or not",
        {"code": 10016, "msg": "Server error", "executed": False},
    ),
    Kind("writes_off", (Stage.INSTEAD,), (28,), "maintenance: every POST answers 110066", when=_POST),
    # ---- lies about content; the first group also on stream messages ----
    Kind("set_field", _BOTH, (47, 82, 89, 90, 91), "put any JSON value into a field of a row", {**_ROW, "value": ""}),
    Kind("bad_number", _BOTH, (31, 82), "put raw JSON text (NaN, 1e400, true …) into a field", {**_ROW, "json": "NaN"}),
    Kind("bad_text", _BOTH, (34,), "put hostile text into a field", {**_ROW, "value": "<b>x</b>\u202e\u0000"}),
    Kind("unknown_enum", _BOTH, (35,), "put an unknown word into a field", {**_ROW, "value": "Frozen"}),
    Kind("unknown_field", _BOTH, (35,), "add a field that nobody knows", {"name": "newField2031", "value": "1"}),
    Kind("duplicate_key", _BOTH, (35,), "write a field twice with different values", {**_ROW, "value": "999"}),
    Kind("missing_field", _BOTH, (31,), "leave a field out of a row", dict(_ROW)),
    Kind("shape", _BOTH, (29,), "replace result, list or data by raw JSON text", {"where": "list", "json": "null"}),
    Kind("cut_json", _BOTH, (29,), "cut the document in the middle"),
    Kind("deep_json", _BOTH, (32,), "a document nested very deep", {"depth": 100_000}),
    Kind("huge", _BOTH, (32,), "a document of many megabytes", {"megabytes": 10}),
    Kind("empty_list", (Stage.ANSWER,), (29,), "lie: an empty list without an error"),
    Kind("ret_code_text", (Stage.ANSWER,), (30,), "retCode as raw JSON text; empty leaves it out", {"json": '"0"'}),
    Kind("empty_result", (Stage.ANSWER,), (27,), "retCode 0 with an empty result"),
    Kind("wrong_link_id", (Stage.ANSWER,), (27,), "retCode 0 with another orderLinkId"),
    Kind("many_rows", (Stage.ANSWER,), (32,), "repeat the rows of a list", {"rows": 1_000_000}),
    Kind("gzip_bomb", (Stage.ANSWER,), (32,), "a small gzip body that unpacks to a large one", {"megabytes": 50}),
    Kind("cursor_repeats", (Stage.ANSWER,), (36,), "every page carries the same cursor"),
    Kind("cursor_endless", (Stage.ANSWER,), (36,), "every page is full and carries a fresh cursor"),
    Kind("row_on_two_pages", (Stage.ANSWER,), (36,), "the next page starts with a row of the page before"),
    Kind("page_fails", (Stage.INSTEAD,), (36,), "requests for a further page answer HTTP 502", when=_PAGE),
    Kind("hide_young", (Stage.ANSWER,), (40, 67, 68), "leave out rows younger than this", {"ms": 10_000}),
    Kind("hide_closed", (Stage.ANSWER,), (41,), "order/realtime without its closed part (a restart)", when=_REALTIME),
    Kind("hide_symbol", (Stage.ANSWER,), (83, 90), "leave out a symbol's rows", {"symbol": ""}),
    # ---- streams ----
    Kind("drop", (Stage.MESSAGE,), (78, 81), "lose messages of a topic"),
    Kind("duplicate", (Stage.MESSAGE,), (73,), "send messages again", {"times": 1}),
    Kind("delay_message", (Stage.MESSAGE,), (45, 74), "send messages late", {"ms": 2000}),
    Kind(
        "reorder", (Stage.MESSAGE,), (74,), "hold messages for a moment and release them shuffled", {"window_ms": 500}
    ),
    Kind("replay", (Stage.MESSAGE,), (75,), "send messages again much later", {"after_ms": 3_600_000}),
    Kind("seq_reset", (Stage.MESSAGE,), (77,), "sequence numbers start again from low", {"subtract": 10**9}),
    Kind(
        "hang_up",
        (Stage.MESSAGE,),
        (70, 72),
        "cut the sockets before or after a message",
        {"how": "close", "when": "before"},
    ),
    Kind("freeze", (Stage.WHILE_ARMED,), (71,), "keep sockets open but say and answer nothing"),
    Kind("no_pong", (Stage.FRAME,), (71,), "leave pings unanswered"),
    Kind("refuse_upgrade", (Stage.FRAME,), (70,), "answer a WebSocket request with an HTTP error", {"status": 503}),
    Kind("refuse_auth", (Stage.FRAME,), (72, 97), "refuse a socket's auth", {"msg": "Params Error"}),
    Kind("refuse_topic", (Stage.FRAME,), (72,), "auth works, the topic is refused"),
    Kind("lose_ack", (Stage.FRAME,), (72,), "subscribe, but lose the acknowledgement"),
    Kind("deaf", (Stage.FRAME,), (72,), "acknowledge a subscription and send nothing"),
    Kind("drop_on_subscribe", (Stage.FRAME,), (72,), "reset the socket on a subscription"),
    Kind("flood", (Stage.WHILE_ARMED,), (33,), "push ticker deltas at a rate", {"per_second": 5000}),
    # ---- time ----
    Kind(
        "unsteady_time",
        (Stage.ANSWER,),
        (95,),
        "every answer tells a time that is later than it should be, by so much more each time",
        {"step_ms": 300},
        {"path": "/v5/market/time"},
    ),
    Kind("server_time", (Stage.WHILE_ARMED,), (93, 95), "the exchange tells a wrong time", {"offset_ms": 60_000}),
)

# What the engine or the control port brings about, or what happens outside an exchange.
ELSEWHERE: dict[int, str] = {
    7: "name resolution happens on the client's side; there are no names on loopback",
    8: "as 7",
    17: "loopback speaks plain HTTP; certificates are tested against a TLS server",
    16: "the desk's breaker; any fault above opens it",
    42: "incident reject_next",
    44: "a market order larger than the book",
    46: "an order above maxMktOrderQty",
    48: "a quantity below minOrderQty",
    49: "the client's own network",
    50: "trade with a second client",
    51: "trade with a second client",
    52: "trade with a second client",
    53: "scenario hedge",
    54: "the desk's window; requests are counted",
    55: "trade with a second client",
    56: "trade with a second client",
    57: "trade with a second client",
    58: "incident price",
    59: "close with a second client, then send the stop",
    62: "place a conditional order, then close",
    64: "one-sided trading-stop on a bound pair",
    65: "scenario hedge",
    69: "close at a price that pays exactly the fees",
    76: "set-leverage with a second client",
    79: "SIGSTOP and SIGCONT on a process",
    84: "switch-mode with a second client",
    85: "incident liquidate",
    86: "incident adl",
    87: "advance past a funding time",
    88: "incident settle",
    92: "scenario busy with the setting largest_page",
    94: "the client's own clock",
    96: "the client's own time zone",
}
