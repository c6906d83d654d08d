// The page: theme, comparison, keys that work everywhere, and the beginning.

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
