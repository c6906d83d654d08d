// Pointing and keys in the graph.

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
