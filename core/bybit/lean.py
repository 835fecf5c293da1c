"""ccxt's Bybit without ccxt's hundred other exchanges: half the import time, 50 MB less memory.

``import ccxt.pro`` runs three package ``__init__`` files that import every exchange three times over. Here the packages
are put in place unexecuted, and only the modules that Bybit needs are imported. Whoever asks one of the packages for
anything else gets it: the package's own ``__init__`` is run at that moment.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_PACKAGES = ("ccxt", "ccxt.async_support", "ccxt.pro")


class _Unexecuted(ModuleType):
    """A package whose ``__init__`` runs when something is asked of it that is not there yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        object.__setattr__(self, "__class__", ModuleType)
        spec.loader.exec_module(self)
        return getattr(self, name)


def load() -> tuple[Any, Any]:
    """ccxt.pro's ``bybit`` class and the WebSocket ``Client`` class that it uses.

    Loads as little as possible, or uses what is loaded already.
    """
    if "ccxt" not in sys.modules:
        _put_packages_in_place()
        _import_bybit()
    pro = importlib.import_module("ccxt.pro")
    client = importlib.import_module("ccxt.async_support.base.ws.client")
    return pro.bybit, client.Client


def _put_packages_in_place() -> None:
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        package = _Unexecuted(name)
        package.__spec__ = spec
        package.__file__ = spec.origin
        package.__loader__ = spec.loader
        package.__package__ = name
        package.__path__ = list(spec.submodule_search_locations or ())
        sys.modules[name] = package
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, package)


def _import_bybit() -> None:
    ccxt, asynchronous, pro = (sys.modules[name] for name in _PACKAGES)
    errors = importlib.import_module("ccxt.base.errors")
    ccxt.__dict__.update({name: value for name, value in vars(errors).items() if not name.startswith("_")})
    # A submodule's import sets the package's attribute to the module; what is wanted there is the class.
    ccxt.__dict__["Exchange"] = importlib.import_module("ccxt.base.exchange").Exchange
    asynchronous.__dict__["bybit"] = importlib.import_module("ccxt.async_support.bybit").bybit
    pro.__dict__["bybit"] = importlib.import_module("ccxt.pro.bybit").bybit
