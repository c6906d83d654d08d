"""CPL301 to CPL304 and CPL401 to CPL403, both ways."""

from __future__ import annotations

import pytest

from coupling.core.graph import Expression
from coupling.core.source import Span
from coupling.detectors import detect

from .graphs import codes, found, graph, lines, names, node_id

SHARED = "orders.csv -trains-> fraud @a\norders.csv -trains-> demand @b\norders.csv -trains:labels-> demand @b"


def test_two_models_on_one_data_set_share_it() -> None:
    (finding,) = found(SHARED, "CPL301")
    assert (finding.severity, names(finding), lines(finding)) == ("note", ["demand", "fraud"], [1, 2])
    assert finding.message == "demand and fraud train on the same mutable data, orders.csv"


@pytest.mark.parametrize("tag", ["committed", "versioned:dvc", "test"])
def test_pinned_data_is_not_mutable(tag: str) -> None:
    assert "CPL301" not in codes(f"orders.csv: {tag}\n{SHARED}")


def test_a_model_and_its_scaler_do_not_share() -> None:
    assert "CPL301" not in codes("scaler: component\nx.csv -trains-> scaler @a\nx.csv -trains-> m @a")


def test_two_runs_of_one_model_do_not_share() -> None:
    assert "CPL301" not in codes("x.csv -trains-> m @tune\nx.csv -trains-> m @train")


def test_validation_is_not_sharing() -> None:
    assert "CPL301" not in codes("x.csv -trains-> a @a\nx.csv -trains:evaluation-> b @b")


def test_features_and_labels_of_the_same_models_are_one_finding() -> None:
    text = "".join(f"{d}.db -trains-> {m} @{m}\n" for d in ("tags", "features") for m in ("web", "mail"))
    (finding,) = found(text, "CPL301")
    assert len(finding.assets) == 2


WRITERS = "$app -writes-> t.db\n$importer -writes-> t.db\nt.db -trains-> m @fit"


def test_two_writers_of_training_data() -> None:
    (finding,) = found(WRITERS, "CPL302")
    assert lines(finding) == [1, 2, 3]
    assert finding.message == "app.py and importer.py write t.db, which m is trained on"


@pytest.mark.parametrize("unit", ["$seed_db", "$test_db", "$db.migrations.0001"])
def test_seeds_migrations_and_tests_are_no_writers(unit: str) -> None:
    assert "CPL302" not in codes(WRITERS.replace("$importer", unit))


def test_two_writers_of_data_that_trains_nothing_are_silent() -> None:
    assert codes("$a -writes-> t.db\n$b -writes-> t.db\nt.db -trains:evaluation-> m") == []


def test_one_unit_that_writes_twice_is_one_writer() -> None:
    assert "CPL302" not in codes("$a -writes-> t.db\nm2 -predicts-> t.db @a\nt.db -trains-> m")


DECLARED = "$score: declared\n$mail: declared\nm -predicts-> s.csv @score\ns.csv -reads-> $mail\ns.csv -reads-> $bonus"


def test_an_undeclared_reader_of_scores() -> None:
    (finding,) = found(DECLARED, "CPL303")
    assert lines(finding) == [3, 5]
    assert finding.message == "bonus reads s.csv, an output of m, and the pipeline does not declare it"


def test_without_declarations_nobody_is_undeclared() -> None:
    assert "CPL303" not in codes("\n".join(DECLARED.splitlines()[2:]))


def test_declared_and_test_readers_are_fine() -> None:
    assert "CPL303" not in codes("$bonus: declared\n" + DECLARED)
    assert "CPL303" not in codes("$bonus: test\n" + DECLARED)


def test_a_reader_of_plain_data_is_fine() -> None:
    assert "CPL303" not in codes("$score: declared\n$score -writes-> s.csv\ns.csv -reads-> $bonus")


def test_training_on_a_moving_source() -> None:
    (finding,) = found("hub.set: remote\nhub.set -trains-> m @fit", "CPL304")
    assert finding.message == "m trains on hub.set, a moving source that nothing pins"


def test_training_on_a_path_overwritten_in_place() -> None:
    (finding,) = found("$prep -writes-> t.csv\nt.csv -trains-> m @fit", "CPL304")
    assert (lines(finding), finding.severity) == ([1, 2], "note")
    assert finding.message == "m trains on t.csv, overwritten in place and not versioned"


