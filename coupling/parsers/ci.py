"""CI pipelines -> ``call(api "run.stage", job/step, script, cwd=, env=)``.

GitHub, GitLab, CircleCI, Azure, Bitbucket, Drone, AWS and Google builds. Only commands written in the file;
actions and orbs are nobody's command. ``${{ x }}`` is the free name ``ci:x``.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.compose import command_text, environment_of
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_yaml

KINDS = ("ci",)

MAX_PARTS = 500
_SCRIPTS = ("before_script", "script", "commands", "after_script")
_COMMANDS = ("run", "script", "bash")
_SHELLS = ("", "bash", "sh", "zsh")


def parse(path: str, text: str) -> FileFacts:
    """The scripts of one pipeline file."""
    out = Module(path, "ci")
    try:
        documents = read_yaml(text)
    except Unreadable as error:
        out.problem(error.why, error.line)
        documents = ()
    for root in documents:
        jobs = root.at("jobs").pairs() or [pair for pair in root.pairs() if pair[1].kind == "dict"]
        jobs += [
            (Node("text", item.line, item.at("job").text or "job"), item)
            for item in root.at("jobs").items
            if root.at("jobs").kind == "list"
        ]
        jobs += [*root.at("phases").pairs(), *_nested(root.at("pipelines"))]
        for name, job in jobs:
            _job(out, root, name, job)
        if root.at("steps").kind == "list" or root.at("runs", "steps").kind == "list":
            _steps(out, root, Node("text", 1, "steps"), root if root.get("steps") else root.at("runs"))
    return out.finish(text)


def _job(out: Module, root: Node, name: Node, job: Node) -> None:
    """A job has steps, or scripts of its own; all that a job's scripts say runs in one shell."""
    _steps(out, root, name, job)
    own = [line for key in _SCRIPTS[1:] for line in _flat(job.at(key))]
    lines = [*_flat(job.get(_SCRIPTS[0]) or root.at(_SCRIPTS[0])), *own] if own else []
    if lines:
        variables = environment_of(root.at("variables")) + environment_of(job.at("variables"))
        script = "\n".join(line.text for line in lines)
        _stage(out, name.text, Node("text", lines[0].line, script), "", variables, name.line)


def _nested(node: Node, name: str = "step", depth: int = 0) -> Iterator[tuple[Node, Node]]:
    """Bitbucket's ``step:`` entries, at any depth below ``pipelines:``."""
    if depth > 10:
        return
    for item in node.items if node.kind == "list" else ():
        yield from _nested(item, name, depth + 1)
    for key, item in node.pairs():
        if key.text == "step" and item.kind == "dict":
            yield Node("text", key.line, item.at("name").text or name), item
        else:
            yield from _nested(item, name if key.text == "parallel" else key.text, depth + 1)


def _flat(node: Node, depth: int = 0) -> Iterator[Node]:
    for item in node.elements():
        if item.kind == "list" and depth < 10:
            yield from _flat(item, depth + 1)
        elif item.kind == "text":
            yield item


def _steps(out: Module, root: Node, name: Node, job: Node) -> None:
    default = job.at("defaults", "run", "working-directory").text or root.at("defaults", "run", "working-directory").text
    shared = environment_of(root.at("env")) + environment_of(job.at("env"))
    for number, step in enumerate(job.at("steps").items, 1):
        script = next((node for key in _COMMANDS if (node := step.get(key)) is not None), EMPTY)
        script = script.get("command") or script
        if script.kind == "none" and (step.get("commands") or step.get("entrypoint")):
            script = _listed(step)
        if script.kind != "text" or step.at("shell").text.split(" ")[0] not in _SHELLS:
            continue
        folder = next(
            (step.at(key).text for key in ("working-directory", "working_directory", "workingDirectory") if step.at(key).text), default
        )
        title = step.at("name").text or step.at("displayName").text or step.at("id").text or str(number)
        _stage(out, f"{name.text}/{title}", script, folder, shared + environment_of(step.at("env")), step.line)


def _listed(step: Node) -> Node:
    """A step whose commands are a list of lines (Drone), or a program and its words (Google)."""
    lines = list(_flat(step.at("commands")))
    if lines:
        return Node("text", lines[0].line, "\n".join(line.text for line in lines))
    program, words = step.at("entrypoint"), step.at("args")
    return Node("text", program.line, f"{command_text(program)} {command_text(words)}".strip())


def _stage(out: Module, name: str, script: Node, folder: str, variables: list[tuple[str, Node]], line: int) -> None:
    keywords = {"cwd": out.joined(expressions(folder or "."), line)}
    if variables:
        pairs = {key: out.joined(expressions(node.text), node.line) for key, node in variables}
        keywords["env"] = out.mapping(pairs.items(), line)
    out.effect("run.stage", [out.text(name, line), out.joined(expressions(script.text), script.line)], keywords, line)


def expressions(text: str) -> list[str]:
    """``${{ matrix.x }}`` in a text: segments."""
    out: list[str] = []
    at = 0
    while (start := text.find("${{", at)) >= 0 and len(out) < MAX_PARTS:
        end = text.find("}}", start)
        if end < 0:
            break
        out += [text[at:start], Free("ci:" + text[start + 3 : end].strip()[:80])]
        at = end + 2
    return [*out, text[at:]]
