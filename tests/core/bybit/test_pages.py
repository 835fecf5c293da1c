"""Lists of many pages: all of it or an error."""

import json
from itertools import pairwise
from typing import Any

import pytest

from core.bybit import gateway, pages
from core.errors import BadFrame, Unreachable
from tests.core.bybit import rows
from tests.core.bybit.servers import Asked, Raw, envelope, http, page, rest_client


def positions(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{**rows.POSITION, "symbol": f"COIN{number}USDT"} for number in range(start, start + count)]


def executions(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {**rows.EXECUTION, "execId": f"e-{number}", "execTime": str(1_700_000_000_000 - number)}
        for number in range(start, start + count)
    ]


async def test_250_positions_on_two_pages():
    async with rest_client() as (client, server):
        server.answer(page(*positions(200), cursor="COIN199%2C1700%2C0"), page(*positions(50, 200)))
        assert len(await client.gateway.fetch_positions("linear", "USDT")) == 250
        assert server.asked[1].raw_query.endswith("&limit=200&cursor=COIN199%2C1700%2C0")


@pytest.mark.parametrize("last", [page(), page(cursor="again"), page(cursor="one")])
async def test_a_cursor_on_the_last_page_is_followed_and_found_empty(last):
    async with rest_client() as (client, server):
        server.answer(page(*positions(6), cursor="one"), last)
        assert len(await client.gateway.fetch_positions("linear", "USDT")) == 6
        assert len(server.asked) == 2


async def test_a_short_page_whose_cursor_brings_it_again_is_the_end():
    async with rest_client() as (client, server):
        server.answer(page(*positions(6), cursor="one"))
        assert len(await client.gateway.fetch_positions("linear", "USDT")) == 6
        assert len(server.asked) == 2


async def test_a_short_page_is_not_taken_for_the_last_one():
    async with rest_client() as (client, server):
        server.answer(
            page(*positions(20), cursor="one"), page(*positions(20, 20), cursor="two"), page(*positions(3, 40))
        )
        assert len(await client.gateway.fetch_positions("linear", "USDT")) == 43


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ([page(*positions(200), cursor="one")], "incomplete_pages"),
        ([page(*positions(200), cursor="one"), page(*positions(200, 200), cursor="one")], "incomplete_pages"),
        ([page(*positions(200), cursor="one"), page(*positions(10, 195))], "row_repeated"),
        ([page(*positions(200), cursor="one"), http("<html>", kind="text/html")], "bad_envelope"),
        ([page(*positions(200), cursor="one"), envelope({}, 10016)], "exchange_busy"),
        ([page(*positions(200), cursor="one"), Raw((), then="reset")], "connection_lost"),
        ([page(*positions(1_001))], "too_many_rows"),
    ],
    ids=["same page for ever", "cursor repeats", "row on two pages", "html", "error code", "dropped", "too many rows"],
)
async def test_a_page_that_fails_fails_the_list(script, why):
    async with rest_client() as (client, server):
        server.answer(*script)
        with pytest.raises(Unreachable, match=why):
            await client.gateway.fetch_positions("linear", "USDT")


async def test_a_bad_row_on_the_second_page_refuses_the_first():
    async with rest_client() as (client, server):
        server.answer(page(*positions(200), cursor="one"), page({**rows.POSITION, "size": "NaN"}))
        with pytest.raises(BadFrame):
            await client.gateway.fetch_positions("linear", "USDT")


async def test_pages_without_end(monkeypatch):
    monkeypatch.setattr("core.bybit.limits.PER_SECOND", 100_000.0)
    async with rest_client() as (client, server):
        numbers = iter(range(10_000))
        server.answer(lambda _asked: page(*positions(1, next(numbers)), cursor=f"c{next(numbers)}"))
        with pytest.raises(Unreachable, match="incomplete_pages"):
            await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == pages.MAX_PAGES


@pytest.mark.parametrize(
    "cursor", ["a b", "a&settleCoin=USDC", "a#b", "a\r\nX-Header: 1", "a?b", "x" * 1_001, "é", "a\x00", '"']
)
async def test_a_cursor_that_would_change_the_request_is_refused(cursor):
    async with rest_client() as (client, server):
        server.answer(page(*positions(200), cursor=cursor), page())
        with pytest.raises(Unreachable, match="incomplete_pages"):
            await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == 1