@pytest.mark.parametrize("tag", ["committed", "versioned:dvc", "versioned:dated"])
def test_a_pin_is_a_version(tag: str) -> None:
    assert "CPL304" not in codes(f"t.csv: {tag} remote\n$prep -writes-> t.csv\nt.csv -trains-> m")


def test_a_path_that_nothing_here_writes_comes_from_somewhere_else() -> None:
    (finding,) = found("t.csv -trains-> m")
    assert (finding.code, finding.message) == ("CPL304", "m trains on t.csv, which nothing here writes or versions")


@pytest.mark.parametrize("name", ["t_2026-01-31.csv", "tmp/t.csv", "{run_id}.csv", "v3/t.csv"])
def test_a_date_a_version_and_a_temporary_folder_need_none(name: str) -> None:
    assert codes(f"{name} -trains-> m") == []


def test_a_pin_on_the_way_is_enough() -> None:
    assert "CPL304" not in codes("raw.csv: remote\nt.csv: versioned:dvc\nraw.csv -derives-> t.csv\nt.csv -trains-> m")


def test_the_moving_source_behind_a_file_is_the_finding() -> None:
    (finding,) = found("raw.csv: remote\nraw.csv -derives-> t.csv @prep\nt.csv -trains-> m @fit\nt.csv -trains-> n @fit2", "CPL304")
    assert finding.assets == (node_id("raw.csv"),)
    assert lines(finding) == [2, 3, 4]


def test_an_evaluation_set_needs_no_version() -> None:
    assert "CPL304" not in codes("hub.set: remote\nhub.set -trains:evaluation-> m")


def skew(train: str, serve: str, feature: str = "age") -> list[str]:
    sides = (("train", train), ("serve", serve))
    expressions = [Expression(node_id("m"), side, feature, text, Span(f"{side}.py", 3)) for side, text in sides if text]
    base = graph("x.csv -trains-> m")._replace(expressions=tuple(expressions))
    return [f.message for f in detect(base) if f.code == "CPL401" and f.severity != "note"]


def test_two_expressions_of_one_feature() -> None:
    assert skew("fill(age, median)", "fill(age, 0)") == ["age of m is computed in one way for training and in another for serving"]


def test_one_expression_on_both_sides_is_no_skew() -> None:
    assert skew("fill(age, 0)", "fill(age, 0)") == []


def test_one_expression_in_two_files_is_a_note() -> None:
    sides = [
        Expression(node_id("m"), side, "age", "fill(age, 0)", Span(path, 3)) for side, path in (("train", "a/t.py"), ("serve", "s.py"))
    ]
    near = Expression(node_id("m"), "serve", "age", "fill(age, 0)", Span("a/z.py", 3))
    base = graph("x.csv -trains-> m")._replace(expressions=(*sides, near))
    (finding,) = [f for f in detect(base) if f.code == "CPL401"]
    assert (finding.severity, [s.path for s in finding.path]) == ("note", ["a/t.py", "a/z.py"])


def test_one_side_alone_is_no_skew() -> None:
    assert skew("fill(age, 0)", "") == []


def test_an_expression_that_serving_shares_is_no_skew() -> None:
    spans = [Expression(node_id("m"), "train", "a", t, Span("t.py", n)) for n, t in enumerate(("x", "y"), 1)]
    base = graph("x.csv -trains-> m")._replace(expressions=(*spans, Expression(node_id("m"), "serve", "a", "y", Span("t.py", 2))))
    assert [f for f in detect(base) if f.code == "CPL401"] == []


def test_skew_shows_both_sides_and_the_weaker_certainty() -> None:
    sides = (
        Expression(node_id("m"), "train", "a", "x", Span("t.py", 1)),
        Expression(node_id("m"), "serve", "a", "y", Span("s.py", 2), "partial"),
    )
    (finding,) = [f for f in detect(graph("x.csv -trains-> m")._replace(expressions=sides)) if f.code == "CPL401"]
    assert (finding.path_text, finding.certainty) == (("a in training: x", "a in serving: y"), "partial")


