"""dvc, make, compose, MLproject, CI, Docker, Procfile, spaCy and Markdown: which stages a file names."""

from __future__ import annotations

import pytest

from tests.parsers.lowered import effects, facts, lines, problems

DVC = "stages:\n  a:\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("cmd: python a.py", "run.stage('a', 'python a.py', cwd='d')"),
        ("cmd: [x, y]", "run.stage('a', 'x\\ny', cwd='d')"),
        ("cmd: t ${p.q}", "run.stage('a', 't '~free:params:p.q, cwd='d')"),
        ("cmd: t \\${p}", "run.stage('a', 't ${p}', cwd='d')"),
        ("cmd: t\n    wdir: ../w", "run.stage('a', 't', cwd='w')"),
        ("cmd: t\n    wdir: ${w}", "run.stage('a', 't', cwd='d/'~free:params:w)"),
        ("cmd: t\n    deps: [x, y: {z: 1}]", "run.stage('a', 't', cwd='d', deps=list('x', 'y'))"),
        ("cmd: t\n    outs:\n    - x: {persist: true}\n    - y: {cache: false}", "list('x', 'y'), persist=list('x'), uncached=list('y'))"),
        ("cmd: t\n    metrics: [m.json]\n    plots: [p.csv]", "cwd='d', metrics=list('m.json'), plots=list('p.csv'))"),
        ("cmd: t\n    params: [a.b, other.yaml: [c]]", "params=list('a.b', 'other.yaml'))"),
        ("cmd: t\n    frozen: true", "cwd='d', frozen=bool:True())"),
        ("cmd: t ${x}\n    vars: [x: 1]", "run.stage('a', 't 1', cwd='d')"),
        ("foreach: [u, v]\n    do: {cmd: 't ${item}'}", "run.stage('a@v', 't v', cwd='d')"),
        ("foreach: {k: {n: 1}}\n    do: {cmd: 't ${key} ${item.n}'}", "run.stage('a@k', 't k 1', cwd='d')"),
        ("foreach: ${sets}\n    do: {cmd: 't ${item}'}", "run.stage('a@*', 't '~free:params:sets[], cwd='d')"),
        ("matrix: {m: [p, q], n: [1]}\n    cmd: t ${item.m} ${item.n}", "run.stage('a@q-1', 't q 1', cwd='d')"),
    ],
)
def test_dvc_stage(body: str, expected: str) -> None:
    assert effects(facts("dvc", f"{DVC}    {body}\n", "d/dvc.yaml"))[-1].endswith(expected)


def test_dvc_variables_of_the_file() -> None:
    text = "vars:\n- top: ../..\n- n:\n    m: x${top}\n- params.yaml\nstages:\n  a:\n    cmd: t ${n.m} ${u}\n    outs: ['${top}/o']\n"
    assert effects(facts("dvc", text, "dvc.yaml")) == ["run.stage('a', 't x../.. '~free:params:u, cwd='.', outs=list('../../o'))"]


def test_dvc_variables_that_name_each_other_end() -> None:
    assert "free:params:" in effects(facts("dvc", "vars: [{a: '${b}', b: '${a}'}]\nstages: {s: {cmd: '${a}'}}", "dvc.yaml"))[0]


def test_dvc_counts_a_flood_of_stages() -> None:
    axes = ", ".join(f"a{n}: [1,2,3,4,5,6,7,8,9]" for n in range(6))
    found = facts("dvc", f"stages: {{s: {{matrix: {{{axes}}}, cmd: t}}}}", "dvc.yaml")
    assert (len(effects(found)), problems(found)) == (500, ["more than 500 stages"])


def test_dvc_pins_and_artifacts() -> None:
    assert effects(facts("dvc", "outs:\n- md5: a\n  path: x.csv\n", "d/x.csv.dvc")) == ["run.tracked('x.csv', cwd='d')"]
    imported = "deps: [{path: r.csv, repo: {url: u}}]\nouts: [{path: x}]\n"
    assert effects(facts("dvc", imported, "x.dvc")) == ["run.tracked('x', cwd='.', deps=list('r.csv', 'u'))"]
    lock = "schema: '2.0'\nstages: {a: {cmd: t, outs: [{path: o, md5: b}]}}"
    assert effects(facts("dvc", lock, "dvc.lock")) == ["run.tracked('o', cwd='.')"]
    named = "artifacts: {m: {path: m.pkl, type: model}}"
    assert effects(facts("dvc", named, "dvc.yaml")) == ["run.artifact('m', 'm.pkl', 'model')"]


