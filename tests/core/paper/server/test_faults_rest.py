"""Every fault of requests and answers, seen by a client that looks at raw bytes."""

import gzip
import http.client
import json
import socket
import time

import pytest

from tests.core.paper.server import raw

POSITIONS, CREATE = "/v5/position/list", "/v5/order/create"
LINEAR = {"category": "linear"}
SOL = "category=linear&symbol=SOLUSDT"
ALL = "category=linear&settleCoin=USDT"
BROKEN = (ConnectionResetError, http.client.RemoteDisconnected, BrokenPipeError)


@pytest.fixture
def faulty(shared_paper):
    """The shared exchange; nothing stays armed."""
    yield shared_paper
    shared_paper.disarm()


def sell(link, **more):
    body = {**LINEAR, "symbol": "SOLUSDT", "side": "Sell", "orderType": "Market", "qty": "0.1", "reduceOnly": True}
    return json.dumps({**body, "orderLinkId": link, **more}).encode()


def orders(paper, link):
    return paper.rows("/v5/order/realtime", **LINEAR, orderLinkId=link)


def wait_until(condition, within_s=3.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# ---- the network ----


def test_refuse_connections(faulty):
    faulty.arm("refuse_connections")
    with pytest.raises(ConnectionRefusedError):
        raw.get(faulty, POSITIONS, SOL)
    faulty.disarm()
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 0


def test_reset_on_headers(faulty):
    faulty.arm("reset_on_headers", POSITIONS, count=1)
    with pytest.raises(BROKEN):
        raw.get(faulty, POSITIONS, SOL)
    assert raw.get(faulty, POSITIONS, SOL).status == 200


@pytest.mark.parametrize(("fault", "executed"), [("reset_after", True), ("reset_before", False)])
def test_resets_around_execution(faulty, fault, executed):
    faulty.arm(fault, CREATE, count=1)
    with pytest.raises(BROKEN):
        raw.post(faulty, CREATE, sell(fault))
    assert bool(orders(faulty, fault)) is executed
    again = raw.post(faulty, CREATE, sell(fault)).json
    assert again["retCode"] == (110072 if executed else 0)


@pytest.mark.parametrize("executed", [True, False])
def test_hang(faulty, executed):
    faulty.arm("hang", CREATE, count=1, args={"executed": executed})
    with pytest.raises(TimeoutError):
        raw.post(faulty, CREATE, sell(f"hang-{executed}"), timeout=0.2)
    wait_until(lambda: faulty.requests(CREATE)[-1]["faults"] == ["hang"])
    assert bool(orders(faulty, f"hang-{executed}")) is executed


def test_delay_executes_at_once(faulty):
    faulty.arm("delay", CREATE, count=1, args={"ms": 400})
    with pytest.raises(TimeoutError):
        raw.post(faulty, CREATE, sell("delayed"), timeout=0.1)
    wait_until(lambda: orders(faulty, "delayed"))
    faulty.arm("delay", POSITIONS, count=1, args={"ms": 200})
    started = time.monotonic()
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 0
    assert time.monotonic() - started >= 0.2


def test_drip(faulty):
    faulty.arm("drip", "/v5/market/time", count=1, args={"bytes_per_second": 400})
    started = time.monotonic()
    assert raw.send(faulty, "GET", "/v5/market/time").json["retCode"] == 0
    assert time.monotonic() - started >= 0.3


def test_short_body(faulty):
    faulty.arm("short_body", POSITIONS, count=1)
    with pytest.raises(http.client.IncompleteRead):
        raw.get(faulty, POSITIONS, SOL)


def test_duplicate_request(faulty):
    faulty.arm("duplicate_request", CREATE, count=1, args={"after_ms": 50})
    assert raw.post(faulty, CREATE, sell("twice")).json["retCode"] == 0
    wait_until(lambda: faulty.requests(CREATE)[-1]["late_ret_codes"] == [110072])
    executions = faulty.rows("/v5/execution/list", **LINEAR, orderLinkId="twice")
    assert len(orders(faulty, "twice")) == 1
    assert sum(float(row["execQty"]) for row in executions) == pytest.approx(0.1)


def test_execute_late(faulty):
    faulty.arm("execute_late", CREATE, count=1, args={"after_ms": 300})
    with pytest.raises(BROKEN):
        raw.post(faulty, CREATE, sell("late"))
    assert orders(faulty, "late") == []
    wait_until(lambda: orders(faulty, "late"))


# ---- answers that are not Bybit's ----


def test_html(faulty):
    faulty.arm("html", POSITIONS, count=1)
    answer = raw.get(faulty, POSITIONS, SOL)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_html_after_execution(faulty):
    faulty.arm("html", CREATE, count=1, args={"executed": True})
    assert b"<html>" in raw.post(faulty, CREATE, sell("portal")).body
    assert orders(faulty, "portal")


def test_redirect(faulty):
    faulty.arm("redirect", POSITIONS, count=1)
    answer = raw.get(faulty, POSITIONS, SOL)
    assert (answer.status, answer.headers["location"]) == (302, "http://192.0.2.1/login")


@pytest.mark.parametrize("status", [407, 429, 500, 502, 503, 504, 520, 524, 530])
def test_http_status(faulty, status):
    faulty.arm("http_status", CREATE, count=1, args={"status": status, "executed": status == 524})
    answer = raw.post(faulty, CREATE, sell(f"status-{status}"))
    assert (answer.status, answer.headers["content-type"][:9]) == (status, "text/html")
    assert bool(orders(faulty, f"status-{status}")) is (status == 524)


def test_http_500_with_json(faulty):
    faulty.arm("http_status", CREATE, count=1, args={"status": 500, "as_json": True})
    answer = raw.post(faulty, CREATE, sell("json-500"))
    assert (answer.status, answer.json) == (500, {"error": "internal error"})


def test_empty_and_null_bodies(faulty):
    faulty.arm("empty_body", POSITIONS, count=1)
    assert raw.get(faulty, POSITIONS, SOL).body == b""
    faulty.arm("null_body", POSITIONS, count=1)
    assert raw.get(faulty, POSITIONS, SOL).body == b"null"


# ---- limits and service codes ----


def test_rate_limited(faulty):
    faulty.arm("rate_limited", CREATE, count=1, args={"reset_ms": 700})
    answer = raw.post(faulty, CREATE, sell("limited"))
    assert answer.json["retCode"] == 10006
    assert int(answer.headers["x-bapi-limit-reset-timestamp"]) == answer.json["time"] + 700
    assert answer.headers["x-bapi-limit-status"] == "0"
    assert not orders(faulty, "limited")


def test_ip_ban(faulty):
    faulty.arm("ip_ban", POSITIONS, count=1)
    assert raw.get(faulty, POSITIONS, SOL).body == b"access too frequent"
    assert raw.send(faulty, "GET", "/v5/market/time").status == 403
    faulty.disarm()
    assert raw.send(faulty, "GET", "/v5/market/time").status == 200


def test_region_block(faulty):
    faulty.arm("region_block", POSITIONS, count=1)
    answer = raw.get(faulty, POSITIONS, SOL)
    assert (answer.status, b"region" in answer.body) == (403, True)


def test_limit_zero(faulty):
    faulty.arm("limit_zero", POSITIONS, count=1)
    answer = raw.get(faulty, POSITIONS, SOL)
    assert answer.json["retCode"] == 0
    assert answer.headers["x-bapi-limit-status"] == "0"


@pytest.mark.parametrize(("code", "executed"), [(10000, True), (10016, False), (110079, False), (999999, True)])
def test_ret_code(faulty, code, executed):
    faulty.arm("ret_code", CREATE, count=1, args={"code": code, "msg": "as told", "executed": executed})
    answer = raw.post(faulty, CREATE, sell(f"code-{code}"))
    assert (answer.status, answer.json["retCode"], answer.json["retMsg"]) == (200, code, "as told")
    assert bool(orders(faulty, f"code-{code}")) is executed


def test_writes_off(faulty):
    faulty.arm("writes_off")
    assert raw.post(faulty, CREATE, sell("off")).json["retCode"] == 110066
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 0


# ---- lies about content ----


def first_row(paper, query=SOL, path=POSITIONS):
    return raw.get(paper, path, query).json["result"]["list"][0]


def test_set_field(faulty):
    faulty.arm("set_field", POSITIONS, args={"field": "size", "value": None, "rows": "all"})
    assert {row["size"] for row in raw.get(faulty, POSITIONS, ALL).json["result"]["list"]} == {None}
    faulty.disarm()
    faulty.arm("set_field", POSITIONS, args={"field": "markPrice", "value": "0", "symbol": "LINKUSDT"})
    marks = {row["symbol"]: row["markPrice"] for row in raw.get(faulty, POSITIONS, ALL).json["result"]["list"]}
    assert [symbol for symbol, mark in marks.items() if mark == "0"] == ["LINKUSDT"]


def test_nested_fields(faulty):
    info = "/v5/market/instruments-info"
    faulty.arm("set_field", info, args={"field": "lotSizeFilter.qtyStep", "value": "7", "symbol": "SOLUSDT"})
    assert first_row(faulty, SOL, info)["lotSizeFilter"]["qtyStep"] == "7"
    wallet = "/v5/account/wallet-balance"
    faulty.arm("set_field", wallet, args={"field": "coin.walletBalance", "value": "x"})
    coins = first_row(faulty, "accountType=UNIFIED", wallet)["coin"]
    assert {coin["walletBalance"] for coin in coins} == {"x"}


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e400", "-1", "true", "[1]", '"1_000"', '"١٢"', '" 5 "', "0x10", "9" * 400, "0.5"]
)
def test_bad_number(faulty, text):
    faulty.arm("bad_number", POSITIONS, count=1, args={"field": "size", "json": text})
    assert f'"size":{text},'.encode() in raw.get(faulty, POSITIONS, SOL).body


