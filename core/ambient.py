"""Forget what the environment says about code, trust and key logs: none of it is the operator's setting for the desk.

Called first of all, before Qt, OpenSSL and the rest are loaded. Variables that only choose how Qt draws stay.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping

# Qt loads plug-ins, scripts, fonts and logging rules from where the first ones point, GTK and GStreamer, which Qt may
# bring in, from where the next do (S40); OpenSSL and Python's ssl take modules, roots and a file for session keys from
# those behind them (S19); the last lead requests elsewhere (S20).
_FOREIGN = re.compile(
    r"QT_PLUGIN_PATH|QT_QPA_PLATFORM_PLUGIN_PATH|QT_QPA_GENERIC_PLUGINS|QT_QPA_FONTDIR|QT_LOGGING_CONF"
    r"|QML2?_IMPORT_PATH|QML_PLUGIN_PATH|QML_DISK_CACHE_PATH|QT_INSTALL_PREFIX|QTWEBENGINE_.*"
    r"|GTK_PATH|GTK3?_MODULES|GIO_EXTRA_MODULES|GIO_MODULE_DIR|GDK_PIXBUF_MODULE(?:DIR|_FILE)|GST_PLUGIN_.*"
    r"|SSLKEYLOGFILE|SSL_CERT_FILE|SSL_CERT_DIR|OPENSSL_CONF|OPENSSL_MODULES|OPENSSL_ENGINES"
    r"|(?:HTTPS?|WSS?|ALL|FTP|NO)_PROXY",
    re.I,
)


def forget(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """Take such variables out, for this process and its children. Returns their names, sorted."""
    names = tuple(sorted(name for name in environ if _FOREIGN.fullmatch(name)))
    for name in names:
        del environ[name]
    return names
