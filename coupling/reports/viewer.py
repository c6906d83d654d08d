"""The viewer's style and script, constant text without anything of a repository. ``html`` puts them into its page."""

STYLE = """
:root{color-scheme:light dark;--ink:#1d1d1f;--back:#fff;--soft:#f3f3f5;--line:#8a8a8e;--quiet:#5c5c60;--hot:#b3261e;--hotback:#fde2e1;
  --new:#1b6e3c}
@media(prefers-color-scheme:dark){:root{--ink:#ececee;--back:#18181a;--soft:#242427;--line:#8e8e93;--quiet:#b0b0b5;--hot:#ff8a80;
  --hotback:#4a1f1d;--new:#7bd49b}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.45 system-ui,sans-serif;color:var(--ink);background:var(--back)}
header,footer{padding:.6rem 1rem}h1{font-size:1.15rem;margin:0}h2{font-size:1rem;margin:.6rem 0}h3{font-size:1rem;margin:.2rem 0}
header p{margin:.2rem 0;color:var(--quiet)}.warn{color:var(--hot);font-weight:600}
main{display:grid;grid-template-columns:minmax(15rem,1fr) minmax(20rem,3fr) minmax(18rem,1.6fr);border-top:1px solid var(--line);
  border-bottom:1px solid var(--line)}
main>*{padding:.6rem 1rem;min-width:0}main>*+*{border-left:1px solid var(--line)}
@media(max-width:70rem){main{grid-template-columns:1fr}main>*+*{border-left:0;border-top:1px solid var(--line)}}
input[type=search]{width:100%;font:inherit;padding:.35rem .5rem;color:inherit;background:var(--back);border:1px solid var(--line);
  border-radius:.3rem}
ol.findings{list-style:none;margin:.5rem 0;padding:0}
.findings button{display:block;width:100%;text-align:left;font:inherit;color:inherit;background:none;border:0;
  border-left:4px solid transparent;padding:.4rem .6rem;cursor:pointer;overflow-wrap:anywhere}
.findings button:hover{background:var(--soft)}.findings button[aria-pressed=true]{background:var(--soft);border-left-color:var(--hot)}
.tag{font-size:.85em;font-weight:600}.error .tag{color:var(--hot)}.accepted{opacity:.75}
:focus-visible{outline:3px solid #3b82f6;outline-offset:1px}
.scroll{overflow:auto;max-height:75vh}svg{display:block;font:12px system-ui,sans-serif}
.node path,.node rect,.node polygon{fill:var(--back);stroke:var(--line);stroke-width:1.2}.node text{fill:var(--ink);text-anchor:middle}
.node{cursor:pointer}.arrow path{fill:none;stroke:var(--line);stroke-width:1.2}
.arrow text{fill:var(--quiet);font-size:10px;text-anchor:middle}
.arrow.guess path{stroke-dasharray:2 4}.arrow.minus path,.node.minus path,.node.minus rect,.node.minus polygon{stroke-dasharray:7 4}
.arrow.plus path,.node.plus path,.node.plus rect,.node.plus polygon{stroke:var(--new);stroke-width:3}
.loop path,.loop rect,.loop polygon{stroke:var(--hot);stroke-width:2.6}
.node.loop path,.node.loop rect,.node.loop polygon{fill:var(--hotback)}
marker path{fill:var(--line)}
.chosen .node:not(.on),.chosen .arrow:not(.on){opacity:.22}.arrow.on path{stroke:var(--hot);stroke-width:3}.arrow.now path{stroke-width:6}
.arrow text{display:none}.arrow.on text,.arrow:hover text,.arrow.plus text,.arrow.minus text{display:block}
[data-view=before] .plus,[data-view=after] .minus{display:none}
ol.hops{padding-left:1.6rem}.hops li{margin:.3rem 0;padding:.25rem .4rem;border-radius:.3rem}
.hops li:focus,.hops li.now{background:var(--soft)}
.where{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
pre{margin:.2rem 0;padding:.35rem .5rem;overflow:auto;background:var(--soft);border-radius:.3rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem;margin:.4rem 0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.js article{display:none}.js article.on{display:block}table{border-collapse:collapse;width:100%}
td,th{border:1px solid var(--line);padding:.2rem .5rem;text-align:left;overflow-wrap:anywhere}
.empty{color:var(--quiet)}[hidden]{display:none!important}
@media print{.js article{display:block}main{display:block}.scroll{max-height:none}}
"""

