"""What is kept on disk, per environment and account. ``Store`` is the front door; see ``core.store.store``."""

from core.store.audit import AuditVerdict
from core.store.files import Place, place_of
from core.store.history import DailyTotal, TradeFilter, TradeKey, TradePage
from core.store.records import JournalledIntent
from core.store.store import Store

__all__ = [
    "AuditVerdict",
    "DailyTotal",
    "JournalledIntent",
    "Place",
    "Store",
    "TradeFilter",
    "TradeKey",
    "TradePage",
    "place_of",
]
