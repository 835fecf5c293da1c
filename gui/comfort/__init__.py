"""The desk beyond its window: tray, notifications, sounds, idle lock. Made after the first paint; it never trades."""
