// The page: what is chosen, the keys, and keeping list, graph and details in step. Findings and hops are in the document.

const data = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const all = (query, root) => Array.from((root || document).querySelectorAll(query));
const entries = all('a.finding'), articles = all('article'), stage = $('stage'), about = $('about');
const view = { extra: false, around: 0, fold: data.nodes.length > FEW ? 'folder' : '', seeds: new Set(), open: new Set() };
const chosen = { finding: -1, nodes: [], edges: [], hop: null };
const SMALLEST = 0.66, READABLE = 0.9;
let board = null, zoom = 1, current = 0;

document.documentElement.classList.add('js');

// ---- the graph

function redraw() {
  if (!stage) { return; }
  board = draw(data, scene(data, view));
  stage.replaceChildren(board.svg);
  current = Math.max(0, board.scene.shapes.findIndex(shape => chosen.nodes.some(n => shape.members.includes(n))));
  if (board.shapes[current]) { board.shapes[current].setAttribute('tabindex', '0'); }
  relight();
  fit();
  if ($('flows').open) { fillTable(); }
}

function relight() {
  if (!board) { return; }
  const edges = new Set(chosen.finding >= 0 ? data.findings[chosen.finding] : chosen.edges), nodes = new Set(), arrows = new Set(), legs = new Map();
  board.scene.links.forEach((link, n) => {
    if (link.edges.some(edge => edges.has(edge))) { arrows.add(n); nodes.add(link.from); nodes.add(link.to); }
  });
  if (chosen.finding < 0 && chosen.nodes.length) {
    const spots = new Set(chosen.nodes.map(n => board.scene.spots.get(n)));
    board.scene.links.forEach((link, n) => {
      if (spots.has(link.from) || spots.has(link.to)) { arrows.add(n); nodes.add(link.from); nodes.add(link.to); }
    });
  }
  chosen.nodes.forEach(n => { if (board.scene.spots.has(n)) { nodes.add(board.scene.spots.get(n)); } });
  if (chosen.finding >= 0) { numberLegs(data.findings[chosen.finding], legs); }
  light(board, nodes, arrows, legs);
  board.shapes.forEach((shape, n) => shape.setAttribute('aria-pressed', String(nodes.has(n) && chosen.nodes.some(m => board.scene.spots.get(m) === n))));
}

function numberLegs(row, legs) {
  const many = row.length > 1;
  row.forEach((edge, leg) => {
    const link = board.scene.links.findIndex(each => each.edges.includes(edge));
    if (link >= 0 && many) { legs.set(link, [...(legs.get(link) || []), leg + 1]); }
  });
}

// The whole picture where it can be read, else what is lit.
function fit() {
  const wide = stage.clientWidth - 4, high = Math.max(stage.clientHeight - 4, 200), { width, height } = board.layout;
  const whole = Math.min(wide / width, high / height), lit = litPlaces(), room = SIZE.width + 40;
  const xs = lit.map(at => at.x), ys = lit.map(at => at.y);
  const part = lit.length ? Math.min(wide / (Math.max(...xs) - Math.min(...xs) + room), high / (Math.max(...ys) - Math.min(...ys) + 150)) : READABLE;
  setZoom(whole < SMALLEST ? Math.min(READABLE, Math.max(SMALLEST, part)) : Math.min(1.15, whole));
  reveal();
}

function litPlaces() {
  const name = chosen.hop === null ? 'on' : 'now';
  return board.layout.places.filter((_, n) => board.shapes[n].classList.contains(name));
}

function setZoom(value, x, y) {
  const before = zoom, px = x === undefined ? stage.clientWidth / 2 : x, py = y === undefined ? stage.clientHeight / 2 : y;
  zoom = Math.min(3, Math.max(0.1, value));
  board.svg.setAttribute('width', Math.round(board.layout.width * zoom));
  board.svg.setAttribute('height', Math.round(board.layout.height * zoom));
  stage.scrollLeft = (stage.scrollLeft + px) * zoom / before - px;
  stage.scrollTop = (stage.scrollTop + py) * zoom / before - py;
}

// Bring what is lit, or the arrow of the hop, into sight.
function reveal() {
  const lit = litPlaces();
  if (!lit.length) { return; }
  const xs = lit.map(at => at.x * zoom), ys = lit.map(at => at.y * zoom), half = SIZE.width / 2 * zoom + 12;
  bring('scrollLeft', stage.clientWidth, Math.min(...xs) - half, Math.max(...xs) + half);
  bring('scrollTop', stage.clientHeight, Math.min(...ys) - 60, Math.max(...ys) + 60);
}

