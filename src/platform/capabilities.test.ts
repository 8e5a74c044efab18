import { describe, expect, it } from 'vitest';
import { browserOf, hasRelaxedSimd, hasSimd } from './capabilities.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('browserOf', () => {
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36`, 'Chrome 156'],
    [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`, 'Edge 156'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox 153'],
    [
      'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/27.0 Safari/605.1.15',
      'Safari 27',
    ],
    ['curl/8', 'Unknown browser'],
  ])('%s', (userAgent, expected) => {
    expect(browserOf(userAgent)).toBe(expected);
  });
});

describe('WebAssembly probes', () => {
  it('tell plain SIMD from relaxed SIMD (Node 20 has the first only, later versions both)', () => {
    expect(hasSimd()).toBe(true);
    expect(hasRelaxedSimd()).toBe(Number(process.versions.node.split('.')[0]) >= 22);
  });
});