@pytest.mark.parametrize(
    "text", ["<img src=http://x>", "\u202e", "\u0000", "\ud800", "=cmd()", "../../x", "y" * 100_000]
)
def test_bad_text(faulty, text):
    faulty.arm("bad_text", POSITIONS, count=1, args={"field": "symbol", "value": text})
    assert first_row(faulty)["symbol"] == text


def test_unknown_words_and_fields(faulty):
    faulty.arm("unknown_enum", POSITIONS, count=1, args={"field": "positionStatus"})
    assert first_row(faulty)["positionStatus"] == "Frozen"
    faulty.arm("unknown_field", POSITIONS, count=1)
    assert first_row(faulty)["newField2031"] == "1"
    faulty.arm("missing_field", POSITIONS, count=1, args={"field": "isReduceOnly"})
    assert "isReduceOnly" not in first_row(faulty)


def test_duplicate_key(faulty):
    size = first_row(faulty)["size"]
    faulty.arm("duplicate_key", POSITIONS, count=1, args={"field": "size", "value": "999"})
    assert f'"size":"{size}","size":"999"'.encode() in raw.get(faulty, POSITIONS, SOL).body


@pytest.mark.parametrize("where", ["result", "list"])
@pytest.mark.parametrize("text", ["{}", "null", "[]", '"text"'])
def test_shape(faulty, where, text):
    faulty.arm("shape", POSITIONS, count=1, args={"where": where, "json": text})
    answer = raw.get(faulty, POSITIONS, SOL).json
    assert (answer["result"] if where == "result" else answer["result"]["list"]) == json.loads(text)


