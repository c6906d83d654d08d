"""CPL201 to CPL204: couplings between models, and what only looks like them."""

from __future__ import annotations

from coupling.detectors import detect

from .graphs import codes, found, graph, lines, names

LABELS = "teacher -predicts-> pseudo.csv @label\npseudo.csv -trains:labels-> student @train"


def test_pseudo_labels_entangle() -> None:
    (finding,) = found(LABELS, "CPL201")
    assert (finding.rule, finding.severity, names(finding)) == ("entanglement", "warning", ["teacher", "student"])
    assert finding.message == "student is trained on labels made by teacher, through pseudo.csv"
    assert lines(finding) == [1, 2]


def test_loss_targets_in_memory_entangle() -> None:
    (finding,) = found("teacher -feeds:train-> student", "CPL201")
    assert finding.message == "student is trained on outputs of teacher, in memory"


def test_an_unread_prediction_entangles_nobody() -> None:
    assert codes("teacher -predicts-> pseudo.csv\nother.csv -trains-> student\nother.csv: committed") == []


def test_training_on_other_columns_does_not_entangle() -> None:
    assert "CPL201" not in codes("a -predicts-> t.csv [score]\nt.csv -trains-> b [age]")


def test_evaluating_on_another_models_output_does_not_entangle() -> None:
    assert "CPL201" not in codes("a -predicts-> t.csv\nt.csv -trains:evaluation-> b")


def test_entanglement_is_told_of_neighbours_only() -> None:
    text = "a -predicts-> x.csv\nx.csv -trains-> b\nb -predicts-> y.csv\ny.csv -trains-> c"
    assert sorted(names(f) for f in found(text, "CPL201")) == [["a", "b"], ["b", "c"]]


def test_entanglement_passes_a_fitted_component() -> None:
    text = "enc: component\na -predicts-> x.csv\nx.csv -infers-> enc\nenc -predicts-> y.csv\ny.csv -trains-> b"
    assert [names(f) for f in found(text, "CPL201")] == [["a", "b"]]


def test_memory_and_file_are_two_couplings_of_one_pair() -> None:
    text = LABELS + "\nteacher -feeds:train-> student @distil"
    assert len(found(text, "CPL201")) == 2


def test_a_preprocessing_step_is_no_entanglement_and_no_cascade() -> None:
    text = "scaler: component\nraw.csv -trains-> scaler @fit\nscaler -feeds:train-> clf @fit\nscaler -feeds:infer-> clf @serve"
    assert not {"CPL201", "CPL202", "CPL203"} & set(codes(text))


def test_labels_of_one_consumer_by_many_are_one_finding() -> None:
    text = "".join(f"m{i} -predicts-> p{i}.csv @u{i}\np{i}.csv -trains-> stack @fit\n" for i in range(6))
    (finding,) = found(text, "CPL201")
    assert names(finding) == [*(f"m{i}" for i in range(6)), "stack"]


CASCADE = """
kmeans -predicts-> clusters.csv @cluster
clusters.csv -trains:features-> clf @fit
kmeans -feeds:infer-> clf @serve
"""


def test_an_input_in_training_and_prediction_is_a_cascade_not_an_entanglement() -> None:
    (finding,) = found(CASCADE, "CPL201", "CPL202", "CPL203")
    assert (finding.code, lines(finding)) == ("CPL202", [1, 2, 3])
    assert finding.message == "clf takes outputs of kmeans as input, in training and in prediction, through clusters.csv"


def test_labels_make_no_cascade() -> None:
    text = CASCADE.replace(":features", ":labels")
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL201"]


def test_many_consumers_of_one_source_are_one_cascade() -> None:
    text = "".join(f"k -feeds:train-> c{i} @f{i}\nk -feeds:infer-> c{i} @p{i}\n" for i in range(3))
    (finding,) = found(text, "CPL202")
    assert names(finding) == ["k", "c0", "c1", "c2"]


def test_stacks_are_grouped_by_the_end_that_most_share() -> None:
    text = "".join(
        f"m{i} -predicts-> o{i}.csv @u{i}\no{i}.csv -trains:features-> s{j} @f{j}\no{i}.csv -infers-> s{j} @p{j}\n"
        for i in range(5)
        for j in range(2)
    )
    assert sorted(names(f)[-1] for f in found(text, "CPL202")) == ["s0", "s1"]


def test_an_input_at_prediction_alone_is_a_chain() -> None:
    (finding,) = found("llm: remote\nocr -feeds:infer-> llm @answer", "CPL203")
    assert (finding.severity, names(finding)) == ("note", ["ocr", "llm"])
    assert finding.message == "llm predicts on outputs of ocr without training on them, in memory"


def test_layers_of_one_network_are_no_chain() -> None:
    assert codes("patches -feeds:infer-> conv @forward") == []


def test_a_chain_goes_through_files() -> None:
    assert "CPL203" in codes("asr -predicts-> text.txt\ntext.txt -infers-> ner")


def test_one_model_in_two_deployments_is_no_chain() -> None:
    assert codes("m.pkl -loads-> m\ndata.csv -infers-> m\nm -predicts-> out.csv\nm -predicts-> stream.topic") == []


def test_a_chain_inside_a_loop_is_not_told_again() -> None:
    text = "a -predicts-> x.csv\nx.csv -infers-> judge\njudge -predicts-> y.csv\ny.csv -trains-> a"
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL102"]


def test_an_entanglement_that_a_sure_hidden_loop_shows_is_not_told_again() -> None:
    text = "a -predicts-> x.csv\nx.csv -trains-> b\nb -influences-> t.db note:confidence=0.9\nt.db -trains-> a"
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL103"]


