"""Killed desks act on the same exchange, and are as impatient, as those in tests/stories/acting."""

from tests.stories.acting.conftest import admitted, impatient, paper, shared_exchange

__all__ = ["admitted", "impatient", "paper", "shared_exchange"]