def test_evaluation_on_training_rows() -> None:
    (finding,) = found("t.csv -trains-> m @fit\nt.csv -trains:evaluation-> m @fit", "CPL402")
    assert (lines(finding), finding.severity) == ([1, 2], "warning")
    assert finding.message == "m is evaluated on t.csv, which it was trained on"


@pytest.mark.parametrize("note", ["split", "holdout=0.2", "filter:year>2020", "fold"])
def test_a_split_of_one_file_is_clean(note: str) -> None:
    assert "CPL402" not in codes(f"t.csv -trains-> m note:{note}\nt.csv -trains:evaluation-> m")
    assert "CPL402" not in codes(f"t.csv -trains-> m\nt.csv -trains:evaluation-> m note:{note}")


def test_a_training_score_beside_a_held_out_one_is_clean() -> None:
    assert "CPL402" not in codes("t.csv -trains-> m\nt.csv -trains:evaluation-> m\ntest.csv -trains:evaluation-> m")


def test_evaluation_on_own_outputs() -> None:
    (finding,) = found(
        "m -predicts-> games.csv @play\ngames.csv -trains:evaluation-> m @val\npro.csv -trains:evaluation-> m @val", "CPL402"
    )
    assert finding.message == "m is evaluated on its own outputs, in games.csv"


def test_evaluation_that_reads_other_columns_is_clean() -> None:
    assert "CPL402" not in codes("m -predicts-> t.csv [pred]\nt.csv -trains:evaluation-> m [x, y]")


def test_another_model_trained_on_the_set_is_no_matter() -> None:
    assert "CPL402" not in codes("t.csv -trains-> other\nt.csv -trains:evaluation-> m")


def test_a_served_model_that_nothing_records() -> None:
    (finding,) = found("m -serves-> /predict @api", "CPL403")
    assert finding.message == "m is served at /predict and nothing records what goes in or out"
    assert finding.severity == "note"


@pytest.mark.parametrize(
    "record",
    ["m -predicts-> log.topic @api", "/predict -records-> log.db @api", "/predict: monitor", "m -serves-> /predict @api note:monitor"],
)
def test_a_record_or_monitor_is_enough(record: str) -> None:
    text = record if "serves" in record else f"{record}\nm -serves-> /predict @api"
    assert "CPL403" not in codes(text)


def test_a_batch_elsewhere_does_not_watch_the_service() -> None:
    assert "CPL403" in codes("m -serves-> /predict @api\nm -predicts-> out.csv @batch")


def test_a_model_that_is_not_served_needs_no_monitor() -> None:
    assert codes("m -predicts-> out.csv @batch") == []


def test_a_stage_that_declares_what_its_script_writes_is_no_second_writer() -> None:
    base = graph("$prep -writes-> t.csv\n$stage -writes-> t.csv\nt.csv -trains-> m")
    nodes = tuple(n._replace(type="stage", at=(Span("dvc.yaml", 3),)) if n.name == "stage" else n for n in base.nodes)
    assert "CPL302" not in [f.code for f in detect(base._replace(nodes=nodes))]
    assert "CPL302" in [f.code for f in detect(base)]


def test_a_notebook_and_its_script_are_one_writer() -> None:
    base = graph("$one -writes-> t.csv\n$two -writes-> t.csv\nt.csv -trains-> m")
    places = {"unit:script:one": "nb/eda.py", "unit:script:two": "nb/eda.ipynb"}
    nodes = tuple(node._replace(at=(Span(places[node.id], 1),)) if node.id in places else node for node in base.nodes)
    assert "CPL302" not in [f.code for f in detect(base._replace(nodes=nodes))]


def test_a_clustering_is_measured_on_the_rows_that_it_groups() -> None:
    text = "t.csv -trains:features-> groups @fit\nt.csv -trains:evaluation-> groups @fit"
    assert "CPL402" not in codes(text)
    assert "CPL402" in codes(text + "\nt.csv -trains:labels-> groups @fit")


def test_two_writers_need_one_name() -> None:
    text = "$one -writes-> {out}/t.csv\n$two -writes-> {out}/t.csv\n{out}/t.csv -trains-> m"
    assert "CPL302" not in codes(text)
    assert "CPL302" in codes(text.replace("{out}", "out"))
