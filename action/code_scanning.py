"""Leave out of a SARIF file what code scanning would show wrongly: ``python code_scanning.py FILE``.

GitHub reads neither ``baselineState`` nor ``suppressions``, so a finding that is gone, or that somebody accepted, would stand there as
open. Everything else stays as it is. The standard library is enough.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def is_open(result: dict[str, object]) -> bool:
    return result.get("baselineState") != "absent" and not result.get("suppressions")


def main() -> None:
    file = Path(sys.argv[1])
    sarif = json.loads(file.read_text(encoding="utf-8"))
    for run in sarif["runs"]:
        run["results"] = [result for result in run["results"] if is_open(result)]
    file.write_text(json.dumps(sarif), encoding="utf-8")


if __name__ == "__main__":
    main()