def test_cut_deep_and_huge_documents(faulty):
    faulty.arm("cut_json", POSITIONS, count=1)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        _ = raw.get(faulty, POSITIONS, SOL).json
    faulty.arm("deep_json", POSITIONS, count=1)
    assert raw.get(faulty, POSITIONS, SOL).body == b"[" * 100_000 + b"]" * 100_000
    faulty.arm("huge", POSITIONS, count=1, args={"megabytes": 3})
    assert len(raw.get(faulty, POSITIONS, SOL).body) > 3_000_000


def test_gzip_bomb(faulty):
    faulty.arm("gzip_bomb", POSITIONS, count=1, args={"megabytes": 4})
    answer = raw.get(faulty, POSITIONS, SOL)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 20_000
    assert len(gzip.decompress(answer.body)) > 4_000_000


def test_many_rows(faulty):
    faulty.arm("many_rows", POSITIONS, count=1, args={"rows": 5000})
    assert len(raw.get(faulty, POSITIONS, ALL).json["result"]["list"]) == 5000


def test_empty_list_once(faulty):
    faulty.arm("empty_list", POSITIONS, count=1)
    assert raw.get(faulty, POSITIONS, ALL).json["result"]["list"] == []
    assert len(raw.get(faulty, POSITIONS, ALL).json["result"]["list"]) == 6


@pytest.mark.parametrize("text", ['"0"', "0.0", "true", "null", ""])
def test_ret_code_text(faulty, text):
    faulty.arm("ret_code_text", POSITIONS, count=1, args={"json": text})
    answer = raw.get(faulty, POSITIONS, SOL)
    if text:
        assert f'"retCode":{text},'.encode() in answer.body
    else:
        assert "retCode" not in answer.json


def test_accepted_but_unclear(faulty):
    faulty.arm("empty_result", CREATE, count=1)
    assert raw.post(faulty, CREATE, sell("unclear-1")).json["result"] == {}
    faulty.arm("wrong_link_id", CREATE, count=1)
    assert raw.post(faulty, CREATE, sell("unclear-2")).json["result"]["orderLinkId"] == "somebody-elses-order"
    assert orders(faulty, "unclear-1")
    assert orders(faulty, "unclear-2")


# ---- paging ----


