"""Fixtures of the server tests: one paper exchange per module, for tests that clean up after themselves."""

from collections.abc import Iterator

import pytest

from tests.paper_fixture import PaperProcess


@pytest.fixture(scope="module")
def shared_paper() -> Iterator[PaperProcess]:
    """A frozen exchange that the tests of a module share; limits off, because they ask a lot."""
    started = PaperProcess()
    started.control("settings", limits=False)
    yield started
    started.stop()
    assert "Traceback" not in started.complaints


@pytest.fixture(scope="module")
def live_paper() -> Iterator[PaperProcess]:
    """An exchange on the real clock: prices move."""
    started = PaperProcess(clock="real")
    started.control("settings", limits=False)
    yield started
    started.stop()
    assert "Traceback" not in started.complaints
