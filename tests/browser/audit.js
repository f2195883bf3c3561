// What a person would call broken in a page of text, as a list of sentences: too small, cut off, outside its box, its panel or
// the screen, on top of something else. `least` is the smallest size of text in u (1u = height / 1080).
least => {
  const u = innerHeight / 1080, faults = [], boxes = [], frames = '.tile, .panel, .wall-head, .banner, .strip';
  const visible = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const spoken = element => visible(element) && !element.closest('[aria-hidden=true]');
  const name = ({id, tagName, parentElement, classList}) =>
    id ? `#${id}` : `${parentElement.closest('[id]').id} .${[...classList].join('.') || tagName}`;
  const short = text => `"${text.trim().slice(0, 40)}"`;

  function look(element, text, {left, right, top, bottom}) {
    const style = getComputedStyle(element), size = parseFloat(style.fontSize), middle = (top + bottom) / 2;
    const ink = {left, right, top: middle - size * 0.4, bottom: middle + size * 0.4};
    const say = what => faults.push(`${what}: ${name(element)} ${short(text)}`);
    if (size < least * u * 0.995) say(`text of ${(size / u).toFixed(1)}u`);
    if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) say('outside the screen');
    const own = element.getBoundingClientRect(), frame = element.closest(frames)?.getBoundingClientRect();
    const svg = element.closest('svg');
    if (!svg && style.display !== 'inline' && right > own.right + 2 * u) say(`${Math.round((right - own.right) / u)}u wider than its box`);
    if (frame && (right > frame.right + u || left < frame.left - u)) say('outside its panel');
    for (let outer = element; outer && !outer.matches('.wall'); outer = outer.parentElement) {
      const {overflowX, overflowY} = getComputedStyle(outer), box = outer.getBoundingClientRect();
      if (overflowX !== 'visible' && (ink.left < box.left - u || ink.right > box.right + u)) return say('cut off at a side');
      if (overflowY !== 'visible' && (ink.top < box.top - u || ink.bottom > box.bottom + u)) return say('cut off above or below');
    }
    boxes.push({element, text, ...ink});
  }

  const walker = document.createTreeWalker(document.querySelector('.wall'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || !spoken(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 1 && rect.height > 1) look(node.parentElement, node.data, rect);
  }
  for (const element of document.querySelectorAll('.tile *, .panel *')) {
    const box = element.getBoundingClientRect(), frame = element.closest(frames).getBoundingClientRect();
    if (!element.closest('svg, .map-stack') && box.width > 1 && visible(element) && (box.right > frame.right + u || box.left < frame.left - u))
      faults.push(`sticks out of its panel: ${name(element)} ${short(element.textContent)}`);
  }
  boxes.sort((a, b) => a.left - b.left);
  boxes.forEach((a, i) => {
    for (let j = i + 1; j < boxes.length && boxes[j].left < a.right - 2 * u; j++) {
      const b = boxes[j], deep = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (deep > 2 * u) faults.push(`overlap: ${name(a.element)} ${short(a.text)} and ${name(b.element)} ${short(b.text)}`);
    }
  });
  return [...new Set(faults)];
}
