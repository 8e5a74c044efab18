import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfToNumber } from '../../core/graph/tensor.ts';
import { programOf, programSpec } from '../../fixtures/random-program.ts';
import { kernelsOf } from './kernels.ts';
import { bytesOf, storedIn } from './precision.ts';

const ADAPTERS = [
  { isSoftware: true, hasSubgroups: true },
  { isSoftware: true, hasSubgroups: false },
  { isSoftware: false, hasSubgroups: true },
] as const;

describe('kernels in fp16', () => {
  it.each(ADAPTERS)('differ from those in fp32 in how maps lie, and in nothing else, on %o', (adapter) => {
    fc.assert(
      fc.property(programSpec, (spec) => {
        const program = programOf(spec);
        for (const step of program.steps) {
          const full = kernelsOf(program, step, adapter);
          const half = kernelsOf(program, step, adapter, 'fp16');
          expect(half.map(({ name }) => name)).toEqual(full.map(({ name }) => name));
          for (const [i, { code }] of half.entries()) {
            expect(code.split('\n')[0]).toBe('enable f16;');
            expect(code.match(/vec4<f16>/g)).toHaveLength(1);
            const back = code.replace('enable f16;\n', '').replace('vec4<f16>;', 'vec4f;');
            expect(back).toBe(full[i]?.code.replace(/^(alias stored = vec4f;).*$/m, '$1'));
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});

/** What WGSL would take in fp32 and refuse in fp16: SwiftShader, on which shaders are tested, has no fp16. */
describe('the shaders', () => {
  const folder = new URL('./kernels/', import.meta.url);
  const shaders = readdirSync(folder).map(
    (name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const,
  );

  it.each(shaders)('%s widens what it reads of maps and weights, and narrows what it writes', (_, source) => {
    const lines = source.split('\n').filter((line) => !/^\s*\/\/|^@group/.test(line));
    const isPicture = source.includes('#picture') || source.includes('struct Picture');
    const names = isPicture ? 'map' : 'input|weights|other|map';
    for (const line of lines) {
      const reads = [...line.matchAll(new RegExp(`(.{0,18})\\b(?:${names})\\[[^=]*$`, 'g'))];
      for (const [read, before = ''] of reads) {
        if (/^\s*map\[/.test(line)) continue;
        expect([read, /(?:vec4f|f32)\($|select\(stored\(\), $/.test(before)]).toEqual([read, true]);
      }
      const written = /^\s*(?:output|map)\[.*\] = (.*)$/.exec(line)?.[1];
      if (written !== undefined) expect(written).toMatch(/^stored\(/);
    }
  });

  it.each(shaders.filter(([, source]) => /array<stored/.test(source)))(
    '%s binds no map of another kind',
    (_, source) => {
      const bound = [...source.matchAll(/^@group.* (input|weights|other|output|map): (.*);$/gm)];
      const isPicture = source.includes('#picture');
      for (const [, name, type] of bound)
        if (!(isPicture && name === 'weights')) expect([name, type]).toEqual([name, 'array<stored>']);
    },
  );

  it('that do not say how maps lie are a bug', () => {
    expect(() => storedIn('fp16', 'fn main() {}')).toThrow('how maps lie');
    expect(() => storedIn('fp32', 'fn main() {}')).toThrow('how maps lie');
  });
});

describe('bytesOf', () => {
  const values = Float32Array.from([0, -1, 0.1, 65_504, 1e6, -1e6, 6e-8, 1e-12]);
  it('leaves fp32 as it is', () => {
    expect(bytesOf(values, 'fp32')).toBe(values.buffer);
  });
  it('rounds to the nearest half, and stops at the largest one', () => {
    const halves = [...new Uint16Array(bytesOf(values, 'fp16'))].map(halfToNumber);
    expect(halves).toEqual([0, -1, 0.0999755859375, 65_504, 65_504, -65_504, 2 ** -24, 0]);
  });
});
