"""dbt nodes: which SQL file is one, and the table that its query writes.

In come a path and what the template said, out goes a ``Node``; the SQL parser asks here. A dbt "model" is a table: a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlglot import exp

    from coupling.parsers.sql.queries import Queries

KINDS: tuple[str, ...] = ()

_MODES = {
    "table": "create",
    "incremental": "append",
    "view": "view",
    "ephemeral": "view",
    "materialized_view": "view",
    "snapshot": "append",
}
_FOLDERS = ("models", "snapshots")


class Node(NamedTuple):
    """A dbt node: its table, how it is stored (``train`` for the dbt_ml package's models), and its label columns."""

    name: str
    mode: str
    labels: tuple[str, ...] = ()


def node_of(path: str, marked: bool, config: Mapping[str, object]) -> Node | None:
    """The node a file is: it lies under ``models`` or ``snapshots`` and calls ref, source or config."""
    folders = path.split("/")[:-1]
    if not marked or not any(folder in _FOLDERS for folder in folders):
        return None
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    name = str(config.get("alias") or stem)
    if isinstance(schema := config.get("schema"), str) and schema and config.get("alias"):
        name = f"{schema}.{name}"
    materialized = config.get("materialized", "snapshot" if "snapshots" in folders else "view")
    if materialized == "model":
        return Node(name, "train", _labels(config.get("ml_config")))
    return Node(name, _MODES.get(str(materialized), "view"))


def _labels(settings: object) -> tuple[str, ...]:
    found = settings.get("input_label_cols", ()) if isinstance(settings, dict) else ()
    return tuple(str(label) for label in found) if isinstance(found, list) else (str(found),) if found else ()


def lower(queries: Queries, tree: exp.Expr, node: Node, line: int) -> bool:
    """Emit the node's write (or training) for its query; False for any other statement."""
    from sqlglot import exp

    from coupling.parsers.sql.models import train
    from coupling.parsers.sql.relations import whole

    if not isinstance(tree, exp.Query):
        return False
    relation = queries.query(tree, {}, None, line)
    value = whole(queries.emit, relation, line)
    if node.mode == "train":
        train(queries, node.name, value, list(node.labels), line, relation.limit)
    else:
        queries.emit.write(node.name, value, node.mode, line, relation.limit)
    return True
