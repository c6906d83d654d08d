"""A made-up company: 2 000 nodes of many teams with a dozen loops among them."""

from __future__ import annotations

import random

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Span

TEAMS, STAGES = 25, ("raw", "clean", "features", "scores")


def large(count: int = 2_000) -> Report:
    """A report with so many nodes; the same every time."""
    chance = random.Random(1)
    team = [f"team{number:02}" for number in range(TEAMS)]
    assets = [f"asset:file:{chance.choice(team)}/data/{chance.choice(STAGES)}/part_{n:04}.parquet" for n in range(count * 7 // 10)]
    models = [f"model:model:{chance.choice(team)}/models/model_{n:03}.joblib" for n in range(count // 10)]
    units = [f"unit:script:{chance.choice(team)}/jobs/job_{n:04}.py" for n in range(count - len(assets) - len(models))]
    edges: list[Edge] = []
    for number, asset in enumerate(assets[:-1]):
        for _ in range(chance.randint(0, 3)):
            later = assets[min(len(assets) - 1, number + 1 + int(chance.expovariate(1 / 60)))]
            edges += _step(asset, later, chance.choice(units), chance)
    for model in models:
        unit = chance.choice(units)
        edges.append(Edge(chance.choice(assets), model, "trains", "exact", "fit", _lines(unit, chance), "features", unit=unit))
        edges.append(Edge(model, chance.choice(assets), "predicts", "exact", "predict", _lines(unit, chance), unit=unit))
    findings = [_loop(model, chance.sample(assets, 2), chance.choice(units), edges, chance) for model in models[:12]]
    nodes = tuple(_node(id_) for id_ in sorted([*assets, *models, *units]))
    summary = Summary(4_000, len(units), len(assets), len(models), 1_800, 100, 0, (("python", 4_000),))
    return Report("0.1.0", summary, DataGraph(nodes, tuple(edges)), tuple(findings))


def _node(id_: str) -> Node:
    kind, type_, name = id_.split(":", 2)
    return Node(id_, kind, type_, "", name, owner=f"@{name.split('/')[0]}")


def _lines(unit: str, chance: random.Random) -> tuple[Span, ...]:
    path, line = unit.split(":", 2)[2], chance.randint(1, 300)
    return Span(path, line, 1, line, f"frame = pd.read_parquet(CONF['in_{line}'])"), Span(
        path, line + 3, 1, line + 3, "out.to_parquet(out)"
    )


def _step(source: str, target: str, unit: str, chance: random.Random) -> list[Edge]:
    lines = _lines(unit, chance)
    flow = Edge(source, target, "derives", "exact", "read_parquet -> to_parquet", lines, unit=unit)
    return [flow, Edge(source, unit, "reads", evidence=lines[:1]), Edge(unit, target, "writes", evidence=lines[1:])]


def _loop(model: str, data: list[str], unit: str, edges: list[Edge], chance: random.Random) -> Finding:
    """Three edges round a loop, added to ``edges``, and the finding that passes them."""
    ways = ((model, data[0], "predicts", ""), (data[0], data[1], "derives", ""), (data[1], model, "trains", "labels"))
    first = len(edges)
    edges += [Edge(a, b, kind, "exact", kind, _lines(unit, chance), role, unit=unit) for a, b, kind, role in ways]
    path = tuple(span for edge in edges[first:] for span in edge.evidence)
    name = model.rpartition("/")[2]
    where = tuple(number for number in range(first, first + 3) for _ in range(2))
    told = ("predicts", "writes", "is read", "is written", "is read", "trains")
    message = f"{name} learns from its own scores"
    return Finding("feedback-loop", "CPL101", "error", "exact", message, path, told, where, (model,), tuple(data), f"{first:08x}")
