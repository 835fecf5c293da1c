"""The REST protocol: envelope, headers, parameters, paging, windows, permissions, limits."""

import time
from collections import Counter
from urllib.parse import quote, unquote

import pytest

from tests.core.paper.server import raw

LINEAR = {"category": "linear"}
WEEK_MS = 7 * 86_400_000


def test_envelope_and_headers(shared_paper):
    answer = raw.get(shared_paper, "/v5/position/list", "category=linear&symbol=BTCUSDT")
    assert set(answer.json) == {"retCode", "retMsg", "result", "retExtInfo", "time"}
    assert abs(answer.json["time"] - time.time() * 1000) < 2000
    assert answer.headers["x-bapi-limit"] == "50"
    assert int(answer.headers["x-bapi-limit-status"]) <= 50
    assert abs(int(answer.headers["x-bapi-limit-reset-timestamp"]) - time.time() * 1000) < 2000
    assert {"traceid", "timenow"} <= set(answer.headers)
    assert "access-control-allow-origin" not in answer.headers


def test_time_endpoint_needs_no_key(shared_paper):
    result = raw.send(shared_paper, "GET", "/v5/market/time").json["result"]
    assert result["timeNano"][:10] == result["timeSecond"]


@pytest.mark.parametrize("body", [b'{"category":"linear"}', b'{"category": "linear"}', b'\n {"category" :"linear"} '])
def test_any_spelling_of_a_body_is_verified_as_received(shared_paper, body):
    assert raw.post(shared_paper, "/v5/order/cancel", body).json["retCode"] == 10001  # signed well, says too little


def test_get_with_empty_query(shared_paper):
    assert raw.get(shared_paper, "/v5/account/info", "").json["retCode"] == 0


def test_get_with_a_body_is_forbidden(shared_paper):
    answer = raw.send(shared_paper, "GET", "/v5/account/info", b"{}", raw.signed(shared_paper, b""))
    assert answer.status == 403


def test_unknown_paths_and_methods(shared_paper):
    for method, path in (("GET", "/"), ("GET", "/v5/nothing"), ("POST", "/v5/position/list"), ("DELETE", "/v5/order")):
        answer = raw.send(shared_paper, method, path)
        assert (answer.status, answer.json["retCode"]) == (404, 10017)


def test_position_list_rules(shared_paper):
    paper = shared_paper
    assert paper.get("/v5/position/list", **LINEAR)["retCode"] == 10001
    assert paper.get("/v5/position/list", category="spot", symbol="BTCUSDT")["retMsg"] == "Illegal category"
    assert paper.get("/v5/position/list", **LINEAR, symbol="NOPEUSDT")["retCode"] == 10001
    flat = paper.rows("/v5/position/list", **LINEAR, symbol="ADAUSDT")
    assert [(row["positionIdx"], row["size"], row["side"]) for row in flat] == [(0, "0", "")]
    hedge = paper.rows("/v5/position/list", **LINEAR, symbol="BTCUSDT")
    assert [row["positionIdx"] for row in hedge] == [1, 2]
    held = paper.rows("/v5/position/list", **LINEAR, settleCoin="USDT")
    assert all(float(row["size"]) > 0 for row in held)
    assert paper.rows("/v5/position/list", category="inverse") == []


def test_spot_option_and_prelaunch_are_empty_not_errors(shared_paper):
    for params in ({"category": "spot"}, {"category": "option", "baseCoin": "BTC"}, {**LINEAR, "status": "PreLaunch"}):
        result = shared_paper.result("/v5/market/instruments-info", **params)
        assert (result["list"], result["nextPageCursor"]) == ([], "")
    assert shared_paper.rows("/v5/market/tickers", category="spot") == []


LISTS = [
    ("/v5/position/list", {**LINEAR, "settleCoin": "USDT"}, lambda r: (r["symbol"], r["positionIdx"])),
    ("/v5/order/realtime", {**LINEAR, "settleCoin": "USDT"}, lambda r: r["orderId"]),
    ("/v5/order/realtime", {**LINEAR, "settleCoin": "USDT", "openOnly": 1}, lambda r: r["orderId"]),
    ("/v5/order/history", LINEAR, lambda r: r["orderId"]),
    ("/v5/execution/list", LINEAR, lambda r: r["execId"]),
    ("/v5/position/closed-pnl", LINEAR, lambda r: r["orderId"]),
    ("/v5/account/transaction-log", {}, lambda r: r["id"]),
    ("/v5/market/instruments-info", LINEAR, lambda r: r["symbol"]),
]


