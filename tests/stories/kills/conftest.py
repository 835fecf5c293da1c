"""One paper exchange for all kills, and resolvers that do not wait as long as an operator's."""

from collections.abc import Iterator

import pytest

from core import actions, resolver
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import restore


@pytest.fixture(scope="module")
def shared_exchange() -> Iterator[PaperProcess]:
    """The exchange; a traceback in it fails the last story."""
    process = PaperProcess()
    yield process
    process.stop()
    assert "Traceback" not in process.complaints


@pytest.fixture
def paper(shared_exchange: PaperProcess) -> PaperProcess:
    """20 SOL long, 1.5 ETH long without stops, no fault, an empty log."""
    restore(shared_exchange)
    return shared_exchange


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real waits are 2 s for the stream, 13 s for "no trace": the same order in less."""
    monkeypatch.setattr(actions, "ASK_AFTER_MS", 200)
    monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 2.5)
    monkeypatch.setattr(resolver, "SWEEPS_OVER_S", 1.5)
