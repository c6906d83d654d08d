"""Which node of a graph a person means by what they type.

Comes in: a graph and a name. Goes out: one node; or an error that lists the nodes it can mean, or the nearest names.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from coupling.core.errors import CouplingError
from coupling.core.graph import DataGraph, Node
from coupling.core.names import steady, title
from coupling.reports import ink

MOST_NAMES, NEAREST, NEAR = 12, 3, 0.6


def node(graph: DataGraph, name: str) -> Node:
    """The node that a person means: by id, by name, by what messages call it, by the end of a name, or by a part that only one has.

    Raises CouplingError for none or several.
    """
    for found in (
        [each for each in graph.nodes if name in (each.id, each.name)],
        [each for each in graph.nodes if name in (title(each), steady(title(each)))],
        [each for each in graph.nodes if each.name.endswith((f"/{name}", f".{name}", f":{name}")) or each.id.endswith(f":{name}")],
        [each for each in graph.nodes if name.lower() in each.name.lower()],
    ):
        found = _most_meant(found)
        if len(found) == 1:
            return found[0]
        if found:
            ids = [f"  {each.id}" for each in found[:MOST_NAMES]]
            more = [f"  and {len(found) - MOST_NAMES} more"] if len(found) > MOST_NAMES else []
            raise CouplingError(f"`{name}` can mean {len(found)} things; give one of their ids:", *ids, *more)
    near = [f"`{each}`" for each in nearest(graph, name)]
    meant = f", did you mean {' or '.join(filter(None, (', '.join(near[:-1]), *near[-1:])))}?" if near else ""
    raise CouplingError(f"nothing in the graph is called `{name}`{meant}; `coupling graph` shows what is there")


def nearest(graph: DataGraph, name: str) -> list[str]:
    """The names that look most like one: in full, without folders and endings, in any case."""
    low = name.lower()

    def likeness(node: Node) -> float:
        return max(SequenceMatcher(None, low, each.lower()).ratio() for each in ink.spellings(node) or (node.name,))

    ranked = sorted(((-likeness(node), node.kind == "unit", node.name) for node in graph.nodes), key=lambda row: row)
    return list(dict.fromkeys(each for ratio, _, each in ranked if -ratio >= NEAR))[:NEAREST]


def _most_meant(nodes: list[Node]) -> list[Node]:
    """A file and the script in it often share a name: data is what people ask for. Of a model and the file that keeps it, the model."""
    data = [node for node in nodes if node.kind != "unit"]
    models = [node for node in data if node.kind == "model"]
    return models if len(models) == 1 else data or nodes
