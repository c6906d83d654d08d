# ruff: noqa: E501 (a statement stays on its line)
"""SQL in, flows out. A tiny evaluator follows the facts as link would and prints each effect with the columns it is made of."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coupling.core.facts import OPS, FileFacts
from coupling.parsers.sql import parse, parse_text

Columns = dict[str, frozenset[str]]
"""Column -> origins; the key ``*`` holds the origins of every other column."""


class Flow:
    """Evaluates values to columns of origins: ``t.a`` is column a of table t, ``m()`` the output of model m."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self.memo: dict[int, Columns] = {}

    def text(self, at: int) -> str:
        value = self.facts.values[at]
        if value.op == "concat":
            return "".join(self.text(part) for part in value.parts)
        if value.op == "attr":
            return f"{self.text(value.parts[0])}.{value.text}"
        return f"<{value.text}>" if value.op == "free" else value.text

    def list(self, at: int) -> list[str]:
        return [self.text(part) for part in self.facts.values[at].parts]

    def columns(self, at: int) -> Columns:
        known = self.memo.get(at)
        if known is None:
            known = self.memo[at] = self.evaluate(at)
        return known

    def evaluate(self, at: int) -> Columns:
        value = self.facts.values[at]
        if value.op == "join":
            merged: Columns = {}
            for part in value.parts:
                for name, origins in self.columns(part).items():
                    merged[name] = merged.get(name, frozenset()) | origins
            return merged
        if value.op == "item":
            base = self.columns(value.parts[0])
            return {name: self.pick(base, name) for name in self.list(value.parts[1])}
        if value.op == "update":
            return {**self.columns(value.parts[0]), self.text(value.parts[1]): self.every(value.parts[2])}
        return self.call(at) if value.op == "call" else {}

    def pick(self, base: Columns, name: str) -> frozenset[str]:
        """A column; of a table it is the table's column of that name."""
        if name in base:
            return base[name]
        return frozenset(o[:-1] + name if o.endswith(".*") else o for o in base.get("*", ()))

    def every(self, at: int) -> frozenset[str]:
        return frozenset().union(*self.columns(at).values())

    def call(self, at: int) -> Columns:
        value = self.facts.values[at]
        api, args = self.facts.values[value.parts[0]].text, value.parts[1:]
        if api in ("sql.table", "sql.file"):
            return {"*": frozenset({f"{self.text(args[0])}.*"})}
        if api == "sql.predict":
            return {"*": frozenset({f"{self.text(args[0])}()"})}
        if api == "sql.apply":
            return {"*": frozenset({f"{self.text(args[0])}()"})}
        if api == "sql.except":
            dropped = self.list(args[1])
            return {name: origins for name, origins in self.columns(args[0]).items() if name not in dropped}
        return {"*": frozenset().union(*(self.every(arg) for arg in args))}


def show(facts: FileFacts) -> str:
    """One effect a line; reads are listed where they reach nothing else, so that no read is lost."""
    flow, lines = Flow(facts), []
    for effect in facts.scopes[0].effects:
        value = facts.values[effect.value]
        verb, args = facts.values[value.parts[0]].text.removeprefix("sql."), value.parts[1:]
        given = dict(zip(value.keys, args, strict=True))
        more = "".join(
            f" {key}={facts.values[at].text or ','.join(flow.list(at))}" for key, at in given.items() if key in ("limit", "labels", "dbt")
        )
        if verb in ("table", "file"):
            lines.append(f"{verb} {flow.text(args[0])}{more}")
        elif verb in ("write", "write_file"):
            lines.append(f"{verb} {flow.text(args[0])} {flow.text(args[2])}: {_columns(flow, args[1])}{more}")
        elif verb == "query":
            lines.append(f"query: {_columns(flow, args[0])}{more}")
        elif verb in ("train", "predict", "evaluate", "apply"):
            lines.append(f"{verb} {flow.text(args[0])}: {'; '.join(_columns(flow, arg) for arg in args[1:])}{more}".rstrip())
        elif verb in ("load_model", "export_model", "function", "remove"):
            lines.append(f"{verb} {flow.text(args[0])} {flow.text(args[1])}")
        elif verb == "inspect":
            lines.append(f"inspect {flow.text(args[0])}")
    lines += [f"problem {problem.what}" for problem in facts.problems]
    return "\n".join(lines)


