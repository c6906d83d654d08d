// What is drawn: which nodes, and which quiet ones stand together as one box. Comes in: the page's data and what the reader
// chose. Goes out: shapes and links by position. It knows no document.

const FEW = 60, FEW_AROUND = 36, LEAST = 3, LONELY = 12;

// Node numbers in view: without what is drawn only on request, within `around` steps of `seeds` when there are any.
function inView(data, view) {
  const all = data.nodes.map((_, n) => n).filter(n => view.extra || !data.nodes[n].extra || view.seeds.has(n));
  if (!view.around || !view.seeds.size) { return new Set(all); }
  const here = new Set(all), near = lists(data.nodes.length);
  data.edges.forEach(edge => {
    if (edgeInView(edge, view, here)) { near[edge.from].push(edge.to); near[edge.to].push(edge.from); }
  });
  let front = [...view.seeds], reached = new Set(front);
  for (let step = 0; step < view.around; step++) {
    front = front.flatMap(n => near[n]).filter(n => !reached.has(n) && reached.add(n));
  }
  return reached;
}

function edgeInView(edge, view, here) {
  return here.has(edge.from) && here.has(edge.to) && (view.extra || !edge.extra || (view.seeds.has(edge.from) && view.seeds.has(edge.to)));
}

// The folders a node lies in, outermost first: "s3://b/x/y/" gives "s3://b/", "s3://b/x/", "s3://b/x/y/".
function homes(home) {
  const out = [], scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/?/.exec(home);
  let at = scheme ? scheme[0].length : 0;
  if (at) { out.push(home.slice(0, at)); }
  for (let n = at; n < home.length; n++) { if (home[n] === '/' || n === home.length - 1) { out.push(home.slice(0, n + 1)); } }
  return out;
}

// Which box each node belongs to: its own number, or the key of a folder.
function folded(data, numbers, view) {
  const own = new Map(numbers.map(n => [n, n]));
  if (!view.fold) { return own; }
  const quiet = numbers.filter(n => !data.nodes[n].loop && !data.nodes[n].mark && !view.seeds.has(n));
  const chains = new Map(quiet.map(n => [n, view.fold === 'owner' ? [data.nodes[n].owner].filter(Boolean) : homes(data.nodes[n].home || '')]));
  const deepest = Math.max(1, ...[...chains.values()].map(chain => chain.length));
  let boxes = own;
  for (let depth = deepest; depth > 0; depth--) {
    boxes = boxed(data, quiet, chains, depth, view, own);
    if (new Set(boxes.values()).size <= (view.around ? FEW_AROUND : FEW)) { break; }
  }
  return boxes;
}

function boxed(data, quiet, chains, depth, view, own) {
  const groups = new Map(), boxes = new Map(own);
  for (const n of quiet) {
    const chain = chains.get(n);
    let at = Math.min(depth, chain.length) - 1;
    while (at >= 0 && at < chain.length && view.open.has(keyOf(data.nodes[n].kind, chain[at]))) { at += 1; }
    const home = chain.length === 0 ? (depth === 1 ? '' : null) : at < chain.length ? chain[at] : null;
    if (home === null || (home === '' && view.open.has(keyOf(data.nodes[n].kind, '')))) { continue; }
    const key = keyOf(data.nodes[n].kind, home);
    if (!groups.has(key)) { groups.set(key, []); }
    groups.get(key).push(n);
  }
  for (const [key, members] of groups) {
    if (members.length >= (key.endsWith('|') ? LONELY : LEAST)) { members.forEach(n => boxes.set(n, key)); }
  }
  return boxes;
}

function keyOf(kind, home) { return kind + '|' + home; }

const NAMES = { asset: ['data set', 'data sets'], model: ['model', 'models'], unit: ['script', 'scripts'], route: ['route', 'routes'] };

// The scene: shapes {key, members, node or home}, links {from, to, edges} between positions, and where each node went.
function scene(data, view) {
  const here = inView(data, view), numbers = [...here].sort((a, b) => a - b), boxes = folded(data, numbers, view);
  const shapes = [], place = new Map(), spots = new Map();
  for (const n of numbers) {
    const box = boxes.get(n), key = typeof box === 'number' ? 'n' + box : box;
    if (!place.has(key)) { place.set(key, shapes.length); shapes.push({ key, members: [], node: typeof box === 'number' ? data.nodes[n] : null }); }
    shapes[place.get(key)].members.push(n);
    spots.set(n, place.get(key));
  }
  shapes.filter(shape => !shape.node).forEach(shape => { shape.group = groupOf(data, shape); });
  return { shapes, links: linksOf(data, view, here, spots), spots };
}

function groupOf(data, shape) {
  const [kind, home] = [shape.key.slice(0, shape.key.indexOf('|')), shape.key.slice(shape.key.indexOf('|') + 1)];
  const count = shape.members.length + ' ' + (NAMES[kind] || [kind, kind])[1];
  return { kind, main: home || 'without a folder', rest: count, name: (home || 'without a folder') + ', ' + count, form: 'group', members: shape.members };
}

function linksOf(data, view, here, spots) {
  const links = new Map();
  data.edges.forEach((edge, number) => {
    if (!edgeInView(edge, view, here)) { return; }
    const from = spots.get(edge.from), to = spots.get(edge.to);
    if (from === to && edge.from !== edge.to) { return; }
    const key = from + '>' + to + (edge.mark || '');
    if (!links.has(key)) { links.set(key, { from, to, edges: [] }); }
    links.get(key).edges.push(number);
  });
  return [...links.values()].map(link => described(data, link));
}

function described(data, link) {
  const edges = link.edges.map(number => data.edges[number]), kinds = new Map();
  edges.forEach(edge => kinds.set(edge.kind, (kinds.get(edge.kind) || 0) + 1));
  const label = edges.length === 1 ? edges[0].label : [...kinds].map(([kind, n]) => n > 1 ? kind + ' × ' + n : kind).join(', ');
  return Object.assign(link, {
    label, loop: edges.some(edge => edge.loop), mark: edges[0].mark || '', guess: edges.every(edge => edge.guess),
  });
}
