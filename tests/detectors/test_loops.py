"""CPL101 to CPL103, both ways."""

from __future__ import annotations

import tomllib

import pytest

from coupling.core.graph import Edge
from coupling.core.source import Span
from coupling.detectors import detect

from .graphs import codes, found, graph, lines, names

SELF = """
churn -predicts-> scores.csv @score
scores.csv -trains:labels-> churn @fit
"""


def test_a_model_that_trains_on_its_own_file_is_a_loop() -> None:
    (loop,) = found(SELF, "CPL101")
    assert (loop.rule, loop.severity, loop.certainty) == ("feedback-loop", "error", "exact")
    assert lines(loop) == [1, 2]
    assert loop.message == "churn learns from its own outputs, through scores.csv"
    assert loop.path_text == ("churn predicts into scores.csv", "scores.csv trains churn, as labels")
    assert loop.path_edges == (0, 1)


def test_a_loop_passes_derived_data_in_the_data_order() -> None:
    (loop,) = found(
        """
        labels.sql -trains-> churn @fit
        scores.tab -derives-> labels.sql @sql
        churn -predicts-> scores.tab @score
    """,
        "CPL101",
    )
    assert lines(loop) == [3, 2, 1]


def test_a_loop_in_memory_needs_no_file() -> None:
    (loop,) = found("net -feeds:train-> net @play", "CPL101")
    assert loop.message == "net learns from its own outputs, in memory"


def test_predictions_that_nobody_trains_on_are_no_loop() -> None:
    assert "CPL101" not in codes("churn -predicts-> scores.csv\nscores.csv -reads-> $dashboard\ndata.csv -trains-> churn")


def test_outputs_fed_to_the_same_model_are_no_loop_without_training() -> None:
    assert codes("chat -predicts-> history.json\nhistory.json -infers-> chat") == []


def test_a_loop_of_predictions_between_models_is_no_loop_without_training() -> None:
    assert not {"CPL101", "CPL102"} & set(codes("a -predicts-> x.csv\nx.csv -infers-> b\nb -predicts-> y.csv\ny.csv -infers-> a"))


def test_evaluation_is_no_training() -> None:
    assert "CPL101" not in codes("net -predicts-> games.csv\ngames.csv -trains:evaluation-> net")


def test_artifacts_that_are_reloaded_are_no_loop() -> None:
    assert codes("net -saves-> net.pt\nnet.pt -loads-> net") == []


def test_training_that_selects_other_columns_is_no_loop() -> None:
    assert "CPL101" not in codes("m -predicts-> t.csv [pred]\nt.csv -trains-> m [age, sex]")


def test_training_that_selects_the_predicted_column_is_a_loop() -> None:
    assert "CPL101" in codes("m -predicts-> t.csv [pred]\nt.csv -trains-> m [age, pred]")


def test_training_on_unknown_columns_may_read_the_predicted_one() -> None:
    assert "CPL101" in codes("m -predicts-> t.csv [pred]\nt.csv -trains-> m")


def test_a_copy_keeps_its_columns() -> None:
    assert "CPL101" not in codes("m -predicts-> t.csv [pred]\nt.csv -derives-> copy.csv\ncopy.csv -trains-> m [age]")


def test_a_projection_without_the_predicted_column_cuts_the_loop() -> None:
    assert "CPL101" not in codes("m -predicts-> t.csv [pred]\nt.csv -derives-> copy.csv [age]\ncopy.csv -trains-> m")


def test_a_column_may_be_renamed_on_the_way() -> None:
    assert "CPL101" in codes("m -predicts-> t.csv [score]\nt.csv -derives-> l.csv [score]\nl.csv -trains-> m [churned]")


def test_a_projection_that_keeps_names_is_followed_by_name() -> None:
    text = "m -predicts-> t.csv [pred]\nt.csv -derives-> l.csv [pred, age]\nl.csv -trains-> m [age]"
    assert "CPL101" not in codes(text)


def test_certainty_is_the_weakest_and_conditions_and_notes_unite() -> None:
    (loop,) = found("m -predicts-> a.csv when:X note:limit=10\na.csv -derives-> b.csv ~partial when:X\nb.csv -trains-> m when:Y", "CPL101")
    assert (loop.certainty, loop.when, loop.notes) == ("partial", ("X", "Y"), ("limit=10",))


