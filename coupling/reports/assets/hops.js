// Walking the hops of a finding, by keys and buttons; the arrow of each hop stands out in the graph.

function hopsOf(article) { return all('.hop', article); }

function hopTo(item, focus) {
  const leg = item.closest('[data-leg]'), article = item.closest('article'), row = data.findings[chosen.finding] || [];
  all('.now').forEach(old => old.classList.remove('now'));
  item.classList.add('now');
  chosen.hop = item;
  stop(hopsOf(article), item);
  const hops = hopsOf(article);
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
  const hops = hopsOf(article), at = hops.indexOf(chosen.hop), round = article.dataset.loop === '1';
  let next = at < 0 ? (by > 0 ? 0 : hops.length - 1) : at + by;
  if (round) { next = (next + hops.length) % hops.length; }
  if (hops[next]) { hopTo(hops[next], focus); }
  return Boolean(hops[next]);
}

articles.forEach((article, number) => {
  const hops = hopsOf(article);
  stop(hops, hops[0]);
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
