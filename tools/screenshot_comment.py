"""Take a picture of a review comment as a code host shows it: ``python tools/screenshot_comment.py [COMMENT.md PICTURE.png]``.

Without arguments it makes the comment on a change of a sample repository and writes docs/ci/comment.png. The Markdown is rendered
with the style of GitHub's comments and a real Mermaid in Chromium; tools/browser.py says what that needs.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

import coupling
from coupling.reports import render

sys.path.insert(0, str(Path(__file__).parent))
from browser import PLAYWRIGHT, look, packages

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "ci" / "comment.png"
STORY = ROOT / "sample_repos" / "price_and_demand"
CHANGED, NOW, BEFORE = "sql/features.sql", "ml.sales_forecast AS f", "shop.sales_plan AS f"
OWNERS = "* @pricing\nsql/ @warehouse\njobs/demand.py @forecast\n"
LINK = "https://github.com/shop/prices/blob/4f9c1d2/{path}#L{line}"
_PAGE = """<!doctype html><meta charset=utf-8><style>{style}
body {{ margin: 0; padding: 12px; background: #f6f8fa }}
.box {{ border: 1px solid #d1d9e0; border-radius: 6px; background: #fff; max-width: 850px }}
.who {{ padding: 8px 14px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; font: 14px sans-serif; border-radius: 6px 6px 0 0 }}
.markdown-body {{ padding: 12px; font-size: 13px }}
.mermaid {{ text-align: center }}</style>
<div class=box><div class=who><b>github-actions</b> bot commented</div><div class=markdown-body>{body}</div></div>
<script src="{mermaid}"></script><script>
mermaid.initialize({{ startOnLoad: false, securityLevel: "strict" }});
mermaid.run().then(() => {{ window.result = document.querySelectorAll("svg").length; window.done = true; }});
</script>"""


def comment() -> str:
    """The comment on a change that makes the price model learn from the forecast instead of the plan."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repository"
        shutil.copytree(STORY, root)
        (root / "CODEOWNERS").write_text(OWNERS, encoding="utf-8")
        after = coupling.check(root, cache=False, jobs=1)
        file = root / CHANGED
        file.write_text(file.read_text(encoding="utf-8").replace(NOW, BEFORE), encoding="utf-8")
        before = coupling.check(root, cache=False, jobs=1)
    return render("markdown", after, base=before, link=LINK)


def page(text: str, modules: Path) -> str:
    """The comment as a page, its Mermaid blocks ready to be drawn."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    plain = markdown.renderer.rules.get("fence")

    def fence(tokens: list, index: int, options: object, env: object) -> str:  # type: ignore[type-arg]
        token = tokens[index]
        if token.info.strip() == "mermaid":
            return f'<pre class="mermaid">{html.escape(token.content)}</pre>'
        return str(plain(tokens, index, options, env))  # type: ignore[misc]

    markdown.renderer.rules["fence"] = fence
    style = (modules / "github-markdown-css" / "github-markdown-light.css").read_text(encoding="utf-8")
    script = (modules / "mermaid" / "dist" / "mermaid.min.js").resolve().as_uri()
    return _PAGE.format(style=style, body=markdown.render(text), mermaid=script)


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else comment()
    picture = Path(sys.argv[2]) if len(sys.argv) > 2 else PICTURE
    with packages("mermaid@11", "github-markdown-css@5", PLAYWRIGHT) as modules, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "comment.html"
        file.write_text(page(text, modules), encoding="utf-8")
        drawn = look(modules, file, picture, 880)
    sys.stdout.write(json.dumps({"picture": str(picture), "diagrams": drawn, "bytes": picture.stat().st_size}) + "\n")


if __name__ == "__main__":
    main()
