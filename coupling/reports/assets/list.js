// The list at the left: findings and names, filtered as one types, walked by keys.

const texts = entries.map((entry, n) => (entry.textContent + ' ' + articles[n].textContent).toLowerCase());

function filter() {
  const parts = $('search').value.toLowerCase().split(/\s+/).filter(Boolean), fits = text => parts.every(part => text.includes(part));
  let left = 0;
  entries.forEach((entry, n) => { entry.parentNode.hidden = !fits(texts[n]); left += entry.parentNode.hidden ? 0 : 1; });
  const names = data.nodes.map((_, n) => n).filter(n => parts.length ? fits((data.nodes[n].name + ' ' + data.nodes[n].kind + ' ' + (data.nodes[n].owner || '')).toLowerCase()) : data.nodes[n].kind === 'model');
  $('names-title').textContent = (parts.length ? 'Names' : 'Models') + ' (' + names.length + ')';
  $('names').hidden = !names.length;
  all('ul', $('names'))[0].replaceChildren(...capped(names, n => make('li', {}, nameButton(n))));
  stop(all('.name'), all('.name')[0]);
  if (!entries.some(entry => entry.tabIndex === 0 && entry.offsetParent)) { stop(entries, entries.find(entry => entry.offsetParent)); }
  say(parts.length ? left + (left === 1 ? ' finding, ' : ' findings, ') + names.length + (names.length === 1 ? ' name' : ' names') : '');
}

function nameButton(n) {
  const node = data.nodes[n], mark = node.mark ? node.mark.replace('-', '−') + ' ' : '';
  const made = button('', () => chooseNode(n), 'name ' + node.kind);
  made.addEventListener('keydown', event => rove(all('.name'), event));
  made.append(make('span', { class: 'what' }, mark + node.main), make('span', { class: 'rest' }, node.rest || ''));
  return made;
}

// One stop for the tab key in a list: its arrows walk on.
function rove(items, event) {
  const shown = items.filter(each => each.offsetParent), at = shown.indexOf(event.currentTarget);
  const next = { ArrowDown: shown[at + 1], ArrowUp: shown[at - 1], Home: shown[0], End: shown[shown.length - 1] }[event.key];
  if (next) { event.preventDefault(); stop(items, next); next.focus(); }
  return next;
}

function stop(items, item) { items.forEach(each => { each.tabIndex = each === item ? 0 : -1; }); }

entries.forEach((entry, number) => {
  entry.addEventListener('click', event => { event.preventDefault(); chooseFinding(number); });
  entry.addEventListener('keydown', event => {
    const next = rove(entries, event);
    if (next) { chooseFinding(entries.indexOf(next)); }
    if (event.key === 'ArrowRight') { event.preventDefault(); chooseFinding(number); step(articles[number], 1, true); }
  });
});

$('search').addEventListener('input', filter);
$('search').addEventListener('keydown', event => {
  const first = [...entries, ...all('.name')].find(each => each.offsetParent);
  if ((event.key === 'ArrowDown' || event.key === 'Enter') && first) { event.preventDefault(); first.focus(); first.click(); }
});
