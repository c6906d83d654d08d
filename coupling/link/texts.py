"""Texts: what str methods and formatting do to templates."""

from __future__ import annotations

import shlex
import string
from collections.abc import Callable

from coupling.core.template import Hole, Template, join, literal, text_of
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler, first, same
from coupling.link.values import NOTHING, Abs, Api, Args, Keywords, Place, merge_flows, text, texts_product

_MARK = "\ue000"
"""Stands for an unknown part while a text is split."""
MOST_WORDS = 100


MOST_REPEATS = 20


def repeated(parts: list[Abs]) -> str | None:
    """``"../" * 2`` or ``2 * "../"``; None when it is no text and a small number (two numbers are no text)."""
    known = [part.literal for part in parts]
    if len(known) != 2 or known[0] is None or known[1] is None:
        return None
    said, number = (known[0], known[1]) if known[1].isdigit() else (known[1], known[0])
    if not number.isdigit() or int(number) > MOST_REPEATS or said.lstrip("+-").replace(".", "", 1).isdigit():
        return None
    return said * int(number)


def changed(value: Abs, change: Callable[[str], str], why: str = "a changed text") -> Abs:
    """Change each text that has no hole; a template with holes keeps its shape where the change is local to text."""

    def one(template: Template) -> Template:
        plain = text_of(template)
        if plain is not None:
            return literal(change(plain))
        return tuple(part for part in template) or (Hole(why),)

    return value.but(texts=tuple(dict.fromkeys(one(t) for t in value.texts)))


