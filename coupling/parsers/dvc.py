"""dvc.yaml, dvc.lock and .dvc files -> stages and pinned paths.

Goes out: ``run.stage(name, command, cwd=, deps=, outs=, ...)`` a stage, ``run.artifact(name, path, type)``,
``run.tracked(path, cwd=)``. Paths stay as written and start from ``cwd``, which is relative to the repository.
``${a.b}`` that this file does not define is the free name ``params:a.b``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.templates import Scope, expand
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_yaml

KINDS = ("dvc",)

MAX_STAGES = 500
_LISTS = ("deps", "outs", "metrics", "plots", "params")


def parse(path: str, text: str) -> FileFacts:
    """The facts of one of DVC's files, told apart by name."""
    out = Module(path, "dvc")
    try:
        documents = read_yaml(text)
        root = documents[0] if documents else EMPTY
        if path.endswith(".dvc"):
            _tracked(out, root, out.folder(root.at("wdir").text))
        elif path.endswith(".lock"):
            for _, stage in root.at("stages").pairs() or root.pairs():
                _tracked(out, stage, out.folder())
        else:
            _pipeline(out, root)
    except Unreadable as error:
        out.problem(error.why, error.line)
    return out.finish(text)


def _tracked(out: Module, root: Node, cwd: str) -> None:
    """Outputs whose content is pinned by a hash; ``deps`` say where an imported one comes from."""
    sources = [node for dep in root.at("deps").elements() for node in (dep.get("path"), dep.at("repo").get("url")) if node]
    for item in root.at("outs").elements():
        path = item.get("path")
        if path is None or path.kind != "text":
            continue
        keywords = {"cwd": out.text(cwd, item.line)}
        if sources and out.path.endswith(".dvc"):
            keywords["deps"] = out.sequence([out.text(node.text, node.line) for node in sources], item.line)
        if item.at("persist").text == "true":
            keywords["persist"] = out.add("bool", "True", line=item.line)
        out.effect("run.tracked", [out.text(path.text, path.line)], keywords, path.line)


def _pipeline(out: Module, root: Node) -> None:
    scope = _variables(root.at("vars"), Scope())
    left = MAX_STAGES
    for key, stage in root.at("stages").pairs():
        for name, body, local in islice(_instances(key, stage, scope), left):
            left -= 1
            _stage(out, name, body, local, key.line)
    if left <= 0:
        out.problem(f"more than {MAX_STAGES} stages")
    for key, item in root.at("artifacts").pairs():
        words = [out.text(key.text, key.line)]
        words += [out.joined(expand(item.at(name).text, scope), item.at(name).line) for name in ("path", "type")]
        out.effect("run.artifact", words, line=key.line)
    for name in ("metrics", "plots", "params"):
        _top_level(out, name, root.at(name), scope)


def _top_level(out: Module, name: str, node: Node, scope: Scope) -> None:
    """``metrics:``, ``plots:`` and ``params:`` of the file as a whole name files that DVC shows."""
    entries = [key for key, _ in node.pairs()] or [entry for item in node.elements() for entry in _paths(item)]
    values = [out.joined(expand(entry.text, scope), entry.line) for entry in entries]
    if values:
        cwd = {"cwd": out.text(out.folder(), node.line)}
        out.effect("run.declared", [out.text(name, node.line), out.sequence(values, node.line)], cwd, node.line)


def _variables(node: Node, scope: Scope) -> Scope:
    """``vars:`` entries that are written here; names of files are left to link."""
    for item in node.elements() if node.kind == "list" else (node,):
        for key, value in item.pairs():
            scope = scope.with_(key.text, value)
    return scope


def _instances(key: Node, stage: Node, scope: Scope) -> Iterator[tuple[str, Node, Scope]]:
    """A stage, or one for each item of ``foreach`` or ``matrix``."""
    scope = _variables(stage.at("vars"), scope)
    matrix = stage.get("matrix")
    if stage.get("foreach") is not None:
        for name, values in _foreach(stage.at("foreach"), scope):
            yield f"{key.text}@{name}", stage.at("do"), scope.with_all(values)
    elif matrix is not None:
        for name, item in _matrix(matrix, scope):
            yield f"{key.text}@{name}", stage, scope.with_("item", item)
    else:
        yield key.text, stage, scope


def _foreach(items: Node, scope: Scope) -> Iterator[tuple[str, dict[str, Node | Free]]]:
    known = scope.resolve(items)
    if isinstance(known, Free):
        yield "*", {"item": Free(f"{known}[]"), "key": Free(f"{known}[].key")}
        return
    for key, value in known.pairs():
        yield key.text, {"key": key, "item": value}
    for number, item in enumerate(known.items if known.kind == "list" else ()):
        item_ = scope.resolve(item)
        yield (str(number) if isinstance(item_, Free) or item_.kind in ("dict", "list") else item_.text), {"item": item_}


def _matrix(matrix: Node, scope: Scope) -> Iterator[tuple[str, Node | Free]]:
    axes: list[list[tuple[str, Node]]] = []
    for key, values in matrix.pairs():
        known = scope.resolve(values)
        if isinstance(known, Free):
            axes.append([("*", Node("free", values.line, f"{known}[]"))])
        else:
            axes.append([(node.text or f"{key.text}{number}", node) for number, node in enumerate(known.elements())])
    names = tuple(key for key, _ in matrix.pairs())
    for combination in product(*axes):
        item = Node("dict", matrix.line, keys=names, items=tuple(node for _, node in combination))
        yield "-".join(name for name, _ in combination), item


def _stage(out: Module, name: str, body: Node, scope: Scope, line: int) -> None:
    command = body.at("cmd")
    parts = [segment for item in command.elements() for segment in ("\n", *expand(item.text, scope))][1:]
    first = command.elements()[0].line if command.elements() else line
    wdir = expand(body.at("wdir").text, scope)
    keywords = {"cwd": _folder(out, wdir, body.at("wdir").line or line)}
    for field in _LISTS:
        values = [out.joined(expand(node.text, scope), node.line) for item in body.at(field).elements() for node in _paths(item)]
        if values:
            keywords[field] = out.sequence(values, body.at(field).line)
    for option in ("persist", "uncached"):
        kept = [out.joined(expand(node.text, scope), node.line) for node in _with_option(body.at("outs").elements(), option)]
        if kept:
            keywords[option] = out.sequence(kept, body.at("outs").line)
    if body.at("frozen").text.lower() == "true":
        keywords["frozen"] = out.add("bool", "True", line=body.at("frozen").line)
    out.effect("run.stage", [out.text(name, line), out.joined(parts, first)], keywords, line)


def _folder(out: Module, wdir: list[str], line: int) -> int:
    if any(isinstance(part, Free) for part in wdir):
        return out.joined([out.folder() + "/", *wdir], line)
    return out.text(out.folder("".join(wdir)), line)


def _paths(item: Node) -> Iterable[Node]:
    """An entry is a path, or a dict of a path and its options (``a.csv: {cache: false}``)."""
    if item.kind == "dict":
        return [key for key, _ in item.pairs()]
    return [item] if item.kind in ("text", "number") else []


def _with_option(items: Iterable[Node], option: str) -> Iterator[Node]:
    """Outputs that stay from run to run (``persist``), or that the cache does not hold."""
    name, wanted = ("persist", "true") if option == "persist" else ("cache", "false")
    for item in items:
        for key, options in item.pairs():
            if options.at(name).text.lower() == wanted:
                yield key
