"""Models that a project writes by hand: classes that learn in one method, by their own computation, and answer in another.

Comes in: a class and what is called on its instances. Goes out: whether it is such a learner, and the events of its methods,
by the entries ``handwritten.Learner`` of the rules. A class whose learning method hands the work on to something else that
trains, or only keeps what it is given, is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.facts import FileFacts, Scope
from coupling.link import members
from coupling.link.frames import Frame, UnitRun
from coupling.link.values import Api, Class

LEARNER = "handwritten.Learner"
LEARNING = frozenset(("fit", "partial_fit", "train", "learn", "learn_one", "update"))
ASKING = frozenset(
    """predict predict_proba predict_one predict_many decision_function recommend forecast classify act choose_action select_action
    get_action choose_arm select_arm pull""".split()
)
_HANDED_ON = frozenset(
    """fit partial_fit fit_transform fit_predict train train_on_batch train_step backward step minimize learn learn_one run gradient
    apply_gradients grad value_and_grad create submit chat completion invoke generate update_one execute call system Popen""".split()
)
"""Methods that may train something else."""
_KEPT = frozenset(("param", "free", "text", "number", "bool", "none", "import", "attr", "list", "tuple", "dict", "set", "func", "class"))
"""What a store that computes nothing stores."""
_NEUTRAL_BASES = ("abc.", "typing.", "builtins.", "object", "sklearn.base.")


def is_learner(run: UnitRun, cls: Class) -> bool:
    known = run.engine.learners
    key = (cls.file, cls.scope)
    if key not in known:
        known[key] = _learns(run, cls)
    return known[key]


def typed(frame: Frame, cls: Class, name: str) -> str:
    """The type by which the rules know a method of the class; "" when it is none that learns or answers."""
    return LEARNER if name in LEARNING | ASKING and is_learner(frame.run, cls) else ""


def _learns(run: UnitRun, cls: Class) -> bool:
    bases = [base for base in members.mro(run, cls) if isinstance(base, Class)]
    if any(not base.path.startswith(_NEUTRAL_BASES) for base in members.mro(run, cls) if isinstance(base, Api)):
        return False
    methods: dict[str, tuple[FileFacts, Scope]] = {}
    for base in bases:
        file = run.engine.index.files[base.file]
        for scope in file.scopes:
            if scope.parent == base.scope and scope.kind == "function":
                methods.setdefault(scope.name, (file, scope))
    starts = [name for name in sorted(LEARNING & methods.keys()) if len(methods[name][1].params) > 1]
    return bool(starts and ASKING & methods.keys()) and _computes(methods, starts)


def _computes(methods: dict[str, tuple[FileFacts, Scope]], starts: list[str]) -> bool:
    """Whether the methods store into the instance what they compute, and nothing on the way may train something else."""
    todo, seen, stores = list(starts), set(starts), False
    while todo:
        file, scope = methods[todo.pop()]
        for name, own in _called(file, scope):
            if own and name in methods:
                todo += [name] if name not in seen else []
                seen.add(name)
            elif name in _HANDED_ON or name.startswith(("train", "fit_", "finetune")):
                return False
        stores = stores or _stores(file, scope)
    return stores


def _called(file: FileFacts, scope: Scope) -> Iterator[tuple[str, bool]]:
    """The last names of what a function calls, and whether each is a method of its own instance."""
    for effect in scope.effects:
        value = file.values[effect.value]
        if value.op == "call" and value.parts:
            callee = file.values[value.parts[0]]
            yield callee.text.rpartition(".")[2], callee.op == "attr" and _is_own(file, scope, callee.parts[0])


def _stores(file: FileFacts, scope: Scope) -> bool:
    """Whether a function stores something computed: into an attribute, or into a cell of a table in one."""
    for effect in scope.effects:
        value = file.values[effect.value]
        into = file.values[value.parts[0]] if value.op == "update" else value
        is_own = into.op in ("setattr", "attr") and _is_own(file, scope, into.parts[0])
        if value.op in ("setattr", "update") and is_own and file.values[value.parts[-1]].op not in (*_KEPT, "update"):
            return True
    return False


def _is_own(file: FileFacts, scope: Scope, index: int) -> bool:
    """Whether a value is the instance itself, whatever was stored into it before."""
    value = file.values[index]
    while value.op in ("setattr", "after", "loop", "join", "choose") and value.parts:
        value = file.values[value.parts[0]]
    return bool(scope.params) and value.op == "param" and value.text == scope.params[0].name
