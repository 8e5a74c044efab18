import { Session } from 'node:inspector/promises';
import type { HeapProfiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { inputOf, programOf, type StepSpec } from '../../fixtures/random-program.ts';
import { NO_CLAMP } from '../program.ts';
import { hasRelaxedSimd } from './kernel-code.ts';
import { WasmProgram } from './wasm-program.ts';

const step: StepSpec = {
  kind: 'convolution',
  channels: 24,
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
  clamp: NO_CLAMP,
  adds: false,
};
const program = programOf({
  input: { channels: 3, height: 16, width: 16 },
  steps: [step, { ...step, adds: true }, { ...step, kind: 'depthwise' }, { ...step, kind: 'mean' }],
  seed: 1,
});
const input = inputOf(program, 1);

const bytesOf = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + bytesOf(child), selfSize);

/** Bytes that JavaScript allocates a turn, garbage included, by samples of every 64 bytes or so. */
async function allocatedBy(turn: () => void, turns: number): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: 64,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as HeapProfiler.StartSamplingParameterType);
    for (let i = 0; i < turns; i++) turn();
    const { profile } = await session.post('HeapProfiler.stopSampling');
    return bytesOf(profile.head) / turns;
  } finally {
    session.disconnect();
  }
}

describe('a frame', () => {
  it('allocates nothing but its output array, whatever the network', async () => {
    const run = new WasmProgram(program, {
      target: { relaxed: hasRelaxedSimd(), shared: false },
      choose: (_, variants) => variants[0],
    });
    const output = run.run(input);
    // Until the browser has optimised the loop.
    for (let i = 0; i < 5000; i++) run.run(input);
    const own = await allocatedBy(() => run.run(input), 3000);
    const copies = await allocatedBy(() => output.slice(), 3000);
    // What is measured is there: an array of its own a frame, some two hundred bytes with its buffer's handle.
    expect(copies).toBeGreaterThan(32);
    expect(own).toBeLessThan(1.5 * copies + 16);
    // And it would be seen: an object a step.
    const seen = await allocatedBy(() => {
      run.run(input).map((value) => value);
    }, 3000);
    expect(seen).toBeGreaterThan(own + 32);
  });
});
