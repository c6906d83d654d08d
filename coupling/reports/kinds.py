"""The kinds of findings in a sentence or two, for formats that list rules. The pages in docs/kinds say it at length."""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.graph import Finding


class Kind(NamedTuple):
    name: str
    severity: str
    short: str
    full: str
    help: str


KINDS: dict[str, Kind] = {
    "CPL101": Kind(
        "feedback-loop",
        "error",
        "A model is trained on its own output.",
        "What a model predicts reaches the data it is trained on. Its mistakes come back as truth, and metrics do not show it.",
        "Train on labels that no prediction can reach, keep a random holdout, or weight by the chance of being shown.",
    ),
    "CPL102": Kind(
        "indirect-feedback-loop",
        "error",
        "A model is trained on its own output by way of other models.",
        "Several models train on each other's output in a ring, so each inherits what it once predicted, often across teams.",
        "Break the ring at the model whose labels can be had elsewhere, and release the models of a ring together until then.",
    ),
    "CPL103": Kind(
        "hidden-feedback-loop",
        "warning",
        "What a model shows shapes the data it learns from.",
        "The output is shown to people, what they do is recorded, and the record is training data: the model sees the world it has made.",
        "Log what was shown with its probability, keep a share of traffic free of the model, or declare the influence.",
    ),
    "CPL201": Kind(
        "entanglement",
        "warning",
        "A model is trained on another model's output.",
        "Labels, features or loss targets of one model come from another, so that retraining the one changes the other silently.",
        "Pin the version of the upstream output, or retrain and evaluate both together.",
    ),
    "CPL202": Kind(
        "correction-cascade",
        "warning",
        "A model takes another's output as input in training and in prediction.",
        "A model built on top of another corrects it; improving the lower one can make the whole worse.",
        "Make one model of both, or version the lower model's output and retrain the upper one with it.",
    ),
    "CPL203": Kind(
        "chained-inference",
        "note",
        "A model predicts from another model's output that it was not trained on.",
        "At prediction the input comes from a model, in training it did not: errors of the first are out of distribution for the second.",
        "Train on the output that it will see, or check the first model's output before passing it on.",
    ),
    "CPL204": Kind(
        "shared-component",
        "warning",
        "Two models share weights or a fitted component.",
        "An encoder, scaler, tokenizer or artifact is fitted once and used by several models: refitting it changes them all.",
        "Version the component and let each model name the version it was trained with.",
    ),
    "CPL301": Kind(
        "shared-training-data",
        "note",
        "Different models train on one mutable data set.",
        "A change made for one model changes the other's training data.",
        "Train on versioned snapshots.",
    ),
    "CPL302": Kind(
        "multiple-writers",
        "note",
        "Several units write one data set that a model trains on.",
        "Who wrote last decides what the model learns.",
        "Give the data set one writer, or separate the parts.",
    ),
    "CPL303": Kind(
        "undeclared-consumer",
        "warning",
        "Something reads a model's output outside the declared pipeline.",
        "The owner of the model does not know this reader, and a change of the model reaches it unannounced.",
        "Declare the reader, or restrict access to the output.",
    ),
    "CPL304": Kind(
        "unversioned-training-data",
        "note",
        "A model trains on data that can change under it.",
        "The same code trains another model tomorrow, and nobody can say from what.",
        "Pin a revision, date the name, or track the data by hash.",
    ),
    "CPL401": Kind(
        "train-serve-skew",
        "warning",
        "A feature is computed in one way for training and in another for serving.",
        "The model meets values at prediction that it was not trained on.",
        "Compute the feature in one function that both sides call, and fit transformers in training only.",
    ),
    "CPL402": Kind(
        "contaminated-evaluation",
        "warning",
        "A model is evaluated on data that it was trained on or that it made.",
        "The score says how well the model repeats itself.",
        "Evaluate on data that neither training nor a model has touched.",
    ),
    "CPL403": Kind(
        "unmonitored-model",
        "note",
        "Nothing records what a served model receives and answers.",
        "A loop or a drift would go unseen.",
        "Record inputs and outputs with the model's version, and watch their distribution.",
    ),
    "CPL501": Kind(
        "broken-contract",
        "error",
        "A flow that a contract in the configuration rules out.",
        "The repository's configuration promises that some flows do not exist or that only some may write a data set. This one breaks it.",
        "Cut the flow at one hop, or change the contract together with those who rely on it.",
    ),
}


def kind_of(finding: Finding) -> Kind:
    """The kind of a finding; one of a project's own gets the words the finding brings."""
    words = finding.help or "Break the flow at one hop, or declare it."
    return KINDS.get(
        finding.code, Kind(finding.rule, finding.severity, finding.rule.replace("-", " "), finding.rule.replace("-", " "), words)
    )
