"""The stages in order: discover -> parse -> link -> graph -> detect -> report. Read this first.

Comes in: a folder, or a state of it in git, and its ``Config``. Goes out: a ``Report``, and beside it what ``discover`` left out.
Every stage is a function over frozen values; this module hands them on, remembers what it can, and reads the lines that the report quotes.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from coupling import __version__, baseline, contracts, owners, suppress, world
from coupling import config as configuration
from coupling.cache import Cache, digest, tree_digest
from coupling.config import Config
from coupling.core import codec
from coupling.core.errors import CouplingError
from coupling.core.facts import SCHEMA, Comment, FileFacts
from coupling.core.graph import DataGraph, Finding
from coupling.core.report import Report, Summary
from coupling.core.source import Listing, Problem
from coupling.core.template import holes
from coupling.discover import Found, discover
from coupling.quote import quote
from coupling.reading import Progress, Reading, read
from coupling.trees import Tree, of

if TYPE_CHECKING:
    from coupling.link.events import LinkedRepo

PROJECT_RULES = ".coupling/rules"


class Analysis(NamedTuple):
    """What the repository alone decides: everything before selection and acceptance. This is what the cache keeps."""

    graph: DataGraph
    findings: tuple[Finding, ...]
    summary: Summary
    problems: tuple[Problem, ...]
    ignores: tuple[suppress.Ignore, ...]


class Run(NamedTuple):
    """A report and what only the command line tells: the files left out, whether the cache worked, a key of each file's content, and
    which entries of the baseline match nothing."""

    report: Report
    listing: Listing
    cache: str
    keys: Mapping[str, bytes] = MappingProxyType({})
    stale: tuple[baseline.Entry, ...] = ()


def check_path(path: str | Path, *, cache: bool = True, jobs: int = 0, **options: Any) -> Report:
    """Analyse a folder with its own configuration, and ``options`` in place of single settings."""
    root = folder(path)
    config = configuration.load(root)
    given = configuration.make(**options)
    config = Config(**{name: getattr(given if name in options else config, name) for name in Config.__dataclass_fields__})
    return run(root, config, cache=cache, jobs=jobs).report


def folder(path: str | Path) -> Path:
    """The folder to analyse.

    Raises CouplingError for anything else.
    """
    root = Path(path)
    if path == "":
        raise CouplingError("the path of the folder is empty: was a variable not set?")
    if not root.is_dir():
        what = "is a file: coupling is between files, so give the folder" if root.exists() else "does not exist"
        raise CouplingError(f"`{path}` {what}")
    return root.resolve()


def run(
    where: Path | Tree,
    config: Config,
    *,
    cache: bool = True,
    jobs: int = 0,
    progress: Progress | None = None,
    accepted: bool = True,
) -> Run:
    """All stages; ``accepted`` is False for those who want to see what the baseline accepts.

    The same files, rules and configuration give the same report, with and without the cache, from the disk and from git.
    """
    with _no_search_for_cycles():
        return _run(of(where), config, cache, jobs, progress, accepted)


def _run(tree: Tree, config: Config, cache: bool, jobs: int, progress: Progress | None, accepted: bool) -> Run:
    known = baseline.load(tree, config) if accepted else None
    found = discover(tree, config.exclude, config.below(tree.root), config.baseline)
    store = Cache(tree.root, _code(), enabled=cache)
    try:
        reading = read(tree, found, store, jobs, progress)
        analysis = _saved(store, _key(reading, found, config))
        if analysis is None:
            analysis = _fresh(reading, found, config)
            if reading.lasting:
                store.remember_result(_key(reading, found, config), codec.dumps(analysis), tree.slot)
    finally:
        store.close()
    told = _told(tree.root, analysis, config, known)
    return told._replace(listing=found.listing, cache=store.why, keys=reading.keys)


def understand(root: Path, config: Config, *, cache: bool = True, jobs: int = 0) -> tuple[tuple[FileFacts, ...], LinkedRepo]:
    """The first half, for those who ask what was understood: every file's facts, and what link made of them."""
    from coupling.link import link
    from coupling.rulebook import load

    found = discover(root, config.exclude, config.below(root), config.baseline)
    store = Cache(root, _code(), enabled=cache)
    try:
        facts = read(root, found, store, jobs).load()
    finally:
        store.close()
    return facts, link(facts, load(own_rules(root)), _paths(found.listing))


def analyse(
    facts: Sequence[FileFacts],
    listing: Listing,
    rules: Sequence[tuple[str, bytes]],
    config: Config,
    owned: owners.Rows = (),
    below: str = "",
) -> Analysis:
    """Link, graph, detect, where users' statements hold: who owns what, what is shown to whom, which flows must not be.

    The heavy imports are here, so that an unchanged repository loads none of them.
    """
    from coupling.build import build
    from coupling.detectors import detect
    from coupling.link import link
    from coupling.rulebook import load

    linked = link(facts, load(rules), _paths(listing))
    graph, misses = world.declare(owners.assign(build(linked), owned), config)
    graph, unmet = contracts.declare(graph, config, below)
    findings = detect(graph)
    problems = {*(problem for each in facts for problem in each.problems), *linked.problems, *misses, *unmet}
    ignores = suppress.ignores(_comments(facts), {each.path: each.cells for each in facts if each.cells})
    return Analysis(graph, findings, summarise(listing, linked, graph), tuple(sorted(problems)), ignores)


