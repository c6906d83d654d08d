"""Write docs/kinds/ from coupling/detectors/kinds.py; a test fails when a page is stale."""

from __future__ import annotations

from pathlib import Path

from coupling.detectors.kinds import KINDS, index_page, page


def main() -> None:
    folder = Path(__file__).parent.parent / "docs" / "kinds"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(index_page(), encoding="utf-8")
    for about in KINDS:
        (folder / f"{about.code}.md").write_text(page(about), encoding="utf-8")


if __name__ == "__main__":
    main()
