"""What handlers of Python's own functions have in common: their form, and the simplest of them."""

from __future__ import annotations

from collections.abc import Callable

from coupling.link.frames import Frame
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place

Handler = Callable[[Frame, Abs, Args, Keywords, Place], Abs | None]


def same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver


def first(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return args[0] if args else next(iter(keywords.values()), NOTHING)


def nothing(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return NOTHING


FUNCTIONS: dict[str, Handler] = {
    "os.path.expanduser": first,
    "os.path.expandvars": first,
    "os.fspath": first,
    "pathlib.Path.expanduser": same,
    "pathlib.Path.as_posix": same,
    "pathlib.Path.as_uri": same,
    "builtins.iter": first,
    "itertools.islice": first,
    "itertools.cycle": first,
    "tqdm.tqdm": first,
    "tqdm.auto.tqdm": first,
    "tqdm.notebook.tqdm": first,
    "rich.progress.track": first,
    "copy.copy": first,
    "functools.wraps": nothing,
    "accelerate.Accelerator.unwrap_model": first,
    "accelerate.Accelerator.prepare_model": first,
    "accelerate.Accelerator.prepare_data_loader": first,
    "textwrap.dedent": first,
    "urllib.parse.unquote": first,
    "urllib.parse.quote": first,
    "inspect.cleandoc": first,
    "os.fsencode": first,
    "dvc.api.get_url": first,
}
"""By API path."""
