"""Load ``rules/``: knowledge about libraries, checked strictly, looked up by API path.

Comes in: YAML files of the package (``coupling/_rules`` in a wheel, ``rules/`` in a checkout) and the texts of a
project's own. Goes out: a ``Rulebook``. It does not know what any entry means.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.rules import Arg, Callback, Choice, Hook, Rule, Spec, When

SPECS = ("reads", "writes", "access", "saves", "loads", "registers")
CHOICES = ("model", "route")
LISTS = ("data", "features", "labels", "evaluation", "input", "flows", "mutates", "records", "keeps")
EITHER = ("trains", "predicts", "serves")
WORDS = ("creates", "returns", "url", "example")
KEYS = (*SPECS, *CHOICES, *LISTS, *EITHER, *WORDS, "when", "is", "calls", "hooks", "runs", "tags")
KINDS = (
    "file",
    "dir",
    "glob",
    "table",
    "topic",
    "hub",
    "url",
    "artifact",
    "key",
    "db",
    "api",
    "sql",
    "shell",
    "argv",
    "python",
    "route",
    "any",
)
CREATES = ("model", "component", "base", "blank", "trainer")

_SPEC = re.compile(r"(\w+)\((.*)\)\Z", re.S)
_HOOK = re.compile(r"([^:]+):\s*(\w+)(?:\(([\w, ]*)\))?(?:\s*->\s*(\w+))?")
HOOK_ROLES = ("data", "evaluation", "loss", "model", "prediction")
_WHEN = re.compile(r"(\w+)\((\d+)\)\Z")


def rule_folder() -> Path:
    """The packaged rules, or the checkout's.

    Raises CouplingError naming both places when neither is there.
    """
    packaged = Path(__file__).parent / "_rules"
    checkout = Path(__file__).parent.parent / "rules"
    for folder in (packaged, checkout):
        if folder.is_dir():
            return folder
    raise CouplingError(f"no rules found: neither {packaged} nor {checkout} is a folder; reinstall ml-coupling")


class Rulebook:
    """API path -> Rule. Exact paths win over patterns (``sklearn.ensemble.*``), longer patterns over shorter ones."""

    def __init__(self, rules: Iterable[Rule], digest: str = "") -> None:
        self.rules = tuple(rules)
        self.digest = digest
        self._exact = {rule.path: rule for rule in self.rules if "*" not in rule.path}
        self._globs: dict[str, list[Rule]] = {}
        for rule in sorted(self.rules, key=lambda r: (-len(r.path), r.path)):
            if "*" in rule.path:
                self._globs.setdefault(rule.path.split(".", 1)[0], []).append(rule)
        self._memo: dict[str, Rule | None] = {}

    def find(self, path: str) -> Rule | None:
        if path not in self._memo:
            self._memo[path] = self._exact.get(path) or self._pattern(path)
        return self._memo[path]

    def method(self, type_path: str, name: str) -> Rule | None:
        """The rule for a method or attribute of a type, looked up through its bases."""
        seen, todo = set(), [type_path]
        while todo:
            here = todo.pop(0)
            if here in seen:
                continue
            seen.add(here)
            if rule := self.find(f"{here}.{name}"):
                return rule
            todo += self.bases(here)
        return None

    def bases(self, type_path: str) -> tuple[str, ...]:
        rule = self.find(type_path)
        return rule.bases if rule else ()

    def _pattern(self, path: str) -> Rule | None:
        depth = path.count(".")
        for rule in self._globs.get(path.split(".", 1)[0], ()):
            if (rule.path.endswith("**") or rule.path.count(".") == depth) and fnmatchcase(path, rule.path):
                return rule
        return None


def load(project: Sequence[tuple[str, bytes]] = ()) -> Rulebook:
    """The packaged rules, then the project's own, each with its path, which win.

    Raises CouplingError with file and line for anything that is not a rule.
    """
    folder = rule_folder()
    packaged = [(str(file.relative_to(folder.parent)), file.read_bytes()) for file in sorted(folder.rglob("*.yaml"))]
    by_path: dict[str, Rule] = {}
    digest = hashlib.blake2b(digest_size=16)
    for file, data in (*packaged, *project):
        digest.update(data)
        by_path.update(_rules(file, data))
    return Rulebook(by_path.values(), digest.hexdigest())


def _rules(file: str, data: bytes) -> dict[str, Rule]:
    """The entries of one file, each of them once."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CouplingError(f"{file}: not readable as UTF-8: {error}") from error
    seen: dict[str, Rule] = {}
    for rule in parse(text, file):
        if rule.path in seen:
            raise CouplingError(f"{rule.file}:{rule.line}: duplicate entry {rule.path} (also line {seen[rule.path].line})")
        seen[rule.path] = rule
    return seen


