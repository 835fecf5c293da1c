"""An intent has one row before it is sent, its states go forward, a restart finds those without a verdict."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.errors import BadValue
from core.intents import UNTRACED_MS
from core.store import journal
from core.store.tables import INTENT_STATES
from tests.core.store import samples
from tests.core.store.conftest import OpenStore, within

TERMINAL = {"done", "refused"}


async def test_open_intents_survive_a_restart_with_their_latest_state(open_store: OpenStore):
    async with open_store() as store:
        for number, intent in enumerate(samples.INTENTS):
            link = None if number == 1 else f"link-{number}"
            await store.journal_intent(samples.command(number, order_link_id=link), intent)
        await store.note_intent_state(samples.command(0, "accepted"))
        await store.note_intent_state(samples.command(2, "unknown", detail="timeout"))
        await store.note_intent_state(samples.command(1, "done"))
    async with open_store() as store:
        found = await store.open_intents()
        assert [(f.command.command_id, f.command.state, f.intent) for f in found] == [
            (samples.command(0).command_id, "accepted", samples.INTENTS[0]),
            (samples.command(2).command_id, "unknown", samples.INTENTS[2]),
        ]
        assert found[1].command.detail == "timeout"
        assert (await store.load_intent(samples.command(1).command_id)).command.state == "done"
        assert await store.load_intent("nobody's") is None


async def test_an_id_is_journalled_once(open_store: OpenStore):
    async with open_store() as store:
        await store.journal_intent(samples.command(1), samples.close_intent())
        with pytest.raises(BadValue, match="intent_known"):
            await store.journal_intent(samples.command(1), samples.close_intent())
        await store.journal_intent(samples.command(2, order_link_id="link"), samples.close_intent())
        with pytest.raises(BadValue, match="intent_known"):
            await store.journal_intent(samples.command(3, order_link_id="link"), samples.close_intent())
        assert len(await store.open_intents()) == 2


async def test_a_command_comes_back_with_all_that_was_known_of_it(open_store: OpenStore):
    stages = [
        samples.command(1, life_id="L1", size_before=Decimal("0.030")),
        samples.command(1, "accepted", life_id="L1", size_before=Decimal("0.030"), order_id="order-7"),
        samples.command(1, "accepted", order_id="order-7", filled_qty=Decimal("0.004"), attempts=2),
        samples.command(1, "done", order_id="order-7", filled_qty=Decimal("0.009"), evidence="executions", attempts=2),
        samples.command(1, "done", order_id="order-7", filled_qty=Decimal("0.010"), evidence="order", attempts=2),
    ]
    async with open_store() as store:
        await store.journal_intent(stages[0], samples.close_intent())
        for stage in stages[1:]:
            assert await store.note_intent_state(stage)
            assert not await store.note_intent_state(stage)
            assert (await store.load_intent(stage.command_id)).command == stage
        assert await store.open_intents() == []
    async with open_store() as store:
        assert (await store.load_intent(stages[0].command_id)).command == stages[-1]


async def test_what_goes_out_again_is_open_again_whatever_is_written_behind_it(open_store: OpenStore):
    first, again = samples.command(1, "no_trace"), samples.command(1, "sending", attempts=2, qty=Decimal("0.005"))
    async with open_store() as store:
        await store.journal_intent(samples.command(1), samples.close_intent())
        assert await store.note_intent_state(again)
        assert not await store.note_intent_state(first)
    async with open_store() as store:
        (found,) = await store.open_intents()
        assert (found.command, found.intent.qty) == (again, Decimal("0.005"))


async def test_the_hour_without_a_trace_begins_with_the_last_copy_also_after_a_restart(open_store: OpenStore):
    first = samples.command(1)
    sent_ms = first.created_ms + UNTRACED_MS - 30_000
    async with open_store() as store:
        await store.journal_intent(first, samples.close_intent())
        await store.note_intent_state(samples.command(1, "no_trace", attempts=2, sent_ms=sent_ms))
    async with open_store() as store:
        assert len(await store.open_intents(sent_ms + UNTRACED_MS - 1)) == 1
        assert await store.open_intents(sent_ms + UNTRACED_MS) == []


async def test_a_state_of_an_unknown_intent_is_refused(open_store: OpenStore):
    async with open_store() as store:
        with pytest.raises(BadValue, match="intent_unknown"):
            await store.note_intent_state(samples.command(1, "done"))


STAGES = [samples.command(1, state) for state in INTENT_STATES]
STAGES.append(samples.command(1, "refused", evidence="order Rejected"))


@settings(deadline=None, max_examples=60)
@given(stages=st.lists(st.sampled_from(STAGES), max_size=8))
def test_a_final_state_never_changes_and_only_verdicts_close_an_intent(database, stages):
    """An answer that refused one copy of a request is not final: it may go out again, and another copy may be there."""

    def job(connection: Connection) -> None:
        present = samples.command(1)
        journal.add(connection, present, samples.close_intent())
        for stage in stages:
            if present.is_final and stage.state != present.state:
                with pytest.raises(BadValue, match="intent_transition"):
                    journal.note(connection, stage, 5)
            else:
                assert journal.note(connection, stage, 5) == (stage != present)
                present = stage
        soon, late = present.created_ms + 1_000, 2**53
        may_turn_up = present.state == "no_trace" or (present.state == "refused" and not present.is_final)
        kept = [found.command for found in journal.open_ones(connection, soon)]
        assert kept == ([present] if present.is_open or may_turn_up else [])
        assert journal.open_ones(connection, late) == journal.open_ones(connection)
        unfinished = connection.execute(text("SELECT count(*) FROM open_intents")).scalar()
        assert unfinished == (0 if present.state in TERMINAL else 1)
        is_open = [found.command for found in journal.open_ones(connection)]
        assert is_open == ([present] if present.is_open else [])
        assert journal.one(connection, present.command_id).command == present

    within(database, job)


def test_an_intent_of_a_kind_that_this_version_does_not_know_is_still_there(database):
    def job(connection: Connection) -> None:
        journal.add(connection, samples.command(1), samples.close_intent())
        columns = "kind, category, symbol, position_idx, life_id, seq_seen, side, created_ms"
        copy = (
            f"INSERT INTO intents (intent_id, order_link_id, type, payload, {columns})"
            f" SELECT :id, :id, :type, :payload, {columns} FROM intents WHERE row_id = 1"
        )
        connection.execute(text(copy), {"id": "later", "type": "OpenLadder", "payload": "{}"})
        connection.execute(text(copy), {"id": "unreadable", "type": "ClosePosition", "payload": "{"})
        connection.execute(text("INSERT INTO open_intents VALUES ('later'), ('unreadable')"))
        known, later, unreadable = journal.open_ones(connection)
        assert known.intent == samples.close_intent()
        assert (later.intent, later.command.state, later.command.order_link_id) == (None, "unknown", "later")
        assert unreadable.intent is None

    within(database, job)


def test_half_a_character_in_a_reason_from_the_network_does_no_harm(database):
    def job(connection: Connection) -> None:
        journal.add(connection, samples.command(1), samples.close_intent())
        refused = samples.command(1, "refused", ret_code=110017, detail="bad \ud800 text")
        assert journal.note(connection, refused, 5)
        assert not journal.note(connection, refused, 6)
        found = journal.one(connection, refused.command_id)
        assert (found.command.ret_code, found.command.detail) == (110017, "bad \\ud800 text")

    within(database, job)