SCRIPT = """
(function () {
  'use strict';
  var doc = document, body = doc.body;
  function all(query, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(query)); }
  var buttons = all('.findings button'), articles = all('article'), boards = all('svg.board');
  var search = doc.getElementById('search'), status = doc.getElementById('status');
  doc.documentElement.classList.add('js');

  function ids(element, name) {
    return (element.getAttribute(name) || '').split(' ').filter(Boolean);
  }
  function light(names) {
    boards.forEach(function (board) {
      all('.on, .now', board).forEach(function (item) { item.classList.remove('on', 'now'); });
      board.classList.toggle('chosen', names.length > 0);
    });
    mark(names, 'on');
  }
  function mark(names, name) {
    names.forEach(function (id) {
      var item = doc.getElementById(id);
      if (item) { item.classList.add(name); }
    });
  }
  function choose(index) {
    buttons.forEach(function (button, n) { button.setAttribute('aria-pressed', String(n === index)); });
    articles.forEach(function (article, n) { article.classList.toggle('on', n === index); });
    var article = articles[index];
    if (!article) { light([]); return; }
    light(ids(article, 'data-lit'));
    var first = doc.querySelector('svg.board:not([hidden]) .node.on');
    if (first && first.scrollIntoView) { first.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
    history.replaceState(null, '', '#' + article.id);
  }
  function hop(item) {
    all('svg.board .now').forEach(function (old) { old.classList.remove('now'); });
    mark(ids(item, 'data-arrow'), 'now');
  }
  function move(items, current, step, around) {
    var shown = items.filter(function (item) { return item.offsetParent !== null; });
    var next = shown.indexOf(current) + step;
    if (around) { next = (next + shown.length) % shown.length; }
    if (shown[next]) { shown[next].focus(); }
  }
  function keys(event, items, around) {
    var step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) { event.preventDefault(); move(items, event.currentTarget, step, around); }
  }
  buttons.forEach(function (button, index) {
    button.addEventListener('click', function () { choose(index); });
    button.addEventListener('keydown', function (event) { keys(event, buttons, false); });
  });
  articles.forEach(function (article) {
    var items = all('.hops li', article), around = article.getAttribute('data-loop') === '1';
    items.forEach(function (item) {
      item.addEventListener('focus', function () { hop(item); });
      item.addEventListener('keydown', function (event) { keys(event, items, around); });
    });
  });
  function filter() {
    var words = search.value.toLowerCase().split(/\\s+/).filter(Boolean), left = 0;
    buttons.forEach(function (button) {
      var text = button.getAttribute('data-text').toLowerCase();
      var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
      button.parentNode.hidden = !fits;
      left += fits ? 1 : 0;
    });
    status.textContent = left + ' of ' + buttons.length + ' shown';
  }
  search.addEventListener('input', filter);
  function node(item) {
    var lit = [item.id];
    all('.arrow', item.parentNode).forEach(function (arrow) {
      var ends = ids(arrow, 'data-ends');
      if (ends.indexOf(item.id) >= 0) { lit = lit.concat(arrow.id, ends); }
    });
    choose(-1);
    light(lit);
    search.value = item.getAttribute('data-name');
    filter();
  }
  all('svg.board .node').forEach(function (item) {
    item.addEventListener('click', function () { node(item); });
    item.addEventListener('keydown', function (event) {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); node(item); }
    });
  });
  all('input[name=detail]').forEach(function (radio) {
    radio.addEventListener('change', function () {
      boards.forEach(function (board) { board.toggleAttribute('hidden', board.id !== radio.value); });
    });
  });
  all('input[name=view]').forEach(function (radio) {
    radio.addEventListener('change', function () { body.setAttribute('data-view', radio.value); });
  });
  doc.addEventListener('keydown', function (event) {
    if (event.key === '/' && event.target !== search) { event.preventDefault(); search.focus(); }
    if (event.key === 'Escape') { search.value = ''; filter(); choose(-1); }
  });
  var start = articles.findIndex(function (article) { return '#' + article.id === location.hash; });
  choose(start >= 0 ? start : articles.length ? 0 : -1);
}());
"""
