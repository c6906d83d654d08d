// Where shapes stand and how arrows run: layers.py and layout.py for the browser, which lays out again whenever a folder
// opens. Comes in: a number of shapes and links. Goes out: places and ways. A test keeps it equal to the Python modules, so
// both compute with the same steps in the same order. It knows no document.

const SIZE = { width: 176, height: 44, gapX: 124, gapY: 26, margin: 24, bend: 10, beside: 18, port: 12, parts: 34, grid: 4, lens: 32, room: 30 };
const SWEEPS = 12, MAX_BENDS = 20000, MAX_RINGS = 12, MAX_RING_NODES = 120, ROUNDS = 10;

function place(count, links) {
  const places = new Array(count), ways = new Array(links.length), lonely = [];
  let top = SIZE.margin, columns = 0;
  for (const [nodes, numbers] of partsOf(count, links)) {
    if (!numbers.length) { lonely.push(...nodes); continue; }
    top = putPart(nodes, numbers, links, top, places, ways) + SIZE.parts;
    columns = nodes.reduce((most, node) => Math.max(most, 1 + places[node].layer), columns);
  }
  const wide = Math.max(columns, Math.min(lonely.length, SIZE.grid)), step = SIZE.height + SIZE.gapY;
  lonely.forEach((node, index) => {
    const layer = index % wide;
    places[node] = { x: xOf(layer), y: top + SIZE.height / 2 + Math.floor(index / wide) * step, layer };
  });
  const bottom = lonely.length ? top + Math.ceil(lonely.length / wide) * step - SIZE.gapY : top - SIZE.parts;
  const width = 2 * SIZE.margin + Math.max(1, wide) * (SIZE.width + SIZE.gapX) - SIZE.gapX;
  return { places, ways, width, height: Math.max(bottom, SIZE.height) + SIZE.margin };
}

function xOf(layer) { return SIZE.margin + SIZE.width / 2 + layer * (SIZE.width + SIZE.gapX); }

function lists(count) { return Array.from({ length: count }, () => []); }

function partsOf(count, links) {
  const root = Array.from({ length: count }, (_, node) => node);
  function topOf(node) {
    while (root[node] !== node) { root[node] = root[root[node]]; node = root[node]; }
    return node;
  }
  for (const [a, b] of links) {
    const one = topOf(a), other = topOf(b);
    root[Math.max(one, other)] = Math.min(one, other);
  }
  const parts = new Map();
  for (let node = 0; node < count; node++) {
    if (!parts.has(topOf(node))) { parts.set(topOf(node), [[], []]); }
    parts.get(topOf(node))[0].push(node);
  }
  links.forEach(([a], number) => parts.get(topOf(a))[1].push(number));
  return [...parts.values()].sort((a, b) => b[0].length - a[0].length || a[0][0] - b[0][0]);
}

function putPart(nodes, numbers, links, top, places, ways) {
  const local = new Map(nodes.map((node, index) => [node, index]));
  const own = numbers.map(number => [local.get(links[number][0]), local.get(links[number][1])]);
  const layers = arrange(nodes.length, own);
  const high = layers.layer.map((_, item) => item < nodes.length ? SIZE.height : SIZE.bend);
  const ys = heights(layers, high);
  const loop = own.some(([a, b]) => a === b) ? SIZE.height / 2 : 0;
  const least = ys.reduce((low, y, item) => Math.min(low, y - high[item] / 2), Infinity);
  const down = ys.map(y => Math.floor(y - least + top + loop + 0.5));
  const lens = lensesOf(layers.chains), made = waysOf(own, layers, down, lens);
  const over = [...lens.keys()].reduce((most, number) => Math.max(most, top + SIZE.room - made[number][1][1]), 0);
  nodes.forEach((node, index) => { places[node] = { x: xOf(layers.layer[index]), y: down[index] + over, layer: layers.layer[index] }; });
  made.forEach((way, index) => { ways[numbers[index]] = way.map(([x, y]) => [x, y + over]); });
  const low = [...lens.keys()].reduce((most, number) => Math.max(most, made[number][1][1] + SIZE.room), 0);
  return down.reduce((most, y, item) => Math.max(most, y + high[item] / 2), low) + over;
}

function arrange(count, links) {
  const back = ringsOf(count, links, backOf(count, links));
  const ahead = links.map(([a, b], number) => back.has(number) ? [b, a] : [a, b]);
  const layer = layersOf(count, ahead), chains = chainsOf(ahead, layer);
  const [left, right] = neighbours(layer.length, chains);
  return { rows: ordered(firstRows(layer, left, right), left, right), chains, back, layer, left, right };
}

