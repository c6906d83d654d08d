"""SageMaker: estimators, processors and pipeline steps that run scripts of the repository.

Comes in: an estimator with an entry script, its ``fit``, a processor's ``run``, steps. Goes out: launches in whose folders the channels and
inputs lie, and the addresses that later steps take from earlier ones. An estimator of an image alone is the rules' matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import Template, literal
from coupling.link import jobs, names
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Keywords, Place, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

SCRIPT, MODEL_DATA = "sagemaker.script", "sagemaker.ModelData"
_MODEL, _DATA = "/opt/ml/model", "/opt/ml/input/data"
_ESTIMATORS = frozenset("Estimator Framework PyTorch TensorFlow XGBoost HuggingFace SKLearn MXNet Chainer RLEstimator".split())
_RECORDS = {
    "ProcessingInput": ("source", "destination"),
    "ProcessingOutput": ("source", "destination", "output_name"),
    "TransformInput": ("data",),
}
_STEPS = frozenset("TrainingStep ProcessingStep TransformStep TuningStep ModelStep CreateModelStep RegisterModel".split())


def find(path: str) -> Handler | None:
    """The meaning of a class or method of the SDK, by its last parts."""
    if not path.startswith("sagemaker."):
        return None
    owner, _, last = path.rpartition(".")
    if last in ("transformer", "Transformer"):
        return _transformer
    if path.startswith(SCRIPT + "."):
        return _OF_SCRIPT.get(last)
    if last in _ESTIMATORS:
        return _estimator
    if last in _RECORDS:
        return _record
    if last in _STEPS:
        return _step
    if last == "HyperparameterTuner":
        return _tuner
    if owner.endswith("Estimator") and last == "fit":
        return _fitted
    return _process if owner.endswith("Processor()") and last in ("run", "get_run_args") else None


# --- estimators ---


def _estimator(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """An estimator whose entry script is in the repository; None for others."""
    named = dict(zip(("entry_point",), args, strict=False)) | keywords
    path = jobs.script(frame, named.get("entry_point", NOTHING), named.get("source_dir", NOTHING))
    if not path:
        return None
    where = jobs.place_of(named.get("output_path", NOTHING)) or literal(f"sagemaker://{path}/model")
    given = {k: v for k, v in named.items() if k in ("hyperparameters", "environment")}
    return Abs(things=(Api(SCRIPT),), items={".script": text(path), ".model_data": _model_data(where), ".given": Abs(items=given)})


def _model_data(where: Template) -> Abs:
    """Where a training leaves its model: an archive, whose content lies beside the code that unpacks it."""
    return Abs((where,), (Api(MODEL_DATA),))


def _fit(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The entry script runs with each channel in a folder of its own and what it leaves in the model's folder kept."""
    where, path = receiver.items[".model_data"].texts[0], receiver.items[".script"].literal or ""
    given = receiver.items[".given"].items
    channels = _channels(args[0] if args else keywords.get("inputs", NOTHING))
    folders = [(f"{_DATA}/{name}", address) for name, address in channels.items()] + [(_MODEL, where)]
    env = {f"SM_CHANNEL_{name.upper()}": text(f"{_DATA}/{name}") for name in channels}
    env |= {"SM_MODEL_DIR": text(_MODEL), "SM_OUTPUT_DATA_DIR": text("/opt/ml/output/data"), "SM_OUTPUT_DIR": text("/opt/ml/output")}
    env |= given.get("environment", NOTHING).items
    jobs.launch(frame, path, jobs.options(given.get("hyperparameters", NOTHING)), env, folders, place)
    return _trained(where)


def _channels(inputs: Abs) -> dict[str, Template]:
    """The data of each channel by its name; one without a name is ``training``."""
    named = {k: v for k, v in inputs.items.items() if not k.startswith(".") and not k.isdigit()}
    found = {k: jobs.place_of(v) for k, v in (named or {"training": inputs}).items()}
    return {k: address for k, address in found.items() if address}


def _trained(where: Template) -> Abs:
    """What later steps take from a training: where its model lies."""
    return _properties({"ModelArtifacts": _attributes({"S3ModelArtifacts": _model_data(where)})})


