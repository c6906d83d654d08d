"""One call while its rule is applied: its arguments, the assets that it names, and how events are told."""

from __future__ import annotations

from coupling.core.rules import Arg, Choice, Rule, Spec
from coupling.core.template import Hole, Template, join, literal
from coupling.link import mounts, names, protocols, routes, tables
from coupling.link.frames import Frame
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Keywords, ModelRef, Place, union

SEPARATORS = {"table": ".", "file": "/", "dir": "/", "glob": "/", "url": "/", "key": "/"}
MOST_ASSETS = 24


class Site:
    """One call while its rule is applied: what it is called with, where, and how events are told."""

    def __init__(
        self, frame: Frame, rule: Rule, receiver: Abs | None, args: Args, keywords: Keywords, place: Place, path: str, root: int
    ) -> None:
        self.frame, self.rule, self.receiver, self.args, self.keywords = frame, rule, receiver, args, keywords
        self.place, self.path, self.root = place, path, root
        self.run = frame.run
        self.chain = (*frame.chain, place)
        self.result = NOTHING
        self.trained: tuple[ModelRef, ...] = ()
        self.certainty = "partial" if path.startswith("?.") else "exact"

    def arg(self, choice: Choice) -> Abs:
        if choice and choice[0].special == "result":
            return self.result
        if choice and choice[0].keyword.startswith("kept."):
            return kept(self, choice[0].keyword[5:])
        return choose(choice, self.receiver, self.args, self.keywords)

    def args_of(self, choices: tuple[Choice, ...]) -> list[Abs]:
        """The arguments that the choices name, with what going over them gives where they are instances of a project's class."""
        given = (self.arg(choice) for choice in choices)
        return [value if value is self.receiver else protocols.spread(self.frame, value, self.place) for value in given if value]

    @property
    def why(self) -> str:
        return f"{self.path} ({self.rule.file.rpartition('/')[2].removesuffix('.yaml')})"


def keep(site: Site) -> None:
    """Hold what a call is given, by name, for later calls on what it made, or on its library where it makes nothing."""
    for choice in site.rule.keeps:
        name = next((arg.keyword for arg in choice if arg.keyword), "")
        if name and (value := site.arg(choice)):
            for owner in (*_keys(site.result), _library(site)):
                site.run.store(("kept", owner, name), value)


def kept(site: Site, name: str) -> Abs:
    """What was held so; NOTHING before."""
    owners = _keys(site.receiver or NOTHING) or [_library(site)]
    return union(site.run.load(("kept", owner, name)) for owner in owners)


def _keys(value: Abs) -> list[object]:
    return [thing.key for thing in value.things if isinstance(thing, Api) and thing.key]


def _library(site: Site) -> str:
    return site.path.partition(".")[0]


def choose(choice: Choice, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs:
    """The first of the alternatives that the call has."""
    for arg in choice:
        found = _one(arg, receiver, args, keywords)
        if found is not None:
            return found
    return NOTHING


def _one(arg: Arg, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs | None:
    if arg.position >= 0:
        return args[arg.position] if arg.position < len(args) else None
    if arg.keyword:
        return _keyword(arg.keyword, receiver, args, keywords)
    if arg.special == "self":
        return receiver
    if arg.special == "*":
        return union(names.full_elements(a) for a in (*args, *keywords.values()))
    if arg.special.endswith("*"):
        return union(names.full_elements(a) for a in args[int(arg.special[:-1]) :])
    if arg.special.startswith("'"):
        return Abs((literal(arg.special[1:-1]),))
    return None


def _keyword(name: str, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs | None:
    if name.startswith("self."):
        return receiver.items.get("." + name[5:]) if receiver is not None else None
    found = keywords.get(name)
    if found is None and name == "result":
        return None
    if found is None and "**" in keywords and name in keywords["**"].items:
        found = keywords["**"].items[name]
    return found


def assets(site: Site, spec: Spec) -> tuple[AssetRef, ...]:
    """The assets that a spec names at this call: those of a handle, or one for each alternative of the name."""
    parts = [site.arg(choice) for choice in spec.parts]
    if spec.kind == "table":
        parts = [tables.named(site.run, part) for part in parts]
    for part in parts[:1]:
        handles = names.handles(part)
        if handles and len(parts) == 1:
            return handles
    given = [p for p in parts if p]
    if not given:
        return ()
    templates = _names(given, SEPARATORS.get(spec.kind, ":"))
    kept = [t for t in templates if t and not _says_nothing(t)]
    if spec.kind == "api" and site.run.backend:
        kept = [routes.of_backend(t, site.run.backend) for t in kept]
    if not kept and templates:
        kept = templates[:1]
    if site.run.mounts is not None:
        kept = [mounts.name_outside(site.run, t) for t in kept]
    found = dict.fromkeys(AssetRef(spec.kind, t, site.run.cwd) for t in kept[:MOST_ASSETS])
    return tuple(found)


def _names(parts: list[Abs], separator: str) -> list[Template]:
    results: list[Template] = [()]
    for number, part in enumerate(parts):
        options = _texts(part)
        if number:
            handles = names.handles(part)
            options = [h.name for h in handles] or options
        results = [_joined(left, separator, option) if left else option for left in results for option in options][:MOST_ASSETS]
    return results


def _joined(left: Template, separator: str, option: Template) -> Template:
    """Two parts of a name; an ending (``.bin``) needs nothing between."""
    first = option[0] if option else ""
    between = "" if isinstance(first, str) and first.startswith(".") and separator == "/" else separator
    return join(left, literal(between), option) if between else join(left, option)


def _texts(part: Abs) -> list[Template]:
    if part.texts:
        return list(part.texts)
    handles = names.handles(part)
    if handles:
        return [h.name for h in handles]
    inner = [v for k, v in part.items.items() if not k.startswith(".")] + ([part.elem] if part.elem is not None else [])
    if inner:
        return [t for e in inner for t in _texts(e)]
    if part.is_none:
        return []
    return [(Hole("a computed value"),)]


def _says_nothing(template: Template) -> bool:
    return all(isinstance(p, Hole) and not p.name for p in template)


def words(args: Args, choice: Choice) -> Abs:
    """The positional arguments of a command (``*``, ``N*``) as a list that keeps their order."""
    special = choice[0].special if choice else ""
    if not special.endswith("*") or len(args) - (start := int(special[:-1] or 0)) < 2:
        return NOTHING
    return Abs(things=(names.LIST,), items={str(at): word for at, word in enumerate(args[start:])})