def _columns(flow: Flow, at: int) -> str:
    columns = flow.columns(at)
    parts = [f"{name}={'+'.join(sorted(origins))}" for name, origins in sorted(columns.items()) if origins]
    return ", ".join(parts) or "-"


CASES = [
    (
        "SELECT a, b FROM t",
        ["table t", "query: a=t.a, b=t.b"],
    ),
    (
        "SELECT * FROM s.t LIMIT 10",
        ["table s.t", "query: *=s.t.* limit=10"],
    ),
    (
        "SELECT t.a AS x, u.b FROM p.t JOIN q.u ON t.id = u.id",
        ["table p.t", "table q.u", "query: b=q.u.b, x=p.t.a"],
    ),
    (
        "CREATE TABLE x AS SELECT a + b AS c, d FROM t",
        ["table t", "write x create: c=t.a+t.b, d=t.d"],
    ),
    (
        "CREATE OR REPLACE VIEW v (p, q) AS SELECT a, b FROM t",
        ["table t", "write v view: p=t.a, q=t.b"],
    ),
    (
        "CREATE MATERIALIZED VIEW mv AS SELECT count(*) AS n FROM t GROUP BY a",
        ["table t", "write mv view: n=t.*"],
    ),
    (
        "INSERT INTO x (p, q) SELECT a, b FROM t LIMIT 5",
        ["table t", "write x append: p=t.a, q=t.b limit=5"],
    ),
    (
        "INSERT OVERWRITE TABLE x PARTITION (d='1') SELECT a FROM t LATERAL VIEW explode(y) z AS w",
        ["table t", "write x replace: a=t.a"],
    ),
    (
        "INSERT INTO x (a, b) VALUES (1, 'k'), ({v}, %s)",
        ["write x append: -"],
    ),
    (
        "WITH t AS (SELECT a FROM real) SELECT * FROM t",
        ["table real", "query: a=real.a"],
    ),
    (
        "WITH t AS (SELECT a FROM t) SELECT a FROM t",
        ["table t", "query: a=t.a"],
    ),
    (
        "WITH RECURSIVE r AS (SELECT id FROM base UNION ALL SELECT e.id FROM edges e JOIN r ON e.p = r.id) SELECT * FROM r",
        ["table base", "table edges", "query: id=base.id+edges.id"],
    ),
    (
        "SELECT a FROM t WHERE id NOT IN (SELECT id FROM holdout)",
        ["table t", "table holdout", "query: a=t.a"],
    ),
    (
        "MERGE INTO x USING s ON x.id = s.id WHEN MATCHED THEN UPDATE SET score = s.pred WHEN NOT MATCHED THEN INSERT (id, score) VALUES (s.id, s.pred)",
        ["table s", "write x merge: id=s.id, score=s.pred"],
    ),
    (
        "UPDATE x SET c = s.b FROM s WHERE x.id = s.id",
        ["table s", "write x update: c=s.b"],
    ),
    (
        "UPDATE x SET c = d + 1",
        ["table x", "write x update: c=x.d"],
    ),
    (
        "SELECT a INTO x FROM t",
        ["table t", "write x create: a=t.a"],
    ),
    (
        "DELETE FROM t; TRUNCATE TABLE u; DROP TABLE IF EXISTS w",
        ["remove t delete", "remove u truncate", "remove w drop"],
    ),
    (
        "COPY t FROM 's3://b/k.csv' IAM_ROLE 'x'",
        ["file s3://b/k.csv", "write t append: *=s3://b/k.csv.*"],
    ),
    (
        "COPY INTO t FROM @stage/path/f.csv",
        ["file @stage/path/f.csv", "write t append: *=@stage/path/f.csv.*"],
    ),
    (
        "COPY INTO @stage/out FROM t",
        ["table t", "write_file @stage/out replace: *=t.*"],
    ),
    (
        "COPY (SELECT a FROM t) TO 'out.parquet' (FORMAT parquet)",
        ["table t", "write_file out.parquet replace: a=t.a"],
    ),
    (
        "UNLOAD ('SELECT a FROM t') TO 's3://b/out_' IAM_ROLE 'r'",
        ["table t", "write_file s3://b/out_ replace: a=t.a"],
    ),
    (
        "EXPORT DATA OPTIONS(uri='gs://b/x-*.csv', format='CSV') AS SELECT a FROM t",
        ["table t", "write_file gs://b/x-*.csv replace: a=t.a"],
    ),
    (
        "LOAD DATA INPATH '/in/x' OVERWRITE INTO TABLE t",
        ["file /in/x", "write t replace: *=/in/x.*"],
    ),
    (
        "LOAD DATA INTO ds.t FROM FILES (format='CSV', uris=['gs://b/a.csv'])",
        ["file gs://b/a.csv", "write ds.t append: *=gs://b/a.csv.*"],
    ),
    (
        "CREATE EXTERNAL TABLE t (a INT) STORED AS PARQUET LOCATION 's3://b/t/'",
        ["file s3://b/t/", "write t view: *=s3://b/t/.*"],
    ),
    (
        "CREATE OR REPLACE EXTERNAL TABLE ds.t OPTIONS (format='CSV', uris=['gs://b/a.csv', 'gs://b/b.csv'])",
        ["file gs://b/a.csv", "file gs://b/b.csv", "write ds.t view: *=gs://b/a.csv.*+gs://b/b.csv.*"],
    ),
    (
        "INSERT OVERWRITE DIRECTORY '/out' USING parquet SELECT a FROM t",
        ["table t", "write_file /out replace: a=t.a"],
    ),
    (
        "SELECT a FROM read_csv('data/a.csv') WHERE b",
        ["file data/a.csv", "query: a=data/a.csv.a"],
    ),
    (
        "CREATE TABLE t AS SELECT * FROM 'data/a.parquet'",
        ["file data/a.parquet", "write t create: *=data/a.parquet.*"],
    ),
    (
        "SELECT * FROM delta.`/mnt/d/t` JOIN parquet.`/mnt/p` USING (id)",
        ["file /mnt/d/t", "file /mnt/p", "query: *=/mnt/d/t.*+/mnt/p.*"],
    ),
    (
        "CREATE OR REPLACE MODEL `d.m` OPTIONS(model_type='logistic_reg', input_label_cols=['y']) AS SELECT * EXCEPT(id) FROM `p-1.d.train` LIMIT 100",
        ["table p-1.d.train", "train d.m: *=p-1.d.train.*; -; - labels=y limit=100"],
    ),
    (
        "CREATE MODEL d.m OPTIONS(MODEL_TYPE='TENSORFLOW', MODEL_PATH='gs://b/m/*')",
        ["load_model d.m gs://b/m/*"],
    ),
    (
        "CREATE TABLE s AS SELECT id, predicted_y FROM ML.PREDICT(MODEL `d.m`, (SELECT id, a FROM d.t))",
        ["table d.t", "predict d.m: a=d.t.a, id=d.t.id", "write s create: id=d.t.id, predicted_y=d.m()"],
    ),
    (
        "SELECT id FROM ML.PREDICT(MODEL d.m, (SELECT id, a FROM d.t))",
        ["table d.t", "predict d.m: a=d.t.a, id=d.t.id", "query: id=d.t.id"],
    ),
    (
        "SELECT * FROM ML.PREDICT(MODEL d.m, TABLE d.t)",
        ["table d.t", "predict d.m: *=d.t.*", "query: *=d.m()+d.t.*"],
    ),
    (
        "SELECT * FROM ML.EVALUATE(MODEL d.m, (SELECT * FROM d.t))",
        ["table d.t", "evaluate d.m: *=d.t.*", "query: *=d.t.*"],
    ),
    (
        "SELECT * FROM ML.FORECAST(MODEL d.m, STRUCT(30 AS horizon))",
        ["predict d.m: -", "query: *=d.m()"],
    ),
    (
        "SELECT * FROM ML.WEIGHTS(MODEL d.m)",
        ["inspect d.m", "query: -"],
    ),
    (
        "SELECT ml_generate_text_result, prompt FROM ML.GENERATE_TEXT(MODEL d.llm, (SELECT prompt FROM d.q), STRUCT(0.2 AS temperature))",
        ["table d.q", "predict d.llm: prompt=d.q.prompt", "query: ml_generate_text_result=d.llm(), prompt=d.q.prompt"],
    ),
    (
        "SELECT AI.GENERATE(body, endpoint => 'gemini-2').result AS r, id FROM d.mail",
        ["table d.mail", "predict gemini-2: body=d.mail.body", "query: id=d.mail.id, r=gemini-2()"],
    ),
    (
        "CREATE MODEL m FROM (SELECT a, y FROM t) TARGET y FUNCTION predict_y IAM_ROLE 'x' SETTINGS (S3_BUCKET 'b'); CREATE TABLE o AS SELECT id, predict_y(a) AS p FROM u",
        [
            "table t",
            "train m: a=t.a, y=t.y; - labels=y",
            "function m predict_y",
            "table u",
            "apply predict_y: a=u.a",
            "write o create: id=u.id, p=predict_y()",
        ],
    ),
    (
        "CREATE SNOWFLAKE.ML.FORECAST m(INPUT_DATA => TABLE(sales), TIMESTAMP_COLNAME => 'ts', TARGET_COLNAME => 'amount')",
        ["table sales", "train m: *=sales.*; - labels=amount"],
    ),
    (
        "CREATE SNOWFLAKE.ML.CLASSIFICATION m(INPUT_DATA => SYSTEM$REFERENCE('VIEW', 'v'), TARGET_COLNAME => 'y')",
        ["table v", "train m: *=v.*; - labels=y"],
    ),
    (
        "CREATE TABLE p AS SELECT m!PREDICT(INPUT_DATA => {*}) AS pred, id FROM t",
        ["table t", "predict m: *=t.*", "write p create: id=t.id, pred=m()"],
    ),
    (
        "CALL m!FORECAST(FORECASTING_PERIODS => 3)",
        ["predict m: -", "query: forecast=m()"],
    ),
    (
        "BEGIN\n  CALL m!FORECAST(FORECASTING_PERIODS => 3);\n  LET x := SQLID;\n  CREATE TABLE o AS SELECT * FROM TABLE(RESULT_SCAN(:x));\nEND;",
        ["predict m: -", "query: forecast=m()", "write o create: forecast=m()"],
    ),
    (
        "CREATE TABLE o AS SELECT id, SNOWFLAKE.CORTEX.COMPLETE('llama3', body) AS r FROM mails",
        ["table mails", "predict llama3: body=mails.body", "write o create: id=mails.id, r=llama3()"],
    ),
    (
        "SELECT pgml.train('proj', task => 'regression', relation_name => 'ds.t', y_column_name => 'y')",
        ["table ds.t", "train proj: *=ds.t.*; - labels=y", "query: train=ds.t.*"],
    ),
    (
        "INSERT INTO o SELECT id, pgml.predict('proj', ARRAY[a, b]) AS p FROM t",
        ["table t", "predict proj: a=t.a, b=t.b", "write o append: id=t.id, p=proj()"],
    ),
    (
        "SELECT madlib.logregr_train('houses', 'houses_model', 'y', 'ARRAY[1, tax]')",
        ["table houses", "train houses_model: *=houses.*; - labels=y", "query: logregr_train=houses.*"],
    ),
    (
        "CREATE TABLE o AS SELECT h.id, madlib.logregr_predict(m.coef, ARRAY[1, h.tax]) AS p FROM houses h, houses_model m",
        ["table houses", "table houses_model", "predict houses_model: tax=houses.tax", "write o create: id=houses.id, p=houses_model()"],
    ),
    (
        "CREATE TABLE o AS SELECT id, ai_query('endpoint', body) AS r FROM t",
        ["table t", "predict endpoint: body=t.body", "write o create: id=t.id, r=endpoint()"],
    ),
    (
        "INSERT INTO {schema}.scores_{run} SELECT a FROM {src} WHERE d = '{day}' {extra}",
        ["table {src}", "write {schema}.scores_{run} append: a={src}.a"],
    ),
    (
        "SELECT x FROM t1 UNION ALL SELECT y FROM t2 UNION ALL SELECT z FROM t3",
        ["table t1", "table t2", "table t3", "query: x=t1.x+t2.y+t3.z"],
    ),
    (
        "SELECT * FROM a, LATERAL FLATTEN(input => a.arr) f",
        ["table a", "query: *=a.*, INDEX=a.arr, KEY=a.arr, PATH=a.arr, SEQ=a.arr, THIS=a.arr, VALUE=a.arr"],
    ),
    (
        "CREATE TABLE o AS SELECT label, prob FROM (SELECT * FROM ML.PREDICT(MODEL m, TABLE t)), UNNEST(predicted_y_probs)",
        ["table t", "predict m: *=t.*", "write o create: label=m()+t.label, prob=m()"],
    ),
    (
        "EXPLAIN SELECT a FROM t",
        ["table t", "query: a=t.a"],
    ),
    (
        "INSERT INTO x SELECT FROM WHERE a b c FROM (((t",
        ["write x append: -", "problem SQL statement is not readable: INSERT"],
    ),
    (
        "hello this is plain text about selecting from a menu",
        ["problem SQL statement is not readable: HELLO"],
    ),
    (
        "CREATE PROCEDURE p() BEGIN INSERT INTO x SELECT a FROM t; END",
        ["table t", "write x append: a=t.a"],
    ),
    (
        "SELECT * FROM generate_series(1, 3) g(n)",
        ["query: -"],
    ),
    (
        "SELECT [a b] FROM [dbo].[my table]",
        ["table dbo.my table", "query: a b=dbo.my table.a b"],
    ),
    (
        "CREATE TABLE x CLONE y",
        ["table y", "write x create: *=y.*"],
    ),
    (
        "SELECT d.id, p.score FROM PREDICT(MODEL = @m, DATA = dbo.t AS d) WITH (score float) AS p",
        ["problem SQL statement is not readable: SELECT"],
    ),
]

