"""The kinds of coupling as data: the one source of messages' help, ``coupling explain``, SARIF rules and docs/kinds/.

Knows nothing of graphs. ``page`` renders a kind as Markdown; tools/write_kinds.py writes the pages.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.errors import CouplingError, did_you_mean


class Kind(NamedTuple):
    """One kind. ``text`` says it in one line; ``help`` is the short advice under a finding; the rest is its page."""

    code: str
    name: str
    severity: str
    text: str
    help: str
    what: str
    hurts: str
    breaking: str
    fine: str
    story: str


KINDS: tuple[Kind, ...] = (
    Kind(
        "CPL101",
        "feedback-loop",
        "error",
        "a model's own outputs become its own training data",
        "train on data that the model's outputs cannot reach, keep a random holdout, or accept the loop with a reason",
        "The outputs of a model are kept, in a file, a table, a topic or an object, and a later training of the same model reads them.",
        "Errors confirm themselves. Each round looks better by its own measure while it drifts from the truth, and no "
        "test set made of the same data shows it.",
        "Train on labels from outside. Store predictions apart from labels, with a column that says which is which. "
        "Keep a random share of cases "
        "that the model does not touch, and measure there. Cap the share of self-made rows.",
        "Self-play and reinforcement learning are loops on purpose: rules of a game or a reward from outside correct "
        "them. Active learning is fine when people label what the model picked and a random share is labelled too.",
        "A churn model writes scores to `churn_scores`. The label query fills gaps with `coalesce(label, score > "
        "0.5)`. After a year most labels are the model's own, and precision on them is 0.99.",
    ),
    Kind(
        "CPL102",
        "indirect-feedback-loop",
        "error",
        "a model's outputs come back to its training through other models",
        "cut one hop between the models: train one of them on data that no other model of the loop can reach",
        "Model A's output reaches the training or the input of model B, and B's output reaches the training of A. No "
        "single team sees the whole circle.",
        "As in a feedback loop, and harder to see: each half looks like an ordinary dependency. A change in one model "
        "moves the other, which moves the first.",
        "Cut the hop that is cheapest to replace by outside data. Version both sides, retrain one at a time, and keep "
        "a holdout that neither model shaped.",
        "A judge or reward model that is itself trained on fresh human judgements, and is checked against them each round.",
        "Search ranks by a popularity model; popularity is trained on what search showed first. Neither team changed "
        "anything, yet old items sink month by month.",
    ),
    Kind(
        "CPL103",
        "hidden-feedback-loop",
        "warning",
        "what a model shows shapes what people do, and that is its training data",
        "keep a random share that the model does not shape, log what was shown, weight by its propensity, or declare the link",
        "The loop closes through people: they click, buy, tag or annotate what the model put in front of them, "
        "and the log of that trains the model. "
        "No line of code joins the two ends, so each such finding carries a confidence and its evidence.",
        "The model sees only outcomes of its own choices. What it never shows gets no clicks, so it is never shown.",
        "Log what was shown and at which position. Explore: show a small random share. Weight by propensity. Let "
        "annotators label a share without pre-filled answers.",
        "When the recorded act cannot depend on what was shown, say so with a `[[tool.coupling.world]]` block and `shapes = []`.",
        "An annotation tool pre-fills the model's labels. Tired annotators press Enter. The model is retrained weekly "
        "on answers that are mostly its own.",
    ),
    Kind(
        "CPL201",
        "entanglement",
        "warning",
        "one model's output is in another model's training data",
        "pin the version of the teaching model's outputs, and retrain the student when the teacher changes",
        "A model is trained on what another model produced: pseudo-labels, distilled targets, synthetic examples, a "
        "judge's scores, or features.",
        "The student learns the teacher's errors, and whoever changes the teacher changes the student without knowing it.",
        "Store the outputs with the teacher's version. Mix in and evaluate on labels from outside. Name the dependency "
        "where the teacher is released.",
        "Distillation and synthetic data are chosen on purpose: then the teacher is pinned and the student is measured "
        "against people's labels.",
        "An upsell model is trained on the risk model's scores. The risk team recalibrates on a Friday; upsell's offers double on Monday.",
    ),
    Kind(
        "CPL202",
        "correction-cascade",
        "warning",
        "a model takes another model's output as input, both in training and in prediction",
        "release the two as one unit, or give the second model the first one's raw inputs",
        "Model B was trained on model A's outputs and needs them again whenever it predicts: stacking, embeddings, "
        "cluster numbers, a score as a feature.",
        "B corrects A's errors, so mending A makes B worse. The stack cannot be improved one model at a time.",
        "Train and release both together, pinned to each other. Or let B learn from A's inputs, or A learn what B corrects.",
        "Stacking with out-of-fold predictions in one pipeline that is always refitted as a whole. An ordinary fitted "
        "preprocessing step is not reported.",
        "Cluster numbers of a k-means are a feature of a classifier. The nightly refit of the k-means renumbers its "
        "clusters; the classifier keeps the old meaning.",
    ),
    Kind(
        "CPL203",
        "chained-inference",
        "note",
        "a model predicts on another model's output without having been trained on it",
        "test the pair together, and watch the first model's output for change",
        "The output of one model is the input of another when it predicts, and the second was trained on something else.",
        "Errors of the first are outside what the second has ever seen. Each is tested alone, nobody tests the pair.",
        "Evaluate end to end. Train the second on the first's real outputs as well, or validate what passes between them.",
        "Most systems with speech, OCR or a detector in front of a language model: fine when the pair has an end-to-end test.",
        "An OCR engine is upgraded and now keeps line breaks. The language model behind it, never trained on OCR text, "
        "starts to cut names in two.",
    ),
    Kind(
        "CPL204",
        "shared-component",
        "warning",
        "several models share weights or one fitted component, so refitting it changes all of them",
        "version the component together with each model, and refit it only with all of them",
        "Two models use one fitted encoder, scaler, vectorizer, tokenizer or backbone, or one starts from the other's weights.",
        "Whoever refits the component for one model silently changes the inputs of the others, which were trained on the old one.",
        "Save a copy inside each model's artifact. Or give the component a version, and retrain every user when it moves.",
        "A frozen public base under several fine-tunes is not reported: nobody here refits it. Parts that one step trains "
        "together are one model.",
        "A nightly job refits the TF-IDF vocabulary. Web ranking retrains at each request; the mailer's ranker is a "
        "day behind and reads words in the wrong columns.",
    ),
    Kind(
        "CPL301",
        "shared-training-data",
        "note",
        "different models train on one mutable data set",
        "give the data set an owner and versions, and name its readers",
        "Two or more different models are trained on one file, table or topic that can change.",
        "A repair made for one model is a silent change of the others.",
        "Version the data set. List its consumers where it is produced. Let each training record the version that it read.",
        "Runs of one model, and comparisons of candidates of which one is kept. Data that is committed or pinned.",
        "The fraud team drops test accounts from `orders`. The demand model, trained on the same table, learns that Sundays are quiet.",
    ),
    Kind(
        "CPL302",
        "multiple-writers",
        "note",
        "several units write one data set that a model trains on",
        "let one unit own the data set; give the others an input of their own",
        "Two different units write to the file or table that a model is trained on.",
        "The training data depends on which wrote last, or on both halves agreeing about a meaning that is written nowhere.",
        "One owner a data set. Others write apart, and the owner joins them with a column that names the source.",
        "Seeds, migrations and tests are not counted. A backfill by the owner of the table is fine: accept it with a reason.",
        "The app writes amounts in cents, an importer in euros. The price model is a little wrong for everyone.",
    ),
    Kind(
        "CPL303",
        "undeclared-consumer",
        "warning",
        "a unit outside the declared pipeline reads a model's output",
        "declare the consumer in the pipeline, or give it an interface of its own",
        "A pipeline, contract or config declares who uses a model's output. This unit uses it too and is not declared.",
        "Nobody asks it before changing the output, and nobody reruns it after.",
        "Add it as a stage with the output as dependency. Or publish a contract for outside readers.",
        "A one-off notebook that looks at the scores: accept it, or keep it out of the repository.",
        "A bonus calculation reads `lead_scores.csv` from the shared folder. The score's scale changes from 0-1 to 0-100 in a clean-up.",
    ),
    Kind(
        "CPL304",
        "unversioned-training-data",
        "note",
        "a model trains on data that changes in place and has no version",
        "pin a revision, hash, snapshot or date, and record it with the model",
        "Training reads a moving source, such as a hub id without revision, a branch's URL or a live table, a path that "
        "the repository overwrites in place, or a file that comes from somewhere else and that nothing here tracks.",
        "The training cannot be repeated, and a change in the data looks like a change in the model.",
        "Pin a revision. Track the file with DVC or lakeFS, use a table version, write dated names, and store the "
        "version beside the model.",
        "Online learning on a live stream is meant to move: then keep a replayable log.",
        "Accuracy falls after a retraining with no code change. The URL pointed at a branch, and someone had fixed the labels there.",
    ),
    Kind(
        "CPL401",
        "train-serve-skew",
        "warning",
        "a feature is computed in one way for training and in another for serving",
        "compute the feature in one function that training and serving both call, or save it inside the model's pipeline",
        "One feature of a model has two expressions: other columns, filters, dates or arguments, or a transformer that "
        "is fitted again where it should be applied. Two pieces of code that still agree are told as a note.",
        "The model predicts on inputs it was never trained on. Offline scores stay good.",
        "One function, one feature store view, or a pipeline object saved with the model. Test that both sides agree on the same rows.",
        "When the serving side has the value under another name but by the same computation: accept it, with the test that shows it.",
        "Training fills missing ages with the median, the service with 0. New customers all look like newborns.",
    ),
    Kind(
        "CPL402",
        "contaminated-evaluation",
        "warning",
        "what evaluates a model was in its training data, or was made by it",
        "evaluate on rows that neither trained the model nor came from it",
        "The data that evaluates a model also trained it, holds the model's own outputs, or holds rows that were made of its training "
        "rows. A scaler or its like that was fitted before the rows were held out is told as a note.",
        "The number is too good. It rewards memory, or agreement with itself.",
        "Split before anything is fitted, by time or by group where rows belong together. Evaluate on labels from outside.",
        "A training score that is logged as such, beside a held-out one. A clustering that is measured on the rows it groups.",
        "Validation games are played by the network being validated. Its accuracy at predicting its own moves is excellent.",
    ),
    Kind(
        "CPL403",
        "unmonitored-model",
        "note",
        "a served model's inputs and outputs are recorded nowhere",
        "record inputs, outputs and the model's version where it is served, and compare them with training data",
        "A service answers with a model's output, and the code that serves keeps neither what came in nor what went out.",
        "When the world or an upstream changes, nobody can see when the model began to be wrong, or for whom.",
        "Write a sample of inputs and outputs with version and time. Watch their distributions, and join outcomes later.",
        "Demonstrations, and services whose gateway records for them: accept it, naming the gateway.",
        "A fare service returns 12 minutes for every trip for nine days, since the feature service behind it sent "
        "zeros. Customers noticed first.",
    ),
    Kind(
        "CPL501",
        "broken-contract",
        "error",
        "a flow that a contract in the configuration rules out",
        "cut the flow at one hop, or change the contract together with those who rely on it",
        "The configuration holds a contract: models whose outputs must not meet, data that only some may write, folders between which "
        "flows go one way. This flow breaks it. The contract stands in the notes, with its line.",
        "Somebody relies on the contract: an evaluation that is only fair without the flow, a team that releases on its own, "
        "a rule of law. Nothing but this check notices when it ends.",
        "Follow the hops to the first that need not be there: read other data, write elsewhere, move the code to its owner. "
        "When the contract is out of date, change it in a review of its own.",
        "A planned exception: name it in the contract's `allow`, with a reason, an owner and a date.",
        "Pricing and fraud were to stay independent for the auditor. A backfill filled gaps in the fraud table with the price model's "
        "guesses; the audit found it after a year.",
    ),
)

BY_NAME: dict[str, Kind] = {key: kind_ for kind_ in KINDS for key in (kind_.code, kind_.name)}


def kind(word: str) -> Kind:
    """The kind of a code (any case) or name.

    Raises CouplingError that names the nearest one.
    """
    found = BY_NAME.get(word) or BY_NAME.get(word.upper()) or BY_NAME.get(word.lower())
    if found is None:
        raise CouplingError(f"no kind of coupling is called `{word}`{did_you_mean(word, tuple(BY_NAME))}")
    return found


def sections(about: Kind) -> tuple[tuple[str, str], ...]:
    """The parts of a kind's page: heading and text."""
    return (
        ("What it is", about.what),
        ("Why it hurts", about.hurts),
        ("How to break it", about.breaking),
        ("When it is fine", about.fine),
        ("A story", about.story),
    )


def page(about: Kind) -> str:
    """A kind's page, as Markdown."""
    head = f"# {about.code} {about.name}\n\n{about.text[0].upper()}{about.text[1:]}. Severity: {about.severity}.\n"
    return head + "".join(f"\n## {heading}\n\n{text}\n" for heading, text in sections(about))


def index_page() -> str:
    """The list of all kinds, as Markdown."""
    rows = "".join(f"| [{k.code}]({k.code}.md) | {k.name} | {k.severity} | {k.text} |\n" for k in KINDS)
    return f"# Kinds of coupling\n\n| code | kind | severity | what it is |\n|---|---|---|---|\n{rows}"