def test_a_surer_way_names_the_loop_although_it_is_longer() -> None:
    (loop,) = found(
        """
        m -predicts-> a.csv
        a.csv -trains-> m ~guess
        a.csv -derives-> b.csv
        b.csv -trains-> m
    """,
        "CPL101",
    )
    assert loop.certainty == "exact"
    assert lines(loop) == [1, 3, 4]
    assert len(loop.also) == 1


def test_further_ways_round_are_listed_not_reported() -> None:
    (loop,) = found("m -predicts-> a.csv\na.csv -trains-> m\na.csv -derives-> b.csv\nb.csv -trains-> m", "CPL101")
    assert loop.also == ("m -> a.csv -> b.csv -> m (trains.py:4)",)


def test_ways_that_share_nothing_are_loops_of_their_own() -> None:
    text = "m -predicts-> a.csv @u1\na.csv -trains-> m @t1\nm -predicts-> b.csv @u2\nb.csv -trains-> m @t2"
    assert codes(text).count("CPL101") == 2


def test_a_scaler_on_the_way_makes_no_indirect_loop() -> None:
    text = "scaler: component\nm -predicts-> a.csv\na.csv -infers-> scaler\nscaler -predicts-> b.csv\nb.csv -trains-> m"
    assert [c for c in codes(text) if c < "CPL2"] == ["CPL101"]


def test_one_lineage_is_one_model() -> None:
    text = "sft -predicts-> prompts.jsonl\nprompts.jsonl -trains-> dpo\nsft -initialises:same-> dpo"
    (loop,) = found(text, "CPL101")
    assert lines(loop) == [1, 2, 3]
    assert "CPL201" not in codes(text)


def test_a_fine_tune_of_another_role_is_another_model() -> None:
    assert "CPL101" not in codes("sft -predicts-> p.jsonl\np.jsonl -trains-> dpo\nsft -initialises:copy-> dpo")


def test_tests_are_left_out() -> None:
    assert codes("a.csv: committed\n$t: test\nm -predicts-> a.csv @t\na.csv -trains-> m") == []
    assert "CPL101" not in codes("a.csv: test\nm -predicts-> a.csv\na.csv -trains-> m")


TWO = "a -predicts-> x.csv @u\nx.csv -trains-> b @v\nb -predicts-> y.csv @w\ny.csv -trains-> a @z"


def test_two_models_that_train_each_other_are_one_indirect_loop() -> None:
    (loop,) = found(TWO, "CPL101", "CPL102", "CPL201")
    assert (loop.code, names(loop), lines(loop)) == ("CPL102", ["a", "b"], [1, 2, 3, 4])
    assert loop.message == "a learns from its own outputs by way of b, through x.csv and y.csv"


def test_a_judge_that_is_not_trained_makes_an_indirect_loop() -> None:
    (loop,) = found("a -predicts-> x.csv\nx.csv -infers-> judge\njudge -predicts-> y.csv\ny.csv -trains-> a", "CPL1", "CPL102")
    assert names(loop) == ["a", "judge"]


def test_a_chain_that_does_not_come_back_is_no_loop() -> None:
    assert not {"CPL101", "CPL102"} & set(codes("a -predicts-> x.csv\nx.csv -trains-> b\nb -predicts-> y.csv\ny.csv -trains-> c"))


def test_a_part_whose_models_have_loops_of_their_own_is_not_named_twice() -> None:
    text = "a -predicts-> x.csv\nb -predicts-> x.csv\nx.csv -trains-> a\nx.csv -trains-> b"
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL101", "CPL101"]


def test_the_cycle_keeps_its_fingerprint_whichever_edge_comes_first() -> None:
    other = "\n".join(reversed(TWO.splitlines()))
    assert found(TWO, "CPL102")[0].fingerprint == found(other, "CPL102")[0].fingerprint


def test_fingerprints_hold_no_lines_and_differ_by_name() -> None:
    moved = "\n\n\n" + SELF
    assert found(SELF)[0].fingerprint == found(moved)[0].fingerprint
    assert len(found(SELF)[0].fingerprint) == 16
    assert found(SELF)[0].fingerprint != found(SELF.replace("scores", "other"))[0].fingerprint


def test_an_exact_entanglement_survives_in_a_guessed_loop() -> None:
    text = TWO.replace("y.csv -trains-> a @z", "y.csv -trains-> a @z ~guess")
    assert {"CPL102", "CPL201"} <= set(codes(text))


def world(confidence: str) -> str:
    return f"ranker -influences-> clicks.db note:confidence={confidence}\nclicks.db -trains-> ranker"


