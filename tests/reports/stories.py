"""Hand-made reports: one story that every format renders, a hostile one, an empty one."""

from __future__ import annotations

import os
from pathlib import Path

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Problem, Span

GOLDEN = Path(__file__).parent / "golden"
CHURN, UPSELL, RANKER = "model:model:churn", "model:model:upsell", "model:model:ranker"
SCORES, LABELS, RAW = "asset:table:ml.churn_scores", "asset:table:ml.labels", "asset:file:data/raw.csv"
BATCH, LOAD, ROUTE = "unit:script:scoring/batch.py", "unit:script:load.py", "route:http:GET /top"

PREDICT = Span("scoring/batch.py", 41, 10, 41, "    scores = model.predict_proba(frame)[:, 1]")
WRITE = Span("scoring/batch.py", 47, 5, 47, '    frame.to_sql("churn_scores", engine, schema="ml")')
SQL = Span("sql/labels.sql", 12, 1, 12, "coalesce(s.score, 0) > 0.5 as churned")
READ = Span("train/data.py", 18, 12, 18, 'X = pd.read_sql(f"select * from {cfg.labels}", con)')
FIT = Span("train/fit.py", 33, 1, 33, "clf.fit(X, y)")
NOTEBOOK = Span("nb/up.ipynb", 7, 0, 7, "up.fit(scores, y)", 3)

EDGES = (
    Edge(CHURN, SCORES, "predicts", "exact", "sklearn predict_proba -> to_sql(0)", (PREDICT, WRITE), unit=BATCH, columns=("score",)),
    Edge(SCORES, LABELS, "derives", "exact", "create table", (SQL,), unit="unit:sql:sql/labels.sql"),
    Edge(
        LABELS,
        CHURN,
        "trains",
        "partial",
        "read_sql -> fit",
        (READ, FIT),
        "labels",
        unit="unit:script:train/fit.py",
        when=("--full is set",),
    ),
    Edge(SCORES, UPSELL, "trains", "exact", "read_sql -> fit", (NOTEBOOK,), "features", unit="unit:notebook:nb/up.ipynb"),
    Edge(RANKER, ROUTE, "serves", unit="unit:script:app.py"),
    Edge(ROUTE, "asset:table:clicks", "records", "guess", unit="unit:script:app.py"),
    Edge("asset:table:clicks", RANKER, "trains", unit="unit:script:rank.py"),
    Edge(SCORES, BATCH, "reads"),
    Edge(LOAD, RAW, "writes", evidence=(Span("load.py", 3),)),
)
NODES = (
    Node(CHURN, "model", "model", "", "churn", at=(FIT,), owner="@scoring"),
    Node(UPSELL, "model", "model", "", "upsell", at=(NOTEBOOK,)),
    Node(RANKER, "model", "model", "", "ranker"),
    Node(SCORES, "asset", "table", "warehouse", "ml.churn_scores", "exact", (WRITE,), "@warehouse", ("remote",)),
    Node(LABELS, "asset", "table", "warehouse", "ml.labels", "partial", (SQL, READ), "@warehouse"),
    Node(RAW, "asset", "file", "file", "data/raw.csv"),
    Node("asset:table:clicks", "asset", "table", "warehouse", "clicks"),
    Node(ROUTE, "route", "http", "", "GET /top"),
    Node(BATCH, "unit", "script", "", "scoring/batch.py"),
    Node(LOAD, "unit", "script", "", "load.py"),
    Node("unit:script:app.py", "unit", "script", "", "app.py"),
)
LOOP = Finding(
    "feedback-loop",
    "CPL101",
    "error",
    "partial",
    "churn learns from its own scores, through 2 files and 1 table",
    (PREDICT, WRITE, SQL, READ, FIT),
    ("churn predicts", "-> table ml.churn_scores", "ml.churn_scores -> table ml.labels", "<- ml.labels", "trains churn"),
    (0, 0, 1, 2, 2),
    (CHURN,),
    (SCORES, LABELS),
    "7f3a0000aaaa",
    ("--full is set",),
    ("scores from up to 7 days ago, no holdout",),
    "train on labels that no score can reach, keep a random holdout, or declare it",
    also=("through ml.archive (archive.py:9)",),
)
FINDINGS = (
    Finding(
        "entanglement",
        "CPL201",
        "warning",
        "exact",
        "upsell is trained on features scored by churn",
        (PREDICT, WRITE, NOTEBOOK),
        ("churn predicts", "-> table ml.churn_scores", "trains upsell"),
        (0, 0, 3),
        (CHURN, UPSELL),
        (SCORES,),
        "91c0bbbb",
        help="retrain both together",
    ),
    LOOP,
    Finding(
        "hidden-feedback-loop",
        "CPL103",
        "note",
        "guess",
        "what ranker shows may shape the clicks it learns from (0.71): declare or dismiss",
        (Span("app.py", 5, 1, 5, "return ids"),),
        ("ranker answers GET /top",),
        (4,),
        (RANKER,),
        (),
        "5eed",
        help='state it, or dismiss it with shapes = []:\n[[tool.coupling.world]]\nshows = "GET /top"\nshapes = ["clicks"]',
        confidence=0.71,
        notes=("possible",),
    ),
    Finding(
        "multiple-writers",
        "CPL302",
        "note",
        "exact",
        "two scripts write data/raw.csv",
        (Span("load.py", 3, 1, 3, "df.to_csv(OUT)"),),
        ("writes",),
        (8,),
        (),
        (RAW,),
        "aaaa",
    ),
    Finding(
        "entanglement", "CPL201", "warning", "exact", "old news", (FIT,), ("trains",), (-1,), (CHURN,), (), "dddd", suppressed="by design"
    ),
)
SUMMARY = Summary(
    412,
    90,
    38,
    5,
    63,
    8,
    1,
    (("python", 388), ("notebook", 11), ("sql", 9), ("yaml", 4)),
    (("env BUCKET has no default", 5), ("a parameter nobody passes", 3)),
)
PROBLEMS = (Problem("syntax not readable: print statement", Span("old.py", 3)),)
REPORT = Report("0.1.0", SUMMARY, DataGraph(NODES, EDGES), FINDINGS, PROBLEMS)
BASE = Report("0.1.0", SUMMARY, DataGraph(NODES, (EDGES[0], *EDGES[2:4], Edge(RAW, CHURN, "trains"))), FINDINGS[:1])
EMPTY = Report("0.1.0", Summary(3), DataGraph(), ())

