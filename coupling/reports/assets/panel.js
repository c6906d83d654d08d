// The right side for what is no finding: a node, an arrow or a folder, with what flows in and out and the lines that prove it.
// Comes in: data and what is chosen. Goes out: elements. Texts are only ever set as text.

const MOST = 200;

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === 'onclick') { made.addEventListener('click', value); } else { made.setAttribute(key, value); }
  }
  made.append(...children.filter(child => child !== null && child !== ''));
  return made;
}

function button(text, onclick, name) { return make('button', { type: 'button', class: name || 'link', onclick }, text); }

function rowsOf(rows) {
  const full = rows.filter(([, value]) => value);
  return full.length ? make('dl', {}, ...full.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)])) : '';
}

function stepsOf(data, numbers, more) {
  const items = (numbers || []).map(number => {
    const [where, text] = data.spans[number];
    return make('li', {}, make('span', { class: 'where' }, where), text ? make('pre', {}, make('code', {}, text)) : '');
  });
  if (more) { items.push(make('li', {}, more + ' more')); }
  return items.length ? make('ol', { class: 'steps' }, ...items) : '';
}

function capped(items, made) {
  const shown = items.slice(0, MOST).map(made);
  return items.length > MOST ? [...shown, make('li', {}, (items.length - MOST) + ' more')] : shown;
}

function aboutNode(data, number, act) {
  const node = data.nodes[number], into = [], out = [];
  data.edges.forEach((edge, n) => {
    if (edge.to === number) { into.push([n, edge.from]); }
    if (edge.from === number) { out.push([n, edge.to]); }
  });
  const findings = data.findings.map((_, n) => n).filter(n => data.findings[n].some(e => e >= 0 && (data.edges[e].from === number || data.edges[e].to === number)));
  return [
    make('p', { class: 'tag' }, [kindName(node.kind), node.type === node.kind ? '' : node.type, node.mark === '+' ? '+ added' : node.mark ? '− removed' : ''].filter(Boolean).join(' · ')),
    make('h3', {}, node.name),
    make('p', { class: 'steps-around' }, 'Draw ', ...[1, 2, 3].map(n => button(n === 1 ? '1 step' : n + ' steps', () => act.around(n), 'small')), ' around it'),
    rowsOf([['owner', node.owner], ['certainty', node.certainty], ['tags', (node.tags || []).join(', ')]]),
    ...flowsOf(data, 'Comes from', into, act), ...flowsOf(data, 'Goes to', out, act),
    ...(findings.length ? [make('h4', {}, 'On findings'), make('ul', { class: 'flow-list' }, ...findings.map(n => make('li', {}, button(act.message(n), () => act.finding(n)))))] : []),
    ...(node.at ? [make('h4', {}, 'In the code'), stepsOf(data, node.at)] : []),
  ];
}

function flowsOf(data, title, rows, act) {
  if (!rows.length) { return []; }
  return [make('h4', {}, `${title} (${rows.length})`), make('ul', { class: 'flow-list' }, ...capped(rows, ([edge, other]) => make('li', {},
    make('span', { class: 'what' }, flowText(data.edges[edge]) + ' '), make('span', { class: 'kind' }, kindName(data.nodes[other].kind) + ' '), button(data.nodes[other].name, () => act.node(other)), ' ',
    button('how', () => act.edges([edge]), 'small'))))];
}

function kindName(kind) { return NAMES[kind] ? NAMES[kind][0] : kind; }

function flowText(edge) { return (edge.mark ? edge.mark.replace('-', '−') + ' ' : '') + edge.label; }

function aboutEdges(data, numbers, act) {
  const first = data.edges[numbers[0]];
  const head = numbers.every(n => data.edges[n].from === first.from && data.edges[n].to === first.to);
  return [
    make('p', { class: 'tag' }, numbers.length === 1 ? 'flow' : numbers.length + ' flows'),
    ...(head ? [make('h3', {}, data.nodes[first.from].name + ' → ' + data.nodes[first.to].name)] : [make('h3', {}, 'Flows between folders')]),
    ...numbers.slice(0, 30).flatMap(number => oneEdge(data, data.edges[number], act)),
    numbers.length > 30 ? make('p', {}, (numbers.length - 30) + ' more') : '',
  ];
}

function oneEdge(data, edge, act) {
  return [
    make('h4', {}, button(data.nodes[edge.from].name, () => act.node(edge.from)), ' ', flowText(edge) + ' → ', button(data.nodes[edge.to].name, () => act.node(edge.to))),
    ...(edge.details || []).flatMap(detail => [rowsOf([['in', detail.unit], ...(detail.rows || [])]), stepsOf(data, detail.steps, detail.more)]),
    edge.more ? make('p', {}, edge.more + ' more like it') : '',
  ];
}

function aboutGroup(data, group, act) {
  return [
    make('p', { class: 'tag' }, 'folder'), make('h3', {}, group.main), make('p', {}, group.rest + ', drawn as one'),
    make('p', {}, button('Unfold', act.unfold, 'big')),
    make('ul', { class: 'flow-list' }, ...capped(group.members, n => make('li', {}, button(data.nodes[n].name, () => act.node(n))))),
  ];
}

function tableOf(board, data) {
  const name = shape => (shape.node || shape.group).name;
  const head = make('tr', {}, ...['from', 'flow', 'to', ''].map(text => make('th', { scope: 'col' }, text)));
  const rows = board.scene.links.slice().sort((a, b) => b.loop - a.loop).map(link => make('tr', {},
    ...[name(board.scene.shapes[link.from]), (link.mark ? link.mark + ' ' : '') + link.label, name(board.scene.shapes[link.to]),
      [link.loop ? 'on a finding' : '', link.guess ? 'guess' : ''].filter(Boolean).join(', ')].map(text => make('td', {}, text))));
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows));
}