def test_an_entanglement_beside_a_possible_loop_is_told() -> None:
    text = "a -predicts-> x.csv\nx.csv -trains-> b\nb -influences-> t.db note:confidence=0.6\nt.db -trains-> a"
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL201", "CPL103"]


SHARED = """
tfidf: component
papers.db -trains-> tfidf @compute
tfidf -predicts-> features.pkl @compute
features.pkl -trains:features-> web @serve
features.pkl -trains:features-> mail @send
"""


def test_one_vectorizer_under_two_models_is_shared() -> None:
    (finding,) = found(SHARED, "CPL204")
    assert (finding.severity, names(finding)) == ("warning", ["tfidf", "mail", "web"])
    assert lines(finding) == [2, 3, 5, 4]
    assert finding.message == "mail and web share tfidf, so that refitting it changes all of them"


def test_one_vectorizer_under_one_model_is_preprocessing() -> None:
    text = "\n".join(line for line in SHARED.splitlines() if "mail" not in line)
    assert "CPL204" not in codes(text)


def test_a_public_tokenizer_that_nothing_fits_is_not_shared() -> None:
    text = SHARED.replace("papers.db -trains-> tfidf @compute\n", "")
    assert "CPL204" not in codes(text)


def test_candidates_of_one_script_do_not_share() -> None:
    text = SHARED.replace("@serve", "@compare").replace("@send", "@compare")
    assert not {"CPL204", "CPL301"} & set(codes(text))


def test_candidates_that_are_kept_do_share() -> None:
    text = SHARED.replace("@serve", "@compare").replace("@send", "@compare") + "web -saves-> web.pkl\nmail -saves-> mail.pkl\n"
    assert "CPL204" in codes(text)


def test_a_frozen_base_under_several_fine_tunes_is_not_shared() -> None:
    assert "CPL204" not in codes("bert: base remote\nbert -initialises-> a\nbert -initialises-> b\nx.csv -trains-> a\ny.csv -trains-> b")


def test_weights_that_are_trained_here_are_shared() -> None:
    (finding,) = found("x.csv -trains-> m1\nm1 -initialises-> m2\ny.csv -trains-> m2", "CPL204")
    assert finding.message == "m2 shares weights with m1, so that retraining one changes the other"


def test_a_lineage_shares_nothing_with_itself() -> None:
    assert "CPL204" not in codes("x.csv -trains-> m1\nm1 -initialises:same-> m2\ny.csv -trains-> m2")


def test_a_model_called_inside_several_others_is_a_component_of_each() -> None:
    text = "d.tab -trains-> k @k\n" + "".join(f"k -feeds:train-> c{i} @f{i}\nk -feeds:infer-> c{i} @p{i}\n" for i in range(3))
    assert [names(f) for f in found(text, "CPL204")] == [["k", "c0", "c1", "c2"]]


def test_stored_outputs_are_a_cascade_and_no_component() -> None:
    text = "d.tab -trains-> m\n" + "".join(f"m -predicts-> o.tab\no.tab -trains-> s{j}\no.tab -infers-> s{j}\n" for j in range(2))
    assert "CPL204" not in codes(text)


def test_a_student_that_predicts_on_its_labelled_data_is_no_cascade() -> None:
    text = "teacher -predicts-> set.hub @label\nset.hub -trains:data-> student @train\nset.hub -infers-> student @eval"
    assert [c for c in codes(text) if c < "CPL3"] == ["CPL201"]
    assert "CPL202" in codes(text.replace(":data", ":features"))


def test_a_loss_target_is_no_cascade_though_stored_outputs_are_predicted_on() -> None:
    text = "teacher -feeds:train-> student @distil\nteacher -predicts-> out.csv @label\nout.csv -infers-> student @eval"
    assert "CPL202" not in codes(text)


def test_one_trunk_under_two_heads_is_shared_though_it_is_fitted_only_with_them() -> None:
    text = "trunk -initialises-> age @f\ntrunk -initialises-> city @f\nx.csv -trains-> age @f\ny.csv -trains-> city @f"
    assert [names(f) for f in found(text, "CPL204")] == [["trunk", "age", "city"]]
    assert "CPL204" not in codes(text.replace("\ntrunk -initialises-> city @f", ""))


def test_a_model_that_nothing_trains_here_entangles_the_one_whose_loop_passes_it() -> None:
    text = "own -predicts-> ask.csv @ask\nask.csv -infers-> hub @say\nhub -predicts-> said.csv @say\nsaid.csv -derives-> best.csv"
    text += "\nown -predicts-> marks.csv @mark\nmarks.csv -derives-> best.csv\nbest.csv -trains-> own @fit"
    assert [(f.code, names(f)) for f in found(text) if f.severity != "note" or f.code == "CPL203"] == [
        ("CPL101", ["own"]),
        ("CPL201", ["hub", "own"]),
        ("CPL203", ["own", "hub"]),
    ]


def test_predicting_on_a_hop_of_the_training_data_is_no_cascade() -> None:
    text = "a -predicts-> said.csv\nsaid.csv -infers-> b @mark\nsaid.csv -derives-> best.csv\nbest.csv -trains:data-> b @fit"
    assert [f.code for f in found(text, "CPL201", "CPL202")] == ["CPL201"]


def test_a_feature_in_memory_that_a_table_brings_to_prediction_is_a_cascade() -> None:
    text = "a -feeds:train-> b @fit note:as_features\na -predicts-> t.csv @score\nt.csv -infers-> b @score"
    base = graph(text)
    edges = tuple(edge._replace(notes=tuple(note.replace("_", " ") for note in edge.notes)) for edge in base.edges)
    assert [f.code for f in detect(base._replace(edges=edges))] == ["CPL202"]
    assert [f.code for f in detect(base)] == ["CPL201"]
