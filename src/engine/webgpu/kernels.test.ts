import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programOf, programSpec } from '../../fixtures/random-program.ts';
import { NO_CLAMP, type Program, type Step } from '../program.ts';
import { kernelsOf } from './kernels.ts';
import { tilesFor } from './tiles.ts';

const ADAPTERS = [
  { isSoftware: true, hasSubgroups: true },
  { isSoftware: true, hasSubgroups: false },
  { isSoftware: false, hasSubgroups: true },
] as const;

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const;

describe.each(ADAPTERS)('kernels on %o', (adapter) => {
  it('are there for every step, each once, written out, within the limits of a dispatch', () => {
    fc.assert(
      fc.property(programSpec, (spec) => {
        const program = programOf(spec);
        for (const step of program.steps) {
          const kernels = kernelsOf(program, step, adapter);
          expect(kernels.length).toBeGreaterThan(0);
          expect(new Set(kernels.map(({ name }) => name)).size).toBe(kernels.length);
          for (const { code, groups, constants } of kernels) {
            expect(code).not.toMatch(/\/\/ @|#shape/);
            expect(groups.every((count) => Number.isInteger(count) && count >= 1 && count <= 65_535)).toBe(
              true,
            );
            expect((constants['lanes_q'] ?? 1) * (constants['lanes_p'] ?? 1)).toBeLessThanOrEqual(256);
            if (!adapter.hasSubgroups) expect(code).not.toContain('subgroup');
          }
        }
      }),
      { numRuns: 30 },
    );
  });
  it('share their shaders between shapes', () => {
    const shaders = [16, 32, 64].map((channels) => {
      const map = { channels, height: 32, width: 32 };
      const step: Step = {
        ...{ kind: 'convolution', nodes: [], input: 0, output: 1, clamp: NO_CLAMP, residual: null },
        ...WINDOW,
        kernel: [3, 3],
        weights: new Float32Array(),
        bias: new Float32Array(),
      };
      const program: Program = { maps: [map, map], input: 0, output: 1, steps: [step] };
      return kernelsOf(program, step, adapter).map(({ code }) => code);
    });
    const [first = []] = shaders;
    expect(shaders.every((codes) => codes.some((code) => first.includes(code)))).toBe(true);
  });
});

describe('tilesFor', () => {
  const output = { channels: 64, height: 16, width: 16 };
  it('puts wide tiles that share weights first where loads are dear', () => {
    const [first] = tilesFor({ ...WINDOW, kernel: [3, 3] }, output, { isSoftware: true, hasSubgroups: true });
    expect(first).toMatchObject({ way: 'row', pixels: 16, quads: 4, shared: true });
  });
  it('goes over pixels where the window has one column, and keeps lanes busy on small maps', () => {
    const software = { isSoftware: true, hasSubgroups: true };
    expect(tilesFor({ ...WINDOW, kernel: [1, 1] }, output, software)[0]?.way).toBe('flat');
    const small = { channels: 320, height: 4, width: 4 };
    expect(tilesFor({ ...WINDOW, kernel: [3, 3] }, small, software)[0]?.pixels).toBe(4);
  });
  it('splits channels among lanes where a GPU would idle, and stages tiles where not', () => {
    const gpu = { isSoftware: false, hasSubgroups: true };
    const one = { channels: 1000, height: 1, width: 1 };
    expect(tilesFor({ ...WINDOW, kernel: [1, 1] }, one, gpu)[0]?.way).toBe('split');
    const large = { channels: 64, height: 64, width: 64 };
    expect(tilesFor({ ...WINDOW, kernel: [3, 3] }, large, gpu)[0]?.way).toBe('tiled');
  });
});
