"""Keeping windows out of screen recordings, where the system can: Windows does, older macOS does, Linux does not.

Best effort, and said so: a camera sees the screen, and newer capture programs on macOS ignore the wish.
"""

from __future__ import annotations

import sys
from typing import Final

from PyQt6.QtGui import QWindow

# SetWindowDisplayAffinity: nothing special; not in captures at all (Windows 10 2004 and later).
_EVERYBODY, _EXCLUDED = 0x00, 0x11
# NSWindowSharingType: none, read-only (the default).
_SHARING_NONE, _SHARING_READ_ONLY = 0, 1


def is_possible() -> bool:
    """Whether this system knows such a wish."""
    return sys.platform in {"win32", "darwin"}


def exclude(window: QWindow, is_excluded: bool) -> bool:
    """Wish that a window is, or is not, left out of recordings. Returns whether the system took the wish."""
    if sys.platform == "win32":
        return _on_windows(int(window.winId()), is_excluded)
    if sys.platform == "darwin":
        return _on_macos(int(window.winId()), is_excluded)
    return False


def _on_windows(handle: int, is_excluded: bool) -> bool:
    import ctypes  # only where there is something to ask

    user32 = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined]  # exists on Windows alone
    set_affinity = user32.SetWindowDisplayAffinity
    set_affinity.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    set_affinity.restype = ctypes.c_int
    return bool(set_affinity(handle, _EXCLUDED if is_excluded else _EVERYBODY))


def _on_macos(view: int, is_excluded: bool) -> bool:
    import ctypes  # as above

    objc: Final = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]
    ask = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    tell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(("objc_msgSend", objc))
    window = ask(view, objc.sel_registerName(b"window"))
    if not window:
        return False
    kind = _SHARING_NONE if is_excluded else _SHARING_READ_ONLY
    tell(window, objc.sel_registerName(b"setSharingType:"), kind)
    return True
