/**
 * @file A chart as a picture that stands alone: its styles, which come from the page's tokens, are written into the elements,
 * and what only reacts to a pointer is left out.
 */

/** Of SVG, those that the charts use. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
] as const;
const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Px around the chart, and for each line below that says what it is of. */
const [MARGIN, LINE] = [12, 17];

/** All of them are inherited but `opacity`: what the parent says already is left out. */
function writeStyles(from: Element, to: Element, parent: CSSStyleDeclaration | null): void {
  const style = getComputedStyle(from);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    const isSaid = name === 'opacity' ? value === '1' : value === parent?.getPropertyValue(name);
    if (isSaid) to.removeAttribute(name);
    else to.setAttribute(name, value);
  }
  to.removeAttribute('class');
  to.removeAttribute('style');
  [...from.children].forEach((child, i) => {
    const copy = to.children[i];
    if (copy) writeStyles(child, copy, style);
  });
}

function add(parent: Element, name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  parent.append(element);
  return element;
}

/** The chart as an SVG file, on the colour of its panel, with `caption` below it. */
export function standaloneSvg(chart: SVGSVGElement, caption: readonly string[]): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  writeStyles(chart, copy, null);
  copy.querySelectorAll('[data-hit]').forEach((element) => element.remove());
  const panel = getComputedStyle(chart.closest('figure') ?? chart);
  const [width, bottom] = [chart.clientWidth + 2 * MARGIN, chart.clientHeight + 2 * MARGIN];
  const height = bottom + (caption.length + 0.3) * LINE;
  const picture = document.createElementNS(NAMESPACE, 'svg');
  picture.setAttribute('xmlns', NAMESPACE);
  picture.setAttribute('width', String(width));
  picture.setAttribute('height', String(height));
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
  add(picture, 'title', {}).textContent = `${chart.getAttribute('aria-label') ?? ''}. ${caption.join(' ')}`;
  add(picture, 'rect', { width, height, fill: panel.backgroundColor });
  const content = add(picture, 'g', { transform: `translate(${MARGIN} ${MARGIN})` });
  for (const { name, value } of copy.attributes) {
    if ((STYLES as readonly string[]).includes(name)) content.setAttribute(name, value);
  }
  content.append(...copy.childNodes);
  const words = getComputedStyle(chart.closest('figure')?.querySelector('figcaption') ?? chart);
  caption.forEach((line, i) => {
    const place = {
      x: MARGIN,
      y: bottom + 4 + i * LINE,
      'font-family': words.fontFamily,
      'font-size': '12px',
    };
    add(picture, 'text', { ...place, fill: words.color }).textContent = line;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
}

/** An SVG file drawn at `scale` times its size. Throws where the browser cannot draw it. */
export async function pngOf(svg: string, scale: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser gave no canvas.');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The browser could not write a PNG.'));
    });
  });
}
