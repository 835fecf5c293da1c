"""Statistics over closed trades: pure functions, no store, no screen."""