def test_dvc_lines_and_comments() -> None:
    found = facts("dvc", "stages:\n  a:\n    # coupling: ok\n    cmd: |\n      t\n", "dvc.yaml")
    command = next(value for value in found.values if value.text == "t\n")
    assert (command.line, found.comments[0].line, lines(found)) == (5, 3, [2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b c\n\tt\n", "run.stage('a', 't', cwd='d', deps=list('b', 'c'), outs=list('a'))"),
        (".PHONY: a\na:\n\tt\n", "run.stage('a', 't', cwd='d')"),
        ("X := v\na:\n\tt $(X) ${X} $$Y\n", "run.stage('a', 't v v $Y', cwd='d', outs=list('a'))"),
        ("X ?= v\nX += w\na:\n\tt $(X)\n", "run.stage('a', 't v w', cwd='d', outs=list('a'))"),
        ("X = $(Y)\nY = z\na:\n\tt $(X)\n", "run.stage('a', 't z', cwd='d', outs=list('a'))"),
        ("a: b\n\tt $@ $< $^\n", "run.stage('a', 't a b b', cwd='d', deps=list('b'), outs=list('a'))"),
        ("a:\n\tt $(U)/x\n", "run.stage('a', 't '~free:U~'/x', cwd='d', outs=list('a'))"),
        ("%.o: %.i\n\tt $<\n", "run.stage('%.o', 't '~free:stem~'.i', cwd='d', deps=list(free:stem~'.i'), outs=list(free:stem~'.o'))"),
        ("a: ; t\n", "run.stage('a', 't', cwd='d', outs=list('a'))"),
        ("a:\n\t@cd x && t\n\tu\n", "run.stage('a', '(cd x && t)\\nu', cwd='d', outs=list('a'))"),
        ("a:\n\tt \\\n\t  x\n", "run.stage('a', 't \\\\\\n  x', cwd='d', outs=list('a'))"),
        ("X = $(addprefix d/,a b)\n$(X):\n\tt $@\n", "run.stage('d/b', 't d/b', cwd='d', outs=list('d/b'))"),
        ("X = a.c\na: $(X:.c=.o)\n", "run.stage('a', '', cwd='d', deps=list('a.o'), outs=list('a'))"),
        ("a: V = 1\na: | b\n\tt\n", "run.stage('a', 't', cwd='d', deps=list('b'), outs=list('a'))"),
        ("ifeq ($(A),b)\nX = 1\nendif\na:\n\tt $(X)\n", "run.stage('a', 't 1', cwd='d', outs=list('a'))"),
        ("X = $(X)$(X)\nY = $(Z)$(Z)\nZ = $(Y)$(Y)\na:\n\tt\n", "run.stage('a', 't', cwd='d', outs=list('a'))"),
    ],
)
def test_make(text: str, expected: str) -> None:
    assert effects(facts("make", text, "d/Makefile"))[-1] == expected


def test_make_keeps_the_line_of_a_recipe() -> None:
    found = facts("make", "X=1\na:\n\tt\n\n\tu\n", "Makefile")
    assert next(value.line for value in found.values if value.text == "t\n\nu") == 3