function backOf(count, links) {
  const out = lists(count), entered = new Array(count).fill(0), state = new Array(count).fill(0), back = new Set();
  links.forEach(([source, target], number) => {
    if (source !== target) { out[source].push(number); entered[target] += 1; }
  });
  const roots = Array.from({ length: count }, (_, node) => node).sort((a, b) => (entered[a] > 0) - (entered[b] > 0) || a - b);
  for (const root of roots) {
    const stack = state[root] ? [] : [[root, 0]];
    state[root] = state[root] || 1;
    while (stack.length) {
      const frame = stack[stack.length - 1], number = out[frame[0]][frame[1]++];
      if (number === undefined) { state[frame[0]] = 2; stack.pop(); continue; }
      const target = links[number][1];
      if (state[target] === 1) { back.add(number); } else if (!state[target]) { state[target] = 1; stack.push([target, 0]); }
    }
  }
  return back;
}

function ringsOf(count, links, back) {
  if (count > MAX_RING_NODES) { return back; }
  const led = new Set(links.map(([, target]) => target));
  for (const number of [...back].sort((a, b) => a - b).slice(0, MAX_RINGS)) {
    const way = wayOf(count, links, back, links[number][1], links[number][0]);
    const second = new Set(way.slice(Math.floor((way.length + 2) / 2)).map(each => links[each][1])), half = new Set(back);
    links.forEach(([a, b], each) => { if (second.has(b) && led.has(a) && a !== b) { half.add(each); } });
    if (half.size !== back.size && isAcyclic(count, links, half)) { back = half; }
  }
  return back;
}

function wayOf(count, links, back, start, end) {
  const out = lists(count), came = new Map([[start, -1]]), queue = [start], way = [];
  links.forEach(([source], number) => { if (!back.has(number)) { out[source].push(number); } });
  for (const node of queue) {
    for (const number of out[node]) {
      const target = links[number][1];
      if (!came.has(target)) { came.set(target, number); queue.push(target); }
    }
  }
  while (came.has(end) && came.get(end) >= 0) { way.push(came.get(end)); end = links[came.get(end)][0]; }
  return way.reverse();
}

function isAcyclic(count, links, back) {
  const out = lists(count), waiting = new Array(count).fill(0), ready = [];
  links.forEach(([a, b], number) => {
    if (a === b) { return; }
    const [source, target] = back.has(number) ? [b, a] : [a, b];
    out[source].push(target);
    waiting[target] += 1;
  });
  waiting.forEach((number, node) => { if (!number) { ready.push(node); } });
  for (const node of ready) { for (const target of out[node]) { if (!--waiting[target]) { ready.push(target); } } }
  return ready.length === count;
}

function layersOf(count, ahead) {
  const out = lists(count), entered = new Array(count).fill(0), layer = new Array(count).fill(0), order = [], ready = [];
  for (const [source, target] of ahead) {
    if (source !== target) { out[source].push(target); entered[target] += 1; }
  }
  const waiting = entered.slice();
  waiting.forEach((number, node) => { if (!number) { ready.push(node); } });
  while (ready.length) {
    const node = ready.pop();
    order.push(node);
    for (const target of out[node]) {
      layer[target] = Math.max(layer[target], layer[node] + 1);
      if (!--waiting[target]) { ready.push(target); }
    }
  }
  for (const node of order.reverse()) {
    if (out[node].length > entered[node]) { layer[node] = out[node].reduce((low, target) => Math.min(low, layer[target]), Infinity) - 1; }
  }
  return layer;
}

function chainsOf(ahead, layer) {
  let bends = 0;
  return ahead.map(([source, target]) => {
    const far = layer[target] - layer[source], chain = [source];
    if (bends + far <= MAX_BENDS) {
      for (let at = layer[source] + 1, end = layer[target]; at < end; at++) { chain.push(layer.length); layer.push(at); bends += 1; }
    }
    chain.push(target);
    return source === target ? [] : chain;
  });
}

function neighbours(count, chains) {
  const left = lists(count), right = lists(count);
  for (const chain of chains) {
    for (let at = 1; at < chain.length; at++) { right[chain[at - 1]].push(chain[at]); left[chain[at]].push(chain[at - 1]); }
  }
  return [left, right];
}

function firstRows(layer, left, right) {
  const rows = lists(layer.reduce((most, at) => Math.max(most, at), -1) + 1), seen = new Array(layer.length).fill(false);
  const roots = layer.map((_, item) => item).sort((a, b) => layer[a] - layer[b] || a - b);
  for (const root of roots) {
    const stack = [root];
    while (stack.length) {
      const item = stack.pop();
      if (seen[item]) { continue; }
      seen[item] = true;
      rows[layer[item]].push(item);
      stack.push(...[...right[item], ...left[item]].reverse());
    }
  }
  return rows;
}

function ordered(rows, left, right) {
  const spot = new Array(left.length).fill(0);
  const number = row => row.forEach((item, index) => { spot[item] = index; });
  const copy = () => rows.map(row => row.slice());
  rows.forEach(number);
  let best = copy(), fewest = crossings(rows, right, spot);
  for (let sweep = 0; sweep < SWEEPS && (sweep === 0 || fewest); sweep++) {
    const near = sweep % 2 ? right : left;
    for (const row of sweep % 2 ? rows.slice().reverse() : rows) {
      const wish = new Map(row.map(item => [item, near[item].length ? sumOf(near[item], spot) / near[item].length : spot[item]]));
      row.sort((a, b) => wish.get(a) - wish.get(b) || spot[a] - spot[b]);
      number(row);
    }
    const now = crossings(rows, right, spot);
    if (now < fewest) { best = copy(); fewest = now; }
  }
  return best;
}

