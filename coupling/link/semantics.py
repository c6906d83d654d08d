"""What Python's own functions and methods do to texts, paths and containers.

``function`` knows them by API path, ``method`` by name on a receiver whose shape is known. Both return None for what they do not know.
"""

from __future__ import annotations

from coupling.link import (
    apps,
    buffers,
    choices,
    clones,
    cloudjobs,
    containers,
    dates,
    dynaconf,
    environments,
    envsettings,
    featurestores,
    folders,
    functional,
    gin,
    handlers,
    hydra,
    inifiles,
    interfaces,
    lookups,
    metaflow,
    names,
    objects,
    orchestrators,
    paths,
    pipelines,
    relations,
    runs,
    sagemaker,
    settings,
    splits,
    sqlfunctions,
    steps,
    surroundings,
    texts,
    workers,
)
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.values import Abs, Api, Args, Class, Keywords, Obj, Place, hole, text


def function(frame: Frame, path: str, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    handler = FUNCTIONS.get(path) or interfaces.FUNCTIONS.get(path)
    if handler is not None:
        return handler(frame, receiver, args, keywords, place)
    other = (
        folders.FUNCTIONS.get(path)
        or settings.FUNCTIONS.get(path)
        or steps.FUNCTIONS.get(path)
        or apps.FUNCTIONS.get(path)
        or relations.FUNCTIONS.get(path)
        or sqlfunctions.FUNCTIONS.get(path)
        or (splits.FUNCTIONS.get(path) if args else None)
    )
    if other is not None:
        return other(frame, receiver, args, keywords, place)
    if (operator := orchestrators.find(path)) is not None:
        return operator(frame, receiver, args, keywords, place)
    if (service := sagemaker.find(path)) is not None:
        return service(frame, receiver, args, keywords, place)
    if path.startswith("sh."):
        return runs.program(frame, path[3:], args, keywords, place)
    return pipelines.FUNCTIONS[path](frame, receiver, args, keywords, place) if path in pipelines.FUNCTIONS else None


def method(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    if receiver.items or receiver.elem is not None or any(t in (names.LIST, names.TUPLE, names.DICT, names.SET) for t in receiver.things):
        handler = containers.CONTAINER.get(name)
        if handler:
            return handler(frame, receiver, args, keywords, place)
    if (dated := dates.method(frame, receiver, name, args, keywords, place)) is not None:
        return dated
    if receiver.texts and not any(isinstance(t, Obj | Class) for t in receiver.things):
        if names.is_path(receiver) and (found := FUNCTIONS.get(f"pathlib.Path.{name}")):
            return found(frame, receiver, args, keywords, place)
        text_handler = texts.TEXT.get(name)
        if text_handler:
            return text_handler(frame, receiver, args, keywords, place)
    return None


def sliced(frame: Frame, base: Abs, bounds: list[Abs]) -> Abs:
    """``base[a:b]`` of a list that is known, of ``sys.argv``, or of anything else, which stays as it is."""
    if any(t == Api("sys.argv") for t in base.things):
        words = frame.run.argv
        if words is None:
            return Abs(elem=hole("a command line argument", "argv"))
        base = containers.rows([text(frame.run.unit.path), *words])
    numbers = [None if not b or b.is_none else b.literal for b in bounds]
    known = containers.numbered(frame, base) if any(t in (names.LIST, names.TUPLE) for t in base.things) else None
    plain = base.literal
    if any(n is not None and not n.lstrip("-").isdigit() for n in numbers) or any(
        b and not b.is_none and b.literal is None for b in bounds
    ):
        return base
    part = slice(*(int(n) if n is not None else None for n in numbers[:3]))
    if part.step == 0:
        return base
    if known is not None:
        return containers.rows(known[part]).but(things=base.things)
    return text(plain[part], base.soft) if plain and not base.items else base


def subscript(frame: Frame, thing: Api, key: Abs, base: Abs) -> Abs | None:
    if thing.path == dynaconf.OBJECT:
        return dynaconf.item(base, key)
    if thing.key[:1] == (metaflow.MARK,):
        return metaflow.member(frame, thing, key.literal or "", Place(frame.file.path, 0)) if thing.mode else Abs(things=(thing,))
    if thing.path == "builtins.globals()":
        return lookups.of_globals(frame, key)
    if thing.key[:1] == ("ini",):
        return inifiles.section(frame, Abs(things=(thing,)), key.literal or "")
    if thing.path == "os.environ" and key.literal is not None:
        return frame.run.engine.env_value(frame, key.literal, None)
    if thing.path == "sys.argv" and frame.run.argv is not None and key.literal is not None and key.literal.lstrip("-").isdigit():
        number = int(key.literal)
        if number == 0:
            return text(frame.run.unit.path)
        words = frame.run.argv
        return words[number - 1] if 0 < number <= len(words) else hole("no such argument on the command line", f"argv{number}")
    if thing.path == "sys.argv":
        return hole("a command line argument", f"argv{key.literal or ''}")
    return None


FUNCTIONS: dict[str, Handler] = {
    **handlers.FUNCTIONS,
    **clones.FUNCTIONS,
    **texts.FUNCTIONS,
    **paths.FUNCTIONS,
    **surroundings.FUNCTIONS,
    **dates.FUNCTIONS,
    **containers.FUNCTIONS,
    **objects.FUNCTIONS,
    **inifiles.FUNCTIONS,
    **envsettings.FUNCTIONS,
    **dynaconf.FUNCTIONS,
    **gin.FUNCTIONS,
    **hydra.FUNCTIONS,
    **choices.FUNCTIONS,
    **buffers.FUNCTIONS,
    **environments.FUNCTIONS,
    **featurestores.FUNCTIONS,
    **functional.FUNCTIONS,
    **workers.FUNCTIONS,
    **cloudjobs.FUNCTIONS,
}
