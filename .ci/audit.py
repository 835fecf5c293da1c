"""Ask the OSV database whether a package of the lock file has a known vulnerability.

``python .ci/audit.py uv.lock``: 0 when none has, or each one that has is excepted in ``.ci/audit-exceptions.toml`` with
a reason and a day not more than 14 days away; 1 otherwise. A database that cannot be reached is one line and exit code
0: it says nothing about the packages; with ``--must-answer``, as the weekly audit has it, 1. Names and versions are
sent, nothing else.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

OSV = "https://api.osv.dev/v1/querybatch"
TIMEOUT_S = 8.0
MAX_BYTES = 20_000_000
LONGEST = timedelta(days=14)

Found = dict[tuple[str, str], list[str]]  # (package, version) → ids


def locked(file: Path) -> list[tuple[str, str]]:
    """Name and version of everything that comes from a registry."""
    packages = tomllib.loads(file.read_text(encoding="utf-8"))["package"]
    return sorted({(one["name"], one["version"]) for one in packages if "registry" in one.get("source", {})})


def ask(url: str, packages: list[tuple[str, str]]) -> Found:
    """What the database knows of them. Raises OSError or ValueError when it does not answer as it should."""
    queries = [{"package": {"ecosystem": "PyPI", "name": name}, "version": version} for name, version in packages]
    request = urllib.request.Request(  # noqa: S310 - the address is ours, or a test's
        url, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
        results = json.loads(answer.read(MAX_BYTES))["results"]
    if len(results) != len(packages):
        raise ValueError("another number of answers than of questions")
    return {
        package: [str(one["id"]) for one in result["vulns"]]
        for package, result in zip(packages, results, strict=True)
        if result.get("vulns")
    }


def exceptions(file: Path, today: date) -> tuple[set[str], list[str]]:
    """Ids that are excepted today, and what is wrong with the list itself."""
    kept, wrong = set(), []
    entries: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8")).get("exception", [])
    for entry in entries:
        name, until = str(entry.get("id", "")), entry.get("until")
        if not name or not entry.get("why") or not isinstance(until, date):
            wrong.append(f"an exception needs id, why and until = a day: {entry}")
        elif until < today:
            wrong.append(f"the exception for {name} ended on {until}")
        elif until - today > LONGEST:
            wrong.append(f"the exception for {name} ends on {until}, more than 14 days from now")
        else:
            kept.add(name)
    return kept, wrong


def main(arguments: list[str] | None = None) -> int:
    """Print what was found, a line each; see the module for the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--exceptions", type=Path, default=Path(__file__).with_name("audit-exceptions.toml"))
    parser.add_argument("--url", default=OSV)
    parser.add_argument("--must-answer", action="store_true")
    options = parser.parse_args(arguments)
    kept, wrong = exceptions(options.exceptions, datetime.now(UTC).date())
    packages = locked(options.lock)
    try:
        found = ask(options.url, packages)
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError) as error:
        sys.stdout.write(f"audit: not made, the vulnerability database cannot be reached ({error})\n")
        found = {}
        wrong += ["it had to be made"] if options.must_answer else []
    else:
        sys.stdout.write(f"audit: {len(packages)} packages, {len(found)} with known vulnerabilities\n")
    for (name, version), ids in found.items():
        wrong += [f"{name} {version}: {one}" for one in ids if one not in kept]
    sys.stdout.writelines(f"audit: {line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