EVIL = 'a"b\'</script><img src=x onerror=alert(1)>\n::error::x%0A\x1b[31mred\u202e|`[x](http://e)\\ 漢 @team \ud800 --> end";#35;]]>&amp;'
EVIL_ID, EVIL_MODEL = f"asset:file:{EVIL}", f"model:model:{EVIL}"
EVIL_SPAN = Span(EVIL, 1, 1, 1, EVIL)
HOSTILE = Report(
    "0.1.0",
    Summary(1, 1, 1, 1, 1, 1, 1, (("python", 1),), ((EVIL, 1),)),
    DataGraph(
        (Node(EVIL_ID, "asset", "file", EVIL, EVIL, owner=EVIL), Node(EVIL_MODEL, "model", EVIL, EVIL, EVIL, tags=(EVIL,))),
        (
            Edge(EVIL_MODEL, EVIL_ID, "predicts", why=EVIL, evidence=(EVIL_SPAN,), unit=f"unit:script:{EVIL}"),
            Edge(EVIL_ID, EVIL_MODEL, "trains", why=EVIL, evidence=(EVIL_SPAN,), unit=f"unit:script:{EVIL}", columns=(EVIL,)),
        ),
    ),
    (
        Finding(
            "feedback-loop",
            "CPL101",
            "error",
            "exact",
            EVIL,
            (EVIL_SPAN, EVIL_SPAN),
            (EVIL, EVIL),
            (0, 1),
            (EVIL_MODEL,),
            (EVIL_ID,),
            EVIL,
            (EVIL,),
            (EVIL,),
            EVIL,
            also=(EVIL,),
        ),
        Finding("entanglement", "CPL201", "warning", "exact", EVIL, (), (), (), fingerprint="none", suppressed=EVIL),
        Finding("entanglement", "CPL201", "warning", "exact", EVIL, (), (), (), fingerprint="no path"),
    ),
    (Problem(EVIL, EVIL_SPAN),),
)


def check_golden(name: str, text: str) -> None:
    """Compare with the golden file; COUPLING_UPDATE=1 writes it instead."""
    file = GOLDEN / name
    if os.environ.get("COUPLING_UPDATE") == "1":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{name} differs; look at it, then set COUPLING_UPDATE=1"
