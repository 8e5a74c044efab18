import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GPU_KERNELS } from '../kernels.ts';
import { unroll } from './unroll.ts';

describe('unroll', () => {
  it('writes a marked line as often as its count says, numbered', () => {
    expect(unroll('a\n  x_0 += b[first + 0u]; // @n\nc', { n: 3 })).toBe(
      'a\n  x_0 += b[first + 0u];\n  x_1 += b[first + 1u];\n  x_2 += b[first + 2u];\nc',
    );
  });
  it('takes the last of several marks for the inner one, which numbers', () => {
    expect(unroll('x_0 = fma(x_0, m, c); // @lines // @chains', { lines: 2, chains: 3 })).toBe(
      [0, 1, 2, 0, 1, 2].map((i) => `x_${i} = fma(x_${i}, m, c);`).join('\n'),
    );
    expect(unroll('f(0u); // @a // @b // @c', { a: 2, b: 2, c: 1 })).toBe(
      ['f(0u);', 'f(0u);', 'f(0u);', 'f(0u);'].join('\n'),
    );
  });
  it('writes the count into the constant of its name, and leaves other constants alone', () => {
    const source = 'const lines = 1u;\nconst words = 1u;\nconst lines_more = 1u;\n  const lines = 1u;';
    expect(unroll(source, { lines: 16 })).toBe(
      'const lines = 16u;\nconst words = 1u;\nconst lines_more = 1u;\n  const lines = 1u;',
    );
  });
  it('numbers whole words only', () => {
    expect(unroll('x_01 = 10u + 0u32 + y_0.x + 0u; // @n', { n: 2 })).toBe(
      'x_01 = 10u + 0u32 + y_0.x + 0u;\nx_01 = 10u + 0u32 + y_1.x + 1u;',
    );
  });
  it('leaves lines without a mark, comments and an empty source as they are', () => {
    for (const source of ['', '// @n is a mark', 'let x_0 = 0u; // plain', 'a // @n b'])
      expect(unroll(source, { n: 4 })).toBe(source);
  });
  it('throws where a mark has no count: a bug', () => {
    expect(() => unroll('x; // @lines // @chains', { lines: 2 })).toThrow('@chains');
  });
  it('writes outer × inner lines, each inner number as often', () => {
    const count = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(count, count, (lines, chains) => {
        const written = unroll('x_0; // @lines // @chains', { lines, chains }).split('\n');
        expect(written).toHaveLength(lines * chains);
        expect(new Set(written).size).toBe(chains);
        expect(written.filter((line) => line === `x_${chains - 1};`)).toHaveLength(lines);
      }),
    );
  });
  it('with every count 1 takes nothing but the marks away', () => {
    const source = 'const chains = 1u;\n  x_0 = x_0 + 0u; // @lines // @chains';
    expect(unroll(source, { lines: 1, chains: 1 })).toBe('const chains = 1u;\n  x_0 = x_0 + 0u;');
  });
});

const PARAMS = {
  chains: 4,
  lines: 16,
  steps: 64,
  workgroupSize: 64,
  lanes: 1024,
  loops: 2,
  n: 64,
  arrayBytes: 2 ** 20,
  passes: 1,
  workgroups: 4,
  sizeBytes: 4096,
} as const;
const marksOf = (source: string): number => [...source.matchAll(/\/\/ @\w+/g)].length;
const sourceOf = (id: keyof typeof GPU_KERNELS, params: object = PARAMS): string =>
  (GPU_KERNELS[id].source as (params: object) => string)(params);

describe('the shaders', () => {
  it('have no mark left as any kernel runs them', () => {
    for (const id of Object.keys(GPU_KERNELS) as (keyof typeof GPU_KERNELS)[])
      expect(marksOf(sourceOf(id)), id).toBe(0);
  });

  const folder = new URL('./', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.wgsl'));
  const kernelOf: Readonly<Record<string, keyof typeof GPU_KERNELS>> = {
    'dot.wgsl': 'webgpu.dot.i8',
    'empty.wgsl': 'webgpu.dispatch',
    'fma-f16.wgsl': 'webgpu.fma.f16',
    'fma.wgsl': 'webgpu.fma.f32',
    'intensity.wgsl': 'webgpu.intensity',
    'matmul.wgsl': 'webgpu.matmul',
    'stream.wgsl': 'webgpu.copy',
    'workgroup.wgsl': 'webgpu.workgroup',
  };
  it('each belong to a kernel', () => {
    expect(files.sort()).toEqual(Object.keys(kernelOf).sort());
  });
  it.each(Object.entries(kernelOf))('%s is what %s runs, marks and counts apart', (file, id) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    const rows = { ...PARAMS, chains: 1, lines: 1, steps: 1 };
    const counts = id === 'webgpu.matmul' ? { rows: 4 } : { chains: 1, lines: 1 };
    expect(sourceOf(id, rows)).toBe(unroll(source, counts));
  });
  it.each(['webgpu.fma.f32', 'webgpu.fma.f16', 'webgpu.dot.i8'] as const)(
    '%s starts, steps and stores each chain',
    (id) => {
      const code = sourceOf(id);
      expect(code).toContain('const chains = 4u;');
      const matches = (pattern: RegExp): number => [...code.matchAll(pattern)].length;
      expect(matches(/^ {2}var x_\d = /gm)).toBe(4);
      expect(matches(/^ {4}x_\d = /gm)).toBe(4 * 16);
      expect(matches(/^ {2}results\[first \+ \du\] = x_\d;/gm)).toBe(4);
      for (let i = 0; i < 4; i++) expect(code).toContain(`results[first + ${i}u] = x_${i};`);
    },
  );
  it('webgpu.intensity unrolls 32 steps at most', () => {
    const stepsIn = (steps: number): number =>
      [...sourceOf('webgpu.intensity', { ...PARAMS, steps }).matchAll(/= fma\(/g)].length;
    expect([1, 8, 32, 64, 512].map(stepsIn)).toEqual([4, 32, 128, 128, 128]);
  });
});
