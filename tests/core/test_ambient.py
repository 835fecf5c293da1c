"""S40, S19, S20: what the environment says about plug-ins, trust and proxies does not count."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.ambient import forget
from tests.paper_fixture import ROOT

FOREIGN = {
    "QT_PLUGIN_PATH": "/planted", "QT_QPA_PLATFORM_PLUGIN_PATH": "/planted", "QML2_IMPORT_PATH": "/planted",
    "QML_IMPORT_PATH": "/planted", "QT_LOGGING_CONF": "/planted/rules", "QT_QPA_FONTDIR": "/planted",
    "GTK_MODULES": "planted", "GTK_PATH": "/planted", "GIO_EXTRA_MODULES": "/planted", "GST_PLUGIN_PATH": "/planted",
    "SSLKEYLOGFILE": "/planted/keys", "OPENSSL_CONF": "/planted/openssl.cnf", "SSL_CERT_FILE": "/planted/roots.pem",
    "https_proxy": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9",
}  # fmt: skip
LIBRARY_PATHS = """
import os, sys
sys.path.insert(0, {root!r})
if {forgets}:
    from core.ambient import forget
    forget(os.environ)
from gui.app import make_application
print("\\n".join(make_application().libraryPaths()))
"""


def test_what_leads_elsewhere_is_forgotten_and_nothing_else() -> None:
    own = {"HOME": "/home/me", "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2", "LANG": "it_IT.UTF-8"}
    environ = {**own, **FOREIGN}
    assert forget(environ) == tuple(sorted(FOREIGN))
    assert environ == own


@pytest.mark.parametrize("forgets", [True, False], ids=["forgotten", "control"])
def test_qt_looks_for_plug_ins_in_its_own_folder_only(tmp_path: Path, forgets: bool) -> None:
    """Without it Qt would look into the planted folder first: the control shows that this test can fail."""
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY_PATHS.format(root=str(ROOT), forgets=forgets)],
        cwd=tmp_path, env=os.environ | {"QT_PLUGIN_PATH": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert (str(tmp_path) in done.stdout) is not forgets
