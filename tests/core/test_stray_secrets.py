"""S3: keys on the command line, in the environment or in the settings are refused, and never repeated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StartupError
from core.stray_secrets import check_arguments, check_environment, check_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "cANARYsecretCANARYsecretCANARYsecret"


@pytest.mark.parametrize(
    "argument",
    [
        "--api-key",
        "--api_secret=" + SECRET,
        "--secret",
        "--key=x",
        "--bybit-api-key",
        "-secret",
        "--passphrase",
        "--token",
    ],
)
def test_arguments(argument: str) -> None:
    with pytest.raises(StartupError, match="secret_in_arguments") as trouble:
        check_arguments(["live", argument, SECRET])
    assert SECRET not in str(trouble.value)


def test_ordinary_arguments_pass() -> None:
    check_arguments(
        ["live", "--account", "key", "--data-dir", "/secret", "--log-level=DEBUG", "--print", "--seed", "3"]
    )


@pytest.mark.parametrize(
    "name",
    ["BYBIT_API_KEY", "BYBIT_API_SECRET", "BYBIT_SECRET", "BYBIT_LIVE_API_KEY", "QUARTERDECK_PASSPHRASE", "bybit_key"],
)
def test_environment(name: str) -> None:
    with pytest.raises(StartupError, match="secret_in_environment") as trouble:
        check_environment({name: SECRET})
    assert SECRET not in str(trouble.value)


def test_ordinary_variables_pass() -> None:
    check_environment(
        {"HOME": "/home/key", "XDG_SESSION_ID": "1", "BYBIT_API_KEY": "", "BYBIT_REGION": "eu", "KEYS": "x"}
    )


def test_settings() -> None:
    check_settings(["theme", "columns/positions", "geometry", "hold_above"])
    for name in ("api_key", "apiSecret", "passphrase", "bybit/secret"):
        with pytest.raises(StartupError, match="secret_in_settings"):
            check_settings([name])


@pytest.mark.parametrize(
    ("arguments", "variables", "settings", "said"),
    [
        (["live", "--api-secret", SECRET], {}, "{}", "command line"),
        (["paper", f"--api-secret={SECRET}"], {}, "{}", "command line"),
        (["live"], {"BYBIT_API_SECRET": SECRET}, "{}", "BYBIT_API_SECRET"),
        (["live"], {}, f'{{"api_secret": "{SECRET}"}}', "settings file"),
        (["live"], {}, "{}", "No keys are stored"),
    ],
)
def test_the_command_line_is_one_sentence(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], settings: str, said: str
) -> None:
    (tmp_path / "settings.json").write_text(settings)
    done = subprocess.run(
        [sys.executable, "main.py", *arguments, "--print", "--data-dir", str(tmp_path)],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert SECRET not in done.stderr


STARTED = """
import asyncio, contextlib, ctypes, os, resource, sys
import main
from core.errors import StartupError
main.main(["live", "--secret"])
print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
os.environ["BYBIT_API_SECRET"] = "x" * 36
with contextlib.suppress(StartupError):  # further it does not come
    asyncio.run(main.Exchange(main.arguments(["live"])).make_manager(None))
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0)  # PR_GET_DUMPABLE
"""


def test_no_core_is_dumped() -> None:
    """S13; S33: and what is made from the first moment on is for its owner alone."""
    done = subprocess.run([sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["(0, 0) 0o77", "0"]