def _fitted(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """An estimator of an image: its rule says what it trains on; its model lies where its output goes."""
    handles = names.handles(receiver)
    return _trained(handles[0].name) if handles else None


def _properties(items: dict[str, Abs]) -> Abs:
    return _attributes({"properties": _attributes(items)})


def _attributes(items: dict[str, Abs]) -> Abs:
    return Abs(things=(Api("sagemaker.Properties"),), items={f".{k}": v for k, v in items.items()})


def _transformer(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """What scores a whole address: an estimator's or a model's, or one for the name of a model."""
    target = jobs.place_of(keywords.get("output_path", NOTHING))
    held = (AssetRef("url", target),) if target else ()
    models = _models(frame, receiver) or keywords.get("model_name", args[0] if args else NOTHING).models()
    return Abs(things=(Api("sagemaker.transformer.Transformer", held, models),))


def _deployed(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api("sagemaker.predictor.Predictor", (), _models(frame, receiver)),))


def _models(frame: Frame, receiver: Abs) -> tuple:  # type: ignore[type-arg]
    from coupling.link import learning

    where = receiver.items.get(".model_data", NOTHING).texts
    return receiver.models() or tuple(learning.artifact_ref(frame.run.unit.path, AssetRef("dir", t)) for t in where)


_OF_SCRIPT: dict[str, Handler] = {"fit": _fit, "deploy": _deployed}


# --- processors ---


def _record(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    path = next((t.path for t in receiver.things if isinstance(t, Api)), "")
    fields = _RECORDS[path.rpartition(".")[2]]
    return Abs(things=(Api(path + "()"),), items={f".{k}": v for k, v in (dict(zip(fields, args, strict=False)) | keywords).items()})


def _process(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``processor.run(code=..., inputs=[...], outputs=[...])``: a script between folders that stand for addresses."""
    code = args[0] if args else keywords.get("code", keywords.get("submit_app", NOTHING))
    path = jobs.script(frame, code, keywords.get("source_dir", NOTHING))
    if not path:
        return None
    inputs = [(_field(r, "destination"), jobs.place_of(r.items.get(".source", NOTHING))) for r in _records(frame, keywords, "inputs")]
    outputs = {}
    for record in _records(frame, keywords, "outputs"):
        name = _field(record, "output_name") or _field(record, "source").rpartition("/")[2]
        address = jobs.place_of(record.items.get(".destination", NOTHING)) or literal(f"sagemaker://{path}/{name}")
        outputs[name] = (_field(record, "source"), address)
    words = jobs.listed(frame, keywords.get("arguments", keywords.get("job_arguments", NOTHING)))
    here = next((_field(r, "destination") for r in _records(frame, keywords, "inputs") if _is_model(r)), "")
    jobs.launch(frame, path, words, {}, [*inputs, *outputs.values()], place, here)
    kept = {n: _attributes({"S3Output": _attributes({"S3Uri": Abs((a,))})}) for n, (_, a) in outputs.items()}
    listing = Abs(things=(names.DICT,), items=kept)
    return _properties({"ProcessingOutputConfig": _attributes({"Outputs": listing})})


def _is_model(record: Abs) -> bool:
    return Api(MODEL_DATA) in record.items.get(".source", NOTHING).things


def _records(frame: Frame, keywords: Keywords, name: str) -> Args:
    return jobs.listed(frame, keywords.get(name, NOTHING))


def _field(record: Abs, name: str) -> str:
    return record.items.get("." + name, NOTHING).literal or ""


# --- pipelines ---


def _step(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A step does at its turn what its estimator, processor or transformer does; ``step_args`` have been asked already."""
    from coupling.link import calls

    if "step_args" in keywords:
        return _properties({"ModelName": keywords["step_args"]}) if not keywords["step_args"].items else keywords["step_args"]
    if "model" in keywords:
        return _properties({"ModelName": keywords["model"]})
    for role, method in (("estimator", "fit"), ("tuner", "fit"), ("processor", "run"), ("transformer", "transform")):
        if role not in keywords:
            continue
        inputs = keywords.get("inputs", NOTHING)
        given = inputs.items.get(".data", inputs) if method == "transform" else inputs
        rest = {k: v for k, v in keywords.items() if k in ("code", "outputs", "job_arguments", "inputs")} if method == "run" else {}
        positional = [] if method == "run" else [given]
        return calls.call_method(frame, keywords[role], method, positional, rest, place, -1) or NOTHING
    return None


def _tuner(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A tuner trains its estimator with several settings."""
    return args[0] if args else keywords.get("estimator")