@pytest.mark.parametrize(
    "encode", [lambda c: c, unquote, lambda c: quote(c, safe="")], ids=["sent", "decoded", "twice"]
)
@pytest.mark.parametrize(("path", "params", "key"), LISTS)
def test_paging_finds_everything_once(shared_paper, path, params, key, encode):
    """The client sends the cursor verbatim (as ccxt and pybit do), decoded, or encoded again."""
    whole, cursor = Counter(), ""
    for _ in range(200):
        query = "&".join([*(f"{name}={value}" for name, value in params.items()), "limit=3"])
        answer = raw.get(shared_paper, path, query + (f"&cursor={encode(cursor)}" if cursor else "")).json
        assert answer["retCode"] == 0, answer
        rows, cursor = answer["result"]["list"], answer["result"]["nextPageCursor"]
        whole.update(key(row) for row in rows)
        if not rows or not cursor:
            break
        assert len(rows) <= 3
    assert whole
    assert set(whole.values()) == {1}
    assert len(whole) >= len(shared_paper.rows(path, **params))


def test_default_and_largest_pages(shared_paper):
    paper = shared_paper
    assert len(paper.rows("/v5/order/history", **LINEAR)) == 20
    assert len(paper.rows("/v5/order/history", **LINEAR, limit=999)) == 50
    assert len(paper.rows("/v5/execution/list", **LINEAR)) == 50
    assert len(paper.rows("/v5/execution/list", **LINEAR, limit=999)) == 100
    assert len(paper.rows("/v5/account/transaction-log")) <= 20
    assert len(paper.rows("/v5/market/kline", **LINEAR, symbol="BTCUSDT", interval=1)) == 200
    for bad in ("0", "-1", "x"):
        assert paper.get("/v5/order/history", **LINEAR, limit=bad)["retCode"] == 10001


def test_a_single_row_carries_a_cursor_too(shared_paper):
    result = shared_paper.result("/v5/position/list", **LINEAR, symbol="SOLUSDT")
    assert len(result["list"]) == 1
    assert result["nextPageCursor"]


