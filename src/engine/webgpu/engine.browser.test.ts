/** @file Our engine on the browser's WebGPU (SwiftShader) against the plain reference. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeGpus, faulty, openHandle } from '../../fixtures/bench.ts';
import { runReference } from '../../fixtures/program-reference.ts';
import { inputOf, oneStep, programOf, programSpec, relativeError } from '../../fixtures/random-program.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import type { Program } from '../program.ts';
import { GpuEngine } from './engine.ts';
import { GpuProgram } from './gpu-program.ts';
import { kernelsOf } from './kernels.ts';
import type { SelectOptions } from './select.ts';

const ADAPTERS = [
  { name: 'a software adapter', isSoftware: true, hasSubgroups: true },
  { name: 'one without subgroups', isSoftware: true, hasSubgroups: false },
  { name: 'a GPU', isSoftware: false, hasSubgroups: true },
] as const;
const TOLERANCE = 1e-5;

let handle: GpuHandle;
let engine: GpuEngine;
beforeAll(async () => {
  handle = await openHandle();
  engine = await GpuEngine.open(handle);
});
afterAll(closeGpus);

async function errorOf(
  on: GpuEngine,
  program: Program,
  options: Partial<SelectOptions> = { selectSeconds: 0 },
) {
  const loaded = await GpuProgram.load(on, program, options);
  try {
    // Twice: the second frame finds what the first one left.
    const errors = [1, 2].map(async (seed) => {
      const input = inputOf(program, seed);
      return relativeError(await loaded.run(input), runReference(program, input));
    });
    return Math.max(...(await Promise.all(errors)));
  } finally {
    loaded.dispose();
  }
}

const RELU6 = { min: 0, max: 6 };

describe.each(ADAPTERS)('a program, as on $name', (adapter) => {
  let treated: GpuEngine;
  beforeAll(async () => {
    treated = await GpuEngine.open(handle, adapter);
  });

  it('computes what the reference computes, whatever its steps', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(programSpec, async (spec) => {
        expect(await errorOf(treated, programOf(spec))).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 40, seed: 8 },
    );
  });

  it.each([
    ['3 × 3', oneStep('convolution', 5, 18, 19, 3, 1, RELU6)],
    ['3 × 3 with a residual', oneStep('convolution', 21, 21, 18, 3, 1, RELU6)],
    ['3 × 3, stride 2', oneStep('convolution', 8, 33, 37, 3, 2, RELU6)],
    ['7 × 7, stride 2', oneStep('convolution', 3, 16, 40, 7, 2, RELU6)],
    ['1 × 1', oneStep('convolution', 35, 50, 9, 1, 1, RELU6)],
    ['dense', oneStep('convolution', 70, 23, 1, 1, 1, RELU6)],
    ['a small map of many channels', oneStep('convolution', 100, 40, 4, 3, 1, RELU6)],
    ['depthwise 3 × 3', oneStep('depthwise', 22, 22, 17, 3, 1, RELU6)],
    ['depthwise 5 × 5, stride 2', oneStep('depthwise', 30, 30, 19, 5, 2, RELU6)],
  ])('computes %s with every kernel', { timeout: 240_000 }, async (_, program) => {
    const [step] = program.steps;
    const kernels = step ? kernelsOf(program, step, adapter) : [];
    expect(kernels.length).toBeGreaterThan(0);
    for (const { name } of kernels) {
      const only = (kernel: { name: string }): boolean => kernel.name === name;
      const error = await errorOf(treated, program, { selectSeconds: 0, only });
      expect([name, error < TOLERANCE]).toEqual([name, true]);
    }
  });
});

describe('a program on the GPU', () => {
  const program = oneStep('convolution', 16, 16, 12, 3, 1, RELU6);

  it('measures kernels where it may, and keeps what it found', async () => {
    const measured = await GpuProgram.load(engine, program, { selectSeconds: 10 });
    const [choice] = measured.choices;
    expect(choice?.by).toBe('measured');
    expect(Object.keys(choice?.seconds ?? {}).length).toBeGreaterThan(1);
    expect(choice?.seconds).toHaveProperty([choice?.kernel.name ?? '']);
    const again = await GpuProgram.load(engine, program, { selectSeconds: 0 });
    expect(again.choices[0]).toBe(choice);
    measured.dispose();
    again.dispose();
  });

  it('takes the likeliest kernel where it may not', async () => {
    const fresh = await GpuEngine.open(handle);
    const loads = await Promise.all([1, 2].map(() => GpuProgram.load(fresh, program, { selectSeconds: 0 })));
    const names = loads.map(({ choices: [choice] }) => [choice?.by, choice?.kernel.name]);
    expect(names[0]).toEqual(['default', kernelsOf(program, firstOf(program), fresh.adapter)[0]?.name]);
    expect(names[1]).toEqual(names[0]);
    loads.forEach((loaded) => loaded.dispose());
  });

  it('times each step where the GPU has a clock', async () => {
    const loaded = await GpuProgram.load(engine, program, { selectSeconds: 0 });
    const input = inputOf(program, 3);
    const { output, stepSeconds } = await loaded.runTimed(input, 4);
    expect(output).toEqual(await loaded.run(input));
    expect(stepSeconds).toHaveLength(1);
    expect(stepSeconds?.every((seconds) => seconds >= 0 && seconds < 1)).toBe(true);
    loaded.dispose();
  });

  it('keeps frames that are on their way at once apart, without new buffers a frame', async () => {
    let made = 0;
    const counting = await GpuEngine.open(faulty(handle, { made: () => (made += 1) }));
    const loaded = await GpuProgram.load(counting, program, { selectSeconds: 0 });
    const inputs = [1, 2, 3].map((seed) => inputOf(program, seed));
    const expected = [];
    for (const input of inputs) expected.push(await loaded.run(input));
    const outputs = await Promise.all(inputs.map((input) => loaded.run(input)));
    expect(outputs).toEqual(expected);
    const before = made;
    for (let frame = 0; frame < 20; frame++) await Promise.all(inputs.map((input) => loaded.run(input)));
    expect(made).toBe(before);
    loaded.dispose();
  });

  it('needs a dispatch a step and three at most', async () => {
    const loaded = await GpuProgram.load(engine, program, { selectSeconds: 0 });
    expect(loaded.dispatches).toBeLessThanOrEqual(program.steps.length + 3);
    loaded.dispose();
  });

  it('says what is wrong with an input, and that it is disposed', async () => {
    const loaded = await GpuProgram.load(engine, program, { selectSeconds: 0 });
    await expect(loaded.run(new Float32Array(3))).rejects.toThrow('the input has 3 values, not 2304');
    loaded.dispose();
    await expect(loaded.run(inputOf(program, 1))).rejects.toThrow('disposed');
  });

  it('throws what the device refuses, in its words', async () => {
    const broken = await GpuEngine.open(faulty(handle, { shader: (code) => `${code}\nthis is no WGSL` }));
    await expect(GpuProgram.load(broken, program, { selectSeconds: 0 })).rejects.toThrow(/this/);
    // And goes on with what it can do.
    expect(await errorOf(engine, program)).toBeLessThan(TOLERANCE);
  });

  it('rejects when the device is lost', async () => {
    const lost = await openHandle();
    const loaded = await GpuProgram.load(await GpuEngine.open(lost), program, { selectSeconds: 0 });
    lost.destroy();
    await expect(loaded.run(inputOf(program, 1))).rejects.toThrow();
  });
});

function firstOf({ steps: [step] }: Program) {
  if (!step) throw new Error('no step');
  return step;
}
