"""The shell lowering: one line of shell, one line of what it says."""

from __future__ import annotations

import pytest

from coupling.parsers.shell import mark, parse_text
from tests.parsers.lowered import effects, facts, lines, problems, show

CASES = [
    # words
    ("cp a b", "sh.cp('a', 'b')"),
    ("cp 'a b' \"c d\" e\\ f", "sh.cp('a b', 'c d', 'e f')"),
    ("t --x=$X", "sh.t('--x='~free:X)"),
    ('t "$A $B"', "sh.t(free:A~' '~free:B)"),
    ("t $A/$B/c $A/$B$C/$1/d", "sh.t(free:A~'/'~free:B~'/c', free:A~'/'~free:B~free:C~'/'~param:1~'/d')"),
    ("t > $A/$B/c", "sh.t(>=free:A~'/'~free:B~'/c')"),
    ("t '$A/$B/c'", "sh.t('$A/$B/c')"),
    ("t \"\\$A\" '$A'", "sh.t('$A', '$A')"),
    ("t $'a\\nb'", "sh.t('a\\nb')"),
    ("t {a,b}.csv", "sh.t('a.csv', 'b.csv')"),
    ("t $X/{c,d}", "sh.t(free:X~'/c', free:X~'/d')"),
    ("t x{1..3}", "sh.t('x1', 'x2', 'x3')"),
    ("t $((1+2)) $#", "sh.t(hole:arithmetic, hole:number of arguments)"),
    ('t $1 "$@"', "sh.t(param:1, *=param:@)"),
    ("t $0 ${BASH_SOURCE[0]}", "sh.t(free:__file__, free:__file__)"),
    ("t a \\\n  b", "sh.t('a', 'b')"),
    # variables
    ("X=a; t $X/b", "sh.t('a/b')"),
    ("X=a\nY=$X.csv\nX=b\nt $X $Y", "sh.t('b', 'a.csv')"),
    ("A=1 B=2\nt $A$B", "sh.t('12')"),
    ("X=a; X+=b; t $X", "sh.t('ab')"),
    ("O='--a 1 --b 2'; t $O", "sh.t('--a', '1', '--b', '2')"),
    ('O="--a $X --b"; t $O', "sh.t('--a', free:X, '--b')"),
    ('O="a b"; t "$O"', "sh.t('a b')"),
    ("t ${X:-d}", "sh.t(choose(free:X, free:X, 'd'))"),
    ("X=a; t ${X:-d}", "sh.t('a')"),
    ("X=; t ${X:-d}", "sh.t('d')"),
    (": ${X:=d}; t $X", "sh.t(choose(free:X, free:X, 'd'))"),
    ("F=a/b.csv; t ${F%.csv} ${F##*/} ${F%/*}", "sh.t('a/b', 'b.csv', 'a')"),
    ("t ${F%.csv} ${F/a/b}", "sh.t(sh.param(free:F, '%', '.csv'), sh.param(free:F, '/', 'a', 'b'))"),
    ("t ${X:+y}", "sh.t(choose(free:X, 'y', ''))"),
    ('a=(x y); t "${a[@]}" ${a[0]}', "sh.t(*=list('x', 'y'), item(list('x', 'y'), number:0))"),
    ("a=(x); a+=(y); t ${a[@]}", "sh.t(*=list(star:*(list('x')), 'y'))"),
    ("set -- p q; t $2; ", "sh.t('q')"),
    ("shift; t $1", "sh.t(param:2)"),
    # substitutions
    ("t $(echo a $X)", "sh.t('a '~free:X)"),
    ("t $(pwd)/x", "sh.t('./x')"),
    ("t $(realpath a)", "sh.t('a')"),
    # keywords
    ("t < a > b 2> c", "sh.t(<='a', >='b', 2>='c')"),
    ("t >> a 2>&1", "sh.t(>>='a')"),
    ("t &> a", "sh.t(>='a')"),
    ('t <<< "$X"', "sh.t(<<<=free:X)"),
    ("t <<EOF\na $X\nEOF\n", "sh.t(<<='a '~free:X~'\\n')"),
    ("t <<'EOF'\na $X\nEOF\n", "sh.t(<<='a $X\\n')"),
    ("A=1 B=$X t", "sh.t($A='1', $B=free:X)"),
    ("export A=1", "sh.export($A='1')"),
    (". ./env.sh", "sh.source('./env.sh')"),
    # the working directory
    ("cd d; t", "sh.t(@cwd='d')"),
    ("cd a/b; cd ..; t", "sh.t(@cwd='a')"),
    ("cd a; cd ..; t", "sh.t()"),
    ("D=x; cd $D; cd ..; t", "sh.t()"),
    ("cd $D/a; cd ..; t", "sh.t(@cwd=free:D)"),
    ("pushd a; popd; t", "sh.t()"),
    ("cd a; cd -; t", "sh.t()"),
    ("(cd a && t)", "sh.t(@cwd='a')"),
    ("(cd a); t", "sh.t()"),
    # programs that run programs
    ("sudo -u me env A=1 nohup t a &", "sh.t('a', $A='1', @via='nohup')"),
    ("poetry run python3 a.py", "sh.python('a.py', @via='poetry run')"),
    ("uv run --with x python -m a.b", "sh.python('-m', 'a.b', @via='uv run')"),
    ("conda run -n e python a.py", "sh.python('a.py', @via='conda run')"),
    ("time python3.11 a.py", "sh.python('a.py', @via='time')"),
    ("timeout 10 t", "sh.t(@via='timeout')"),
    (
        "docker run --rm -v a:b -w /w img python a.py",
        "sh.python('a.py', @cwd='/w', @inside=list('--rm', '-v', 'a:b', '-w', '/w', 'img'), @via='docker img')",
    ),
    ("docker run img", "sh.docker('run', 'img')"),
    ("accelerate launch --n 8 t.py --o m", "sh.python('t.py', '--o', 'm', @via='accelerate launch')"),
    ("python -m torch.distributed.launch --n 2 t.py a", "sh.python('t.py', 'a', @via='python -m torch.distributed.launch')"),
    (".venv/bin/python a.py", "sh.python('a.py')"),
    ("$PY a.py b", "sh.python('a.py', 'b')"),
    ("${PY:-python3} a.py", "sh.python('a.py')"),
    ("./a.py x", "sh.python('./a.py', 'x')"),
    ("./a.sh x", "sh.bash('./a.sh', 'x')"),
    ("bin/tool x", "sh.tool('x')"),
    ('eval "t $X"', "sh.t(free:X)"),
    ("bash -c 'cd a && t' > o", "sh.t(>='o', @cwd='a')"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_last_command(text: str, expected: str) -> None:
    assert effects(facts("shell", text))[-1] == expected


def test_pipes_hand_over_the_command_before() -> None:
    assert effects(facts("shell", "a x | b > o")) == ["sh.a('x')", "sh.b(>='o', |=sh.a('x'))"]


def test_a_here_document_can_be_piped_on() -> None:
    assert effects(facts("shell", "cat <<E | t > z\nhi\nE\n")) == ["sh.cat(<<='hi\\n')", "sh.t(>='z', |=sh.cat(<<='hi\\n'))"]


def test_if_makes_guards_and_choices() -> None:
    found = facts("shell", "if [ -f x ]; then M=a; t; else M=b; fi\nu $M")
    assert effects(found) == ["sh.t() if guard:then(sh.test('-f', 'x'), -)", "sh.u(choose(sh.test('-f', 'x'), 'a', 'b'))"]


def test_elif_nests() -> None:
    found = facts("shell", "if p; then M=a; elif q; then M=b; else M=c; fi; u $M")
    assert effects(found)[-1] == "sh.u(choose(sh.p(), 'a', choose(sh.q(), 'b', 'c')))"
    assert effects(found)[1] == "sh.q() if guard:else(sh.p(), -)"


def test_a_test_guards_what_follows_it_but_steps_do_not() -> None:
    assert effects(facts("shell", "[ -f x ] && t")) == ["sh.t() if guard:then(sh.test('-f', 'x'), -)"]
    assert effects(facts("shell", "a && b")) == ["sh.a()", "sh.b()"]
    assert effects(facts("shell", "a || b")) == ["sh.a()", "sh.b() if guard:else(sh.a(), -)"]


def test_case_joins() -> None:
    assert effects(facts("shell", "case $1 in a|b) M=1;; *) M=2;; esac; t $M"))[-1] == "sh.t(join('1', '2'))"
    assert effects(facts("shell", "M=0; case $1 in a) M=1;; esac; t $M"))[-1] == "sh.t(join('0', '1'))"


def test_for_is_one_element() -> None:
    assert effects(facts("shell", "for f in a b *.csv; do t $f > $f.o; done")) == [
        "sh.t(iter(list('a', 'b', '*.csv')), >=iter(list('a', 'b', '*.csv'))~'.o')"
    ]
    assert effects(facts("shell", "for f; do t $f; done")) == ["sh.t(iter(list(star:*(param:@))))"]


def test_what_a_loop_changes_is_a_loop_value() -> None:
    found = facts("shell", "X=a\nwhile p; do t $X; X=$X-b; done\nu $X")
    assert effects(found) == ["sh.p()", "sh.t(loop:X)", "sh.u(loop:X)"]
    loop = next(value for value in found.values if value.op == "loop")
    assert [show(found, part) for part in loop.parts] == ["'a'", "loop:X~'-b'"]


def test_read_takes_the_input_of_the_loop() -> None:
    assert effects(facts("shell", "while read l; do t $l; done < in.txt"))[-1] == "sh.t(sh.read('l', <='in.txt'))"
    assert effects(facts("shell", "cat f | while read l; do t $l; done"))[-1] == "sh.t(sh.read('l', |=sh.cat('f')))"


def test_arguments_shifted_in_a_loop_are_any_argument() -> None:
    found = facts("shell", "while [ $# -gt 0 ]; do case $1 in --x) X=$2; shift;; esac; shift; done; t $X")
    loop = next(value for value in found.values if value.op == "loop")
    assert "iter(param:@)" in show(found, loop.parts[1])


def test_functions_are_scopes() -> None:
    found = facts("shell", 'f() { local z=$1; echo "d/$z"; }\ny=$(f q)\nt $y')
    assert effects(found)[-1] == "sh.t(func:1('q'))"
    scope = found.scopes[1]
    assert (scope.kind, scope.name, [param.name for param in scope.params]) == ("function", "f", ["1"])
    assert [show(found, value) for value in scope.returns] == ["sh.echo('d/'~param:1)"]


def test_a_function_sees_the_names_of_the_script() -> None:
    found = facts("shell", "f() { g $D; }\ng() { t; }\nD=x\nf")
    assert effects(found, 1) == ["free:g()(free:D)"]
    assert dict(found.scopes[0].names).keys() == {"f()", "g()", "D"}


def test_xargs_and_find_hand_items_over() -> None:
    assert effects(facts("shell", "cat l | xargs -I% mv % d/%"))[-1] == (
        "sh.mv(iter(sh.cat('l')), 'd/'~iter(sh.cat('l')), |=sh.cat('l'), @via='xargs')"
    )
    assert effects(facts("shell", "find . -exec cp {} o/ \\;"))[-1].startswith("sh.cp(iter(sh.find('.'")


def test_the_folder_of_the_script() -> None:
    found = facts("shell", 'D="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\nt $D/a')
    assert effects(found)[-1] == "sh.t(sh.dirname(free:__file__)~'/a')"


def test_marks_are_free_names_even_in_single_quotes() -> None:
    found = parse_text("f", f"t {mark('params:a')}/x '{mark('b')}'", line=7, cwd="w")
    assert effects(found) == ["sh.t(free:params:a~'/x', free:b, @cwd='w')"]
    assert lines(found) == [7]


def test_lines_and_comments() -> None:
    found = facts("shell", "#!/bin/sh\n\na\n# coupling: ignore loop\nb \\\n c\n")
    assert lines(found) == [3, 5]
    assert [(comment.line, comment.text) for comment in found.comments] == [(4, "ignore loop")]


def test_another_language_and_bad_syntax_are_problems() -> None:
    assert problems(facts("shell", "#!/usr/bin/env perl\nx")) == ["a script for perl, not a shell"]
    assert problems(facts("shell", "a; if (((; b")) == ["shell syntax that is not understood"]


@pytest.mark.parametrize(
    "text", ["$(" * 5000, "(" * 20000, "a | " * 20000, "${x:-" * 5000, "x=$x$x\n" * 5000, "x=a$y\n" + "x=$x$x\n" * 200]
)
def test_hostile_texts_end(text: str) -> None:
    assert len(facts("shell", text).values) < 50_000