def test_seven_day_windows(shared_paper):
    paper = shared_paper
    now = int(time.time() * 1000)
    for path in ("/v5/execution/list", "/v5/position/closed-pnl", "/v5/order/history"):
        too_long = paper.get(path, **LINEAR, startTime=now - WEEK_MS - 1, endTime=now)
        assert too_long["retCode"] == 10001
        assert paper.get(path, **LINEAR, startTime=now, endTime=now - 1)["retCode"] == 10001
        times = [int(row.get("execTime") or row["updatedTime"]) for row in paper.rows(path, **LINEAR)]
        assert min(times) >= now - WEEK_MS - 10_000
        middle = sorted(times)[len(times) // 2]
        older = paper.rows(path, **LINEAR, endTime=middle)
        assert all(int(row.get("execTime") or row["createdTime"]) <= middle for row in older)


def test_wallet_account_types(shared_paper):
    assert shared_paper.get("/v5/account/wallet-balance", accountType="CONTRACT")["retCode"] == 10001
    coins = shared_paper.rows("/v5/account/wallet-balance", accountType="UNIFIED", coin="USDT")[0]["coin"]
    assert [coin["coin"] for coin in coins] == ["USDT"]


def test_filters_by_id_ignore_the_rest(shared_paper):
    some = shared_paper.rows("/v5/execution/list", **LINEAR, symbol="SOLUSDT", execType="Trade")[0]
    found = shared_paper.rows("/v5/execution/list", **LINEAR, orderId=some["orderId"], symbol="BTCUSDT")
    assert {row["orderId"] for row in found} == {some["orderId"]}
    order = shared_paper.rows("/v5/order/realtime", **LINEAR, orderId=some["orderId"])
    assert [row["orderId"] for row in order] == [some["orderId"]]


PERMISSIONS = [
    ("read_only", {"read": 0, "write": 10005, "wallet": 0}),
    ("no_trade", {"read": 10005, "write": 10005, "wallet": 0}),
    ("no_wallet", {"read": 0, "wallet": 10005}),
    ("withdraw", {"read": 0, "wallet": 0}),
    ("expired", {"read": 33004, "write": 33004}),
    ("revoked", {"read": 10003, "write": 10003}),
    ("ip_elsewhere", {"read": 10010, "write": 10010}),
    ("ip_any", {"read": 0}),
]


@pytest.mark.parametrize(("preset", "codes"), PERMISSIONS)
def test_permission_sets(shared_paper, preset, codes):
    client = shared_paper.new_client(preset)
    asked = {
        "read": lambda: client.get("/v5/position/list", **LINEAR, symbol="SOLUSDT"),
        "write": lambda: client.post("/v5/order/cancel", {**LINEAR, "symbol": "SOLUSDT", "orderId": "x"}),
        "wallet": lambda: client.get("/v5/asset/coin/query-info"),
    }
    assert {name: asked[name]()["retCode"] for name in codes} == codes


def test_rights_change_in_the_middle_of_a_session(paper_factory):
    paper = paper_factory()
    assert paper.result("/v5/user/query-api")["readOnly"] == 0
    for preset, code in (("read_only", 10005), ("revoked", 10003), ("expired", 33004), ("ip_elsewhere", 10010)):
        paper.control("change_key", preset=preset)
        assert paper.post("/v5/order/cancel", {**LINEAR, "symbol": "SOLUSDT", "orderId": "x"})["retCode"] == code
    paper.control("change_key", preset="full")
    assert paper.post("/v5/order/cancel", {**LINEAR, "symbol": "SOLUSDT", "orderId": "x"})["retCode"] == 110001


def test_endpoint_limit(paper_factory):
    paper = paper_factory()
    cancel = {**LINEAR, "symbol": "SOLUSDT", "orderId": "x"}
    answers = [paper.post("/v5/order/cancel", cancel) for _ in range(11)]
    assert [one["retCode"] for one in answers] == [110001] * 10 + [10006]
    assert answers[-1]["retMsg"].startswith("Too many visits!")
    assert paper.client.last_headers["X-Bapi-Limit-Status"] == "0"
    reset = int(paper.client.last_headers["X-Bapi-Limit-Reset-Timestamp"])
    assert 0 < reset - answers[-1]["time"] <= 1000
    paper.advance(1000)
    assert paper.post("/v5/order/cancel", cancel)["retCode"] == 110001


def test_too_many_requests_are_banned_for_ten_minutes(paper_factory):
    paper = paper_factory()
    statuses = Counter(raw.send(paper, "GET", "/v5/market/time").status for _ in range(620))
    assert statuses[200] == 600
    banned = raw.get(paper, "/v5/account/info")
    assert (banned.status, banned.body) == (403, b"access too frequent")
    assert paper.control("state")["refused_while_banned"] >= 20
    paper.advance(600_000)
    assert raw.get(paper, "/v5/account/info").status == 200


def test_batches(paper_factory):
    """Orders succeed or fail one by one; each counts against the limit."""
    paper = paper_factory()
    sell = {"symbol": "SOLUSDT", "side": "Sell", "orderType": "Market", "qty": "0.1", "reduceOnly": True}
    orders = [{**sell, "orderLinkId": "batch-1"}, {**sell, "orderLinkId": "batch-1"}, {**sell, "qty": "x"}]
    answer = paper.post("/v5/order/create-batch", {**LINEAR, "request": orders})
    assert [one["code"] for one in answer["retExtInfo"]["list"]] == [0, 110072, 10001]
    rows = answer["result"]["list"]
    assert [bool(row["orderId"]) for row in rows] == [True, False, False]
    assert rows[0]["orderLinkId"] == "batch-1"
    assert rows[0]["createAt"]
    gone = {"symbol": "SOLUSDT", "orderLinkId": "batch-1"}
    answer = paper.post("/v5/order/cancel-batch", {**LINEAR, "request": [gone] * 12})
    codes = [one["code"] for one in answer["retExtInfo"]["list"]]
    assert codes == [110001] * 10 + [10006] * 2
    for request in (None, [], [1], [gone] * 21):
        assert paper.post("/v5/order/amend-batch", {**LINEAR, "request": request})["retCode"] == 10001


def test_the_log_holds_requests_but_no_secrets(shared_paper):
    shared_paper.control("forget_requests")
    shared_paper.post("/v5/order/cancel", {**LINEAR, "symbol": "SOLUSDT", "orderId": "look-me-up"})
    seen = shared_paper.requests("/v5/order/cancel")
    assert seen[0]["fields"]["orderId"] == "look-me-up"
    assert seen[0]["ret_code"] == 110001
    assert shared_paper.control("counts") == {"POST /v5/order/cancel": 1}
    text = str(shared_paper.control("requests"))
    assert shared_paper.api_secret not in text
    assert shared_paper.api_key not in text


def test_the_log_stays_small(shared_paper):
    """Neither made-up paths nor large bodies fill the memory."""
    shared_paper.control("forget_requests")
    for number in range(5):
        raw.send(shared_paper, "GET", f"/made/up/{number}")
    raw.post(shared_paper, "/v5/order/create", b'{"category":"' + b"x" * 100_000 + b'"}')
    assert shared_paper.control("counts") == {"unknown route": 5, "POST /v5/order/create": 1}
    assert shared_paper.requests("/v5/order/create")[0]["fields"] == {}
