"""Jobs of Vertex AI and Azure ML: scripts and commands of the repository with the data that the call names.

Comes in: ``CustomTrainingJob(script_path=...).run(args=[...])``, ``command(command="python train.py --data ${{inputs.data}}", ...)``,
``ScriptRunConfig``. Goes out: launches, and what they make: a model in its folder, the outputs of a component by name.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from coupling.core.template import Template, literal
from coupling.link import jobs, names
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Keywords, Partial, Place, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

VERTEX, COMPONENT = "vertex.script", "azure.component()"
_MARK = re.compile(r"\$\{\{\s*((?:inputs|outputs)\.\w+)\s*\}\}")
_VERTEX = ("google.cloud.aiplatform.CustomTrainingJob", "google.cloud.aiplatform.training_jobs.CustomTrainingJob")


# --- Vertex AI ---


def _custom(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    path = jobs.script(frame, args[1] if len(args) > 1 else keywords.get("script_path", NOTHING))
    return Abs(things=(Api(VERTEX),), items={".script": text(path), ".args": keywords.get("args", NOTHING)}) if path else None


def _run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The script runs with these words; the model that it leaves is what the call gives."""
    from coupling.link import learning

    path = receiver.items.get(".script", NOTHING).literal or ""
    base = jobs.place_of(keywords.get("base_output_dir", NOTHING))
    where: Template = jobs.below(base, "model") if base else literal(f"vertex://{path}/model")
    env = {"AIP_MODEL_DIR": Abs((where,)), **keywords.get("environment_variables", NOTHING).items}
    words = jobs.listed(frame, keywords.get("args") or receiver.items.get(".args", NOTHING))
    jobs.launch(frame, path, words, env, [], place)
    model = learning.artifact_ref(frame.run.unit.path, AssetRef("dir", where))
    return Abs(things=(Api("google.cloud.aiplatform.Model", (), (model,)),))


# --- Azure ML ---


def _located(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Input(type="uri_file", path=...)`` is where the data lie."""
    return keywords.get("path", NOTHING)


def _command(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``command(...)``: a job, which runs where it is written when it lacks no input, and a component to call with others."""
    component = Abs(things=(Partial(Abs(things=(Api(COMPONENT),)), (Abs(items=keywords), text(place_name(place))), ()),))
    inputs = keywords.get("inputs", NOTHING).items
    if all(value.texts for value in inputs.values()):
        _started(frame, [Abs(items=keywords), text(place_name(place))], {}, place)
    return component


def place_name(place: Place) -> str:
    return f"azureml://{place.path}:{place.line}"


def _component(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``load_component(source="train.yml")``: what the file says."""
    source = (args[0] if args else keywords.get("source", keywords.get("path", NOTHING))).literal
    here = posixpath.dirname(frame.file.path)
    path = frame.run.engine.index.file(source, (here, "")) if source else None
    said = frame.run.engine.settings(frame.run, path) if path else None
    if said is None or "command" not in said.items:
        return None
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path or ""), said.items.get("code", NOTHING).literal or "."))
    record = {**said.items, "code": text(posixpath.relpath("/" + folder, "/" + here) if here else folder)}
    return Abs(things=(Partial(Abs(things=(Api(COMPONENT),)), (Abs(items=record), text(f"azureml://{path}")), ()),))


def _called(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _started(frame, args, keywords, place)


def _started(frame: Frame, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The command with its inputs and outputs in the place of their marks; outputs have names of their own where none are given."""
    record, own = args[0].items, args[1].literal or ""
    inputs = {k: v for k, v in record.get("inputs", NOTHING).items.items() if v.texts} | keywords
    outputs = {k: _output(v, f"{own}/{k}") for k, v in record.get("outputs", NOTHING).items.items() if not k.startswith(".")}
    known = {**{f"inputs.{k}": v for k, v in inputs.items()}, **{f"outputs.{k}": v for k, v in outputs.items()}}
    line = jobs.filled(record.get("command", NOTHING), _MARK, lambda name: Abs((jobs.place_of(known.get(name, NOTHING)),)))
    jobs.command(frame, line, record.get("code", NOTHING), [], place)
    listing = Abs(things=(names.DICT,), items={**outputs, **{f".{k}": v for k, v in outputs.items()}})
    return Abs(things=(Api("azure.job"),), items={".outputs": listing})


def _output(said: Abs, own: str) -> Abs:
    given = said if said.texts else said.items.get("path", NOTHING)
    return given if given.texts else text(own)


def _script_run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``ScriptRunConfig(source_directory, script, arguments)`` and pipeline steps with a script."""
    named = dict(zip(("source_directory", "script", "arguments"), args, strict=False)) | keywords
    path = jobs.script(frame, named.get("script", named.get("script_name", NOTHING)), named.get("source_directory", NOTHING))
    if not path:
        return None
    jobs.launch(frame, path, jobs.listed(frame, named.get("arguments", NOTHING)), {}, [], place)
    return NOTHING


FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(_VERTEX, _custom),
    **dict.fromkeys((f"{where}.from_local_script" for where in ("google.cloud.aiplatform.CustomJob",)), _custom),
    **dict.fromkeys((f"{VERTEX}.run", f"{VERTEX}.submit"), _run),
    **dict.fromkeys(("azure.ai.ml.Input", "azure.ai.ml.Output", "azure.ai.ml.entities.Input"), _located),
    **dict.fromkeys(("azure.ai.ml.command", "azure.ai.ml.entities.CommandJob", "azure.ai.ml.entities.CommandComponent"), _command),
    "azure.ai.ml.load_component": _component,
    COMPONENT: _called,
    **dict.fromkeys(
        (
            "azureml.core.ScriptRunConfig",
            "azureml.core.script_run_config.ScriptRunConfig",
            "azureml.pipeline.steps.PythonScriptStep",
            "azureml.train.estimator.Estimator",
        ),
        _script_run,
    ),
}
"""By API path."""