TEMPLATES = [
    (
        "models/a.sql",
        "{{ config(materialized='table') }}\nselect u.id, s.score from {{ ref('users') }} u join {{ source('raw', 'scores') }} s using (id)\n{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}",
        ["table users dbt=ref", "table raw.scores dbt=source", "table a dbt=this", "write a create: id=users.id, score=raw.scores.score"],
        [],
    ),
    (
        "models/m.sql",
        "{{ config(materialized='model', ml_config={'model_type': 'logistic_reg', 'input_label_cols': ['y']}) }} select * from {{ ref('train') }}",
        ["table train dbt=ref", "train m: *=train.*; - labels=y"],
        [],
    ),
    (
        "models/s.sql",
        "{{ config(alias='scores') }} select * from {{ dbt_ml.predict(ref('m'), 'select * from ' ~ ref('x')) }}",
        ["table <dbt_ml>", "write scores view: *=<dbt_ml>.*"],
        ["dbt_ml"],
    ),
    (
        "models/s2.sql",
        "select * from {{ dbt_ml.predict(ref('m'), 'select * from t') }}",
        ["table t", "predict m: *=t.*", "write s2 view: *=m()+t.*"],
        [],
    ),
    (
        "q.sql",
        "{% set tables = ['a', 'b'] %}{% for t in tables %}SELECT {{ t }}_id AS id FROM d.{{ t }}{% if not loop.last %} UNION ALL {% endif %}{% endfor %}",
        ["table d.a", "table d.b", "query: id=d.a.a_id+d.b.b_id"],
        [],
    ),
    (
        "q.sql",
        "SELECT * FROM {% if dev %}d.small{% else %}d.big{% endif %} {# FROM gone #}",
        ["table d.small", "query: *=d.small.*", "table d.big", "query: *=d.big.*"],
        [],
    ),
    (
        "q.sql",
        "{% for x in xs %}INSERT INTO o.{{ x }}_out SELECT * FROM i.{{ x }};\n{% endfor %}",
        ["table i.", "write o._out append: *=i..*"],
        ["xs"],
    ),
    (
        "q.sql",
        "CREATE TABLE ${env}.x AS\n\nSELECT *\nFROM {{ params.src }}\nWHERE ds = '{{ ds }}' LIMIT {{ n }}",
        ["table <params>.src", "write <env>.x create: *=<params>.src.*"],
        ["env", "params"],
    ),
    (
        "q.sql",
        "SELECT a -- FROM c\nFROM /* FROM d */ t",
        ["table t", "query: a=t.a"],
        [],
    ),
    (
        "q.sql",
        "SELECT a FROM {{ x",
        ["query: -"],
        [],
    ),
    (
        "q.sql",
        "SELECT 'it''s' FROM t; SELECT ' FROM u;\nSELECT a FROM v;\n",
        ["table v", "query: a=v.a", "problem SQL text is not readable: quotes or comments do not match"],
        [],
    ),
    (
        "macros/q.sql",
        "{% macro f(x) %} select * from {{ x }} {% endmacro %}",
        [],
        [],
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql[:60] for sql, _ in CASES])
def test_statement(sql: str, expected: list[str]) -> None:
    assert show(parse_text("f.py", sql)).splitlines() == expected


