// The state: what is chosen and what is drawn, and keeping list, graph and details in step. Findings and hops are in the
// document; hops.js, list.js, pointing.js and start.js tell this part what the reader does.

const data = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const all = (query, root) => Array.from((root || document).querySelectorAll(query));
const entries = all('a.finding'), articles = all('article'), stage = $('stage'), about = $('about');
const view = { extra: false, around: 0, fold: data.nodes.length > FEW ? 'folder' : '', seeds: new Set(), open: new Set() };
const chosen = { finding: -1, nodes: [], edges: [], hop: null };
const SMALLEST = 0.66, READABLE = 0.8;
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
  const picked = n => chosen.finding < 0 && chosen.nodes.some(m => board.scene.spots.get(m) === n);
  board.shapes.forEach((shape, n) => shape.classList.toggle('picked', picked(n)));
  board.svg.classList.toggle('of-finding', chosen.finding >= 0);
  board.shapes.forEach((shape, n) => shape.setAttribute('aria-pressed', String(picked(n))));
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
  setZoom(whole >= SMALLEST ? Math.min(1.15, whole) : part >= SMALLEST ? Math.min(READABLE, part) : READABLE);
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

// Bring into sight what is lit, or what was picked and the beginning of the loop where that is too much.
function reveal() {
  const lit = litPlaces(), picked = board.layout.places.filter((_, n) => board.shapes[n].classList.contains('picked'));
  if (!lit.length) { return; }
  const half = SIZE.width / 2 * zoom + 12, span = (places, axis) => [Math.min(...places.map(at => at[axis] * zoom)), Math.max(...places.map(at => at[axis] * zoom))];
  const fits = places => places.length && span(places, 'x')[1] - span(places, 'x')[0] + 2 * half <= stage.clientWidth && span(places, 'y')[1] - span(places, 'y')[0] + 120 <= stage.clientHeight;
  const places = [lit, picked].find(fits) || [picked[0] || firstPlace() || lit[0]];
  const [left, right] = span(places, 'x'), [top, bottom] = span(places, 'y');
  bring('scrollLeft', stage.clientWidth, left - half, right + half);
  bring('scrollTop', stage.clientHeight, top - 60, bottom + 60);
}

// Where the finding begins.
function firstPlace() {
  const first = (data.findings[chosen.finding] || []).find(edge => edge >= 0);
  return first === undefined ? null : board.layout.places[board.scene.spots.get(data.edges[first].from)];
}

function bring(side, size, low, high) {
  if (low >= stage[side] && high <= stage[side] + size) { return; }
  stage[side] = high - low > size ? low : (low + high - size) / 2;
}

// ---- choosing

function show(node) {
  articles.forEach((article, n) => article.classList.toggle('on', n === chosen.finding));
  entries.forEach((entry, n) => { if (n === chosen.finding) { entry.setAttribute('aria-current', 'true'); } else { entry.removeAttribute('aria-current'); } });
  if (entries[chosen.finding]) { stop(entries, entries[chosen.finding]); }
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
  if (number >= 0 && !quietly) { try { history.replaceState(null, '', '#finding-' + number); } catch { /* a host's frame has no address */ } }
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

function fillTable() { all('div', $('flows'))[0].replaceChildren(tableOf(board, data)); }