function sumOf(items, values) { return items.reduce((total, item) => total + values[item], 0); }

function crossings(rows, right, spot) {
  let total = 0;
  for (const row of rows) {
    const seen = [];
    for (const item of row) {
      for (const end of right[item].map(other => spot[other]).sort((a, b) => a - b)) {
        let low = 0, high = seen.length;
        while (low < high) { const middle = (low + high) >> 1; if (seen[middle] <= end) { low = middle + 1; } else { high = middle; } }
        total += seen.length - low;
        seen.splice(low, 0, end);
      }
    }
  }
  return total;
}

function heights(layers, high) {
  const { rows, left, right } = layers, ys = new Array(high.length).fill(0);
  rows.forEach(row => spread(row, row.map(() => 0), high, ys));
  for (let turn = 0; turn < ROUNDS; turn++) {
    const last = turn === ROUNDS - 1;
    for (const row of turn % 2 ? rows.slice().reverse() : rows) {
      spread(row, row.map(item => {
        const near = last ? [...left[item], ...right[item]] : (turn % 2 ? right : left)[item];
        return near.length ? sumOf(near, ys) / near.length : ys[item];
      }), high, ys);
    }
  }
  return ys;
}

function spread(row, wishes, high, ys) {
  const offsets = [], blocks = [];
  let offset = 0;
  row.forEach((item, index) => {
    if (index) {
      const before = high[row[index - 1]];
      offset += (before + high[item]) / 2 + (high[item] !== before ? SIZE.beside : before === SIZE.height ? SIZE.gapY : SIZE.bend);
    }
    offsets.push(offset);
    let total = wishes[index] - offset, size = 1;
    while (blocks.length && blocks[blocks.length - 1][0] / blocks[blocks.length - 1][1] > total / size) {
      const [sum, many] = blocks.pop();
      total += sum; size += many;
    }
    blocks.push([total, size]);
  });
  let index = 0;
  for (const [total, size] of blocks) {
    for (let n = 0; n < size; n++, index++) { ys[row[index]] = total / size + offsets[index]; }
  }
}

function waysOf(links, layers, ys, lens) {
  const leaving = new Map(), coming = new Map(), shifts = [new Array(links.length), new Array(links.length)];
  const note = (map, node, entry) => { if (!map.has(node)) { map.set(node, []); } map.get(node).push(entry); };
  layers.chains.forEach((chain, number) => {
    if (!chain.length) { return; }
    note(leaving, chain[0], [ys[chain[1]], number]);
    note(coming, chain[chain.length - 1], [ys[chain[chain.length - 2]], number]);
  });
  [leaving, coming].forEach((map, side) => map.forEach(entries => {
    const step = Math.min(SIZE.port, (SIZE.height - 12) / Math.max(1, entries.length - 1));
    entries.sort((a, b) => a[0] - b[0] || a[1] - b[1]).forEach(([, number], index) => {
      shifts[side][number] = Math.floor((index - (entries.length - 1) / 2) * step + SIZE.height + 0.5) - SIZE.height;
    });
  }));
  const half = SIZE.width / 2;
  return layers.chains.map((chain, number) => {
    if (!chain.length) { return ring(layers.layer[links[number][0]], ys[links[number][0]]); }
    const first = chain[0], last = chain[chain.length - 1];
    const start = [xOf(layers.layer[first]) + half, ys[first] + shifts[0][number]];
    const end = [xOf(layers.layer[last]) - half, ys[last] + shifts[1][number]], points = [start];
    for (const bend of chain.slice(1, -1)) {
      points.push([xOf(layers.layer[bend]) - half, ys[bend]], [xOf(layers.layer[bend]) + half, ys[bend]]);
    }
    if (lens.has(number)) {
      const x = Math.floor((start[0] + end[0]) / 2), y = Math.floor((ys[first] + ys[last] + lens.get(number)) / 2);
      points.push([x - SIZE.bend, y], [x + SIZE.bend, y]);
    }
    points.push(end);
    return layers.back.has(number) ? points.reverse() : points;
  });
}

function lensesOf(chains) {
  const pairs = new Map(), out = new Map();
  chains.forEach((chain, number) => {
    if (chain.length !== 2) { return; }
    if (!pairs.has(chain.join())) { pairs.set(chain.join(), []); }
    pairs.get(chain.join()).push(number);
  });
  for (const row of pairs.values()) {
    if (row.length > 1) { row.forEach((number, index) => out.set(number, (2 * index - row.length + 1) * SIZE.lens)); }
  }
  return out;
}

function ring(layer, y) {
  const x = xOf(layer), top = y - SIZE.height / 2;
  return [[x + SIZE.width / 4, top], [x + SIZE.width / 2 - 12, top]];
}