def parse(text: str, file: str) -> list[Rule]:
    """The entries of one rule file, as (path, Rule).

    Raises CouplingError with file and line for anything that is not a rule.
    """
    try:
        root = yaml.compose(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark, what = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CouplingError(f"{file}{line}: not readable as YAML: {what or str(error).splitlines()[0]}") from error
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        raise CouplingError(f"{file}:1: a rule file maps API paths to entries")
    return [_rule(key, body, file) for key, body in root.value]


def _loader() -> type[yaml.SafeLoader]:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _rule(key: yaml.ScalarNode, body: yaml.Node, file: str) -> Rule:
    path, line = key.value, key.start_mark.line + 1
    if not isinstance(body, yaml.MappingNode):
        raise CouplingError(f"{file}:{line}: {path} needs a mapping of verbs")
    fields: dict[str, object] = {"path": path, "file": file, "line": line}
    extra: list[tuple[str, str]] = []
    seen: set[str] = set()
    for name_node, value in body.value:
        name, at = name_node.value, f"{file}:{name_node.start_mark.line + 1}"
        if name in seen:
            raise CouplingError(f"{at}: duplicate key `{name}` in {path}")
        seen.add(name)
        if name not in KEYS:
            raise CouplingError(f"{at}: unknown key `{name}` in {path}{did_you_mean(name, KEYS)}")
        field, parsed = _field(name, _plain(value), at)
        fields[field] = parsed
    return Rule(**fields, extra=tuple(extra))  # type: ignore[arg-type]


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return {key.value: _plain(value) for key, value in node.value}


def _field(name: str, value: object, at: str) -> tuple[str, object]:
    if name in SPECS:
        return name, tuple(_spec(item, at) for item in _listed(value))
    if name in CHOICES:
        return name, _choice(value, at)
    if name in LISTS:
        return name, () if value == "none" else tuple(_choice(item, at) for item in _listed(value))
    if name in EITHER:
        return name, _spec(value, at) if _SPEC.match(str(value)) else _choice(value, at)
    if name == "creates" and value not in CREATES:
        raise CouplingError(f"{at}: `creates` is one of {', '.join(CREATES)}, not `{value}`")
    if name == "when":
        return name, _when(value, at)
    if name == "is":
        return "bases", tuple(str(item) for item in _listed(value))
    if name == "calls":
        return name, tuple(_callback(item, at) for item in _listed(value))
    if name == "hooks":
        return name, tuple(_hook(item, at) for item in _listed(value))
    if name == "runs":
        return name, _spec(value, at)
    if name == "tags":
        return name, tuple(str(item) for item in _listed(value))
    return name, str(value)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _spec(value: object, at: str) -> Spec:
    match = _SPEC.match(str(value).strip())
    if not match or match[1] not in KINDS:
        raise CouplingError(f"{at}: `{value}` is no KIND(arguments); kinds: {', '.join(KINDS)}")
    return Spec(match[1], tuple(_choice(part, at) for part in match[2].split("+")))


def _choice(value: object, at: str) -> Choice:
    return tuple(_arg(part.strip(), at) for part in str(value).split(","))


def _arg(text: str, at: str) -> Arg:
    if text.isdigit():
        return Arg(position=int(text))
    if text in ("self", "*", "result") or re.fullmatch(r"\d+\*", text) or re.fullmatch(r"'[^']*'", text):
        return Arg(special=text)
    if re.fullmatch(r"-{0,2}[\w.<>|-]+", text):
        return Arg(keyword=text)
    raise CouplingError(f"{at}: `{text}` is no argument: a position, a keyword, self, *, N*, result or 'literal'")


def _when(value: object, at: str) -> When:
    if not isinstance(value, dict) or len(value) - ("default" in value) != 1:
        raise CouplingError(f"{at}: `when` is {{keyword(position): {{glob: verb}}, default: verb}}")
    key = next(k for k in value if k != "default")
    match = _WHEN.match(key)
    arg = (Arg(keyword=match[1]), Arg(position=int(match[2]))) if match else (Arg(keyword=key),)
    cases = tuple((glob, str(verb)) for globs, verb in value[key].items() for glob in globs.split("|"))
    return When(arg, cases, str(value.get("default", "")))


def _callback(value: object, at: str) -> Callback:
    """``FUNCTION <- GIVEN; GIVEN``: ``0, func <- self`` calls the first argument with the receiver."""
    function, _, given = str(value).partition("<-")
    return Callback(_choice(function.strip(), at), tuple(_choice(part.strip(), at) for part in given.split(";") if part.strip()))


def _hook(value: object, at: str) -> Hook:
    """``OBJECT: METHOD(ROLE, ROLE) -> ROLE``: ``0, model: training_step(data) -> loss``."""
    match = _HOOK.fullmatch(str(value))
    if not match or (match[4] or "") not in ("", *HOOK_ROLES):
        raise CouplingError(f"{at}: `{value}` is no OBJECT: METHOD(ROLES) -> ROLE; roles: {', '.join(HOOK_ROLES)}")
    given = tuple(word.strip() for word in (match[3] or "").split(",") if word.strip())
    return Hook(_choice(match[1], at), match[2], given, match[4] or "")
