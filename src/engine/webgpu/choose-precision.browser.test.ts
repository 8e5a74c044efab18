/** @file Which precision a program is loaded in. SwiftShader has no fp16: devices here only say so, and are found out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeGpus, faulty, openHandle, type Faults } from '../../fixtures/bench.ts';
import { runReference } from '../../fixtures/program-reference.ts';
import { inputOf, programOf, relativeError } from '../../fixtures/random-program.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { loadFastest, precisionOf, type Fastest } from './choose-precision.ts';
import { GpuEngine } from './engine.ts';

const PROGRAM = programOf({
  input: { channels: 6, height: 9, width: 9 },
  steps: [
    {
      kind: 'convolution',
      channels: 10,
      kernel: [3, 3],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [1, 1, 1, 1],
      clamp: { min: 0, max: 6 },
      adds: false,
    },
  ],
  seed: 5,
});

let handle: GpuHandle;
beforeAll(async () => (handle = await openHandle()));
afterAll(closeGpus);

const fastestOn = async (faults: Faults): Promise<Fastest> =>
  loadFastest(await GpuEngine.open(faulty(handle, faults)), PROGRAM, { selectSeconds: 0 });

/** Of what was loaded, which is disposed. */
async function errorOf({ program }: Fastest): Promise<number> {
  const input = inputOf(PROGRAM, 3);
  const error = relativeError(await program.run(input), runReference(PROGRAM, input));
  program.dispose();
  return error;
}

describe('a program is loaded in fp32', () => {
  it('where the device has no fp16, and nothing is tried', async () => {
    const shaders: string[] = [];
    const found = await fastestOn({ features: [], shader: (code) => (shaders.push(code), code) });
    expect([found.program.precision, found.trial]).toEqual(['fp32', null]);
    expect(shaders.length).toBeGreaterThan(0);
    expect(shaders.some((code) => code.includes('f16;'))).toBe(false);
    expect(await errorOf(found)).toBeLessThan(1e-5);
  });

  it('where the device refuses fp16, with its words', async () => {
    const refuse = (code: string): string => (code.includes('enable f16;') ? `${code}\nno WGSL` : code);
    const found = await fastestOn({ features: ['shader-f16'], shader: refuse });
    expect(found.program.precision).toBe('fp32');
    expect(found.trial?.refusal).not.toBeNull();
    expect(await errorOf(found)).toBeLessThan(1e-5);
  });

  it('where fp16 computes something else', async () => {
    // Maps and weights of 16 bits, read as if they had 32.
    const misread = (code: string): string =>
      code.replace('enable f16;\n', '').replace('alias stored = vec4<f16>;', 'alias stored = vec4f;');
    const found = await fastestOn({ features: ['shader-f16'], shader: misread });
    expect(found.trial).toMatchObject({ refusal: null });
    const { trial } = found;
    expect(trial && precisionOf({ ...trial, gain: 2 })).toBe('fp32');
    expect(trial?.seconds.fp16).toBeGreaterThan(0);
    expect(found.program.precision).toBe('fp32');
    expect(await errorOf(found)).toBeLessThan(1e-5);
  });
});