function bring(side, size, low, high) {
  if (low >= stage[side] && high <= stage[side] + size) { return; }
  stage[side] = high - low > size ? low : (low + high - size) / 2;
}

// ---- choosing

function show(node) {
  articles.forEach((article, n) => article.classList.toggle('on', n === chosen.finding));
  entries.forEach((entry, n) => { if (n === chosen.finding) { entry.setAttribute('aria-current', 'true'); } else { entry.removeAttribute('aria-current'); } });
  about.hidden = !node;
  about.replaceChildren(...(node || []));
  $('details').scrollTop = 0;
}

function choose(next, panel) {
  Object.assign(chosen, { finding: -1, nodes: [], edges: [], hop: null }, next);
  const seeds = chosen.finding >= 0 ? ends(data.findings[chosen.finding]) : chosen.nodes.length ? chosen.nodes : chosen.edges.length ? ends(chosen.edges) : [];
  const hidden = seeds.some(n => !board || !board.scene.spots.has(n)), folder = chosen.group;
  view.seeds = new Set(folder ? [] : seeds);
  show(panel);
  const boxed = !folder && board && seeds.some(n => board.scene.spots.has(n) && !board.scene.shapes[board.scene.spots.get(n)].node);
  if (hidden || boxed || (view.around && !folder)) { redraw(); } else if (board) { relight(); reveal(); }
  all('.now', stage || document).forEach(item => item.classList.remove('now'));
}

function ends(edges) { return [...new Set(edges.filter(e => e >= 0).flatMap(e => [data.edges[e].from, data.edges[e].to]))]; }

function chooseFinding(number, quietly) {
  choose({ finding: number, group: null }, null);
  if (number >= 0 && !quietly) { history.replaceState(null, '', '#finding-' + number); }
}

function chooseNode(number) {
  choose({ nodes: [number], group: null }, aboutNode(data, number, act));
}

function chooseEdges(numbers) { choose({ edges: numbers, group: null }, aboutEdges(data, numbers, act)); }

function chooseShape(number) {
  const shape = board.scene.shapes[number];
  if (shape.node) { chooseNode(shape.members[0]); } else { choose({ nodes: shape.members, group: shape.key }, aboutGroup(data, shape.group, act)); }
}

// Open a folder, and the one in it as long as that holds the same.
function unfold() {
  let key = chosen.group;
  const first = chosen.nodes[0], size = chosen.nodes.length;
  while (key) {
    view.open.add(key);
    const { shapes } = scene(data, view), inner = shapes.find(shape => shape.members.includes(first));
    key = !inner.node && inner.members.length === size ? inner.key : null;
  }
  if (!chosen.group) { return; }
  chosen.group = null;
  redraw();
  focusShape(current);
}

const act = {
  node: chooseNode, edges: chooseEdges, finding: number => chooseFinding(number), unfold,
  message: number => entries[number].querySelector('.message').textContent,
  around: steps => setAround(steps),
};

function setAround(steps) {
  if (!stage) { return; }
  view.around = steps;
  $('around').value = String(steps);
  redraw();
  say(steps ? board.scene.shapes.length + ' shapes within ' + steps + (steps === 1 ? ' step' : ' steps') : 'everything is drawn');
}

function say(text) { $('status').textContent = text; }

// ---- hops

function hopTo(item, focus) {
  const leg = item.closest('[data-leg]'), article = item.closest('article'), row = data.findings[chosen.finding] || [];
  all('.now').forEach(old => old.classList.remove('now'));
  item.classList.add('now');
  chosen.hop = item;
  const hops = all('.hop', article);
  const output = article.querySelector('.walk output');
  if (output) { output.textContent = 'hop ' + (hops.indexOf(item) + 1) + ' of ' + hops.length; }
  const edge = leg ? row[Number(leg.dataset.leg)] : -1;
  if (board) {
    board.scene.links.forEach((link, n) => {
      if (!link.edges.includes(edge)) { return; }
      for (const part of [board.arrows[n], board.shapes[link.from], board.shapes[link.to]]) { part.classList.add('now'); }
    });
    reveal();
  }
  if (focus) { item.focus(); } else { item.scrollIntoView({ block: 'nearest' }); }
}

function step(article, by, focus) {
  const hops = all('.hop', article), at = hops.indexOf(chosen.hop), round = article.dataset.loop === '1';
  let next = at < 0 ? (by > 0 ? 0 : hops.length - 1) : at + by;
  if (round) { next = (next + hops.length) % hops.length; }
  if (hops[next]) { hopTo(hops[next], focus); }
  return Boolean(hops[next]);
}