@pytest.mark.parametrize("cursor", ["", "page_args%3Dfd4300ae-7847%26symbol%3D6%26", "132766%3A2%2C132766%3A2"])
async def test_a_documented_cursor_goes_back_as_it_came(cursor):
    async with rest_client() as (client, server):
        server.answer(page(*positions(1), cursor=cursor), page())
        await client.gateway.fetch_positions("linear", "USDT")
        assert server.asked[-1].raw_query.endswith(f"&cursor={cursor}" if cursor else "&limit=200")


class TestHistory:
    """Executions and closed PnL: windows of seven days, every page, each row once, oldest first."""

    async def test_windows_are_contiguous_and_no_longer_than_bybit_allows(self):
        async with rest_client() as (client, server):
            server.answer(page())
            end_ms = 20 * 24 * 3600 * 1000
            await client.gateway.fetch_executions("linear", 0, end_ms)
            spans = [(int(asked.query["startTime"]), int(asked.query["endTime"])) for asked in server.asked]
            assert spans[0][0] == 0
            assert spans[-1][1] == end_ms
            assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))
            assert all(0 < end - start <= gateway.WEEK_MS for start, end in spans)

    async def test_an_empty_window_is_asked_for_all_the_same(self):
        async with rest_client() as (client, server):
            server.answer(page(rows.EXECUTION))
            assert len(await client.gateway.fetch_executions("linear", 5_000, 5_000)) == 1
            assert (server.asked[0].query["startTime"], server.asked[0].query["endTime"]) == ("5000", "5000")

    async def test_every_page_each_row_once_oldest_first(self):
        async with rest_client() as (client, server):
            first, second = executions(100), executions(60, 90)
            server.answer(page(*first, cursor="one"), page(*second, cursor="two"), page())
            found = await client.gateway.fetch_executions("linear", 0, 1_000)
            assert [one.exec_id for one in found] == [f"e-{number}" for number in reversed(range(150))]
            assert len(server.asked) == 3

    async def test_rows_on_the_border_of_two_windows_count_once(self):
        def both(asked: Asked) -> Raw:
            return page(*executions(1))

        async with rest_client() as (client, server):
            server.answer(both)
            assert len(await client.gateway.fetch_executions("linear", 0, 10 * 24 * 3600 * 1000)) == 1

    async def test_a_record_that_grew_between_pages_counts_once_in_its_newest_state(self):
        grown = {**rows.CLOSED_PNL, "closedSize": "9", "updatedTime": "1697673600099"}
        other = {**rows.CLOSED_PNL, "orderId": "other", "updatedTime": "1697673600001"}
        async with rest_client() as (client, server):
            server.answer(page(grown, cursor="one"), page(rows.CLOSED_PNL, other, cursor="two"), page())
            found = await client.gateway.fetch_closed_pnl("linear", 0, 1_000)
            assert [(record.order_id[:5], record.closed_size) for record in found] == [("other", 5), ("fd430", 9)]

    async def test_executions_of_one_order_only(self):
        async with rest_client() as (client, server):
            server.answer(page(*executions(3), {**rows.EXECUTION, "orderLinkId": "another", "execId": "x"}))
            assert len(await client.gateway.fetch_executions_of("linear", "pmAAAA01")) == 3


async def test_650_instruments_and_a_wallet_of_one():
    async with rest_client() as (client, server):
        server.answer(page(*[{**rows.INSTRUMENT, "symbol": f"COIN{number}USDT"} for number in range(650)]))
        assert len(await client.gateway.fetch_instruments("linear")) == 650
        for count in (0, 2):
            server.answer(page(*[rows.WALLET] * count))
            with pytest.raises(BadFrame):
                await client.gateway.fetch_wallet()


def test_the_script_helper_makes_valid_json():
    assert json.loads(page(rows.POSITION).chunks[0].split(b"\r\n\r\n")[1])["result"]["list"] == [rows.POSITION]
