"""A command line's words against what a program declares: options by name, the rest by position.

Words that a command gives are certain; defaults are ``soft``, for a caller may change them. A declaration is an ``Abs`` whose items are its
flags, default, action, nargs and type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import join, literal
from coupling.link import names
from coupling.link.values import NOTHING, Abs, Api, Class, Func, Partial, Place, hole, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame

SWITCHES = ("store_true", "store_false", "store_const", "count", "help", "version")
_TRUTHS = ("True", "False", "true", "false")
MANY = 1 << 20


class Words:
    """A command line taken apart. ``arity`` says how many words an option takes; one that it does not know takes one."""

    def __init__(self, argv: tuple[Abs, ...] | None, arity: dict[str, int]) -> None:
        self.given = argv is not None
        self.options: dict[str, list[Abs]] = {}
        self.positions: list[Abs] = []
        self._read(list(argv or ()), arity)

    def _read(self, words: list[Abs], arity: dict[str, int]) -> None:
        current, wanted = "", 0
        for word in words:
            name, value = _option(word)
            if name is not None:
                known = self.options.setdefault(name, [])
                current, wanted = name, arity.get(name, 1)
                if value is not None:
                    known.append(value)
                    wanted = 0
            elif wanted > 0:
                self.options[current].append(word)
                wanted -= 1
            elif arity.get(current) == 0 and word.literal in _TRUTHS and not self.options[current]:
                self.options[current].append(word)
            elif word.literal != "--":
                self.positions.append(word)

    def values(self, flags: list[str]) -> list[Abs] | None:
        for flag in flags:
            found = self.options.get(canonical(flag))
            if found is not None:
                return found
        return None


def canonical(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def _option(word: Abs) -> tuple[str | None, Abs | None]:
    """(name, value given with ``=``) of an option word, (None, None) for anything else."""
    first = word.texts[0] if word.texts else ()
    head = first[0] if first and isinstance(first[0], str) else ""
    if not head.startswith("-") or head in ("-", "--") or head[1:2].isdigit():
        return None, None
    name, equals, _ = head.partition("=")
    if not equals:
        return canonical(name), None
    return canonical(name), cut(word, len(name) + 1)


def cut(word: Abs, start: int) -> Abs:
    """The word from this letter on."""
    return word.but(texts=tuple(join(literal(t[0][start:]), t[1:]) for t in word.texts if t and isinstance(t[0], str)))


def pair(word: Abs) -> tuple[str, Abs]:
    """``name=value`` as a name and a value."""
    first = word.texts[0][0] if word.texts and word.texts[0] and isinstance(word.texts[0][0], str) else ""
    name = first.partition("=")[0]
    return name, cut(word, len(name) + 1)


def unabbreviated(specs: dict[str, Abs], argv: tuple[Abs, ...] | None) -> tuple[Abs, ...] | None:
    """The words with their long options in full: argparse and its kin take ``--da`` for ``--data`` where nothing else begins so."""
    flags = [f for s in specs.values() for f in flags_of(s) if f.startswith("--")]
    return argv if argv is None else tuple(_in_full(word, flags) for word in argv)


def _in_full(word: Abs, flags: list[str]) -> Abs:
    name = pair(word)[0]
    if len(name) < 3 or not name.startswith("--") or name in flags:
        return word
    meant = [flag for flag in flags if flag.startswith(name)]
    if len(meant) != 1:
        return word
    rest = cut(word, len(name))
    return rest.but(texts=tuple(join(literal(meant[0]), t) for t in rest.texts))


def bind_specs(frame: Frame, specs: dict[str, Abs], argv: tuple[Abs, ...] | None, place: Place, loose: bool = False) -> dict[str, Abs]:
    """Each destination's value: what the words say, else its default; as its declared type. ``loose``: each by name or by position."""
    arity = arities(specs)
    words = Words(argv, arity)
    positions = list(words.positions)
    waiting = sum(1 for s in specs.values() if _is_position(s))
    bound: dict[str, Abs] = {}
    for dest, spec in specs.items():
        named = words.values([dest]) if loose else None
        if named:
            waiting -= _is_position(spec)
            value = named[-1]
        elif _is_position(spec) or (loose and positions and words.values(flags_of(spec)) is None):
            waiting -= _is_position(spec)
            taken = positions[: max(min(_arity(spec), len(positions) - waiting), 1)]
            positions = positions[len(taken) :]
            value = listed(taken) if taken and _arity(spec) > 1 else taken[0] if taken else _default(dest, spec, words.given)
        else:
            value = _optional(dest, spec, words.values(flags_of(spec)), words.given)
            if arity.get(canonical(flags_of(spec)[0])) == 0 and any(words.values([f"{no}{dest}"]) is not None for no in ("no", "no_")):
                value = text("False")
        bound[dest] = converted(frame, spec, value, place)
    return bound