def test_a_sure_influence_is_a_warning() -> None:
    (loop,) = found(world("0.9"), "CPL103")
    assert (loop.severity, loop.confidence, loop.notes) == ("warning", 0.9, ())
    assert loop.message == "what ranker shows shapes clicks.db, which ranker learns from (0.90)"


def test_a_possible_influence_is_a_note_with_the_block_to_paste() -> None:
    (loop,) = found(world("0.71"), "CPL103")
    assert (loop.severity, loop.notes) == ("note", ("possible",))
    assert 'shows = "ranker"\nshapes = ["clicks.db"]' in loop.help


@pytest.mark.parametrize("confidence", ["0.49", "0", "0.2"])
def test_a_weak_influence_is_silent(confidence: str) -> None:
    assert codes(world(confidence) + "\nclicks.db: versioned:dvc") == []


def test_an_influence_that_trains_nothing_is_silent() -> None:
    assert codes("ranker -influences-> clicks.db note:confidence=0.9\nclicks.db -trains:evaluation-> ranker") == []


def test_a_hidden_loop_that_is_open_anyway_is_told_once() -> None:
    text = "m -predicts-> t.db\nt.db -trains-> m\nm -influences-> t.db note:confidence=0.9"
    assert [c for c in codes(text) if c < "CPL2"] == ["CPL101"]


def test_a_hidden_loop_beside_an_open_one_is_told_too() -> None:
    text = "m -predicts-> a.csv\na.csv -trains-> m\nm -influences-> t.db note:confidence=0.9\nt.db -trains-> m"
    assert [c for c in codes(text) if c < "CPL2"] == ["CPL101", "CPL103"]


def test_a_hidden_loop_may_pass_another_model() -> None:
    text = "a -predicts-> x.csv\nx.csv -infers-> ranker\nranker -influences-> t.db note:confidence=0.9\nt.db -trains-> a"
    (loop,) = found(text, "CPL103")
    assert lines(loop) == [1, 2, 3, 4]


def test_the_path_holds_every_evidence_once() -> None:
    base = graph(SELF)
    spans = (Span("a.py", 1), Span("a.py", 2), Span("b.py", 3))
    edges: tuple[Edge, ...] = (base.edges[0]._replace(evidence=spans), base.edges[1]._replace(evidence=(spans[-1], Span("c.py", 4))))
    (loop,) = detect(base._replace(edges=edges))[:1]
    assert [(s.path, s.line) for s in loop.path] == [("a.py", 1), ("a.py", 2), ("b.py", 3), ("c.py", 4)]
    assert loop.path_text[:2] == ("churn predicts", "")
    assert loop.path_text[2] == "churn predicts into scores.csv"


def test_what_a_model_predicts_elsewhere_is_not_made_of_its_input_here() -> None:
    text = "student -feeds:infer-> teacher @eval\nteacher -feeds:train-> student @distil"
    assert "CPL102" not in codes(text)
    assert "CPL102" in codes(text.replace("@eval", "@distil"))


def test_trained_weights_travel_to_every_unit() -> None:
    assert "CPL102" in codes("a -feeds:train-> b @fit\nb -predicts-> x.csv @later\nx.csv -trains-> a @last")


def test_a_declared_influence_is_sure_and_an_unmeasured_guess_is_possible() -> None:
    text = "ranker -influences-> clicks.db\nclicks.db -trains-> ranker"
    assert [(f.severity, f.confidence) for f in found(text, "CPL103")] == [("warning", 1.0)]
    assert [f.severity for f in found(text.replace("clicks.db\n", "clicks.db ~guess\n"), "CPL103")] == ["note"]


def test_a_guessed_way_between_models_of_a_sure_loop_is_not_told_again() -> None:
    text = TWO + "\na -feeds:train-> b @q ~guess\nb -feeds:train-> c @r ~guess\nc -feeds:train-> a @s ~guess"
    assert [(names(f), f.certainty) for f in found(text, "CPL102")] == [(["a", "b"], "exact"), (["a", "b", "c"], "guess")]


def test_what_a_question_proposes_to_paste_is_toml() -> None:
    name = 'a\U000e0001"\\b'
    (loop,) = found(world("0.71").replace("ranker", name), "CPL103")
    assert tomllib.loads(loop.help.partition("\n")[2])["tool"]["coupling"]["world"][0]["shows"] == name
