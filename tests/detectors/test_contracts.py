"""CPL501: each type of contract kept and broken, words that mean nothing, exceptions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from coupling import config, contracts, suppress
from coupling.core.source import Problem, Span
from coupling.detectors import detect

from .graphs import graph

if TYPE_CHECKING:
    from coupling.core.graph import Finding

CHAIN = """
ranker -predicts-> shown.csv @web/serve
shown.csv -derives-> labels.csv @etl/labels
labels.csv -trains:labels-> churn @ml/fit
raw.csv -trains-> ranker @web/fit
$web/serve -writes-> shown.csv @web/serve
$etl/labels -writes-> labels.csv @etl/labels
churn -predicts-> scores.csv @ml/score
$ml/score -writes-> scores.csv @ml/score
"""


def checked(text: str, below: str = "", owners: dict[str, str] | None = None, **entry: Any) -> tuple[list[Finding], tuple[Problem, ...]]:
    """The contract's findings, and what is wrong with it."""
    settings = config.make(contracts=[{"name": "c", **entry}])
    made = graph(text)
    nodes = tuple(node._replace(owner=(owners or {}).get(node.name, "")) for node in made.nodes)
    declared, problems = contracts.declare(made._replace(nodes=nodes), settings, below)
    return [finding for finding in detect(declared) if finding.code == "CPL501"], problems


def broken(text: str, **entry: Any) -> list[str]:
    findings, problems = checked(text, **entry)
    assert problems == ()
    return [finding.message.removeprefix('"c" is broken: ') for finding in findings]


def test_forbidden_follows_the_flow_through_data() -> None:
    [finding], problems = checked(CHAIN, type="forbidden", **{"from": "rank*", "to": "churn"})
    assert problems == ()
    assert finding.message == (
        '"c" is broken: output of ranker must not reach the training of churn, and does, through shown.csv and labels.csv'
    )
    assert [span.line for span in finding.path] == [1, 2, 3]
    assert finding.path_text[-1] == "labels.csv trains churn, as labels"
    assert (finding.severity, finding.certainty, finding.rule) == ("error", "exact", "broken-contract")
    assert finding.notes == ("contract: c (:0)",)


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ({"from": "churn", "to": "ranker"}, True),
        ({"from": "raw.csv", "to": "ranker"}, False),
        ({"from": "raw.csv", "to": "churn"}, False),
        ({"from": "model:ranker", "to": "data:labels.csv"}, False),
        ({"from": ["ranker"], "to": ["churn"], "reach": "prediction"}, True),
        ({"from": "folder:web", "to": "folder:ml"}, False),
        ({"from": "folder:ml", "to": "folder:web"}, True),
    ],
)
def test_forbidden_between_all_that_words_mean(entry: dict[str, Any], kept: bool) -> None:
    assert (broken(CHAIN, type="forbidden", **entry) == []) is kept


def test_evaluation_is_no_training_and_no_way_on() -> None:
    assert broken("a -predicts-> x.csv\nx.csv -trains:evaluation-> b", type="forbidden", **{"from": "a", "to": "b"}) == []


def test_a_fingerprint_holds_names_only() -> None:
    entry = {"type": "forbidden", "from": "ranker", "to": "churn"}
    moved = "\n\nx.csv -trains-> other\n" + CHAIN
    assert checked(CHAIN, **entry)[0][0].fingerprint == checked(moved, **entry)[0][0].fingerprint


def test_independent_models_share_nothing_that_one_of_them_writes() -> None:
    text = "a -predicts-> s.csv\ns.csv -trains-> b\nraw.csv -trains-> a\nraw.csv -trains-> b"
    assert broken(text, type="independent", among=["a", "b"]) == ["a and b are to be independent, yet output of a trains b, through s.csv"]
    assert broken("raw.csv -trains-> a\nraw.csv -trains-> b", type="independent", among=["a", "b"]) == []
    assert broken("a -predicts-> s.csv\ns.csv -infers-> b", type="independent", among=["?"]) == [
        "a and b are to be independent, yet output of a reaches b, through s.csv"
    ]


def test_a_writer_that_is_not_there_is_still_named() -> None:
    entry = {"type": "protected", "data": "labels.csv", "writers": ["folder:nowhere"]}
    [finding], problems = checked(CHAIN, **entry)
    assert finding.message.endswith("which only folder:nowhere may write")
    assert len(problems) == 1


