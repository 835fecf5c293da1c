"""ccxt's Bybit without the rest: less is loaded, and the rest is there for whoever asks. Each in its own process."""

import subprocess
import sys


def check(code: str) -> str:
    """Run code in a fresh interpreter and return what it printed; a failed assertion fails the test."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_only_bybit_is_loaded():
    loaded = check(
        "import sys, core.bybit.client\n"
        "print(len([name for name in sys.modules if name.startswith('ccxt') and 'binance' in name]))"
    )
    assert loaded == "0"


def test_the_rest_comes_when_asked_for():
    check(
        "import core.bybit.client, ccxt, ccxt.pro, ccxt.async_support\n"
        "bybit = ccxt.pro.bybit\n"
        "assert ccxt.NetworkError.__name__ == 'NetworkError'\n"
        "assert ccxt.__version__ == '4.5.90'\n"
        "assert 'okx' in ccxt.exchanges and ccxt.pro.okx and ccxt.async_support.kraken and ccxt.bybit\n"
        "assert ccxt.pro.bybit is bybit\n"
        "assert not hasattr(ccxt, 'no_such_exchange')\n"
        "assert issubclass(bybit, ccxt.async_support.bybit)\n"
        "assert issubclass(ccxt.async_support.bybit, ccxt.async_support.Exchange)\n"
    )


def test_probing_loads_nothing():
    check(
        "import sys, core.bybit.client, ccxt\n"
        "assert not hasattr(ccxt, '__wrapped__')\n"
        "assert 'ccxt.binance' not in sys.modules\n"
    )


def test_a_ccxt_that_was_loaded_before_is_used():
    check(
        "import ccxt\nimport core.bybit.client\nimport ccxt.pro\nassert ccxt.pro.bybit().id == 'bybit'\nassert ccxt.okx"
    )
