"""One panel of the main window per file."""
