"""What stories share: a manager on a paper exchange, and a patient way to wait for the world outside the loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from core.bybit import Connection
from core.manager import PositionManager
from core.secrets import Secret
from tests.paper_fixture import PaperProcess


def connection_to(paper: PaperProcess) -> Connection:
    """The connection that the desk would make from the ready line."""
    return Connection(
        environment="paper",
        rest=paper.rest,
        ws=paper.ws,
        api_key=paper.api_key,
        api_secret=Secret(paper.api_secret),
    )


@asynccontextmanager
async def managed(paper: PaperProcess, **options: Any) -> AsyncIterator[PositionManager]:
    """A running manager whose first baseline is complete."""

    async def locate() -> Connection:
        return connection_to(paper)

    manager = PositionManager(locate, **options)
    running = asyncio.create_task(manager.run())
    try:
        await manager.until(lambda s: s.links.is_live, 30)
        yield manager
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if not running.cancelled() and running.exception():
            raise running.exception()


async def until(holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Ask again until it holds: for facts that no event of ours announces, such as another client's view."""
    async with asyncio.timeout(timeout_s):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.02)