def summarise(listing: Listing, linked: LinkedRepo, graph: DataGraph) -> Summary:
    """What was read and what of it was understood. A name is counted once, however often the code uses it."""
    kinds = Counter(node.kind for node in graph.nodes)
    stored = [access.asset for access in linked.accesses] + [store.asset for store in linked.stores]
    names = {(asset.kind, asset.name, asset.cwd) for asset in stored}
    unknown = [name for _, name, _ in names if holes(name)]
    return Summary(
        files=len(listing.files),
        units=kinds["unit"],
        assets=kinds["asset"],
        models=kinds["model"],
        models_apart=_apart(linked),
        names_resolved=len(names) - len(unknown),
        names_with_holes=len(unknown),
        languages=_most_first(file.kind for file in listing.files),
        holes=_most_first(hole.why for name in unknown for hole in holes(name)),
    )


def _apart(linked: LinkedRepo) -> int:
    """Models that code trains or asks, and that no stored data is known to reach or to come from: a parameter that nobody passes."""
    events = [(event.model, event.flows) for event in linked.trains] + [(event.model, event.flows) for event in linked.predicts]
    reached = {model for model, flows in events if flows} | {store.model for store in linked.stores}
    reached |= {model for start in linked.initialises for model in (start.source, start.target)}
    return len({model for model, _ in events if model.role == "model" and model.kind != "weak"} - reached)


def _fresh(reading: Reading, found: Found, config: Config) -> Analysis:
    tree = reading.tree
    analysis = analyse(reading.load(), found.listing, own_rules(tree), config, owners.load(tree), config.below(tree.root))
    graph, findings = quote(tree, analysis.graph, analysis.findings)
    return analysis._replace(graph=graph, findings=findings)


def _told(root: Path, analysis: Analysis, config: Config, known: baseline.Baseline | None) -> Run:
    """Selection and acceptance depend on the configuration and the date, so no cache holds them."""
    # A part of the repository holds a part of the names and findings: what is missing there is not gone.
    below = config.below(root)
    marked, unused = suppress.accept(analysis.findings, analysis.graph, analysis.ignores, config, date.today(), part=bool(below))
    marked, stale = baseline.mark(marked, known)
    findings = suppress.choose(marked, config, below)
    found = (
        each._replace(statement=_is_statement(each, config)) for each in analysis.problems if not (below and each.span.path == config.file)
    )
    gone = (each._replace(statement=True) for each in (*unused, *(() if below else baseline.gone(known, stale))))
    problems = tuple(sorted({*found, *gone}))
    unread = sum(not each.statement for each in problems)
    report = Report(__version__, analysis.summary._replace(problems=unread), analysis.graph, findings, problems)
    return Run(report, Listing((), (), ()), "", stale=stale)


def _is_statement(problem: Problem, config: Config) -> bool:
    """Whether it is about a sentence of the user, in the configuration or in a comment, and not about a file that could not be read."""
    return problem.span.path == (config.file or None) or problem.what.startswith("`coupling: ")


def own_rules(where: Path | Tree) -> tuple[tuple[str, bytes], ...]:
    """The rule files of a project, each with its path."""
    tree = of(where)
    paths = tree.under(PROJECT_RULES, ".yaml")
    return tuple((path, data) for path, (data, _) in zip(paths, tree.read(paths), strict=True))


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """The stages make millions of small frozen values and nearly no cycles: collecting them again and again costs more than parsing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _code() -> bytes:
    """The state of the analyzer and its rules: a part of every key."""
    package = Path(__file__).parent
    return digest(__version__, str(SCHEMA), tree_digest(package, package.parent / "rules"))


def _key(reading: Reading, found: Found, config: Config) -> bytes:
    """The key of a whole result: every file's content, every name, the project's rules and what the configuration adds to the graph."""
    contents = (f"{path}\0{key.hex()}" for path, key in sorted(reading.keys.items()))
    own = (digest(*rule) for rule in own_rules(reading.tree))
    declared = repr((config.world, config.contracts, config.below(reading.tree.root), config.file, owners.load(reading.tree)))
    return digest(reading.store.code, *contents, "\n".join(_paths(found.listing)), *own, declared)


def _saved(store: Cache, key: bytes) -> Analysis | None:
    text = store.result(key)
    if text is None:
        return None
    try:
        return codec.loads(Analysis, text)
    except (ValueError, TypeError, LookupError):
        return None  # a damaged cache knows nothing


def _paths(listing: Listing) -> tuple[str, ...]:
    return tuple(sorted([*(file.path for file in listing.files), *listing.others]))


def _comments(facts: Sequence[FileFacts]) -> dict[str, tuple[Comment, ...]]:
    return {each.path: each.comments for each in facts if each.comments}


def _most_first(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda row: (-row[1], row[0])))
