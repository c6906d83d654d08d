// Every visible text whose contrast with what is behind it is below 4.5, as "ratio text".
(() => {
  const numbers = color => (color.match(/[\d.]+/g) || []).map(Number);
  const light = color => {
    const [r, g, b] = numbers(color).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = element => {
    const shape = element.closest('.node');
    if (element instanceof SVGElement && shape) { return getComputedStyle(shape.querySelector('path')).fill; }
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (numbers(color)[3] !== 0) { return color; }
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility() || element.closest('script, style, title, noscript, option')) { continue; }
    const style = getComputedStyle(element), color = element instanceof SVGElement ? style.fill : style.color;
    const found = ratio(color, behind(element));
    if (found < 4.5) { poor.push(found.toFixed(2) + ' ' + text.slice(0, 40)); }
  }
  return poor;
})()
