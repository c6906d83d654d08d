// Draws a scene as SVG: shapes that can be focused and named aloud, arrows, and labels where there is room.
// Comes in: data, a scene, and what to do when something is chosen. Goes out: a board. Texts are only ever set as text.

const SVG = 'http://www.w3.org/2000/svg', PLAIN_LABELS = 40, LIT_LABELS = 24, LABEL = 22;
const MARKS = { '+': ' plus', '-': ' minus' };
const pen = document.createElement('canvas').getContext('2d');

function element(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes || {})) { made.setAttribute(key, value); }
  made.append(...children);
  return made;
}

function draw(data, sceneNow) {
  const layout = place(sceneNow.shapes.length, sceneNow.links.map(link => [link.from, link.to]));
  const svg = element('svg', { class: 'board', role: 'group', 'aria-label': 'Graph, left to right along the flow',
    viewBox: `0 0 ${layout.width} ${layout.height}` });
  svg.append(heads(), element('g', { class: 'halos' }));
  const arrows = sceneNow.links.map((link, n) => arrow(link, layout.ways[n], n));
  const shapes = sceneNow.shapes.map((shape, n) => node(data, shape, layout.places[n], n));
  const texts = element('g', { class: 'flows', 'aria-hidden': 'true' });
  svg.append(...arrows, ...shapes, texts);
  return { svg, layout, arrows, shapes, texts, halos: svg.querySelector('.halos'), scene: sceneNow };
}

function heads() {
  const defs = element('defs');
  for (const name of ['tip', 'tip-faint', 'tip-on', 'tip-loop', 'tip-plus']) {
    defs.append(element('marker', { id: name, class: name, viewBox: '0 0 9 8', refX: 8.5, refY: 4, markerWidth: 9, markerHeight: 8,
      markerUnits: 'userSpaceOnUse', orient: 'auto' }, element('path', { d: 'M0 0L9 4L0 8z' })));
  }
  return defs;
}

function curve(way) {
  let [[x, y], ...rest] = way, swing = true;
  if (isRing(way)) { return `M${x} ${y}C${x - 8} ${y - 26} ${rest[0][0] + 8} ${y - 26} ${rest[0][0]} ${y}`; }
  let out = `M${x} ${y}`;
  for (const [x2, y2] of rest) {
    const bend = (x2 - x) / 2;
    out += swing ? `C${x + bend} ${y} ${x2 - bend} ${y2} ${x2} ${y2}` : `H${x2}`;
    [x, y, swing] = [x2, y2, !swing];
  }
  return out;
}

function isRing(way) { return way.length === 2 && way[0][1] === way[1][1] && Math.abs(way[1][0] - way[0][0]) < SIZE.gapX; }

function arrow(link, way, number) {
  const line = curve(way), tone = link.loop ? '-loop' : link.mark === '+' ? '-plus' : '';
  const classes = 'arrow' + (link.loop ? ' loop' : '') + (MARKS[link.mark] || '') + (link.guess ? ' guess' : '');
  const title = element('title');
  title.textContent = (link.mark ? link.mark + ' ' : '') + link.label;
  return element('g', { class: classes, 'data-arrow': number }, title, element('path', { class: 'hit', d: line }),
    element('path', { class: 'line', d: line, 'marker-end': `url(#tip${tone})` }));
}

function node(data, shape, at, number) {
  const what = shape.node || shape.group, mark = what.mark ? what.mark.replace('-', '−') + ' ' : '';
  const low = what.form === 'table' ? 3 : what.form === 'group' ? 3 : 0, title = element('title'), room = SIZE.width - (what.form === 'model' ? 34 : 20);
  title.textContent = [what.kind, what.type, what.name].filter(Boolean).join(' ');
  const main = element('text', { y: low - 2 }), rest = element('text', { y: low + 12, class: 'rest' });
  main.textContent = mark + fitted(what.main, room - (mark ? 12 : 0), '650 13px', 0.6);
  rest.textContent = fitted(what.rest || '', room, '10.5px', 0);
  const classes = 'node ' + what.form + (what.loop ? ' loop' : '') + (MARKS[what.mark] || '');
  const spoken = [shape.node ? what.kind : 'folder', what.name, what.loop ? 'on a finding' : '', what.mark === '+' ? 'added' : what.mark ? 'removed' : ''];
  return element('g', { class: classes, transform: `translate(${at.x} ${at.y})`, role: 'button', tabindex: -1, 'data-node': number,
    'aria-label': spoken.filter(Boolean).join(', ') }, title, element('path', { d: data.forms[what.form] }), main, rest);
}

