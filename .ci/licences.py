"""One line per package of an SBOM: name, version, licence as the installed package says it; reads nothing else.

Packages of other platforms are in the lock file but not installed here; they are listed as such.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path


def licence(name: str) -> str:
    """The licence of an installed package, by its expression, its classifiers or its free text."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed on this platform"
    classifiers = [
        text.rpartition(" :: ")[2] for text in found.get_all("Classifier") or [] if text.startswith("License")
    ]
    free = (found.get("License") or "").strip().splitlines()
    return found.get("License-Expression") or ", ".join(classifiers) or (free[0] if free else "UNKNOWN")


def main() -> int:
    """Print the list; the exit code is 1 when a licence is not known."""
    components = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["components"]
    lines = sorted((part["name"], part["version"], licence(part["name"])) for part in components)
    sys.stdout.writelines(f"{name:<22} {version:<12} {text}\n" for name, version, text in lines)
    return int(any(text == "UNKNOWN" for _name, _version, text in lines))


if __name__ == "__main__":
    sys.exit(main())
