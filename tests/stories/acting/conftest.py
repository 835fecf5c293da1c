"""One paper exchange for all stories of a process: each begins with the same two positions, no fault, and an empty log.

Whoever changes more than positions, stops and orders of these two takes an exchange of its own (``paper_factory``).
"""

from collections.abc import Iterator

import pytest

from core import actions, resolver, sweep
from core.bybit import exchange
from gui.dialogs import window as form_window
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import restore


@pytest.fixture(scope="session")
def shared_exchange() -> Iterator[PaperProcess]:
    """The exchange; a traceback in it fails the last story."""
    process = PaperProcess()
    yield process
    process.stop()
    assert "Traceback" not in process.complaints


@pytest.fixture
def paper(shared_exchange: PaperProcess) -> PaperProcess:
    """20 SOL long, 1.5 ETH long without stops, other positions as the story before left them."""
    restore(shared_exchange)
    return shared_exchange


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real waits are 2 s for the stream, 13 s for "no trace", 3.5 s between cancels: the same order in less."""
    monkeypatch.setattr(actions, "ASK_AFTER_MS", 500)
    monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 2.5)
    monkeypatch.setattr(resolver, "SWEEPS_OVER_S", 1.5)
    monkeypatch.setattr(sweep, "BACKOFF_S", (0.05, 0.1, 0.2))
    monkeypatch.setattr(form_window, "SHIELD_MS", 50)


@pytest.fixture(autouse=True)
def admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may hold a request up for longer than the 5 s after which the exchange rightly refuses it."""
    monkeypatch.setattr(exchange, "RECV_WINDOW_MS", 60_000)