// The text within a width: its beginning and its end tell names apart; `head` is the share of the beginning.
function fitted(text, width, size, head) {
  pen.font = size + ' ' + (fitted.family = fitted.family || getComputedStyle(document.body).fontFamily);
  if (pen.measureText(text).width <= width) { return text; }
  const letters = Array.from(text);
  let low = 0, high = letters.length;
  const cut = keep => letters.slice(0, Math.ceil(keep * head)).join('') + '…' + letters.slice(letters.length - Math.floor(keep * (1 - head))).join('');
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(cut(middle)).width <= width) { low = middle; } else { high = middle - 1; }
  }
  return cut(low);
}

// Light up some arrows and nodes, and put labels on them; `legs` numbers arrows in the order of a finding.
function light(board, nodes, arrows, legs) {
  board.svg.classList.toggle('chosen', nodes.size + arrows.size > 0);
  board.shapes.forEach((shape, n) => shape.classList.toggle('on', nodes.has(n)));
  board.arrows.forEach((each, n) => each.classList.toggle('on', arrows.has(n)));
  const links = board.scene.links, bright = n => arrows.size ? arrows.has(n) : links[n].loop;
  board.halos.replaceChildren(...links.map((_, n) => n).filter(bright).map(n =>
    element('path', { class: 'halo' + (MARKS[links[n].mark] || ''), d: curve(board.layout.ways[n]) })));
  const many = arrows.size > LIT_LABELS && !legs.size;
  const wanted = n => (bright(n) && !many) || links[n].mark || (!arrows.size && links.length <= PLAIN_LABELS);
  const order = links.map((_, n) => n).filter(wanted).sort((a, b) => bright(b) - bright(a) || a - b), taken = [];
  board.texts.replaceChildren(...order.slice(0, 400).map(n => label(board, n, bright(n), legs, taken)).filter(Boolean));
}

function label(board, number, bright, legs, taken) {
  const link = board.scene.links[number], order = legs && legs.get(number);
  const [flow, units] = link.label.split(' · '), head = (order ? order.join(', ') + ' · ' : '') + (link.mark ? link.mark.replace('-', '−') + ' ' : '');
  const lines = [...wrapped(head + flow), units ? shortened(units) : ''].filter(Boolean);
  const box = room(board.layout.ways[number], lines, taken, bright || link.mark);
  if (!box) { return null; }
  taken.push(box);
  const made = element('g', { class: 'flow' + (bright ? ' loop' : '') + (MARKS[link.mark] || '') });
  lines.forEach((line, index) => {
    const text = element('text', { x: box.x, y: box.y + 12 * index - 6 * lines.length + 9 });
    text.textContent = line;
    made.append(text);
  });
  return made;
}

function shortened(line) { return line.length > LABEL ? line.slice(0, 13) + '…' + line.slice(-8) : line; }

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(/(?<=\S) /)) {
    const last = lines[lines.length - 1];
    if (last && (last + ' ' + word).length > LABEL) { lines.push(word); } else { lines[lines.length - 1] = last ? last + ' ' + word : word; }
  }
  return lines.length > 2 ? [lines[0], shortened(lines[1]) + ' …'] : lines.map(shortened);
}

function room(way, lines, taken, loud) {
  const half = Math.min(2.8 * Math.max(...lines.map(line => line.length)), SIZE.gapX / 2), tall = 6.5 * lines.length;
  const boxes = spotsOn(way, tall + 5).map(([x, y]) => ({ x, y, half, tall }));
  const free = boxes.find(box => !taken.some(b => Math.abs(box.x - b.x) < box.half + b.half && Math.abs(box.y - b.y) < box.tall + b.tall));
  return free || (loud ? boxes[0] : null);
}

function spotsOn(way, off) {
  if (isRing(way)) { return [[(way[0][0] + way[1][0]) / 2, way[0][1] - 14 - off]]; }
  const out = [], swings = [];
  if (way.length === 4 && Math.abs(way[2][0] - way[1][0]) < SIZE.width) {
    const up = 2 * way[1][1] < way[0][1] + way[3][1] ? -off : off;
    for (const shift of [up, 0, 2 * up]) { out.push([(way[1][0] + way[2][0]) / 2, way[1][1] + shift]); }
  }
  for (let n = 0; n + 1 < way.length; n += 2) { swings.push([...way[n], ...way[n + 1]]); }
  for (const [x1, y1, x2, y2] of swings) { for (const part of [0.5, 0.34, 0.66]) { out.push([(x1 + x2) / 2, y1 + (y2 - y1) * part]); } }
  for (const [x1, y1, x2, y2] of swings) { for (const shift of [-off, off]) { out.push([(x1 + x2) / 2, (y1 + y2) / 2 + shift]); } }
  return out;
}
