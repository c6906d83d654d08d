"""Tasks of orchestrators: what an operator or node runs, with which arguments.

Airflow operators start functions, commands and SQL; Kedro nodes call functions on entries of the catalog. Order of tasks carries no data.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names, runs, steps
from coupling.link.events import Access
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Flow, Keywords, Place, Read, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

Handler = Callable[["Frame", Abs, Args, Keywords, Place], Abs]

_PYTHON = ("PythonOperator", "PythonVirtualenvOperator", "ExternalPythonOperator", "ShortCircuitOperator", "BranchPythonOperator")
_SQL = (
    "PostgresOperator",
    "SQLExecuteQueryOperator",
    "MySqlOperator",
    "SnowflakeOperator",
    "BigQueryOperator",
    "BigQueryExecuteQueryOperator",
    "TrinoOperator",
    "RedshiftSQLOperator",
    "MsSqlOperator",
    "SqliteOperator",
    "HiveOperator",
    "AthenaOperator",
    "DatabricksSqlOperator",
    "ClickHouseOperator",
    "RedshiftDataOperator",
    "SnowflakeSqlApiOperator",
    "OracleOperator",
    "VerticaOperator",
)
_CONTAINERS = ("KubernetesPodOperator", "DockerOperator", "EcsRunTaskOperator", "ContainerOp")


def find(path: str) -> Handler | None:
    """The meaning of an operator, by the last part of its API path."""
    if not path.startswith(("airflow.", "kedro.", "kfp.", "astronomer.", "cosmos.")):
        return None
    last = path.rpartition(".")[2]
    if last in _PYTHON:
        return _python
    if last in ("BashOperator", "SSHOperator"):
        return _bash
    if last in _SQL:
        return _sql
    if last == "BigQueryInsertJobOperator":
        return _job
    if last == "SparkSubmitOperator":
        return _spark
    if last in _CONTAINERS:
        return _container
    return _node if path in ("kedro.pipeline.node", "kedro.pipeline.Node") else None


def _task(flows: tuple[Flow, ...], result: Abs = NOTHING) -> Abs:
    return Abs(things=(Api("orchestrator.Task"),), flows=flows, items={".output": result} if result else {})


def _python(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import calls

    function = keywords.get("python_callable", NOTHING)
    task = keywords.get("task_id", NOTHING).literal or ""
    given = [steps.pulled(frame, v) for k, v in keywords.get("op_args", NOTHING).items.items() if k.isdigit()]
    named = {k: steps.pulled(frame, v) for k, v in keywords.get("op_kwargs", NOTHING).items.items() if not k.startswith(".")}
    named = {**steps.context(frame, task), **named}
    result = calls.call_value(frame, function, given, named, place) if function.things else NOTHING
    steps.keep(frame, task, result)
    return _task((), result)


def _bash(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    command = keywords.get("bash_command", keywords.get("command", NOTHING))
    old = frame.run.env
    frame.run.env = {**old, **{k: v for k, v in keywords.get("env", NOTHING).items.items() if v.texts}}
    try:
        frame.run.engine.embedded.shell(frame, command, place, runs.folder(frame, keywords))
    finally:
        frame.run.env = old
    return _task(())


def _sql(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    statement = keywords.get("sql", keywords.get("query", keywords.get("hql", NOTHING)))
    statements = [v for k, v in statement.items.items() if k.isdigit()] or [statement]
    named = keywords.get("params", keywords.get("parameters", NOTHING)).items
    for one in statements:
        path = _sql_file(frame, one)
        if path:
            frame.run.engine.embedded.sql_file(frame, path, place, dict(named))
        else:
            frame.run.engine.embedded.sql(frame, one, place, [])
    return _task(())


def _sql_file(frame: Frame, statement: Abs) -> str | None:
    """Airflow reads ``sql="dir/x.sql"`` as a file, from the DAG's folder or the template folders."""
    plain = statement.literal
    if plain is None or not plain.endswith(".sql"):
        return None
    index = frame.run.engine.index
    here = posixpath.dirname(frame.file.path)
    path = index.file(plain, (here, "", posixpath.join(here, "sql"))) or index.only("/" + plain.lstrip("/"))
    return path if path in index.files else None