@pytest.mark.parametrize(("path", "sql", "expected", "params"), TEMPLATES)
def test_template(path: str, sql: str, expected: list[str], params: list[str]) -> None:
    facts = parse(path, sql)
    assert show(facts).splitlines() == expected
    assert [param.name for param in facts.scopes[0].params] == params


def test_lines_are_those_of_the_file() -> None:
    facts = parse("q.sql", "-- head\n\nCREATE TABLE x AS\nSELECT a\nFROM {{ t }}\nJOIN u USING (id)\n")
    lines = [facts.values[effect.value].line for effect in facts.scopes[0].effects]
    assert lines == [5, 6, 3]


def test_a_text_in_another_file_begins_at_its_line() -> None:
    facts = parse_text("f.py", "SELECT a\nFROM t", line=40)
    assert facts.values[facts.scopes[0].effects[0].value].line == 41


def test_an_unrolled_loop_keeps_its_lines() -> None:
    facts = parse("q.sql", "{% for n in range(2) %}\nSELECT a FROM t{{ n }};\n{% endfor %}\nSELECT b FROM u")
    tables = [facts.values[effect.value] for effect in facts.scopes[0].effects][::2]
    assert [value.line for value in tables] == [2, 2, 4]


def test_a_stored_prediction_that_is_not_selected_does_not_flow() -> None:
    facts = parse("q.sql", "WITH s AS (SELECT *, ML_SCORE AS p FROM scored) SELECT a FROM s")
    assert show(facts).splitlines()[-1] == "query: a=scored.a"


