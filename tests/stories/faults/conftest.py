"""The stage of a module's faults: paper exchange, desk and loop live as long as the module, a witness for each test.

A coroutine test that asks for ``stage`` runs on the stage's loop.
"""

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from tests.paper_fixture import PaperProcess
from tests.stories.faults.stage import PACES, Stage


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the stage's tests on its loop."""
    stage = pyfuncitem.funcargs.get("stage")
    if stage is None or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    stage.runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story runs at each pace that its module allows; the real one belongs to the soak."""
    if "whole_stage" in metafunc.fixturenames:
        names = getattr(metafunc.module, "PACES", PACES)
        paces = [pytest.param(name, marks=pytest.mark.soak if name == "real" else ()) for name in names]
        metafunc.parametrize("whole_stage", paces, indirect=True, scope="module")


@pytest.fixture(scope="module")
def whole_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A paper exchange and a desk, with the module's ``SCENARIO`` and ``OPTIONS``.

    ``PATIENCE`` and ``INTERVALS`` of a module are for its hurried desk.
    """
    paper = PaperProcess(scenario=getattr(request.module, "SCENARIO", "hedge"))
    try:
        paper.control("settings", limits=False)
        with asyncio.Runner() as runner:
            module = request.module
            pace = PACES[request.param]
            if request.param == "hurried":
                own = {name: getattr(module, name.upper(), getattr(pace, name)) for name in ("patience", "intervals")}
                pace = pace._replace(**own)
            stage = Stage(paper, runner, pace, **getattr(module, "OPTIONS", {}))
            runner.run(stage.open())
            yield stage
            runner.run(stage.close())
    finally:
        paper.stop()
    assert "Traceback" not in paper.complaints


@pytest.fixture
def stage(whole_stage: Stage) -> Iterator[Stage]:
    """The stage, well before the test and well after it."""
    whole_stage.runner.run(whole_stage.begin())
    yield whole_stage
    whole_stage.runner.run(whole_stage.end())