def _str(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if not args:
        return text("")
    value = args[0]
    return Abs(value.texts or ((Hole("a computed value"),),), flows=names.flows_of(value), soft=value.soft)


def _change(change: Callable[[str], str]) -> Handler:
    return lambda frame, receiver, args, keywords, place: changed(receiver, change).but(things=())


def _stripped(strip: Callable[..., str]) -> Handler:
    def handle(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        letters = args[0].literal if args else None
        return changed(receiver, lambda t: strip(t, letters)).but(things=())

    return handle


def _ends_unseen(template: Template, old: str) -> bool:
    """Whether an ending is replaced (``path.replace(".csv", "_scored.csv")``) in a name whose end nobody knows: what comes out is
    another name than what went in."""
    is_ending = old.startswith(".") and old[1:].isalnum()
    return is_ending and bool(template) and isinstance(template[-1], Hole) and not any(isinstance(p, str) and old in p for p in template)


def replaced(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if names.is_path(receiver) or len(args) < 2:
        return args[0] if args else receiver
    old, new = args[0].literal, args[1].literal
    if old is None:
        return receiver

    def one(template: Template) -> Template:
        out: list[Template] = []
        for part in template:
            if isinstance(part, str) and new is not None:
                out.append((part.replace(old, new),))
            elif isinstance(part, str) and old in part:
                pieces = part.split(old)
                out.append(
                    join(
                        *[
                            x
                            for i, p in enumerate(pieces)
                            for x in ((p,), args[1].texts[0] if args[1].texts and i < len(pieces) - 1 else ())
                        ]
                    )
                )
            else:
                out.append((part,))
        return join(*out, args[1].texts[0]) if args[1].texts and _ends_unseen(template, old) else join(*out)

    flows = merge_flows(receiver.flows, names.flows_of(args[1]))
    return receiver.but(texts=tuple(dict.fromkeys(one(t) for t in receiver.texts)), flows=flows, soft=receiver.soft or args[1].soft)


def _format(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.str_format(receiver, args, keywords)


def _format_map(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    given = names.full(frame, args[0]).items if args else {}
    return names.str_format(receiver, [], dict(given))


def _template(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api("string.Template"),), items={".template": args[0] if args else NOTHING})


def _substituted(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Template("$a/x").substitute(a=...)``."""
    given = {**(names.full(frame, args[0]).items if args else {}), **keywords}
    plain = receiver.items.get(".template", NOTHING).literal
    if plain is None:
        return Abs(((Hole("a filled template"),),))
    known = [name for name in given if name.isidentifier() and given[name].texts]
    marked = string.Template(plain).safe_substitute({name: f"{_MARK}{at}{_MARK}" for at, name in enumerate(known)})
    parts = [Abs((literal(p),)) if at % 2 == 0 else given[known[int(p)]] for at, p in enumerate(marked.split(_MARK))]
    return Abs(texts_product(parts), soft=any(p.soft for p in parts))


def _text_join(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link.evaluate import concat

    parts = [args[0].items[k] for k in args[0].items if k.isdigit()] if args else []
    if not parts or (args and args[0].elem is not None):
        return Abs((((Hole("joined texts"),),)), flows=names.flows_of(args[0]) if args else ())
    spaced = [x for i, part in enumerate(parts) for x in ([receiver, part] if i else [part])]
    return concat(spaced)


def _split(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = receiver.literal
    separator = args[0].literal if args else None
    if plain is None and not args and len(receiver.texts) == 1:
        return Abs(things=(names.LIST,), items={str(n): Abs((w,)) for n, w in enumerate(words(receiver.texts[0], str.split))})
    if plain is None or (args and not separator):
        called = next((p.name for t in receiver.texts for p in t if isinstance(p, Hole) and p.name), "")
        return Abs(elem=Abs(((Hole("a part of a text", called),),), flows=receiver.flows), flows=receiver.flows)
    most = (args[1] if len(args) > 1 else keywords.get("maxsplit", NOTHING)).literal or "-1"
    pieces = plain.split(separator, int(most) if most.lstrip("-").isdigit() else -1)
    return _pieces(receiver, pieces)


def words(template: Template, split: Callable[[str], list[str]]) -> list[Template]:
    """The words of a text; what is unknown of it stands within one word."""
    holes = [part for part in template if isinstance(part, Hole)]
    marked = "".join(part if isinstance(part, str) else _MARK for part in template)
    out: list[Template] = []
    for word in split(marked)[:MOST_WORDS]:
        pieces = word.split(_MARK)
        taken = [holes.pop(0) for _ in pieces[1:]]
        out.append(join(literal(pieces[0]), *(join((hole,), literal(p)) for hole, p in zip(taken, pieces[1:], strict=True))))
    return out


def _shell_words(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``shlex.split(command)``."""

    def split(text_: str) -> list[str]:
        try:
            return shlex.split(text_)
        except ValueError:
            return text_.split()

    given = args[0] if args else NOTHING
    if len(given.texts) != 1:
        return given
    return Abs(things=(names.LIST,), items={str(n): Abs((word,)) for n, word in enumerate(words(given.texts[0], split))})


def _pieces(receiver: Abs, pieces: list[str]) -> Abs:
    return Abs(things=(names.LIST,), items={str(i): text(p, receiver.soft) for i, p in enumerate(pieces[:100])}, flows=receiver.flows)


def _rsplit(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = receiver.literal
    separator = args[0].literal if args else None
    most = (args[1] if len(args) > 1 else keywords.get("maxsplit", NOTHING)).literal or "-1"
    if plain is None or not separator or not most.lstrip("-").isdigit():
        return _split(frame, receiver, args, keywords, place)
    return _pieces(receiver, plain.rsplit(separator, int(most)))


def _partition(last: bool) -> Handler:
    def part(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        separator = args[0].literal if args else None
        if receiver.literal is None or not separator:
            return _split(frame, receiver, args, keywords, place)
        return _pieces(receiver, list(receiver.literal.rpartition(separator) if last else receiver.literal.partition(separator)))

    return part


def _asked(ask: Callable[[str, str], bool]) -> Handler:
    """Whether a text begins or ends so, where both are known. A pattern stands for many names."""

    def answer(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        plain, wanted = receiver.literal, args[0].literal if args else None
        if plain is None or wanted is None or receiver.flows or any(letter in plain for letter in "*?[{"):
            return NOTHING
        return text(str(ask(plain, wanted)), receiver.soft or args[0].soft)

    return answer


def _removesuffix(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    end = args[0].literal if args else None
    return changed(receiver, lambda t: t.removesuffix(end or ""))


TEXT: dict[str, Handler] = {
    "format": _format,
    "format_map": _format_map,
    "join": _text_join,
    "replace": replaced,
    "strip": _stripped(str.strip),
    "lower": _change(str.lower),
    "upper": _change(str.upper),
    "rstrip": _stripped(str.rstrip),
    "lstrip": _stripped(str.lstrip),
    "title": _change(str.title),
    "split": _split,
    "rsplit": _rsplit,
    "partition": _partition(False),
    "rpartition": _partition(True),
    "encode": same,
    "decode": same,
    "removesuffix": _removesuffix,
    "zfill": same,
    "startswith": _asked(str.startswith),
    "endswith": _asked(str.endswith),
    "capitalize": _change(str.capitalize),
    "expandtabs": same,
    "casefold": _change(str.casefold),
    "splitlines": _split,
    "read": same,
    "dedent": same,
}


FUNCTIONS: dict[str, Handler] = {
    "builtins.str": _str,
    "builtins.repr": _str,
    "shlex.split": _shell_words,
    "string.Template": _template,
    "string.Template.substitute": _substituted,
    "string.Template.safe_substitute": _substituted,
    "shlex.quote": first,
}
"""By API path."""
