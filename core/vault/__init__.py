"""Where API keys live: account records in one file, secrets in the system's key ring, a sealed file, or memory only.

``Vault`` is the front door. A secret is never written in the clear, and neither an environment variable nor a
configuration file can choose who is given it. What a key may do is not asked here: that is ``core.key_doctor``.
"""

from core.vault.records import ENVIRONMENTS, FILE, RING, SESSION, Acknowledged, StoredAccount
from core.vault.rings import system_ring
from core.vault.vault import Vault

__all__ = ["ENVIRONMENTS", "FILE", "RING", "SESSION", "Acknowledged", "StoredAccount", "Vault", "system_ring"]