def arities(specs: dict[str, Abs]) -> dict[str, int]:
    """How many words each flag takes."""
    return {canonical(f): _arity(s) for s in specs.values() for f in flags_of(s)}


def _is_position(spec: Abs) -> bool:
    flags = flags_of(spec)
    return not flags or not flags[0].startswith("-")


def _arity(spec: Abs) -> int:
    nargs = spec.items.get("nargs", NOTHING).literal
    if nargs in ("+", "*", "-1", "...", "A..."):
        return MANY
    if nargs is not None and nargs.isdigit():
        return int(nargs)
    return 0 if spec.items.get("action", NOTHING).literal in SWITCHES else 1


def flags_of(spec: Abs) -> list[str]:
    return [t[0] for t in spec.items.get("flags", NOTHING).texts if t and isinstance(t[0], str)]


def _optional(dest: str, spec: Abs, given: list[Abs] | None, commanded: bool) -> Abs:
    action = spec.items.get("action", NOTHING).literal or ""
    if given is None:
        return _default(dest, spec, commanded)
    if action in SWITCHES:
        plain = given[0].literal if given else None
        return text(plain.capitalize() if plain in _TRUTHS else str(action != "store_false"))
    if _arity(spec) > 1 or action in ("append", "extend") or spec.items.get("multiple", NOTHING).literal == "True":
        return listed(given)
    return given[-1] if given else _default(dest, spec, commanded)


def listed(values: list[Abs]) -> Abs:
    """A list of these values."""
    return Abs(things=(names.LIST,), items={str(i): v for i, v in enumerate(values)})


def _default(dest: str, spec: Abs, commanded: bool) -> Abs:
    default = spec.items.get("default")
    action = spec.items.get("action", NOTHING).literal
    if default is not None and default.is_none and not commanded:
        return hole(f"option {dest} is None unless a caller gives it", dest)
    if default:
        return default if default.is_none else default.but(soft=not commanded or default.soft)
    if action in SWITCHES:
        return text(str(action == "store_false"), soft=not commanded)
    return hole(f"option {dest} has no default", dest)


def converted(frame: Frame, spec: Abs, value: Abs, place: Place) -> Abs:
    """The value as the ``type=`` of its declaration makes it."""
    kind = spec.items.get("type")
    if kind is None or not kind.things or value.is_none:
        return value
    if not value.texts and value.items:
        return value.but(items={k: _as(frame, kind, v, place) for k, v in value.items.items()})
    return _as(frame, kind, value, place) if value.texts else value


def _as(frame: Frame, kind: Abs, value: Abs, place: Place) -> Abs:
    from coupling.link import calls

    for thing in kind.things:
        if isinstance(thing, Api) and thing.path.startswith("pathlib."):
            return value.but(things=(names.PATH,))
        if isinstance(thing, Api) and thing.path == "argparse.FileType()":
            opened = calls.call_value(frame, Abs(things=(Api("builtins.open"),)), [value, text(thing.mode)], {}, place)
            return opened.but(items={".name": value})
        if isinstance(thing, Func | Class | Partial) or (isinstance(thing, Api) and thing.path.startswith("os.path.")):
            found = calls.call_value(frame, kind, [value], {}, place)
            return found if found.texts or found.things else value
    return value


__all__ = ["Words", "arities", "bind_specs", "canonical", "converted", "cut", "flags_of", "listed", "pair", "unabbreviated"]
