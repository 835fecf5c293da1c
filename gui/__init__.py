"""Everything that needs a screen. It shows snapshots of the core and hands intents to it; it knows no exchange."""