OTHERS = [
    ("compose", "services: {a: {command: [t, 'b c']}}", "run.stage('a', \"t 'b c'\", cwd='d')"),
    (
        "compose",
        "services: {a: {entrypoint: e, command: c, build: ./x}}",
        "run.stage('a', 'e c', cwd='d/x', build='d/x/Dockerfile', entry='e')",
    ),
    (
        "compose",
        "services: {a: {command: t, volumes: ['./s:/w'], working_dir: /w/u}}",
        "cwd='d/s/u', mounts=dict('/w', './d/s'), workdir='/w/u')",
    ),
    ("compose", "services: {a: {command: t, environment: [D=x, API_KEY=y]}}", "run.stage('a', 't', cwd='d', env=dict('D', 'x'))"),
    (
        "mlproject",
        "entry_points: {m: {command: 't {a} {b}', parameters: {a: {default: x}, b: path}}}",
        "run.stage('m', 't '~free:param:a~' '~free:param:b, cwd='d', params=dict('a', 'x'))",
    ),
    ("ci", "jobs: {j: {steps: [{uses: x}, {name: n, run: t, working-directory: w}]}}", "run.stage('j/n', 't', cwd='w')"),
    ("ci", "env: {A: b}\njobs: {j: {steps: [{run: 't ${{ m.x }}'}]}}", "run.stage('j/1', 't '~free:ci:m.x, cwd='.', env=dict('A', 'b'))"),
    ("ci", "j: {before_script: [a], script: [t, [u]]}", "run.stage('j', 'a\\nt\\nu', cwd='.')"),
    ("ci", "jobs: {j: {steps: [{run: {command: t}}]}}", "run.stage('j/1', 't', cwd='.')"),
    ("ci", "pipelines: {default: [{step: {name: n, script: [t, u]}}]}", "run.stage('n', 't\\nu', cwd='.')"),
    ("ci", "phases: {build: {commands: [t]}}", "run.stage('build', 't', cwd='.')"),
    ("ci", "steps: [{name: n, commands: [t, u]}]", "run.stage('steps/n', 't\\nu', cwd='.')"),
    ("ci", "steps: [{name: n, entrypoint: t, args: [a, 'b c']}]", "run.stage('steps/n', \"t a 'b c'\", cwd='.')"),
    ("dockerfile", "FROM a\nRUN --mount=x t \\\n # no\n u\n", "run.stage('RUN', 't \\\\\\n\\\\\\n u', cwd='d')"),
    (
        "dockerfile",
        'FROM a\nENV A=b KEY=c\nENTRYPOINT ["t"]\nCMD ["x y"]\n',
        "run.stage('ENTRYPOINT', \"t 'x y'\", cwd='d', env=dict('A', 'b'), workdir='/', entry='t')",
    ),
    (
        "dockerfile",
        "FROM a\nWORKDIR /w\nCOPY src .\nCMD t\n",
        "run.stage('CMD', 't', cwd='d/src', workdir='/w', copies=dict('/w', './d/src'))",
    ),
    ("procfile", "# x\nweb: t a\n", "run.stage('web', 't a', cwd='d')"),
    (
        "spacy_project",
        "vars: {v: x}\ncommands: [{name: a, script: ['t ${vars.v}', u], deps: [i], outputs: [o]}]",
        "run.stage('a', 't x\\nu', cwd='d', deps=list('i'), outs=list('o'))",
    ),
    ("spacy_project", "env: {g: GPU}\ncommands: [{name: a, script: ['t ${env.g}']}]", "run.stage('a', 't '~free:GPU, cwd='d')"),
    ("spacy_project", "assets: [{dest: x, url: u, checksum: c}]", "run.tracked('x', cwd='d', deps=list('u'), pinned=bool:True())"),
    ("markdown", "```bash\nt <name>\n```\n", "run.readme('t '~free:name, cwd='d')"),
    ("markdown", "```\n$ t\nout\n```\n", "run.readme('t\\n', cwd='d')"),
    ("text", "--a=1\n# no\n--b\n", "run.flagfile(list('--a=1', '--b'))"),
]


@pytest.mark.parametrize(("kind", "text", "expected"), OTHERS, ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(OTHERS)])
def test_others(kind: str, text: str, expected: str) -> None:
    assert expected in effects(facts(kind, text))[-1]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("markdown", "```python\nx\n```"), ("markdown", "t\n"), ("text", "hello\n--a=1\n"), ("web", "<p>"), ("ci", "jobs: 3")],
)
def test_nothing_to_run(kind: str, text: str) -> None:
    found = facts(kind, text)
    assert (list(found.scopes[0].effects) if found.scopes else [], problems(found)) == ([], [])