articles.forEach((article, number) => {
  const hops = all('.hop', article);
  if (hops.length > 1) {
    const walk = make('p', { class: 'walk', role: 'group', 'aria-label': 'Walk' }, button('‹ back', () => step(article, -1), 'small'),
      make('output', {}, hops.length + ' hops'), button('next hop ›', () => step(article, 1), 'small'));
    article.querySelector('.legs').before(walk);
  }
  hops.forEach(item => {
    item.addEventListener('focus', () => { if (chosen.hop !== item) { hopTo(item, false); } });
    item.addEventListener('click', () => hopTo(item, false));
    item.addEventListener('keydown', event => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.target !== item || !by) { return; }
      event.preventDefault();
      if (!step(article, by, true) && by < 0) { entries[number].focus(); }
    });
  });
});

// ---- the list

const texts = entries.map((entry, n) => (entry.textContent + ' ' + articles[n].textContent).toLowerCase());

function filter() {
  const parts = $('search').value.toLowerCase().split(/\s+/).filter(Boolean), fits = text => parts.every(part => text.includes(part));
  let left = 0;
  entries.forEach((entry, n) => { entry.parentNode.hidden = !fits(texts[n]); left += entry.parentNode.hidden ? 0 : 1; });
  const names = data.nodes.map((_, n) => n).filter(n => parts.length ? fits((data.nodes[n].name + ' ' + data.nodes[n].kind + ' ' + (data.nodes[n].owner || '')).toLowerCase()) : data.nodes[n].kind === 'model');
  $('names-title').textContent = (parts.length ? 'Names' : 'Models') + ' (' + names.length + ')';
  $('names').hidden = !names.length;
  all('ul', $('names'))[0].replaceChildren(...capped(names, n => make('li', {}, nameButton(n))));
  say(parts.length ? left + (left === 1 ? ' finding, ' : ' findings, ') + names.length + (names.length === 1 ? ' name' : ' names') : '');
}

function nameButton(n) {
  const node = data.nodes[n], mark = node.mark ? node.mark.replace('-', '−') + ' ' : '';
  const made = button('', () => chooseNode(n), 'name ' + node.kind);
  made.append(make('span', { class: 'what' }, mark + node.main), make('span', { class: 'rest' }, node.rest || ''));
  return made;
}

entries.forEach((entry, number) => {
  entry.addEventListener('click', event => { event.preventDefault(); chooseFinding(number); });
  entry.addEventListener('keydown', event => {
    const shown = entries.filter(each => each.offsetParent), at = shown.indexOf(entry);
    const next = { ArrowDown: shown[at + 1], ArrowUp: shown[at - 1], Home: shown[0], End: shown[shown.length - 1] }[event.key];
    if (next) { event.preventDefault(); next.focus(); chooseFinding(entries.indexOf(next)); }
    if (event.key === 'ArrowRight') { event.preventDefault(); chooseFinding(number); step(articles[number], 1, true); }
  });
});

$('search').addEventListener('input', filter);
$('search').addEventListener('keydown', event => {
  const first = [...entries, ...all('.name')].find(each => each.offsetParent);
  if ((event.key === 'ArrowDown' || event.key === 'Enter') && first) { event.preventDefault(); first.focus(); first.click(); }
});

// ---- pointing and keys in the graph

function focusShape(number) {
  if (!board.shapes[number]) { return; }
  board.shapes[current].setAttribute('tabindex', '-1');
  current = number;
  board.shapes[number].setAttribute('tabindex', '0');
  board.shapes[number].focus({ preventScroll: true });
  const at = board.layout.places[number];
  bring('scrollLeft', stage.clientWidth, (at.x - SIZE.width / 2) * zoom - 12, (at.x + SIZE.width / 2) * zoom + 12);
  bring('scrollTop', stage.clientHeight, at.y * zoom - 50, at.y * zoom + 50);
}

function beside(number, key) {
  const places = board.layout.places, at = places[number];
  const near = { ArrowRight: ['from', 'to'], ArrowLeft: ['to', 'from'] }[key];
  const far = n => Math.abs(places[n].y - at.y) + Math.abs(places[n].layer - at.layer) * 40;
  const nearest = list => list.sort((a, b) => far(a) - far(b) || a - b)[0];
  if (near) { return nearest(board.scene.links.filter(link => link[near[0]] === number && link[near[1]] !== number).map(link => link[near[1]])); }
  const down = key === 'ArrowDown';
  return nearest(places.map((_, n) => n).filter(n => places[n].layer === at.layer && (down ? places[n].y > at.y : places[n].y < at.y)));
}

function graphKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) { return; }
  const zooms = { '+': 1.25, '=': 1.25, '-': 0.8 }[event.key];
  if (event.key.startsWith('Arrow')) {
    const next = beside(current, event.key);
    if (next !== undefined) { focusShape(next); }
  } else if (event.key === 'Enter' || event.key === ' ') {
    if (chosen.group && board.scene.shapes[current].key === chosen.group) { unfold(); } else { chooseShape(current); focusShape(current); }
  } else if ('0123'.includes(event.key)) { setAround(Number(event.key)); focusShape(current); }
  else if (zooms) { setZoom(zoom * zooms); }
  else if (event.key === 'f') { fit(); }
  else { return; }
  event.preventDefault();
}

if (stage) {
  let drag = null, moved = false;
  stage.addEventListener('click', event => {
    const shape = event.target.closest('[data-node]'), line = event.target.closest('[data-arrow]');
    if (moved) { return; }
    if (shape) { current = Number(shape.dataset.node); chooseShape(current); }
    else if (line) { chooseEdges(board.scene.links[Number(line.dataset.arrow)].edges); }
  });
  stage.addEventListener('dblclick', event => { if (event.target.closest('.group')) { unfold(); } });
  stage.addEventListener('keydown', graphKey);
  stage.addEventListener('focusin', event => {
    const shape = event.target.closest('[data-node]');
    if (shape) { current = Number(shape.dataset.node); }
  });
  stage.addEventListener('wheel', event => {
    if (!event.ctrlKey) { return; }
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    setZoom(zoom * Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  stage.addEventListener('pointerdown', event => {
    moved = false;
    if (event.button === 0 && event.pointerType === 'mouse') { drag = [event.clientX + stage.scrollLeft, event.clientY + stage.scrollTop, event.clientX, event.clientY]; }
  });
  window.addEventListener('pointermove', event => {
    if (!drag) { return; }
    moved = moved || Math.abs(event.clientX - drag[2]) + Math.abs(event.clientY - drag[3]) > 5;
    if (moved) { stage.scrollLeft = drag[0] - event.clientX; stage.scrollTop = drag[1] - event.clientY; }
  });
  window.addEventListener('pointerup', () => { drag = null; });
  $('around').addEventListener('change', event => setAround(Number(event.target.value)));
  $('fold').value = view.fold;
  $('fold').addEventListener('change', event => { view.fold = event.target.value; view.open.clear(); redraw(); });
  if ($('extra')) { $('extra').addEventListener('change', event => { view.extra = event.target.checked; redraw(); }); }
  $('in').addEventListener('click', () => setZoom(zoom * 1.25));
  $('out').addEventListener('click', () => setZoom(zoom * 0.8));
  $('fit').addEventListener('click', fit);
  $('flows').addEventListener('toggle', () => { if ($('flows').open) { fillTable(); } });
  window.addEventListener('resize', () => { clearTimeout(fit.waits); fit.waits = setTimeout(fit, 120); });
}

function fillTable() { all('div', $('flows'))[0].replaceChildren(tableOf(board, data)); }

// ---- the page

all('input[name=view]').forEach(radio => radio.addEventListener('change', () => {
  document.body.dataset.view = radio.value;
  const entry = entries[chosen.finding];
  if (entry && !entry.offsetParent) { chooseFinding(entries.findIndex(each => each.offsetParent)); }
}));
$('theme').addEventListener('change', event => { document.documentElement.dataset.theme = event.target.value; });
$('help').addEventListener('click', () => $('keys').showModal());
$('close').addEventListener('click', () => $('keys').close());
document.addEventListener('keydown', event => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'radio' && event.target.type !== 'checkbox';
  if ($('keys').open || event.ctrlKey || event.metaKey || event.altKey) { return; }
  if (event.key === '/' && !typing) { event.preventDefault(); $('search').focus(); $('search').select(); }
  if (event.key === '?' && !typing) { $('keys').showModal(); }
  if (event.key === 'Escape') {
    if ($('search').value) { $('search').value = ''; filter(); } else if (view.around) { setAround(0); } else { chooseFinding(-1, true); }
  }
});

filter();
const start = articles.findIndex(article => '#' + article.id === location.hash);
if (stage) {
  view.seeds = new Set();
  const first = start >= 0 ? start : articles.length ? 0 : -1;
  if (first >= 0 && scene(data, view).shapes.length > FEW + 20) { view.around = 1; $('around').value = '1'; }
  if (first >= 0) { view.seeds = new Set(ends(data.findings[first])); chosen.finding = first; }
  redraw();
}
chooseFinding(start >= 0 ? start : articles.length ? 0 : -1, start < 0);
document.documentElement.classList.add('ready');