def _job(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    query = keywords.get("configuration", NOTHING).items.get("query", NOTHING).items.get("query", NOTHING)
    return _sql(frame, receiver, [], {"sql": query}, place)


def _spark(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    words = [v for k, v in keywords.get("application_args", NOTHING).items.items() if k.isdigit()]
    runs.python(frame, [keywords.get("application", NOTHING), *words], {}, place)
    return _task(())


def _container(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    parts = [keywords[k] for k in ("cmds", "command", "arguments") if k in keywords]
    words = [v for part in parts for k, v in part.items.items() if k.isdigit()]
    if words:
        runs.argv(frame, Abs(things=(names.LIST,), items={str(i): w for i, w in enumerate(words)}), {}, place)
    elif parts and parts[0].texts:
        frame.run.engine.embedded.shell(frame, parts[0], place, frame.run.cwd)
    return _task(())


# --- Kedro ---


def _node(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``node(func, inputs, outputs)``: a call on entries of the catalog whose results are entries too."""
    from coupling.link import calls

    named = dict(zip(("func", "inputs", "outputs"), args, strict=False)) | keywords
    inputs = named.get("inputs", NOTHING)
    given = [_entry(frame, value, place) for value in _names(inputs)]
    by_name = {k: _entry(frame, v, place) for k, v in inputs.items.items() if not k.isdigit() and not k.startswith(".")}
    result = calls.call_value(frame, named.get("func", NOTHING), [] if by_name else given, by_name, place)
    outputs = _names(named.get("outputs", NOTHING))
    for number, output in enumerate(outputs):
        one = names.item(frame, result, Abs((literal(str(number)),)), True, place) if len(outputs) > 1 else result
        _keep(frame, output, one, place)
    return _task(())


def _names(value: Abs) -> list[Abs]:
    numbered = [v for k, v in value.items.items() if k.isdigit()]
    return numbered or ([value] if value.texts else [])


def _entry(frame: Frame, name: Abs, place: Place) -> Abs:
    plain = name.literal or ""
    if plain.startswith("params:") or plain == "parameters":
        return _lookup(frame, plain.removeprefix("params:").split(".") if ":" in plain else [], "parameters")
    kept = frame.run.load(("kedro", plain))
    asset = _asset(frame, plain)
    if asset is None:
        return kept
    frame.run.engine.tell_plain(frame, "reads", asset, place, "kedro catalog")
    return union((Abs(flows=(Flow(Read(asset, place), (), (place,)),)), kept.but(flows=())))


def _keep(frame: Frame, name: Abs, value: Abs, place: Place) -> None:
    from coupling.link.storing import stored

    plain = name.literal or ""
    frame.run.store(("kedro", plain), value)
    asset = _asset(frame, plain)
    if asset is not None:
        flows, models = stored([value])
        frame.run.engine.tell_plain(frame, "writes", asset, place, "kedro catalog", flows, models)


def _asset(frame: Frame, name: str) -> AssetRef | None:
    entry = _lookup(frame, [name], "catalog")
    path = entry.items.get("filepath") or entry.items.get("path")
    if path is not None and path.literal:
        return AssetRef("file", literal(path.literal))
    table = entry.items.get("table_name")
    return AssetRef("table", literal(table.literal)) if table is not None and table.literal else None


def _lookup(frame: Frame, keys: list[str], kind: str) -> Abs:
    found: list[Abs] = []
    for path in frame.run.engine.index.files:
        if posixpath.basename(path).startswith(kind) and path.endswith((".yml", ".yaml")) and "conf" in path.split("/"):
            value = frame.run.engine.settings(frame.run, path) or NOTHING
            for key in keys:
                value = value.items.get(key, NOTHING)
            found.append(value)
    return union(found)


__all__ = ["Access", "find"]