def pages(paper, limit=3, most=6):
    """(first symbol, count) of pages by following cursors."""
    cursor, found = "", []
    while len(found) < most:
        answer = raw.get(paper, POSITIONS, f"{ALL}&limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        if answer.status != 200:
            return [*found, answer.status]
        rows, cursor = answer.json["result"]["list"], answer.json["result"]["nextPageCursor"]
        if not rows:
            break
        found.append(([row["symbol"] for row in rows], cursor))
    return found


def test_cursor_repeats(faulty):
    faulty.arm("cursor_repeats", POSITIONS)
    found = pages(faulty)
    assert len(found) == 6
    assert len({cursor for _, cursor in found}) == 1


def test_cursor_endless(faulty):
    faulty.arm("cursor_endless", POSITIONS)
    found = pages(faulty)
    assert len({cursor for _, cursor in found}) == 6
    assert all(len(symbols) == 3 for symbols, _ in found)


def test_page_fails(faulty):
    faulty.arm("page_fails", POSITIONS)
    found = pages(faulty)
    assert found[1:] == [502]


def test_row_on_two_pages(faulty):
    faulty.arm("row_on_two_pages", POSITIONS)
    found = pages(faulty)
    assert found[1][0][0] == found[0][0][-1]


# ---- lag ----


def test_hide_young(faulty):
    faulty.arm("hide_young", "/v5/order/realtime", args={"ms": 60_000})
    raw.post(faulty, CREATE, sell("young"))
    assert orders(faulty, "young") == []
    faulty.disarm()
    assert orders(faulty, "young")


def test_hide_closed(faulty):
    raw.post(faulty, CREATE, sell("closed"))
    faulty.arm("hide_closed")
    assert orders(faulty, "closed") == []
    assert faulty.rows("/v5/order/history", **LINEAR, orderLinkId="closed")


def test_hide_symbol(faulty):
    faulty.arm("hide_symbol", POSITIONS, args={"symbol": "SOLUSDT"})
    assert "SOLUSDT" not in {row["symbol"] for row in raw.get(faulty, POSITIONS, ALL).json["result"]["list"]}


def test_server_time(faulty):
    faulty.arm("server_time", args={"offset_ms": -20_000})
    told = int(raw.send(faulty, "GET", "/v5/market/time").json["result"]["timeSecond"])
    assert abs(told - (time.time() - 20)) < 2
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 10002
    faulty.disarm()
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 0


# ---- arming ----


def test_match_count_probability_and_seed(faulty):
    armed = faulty.arm("null_body", {"path": POSITIONS, "symbol": "SOL*"}, count=2)
    assert raw.get(faulty, POSITIONS, "category=linear&symbol=BTCUSDT").json["retCode"] == 0
    assert [raw.get(faulty, POSITIONS, SOL).body == b"null" for _ in range(3)] == [True, True, False]
    state = next(one for one in faulty.control("armed") if one["id"] == armed["id"])
    assert (state["hits"], state["left"]) == (2, 0)

    def pattern():
        faulty.disarm()
        faulty.arm("null_body", POSITIONS, probability=0.5, seed=11)
        return [raw.get(faulty, POSITIONS, SOL).body == b"null" for _ in range(20)]

    first = pattern()
    assert first == pattern()
    assert 3 < sum(first) < 17


def test_from_and_until(paper_factory):
    paper = paper_factory()
    paper.arm("null_body", POSITIONS, from_=60_000, until=120_000)
    hit = []
    for _ in range(3):
        hit.append(raw.get(paper, POSITIONS, SOL).body == b"null")
        paper.advance(61_000)
    assert hit == [False, True, False]


def test_disarm_one(faulty):
    first = faulty.arm("null_body", POSITIONS)
    faulty.arm("region_block", "/v5/account/info")
    assert faulty.control("disarm", id=first["id"]) == {"disarmed": True}
    assert raw.get(faulty, POSITIONS, SOL).json["retCode"] == 0
    assert raw.get(faulty, "/v5/account/info").status == 403


def test_faults_are_seen_in_the_log(faulty):
    faulty.control("forget_requests")
    faulty.arm("html", POSITIONS, count=1)
    raw.get(faulty, POSITIONS, SOL)
    assert faulty.requests(POSITIONS)[0]["faults"] == ["html"]


def test_lingering_connections_are_cut_too(faulty):
    """Keep-alive connections of a client do not outlive ``refuse_connections``."""
    kept = socket.create_connection(("127.0.0.1", int(faulty.rest.rpartition(":")[2])), timeout=30)
    kept.sendall(b"GET /v5/market/time HTTP/1.1\r\nHost: x\r\n\r\n")
    assert kept.recv(4096).startswith(b"HTTP/1.1 200")
    faulty.arm("refuse_connections")
    try:
        while kept.recv(4096):
            continue
    except ConnectionResetError:
        pass
    kept.close()
