"""Whether there is a screen to show a window on. Qt itself aborts the process without one, so this asks first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import StartupError

if TYPE_CHECKING:
    import ctypes

# What Qt's xcb plugin loads and small systems lack; one missing library aborts the process.
_XCB_LIBRARIES: Final = (
    "libxcb.so.1",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-randr.so.0",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
    "libX11-xcb.so.1",
    "libEGL.so.1",
    "libfontconfig.so.1",
    "libdbus-1.so.3",
)


def require_display() -> None:
    """Return if a window can be shown.

    Raises:
        StartupError: ``no_display`` or ``missing_library``.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if sys.platform != "linux" or platform not in {"", "xcb", "wayland"}:
        return
    if platform != "xcb" and _has_wayland():
        return
    if not os.environ.get("DISPLAY"):
        raise StartupError("no_display")
    for name in _XCB_LIBRARIES:
        _load(name)
    if not _x_server_answers():
        raise StartupError("display_silent", display=os.environ["DISPLAY"])


def _has_wayland() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and (Path(folder) / str(name)).exists()


def _load(name: str) -> ctypes.CDLL:
    import ctypes  # only where there is something to ask

    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise StartupError("missing_library", library=name) from error


def _x_server_answers() -> bool:
    """Connect as Qt would, and hang up."""
    import ctypes

    xcb = _load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return bool(xcb.xcb_connection_has_error(connection) == 0)
    finally:
        xcb.xcb_disconnect(connection)