HOSTILE = {
    "a row list of one megabyte": "INSERT INTO t (a, b) VALUES " + ",".join(f"({i},'abcdefghij')" for i in range(50_000)),
    "ten thousand parentheses": "SELECT " + "(" * 10_000 + "1" + ")" * 10_000 + " FROM t",
    "parentheses that never close": "SELECT * FROM " + "(" * 10_000,
    "a long chain": "SELECT " + "+".join(f"a{i}" for i in range(5000)) + " FROM t",
    "nested conditions": "SELECT " + "CASE WHEN a THEN " * 500 + "1" + " END" * 500 + " FROM t",
    "nested loops": "{% for a in range(500) %}{% for b in range(500) %}{% for c in range(500) %}{% endfor %}{% endfor %}{% endfor %} SELECT 1",
    "open expressions": "select {{ " * 20_000,
    "open statements": "select {% " * 20_000,
    "doubling expressions": "WITH c0 AS (SELECT a FROM t)"
    + "".join(f", c{i} AS (SELECT x.a, y.a AS b FROM c{i - 1} x, c{i - 1} y)" for i in range(1, 40))
    + " SELECT * FROM c39",
    "binary": "SELECT \0" + bytes(range(256)).decode("latin1") * 1000,
}


@pytest.mark.parametrize("sql", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_ends_soon(sql: str) -> None:
    before = time.process_time()
    facts = parse("q.sql", sql)
    assert time.process_time() - before < 10
    assert len(facts.scopes) == 1


def check_form(facts: FileFacts) -> None:
    count = len(facts.values)
    for value in facts.values:
        assert value.op in OPS
        assert all(0 <= part < count for part in value.parts)
        if value.op == "call":
            assert len(value.keys) == len(value.parts) - 1
    assert all(0 <= effect.value < count for effect in facts.scopes[0].effects)


WORDS = st.sampled_from(
    """SELECT FROM WHERE WITH AS ( ) , ; . * a b t u ' " ` {{ }} {% %} for if endif in ref( JOIN ON = INSERT INTO CREATE TABLE MODEL OPTIONS
    ML.PREDICT( COPY UNLOAD MERGE USING UPDATE SET ! => [ ] {x} ${y} -- /* */ UNION ALL 1 CALL LOAD DATA EXPORT $$ :: @s""".split()
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=200))
def test_no_text_raises(sql: str) -> None:
    check_form(parse("models/q.sql", sql))
    check_form(parse_text("f.py", sql))
