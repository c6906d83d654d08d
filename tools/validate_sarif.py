"""Validate the SARIF of every sample repository, alone and against a base: ``python tools/validate_sarif.py [FILE.sarif ...]``.

Two judges: the JSON schema of the standard, and Microsoft's validator with GitHub's own ingestion rules. The validator comes from
npm (100 MB) into a temporary folder, or into the folder that COUPLING_NODE names. Exits 1 when a judge finds an error; every other
remark is shown. Hostile and empty reports of the tests are judged too.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from browser import packages
from jsonschema.validators import validator_for

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

TOOL = "@microsoft/sarif-multitool@5"
SYSTEM = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
RULES = "Sarif;Ghas"


def samples(folder: Path) -> list[Path]:
    """SARIF files of all sample repositories and of the hand-made reports, each alone and compared."""
    import coupling
    from coupling.reports import render
    from tests.reports.stories import BASE, EMPTY, HOSTILE, REPORT

    reports = {path.name: coupling.check(path, cache=False, jobs=1) for path in sorted((ROOT / "sample_repos").iterdir()) if path.is_dir()}
    reports |= {"story": REPORT, "hostile": HOSTILE, "empty": EMPTY}
    before = {name: EMPTY for name in reports} | {"story": BASE}
    made = []
    for name, report in reports.items():
        for kind, base in (("alone", None), ("new", before[name]), ("same", report), ("gone", report)):
            file = folder / f"{name}.{kind}.sarif"
            shown = EMPTY if kind == "gone" else report
            file.write_text(render("sarif", shown, base=base, project=name), encoding="utf-8")
            made.append(file)
    return made


def by_schema(file: Path, schema: Any) -> list[str]:
    document = json.loads(file.read_text(encoding="utf-8"))
    errors = validator_for(schema)(schema).iter_errors(document)
    return [f"error schema {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


def by_tool(file: Path, tool: Path, folder: Path) -> list[str]:
    """The validator's remarks. It exits 0 with errors, so its output file is what counts."""
    out = folder / f"{file.stem}.validated"
    command = [tool, "validate", file, "--rule-kind", RULES, "--output", out, "--log", "ForceOverwrite"]
    environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    if not out.is_file():
        return [f"error the validator wrote nothing: {run.stdout} {run.stderr}"]
    found = json.loads(out.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    return [f"{result.get('level', 'warning')} {result['ruleId']} {_message(result)}" for result in found]


def _message(result: dict[str, Any]) -> str:
    message = result["message"]
    return str(message.get("text") or " ".join(message.get("arguments", ())))[:300]


def main() -> None:
    with packages(TOOL) as modules, tempfile.TemporaryDirectory() as temporary:
        place = modules / "@microsoft" / f"sarif-multitool-{SYSTEM[platform.system()]}"
        tool = next(path for path in place.iterdir() if path.name in ("Sarif.Multitool", "Sarif.Multitool.exe"))
        tool.chmod(0o755)
        schema = json.loads((place / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
        files = [Path(name) for name in sys.argv[1:]] or samples(Path(temporary))
        remarks = {file.name: by_schema(file, schema) + by_tool(file, tool, Path(temporary)) for file in files}
    report(remarks)


def report(remarks: dict[str, list[str]]) -> None:
    kinds = Counter(line.split(": ")[0] if "schema" in line else " ".join(line.split()[:2]) for lines in remarks.values() for line in lines)
    first = {" ".join(line.split()[:2]): f"{name}: {line}" for name, lines in reversed(remarks.items()) for line in lines}
    errors = sum(line.startswith("error") for lines in remarks.values() for line in lines)
    text = [f"{number:5} {kind}" for kind, number in sorted(kinds.items())] + sorted(first.values())
    sys.stdout.write("\n".join([*text, f"{len(remarks)} files, {errors} errors"]) + "\n")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
