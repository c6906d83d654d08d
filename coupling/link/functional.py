"""Models that are plain arrays: a gradient of a function is taken, and the arrays that it is taken by are made better with it.

Comes in: ``jax.grad(loss)(w, x, y)`` and its kin. Goes out: the training of a model, where the loss asks no other that is known, on what
the loss is made of besides the parameters. The gradient is told as the model's output: what is made of it, the next parameters and what
is computed with them, is what the model gives.
"""

from __future__ import annotations

from coupling.link import learning, names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.site import Site
from coupling.link.values import ARRAYS, Abs, Api, Args, Flow, Keywords, ModelRef, Output, Partial, Place, arrays, everything, merge_flows

GRADIENT, VALUE_AND_GRADIENT = "functional.gradient()", "functional.value_and_gradient()"
_SETTINGS = frozenset("argnums has_aux holomorphic allow_int reduce_axes create_graph".split())


def _taker(kind: str) -> Handler:
    """``grad(f)``: a function that calls ``f``."""

    def taken(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
        function = args[0] if args else keywords.get("fun") or keywords.get("func")
        if function is None or not function.things:
            return None
        return Abs(things=(Partial(Abs(things=(Api(kind),)), (function,), _settings(args[1:], keywords)),))

    return taken


def _settings(args: Args, keywords: Keywords) -> tuple[tuple[str, Abs], ...]:
    given = [("argnums", value) for value in args[:1]] + [(k, v) for k, v in keywords.items() if k in _SETTINGS]
    return tuple(given)


def _gradient(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    loss = _loss(frame, args, keywords, place)
    return _trained(frame, args, keywords, place, loss) or loss


def _value_and_gradient(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    loss = _loss(frame, args, keywords, place)
    gradient = _trained(frame, args, keywords, place, loss)
    return loss if gradient is None else Abs(things=(names.TUPLE,), items={"0": loss, "1": gradient})


def _loss(frame: Frame, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import calls

    given = {key: value for key, value in keywords.items() if key not in _SETTINGS}
    return calls.call_value(frame, args[0], args[1:], given, place)


def _trained(frame: Frame, args: Args, keywords: Keywords, place: Place, loss: Abs) -> Abs | None:
    """The gradient; None where the loss says by itself which model learns, or is made of nothing that is known."""
    model = ModelRef("site", (*learning.made_at(frame, place), ARRAYS), ARRAYS)
    own = Output(model)
    outputs = {flow.origin.model for flow in everything(loss) if isinstance(flow.origin, Output)}
    if any(other.label != ARRAYS for other in outputs):
        return None
    position = keywords["argnums"].literal or "0" if "argnums" in keywords else "0"
    parameters = args[1 + int(position)] if position.isdigit() and len(args) > 1 + int(position) else Abs()
    by = {flow.origin for flow in everything(names.full(frame, parameters))}
    flows = tuple(("data", flow) for flow in everything(loss) if flow.origin not in by and flow.origin != own)
    if not flows:
        return None
    rule = frame.run.engine.rules.find("jax.grad")
    if rule is not None:
        frame.run.put(frame.run.made, model, True)
        frame.run.put(frame.run.updated, model, True)
        frame.run.engine.tell_train(Site(frame, rule, None, args, keywords, place, rule.path, -1), model, flows, "exact")
    return Abs(flows=(Flow(own, (), (place,)),))


def _applied(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``optax.apply_updates(params, updates)``: parameters made better by the gradient of a model that is plain arrays."""
    given = [*args, *keywords.values()]
    own = arrays(everything(given[1])) if len(given) > 1 else ()
    return given[0].but(flows=merge_flows(given[0].flows, own)) if own else None


FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(("jax.grad", "autograd.grad", "autograd.elementwise_grad", "torch.func.grad", "functorch.grad"), _taker(GRADIENT)),
    **dict.fromkeys(("jax.value_and_grad", "autograd.value_and_grad"), _taker(VALUE_AND_GRADIENT)),
    GRADIENT: _gradient,
    VALUE_AND_GRADIENT: _value_and_gradient,
    "optax.apply_updates": _applied,
}