def test_a_protected_data_set_has_its_writers() -> None:
    both = CHAIN + "$web/patch -writes-> labels.csv @web/patch\n"
    entry = {"type": "protected", "data": "labels.csv", "writers": ["folder:etl"]}
    assert broken(CHAIN, **entry) == []
    assert broken(both, **entry) == ["web/patch.py writes labels.csv, which only etl may write"]
    assert broken(both, **{**entry, "writers": ["etl/*.py", "web/patch.py"]}) == []
    assert broken(both, **entry, severity="warning") != []
    owners = {"etl/labels": "@data @etl", "web/patch": "@web"}
    findings, _ = checked(both, owners=owners, **{**entry, "writers": "owner:@etl"})
    assert [finding.assets for finding in findings] == [("asset:file:labels.csv",)]


def test_flows_between_folders_go_one_way() -> None:
    entry = {"type": "acyclic", "among": ["folder:*"]}
    assert broken(CHAIN, **entry) == []
    back = CHAIN + "scores.csv -trains:features-> ranker @web/fit\n"
    [finding], _ = checked(back, **entry)
    assert finding.message == '"c" is broken: flows go round: etl/ -> ml/ -> web/ -> etl/'
    assert [span.line for span in finding.path] == [3, 9, 2]


def test_a_folder_is_seen_from_the_configuration() -> None:
    entry = {"type": "forbidden", "from": "folder:team/web", "to": "folder:team/ml"}
    findings, problems = checked(CHAIN, below="team/", **entry)
    assert (len(findings), problems) == (1, ())


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (
            {"type": "forbidden", "from": "rankr", "to": "churn"},
            "the contract `c` names `rankr`, which is no model and no data set of the repository, did you mean `ranker`?",
        ),
        (
            {"type": "forbidden", "from": "model:x9", "to": "churn"},
            "the contract `c` names `model:x9`, which is no model of the repository",
        ),
        (
            {"type": "protected", "data": "labels.csv", "writers": "folder:etll"},
            "the contract `c` names `folder:etll`, which is no folder with code that was understood, did you mean `etl`?",
        ),
        (
            {"type": "acyclic", "among": ["owner:@x", "folder:web", "folder:ml"]},
            "the contract `c` names `owner:@x`, which owns no code that was understood",
        ),
        ({"type": "independent", "among": ["churn"]}, "the contract `c` is between one thing only, churn: it can never be broken"),
    ],
)
def test_a_contract_that_names_nothing_is_told(entry: dict[str, Any], what: str) -> None:
    assert what in [problem.what for problem in checked(CHAIN, **entry)[1]]


def test_two_contracts_that_one_flow_breaks_are_two_findings() -> None:
    both = [{"name": name, "type": "forbidden", "from": "ranker", "to": "churn"} for name in ("one", "two")]
    declared, _ = contracts.declare(graph(CHAIN), config.make(contracts=both))
    assert len([finding for finding in detect(declared) if finding.code == "CPL501"]) == 2


def test_an_exception_accepts_its_own_contract_only() -> None:
    reason = {"from": "ranker", "to": "churn", "reason": "until the relaunch", "expires": "2026-06-01", "owner": "@web"}
    entries = [
        {"name": "one", "type": "forbidden", "from": "ranker", "to": "churn", "allow": [reason]},
        {"name": "two", "type": "forbidden", "from": "ranker", "to": "churn"},
    ]
    settings = config.make(contracts=entries)
    declared, _ = contracts.declare(graph(CHAIN), settings)
    found, problems = suppress.accept(detect(declared), declared, (), settings, date(2026, 5, 1))
    told = {f.notes[0]: f.suppressed for f in found if f.code == "CPL501"}
    assert told == {"contract: one (:0)": "until the relaunch (@web, until 2026-06-01)", "contract: two (:0)": ""}
    assert problems == ()
    _, problems = suppress.accept((), declared, (), settings, date(2026, 5, 1))
    assert problems == (Problem("`allow` of the contract `one` accepts no finding any more: remove it (until the relaunch)", Span("", 0)),)


def test_an_exception_may_name_a_file() -> None:
    entry = {
        "name": "c",
        "type": "protected",
        "data": "labels.csv",
        "writers": "folder:web",
        "allow": [{"from": "etl/labels.py", "reason": "r"}],
    }
    settings = config.make(contracts=[entry])
    declared, _ = contracts.declare(graph(CHAIN), settings)
    found, _ = suppress.accept(detect(declared), declared, (), settings, date(2026, 5, 1))
    assert [f.suppressed for f in found if f.code == "CPL501"] == ["r"]
