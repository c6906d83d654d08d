"""Link, graph and detection of generated repositories of 250 to 4,000 files: CPU seconds and calls followed.

python bench/link.py [FILES ...]
"""

from __future__ import annotations

import gc
import sys
import time

from generate import files

from coupling.build import build
from coupling.core.facts import FileFacts
from coupling.core.source import SourceFile
from coupling.detectors import detect
from coupling.link import link
from coupling.parsers import parse
from coupling.rulebook import load

SIZES = (250, 500, 1000, 2000, 4000)


def facts_of(count: int) -> list[FileFacts]:
    return [parse(SourceFile(path, "python", len(text)), text.encode()) for path, text in sorted(files(count).items())]


def main(sizes: tuple[int, ...]) -> None:
    rules = load()
    gc.disable()
    sys.stdout.write(f"{'files':>6} {'link s':>8} {'ms/file':>8} {'build s':>8} {'detect s':>9} {'calls':>8} {'findings':>9}" + "\n")
    for size in sizes:
        facts = facts_of(size)
        began = time.process_time()
        linked = link(facts, rules, [each.path for each in facts])
        after_link = time.process_time()
        graph = build(linked)
        after_build = time.process_time()
        found = detect(graph)
        done = time.process_time()
        spent = after_link - began
        sys.stdout.write(
            f"{len(facts):>6} {spent:>8.2f} {1000 * spent / len(facts):>8.2f} {after_build - after_link:>8.2f} "
            f"{done - after_build:>9.2f} {linked.summaries:>8} {len(found):>9}\n"
        )
        gc.collect()


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
