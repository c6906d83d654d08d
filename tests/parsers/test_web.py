"""Pages and scripts: which requests, trackers and files the web parser finds in them, and which texts it leaves alone."""

from __future__ import annotations

import time

import pytest

from coupling.core.facts import FileFacts, Value
from coupling.parsers import web


def shown(facts: FileFacts, index: int) -> str:
    value = facts.values[index]
    if value.op == "free":
        return "{" + value.text + "}"
    if value.op == "call":
        return f"{shown(facts, value.parts[0])}({', '.join(shown(facts, p) for p in value.parts[1:])})"
    if value.op in ("concat", "list"):
        return ("" if value.op == "concat" else ",").join(shown(facts, p) for p in value.parts)
    return value.text


def effects(text: str, path: str = "a.html") -> list[str]:
    """``line api arguments``, keywords as ``name=a,b``."""
    facts = web.parse(path, text)
    out = []
    for effect in facts.scopes[0].effects:
        value: Value = facts.values[effect.value]
        words = [f"{k}={shown(facts, p)}" if k else shown(facts, p) for k, p in zip(value.keys, value.parts[1:], strict=True)]
        out.append(" ".join([str(value.line), facts.values[value.parts[0]].text.removeprefix("web."), *words]))
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('fetch("/click/" + item.id)', "1 request GET /click/{item.id}"),
        ("fetch(`/click/${item.id}`, {method: 'POST'})", "1 request POST /click/{item.id}"),
        ("fetch('/f', {method: 'PUT', body: JSON.stringify({id: item.id, k: 'up'})})", "1 request PUT /f keys=id,k page=id literals=up"),
        ("axios.post('/f', {item_id, rating: 5})", "1 request POST /f keys=item_id,rating page=item_id"),
        ("axios({method: 'delete', url: '/f/' + id})", "1 request DELETE /f/{id}"),
        ("$.ajax({url: '/f', type: 'POST', data: {id: x}})", "1 request POST /f keys=id page=id"),
        ("$.getJSON('/top', show)", "1 request GET /top"),
        ("request.open('POST', '/log')", "1 request POST /log"),
        ("navigator.sendBeacon('/seen', data)", "1 request POST /seen"),
        ("const API = '/api/v2'; api.get(`${API}/top`)", "1 request GET /api/v2/top"),
        ("const body = {id: x};\napi.post('/f', body)", "2 request POST /f keys=id page=id"),
        ("const f = new FormData(); f.append('s', n); fetch('/f', {method: 'POST', body: f})", "1 request POST /f keys=s page=s"),
        ("location.href = '/item/' + id", "1 request GET /item/{id}"),
        ("gtag('event', 'select_item', {items: list})", "1 track gtag select_item keys=items"),
        ("dataLayer.push({event: 'buy', sku: s})", "1 track dataLayer.push buy keys=event,sku"),
        ("window.posthog.capture('opened', {id: x})", "1 track posthog.capture opened keys=id"),
        ("mixpanel.track('played')", "1 track mixpanel.track played keys="),
        ("import Row from './Row'", "1 script ./Row"),
        ("const row = require('../row.js')", "1 script ../row.js"),
    ],
)
def test_what_a_script_asks(text: str, expected: str) -> None:
    assert effects(text, "a.js") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "import React from 'react'",
        "app.get('/items', (req, res) => res.json([]))",
        "// fetch('/a')\n/* fetch('/b') */",
        "const text = \"fetch('/a')\"",
        "const pattern = /fetch('x')/g",
        "list.get('name'); map.delete(key)",
        "<p>Don't post this</p>",
    ],
)
def test_what_is_no_request(text: str) -> None:
    assert effects(text, "a.js") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<a href="/item/{{ item.id }}">x</a>', "request GET /item/{item.id}"),
        ("<a href=\"{{ url_for('shop.item', id=item.id) }}\">x</a>", "request GET web.route(shop.item, 1)"),
        ("<a href=\"{% url 'item' item.pk %}\">x</a>", "request GET web.route(item, 1)"),
        ('<form action="/rate"><input name="id" value="{{ i.id }}"><input name="n"></form>', "request GET /rate keys=id,n page=id"),
        ('<form method="post"><button name="vote" value="up"></form>', "request POST  keys=vote literals=up"),
        ('<button hx-post="/like/{{ i.id }}">x</button>', "request POST /like/{i.id}"),
        ("<b onclick=\"fetch('/like/{{ i.id }}', {method: 'POST'})\">x</b>", "request POST /like/{i.id}"),
        ("<b @click=\"axios.post('/like', {id: item.id})\">x</b>", "request POST /like keys=id page=id"),
        ("<a :href=\"'/item/' + item.id\">x</a>", "request GET /item/{item.id}"),
        ("<script>\nfetch('{{ url_for(\"like\") }}')\n</script>", "request GET web.route(like, 0)"),
        ('<script src="{{ url_for("static", filename="a.js") }}"></script>', "script /static/a.js"),
        ("<script src=\"{% static 'js/a.js' %}\"></script>", "script /static/js/a.js"),
        ('{% extends "base.html" %}', "extends base.html"),
        ('{% include "row.html" %}', "include row.html"),
    ],
)
def test_what_a_page_asks(text: str, expected: str) -> None:
    found = [each.partition(" ")[2] for each in effects(text) if " uses " not in each]
    assert found == [expected]


def test_lines_and_variables_of_a_template() -> None:
    text = "{% for item in items %}\n<a href='/a/{{ item.id | lower }}'>\n{{ total }}\n</a>{% endfor %}"
    assert effects(text) == ["1 uses item,items,total", "2 request GET /a/{item.id | lower}"]


def test_comments_and_data_are_no_requests() -> None:
    assert effects("<!-- <a href='/a'> -->") == []
    assert effects('<script type="application/ld+json">{"url": "/a"}</script>') == []


def test_bundles_have_no_facts() -> None:
    assert effects("fetch('/a')", "vendor.min.js") == []
    assert effects("fetch('/a');" + "x" * 30_000, "bundle.js") == []


def test_what_is_too_large_is_a_problem() -> None:
    assert [p.what for p in web.parse("a.html", "x" * (web.MOST_TEXT + 1)).problems] == ["is too large a page to read"]


HOSTILE = ["<!--", "<a ", "{{", "`${", "<script>f(", "'\"", "href={", "<form><input name=a ", "<![CDATA[", "fetch('/a',{"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["a.html", "a.js"])
def test_hostile_text_takes_linear_time(text: str, path: str) -> None:
    lines = "\n".join([text * 500] * (200_000 // (500 * len(text))))
    started = time.perf_counter()
    web.parse(path, lines)
    assert time.perf_counter() - started < 10
