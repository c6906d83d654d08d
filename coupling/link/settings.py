"""Settings as code sees them: dicts whose keys are attributes, files of variables, classes filled from dicts.

Comes in: what settings files hold. Goes out: the same as the libraries' objects give it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names
from coupling.link.interpolation import interpolated
from coupling.link.values import NOTHING, Abs, Args, AssetRef, Class, Keywords, Place, hole, text, union

if TYPE_CHECKING:
    from collections.abc import Callable

    from coupling.link.frames import Frame

# --- dicts whose keys are attributes ---


def _wrapped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Box(settings)``, ``EasyDict(...)``, ``SimpleNamespace(a=1)``: the same settings; keys are attributes of any value here."""
    given = names.full(frame, args[0]) if args else NOTHING
    kept = {k: v for k, v in keywords.items() if not k.startswith(("box_", "default_box", "frozen"))}
    spread = kept.pop("**", NOTHING)
    return given.but(things=(names.DICT,), items={**given.items, **spread.items, **kept}, flows=given.flows + spread.flows)


def _created(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``OmegaConf.create(...)``, ``OmegaConf.to_container(config)``."""
    from coupling.link import hydra

    return interpolated(frame, hydra.plain(frame, names.full(frame, args[0]), place)) if args else Abs(things=(names.DICT,))


def _merged(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import hydra

    result = NOTHING
    for given in args:
        result = hydra.merged(result, hydra.plain(frame, names.full(frame, given), place))
    return interpolated(frame, result)


def _from_cli(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import hydra

    return hydra.overridden(Abs(things=(names.DICT,)), frame.run.argv or ())


def _selected(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``OmegaConf.select(config, "a.b")``."""
    found: Abs | None = args[0] if args else None
    for key in ((args[1].literal or "") if len(args) > 1 else "").split("."):
        found = found.items.get(key) if found is not None else None
    return found or keywords.get("default", NOTHING) or hole("a setting that no file gives")


# --- files of variables, classes filled from dicts ---


def _dotenv(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    given = args[0] if args else keywords.get("dotenv_path", text(".env"))
    found = [frame.run.engine.content(frame, AssetRef("file", t, frame.run.cwd)) for t in given.texts or (literal(".env"),)]
    return union(f for f in found if f is not None) or None


def _structured(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``dacite.from_dict(C, data)``, ``cattrs.structure(data, C)``: an object of the class with the dict's entries."""
    given = [*args, *keywords.values()]
    classes = [t for a in given for t in a.things if isinstance(t, Class)]
    data = next((a for a in given if a.items and not any(isinstance(t, Class) for t in a.things)), NOTHING)
    return union(made(frame, cls, data, place) for cls in classes) or None


def made(frame: Frame, cls: Class, data: Abs, place: Place) -> Abs:
    """An object of a class of the repository with a dict's entries for its fields."""
    from coupling.link import calls

    fields = {k: v for k, v in names.full(frame, data).items.items() if not k.startswith(".")}
    return calls.construct(frame, cls, [], fields, place)


MAKERS = ("model_validate", "parse_obj", "from_dict", "model_construct")
"""Constructors that classes of pydantic and its kin inherit: they take a dict."""
_BOXES = (
    "box.Box",
    "box.ConfigBox",
    "box.box.Box",
    "box.config_box.ConfigBox",
    "box.BoxList",
    "easydict.EasyDict",
    "munch.Munch",
    "munch.munchify",
    "munch.Munch.fromDict",
    "munch.DefaultMunch.fromDict",
    "addict.Dict",
    "dotmap.DotMap",
    "types.SimpleNamespace",
    "argparse.Namespace",
    "attrdict.AttrDict",
    "ml_collections.ConfigDict",
    "ml_collections.config_dict.ConfigDict",
    "ml_collections.FrozenConfigDict",
    "bunch.Bunch",
    "sklearn.utils.Bunch",
    "yacs.config.CfgNode",
    "dotdict.dotdict",
)
FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs | None]] = {
    **dict.fromkeys(_BOXES, _wrapped),
    "omegaconf.OmegaConf.create": _created,
    "omegaconf.OmegaConf.to_container": _created,
    "omegaconf.OmegaConf.structured": _created,
    "omegaconf.OmegaConf.merge": _merged,
    "omegaconf.OmegaConf.from_cli": _from_cli,
    "omegaconf.OmegaConf.select": _selected,
    "dotenv.dotenv_values": _dotenv,
    "dacite.from_dict": _structured,
    "cattrs.structure": _structured,
    "cattr.structure": _structured,
}

__all__ = ["FUNCTIONS", "MAKERS", "interpolated", "made"]
