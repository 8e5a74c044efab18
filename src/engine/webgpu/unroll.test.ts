import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unroll } from './unroll.ts';

describe('unroll', () => {
  it('writes a line once for each index, the last one inner, numbering names and values', () => {
    expect(unroll('a\n  sum_p_q += in_p[q]; // @p @q\nb', { p: 2, q: 2 })).toBe(
      [
        'a',
        ...['0_0 += in_0[0u]', '0_1 += in_0[1u]', '1_0 += in_1[0u]', '1_1 += in_1[1u]'].map(
          (l) => `  sum_${l};`,
        ),
        'b',
      ].join('\n'),
    );
  });
  it('writes a block so, lines of further indices inside it', () => {
    const source = '{ // @q\n  let w = f(q);\n  sum_p_q += w; // @p\n}';
    expect(unroll(source, { p: 2, q: 2 })).toBe(
      [0, 1].map((q) => `{\n  let w = f(${q}u);\n  sum_0_${q} += w;\n  sum_1_${q} += w;\n}`).join('\n'),
    );
  });
  it('ends a block at the brace of its own depth', () => {
    const source = '  { // @q\n    if (a) {\n      b(q);\n    }\n  }\nend';
    expect(unroll(source, { q: 1 })).toBe('  {\n    if (a) {\n      b(0u);\n    }\n  }\nend');
  });
  it('numbers what follows from the indices of a line and of its block', () => {
    const derived = { j: ({ p = NaN, k = NaN }) => 2 * p + k };
    expect(unroll('{ // @k\n  f(j, in_j); // @p\n}', { p: 2, k: 1 }, derived)).toBe(
      '{\n  f(0u, in_0);\n  f(2u, in_2);\n}',
    );
    expect(unroll('f(j); // @p', { p: 1 }, derived)).toBe('f(j);');
  });
  it('takes stand-ins away, writes counts, and leaves longer names alone', () => {
    expect(unroll('const p = 0u;\nconst p_count = 1u;\nconst pq = 0u;', { p: 3 })).toBe(
      'const p_count = 3u;\nconst pq = 0u;',
    );
    expect(unroll('place_pq + p_count + tap; // @p', { p: 1 })).toBe('place_pq + p_count + tap;');
  });
  it('leaves lines out that are written no times', () => {
    expect(unroll('a\nb; // @shared\nc; // @shared @p', { shared: 0, p: 2 })).toBe('a');
  });
  it('throws where an index has no count: a bug', () => {
    expect(() => unroll('x; // @p @q', { p: 2 })).toThrow('@q');
  });
  it('writes product-of-counts lines, all different', () => {
    const count = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(count, count, (p, q) => {
        expect(new Set(unroll('f(p, q); // @p @q', { p, q }).split('\n')).size).toBe(p * q);
      }),
    );
  });
});

describe('the shaders', () => {
  const folder = new URL('./kernels/', import.meta.url);
  it.each(readdirSync(folder))('%s are short and say what they cost', (name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    expect(source.split('\n').length).toBeLessThanOrEqual(80);
    if (source.includes('@compute')) expect(source).toMatch(/^\/\/ FLOP: .* Bytes: /m);
  });
});
